"""Lithium that is plated on charge: how thick it grows on a curved wall, and whether it still fits.

The films of an anode-free cell are laid as made, without lithium.  Its charged stack carries the plated
lithium as an anode; resistance, voltage and rate are those of the charged stack.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tfgeom.cells.lithium import LithiumBalance
from tfgeom.design.paths import PLATED_LITHIUM
from tfgeom.errors import DesignError, MaterialError
from tfgeom.films import FilmLayer, Stack, stack_films, thickest_that_fits
from tfgeom.materials.library import Material
from tfgeom.rows import Numbers, choose, refuse
from tfgeom.searching import Crossing, last_point, possible
from tfgeom.units import UM


def charged_stack(stack: Stack, balance: LithiumBalance, lithium: Material) -> Stack:
    """Return an anode-free cell with the lithium of a full charge plated on its electrolyte.

    It grows on the electrolyte's face away from the cathode, between electrolyte and collector where there
    is one: ``V(d + t) - V(d) = volume`` on the relief, so 4.85 um per mAh/cm² of that face on a plane.

    Parameters
    ----------
    stack
        Films as made.
    balance
        Its lithium bookkeeping; the first charge plates the whole inventory as made.
    lithium
        Lithium metal; its volumetric capacity gives the volume.

    Raises
    ------
    DesignError
        When there is no lithium to plate, or it does not fit the relief.
    MaterialError
        When the volumetric capacity of lithium is missing.
    """
    none = "there is no lithium to plate: the cathode holds none as made"
    refuse(
        balance.capacity == 0,
        lambda: DesignError.at(
            "cell.anode_free",
            f"{none}; add 'lithiation: 1' to the cathode if it is made full, or give the cell an anode",
        ),
        none,
    )
    films = stack.films
    if films[-1].layer.fills:
        raise DesignError.at(
            "cell.anode_free",
            f"plated lithium has no room: '{films[-1].layer.name}' fills the relief; give it a thickness",
        )
    roles = [film.layer.role for film in films]
    electrolytes = [index for index, role in enumerate(roles) if role == "electrolyte"]
    outside = roles.index("cathode") < electrolytes[0]
    place = electrolytes[-1] + 1 if outside else electrolytes[0]
    layers = [film.layer for film in films]
    metal = FilmLayer(PLATED_LITHIUM, "anode", lithium, 0.0)
    volume = lithium_volume(lithium, balance.capacity + balance.bound) * stack.cell.footprint

    def lay(thickness: Numbers) -> Stack:
        return stack_films(
            stack.cell, [*layers[:place], replace(metal, thickness=thickness), *layers[place:]]
        )

    face = films[place - 1].outer_area if place else stack.cell.area(films[0].inner)
    grown = grown_thickness(lay, place, volume, volume / face)
    refuse(
        choose(grown.reached, False, True),
        lambda: _no_room(lay, volume / face),
        "the plated lithium does not fit",
    )
    return lay(grown.value)


def lithium_volume(lithium: Material, charge: Numbers) -> Numbers:
    """Return the volume of ``charge`` (C/m²) of lithium metal, m³/m²: 0.485 mm³ per mAh."""
    capacity = lithium.value("volumetric_capacity")
    if capacity is None:
        raise MaterialError.at(
            f"materials.{lithium.name}.volumetric_capacity",
            "is missing: the volume of plated lithium needs it; give for example '206 uAh/cm^2/um'",
        )
    return charge / capacity


def grown_thickness(
    lay: Callable[[Numbers], Stack], index: int, volume: Numbers, start: Numbers
) -> Crossing[Any]:
    """Return the thickness (m) at which a film has ``volume`` (m³ per cell); not reached where none fits.

    Parameters
    ----------
    lay
        Lays the films with that thickness; raises DesignError when they merge.
    index, volume
        Place of the film in the stack and what it holds.
    start
        A thickness to start from, m.
    """

    def margin(thickness: Numbers) -> Numbers:
        return 1 - lay(thickness).films[index].volume / volume

    return last_point(possible(margin), start / 2, start, floor=0.0, count=60)


def _no_room(lay: Callable[[float], Stack], start: float) -> DesignError:
    most = thickest_that_fits(lay, start)
    return DesignError.at(
        "cell.anode_free",
        f"the plated lithium does not fit: a full charge is {start / UM:.3g} um of it on a flat face, and "
        f"the relief leaves room for {most / UM:.3g} um on each wall; use a thinner cathode, or a wider gap",
    )


def plating_room(charged: Stack) -> Numbers | None:
    """Return what each wall could take beyond a full charge, m: half the gap left; None on a plane."""
    gap = charged.gap_after_coating
    return None if gap is None else gap / 2
