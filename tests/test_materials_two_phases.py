"""Limits of two phases: where they lie, whose diffusivity they have, and what is wrong with those that cannot be."""

import math
from typing import Any

import pytest

from tfgeom.errors import MaterialError
from tfgeom.materials.library import load_library, resolve_material
from tfgeom.materials.schema import MaterialOverride
from tfgeom.materials.two_phases import phase_limits, two_phase_note

ROOM = 298.15
BOLTZMANN = 1.380649e-23  # J/K
CURVE = {"form": "linear", "parameters": {"intercept": 3.4, "slope": -0.1}}


MOVES = {"diffusivity": "1e-16 m^2/s"}


def stated(name: str, **constants: Any) -> Any:
    return resolve_material(name, MaterialOverride.model_validate(constants))


def test_limits_of_lithium_titanate_are_those_of_its_regular_solution() -> None:
    limits = phase_limits(load_library().find("Li4Ti5O12"), ROOM)
    assert limits is not None
    interaction = 1.43e-20 / (BOLTZMANN * ROOM)  # J, MPET
    for x in (limits.poor, limits.rich):
        step = 1e-3
        slope = 1 / (x * (1 - x)) - 2 * interaction
        assert abs(math.log(x / (1 - x)) + interaction * (1 - 2 * x)) < abs(slope) * step


def test_limits_are_read_on_the_coordinate_of_the_curve() -> None:
    phases = {"x_alpha": 0.6, "x_beta": 0.9, "D_beta": "1e-15 m^2/s"}
    found = stated(
        "mine", diffusivity="1e-16 m^2/s", two_phase=phases, open_circuit={**CURVE, "window": [0.5, 1.0]}
    )
    limits = phase_limits(found, ROOM)
    assert limits is not None
    assert (limits.poor, limits.rich) == pytest.approx((0.2, 0.8))
    assert (limits.poor_diffusivity, limits.rich_diffusivity) == pytest.approx((1e-16, 1e-15))


def test_phases_follow_the_temperature_as_the_diffusivity_does() -> None:
    found = load_library().find("Li4Ti5O12")
    cold, warm = phase_limits(found, 280.0), phase_limits(found, 320.0)
    assert cold is not None
    assert warm is not None
    at = [found.value_at("diffusivity", kelvin) or 0.0 for kelvin in (280.0, 320.0)]
    assert warm.rich_diffusivity / cold.rich_diffusivity == pytest.approx(at[1] / at[0])


def test_a_diffusivity_of_the_design_is_that_of_both_phases() -> None:
    limits = phase_limits(stated("TiO2", diffusivity="1e-18 m^2/s"), ROOM)
    assert limits is not None
    assert limits.poor_diffusivity == limits.rich_diffusivity == pytest.approx(1e-18)
    own = stated("TiO2", diffusivity="1e-18 m^2/s", two_phase={"D_alpha": "1e-17 m^2/s"})
    limits = phase_limits(own, ROOM)
    assert limits is not None
    assert limits.poor_diffusivity == pytest.approx(1e-17)


def test_an_effective_diffusivity_holds_the_phases_already() -> None:
    found = load_library().find("TiO2")
    assert found.knows("two_phase.x_alpha")
    assert phase_limits(found, ROOM) is None
    assert "effective" in two_phase_note(found)
    apart = stated("TiO2", two_phase={"D_alpha": "4.7e-16 m^2/s", "D_beta": "1.3e-15 m^2/s"})
    limits = phase_limits(apart, ROOM)
    assert limits is not None
    assert (limits.poor_diffusivity, limits.rich_diffusivity) == pytest.approx((4.7e-16, 1.3e-15))
    assert two_phase_note(apart) == ""


def test_a_curve_of_the_design_sets_aside_limits_outside_it() -> None:
    sloping = {**CURVE, "window": [0.1, 0.9]}
    assert phase_limits(stated("LiFePO4", open_circuit=sloping), ROOM) is None
    flat = {"form": "constant", "parameters": {"potential": 3.4}, "window": [0.1, 0.9]}
    assert "missing two_phase" in two_phase_note(stated("LiFePO4", open_circuit=flat))
    assert phase_limits(stated("LiFePO4", open_circuit=CURVE), ROOM) is not None


@pytest.mark.parametrize(
    ("given", "more", "said"),
    [
        ({"x_alpha": 0.9, "x_beta": 0.2}, MOVES, r"two_phase\.x_alpha: 0\.9 must hold less lithium than x_beta, 0\.2"),
        ({"x_alpha": 0.5, "x_beta": 0.5}, MOVES, r"two_phase\.x_alpha: 0\.5 must hold less lithium"),
        ({"x_alpha": 0.1, "x_beta": 1.2}, MOVES, r"two_phase\.x_beta: 1\.2 lies outside the window .* from 0 \(empty\)"),
        ({"x_alpha": 0.1}, MOVES, r"two_phase: lacks 'x_beta'"),
        ({"x_alpha": 0.1, "x_beta": 0.8}, {}, r"two_phase: lacks 'D_alpha', and no diffusivity is known"),
    ],
)  # fmt: skip
def test_limits_that_cannot_be_are_refused(given: dict[str, Any], more: dict[str, Any], said: str) -> None:
    with pytest.raises(MaterialError, match=said):
        stated("mine", two_phase=given, **more)


def test_a_plateau_without_limits_is_noted() -> None:
    noted = {material.name for material in load_library() if two_phase_note(material)}
    assert {"LiNi0.5Mn1.5O4", "LiFePO4-Gerver", "graphite"} <= noted
    assert not noted & {"LiFePO4", "Li4Ti5O12", "Cl-TiO2", "LiV2O5", "NMC811", "Li"}
    ideal = {"form": "steps", "parameters": {"potential": 3.4, "nernst": 1}}
    assert two_phase_note(stated("mine", open_circuit=ideal)) == ""
