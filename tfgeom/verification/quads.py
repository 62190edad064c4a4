"""Integrals over bilinear quads in space by scikit-fem, beside `tfgeom.transport.surface_element`.

scikit-fem has no surface mesh in space, and its functions on the faces of hexahedra find their reference
points by a Newton iteration that does not converge on hexahedra a thousand times wider than thick.  So the
integrals are taken over the parameters of the quads, unit squares, with the metric of the map into space.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfgeom.verification.forms import jump, lumped, robin, sheet_conduction

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]


class Metric(NamedTuple):
    """First fundamental form of the map from the unit square at the Gauss points, each (n_quads, 4)."""

    E: Floats
    F: Floats
    G: Floats

    @property
    def area(self) -> Floats:
        """Area in space per area of the unit square."""
        return np.sqrt(np.maximum(self.E * self.G - self.F**2, 0.0))


def skfem_robin(points: Floats, quads: Ids, conductance: Floats) -> Floats:
    """Return the integrals of ``g N_a N_b`` over quads in space, (4, 4, n_quads).

    Parameters
    ----------
    points, quads
        Shapes (n, 3) and (n_quads, 4).
    conductance
        g of each quad, shape (n_quads,).
    """
    from skfem import BilinearForm

    basis = _squares(len(quads))
    area = _metric(basis, points, quads).area
    found = BilinearForm(robin).coo_data(basis, g=_at_points(conductance), area=area)
    return np.asarray(found.data.reshape(4, 4, -1))


def skfem_jump(points: Floats, quads: Ids, conductance: Floats) -> Floats:
    """Return the matrices of the current across quads in space, (8, 8, n_quads).

    Each corner has two unknowns: the potential below, and next to it that above.  Arguments as `skfem_robin`.
    """
    from skfem import BilinearForm, ElementQuad1, ElementVector

    area = _metric(_squares(len(quads)), points, quads).area
    both = _squares(len(quads), ElementVector(ElementQuad1(), 2))
    found = BilinearForm(jump).coo_data(both, g=_at_points(conductance), area=area)
    return np.asarray(found.data.reshape(8, 8, -1))


def skfem_sheet(points: Floats, quads: Ids, conductance: Floats) -> Floats:
    """Return the integrals of ``s grad N_a . grad N_b`` along quads in space, (4, 4, n_quads).

    Parameters
    ----------
    points, quads
        As `skfem_robin`; quads without area conduct nothing.
    conductance
        Sheet conductance s of each quad, shape (n_quads,).
    """
    from skfem import BilinearForm

    found = np.zeros((4, 4, len(quads)))
    full = (_metric(_squares(len(quads)), points, quads).area > 0).all(axis=1)
    basis = _squares(int(full.sum()))
    metric = _metric(basis, points, quads[full])
    s = _at_points(conductance[full])
    pairs = BilinearForm(sheet_conduction).coo_data(basis, s=s, area=metric.area, **metric._asdict())
    found[:, :, full] = pairs.data.reshape(4, 4, -1)
    return found


def skfem_lumped(points: Floats, quads: Ids, conductance: Floats) -> Floats:
    """Return the integral of ``g N_a`` per node, shape (n,); arguments as `skfem_robin`."""
    from skfem import LinearForm

    basis = _squares(len(quads))
    area = _metric(basis, points, quads).area
    shares = LinearForm(lumped).assemble(basis, g=_at_points(conductance), area=area)
    return np.bincount(quads.ravel(), shares, len(points)).astype(np.float64)


def _squares(count: int, element: Any = None) -> Any:
    """Return scikit-fem's functions on unit squares that share no node, with 2 x 2 Gauss points."""
    from skfem import Basis, ElementQuad1, MeshQuad

    corners = np.array([[0.0, 1.0, 1.0, 0.0], [0.0, 0.0, 1.0, 1.0]])
    apart = np.arange(4 * count).reshape(count, 4).T.copy()
    mesh = MeshQuad(np.tile(corners, count), apart, validate=False)
    return Basis(mesh, element or ElementQuad1(), intorder=3)


def _metric(basis: Any, points: Floats, quads: Ids) -> Metric:
    """Return the metric of quads in space."""
    from skfem.helpers import dot

    places = points[quads] - points[quads[:, :1]]
    tangents = np.array([basis.interpolate(places[:, :, axis].ravel()).grad for axis in range(3)])
    along, across = tangents[:, 0], tangents[:, 1]
    return Metric(dot(along, along), dot(along, across), dot(across, across))


def _at_points(values: Floats) -> Floats:
    """Return one value a quad at its four Gauss points, (n, 4)."""
    return np.broadcast_to(values[:, None], (len(values), 4))
