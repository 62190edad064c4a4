"""What results declare: against the JSON of every shipped design, their own keys, and the README."""

import json
import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import tfgeom.results
from tests.commands import run
from tests.shipped import DESIGNS, PEARSE
from tfgeom.compare import HEAD
from tfgeom.design import PUBLISHED_QUANTITIES, load_design
from tfgeom.evaluation import evaluate
from tfgeom.metrics.against_best_plane import LOWER_END
from tfgeom.report.declared_rows import beside_rows, section_rows
from tfgeom.results import (
    Evaluation,
    RatePoint,
    RateSummary,
    Shown,
    all_results,
    declared_of,
    numbers_of,
    results_json_schema,
    results_shown,
)
from tfgeom.results.declared import declaration
from tfgeom.spelling.dimensions import DIMENSIONS
from tfgeom.terminal_lines import number_lines
from tfgeom.viewer.numbers import number_rows

README = Path(tfgeom.__file__).parents[1] / "README.md"
FILES = sorted(DESIGNS.glob("*.yaml"))
KINDS = [
    one
    for name in tfgeom.results.__all__
    if is_dataclass(one := getattr(tfgeom.results, name)) and name.endswith(("Numbers", "Point", "Limits"))
]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_json_of_every_design_is_as_the_schema_says(file: Path) -> None:
    schema = json.loads(results_json_schema())
    said = json.loads(json.dumps(evaluate(load_design(file)).to_dict()))
    jsonschema.Draft202012Validator(schema).validate(said)
    assert list(schema["properties"]) == list(said)


def test_the_schema_refuses_what_is_no_result(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("schema", "--results") == 0
    schema = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator.check_schema(schema)
    said = evaluate(load_design(PEARSE)).to_dict()
    checker = jsonschema.Draft202012Validator(schema)
    spoilers: tuple[Callable[[dict[str, Any]], object], ...] = (
        lambda found: found["capacity"].update(footprint_capacity_uAh_cm2=None),
        lambda found: found["geometry"].update(area_gain="10"),
        lambda found: found["energy"].pop("planar"),
        lambda found: found.update(other=1),
    )
    for spoil in spoilers:
        spoilt: dict[str, Any] = json.loads(json.dumps(said))
        assert checker.is_valid(spoilt)
        spoil(spoilt)
        assert not checker.is_valid(spoilt)
    capacity = schema["$defs"]["CapacityNumbers"]["properties"]["footprint_capacity_uAh_cm2"]
    assert capacity["unit"] == "uAh/cm^2"


def test_a_key_ends_in_its_declared_unit() -> None:
    known = {unit.replace("^", "").replace("*", "_").replace("/", "_") for unit in units_of_keys()}
    for kind in KINDS:
        for field in fields(kind):
            unit = declaration(field).unit.replace("^", "").replace("*", "_").replace("/", "_")
            if unit:
                assert field.name.endswith(f"_{unit}"), field.name
            else:
                assert not any(field.name.endswith(f"_{other}") for other in known), field.name


def units_of_keys() -> set[str]:
    """Return every unit that a design file can be written in, and those that only results have."""
    written = {unit for one in DIMENSIONS.values() for unit in one.display if unit not in ("", "s", "K", "m")}
    return written | {"um^2", "um^3", "mm^2", "mm^3", "mg", "mW", "uWh", "uAh", "Wh/L", "Wh/kg", "mW/cm^2"}


def test_titles_tell_numbers_apart() -> None:
    titles = [one.declared.title for one in all_results()]
    assert len(set(titles)) == len(titles)
    assert all(titles)


def test_what_is_compared_is_told_apart_by_its_keys_in_its_section() -> None:
    names = [one.number.key for one in results_shown(Shown.COMPARED)]
    assert len(set(names)) == len(names)


def test_the_plane_of_a_number_is_where_the_json_has_it() -> None:
    found = evaluate(load_design(PEARSE))
    said = found.to_dict()
    planes = {one.path: one.of_plane(found) for one in all_results() if one.number.planes}
    assert planes["geometry.area_gain"] == planes["capacity.footprint_capacity_gain"] == 1
    assert planes["capacity.footprint_capacity_uAh_cm2"] == said["capacity"]["planar_uAh_cm2"]
    assert planes["resistance.asr_ohm_cm2"] == said["resistance"]["planar_asr_ohm_cm2"]
    dense = said["energy"]["planar"]["volumetric_energy_Wh_L"]["active"]
    assert planes["energy.volumetric_energy_Wh_L.active"] == dense
    limits = said["rate_summary"]["planar_same_capacity"]
    assert {
        one.path.rpartition(".")[2]: one.of_plane(found, "same_capacity")
        for one in all_results()
        if one.section == "rate_summary" and "same_capacity" in one.number.planes
    } == limits


def test_a_bound_is_said_to_be_one() -> None:
    (asr,) = (one for one in results_shown(Shown.LIVE) if one.path == "resistance.asr_ohm_cm2")
    at_best = {file.stem: asr.is_at_best(evaluate(load_design(file))) for file in FILES}
    assert at_best["imec_2017_pillars_cl_tio2"]
    assert not at_best["pearse_2018_holes_30um"]


INTERVALS = "beats_best_plane_mA_cm2"
PRINTED = {"mWh/cm^2": "mWh/cm²", "uAh/cm^2": "µAh/cm²", "ohm*cm^2": "Ω·cm²"}


def test_a_number_has_one_title_and_unit_everywhere() -> None:
    found = evaluate(load_design(PEARSE))
    rows = [str(cell) for row in beside_rows(found) for cell in row[:1]]
    assert found.capacity is not None
    tables = [*section_rows(found.geometry), *section_rows(found.capacity)]
    report = rows + [str(row[0]) for row in tables]
    terminal = dict(number_lines(found))
    live = {row.what: row.unit for row in number_rows(found)}
    for one in all_results():
        title, unit = one.declared.title, one.declared.unit
        plain = unit.replace("^", "").replace("*", " ")
        if one.declared.shown & Shown.TABLE:
            assert (f"{title}, {unit}" if unit else title) in HEAD
        if one.declared.shown & Shown.LIVE:
            assert live[title] == PRINTED.get(unit, unit)
        if one.declared.shown & Shown.TERMINAL and one.of(found) is not None:
            assert plain in terminal[title]
        if one.section not in ("device", "resistance") and one.declared.shown and one.of(found) is not None:
            # of an interval whose one end is declared as a number the page tells both ends
            told = title if one.path != LOWER_END else declared_of(RateSummary, INTERVALS).title
            assert any(row == told or row.startswith(f"{told}, ") for row in report), told


def test_what_can_be_published_is_declared_with_its_unit() -> None:
    """The design file names quantities and dimensions, results answer them: one set, the same units."""
    open_circuit = {one.declared.published: one.declared for one in all_results() if one.declared.published}
    at_a_rate = {
        one.declared.published: one.declared for one in numbers_of(RatePoint) if one.declared.published
    }
    # of the film's own volume: claims divide by it, no result holds it
    assert set(PUBLISHED_QUANTITIES) - {"volumetric_capacity"} == set(open_circuit) | set(at_a_rate)
    for quantity, declared in [*open_circuit.items(), *at_a_rate.items()]:
        dimension = PUBLISHED_QUANTITIES[quantity]
        assert declared.unit == ("" if dimension is None else next(iter(DIMENSIONS[dimension].display))), (
            quantity
        )


def test_the_glossary_says_what_the_results_say() -> None:
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", README.read_text(encoding="utf-8"), re.MULTILINE)
    glossary = {re.sub(r" \(.*\)", "", word): meaning for word, meaning in rows}
    meanings = {
        declaration(field).title: declaration(field).meaning
        for kind in (*KINDS, Evaluation)
        for field in fields(kind)
        if field.compare
    }
    shared = {word for word in glossary if word in meanings} - {"conformal, flooded"}
    assert {word: glossary[word] for word in shared} == {word: meanings[word] for word in shared}
    assert {
        "area gain", "interface area gain", "capacity gain", "footprint capacity", "free reach", "step coverage",
        "area-specific resistance", "utilisation", "N/P ratio", "plating room", "peak to mean", "C-rate",
    } <= shared  # fmt: skip
