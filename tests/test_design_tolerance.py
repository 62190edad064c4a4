"""Tolerances of a design: one standard deviation of a size, as a share of it or in its unit."""

import json
import math
from pathlib import Path

import jsonschema
import pytest

from tests.design_texts import FLOODED, VALID, errors_of, place, spoilt
from tests.kinds import CELLS, RELIEFS, design
from tfgeom.design import design_from_mapping, design_json_schema, design_sha256, dump_design, load_design
from tfgeom.design.tolerance import Spread
from tfgeom.design.tolerance_checks import sizes_of

RECTANGLES = spoilt(VALID, ("hexagonal", "rectangular"), ("pitch: 6 um", "pitch: [6 um, 7 um]"))


def with_tolerance(said: str, text: str = VALID) -> str:
    return f"{text}tolerance: {{{said}}}\n"


@pytest.mark.parametrize(
    ("said", "text", "path", "size", "deviation"),
    [
        ("relief.diameter: 50 nm", VALID, "relief.diameter", 3e-6, 50e-9),
        ("layers.cathode.thickness: 3 %", VALID, "layers.cathode.thickness", 70e-9, 2.1e-9),
        ("layers.1.thickness: 3 %", VALID, "layers.1.thickness", 70e-9, 2.1e-9),
        (
            "relief.sidewall_angle: 0.5 deg",
            VALID,
            "relief.sidewall_angle",
            math.pi / 2,
            math.radians(0.5),
        ),
        ("layers.cathode.step_coverage: 2 %", VALID, "layers.cathode.step_coverage", 1.0, 0.02),
        ("relief.pitch.1: 7 nm", RECTANGLES, "relief.pitch.1", 7e-6, 7e-9),
        ("cell.separator: 10 %", FLOODED, "cell.separator", 20e-6, 2e-6),
        ("layers.cathode.thickness: 0 nm", VALID, "layers.cathode.thickness", 70e-9, 0.0),
    ],
)
def test_a_tolerance_is_a_share_or_a_size(
    tmp_path: Path, said: str, text: str, path: str, size: float, deviation: float
) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(with_tolerance(said, text))
    found = load_design(file)
    assert found.tolerance[path].of(size) == pytest.approx(deviation, rel=1e-12)
    jsonschema.validate(
        found.model_dump(mode="json", exclude_defaults=True), json.loads(design_json_schema())
    )


def test_it_is_written_and_read_back_exactly(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(
        with_tolerance(
            "relief.diameter: 0.05 um, layers.anode.thickness: 0.1 %, relief.sidewall_angle: 1 deg"
        )
    )
    found = load_design(file)
    again = tmp_path / "again.yaml"
    again.write_text(dump_design(found))
    assert load_design(again).tolerance == found.tolerance
    assert "relief.diameter: 50 nm" in dump_design(found)
    assert "layers.anode.thickness: 0.1 %" in dump_design(found)


def test_the_fingerprint_sees_it(tmp_path: Path) -> None:
    prints = []
    for said in ("relief.depth: 30 nm", "relief.depth: 0.03 um", "relief.depth: 40 nm"):
        file = tmp_path / "x.yaml"
        file.write_text(with_tolerance(said))
        prints.append(design_sha256(load_design(file)))
    assert prints[0] == prints[1] != prints[2]


@pytest.mark.parametrize(
    ("said", "at", "message"),
    [
        ("relief.diametr: 50 nm", "relief.dia", "no such size in this design; did you mean 'relief.diameter'?"),
        ("relief.radius: 50 nm", "relief.rad", "no such size in this design; did you mean 'relief.diameter'?"),
        ("zebra: 3 nm", "zebra", "no such size in this design; it has relief.pitch, relief.diameter, relief.depth, "),
        ("relief.lattice: 3 %", "relief.lat", "no such size in this design; "),
        ("operation.temperature: 3 %", "operation.t", "no such size in this design; "),
        ("relief.diameter: -50 nm", "-50 nm", "must be 0 or more, one standard deviation, not -50 nm"),
        ("relief.diameter: 0.5 deg", "0.5 deg", "0.5 deg is an angle, and relief.diameter is a length: give a "),
        ("relief.sidewall_angle: 1 nm", "1 nm", "1 nm is a length, and relief.sidewall_angle is an angle: "),
        ("layers.anode.step_coverage: 3 nm", "3 nm", "3 nm is a length, and layers.anode.step_coverage is a nu"),
        ("relief.diameter: 0.03", "0.03", "needs a unit: 0.03 alone could mean anything; write a share of the "),
        ("relief.diameter: 2 bananas", "2 ban", "must be one standard deviation, a share of the value such as"),
        ("relief.diameter: [1 nm]", "relief.dia", "must be one standard deviation, a share of the value such "),
        ("relief.diameter: 100 %", "100 %", "100 % is the value itself or more; one standard deviation is bel"),
        ("relief.diameter: 3 um", "3 um}", "3 um is as large as the value itself, or larger; one standard dev"),
        ("relief.rim_radius: 3 nm", "3 nm", "relief.rim_radius is 0 in this design and can only be more; remo"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_place(tmp_path: Path, said: str, at: str, message: str) -> None:
    text = with_tolerance(said)
    (line,) = errors_of(tmp_path, text)
    path = said.partition(":")[0]
    assert line.startswith(f"{place(text, at)}: tolerance.{path}: {message}")


def test_a_list_of_pitches_is_no_size(tmp_path: Path) -> None:
    (line,) = errors_of(tmp_path, with_tolerance("relief.pitch: 1 %", RECTANGLES))
    assert "did you mean 'relief.pitch.1'?" in line


@pytest.mark.parametrize(
    ("relief", "cell"), [*((relief, "conformal") for relief in RELIEFS), *(("holes", cell) for cell in CELLS)]
)
def test_every_size_of_every_kind_may_have_one(relief: str, cell: str) -> None:
    mapping = design(relief, cell)
    sizes = sizes_of(mapping)
    assert any(path.endswith(".thickness") for path in sizes) == (
        "layers" in mapping or "substrate" in mapping
    )
    assert any(path.startswith("relief.") for path in sizes) == (relief != "planar")
    found = design_from_mapping({**mapping, "tolerance": dict.fromkeys(sizes, "1 %")})
    assert found.tolerance == dict.fromkeys(sizes, Spread(0.01, "fraction"))
