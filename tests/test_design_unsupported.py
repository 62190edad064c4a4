"""Features of the format that come later: refused as such at their place, never ignored."""

from pathlib import Path

import pytest

from tests.design_texts import VALID, errors_of, place, spoilt
from tfgeom.design import load_design
from tfgeom.errors import DesignError, UnsupportedError

EXTRA = "cell: {type: conformal}"


@pytest.mark.parametrize(
    ("old", "new", "at", "message"),
    [
        ("kind: holes", "kind: wave", "wave", "relief.kind: not yet supported: kind wave"),
        ("kind: holes", "kind: pattern", "pattern", "relief.kind: not yet supported: kind pattern"),
        ("kind: holes", "kind: freeform", "freeform", "relief.kind: not yet supported: kind freeform"),
        (
            "depth: 30 um",
            "depth: 30 um\n  sidewall_angle: 85 deg",
            "85 deg",
            "relief.sidewall_angle: not yet supported: walls that are not",
        ),
        (
            "depth: 30 um",
            "depth: 30 um\n  through: true",
            "true",
            "relief.through: not yet supported: through-holes",
        ),
        (
            "depth: 30 um",
            "depth: 30 um\n  cross_section: square",
            "square",
            "relief.cross_section: not yet supported: cross_section square",
        ),
        (
            "depth: 30 um",
            "depth: 30 um\n  rotation: 30 deg",
            "30 deg",
            "relief.rotation: not yet supported: rotation",
        ),
        ("diameter: 3 um", "side: 3 um", "3 um", "relief.side: not yet supported: side"),
        (
            "thickness: 70 nm",
            "thickness: {balance: 1.1}",
            "thickness: {balance",
            "layers.cathode.thickness: not yet supported: thickness: {balance",
        ),
        (
            "25 nm}",
            "25 nm, step_coverage: [[1 um, 0.9]]}",
            "step_coverage",
            "layers.outer_collector.step_coverage: not yet supported: step_",
        ),
        (
            "25 nm}",
            "25 nm, step_coverage: {deposition: x}}",
            "step_coverage",
            "layers.outer_collector.step_coverage: not yet supported: step_",
        ),
        (
            "thickness: 25 nm",
            "fill: {above_top: 2 um}",
            "fill",
            "layers.outer_collector.fill: not yet supported: fill",
        ),
        (
            "  - {role: anode",
            "  - {role: electrolyte, material: LiPON, thickness: 9 nm, name: second}\n  - {role: anode",
            "{role: electrolyte, material: LiPON",
            "layers.second: not yet supported: more than one electrolyte layer",
        ),
        (
            "  - {role: anode",
            "  - {role: electrolyte, material: LiPON, thickness: 9 nm}\n  - {role: anode",
            "{role: electrolyte, material: LiPON",
            "layers.3: not yet supported: more than one electrolyte layer",
        ),
        (
            "  - {role: anode",
            "  - {role: interlayer, material: LiPON, thickness: 9 nm}\n  - {role: anode",
            "interlayer",
            "layers.interlayer.role: not yet supported: layers of role interlayer",
        ),
        (
            "{type: conformal}",
            "{type: conformal, electrolyte_model: dissociation}",
            "dissociation}",
            "cell.electrolyte_model: not yet supported: el",
        ),
        (
            "  - {role: anode, material: SnNx, thickness: 10 nm}\n",
            "",
            "true}",
            "cell.anode_free: not yet supported: anode_free cells",
        ),
        (
            "temperature: 25 degC",
            "temperature: 25 degC\n  contact: floor",
            "floor",
            "operation.contact: not yet supported: contact",
        ),
        (
            "temperature: 25 degC",
            "temperature: 25 degC\n  protocol: [x]",
            "protocol",
            "operation.protocol: not yet supported: protocol",
        ),
        (
            "cell: {type: conformal}",
            "cell: {type: conformal}\nchip: {width: 2 mm, length: 1 mm}",
            "chip",
            "chip: not yet supported: chip",
        ),
        (
            "cell: {type: conformal}",
            "cell: {type: conformal}\ncells_in_series: 2",
            "2\noperation",
            "cells_in_series: not yet supported: cells_in_series other than 1",
        ),
        (
            "cell: {type: conformal}",
            "cell: {type: conformal}\nbipolar_plate: {material: Ni, thickness: 9 um}",
            "bipolar_plate",
            "bipolar_plate: not yet supported: bipolar_plate",
        ),
    ],
)
def test_what_comes_later_is_said_so(tmp_path: Path, old: str, new: str, at: str, message: str) -> None:
    text = spoilt(VALID, (old, new))
    if "anode_free" in message:
        text = spoilt(text, ("{type: conformal}", "{type: conformal, anode_free: true}"))
    if "kind" in message:
        text = spoilt(text, ("  depth: 30 um\n", ""))
    file = tmp_path / "design.yaml"
    file.write_text(text)
    with pytest.raises(UnsupportedError) as caught:
        load_design(file)
    assert str(caught.value).startswith(f"{file}:{place(text, at)}: {message}")
    assert len(caught.value.issues) == 1
    assert caught.value.exit_code == 1


def test_what_comes_later_and_a_mistake_is_bad_input(tmp_path: Path) -> None:
    lines = errors_of(tmp_path, spoilt(VALID, ("kind: holes", "kind: wave"), ("70 nm", "70")))
    assert len(lines) == 2
    with pytest.raises(DesignError) as caught:
        load_design(tmp_path / "design.yaml")
    assert caught.value.exit_code == 2
