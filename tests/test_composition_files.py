"""Diffusivity and exchange current over the composition, from CSV files: as the same table in the design."""

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.kinds import design
from tfgeom.design import Design, design_from_mapping, design_json_schema
from tfgeom.errors import DesignError

X, D = [0.5, 0.7, 0.95], ["1e-10 cm^2/s", "3e-11 cm^2/s", "4e-12 cm^2/s"]


def stated(folder: Path, **constants: Any) -> Design:
    mapping = copy.deepcopy(design("planar", "lithium anode"))
    mapping["materials"] = {**mapping.get("materials", {}), "LiCoO2": constants}
    return design_from_mapping(mapping, folder=folder)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("x,D (cm2/s)\n0.5,1e-10\n0.7,3e-11\n0.95,4e-12\n", {}),
        ("filled_fraction,D_cm2_s\n0.95,4e-12\n0.7,3e-11\n0.5,1e-10\n", {}),
        ("\ufeffx [%];diffusion coefficient [m^2/s]\n50;1e-14\n70;3e-15\n95;4e-16\n", {}),
        ("E (V),state,GITT (cm^2/s)\n3.9,0.5,1e-10\n3.8,0.7,3e-11\n3.7,0.95,4e-12\n", {"x": "state", "D": 3}),
        ("x; D / cm2 s-1\n0,5; 1e-10\n0,7; 3e-11\n0,95; 4e-12\n", {}),
    ],
)  # fmt: skip
def test_a_file_is_the_table_it_holds(tmp_path: Path, text: str, columns: dict[str, Any]) -> None:
    (tmp_path / "d.csv").write_text(text, encoding="utf-8")
    given = {"file": "d.csv", **columns, "note": "GITT"}
    found = stated(tmp_path, diffusivity=given).materials["LiCoO2"]
    listed = stated(
        tmp_path, diffusivity={"table": {"x": X, "D": D}, "source": "d.csv", "note": "GITT"}
    ).materials["LiCoO2"]
    ours, theirs = found.model_dump()["diffusivity"], listed.model_dump()["diffusivity"]
    assert ours["table"]["x"] == pytest.approx(theirs["table"]["x"], rel=1e-15)
    assert ours["table"]["D"] == pytest.approx(theirs["table"]["D"], rel=1e-15)
    assert {**ours, "table": 0} == {**theirs, "table": 0}


def test_an_exchange_current_likewise(tmp_path: Path) -> None:
    (tmp_path / "k.csv").write_text("x,i0 (mA/cm^2)\n0.5,0.1\n0.95,0.02\n")
    found = stated(tmp_path, exchange_current={"file": "k.csv"}).materials["LiCoO2"]
    assert found.model_dump()["exchange_current"]["table"]["i0"] == pytest.approx([1.0, 0.2])


@pytest.mark.parametrize(
    ("text", "more", "told"),
    [
        ("x,D\n0,1e-10\n1,2e-10\n", {}, "diffusivity.file: 'd.csv': column 'D' has no unit; write that of"),
        ("x,D (V)\n0,1e-10\n1,2e-10\n", {}, "column 'D (V)' is in 'V'"),
        ("a,b (cm2/s)\n0,1e-10\n1,2e-10\n", {}, "x is no column that is known by its header of 'a'"),
        ("x,D (cm2/s)\n0,1e-10\n1,word\n", {}, "'word'"),
        ("x,D (cm2/s)\n0,1e-10\n0,2e-10\n", {}, "x must rise from point to point"),
        ("x,D (cm2/s)\n0,1e-10\n1,-2e-10\n", {}, "materials.LiCoO2.diffusivity.table.D"),
        ("x,D (cm2/s)\n0,1e-10\n1,2e-10\n", {"D": 7}, "diffusivity.D: 'd.csv' has 2 columns, not a column 7"),
        ("x,D (cm2/s)\n0,1e-10\n1,2e-10\n", {"file": "none.csv"}, "no such file as 'none.csv'"),
        ("x,D (cm2/s)\n0,1e-10\n1,2e-10\n", {"table": {}}, "stands beside 'file'"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, text: str, more: dict[str, Any], told: str) -> None:
    (tmp_path / "d.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DesignError) as caught:
        stated(tmp_path, diffusivity={"file": "d.csv", **more})
    assert told in str(caught.value)


def test_the_json_schema_knows_the_file() -> None:
    mapping = copy.deepcopy(design("planar", "lithium anode"))
    given: dict[str, Any] = {"file": "d.csv", "x": 1, "D": "D (cm2/s)"}
    mapping["materials"] = {**mapping.get("materials", {}), "LiCoO2": {"diffusivity": given}}
    jsonschema.validate(mapping, json.loads(design_json_schema()))
    given["y"] = 3
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(mapping, json.loads(design_json_schema()))
