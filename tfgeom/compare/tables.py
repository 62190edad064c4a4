"""The tables of a comparison as text, for the terminal and the page."""

from collections.abc import Callable
from dataclasses import asdict

from tfgeom.compare.entries import WHICH, Comparison, Curve, Which, cell_numbers, rate_curves

HEAD = (
    "design", "relief", "area gain", "gap aspect ratio", "capacity, uAh/cm^2", "energy, mWh/cm^2",
    "resistance, ohm*cm^2", "current at 80 %, mA/cm^2", "current at 50 %, mA/cm^2", "note",
)  # fmt: skip
"""Head of the table that `comparison_rows` fills; all per footprint."""

Write = Callable[[float | None], str]


def comparison_rows(comparison: Comparison, write: Write) -> list[tuple[str, ...]]:
    """Return a row a cell, each design followed by its planes; ``write`` turns a number into text."""
    rows: list[tuple[str, ...]] = []
    for entry in comparison.entries:
        found = entry.evaluation
        if found is None:
            error = entry.error.replace("\n", "; ")
            rows.append((entry.name, *[""] * (len(HEAD) - 2), f"failed: {error}"))
            continue
        geometry = found.geometry
        note = f"at best: {', '.join(entry.incomplete)} missing" if entry.incomplete else ""
        for which, numbers in cell_numbers(found).items():
            values = tuple(write(value) for value in asdict(numbers).values())
            if which == "cell":
                shape = (geometry.kind, write(geometry.area_gain), write(geometry.gap_aspect_ratio))
                rows.append((entry.name, *shape, *values, note))
            elif not geometry.is_flat:
                rows.append((f"  {WHICH[which]}", "planar", write(1.0), write(None), *values, ""))
    return rows


def rate_head(at: str) -> tuple[str, ...]:
    """Return the head of the table that `rate_rows` fills."""
    if at == "footprint_capacity":
        return ("delivered, uAh/cm^2", "cell", "current, mA/cm^2")
    first = "C-rate" if at == "c_rate" else "current, mA/cm^2"
    return (first, "design", "capacity, uAh/cm^2", *(words for words in WHICH.values() if words))


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
