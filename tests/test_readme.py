"""What the README prints works as printed: its designs, its sweep, its commands and their options."""

import re
from pathlib import Path

import pytest
import typer.main

from tests.bpx_files import write_bpx
from tests.commands import Captured, run
from tests.shipped import ROOT
from tfgeom import evaluate, load_design
from tfgeom.cli.application import app
from tfgeom.design import design_from_mapping
from tfgeom.source import parse_source

TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


def commands() -> list[str]:
    """Return every command between backticks, line breaks and the bars of tables mended."""
    inline = re.findall(r"`(tfgeom [^`]+)`", TEXT.replace("\\|", "|"))
    return [" ".join(one.split()) for one in inline]


def test_the_commands_are_all_there() -> None:
    said = {re.split(r"[ ,]", one)[1] for one in commands()}
    assert said == set(COMMANDS)


@pytest.mark.parametrize("command", commands())
def test_every_option_is_one(command: str) -> None:
    name = command.split()[1]
    known = {option for one in COMMANDS[name].params for option in one.opts}
    for sub in getattr(COMMANDS[name], "commands", {}).values():
        known |= {option for one in sub.params for option in one.opts}
    assert set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", command)) <= known | {"-h", "--help"}


def test_every_option_is_told_or_in_the_help(capsys: Captured) -> None:
    for name in COMMANDS:
        assert run(name, "--help") == 0
        assert f"Usage: tfgeom {name}" in capsys.readouterr().out


def test_the_design_is_the_one_that_is_shipped() -> None:
    (text,) = (block for block in blocks("yaml") if "schema_version" in block)
    printed = design_from_mapping(parse_source(text, "README.md").root)
    shipped = load_design(ROOT / "designs" / "pearse_2018_holes_30um.yaml")
    assert printed.relief == shipped.relief
    assert [layer.material for layer in printed.layers] == [layer.material for layer in shipped.layers]


def test_the_searches_run_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    file = tmp_path / "asked.yaml"
    (best,) = (block for block in blocks("yaml") if "objectives:" in block)
    (target,) = (block for block in blocks("yaml") if "target:" in block)
    file.write_text(best)
    assert run("optimize", file, "-o", tmp_path / "out", "--trials", 64) == 0
    file.write_text(target)
    assert run("optimize", file, "-o", tmp_path / "found.yaml") == 0


def test_the_sweep_runs_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    (text,) = (block for block in blocks("yaml") if "vary:" in block and "objectives:" not in block)
    file = tmp_path / "sweep.yaml"
    file.write_text(text)
    monkeypatch.chdir(ROOT)
    assert run("sweep", file, "-o", tmp_path / "out") == 0
    assert capsys.readouterr().out.endswith("21 points, 0 failed\n")


def test_every_file_it_names_is_there() -> None:
    named = re.findall(r"\]\(([^):]+)\)", TEXT) + re.findall(r"\b(designs/\w+\.yaml)", TEXT)
    assert named
    for name in named:
        assert name == "designs/x.yaml" or (ROOT / name).exists(), name


def test_every_design_of_a_command_is_there() -> None:
    for name in re.findall(r"\(`(\w+_\w+)`\)", TEXT):
        assert (ROOT / "designs" / f"{name}.yaml").exists(), name


@pytest.mark.slow
def test_the_python_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    (text,) = blocks("python")
    monkeypatch.chdir(ROOT)
    names: dict[str, object] = {}
    exec(
        compile(text.replace("tfgeom.show(found)", "shown = tfgeom.show(found)"), "README.md", "exec"), names
    )
    assert names["shown"] is not None


def test_its_materials_are_read(tmp_path: Path) -> None:
    """The section of a material of one's own, in the first design of the page, with files of those names."""
    materials = next(block for block in blocks("yaml") if block.startswith("materials:"))
    first = next(block for block in blocks("yaml") if "relief:" in block)
    text = first.replace("LiV2O5", "MyCathode").replace("SnNx", "MyAnode")
    write_bpx(tmp_path)
    (tmp_path / "ocv.csv").write_text("filled_fraction,volts\n0,3.9\n0.5,3.6\n1,3.0\n", encoding="utf-8")
    lithiated = re.sub(r"(material: MyAnode, .*?)\}", r"\1, lithiation: 0}", text)
    file = tmp_path / "design.yaml"
    file.write_text(re.sub(r"(material: MyCathode, .*?)\}", r"\1, lithiation: 1}", lithiated) + materials)
    found = evaluate(load_design(file))
    sources = {row.source for row in found.provenance if row.property == "open_circuit"}
    assert sources == {
        "ocv.csv (x: filled_fraction, V: volts)",
        "BPX file cell.json, negative electrode (An LFP|graphite cell)",
    }


def test_the_protocol_is_that_of_the_shipped_cycles() -> None:
    """Its efficiency is held in `tests/test_protocol_run.py`."""
    (text,) = (block for block in blocks("yaml") if "protocol:" in block)
    printed = parse_source(text, "README.md").root["operation"]["protocol"]
    shipped = parse_source((ROOT / "designs" / "raijmakers_2020_cycles.yaml").read_text(), "cycles").root
    assert printed == shipped["operation"]["protocol"]
    assert "it gives back 95.89 % of the energy" in TEXT
