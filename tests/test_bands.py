"""Bands of numbers: each sample is the design that it says, percentiles and yield are of the samples, words tell why."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from tests.commands import run
from tests.design_texts import VALID
from tests.kinds import CELLS, RELIEFS, design
from tests.shipped import PEARSE
from tfgeom.bands.inputs import Input, path_words, samples_of, uncertain_inputs
from tfgeom.bands.rows import Sampler, deposited
from tfgeom.bands.sampling import SobolPoints
from tfgeom.bands.whole import BANDED, CROSSING, BandSettings, with_bands
from tfgeom.bands.words import makes_most, range_words
from tfgeom.batch.designs import with_numbers
from tfgeom.cells.kinds import assemble_cell
from tfgeom.compare import compare_designs, comparison_json, side_by_side
from tfgeom.design import Design, design_from_mapping, load_design
from tfgeom.errors import DesignError, TfgeomError
from tfgeom.evaluation import evaluate, evaluate_cell
from tfgeom.report.headline import headline
from tfgeom.report.how_sure import bands_table, inputs_table, shares_table
from tfgeom.results import BandNumbers, BandsNumbers, Evaluation, LargestNumbers
from tfgeom.source import Location
from tfgeom.viewer.numbers import number_rows

QUICK = [path for path in BANDED if path != CROSSING]
KINDS = [
    *(pytest.param(relief, "conformal", marks=pytest.mark.slow) for relief in RELIEFS if relief != "holes"),
    *(pytest.param("holes", cell, id=f"holes-{cell}") for cell in CELLS),
]


def loaded(text: str, tmp_path: Path) -> Design:
    file = tmp_path / "x.yaml"
    file.write_text(text)
    return load_design(file)


def by_itself(found: Evaluation, inputs: tuple[Input, ...], values: dict[str, float]) -> Evaluation:
    """Return the evaluation of one sample: its own design, its materials with other values."""
    said = deposited(found.cell)
    places: dict[Location, float] = {}
    for one in inputs:
        if not one.is_constant:
            *keys, last = one.path.split(".")
            node: Any = said
            place: list[Any] = []
            for key in keys:
                if isinstance(node, tuple):
                    at = next(i for i, layer in enumerate(node) if layer.name == key)
                    node, place = node[at], [*place, at]
                else:
                    node, place = getattr(node, key), [*place, key]
            inner = [last, "value"] if hasattr(getattr(node, last), "at") else [last]
            places[(*place, *inner)] = values[one.path]
    constants = {one.constant: values[one.path] for one in inputs if one.is_constant}
    return evaluate_cell(assemble_cell(with_numbers(said, places), constants))


def value_at(found: Evaluation, path: str) -> float:
    node = found
    for key in path.split("."):
        node = None if node is None else getattr(node, key)
    return np.nan if node is None else float(node)  # type: ignore[arg-type]


@pytest.mark.parametrize(("relief", "cell"), KINDS)
def test_each_sample_is_the_design_that_it_says(relief: str, cell: str) -> None:
    found = evaluate(design_from_mapping(design(relief, cell)))
    inputs = uncertain_inputs(found)
    points = SobolPoints(len(inputs), 7).next(8)
    rows = Sampler(found.cell, inputs, BANDED).rows(points)
    samples = samples_of(inputs, points)
    for row in (3, 6):
        values = {path: float(column[row]) for path, column in samples.items()}
        try:
            one = by_itself(found, inputs, values)
        except TfgeomError:
            assert rows.reasons[row]
            continue
        assert rows.reasons[row] == ""
        assert rows.values[row] == pytest.approx(
            [value_at(one, path) for path in BANDED], rel=1e-9, nan_ok=True
        )


@pytest.mark.parametrize(("relief", "cell"), KINDS)
def test_every_kind_has_bands_around_its_numbers(relief: str, cell: str) -> None:
    found = with_bands(evaluate(design_from_mapping(design(relief, cell))), BandSettings(64, crossings=4))
    assert found.bands is not None
    assert set(found.bands.outputs) == set(BANDED)
    assert 0.5 < found.bands.yield_ <= 1
    for path, band in found.bands.outputs.items():
        known = not np.isnan(value_at(found, path))
        assert (band is not None) == known or path == CROSSING, path
        if band is not None and path != CROSSING:
            assert band.p10 is not None
            assert band.p50 is not None
            assert band.p90 is not None
            assert band.p10 <= band.p50 <= band.p90


def test_the_bands_change_no_number() -> None:
    before = evaluate(load_design(PEARSE))
    after = with_bands(before, BandSettings(16, crossings=4))
    one, two = before.to_dict(), after.to_dict()
    assert two.pop("bands")["samples"] == 16
    assert one.pop("bands") is None
    assert two.pop("notes")[: len(one["notes"])] == list(one.pop("notes"))
    assert one == two


def test_percentiles_are_those_of_many_random_samples() -> None:
    """Random points of numpy, no Sobol' points: the same percentiles within what as many samples leave open."""
    found = evaluate(load_design(PEARSE))
    inputs = uncertain_inputs(found)
    points = np.random.default_rng(5).uniform(size=(4096, len(inputs)))
    values = Sampler(found.cell, inputs, QUICK).rows(points).values
    bands = with_bands(found, BandSettings(crossings=2)).bands
    assert bands is not None
    for path, column in zip(QUICK, values.T, strict=True):
        band = bands.outputs[path]
        assert band is not None
        for share, percentile in ((0.1, band.p10), (0.5, band.p50), (0.9, band.p90)):
            assert percentile is not None
            assert np.mean(column <= percentile) == pytest.approx(share, abs=0.03)


TRENCHES = VALID.replace(
    "  kind: holes\n  lattice: hexagonal\n  pitch: 6 um\n  diameter: 3 um\n  depth: 30 um\n",
    "  kind: trenches\n  pitch: 2 um\n  width: 400 nm\n  depth: 5 um\n",
)
EXACT = ", ".join(f"layers.{layer}.thickness: 0 %" for layer in range(5))


@pytest.mark.parametrize("deviation", [2e-9, 8e-9, 30e-9])
def test_the_yield_of_a_normal_size_against_a_limit_is_phi(deviation: float, tmp_path: Path) -> None:
    """Trenches 400 nm wide with films of 195 nm: they merge where a width is below 390 nm."""
    text = TRENCHES + (
        f"tolerance: {{relief.width: {deviation * 1e9!r} nm, relief.depth: 0 %, relief.sidewall_angle: 0 %, {EXACT}}}\n"
    )
    found = with_bands(evaluate(loaded(text, tmp_path)), BandSettings(crossings=2))
    assert found.bands is not None
    expected = stats.norm.cdf((400e-9 - 2 * 195e-9) / deviation)
    assert found.bands.yield_ == pytest.approx(expected, abs=2 / 1024)
    lost = [note for note in found.notes if "lost yield" in note]
    assert bool(lost) == (found.bands.yield_ < 1)
    assert all("the films leave no room" in note for note in lost), lost


def test_lost_samples_are_in_no_percentile(tmp_path: Path) -> None:
    text = (
        TRENCHES
        + f"tolerance: {{relief.width: 30 nm, relief.depth: 0 %, relief.sidewall_angle: 0 %, {EXACT}}}\n"
    )
    found = with_bands(evaluate(loaded(text, tmp_path)), BandSettings(crossings=2))
    bands = found.bands
    assert bands is not None
    assert bands.yield_ < 0.7
    # what exists is the upper part of the normal: its percentiles in closed form
    least = stats.norm.cdf(-10 / 30)
    area = bands.outputs["geometry.area_gain"]
    assert area is not None
    # walls and pitch are exact: the area gain of trenches does not depend on their width
    assert area.p10 == area.p90 == pytest.approx(value_at(found, "geometry.area_gain"), rel=1e-5)
    assert bands.yield_ == pytest.approx(1 - least, abs=2 / 1024)


def test_tolerances_that_leave_the_possible_everywhere_are_one_note(tmp_path: Path) -> None:
    text = TRENCHES.replace("400 nm", "391 nm") + "tolerance: {layers.0.thickness: 99 %}\n"
    found = evaluate(loaded(text, tmp_path))
    inputs = tuple(one for one in uncertain_inputs(found) if one.path == "layers.inner_collector.thickness")
    rows = Sampler(found.cell, inputs, BANDED).rows(np.array([[0.9], [0.99], [1e-4]]))
    assert all(rows.reasons)
    assert np.isnan(rows.values).all()
    assert sum(rows.lost.values()) == 3


def test_nothing_uncertain_is_said(tmp_path: Path) -> None:
    text = "schema_version: 1\nname: flat\nrelief: {kind: planar}\n"
    found = with_bands(evaluate(loaded(text, tmp_path)))
    assert found.bands is None
    assert found.notes[-1].startswith("bands are null: nothing of the design is uncertain")


def test_a_missing_constant_leaves_that_band_null() -> None:
    mapping = design("holes", "conformal")
    mapping = {
        **mapping,
        "materials": {
            "mine": {"volumetric_capacity": "37 uAh/cm^2/um", "density": "3 g/cm^3", "lithiation": 1}
        },
    }
    mapping["layers"] = [
        {**film, "material": "mine"} if film["role"] == "cathode" else film for film in mapping["layers"]
    ]
    found = with_bands(evaluate(design_from_mapping(mapping)), BandSettings(32))
    assert found.bands is not None
    assert found.bands.outputs["energy.footprint_energy_mWh_cm2"] is None
    assert found.bands.outputs["capacity.footprint_capacity_uAh_cm2"] is not None
    assert any("energy is null" in note or "energy" in note for note in found.notes)


@pytest.mark.slow
def test_the_current_from_which_a_relief_beats_the_best_plane_has_a_band() -> None:
    found = evaluate(load_design(PEARSE))
    banded_ = with_bands(found, BandSettings(64, crossings=16))
    assert banded_.bands is not None
    band = banded_.bands.outputs[CROSSING]
    assert band is not None
    assert band.p10 is not None
    assert band.p90 is not None
    inputs = uncertain_inputs(found)
    points = SobolPoints(2 * len(inputs), 1).next(64)[:16, : len(inputs)]
    samples = samples_of(inputs, points)
    alone = [
        value_at(
            by_itself(found, inputs, {path: float(column[row]) for path, column in samples.items()}), CROSSING
        )
        for row in range(16)
    ]
    assert [band.p10, band.p90] == pytest.approx(np.quantile(alone, [0.1, 0.9], method="higher"), rel=1e-4)


def test_where_most_samples_beat_no_plane_an_end_is_unknown() -> None:
    mapping = design("holes", "conformal", baseline={"thickest_film": "100 um"})
    found = evaluate(design_from_mapping(mapping))
    assert found.rate_summary is not None
    banded_ = with_bands(found, BandSettings(16, crossings=16))
    (note,) = (note for note in banded_.notes if "beats the best plane is of 16 samples" in note)
    assert banded_.bands is not None
    band = banded_.bands.outputs[CROSSING]
    assert band is not None
    assert (band.p90 is None) == ("at no current" in note)


def test_the_seed_decides() -> None:
    found = evaluate(load_design(PEARSE))
    one, two, other = (with_bands(found, BandSettings(64, seed, crossings=4)).bands for seed in (1, 1, 2))
    assert one == two != other


@pytest.mark.parametrize(
    ("samples", "seed", "message"), [(1000, 1, "use 1024"), (0, 1, "use 2"), (64, -1, "use 0 or more")]
)
def test_settings_that_cannot_be(samples: int, seed: int, message: str) -> None:
    with pytest.raises(DesignError, match=message):
        BandSettings(samples, seed)


def test_the_ranking_names_what_decides_and_shares_add_up() -> None:
    found = with_bands(evaluate(load_design(PEARSE)), BandSettings(256, ranked=True, rows=512, crossings=4))
    bands = found.bands
    assert bands is not None
    by_output = {path: [row for row in bands.largest if row.output == path] for path in BANDED}
    assert by_output["rate_summary.current_at_80pct_mA_cm2"][0].constant == "materials.LiV2O5.diffusivity"
    both = by_output["resistance.asr_ohm_cm2"][:2]
    assert {row.constant for row in both} == {
        "materials.LiV2O5.exchange_current",
        "materials.SnNx.exchange_current",
    }
    assert {row.constant for row in by_output["geometry.area_gain"]} <= {
        "relief.diameter",
        "relief.depth",
        "relief.sidewall_angle",
    }
    for rows in by_output.values():
        assert sum(row.first_order for row in rows) < 1.1
        assert all(row.interval[0] <= row.first_order <= row.interval[1] for row in rows)
        assert [row.total for row in rows] == sorted((row.total for row in rows), reverse=True)


def banded(largest: list[LargestNumbers], low: float = 2.5, high: float = 60.0) -> Evaluation:
    path = "resistance.asr_ohm_cm2"
    bands = BandsNumbers({path: BandNumbers(low, 12.8, high)}, tuple(largest), 1.0, 64, 1)
    return dataclasses.replace(evaluate(load_design(PEARSE)), bands=bands)


def made_by(path: str, first: float, half: float = 0.03) -> LargestNumbers:
    return LargestNumbers("resistance.asr_ohm_cm2", path, first, first, (first - half, first + half))


I0, D, WIDTH = "materials.LiV2O5.exchange_current", "materials.SnNx.diffusivity", "relief.diameter"


@pytest.mark.parametrize(
    ("largest", "words"),
    [
        ([made_by(I0, 0.9)], "nine tenths of that spread is LiV2O5's exchange current: measure it first"),
        (
            [made_by(I0, 0.9, 0.2)],
            "about nine tenths of that spread is LiV2O5's exchange current: measure it first",
        ),
        (
            [made_by(WIDTH, 0.5), made_by(D, 0.3)],
            "half of that spread is the relief's diameter: control it first",
        ),
        (
            [made_by(D, 0.44), made_by(I0, 0.46)],
            "nine tenths of that spread are LiV2O5's exchange current and SnNx's diffusivity, about alike: measure "
            "them first",
        ),
        ([made_by(I0, 0.1)], "no single constant or size makes a sixth of that spread"),
        ([], ""),
    ],
)
def test_what_makes_most_is_said_in_words(largest: list[LargestNumbers], words: str) -> None:
    assert makes_most(banded(largest), "resistance.asr_ohm_cm2") == words


def test_a_range_of_no_width_is_none() -> None:
    assert range_words(banded([]), "resistance.asr_ohm_cm2", "{:.3g}".format) == "2.5 to 60"
    assert range_words(banded([], 12.8, 12.801), "resistance.asr_ohm_cm2", "{:.3g}".format) == ""
    assert range_words(banded([]), "capacity.footprint_capacity_uAh_cm2", "{:.3g}".format) == ""
    assert makes_most(banded([made_by(I0, 0.9)], 12.8, 12.9), "resistance.asr_ohm_cm2") == ""


def test_paths_have_words() -> None:
    assert path_words("materials.LiPF6-EC-EMC.dissociation.k_r") == "LiPF6-EC-EMC's recombination rate"
    assert path_words("layers.inner_collector.thickness") == "the thickness of inner collector"
    assert path_words("cell.separator") == "the cell's separator"


def test_the_command_line_has_bands_unless_told_otherwise(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("evaluate", str(PEARSE)) == 0
    text = capsys.readouterr().out
    assert "12.8 (" in text
    assert "LiV2O5's diffusivity: measure it first" in text
    assert "a tenth of 1024 samples" in text
    assert run("evaluate", str(PEARSE), "--bands", "off", "--json") == 0
    assert json.loads(capsys.readouterr().out)["bands"] is None
    assert run("evaluate", str(PEARSE), "--json", "--samples", "64", "--seed", "3") == 0
    said = json.loads(capsys.readouterr().out)["bands"]
    assert (said["samples"], said["seed"], said["yield"]) == (64, 3, 1.0)
    assert set(said["outputs"]["resistance.asr_ohm_cm2"]) == {"p10", "p50", "p90"}
    assert {"output", "constant", "first_order", "total", "interval"} == set(said["largest"][0])


def test_the_page_says_first_how_sure_it_is() -> None:
    plain = evaluate(load_design(PEARSE))
    found = with_bands(plain, BandSettings(64, ranked=True, rows=128, crossings=4))
    assert found.bands is not None
    (said,) = (one for one in headline(found) if one.startswith("How sure:"))
    assert "nearly all of that spread is LiV2O5's diffusivity: measure it first" in said
    band = found.bands.outputs["resistance.asr_ohm_cm2"]
    assert band is not None
    assert f"between {band.p10:.3g} and {band.p90:.3g} Ω·cm²" in said
    assert not any(one.startswith("How sure") for one in headline(plain))
    bands, shares, inputs = bands_table(found), shares_table(found), inputs_table(found)
    assert bands is not None
    assert shares is not None
    assert inputs is not None
    assert len(bands.rows) == len(BANDED)
    assert len(shares.rows) == len(found.bands.largest)
    assert [row[0] for row in inputs.rows] == [one.words for one in uncertain_inputs(found)]
    assert {row[0]: row[1] for row in inputs.rows}["the thickness of cathode"] == "70 nm"
    assert (bands_table(plain), shares_table(plain), inputs_table(plain)) == (None, None, None)


def test_the_live_page_has_bands_behind_its_numbers() -> None:
    found = with_bands(evaluate(load_design(PEARSE)), BandSettings(64, crossings=0))
    assert found.bands is not None
    band = found.bands.outputs["resistance.asr_ohm_cm2"]
    assert band is not None
    rows = {row.what: row.cell for row in number_rows(found)}
    assert rows["area-specific resistance"] == f"12.8 ({band.p10:.3g} to {band.p90:.3g})"
    assert rows["N/P ratio"] == "1.859"


def test_a_comparison_has_a_row_of_bands_under_each_number() -> None:
    plain = compare_designs([PEARSE])
    found = compare_designs([PEARSE], bands=BandSettings(64, crossings=0))
    (before,), (after,) = (list(side_by_side(one, lambda value: f"{value}")) for one in (plain, found))
    under = {
        after.rows[at - 1][0]: row[1]
        for at, row in enumerate(after.rows)
        if row[0] == "  eight of ten samples"
    }
    assert [row for row in after.rows if row[0] != "  eight of ten samples"] == list(before.rows)
    evaluation = found.entries[0].evaluation
    assert evaluation is not None
    assert evaluation.bands is not None
    band = evaluation.bands.outputs["resistance.asr_ohm_cm2"]
    assert band is not None
    assert under["area-specific resistance, ohm*cm^2"] == f"{band.p10} to {band.p90}"
    assert comparison_json(found, [])["designs"][0]["bands"]["samples"] == 64
    assert "bands" not in comparison_json(plain, [])["designs"][0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--bands", "maybe"), "--bands: 'maybe' is unknown; use on or off"),
        (
            ("--samples", "1000"),
            "samples: 1000 is no power of two from 2 to 65536, which fill a space evenly; use 1024",
        ),
        (("--seed", "-1"), "seed: -1 is negative; use 0 or more"),
    ],
)
def test_options_that_cannot_be_are_one_message(
    options: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("evaluate", str(PEARSE), *options) == 2
    assert capsys.readouterr().err.strip() == message
