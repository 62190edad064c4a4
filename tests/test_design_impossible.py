"""Reliefs and stacks that cannot exist, whatever films they carry."""

from pathlib import Path

import pytest

from tests.design_texts import FLOODED, VALID, errors_of, place, spoilt
from tfgeom.design import load_design


@pytest.mark.parametrize(
    ("relief", "at", "message"),
    [
        (
            "kind: microtubes, lattice: square, pitch: 6 um, outer_diameter: 4 um, wall: 2 um, height: 9 um",
            "2 um",
            "relief.wall: 2 um leaves no bore in a tube of 4 um; use less than 2 um, or a larger",
        ),
        (
            "kind: microtubes, lattice: square, pitch: 4 um, outer_diameter: 4 um, wall: 1 um, height: 9 um",
            "4 um, wall",
            "relief.outer_diameter: 4 um does not fit pitch 4 um; use less than 4 um, or a larger",
        ),
        (
            "kind: microtubes, lattice: square, pitch: 6 um, outer_diameter: 4 um, wall: 1 um, height: 9 um, rim_radius: 500 nm",
            "500",
            "relief.rim_radius: 0.5 um on both sides leaves nothing of wall 1 um; use less than 0.5",
        ),
        (
            "kind: honeycomb, pitch: 3 um, wall: 3 um, depth: 9 um",
            "3 um, depth",
            "relief.wall: 3 um does not fit pitch 3 um; use less than 3 um, or a larger pitch",
        ),
        (
            "kind: honeycomb, pitch: 3 um, wall: 1 um, depth: 9 um, rim_radius: 0.5 um",
            "0.5",
            "relief.rim_radius: 0.5 um on both sides leaves nothing of wall 1 um; use less than 0.5",
        ),
        (
            "kind: trenches, pitch: 3 um, width: 4 um, depth: 9 um",
            "4 um",
            "relief.width: 4 um does not fit pitch 3 um; use less than 3 um, or a larger pitch",
        ),
        (
            "kind: trenches, pitch: 3 um, width: 1 um, depth: 9 um, rim_radius: 1 um",
            "1 um}",
            "relief.rim_radius: 1 um on both sides leaves nothing of pitch - width 2 um; use less",
        ),
        (
            "kind: pillars, lattice: square, pitch: 5 um, diameter: 2 um, height: 9 um, rim_radius: 1 um",
            "1 um}",
            "relief.rim_radius: 1 um on both sides leaves nothing of diameter 2 um; use less than 1",
        ),
        (
            "kind: pillars, lattice: square, pitch: 4 um, diameter: {value: 5 um, at: top}, height: 9 um",
            "diameter",
            "relief.diameter: 5 um does not fit pitch 4 um; use less than 4 um, or a larger pitch",
        ),
        ("kind: planar, pitch: 3 um", "pitch", "relief.pitch: unknown key; allowed: none"),
    ],
)
def test_reliefs_that_cannot_exist(tmp_path: Path, relief: str, at: str, message: str) -> None:
    text = f"schema_version: 1\nname: x\nrelief: {{{relief}}}\n"
    lines = errors_of(tmp_path, text)
    assert len(lines) == 1
    assert lines[0].startswith(f"{place(text, at)}: {message}")


@pytest.mark.parametrize(
    ("old", "new", "at", "message"),
    [
        (
            "{role: cathode, ",
            "{role: electrolyte, ",
            "{role: electrolyte",
            "layers.electrolyte: a flooded cell has no electrolyte layer; name it under",
        ),
        (
            "{role: cathode, ",
            "{role: electrolyte, ",
            "layers",
            "layers: no electrode film; a flooded cell has one layer of role cathode or anode",
        ),
        (
            "cell:",
            "  - {role: anode, material: Si, thickness: 9 nm}\ncell:",
            "{role: anode",
            "layers.anode: a second electrode film; a flooded cell has one, its other electrode is",
        ),
        (
            "cell:",
            "  - {role: current_collector, material: TiN, thickness: 9 nm}\ncell:",
            "{role: current_collector, material: TiN, thickness: 9",
            "layers.outer_collector: a flooded cell has no outer collector: liquid covers the",
        ),
        (
            "LiPF6-EC-EMC",
            "LiPF6-EC-DMC",
            "LiPF6-EC-DMC",
            "cell.electrolyte: unknown material 'LiPF6-EC-DMC'; did you mean 'LiPF6-EC-EMC'? A",
        ),
        (
            "separator: 20 um",
            "separator: 20 um, counter: Zz",
            "Zz}",
            "cell.counter: unknown material 'Zz'; 'tfgeom materials' lists the library. A material",
        ),
        (
            ", separator: 20 um",
            "",
            "cell",
            "cell.separator: is missing; add it, for example 'separator: 3 um'",
        ),
    ],
)
def test_flooded_cells(tmp_path: Path, old: str, new: str, at: str, message: str) -> None:
    text = spoilt(FLOODED, (old, new))
    lines = errors_of(tmp_path, text)
    assert any(line.startswith(f"{place(text, at)}: {message}") for line in lines), "\n".join(lines)


def test_no_current_crosses_the_face_below_the_first_layer(tmp_path: Path) -> None:
    text = VALID.replace("thickness: 40 nm}", "thickness: 40 nm, interface_resistance: 1 ohm*cm^2}", 1)
    (line,) = errors_of(tmp_path, text)
    assert "interface_resistance: no current crosses the face below the first layer" in line
    (tmp_path / "design.yaml").write_text(text.replace("1 ohm*cm^2", "0 ohm*cm^2"))
    assert load_design(tmp_path / "design.yaml").layers[0].interface_resistance == 0
