"""Films in time against radial finite volumes, orders of the steps, and limits a cell must meet."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.film_cells import CAPACITY, DIFFUSIVITY, THICKNESS, cell, film, flat, lithium, material, plain
from tfgeom.transport.discharge.constant_current import discharge_curves
from tfgeom.transport.discharge.driver import run
from tfgeom.transport.discharge.film_cell import FilmCell, FilmColumns, SeriesRow
from tfgeom.transport.discharge.modal_film import ModalFilm
from tfgeom.transport.discharge.steps import Step

Floats = NDArray[np.float64]

PACE = DIFFUSIVITY / THICKNESS**2


def radial_lead(wetted: float, blocked: float, power: int, times: Floats, count: int) -> Floats:
    """Return how far the face leads the mean at unit filling rate, by ``count`` radial volumes, over L²/D.

    Shells between radii ``blocked`` and ``wetted``, whose areas go as radius to ``power``.  The volumes are
    solved exactly in time by their eigenvectors; the face lies half a volume beyond the last centre.
    """
    edges = np.linspace(blocked, wetted, count + 1)
    size = abs(wetted - blocked)
    areas = edges**power
    volumes = np.abs(np.diff(edges ** (power + 1))) / (power + 1) / size
    volumes, areas = volumes / volumes.sum(), areas / volumes.sum()
    between = areas[1:-1] * count
    root = np.sqrt(volumes)
    matrix = np.zeros((count, count))
    for i, size_of in enumerate(between):
        matrix[i : i + 2, i : i + 2] += size_of * np.array([[1.0, -1.0], [-1.0, 1.0]])
    rates, vectors = np.linalg.eigh(matrix / np.outer(root, root))
    gains = vectors[-1] * (vectors[-1] / root[-1]) / root[-1]
    sums = -np.expm1(-np.outer(times, rates[1:])) / rates[1:] @ gains[1:]
    return np.asarray(sums + 1 / areas[-1] / (2 * count))


@pytest.mark.parametrize(("wetted", "blocked"), [(1.5, 1.0), (1.0, 1.5), (3.0, 1.0), (1.0, 3.0)])
@pytest.mark.parametrize("power", [1, 2])
def test_a_curved_film_against_radial_finite_volumes(wetted: float, blocked: float, power: int) -> None:
    times = np.array([1e-3, 1e-2, 0.05, 0.2, 1.0])
    coarse, fine = (radial_lead(wetted, blocked, power, times, count) for count in (200, 400))
    exact = (4 * fine - coarse) / 3
    ones = np.ones(1)
    areas = (radius**power * ones for radius in (wetted, (wetted + blocked) / 2, blocked))
    model = ModalFilm(FilmColumns(THICKNESS * ones, *areas), DIFFUSIVITY)
    for time, expected in zip(times, exact, strict=True):
        state = model.propagate(model.at_rest(0.0), time / PACE, PACE * ones).settle(PACE * ones)
        lead = float(model.surface_of(state)[0] - model.mean(state)[0])
        assert lead == pytest.approx(float(expected), abs=1e-5, rel=2e-5)


def test_what_a_held_voltage_passes_is_of_second_order_in_the_lengths() -> None:
    # lengths go as the root of the tolerance
    of = plain(1, 0.05, exchange_current="1 A/m^2")
    charged = run(of, [Step("current", 2.0, seconds=60.0)])

    def passed(tolerance: float) -> float:
        held = [Step("voltage", 4.0, seconds=600.0)]
        return float(run(of, held, state=charged.state, tolerance=tolerance).charge[-1])

    exact = passed(2e-5)
    errors = [abs(passed(tolerance) - exact) for tolerance in (2e-2, 5e-3, 1.25e-3)]
    orders = np.log(np.array(errors[:-1]) / errors[1:]) / np.log(2)  # of the lengths, halved each time
    assert np.all(orders > 1.6)
    assert errors[1] < 2e-4 * abs(exact)


def test_charge_at_a_held_current_then_voltage_ends_at_its_current() -> None:
    of = plain(1, 0.05, exchange_current="1 A/m^2")
    steps = [Step("current", 1.0, seconds=400.0), Step("current", -0.5, voltage_above=4.1), Step("voltage", 4.1, current_below=0.02)]  # fmt: skip
    done = run(of, steps)
    assert [end.reason for end in done.ends] == ["time", "voltage_above", "current_below"]
    assert done.current[-1] == pytest.approx(-0.02, rel=1e-6)
    held = slice(done.ends[1].point + 1, done.ends[2].point + 1)
    assert done.voltage[held] == pytest.approx(4.1, abs=1e-9)
    assert done.current[held][0] == pytest.approx(-0.5, rel=1e-5)
    assert np.all(np.diff(done.current[held]) > 0)


def enlarged(gain: float, curvature: float) -> FilmCell:
    """Return a film on ``gain`` m² of relief a m², whose area at its blocked face is less by ``curvature``."""
    shares = np.array([0.2, 0.5, 0.3])
    wetted, blocked = gain * shares, gain * shares * (1 - curvature)
    columns = FilmColumns(np.full(3, THICKNESS), wetted, (wetted + blocked) / 2, blocked)
    of = film(columns, material("film", exchange_current="1 A/m^2"))
    of = replace(of, capacity=CAPACITY * gain * (1 - curvature / 2))
    whole = cell(of)
    row = SeriesRow("electrolyte", "film", 0.05 / wetted)
    return replace(whole, anode=replace(lithium(3), face=wetted), ohmic=(row,), capacity=of.capacity)


def test_uniform_films_equal_the_plane_at_equal_current_through_the_interface() -> None:
    plane = run(plain(1, 0.05, exchange_current="1 A/m^2"), [Step("current", 1.0, voltage_below=3.4)])
    relief = run(enlarged(7.0, 0.0), [Step("current", 7.0, voltage_below=3.4)])
    assert relief.charge[-1] == pytest.approx(7 * plane.charge[-1], rel=1e-7)
    assert relief.energy == pytest.approx(7 * plane.energy, rel=1e-5)
    # radii of 1.1 to 1: the lead is less by the quasi-steady annulus' 0.9 per mille at the same flux
    steps = [Step("current", 1.0, seconds=300.0)]
    flat_lead = run(plain(1, 0.05, exchange_current="1 A/m^2"), steps, keep_fields=True)
    curved = run(enlarged(1.0, 1 - 1 / 1.1), steps, keep_fields=True)
    leads = [float((one.surface["cathode"] - one.mean["cathode"])[-1, 0]) for one in (flat_lead, curved)]
    assert leads[1] / leads[0] == pytest.approx(0.9991, rel=3e-4)


def test_a_film_that_thins_delivers_less_at_speed_and_as_much_when_slow() -> None:
    ones = np.full(4, 0.25)
    thickness = THICKNESS * np.array([0.5, 0.8, 1.2, 1.5])
    stated: dict[str, object] = {"exchange_current": "1 A/m^2"}
    uneven = cell(film(FilmColumns(thickness, ones, ones, ones), material("film", **stated)), ohmic=0.05)
    even = cell(film(flat(4), material("film", **stated)), ohmic=0.05)
    found = [discharge_curves(replace(of, window=(3.3, 4.3)), [0.01, 0.7]) for of in (uneven, even)]
    slow, fast = ([curves[k].charge[-1] for curves in found] for k in (0, 1))
    assert slow[0] == pytest.approx(slow[1], rel=2e-3)
    assert fast[0] < 0.95 * fast[1]
