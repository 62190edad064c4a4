"""Numbers of the bare and the coated relief, and of each film on it."""

from tfgeom.cells.assembled import AssembledCell
from tfgeom.cells.plating import plating_room
from tfgeom.cells.swelling import swollen_stack, unknown_swelling
from tfgeom.design.paths import PLATED_LITHIUM
from tfgeom.films import Film, Stack
from tfgeom.materials.constants import words_of_all
from tfgeom.metrics.asked import EVERYTHING, Asked
from tfgeom.metrics.noted import Noted
from tfgeom.results import FaceGains, GeometryNumbers, LayerNumbers
from tfgeom.units import NM, UM, in_unit, in_unit_or_none

_UM2 = UM**2
_UM3 = UM**3


def geometry_numbers(cell: AssembledCell, asked: Asked = EVERYTHING) -> Noted[GeometryNumbers]:
    """Return the numbers of the bare and the coated relief, also with every electrode at full lithiation.

    Parameters
    ----------
    cell
        The cell.
    asked
        The gap after swelling takes work of its own.

    Raises
    ------
    DesignError
        When the swollen films would close the relief.
    """
    made, relief = cell.made, cell.relief
    swollen = None
    notes: tuple[str, ...] = ()
    if cell.lithium is not None and "gap_after_swelling_nm" in asked:
        swollen = swollen_stack(cell.charged)
        if swollen is None and not relief.is_flat:
            missing = words_of_all(unknown_swelling(cell.charged))
            notes = (f"gap_after_swelling_nm is null: {missing} not known",)
    plated = cell.charged.named(PLATED_LITHIUM) is not None
    numbers = GeometryNumbers(
        kind=relief.kind,
        footprint_um2=in_unit(relief.footprint, _UM2),
        area_gain=relief.area_gain,
        feature_aspect_ratio=relief.feature_aspect_ratio,
        gap_aspect_ratio=relief.gap_aspect_ratio,
        wall_nm=in_unit_or_none(relief.thinnest_solid, NM),
        wall_aspect_ratio=None if relief.thinnest_solid is None else relief.height / relief.thinnest_solid,
        gap_after_coating_nm=in_unit_or_none(made.gap_after_coating, NM),
        gap_after_swelling_nm=None if swollen is None else in_unit_or_none(swollen.gap_after_coating, NM),
        free_reach_nm=None if relief.is_flat else in_unit(relief.reach.value, NM),
        reach_limited_by=relief.reach.limited_by,
        relief_height_um=in_unit(relief.height, UM),
        film_stack_nm=in_unit(made.top.top, NM),
        plating_room_um=in_unit_or_none(plating_room(cell.charged), UM) if plated else None,
    )
    return Noted(numbers, notes)


def layer_numbers(stack: Stack) -> tuple[LayerNumbers, ...]:
    """Return the numbers of each film, from the substrate outwards."""
    return tuple(_layer(stack, film) for film in stack.films)


def _layer(stack: Stack, film: Film) -> LayerNumbers:
    layer, footprint = film.layer, stack.cell.footprint
    return LayerNumbers(
        name=layer.name,
        role=layer.role,
        material=layer.material.name,
        thickness_nm=in_unit(layer.thickness, NM),
        step_coverage=film.step_coverage,
        volume_um3=in_unit(film.volume, _UM3),
        capacity_gain=stack.capacity_gain(film),
        inner_area_um2=in_unit(film.inner_area, _UM2),
        outer_area_um2=in_unit(film.outer_area, _UM2),
        interface_area_gain=FaceGains(film.inner_area / footprint, film.outer_area / footprint),
    )
