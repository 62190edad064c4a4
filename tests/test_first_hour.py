"""What a newcomer meets: a first design, its schema in the editor, files given for another kind, stdin."""

import io
import json
import sys
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from tests.commands import Captured, run
from tests.design_texts import VALID
from tfgeom import evaluate, load_design
from tfgeom.design import KINDS, SCHEMA_FILE
from tfgeom.design.loading import design_from_mapping
from tfgeom.materials.library import load_library

SWEEP = "base: design.yaml\nvary:\n  relief.pitch: [4 um, 5 um]\nmethod: grid\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("kind", ["", *KINDS])
def test_a_new_design_evaluates_and_its_editor_finds_the_schema(
    kind: str, here: Path, capsys: Captured
) -> None:
    assert run("new", *filter(None, [kind]), "-o", "sub.yaml") == 0
    assert capsys.readouterr() == ("", "")
    first = Path("sub.yaml").read_text().splitlines()[0]
    assert first == f"# yaml-language-server: $schema={SCHEMA_FILE}"
    schema = json.loads(Path(SCHEMA_FILE).read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(YAML(typ="safe").load(Path("sub.yaml")), schema)
    found = evaluate(load_design("sub.yaml"))
    assert found.geometry.kind == (kind or "pillars")
    # nothing that a newcomer looks for first is null
    assert found.capacity is not None
    assert found.energy is not None
    assert found.resistance is not None
    assert found.rate
    assert found.capacity.footprint_capacity_uAh_cm2 > 0
    assert found.energy.footprint_energy_mWh_cm2
    assert found.resistance.asr_ohm_cm2
    assert run("check", "sub.yaml") == 0
    assert capsys.readouterr().out.startswith("sub.yaml: ok\n")


def test_somebody_elses_schema_stays_and_ours_is_renewed(here: Path) -> None:
    schema = Path(SCHEMA_FILE)
    for content, kept in (
        ("{}", True),
        ("no json", True),
        ('{"title": "tfgeom design", "$defs": {}}', False),
    ):
        schema.write_text(content)
        assert run("new", "holes", "-o", "x.yaml", "--force") == 0
        assert (schema.read_text() == content) is kept


def test_the_schema_offers_the_library_and_takes_a_design_s_own(here: Path, capsys: Captured) -> None:
    assert run("schema") == 0
    schema = json.loads(capsys.readouterr().out)
    offered = schema["$defs"]["Layer"]["properties"]["material"]["anyOf"][0]["enum"]
    assert offered == list(load_library().names())
    mapping = YAML(typ="safe").load(VALID)
    for name, fits in (("LiCoO2", True), ("MyOwnOxide", True), ("", False), (3, False)):
        mapping["layers"][1]["material"] = name
        assert jsonschema.Draft202012Validator(schema).is_valid(mapping) is fits, name


def test_standard_input_is_a_design(here: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    def give(text: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))

    give(VALID.encode())
    assert run("check", "-") == 0
    assert capsys.readouterr().out.splitlines()[0] == "-: ok"
    give(VALID.replace("thickness: 40 nm", "thickness: 40").encode())
    assert run("check", "-") == 2
    assert capsys.readouterr().err.startswith("<stdin>:")
    give(VALID.encode())
    assert run("evaluate", "-", "--json") == 0
    mine = json.loads(capsys.readouterr().out)
    assert mine["design_sha256"] == evaluate(design_from_mapping(YAML(typ="safe").load(VALID))).design_sha256
    give(b"")
    assert run("evaluate", "-") == 2
    assert "is empty" in capsys.readouterr().err
    monkeypatch.setattr(sys, "stdin", None)
    assert run("evaluate", "-") == 2
    assert capsys.readouterr().err == "<stdin>: standard input is closed; give the name of a file\n"


def test_a_file_of_another_kind_is_recognised(here: Path, capsys: Captured) -> None:
    Path("design.yaml").write_text(VALID)
    Path("sweep.yaml").write_text(SWEEP)
    assert run("evaluate", "design.yaml", "--json") == 0
    Path("result.json").write_text(capsys.readouterr().out)
    assert run("compare", "design.yaml", "--json") == 0
    Path("comparison.json").write_text(capsys.readouterr().out)
    assert run("mesh", "design.yaml", "-o", "mesh.stl") == 0
    capsys.readouterr()
    expected = {
        "sweep.yaml": "sweep.yaml:1:1: is a sweep, not a design: 'tfgeom sweep sweep.yaml' computes it; "
        "a design that it changes is design.yaml",
        "result.json": "result.json:1:1: holds numbers of a design ('Pillars'), not the design; give the YAML file "
        "they were computed from",
        "comparison.json": "comparison.json:1:1: holds the numbers of a comparison, not a design; give the YAML "
        "files that were compared",
        "mesh.stl": "mesh.stl: is a mesh that tfgeom wrote, not a design; give the YAML file it was made of",
    }
    for file, message in expected.items():
        for command in ("check", "evaluate", "report"):
            assert run(command, file) == 2
            assert capsys.readouterr() == ("", f"{message}\n".replace("'Pillars'", f"'{_name()}'")), file
    assert run("sweep", "design.yaml") == 2
    assert capsys.readouterr().err == (
        "design.yaml:1:1: is a design, not a sweep: 'tfgeom evaluate design.yaml' computes it; a sweep names it "
        "under 'base'\n"
    )
    assert sorted(path.name for path in here.iterdir()) == [
        "comparison.json", "design.yaml", "mesh.stl", "mesh.stl.json", "result.json", "sweep.yaml",
    ]  # fmt: skip


def _name() -> str:
    return str(YAML(typ="safe").load(VALID)["name"])


def test_check_prints_what_evaluate_notes(here: Path, capsys: Captured) -> None:
    Path("design.yaml").write_text(VALID)
    assert run("check", "design.yaml") == 0
    out = capsys.readouterr().out
    notes = evaluate(load_design("design.yaml")).notes
    assert notes
    assert out.splitlines() == ["design.yaml: ok", *(f"design.yaml: note: {note}" for note in notes)]


@pytest.mark.parametrize("of", [(), ("materials",)])
def test_the_list_of_commands_cuts_no_sentence(
    of: tuple[str, ...], capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert run(*of, "-h") == 0
    out = capsys.readouterr().out
    assert "Commands:" in out
    listed = out.split("Commands:")[1].strip().splitlines()
    assert len(listed) >= 2
    assert [line for line in listed if not line.endswith(".") or line.endswith("...")] == []
