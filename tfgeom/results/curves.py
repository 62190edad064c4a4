"""Numbers of `tfgeom rate`: discharges as curves, what each loses by part and mechanism, and charging."""

from dataclasses import dataclass, field, fields
from typing import Any

from tfgeom.results.cycled import ProtocolNumbers
from tfgeom.results.declared import declare
from tfgeom.results.delivered import RateNumbers, RateSummary
from tfgeom.results.whole import plain


@dataclass(frozen=True, slots=True)
class LossNumbers:
    """Energy that one mechanism in one part takes of a discharge."""

    part: str = field(metadata=declare("part", "of the cell"))
    mechanism: str = field(metadata=declare("mechanism", "what takes the energy"))
    energy_mWh_cm2: float = field(
        metadata=declare("energy lost", "to one mechanism in one part during the discharge", "mWh/cm^2")
    )
    share: float = field(
        metadata=declare("share lost", "of the rest energy of what was delivered", form="share")
    )


@dataclass(frozen=True, slots=True)
class CurveNumbers:
    """One constant-current discharge from its start to its end; lists are of one length."""

    cell: str = field(
        metadata=declare("which cell", "the design's own, or a plane at the same C-rate or the same current")
    )
    c_rate: float = field(metadata=declare("C-rate", "current over nominal capacity, 1/h"))
    footprint_current_mA_cm2: float = field(
        metadata=declare("current", "footprint current of the discharge", "mA/cm^2")
    )
    energy_mWh_cm2: float = field(metadata=declare("energy", "what the discharge delivers", "mWh/cm^2"))
    rest_energy_mWh_cm2: float = field(
        metadata=declare(
            "rest energy",
            "of the charge delivered, at the rest voltage: energy and all that is lost",
            "mWh/cm^2",
        )
    )
    energy_lost: tuple[LossNumbers, ...] = field(
        metadata=declare("energy lost", "by part and mechanism; adds up to rest energy less energy")
    )
    time_s: tuple[float, ...] = field(metadata=declare("time", "since the discharge began", "s"))
    capacity_uAh_cm2: tuple[float, ...] = field(metadata=declare("capacity", "delivered so far", "uAh/cm^2"))
    voltage_V: tuple[float, ...] = field(metadata=declare("voltage", "at the terminals", "V"))
    rest_voltage_V: tuple[float, ...] = field(
        metadata=declare(
            "rest voltage",
            "at the mean composition of each electrode; of columns between two films, where they share what "
            "has passed",
            "V",
        )
    )


@dataclass(frozen=True, slots=True)
class ChargeNumbers:
    """One charge at a constant current to the upper voltage limit, held there until the current has fallen.

    It starts where a slow discharge ends, at C/100; None where a time is not reached.
    """

    cell: str = field(metadata=declare("which cell", "the design's own, or a plane at the same C-rate"))
    c_rate: float = field(metadata=declare("C-rate", "current over nominal capacity, 1/h"))
    footprint_current_mA_cm2: float = field(
        metadata=declare("current", "footprint current until the upper voltage limit", "mA/cm^2")
    )
    constant_current_uAh_cm2: float = field(
        metadata=declare("charged at constant current", "before the upper voltage limit", "uAh/cm^2")
    )
    charged_uAh_cm2: float = field(metadata=declare("charged", "until the current has fallen", "uAh/cm^2"))
    to_80_pct_min: float | None = field(metadata=declare("time to 80 %", "of the footprint capacity", "min"))
    full_min: float | None = field(
        metadata=declare("time to full", "until the current has fallen to C/20", "min")
    )


@dataclass(frozen=True, slots=True)
class RateCurves:
    """All that `tfgeom rate` answers of a design."""

    name: str = field(metadata=declare("name", "name of the design"))
    version: str = field(metadata=declare("version", "of tfgeom"))
    design_sha256: str = field(metadata=declare("design", "SHA-256 of what the design says"))
    fidelity: str = field(metadata=declare("fidelity", "analytic, film or fem"))
    notes: tuple[str, ...] = field(metadata=declare("notes", "what a reader must know of the numbers"))
    rate: tuple[RateNumbers, ...] = field(
        metadata=declare("rates", "constant-current discharges beside both planes")
    )
    rate_summary: RateSummary = field(
        metadata=declare("rate limits", "footprint currents at which a share of the capacity remains")
    )
    curves: tuple[CurveNumbers, ...] = field(metadata=declare("curves", "discharges of the cell"))
    planar_curves: tuple[CurveNumbers, ...] = field(
        metadata=declare("curves of the planes", "discharges of the planes at equal C-rate and current")
    )
    charge: tuple[ChargeNumbers, ...] | None = field(
        metadata=declare("charging", "constant current, then constant voltage; of the film model only")
    )
    protocol: ProtocolNumbers | None = field(
        default=None,
        metadata=declare("protocol", "what the steps of operation.protocol come to, in the film model"),
    )

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts, lists, numbers and strings: the JSON object."""
        return {one.name: plain(getattr(self, one.name)) for one in fields(self)}
