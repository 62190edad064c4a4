"""What a mesh will need and whether that much memory is free, asked before it is made."""

import math
from collections.abc import Callable

from tfgeom.errors import MeshError

# Bounds of the peak of the allocations while `mesh_films` runs (tracemalloc): 24 B a node and 8 B a film and
# quad are kept.  Beside these, uniform films take about 300 B a surface quad, six films of uneven thickness
# 480 B, and what is computed of the quads looked at together 0.8 MB.  Refusing a mesh a little early beats
# being killed halfway.
_FILM_MESH_BYTES_PER_HEX = 30
_FILM_MESH_BYTES_PER_QUAD = 600
_FILM_MESH_BYTES = 1_000_000
# Left to other programs, and for what Python itself takes meanwhile.
_KEPT_FREE = 200_000_000


def estimate_film_mesh(n_hexes: int, n_quads: int) -> int:
    """Return about how many bytes making a film mesh takes at its peak, the mesh itself included.

    Parameters
    ----------
    n_hexes
        Number of hexahedra.
    n_quads
        Number of quads of a level.
    """
    return _FILM_MESH_BYTES + _FILM_MESH_BYTES_PER_HEX * n_hexes + _FILM_MESH_BYTES_PER_QUAD * n_quads


def require_memory(needed: int, what: str) -> None:
    """Raise when something would need more memory than is free now, before it is started.

    Parameters
    ----------
    needed
        Estimated peak, bytes.
    what
        What would be made, as the subject of a sentence: ``a film mesh of 3,000,000 hexahedra``.

    Raises
    ------
    MeshError
        When ``needed`` exceeds the memory that is free, 0.2 GB of it left to other programs.
    """
    import psutil

    free = max(0, psutil.virtual_memory().available - _KEPT_FREE)
    if needed > free:
        # Rounded apart, so that the two never read the same.
        raise MeshError(
            f"{what} needs about {_size(needed, math.ceil)} of memory and {_size(free, math.floor)} are free "
            f"({_size(_KEPT_FREE, math.ceil)} are left to other programs); "
            "use a lower resolution or fewer tiles, or close other programs"
        )


def _size(n_bytes: int, rounded: Callable[[float], int]) -> str:
    """Return megabytes, or gigabytes with one decimal from 1 GB on."""
    if n_bytes < 1e9:
        return f"{rounded(n_bytes / 1e6)} MB"
    return f"{rounded(n_bytes / 1e8) / 10:.1f} GB"
