"""Lithium bookkeeping against hand-counted cases."""

from dataclasses import replace

import pytest

from tests.stacks import PEARSE, layers, pearse_plane, pearse_stack
from tfgeom.films import Stack, stack_films
from tfgeom.geometry.kinds import holes, planar
from tfgeom.metrics.lithium import balanced_anode_thickness, lithium_balance


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
