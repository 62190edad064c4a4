"""Memory asked before a mesh is made."""

import math
import sys
import tracemalloc
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from tests.stacks import PEARSE, layers, pearse_stack
from tfgeom.errors import MeshError
from tfgeom.films import Stack, stack_films
from tfgeom.meshing import memory
from tfgeom.meshing.film_mesh import mesh_films
from tfgeom.meshing.memory import estimate_film_mesh, require_memory
from tfgeom.meshing.resolution import Resolution
from tfgeom.reliefs.holes import holes


def with_free(monkeypatch: pytest.MonkeyPatch, available: int) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=available))


def one_film() -> Stack:
    return stack_films(holes(3e-6, 6e-6, 30e-6, "hexagonal"), layers(PEARSE[:1]))


@pytest.mark.parametrize(
    ("available", "needed", "said"),
    [
        (1_700_000_000, 3_000_000_001, "a tile needs about 3.1 GB of memory and 1.5 GB are free"),
        (1_790_000_000, 1_600_000_000, "a tile needs about 1.6 GB of memory and 1.5 GB are free"),
        (1_700_000_000, 1_500_000_001, "a tile needs about 1.6 GB of memory and 1.5 GB are free"),
        (850_000_000, 700_000_000, "a tile needs about 700 MB of memory and 650 MB are free"),
        (100_000_000, 1, "a tile needs about 1 MB of memory and 0 MB are free"),
    ],
)
def test_more_than_is_free_is_refused_with_both_numbers(
    monkeypatch: pytest.MonkeyPatch, available: int, needed: int, said: str
) -> None:
    with_free(monkeypatch, available)
    with pytest.raises(MeshError) as caught:
        require_memory(needed, "a tile")
    assert str(caught.value).startswith(said)
    assert "200 MB are left to other programs" in str(caught.value)
    assert "lower resolution or fewer tiles" in str(caught.value)


GB = 10**9
GROUPS: dict[str, tuple[dict[str, str], float]] = {
    # files below the root, bytes that are left
    "none": ({}, math.inf),
    "version 2": (
        {
            "proc/self/cgroup": "0::/a/b\n",
            "sys/fs/cgroup/a/b/memory.max": "max\n",
            "sys/fs/cgroup/a/b/memory.current": f"{GB}\n",
            "sys/fs/cgroup/a/b/memory.stat": "inactive_file 0\n",
            "sys/fs/cgroup/a/memory.max": f"{2 * GB}\n",
            "sys/fs/cgroup/a/memory.current": f"{GB}\n",
            "sys/fs/cgroup/a/memory.stat": f"anon 5\ninactive_file {GB // 2}\n",
        },
        1.5 * GB,
    ),
    "version 1, path of the host": (
        {
            "proc/self/cgroup": "9:name=systemd:/x\n4:cpu,memory:/docker/0123\n0::/\n",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": f"{2 * GB}\n",
            "sys/fs/cgroup/memory/memory.usage_in_bytes": f"{GB}\n",
            "sys/fs/cgroup/memory/memory.stat": f"inactive_file 7\ntotal_inactive_file {GB // 4}\n",
        },
        1.25 * GB,
    ),
    "garbled": (
        {
            "proc/self/cgroup": "0::/\n",
            "sys/fs/cgroup/memory.max": "many\n",
            "sys/fs/cgroup/memory.current": "1\n",
            "sys/fs/cgroup/memory.stat": "x\n",
        },
        math.inf,
    ),
}


@pytest.mark.parametrize("kind", GROUPS)
def test_the_limit_of_the_container_counts(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, left = GROUPS[kind]
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    with_free(monkeypatch, 100 * GB)
    monkeypatch.setattr(memory, "_ROOT", tmp_path)
    monkeypatch.setattr(memory, "_process_room", lambda: math.inf)
    free = int(min(left, 100 * GB)) - 200_000_000
    require_memory(free, "a tile")
    words = "within the limit of the container" if left < 100 * GB else r"are free \(200"
    with pytest.raises(MeshError, match=words):
        require_memory(free + 1, "a tile")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the limits bind on Linux")
@pytest.mark.parametrize("which", ["RLIMIT_AS", "RLIMIT_DATA"])
def test_the_limit_of_the_process_counts(which: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import resource

    limits = dict.fromkeys((resource.RLIMIT_AS, resource.RLIMIT_DATA), resource.RLIM_INFINITY)
    taken = psutil.Process().memory_info()
    limits[getattr(resource, which)] = (taken.vms if which == "RLIMIT_AS" else taken.data) + GB
    with_free(monkeypatch, 100 * GB)
    monkeypatch.setattr(resource, "getrlimit", lambda name: (limits[name], limits[name]))
    require_memory(GB // 2, "a tile")
    with pytest.raises(MeshError, match=r"needs about 1\.0 GB .* within the limit of this process \(ulimit"):
        require_memory(GB, "a tile")


def test_what_just_fits_is_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    with_free(monkeypatch, 1_700_000_000)
    require_memory(1_500_000_000, "a tile")


def test_this_machine_has_room_for_a_small_mesh_and_none_for_an_exabyte() -> None:
    require_memory(estimate_film_mesh(1000, 100), "a film mesh")
    with pytest.raises(MeshError, match=r"an exabyte needs about 1000000000\.0 GB"):
        require_memory(10**18, "an exabyte")


@pytest.mark.parametrize(
    ("stack", "resolution"),
    [
        (pearse_stack(), Resolution(refine=2, angles=8, growth=1.2)),
        (one_film(), Resolution(refine=4, angles=16, growth=1.2)),
        (pearse_stack(step_coverage=0.8), Resolution(refine=2, angles=8, growth=1.2)),
    ],
    ids=["five films", "one film", "uneven films"],
)
def test_making_a_film_mesh_stays_within_the_estimate(stack: Stack, resolution: Resolution) -> None:
    mesh_films(stack, Resolution())  # what is loaded or made once is not the mesh's
    tracemalloc.start()
    try:
        mesh = mesh_films(stack, resolution)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert mesh.n_hexes > 20_000
    assert peak <= estimate_film_mesh(mesh.n_hexes, len(mesh.quads)) <= 2.5 * peak
