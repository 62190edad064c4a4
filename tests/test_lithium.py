"""Lithium bookkeeping against hand-counted cases."""

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from tests.stacks import PEARSE, layers, pearse_plane, pearse_stack
from tests.together import row_of, together
from tfgeom.cells.inventory import Arrangement, Host, balance
from tfgeom.cells.lithium import (
    balanced_anode_thickness,
    balanced_thickness,
    lithium_balance,
)
from tfgeom.errors import DesignError
from tfgeom.films import Stack, stack_films
from tfgeom.materials.library import resolve_material
from tfgeom.materials.material import Property
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.planar import planar
from tfgeom.rows import Refused


def plane_with(**changed: object) -> Stack:
    """Return the planar stack with some attributes of cathode or anode changed, e.g. cathode_lithiation."""
    made = []
    for layer in layers():
        own = {
            key.split("_", 1)[1]: value for key, value in changed.items() if key.startswith(layer.name + "_")
        }
        made.append(replace(layer, **own))  # type: ignore[arg-type]
    return stack_films(planar(), made)


def test_plane_of_the_published_cell() -> None:
    balance = lithium_balance(pearse_plane())
    assert balance.capacity / 36 == pytest.approx(2.59, rel=1e-12)  # 37 uAh/cm²/um x 70 nm
    assert balance.anode is not None
    assert balance.anode / 36 == pytest.approx(5.11, rel=1e-12)
    assert balance.n_to_p_ratio == pytest.approx(1.97, abs=0.005)
    assert balance.limiting == "cathode"
    assert balance.charged_cathode == 0
    assert balance.charged_anode == pytest.approx(2.59 / 5.11)


def test_hole_changes_the_balance_of_the_same_films() -> None:
    assert lithium_balance(pearse_stack()).n_to_p_ratio == pytest.approx(1.86, abs=0.005)


@pytest.mark.parametrize(
    ("cathode", "anode", "capacity", "limiting"),
    [
        (1.0, 0.0, 2.59, "cathode"),
        (0.5, 0.0, 1.295, "lithium"),
        (0.0, 0.0, 0.0, "lithium"),
        (1.0, 1.0, 0.0, "cathode"),
        # 2.59 + 2.555: the anode holds all it has room for, the cathode cannot be emptied
        (1.0, 0.5, 2.59 + 5.11 - 2.59 - 2.555, "cathode"),
    ],
)
def test_inventory(cathode: float, anode: float, capacity: float, limiting: str) -> None:
    balance = lithium_balance(plane_with(cathode_lithiation=cathode, anode_lithiation=anode))
    assert balance.capacity / 36 == pytest.approx(capacity, abs=1e-12)
    assert balance.limiting == limiting


def test_small_anode_limits() -> None:
    balance = lithium_balance(plane_with(anode_thickness=4e-9))
    assert balance.limiting == "anode"
    assert balance.capacity / 36 == pytest.approx(511 * 0.004, rel=1e-9)
    # what the anode cannot take stays in the cathode
    assert balance.charged_cathode == pytest.approx(1 - 511 * 0.004 / 2.59, rel=1e-9)


def test_lithium_metal_is_room_and_supply() -> None:
    rows = (*PEARSE[:3], ("anode", "anode", "Li", 1e-6))
    balance = lithium_balance(stack_films(planar(), layers(rows)))
    assert balance.capacity / 36 == pytest.approx(2.59, rel=1e-12)
    assert balance.anode is balance.inventory is balance.n_to_p_ratio is None


@pytest.mark.parametrize("inverted", [False, True], ids=["cathode inside", "anode inside"])
def test_balanced_thickness_balances(inverted: bool) -> None:
    rows = PEARSE
    if inverted:
        rows = (PEARSE[0], PEARSE[3], PEARSE[2], PEARSE[1], PEARSE[4])
    relief = holes(3e-6, 6e-6, 30e-6, "hexagonal")
    stack = stack_films(relief, layers(rows))
    thickness = balanced_anode_thickness(stack, lithium_balance(stack))
    assert thickness is not None
    balanced = [
        replace(layer, thickness=thickness) if layer.role == "anode" else layer for layer in layers(rows)
    ]
    again = lithium_balance(stack_films(relief, balanced))
    assert again.n_to_p_ratio == pytest.approx(1, abs=1e-6)


def test_no_balance_when_none_fits() -> None:
    stack = pearse_stack(holes(391e-9, 6e-6, 30e-6, "hexagonal"))
    made = [
        replace(film.layer, thickness=150e-9 if film.layer.role == "cathode" else 0.5e-9)
        for film in stack.films
    ]
    tight = stack_films(holes(304.1e-9, 6e-6, 30e-6, "hexagonal"), made)
    assert balanced_anode_thickness(tight, lithium_balance(tight)) is None


def with_efficiency(cathode: float | None, anode: float | None, **changed: object) -> Stack:
    """Return `plane_with` whose electrodes have these first-cycle efficiencies."""
    made = []
    for film in plane_with(**changed).films:
        efficiency = {"cathode": cathode, "anode": anode}.get(film.layer.name)
        layer = film.layer
        if efficiency is not None:
            known = Property("initial_efficiency", efficiency, "fraction", "", "user")
            properties = {**layer.material.properties, "initial_efficiency": known}
            layer = replace(layer, material=replace(layer.material, properties=properties))
        made.append(layer)
    return stack_films(planar(), made)


def test_the_first_cycle_takes_from_the_inventory() -> None:
    # 2.59 made; the anode, room 5.11, takes all of it up and keeps a fifth
    balance = lithium_balance(with_efficiency(None, 0.8))
    assert balance.bound / 36 == pytest.approx(0.2 * 2.59)
    assert balance.capacity / 36 == pytest.approx(0.8 * 2.59)
    assert balance.inventory is not None
    assert balance.inventory / 36 == pytest.approx(0.8 * 2.59)
    assert balance.limiting == "lithium"
    # a small anode keeps a fifth of its own 2.044 and is still filled
    small = lithium_balance(with_efficiency(None, 0.8, anode_thickness=4e-9))
    assert small.bound / 36 == pytest.approx(0.2 * 2.044)
    assert small.capacity / 36 == pytest.approx(2.044)
    assert small.charged_cathode == pytest.approx((2.59 - 1.2 * 2.044) / 2.59)
    both = lithium_balance(with_efficiency(0.9, 0.8))
    assert both.bound / 36 == pytest.approx(0.3 * 2.59)
    nothing = lithium_balance(with_efficiency(0.4, 0.3))
    assert nothing.capacity == 0
    assert nothing.bound / 36 == pytest.approx(2.59)


def test_no_first_cycle_loss_against_unlimited_lithium() -> None:
    films = with_efficiency(0.5, None).films
    half = stack_films(planar(), [film.layer for film in films if film.layer.name != "anode"][:2])
    assert lithium_balance(half).capacity / 36 == pytest.approx(2.59)


def test_anode_free_cell_loses_in_its_cathode() -> None:
    films = with_efficiency(0.9, None).films
    free = lithium_balance(
        stack_films(planar(), [film.layer for film in films if film.layer.name != "anode"]),
        alone="anode_free",
    )
    assert free.capacity / 36 == pytest.approx(0.9 * 2.59)
    assert free.limiting == "lithium"


INVERTED = (PEARSE[0], PEARSE[3], PEARSE[2], PEARSE[1], PEARSE[4])


@pytest.mark.parametrize("name", ["cathode", "anode"])
@pytest.mark.parametrize("rows", [PEARSE, INVERTED], ids=["cathode inside", "anode inside"])
@pytest.mark.parametrize("ratio", [0.5, 1.1, 3.0])
def test_either_electrode_is_solved_for_a_ratio(
    name: str, rows: tuple[tuple[str, str, str, float], ...], ratio: float
) -> None:
    relief = holes(3e-6, 6e-6, 30e-6, "hexagonal")
    thickness = balanced_thickness(relief, layers(rows), name, ratio)
    made = [replace(layer, thickness=thickness) if layer.name == name else layer for layer in layers(rows)]
    assert lithium_balance(stack_films(relief, made)).n_to_p_ratio == pytest.approx(ratio, rel=1e-9)


def test_balance_on_the_plane_by_hand() -> None:
    # 37 and 511 uAh/cm²/um: 70 nm against 70 * 37/511 * 1.1
    thickness = balanced_thickness(planar(), layers(), "anode", 1.1)
    assert thickness * 1e9 == pytest.approx(70 * 37 / 511 * 1.1, rel=1e-9)


@pytest.mark.parametrize(("name", "ratio"), [("anode", 60.0), ("cathode", 0.05)])
def test_no_balance_names_what_was_tried_and_the_reach(name: str, ratio: float) -> None:
    relief = holes(700e-9, 6e-6, 30e-6, "hexagonal")
    with pytest.raises(DesignError, match=f"no thickness of '{name}' gives N/P {ratio:g}") as caught:
        balanced_thickness(relief, layers(), name, ratio)
    (issue,) = caught.value.issues
    assert issue.path == f"layers.{name}.thickness"
    others = 195 - {"anode": 10, "cathode": 70}[name]
    assert f"the thickest that fits the relief, {350 - others} nm, gives" in issue.message


def test_no_room_for_what_is_balanced() -> None:
    relief = holes(300e-9, 6e-6, 30e-6, "hexagonal")
    with pytest.raises(DesignError, match="the other films leave no room for it"):
        balanced_thickness(relief, layers(), "anode", 1.1)


def test_lithium_metal_has_nothing_to_balance() -> None:
    rows = (*PEARSE[:3], ("anode", "anode", "Li", 1e-6))
    with pytest.raises(DesignError, match="neither of them lithium metal"):
        balanced_thickness(planar(), layers(rows), "cathode", 1.1)


ALONE = ("anode_free", "counter")
"""What a single electrode film stands against."""


def arranged(against: str, rng: np.random.Generator) -> Stack:
    """Return the Pearse films on a random hole, their sizes, lithium and efficiencies random."""
    relief = holes(rng.uniform(2e-6, 4e-6), 6e-6, rng.uniform(5e-6, 40e-6), "hexagonal")
    made = []
    for layer in layers():
        material = layer.material
        if layer.role == "anode" and against == "lithium_metal":
            material = resolve_material("Li")
        efficiency = Property("initial_efficiency", float(rng.uniform(0.5, 1)), "fraction", "", "user")
        material = replace(material, properties={**material.properties, "initial_efficiency": efficiency})
        thickness = layer.thickness * rng.uniform(0.2, 3)
        made.append(replace(layer, material=material, thickness=thickness, lithiation=float(rng.uniform())))
    left_out = {"anode"} if against in ALONE else set()
    return stack_films(relief, [layer for layer in made if layer.role not in left_out])


@pytest.mark.parametrize("against", get_args(Arrangement))
def test_n_cells_are_each_cell(against: Arrangement) -> None:
    rng = np.random.default_rng(5)
    stacks = [arranged(against, rng) for _ in range(60)]
    single: Arrangement = against if against in ALONE else "counter"
    found = lithium_balance(together(stacks), single)
    assert found.against == against
    for row, stack in enumerate(stacks):
        alone = lithium_balance(stack, single)
        assert row_of(found.limiting, row) == alone.limiting
        for name in ("capacity", "cathode", "anode", "inventory", "n_to_p_ratio", "charged_cathode",
                     "charged_anode", "bound"):  # fmt: skip
            numbers, number = getattr(found, name), getattr(alone, name)
            assert (numbers is None) == (number is None)
            assert number is None or row_of(numbers, row) == pytest.approx(number, rel=1e-15, abs=0)
    limits = {"anode": {"anode", "cathode", "lithium"}, "anode_free": {"lithium"}}
    assert set(np.atleast_1d(found.limiting)) == limits.get(against, {"cathode"})


def test_of_n_cells_what_is_impossible_is_refused_by_row() -> None:
    stacks = [plane_with(cathode_lithiation=share) for share in (0.0, 1.5, 0.5)]
    with pytest.raises(DesignError, match="must be 0 to 1, not 1"):
        lithium_balance(stacks[1])
    with pytest.raises(Refused, match="the cathode's lithiation must be 0 to 1") as caught:
        lithium_balance(together(stacks))
    assert caught.value.where.tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("against", "charged_anode"), [("counter", 0.0), ("lithium_metal", 1.0), ("anode_free", 1.0)]
)
def test_one_film_that_is_full_limits_by_itself(against: Arrangement, charged_anode: float) -> None:
    found = balance(Host("cathode", 3.0, 1.0), against)
    assert (found.capacity, found.limiting, found.charged_anode) == (3.0, "cathode", charged_anode)


def test_a_batch_takes_arrays_beside_single_numbers() -> None:
    rooms = np.array([1.0, 2.0, 4.0])
    found = balance(Host("cathode", rooms, 1.0), "anode", Host("anode", np.full(3, 2.0), 0.0, 0.9))
    # the anode keeps a tenth of what first fills it, of 1, 2 and 2
    assert found.capacity == pytest.approx([0.9, 1.8, 2.0])
    assert found.bound == pytest.approx([0.1, 0.2, 0.2])
    assert list(found.limiting) == ["lithium", "lithium", "anode"]
    with pytest.raises(Refused, match="the cathode's capacity must be more than 0"):
        balance(Host("cathode", np.array([1.0, 0.0]), 1.0), "anode", Host("anode", 2.0, 0.0, 0.9))
