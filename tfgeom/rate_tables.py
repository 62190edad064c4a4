"""What `tfgeom rate` prints: tables of text, a row a discharge."""

from tfgeom.metrics.rate_model import OWN
from tfgeom.numerals import layer_title
from tfgeom.results import RateCurves, RateLimits, RateSummary

Row = tuple[str, ...]

RATES: Row = (
    "C-rate", "current, mA/cm2", "capacity, uAh/cm2", "utilisation", "energy, mWh/cm2", "mean voltage, V",
    "power, mW/cm2",
)  # fmt: skip
"""Head of `rate_rows`."""
BESIDE: Row = (
    "current, mA/cm2", "cell, uAh/cm2", "plane of the same films", "plane of the same capacity", "best plane",
    "its cathode, um",
)  # fmt: skip
"""Head of `beside_rows`."""
LIMITS: Row = ("what remains", "cell, mA/cm2", "plane of the same films", "plane of the same capacity")
"""Head of `limit_rows`."""
CHARGES: Row = (
    "C-rate of charging", "current, mA/cm2", "at constant current, uAh/cm2", "in all, uAh/cm2",
    "to 80 %, min", "to full (C/20), min",
    "plane of the same films to 80 %, min", "plane of the same capacity to 80 %, min",
)  # fmt: skip
"""Head of `charge_rows`."""
NOTHING, NEVER = "nothing delivered", "not reached"
"""In place of losses of a discharge that ends as it begins; of a time or current that there is none of."""
_SHOWN = 5e-4
"""Share of the rest energy that a loss must take at some rate to have a column of its own."""


def rate_rows(found: RateCurves) -> list[Row]:
    """Return what the cell delivers."""
    return [
        (
            f"{row.c_rate:.4g}",
            f"{row.footprint_current_mA_cm2:.4g}",
            f"{'at best ' if row.incomplete else ''}{row.capacity_uAh_cm2:.4g}",
            f"{row.utilisation:.1%}",
            f"{row.energy_mWh_cm2:.4g}",
            _known(row.mean_voltage_V),
            f"{row.power_mW_cm2:.4g}",
        )
        for row in found.rate
    ]


def beside_rows(found: RateCurves) -> list[Row]:
    """Return what the cell and its planes deliver at each current; none for a flat cell, its own plane."""
    if not found.planar_curves:
        return []
    return [
        (
            f"{row.footprint_current_mA_cm2:.4g}",
            f"{row.capacity_uAh_cm2:.4g}",
            f"{row.planar_same_films.at_current.capacity_uAh_cm2:.4g}",
            f"{row.planar_same_capacity.at_current.capacity_uAh_cm2:.4g}",
            _known(None if row.planar_best is None else row.planar_best.at_current.capacity_uAh_cm2),
            _known(None if row.planar_best is None else row.planar_best.cathode_thickness_um),
        )
        for row in found.rate
    ]


def limit_rows(summary: RateSummary) -> list[Row]:
    """Return the footprint currents at which a share of the capacity remains, of the cell and its planes."""
    cells: tuple[RateLimits, ...] = (summary, summary.planar_same_films, summary.planar_same_capacity)
    return [
        ("80 %", *(_reached(one.current_at_80pct_mA_cm2) for one in cells)),
        ("50 %", *(_reached(one.current_at_50pct_mA_cm2) for one in cells)),
    ]


def loss_table(found: RateCurves) -> tuple[Row, list[Row]]:
    """Return head and rows of what each discharge of the cell loses to what, shares of its rest energy."""
    rows = [{(one.part, one.mechanism): one.share for one in curve.energy_lost} for curve in found.curves]
    kinds = dict.fromkeys(kind for row in rows for kind, share in row.items() if share >= _SHOWN)
    words = (f"{layer_title(part)}, {mechanism.replace('_', ' ')}" for part, mechanism in kinds)
    others = [sum(row.values()) - sum(row.get(kind, 0.0) for kind in kinds) for row in rows]
    told = any(abs(share) >= _SHOWN for share in others)  # else it is less than what is shown of a number
    head = ("C-rate", "lost of the rest energy", *words, *(("rest of it",) if told else ()))
    table = []
    for curve, row, other in zip(found.curves, rows, others, strict=True):
        shares = [sum(row.values()), *(row.get(kind, 0.0) for kind in kinds), *((other,) if told else ())]
        shown = [_percent(share) for share in shares]
        if not curve.rest_energy_mWh_cm2:  # no share of nothing
            shown = [NOTHING, *("-" for _ in shares[1:])]
        table.append((f"{curve.c_rate:.4g}", *shown))
    return head, table


def charge_rows(found: RateCurves) -> list[Row]:
    """Return how long the cell and its planes charge, a flat cell as its planes; none where unknown."""
    flat = not found.planar_curves
    known = {(one.cell, one.c_rate): one for one in found.charge or ()}
    rows: list[Row] = []
    for (cell, c_rate), one in known.items():
        if cell == OWN:
            planes = (
                one if flat else known.get((f"planar_{name}", c_rate))
                for name in ("same_films", "same_capacity")
            )
            rows.append(
                (
                    f"{c_rate:.4g}",
                    f"{one.footprint_current_mA_cm2:.4g}",
                    f"{one.constant_current_uAh_cm2:.4g}",
                    f"{one.charged_uAh_cm2:.4g}",
                    _reached(one.to_80_pct_min),
                    _reached(one.full_min),
                    *("-" if plane is None else _reached(plane.to_80_pct_min) for plane in planes),
                )
            )
    return rows


def _known(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"


def _reached(value: float | None) -> str:
    """Return a number that is None where it is out of reach."""
    return NEVER if value is None else f"{value:.4g}"


def _percent(share: float) -> str:
    """Return a share in percent; what is 0 in the digits shown has no sign."""
    return f"{round(share, 4) + 0.0:.2%}"
