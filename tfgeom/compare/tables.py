"""The tables of a comparison as text: a row a cell for programs, designs beside each other for people."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from tfgeom.bands.words import range_words
from tfgeom.compare.curves import Curve, rate_curves
from tfgeom.compare.entries import Comparison, Entry, cells_of, value_of
from tfgeom.compare.which import AT_RATES, WHICH, Which, at_rates
from tfgeom.materials.constants import words_of_all
from tfgeom.metrics.against_best_plane import LOWER_END, beaten_where
from tfgeom.results import RatePoint, RateSummary, Result, Shown, declared_of, results_shown

COLUMNS = tuple(results_shown(Shown.TABLE))
"""The numbers of the table."""

HEAD = (
    "design",
    "relief",
    *(one.declared.heading for one in COLUMNS),
    "note",
)
"""Head of the table that `comparison_rows` fills; all per footprint."""

BAND = "  eight of ten samples"
"""What a row of bands is called: between the tenth and the ninetieth percentile."""

BESIDE = 4
"""Designs beside each other in one table: of more the numbers fit neither a terminal nor a sheet."""

T = TypeVar("T")
Write = Callable[[float | None], str]


class SideBySide(NamedTuple):
    """A table with a column a design, at most `BESIDE` of them."""

    entries: tuple[Entry, ...]
    rows: tuple[tuple[str, ...], ...]


def comparison_rows(comparison: Comparison, write: Write) -> list[tuple[str, ...]]:
    """Return a row a cell, each design followed by its planes; ``write`` turns a number into text."""
    return [row for entry in comparison.entries for row in _entry_rows(entry, write)]


def _entry_rows(entry: Entry, write: Write) -> list[tuple[str, ...]]:
    """Return the rows of one design and its planes, or the row that says why it failed."""
    found = entry.evaluation
    if found is None:
        error = entry.error.replace("\n", "; ")
        return [(entry.name, *[""] * (len(HEAD) - 2), f"failed: {error}")]
    rows: list[tuple[str, ...]] = []
    geometry = found.geometry
    note = f"at best: {words_of_all(entry.incomplete)} missing" if entry.incomplete else ""
    for which in cells_of(found):
        values = [_text(one, entry, which, write) for one in COLUMNS]
        if which == "cell":
            rows.append((entry.name, geometry.kind, *values, note))
        elif not geometry.is_flat:
            rows.append((f"  {WHICH[which]}", "planar", *values, ""))
    return rows


def side_by_side(
    comparison: Comparison, write: Write, shown: Sequence[Result] = COLUMNS
) -> Iterator[SideBySide]:
    """Yield tables with a row a number, those of the planes under it, and a column a design.

    Parameters
    ----------
    comparison
        The designs; those without numbers are left out.
    write
        Turns a number into text.
    shown
        The numbers.
    """
    nothing = write(None)
    for beside in in_groups([entry for entry, _ in comparison.evaluated]):
        rows = [("relief", *(entry.evaluation.geometry.kind for entry in beside if entry.evaluation))]
        for one in shown:
            if one.path == LOWER_END:
                values = [_beats(one, entry, write) for entry in beside]
                if any(value != nothing for value in values):
                    rows.append((declared_of(RateSummary, "beats_best_plane_mA_cm2").heading, *values))
                continue
            for which, words in WHICH.items():
                values = [_text(one, entry, which, write, mark=True) for entry in beside]
                if all(value == nothing for value in values):
                    continue
                if which == "cell":
                    rows.append((one.declared.heading, *values))
                    rows += _band_row(one, beside, write)
                elif one.number.has_computed_plane:
                    rows.append((f"  {words}", *values))
        yield SideBySide(beside, tuple(rows))


def _band_row(one: Result, beside: Sequence[Entry], write: Write) -> list[tuple[str, ...]]:
    """Return the row of a number's bands; none where no design has one."""
    bands = [range_words(entry.evaluation, one.path, write) if entry.evaluation else "" for entry in beside]
    return [(BAND, *(band or write(None) for band in bands))] if any(bands) else []


def in_groups(many: Sequence[T]) -> Iterator[tuple[T, ...]]:
    """Yield what stands beside each other in one table: at most `BESIDE`, of much the same number in each."""
    groups = -(-len(many) // BESIDE)
    size = -(-len(many) // groups) if groups else 1
    for start in range(0, len(many), size):
        yield tuple(many[start : start + size])


def _text(one: Result, entry: Entry, which: Which, write: Write, *, mark: bool = False) -> str:
    """Return a number of one of a design's cells; ``mark`` says where it is at best."""
    found = entry.evaluation
    if found is None or which not in cells_of(found) or (which != "cell" and found.geometry.is_flat):
        return write(None)
    value = one.shown_of(found) if which == "cell" else value_of(one, found, which)
    if isinstance(value, str):
        return value
    best = "at best " if mark and value is not None and one.is_at_best(found) else ""
    return best + write(value)


def _beats(one: Result, entry: Entry, write: Write) -> str:
    """Return the currents between which a design beats its best plane; nothing where that is not known."""
    where = "" if entry.evaluation is None else beaten_where(entry.evaluation, write)
    if entry.evaluation is None or not where:
        return write(None)
    return f"at best {where}" if where != "never" and one.is_at_best(entry.evaluation) else where


def not_counted_rows(comparison: Comparison, *, by_number: bool = False) -> list[tuple[str, str]]:
    """Return what no number of the comparison counts, each once, with the designs it is of."""
    designs: dict[str, list[str]] = {}
    for entry, found in comparison.evaluated:
        for one in found.not_counted:
            designs.setdefault(one.sentence, []).append(f"({entry.number})" if by_number else entry.name)
    evaluated = len(comparison.entries) - comparison.failed
    return [
        (sentence, "all" if len(names) == evaluated else (", " if by_number else "; ").join(names))
        for sentence, names in designs.items()
    ]


def rate_head(at: str) -> tuple[str, ...]:
    """Return the head of the table that `rate_rows` fills."""
    capacity = declared_of(RatePoint, "capacity_uAh_cm2")
    current = declared_of(RatePoint, "footprint_current_mA_cm2").heading
    if at == "footprint_capacity":
        return (f"delivered, {capacity.unit}", "cell", current)
    first = declared_of(RatePoint, "c_rate").title if at == "c_rate" else current
    return (first, "design", capacity.heading, *(words for words in at_rates(at).values() if words))


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
        (
            write(x),
            comparison.entries[index].name,
            *(write(values.get(which)) for which in at_rates(comparison.at)),
        )
        for (x, index), values in sorted(beside.items(), key=lambda item: item[0])
    ]


def rates_beside(comparison: Comparison, write: Write) -> Iterator[SideBySide]:
    """Yield tables with a row a rate and a column a design: what each delivers, its planes left out."""
    own = [curve for curve in rate_curves(comparison) if curve.which == "cell"]
    for beside in in_groups(own):
        values = [{float(f"{x:.10g}"): y for x, y in curve.points} for curve in beside]
        places = sorted({x for one in values for x in one})
        rows = tuple((write(x), *(write(one.get(x)) for one in values)) for x in places)
        yield SideBySide(tuple(comparison.entries[curve.entry] for curve in beside), rows)


def _label(comparison: Comparison, curve: Curve) -> str:
    """Return what a curve is called."""
    name = comparison.entries[curve.entry].name
    return name if curve.which == "cell" else f"{name}: {AT_RATES[curve.which]}"
