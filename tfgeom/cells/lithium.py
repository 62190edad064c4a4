"""Lithium of films on a relief: what each electrode holds, what moves between them, what would balance."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from tfgeom.cells.inventory import Arrangement, Balance, Host, balance
from tfgeom.errors import DesignError, MaterialError
from tfgeom.films import Film, FilmLayer, Stack, stack_films
from tfgeom.geometry.protocol import Cell
from tfgeom.rows import Numbers, choose, is_rows, refuse
from tfgeom.searching import Crossing, last_point, possible
from tfgeom.units import NM

LithiumBalance = Balance
"""The bookkeeping of films on a relief, of one cell or of n."""


def electrode_capacity(stack: Stack, film: Film) -> Numbers:
    """Return film volume times volumetric capacity over the footprint, C/m².

    Raises
    ------
    MaterialError
        When the material has no volumetric capacity.
    """
    capacity = film.layer.material.value("volumetric_capacity")
    if capacity is None:
        name = film.layer.material.name
        raise MaterialError.at(
            f"layers.{film.layer.name}.material",
            f"'{name}' has no volumetric capacity in the library; "
            f"give materials.{name}.volumetric_capacity, for example '60 uAh/cm^2/um'",
        )
    return film.volume * capacity / stack.cell.footprint


def lithium_balance(stack: Stack, alone: Arrangement = "counter") -> LithiumBalance:
    """Return the lithium bookkeeping of a cell with one or two electrode films.

    Parameters
    ----------
    stack
        Films as made.
    alone
        What a single electrode film stands against.

    Raises
    ------
    DesignError
        When there is no electrode film.
    MaterialError
        When a capacity, or the lithium that an electrode holds as made, is not known.
    """
    against, (first, *second) = electrode_hosts(stack, alone)
    return balance(first, against, *second)


def electrode_hosts(stack: Stack, alone: Arrangement = "counter") -> tuple[Arrangement, tuple[Host, ...]]:
    """Return what the electrode films of a cell hold as made, the cathode first, and what they stand against.

    Arguments and errors as of `lithium_balance`.
    """
    films, against = _electrodes(stack, alone)
    return against, tuple(_host(stack, film, against) for film in films)


def _electrodes(stack: Stack, alone: Arrangement) -> tuple[list[Film], Arrangement]:
    """Return the electrode films that hold lithium, the cathode first, and what they stand against."""
    cathode, anode = stack.first("cathode"), stack.first("anode")
    films = [film for film in (cathode, anode) if film is not None]
    if not films:
        raise DesignError.at("layers", "has no electrode film; add a layer with role cathode or anode")
    if len(films) == 2:
        metal = films[1].layer.material.is_lithium_metal
        return (films[:1], "lithium_metal") if metal else (films, "anode")
    return films, alone


def _host(stack: Stack, film: Film, against: Arrangement) -> Host:
    room = electrode_capacity(stack, film)
    if against in ("lithium_metal", "counter"):  # supply is unlimited
        return Host(film.layer.role, room)
    efficiency = film.layer.material.value("initial_efficiency")
    return Host(film.layer.role, room, lithiation_as_made(film), 1.0 if efficiency is None else efficiency)


def lithiation_as_made(film: Film) -> Numbers:
    """Return the filled fraction of an electrode as made: the layer's own, else the material's.

    Raises
    ------
    MaterialError
        When neither is known.
    """
    if film.layer.lithiation is not None:
        return film.layer.lithiation
    stated = film.layer.material.value("lithiation")
    if stated is None:
        raise MaterialError.at(
            f"layers.{film.layer.name}",
            f"how much lithium '{film.layer.material.name}' holds as made is not in the library; "
            f"add 'lithiation: 0' (empty) to 'lithiation: 1' (full) to the layer",
        )
    return stated


def balanced_anode_thickness(stack: Stack, balance: LithiumBalance) -> Numbers | None:
    """Return the nominal anode thickness (m) at which anode and cathode hold the same.

    The anode's area differs from the cathode's on a relief, so the thickness that balances a plane does not
    balance the 3D cell.  None with lithium metal, in a half-cell, or when no thickness fits (of n cells nan).
    """
    if balance.n_to_p_ratio is None:
        return None
    anode = stack.first("anode")
    assert anode is not None  # a ratio exists only with both films
    layers = [film.layer for film in stack.films]
    found = _search(stack.cell, layers, anode.layer, 1.0, anode.layer.thickness)
    if is_rows(found.value):
        return choose(found.reached, found.value, np.nan)
    return found.value if found.reached else None


def balanced_thickness(cell: Cell, layers: Sequence[FilmLayer], name: str, ratio: Numbers) -> Numbers:
    """Return the nominal thickness (m) of one electrode at which anode over cathode capacity is ``ratio``.

    Parameters
    ----------
    cell, layers
        The relief and all layers on it, whatever thickness the electrode has there.
    name
        The electrode's layer, a cathode or an anode.
    ratio
        Wanted N/P.

    Raises
    ------
    DesignError
        When no thickness that fits gives that ratio, with the reach of what does.
    MaterialError
        When a volumetric capacity is missing.
    """
    layer = next(layer for layer in layers if layer.name == name)
    path = f"layers.{name}.thickness"
    limited = {other.role for other in layers if not other.material.is_lithium_metal}
    if not {"cathode", "anode"} <= limited:
        raise DesignError.at(
            path,
            "there is nothing to balance: that takes a cathode and an anode, neither of them lithium metal; "
            "give a thickness",
        )
    found = _search(cell, layers, layer, ratio, 100 * NM)

    def no_thickness() -> DesignError:
        reach = "the other films leave no room for it"
        if found.value > 0:
            given = _ratio_with(cell, layers, layer, found.value)
            reach = f"the thickest that fits the relief, {found.value / NM:.4g} nm, gives {given:.3g}"
        return DesignError.at(
            path,
            f"no thickness of '{name}' gives N/P {ratio:g}: {reach}; "
            "use another ratio, a thinner opposite electrode, or a wider gap in the relief",
        )

    refuse(
        choose(found.reached, False, True),
        no_thickness,
        f"no thickness of '{name}' gives the N/P wanted",
    )
    return found.value


def _search(
    cell: Cell, layers: Sequence[FilmLayer], layer: FilmLayer, ratio: Numbers, start: Numbers
) -> Crossing[Any]:
    """Find the thickness at which an electrode holds its share of ``ratio``.

    The share, of the anode (N/P)/ratio and of the cathode its inverse, grows from 0 with the electrode's
    thickness.
    """

    def margin(thickness: Numbers) -> Numbers:
        found = _ratio_with(cell, layers, layer, thickness) / ratio
        return 1 - (found if layer.role == "anode" else 1 / found)

    # to 1e-14 of the thickness: closer by, rounding of the capacities decides, at twice the evaluations
    return last_point(possible(margin), start / 2, start, floor=0.0, count=40, halvings=46)


def _ratio_with(cell: Cell, layers: Sequence[FilmLayer], layer: FilmLayer, thickness: Numbers) -> Numbers:
    """Return N/P with a layer that thick (m).

    An electrode that lies inside moves the other one outwards: the whole stack is laid anew.
    """
    laid = [replace(one, thickness=thickness) if one is layer else one for one in layers]
    stack = stack_films(cell, laid)
    anode, cathode = stack.first("anode"), stack.first("cathode")
    assert anode is not None
    assert cathode is not None
    return electrode_capacity(stack, anode) / electrode_capacity(stack, cathode)
