"""Mutated and random designs through the command line: no traceback, no hang, no number that contradicts another.

``python -m tests.campaigns fuzz`` tries many more, from another seed.
"""

import json
from pathlib import Path

import pytest

from tests.campaigns.fuzz import tried
from tests.design_texts import VALID, spoilt
from tests.fuzzing import HangError, processor_time, ran, through_check_and_evaluate
from tests.invariants import contradictions
from tests.kinds import CELLS, RELIEFS, design
from tests.random_designs import random_design
from tfgeom.design import design_from_mapping, read_mapping
from tfgeom.evaluation import evaluate

FIRST = 1_000_000
"""Of the seeds tried here, those of the campaign are below it."""
BLOCKS, BLOCK = range(10), 50
_AT_ONCE = 2  # blocks of each kind that are tried with every change


@pytest.mark.parametrize(
    "block", [pytest.param(one, marks=() if one < _AT_ONCE else pytest.mark.slow) for one in BLOCKS]
)
@pytest.mark.parametrize("kind", ["mutated", "random"])
def test_nothing_goes_wrong(kind: str, block: int, tmp_path: Path) -> None:
    faults, fine = {}, 0
    for seed in range(FIRST + block * BLOCK, FIRST + (block + 1) * BLOCK):
        found = tried(kind, seed, tmp_path / "x.yaml", every=4)
        fine += found.code == 0
        if found.faults:
            faults[seed] = found.faults
    assert faults == {}
    assert fine >= BLOCK * (0.1 if kind == "mutated" else 0.8)  # enough of them have numbers


def test_meshes_and_solves_go_well(tmp_path: Path) -> None:
    found = {seed: tried("solved", seed, tmp_path / "x.yaml") for seed in range(FIRST, FIRST + 8)}
    assert {seed: one.faults for seed, one in found.items() if one.faults} == {}
    assert sum(one.code == 0 for one in found.values()) >= 4


@pytest.mark.slow
def test_films_in_time_go_well(tmp_path: Path) -> None:
    found = {seed: tried("film", seed, tmp_path / "x.yaml") for seed in (5, 13, 24)}
    assert {seed: (one.code, one.faults) for seed, one in found.items()} == dict.fromkeys(found, (0, []))


def test_every_kind_is_drawn() -> None:
    drawn = [random_design(seed) for seed in range(FIRST, FIRST + 500)]
    assert {one["relief"]["kind"] for one in drawn} == {relief["kind"] for relief in RELIEFS.values()}
    for key in ("cell", "chip", "packaging", "published", "materials", "cells_in_series"):
        assert any(key in one for one in drawn)
    films = [film for one in drawn for film in one.get("layers", ())]
    for key in ("step_coverage", "interface_resistance", "lithiation", "fill", "name"):
        assert any(key in film for film in films)
    assert any(isinstance(film.get("thickness"), dict) for film in films)
    assert {film["role"] for film in films} >= {"barrier", "interlayer", "encapsulation", "anode"}


@pytest.mark.parametrize("cell", [cell for cell in CELLS if cell != "geometry only"])
@pytest.mark.parametrize(
    ("path", "factor"),
    [
        (("capacity", "footprint_capacity_uAh_cm2"), 1.001),
        (("energy", "footprint_energy_mWh_cm2"), 0.999),
        (("energy", "planar", "mean_voltage_V"), 1.001),
        (("resistance", "asr_ohm_cm2"), 1.001),
        (("rate", 0, "utilisation"), 1.5),
        (("rate", 0, "energy_mWh_cm2"), 1.2),
        (("rate", 0, "planar_same_capacity", "at_current", "capacity_uAh_cm2"), 0.99),
        (("rate_summary", "current_at_80pct_mA_cm2"), 100.0),
        (("geometry", "area_gain"), 0.01),
        (("geometry", "gap_after_coating_nm"), -1.0),
        (("layers", 1, "volume_um3"), float("nan")),
        (("device", "area_for_1_mAh_mm2"), 2.0),
        (("resistance", "incomplete"), 0),
    ],
    ids=lambda one: ".".join(map(str, one)) if isinstance(one, tuple) else "",
)
def test_a_wrong_number_is_noticed(cell: str, path: tuple[str | int, ...], factor: float) -> None:
    said = design("pillars", cell)
    said["operation"] = said["operation"] | {"c_rates": [0.1, 10]}
    found = json.loads(json.dumps(evaluate(design_from_mapping(said)).to_dict()))
    assert contradictions(found, said) == []
    place = found
    for key in path[:-1]:
        place = place[key]
    given = place[path[-1]]
    place[path[-1]] = (given or 1.0) * factor if factor else "none"
    assert contradictions(found, said)


def test_what_hangs_crashes_or_says_too_little_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forever(*_: object) -> None:
        while True:
            pass

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    file = tmp_path / "x.yaml"
    file.write_text(VALID, encoding="utf-8")
    assert through_check_and_evaluate(file, again=True).faults == []
    assert through_check_and_evaluate(file).numbers
    with pytest.raises(HangError), processor_time(0.05):
        forever()
    monkeypatch.setattr("tfgeom.evaluation.evaluate", forever)
    (hangs,) = ran("evaluate", file, seconds=0.1).faults
    assert "hang" in hangs
    monkeypatch.setattr("tfgeom.evaluation.evaluate", broken)
    (crashes,) = ran("evaluate", file).faults
    assert "ZeroDivisionError" in crashes
    file.write_text(spoilt(VALID, ("pitch: 6 um", "pitch: 6")), encoding="utf-8")
    refused = ran("check", file)
    assert (refused.code, refused.faults) == (2, ())
    assert read_mapping(file)[0]["relief"]["pitch"] == 6
