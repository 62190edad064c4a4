"""Layers beyond the five of a plain cell: what each role and key needs, and what it must not be."""

from pathlib import Path
from typing import Any

import pytest

from tests.design_texts import ANODE, ELECTROLYTE, FLOODED, INNER, OUTER, VALID, errors_of, place, spoilt
from tfgeom.design import Balance, design_sha256, dump_design, load_design
from tfgeom.errors import UnsupportedError


def extra(role: str, **more: Any) -> str:
    keys = {"role": role, "material": "LiPON", "thickness": "9 nm", **more}
    return "  - {" + ", ".join(f"{key}: {value}" for key, value in keys.items() if value) + "}\n"


EVERYTHING = spoilt(
    VALID,
    (INNER, extra("barrier") + INNER),
    (ELECTROLYTE, extra("interlayer") + ELECTROLYTE + extra("electrolyte", name="second")),
    ("thickness: 10 nm", "thickness: {balance: 1.1}"),
    (OUTER, OUTER + extra("encapsulation", thickness="", fill="{above_top: 2 um}")),
)


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "design.yaml"
    file.write_text(text)
    return file


def test_everything_is_read_and_written_back(tmp_path: Path) -> None:
    design = load_design(written(tmp_path, EVERYTHING))
    layers = {layer.name: layer for layer in design.layers}
    assert list(layers) == [
        "barrier", "inner_collector", "cathode", "interlayer", "electrolyte", "second", "anode",
        "outer_collector", "encapsulation",
    ]  # fmt: skip
    assert layers["anode"].thickness == Balance(1.1)
    assert layers["encapsulation"].thickness is None
    assert layers["encapsulation"].fill is not None
    assert layers["encapsulation"].fill.above_top == pytest.approx(2e-6)
    text = dump_design(design)
    again = load_design(written(tmp_path, text))
    assert again == design
    assert design_sha256(again) == design_sha256(design)
    assert dump_design(again) == text


def test_fingerprint_sees_the_ratio(tmp_path: Path) -> None:
    design = load_design(written(tmp_path, EVERYTHING))
    other = load_design(written(tmp_path, spoilt(EVERYTHING, ("balance: 1.1", "balance: 1.2"))))
    assert design_sha256(design) != design_sha256(other)


BARRIER, INTERLAYER, CAP = extra("barrier"), extra("interlayer"), extra("encapsulation")
FREE = ("{type: conformal}", "{type: conformal, anode_free: true}")


@pytest.mark.parametrize(
    ("changes", "at", "message"),
    [
        ([("thickness: 70 nm", "lithiation: 1")], "{role: cathode", "layers.cathode.thickness: is missing; add"),
        ([("25 nm", "25 nm, fill: {above_top: 1 um}")], "fill", "layers.outer_collector.fill: stands instead of"),
        (
            [("thickness: 25 nm", "step_coverage: 0.9, fill: {above_top: 1 um}")],
            "0.9",
            "layers.outer_collector.step_coverage: a filling layer has none",
        ),
        (
            [("thickness: 10 nm", "fill: {above_top: 1 um}")],
            "fill",
            "layers.anode.fill: only the last layer can fill; give a thickness",
        ),
        (
            [("thickness: 50 nm", "fill: {above_top: 1 um}"), (ANODE + OUTER, ""), FREE],
            "fill",
            "layers.electrolyte.fill: an electrolyte that fills leaves no room",
        ),
        (
            [("thickness: 50 nm", "thickness: {balance: 1.1}")],
            "thickness: {b",
            "layers.electrolyte.thickness: balance is for a cathode or an anode",
        ),
        (
            [("10 nm", "{balance: 0}")],
            "thickness: {b",
            "layers.anode.thickness: balance must be a number from 0.01 to 100, not 0",
        ),
        (
            [("10 nm", "{balance: 1, to: 2}")],
            "thickness: {b",
            "layers.anode.thickness: must be a length, or an N/P ratio as '{balance: 1.1}', not",
        ),
        (
            [("70 nm", "{balance: 1}"), ("10 nm", "{balance: 2}")],
            "thickness: {balance: 2",
            "layers.anode.thickness: layer 2 is balanced already; give one of them a thickness",
        ),
        (
            [("70 nm", "{balance: 1}"), (ANODE, ""), FREE],
            "thickness: {b",
            "layers.cathode.thickness: an anode-free cell has no second electrode film to balance",
        ),
        ([FREE], "{role: anode", "layers.anode: an anode-free cell plates its anode; remove it"),
        (
            [(ELECTROLYTE, ELECTROLYTE + INTERLAYER + extra("electrolyte", name="second"))],
            "{role: electrolyte, material: LiPON",
            "layers.second: the electrolyte layers must be neighbours; move it",
        ),
        (
            [(ELECTROLYTE, ELECTROLYTE + extra("electrolyte"))],
            "{role: electrolyte, material: LiPON",
            "layers.3: layer 3 is also named 'electrolyte'; give each a 'name'",
        ),
        ([(INNER, INTERLAYER + INNER)], "{role: interlayer", "layers.interlayer: an interlayer lies between the"),
        ([(INNER, INNER + BARRIER)], "{role: barrier", "layers.barrier: a barrier between the collectors would"),
        ([(INNER, CAP + INNER)], "{role: encapsulation", "layers.encapsulation: an encapsulation covers the whole"),
        (
            [(OUTER, OUTER + CAP.replace("9 nm", "9 nm, name: plated_lithium"))],
            "plated",
            "layers.plated_lithium.name: is the name of the lithium that a cell plates; choose another",
        ),
    ],
)  # fmt: skip
def test_layers_that_cannot_be(tmp_path: Path, changes: list[tuple[str, str]], at: str, message: str) -> None:
    text = spoilt(VALID, *changes)
    lines = errors_of(tmp_path, text)
    assert any(line.startswith(f"{place(text, at)}: {message}") for line in lines), "\n".join(lines)


@pytest.mark.parametrize(
    ("old", "new", "at", "message"),
    [
        ("thickness: 90 nm", "thickness: {balance: 1}", "thickness: {", "layers.cathode.thickness: a flooded cell"),
        ("thickness: 90 nm", "fill: {above_top: 1 um}", "fill", "layers.cathode.fill: the liquid fills a flooded"),
        ("cell:", f"{BARRIER}cell:", "{role: barrier", "layers.barrier: would keep the liquid from the electrode"),
    ],
)  # fmt: skip
def test_layers_that_a_flooded_cell_cannot_have(
    tmp_path: Path, old: str, new: str, at: str, message: str
) -> None:
    text = spoilt(FLOODED, (old, new))
    lines = errors_of(tmp_path, text)
    assert any(line.startswith(f"{place(text, at)}: {message}") for line in lines), "\n".join(lines)


def test_an_interlayer_under_a_liquid_comes_later(tmp_path: Path) -> None:
    text = spoilt(FLOODED, ("cell:", f"{INTERLAYER}cell:"))
    with pytest.raises(
        UnsupportedError, match=r"layers\.interlayer: not yet supported: an interlayer on a flo"
    ):
        load_design(written(tmp_path, text))
