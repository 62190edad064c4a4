"""Electrodes of BPX files, against their formulas integrated by scipy."""

import re
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.constants import physical_constants
from scipy.integrate import quad
from scipy.interpolate import PchipInterpolator

from tests.bpx_files import GRAPHITE, LFP, LFP_OCP, POSITIVE, write_bpx
from tests.curve_designs import designed, evaluated, mean_voltage, write_design
from tfgeom import dump_design, evaluate, load_design
from tfgeom.design import design_sha256
from tfgeom.errors import DesignError

FARADAY = physical_constants["Faraday constant"][0]
WHOLE = "    bpx: cell.json\n    electrode: positive\n    density: 3.6 g/cm^3\n"
LIMITS = (2.0, 3.65)


def lfp(x: float) -> float:
    return float(
        3.41285712
        - 1.49721852e-2 * x
        + 3.54866018e14 * np.exp(-395.729493 * x)
        - 1.45998465 * np.exp(-110.108622 * (1 - x))
    )


def refused(folder: Path, constants: str = WHOLE, curve: str = "", **keys: Any) -> str:
    with pytest.raises(DesignError) as error:
        evaluated(folder, curve, constants=constants, **keys)
    assert len(error.value.issues) == 1, error.value
    return str(error.value)


def constants_of(found: Any) -> dict[str, Any]:
    return {row.property: row for row in found.provenance if row.material == "Mine"}


def test_a_whole_electrode(tmp_path: Path) -> None:
    write_bpx(tmp_path)
    found = evaluated(tmp_path, "", constants=WHOLE, limits=(2.0, 5.0))
    assert found.capacity is not None
    by_hand = 21200 * FARADAY * (0.95038 - 0.0875) * 1e-6 / 36
    assert by_hand == pytest.approx(49.028, abs=1e-3)
    assert found.capacity.cathode_uAh_cm2 == pytest.approx(by_hand, rel=1e-9)
    mean = quad(lfp, 0.0875, 0.95038, limit=500, points=[0.09, 0.1, 0.9])[0] / (0.95038 - 0.0875)
    assert mean_voltage(found) == pytest.approx(mean, abs=2e-5)
    rows = constants_of(found)
    half = (0.0875 + 0.95038) / 2
    assert rows["diffusivity"].value == pytest.approx(6.873e-13)  # cm2/s
    assert rows["electronic_conductivity"].value == pytest.approx(0.8e-2)  # S/cm
    exchange = FARADAY * 9.736e-07 * np.sqrt(half * (1 - half)) / 10  # mA/cm2
    assert rows["exchange_current"].value == pytest.approx(exchange)
    for key in ("open_circuit", "volumetric_capacity", "diffusivity"):
        assert rows[key].source == "BPX file cell.json, positive electrode (An LFP|graphite cell)", key
    energies = designed(tmp_path, "", constants=WHOLE).materials["Mine"]
    assert energies.diffusivity.activation_energy.value == pytest.approx(80000)  # type: ignore[attr-defined]
    assert energies.exchange_current.activation_energy.value == pytest.approx(35000)  # type: ignore[attr-defined]


def test_within_voltage_limits(tmp_path: Path) -> None:
    """The upper limit of 3.65 V cuts the first of the lithium off."""
    write_bpx(tmp_path)
    found = evaluated(tmp_path, "", constants=WHOLE, limits=LIMITS)
    x = np.linspace(0.0875, 0.95038, 2_000_001)
    inside = np.array([lfp(0.0875), lfp(0.95038)])
    assert inside[0] > LIMITS[1] > LIMITS[0]
    usable = x[np.argmax([lfp(one) <= LIMITS[1] for one in x[:5000]])]
    assert found.capacity is not None
    expected = 21200 * FARADAY * (0.95038 - usable) * 1e-6 / 36
    assert found.capacity.footprint_capacity_uAh_cm2 == pytest.approx(expected, rel=1e-5)
    mean = quad(lfp, usable, 0.95038, limit=500, points=[0.1, 0.9])[0] / (0.95038 - usable)
    assert mean == pytest.approx(3.4057, abs=1e-4)
    assert mean_voltage(found) == pytest.approx(mean, abs=2e-5)


def test_what_the_design_states_goes_before_the_file(tmp_path: Path) -> None:
    write_bpx(tmp_path)
    found = evaluated(tmp_path, "", constants=WHOLE + "    diffusivity: 1e-12 cm^2/s\n")
    assert constants_of(found)["diffusivity"].value == pytest.approx(1e-12)
    assert constants_of(found)["diffusivity"].source == "design file"


def test_a_film_less_dense_holds_less(tmp_path: Path) -> None:
    write_bpx(tmp_path)
    dense, loose = (
        evaluated(tmp_path, "", constants=WHOLE + more) for more in ("", "    film_fraction: 0.8\n")
    )
    assert dense.capacity is not None
    assert loose.capacity is not None
    assert loose.capacity.cathode_uAh_cm2 == pytest.approx(0.8 * (dense.capacity.cathode_uAh_cm2 or 0))


def test_the_curve_alone(tmp_path: Path) -> None:
    write_bpx(tmp_path)
    by_file = evaluated(tmp_path, "{bpx: cell.json, electrode: positive}")
    pasted = evaluated(
        tmp_path,
        f'{{form: expression, parameters: {{expression: "{LFP_OCP}"}}, window: [0.0875, 0.95038]}}',
    )
    assert mean_voltage(by_file) == mean_voltage(pasted)
    narrower = evaluated(tmp_path, "{bpx: cell.json, electrode: positive, window: [0.2, 0.8]}")
    assert mean_voltage(narrower) == pytest.approx(quad(lfp, 0.2, 0.8)[0] / 0.6, abs=1e-6)


def test_a_table_and_a_function_of_the_negative_electrode(tmp_path: Path) -> None:
    write_bpx(tmp_path)
    negative = WHOLE.replace("positive", "negative") + "    lithiation: 0\n"
    found = evaluated(tmp_path, "", constants=negative, role="anode", limits=(2.5, 4.2))
    rows = constants_of(found)
    half = (0.0016261 + 0.82258) / 2
    row = rows["diffusivity"]
    assert row.value == pytest.approx(9.6e-11 * (1.5 - half))
    assert (row.low, row.high) == pytest.approx((9.6e-11 * (1.5 - 0.82258), 9.6e-11 * (1.5 - 0.0016261)))
    curve = designed(tmp_path, "", constants=negative, role="anode").materials["Mine"].open_circuit
    assert curve is not None
    assert curve.parameters == {"x": GRAPHITE["OCP [V]"]["x"], "potential": GRAPHITE["OCP [V]"]["y"]}
    alone = evaluated(tmp_path, "", constants=negative, role="cathode", limits=(0.001, 2.0))
    table = PchipInterpolator(*GRAPHITE["OCP [V]"].values())
    by_hand = table.integrate(0.0016261, 0.82258) / (0.82258 - 0.0016261)
    assert mean_voltage(alone) == pytest.approx(by_hand, abs=2e-5)


@pytest.mark.parametrize("version", ["0.1.0", "0.4", 0.3, "1.0.0", "1.1.0", 1.0, 1, "1"])
def test_versions_that_are_read(tmp_path: Path, version: object) -> None:
    write_bpx(tmp_path, (("Header", "BPX"), version))
    assert designed(tmp_path, "", constants=WHOLE).materials["Mine"].open_circuit is not None


def test_a_particle_of_a_blend(tmp_path: Path) -> None:
    blend = {
        "Thickness [m]": 5e-5,
        "Conductivity [S.m-1]": 0.8,
        "Particle": {"Large": LFP, "Small": {**LFP, "Maximum concentration [mol.m-3]": 10600}},
    }
    write_bpx(tmp_path, (POSITIVE, blend))
    assert "is blended; name one of its particles, 'particle: ...': 'Large', 'Small'" in refused(tmp_path)
    found = evaluated(tmp_path, "", constants=f"{WHOLE}    particle: Small\n", limits=(2, 5))
    assert found.capacity is not None
    assert found.capacity.cathode_uAh_cm2 == pytest.approx(49.028 / 2, abs=1e-3)
    assert "has no particle 'Tiny'" in refused(tmp_path, WHOLE + "    particle: Tiny\n")


def test_another_chemistry_than_the_name_says(tmp_path: Path) -> None:
    """The library knows LiCoO2 near 3.9 V, the file's electrode is at 3.4 V."""
    write_bpx(tmp_path)
    file = write_design(tmp_path, "", constants=WHOLE)
    text = file.read_text()
    file.write_text(text.replace("Mine", "LiCoO2"))
    with pytest.raises(
        DesignError, match=r"bpx: 'cell.json' is of another chemistry than LiCoO2: .* 3\.4.* V .* 3\.\d+ V"
    ):
        load_design(file)
    file.write_text(text.replace("Mine", "LiFePO4"))
    assert load_design(file).materials["LiFePO4"].open_circuit is not None


def test_a_design_stands_without_the_file(tmp_path: Path) -> None:
    file = write_bpx(tmp_path)
    first = designed(tmp_path, "", constants=WHOLE)
    copy = tmp_path / "copy.yaml"
    copy.write_text(dump_design(first), encoding="utf-8")
    file.unlink()
    second = load_design(copy)
    assert second == first
    assert design_sha256(second) == design_sha256(first)
    assert evaluate(second).to_dict() == evaluate(first).to_dict()
    write_bpx(tmp_path, ((*POSITIVE, "Maximum concentration [mol.m-3]"), 21201))
    assert design_sha256(load_design(tmp_path / "design.yaml")) != design_sha256(first)


MIN, MAX = (*POSITIVE, "Minimum stoichiometry"), (*POSITIVE, "Maximum stoichiometry")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ([(("Header", "BPX"), "2.0.0")], r"is of BPX version '2\.0\.0'; read are versions 0\.x and 1\.x"),
        ([(("Header", "BPX"), "new")], "is of BPX version 'new'"),
        ([(("Header", "BPX"), None)], "does not say its BPX version in 'Header'"),
        (
            [(("Parameterisation", "Cell", "Reference temperature [K]"), 25)],
            r"'cell\.json': Cell: 'Reference temperature \[K\]' must be 100 to 2000, not 25",
        ),
        ([(("Header",), None)], "is no BPX file: it has no 'Header'"),
        ([(("Parameterisation",), None)], "has no 'Parameterisation'"),
        ([(POSITIVE, None)], r"electrode: 'cell\.json' has no 'Positive electrode'; it has 'Cell', 'Negative electrode'"),
        ([(("Header", "Title"), "A sodium-ion cell of hard carbon")], "of another chemistry: its header says 'sodium'"),
        ([((*POSITIVE, "OCP [V]"), None)], r"Positive electrode: 'OCP \[V\]' is missing; it has 'Thickness"),
        ([((*POSITIVE, "Maximum concentration [mol.m-3]"), "21200")], r"must be a number, not '21200'"),
        ([((*POSITIVE, "Maximum concentration [mol.m-3]"), -1)], "must be more than 0, not -1"),
        ([(MIN, 0.96)], "0.96 must be less than 'Maximum stoichiometry' 0.95038"),
        ([(MAX, 95)], "must be 0 to 1, not 95"),
        ([((*POSITIVE, "OCP [V]"), "__import__('os').system('true')")], "is no function that is read"),
        ([((*POSITIVE, "OCP [V]"), "9**9**9 - x")], "not finite everywhere"),
        ([((*POSITIVE, "OCP [V]"), "(" * 300 + "x" + ")" * 300)], "nested"),
        ([((*POSITIVE, "OCP [V]"), "x + " * 100_000 + "x")], "has 400001 characters; at most 10000"),
        ([((*POSITIVE, "OCP [V]"), "3 + x")], "rises"),
        ([((*POSITIVE, "OCP [V]"), {"x": [0, 1], "y": [4, 3, 2]})], "of as many numbers"),
        ([((*POSITIVE, "OCP [V]"), {"x": [0, 0.5], "y": [4, 3]})], r"x runs from 0 to 0\.5, the window from 0\.0875 to 0\.95038"),
        ([((*POSITIVE, "OCP [V]"), {"x": [1, 0], "y": [3, 4]})], "a table whose x rises"),
        ([((*POSITIVE, "OCP [V]"), True)], "must be a number, not True"),
        ([((*POSITIVE, "Diffusivity [m2.s-1]"), "1e-14 * (x - 0.5)")], "must be finite and more than 0"),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_wrong_with_a_file(tmp_path: Path, changes: list[Any], words: str) -> None:
    write_bpx(tmp_path, *changes)
    begun = time.monotonic()
    message = refused(tmp_path)
    assert time.monotonic() - begun < 2
    assert re.search(words, message), message
    assert re.match(r".*design\.yaml:\d+:\d+: materials\.Mine", message), message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", r"line 1, column 2: is not JSON"),
        (b"[1, 2]", "holds a list or a value"),
        (b'{"Header": NaN}', "NaN is no number of JSON"),
        (b"[" * 100_000, "is not JSON that can be read"),
        (b" " * 1_000_001, "larger than 1 MB"),
        ("{\"Title\": \"Zelle f\u00fcr\"}".encode("cp1252"), "Windows-1252"),
    ],
    ids=["cut off", "list", "nan", "deep", "large", "encoding"],
)  # fmt: skip
def test_what_is_no_bpx_file(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "cell.json").write_bytes(content)
    message = refused(tmp_path)
    assert re.search(words, message), message
    assert "materials.Mine.bpx: 'cell.json'" in message


@pytest.mark.parametrize(
    ("constants", "words"),
    [
        ("    bpx: cell.json\n", "bpx: needs the electrode beside it: 'electrode: positive'"),
        ("    bpx: cell.json\n    electrode: cathode\n", "electrode: 'cathode' is no electrode of a BPX file; allowed: positive"),
        ("    bpx: cells.json\n    electrode: positive\n", "bpx: no such file as 'cells.json'"),
        ("    electrode: positive\n", "electrode: unknown key"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_design(tmp_path: Path, constants: str, words: str) -> None:
    write_bpx(tmp_path)
    assert words in refused(tmp_path, constants)
