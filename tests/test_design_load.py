"""The keys ``load`` and ``operation.protocol``: what is read, what is refused and how it is mended."""

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from tests.design_texts import mapping_in
from tests.kinds import design
from tfgeom.design import Design, design_from_mapping, design_json_schema, design_sha256, dump_design
from tfgeom.errors import DesignError

CHIP = {"width": "16 mm", "length": "21 mm"}
PULSE = {"current": "50 uA", "duration": "5 ms", "every": "10 s"}
BEACON = {"sleep": "50 nA", "pulse": PULSE}
CC_CV = [
    {"c_rate": 1, "until": "0.6 V"},
    {"rest": "1 h"},
    {"current": "-0.1 mA/cm^2", "until": {"voltage": "3.4 V", "time": "3 h"}},
    {"voltage": "3.4 V", "until": {"current": "C/20", "time": "5 h"}},
    {"repeat": [{"power": "1 mW/cm^2", "until": "50 %"}, {"c_rate": -2, "until": "10 uAh/cm^2"}], "times": 3, "until": {"charge": "80 %"}},
]  # fmt: skip


def loaded(load: Any = None, protocol: Any = None, folder: Path | None = None, **more: Any) -> Design:
    mapping = design("planar", "conformal", **copy.deepcopy(more))
    if load is not None:
        mapping["load"] = copy.deepcopy(load)
    if protocol is not None:
        mapping["operation"]["protocol"] = copy.deepcopy(protocol)
    return design_from_mapping(mapping, folder=folder)


def steps_of(load: Any) -> list[tuple[float, float]]:
    found = loaded(load, chip=CHIP).load
    assert found is not None
    return list(zip(found.period.seconds.tolist(), found.period.values.tolist(), strict=True))


def test_pulses_add_to_the_sleep_and_to_each_other() -> None:
    first, second = steps_of(BEACON)
    assert first == pytest.approx((0.005, 50.05e-6))
    assert second == pytest.approx((9.995, 50e-9))
    both = {"sleep": "1 uA", "pulse": [PULSE, {"current": "10 uA", "duration": "1 ms", "every": "2500 ms"}]}
    expected = [(0.001, 61e-6), (0.004, 51e-6), (2.495, 1e-6), *[(0.001, 11e-6), (2.499, 1e-6)] * 3]
    assert np.allclose(steps_of(both), expected, rtol=1e-12, atol=0)
    assert steps_of({"sleep": "1 uA"}) == [(3600, 1e-6)]
    power = {"sleep": "3 uW", "pulse": {"power": "10 mW", "duration": "1 us", "every": "1 s"}}
    assert steps_of(power)[0] == pytest.approx((1e-6, 10.003e-3))


@pytest.mark.parametrize(
    ("load", "told"),
    [
        ({**BEACON, "per": "footprint"}, "load.sleep: is a whole current, and 'per: footprint' needs one per area"),
        ({"sleep": "1 uA/cm^2"}, "load.sleep: is per area, and the load is the whole chip's"),
        ({"sleep": "3 uW", "pulse": PULSE}, "load.pulse: is a current and 'sleep' a power"),
        ({"sleep": "-3 uA"}, "load.sleep: must be 0 or more"),
        ({"sleep": "0 uA"}, "load.sleep: is 0 without a pulse"),
        ({"sleep": "3"}, "load.sleep: needs a unit"),
        ({"sleep": "3 V"}, "load.sleep: must be a current or a power"),
        ({"pulse": PULSE}, "load.sleep: is missing"),
        ({"sleep": "1 nA", "pulse": {**PULSE, "duration": "10 s"}}, "load.pulse.duration: 10 s is not shorter than"),
        ({"sleep": "1 nA", "pulse": {**PULSE, "duration": "0 s"}}, "load.pulse.duration: must be greater than 0"),
        ({"sleep": "1 nA", "pulse": {**PULSE, "power": "1 mW"}}, "load.pulse.power: stands beside 'current'"),
        ({"sleep": "1 nA", "pulse": [PULSE, {**PULSE, "every": "7.0003 s"}, {**PULSE, "every": "3.1 s"}]}, "multiples of each other"),
        ({**BEACON, "trace": {"seconds": [1], "current_A": [1]}}, "load.sleep: stands beside 'trace'"),
        ({**BEACON, "time": "t"}, "load.time: names a column of a trace, and there is none"),
        ({**BEACON, "bypass_capacitor": "1 uF/cm^2"}, "load.bypass_capacitor: is for a footprint"),
        ({**BEACON, "brown_out_voltage": "0.3 V"}, "load.brown_out_voltage: 0.3 V is outside the voltage limits"),
        ({"trace": {"seconds": [1, -1], "current_A": [1, 2]}}, "load.trace: has a step of -1 s"),
        ({"trace": {"seconds": [1, 1], "current_uA": [1, -2]}}, "load.trace: draws -1e-06 C over its period"),
        ({"trace": {"seconds": [1, 1], "current": [1, 2]}}, "names no current or power with its unit"),
        ({"trace": "none.csv"}, "load.trace: no such file as 'none.csv'"),
        ({"trace": 3}, "load.trace: must be the name of a CSV file"),
        ({"trace": "none.csv", "average": "2 V"}, "load.average: "),
    ],
)  # fmt: skip
def test_what_is_no_load_is_refused(load: Any, told: str) -> None:
    with pytest.raises(DesignError) as caught:
        loaded(load, chip=CHIP)
    assert told in str(caught.value)


def test_a_load_of_the_chip_needs_one() -> None:
    with pytest.raises(DesignError, match=r"load: is what the whole chip gives.*per: footprint"):
        loaded(BEACON)
    assert loaded({"sleep": "0.1 uA/cm^2", "per": "footprint"}).load is not None


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ([], "is empty"),
        ("x", "must be a list of steps"),
        ([{}], "a step holds one of current, c_rate, power, voltage, rest; give one"),
        ([{"c_rate": 1, "rest": "1 h"}], "not 2; remove one"),
        ([{"c_rate": 1}], "until: is missing: nothing ends the step"),
        ([{"c_rate": 0, "until": "1 h"}], "c_rate: is 0: nothing passes"),
        ([{"rest": "-1 h"}], "rest: must be greater than 0"),
        ([{"voltage": "3 V", "until": "3 V"}], "until: the voltage is held"),
        ([{"c_rate": 1, "until": "C/20"}], "until: the current is held"),
        ([{"voltage": "9 V", "until": "C/20"}], "voltage: 9 V is outside the voltage limits"),
        ([{"c_rate": 1, "until": "0.1 V"}], "until: 0.1 V is outside the voltage limits"),
        ([{"repeat": [{"rest": "1 h"}]}], "times: is missing: without it this may never end"),
        ([{"repeat": [{"rest": "1 h"}], "times": 10_000}, {"repeat": [{"rest": "1 h"}] * 3, "times": 9_000}], "makes 37,000 steps"),
        ([{"repeat": [{"rest": "1 h"}], "times": 2, "until": "3 V"}], "until: of a repetition is a charge"),
    ],
)  # fmt: skip
def test_what_cannot_start_or_end_is_refused(steps: Any, told: str) -> None:
    with pytest.raises(DesignError) as caught:
        loaded(protocol=steps)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    "more",
    [
        {"load": BEACON, "chip": CHIP},
        {"load": {**BEACON, "brown_out_voltage": "2 V", "bypass_capacitor": "10 uF"}, "chip": CHIP},
        {"load": {"sleep": "3 uW/cm^2", "per": "footprint"}},
        {"load": {"trace": {"seconds": [0.005, 9.995], "current_uA": [50, 0.05]}}, "chip": CHIP},
        {"protocol": CC_CV},
    ],
)
def test_what_is_written_is_read_back(more: dict[str, Any]) -> None:
    found = loaded(**more)
    text = dump_design(found)
    again = design_from_mapping(mapping_in(text))
    assert again == found
    assert design_sha256(again) == design_sha256(found)
    jsonschema.Draft202012Validator(json.loads(design_json_schema())).validate(mapping_in(text))


def test_a_design_carries_its_trace(tmp_path: Path) -> None:
    """The file is read once: hash and written design hold the steps, and nobody needs the file again."""
    file = tmp_path / "node.csv"
    file.write_text("time_ms,current_uA\n0,50\n5,0.05\n10000,0\n")
    found = loaded({"trace": "node.csv"}, folder=tmp_path, chip=CHIP)
    before = design_sha256(found)
    file.write_text("time_ms,current_uA\n0,51\n5,0.05\n10000,0\n")
    assert design_sha256(loaded({"trace": "node.csv"}, folder=tmp_path, chip=CHIP)) != before
    file.unlink()
    again = design_from_mapping(mapping_in(dump_design(found)))
    assert again == found
    assert design_sha256(again) == before


def test_a_long_trace_is_written_and_read_back(tmp_path: Path) -> None:
    values = np.random.default_rng(2).uniform(0, 1, 5000)
    rows = "".join(f"{place},{one!r}\n" for place, one in enumerate([*values.tolist(), 0]))
    (tmp_path / "node.csv").write_text(f"time_ms,current_uA\n{rows}")
    found = loaded({"trace": "node.csv"}, folder=tmp_path, chip=CHIP)
    written = tmp_path / "written.yaml"
    written.write_text(dump_design(found))
    from tfgeom.design import load_design

    assert load_design(written) == found
