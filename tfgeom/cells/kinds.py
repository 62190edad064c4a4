"""The kinds of cell by the design file's word, and the road from a design to its cell."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from tfgeom.cells import conformal, flooded, geometry_only
from tfgeom.cells.assembled import AssembledCell, CellKind
from tfgeom.cells.blueprint import Blueprint, film_layer
from tfgeom.cells.bulk import Package, Wafer
from tfgeom.cells.lithium import balanced_thickness
from tfgeom.design import Balance, BipolarPlate, Design, Substrate
from tfgeom.errors import DesignError
from tfgeom.films import FilmLayer, stack_films
from tfgeom.geometry.protocol import Cell
from tfgeom.materials.library import Material, resolve_materials
from tfgeom.materials.recording import recorded_constants
from tfgeom.reliefs import build_cell
from tfgeom.rows import Numbers, refuse
from tfgeom.units import UM

Constants: TypeAlias = Mapping[tuple[str, str], Numbers]
"""Values of constants, SI, by the name of the material and the key."""

CELL_KINDS: Mapping[str | None, CellKind] = {
    None: geometry_only,
    "conformal": conformal,
    "flooded": flooded,
}
"""By ``cell.type``; None for a design without a cell."""


def assemble_cell(design: Design, constants: Constants | None = None) -> AssembledCell:
    """Return the cell of a design, its films laid.

    Parameters
    ----------
    design
        A checked design.
    constants
        Values (SI) that constants of its materials have instead of their own, all else as it is.

    Raises
    ------
    DesignError
        When the films do not fit the relief, or the relief not the wafer; with file, line and column.
    UnsupportedError
        For what cannot be computed yet.
    MaterialError
        When a material, or a constant that laying the films takes, is not known.
    """
    kind = CELL_KINDS[None if design.cell is None else design.cell.type]
    with design.located(), recorded_constants() as read:
        names = [layer.material for layer in design.layers]
        names += [part.material for part in (design.substrate, design.bipolar_plate) if part is not None]
        materials = resolve_materials([*names, *kind.materials(design)], design.materials)
        if constants:
            materials = _with_constants(materials, constants)
        relief = build_cell(design.relief)
        package = design.packaging
        blueprint = Blueprint(
            design,
            materials,
            tuple(film_layer(layer, materials) for layer in design.layers),
            wafer=_wafer("substrate", "wafer", design.substrate, materials, relief),
            plate=_wafer("bipolar_plate", "plate", design.bipolar_plate, materials, relief),
            package=None if package is None else Package(package.thickness, package.density),
            read=read,
        )
        kind.check(blueprint, relief)
        blueprint = replace(blueprint, layers=_balanced(blueprint, relief))
        return lay_cell(kind, blueprint, relief, blueprint.layers)


def _with_constants(materials: Mapping[str, Material], constants: Constants) -> dict[str, Material]:
    """Return materials with other values of some constants."""
    values: dict[str, dict[str, Numbers]] = {}
    for (name, key), value in constants.items():
        values.setdefault(name, {})[key] = value
    return {
        used: one.with_values(values[one.name]) if one.name in values else one
        for used, one in materials.items()
    }


def lay_cell(
    kind: CellKind, blueprint: Blueprint, relief: Cell, layers: Sequence[FilmLayer]
) -> AssembledCell:
    """Return a cell of a blueprint: the road of the cell on its relief and of every plane.

    Raises
    ------
    DesignError
        When the films do not fit the relief.
    """
    made = stack_films(relief, layers)
    return AssembledCell(kind, blueprint, made, kind.charge(blueprint, made))


def _balanced(blueprint: Blueprint, relief: Cell) -> tuple[FilmLayer, ...]:
    """Return the layers with balanced electrodes solved on the relief."""
    layers = list(blueprint.layers)
    for index, stated in enumerate(blueprint.design.layers):
        if isinstance(stated.thickness, Balance):
            solved = balanced_thickness(relief, layers, stated.name, stated.thickness.ratio)
            layers[index] = replace(layers[index], thickness=solved)
    return tuple(layers)


def _wafer(
    section: str,
    what: str,
    stated: Substrate | BipolarPlate | None,
    materials: Mapping[str, Material],
    relief: Cell,
) -> Wafer | None:
    """Return substrate or plate; raise DesignError where the relief in it is taller."""
    if stated is None:
        return None
    refuse(
        stated.thickness < relief.height,
        lambda: DesignError.at(
            f"{section}.thickness",
            f"{stated.thickness / UM:g} um is thinner than the relief in it, {relief.height / UM:g} um; "
            f"use a thicker {what}, or a lower relief",
        ),
        f"the {what} is thinner than the relief in it",
    )
    return Wafer(stated.thickness, materials[stated.material].value("density"))
