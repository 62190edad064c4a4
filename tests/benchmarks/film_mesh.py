"""Film meshes of a round hole against gmsh: its plan-and-extrude and its boundary layers, in one run.

Both are given what makes them fastest: no optimisation, smoothing or topology passes, no output, two threads,
and the recombination that still leaves hexahedra.  Only building the model and generating the mesh is timed,
not starting gmsh.  Times are per cell, each the best of several runs taken in turn.
"""

import math
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from tests.benchmarks.speed import Row
from tests.stacks import pearse_stack
from tfgeom.errors import MissingExtraError
from tfgeom.films import Stack
from tfgeom.meshing.film_mesh import FilmMesh, mesh_films
from tfgeom.meshing.memory import estimate_film_mesh
from tfgeom.meshing.resolution import Resolution

RADIUS, PITCH, DEPTH = 1.5, 6.0, 30.0  # um, hexagonal lattice: the stack of `pearse_stack`
FILMS = (0.040, 0.070, 0.050, 0.010, 0.025)  # um
SUBLEVELS = 4

FRONTAL, DELAUNAY = 6, 5
"""Surface algorithms of gmsh: its default, which leaves next to no triangles, and the fastest one."""
HEXAHEDRON = 5
"""gmsh's number of the type; the prisms (6) are what recombination leaves of triangles."""


@dataclass(frozen=True)
class Size:
    """What gives about the same number of cells three ways.

    Attributes
    ----------
    own
        tfgeom's resolution.
    chords, along
        gmsh's chords of a quarter circle and cells along the wall, extruded.
    frontal, delaunay
        gmsh's element size for its boundary layers by two surface algorithms, um.
    """

    own: Resolution
    chords: int
    along: int
    frontal: float
    delaunay: float


HUNDRED_THOUSAND = Size(
    Resolution(2, angles=8, rim_chords=4, electrolyte_sublevels=2, film_sublevels=2, growth=1.125),
    20, 63, 0.28, 0.29,
)  # fmt: skip
MILLION = Size(
    Resolution(4, angles=16, rim_chords=4, electrolyte_sublevels=1, film_sublevels=1, growth=1.08),
    50, 250, 0.086, 0.092,
)  # fmt: skip


@dataclass(frozen=True)
class GmshMesh:
    """What gmsh made: seconds, cells by type, and their volume, um³."""

    seconds: float
    cells: dict[int, int]
    volume: float

    @property
    def n_cells(self) -> int:
        return sum(self.cells.values())

    @property
    def hexahedra(self) -> float:
        """Fraction of the cells that are hexahedra."""
        return self.cells.get(HEXAHEDRON, 0) / self.n_cells


def load_gmsh() -> Any:
    """Return the module gmsh, or say what is missing."""
    try:
        import gmsh
    except (ImportError, OSError) as error:  # OSError: its wheel is there, an X or GL library is not
        raise MissingExtraError(
            f"gmsh cannot be loaded ({error}): pip install 'tfgeom[oracle]', and the system libraries it names"
        ) from error
    return gmsh


@contextmanager
def quiet_gmsh() -> Iterator[Any]:
    """Give gmsh without output and optional passes; without its signal handler, so that Ctrl-C is Python's."""
    gmsh = load_gmsh()
    gmsh.initialize(readConfigFiles=False, interruptible=False)
    try:
        for option, number in {
            "General.Terminal": 0,
            "General.Verbosity": 0,
            "General.NumThreads": 2,
            "Mesh.Optimize": 0,
            "Mesh.Smoothing": 0,
            "Mesh.RecombineOptimizeTopology": 0,
            "Mesh.RecombineNodeRepositioning": 0,
        }.items():
            gmsh.option.setNumber(option, number)
        yield gmsh
    finally:
        gmsh.finalize()


def plan_and_extrude(chords: int, along: int) -> GmshMesh:
    """Return rings of the films on the plan of the hole, transfinite, extruded along the wall.

    Floor, rim and top are left out: this way has no cells there.
    """
    radii = [RADIUS - sum(FILMS[:count]) for count in range(len(FILMS) + 1)]
    with quiet_gmsh() as gmsh:
        start = time.perf_counter()
        occ, mesh = gmsh.model.occ, gmsh.model.mesh
        axis = occ.addPoint(0, 0, 0)
        corners = [
            [
                occ.addPoint(radius * math.cos(turn * math.pi / 2), radius * math.sin(turn * math.pi / 2), 0)
                for turn in range(4)
            ]
            for radius in radii
        ]
        arcs = [[occ.addCircleArc(ring[turn], axis, ring[turn - 3]) for turn in range(4)] for ring in corners]
        spokes = [
            [occ.addLine(outer[turn], inner[turn]) for turn in range(4)] for outer, inner in pairwise(corners)
        ]
        faces = []
        for film, across in enumerate(spokes):
            for turn in range(4):
                around = [arcs[film][turn], across[turn - 3], -arcs[film + 1][turn], -across[turn]]
                faces.append(occ.addPlaneSurface([occ.addCurveLoop(around)]))
        occ.extrude([(2, face) for face in faces], 0, 0, DEPTH, numElements=[along], recombine=True)
        occ.synchronize()
        for curve in (arc for ring in arcs for arc in ring):
            mesh.setTransfiniteCurve(curve, chords + 1)
        for curve in (spoke for ring in spokes for spoke in ring):
            mesh.setTransfiniteCurve(curve, SUBLEVELS + 1)
        for face in faces:
            mesh.setTransfiniteSurface(face)
            mesh.setRecombine(2, face)
        mesh.generate(3)
        return counted(gmsh, time.perf_counter() - start)


def boundary_layers(size: float, algorithm: int) -> GmshMesh:
    """Return layers grown into the hole from a recombined mesh of floor, wall and top of a unit cell."""
    cumulative = np.cumsum(np.repeat(FILMS, SUBLEVELS) / SUBLEVELS)
    with quiet_gmsh() as gmsh:
        for option, number in {
            "Mesh.Algorithm": algorithm,
            "Mesh.RecombineAll": 1,
            "Mesh.RecombinationAlgorithm": 1,  # blossom; the simple one leaves a fifth of the faces triangles
            "Mesh.MeshSizeMin": size,
            "Mesh.MeshSizeMax": size,
            "Geometry.ExtrudeReturnLateralEntities": 0,
        }.items():
            gmsh.option.setNumber(option, number)
        start = time.perf_counter()
        model, occ = gmsh.model, gmsh.model.occ
        reach = PITCH / math.sqrt(3)
        points = [
            occ.addPoint(reach * math.cos(turn * math.pi / 3), reach * math.sin(turn * math.pi / 3), 0)
            for turn in range(6)
        ]
        sides = [occ.addLine(points[turn - 1], points[turn]) for turn in range(6)]
        top = occ.addPlaneSurface([occ.addCurveLoop(sides)])
        block = occ.extrude([(2, top)], 0, 0, -DEPTH - 1)
        hole = occ.addCylinder(0, 0, 0, 0, 0, -DEPTH, RADIUS)
        occ.cut([entity for entity in block if entity[0] == 3], [(3, hole)])
        occ.synchronize()
        # Only floor, wall and top stay, all above the underside: the rest would get tetrahedra.
        faces = model.getEntities(2)
        coated = [face for face in faces if model.getBoundingBox(*face)[2] > -DEPTH - 0.5]
        model.removeEntities(model.getEntities(3))
        model.removeEntities([face for face in faces if face not in coated])
        # Negative heights: against the normals of the solid's faces as they are left, into the hole.
        model.geo.extrudeBoundaryLayer(coated, [1] * len(cumulative), list(-cumulative), True)
        model.geo.synchronize()
        model.mesh.generate(3)
        return counted(gmsh, time.perf_counter() - start)


def counted(gmsh: Any, seconds: float) -> GmshMesh:
    """Return the cells gmsh holds; their signed volumes are added up."""
    cells, volume = {}, 0.0
    types, tags, _ = gmsh.model.mesh.getElements(3)
    for kind, numbers in zip(types, tags, strict=True):
        cells[int(kind)] = len(numbers)
        volume += float(gmsh.model.mesh.getElementQualities(numbers, "volume").sum())
    return GmshMesh(seconds, cells, volume)


def best_in_turn(works: list[Callable[[], float]], repeats: int) -> list[float]:
    """Return the least of what each work returns, the works run in turn."""
    return [min(column) for column in zip(*([work() for work in works] for _ in range(repeats)), strict=True)]


def bytes_held(mesh: FilmMesh) -> int:
    """Return the bytes of all arrays of a film mesh, named ones too."""
    values = [getattr(mesh, field.name) for field in fields(mesh)]
    values += [array for value in values if isinstance(value, dict) for array in value.values()]
    return sum(value.nbytes for value in values if isinstance(value, np.ndarray))


def compared(stack: Stack, size: Size, repeats: int) -> tuple[list[Row], int, float]:
    """Return the rows of one size, and tfgeom's hexahedra and best seconds."""
    mesh, peak = traced(stack, size.own)
    made: dict[str, GmshMesh] = {}

    def lifted() -> float:
        times = []
        for _ in range(5):  # short beside gmsh's
            start = time.perf_counter()
            mesh_films(stack, size.own)
            times.append(time.perf_counter() - start)
        return min(times) / mesh.n_hexes

    def timed(name: str, work: Callable[[], GmshMesh]) -> float:
        made[name] = work()
        return made[name].seconds / made[name].n_cells

    rivals: list[tuple[str, int, Callable[[], GmshMesh]]] = [
        ("plan and extrude", 100, lambda: plan_and_extrude(size.chords, size.along)),
        ("boundary layers (Frontal-Delaunay)", 500, lambda: boundary_layers(size.frontal, FRONTAL)),
        ("boundary layers (Delaunay)", 500, lambda: boundary_layers(size.delaunay, DELAUNAY)),
    ]
    own, *theirs = best_in_turn([lifted, *(partial(timed, name, work) for name, _, work in rivals)], repeats)
    rows = [Row(f"tfgeom, {mesh.n_hexes:,} hexahedra", f"{own * 1e6:.4f} us each", "none", True)]
    for (name, bar, _), seconds in zip(rivals, theirs, strict=True):
        other = made[name]
        rows.append(
            Row(
                f"over gmsh's {name}, {other.n_cells:,} cells, {other.hexahedra:.2%} hexahedra",
                f"1/{seconds / own:.0f} of {seconds * 1e6:.2f} us each",
                f"1/{bar}",
                seconds / own >= bar,
            )
        )
    held, estimate = bytes_held(mesh) / mesh.n_hexes, estimate_film_mesh(mesh.n_hexes, len(mesh.quads))
    rows.append(Row("arrays held", f"{held:.0f} B/hexahedron", "100 B/hexahedron", held <= 100))
    rows.append(
        Row(
            "peak while meshing",
            f"{peak / mesh.n_hexes:.0f} B/hexahedron",
            f"{estimate / mesh.n_hexes:.0f} B/hexahedron, the estimate",
            peak <= estimate,
        )
    )
    return rows, mesh.n_hexes, own * mesh.n_hexes


def traced(stack: Stack, resolution: Resolution) -> tuple[FilmMesh, int]:
    """Return a mesh and the peak bytes of making it, what is loaded only once left out."""
    mesh_films(stack, Resolution())
    tracemalloc.start()
    try:
        mesh = mesh_films(stack, resolution)
        return mesh, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def film_mesh_table(sizes: tuple[Size, Size] = (HUNDRED_THOUSAND, MILLION), repeats: int = 3) -> list[Row]:
    """Return time per hexahedron against gmsh, memory, and the exponent of tfgeom's time."""
    load_gmsh()
    stack = pearse_stack()
    smaller, fewer, shorter = compared(stack, sizes[0], repeats)
    larger, more, longer = compared(stack, sizes[1], repeats)
    exponent = math.log(longer / shorter) / math.log(more / fewer)
    return [
        *smaller,
        *larger,
        Row("exponent of tfgeom's time", f"{exponent:.2f}", "1.1", exponent <= 1.1),
    ]
