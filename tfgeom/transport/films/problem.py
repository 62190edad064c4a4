"""Steady conduction through the films of a conformal cell: the problem that `solve_steady` is given.

``div(sigma grad phi) = 0`` in each film, continuous current and a jump of the potential at every interface
with a resistance (linear, or Butler-Volmer at a finite drive), collectors that are equipotential or conduct
along the relief to their contacts.
"""

from dataclasses import dataclass, replace

import numpy as np

from tfgeom.errors import MaterialError, UnsupportedError
from tfgeom.geometry.plan import Loop
from tfgeom.geometry.protocol import Cell
from tfgeom.meshing.film_mesh import FilmMesh, mesh_films
from tfgeom.meshing.memory import require_memory
from tfgeom.meshing.resolution import Resolution
from tfgeom.transport.circuit import FilmCircuit
from tfgeom.transport.contacts import Contacts, check_contacts, contact_nodes
from tfgeom.transport.films.core import ConductingCore, conducting_core
from tfgeom.transport.films.linear import FilmSolution, solve_films
from tfgeom.transport.films.measure import measure_films
from tfgeom.transport.films.newton import drive_films
from tfgeom.transport.films.normals_bound import column_resistance
from tfgeom.transport.films.system import ConductionSystem, assemble_conduction
from tfgeom.transport.hex_stiffness import Kernel, hex_stiffness
from tfgeom.transport.losses import COLLECTORS
from tfgeom.transport.series import level_resistance, series_resistance
from tfgeom.transport.solve_options import Drive
from tfgeom.transport.steady import IMBALANCE_LIMIT, Bounds, Measured

_LEVELS_EXCESS = 1e-3  # by which levels of varying films may exceed the true resistance
_SHARP_SUBLEVELS = 6
_THICK_SUBLEVELS = 4
# Length of the feet times thickness over area: the share that a foot has in the resistance.  The error of the
# usual mesh was 0.02 times it without charge transfer, of the finer one a third.
_THICK = 0.01
_GROWTH_ALONG, _SUBLEVELS_ALONG, _FIRST_ALONG = 1.4, 3, 0.5
_BYTES_PER_UNKNOWN = 2000  # peak of assembly and solve, measured at 1e6 unknowns
_OUTSIDE_SHARE = 1e-6


@dataclass(frozen=True, slots=True)
class FilmProblem:
    """The films between the collectors; made by `film_problem`.

    Attributes
    ----------
    circuit, core
        What conducts, and the part of it that is meshed.
    contacts
        Where the collectors are contacted.
    drive
        A finite voltage between the terminals of the core, or a current; None at small signal.
    integrate
        Who integrates over the hexahedra.
    """

    circuit: FilmCircuit
    core: ConductingCore
    contacts: Contacts
    drive: Drive | None = None
    integrate: Kernel = hex_stiffness

    @property
    def relief(self) -> Cell:
        """The unit cell."""
        return self.circuit.cell

    @property
    def conductors(self) -> str:
        """Whose constants keep the currents apart when they do not balance."""
        return "the films' conductivities"

    @property
    def usual(self) -> Resolution:
        """The resolution within 1e-3, or 1.5e-3 where an electrode carries the current to a contact.

        Films thick against the relief and the concave vertical edges of an opening want finer films; current
        that runs along the relief wants cells along it that grow more slowly and, where it runs in an
        electrode, more of them across it.
        """
        plan, films = self.relief.plan, self.core.stack.films
        usual = Resolution()
        thick = plan.perimeter * (films[-1].outer.top - films[0].inner.top)
        if thick > _THICK * films[-1].inner_area:
            usual = replace(usual, electrolyte_sublevels=_THICK_SUBLEVELS, film_sublevels=2, first_cell=0.5)
        if any(isinstance(loop, Loop) and loop.opening and loop.sides for loop in plan.elements):
            usual = replace(usual, electrolyte_sublevels=_SHARP_SUBLEVELS)
        sides = [side for side, place in enumerate(self.contacts.places) if place != "ideal"]
        if sides:
            usual = replace(usual, growth=_GROWTH_ALONG)
        if any(self.core.along(side) for side in sides):
            usual = replace(usual, film_sublevels=_SUBLEVELS_ALONG, first_cell=_FIRST_ALONG)
        return usual

    def mesh(self, resolution: Resolution) -> FilmMesh:
        """Return the films' mesh."""
        mesh = mesh_films(self.core.stack, resolution)
        unknowns = mesh.n_nodes + sum(jump is not None for jump in self.core.jumps) * mesh.points_um.shape[1]
        require_memory(_BYTES_PER_UNKNOWN * unknowns, f"the solve for {unknowns:,} unknowns")
        return mesh

    def assemble(self, mesh: FilmMesh) -> ConductionSystem:
        """Return the conductance matrix of the films on their mesh."""
        terminals = contact_nodes(mesh, self.contacts.inner), contact_nodes(mesh, self.contacts.outer)
        return assemble_conduction(self.core, mesh, terminals, self.integrate)

    def solve(self, system: ConductionSystem) -> FilmSolution:
        """Return the potential at 1 V between the terminals, or at the drive."""
        return solve_films(system) if self.drive is None else drive_films(system, self.drive)

    def measure(self, system: ConductionSystem, solution: FilmSolution) -> Measured:
        """Return what the potential means."""
        return measure_films(system, solution, driven=self.drive is not None)

    def bounds(self, system: ConductionSystem) -> Bounds:
        """Return what the resistance lies between at small signal.

        Levels as equipotentials bound a uniform stack from below on every mesh of flats and arcs, and within
        the discretisation error on one of any other curves; of films that vary with depth they only nearly
        do.  Current along the normals bounds it from above between equipotential collectors.
        """
        if self.drive is not None:
            return Bounds()
        core = self.core
        lower, outside = level_resistance(self._crossed()), float(core.outside.total)
        upper = column_resistance(core) + outside if self.contacts.ideal and core.is_uniform else None
        exact = IMBALANCE_LIMIT if self.relief.has_corners or self.relief.is_flat else None
        return Bounds(lower, upper, exact if core.is_uniform else _LEVELS_EXCESS)

    def _crossed(self) -> FilmCircuit:
        """Return what all of the current crosses: not what an electrode that is itself held leads past.

        Such an electrode takes the current at the contact, and none of it needs to go through its thickness
        and the faces beyond.
        """
        first, last = -1, len(self.circuit.films)
        held = [
            [self.circuit.films.index(self.core.conductors[k]) for k in self.core.along(side)]
            if place != "ideal"
            else []
            for side, place in enumerate(self.contacts.places)
        ]
        if held[0]:
            first = max(held[0])
        if held[1]:
            last = min(held[1])
        films = tuple(
            film if first < index < last else replace(film, conductivity=np.inf)
            for index, film in enumerate(self.circuit.films)
        )
        faces = tuple(face for face in self.circuit.interfaces if first <= face.inner < last)
        return replace(self.circuit, films=films, interfaces=faces)


def film_problem(
    circuit: FilmCircuit,
    contacts: Contacts | None = None,
    drive: Drive | None = None,
    integrate: Kernel = hex_stiffness,
) -> FilmProblem:
    """Return the conduction problem of films between their collectors.

    Parameters
    ----------
    circuit
        What conducts, on its relief.
    contacts
        Where the collectors are contacted; equipotential collectors by default.
    drive
        A finite voltage or current, at which charge transfer follows Butler-Volmer; small signal by default.
        A voltage is that between the terminals of the core.
    integrate
        Who integrates over the hexahedra.

    Raises
    ------
    UnsupportedError
        When a layer fills the relief, or resistance outside the core would take part of a given voltage.
    DesignError
        For a contact that the relief does not have.
    MaterialError
        When nothing that is known to conduct leads along the relief to a contact.
    """
    core = conducting_core(circuit)
    places = contacts or Contacts()
    check_contacts(circuit.cell, places)
    places = _effective(places, core)
    if drive is not None and drive.voltage is not None:
        _require_all_inside(circuit, core)
    return FilmProblem(circuit, core, places, drive, integrate)


def _require_all_inside(circuit: FilmCircuit, core: ConductingCore) -> None:
    """Raise UnsupportedError when resistance outside the core would take part of a given voltage."""
    share = float(core.outside.total) / float(series_resistance(circuit).total)
    if share > _OUTSIDE_SHARE:
        outside = core.outside.by_part()
        largest = max(outside, key=lambda part: outside[part])
        raise UnsupportedError.at(
            "--voltage",
            f"not yet supported: a finite voltage where {largest} outside the solved films takes {share:.1%} "
            "of it; give --current",
        )


def _effective(contacts: Contacts, core: ConductingCore) -> Contacts:
    """Return the contacts with ideal ones where the collector's resistance is not known.

    Raises
    ------
    MaterialError
        When there is no collector and the electrode's conductivity is not known.
    """
    places = list(contacts.places)
    for index, (side, sheet) in enumerate(zip(COLLECTORS, core.sheets, strict=True)):
        unlimited = [conductor for conductor in sheet if np.isinf(conductor.conductivity)]
        if places[index] == "ideal" or not unlimited:
            continue
        layer = unlimited[0].film.layer
        collected = any(conductor.part == side for conductor in sheet) or layer.material.is_lithium_metal
        if not collected:
            raise MaterialError.at(
                f"layers.{layer.name}.material",
                f"there is no {side}, and the electronic conductivity of '{layer.material.name}', which has "
                f"to carry the current to the contact '{places[index]}', is not known; give "
                f"materials.{layer.material.name}.electronic_conductivity, add a current_collector, or use "
                "operation.contact: ideal",
            )
        places[index] = "ideal"
    return Contacts(*places)
