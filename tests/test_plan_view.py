"""The relief from above: areas of the cut against closed forms, and the outlined unit cell."""

import math
from typing import Any

import pytest
import shapely

from tests.shipped import PEARSE
from tfgeom.cells.kinds import assemble_cell
from tfgeom.design import Design, design_from_mapping, load_design
from tfgeom.geometry.from_above import border
from tfgeom.geometry.protocol import Cell
from tfgeom.report.plan_view import draw_plan, film_areas

FILMS = [
    {"role": "current_collector", "material": "TiN", "thickness": "50 nm"},
    {"role": "cathode", "material": "TiO2", "thickness": "150 nm"},
]
THREE = math.sqrt(3)


def designed(relief: dict[str, Any]) -> Design:
    return design_from_mapping(
        {
            "schema_version": 1,
            "name": "x",
            "relief": relief,
            "layers": FILMS,
            "cell": {"type": "flooded", "electrolyte": "LiPF6-EC-EMC", "separator": "20 um"},
            "operation": {"voltage": {"min": "1 V", "max": "3 V"}, "temperature": "25 degC"},
        }
    )


def outlined(cell: Cell) -> Any:
    assert cell.periods
    return border(cell.periods, cell.lattice)


def cut(design: Design) -> list[float]:
    """Return the areas of material and films inside the unit cell at half height, um²."""
    stack = assemble_cell(design).made
    outline = outlined(stack.cell)
    shown = film_areas(stack, shapely.box(-15, -15, 15, 15))
    return [float(shapely.intersection(area, outline).area) for area, _ in shown]


def steiner(area: float, perimeter: float, kappa: float) -> list[float]:
    """Return material and film areas of a vertical relief with films up to 50 and 200 nm."""
    grown = [area + perimeter * d + kappa * d**2 for d in (0.0, 0.05, 0.2)]
    return [grown[0], grown[1] - grown[0], grown[2] - grown[1]]


UPRIGHT = {
    "pillars": (
        {"kind": "pillars", "lattice": "square", "pitch": "4 um", "diameter": "2 um", "height": "5 um"},
        steiner(math.pi, 2 * math.pi, math.pi),
    ),
    "square pillars": (
        {
            "kind": "pillars",
            "lattice": "hexagonal",
            "pitch": "5 um",
            "side": "2 um",
            "height": "5 um",
            "cross_section": "square",
            "rotation": "20 deg",
        },
        steiner(4, 8, math.pi),
    ),
    "holes": (
        {"kind": "holes", "lattice": "hexagonal", "pitch": "6 um", "diameter": "3 um", "depth": "5 um"},
        steiner(18 * THREE - 2.25 * math.pi, 3 * math.pi, -math.pi),
    ),
    "hexagonal holes": (
        {
            "kind": "holes",
            "lattice": "square",
            "pitch": "6 um",
            "side": "1 um",
            "depth": "5 um",
            "cross_section": "hexagon",
        },
        steiner(36 - 1.5 * THREE, 6, -2 * THREE),
    ),
    "trenches": (
        {"kind": "trenches", "pitch": "4 um", "width": "1.5 um", "depth": "5 um"},
        steiner(10, 8, 0),
    ),
    "microtubes": (
        {
            "kind": "microtubes",
            "lattice": "square",
            "pitch": "6 um",
            "outer_diameter": "4 um",
            "wall": "1 um",
            "height": "5 um",
        },
        steiner(3 * math.pi, 6 * math.pi, 0),
    ),
    "honeycomb": (
        {"kind": "honeycomb", "pitch": "4 um", "wall": "1 um", "depth": "5 um"},
        steiner((16 - 9) * THREE / 2, 3 * 2 * THREE, -2 * THREE),
    ),
}


@pytest.mark.parametrize("kind", UPRIGHT)
def test_the_cut_shows_the_areas_of_the_closed_form(kind: str) -> None:
    relief, areas = UPRIGHT[kind]
    assert cut(designed(relief)) == pytest.approx(areas, rel=1e-3)


def test_leaning_walls_are_cut_at_half_height() -> None:
    relief = UPRIGHT["pillars"][0] | {"height": "4 um", "sidewall_angle": "80 deg"}
    slant = 2 / math.tan(math.radians(80))  # um out at half height
    flat = 1 / math.sin(math.radians(80))  # a film is thicker across
    radii = [1 + slant + d * flat for d in (0.0, 0.05, 0.2)]
    discs = [math.pi * radius**2 for radius in radii]
    areas = [discs[0], discs[1] - discs[0], discs[2] - discs[1]]
    assert cut(designed(relief)) == pytest.approx(areas, rel=1e-3)


@pytest.mark.parametrize("through", [False, True])
def test_a_filling_layer_takes_what_is_left(through: bool) -> None:
    filled = load_design(PEARSE).model_dump(mode="json", exclude_defaults=True)
    filled["relief"]["through"] = through
    filled["substrate"]["thickness"] = filled["relief"]["depth"]
    del filled["layers"][4]["thickness"]
    filled["layers"][4]["fill"] = {"above_top": "1 um"}
    areas = cut(design_from_mapping(filled))
    assert sum(areas) == pytest.approx(18 * THREE)
    assert areas[5] == pytest.approx(math.pi * 1.33**2, rel=1e-3)  # films of 170 nm on holes of 3 um


def test_a_floor_film_above_the_cut_takes_it_whole() -> None:
    design = designed(UPRIGHT["pillars"][0] | {"height": "300 nm"})
    assert sum(cut(design)) == pytest.approx(16)


@pytest.mark.parametrize(("lattice", "footprint"), [("square", 36.0), ("hexagonal", 18 * THREE)])
def test_the_outline_is_the_footprint(lattice: str, footprint: float) -> None:
    relief = UPRIGHT["holes"][0] | {"lattice": lattice}
    assert outlined(assemble_cell(designed(relief)).made.cell).area == pytest.approx(footprint)


def test_pictures_say_what_they_show() -> None:
    design = designed(UPRIGHT["holes"][0])
    picture = draw_plan(assemble_cell(design))
    assert picture is not None
    assert picture.alt == (
        "The holes from above, to scale: pitch 6 µm, hexagonal lattice, unit cell 31.18 µm² outlined."
    )
    wave = designed({"kind": "wave", "amplitude": "1 um", "period": "10 um"})
    shown = draw_plan(assemble_cell(wave))
    assert shown is not None
    assert "period 10 µm, unit cell 100 µm² outlined" in shown.alt
    flat = designed({"kind": "planar"})
    assert draw_plan(assemble_cell(flat)) is None
