"""The stack with every electrode at full lithiation, whether the relief has room, and the charged height.

A host electrode is then ``1 + expansion`` times its nominal thickness, and in between in proportion to its
filling; lithium metal has grown by what the cathode brought along.
"""

from dataclasses import replace

from tfgeom.cells.lithium import LithiumBalance, electrode_capacity, lithiation_as_made
from tfgeom.cells.plating import grown_thickness, lithium_volume
from tfgeom.design.paths import PLATED_LITHIUM
from tfgeom.errors import DesignError
from tfgeom.films import Film, FilmLayer, Stack, stack_films, thickest_that_fits
from tfgeom.rows import Numbers, choose, refuse
from tfgeom.units import NM

_ELECTRODES = ("cathode", "anode")


def unknown_swelling(stack: Stack) -> list[str]:
    """Return what is missing to know how far the electrodes swell, as ``layer.property``."""
    missing = []
    for film in stack.films:
        if film.layer.role not in _ELECTRODES:
            continue
        if not film.layer.material.is_lithium_metal:
            if not film.layer.material.knows("expansion"):
                missing.append(f"{film.layer.name}.expansion")
            continue
        cathode = stack.first("cathode")
        known = cathode is None or cathode.layer.lithiation is not None
        if cathode is not None and not known and not cathode.layer.material.knows("lithiation"):
            missing.append(f"{cathode.layer.name}.lithiation")
    return missing


def swollen_stack(stack: Stack) -> Stack | None:
    """Return the films with every electrode at full lithiation; None where that is not known.

    Parameters
    ----------
    stack
        Films as made; of an anode-free cell with the lithium of a full charge.

    Raises
    ------
    DesignError
        When the swollen films would close the relief, with the thickness that would still fit.
    """
    if unknown_swelling(stack):
        return None
    layers = [_swollen(film.layer) for film in stack.films]
    try:
        swollen = stack_films(stack.cell, layers)
    except DesignError as error:
        raise _merges(stack, layers, error) from error
    anode = stack.first("anode")
    if anode is None or not anode.layer.material.is_lithium_metal or anode.layer.fills:
        return swollen
    return _with_grown_metal(stack, layers, anode)


def unknown_growth(stack: Stack) -> list[str]:
    """Return what is missing to know how far the anode grows on charge, as ``layer.property``.

    Stack as that of `charged_growth`: lithium metal grows by what its cathode holds, a host by its expansion.
    """
    anode, cathode = stack.first("anode"), stack.first("cathode")
    if anode is None or anode.layer.name == PLATED_LITHIUM:
        return []
    metal = anode.layer.material.is_lithium_metal
    grows = cathode if metal else anode
    wanted = None if grows is None else f"{grows.layer.name}.{'lithiation' if metal else 'expansion'}"
    return [missing for missing in unknown_swelling(stack) if missing == wanted]


def charged_growth(stack: Stack, balance: LithiumBalance) -> Numbers:
    """Return how much higher on the flat top the anode is at full charge than as laid, m; 0 if not known.

    Parameters
    ----------
    stack
        Films as made; of an anode-free cell with the lithium of a full charge, which has grown already.
    balance
        Its lithium bookkeeping.

    Raises
    ------
    DesignError
        When lithium that is plated on a lithium anode does not fit the relief.
    """
    anode = stack.first("anode")
    if anode is None or anode.layer.name == PLATED_LITHIUM or unknown_growth(stack):
        return 0.0
    if not anode.layer.material.is_lithium_metal:
        expansion = anode.layer.material.value("expansion")
        assert expansion is not None  # its growth is known
        share = expansion * balance.charged_anode
        return share * (anode.volume / anode.outer_area if anode.layer.fills else anode.layer.thickness)
    if anode.layer.fills:
        return _plated_volume(stack, anode) / anode.outer_area  # it has its flat face alone
    grown = _with_grown_metal(stack, [film.layer for film in stack.films], anode)
    return grown.films[stack.films.index(anode)].layer.thickness - anode.layer.thickness


def _plated_volume(stack: Stack, metal: Film) -> Numbers:
    """Return the volume (m³ per cell) of the lithium that the cathode plates on a metal that was laid."""
    cathode = stack.first("cathode")
    if metal.layer.name == PLATED_LITHIUM or cathode is None:
        return 0.0
    charge = lithiation_as_made(cathode) * electrode_capacity(stack, cathode)
    return lithium_volume(metal.layer.material, charge) * stack.cell.footprint


def _swollen(layer: FilmLayer) -> FilmLayer:
    expansion = layer.material.value("expansion") if layer.role in _ELECTRODES and not layer.fills else None
    return layer if expansion is None else replace(layer, thickness=layer.thickness * (1 + expansion))


def _with_grown_metal(stack: Stack, layers: list[FilmLayer], metal: Film) -> Stack:
    """Return the swollen films with the lithium of the cathode on top of the metal that was laid."""
    index = stack.films.index(metal)
    volume = metal.volume + _plated_volume(stack, metal)

    def lay(thickness: Numbers) -> Stack:
        grown = replace(metal.layer, thickness=thickness)
        return stack_films(stack.cell, [*layers[:index], grown, *layers[index + 1 :]])

    grown, name = grown_thickness(lay, index, volume, metal.layer.thickness), metal.layer.name
    closes = "by the lithium of the cathode, and with swollen electrodes the films close the relief"
    refuse(
        choose(grown.reached, False, True),
        lambda: DesignError.at(
            f"layers.{name}.thickness",
            f"on charge '{name}' grows to {volume / metal.volume:.3g} times what was laid, {closes}; "
            "use a thinner cathode, less lithium, or a wider gap in the relief",
        ),
        f"on charge '{name}' grows {closes}",
    )
    return lay(grown.value)


def _merges(stack: Stack, layers: list[FilmLayer], error: DesignError) -> DesignError:
    """Return the error that names the electrode that grows most and what of it would fit."""
    growth = [new.thickness - film.layer.thickness for new, film in zip(layers, stack.films, strict=True)]
    index = growth.index(max(growth))
    made, swollen = stack.films[index].layer, layers[index]
    ratio = swollen.thickness / made.thickness

    def lay(thickness: float) -> Stack:
        here = replace(made, thickness=thickness * ratio)
        return stack_films(stack.cell, [*layers[:index], here, *layers[index + 1 :]])

    most = thickest_that_fits(lay, made.thickness)
    advice = f"use less than {most / NM:.4g} nm here" if most > 0 else "use thinner layers"
    return DesignError.at(
        f"layers.{made.name}.thickness",
        f"at full lithiation '{made.name}' swells from {made.thickness / NM:.4g} nm to "
        f"{swollen.thickness / NM:.4g} nm, and then {error.issues[0].message}; {advice}, "
        "or a wider gap in the relief",
    )
