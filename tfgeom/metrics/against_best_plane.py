"""Between which currents a relief delivers more than the best plane, in words."""

from collections.abc import Callable, Sequence

from tfgeom.metrics.best_plane import no_best_plane
from tfgeom.metrics.closed_rates import no_rates
from tfgeom.results import Evaluation

Intervals = Sequence[tuple[float, float]]

LOWER_END = "rate_summary.beats_best_plane_above_mA_cm2"
"""Path of the one number that is known of the intervals where only numbers stand; people read all."""


def intervals_in_words(intervals: Intervals, write: Callable[[float], str], unit: str) -> str:
    """Return intervals in words: ``between 0.0027 and 4.7 mA/cm2``, ``up to 0.3 and from 2 to 5 mA/cm2``.

    Parameters
    ----------
    intervals
        Not empty, rising; one that starts at 0 holds from the slowest discharge on.
    write
        Writes a number.
    unit
        Stands behind the last one.
    """
    if len(intervals) == 1 and intervals[0][0] > 0:
        start, end = intervals[0]
        return f"between {write(start)} and {write(end)} {unit}"
    said = [("from " if start > 0 else "") + _ends(start, end, write) for start, end in intervals]
    return f"{' and '.join([', '.join(said[:-1]), said[-1]]) if len(said) > 1 else said[0]} {unit}"


def beaten_where(found: Evaluation, write: Callable[[float], str]) -> str:
    """Return the currents between which a cell beats its best plane, as a table has them.

    ``0.0027 to 4.7``, several after a comma, or ``never``; empty where it is not known, and for a flat cell.
    """
    summary = found.rate_summary
    if summary is None or summary.beats_best_plane_mA_cm2 is None or found.geometry.is_flat:
        return ""
    return ", ".join(_ends(*ends, write) for ends in summary.beats_best_plane_mA_cm2) or "never"


def _ends(start: float, end: float, write: Callable[[float], str]) -> str:
    return f"{write(start)} to {write(end)}" if start > 0 else f"up to {write(end)}"


def why_unknown(found: Evaluation) -> str:
    """Return why a cell's best plane is not known; empty where it is, and without a cell."""
    summary = found.rate_summary
    if found.cell.lithium is None or (summary is not None and summary.beats_best_plane_mA_cm2 is not None):
        return ""
    return no_rates(found.cells) or no_best_plane(found.cell) or f"fidelity {found.fidelity} does not have it"
