"""Memory asked before a mesh is made."""

import tracemalloc
from types import SimpleNamespace

import psutil
import pytest

from tests.stacks import PEARSE, layers, pearse_stack
from tfgeom.errors import MeshError
from tfgeom.films import Stack, stack_films
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
