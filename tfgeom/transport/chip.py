"""The chip's scale in closed form: two sheets, joined everywhere through the cell, contacted at edges.

MODELS 5(d): a transmission line of two rails with the area-specific resistance between them; ``lambda``
is the length over which the sheets lose as much as the cell.
"""

from tfgeom.rows import (
    Numbers,
    choose,
    hyperbolic_sine,
    hyperbolic_tangent,
    larger,
    root,
    smaller,
)
from tfgeom.searching import last_point

_NEGLIGIBLE = 1e-4  # lengths in lambda: below, the series of tanh(m)/m is exact to rounding
_FAR = 300.0  # above, sinh overflows and counts no more


def same_edge_share(inner: Numbers, outer: Numbers, asr: Numbers, length: Numbers) -> Numbers:
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
    reach = length * root((inner + outer) / asr)
    return _kept(reach)


def opposite_edges_share(inner: Numbers, outer: Numbers, asr: Numbers, length: Numbers) -> Numbers:
    """Return the conductance over that with ideal sheets, contacted along opposite edges.

    Parameters as those of `same_edge_share`.  Per width the resistance is
    ``R1 R2/(R1 + R2) (L + 2 lambda/sinh m) + lambda (R1² + R2²)/(R1 + R2) coth m``.
    """
    both = inner + outer
    reach = length * root(both / asr)
    counts = larger(reach, _NEGLIGIBLE)
    over_sinh = choose(reach > _FAR, 0.0, 2 / (counts * hyperbolic_sine(smaller(counts, _FAR))))
    along = inner * outer / both * (1 + over_sinh)
    near_edges = (inner**2 + outer**2) / (both * counts * hyperbolic_tangent(counts))
    return choose(reach < _NEGLIGIBLE, 1.0, asr / (length**2 * (along + near_edges)))


def length_that_keeps(share: float, inner: Numbers, outer: Numbers, asr: Numbers) -> Numbers:
    """Return the length (m) at which `same_edge_share` falls to ``share``, between 0 and 1."""
    found = last_point(lambda reach: _kept(reach) - share, 0.0, 1 / share, halvings=50)
    return found.value * root(asr / (inner + outer))


def _kept(reach: Numbers) -> Numbers:
    counts = larger(reach, _NEGLIGIBLE)
    return choose(reach < _NEGLIGIBLE, 1 - reach**2 / 3, hyperbolic_tangent(counts) / counts)
