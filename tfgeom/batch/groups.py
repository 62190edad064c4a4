"""Runs a computation over the rows of a group: parts it where rows differ, drops rows that are impossible."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import TfgeomError
from tfgeom.rows import Parted, Refused

Rows = NDArray[np.int64]
Found = Mapping[str, Any]
"""What a computation finds, by name: a value all rows share, or an array of shape (rows,)."""


class Failures:
    """Why rows have no numbers."""

    def __init__(self) -> None:
        self.reason: dict[int, str] = {}
        self.summary: dict[int, str] = {}
        """Of rows whose own words nobody has asked for."""

    def add(self, rows: Rows, reason: str, *, own: bool) -> None:
        """Note what is wrong with rows; ``own`` where those are the words of each."""
        kept = self.reason if own else self.summary
        kept.update(dict.fromkeys(rows.tolist(), reason))

    @property
    def rows(self) -> set[int]:
        """All of them."""
        return {*self.reason, *self.summary}


def run_rows(
    rows: Rows, compute: Callable[[Rows], Found], failures: Failures, take: Callable[[Rows, Found], None]
) -> None:
    """Compute rows that share all that is discrete.

    Parameters
    ----------
    rows
        Their indexes.
    compute
        Finds the numbers of some of them, and raises `Parted`, `Refused` or an error that holds of all.
    failures
        Takes why rows have none.
    take
        Takes the numbers of rows.
    """
    waiting = [rows]
    while waiting:
        some = waiting.pop()
        if not some.size:
            continue
        try:
            found = compute(some)
        except Parted as parted:
            where = np.broadcast_to(parted.where, some.shape)
            waiting += [some[~where], some[where]]
        except Refused as refused:
            where = np.broadcast_to(refused.where, some.shape)
            failures.add(some[where], refused.summary, own=False)
            waiting.append(some[~where])
        except TfgeomError as error:
            failures.add(some, str(error).replace("\n", "; "), own=some.size == 1)
        else:
            take(some, found)
