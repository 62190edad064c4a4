"""The conduction problem of a film mesh in NGSolve: same nodes, same coefficients, everything else its own.

The levels become one netgen mesh of hexahedra, a material per film; quads of which two corners are one node
give prisms.  Films between two jumps of the potential share a space of continuous functions, a terminal
behind a jump has one of its own on its surface; a jump is an integral over the surface between two spaces.
Coefficients are constant on each hexahedron and on each quad.
"""

from contextlib import nullcontext
from dataclasses import dataclass
from itertools import pairwise
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfgeom.transport.films.system import ConductionSystem
from tfgeom.units import UM

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]


@dataclass(frozen=True)
class NgsolveFilms:
    """Mesh and coefficients in NGSolve; lengths in um, conductances in 1e-6 S.

    Attributes
    ----------
    mesh
        NGSolve's, with a material ``film k`` and the boundary ``junction k`` below it; junctions 0 and
        n_films are the terminals.
    fields
        Films that share a continuous potential, from the inner terminal outwards; none in that of a terminal
        behind a jump.
    jumps
        Junctions between a field and the next.
    contacts
        Field and vertices held at 0 V and at 1 V by the terminals that conduct along their surface, by junction;
        the others are at their potential everywhere.
    sigma
        Conductivity, constant on each hexahedron, S/m.
    conductance
        Conductance per area of the junctions in ``jumps``, constant on each quad, S/m² x 1e-6.
    along
        Conductivity times thickness of the terminals in ``contacts``, constant on each quad, S/m x um.
    """

    mesh: Any
    fields: tuple[range, ...]
    jumps: tuple[int, ...]
    contacts: dict[int, list[tuple[int, Ids]]]
    sigma: Any
    conductance: Any
    along: Any


@dataclass(frozen=True)
class NgsolveCurrent:
    """What flows at 1 V between the terminals, in the sector of the mesh.

    Attributes
    ----------
    power_of_film
        Dissipated in each film, 1e-6 W.
    power_of_jump, power_of_sheet
        The same at each junction with a jump and along each terminal that conducts.
    current_of_jump
        Through each junction with a jump, 1e-6 A.
    unknowns
        Of the linear system.
    seconds
        For ``assemble`` and ``solve``.
    """

    power_of_film: tuple[float, ...]
    power_of_jump: dict[int, float]
    power_of_sheet: dict[int, float]
    current_of_jump: dict[int, float]
    unknowns: int
    seconds: dict[str, float]

    @property
    def current(self) -> float:
        """Current, 1e-6 A: at 1 V the power."""
        return sum((*self.power_of_film, *self.power_of_jump.values(), *self.power_of_sheet.values()))


def ngsolve_films(system: ConductionSystem) -> NgsolveFilms:
    """Return the problem of a system in NGSolve; only its mesh and its coefficients are looked at.

    Collectors that conduct along the relief must be equally thick everywhere.
    """
    import ngsolve as ng

    core, films = system.core, system.mesh
    n_films, n_surface = len(core.conductors), films.points_um.shape[1]
    jumps = tuple(junction for junction, _, _ in system.sheets.jumps)
    surfaces = tuple(sorted({0, n_films, *jumps}))
    conductance, along = np.zeros((2, len(surfaces), len(films.quads)))
    for junction in jumps:
        per_area = 1e-6 / core.jump_resistances[junction]
        conductance[surfaces.index(junction)] = per_area * films.area_ratio[junction]
    contacts: dict[int, list[tuple[int, Ids]]] = {}
    for side, junction in enumerate((0, n_films)):
        if system.terminals[side] is not None:
            collectors = core.sheets[side]
            contacts[junction] = [
                (
                    sum(up <= sheet for _, _, up in system.sheets.jumps),
                    np.flatnonzero(held) + system.sheets.levels[sheet] * n_surface,
                )
                for sheet, held in enumerate(system.held(side))
                if held.any()
            ]
            assert all(film.film.inner.is_uniform and film.film.outer.is_uniform for film in collectors)
            times_thickness = sum(film.conductivity * film.film.layer.thickness for film in collectors) / UM
            along[surfaces.index(junction)] = times_thickness * films.area_ratio[junction]
    mesh = ng.Mesh(_netgen_mesh(system, surfaces))
    on_hexes, on_quads = ng.L2(mesh, order=0), ng.SurfaceL2(mesh, order=0)
    return NgsolveFilms(
        mesh,
        tuple(range(*pair) for pair in zip((0, *jumps), (*jumps, n_films), strict=True)),
        jumps,
        contacts,
        _constants(on_hexes, system.sigma.reshape(-1, len(films.quads)), films.quads),
        _constants(on_quads, conductance, films.quads),
        _constants(on_quads, along, films.quads),
    )


def _constants(space: Any, values: Floats, quads: Ids) -> Any:
    """Return a function that is constant on each element; ``values`` has a row per layer or surface."""
    import ngsolve as ng

    (full, _), (collapsed, _) = _corners(quads)
    function = ng.GridFunction(space)
    # The space counts the elements as `_netgen_mesh` added them.
    function.vec.FV().NumPy()[:] = values[:, np.concatenate((full, collapsed))].ravel()
    return function


def _corners(quads: Ids) -> tuple[tuple[Ids, Ids], tuple[Ids, Ids]]:
    """Return numbers and corners of the quads with four corners, and of those with three."""
    repeated = quads == np.roll(quads, -1, axis=1)
    full, collapsed = np.flatnonzero(~repeated.any(axis=1)), np.flatnonzero(repeated.any(axis=1))
    three = quads[collapsed][~repeated[collapsed]].reshape(-1, 3)
    return (full, quads[full]), (collapsed, three)


def _netgen_mesh(system: ConductionSystem, surfaces: tuple[int, ...]) -> Any:
    """Return the levels as a netgen mesh, ``surfaces`` being junctions that become boundaries."""
    from netgen.meshing import FaceDescriptor, Mesh

    films = system.mesh
    n_surface, n_films = films.points_um.shape[1], len(films.films)
    made = Mesh(dim=3)
    made.AddPoints(films.points_um.reshape(-1, 3))
    shapes = [corners for _, corners in _corners(films.quads) if len(corners)]
    for film in range(n_films):
        made.SetMaterial(film + 1, f"film {film}")
    for layer, film in enumerate(films.film_of_layer):
        for corners in shapes:
            low = corners + layer * n_surface
            made.AddElements(3, int(film) + 1, np.hstack((low, low + n_surface)).astype(np.int32), 0)
    for number, junction in enumerate(surfaces):
        level = films.faces(junction)[0] if junction < n_films else len(films.film_of_layer)
        # netgen numbers domains from 1 and calls the outside 0
        outer = junction + 1 if 0 < junction < n_films else 0
        face = FaceDescriptor(surfnr=number + 1, domin=max(junction, 1), domout=outer, bc=number + 1)
        index = made.Add(face)
        made.SetBCName(number, f"junction {junction}")
        for corners in shapes:
            made.AddElements(2, index, (corners + level * n_surface).astype(np.int32), 0)
    return made


def solve_in_ngsolve(
    films: NgsolveFilms, inverse: str = "sparsecholesky", *, threaded: bool = False
) -> NgsolveCurrent:
    """Return what flows at 1 V, by linear elements and a direct solver.

    Everything is integrated with NGSolve's rules of order 2: on hexahedra the 2 x 2 x 2, on quads the 2 x 2
    Gauss points.

    Parameters
    ----------
    inverse
        NGSolve's name of the solver.
    threaded
        Whether NGSolve uses all cores: slower where others want them too.
    """
    import ngsolve as ng

    with ng.TaskManager() if threaded else nullcontext():
        start = perf_counter()
        space = ng.FESpace([_space(films, field) for field in films.fields])
        trials, tests = space.TrialFunction(), space.TestFunction()
        form = ng.BilinearForm(space, symmetric=True)
        for field, u, v in zip(films.fields, trials, tests, strict=True):
            if field:
                form += films.sigma * ng.grad(u) * ng.grad(v) * ng.dx(_materials(field))
        for junction, (u_below, u), (v_below, v) in zip(
            films.jumps, pairwise(trials), pairwise(tests), strict=True
        ):
            form += films.conductance * (u - u_below) * (v - v_below) * ng.ds(_surface(junction))
        for junction in films.contacts:
            u, v = (functions[_end(junction)] for functions in (trials, tests))
            form += films.along * ng.grad(u).Trace() * ng.grad(v).Trace() * ng.ds(_surface(junction))
        form.Assemble()
        assembled = perf_counter()
        phi, free = ng.GridFunction(space), ng.BitArray(space.FreeDofs())
        last = films.fields[-1].stop
        if last not in films.contacts:
            phi.components[-1].Set(1.0, definedon=films.mesh.Boundaries(_surface(last)))
        for junction, held in films.contacts.items():
            for dof in (dof for field, vertices in held for dof in _dofs(space, field, vertices)):
                free.Clear(dof)
                phi.vec[dof] = 0.0 if junction == 0 else 1.0
        residual = phi.vec.CreateVector()
        residual.data = -form.mat * phi.vec
        phi.vec.data += form.mat.Inverse(free, inverse=inverse) * residual
        seconds = {"assemble": assembled - start, "solve": perf_counter() - assembled}
        return _measured(films, phi.components, free.NumSet(), seconds)


def _measured(
    films: NgsolveFilms, potentials: Any, unknowns: int, seconds: dict[str, float]
) -> NgsolveCurrent:
    """Return the currents and powers of a solution, integrated as its equations are."""
    import ngsolve as ng

    def over(region: Any, density: Any) -> float:
        return float(ng.Integrate(density, region, order=2))

    power_of_film = []
    for field, potential in zip(films.fields, potentials, strict=True):
        gradient = ng.grad(potential)
        for film in field:
            power_of_film.append(
                over(films.mesh.Materials(f"film {film}"), films.sigma * gradient * gradient)
            )
    power_of_jump, current_of_jump, power_of_sheet = {}, {}, {}
    for junction, (below, above) in zip(films.jumps, pairwise(potentials), strict=True):
        surface, jump = films.mesh.Boundaries(_surface(junction)), above - below
        power_of_jump[junction] = over(surface, films.conductance * jump * jump)
        current_of_jump[junction] = over(surface, films.conductance * jump)
    for junction in films.contacts:
        surface, gradient = (
            films.mesh.Boundaries(_surface(junction)),
            ng.grad(potentials[_end(junction)]).Trace(),
        )
        power_of_sheet[junction] = over(surface, films.along * gradient * gradient)
    return NgsolveCurrent(
        tuple(power_of_film), power_of_jump, power_of_sheet, current_of_jump, unknowns, seconds
    )


def _space(films: NgsolveFilms, field: range) -> Any:
    """Return the functions of one field, held where it touches a terminal at one potential."""
    import ngsolve as ng

    mesh, n_films = films.mesh, films.fields[-1].stop
    region = mesh.Materials(_materials(field)) if field else mesh.Boundaries(_surface(field.start))
    terminals = {0, n_films} - set(films.contacts)
    first, last = field is films.fields[0], field is films.fields[-1]
    held = [_surface(end) for end, at_end in ((0, first), (n_films, last)) if at_end and end in terminals]
    options = {"dirichlet": "|".join(held)} if held else {}
    return ng.Compress(ng.H1(mesh, order=1, definedon=region, **options))


def _dofs(space: Any, field: int, vertices: Ids) -> list[int]:
    """Return the unknowns of a field of a space at some vertices."""
    import ngsolve as ng

    part = space.components[field]
    first = sum(space.components[before].ndof for before in range(field))
    return [first + part.GetDofNrs(ng.NodeId(ng.VERTEX, int(vertex)))[0] for vertex in vertices]


def _end(junction: int) -> int:
    """Return the index of the field at a terminal."""
    return 0 if junction == 0 else -1


def _materials(field: range) -> str:
    return "|".join(f"film {film}" for film in field)


def _surface(junction: int) -> str:
    return f"junction {junction}"
