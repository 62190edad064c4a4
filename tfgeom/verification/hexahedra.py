"""Integrals over trilinear hexahedra by scikit-fem: what stands beside `tfgeom.transport.hex_stiffness`."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfgeom.meshing.memory import require_memory
from tfgeom.verification.forms import conduction

MESH_HEX_ORDER = [0, 4, 3, 1, 7, 5, 2, 6]
"""Corners of a VTK hexahedron in the order of scikit-fem's ``MeshHex``."""

Floats = NDArray[np.float64]

_BYTES_PER_HEX = 4600  # peak of the assembly (tracemalloc, 2e3 to 6e4 hexahedra)


def skfem_stiffness(corners: Floats, sigma: Floats) -> Floats:
    """Return the integrals of `hex_stiffness`, (8, 8, n); corners (n, 8, 3) and ``sigma`` (n,) as there."""
    from skfem import BilinearForm

    require_memory(_BYTES_PER_HEX * len(corners), f"the assembly of {len(corners):,} hexahedra by scikit-fem")
    # every hexahedron has nodes of its own
    apart = np.arange(8 * len(corners)).reshape(-1, 8)
    basis = hex_basis(corners.reshape(-1, 3), apart)
    pairs = BilinearForm(conduction).coo_data(basis, sigma=per_cell(sigma)).data.reshape(8, 8, -1)
    back = np.argsort(MESH_HEX_ORDER)
    return np.asarray(pairs[back][:, back])


def hex_basis(points: Floats, hexes: NDArray[np.int64]) -> Any:
    """Return scikit-fem's trilinear functions on hexahedra with 2 x 2 x 2 Gauss points.

    Parameters
    ----------
    points
        Shape (n, 3).
    hexes
        Corners in VTK order, shape (n_hexes, 8).  They may repeat, and cells may be a thousand times wider
        than thick: neither is a fault that would need a check.
    """
    from skfem import Basis, ElementHex1, MeshHex

    mesh = MeshHex(points.T.copy(), hexes[:, MESH_HEX_ORDER].T.copy(), validate=False, sort_t=False)
    return Basis(mesh, ElementHex1(), intorder=3)


def per_cell(values: Floats) -> Floats:
    """Return one value a cell at its eight Gauss points, (n, 8)."""
    return np.broadcast_to(values[:, None], (len(values), 8))
