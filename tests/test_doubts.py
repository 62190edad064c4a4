"""Notes on what nobody has made or is likely a slip: what they say is so, and what has been made has none."""

from pathlib import Path
from typing import Any

import pytest

from tests.commands import Captured, run
from tests.kinds import FILMS, every_relief
from tests.kinds import design as of_kinds
from tests.shipped import SHIPPED
from tfgeom.cells.kinds import assemble_cell
from tfgeom.design import design_from_mapping, load_design
from tfgeom.evaluation import evaluate
from tfgeom.metrics.doubts import doubts

HOLES = {"kind": "holes", "lattice": "square", "pitch": "4 um", "diameter": "1 um", "depth": "10 um"}
PILLARS = {"kind": "pillars", "lattice": "square", "pitch": "4 um", "diameter": "1 um", "height": "10 um"}
TUBES = {"kind": "microtubes", "lattice": "square", "pitch": "8 um", "outer_diameter": "5 um", "wall": "1 um", "height": "9 um"}  # fmt: skip
COMB = {"kind": "honeycomb", "pitch": "6 um", "wall": "0.1 um", "depth": "150 um"}
TRENCHES = {"kind": "trenches", "pitch": "4 um", "width": "3 um", "depth": "40 um"}


def notes_of(mapping: dict[str, Any]) -> tuple[str, ...]:
    return doubts(assemble_cell(design_from_mapping(mapping)))


def bare(relief: dict[str, Any], **changes: Any) -> tuple[str, ...]:
    return notes_of({"schema_version": 1, "name": "x", "relief": relief | changes})


@pytest.mark.parametrize(
    ("relief", "changes", "note"),
    [
        (HOLES, {"depth": "76 um"}, "openings 76 times as deep as wide: etched ones reach 75"),
        (HOLES, {"diameter": "3.97 um", "depth": "60 um"}, "the wall between holes: 2000 times as high as thick; walls between openings"),
        (PILLARS, {"height": "51 um"}, "the pillars: 51 times as high as thick; deep etching reaches 50 at best"),
        (TRENCHES, {"depth": "60 um"}, "the ridges between trenches: 60 times as high as thick"),
        (TUBES, {"height": "120 um"}, "the wall of the tubes: 120 times as high as thick; walls of tubes reach 103"),
        (COMB, {"depth": "170 um"}, "the walls: 1700 times as high as thick; walls between openings reach 1600"),
        (PILLARS, {"pitch": "200 nm", "diameter": "30 nm", "height": "1 um"}, "pillar diameter of 30 nm: one exposure of 193 nm lithography prints 36 nm"),
        (PILLARS, {"pitch": "1.03 um"}, "gap of 30 nm: one exposure"),
        (COMB, {"wall": "30 nm", "depth": "20 um"}, "the walls of 30 nm: one exposure"),
        (PILLARS, {"pitch": "3 mm"}, "pitch 3 mm: published reliefs have 0.2 to 60 um; check the unit"),
        (PILLARS, {"height": "0.2 um"}, "area gain 1.039: the relief adds next to nothing to a flat wafer"),
        (HOLES, {"through": True, "depth": "0.8 um"}, "area gain 2.059: the relief adds next to nothing to the two faces of a flat wafer"),
        ({"kind": "wave", "amplitude": "1 um", "period": "9 um"}, {"amplitude": "0.2 um"}, "area gain 1.005: the relief adds"),
    ],
)  # fmt: skip
def test_what_nobody_has_made_and_slips_of_units(
    relief: dict[str, Any], changes: dict[str, Any], note: str
) -> None:
    assert any(said.startswith(note) for said in bare(relief, **changes)), bare(relief, **changes)
    assert not any(said[:12] == note[:12] for said in bare(relief))


def test_full_coverage_of_deep_gaps() -> None:
    deep = {"kind": "holes", "lattice": "square", "pitch": "6 um", "diameter": "3 um", "depth": "61 um"}
    said = notes_of(of_kinds(relief="holes") | {"relief": deep})
    assert said[0].startswith("all films counted as thick at the bottom as on the top, in gaps 20.3 times")
    one = [FILMS[0], {**FILMS[1], "step_coverage": 0.8}, *FILMS[2:]]
    (note,) = notes_of(of_kinds(relief="holes", layers=one) | {"relief": deep})
    assert note.startswith("inner_collector, electrolyte, anode, outer_collector counted as thick")
    assert notes_of(of_kinds(relief="holes") | {"relief": deep | {"depth": "60 um"}}) == ()
    # a through-hole is coated from both faces
    assert notes_of(of_kinds(relief="holes") | {"relief": deep | {"depth": "119 um", "through": True}}) == ()


def test_films_of_a_few_atoms_and_thin_electrolytes() -> None:
    thin = [*FILMS[:2], {**FILMS[2], "thickness": "39 nm"}, {**FILMS[3], "thickness": "0.9 nm"}, FILMS[4]]
    assert notes_of(of_kinds(layers=thin)) == (
        "an electrolyte of 39 nm: the thinnest of a working cell has 40 nm (Pearse 2018)",
        "'anode' of 0.9 nm: fewer than three atomic layers; check the unit",
    )


@every_relief
def test_nothing_is_said_of_what_can_be_made(relief: str) -> None:
    assert notes_of(of_kinds(relief)) == ()


SAID = {
    "dhara_2017_cnt_forest_moox": [
        "the pillars: 320",
        "pillar diameter of 20 nm",
        "all films",
    ],  # it was grown
    "lei_2020_honeycomb": ["the walls of 16 nm"],  # it was anodised
    "imec_2017_pillars_cl_tio2": ["all films"],
    "imec_pillars_lipon": ["all films"],
    "labyedh_2019_pillars_lmo": ["all films"],
    "letiche_2017_double_microtubes": ["all films"],
    "lille_2014_microtubes_tio2": ["all films"],
    "mattelaer_2017_pillars_vo2": ["all films"],
    "notten_trenches": ["all films"],
}


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_shipped_designs(file: Path) -> None:
    said = doubts(assemble_cell(load_design(file)))
    expected = SAID.get(file.stem, [])
    assert len(said) == len(expected)
    assert all(note.startswith(start) for note, start in zip(said, expected, strict=True))


def test_check_prints_its_notes_and_evaluate_has_them(tmp_path: Path, capsys: Captured) -> None:
    design = tmp_path / "mad.yaml"
    design.write_text(
        "schema_version: 1\nname: mad\n"
        "relief: {kind: pillars, lattice: square, pitch: 3 mm, diameter: 20 nm, height: 400 um}\n"
    )
    assert run("check", design) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{design}: ok"
    notes = [line.removeprefix(f"{design}: note: ") for line in lines[1:]]
    assert [note.split(":")[0] for note in notes] == [
        "geometry only", "area gain 1", "pitch 3 mm", "the pillars", "pillar diameter of 20 nm",
    ]  # fmt: skip
    assert set(notes) <= set(evaluate(load_design(design)).notes)
