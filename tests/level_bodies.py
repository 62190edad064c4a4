"""Films and liquid as bodies bounded by level curves, solved by NGSolve on meshes of netgen's own.

Nothing here looks at a level or a mesh of the product: a level curve is made from a table of (depth, distance)
as PHYSICS 1 defines it, bare point plus distance times bare normal, the floor as thick as at the deepest
point, a sharp rim an arc.  Walls are upright, sections round or straight.  A section around an axis (the cell
a circle of equal footprint) or across a trench is meshed with triangles of order 4, refined towards every
corner; a sector of a square or hexagonal cell with tetrahedra that follow the curved faces.
"""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tfgeom.films import Stack
from tfgeom.geometry.profile import Level
from tfgeom.transport.films.core import ConductingCore
from tfgeom.transport.flooded import FloodedCircuit
from tfgeom.units import UM

Floats = NDArray[np.float64]
Curve: TypeAlias = list[tuple[str, Floats]]
"""Pieces from the middle of the flat top to the end of the floor: ``line``, or ``arc`` with its control point."""


@dataclass(frozen=True)
class Body:
    """A relief; lengths in um.

    Attributes
    ----------
    kind
        ``trench``: lines, ``half`` is that of the opening.
    half
        Radius of the section.
    height, pitch, rim_radius
        As of the design.
    lattice
        square or hexagonal.
    """

    kind: Literal["pillar", "hole", "trench"]
    half: float
    height: float
    pitch: float
    lattice: str = "square"
    rim_radius: float = 0.0

    @property
    def outwards(self) -> int:
        """Whether films move the wall away from the axis (1) or towards it (-1)."""
        return 1 if self.kind == "pillar" else -1

    @property
    def footprint(self) -> float:
        """Area of the cell, um²."""
        return self.pitch**2 * (math.sqrt(3) / 2 if self.lattice == "hexagonal" else 1.0)

    @property
    def border(self) -> float:
        """Distance of the border from the axis: of a circle of equal footprint, or of half a trench's cell."""
        return self.pitch / 2 if self.kind == "trench" else math.sqrt(self.footprint / math.pi)

    @property
    def sector(self) -> float:
        """Angle between two mirror planes of the cell, rad."""
        return math.pi / (6 if self.lattice == "hexagonal" else 4)


@dataclass(frozen=True)
class Regions:
    """What lies between curves, from 0 V at the first to 1 V at the last one.

    Attributes
    ----------
    tables
        (depth, distance) of each level from the bare surface, um; None for a plane ``ceiling`` um high.
    sigma
        Conductivity between each curve and the next, S/m.
    faces
        Resistance at each curve, ohm m², 0 where the potential is continuous.
    """

    tables: tuple[tuple[tuple[float, float], ...] | None, ...]
    sigma: tuple[float, ...]
    faces: tuple[float, ...]
    ceiling: float = 0.0


def film_regions(core: ConductingCore) -> Regions:
    """Return the films of a core: their thicknesses and constants, no surfaces."""
    levels = (core.conductors[0].film.inner, *(one.film.outer for one in core.conductors))
    return Regions(
        tuple(_table(level, core.stack) for level in levels),
        tuple(one.conductivity for one in core.conductors),
        core.jump_resistances,
    )


def liquid_region(circuit: FloodedCircuit) -> Regions:
    """Return the liquid up to the counter electrode, behind charge transfer, and a film that has a resistance."""
    stack, (film, *more) = circuit.stack, circuit.films.films
    assert not more
    ceiling = (stack.cell.height + stack.top.top + circuit.separator) / UM
    tables, sigma = (_table(stack.top, stack), None), (circuit.conductivity,)
    faces = circuit.charge_transfer, circuit.counter_transfer
    if math.isfinite(film.conductivity):
        inner = _table(film.film.inner, stack)
        return Regions((inner, *tables), (film.conductivity, *sigma), (0.0, *faces), ceiling)
    return Regions(tables, sigma, faces, ceiling)


def _table(level: Level, stack: Stack) -> tuple[tuple[float, float], ...]:
    return tuple((depth / UM, distance / UM) for depth, distance in level.table(stack.cell.deepest))


def solve_section(body: Body, regions: Regions, order: int = 4, levels: int = 5) -> tuple[float, float]:
    """Return resistance times footprint, ohm m², on triangles, and how far elements one order lower are off.

    Parameters
    ----------
    order
        Of the elements.
    levels
        Of geometric refinement towards corners.
    """
    import ngsolve as ng

    size = max(b[1] - a[1] for low, up in pairwise(regions.tables) for a, b in _pairs(low, up))
    mesh = ng.Mesh(_section(body, regions).GenerateMesh(maxh=size, grading=0.3))
    mesh.RefineHP(levels, factor=0.15)
    weight = 2 * math.pi * ng.x if body.kind != "trench" else 2 * body.pitch
    found = [
        body.footprint / current_at_1_volt(mesh, regions, weight, degree) * 1e-6
        for degree in (order - 1, order)
    ]
    return found[1], abs(found[1] - found[0])


def solve_sector(
    body: Body, regions: Regions, size: float, order: int = 3, at_foot: float = 0.2
) -> tuple[float, float]:
    """Return resistance times footprint, ohm m², on tetrahedra, and how far elements one order lower are off.

    Parameters
    ----------
    size
        Largest tetrahedron, um.
    order
        Of the elements.
    at_foot
        Largest tetrahedron at the corners of the section, over ``size``.
    """
    import ngsolve as ng
    from netgen.occ import OCCGeometry

    mesh = ng.Mesh(OCCGeometry(_bodies(body, regions, at_foot * size)).GenerateMesh(maxh=size, grading=0.4))
    cells = 2 * math.pi / body.sector
    found = [
        body.footprint / (cells * current_at_1_volt(mesh, regions, 1.0, degree)) * 1e-6
        for degree in (order - 1, order)
    ]
    return found[1], abs(found[1] - found[0])


def level_curve(body: Body, table: tuple[tuple[float, float], ...], far: float) -> Curve:
    """Return a level; points are (distance from the axis, height)."""
    depths, distances = (np.array(column) for column in zip(*table, strict=True))

    def distance(depth: Any) -> Any:
        return np.interp(depth, depths, distances)

    def at(rho: Any, z: Any) -> Floats:
        return np.column_stack((body.half + body.outwards * np.asarray(rho), np.asarray(z)))

    h, top, floor, rc = body.height, distances[0], float(distance(body.height)), body.rim_radius
    along = np.unique([rc, h, *(depth for depth in depths if rc < depth < h)])
    wall = np.column_stack((distance(along), h - along))
    count = int(np.sum(wall[:, 1] > floor))
    last, below = wall[count - 1], wall[count]
    foot = last + (last[1] - floor) / (last[1] - below[1]) * (below - last)
    start, end = (0.0, far) if body.kind == "pillar" else (far, 0.0)
    edge = at([-rc], [h + top])
    curve: Curve = [("line", np.vstack(([start, h + top], edge)))]
    if rc == 0 and top > 0:
        curve.append(("arc", at([0.0, top, top], [h + top, h + top, h])))
    if rc > 0:
        turns = np.linspace(0, math.pi / 2, 65)
        radius = rc + distance(rc * (1 - np.cos(turns)))
        curve.append(("line", at(-rc + radius * np.sin(turns), h - rc + radius * np.cos(turns))))
    line = np.vstack((wall[:count], foot))
    curve.append(("line", at(line[:, 0], line[:, 1])))
    curve.append(("line", np.vstack((curve[-1][1][-1], [end, floor]))))
    return curve


def _curves(body: Body, regions: Regions, far: float) -> list[Curve]:
    ends = [0.0, far] if body.kind == "pillar" else [far, 0.0]
    plane = np.array([[end, regions.ceiling] for end in ends])
    return [[("line", plane)] if table is None else level_curve(body, table, far) for table in regions.tables]


def _pairs(low: Any, up: Any) -> Any:
    """Yield the points of two tables at the same depths; below a plane the liquid is as large as its level."""
    return [((0.0, 0.0), low[0])] if up is None else zip(low, up, strict=True)


def _section(body: Body, regions: Regions) -> Any:
    """Return netgen's section: ``region k`` above the curve ``face k``."""
    from netgen.geom2d import SplineGeometry

    made, left, ends = SplineGeometry(), body.kind != "pillar", []
    count = len(regions.sigma)
    for k, curve in enumerate(_curves(body, regions, body.border)):
        outer = k + 1 if k < count else 0
        sides = {"leftdomain": k if left else outer, "rightdomain": outer if left else k, "bc": f"face {k}"}
        numbers: list[int] = []
        for index, (piece, points) in enumerate(curve):
            added = [numbers[-1]] if numbers else [made.AppendPoint(*points[0])]
            for place, point in enumerate(points[1:].tolist(), 2):
                control = piece == "arc" and place == 2
                corner = place == len(points) and index + 1 < len(curve)
                added.append(made.AppendPoint(*point, hpref=1.0 if corner and not control else 0.0))
            if piece == "arc":
                made.Append(["spline3", *added], **sides)
            else:
                for pair in pairwise(added):
                    made.Append(["line", *pair], **sides)
            numbers += added
        ends.append((numbers[0], numbers[-1]))
        if k:
            made.SetMaterial(k, f"region {k - 1}")
            for side, turned in ((0, left), (1, not left)):
                made.Append(
                    ["line", ends[-2][side], ends[-1][side]],
                    leftdomain=k if turned else 0,
                    rightdomain=0 if turned else k,
                    bc="side",
                )
    return made


def _bodies(body: Body, regions: Regions, fine: float) -> Any:
    """Return the regions of one sector as solids that share their faces."""
    from netgen.occ import ArcOfCircle, Axis, Box, Face, Glue, Pnt, Segment, Wire, Z

    far = 1.1 * body.pitch / 2 / math.cos(body.sector)

    def point(place: Floats) -> Any:
        return Pnt(float(place[0]), 0.0, float(place[1]))

    def edges(curve: Curve) -> list[Any]:
        found = []
        for piece, points in curve:
            if piece == "arc":
                start, control, end = points
                middle = start + end - control
                middle = middle + (control - middle) / math.sqrt(2)
                found.append(ArcOfCircle(point(start), point(middle), point(end)))
            else:
                found += [Segment(point(a), point(b)) for a, b in pairwise(points)]
        return found

    solids = []
    for k, (low, up) in enumerate(pairwise(_curves(body, regions, far))):
        near, beyond = (Segment(point(low[end][1][end]), point(up[end][1][end])) for end in (0, -1))
        named = [
            *((edge, f"face {k}") for edge in edges(low)),
            (beyond, "side"),
            *((edge, f"face {k + 1}") for edge in reversed(edges(up))),
            (near, "side"),
        ]
        face = Face(Wire([edge for edge, _ in named]))
        for edge in face.edges:
            # the wire's edges are copies without names
            edge.name = min(named, key=lambda pair: (pair[0].center - edge.center).Norm())[1]
        inside = Box(Pnt(-far, -far, -1.0), Pnt(body.pitch / 2, far, 10 * (body.height + regions.ceiling)))
        solid = face.Revolve(Axis((0, 0, 0), Z), math.degrees(body.sector)) * inside
        solid.mat(f"region {k}")
        corners = [points[-1] for piece, points in (*low[:-1], *up[:-1])]
        for vertex in solid.vertices:
            if any(math.dist((math.hypot(vertex.p.x, vertex.p.y), vertex.p.z), c) < 1e-6 for c in corners):
                vertex.maxh = fine
        solids.append(solid)
    return Glue(solids)


def current_at_1_volt(mesh: Any, regions: Regions, weight: Any, order: int) -> float:
    """Return the current, 1e-6 A (S/m um V), from the power of the solution on elements curved to their order."""
    import ngsolve as ng

    mesh.Curve(order)
    count = len(regions.sigma)
    jumps = [k for k, face in enumerate(regions.faces) if face]
    fields = [range(*pair) for pair in zip((0, *jumps), (*jumps, count), strict=True)]
    spaces = []
    for field in fields:
        if field:
            held = [
                f"face {end}" for end in (0, count) if end in (field[0], field[-1] + 1) and end not in jumps
            ]
            region = mesh.Materials("|".join(f"region {k}" for k in field))
            spaces.append(ng.Compress(ng.H1(mesh, order=order, definedon=region, dirichlet="|".join(held))))
    space = ng.FESpace(spaces)

    def by_field(functions: Any, last: float) -> list[Any]:
        """Return the function of each field; a terminal behind a jump is at 0 or at ``last``."""
        own = iter(functions)
        return [next(own) if field else (0.0 if field.start == 0 else last) for field in fields]

    phi = ng.GridFunction(space)
    u, v = by_field(space.TrialFunction(), 0.0), by_field(space.TestFunction(), 0.0)
    form, load = ng.BilinearForm(space, symmetric=True), ng.LinearForm(space)
    for field, a, b in zip(fields, u, v, strict=True):
        for k in field:
            form += regions.sigma[k] * weight * ng.grad(a) * ng.grad(b) * ng.dx(f"region {k}")
    for junction, (a, b) in zip(jumps, pairwise(zip(u, v, strict=True)), strict=True):
        g = 1e-6 / regions.faces[junction] * weight
        form += g * (b[0] - a[0]) * (b[1] - a[1]) * ng.ds(f"face {junction}")
        if junction == count:
            load += g * a[1] * ng.ds(f"face {junction}")
    if count not in jumps:
        phi.components[-1].Set(1.0, definedon=mesh.Boundaries(f"face {count}"))
    form.Assemble()
    load.Assemble()
    residual = phi.vec.CreateVector()
    residual.data = load.vec - form.mat * phi.vec
    phi.vec.data += form.mat.Inverse(space.FreeDofs(), inverse="sparsecholesky") * residual
    solved, power = by_field(phi.components, 1.0), 0.0
    for field, a in zip(fields, solved, strict=True):
        for k in field:
            density = regions.sigma[k] * weight * ng.grad(a) * ng.grad(a)
            power += float(ng.Integrate(density, mesh.Materials(f"region {k}"), order=2 * order + 2))
    for junction, (a, b) in zip(jumps, pairwise(solved), strict=True):
        density = 1e-6 / regions.faces[junction] * weight * (b - a) * (b - a)
        power += float(ng.Integrate(density, mesh.Boundaries(f"face {junction}"), order=2 * order + 2))
    return power
