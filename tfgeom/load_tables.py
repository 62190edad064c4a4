"""How a design runs its load, as a sentence and as rows beside its planes."""

from collections.abc import Callable, Sequence

from tfgeom.metrics.load_curves import CELL_NAMES
from tfgeom.results import Declaration, Evaluation, LoadNumbers, LoadPoint, declared_of
from tfgeom.results.listing import Value
from tfgeom.results.plain_text import plain_unit, plain_value

LOAD = ("", *CELL_NAMES.values())
"""Head of the table."""
LOAD_BY = {
    "closed periods": "every period in closed form",
    "every step": "every step in time",
    "sampled periods": "periods at points along the discharge, at the load's mean between them",
}
"""How a load was run, in words, for each ``LoadNumbers.method``."""

_LONGEST = ((1.0, "h"), (24.0, "days"), (24 * 365.25, "years"))
_SHORTEST = ((3600.0, "s"), (60.0, "min"))
_FEW_DAYS = 2.0
_NOTHING = "-"

Row = tuple[str, ...]


def unit_of_time(hours: float) -> tuple[float, str]:
    """Return the unit of long times that a reader would use, in h, and its name: hours, days or years."""
    return next(
        (
            (size, name)
            for size, name in reversed(_LONGEST)
            if hours >= _FEW_DAYS * size or (name == "years" and hours >= size)
        ),
        (1.0, "h"),
    )


def duration_text(hours: float) -> str:
    """Return a time in the unit that a reader would use: 41 days, 1.07 years."""
    if hours <= 0:
        return "0 s"
    unit, name = unit_of_time(hours)
    if name == "h" and hours < 1:
        parts, name = next(
            ((hours * per, name) for per, name in _SHORTEST[::-1] if hours * per >= 1), (hours * 3600, "s")
        )
        return f"{parts:.3g} {name}"
    return f"{hours / unit:.3g} {name}"


def load_sentence(found: Evaluation) -> str:
    """Return how long a design runs its load and its planes do; empty where it has none."""
    load = found.load
    if load is None:
        return ""
    start = f"runs its load for {duration_text(load.runs_for_h)}"
    if load.browns_out_at_h is not None:
        start = (
            f"browns out after {duration_text(load.runs_for_h)}" if load.runs_for_h else "browns out at once"
        )
    if found.geometry.is_flat:
        return start
    same = f"; the plane of the same films for {duration_text(load.planar.same_films.runs_for_h)}"
    best = load.planar.best
    return start + same + ("" if best is None else f", the best plane for {duration_text(best.runs_for_h)}")


def load_rows(found: Evaluation, unit: Callable[[str], str] = plain_unit) -> list[tuple[str, ...]]:
    """Return the rows of `LOAD`: what, and that of cell, plane and best plane; what is null is left out.

    A flat cell is its own plane of the same films, which stands only once.

    Parameters
    ----------
    found
        What is known of the design.
    unit
        How a declared unit is written: as a terminal has it, or as a page.
    """
    load = found.load
    if load is None:
        return []
    plane = None if found.geometry.is_flat else load.planar.same_films
    columns: tuple[LoadNumbers | LoadPoint | None, ...] = (load, plane, load.planar.best)
    rows = []
    for key in LoadPoint.__dataclass_fields__:
        values = [None if one is None else getattr(one, key) for one in columns]
        if any(value is not None for value in values):
            declared = declared_of(LoadPoint, key)
            heading = f"{declared.title}, {unit(declared.unit)}"
            rows.append((heading, *(_written(value, declared) for value in values)))
    return rows


def without_empty(head: Row, rows: Sequence[Row]) -> tuple[Row, list[Row]]:
    """Return head and rows of a table without the columns in which nothing stands."""
    kept = [at for at in range(len(head)) if at == 0 or any(row[at] != _NOTHING for row in rows)]
    return tuple(head[at] for at in kept), [tuple(row[at] for at in kept) for row in rows]


def _written(value: Value, declared: Declaration) -> str:
    """Return a number, a long time also as people say it."""
    if value is None:
        return _NOTHING
    text = plain_value(value, declared.form)
    is_long = declared.unit == "h" and not isinstance(value, str) and value >= _FEW_DAYS * 24
    return f"{text} ({duration_text(float(value))})" if is_long else text
