"""The chip's scale in closed form: two sheets, joined everywhere through the cell, contacted at edges.

MODELS 5(d): a transmission line of two rails with the area-specific resistance between them; ``lambda``
is the length over which the sheets lose as much as the cell.
"""

import math

from tfgeom.searching import last_point

_NEGLIGIBLE = 1e-4  # lengths in lambda: below, the series of tanh(m)/m is exact to rounding
_FAR = 300.0  # above, sinh overflows and counts no more


def same_edge_share(inner: float, outer: float, asr: float, length: float) -> float:
    """Return the conductance over that with ideal sheets, both contacted along one edge: ``tanh(m)/m``.

    Parameters
    ----------
    inner, outer
        Sheet resistances per square of the footprint, ohm; one of them may be 0.
    asr
        Area-specific resistance between them, ohm m² of footprint, above 0.
    length
        From the contacted edge to the other one, m.
    """
    reach = length * math.sqrt((inner + outer) / asr)
    return _kept(reach)


def opposite_edges_share(inner: float, outer: float, asr: float, length: float) -> float:
    """Return the conductance over that with ideal sheets, contacted along opposite edges.

    Parameters as those of `same_edge_share`.  Per width the resistance is
    ``R1 R2/(R1 + R2) (L + 2 lambda/sinh m) + lambda (R1² + R2²)/(R1 + R2) coth m``.
    """
    both = inner + outer
    reach = length * math.sqrt(both / asr)
    if reach < _NEGLIGIBLE:
        return 1.0
    over_sinh = 0.0 if reach > _FAR else 2 / (reach * math.sinh(reach))
    along = inner * outer / both * (1 + over_sinh)
    near_edges = (inner**2 + outer**2) / (both * reach * math.tanh(reach))
    return asr / (length**2 * (along + near_edges))


def length_that_keeps(share: float, inner: float, outer: float, asr: float) -> float:
    """Return the length (m) at which `same_edge_share` falls to ``share``, between 0 and 1."""
    found = last_point(lambda reach: _kept(reach) - share, 0.0, 1 / share, halvings=50)
    return found.value * math.sqrt(asr / (inner + outer))


def _kept(reach: float) -> float:
    return 1 - reach**2 / 3 if reach < _NEGLIGIBLE else math.tanh(reach) / reach
