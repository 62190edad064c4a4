"""What is uncertain of a design: which constants and sizes, and what they may be."""

import math
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import get_args

import numpy as np
import pytest
from scipy import stats

from tests.design_texts import FILLED, VALID
from tests.kinds import CELLS, RELIEFS, design
from tests.shipped import PEARSE
from tfgeom.bands.constants import FIXED, IN_TIME, OVER_DECADES, band_of, constant_distribution, varies
from tfgeom.bands.data_files import PROCESS, ProcessStep, default_widths, process_steps, read_rows
from tfgeom.bands.distributions import LogUniform, Normal, Triangular, of_band
from tfgeom.bands.inputs import samples_of, uncertain_inputs
from tfgeom.bands.process import size_spreads
from tfgeom.cells.kinds import assemble_cell
from tfgeom.design import design_from_mapping, load_design
from tfgeom.design.published import Confidence
from tfgeom.errors import DesignError
from tfgeom.evaluation import evaluate
from tfgeom.materials.constants import CONSTANTS
from tfgeom.materials.library import load_library
from tfgeom.materials.material import Property

KNOWN_AS: tuple[str, ...] = get_args(Confidence)
SHARES = np.array([1e-6, 0.01, 0.1, 0.3, 0.5, 0.8, 0.99])


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (LogUniform(0.2, 50.0), stats.loguniform(0.2, 50.0)),
        (Triangular(1.0, 1.5, 4.0), stats.triang(0.5 / 3, 1.0, 3.0)),
        (Triangular(1.0, 1.0, 4.0), stats.triang(0.0, 1.0, 3.0)),
        (Triangular(-3.0, 0.0, 0.0), stats.triang(1.0, -3.0, 3.0)),
        (Normal(-2.0, 0.3), stats.norm(-2.0, 0.3)),
    ],
)
def test_quantiles_are_those_of_scipy(ours: LogUniform, theirs: stats.rv_continuous) -> None:
    assert ours.at(SHARES) == pytest.approx(theirs.ppf(SHARES), rel=1e-12, abs=1e-12)


def test_a_band_of_more_than_three_times_is_even_over_the_logarithm() -> None:
    assert of_band(1.0, 2.0, 3.0) == Triangular(1.0, 2.0, 3.0)
    assert of_band(1.0, 2.0, 3.01) == LogUniform(1.0, 3.01)
    assert of_band(0.0, 2.0, 50.0) == Triangular(0.0, 2.0, 50.0)  # no logarithm of 0
    assert of_band(2.0, 2.0, 2.0) is None


def test_a_value_outside_its_own_band_widens_it() -> None:
    assert of_band(1.0, 0.5, 3.0) == LogUniform(0.5, 3.0)
    assert of_band(2.0, 4.0, 3.0) == Triangular(2.0, 4.0, 4.0)
    outside = Property("diffusivity", 1e-9, "diffusivity", "x", "user", low=1e-14, high=1e-13)
    assert band_of(outside) == (1e-14, 1e-9)


@pytest.mark.parametrize("confidence", KNOWN_AS)
def test_what_has_no_band_takes_the_width_of_how_it_is_known(confidence: str) -> None:
    width = default_widths()[confidence]
    kinetic = Property("diffusivity", 2e-14, "diffusivity", "x", confidence)
    assert band_of(kinetic) == pytest.approx((2e-14 / width.over_decades, 2e-14 * width.over_decades))
    other = Property("expansion", -0.1, "fraction", "x", confidence)
    assert band_of(other) == pytest.approx((-0.1 * (1 + width.other), -0.1 * (1 - width.other)))
    stated = replace(kinetic, low=1e-14)
    assert band_of(stated) == pytest.approx((1e-14, 2e-14 * width.over_decades))


def test_no_band_leaves_what_a_file_may_say() -> None:
    full = Property("transference_number", 0.99, "fraction", "x", "computed")
    assert band_of(full)[1] == 1.0
    none = Property("expansion", 0.0, "fraction", "x", "memory")
    assert constant_distribution(none) is None


def test_every_constant_of_the_library_is_within_its_own_distribution() -> None:
    for material in load_library():
        for key, known in material.properties.items():
            found = constant_distribution(known)
            if found is None:
                continue
            ends = found.at(np.array([1e-9, 1 - 1e-9]))
            assert np.all(np.isfinite(ends)), (material.name, key)
            assert ends[0] * (1 - 1e-6) - 1e-12 <= known.value <= ends[1] * (1 + 1e-6) + 1e-12, key
            assert known.value <= 0 or ends[0] > 0 or known.low == 0, (material.name, key)


def test_the_default_widths_say_rightly_how_wide_the_bands_of_the_library_are() -> None:
    factors: defaultdict[str, list[float]] = defaultdict(list)
    shares: defaultdict[str, list[float]] = defaultdict(list)
    for material in load_library():
        for known in material.properties.values():
            if known.low and known.high and known.low > 0:
                bands = factors if known.dimension in OVER_DECADES else shares
                bands[known.confidence].append(math.sqrt(known.high / known.low))
    for confidence, said in {"primary": "3.2", "computed": "5.6", "memory": "10"}.items():
        assert len(factors[confidence]) >= 5
        assert f"a factor of {said}," in default_widths()[confidence].source
        assert float(said) == pytest.approx(median(factors[confidence]), rel=0.02)
    for confidence, percent in {"abstract": 9, "computed": 24, "memory": 9}.items():
        assert len(shares[confidence]) >= 5
        assert f"{percent} %" in default_widths()[confidence].source
        assert percent == pytest.approx(100 * (median(shares[confidence]) - 1), abs=0.5)


def test_every_row_has_a_source_and_what_is_from_memory_says_so() -> None:
    assert set(default_widths()) == set(KNOWN_AS)
    for name, step in process_steps().items():
        assert ("from memory" in step.source) >= (step.confidence == "memory"), name


def test_a_fault_of_a_data_file_has_its_line(tmp_path: Path) -> None:
    file = tmp_path / "process.yaml"
    file.write_text(PROCESS.read_text().replace("spread: 2.5 %", "spread: 2.5 bananas", 1))
    with pytest.raises(DesignError, match=r"process.yaml:14:11: etch depth.spread: must be one standard"):
        read_rows(file, ProcessStep)


@pytest.mark.parametrize(
    ("relief", "cell"), [*((relief, "conformal") for relief in RELIEFS), *(("holes", cell) for cell in CELLS)]
)
def test_every_kind_has_inputs_and_each_can_be_sampled(relief: str, cell: str) -> None:
    found = evaluate(design_from_mapping(design(relief, cell)))
    inputs = uncertain_inputs(found)
    assert inputs
    paths = [one.path for one in inputs]
    assert len(set(paths)) == len(paths)
    points = np.linspace(1e-6, 1 - 1e-6, 7)[:, None] * np.ones(len(inputs))
    for one, values in zip(inputs, samples_of(inputs, points).values(), strict=True):
        assert np.all(np.diff(values) > 0), one.path
        assert values[0] <= one.value * (1 + 1e-3) or one.value < 0, one.path
    varied = {path for path in paths if path.startswith("materials.")}
    for row in found.provenance:
        path = f"materials.{row.material}.{row.property}"
        known = row.property in FIXED or row.property.startswith(IN_TIME) or row.property == "open_circuit"
        assert (path in varied) != known or row.value == 0, path
    assert any(path.startswith("relief.") for path in paths) == (relief != "planar")


def spreads(text: str, tmp_path: Path) -> dict[str, tuple[float, float, str]]:
    file = tmp_path / "x.yaml"
    file.write_text(text)
    found = size_spreads(assemble_cell(load_design(file)))
    return {one.path: (one.value, one.deviation, one.confidence) for one in found}


def test_the_designs_own_tolerance_goes_before_the_library(tmp_path: Path) -> None:
    own = "tolerance: {relief.diameter: 50 nm, layers.1.thickness: 0 %, relief.pitch: 1 %}\n"
    before, after = spreads(VALID, tmp_path), spreads(VALID + own, tmp_path)
    assert before["relief.diameter"] == pytest.approx((3e-6, 90e-9, "memory"))
    assert after["relief.diameter"] == pytest.approx((3e-6, 50e-9, "user"))
    assert "relief.pitch" not in before
    assert after["relief.pitch"] == pytest.approx((6e-6, 60e-9, "user"))
    assert set(before) - set(after) == {"layers.cathode.thickness"}


def test_films_go_by_where_they_lie(tmp_path: Path) -> None:
    on_holes = spreads(VALID, tmp_path)
    assert on_holes["layers.cathode.thickness"] == pytest.approx((70e-9, 0.02 * 70e-9, "abstract"))
    thick = spreads(VALID.replace("70 nm", "1.1 um").replace("diameter: 3 um", "diameter: 5 um"), tmp_path)
    assert thick["layers.cathode.thickness"] == pytest.approx((1.1e-6, 0.05 * 1.1e-6, "memory"))
    plane = VALID.replace(
        "  kind: holes\n  lattice: hexagonal\n  pitch: 6 um\n  diameter: 3 um\n  depth: 30 um\n",
        "  kind: planar\n",
    )
    assert spreads(plane, tmp_path)["layers.cathode.thickness"][1] == pytest.approx(0.03 * 70e-9)
    assert spreads(FILLED, tmp_path)["layers.anode.fill.above_top"] == pytest.approx((5e-7, 5e-8, "memory"))


def test_a_balanced_film_keeps_the_thickness_that_was_solved_for_it(tmp_path: Path) -> None:
    text = VALID.replace("material: SnNx, thickness: 10 nm", "material: SnNx, thickness: {balance: 1.1}")
    found = spreads(text, tmp_path)["layers.anode.thickness"]
    file = tmp_path / "x.yaml"
    solved = assemble_cell(load_design(file)).blueprint.layers[3].thickness
    assert found == pytest.approx((solved, 0.02 * solved, "abstract"))


def test_walls_lean_by_a_share_of_the_narrowest_width(tmp_path: Path) -> None:
    value, deviation, _ = spreads(VALID, tmp_path)["relief.sidewall_angle"]
    assert value == math.pi / 2
    # a hole of 3 um, 30 um deep, whose foot is 5 % narrower
    assert 2 * 30e-6 * math.tan(deviation) == pytest.approx(0.05 * 3e-6, rel=1e-3)


def test_a_material_of_two_films_is_one_and_varies_as_one() -> None:
    text = VALID.replace("material: Ru", "material: TiN")
    assert text.count("material: TiN") == 2
    found = uncertain_inputs(evaluate(design_from_mapping(design("holes", "conformal"))))
    assert found
    inputs = uncertain_inputs(evaluate(load_design(PEARSE)))
    assert [one.words for one in inputs if one.path.endswith("LiV2O5.exchange_current")] == [
        "LiV2O5's exchange current"
    ]
    assert all(CONSTANTS[one.path.split(".", 2)[2]] and varies(one.path.split(".", 2)[2]) for one in inputs if one.is_constant)  # fmt: skip
