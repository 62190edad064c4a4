"""A trace given beside a design: what is wrong with it is told at its own line and column, by its own name."""

from pathlib import Path

import pytest

from tests.commands import run
from tests.shipped import DESIGNS
from tfgeom.design import load_with_trace
from tfgeom.errors import DesignError

BEACON = DESIGNS / "raijmakers_2020_beacon.yaml"


@pytest.mark.parametrize(
    ("text", "place", "told"),
    [
        ("time_s,current_uA\n0,1\n2,1\n1,2\n", ":4:1", "'time_s' 1 is earlier than the row before"),
        ("time_s,current_uA\n0,1\n\n# c\n2,1\n2,2\n", ":6:1", "'time_s' 2 has the time of the row before"),
        ("time_s,current_uA\n0,1\n2, nan\n3,2\n", ":3:4", "column 'current_uA': 'nan' is no number"),
        ("time_s current_uA\n0 1\n  2   x\n3 2\n", ":3:7", "column 'current_uA': 'x' is no number"),
        ("time_s,current_uA\n0,1\n2\n3,2\n", ":3:", ""),
        ("a note\ntime_s,I\n0,1\n1,2\n", ":2:8", "column 'I' has no unit; write the unit into its header"),
        ("time_s,current (V)\n0,1\n1,2\n", ":1:8", "is in 'V'; a current, or a current per area is needed"),
        ("duration_s,current_uA\n1,1\n-2,1\n", ":1:1", "the time is no column that is known by its header"),
        ("time_s,current_uA\n0,1\n-2,1\n", ":3:1", "'time_s' -2 is earlier than the row before"),
        ("time_s,current_uA\n0,1\n2,1\nend of block\n4,1\n", ":4:1", "is no row of numbers: 'end of block'"),
        ("\ufefftime [ms];current [mA]\n0;0,05\n5;x\n9;0\n", ":3:3", "'x' is no number"),
        ("time_ms,current_mA\n0,0,05\n5,0,00005\n", ":2:1", "with a decimal comma, part the columns by semicolons"),
        ("0,1\n1,2\n", ":1:1", "'load: {trace: "),
        ("time_s,current_uA\n0,1\n", ":2", "has one row"),
        ("", "", "is empty"),
        ("time_s,current_uA\n", "", "holds no two columns of numbers"),
        ("time_s,current_uA\n0,-1\n1,2\n", "", "draws -1e-06 C over its period: draws are positive"),
        ("time_s,current_uA_cm2\n0,1\n1,2\n", "", "is per area, and the load is the whole chip's"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_where_it_stands(tmp_path: Path, text: str, place: str, told: str) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DesignError) as caught:
        load_with_trace(BEACON, file)
    (said,) = str(caught.value).splitlines()
    assert said.startswith(f"{file}{place}")
    assert told in said


def test_bytes_that_are_no_text_are_told_where_they_stand(tmp_path: Path) -> None:
    file = tmp_path / "latin.csv"
    file.write_bytes(b"time_s,current_\xb5A\n0,1\n1,2\n")
    with pytest.raises(DesignError, match=r"latin.csv:1:16: is not a text file.*Windows-1252"):
        load_with_trace(BEACON, file)


def test_the_command_names_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bad.csv"
    file.write_text("time_s,current_uA\n0,1\n2,1\n1,2\n")
    assert run("load", BEACON, file) == 2
    assert capsys.readouterr().err.startswith(f"{file}:4:1: 'time_s' 1 is earlier than the row before; ")


def test_what_the_design_says_of_the_file_is_told_in_the_design(tmp_path: Path) -> None:
    file, other = tmp_path / "node.csv", tmp_path / "design.yaml"
    file.write_text("time_s,current_uA\n0,1\n2,1\n")
    lines = BEACON.read_text(encoding="utf-8").splitlines()
    at = next(place for place, line in enumerate(lines) if line.startswith("load: "))
    for stated, told in (("time: clock", "has no column 'clock'"), ("average: 2 V", "a time is needed")):
        lines[at] = f"load: {{trace: node.csv, {stated}}}"
        other.write_text("\n".join(lines), encoding="utf-8")
        with pytest.raises(DesignError) as caught:
            load_with_trace(other, file)
        key = stated.partition(":")[0]
        assert str(caught.value).startswith(f"{other}:{at + 1}:")
        assert f"load.{key}: " in str(caught.value)
        assert told in str(caught.value)
