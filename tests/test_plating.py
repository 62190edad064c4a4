"""Plated lithium: how thick it grows, against formulas written here, and when it does not fit."""

import math
from dataclasses import replace

import pytest

from tests.stacks import PEARSE, layers
from tfgeom.cells.lithium import lithium_balance
from tfgeom.cells.plating import charged_stack, lithium_volume, plating_room
from tfgeom.errors import DesignError
from tfgeom.films import FilmLayer, Stack, stack_films
from tfgeom.geometry.unit_cell import UnitCell
from tfgeom.materials.library import load_library
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.pillars import pillars
from tfgeom.reliefs.planar import planar

LITHIUM = load_library().find("Li")
FREE = (*PEARSE[:3], PEARSE[4])


def anode_free(
    relief: UnitCell, cathode: float = 70e-9, rows: tuple[tuple[str, str, str, float], ...] = FREE
) -> Stack:
    """Return collector, cathode, electrolyte and collector, the cathode full of lithium as made."""
    made = [
        replace(layer, thickness=cathode, lithiation=1.0) if layer.name == "cathode" else layer
        for layer in layers(rows)
    ]
    return stack_films(relief, made)


def charged(stack: Stack) -> Stack:
    return charged_stack(stack, lithium_balance(stack, alone="anode_free"), LITHIUM)


def test_a_milliampere_hour_is_485_thousandths_of_a_cubic_millimetre() -> None:
    assert lithium_volume(LITHIUM, 3.6) == pytest.approx(0.485e-9, rel=2e-3)


def test_4_85_um_for_each_mah_on_the_plane() -> None:
    stack = charged(anode_free(planar()))
    metal = stack.named("plated_lithium")
    assert metal is not None
    assert metal.layer.thickness * 1e6 == pytest.approx(4.85 * 2.59e-3, rel=2e-3)
    assert [film.layer.name for film in stack.films][-2:] == ["plated_lithium", "outer_collector"]
    assert plating_room(stack) is None


@pytest.mark.parametrize(
    ("relief", "perimeter", "kappa"),
    [
        (pillars(2e-6, 4e-6, 20e-6, "square"), 2e-6 * math.pi, math.pi),
        (holes(3e-6, 6e-6, 20e-6, "square"), 3e-6 * math.pi, -math.pi),
    ],
    ids=["pillars", "holes"],
)
def test_thickness_on_a_curved_wall(relief: UnitCell, perimeter: float, kappa: float) -> None:
    made = anode_free(relief)
    balance = lithium_balance(made, alone="anode_free")
    stack = charged(made)
    metal = stack.named("plated_lithium")
    assert metal is not None

    def coated(d: float) -> float:  # Steiner polynomial of a vertical wall
        linear = relief.footprint + perimeter * 20e-6
        return linear * d + (kappa * 20e-6 - (1 - math.pi / 4) * perimeter) * d**2 - kappa / 3 * d**3

    start, thickness = 160e-9, metal.layer.thickness
    volume = balance.capacity * relief.footprint / 3.6 * 0.485e-9
    assert coated(start + thickness) - coated(start) == pytest.approx(volume, rel=2e-3)
    assert plating_room(stack) == pytest.approx((stack.cell.gap or 0) / 2 - 185e-9 - thickness)


def test_it_pushes_the_collector_outwards() -> None:
    made = anode_free(pillars(2e-6, 4e-6, 20e-6, "square"))
    before, after = made.films[-1], charged(made).films[-1]
    assert after.inner_area > before.inner_area


def test_inverted_cell_plates_on_its_inner_side() -> None:
    rows = (FREE[0], FREE[2], FREE[1], FREE[3])
    stack = charged(anode_free(planar(), rows=rows))
    assert [film.layer.role for film in stack.films] == [
        "current_collector",
        "anode",
        "electrolyte",
        "cathode",
        "current_collector",
    ]


def test_what_does_not_fit_says_how_much_would() -> None:
    relief = pillars(2e-6, 3.56e-6, 50e-6, "square")
    made = anode_free(relief, 600e-9)
    with pytest.raises(DesignError, match="plated lithium does not fit") as caught:
        charged(made)
    (issue,) = caught.value.issues
    assert issue.path == "cell.anode_free"
    # half the gap, 780 nm, less 40 + 600 + 50 + 25 nm of films
    assert "leaves room for 0.065 um on each wall" in issue.message


def test_no_lithium_no_plating() -> None:
    made = anode_free(planar())
    empty: list[FilmLayer] = [replace(film.layer, lithiation=0.0) for film in made.films]
    with pytest.raises(DesignError, match="no lithium to plate"):
        charged(stack_films(planar(), empty))


def test_a_filled_relief_has_no_room() -> None:
    made = [film.layer for film in anode_free(pillars(2e-6, 4e-6, 20e-6, "square")).films]
    made[-1] = replace(made[-1], fills=True)
    with pytest.raises(DesignError, match="'outer_collector' fills the relief"):
        charged(stack_films(pillars(2e-6, 4e-6, 20e-6, "square"), made))
