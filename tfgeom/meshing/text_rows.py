"""Rows of arrays as text, a part of them at once: a large file is never whole in memory."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfgeom.meshing.length_unit import from_um

_CHUNK = 1 << 16  # rows of text made at once


def chunks(rows: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """Yield the rows of an array, so many at once that their text stays small."""
    return (rows[start : start + _CHUNK] for start in range(0, len(rows), _CHUNK))


def point_rows(points_um: NDArray[np.float64], unit: str, template: str) -> Iterator[list[str]]:
    """Yield points in a unit as text, the shortest that gives the same doubles back.

    Parameters
    ----------
    points_um
        um, shape (n, 3).
    unit
        One of `tfgeom.meshing.length_unit.UNITS`.
    template
        Format of one point, with three places.
    """
    return (list(map(template.format, *from_um(part, unit).T.tolist())) for part in chunks(points_um))
