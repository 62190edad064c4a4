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


LADDER = (0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
NO = None
PUBLISHED = {  # V at the coordinates of LADDER; Dualfoil's coordinate is 1.062 times the lithium content
    "LiCoO2-Ramadass": (NO, NO, 4.2350, 4.0814, 3.9831, 3.9135, 3.8535, 3.7882),
    "LiCoO2-Dualfoil": (NO, NO, 4.1860, 4.0270, 3.9391, 3.9129, 3.9062, 3.7211),
    "LiMn2O4": (NO, 4.1183, 4.1040, 4.0434, 3.9920, 3.9774, 3.9539, 3.9195),
    "LiMn2O4-Fuller": (NO, 4.1314, 4.1228, 4.0478, 3.9953, 3.9675, 3.9099, 3.8361),
    "LiFePO4": (3.4057, 3.4016, 3.3976, 3.3955, 3.3934, 3.3893, 3.3446, 3.1876),
    "LiFePO4-Gerver": (3.4137, 3.4084, 3.4054, 3.4039, 3.4024, 3.4009, 3.3994, 3.3927),
    "NMC532": (4.1945, 3.9625, 3.8148, 3.7711, 3.7404, 3.7082, 3.6504, 3.5978),
    "NMC111": (NO, NO, 4.1068, 3.9130, 3.7949, 3.7408, 3.6872, 3.6361),
    "NMC811": (NO, 4.2054, 3.9720, 3.8245, 3.7304, 3.6491, 3.5682, 3.5278),
    "graphite-Ramadass": (0.2338, 0.1363, 0.1215, 0.1113, 0.0986, 0.0835, 0.0664, 0.0570),
    "graphite": (0.4065, 0.1630, 0.1331, 0.1188, 0.0922, 0.0920, 0.0920, 0.0920),
    "Si-Chen2020": (0.3762, 0.2520, 0.1910, 0.1615, 0.1228, 0.0825, 0.0643, 0.0591),
    "Si": (0.4768, 0.3721, 0.3138, 0.2748, 0.2360, 0.2049, 0.1788, 0.1604),
    "LiNi0.5Mn1.5O4": (4.7309, 4.7248, 4.6806, 4.6742, 4.6681, 4.6589, 4.1264, NO),
}


@pytest.mark.parametrize(
    ("name", "x", "volts"),
    [(name, x, v) for name, row in PUBLISHED.items() for x, v in zip(LADDER, row, strict=True) if v],
)
def test_published_values_over_the_coordinate(name: str, x: float, volts: float) -> None:
    found = shipped(name)
    empty, full = found.window
    at = 1.062 * x if name == "LiCoO2-Dualfoil" else x
    assert float(found.potential((at - empty) / (full - empty))) == pytest.approx(volts, abs=1e-4)


def test_windows_hold_the_valid_range_only() -> None:
    valid = {
        "LiCoO2-Ramadass": (0.43, 0.999), "LiCoO2-Dualfoil": (1.062 * 0.45, 1.062 * 0.98 + 1e-9),
        "LiCoO2": (0.45, 1.0), "LiCoO2-Rieger": (0.4, 1.0), "LiMn2O4": (0.18, 0.995),
        "LiMn2O4-Fuller": (0.18, 0.995), "LiFePO4-Gerver": (0.08, 0.99), "NMC532": (0.1, 0.99),
        "NMC111": (0.424, 0.962), "NMC811": (0.2, 0.95), "graphite": (0.01, 0.95),
        "graphite-Ramadass": (0.02, 0.98), "Si-Chen2020": (0.005, 0.995),
    }  # fmt: skip
    for name, (low, high) in valid.items():
        window = shipped(name).window
        assert low <= min(window) < max(window) <= high, name


@pytest.mark.parametrize(
    ("x", "volts"), [(0.5252849, 4.119222), (0.6430563, 3.973422), (0.9305197, 3.853003)]
)
def test_rieger_table_between_the_points_it_keeps(x: float, volts: float) -> None:
    found = shipped("LiCoO2-Rieger")
    assert float(found.potential((x - 0.5) / 0.4989)) == pytest.approx(volts, abs=1e-3)


def test_raijmakers_table() -> None:
    found = shipped("LiCoO2-Raijmakers2020")
    for x, volts in ((0.51, 4.19), (0.8, 3.91), (0.95, 3.865), (1.0, 3.0)):
        assert float(found.potential((x - 0.51) / 0.49)) == pytest.approx(volts, abs=1e-9)


def test_stand_ins_are_flagged_and_near_what_they_stand_for() -> None:
    means = {
        "LiV2O5": 3.3, "V2O5": 3.3, "V2O5-2Li": 2.79, "V2O5-amorphous": 2.7, "VO2": 2.5, "MoO3": 2.3,
        "MoOx": 0.8, "TiNb2O7": 1.64, "SnNx": 0.55, "TiO2": 1.78, "LiMn2O4-2Li": 3.45,
    }  # fmt: skip
    s = (np.arange(2000) + 0.5) / 2000
    for name, mean in means.items():
        found = shipped(name)
        assert found.potential(s).mean() == pytest.approx(mean, abs=5e-3), name
        assert found.confidence == "memory", name
        assert "stand-in" in found.note, name
    levels = shipped("V2O5-2Li").potential(np.array([0.125, 0.375, 0.75]))
    assert levels == pytest.approx([3.4, 3.2, 2.3], abs=0.02)
    assert "stand-in" in shipped("Li4Ti5O12").note
    assert shipped("Li4Ti5O12").potential(s).mean() == pytest.approx(1.55, abs=1e-3)


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
    assert len(curves) >= 35
    for name, found in curves.items():
        potential = found.potential(np.linspace(0.0, 1.0, 4001), 298.15)
        assert np.all(np.isfinite(potential)), name
        assert name == "Li" or np.diff(potential).max() < 0, name


@pytest.mark.parametrize("shape", [(), (7,), (3, 4)])
def test_shape_is_kept(shape: tuple[int, ...]) -> None:
    for name in ("LiCoO2", "LiCoO2-Danilov2011", "LiV2O5", "Si", "Li", "graphite"):
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


def test_sum_of_terms_against_the_formula_written_out() -> None:
    terms = [
        {"function": "tanh", "amplitude": 0.3, "factor": -8.0, "offset": 4.0},
        {"function": "exp", "amplitude": -0.2, "factor": -2.0, "power": 3},
        {"function": "power", "amplitude": 0.05, "factor": -1.0, "offset": 1.1, "exponent": -0.5},
    ]
    x = np.linspace(0.2, 0.9, 11)
    expected = 2 - x + 0.3 * np.tanh(4 - 8 * x) - 0.2 * np.exp(-2 * x**3) + 0.05 / np.sqrt(1.1 - x)
    found = curve("sum", {"coefficients": [2.0, -1.0], "terms": terms}, (0.2, 0.9))
    assert found.potential((x - 0.2) / 0.7) == pytest.approx(expected, rel=1e-12)
    plain = curve("sum", {"coefficients": [2.0, -1.0]})
    assert plain.potential(x) == pytest.approx(2 - x, rel=1e-12)


def test_equal_after_pickling() -> None:
    for name in ("LiCoO2", "LiCoO2-Danilov2011", "LiV2O5", "graphite"):
        copy = pickle.loads(pickle.dumps(shipped(name)))
        assert copy == shipped(name)
        assert float(copy.potential(0.4)) == float(shipped(name).potential(0.4))


@pytest.mark.parametrize(
    ("form", "parameters", "window", "words"),
    [
        ("linear", {"intercept": 1.0}, (0, 1), "lacks 'slope'"),
        ("linear", {"intercept": 1.0, "slope": -1, "slop": 2}, (0, 1), "knows no 'slop'"),
        ("constant", {"potential": "1 V"}, (0, 1), "must be a number from -1e9 to 1e9"),
        ("constant", {"potential": True}, (0, 1), "must be a number from -1e9 to 1e9"),
        ("polynomial", {"coefficients": []}, (0, 1), "must be a list of numbers"),
        ("polynomial", {"coefficients": [1, math.nan]}, (0, 1), "must be a number from -1e9 to 1e9"),
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
        ("sum", {"terms": []}, (0, 1), "lacks 'coefficients'"),
        ("sum", {"coefficients": [1], "terms": 3}, (0, 1), "must be a list"),
        ("sum", {"coefficients": [1], "terms": [{"amplitude": 1, "factor": 1}]}, (0, 1), "takes a function"),
        ("sum", {"coefficients": [1], "terms": [{"function": "sin"}]}, (0, 1), "takes a function, tanh"),
        ("sum", {"coefficients": [1], "terms": [{"function": "exp", "factor": 1}]}, (0, 1), "'amplitude'"),
        (
            "sum",
            {"coefficients": [1], "terms": [{"function": "power", "amplitude": 1, "factor": 1}]},
            (0, 1),
            "lacks 'exponent'",
        ),
        (
            "sum",
            {
                "coefficients": [1],
                "terms": [{"function": "tanh", "amplitude": 1, "factor": 1, "exponent": 2}],
            },
            (0, 1),
            "knows no 'exponent'",
        ),
        (
            "sum",
            {"coefficients": [1], "terms": [{"function": "exp", "amplitude": "1 V", "factor": 1}]},
            (0, 1),
            "must be a number from",
        ),
        (
            "sum",
            {
                "coefficients": [1],
                "terms": [{"function": "power", "amplitude": 1, "factor": 1, "exponent": -1}],
            },
            (0, 1),
            "not finite",
        ),
        ("rational", {"numerator": [1.0], "denominator": [-0.5, 1.0]}, (0, 1), "not finite"),
    ],
)
def test_faulty_curves_are_refused(
    form: Any, parameters: dict[str, Any], window: tuple[float, float], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        curve(form, parameters, window)
