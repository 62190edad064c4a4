"""Pieces of level curves: how far those of two levels are apart."""

import numpy as np

from tfgeom.geometry.curve_rows import FloatArray
from tfgeom.rows import abreast


def apart(inner: FloatArray, outer: FloatArray) -> FloatArray:
    """Return how far the pieces of two level curves are apart along their normal, m, shape (n,).

    Parameters
    ----------
    inner, outer
        Ends of the pieces, those of one beside those of the other, shape (n + 1, 2).  What lies beside a
        point of the inner level on the outer one may be above another depth of the bare relief.
    """
    inner, outer = abreast(inner, outer)
    moved = (outer - inner)[:-1] + (outer - inner)[1:]
    along = np.diff(inner, axis=0) + np.diff(outer, axis=0)
    turned = moved[:, 1] * along[:, 0] - moved[:, 0] * along[:, 1]
    return np.asarray(turned / np.hypot(along[:, 0], along[:, 1]) / 2)
