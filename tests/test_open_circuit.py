"""Open-circuit curves against published check values and closed answers."""

import math
import pickle
from typing import Any

import numpy as np
import pytest

from tfgeom.materials.library import load_library
from tfgeom.materials.open_circuit import OpenCircuit

FARADAY = 96485.33212


def curve(form: Any, parameters: dict[str, Any], window: tuple[float, float] = (0.0, 1.0)) -> OpenCircuit:
    return OpenCircuit(form, parameters, window, "test", "computed")


def shipped(name: str) -> OpenCircuit:
    found = load_library().find(name).open_circuit
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("x", "volts"),
    [
        (0.50, 4.2908),
        (0.55, 4.1978),
        (0.60, 4.1130),
        (0.70, 3.9808),
        (0.80, 3.9136),
        (0.90, 3.8928),
        (0.95, 3.8566),
        (0.99, 3.7070),
        (1.00, 3.3100),
    ],
)
def test_fabre_curve_of_licoo2_over_its_stoichiometry(x: float, volts: float) -> None:
    assert float(shipped("LiCoO2").potential((x - 0.5) / 0.5)) == pytest.approx(volts, abs=1e-4)


@pytest.mark.parametrize(("charge", "volts"), [(0.0, 4.1967), (5.0, 3.9521), (9.25, 3.9003)])
def test_danilov_table_runs_through_its_points_and_by_pchip_between(charge: float, volts: float) -> None:
    concentration = 11711 + charge * 36 / (FARADAY * 320e-9)
    filled = (concentration - 11650) / 11650
    assert float(shipped("LiCoO2-Danilov2011").potential(filled)) == pytest.approx(volts, abs=1e-4)


def test_danilov_table_goes_on_straight_below_and_above_its_points() -> None:
    found = shipped("LiCoO2-Danilov2011")
    for beyond in (np.array([-0.3, -0.2, -0.1]), np.array([1.2, 1.5, 1.8])):
        steps = np.diff(found.potential(beyond))
        assert steps[0] == pytest.approx(steps[1], rel=1e-9)
        assert steps[0] < 0


def test_liv2o5_curve_is_its_formula() -> None:
    found = shipped("LiV2O5")
    assert float(found.potential(0.5)) == pytest.approx(3.3, abs=1e-12)
    expected = 3.3 + 0.1 * math.tanh((0.5 - 0.2) / 0.05) + 8.314462618 * 320 / FARADAY * math.log(4)
    assert float(found.potential(0.2, 320.0)) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("x", "volts"), [(0.1, 0.4768), (0.3, 0.3721), (0.5, 0.3138), (0.7, 0.2360), (0.95, 0.1604)]
)
def test_silicon_polynomial(x: float, volts: float) -> None:
    assert float(shipped("Si").potential(x)) == pytest.approx(volts, abs=1e-4)


@pytest.mark.parametrize(("x", "volts"), [(0.3, 4.1183), (0.5, 4.1040), (0.8, 3.9774), (0.95, 3.9195)])
def test_limn2o4_table_follows_the_doyle_formula(x: float, volts: float) -> None:
    assert float(shipped("LiMn2O4").potential((x - 0.18) / 0.815)) == pytest.approx(volts, abs=2e-3)


def test_limn2o4_table_between_its_points() -> None:
    x = np.linspace(0.18, 0.995, 700)
    doyle = (
        4.19829
        + 0.0565661 * np.tanh(8.60942 - 14.5546 * x)
        - 0.0275479 * ((0.998432 - x) ** -0.492465 - 1.90111)
        - 0.157123 * np.exp(-0.04738 * x**8)
        + 0.810239 * np.exp(-40 * (x - 0.133875))
    )
    assert np.abs(shipped("LiMn2O4").potential((x - 0.18) / 0.815) - doyle).max() < 2e-3


def test_snnx_and_lithium() -> None:
    assert shipped("SnNx").potential([0.0, 0.5, 1.0]) == pytest.approx([1.0, 0.55, 0.1], abs=1e-12)
    assert shipped("Li").potential(np.linspace(0, 1, 5)) == pytest.approx(np.zeros(5))


def test_titania_stand_ins_have_the_mean_they_claim() -> None:
    s = (np.arange(2000) + 0.5) / 2000
    assert shipped("TiO2").potential(s).mean() == pytest.approx(1.78, abs=1e-3)
    assert 1.65 <= shipped("Cl-TiO2").potential(s).mean() <= 1.75


def test_every_shipped_curve_falls_and_is_finite() -> None:
    curves = {m.name: m.open_circuit for m in load_library() if m.open_circuit is not None}
    assert len(curves) >= 9
    for name, found in curves.items():
        potential = found.potential(np.linspace(0.0, 1.0, 4001), 298.15)
        assert np.all(np.isfinite(potential)), name
        assert name == "Li" or np.diff(potential).max() < 0, name


@pytest.mark.parametrize("shape", [(), (7,), (3, 4)])
def test_shape_is_kept(shape: tuple[int, ...]) -> None:
    for name in ("LiCoO2", "LiCoO2-Danilov2011", "LiV2O5", "Si", "Li"):
        assert shipped(name).potential(np.full(shape, 0.3)).shape == shape


def test_rational_and_polynomial_against_numpy() -> None:
    x = np.linspace(0.2, 0.9, 11)
    top, bottom = [4.0, -1.0, 0.2, -0.1], [1.0, 0.3, 0.05]
    s = (x - 0.2) / 0.7
    expected = np.polyval(top[::-1], x) / np.polyval(bottom[::-1], x)
    found = curve("rational", {"numerator": top, "denominator": bottom}, (0.2, 0.9)).potential(s)
    assert found == pytest.approx(expected, rel=1e-12)
    found = curve("polynomial", {"coefficients": top}, (0.2, 0.9)).potential(s)
    assert found == pytest.approx(np.polyval(top[::-1], x), rel=1e-12)


def test_equal_after_pickling() -> None:
    for name in ("LiCoO2", "LiCoO2-Danilov2011", "LiV2O5"):
        copy = pickle.loads(pickle.dumps(shipped(name)))
        assert copy == shipped(name)
        assert float(copy.potential(0.4)) == float(shipped(name).potential(0.4))


@pytest.mark.parametrize(
    ("form", "parameters", "window", "words"),
    [
        ("linear", {"intercept": 1.0}, (0, 1), "lacks 'slope'"),
        ("linear", {"intercept": 1.0, "slope": -1, "slop": 2}, (0, 1), "knows no 'slop'"),
        ("constant", {"potential": "1 V"}, (0, 1), "must be a finite number"),
        ("constant", {"potential": True}, (0, 1), "must be a finite number"),
        ("polynomial", {"coefficients": []}, (0, 1), "must be a list of numbers"),
        ("polynomial", {"coefficients": [1, math.nan]}, (0, 1), "must be a finite number"),
        ("pchip", {"x": [0, 1], "potential": [2.0]}, (0, 1), "2 numbers and potential 1"),
        ("pchip", {"x": [0, 0, 1], "potential": [3, 2, 1]}, (0, 1), "must increase"),
        ("steps", {"potential": 3, "steps": [{"height": 1, "width": 1}]}, (0, 1), "height, position, width"),
        (
            "steps",
            {"potential": 3, "steps": [{"height": 1, "position": 0, "width": 0}]},
            (0, 1),
            "more than 0",
        ),
        ("steps", {"potential": 3, "nernst": 1}, (0, 1.1), "within 0 to 1"),
        ("linear", {"intercept": 1.0, "slope": -1}, (1, 1), "two different numbers"),
        ("linear", {"intercept": 1.0, "slope": -1}, (1, 0), "rises by"),
        ("rational", {"numerator": [1.0], "denominator": [-0.5, 1.0]}, (0, 1), "not finite"),
    ],
)
def test_faulty_curves_are_refused(
    form: Any, parameters: dict[str, Any], window: tuple[float, float], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        curve(form, parameters, window)
