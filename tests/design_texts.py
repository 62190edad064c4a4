"""Designs as text: valid ones, and ways to change, spoil and load them."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from ruamel.yaml import YAML

from tfgeom.design import Design, load_design
from tfgeom.errors import DesignError

VALID = """\
schema_version: 1
name: Holes
relief:
  kind: holes
  lattice: hexagonal
  pitch: 6 um
  diameter: 3 um
  depth: 30 um
layers:
  - {role: current_collector, material: Ru, thickness: 40 nm}
  - {role: cathode, material: LiV2O5, thickness: 70 nm}
  - {role: electrolyte, material: Li2PO2N, thickness: 50 nm}
  - {role: anode, material: SnNx, thickness: 10 nm}
  - {role: current_collector, material: TiN, thickness: 25 nm}
cell: {type: conformal}
operation:
  voltage: {min: 0.5 V, max: 3.5 V}
  temperature: 25 degC
  c_rates: [0.1, 1, 10]
"""

INNER, CATHODE, ELECTROLYTE, ANODE, OUTER = re.findall(r"  - \{role.*\n", VALID)
FILMS = INNER + CATHODE + ELECTROLYTE + ANODE + OUTER
"""The lines of its films, those of Pearse 2018."""

FLOODED = """\
schema_version: 1
name: Pillars
relief: {kind: pillars, lattice: square, pitch: 4 um, diameter: 2 um, height: 50 um}
layers:
  - {role: current_collector, material: TiN, thickness: 20 nm}
  - {role: cathode, material: Cl-TiO2, thickness: 90 nm}
cell: {type: flooded, electrolyte: LiPF6-EC-EMC, separator: 20 um}
operation: {voltage: {min: 1 V, max: 3 V}, temperature: 25 degC}
"""

FILLED = f"""\
schema_version: 1
name: filled
relief: {{kind: honeycomb, pitch: 6 um, wall: 1 um, depth: 4 um}}
substrate: {{material: Si, thickness: 20 um}}
layers:
{INNER}{CATHODE}{ELECTROLYTE}\
  - {{role: anode, material: SnNx, fill: {{above_top: 0.5 um}}}}
cell: {{type: conformal}}
operation: {{voltage: {{min: 0.5 V, max: 3.5 V}}, temperature: 25 degC}}
"""
BARE = "schema_version: 1\nname: bare\nrelief: {kind: trenches, pitch: 4 um, width: 2 um, depth: 3 um}\n"
WAFER = "substrate: {material: Si, thickness: 10 um}\n"
WALLS = (
    "schema_version: 1\nname: Walls\nrelief: {kind: honeycomb, pitch: 400 nm, wall: 16 nm, depth: 25 um}\n"
)
"""Geometry only; so is `BARE`, which is small."""

Spoil = tuple[str, str]


def errors_of(tmp_path: Path, text: str) -> list[str]:
    """Return the lines of the error, file name left out."""
    file = tmp_path / "design.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DesignError) as caught:
        load_design(file)
    assert caught.value.exit_code == 2
    return [line.removeprefix(f"{file}:").strip() for line in str(caught.value).splitlines()]


def spoilt(text: str, *changes: Spoil) -> str:
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


SHORT = spoilt(FLOODED, ("height: 50 um", "height: 5 um"), ("separator: 20 um", "separator: 2 um")) + WAFER
"""A flooded cell small enough to mesh."""


def design_of(text: str) -> Design:
    """Return the design of a text that is in no file any more."""
    with TemporaryDirectory() as folder:
        return designed(Path(folder), text, "design.yaml")


def designed(folder: Path, text: str, name: str = "cell.yaml") -> Design:
    """Return the design of a text, which stays in the folder as a file."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return load_design(file)


def mapping_in(text: str) -> dict[str, Any]:
    """Return the mapping that a text holds, unchecked."""
    found: dict[str, Any] = YAML(typ="safe").load(text)
    return found


def with_relief(relief: str, text: str = "") -> str:
    """Return a text, `VALID` where none is given, with another relief."""
    found, count = re.subn(r"relief:(\n(  .*\n)+| .*\n)", lambda _: f"relief: {relief}\n", text or VALID)
    assert count == 1
    return found


def place(text: str, at: str) -> str:
    """Return line and column, from 1, of the first ``at`` in ``text``."""
    before = text[: text.index(at)]
    return f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
