"""Designs beside microbatteries on sale or shown, by what they hold and deliver per footprint.

What a source does not say is None.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tfgeom.market import MarketEntry, load_market
from tfgeom.metrics.estimates import ESTIMATED
from tfgeom.results import Evaluation


@dataclass(frozen=True, slots=True)
class MarketRow:
    """A battery or a design as the market table shows it; None where a number is not known.

    Attributes
    ----------
    name, maker, kind
        What it is, who makes it, and ``bought``, ``shown`` or ``design``.
    footprint_mm2, height_um
        Its size; None for a design without a chip, which counts per footprint.
    capacity_uAh_cm2, energy_mWh_cm2, energy_Wh_L
        What it holds per footprint, and per volume of the whole device.
    continuous_mA_cm2, peak_mA_cm2
        Currents per footprint; of a design the one at which 80 % of the capacity remain.
    asr_ohm_cm2
        Resistance times footprint.
    confidence, from_memory, source
        How it is known.
    at_best
        Numbers of a design that leave out a loss whose constant is missing.
    """

    name: str
    maker: str
    kind: str
    footprint_mm2: float | None
    height_um: float | None
    capacity_uAh_cm2: float | None
    energy_mWh_cm2: float | None
    energy_Wh_L: float | None
    continuous_mA_cm2: float | None
    peak_mA_cm2: float | None
    asr_ohm_cm2: float | None
    confidence: str
    from_memory: tuple[str, ...] = ()
    source: str = ""
    at_best: tuple[str, ...] = ()

    @property
    def guessed(self) -> tuple[str, ...]:
        """Its numbers that are from memory or follow from one that is."""
        if self.kind in ("design", "half-cell"):
            return ()
        if self.confidence in ESTIMATED:
            return _SHOWN
        return tuple(key for key in _SHOWN if set(self.from_memory) & _RESTS_ON[key])


_SIDES = {"length_mm", "width_mm"}
_RESTS_ON: dict[str, set[str]] = {
    "footprint_mm2": _SIDES,
    "height_um": {"height_um"},
    "capacity_uAh_cm2": {"capacity_uAh"} | _SIDES,
    "energy_mWh_cm2": {"capacity_uAh", "voltage_V"} | _SIDES,
    "energy_Wh_L": {"capacity_uAh", "voltage_V", "height_um"} | _SIDES,
    "continuous_mA_cm2": {"continuous_mA"} | _SIDES,
    "peak_mA_cm2": {"peak_mA"} | _SIDES,
    "asr_ohm_cm2": {"resistance_ohm"} | _SIDES,
}
_SHOWN = tuple(_RESTS_ON)
MARKET_HEAD = (
    "battery", "made by", "kind", "footprint, mm^2", "height, um", "capacity, uAh/cm^2", "energy, mWh/cm^2",
    "energy of the whole, Wh/L", "continuous, mA/cm^2", "peak, mA/cm^2", "resistance, ohm*cm^2",
    "how it is known",
)  # fmt: skip
"""Head of the table of `MarketRow`; a number from memory is marked by `MEMORY_MARK`."""
_HOLDS, _IS = (0, 5, 6, 7, 8, 9, 10), (0, 1, 2, 3, 4, 11)
MEMORY_MARK = " ?"
MARKET_NOTES = (
    f"'{MEMORY_MARK.strip()}' marks what no source that was read says, or what follows from it; a dash what "
    "is not known. Sources: in the JSON and on the page",
    "batteries are rated as their makers do, per outer size, or per active area where only that was shown; "
    "of a design 'continuous' is the current at which 80 % of its capacity remain, its height and Wh/L count "
    "wafer and packaging",
)
"""What a reader of the table must know."""


def market_row(name: str, entry: MarketEntry) -> MarketRow:
    """Return a battery per footprint and per volume of the whole."""
    cm2 = entry.length_mm * entry.width_mm / 100
    millilitres = None if entry.height_um is None else cm2 * entry.height_um * 1e-4
    energy = None if entry.voltage_V is None else entry.capacity_uAh * entry.voltage_V * 1e-3  # mWh

    def per_area(value: float | None) -> float | None:
        return None if value is None else value / cm2

    return MarketRow(
        name=name,
        maker=entry.maker,
        kind=entry.kind,
        footprint_mm2=100 * cm2,
        height_um=entry.height_um,
        capacity_uAh_cm2=entry.capacity_uAh / cm2,
        energy_mWh_cm2=per_area(energy),
        # mWh per mL are Wh per L
        energy_Wh_L=None if energy is None or millilitres is None else energy / millilitres,
        continuous_mA_cm2=per_area(entry.continuous_mA),
        peak_mA_cm2=per_area(entry.peak_mA),
        asr_ohm_cm2=None if entry.resistance_ohm is None else entry.resistance_ohm * cm2,
        confidence=entry.confidence,
        from_memory=entry.from_memory,
        source=entry.source,
    )


def design_row(name: str, found: Evaluation) -> MarketRow:
    """Return a design as the market shows batteries: what it holds, and at which current 80 % remain."""
    capacity, energy, device = found.capacity, found.energy, found.device
    half = found.cell.lithium is not None and found.cell.lithium.is_half_cell
    at_best = {
        "continuous_mA_cm2": any(row.incomplete for row in found.rate or ()),
        "asr_ohm_cm2": found.resistance is not None and bool(found.resistance.incomplete),
    }
    return MarketRow(
        name=name,
        maker="this design",
        kind="half-cell" if half else "design",
        footprint_mm2=None if device is None else device.chip_area_mm2,
        height_um=None if device is None else device.height_um,
        capacity_uAh_cm2=None if capacity is None else capacity.footprint_capacity_uAh_cm2,
        energy_mWh_cm2=None if energy is None else energy.footprint_energy_mWh_cm2,
        energy_Wh_L=None if energy is None else energy.volumetric_energy_Wh_L.device,
        continuous_mA_cm2=None if found.rate_summary is None else found.rate_summary.current_at_80pct_mA_cm2,
        peak_mA_cm2=None,
        asr_ohm_cm2=None if found.resistance is None else found.resistance.asr_ohm_cm2,
        confidence="computed",
        at_best=tuple(key for key, is_so in at_best.items() if is_so),
    )


def market_rows(designs: Sequence[tuple[str, Evaluation]]) -> tuple[MarketRow, ...]:
    """Return designs by their names, then the batteries of the market from the largest capacity down."""
    own = [design_row(name, found) for name, found in designs]
    market = [market_row(name, entry) for name, entry in load_market().items()]
    return (*own, *sorted(market, key=lambda row: -(row.capacity_uAh_cm2 or 0.0)))


def market_halves(
    rows: Sequence[MarketRow], write: Callable[[float | None], str]
) -> tuple[tuple[tuple[str, ...], list[tuple[str, ...]]], ...]:
    """Return heads and rows of two tables, as all columns fit no screen.

    The first is of what batteries hold and deliver, the second of what they are.
    """
    texts = market_texts(rows, write)
    return tuple(
        (tuple(MARKET_HEAD[at] for at in kept), [tuple(text[at] for at in kept) for text in texts])
        for kept in (_HOLDS, _IS)
    )


def market_texts(
    rows: Sequence[MarketRow], write: Callable[[float | None], str], mark: str = MEMORY_MARK
) -> list[tuple[str, ...]]:
    """Return rows under `MARKET_HEAD` as text; ``write`` writes a number, ``mark`` follows a guess."""

    def text(row: MarketRow, key: str) -> str:
        value = getattr(row, key)
        best = "at best " if key in row.at_best and value is not None else ""
        return best + write(value) + (mark if key in row.guessed and value else "")

    return [
        (
            row.name,
            row.maker,
            row.kind,
            *(text(row, key) for key in _SHOWN),
            row.confidence,
        )
        for row in rows
    ]
