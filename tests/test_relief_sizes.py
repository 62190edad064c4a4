"""Sizes of a relief as papers give them: against closed forms by hand, in every door a design comes through."""

import json
import math
from pathlib import Path

import jsonschema
import pytest

from tests.commands import Captured, run
from tfgeom import dump_design, evaluate, load_design
from tfgeom.design import design_from_mapping, design_json_schema, design_sha256, set_path
from tfgeom.errors import DesignError
from tfgeom.reliefs.restating import restated
from tfgeom.source import parse_source

SCHEMA = jsonschema.Draft202012Validator(json.loads(design_json_schema()))


def mapping_of(relief: str) -> dict[str, object]:
    return parse_source(f"schema_version: 1\nname: x\nrelief: {relief}\n", "x.yaml").root


def gain(relief: str) -> float:
    return evaluate(design_from_mapping(mapping_of(relief))).geometry.area_gain


PILLARS = 1 + math.pi * 2 * 50 / 16  # 2 um wide, 50 um high, one in 4 um x 4 um
IN_HEXAGONS = 1 + math.pi * 2 * 50 / (math.sqrt(3) / 2 * 16)
PORES = 1 + math.pi * 0.15e-4 * 50e-4 * 2e9  # 150 nm wide, 50 um deep, 2e9 in a cm^2
TRENCHES = 1 + 2 * 20 / 4
TUBES = 1 + (math.pi * 4 + math.pi * 2) * 30 / 36  # 4 um outside, 2 um inside, one in 6 um x 6 um
DOUBLE = TUBES + (math.pi * 1 + math.pi * 0.6) * 30 / 36
HONEYCOMB = 1 + 6 * (2 / math.sqrt(3)) * 20 / (math.sqrt(3) / 2 * 9)  # openings 2 um across flats, walls 1 um
UP = "lattice: square, height: 50 um"
CASES = {
    f"{{kind: pillars, {UP}, pitch: 4 um, radius: 1 um}}": PILLARS,
    f"{{kind: pillars, {UP}, pitch: 4 um, width: 2 um}}": PILLARS,
    f"{{kind: pillars, {UP}, spacing: 2 um, diameter: 2 um}}": PILLARS,
    f"{{kind: pillars, {UP}, gap: 2000 nm, radius: 1 µm}}": PILLARS,
    f"{{kind: pillars, {UP}, pitch: 4 um, spacing: 2 um}}": PILLARS,
    f"{{kind: pillars, {UP}, pitch: 4 um, diameter: 2 um, radius: 1 um, gap: 2 um}}": PILLARS,
    f"{{kind: pillars, {UP}, density: 6.25e6 cm^-2, diameter: 2 um}}": PILLARS,
    f"{{kind: pillars, {UP}, density: 0.0625 µm⁻², spacing: 2 um}}": PILLARS,
    "{kind: pillars, lattice: quadratic, height: 50 um, pitch: 4 um, diameter: 2 um}": PILLARS,
    f"{{kind: pillar, {UP}, pitch: 4 um, diameter: 2 um}}": PILLARS,
    f"{{kind: posts, {UP}, pitch: 4 um, diameter: 2 um}}": PILLARS,
    f"{{kind: nanopillars, {UP}, pitch: 4 um, diameter: 2 um}}": PILLARS,
    "{kind: pillars, lattice: triangular, height: 50 um, pitch: 4 um, diameter: 2 um}": IN_HEXAGONS,
    "{kind: column, lattice: hex, height: 50 um, spacing: 2 um, radius: 1 um}": IN_HEXAGONS,
    "{kind: holes, lattice: hexagonal, density: 2e9 cm^-2, diameter: 150 nm, depth: 50 um}": PORES,
    "{kind: pores, lattice: square, density: 2e9/cm², radius: 75 nm, depth: 50 um}": PORES,
    "{kind: nanopores, lattice: square, density: 2e9 pores/cm², radius: 75 nm, depth: 50 um}": PORES,
    "{kind: holes, lattice: square, density: 20 holes per µm², radius: 75 nm, depth: 50 um}": PORES,
    "{kind: trench, spacing: 2 um, width: 2 um, depth: 20 um}": TRENCHES,
    "{kind: grooves, pitch: 4 um, gap: 1 um, depth: 20 um}": TRENCHES,
    "{kind: microtube, lattice: square, pitch: 6 um, outer_radius: 2 um, wall: 1 um, height: 30 um}": TUBES,
    "{kind: tubes, lattice: square, gap: 2 um, outer_diameter: 4 um, inner_diameter: 2 um, height: 30 um}": TUBES,
    "{kind: microtubes, lattice: square, density: 2777777.7777777777 cm^-2, outer_radius: 2 um, inner_radius: 1 um,"
    " height: 30 um, inner: {outer_radius: 0.5 um, inner_diameter: 0.6 um}}": DOUBLE,
    "{kind: honeycomb, width: 2 um, wall: 1 um, depth: 20 um}": HONEYCOMB,
    "{kind: honeycomb, density: 12830005.981991684 cm^-2, wall: 1 um, depth: 20 um}": HONEYCOMB,
    "{kind: pillars, lattice: square, cross_section: square, width: 2 um, spacing: 2 um, height: 50 um}": 1 + 8 * 50 / 16,
    "{kind: pillars, lattice: square, cross_section: square, side: 2 um, gap: 2 um, height: 50 um}": 1 + 8 * 50 / 16,
}  # fmt: skip


@pytest.mark.parametrize(("relief", "by_hand"), CASES.items())
def test_every_way_gives_the_area_by_hand(relief: str, by_hand: float) -> None:
    assert gain(relief) == pytest.approx(by_hand, rel=1e-9)
    SCHEMA.validate(mapping_of(relief))


def test_the_resolved_design_says_each_size_once_and_what_it_was_given() -> None:
    given = design_from_mapping(
        mapping_of("{kind: pillar, lattice: triangular, spacing: 2 um, radius: 1 um, height: 9 um}")
    )
    plain = design_from_mapping(
        mapping_of("{kind: pillars, lattice: hexagonal, pitch: 4 um, diameter: 2 um, height: 9 um}")
    )
    assert given == plain
    assert design_sha256(given) == design_sha256(plain)
    assert evaluate(given).notes[:3] == (
        "relief.lattice is hexagonal: given as triangular",
        "relief.diameter is 2 um: given as radius 1 um",
        "relief.pitch is 4 um: given as spacing 2 um",
    )
    assert not any("given as" in note for note in evaluate(plain).notes)
    text = dump_design(given)
    assert design_from_mapping(parse_source(text, "x").root) == given
    lines = [line.split("#") for line in text.splitlines() if "#" in line]
    assert [(value.strip(), said.strip()) for value, said in lines] == [
        ("kind: pillars", "given as pillar"),
        ("lattice: hexagonal", "given as triangular"),
        ("pitch: 4 um", "given as spacing 2 um"),
        ("diameter: 2 um", "given as radius 1 um"),
    ]
    assert dump_design(plain).count("#") == 0


def test_sums_carry_no_noise_and_where_a_width_is_measured_is_kept() -> None:
    design = design_from_mapping(
        mapping_of(
            "{kind: holes, lattice: square, spacing: 0.1 um, radius: {value: 0.1 um, at: middle}, depth: 1 um}"
        )
    )
    assert "pitch: 0.3 um" in dump_design(design)
    assert design.relief.pitch == 3e-7  # type: ignore[attr-defined]
    assert design.relief.diameter.at == "middle"  # type: ignore[attr-defined]


WRONG = {
    f"{{kind: pillars, {UP}, pitch: 4 um, diameter: 3 um, radius: 1 um}}": (
        "x.yaml:3:94: relief.radius: 1 um makes the diameter 2 um, but diameter (line 3, column 80) 3 um; "
        "keep one of them"
    ),
    f"{{kind: pillars, {UP}, diameter: 2 um, spacing: 2 um, gap: 3 um}}": (
        "relief.gap: 3 um makes the pitch 5 um, but spacing (line 3, column 82) 2 um makes it 4 um; keep one of them"
    ),
    f"{{kind: pillars, {UP}, diameter: 2 um, pitch: 5 um, density: 6.25e6 cm^-2}}": (
        "relief.density: 6.25e6 cm^-2 makes the pitch 4 um, but pitch (line 3, column 80) 5 um; keep one of them"
    ),
    f"{{kind: pillars, {UP}, pitch: 4 um, radius: 5}}": "relief.radius: needs a unit: 5 alone could mean anything",
    f"{{kind: pillars, {UP}, pitch: 4 um, radius: 2,5 um}}": "relief.radius: '2,5 um' has a decimal comma; write 2.5 um",
    f"{{kind: pillars, {UP}, spacing: -1 um, diameter: 2 um}}": "relief.spacing: must be greater than 0, not -1 um",
    f"{{kind: pillars, {UP}, pitch: 4 um, radius: 2.5 um}}": (
        "relief.diameter: 5 um does not fit pitch 4 um; use less than 4 um, or a larger pitch (given as radius 2.5 um)"
    ),
    f"{{kind: pillars, {UP}, spacing: 4 um}}": (
        "relief.spacing: gives the pitch only beside a diameter, or the diameter beside a pitch; add one"
    ),
    f"{{kind: pillars, {UP}, pitch: 4 um, gap: -1 um}}": "relief.gap: must be greater than 0, not -1 um",
    f"{{kind: pillars, {UP}, pitch: 4 um, gap: 5 um}}": "relief.gap: 5 um leaves no diameter; use less than the pitch of 4 um",
    f"{{kind: pillars, {UP}, pitch: 4 um, cross_section: square, radius: 1 um}}": "relief.radius: a square has none",
    f"{{kind: pillars, {UP}, pitch: 4 um, cross_section: hexagon, width: 1 um}}": "relief.width: may be across flats",
    f"{{kind: pillars, {UP}, density: 2e9, diameter: 2 um}}": "relief.density: needs a unit: 2000000000 alone",
    f"{{kind: pillars, {UP}, density: 2 um, diameter: 2 um}}": "relief.density: 'um' is not a unit of this kind: an areal",
    f"{{kind: pillars, {UP}, spacing: [1 um, 2 um], diameter: 2 um}}": "relief.spacing: [1 um, 2 um] is for a rectangular",
    "{kind: pillars, lattice: square, pitch: 4 um, diameter: 2 um, depth: 50 um}": (
        "x.yaml:3:71: relief.depth: unknown key; pillars have a height: write 'height: 50 um'"
    ),
    "{kind: hole, lattice: square, pitch: 4 um, diameter: 2 um, height: 50 um}": (
        "relief.height: unknown key; holes have a depth: write 'depth: 50 um'"
    ),
    "{kind: trenches, density: 2e9 cm^-2, width: 1 um, depth: 20 um}": "relief.density: counts features per area",
    "{kind: honeycomb, pitch: 3 um, spacing: 1 um, depth: 20 um}": "relief.spacing: is the wall of a honeycomb; give wall",
    "{kind: microtubes, lattice: square, pitch: 6 um, outer_diameter: 4 um, inner_diameter: 4 um, height: 30 um}": (
        "relief.inner_diameter: 4 um leaves no wall; use less than 4 um"
    ),
    "{kind: microtubes, lattice: square, pitch: 6 um, diameter: 4 um, wall: 1 um, height: 30 um}": (
        "relief.diameter: unknown key; did you mean 'outer_diameter'?"
    ),
    "{kind: trenches, spacing: 4 um, depth: 5 um}": "relief.spacing: gives the pitch only beside a width",
    f"{{kind: pillars, {UP}, pitch: 4 um, raduis: 1 um}}": "relief.raduis: unknown key; did you mean 'radius'?",
    f"{{kind: pillars, {UP}, spacng: 4 um, diameter: 1 um}}": "relief.spacng: unknown key; did you mean 'spacing'?",
    f"{{kind: pillars, {UP}, pitch: 4 um, radius: }}": "relief.radius: has no value; give one or remove the key",
    f"{{kind: pillars, {UP}, pitch: 4 um, diameter: 1 um, depth: 6 um}}": "relief.depth: unknown key; pillars have a height",
    f"{{kind: pillars, {UP}, pitch: 2 um, spacing: 2 um, gap: 3 um}}": "relief.spacing: 2 um leaves no diameter",
    "{kind: holes, lattice: rectangular, pitch: [4 um, 6 um], gap: 2 um, depth: 5 um}": (
        "relief.gap: 2 um leaves a diameter of 2 um along x and 4 um along y; give the diameter"
    ),
    "{kind: Nano-wires, pitch: 4 um, diameter: 2 um, height: 9 um}": "'Nano-wires' is not known; did you mean 'pillars'?",
    "{kind: ridges, pitch: 4 um, width: 2 um, depth: 20 um}": "relief.kind: 'ridges' is not known",
    "{kind: pillars, lattice: kagome, density: 1e8 cm^-2, diameter: 2 um, height: 5 um}": "relief.lattice: 'kagome' is not",
}  # fmt: skip


@pytest.mark.parametrize(("relief", "message"), WRONG.items())
def test_what_is_wrong_is_one_message_with_its_place(tmp_path: Path, relief: str, message: str) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(f"schema_version: 1\nname: x\nrelief: {relief}\n")
    with pytest.raises(DesignError) as error:
        load_design(file)
    (line,) = str(error.value).splitlines()
    assert message in line
    assert ":3:" in line


def test_a_rectangular_lattice_has_a_spacing_along_each_axis_and_no_density() -> None:
    relief = {"kind": "pillars", "lattice": "rectangular", "diameter": "2 um", "height": "50 um"}
    text = "{kind: pillars, lattice: rectangular, gap: [2 um, 4 um], diameter: 2 um, height: 50 um}"
    assert gain(text) == pytest.approx(1 + math.pi * 2 * 50 / (4 * 6), rel=1e-12)
    SCHEMA.validate(mapping_of(text))
    design = design_from_mapping(mapping_of(text))
    assert "relief.pitch is [4 um, 6 um]: given as gap [2 um, 4 um]" in evaluate(design).notes
    assert "pitch: [4 um, 6 um] # given as gap [2 um, 4 um]" in " ".join(dump_design(design).split())
    assert gain(
        text.replace("gap: [2 um, 4 um], diameter: 2 um", "pitch: [4 um, 6 um], gap: [2 um, 4 um]")
    ) == gain(text)
    both = restated({**relief, "spacing": ["2 um", "4 um"]}, lambda key: "")
    assert both.section == {**relief, "pitch": ["4 um", "6 um"]}
    assert restated({**relief, "gap": "2 um"}, lambda key: "").section == {
        **relief,
        "pitch": ["4 um", "4 um"],
    }
    (wrong,) = restated({**relief, "density": "1e6 cm^-2"}, lambda key: "").wrong
    assert "leaves open which pitch a rectangular lattice has" in wrong[1]


BASE = mapping_of(f"{{kind: pillars, {UP}, pitch: 4 um, diameter: {{value: 2 um, at: middle}}}}")


@pytest.mark.parametrize(
    ("base", "path", "value", "same"),
    [
        (f"{{kind: pillars, {UP}, pitch: 4 um, diameter: 3 um}}", "relief.radius", "1 um", PILLARS),
        (f"{{kind: pillars, {UP}, pitch: 4 um, radius: 3 um}}", "relief.diameter", "2 um", PILLARS),
        (f"{{kind: pillars, {UP}, pitch: 9 um, diameter: 2 um}}", "relief.spacing", "2 um", PILLARS),
        (f"{{kind: pillar, {UP}, spacing: 9 um, diameter: 2 um}}", "relief.gap", "2 um", PILLARS),
        (f"{{kind: pillars, {UP}, spacing: 9 um, diameter: 2 um}}", "relief.pitch", "4 um", PILLARS),
        (f"{{kind: pillars, {UP}, spacing: 2 um, diameter: 9 um}}", "relief.diameter", "2 um", PILLARS),
        (f"{{kind: pillars, {UP}, spacing: 2 um, diameter: 9 um}}", "relief.density", "6.25e6 cm^-2", 1 + math.pi * 9 * 50 / 16),
        (f"{{kind: pillars, {UP}, spacing: 1 um, pitch: 4 um}}", "relief.spacing", "2 um", PILLARS),
        ("{kind: microtubes, lattice: square, pitch: 6 um, outer_diameter: 4 um, wall: 1.5 um, height: 30 um}",
         "relief.inner_radius", "1 um", TUBES),
    ],
)  # fmt: skip
def test_a_sweep_may_vary_every_way_of_saying_a_size(base: str, path: str, value: str, same: float) -> None:
    changed = set_path(mapping_of(base), path, value)
    if path == "relief.density":  # 9 um wide in 4 um cannot be
        with pytest.raises(DesignError, match="9 um does not fit pitch 4 um"):
            design_from_mapping(changed)
        return
    assert evaluate(design_from_mapping(changed)).geometry.area_gain == pytest.approx(same, rel=1e-12)


def test_a_radius_keeps_the_height_at_which_the_diameter_is_measured() -> None:
    changed = set_path(BASE, "relief.radius", "1.5 um")
    design = design_from_mapping(changed)
    assert (design.relief.diameter.value, design.relief.diameter.at) == (3e-6, "middle")  # type: ignore[attr-defined]


def test_a_path_that_a_kind_does_not_have_is_told() -> None:
    with pytest.raises(
        DesignError, match=r"keys there: kind, pitch, width, depth, sidewall_angle, rim_radius$"
    ):
        set_path(mapping_of("{kind: trench, pitch: 4 um, width: 2 um, depth: 9 um}"), "relief.foo", "1 um")
    with pytest.raises(DesignError, match="no such path: 'relief' has no 'outer_radius'"):
        set_path(BASE, "relief.outer_radius", "1 um")


def test_a_sweep_over_radius_and_spacing_is_that_over_diameter_and_pitch(
    tmp_path: Path, capsys: Captured
) -> None:
    relief = f"{{kind: posts, {UP}, spacing: 2 um, radius: 1 um}}"
    (tmp_path / "base.yaml").write_text(f"schema_version: 1\nname: x\nrelief: {relief}\n")
    sweep = tmp_path / "sweep.yaml"
    vary = "{relief.radius: [1 µm, 2 um], relief.spacing: [2 um, 3 um]}"
    sweep.write_text(f"base: base.yaml\nvary: {vary}\nmethod: grid\noutputs: [area_gain]\n")
    assert run("sweep", sweep, "-o", tmp_path / "out") == 0, capsys.readouterr().err
    table = [line.split(",") for line in (tmp_path / "out" / "results.csv").read_text().splitlines()]
    columns = [table[0].index(name) for name in ("relief.radius_um", "relief.spacing_um", "area_gain")]
    for row in table[1:]:
        radius, spacing, found = (float(row[column]) for column in columns)
        assert found == pytest.approx(1 + 2 * math.pi * radius * 50 / (2 * radius + spacing) ** 2, rel=1e-9)


@pytest.mark.parametrize("words", [("posts", "pillars"), ("nanopore", "holes"), ("trench", "trenches")])
def test_a_new_design_may_be_asked_for_by_any_name(words: tuple[str, str], capsys: Captured) -> None:
    word, kind = words
    assert run("new", word) == 0
    assert design_from_mapping(parse_source(capsys.readouterr().out, "x").root).relief.kind == kind


def test_chosen_may_name_the_size_as_the_file_does() -> None:
    mapping = mapping_of(f"{{kind: pillars, {UP}, spacing: 2 um, radius: 1 um}}")
    design = design_from_mapping(
        {**mapping, "chosen": {"relief.spacing": "not stated", "relief.height": "so"}}
    )
    assert design.chosen == {"relief.pitch": "not stated", "relief.height": "so"}
