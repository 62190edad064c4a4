"""Measurements in: which kind a file holds, its units, and one clear message for what cannot be."""

from pathlib import Path

import numpy as np
import pytest

from tfgeom.errors import DesignError
from tfgeom.fitting.measured import Group, Measured
from tfgeom.fitting.reading import Expected, read_measured

CELL = Expected((3.0, 4.2), 360.0)
same = pytest.approx


def read(folder: Path, text: str, kind: str | None = None, rate: Group | None = None) -> Measured:
    file = folder / "x.csv"
    file.write_text(text, encoding="utf-8")
    return read_measured(file, CELL, kind, rate)


@pytest.mark.parametrize(
    ("text", "rates", "values"),
    [
        ("c_rate,capacity_uAh_cm2\n1,10\n5,8\n", [1, 5], [360, 288]),
        ("C-rate;Capacity (mAh/cm2)\n1;0,010\n5;0,008\n", [1, 5], [360, 288]),
        ("Rate (C)\tutilisation_%\n1\t95\n5\t80\n", [1, 5], [0.95, 0.8]),
        ("c_rate,retention\n1,1\n5,0.8\n", [1, 5], [1, 0.8]),
        ("C-rate,,discharge capacity [µA·h/cm²]\n1,,10\n5,,8\n", [1, 5], [360, 288]),
        ("cycle,c_rate,capacity_uAh_cm2\n1,1,10\n2,1,9\n3,5,8\n", [1, 5], [360, 324, 288]),
    ],
)
def test_rates(tmp_path: Path, text: str, rates: list[float], values: list[float]) -> None:
    found = read(tmp_path, text)
    assert found.form == "rate"
    assert [one.c_rate for one in found.groups] == rates
    assert found.values == same(values)
    assert found.of_group[-1] == len(rates) - 1


def test_footprint_currents(tmp_path: Path) -> None:
    found = read(tmp_path, "current_uA_cm2,capacity_uAh_cm2\n100,9\n1000,7\n")
    assert [one.current for one in found.groups] == same([1, 10])
    assert [one.label for one in found.groups] == ["0.1 mA/cm^2", "1 mA/cm^2"]


def test_curves_by_capacity_and_by_time(tmp_path: Path) -> None:
    by_charge = read(tmp_path, "Q (uAh/cm2),Ewe/V,c_rate\n0,4.1,1\n5,3.9,1\n0,4.0,10\n4,3.7,10\n")
    assert by_charge.form == "curves"
    assert by_charge.charge == same([0, 180, 0, 144])
    assert by_charge.of_group.tolist() == [0, 0, 1, 1]
    text = "time_h,voltage_mV,current_mA_cm2\n0,4100,0.1\n1,3900,0.1\n0,4000,1\n0.1,3700,1\n"
    by_time = read(tmp_path, text)
    assert by_time.form == "curves"
    assert by_time.time == same([0, 3600, 0, 360])
    assert by_time.values == same([4.1, 3.9, 4.0, 3.7])
    alone = read(tmp_path, "time_s,voltage_V\n0,4.1\n60,3.9\n", rate=Group("2C", c_rate=2))
    assert alone.groups == (Group("2C", c_rate=2),)


def test_pulses_are_parted_and_their_ripple_is_gone(tmp_path: Path) -> None:
    rows = ["0,0,3.9", "10,0.001,3.9", "11,1.001,3.8", "20,0.999,3.79", "21,0,3.88", "60,0,3.89", "61,1,3.8"]
    found = read(tmp_path, "time_s,current_mA_cm2,voltage_V\n" + "\n".join(rows))
    assert found.form == "pulses"
    assert found.current == same([0, 0, 10, 10, 0, 0, 10])
    assert [one.label for one in found.groups] == ["pulse 1", "pulse 2"]
    assert found.of_group.tolist() == [0, 0, 0, 0, 0, 0, 1]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("c_rate,capacity_uAh_cm2\n1,9\n2,nan\n", None, "line 3: column 'capacity_uAh_cm2': 'nan' is not a number"),
        ("c_rate,capacity_uAh_cm2\n1,10\n2,\n", None, "line 3: column 'capacity_uAh_cm2': has no number"),
        ("c_rate,capacity_uAh_cm2\n1,10\n-2,9\n", None, "line 3: column 'c_rate': -2 is no discharge"),
        ("c_rate,capacity_uAh_cm2\n1,-10\n2,9\n", None, "line 2: column 'capacity_uAh_cm2': -10 is below 0"),
        ("c_rate,capacity_mAh_cm2\n1,10\n2,9.9\n", None, "is over 100 times the 10 uAh/cm2 that the design holds"),
        ("c_rate,capacity_mAh/g\n1,120\n2,99\n", None, "is in 'mAh/g'; a capacity per area of footprint is needed"),
        ("c_rate,capacity_mAh\n1,0.1\n2,0.09\n", None, "is in 'mAh'; a capacity per area"),
        ("current_mA,capacity_uAh_cm2\n1,10\n2,9\n", None, "is in 'mA'; a current per area of footprint is needed"),
        ("c_rate,capacity\n1,10\n2,9\n", None, "column 'capacity' has no unit; write it into its header"),
        ("c_rate,utilisation\n1,95\n2,80\n", None, "in percent, write the unit into the header: 'utilisation_%'"),
        ("c_rate,capacity_uAh_cm2,utilisation\n1,9,.9\n2,8,.8\n", None, "keep the one that was measured"),
        ("c_rate,current_mA_cm2,capacity_uAh_cm2\n1,1,9\n2,2,8\n", None, "they may contradict each other"),
        ("x,y\n1,2\n3,4\n", None, "holds no measurements that are known"),
        ("c_rate,capacity_uAh_cm2\n1,10\n2,9\n", "pulses", "--kind pulses needs columns of time"),
        ("c_rate,capacity_uAh_cm2\n1,10\n2,9\n", "rates", "did you mean 'rate'?"),
        ("capacity_uAh_cm2,voltage_V,c_rate\n0,4100,1\n1,4000,1\n", None, "outside the limits of the design"),
        ("capacity_uAh_cm2,voltage_V,c_rate\n1,4.1,1\n0.5,4.0,1\n", None, "line 3: column 'capacity_uAh_cm2': 0.5 is"),
        ("capacity_uAh_cm2,voltage_V\n0,4.1\n0.5,4.0\n", None, "or --at 1C"),
        ("time_s,current_mA_cm2,voltage_V\n0,0,4\n5,1,4\n3,0,4\n", "pulses", "line 4: column 'time_s': 3 is earlier"),
        ("voltage_V,potential_V,c_rate,q_uAh_cm2\n4,4,1,1\n4,4,1,2\n", None, "could both be the voltage"),
        ("", None, "holds no two columns of numbers"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_once_with_its_place(
    tmp_path: Path, text: str, kind: str | None, words: str
) -> None:
    with pytest.raises(DesignError) as raised:
        read(tmp_path, text, kind)
    message = str(raised.value)
    assert words in message
    assert "\n" not in message
    assert message.startswith((f"{tmp_path / 'x.csv'}: ", "--kind"))


def test_another_encoding_and_no_file(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes("c_rate,capacity (µAh/cm²)\n1,2\n3,4\n".encode("latin-1"))
    with pytest.raises(DesignError, match="looks like Windows-1252"):
        read_measured(file, CELL)
    with pytest.raises(DesignError, match="no such file"):
        read_measured(tmp_path / "y.csv", CELL)


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    found = read(tmp_path, "# a cell\n\nc_rate,capacity_uAh_cm2\n1,10\n\n2,9\n")
    assert np.array_equal(found.lines, [4, 6])
