"""The weak electrolyte in time against finite volumes, closed forms, symmetry and itself in other steps."""

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from tests.kinds import design
from tests.shipped import DANILOV, mapping_of
from tfgeom.cells.kinds import assemble_cell
from tfgeom.constants import FARADAY, GAS_CONSTANT
from tfgeom.design import design_from_mapping
from tfgeom.errors import MaterialError
from tfgeom.evaluation import evaluate
from tfgeom.materials.library import load_library
from tfgeom.results import Evaluation
from tfgeom.transport.circuit import dc_resistance_factor
from tfgeom.transport.discharge.dissociation import DissociatingFilm
from tfgeom.transport.discharge.driver import run
from tfgeom.transport.discharge.film_cell import FilmCell, WeakElectrolyte
from tfgeom.transport.discharge.graded_elements import graded_slices
from tfgeom.transport.discharge.steps import Step

Floats = NDArray[np.float64]
FITTED, PRINTED, RAIJMAKERS = "Li3PO4-Danilov2011", "Li3PO4-Danilov2011-printed", "LiPON-Raijmakers2020"
THICKNESS, ROOM = 1.5e-6, 298.15


def film(name: str, thickness: float | Floats = THICKNESS, temperature: float = ROOM) -> DissociatingFilm:
    columns = np.atleast_1d(np.asarray(thickness, dtype=float))
    weak = WeakElectrolyte("electrolyte", load_library().find(name), columns, np.ones_like(columns))
    return DissociatingFilm(weak, temperature)


def passed(one: DissociatingFilm, steps: list[tuple[float, float, float]]) -> tuple[Floats, float]:
    """Return the state after (seconds, density before, density after), and the drop at the end."""
    state, drop = one.at_rest(), np.zeros(1)
    for seconds, before, after in steps:
        passing = one.propagate(state, seconds, np.array([before]))
        drop, state = passing.drop(np.array([after]))[0], passing.settle(np.array([after]))
    return state, float(drop[0])


def by_finite_volumes(name: str, steps: list[tuple[float, float, float]]) -> tuple[Floats, float]:
    """Return face concentrations (anode's, cathode's) over that at rest, and the drop, in the paper's own terms."""
    found = load_library().find(name).dissociation
    assert found is not None
    plus, minus, at_rest = found.D_plus, found.D_minus, found.delta * found.total_lithium
    ambipolar = 2 * plus * minus / (plus + minus)
    k_d = found.k_r * found.total_lithium * found.delta**2 / (1 - found.delta)
    f = FARADAY / GAS_CONSTANT / ROOM
    edges = THICKNESS * (1 - np.cos(np.linspace(0, np.pi, 401))) / 2
    widths, gaps = np.diff(edges), np.diff((edges[1:] + edges[:-1]) / 2)
    c, gradient = np.full(widths.size, at_rest), 0.0
    for seconds, before, after in steps:

        def rates(
            time: float, c: Floats, before: float = before, rise: float = (after - before) / seconds
        ) -> Floats:
            flux = np.empty(c.size + 1)
            flux[1:-1] = ambipolar * np.diff(c) / gaps
            flux[0] = flux[-1] = -ambipolar * (before + rise * time) / (2 * FARADAY * plus)
            return np.asarray(np.diff(flux) / widths + k_d * (found.total_lithium - c) - found.k_r * c**2)

        band = np.diag(np.ones(c.size)) + np.diag(np.ones(c.size - 1), 1) + np.diag(np.ones(c.size - 1), -1)
        answer = solve_ivp(
            rates, (0, seconds), c, method="BDF", rtol=1e-8, atol=1e-5, jac_sparsity=band, first_step=1e-7
        )
        assert answer.success
        c, gradient = answer.y[:, -1], -after / (2 * FARADAY * plus)
    ends = c[0] - gradient * widths[0] / 2, c[-1] + gradient * widths[-1] / 2
    inside = (c[1:] + c[:-1]) / 2
    at_edges = np.concatenate(([ends[0]], inside, [ends[1]]))
    slopes = np.concatenate(([gradient], np.diff(c) / gaps, [gradient]))
    field = (steps[-1][2] / FARADAY + (plus - minus) * slopes) / (f * (plus + minus) * at_edges)
    drop = float(np.trapezoid(field, edges)) - math.log(ends[1] / ends[0]) / f
    return np.array(ends) / at_rest, drop


HISTORIES = {
    "one rate": [(35.0, 5.12, 5.12)],
    "a ramp": [(60.0, 0.0, 4.0)],
    "pulse, rest, charge": [(8.0, 6.0, 6.0), (3.0, 0.0, 0.0), (15.0, -3.0, -5.0), (0.2, 2.0, 2.0)],
}


@pytest.mark.parametrize("name", [FITTED, PRINTED])
@pytest.mark.parametrize("steps", HISTORIES.values(), ids=HISTORIES)
def test_agrees_with_finite_volumes(name: str, steps: list[tuple[float, float, float]]) -> None:
    faces, drop = by_finite_volumes(name, steps)
    state, found = passed(film(name), steps)
    assert found == pytest.approx(drop, abs=5e-5)
    assert 1 + state[[0, -1], 0] == pytest.approx(faces, abs=5e-4)


@pytest.mark.parametrize("name", [FITTED, PRINTED, RAIJMAKERS])
def test_the_steps_of_the_caller_do_not_matter(name: str) -> None:
    one = film(name)
    _, whole = passed(one, [(40.0, 1.0, 4.0)])
    pieces = [(0.1, 1 + 3 * k / 400, 1 + 3 * (k + 1) / 400) for k in range(400)]
    assert whole == pytest.approx(passed(one, pieces)[1], abs=2e-5)


@pytest.mark.parametrize("temperature", [278.15, ROOM, 323.15])
@pytest.mark.parametrize(("name", "thickness"), [(FITTED, 1.5e-6), (PRINTED, 1.5e-6), (RAIJMAKERS, 3.62e-6)])
def test_small_currents_end_at_the_closed_resistance(name: str, thickness: float, temperature: float) -> None:
    material = load_library().find(name)
    constants, conductivity = material.dissociation, material.dissociated_conductivity(temperature)
    assert constants is not None
    assert conductivity is not None
    expected = thickness / conductivity * dc_resistance_factor(constants, thickness)
    density = 1e-4
    _, drop = passed(film(name, thickness, temperature), [(1e7, density, density)])
    assert drop / density == pytest.approx(expected, rel=1e-5)
    _, at_once = passed(film(name, thickness, temperature), [(0.0, density, density)])
    assert at_once / density == pytest.approx(thickness / conductivity, rel=1e-9)


@pytest.mark.parametrize("seconds", [1e-6, 1e-4, 1e-2])
def test_a_face_moves_with_the_root_of_time_at_first(seconds: float) -> None:
    """``c - c_eq = -i/(2 F D+) 2 sqrt(D t/pi)`` at a face of a half space, as long as nothing recombines."""
    found = load_library().find(FITTED).dissociation
    assert found is not None
    ambipolar = 2 * found.D_plus * found.D_minus / (found.D_plus + found.D_minus)
    density, one = 5.0, film(FITTED)
    expected = density / (FARADAY * found.D_plus) * math.sqrt(ambipolar * seconds / math.pi)
    state, _ = passed(one, [(seconds, density, density)])
    moved = one.concentration(state)[[0, -1], 0] - one.at_equilibrium
    # what is missed of a face is a thousandth of the drop of 100 mV at most
    assert moved == pytest.approx([expected, -expected], rel=1e-3, abs=2e-4 * one.at_equilibrium)


def test_nothing_is_lost_without_recombination() -> None:
    """Its flux crosses neither face: the mean stays, and the steady profile is a straight line."""
    material = load_library().find(PRINTED)
    slow = replace(material.properties["dissociation.k_r"], value=1e-22)
    still = replace(material, properties={**material.properties, "dissociation.k_r": slow})
    one = DissociatingFilm(WeakElectrolyte("electrolyte", still, np.array([THICKNESS]), np.ones(1)), ROOM)
    state, _ = passed(one, [(50.0, 1.0, 2.0), (1.0, -3.0, -3.0), (5000.0, 2.0, 2.0)])
    assert graded_slices().weights @ state[:, 0] == pytest.approx(0.0, abs=1e-12)
    constants = still.dissociation
    assert constants is not None
    gradient = 2.0 * THICKNESS / (2 * FARADAY * constants.D_plus * one.at_equilibrium)
    assert state[:, 0] == pytest.approx(gradient * (0.5 - one.shares), abs=1e-8)


def test_what_recombines_is_what_the_mean_loses() -> None:
    """The rate of the mean is the mean of ``k_d (a0 - c) - k_r c²``, whatever current passes."""
    constants = load_library().find(FITTED).dissociation
    assert constants is not None
    one, weights = film(FITTED), graded_slices().weights
    k_d = constants.k_r * constants.total_lithium * constants.delta**2 / (1 - constants.delta)
    before, _ = passed(one, [(20.0, 5.0, 5.0)])
    after, _ = passed(one, [(20.0, 5.0, 5.0), (1e-3, 5.0, 5.0)])
    c = one.concentration((before + after) / 2)[:, 0]
    recombined = weights @ (k_d * (constants.total_lithium - c) - constants.k_r * c**2)
    rate = weights @ (one.concentration(after) - one.concentration(before))[:, 0] / 1e-3
    assert rate == pytest.approx(recombined, rel=1e-4)


@pytest.mark.parametrize("seconds", [0.0, 1e-3, 30.0])
@pytest.mark.parametrize("density", [5.0, -4.0])
def test_the_derivative_is_that_of_the_drop(seconds: float, density: float) -> None:
    one = film(FITTED)
    state, _ = passed(one, [(10.0, 4.0, 4.0)])
    passing = one.propagate(state, seconds, np.array([3.0]))
    _, slope = passing.drop(np.array([density]))
    around = [passing.drop(np.array([density + shift]))[0] for shift in (-1e-3, 1e-3)]
    assert slope == pytest.approx((around[1] - around[0]) / 2e-3, rel=2e-3)


def test_columns_answer_as_each_does_alone() -> None:
    thickness = np.array([0.3e-6, 1.5e-6, 2.2e-6])
    density = np.array([9.0, 4.0, 1.0])
    together = film(FITTED, thickness).propagate(film(FITTED, thickness).at_rest(), 20.0, density)
    drops, slopes = together.drop(density)
    cathode, anode = together.faces(density)
    for column, one in enumerate(thickness):
        alone = film(FITTED, one)
        passing = alone.propagate(alone.at_rest(), 20.0, density[[column]])
        assert drops[column] == pytest.approx(passing.drop(density[[column]])[0][0], abs=1e-5)
        assert slopes[column] == pytest.approx(passing.drop(density[[column]])[1][0], rel=1e-4)
        faces = passing.faces(density[[column]])
        assert (cathode[column], anode[column]) == pytest.approx((faces[0][0], faces[1][0]), abs=1e-4)


def test_charge_is_the_mirror_of_discharge() -> None:
    discharged, drop = passed(film(FITTED), [(30.0, 2.0, 5.0)])
    charged, other = passed(film(FITTED), [(30.0, -2.0, -5.0)])
    assert charged[::-1] == pytest.approx(discharged, abs=1e-9)
    assert other == pytest.approx(-drop, abs=1e-9)


def test_rest_brings_it_back() -> None:
    state, drop = passed(film(FITTED), [(30.0, 5.0, 5.0), (2000.0, 0.0, 0.0)])
    assert state == pytest.approx(np.zeros_like(state), abs=1e-9)
    assert drop == pytest.approx(0.0, abs=1e-10)


@pytest.mark.parametrize("times_the_limit", [1.5, 20.0, 1e4])
@pytest.mark.parametrize("name", [FITTED, PRINTED, RAIJMAKERS])
def test_a_current_beyond_the_limit_is_met(name: str, times_the_limit: float) -> None:
    """No voltage drives it once the cathode's face is empty: a drop beyond any cell's, and never nan."""
    constants = load_library().find(name).dissociation
    assert constants is not None
    limit = 4 * FARADAY * constants.D_plus * constants.delta * constants.total_lithium / THICKNESS
    density = times_the_limit * limit * (60 if name == RAIJMAKERS else 4)
    one = film(name)
    passing = one.propagate(one.at_rest(), 1000.0, np.array([density]))
    drop, slope = passing.drop(np.array([density]))
    cathode, anode = passing.faces(np.array([density]))
    assert 10 < drop[0] < math.inf
    assert 0 < slope[0] < math.inf
    assert cathode[0] < 1e-3
    assert anode[0] > 1
    assert np.all(np.isfinite(passing.settle(np.array([density]))))


def test_missing_constants_are_named() -> None:
    with pytest.raises(
        MaterialError, match=r"layers\.electrolyte\.material: 'LiPON-ALD' .* needs; give materials"
    ):
        film("LiPON")


def with_model(cell: str, model: str) -> Evaluation:
    section = {"type": "conformal", "electrolyte_model": model}
    return evaluate(design_from_mapping(design("pillars", cell) | {"cell": section}))


def test_a_cell_takes_the_steady_resistance_and_says_so() -> None:
    dc, in_time = (with_model("dc electrolyte", model) for model in ("dc", "dissociation"))
    assert dc.resistance is not None
    assert in_time.resistance is not None
    assert in_time.resistance.asr_ohm_cm2 == dc.resistance.asr_ohm_cm2
    assert in_time.rate == dc.rate
    assert sum("in time by the film model only" in note for note in in_time.notes) == 1
    assert not any("in time by the film model only" in note for note in dc.notes)


def test_a_cell_without_the_constants_is_refused_by_model() -> None:
    with pytest.raises(MaterialError, match="which electrolyte_model 'dissociation' needs"):
        with_model("conformal", "dissociation")


@pytest.mark.parametrize("inwards", [False, True])
def test_electrolytes_stand_from_the_cathode_on(inwards: bool) -> None:
    """The ions of the first are those before the cathode, whichever electrode lies inside."""
    mapping = design("planar") | {"cell": {"type": "conformal", "electrolyte_model": "dissociation"}}
    inner, cathode, electrolyte, anode, outer = mapping["layers"]
    films = [{**electrolyte, "material": FITTED}, {**electrolyte, "material": RAIJMAKERS, "name": "second"}]
    order = [cathode, *films, anode]
    mapping["layers"] = [inner, *(order[::-1] if inwards else order), outer]
    cell = assemble_cell(design_from_mapping(mapping))
    found = cell.kind.film_cell(cell, nominal=1.0, contacted=False)
    assert [one.material.name for one in found.weak] == [FITTED, RAIJMAKERS]
    assert not any(row.part == "electrolyte" for row in found.ohmic)


def limited() -> FilmCell:
    """Return Danilov's cell with a thick cathode that diffuses at once: only ions limit it."""
    mapping = mapping_of(DANILOV)
    cathode, electrolyte = (mapping["layers"][place] for place in (1, 2))
    mapping["layers"][1] = {**cathode, "thickness": "2 um"}
    mapping["layers"][2] = {**electrolyte, "material": PRINTED}
    mapping["cell"] = {"type": "conformal", "electrolyte_model": "dissociation"}
    mapping["materials"]["LiCoO2-Danilov2011"] = {"diffusivity": "1e-12 m^2/s"}
    cell = assemble_cell(design_from_mapping(mapping))
    return cell.kind.film_cell(cell, nominal=1.0, contacted=False)


def test_a_current_beyond_the_limit_ends_at_sands_time() -> None:
    """``(pi/D_amb) (F D+ c/i)²``, 69 s at 51.2C, and a little later as ions still form and the film ends."""
    constants = load_library().find(PRINTED).dissociation
    assert constants is not None
    ambipolar = 2 * constants.D_plus * constants.D_minus / (constants.D_plus + constants.D_minus)
    at_rest = constants.delta * constants.total_lithium
    sand = math.pi / ambipolar * (FARADAY * constants.D_plus * at_rest / 5.12) ** 2
    assert sand == pytest.approx(69, abs=0.5)
    cell = limited()
    with_limit, without = (run(cell, [Step("current", 5.12, voltage_below=low)]) for low in (3.0, None))
    assert with_limit.ends[0].reason == "voltage_below"
    assert without.ends[0].reason == "salt_exhausted"
    assert sand < with_limit.time[-1] < 1.02 * sand
    assert without.time[-1] == pytest.approx(with_limit.time[-1], rel=0.02)


def test_it_rests_and_goes_on_after_its_ions_ran_out() -> None:
    cell = limited()
    found = run(
        cell, [Step("current", 5.12), Step("rest", seconds=3600.0), Step("current", 1.0, seconds=60.0)]
    )
    assert [end.reason for end in found.ends] == ["salt_exhausted", "time", "time"]
    assert found.voltage[-1] > 3.5
