"""What `tfgeom doctor` says: every package and program that the README asks for, and how to get it."""

import re
import subprocess
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from tests.commands import Captured, run
from tfgeom import doctor
from tfgeom.doctor import Finding, findings
from tfgeom.errors import MissingExtraError
from tfgeom.rendering import Rendering

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Render nothing and load nothing; tests that ask for it say so."""
    monkeypatch.setattr(doctor, "probe_rendering", lambda refresh: Rendering(True, None, "rendered"))
    monkeypatch.setattr(
        doctor, "run_program", lambda command, seconds: subprocess.CompletedProcess(command, 0, "", "")
    )


def found() -> dict[str, Finding]:
    return {one.subject: one for one in findings()}


def test_every_declared_package_is_named() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = {"packages": project["dependencies"]} | {
        f"[{extra}]": needs for extra, needs in project["optional-dependencies"].items() if extra != "all"
    }
    said = found()
    for subject, needs in declared.items():
        names = {re.split(r"[<>=\[ ]", need)[0].lower().replace(".", "-") for need in needs}
        sentence = said[subject].sentence.lower().replace(".", "-")
        assert all(name in sentence for name in names), subject


def test_every_system_package_of_the_gate_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = re.search(r"packages=\(\n(.*?)\n\)", (ROOT / ".ci" / "run").read_text(), re.DOTALL)
    assert gate is not None
    monkeypatch.setattr(doctor, "find_browser", lambda: None)

    def nothing_prints() -> None:
        raise MissingExtraError("nothing prints")

    def nothing_loads(command: list[str], seconds: float) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, 1, "", "ImportError: libGLU.so.1: cannot open\n")

    monkeypatch.setattr(doctor, "find_printer", nothing_prints)
    monkeypatch.setattr(doctor, "run_program", nothing_loads)
    monkeypatch.setattr(doctor, "version", lambda package: "1.0")
    said = "\n".join(one.line for one in findings())
    implied = {"python3-venv", "libegl1", "libgl1-mesa-dri", "libfontconfig1", "fonts-dejavu-core"}
    # the first makes environments, the OpenGL ones stand in what `probe_rendering` says (test_rendering.py)
    for package in set(gate[1].split()) - implied:
        assert package in said, package
    assert "(libGLU.so.1)" in said


def test_a_missing_or_old_package_is_told_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    def known(package: str) -> str:
        if package == "k3d":
            raise PackageNotFoundError(package)
        return "0.0.1" if package == "trame-vtk" else version(package)

    monkeypatch.setattr(doctor, "version", known)
    view = found()["[view]"]
    assert not view.works
    assert "k3d" in view.sentence
    assert "trame-vtk >=2.10.4 (here 0.0.1)" in view.sentence.replace("<5,", "")
    assert 'pip install "tfgeom[view]"' in view.sentence


def test_without_an_installation_it_still_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(package: str) -> list[str]:
        raise PackageNotFoundError(package)

    monkeypatch.setattr(doctor, "requires", nowhere)
    assert "not installed" in found()["packages"].sentence


def test_a_package_that_hangs_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def hangs(command: list[str], seconds: float) -> subprocess.CompletedProcess[str]:
        raise subprocess.TimeoutExpired(command, seconds)

    monkeypatch.setattr(doctor, "run_program", hangs)
    monkeypatch.setattr(doctor, "version", lambda package: "1.0")
    assert "not loaded within" in found()["gmsh"].sentence


def test_the_command_prints_a_line_each(capsys: Captured) -> None:
    assert run("doctor") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("tfgeom ")
    extras = ["[view]", "[pdf]", "[sweep]", "[dask]", "[test]", "[oracle]"]
    assert [line.split()[0] for line in lines[1:8]] == ["packages", *extras]
