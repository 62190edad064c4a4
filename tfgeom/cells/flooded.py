"""The flooded half-cell: one electrode film on the relief, liquid up to a flat counter electrode of lithium.

Nearly all published 3D electrodes were measured so.  Discharge fills the film, whatever its role.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from tfgeom.cells.assembled import AssembledCell, lithium_of, usable_of
from tfgeom.cells.blueprint import Blueprint, Liquid
from tfgeom.cells.bulk import Cover
from tfgeom.cells.discharge_sides import Side
from tfgeom.cells.film_cells import (
    film_electrode,
    lithium_counter,
    require_curves,
)
from tfgeom.cells.lithium import LithiumBalance, lithium_balance
from tfgeom.design import Contact, Design, LiquidFilled
from tfgeom.errors import UnsupportedError
from tfgeom.films import Film, Stack
from tfgeom.geometry.protocol import Cell
from tfgeom.materials.library import Material
from tfgeom.materials.overrides import OWN
from tfgeom.rows import Numbers
from tfgeom.transport.closed_rate import Chemistry, Electrode
from tfgeom.transport.discharge.film_cell import FilmCell
from tfgeom.transport.discharge.flooded_columns import FloodedColumns, flooded_columns
from tfgeom.transport.film_diffusion import film_diffusion
from tfgeom.transport.flooded import (
    FloodedCircuit,
    electrode_film,
    flooded_circuit,
    flooded_obstacle,
    flooded_resistance,
)
from tfgeom.transport.losses import COLLECTORS, Losses
from tfgeom.transport.solve_options import Drive

if TYPE_CHECKING:
    from tfgeom.transport.hex_stiffness import Kernel
    from tfgeom.transport.steady import AnyProblem

_HOUR = 3600.0
_APART = 1e-3  # V, of what columns lose in the liquid


def materials(design: Design) -> tuple[str, ...]:
    """Return the liquid and the counter electrode."""
    section = _section(design)
    return section.electrolyte, section.counter


def check(blueprint: Blueprint, relief: Cell) -> None:
    """Raise UnsupportedError for a counter electrode other than lithium, and for contacts but ideal ones."""
    section = _section(blueprint.design)
    counter = blueprint.materials[section.counter]
    if not counter.is_lithium_metal:
        raise UnsupportedError.at(
            "cell.counter", f"not yet supported: {counter.name} as counter electrode; use Li"
        )
    if blueprint.operation.contact != Contact():
        raise UnsupportedError.at(
            "operation.contact", "not yet supported: contact other than ideal in a flooded cell; use ideal"
        )


def liquid(blueprint: Blueprint) -> Liquid:
    """Return the electrolyte, up to the counter electrode."""
    section = _section(blueprint.design)
    return Liquid(section.electrolyte, section.separator)


def charge(blueprint: Blueprint, made: Stack) -> Stack:
    """Return the films as made: nothing is plated on them."""
    return made


def lithium(made: Stack) -> LithiumBalance:
    """Return the film's capacity: the counter electrode has no limit."""
    return lithium_balance(made, alone="counter")


def cover(cell: AssembledCell) -> Cover:
    """Return none: a half-cell counts neither separator, liquid nor counter electrode."""
    return Cover()


def circuit(blueprint: Blueprint, charged: Stack) -> FloodedCircuit:
    """Return what conducts; raise MaterialError where a constant of the liquid is not known."""
    section = _section(blueprint.design)
    return flooded_circuit(
        charged,
        blueprint.temperature,
        blueprint.materials[section.electrolyte],
        section.separator,
        counter_of(blueprint),
        section.electrolyte_model,
    )


def closed_form(cell: AssembledCell) -> Losses:
    """Return the losses by the wire model of the voids."""
    return flooded_resistance(_circuit(cell))


def obstacle_to_closed_form(cell: AssembledCell) -> str | None:
    """Return why the wire model does not describe the relief, or None where it does."""
    return flooded_obstacle(cell.relief)


def obstacle_to_elements(cell: AssembledCell) -> str | None:
    """Return why films or liquid cannot be meshed, or None where they can."""
    from tfgeom.meshing.film_mesh import mesh_obstacle

    if cell.relief.through:
        return "the resistance of flooded through-holes"
    return mesh_obstacle(cell.charged)


def problem(
    cell: AssembledCell, drive: Drive | None, *, contacted: bool, integrate: "Kernel"
) -> "AnyProblem":
    """Return the conduction problem of the liquid, at a finite current with its salt.

    Raises
    ------
    UnsupportedError
        For a finite voltage, and for a finite current in an ohmic liquid.
    """
    from tfgeom.transport.liquid.problem import LiquidProblem
    from tfgeom.transport.liquid.salt_problem import salt_problem

    found = _circuit(cell)
    if drive is None:
        return LiquidProblem(found, integrate=integrate)
    if found.salt is None:
        raise UnsupportedError.at(
            "cell.electrolyte_model",
            "not yet supported: a finite current or voltage in a flooded cell whose liquid is ohmic; "
            "use electrolyte_model: salt with a current, or leave current and voltage out",
        )
    if drive.current is None:
        raise UnsupportedError.at(
            "--voltage", "not yet supported: a finite voltage in a flooded cell; give --current"
        )
    return salt_problem(found, drive.current, integrate)


def sides(cell: AssembledCell) -> tuple[Side, ...] | None:
    """Return the film as it fills, against 0 V; None where its open-circuit curve is missing."""
    curve, balance = electrode_film(cell.charged).layer.material.open_circuit, lithium_of(cell)
    start = balance.charged_anode if balance.cathode is None else balance.charged_cathode
    return None if curve is None else (Side(curve, balance.capacity, start, 1, 1),)


def electrodes(cell: AssembledCell, passed: Numbers) -> tuple[Electrode, Electrode]:
    """Return the film as cathode against flat lithium metal, ``passed`` C/m² after full charge."""
    film, capacity = electrode_film(cell.charged), lithium_of(cell).capacity
    face = film.outer_area
    diffusion = film_diffusion(cell.relief, film, wetted_outside=True)
    own = Electrode(capacity, film.volume / face, face / cell.relief.footprint, passed / capacity, diffusion)
    return own, Electrode(np.inf, 0.0, 1.0, 1.0)


def film_cell(cell: AssembledCell, *, nominal: float, contacted: bool) -> FilmCell:
    """Return the film in columns, joined by the liquid along the walls, against flat lithium metal.

    Raises
    ------
    MaterialError
        When the film has no open-circuit curve.
    UnsupportedError
        For a relief that `obstacle_to_closed_form` names.
    """
    require_curves(cell)
    blueprint, usable, found = cell.blueprint, usable_of(cell), _circuit(cell)
    balance, columns = lithium_of(cell), flooded_columns(found)
    known = {row.part for row in columns.cut.rows()} - {*COLLECTORS}
    if not (known or found.charge_transfer) and blueprint.without_diffusivity:
        columns = columns.ideal()  # nothing tells one place from another
    columns, remarks = _joined(blueprint, columns, nominal)
    film = film_electrode(
        columns.cut,
        electrode_film(cell.charged),
        wetted_outside=True,
        sign=1,
        room=balance.capacity,
        start=usable.start / balance.capacity,
    )
    alone = film.face.size == 1
    return FilmCell(
        cathode=film,
        anode=lithium_counter(counter_of(blueprint)),
        ohmic=(*columns.cut.rows(), *(columns.head_space if alone else ())),
        temperature=blueprint.temperature,
        window=blueprint.window,
        capacity=usable.charge,
        nominal=nominal,
        sheets=columns.sheets,
        joint=() if alone else columns.head_space,
        missing=(*found.incomplete, *blueprint.without_diffusivity),
        remarks=remarks,
        tubes=columns.cut.tubes,
    )


def _joined(
    blueprint: Blueprint, columns: FloodedColumns, nominal: float
) -> tuple[FloodedColumns, tuple[str, ...]]:
    """Return as one column what the liquid tells apart by no more than 1 mV at the design's largest current.

    Films then deliver the same within 1e-3 of their capacity, in a hundredth of the time and less: where a
    front is born among many columns, the voltage of its own bends, and the others follow.
    """
    if not columns.sheets:
        return columns, ()
    asked = [rate * nominal / _HOUR for rate in (1.0, *blueprint.operation.c_rates)]
    largest = max((*asked, *blueprint.operation.footprint_currents))
    apart = columns.spread() * largest
    if apart > _APART or not columns.is_alike:
        return columns, ()
    return columns.joined(), (
        "the film model takes the film on tops, walls and floors as one column: at "
        f"{largest / 10:.3g} mA/cm2 what is lost in the liquid differs by at most {1e3 * apart:.2g} mV from "
        "its mean, which counts",
    )


def chemistry(blueprint: Blueprint) -> Chemistry:
    """Return film and counter electrode, temperature and lower voltage limit."""
    (film,) = blueprint.electrodes
    return Chemistry(film.material, counter_of(blueprint), blueprint.temperature, blueprint.window[0])


def collectors(cell: AssembledCell) -> dict[str, Film | None]:
    """Return the film's collector: the counter electrode is a foil."""
    first = cell.charged.current_path[0]
    return {"inner_collector": first if first.layer.role == "current_collector" else None}


def left_out(cell: AssembledCell, *, by_elements: bool) -> dict[str, str]:
    """Return what the collector, the liquid and the counter electrode would add."""
    found = {
        "collectors": "loss along the collector within a unit cell, and in the counter electrode: both are "
        "taken as equipotentials",
    }
    if collectors(cell)["inner_collector"] is None:
        found["collectors"] = (
            "loss within a unit cell along the inner face of "
            f"'{cell.charged.current_path[0].layer.name}', which is taken as an equipotential without a "
            "collector, and in the counter electrode"
        )
    if _circuit(cell).salt is None:
        found["liquid"] = "the salt of the liquid, which runs out at high currents: the liquid is ohmic"
    else:
        found["liquid"] = "how the salt of the liquid runs out: its gradient is that of a small current"
    return found


def remarks(cell: AssembledCell, *, by_elements: bool) -> list[str]:
    """Return what a reader should know: what heights leave out, how the liquid and the counter count."""
    notes = [
        "heights and masses leave out separator, liquid electrolyte and counter electrode",
        "energy per volume and mass are null: the voltage of a half-cell is against its counter electrode",
    ]
    salt = _circuit(cell).salt
    if salt is not None:
        notes.append(
            "the liquid's loss is that of a small steady current: the gradient of its salt makes "
            f"{salt.concentration_share:.0%} of it; `tfgeom transport --current` has the salt at a finite one"
        )
    exchange = counter_of(cell.blueprint).get("exchange_current")
    if exchange is not None:
        where = f" ({exchange.note})" if exchange.note else ""
        notes.append(f"the counter electrode's charge transfer counts, at {exchange.text}{where}")
    return notes


def counter_of(blueprint: Blueprint) -> Material:
    """Return lithium with the exchange current it has in the liquid.

    The library's value of lithium is for a solid electrolyte; a liquid states its own as
    ``exchange_current``.  What the design states of lithium stands.
    """
    section = _section(blueprint.design)
    counter, liquid = blueprint.materials[section.counter], blueprint.materials[section.electrolyte]
    stated = counter.properties.get("exchange_current")
    if stated is not None and stated.confidence in OWN:
        return counter
    liquid.get("exchange_current")  # it stands in provenance beside the liquid's others
    kinetic = ("exchange_current", "exchange_current.activation_energy", "reference_temperature")
    properties = {key: known for key, known in counter.properties.items() if key not in kinetic}
    properties |= {key: known for key, known in liquid.properties.items() if key in kinetic}
    return replace(counter, properties=properties)


def _section(design: Design) -> LiquidFilled:
    assert isinstance(design.cell, LiquidFilled)
    return design.cell


def _circuit(cell: AssembledCell) -> FloodedCircuit:
    found = cell.circuit
    assert isinstance(found, FloodedCircuit)
    return found
