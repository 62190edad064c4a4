"""The tables of a comparison as text, for the terminal and the page."""

from collections.abc import Callable

from tfgeom.compare.entries import WHICH, Comparison, Curve, Entry, Which, cells_of, rate_curves, value_of
from tfgeom.materials.constants import words_of_all
from tfgeom.results import RatePoint, Shown, declared_of, results_shown

COLUMNS = tuple(results_shown(Shown.TABLE))
"""The numbers of the table."""

HEAD = (
    "design",
    "relief",
    *(one.declared.heading for one in COLUMNS),
    "note",
)
"""Head of the table that `comparison_rows` fills; all per footprint."""

Write = Callable[[float | None], str]


def comparison_rows(comparison: Comparison, write: Write) -> list[tuple[str, ...]]:
    """Return a row a cell, each design followed by its planes; ``write`` turns a number into text."""
    return [row for entry in comparison.entries for row in entry_rows(entry, write)]


def entry_rows(entry: Entry, write: Write) -> list[tuple[str, ...]]:
    """Return the rows of one design and its planes, or the row that says why it failed."""
    found = entry.evaluation
    if found is None:
        error = entry.error.replace("\n", "; ")
        return [(entry.name, *[""] * (len(HEAD) - 2), f"failed: {error}")]
    rows: list[tuple[str, ...]] = []
    geometry = found.geometry
    note = f"at best: {words_of_all(entry.incomplete)} missing" if entry.incomplete else ""
    for which in cells_of(found):
        known = (value_of(one, found, which) for one in COLUMNS)
        values = [value if isinstance(value, str) else write(value) for value in known]
        if which == "cell":
            rows.append((entry.name, geometry.kind, *values, note))
        elif not geometry.is_flat:
            rows.append((f"  {WHICH[which]}", "planar", *values, ""))
    return rows


def not_counted_rows(comparison: Comparison) -> list[tuple[str, str]]:
    """Return what no number of the comparison counts, each once, with the designs it is of."""
    designs: dict[str, list[str]] = {}
    for entry in comparison.entries:
        for one in () if entry.evaluation is None else entry.evaluation.not_counted:
            designs.setdefault(one.sentence, []).append(entry.name)
    evaluated = len(comparison.entries) - comparison.failed
    return [
        (sentence, "all" if len(names) == evaluated else "; ".join(names))
        for sentence, names in designs.items()
    ]


def rate_head(at: str) -> tuple[str, ...]:
    """Return the head of the table that `rate_rows` fills."""
    capacity = declared_of(RatePoint, "capacity_uAh_cm2")
    current = declared_of(RatePoint, "footprint_current_mA_cm2").heading
    if at == "footprint_capacity":
        return (f"delivered, {capacity.unit}", "cell", current)
    first = declared_of(RatePoint, "c_rate").title if at == "c_rate" else current
    return (first, "design", capacity.heading, *(words for words in WHICH.values() if words))


def rate_rows(comparison: Comparison, write: Write) -> list[tuple[str, ...]]:
    """Return the rate points in the order of the axis, so that equal places stand together."""
    curves = rate_curves(comparison)
    if comparison.at == "footprint_capacity":
        ranked = sorted((-x, n, y) for n, curve in enumerate(curves) for x, y in curve.points)
        return [(write(-x), _label(comparison, curves[n]), write(y)) for x, n, y in ranked]
    beside: dict[tuple[float, int], dict[Which, float]] = {}
    for curve in curves:
        for x, y in curve.points:
            # the same rate asked of two cells differs in the last digits
            beside.setdefault((float(f"{x:.10g}"), curve.entry), {})[curve.which] = y
    return [
        (write(x), comparison.entries[index].name, *(write(values.get(which)) for which in WHICH))
        for (x, index), values in sorted(beside.items(), key=lambda item: item[0])
    ]


def _label(comparison: Comparison, curve: Curve) -> str:
    name = comparison.entries[curve.entry].name
    return name if curve.which == "cell" else f"{name}: {WHICH[curve.which]}"
