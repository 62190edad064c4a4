"""`evaluate_many`: many designs at once are what each of them is by itself."""

import math
from itertools import cycle
from random import Random
from typing import Any

import numpy as np
import pytest

from tests import batches
from tests.kinds import CELLS, RELIEFS, design
from tests.random_designs import random_design
from tests.shipped import PEARSE
from tfgeom import evaluate, evaluate_many, load_design
from tfgeom.batch import outputs
from tfgeom.constants import GAS_CONSTANT
from tfgeom.design import Design, design_from_mapping, read_mapping, set_path
from tfgeom.errors import DesignError, TfgeomError
from tfgeom.materials.library import resolve_materials
from tfgeom.rows import is_rows
from tfgeom.units import OHM_CM2, UAH_PER_CM2

PAIRS = [(relief, cell) for cell, relief in zip(cycle(CELLS), RELIEFS, strict=False)]
COVERAGES: dict[str, Any] = {"": None, "a number": 0.8, "points": [["0.5 um", 0.95], ["3 um", 0.85]]}


def covered(mapping: dict[str, Any], coverage: Any) -> dict[str, Any]:
    for layer in mapping.get("layers", ()):
        if coverage is not None and "fill" not in layer:
            layer["step_coverage"] = coverage
    return mapping


@pytest.mark.parametrize(("relief", "cell"), PAIRS)
def test_a_batch_is_what_each_row_is_by_itself(relief: str, cell: str) -> None:
    mapping = design(relief, cell)
    table = batches.varied(mapping, Random(7), 2, 0.04)
    if table:
        assert batches.differences(mapping, table) == []


@pytest.mark.slow
@pytest.mark.parametrize("coverage", COVERAGES)
@pytest.mark.parametrize("cell", CELLS)
def test_a_batch_is_what_each_row_is_by_itself_under_every_coverage(cell: str, coverage: str) -> None:
    first = (list(CELLS).index(cell) + list(COVERAGES).index(coverage)) % 3
    over(list(RELIEFS)[first::3], cell, coverage)


@pytest.mark.campaign
@pytest.mark.parametrize("coverage", COVERAGES)
@pytest.mark.parametrize("cell", CELLS)
def test_a_batch_is_what_each_row_is_by_itself_over_all(cell: str, coverage: str) -> None:
    over(list(RELIEFS), cell, coverage)


def over(reliefs: list[str], cell: str, coverage: str) -> None:
    for relief in reliefs:
        mapping = covered(design(relief, cell), COVERAGES[coverage])
        table = batches.varied(mapping, Random(relief), 2, 0.04)
        if table:
            assert batches.differences(mapping, table) == [], relief


def random_differences(seeds: range) -> tuple[list[str], int]:
    """Where batches of four that vary random designs differ from their rows; and how many rows there were."""
    wrong, rows = [], 0
    for seed in seeds:
        mapping = random_design(seed)
        mapping.pop("published", None)  # claims are no numbers of the design
        try:
            design_from_mapping(mapping)
        except TfgeomError:
            continue
        table = batches.varied(mapping, Random(seed), 4, 0.3)
        if table:
            wrong += [f"seed {seed}: {line}" for line in batches.differences(mapping, table)]
            rows += 4
    return wrong, rows


def test_random_designs_fail_and_succeed_as_they_do_by_themselves() -> None:
    wrong, rows = random_differences(range(3))
    assert wrong == []
    assert rows > 4


@pytest.mark.campaign
def test_a_thousand_random_designs_are_what_they_are_by_themselves() -> None:
    wrong, rows = random_differences(range(300))
    assert wrong == []
    assert rows >= 1000


@pytest.mark.parametrize("coverage", COVERAGES.values(), ids=COVERAGES)
def test_constants_of_materials_are_columns(coverage: Any) -> None:
    mapping = covered(design("pillars", "conformal"), coverage)
    found = design_from_mapping(mapping)
    rng = Random(3)
    table: dict[str, list[Any]] = {}
    for name, material in resolve_materials([one.material for one in found.layers], {}).items():
        for key, known in material.properties.items():
            if key != "reference_temperature" and not key.startswith("two_phase"):
                table[f"materials.{name}.{key}"] = [known.text.split(" (")[0]] * 2
                number, unit = known.text.split(" (")[0].partition(" ")[::2]
                table[f"materials.{name}.{key}"] = [
                    f"{float(number.rstrip('%')) * rng.uniform(0.9, 1.0)!r} {unit}".strip()
                    + ("%" if number.endswith("%") else "")
                    for _ in range(2)
                ]
    table["operation.temperature"] = ["0 degC", "40 degC"]
    assert len(table) > 15
    assert batches.differences(mapping, table) == []


def test_what_is_discrete_parts_the_rows() -> None:
    mapping = design("pillars", "conformal")
    table: dict[str, list[Any]] = {
        "relief.lattice": ["square", "hexagonal", "square", "hexagonal"],
        "layers.electrolyte.material": ["Li2PO2N", "Li2PO2N", "LiPON", "LiPON"],
        "layers.cathode.step_coverage": [1.0, 0.9, 0.8, 1.0],
        "relief.height": ["3 um", "4 um", "5 um", "6 um"],
    }
    assert batches.differences(mapping, table) == []


def test_kinds_of_relief_stand_in_one_table() -> None:
    reliefs = [RELIEFS["pillars"], RELIEFS["trenches"], {**RELIEFS["trenches"], "kind": "pillar"}]
    found = evaluate_many(pearse(), {"relief": reliefs}, ["area_gain", "asr_ohm_cm2"])
    for row, relief in enumerate(reliefs[:2]):
        mapping = {**read_mapping(PEARSE)[0], "relief": relief, "chosen": {}}
        single = evaluate(design_from_mapping(mapping))
        assert single.resistance is not None
        assert found["area_gain"][row] == pytest.approx(single.geometry.area_gain, rel=1e-9)
        assert found["asr_ohm_cm2"][row] == pytest.approx(single.resistance.asr_ohm_cm2, rel=1e-9)
    assert found["reason"][:2].tolist() == ["", ""]
    assert "pillars" in found["reason"][2]


def test_sizes_in_other_words_are_read() -> None:
    mapping = design("pillars", "conformal")
    table = {"relief.radius": ["900 nm", "1.1 um"], "relief.spacing": ["2 um", "2.5 um"]}
    assert batches.differences(mapping, table) == []


def pearse() -> Design:
    return load_design(PEARSE)


def test_numbers_in_si_are_what_text_says() -> None:
    said = {"relief.depth": ["20 um", "30 um"], "layers.cathode.thickness": ["70 nm", "0.1 um"]}
    numbers: dict[str, Any] = {
        "relief.depth": np.array([20e-6, 30e-6]),
        "layers.cathode.thickness": [70e-9, 1e-7],
    }
    wanted = ["footprint_capacity_uAh_cm2", "asr_ohm_cm2"]
    one, other = (evaluate_many(pearse(), table, wanted) for table in (said, numbers))
    for name in wanted:
        assert one[name] == pytest.approx(other[name], rel=1e-14)


def test_a_row_that_fails_loses_no_other_and_says_why() -> None:
    table = {
        "relief.diameter": ["3 um", "7 um", "300 nm", "3 um", "3 parsecs", "3 um"],
        "layers.cathode.thickness": ["70 nm", "70 nm", "70 nm", "70 nm", "70 nm", "-1 nm"],
    }
    found = evaluate_many(pearse(), table, ["footprint_capacity_uAh_cm2"])
    numbers, reasons = found["footprint_capacity_uAh_cm2"], found["reason"]
    assert np.isnan(numbers).tolist() == [False, True, True, False, True, True]
    assert numbers[0] == numbers[3] == evaluate(pearse()).capacity.footprint_capacity_uAh_cm2  # type: ignore[union-attr]
    assert reasons[0] == reasons[3] == ""
    assert "does not fit pitch 6 um" in reasons[1]
    assert "the films close" in reasons[2]
    assert "parsecs" in reasons[4]
    assert "greater than 0" in reasons[5]


def test_many_rows_that_fail_are_told_in_general() -> None:
    table = {"relief.diameter": [f"{6 + share / 100} um" for share in range(50)]}
    found = evaluate_many(pearse(), table, ["area_gain"], own_words=2)
    assert "does not fit pitch 6 um" in found["reason"][0]
    assert found["reason"][49] == "relief.diameter: does not fit the pitch"


def test_nothing_usable_is_the_reason_of_its_row() -> None:
    table = {"operation.voltage.min": ["0.5 V", "3.4 V"], "operation.voltage.max": ["3.5 V", "3.5 V"]}
    assert batches.differences(pearse_mapping(), table) == []
    found = evaluate_many(pearse(), table, ["footprint_capacity_uAh_cm2"])
    assert "outside what the cell has at rest" in found["reason"][1] or not found["reason"][1]


def pearse_mapping() -> dict[str, Any]:
    return design("holes", "conformal")


def test_words_are_columns_too() -> None:
    table = {"layers.anode.thickness": ["1 nm", "40 nm"], "layers.cathode.thickness": ["100 nm", "10 nm"]}
    found = evaluate_many(pearse(), table, ["limiting_electrode", "reach_limited_by"])
    assert len(set(found["limiting_electrode"])) == 2
    assert set(found["reach_limited_by"]) == {"opening"}


def test_only_what_is_asked_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("nobody asked for this")

    for name in ("closed_model", "losses_beside", "energy_numbers", "beside_planes", "evaluate_cell"):
        monkeypatch.setattr(outputs, name, never, raising=False)
    found = evaluate_many(pearse(), {"relief.depth": ["20 um", "30 um"]}, ["footprint_capacity_uAh_cm2"])
    assert (found["footprint_capacity_uAh_cm2"] > 0).all()


def test_the_best_plane_of_each_row_is_that_of_the_row_alone() -> None:
    depths = ["30 um", "3 mm", "12 um"]
    asked = [
        "rate_summary.beats_best_plane_mA_cm2",
        "beats_best_plane_above_mA_cm2",
        "rate.10C.planar_best.cathode_thickness_um",
    ]
    found = evaluate_many(pearse(), {"relief.depth": depths}, [*asked, "area_gain"])
    for row in (0, 2):
        one = set_path(set_path(pearse_mapping(), "relief.depth", depths[row]), "operation.c_rates", [10])
        single = evaluate(design_from_mapping(one))
        assert single.rate_summary is not None
        assert single.rate is not None
        assert single.rate[0].planar_best is not None
        beats = single.rate_summary.beats_best_plane_mA_cm2
        assert beats
        assert np.allclose(found[asked[0]][row], beats, rtol=1e-9, atol=0)
        assert found[asked[1]][row] == pytest.approx(
            single.rate_summary.beats_best_plane_above_mA_cm2, rel=1e-9
        )
        assert found[asked[2]][row] == pytest.approx(
            single.rate[0].planar_best.cathode_thickness_um, rel=1e-9
        )
    assert "thinner than the relief" in found["reason"][1]
    assert found[asked[0]][1] is None


@pytest.mark.parametrize(
    ("table", "wanted", "said"),
    [
        ({"relief.pich": ["4 um"]}, ["area_gain"], "did you mean 'pitch'"),
        ({"relief.pitch": ["4 um"]}, ["area_gian"], "did you mean"),
        ({"relief.pitch": ["4 um"]}, ["layers.cathod.volume_um3"], "did you mean cathode"),
        ({"relief.pitch": ["4 um"]}, ["active"], "give the whole path"),
        ({"relief.pitch": ["4 um"], "relief.depth": ["3 um", "4 um"]}, ["area_gain"], "unequal length"),
        ({}, ["area_gain"], "has no rows"),
        ({"relief.pitch": "4 um"}, ["area_gain"], "needs a list of values"),
        ({"relief.pitch": 4e-6}, ["area_gain"], "needs a list of values"),
        ({"relief.pitch": np.full((2, 2), 4e-6)}, ["area_gain"], "2 dimensions"),
        ({5: ["4 um"]}, ["area_gain"], "is no path"),
        (["4 um"], ["area_gain"], "must map paths to values"),
        ({"relief.pitch": ["4 um"]}, "area_gain", "list of names"),
        ({"relief.pitch": ["4 um"]}, ["rate.0C.utilisation"], "above 0"),
        ({"relief.pitch": ["4 um"]}, ["rate.1.2.3C.utilisation"], "no such number"),
        ({"tolerance.relief.pitch": ["5 nm"]}, ["area_gain"], "write that section into it first"),
    ],
)
def test_what_does_not_exist_is_refused(table: Any, wanted: Any, said: str) -> None:
    with pytest.raises(DesignError, match=said):
        evaluate_many(pearse(), table, wanted)


def test_values_that_are_no_sizes_are_told_as_they_were_given() -> None:
    sizes = [-4e-6, math.nan, True, np.int64(4), 6e-6]
    found = evaluate_many(pearse(), {"relief.pitch": sizes}, ["area_gain"])
    said = ["not -4 um", "nan", "not True", "4 m is outside", ""]
    assert all(word in reason for word, reason in zip(said, found["reason"], strict=True))
    assert np.isfinite(found["area_gain"]).tolist() == [False] * 4 + [True]


def test_rows_that_share_what_is_impossible_say_what_it_is() -> None:
    found = evaluate_many(pearse(), {"relief.pitch": ["1 um"] * 2}, ["area_gain"], own_words=0)
    assert all("3 um does not fit pitch 1 um" in reason for reason in found["reason"])


def test_columns_of_pandas_are_taken_in_their_order() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"relief.pitch": ["9 um", "6 um", "5 um"]}).iloc[1:]
    found = evaluate_many(pearse(), frame, ["area_gain"])
    assert found["area_gain"].tolist() == pytest.approx([1 + math.pi * 3 * 30 / (36 * math.sqrt(0.75)),
                                                         1 + math.pi * 3 * 30 / (25 * math.sqrt(0.75))])  # fmt: skip


def test_depth_and_width_go_by_the_names_of_each_kind() -> None:
    table: dict[str, Any] = {
        "relief.depth": ["10 um", "10 um", "20 um", "10 um"],
        "relief.diameter": np.array([2e-6, 2e-6, 1e-6, 2e-6]),
        "relief.kind": ["pillars", "holes", "trenches", "planar"],
    }
    found = evaluate_many(pearse(), table, ["area_gain"])
    walls = math.pi * 2 * 10 / (36 * math.sqrt(0.75))
    assert found["area_gain"][:3].tolist() == pytest.approx([1 + walls, 1 + walls, 1 + 2 * 20 / 6])
    assert "'relief' has no 'depth'" in found["reason"][3]


def test_gradients_by_columns_are_those_of_autograd_on_the_plane() -> None:
    autograd, math = pytest.importorskip("autograd"), pytest.importorskip("autograd.numpy")
    plane = design_from_mapping(design("planar", "conformal"))
    layers = {layer.name: layer for layer in plane.layers}
    known = resolve_materials([one.material for one in plane.layers], {})
    held = known[layers["cathode"].material].properties["volumetric_capacity"].value
    electrolyte = known[layers["electrolyte"].material].properties
    keys = ("ionic_conductivity", "activation_energy", "reference_temperature")
    sigma, energy, reference = (electrolyte[key].value for key in keys)

    def capacity(x: Any) -> Any:
        return x[0] * held / UAH_PER_CM2

    def resistance(x: Any) -> Any:
        inverse = math.exp(energy / GAS_CONSTANT * (1 / x[2] - 1 / reference))
        return x[1] / sigma * inverse / OHM_CM2

    paths = ("layers.cathode.thickness", "layers.electrolyte.thickness", "operation.temperature")
    point = np.array([layers["cathode"].thickness, layers["electrolyte"].thickness, 310.0])
    steps = 1e-5 * point
    rows = [point + sign * steps * unit for unit in np.eye(3) for sign in (1, -1)]
    table = {path: [row[place] for row in rows] for place, path in enumerate(paths)}
    wanted = {"cathode_uAh_cm2": capacity, "asr_by_part_ohm_cm2.electrolyte": resistance}
    found = evaluate_many(plane, table, list(wanted))
    for name, closed in wanted.items():
        exact = autograd.grad(closed)(point) * point
        central = (found[name][0::2] - found[name][1::2]) / 2e-5
        assert central == pytest.approx(exact, rel=1e-6, abs=1e-6 * abs(exact).max())


def test_single_designs_carry_plain_floats() -> None:
    found = evaluate(pearse())
    assert not any(is_rows(value) for value in (found.geometry.area_gain, found.resistance.asr_ohm_cm2))  # type: ignore[union-attr]
    assert type(found.capacity.footprint_capacity_uAh_cm2) is float  # type: ignore[union-attr]
