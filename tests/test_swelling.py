"""Films with every electrode at full lithiation: the gap that is left, and what no longer fits."""

import math
from dataclasses import replace

import pytest

from tests.stacks import PEARSE, layers, made_of, without
from tfgeom.cells.swelling import swollen_stack, unknown_swelling
from tfgeom.errors import DesignError
from tfgeom.films import FilmLayer, stack_films
from tfgeom.geometry.unit_cell import UnitCell
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.pillars import pillars
from tfgeom.reliefs.planar import planar

HOLES = holes(3e-6, 6e-6, 30e-6, "hexagonal")


def expanding(cathode: float, anode: float) -> list[FilmLayer]:
    grown = {"cathode": cathode, "anode": anode}
    return [
        made_of(layer, expansion=grown[layer.name]) if layer.name in grown else layer for layer in layers()
    ]


def test_gap_by_hand() -> None:
    swollen = swollen_stack(stack_films(HOLES, expanding(0.02, 2.8)))
    assert swollen is not None
    taken = 40 + 70 * 1.02 + 50 + 10 * 3.8 + 25
    assert swollen.gap_after_coating == pytest.approx(3e-6 - 2 * taken * 1e-9, rel=1e-12)


def test_an_unknown_expansion_is_named() -> None:
    made = [without(layer, "expansion") if layer.name == "anode" else layer for layer in expanding(0.1, 0.1)]
    stack = stack_films(HOLES, made)
    assert unknown_swelling(stack) == ["anode.expansion"]
    assert swollen_stack(stack) is None


def test_merging_when_swollen_names_layer_place_and_what_fits() -> None:
    relief = holes(430e-9, 6e-6, 30e-6, "hexagonal")  # 195 nm of films fit, 223 nm do not
    made = expanding(0.0, 2.8)
    with pytest.raises(DesignError) as caught:
        swollen_stack(stack_films(relief, made))
    (issue,) = caught.value.issues
    assert issue.path == "layers.anode.thickness"
    assert "at full lithiation 'anode' swells from 10 nm to 38 nm" in issue.message
    assert "close the opening: it is 0.43 um wide" in issue.message
    # room for the swollen anode: 215 - 185 nm, by 3.8
    assert "use less than 7.895 nm here" in issue.message
    thin = [replace(layer, thickness=7.894e-9) if layer.name == "anode" else layer for layer in made]
    assert swollen_stack(stack_films(relief, thin)) is not None


def test_a_plane_swells_without_limit() -> None:
    swollen = swollen_stack(stack_films(planar(), expanding(0.0, 3.0)))
    assert swollen is not None
    assert swollen.gap_after_coating is None
    assert swollen.top.top == pytest.approx(225e-9)


METAL = (*PEARSE[:3], ("anode", "anode", "Li", 1e-6))


@pytest.mark.parametrize(
    "relief", [planar(), pillars(2e-6, 12e-6, 20e-6, "square")], ids=["plane", "pillars"]
)
def test_lithium_metal_grows_by_the_lithium_of_the_cathode(relief: UnitCell) -> None:
    made = [made_of(layer, expansion=0.0) if layer.name == "cathode" else layer for layer in layers(METAL)]
    stack = stack_films(relief, made)
    swollen = swollen_stack(stack)
    assert swollen is not None
    cathode, metal = stack.films[1], stack.films[3]
    # moles of lithium in the cathode times the molar volume of the metal
    charge = cathode.volume * 37 * 36e6  # 37 uAh/cm²/um is 37 * 36 MC/m³
    molar_volume = 6.941e-3 / 534
    added = charge / 96485.33 * molar_volume
    assert swollen.films[3].volume == pytest.approx(metal.volume + added, rel=2e-3)


def test_lithium_metal_that_does_not_fit() -> None:
    made = [made_of(layer, expansion=0.0) if layer.name == "cathode" else layer for layer in layers(METAL)]
    relief = pillars(2e-6, 4.324e-6, 20e-6, "square")
    with pytest.raises(DesignError, match=r"on charge 'anode' grows to 1\.\d+ times what was laid") as caught:
        swollen_stack(stack_films(relief, made))
    assert caught.value.issues[0].path == "layers.anode.thickness"


def test_swollen_films_below_a_filling_layer_leave_no_gap() -> None:
    made = expanding(0.0, 2.8)
    made[-1] = replace(made[-1], thickness=1e-6, fills=True)
    swollen = swollen_stack(stack_films(HOLES, made))
    assert swollen is not None
    assert swollen.gap_after_coating == 0
    open_space = stack_films(HOLES, expanding(0.0, 2.8)[:-1])
    assert math.isclose(
        sum(film.volume for film in swollen.films),
        sum(film.volume for film in stack_films(HOLES, made).films) + HOLES.footprint * 28e-9,
        rel_tol=1e-12,
    )
    assert open_space.gap_after_coating is not None
