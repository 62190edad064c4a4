"""The all-solid cell: every layer is a film, from one collector to the other.

An anode-free cell is laid without an anode; at full charge it carries the lithium that it plates.
"""

from typing import TYPE_CHECKING

import numpy as np

from tfgeom.cells.assembled import AssembledCell, lithium_of, usable_of
from tfgeom.cells.blueprint import Blueprint
from tfgeom.cells.bulk import Cover
from tfgeom.cells.discharge_sides import Side
from tfgeom.cells.film_cells import (
    film_electrode,
    require_curves,
    weak_electrolytes,
    with_own_lithium,
)
from tfgeom.cells.lithium import LithiumBalance, lithium_balance
from tfgeom.cells.plating import charged_stack
from tfgeom.cells.swelling import charged_growth, unknown_growth
from tfgeom.design import Conformal, Design
from tfgeom.design.paths import PLATED_LITHIUM
from tfgeom.films import Film, Stack
from tfgeom.geometry.protocol import Cell
from tfgeom.materials.constants import words_of_all
from tfgeom.rows import Numbers
from tfgeom.transport.circuit import FilmCircuit, film_circuit
from tfgeom.transport.closed_rate import Chemistry, Electrode
from tfgeom.transport.contacts import Contacts, check_contacts
from tfgeom.transport.discharge.columns import CutCircuit, cut_between_ideal
from tfgeom.transport.discharge.film_cell import FilmCell, Sheet
from tfgeom.transport.film_diffusion import film_diffusion
from tfgeom.transport.losses import Losses
from tfgeom.transport.series import series_resistance
from tfgeom.transport.solve_options import Drive
from tfgeom.units import NM, UM

if TYPE_CHECKING:
    from tfgeom.transport.hex_stiffness import Kernel
    from tfgeom.transport.steady import AnyProblem

_LITHIUM = "Li"


def materials(design: Design) -> tuple[str, ...]:
    """Return lithium for an anode-free cell."""
    return (_LITHIUM,) if _section(design).anode_free else ()


def check(blueprint: Blueprint, relief: Cell) -> None:
    """Raise DesignError for a contact that the relief does not have."""
    check_contacts(relief, contacts_of(blueprint))


def contacts_of(blueprint: Blueprint) -> Contacts:
    """Return where the collectors are contacted."""
    places = blueprint.operation.contact
    return Contacts(places.inner, places.outer)


def liquid(blueprint: Blueprint) -> None:
    """Return None: nothing fills the relief above the films."""


def charge(blueprint: Blueprint, made: Stack) -> Stack:
    """Return the films at full charge: an anode-free cell with its plated lithium."""
    if not _section(blueprint.design).anode_free:
        return made
    return charged_stack(made, lithium(made), blueprint.materials[_LITHIUM])


def lithium(made: Stack) -> LithiumBalance:
    """Return the lithium bookkeeping of films as made."""
    return lithium_balance(made, alone="anode_free")


def cover(cell: AssembledCell) -> Cover:
    """Return what lithium adds to the anode's height at full charge; its mass was in the cathode."""
    grown = charged_growth(cell.charged, lithium_of(cell))
    return Cover(cell.charged.top.top - cell.made.top.top + grown)


def circuit(blueprint: Blueprint, charged: Stack) -> FilmCircuit:
    """Return what conducts; raise MaterialError where the electrolyte's conductivity is not known."""
    return film_circuit(charged, blueprint.temperature, _section(blueprint.design).electrolyte_model)


def closed_form(cell: AssembledCell) -> Losses:
    """Return the films' losses in series, or of columns in parallel where films are uneven."""
    return series_resistance(_circuit(cell))


def obstacle_to_closed_form(cell: AssembledCell) -> None:
    """Return None: films have a closed form on every relief."""


def obstacle_to_elements(cell: AssembledCell) -> str | None:
    """Return why the films cannot be meshed, or None where they can."""
    from tfgeom.meshing.film_mesh import mesh_obstacle

    return mesh_obstacle(cell.charged)


def problem(
    cell: AssembledCell, drive: Drive | None, *, contacted: bool, integrate: "Kernel"
) -> "AnyProblem":
    """Return the conduction problem of the films between the collectors."""
    from tfgeom.transport.films.problem import film_problem

    places = contacts_of(cell.blueprint) if contacted else Contacts()
    return film_problem(_circuit(cell), places, drive, integrate)


def sides(cell: AssembledCell) -> tuple[Side, ...] | None:
    """Return cathode and anode as they discharge; None where an open-circuit curve is missing."""
    balance = lithium_of(cell)
    cathode, anode = electrode_films(cell)
    curves = cathode.layer.material.open_circuit, anode.layer.material.open_circuit
    if curves[0] is None or curves[1] is None:
        return None
    return (
        Side(curves[0], _room(balance.cathode), balance.charged_cathode, 1, 1),
        Side(curves[1], _room(balance.anode), balance.charged_anode, -1, -1),
    )


def electrodes(cell: AssembledCell, passed: Numbers) -> tuple[Electrode, Electrode]:
    """Return cathode and anode of the rate model, ``passed`` C/m² after full charge."""
    balance = lithium_of(cell)
    cathode, anode = electrode_films(cell)
    return (
        _electrode(cell.charged, cathode, _room(balance.cathode), balance.charged_cathode, passed),
        _electrode(cell.charged, anode, _room(balance.anode), balance.charged_anode, -passed),
    )


def film_cell(cell: AssembledCell, *, nominal: float, contacted: bool) -> FilmCell:
    """Return the cell in columns between its collectors, or over its surface where its contacts count.

    Raises
    ------
    MaterialError
        When an electrode has no open-circuit curve, or nothing that is known to conduct leads along the
        relief to a contact.
    UnsupportedError, MeshError
        When contacts count and the films cannot be meshed.
    """
    require_curves(cell)
    blueprint, usable, circuit = cell.blueprint, usable_of(cell), _circuit(cell)
    model = _section(blueprint.design).electrolyte_model
    places = contacts_of(blueprint) if contacted and not cell.relief.is_flat else Contacts()
    cut, sheets = _in_columns(circuit, places)
    films = electrode_films(cell)
    outside = [_wetted_outside(cell.charged, film) for film in films]
    weak = weak_electrolytes(cut, cathode_inside=outside[0]) if model == "dissociation" else ()
    cathode, anode = (
        film_electrode(cut, film, wetted_outside=wetted, sign=sign, room=one.capacity, start=one.start)
        for film, wetted, sign, one in zip(
            films, outside, (1, -1), electrodes(cell, usable.start), strict=True
        )
    )
    cathode, anode = with_own_lithium(cathode, anode, cell)
    return FilmCell(
        cathode=cathode,
        anode=anode,
        ohmic=cut.rows(local_dc=model == "dc", weak=tuple(one.name for one in weak)),
        temperature=blueprint.temperature,
        window=blueprint.window,
        capacity=usable.charge,
        nominal=nominal,
        weak=weak,
        sheets=sheets,
        leak=cut.leak(blueprint.temperature),
        missing=(*circuit.incomplete, *blueprint.without_diffusivity),
        tubes=cut.tubes,
    )


def chemistry(blueprint: Blueprint) -> Chemistry:
    """Return the electrodes' materials, temperature and lower voltage limit."""
    by_role = {layer.role: layer.material for layer in blueprint.layers}
    anode = by_role.get("anode") or blueprint.materials[_LITHIUM]  # plated where none is laid
    return Chemistry(by_role["cathode"], anode, blueprint.temperature, blueprint.window[0])


def collectors(cell: AssembledCell) -> dict[str, Film | None]:
    """Return the outermost films of the current's path: collectors, or lithium metal."""
    path = cell.charged.current_path
    return {
        part: film if film.layer.role == "current_collector" or film.layer.material.is_lithium_metal else None
        for part, film in (("inner_collector", path[0]), ("outer_collector", path[-1]))
    }


def left_out(cell: AssembledCell, *, by_elements: bool) -> dict[str, str]:
    """Return what the collectors would add, where they are taken as equipotentials."""
    path, places = cell.charged.current_path, contacts_of(cell.blueprint)
    sides = (("inner_collector", path[0], places.inner), ("outer_collector", path[-1], places.outer))
    ideal = [(part, film) for part, film, place in sides if not by_elements or place == "ideal"]
    if not ideal:
        return {}
    found = collectors(cell)
    words = [
        f"there is no {part.replace('_', ' ')}, and the free face of '{film.layer.name}' is taken as an "
        "equipotential"
        for part, film in ideal
        if found[part] is None
    ]
    held = [film.layer.name.replace("_", " ") for part, film in ideal if found[part] is not None]
    if held:
        taken = "is taken as an equipotential" if len(held) == 1 else "are taken as equipotentials"
        words.insert(0, f"{' and '.join(held)} {taken}")
    return {"collectors": f"loss along the collectors within a unit cell: {'; '.join(words)}"}


def remarks(cell: AssembledCell, *, by_elements: bool) -> list[str]:
    """Return what a reader should know: plated lithium, contacts that do not count, missing collectors."""
    notes = []
    plated = cell.charged.named(PLATED_LITHIUM)
    if plated is not None:
        notes.append(
            f"a full charge plates {plated.layer.thickness / UM:.3g} um of lithium on the electrolyte; "
            "heights count it, and resistance and rate are those of the charged cell"
        )
    notes += _growth(cell)
    if _section(cell.blueprint.design).electrolyte_model == "dissociation":
        notes.append(
            "the electrolyte's ions are followed in time by the film model only; resistance and closed rates "
            "take it at its steady resistance for small currents, as electrolyte_model: dc does"
        )
    if not contacts_of(cell.blueprint).ideal and not by_elements:
        notes.append(
            "closed forms take the collectors as equipotentials: contact counts with fidelity fem, and in "
            "rates by the film model"
        )
    return notes


def _growth(cell: AssembledCell) -> list[str]:
    """Return how an anode that was laid grows on charge, or what is missing to know."""
    missing, grown = unknown_growth(cell.charged), charged_growth(cell.charged, lithium_of(cell))
    if missing:
        return [f"heights are those of the films as made: {words_of_all(missing)} not known"]
    if not grown:
        return []
    _, anode = electrode_films(cell)
    what = "plates {} of lithium on '{}'" if anode.layer.material.is_lithium_metal else "adds {} to '{}'"
    size = f"{grown / UM:.3g} um" if grown >= UM else f"{grown / NM:.3g} nm"
    return [
        f"a full charge {what.format(size, anode.layer.name)} on the flat top; heights count it, resistance "
        "and rate are those of the films as made"
    ]


def electrode_films(cell: AssembledCell) -> tuple[Film, Film]:
    """Return cathode and anode of the charged cell: it has both, checked with the file."""
    cathode, anode = cell.charged.first("cathode"), cell.charged.first("anode")
    assert cathode is not None
    assert anode is not None
    return cathode, anode


def _section(design: Design) -> Conformal:
    assert isinstance(design.cell, Conformal)
    return design.cell


def _circuit(cell: AssembledCell) -> FilmCircuit:
    found = cell.circuit
    assert isinstance(found, FilmCircuit)
    return found


def _room(capacity: Numbers | None) -> Numbers:
    """Return a capacity, infinite for lithium metal."""
    return np.inf if capacity is None else capacity


def _electrode(stack: Stack, film: Film, room: Numbers, charged: Numbers, passed: Numbers) -> Electrode:
    outside = _wetted_outside(stack, film)
    face = film.outer_area if outside else film.inner_area
    diffusion = film_diffusion(stack.cell, film, wetted_outside=outside)
    return Electrode(
        room, film.volume / face, face / stack.cell.footprint, charged + passed / room, diffusion
    )


def _in_columns(circuit: FilmCircuit, places: Contacts) -> tuple[CutCircuit, tuple[Sheet, ...]]:
    """Return the columns, and the collectors that join them where they are not at one potential."""
    if not places.ideal:
        from tfgeom.transport.discharge.surface_columns import cut_between_contacts

        found = cut_between_contacts(circuit, places)
        if found[1]:
            return found
    return cut_between_ideal(circuit), ()


def _wetted_outside(stack: Stack, film: Film) -> bool:
    """Return whether the electrolyte lies on the outer face of an electrode."""
    roles = [other.layer.role for other in stack.films]
    return roles.index("electrolyte") > stack.films.index(film)
