"""Random coated reliefs of every kind, for tests of meshes."""

import itertools
import math
from collections.abc import Sequence

from hypothesis import assume
from hypothesis import strategies as st
from shapely import Polygon, affinity

from tests.kinds import further, unit_cell
from tfgeom.deposition import StepCoverage
from tfgeom.errors import DesignError, UnsupportedError
from tfgeom.films import FilmLayer, Stack, stack_films
from tfgeom.geometry.from_above import border
from tfgeom.geometry.lattice import Pitch, corners, nearest, neighbour_distance
from tfgeom.geometry.plan import Bar, Loop
from tfgeom.geometry.protocol import Cell
from tfgeom.geometry.unit_cell import UnitCell
from tfgeom.materials.library import load_library
from tfgeom.meshing.film_mesh import FilmMesh, mesh_films
from tfgeom.meshing.resolution import Resolution
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.honeycomb import honeycomb
from tfgeom.reliefs.microtubes import microtubes
from tfgeom.reliefs.pillars import pillars
from tfgeom.reliefs.planar import planar
from tfgeom.reliefs.trenches import trenches
from tfgeom.reliefs.wave import wave
from tfgeom.units import UM

SECTIONS = ("planar", "pillars", "holes", "through-holes")
_VARIED = (*SECTIONS, "trenches", "microtubes", "double microtubes", "honeycomb", "wave")
FURTHER = tuple(further(_VARIED))
KINDS = (*_VARIED, *FURTHER)


def films_on(cell: Cell, thicknesses: Sequence[float], coverages: Sequence[StepCoverage] = ()) -> Stack:
    """Return an electrolyte and cathodes of the given thicknesses, m, on a relief."""
    material = load_library().find("LiPON")
    roles = ["electrolyte", *["cathode"] * len(thicknesses)]
    coverages = [*coverages, *[1.0] * len(thicknesses)]
    return stack_films(
        cell,
        [
            FilmLayer(f"film{k}", role, material, thickness, coverage)
            for k, (role, thickness, coverage) in enumerate(zip(roles, thicknesses, coverages, strict=False))
        ],
    )


def filled(cell: Cell, *thicknesses: float) -> Stack:
    """Return films of the given thicknesses and one that closes what is left, 0.7 um above the top."""
    material = load_library().find("LiPON")
    films = [FilmLayer(f"film{k}", "cathode", material, t) for k, t in enumerate(thicknesses)]
    return stack_films(cell, [*films, FilmLayer("filling", "anode", material, 0.7 * UM, fills=True)])


@st.composite
def reliefs(draw: st.DrawFn, kinds: Sequence[str] = KINDS) -> Cell:
    """Return a relief that exists: smallest section, rims and gaps all positive."""
    kind = draw(st.sampled_from(kinds))
    if kind == "planar":
        return planar()
    if kind in FURTHER:
        return unit_cell(kind, draw(st.floats(0.2, 5)))
    if kind == "wave":
        period = draw(st.floats(1e-6, 50e-6))
        return wave(period * draw(st.floats(0.01, 0.4)), period)
    lattice = draw(st.sampled_from(["square", "hexagonal"]))
    pitch = draw(st.floats(0.5e-6, 20e-6))
    both: Pitch = pitch
    if kind in ("pillars", "holes", "through-holes") and draw(st.sampled_from([False, False, True])):
        lattice, other = "rectangular", pitch * draw(st.floats(1, 3))
        both = draw(st.sampled_from([(pitch, other), (other, pitch)]))
    width = pitch * draw(st.floats(0.25, 0.9))
    height = width * draw(st.floats(0.2, 30))
    degrees = draw(st.sampled_from([90.0, 90.0, 87.0]) | st.floats(60, 95))
    angle = math.pi / 2 if degrees == 90 else math.radians(degrees)
    sides = draw(st.sampled_from([0, 4, 6]))
    turn = draw(st.sampled_from([0.0, 15.0, 45.0]) | st.floats(0, 60))
    rotation = math.radians(turn) if sides else 0.0
    rounding = draw(st.sampled_from([0.0, 0.0, 0.03, 0.15]))
    # as steep as it has to be for a smallest section and a gap at the narrowest place
    room = {"pillars": min(width, pitch - width)}.get(kind, min(width, pitch - width) / 2)
    if angle != math.pi / 2:
        height = min(height, 0.4 * room * abs(math.tan(angle)))
    rim = rounding * min(room, height) / 2
    if kind == "pillars":
        cell = pillars(width, both, height, lattice, rim, sides=sides, rotation=rotation, angle=angle)
    elif kind in ("holes", "through-holes"):
        cell = holes(
            width, both, height, lattice, rim,
            sides=sides, rotation=rotation, angle=angle, through=kind == "through-holes",
        )  # fmt: skip
    elif kind == "trenches":
        cell = trenches(width, pitch, height, rim, angle=angle)
    elif kind == "microtubes":
        share = draw(st.floats(0.1, 0.4))
        cell = microtubes(width, share * width, pitch, height, lattice, share * rim, angle=angle)
    elif kind == "double microtubes":
        wall = width * draw(st.floats(0.05, 0.12))
        inner = width * draw(st.floats(0.45, 0.65)), wall
        cell = microtubes(width, wall, pitch, height, lattice, wall * rounding, inner=inner, angle=angle)
    else:
        cell = honeycomb(pitch - width, pitch, height, rim, angle=angle)
    assume(exists(cell))
    return cell


def exists(cell: Cell) -> bool:
    """Return whether a relief has a smallest section and space between its walls."""
    if not cell.reach.value > 0.01 * (cell.gap or 0.0) > 0:
        return False
    for element in cell.sharp_plan.elements:
        size = element.width if isinstance(element, Bar) else element.inradius
        if size <= 0.01 * cell.footprint**0.5:
            return False
        if isinstance(element, Loop) and element.opening and cell.plan.raised_background:
            # the widest openings leave a wall between them
            assert isinstance(cell, UnitCell)
            assert cell.periods
            assert cell.lattice
            near = neighbour_distance(element, cell.rotation, cell.periods, cell.lattice)
            if near < 0.01 * nearest(cell.periods):
                return False
    # tubes from the outermost wall inwards, with material between one loop and the next
    loops = [element.inradius for element in cell.sharp_plan.elements if not isinstance(element, Bar)]
    return all(inner < 0.99 * outer for outer, inner in itertools.pairwise(loops))


def crosses_its_cell(stack: Stack) -> bool:
    """Return whether a coated section reaches over the square or regular hexagon around its axis."""
    cell = stack.cell
    loops = [e for e in cell.sharp_plan.elements if not isinstance(e, Bar)]
    if not (loops and loops[0].sides):
        return False
    assert isinstance(cell, UnitCell)
    assert cell.periods
    section = Polygon(corners(loops[0].inradius, loops[0].sides, cell.rotation))
    if not loops[0].opening:
        levels = [film.outer for film in stack.films]
        furthest = max(float(cell.profile.wall_line(level)[-1, 0]) for level in levels)
        section = section.buffer(furthest, quad_segs=64)
    in_um = affinity.scale(section, 1 / UM, 1 / UM, origin=(0, 0))
    return not border(cell.periods, cell.lattice).contains(in_um)


def mesh_unless_crossing(stack: Stack, refine: int) -> FilmMesh | None:
    """Return the mesh, or None where it was refused to a section that reaches over its cell."""
    try:
        return mesh_films(stack, Resolution(refine))
    except UnsupportedError:
        if not crosses_its_cell(stack):
            raise
        return None


@st.composite
def coated_reliefs(draw: st.DrawFn, kinds: Sequence[str] = KINDS) -> Stack:
    """Return uniform films that take up to 95 % of the free reach of a random relief."""
    cell = draw(reliefs(kinds))
    room = min(cell.reach.value, 1e-6) * draw(st.floats(0.02, 0.95))
    shares = draw(st.lists(st.floats(0.05, 1), min_size=1, max_size=4))
    return films_on(cell, [room * share / sum(shares) for share in shares])


@st.composite
def unevenly_coated_reliefs(draw: st.DrawFn, kinds: Sequence[str] = KINDS) -> Stack:
    """Return films of which at least one changes with depth, on a random relief."""
    cell = draw(reliefs(kinds))
    room = min(cell.reach.value, 1e-6) * draw(st.floats(0.02, 0.6))
    shares = draw(st.lists(st.floats(0.2, 1), min_size=1, max_size=3))
    number = st.floats(0.3, 1.2)
    depths = draw(st.lists(st.floats(0.1, 0.9), min_size=1, max_size=2, unique=True))
    assume(len(depths) == 1 or abs(depths[1] - depths[0]) > 1e-8)  # a design file must keep them apart
    points = st.just(tuple((cell.deepest * d, draw(number)) for d in sorted(depths)))
    coverages = [draw(number | points), *(draw(st.just(1.0) | number | points) for _ in shares[1:])]
    try:
        return films_on(cell, [room * share / sum(shares) for share in shares], coverages)
    except DesignError:
        assume(False)
        raise
