"""The best plane against brute force: every thickness laid on the road itself, and 400 of them at once."""

import re
from functools import cache
from random import Random
from typing import Any

import numpy as np
import pytest

from tests.best_planes import KNOWN, best_of, charges, known
from tests.kinds import CELLS, every_cell
from tests.shipped import DANILOV, DESIGNS, LEI, PEARSE, ROOT, mapping_of
from tfgeom.cells.plane_family import free_planes
from tfgeom.design import design_from_mapping, load_design
from tfgeom.errors import DesignError
from tfgeom.evaluation import evaluate
from tfgeom.metrics.against_best_plane import intervals_in_words, why_unknown
from tfgeom.metrics.best_plane import ClosedBestPlane
from tfgeom.report.headline import headline
from tfgeom.transport.closed_rate import delivered_charges, discharge_ends, surplus
from tfgeom.transport.plane_rates import (
    beaten_by_rows,
    best_planes,
    outdone,
)
from tfgeom.units import MA_PER_CM2, UAH_PER_CM2

EVERY = 400  # thicknesses
NOTHING = 1e-6  # utilisation: what ends at once


@cache
def drawn(seed: int) -> ClosedBestPlane:
    """Return the best plane of a cell of any kind, its constants drawn over decades."""
    rng, kinds = Random(seed), [cell for cell in CELLS if cell != "geometry only"]
    mapping = known(kinds[seed % len(kinds)], rng.choice(["holes", "pillars", "trenches", "wave"]))
    for constants in mapping["materials"].values():
        constants["diffusivity"] = f"{10 ** rng.uniform(-16, -10)} cm^2/s"
        constants["exchange_current"] = f"{10 ** rng.uniform(-2, 3)} A/m^2"
        constants["electronic_conductivity"] = f"{10 ** rng.uniform(-9, -1)} S/cm"
    return best_of(evaluate(design_from_mapping(mapping)))


SLOW = [pytest.param(seed, marks=pytest.mark.slow) for seed in (*range(3, 11), *range(12, 21))]
"""Some of every kind of cell; the 11th draw closes its gaps."""
over_draws = pytest.mark.parametrize("seed", [0, 1, 2, *SLOW])


def currents_of(best: ClosedBestPlane, count: int = 7) -> np.ndarray[Any, Any]:
    """Return footprint currents over eight decades about that which empties the cell in an hour, A/m²."""
    return np.asarray(np.geomspace(1e-4, 1e4, count) * best.own.capacity / 3600)


@pytest.mark.slow
@every_cell
def test_planes_as_a_vector_are_the_planes_of_the_road(cell: str) -> None:
    if cell == "geometry only":
        return
    best = best_of(evaluate(design_from_mapping(known(cell))))
    gains = np.array([0.3, 1.0, 17.0]) * best.planes.most / 20
    current = np.full(3, best.own.capacity / 3600)
    as_vector = discharge_ends(best.planes.cell(gains), current, best.planes.chemistry)
    for i, gain in enumerate(gains):
        mapping = known(cell, "planar")
        plane = best.free.plane(float(gain))
        for said, film in zip(mapping["layers"], plane.made.films, strict=True):
            if film.layer.role in ("cathode", "anode"):
                said["thickness"] = f"{film.layer.thickness!r} m"
        # the design of that plane, on the whole road, by its own films
        found = evaluate(design_from_mapping(mapping))
        assert found.rate_model is not None
        alone = found.rate_model.ends([("cell", current[i])])
        assert as_vector.charge[i] == pytest.approx(alone.charge[0], rel=1e-9)
        assert as_vector.energy[i] == pytest.approx(alone.energy[0], rel=1e-9)


@over_draws
def test_the_best_plane_is_that_of_brute_force(seed: int) -> None:
    best = drawn(seed)
    planes = best.planes
    every = np.geomspace(planes.least, planes.most, EVERY)
    currents = currents_of(best)
    found = best_planes(planes, currents)
    for gain, most, current in zip(found.gain, found.most, currents, strict=True):
        delivered = charges(planes, every, current)
        assert most >= delivered.max() * (1 - 1e-4)
        if delivered.max() == 0:
            continue
        assert most <= delivered.max() * 1.02  # a peak between two of the grid
        (own,) = charges(planes, np.array([gain]), current)
        assert own >= 0.99 * most * (1 - 1e-6)
        # no thinner plane does
        assert (delivered[every < gain * (1 - 1e-6)] < 0.99 * most * (1 + 1e-6)).all()


@over_draws
def test_with_growing_thickness_the_charge_rises_and_then_falls(seed: int) -> None:
    best = drawn(seed)
    planes = best.planes
    every = np.geomspace(planes.least, planes.most, EVERY)
    for current in currents_of(best):
        delivered = charges(planes, every, current)
        if (delivered < NOTHING * planes.unit.capacity * every).all():
            continue
        steps = np.diff(delivered) / delivered.max()
        top = int(np.argmax(delivered))
        assert (steps[:top] > -1e-7).all()
        # a step of the open-circuit curve lets it rise again, never so far
        assert steps[top:].clip(min=0).sum() < 0.2


@over_draws
def test_a_surplus_is_told_without_following_the_discharge(seed: int) -> None:
    best = drawn(seed)
    planes = best.planes
    gains = np.geomspace(planes.least, planes.most, 40)
    for current in currents_of(best):
        delivered = charges(planes, gains, current)
        some = delivered > NOTHING * planes.unit.capacity * gains
        for share in (0.5, 0.999, 1.001, 1.5):
            wanted = np.where(some, delivered, 1e-3 * planes.unit.capacity * gains) * share
            said = surplus(planes.cell(gains), wanted, np.full(40, current), planes.chemistry) >= 0
            assert (said == (delivered >= wanted)).all()


@over_draws
def test_a_cell_beats_the_planes_where_brute_force_says_so(seed: int) -> None:
    best = drawn(seed)
    planes, own = best.planes, best.own
    every = np.geomspace(planes.least, planes.most, EVERY // 2)
    (intervals,) = beaten_by_rows(planes, own)
    assert list(np.ravel(intervals)) == sorted(np.ravel(intervals))
    currents = np.geomspace(1e-5, 1e5, 31) * own.capacity / 3600
    given = delivered_charges([own] * 31, currents, planes.chemistry)
    for current, mine in zip(currents, given, strict=True):
        most = charges(planes, every, current).max()
        inside = any(start <= current <= end for start, end in intervals)
        # 2 % either way: the grid misses peaks by less
        if inside:
            assert mine > 1.01 * most * 0.98
            assert mine > 0.049 * own.capacity
        elif mine > 0.051 * own.capacity:
            assert mine < 1.01 * most * 1.02


def test_the_ends_of_an_interval_are_where_both_deliver_the_same() -> None:
    best = best_of(evaluate(load_design(PEARSE)))
    (((start, end),),) = beaten_by_rows(best.planes, best.own)
    own = delivered_charges([best.own] * 2, np.array([start, end]), best.planes.chemistry)
    most = best_planes(best.planes, np.array([start])).most
    assert own[0] == pytest.approx(1.01 * most[0], rel=1e-3)
    assert own[1] == pytest.approx(0.05 * best.own.capacity, rel=1e-3)
    assert outdone(best.planes, own[:1] / 1.01, np.array([start * 0.999]))[0] > 0
    assert outdone(best.planes, own[:1] / 1.01, np.array([start * 1.001]))[0] < 0


def test_the_planes_of_the_pearse_films() -> None:
    """20 um of LiV2O5 at 37 uAh/cm²/um hold 740, N/P is the cell's, and the electrolyte stays."""
    found = evaluate(load_design(PEARSE))
    best = best_of(found)
    plane = best.free.plane(best.free.most)
    by_role = {film.layer.role: film.layer.thickness for film in plane.made.films}
    assert by_role["cathode"] == pytest.approx(20e-6)
    assert by_role["electrolyte"] == 50e-9
    assert plane.lithium is not None
    assert plane.lithium.capacity / UAH_PER_CM2 == pytest.approx(740)
    assert found.capacity is not None
    assert plane.lithium.n_to_p_ratio == pytest.approx(found.capacity.n_to_p_ratio, rel=1e-12)


@pytest.mark.parametrize("cell", ["conformal", "lithium anode", "anode-free", "bipolar", "flooded"])
def test_no_plane_is_higher_than_the_cell_or_has_a_thicker_film(cell: str) -> None:
    for cap in (20e-6, 2e-6):
        own = best_of(evaluate(design_from_mapping(known(cell)))).free.cell
        free = free_planes(own, cap)
        assert free is not None
        plane = free.plane(free.most)
        electrodes = [film for film in plane.made.films if film.layer.role in ("cathode", "anode")]
        thickest = max(
            film.layer.thickness for film in electrodes if not film.layer.material.is_lithium_metal
        )
        assert thickest <= cap * (1 + 1e-9)
        height = plane.bulk.active_height
        assert height <= own.bulk.active_height * (1 + 1e-9)
        assert thickest == pytest.approx(cap) or height == pytest.approx(own.bulk.active_height)


def test_plated_lithium_counts_in_the_height() -> None:
    own = best_of(evaluate(design_from_mapping(known("anode-free")))).free.cell
    free = free_planes(own, 1.0)
    assert free is not None
    plane = free.plane(free.most)
    films = sum(film.layer.thickness for film in plane.made.films)
    assert plane.bulk.active_height == pytest.approx(own.bulk.active_height)
    assert plane.bulk.active_height > films * 1.05


def test_a_lithium_anode_keeps_its_thickness() -> None:
    free = best_of(evaluate(design_from_mapping(known("lithium anode")))).free
    for gain in (0.1, 10.0):
        thicknesses = {film.layer.role: film.layer.thickness for film in free.plane(gain).made.films}
        assert thicknesses["anode"] == 300e-9
        assert thicknesses["cathode"] == pytest.approx(gain * 70e-9)


def test_a_plane_never_beats_itself() -> None:
    found = evaluate(load_design(DANILOV))
    assert found.rate_summary is not None
    assert found.rate_summary.beats_best_plane_mA_cm2 == ()
    assert found.rate_summary.beats_best_plane_above_mA_cm2 is None
    for row in found.rate or ():
        assert row.planar_best is not None
        assert row.planar_best.at_current.capacity_uAh_cm2 >= 0.99 * row.capacity_uAh_cm2 * (1 - 1e-9)


@pytest.mark.parametrize("missing", ["diffusivity", "exchange_current", "open_circuit"])
def test_a_missing_constant_leaves_it_open(missing: str) -> None:
    mapping = known("conformal")
    layers = [{**one, "material": "Mine"} if one["role"] == "cathode" else one for one in mapping["layers"]]
    mine: dict[str, Any] = KNOWN | {
        "density": "3 g/cm^3",
        "volumetric_capacity": "40 uAh/cm^2/um",
        "lithiation": 1,
        "open_circuit": {"form": "linear", "parameters": {"intercept": 3.6, "slope": -0.8}},
    }
    mine.pop(missing)
    materials = {"SnNx": KNOWN, "Mine": mine}
    found = evaluate(design_from_mapping(mapping | {"layers": layers, "materials": materials}))
    words = {
        "diffusivity": "diffusivity",
        "exchange_current": "exchange current",
        "open_circuit": "open-circuit",
    }
    assert words[missing] in why_unknown(found)
    assert "cathode" in why_unknown(found)
    (sentence,) = [one for one in headline(found) if "best plane" in one]
    assert sentence == f"Whether it delivers more than the best plane is not known: {why_unknown(found)}."
    if missing == "open_circuit":
        assert found.rate is None
        return
    assert found.rate_summary is not None
    assert found.rate_summary.beats_best_plane_mA_cm2 is None
    assert all(row.planar_best is None for row in found.rate or ())
    assert any(note == f"the best plane is null: {why_unknown(found)}" for note in found.notes)


def test_a_relief_without_films_says_nothing_of_planes() -> None:
    found = evaluate(load_design(LEI))
    assert why_unknown(found) == ""
    assert not any("best plane" in sentence for sentence in headline(found))


def test_the_first_screen_says_where_the_relief_is_worth_it() -> None:
    found = evaluate(load_design(PEARSE))
    (sentence,) = [one for one in headline(found) if "best plane" in one]
    assert "between 0.0027 and 4.7 mA/cm² of footprint" in sentence
    thick = evaluate(design_from_mapping(known("conformal") | {"baseline": {"thickest_film": "100 nm"}}))
    assert thick.rate_summary is not None
    intervals = thick.rate_summary.beats_best_plane_mA_cm2
    # 100 nm on a plane hold less than 70 nm in the holes: from the slowest discharge on
    assert intervals is not None
    assert intervals[0][0] == 0
    assert "up to" in next(one for one in headline(thick) if "best plane" in one)


def test_intervals_in_words() -> None:
    write = "{:g}".format
    assert intervals_in_words([(1, 2)], write, "mA/cm2") == "between 1 and 2 mA/cm2"
    assert intervals_in_words([(0, 2)], write, "mA/cm2") == "up to 2 mA/cm2"
    assert intervals_in_words([(0, 2), (3, 4)], write, "mA/cm2") == "up to 2 and from 3 to 4 mA/cm2"
    several = [(1, 2), (3, 4), (5, 6)]
    assert intervals_in_words(several, write, "x") == "from 1 to 2, from 3 to 4 and from 5 to 6 x"


@pytest.mark.slow
def test_a_row_holds_the_best_plane_at_its_current() -> None:
    found = evaluate(load_design(PEARSE))
    best = best_of(found)
    for row in found.rate or ():
        flat = row.planar_best
        assert flat is not None
        assert flat.cathode_thickness_um is not None
        assert flat.at_current.footprint_current_mA_cm2 == row.footprint_current_mA_cm2
        plane = best.free.plane(flat.cathode_thickness_um * 1e-6 / 70e-9)
        alone = evaluate(
            design_from_mapping(
                mapping_of(
                    PEARSE,
                    relief={"kind": "planar"},
                    chosen={},
                    published=[],
                    layers=[
                        {
                            "role": one.layer.role,
                            "material": one.layer.material.name,
                            "thickness": f"{one.layer.thickness!r} m",
                        }
                        for one in plane.made.films
                    ],
                )
            )
        )
        assert alone.rate_model is not None
        ends = alone.rate_model.ends([("cell", row.footprint_current_mA_cm2 * MA_PER_CM2)])
        assert flat.at_current.capacity_uAh_cm2 == pytest.approx(ends.charge[0] / UAH_PER_CM2, rel=1e-9)


README = re.findall(
    r"^\| [^|]*\(`(\w+)`\) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) to ([\d.]+) \|$",
    (ROOT / "README.md").read_text(),
    re.MULTILINE,
)


def test_the_readme_has_rows_of_the_best_plane() -> None:
    assert len(README) == 4


@pytest.mark.parametrize("row", README, ids=lambda row: row[0])
def test_the_readme_says_where_reliefs_beat_the_best_plane(row: tuple[str, ...]) -> None:
    name, *numbers = row
    found = evaluate(load_design(DESIGNS / f"{name}.yaml"))
    best = best_of(found)
    (((start, end),),) = beaten_by_rows(best.planes, best.own)
    held = best.planes.unit.capacity * best.planes.most
    computed = (best.own.capacity / UAH_PER_CM2, held / UAH_PER_CM2, start / MA_PER_CM2, end / MA_PER_CM2)
    assert [float(number) for number in numbers] == [float(f"{value:.3g}") for value in computed]


def test_bad_baselines() -> None:
    with pytest.raises(DesignError, match=r"baseline\.thickest_film: 0\.5 nm is no film; use at least 1 nm"):
        design_from_mapping(mapping_of(PEARSE, baseline={"thickest_film": "0.5 nm"}))
    with pytest.raises(DesignError, match="baseline: needs a cell: a relief without films has no best plane"):
        design_from_mapping(mapping_of(LEI, baseline={"thickest_film": "20 um"}))
    with pytest.raises(DesignError, match=r"did you mean 'thickest_film'"):
        design_from_mapping(mapping_of(PEARSE, baseline={"thickest_films": "20 um"}))
