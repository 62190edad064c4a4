"""What a mesh will need and whether that much memory is free, asked before it is made."""

import math
import sys
from collections.abc import Callable
from pathlib import Path

from tfgeom.errors import MeshError

# Bounds of the peak of the allocations while `mesh_films` runs (tracemalloc): 24 B a node and 8 B a film and
# quad are kept.  Beside these, uniform films take about 300 B a surface quad, six films of uneven thickness
# 480 B, and what is computed of the quads looked at together 0.8 MB.  Refusing a mesh a little early beats
# being killed halfway.
_FILM_MESH_BYTES_PER_HEX = 30
_FILM_MESH_BYTES_PER_QUAD = 600
_FILM_MESH_BYTES = 1_000_000
_ROOT = Path("/")  # of the files by which Linux tells of control groups
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


def require_memory(needed: int, what: str, otherwise: str = "") -> None:
    """Raise when something would need more memory than this process may take now, before it is started.

    Parameters
    ----------
    needed
        Estimated peak, bytes.
    what
        What would be made, as the subject of a sentence: ``a film mesh of 3,000,000 hexahedra``.
    otherwise
        A further way out.

    Raises
    ------
    MeshError
        When ``needed`` exceeds what is free on the machine, within its container and within the process's own
        limit, 0.2 GB of it left to other programs.
    """
    import psutil

    room, within = min(
        (psutil.virtual_memory().available, ""),
        (_container_room(), " within the limit of the container (memory of its control group)"),
        (_process_room(), " within the limit of this process (ulimit -v or -d)"),
    )
    free = max(0, int(room) - _KEPT_FREE)
    if needed > free:
        # Rounded apart, so that the two never read the same.
        raise MeshError(
            f"{what} needs about {_size(needed, math.ceil)} of memory and {_size(free, math.floor)} are free"
            f"{within} ({_size(_KEPT_FREE, math.ceil)} are left to other programs); "
            f"use a lower resolution or fewer tiles, {f'{otherwise}, ' if otherwise else ''}"
            "or close other programs"
        )


def _container_room() -> float:
    """Return what the control groups of this process leave, bytes: Linux has them, version 1 or 2."""
    try:
        lines = (_ROOT / "proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return math.inf
    room = math.inf
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            base, names = _ROOT / "sys/fs/cgroup", ("memory.max", "memory.current", "inactive_file")
        elif "memory" in controllers.split(","):
            base = _ROOT / "sys/fs/cgroup/memory"
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
        else:
            continue
        group = base / path.strip("/")
        # in a container the path may be the host's: then the root holds
        for folder in (group, *group.parents):
            room = min(room, _group_room(folder, *names))
            if folder == base:
                break
    return room


def _group_room(folder: Path, limit: str, usage: str, idle: str) -> float:
    """Return what one control group leaves; files kept in memory that nobody uses make room when needed."""
    try:
        most, used = ((folder / name).read_text(encoding="utf-8").strip() for name in (limit, usage))
        lines = (folder / "memory.stat").read_text(encoding="utf-8").splitlines()
        stat = dict(line.split() for line in lines)
        return math.inf if most == "max" else int(most) - int(used) + int(stat.get(idle, 0))
    except (OSError, ValueError):  # no such group here
        return math.inf


def _process_room() -> float:
    """Return what the limits of this process leave, bytes; they bind on Linux."""
    if not sys.platform.startswith("linux"):
        return math.inf
    import resource

    import psutil

    taken = psutil.Process().memory_info()
    room = math.inf
    for name, used in ((resource.RLIMIT_AS, taken.vms), (resource.RLIMIT_DATA, taken.data)):
        most = resource.getrlimit(name)[0]
        if most != resource.RLIM_INFINITY:
            room = min(room, most - used)
    return room


def _size(n_bytes: int, rounded: Callable[[float], int]) -> str:
    """Return megabytes, or gigabytes with one decimal from 1 GB on."""
    if n_bytes < 1e9:
        return f"{rounded(n_bytes / 1e6)} MB"
    return f"{rounded(n_bytes / 1e8) / 10:.1f} GB"
