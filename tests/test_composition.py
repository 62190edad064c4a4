"""Films whose diffusivity follows the composition, against modes, another solver in time and conservation."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from tests.film_cells import DIFFUSIVITY, THICKNESS, flat
from tfgeom.transport.discharge.composition import CompositionFilm, DiffusivityCurve
from tfgeom.transport.discharge.film_cell import FilmColumns
from tfgeom.transport.discharge.film_grid import film_grid
from tfgeom.transport.discharge.modal_film import ModalFilm
from tfgeom.transport.electrode_side import surface_excess

Floats = np.ndarray
PACE = DIFFUSIVITY / THICKNESS**2
EVEN = np.linspace(0.0, 1.0, 1025)
ROUND = FilmColumns(
    np.full(3, THICKNESS), np.array([1.0, 2.0, 1.0]), np.array([1.0, 1.5, 1.5]), np.array([1.0, 1.0, 2.0])
)
"""A flat column, a pillar and a hole of radii 1:2."""


def falling(filled: Floats) -> Floats:
    """Return a diffusivity that falls by a factor of 25, as that of lithium cobalt oxide."""
    return np.asarray(DIFFUSIVITY * 10 ** (-1.4 * filled**2))


def constant(columns: FilmColumns) -> CompositionFilm:
    return CompositionFilm(columns, DiffusivityCurve(np.full(1025, DIFFUSIVITY)))


@pytest.mark.parametrize("columns", [flat(), ROUND], ids=["flat", "round"])
def test_a_table_of_one_value_is_the_film_of_modes(columns: FilmColumns) -> None:
    random = np.random.default_rng(3)
    table, modes = constant(columns), ModalFilm(columns, DIFFUSIVITY)
    state, exact = table.at_rest(0.5), modes.at_rest(0.5)
    size = columns.thickness.size
    for _ in range(12):
        seconds = 10 ** random.uniform(-2, 0) / PACE
        rates = random.uniform(-0.2, 0.2, (2, size)) / max(seconds, 0.05 / PACE)
        ours, theirs = table.propagate(state, seconds, rates[0]), modes.propagate(exact, seconds, rates[0])
        assert ours.surface(rates[1])[0] == pytest.approx(theirs.surface(rates[1])[0], abs=1e-4)
        state, exact = ours.settle(rates[1]), theirs.settle(rates[1])


@pytest.mark.parametrize("share", [1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0])
def test_a_pulse_is_right_from_1e_minus_5_of_the_diffusion_time_on(share: float) -> None:
    film, seconds = constant(flat()), share / PACE
    rate = np.array([0.1 / (2 * np.sqrt(share / np.pi)) * PACE])  # the surface moves by a tenth
    surface, _ = film.propagate(film.at_rest(0.2), seconds, rate).surface(rate)
    passed, theta = rate[0] * seconds, rate[0] / PACE
    exact = 0.2 + passed + float(surface_excess(np.array(passed), np.array(theta)))
    assert surface[0] == pytest.approx(exact, abs=1e-4)


def test_a_falling_diffusivity_against_another_method_in_space_and_time() -> None:
    # finite volumes, 400 even cells, with the flux by the mean of both cells' diffusivities; BDF
    cells = 400
    width = 1 / cells
    rate = 0.15 * PACE

    def change(_: float, filled: Floats) -> Floats:
        speed = falling(filled)
        flux = -0.5 * (speed[1:] + speed[:-1]) * np.diff(filled) / width / THICKNESS**2
        return np.diff(np.concatenate(([rate], flux, [0.0]))) / -width

    at = np.array([0.1, 0.3, 0.5]) / rate
    bands = np.eye(cells) + np.eye(cells, k=1) + np.eye(cells, k=-1)
    brute = solve_ivp(
        change, (0, at[-1]), np.full(cells, 0.1), "BDF", at, rtol=1e-7, atol=1e-9, jac_sparsity=bands
    )
    film = CompositionFilm(flat(), DiffusivityCurve(falling(EVEN)))
    state, now, drive = film.at_rest(0.1), 0.0, np.array([rate])
    for column, time in zip(brute.y.T, at, strict=True):
        filling = film.propagate(state, time - now, drive)
        state, now = filling.settle(drive), time
        first = column[0]
        edge = first + rate * width / 2 * THICKNESS**2 / falling(first)
        assert filling.surface(drive)[0][0] == pytest.approx(edge, abs=3e-4)


def test_lithium_is_conserved_under_any_rates() -> None:
    random = np.random.default_rng(1)
    uneven = FilmColumns(random.uniform(0.3, 1.5, 7) * THICKNESS, *random.uniform(0.2, 1.5, (3, 7)))
    film = CompositionFilm(uneven, DiffusivityCurve(falling(EVEN)))
    state, held = film.at_rest(0.4), np.full(7, 0.4)
    for _ in range(10):
        seconds = 10 ** random.uniform(-5, 0) / PACE
        before, after = random.uniform(-0.3, 0.3, (2, 7)) / max(seconds, 0.1 / PACE)
        filling = film.propagate(state, seconds, before)
        filling.surface(after * 1.01)  # as Newton's steps do
        state = filling.settle(after)
        held = held + seconds / 2 * (before + after)
        assert film.mean(state) == pytest.approx(held, abs=1e-12)
        assert np.all(np.isfinite(state.filled))


def test_one_long_step_is_as_many_short_ones() -> None:
    film, rate = CompositionFilm(flat(), DiffusivityCurve(falling(EVEN))), np.array([0.5 * PACE])
    long = film.propagate(film.at_rest(0.1), 0.8 / PACE, rate).settle(rate)
    state = film.at_rest(0.1)
    for _ in range(16):
        state = film.propagate(state, 0.05 / PACE, rate).settle(rate)
    assert long.filled == pytest.approx(state.filled, abs=3e-4)


def test_the_derivative_by_rate_is_that_of_the_surface() -> None:
    film, rate = CompositionFilm(flat(), DiffusivityCurve(falling(EVEN))), np.array([0.5 * PACE])
    state = film.propagate(film.at_rest(0.1), 0.3 / PACE, rate).settle(rate)
    for seconds in (1e-3 / PACE, 0.05 / PACE):
        _, response = film.propagate(state, seconds, rate).surface(rate)
        ends = [film.propagate(state, seconds, rate).surface(rate * share)[0] for share in (0.97, 1.03)]
        assert response[0] == pytest.approx(float((ends[1] - ends[0])[0] / (0.06 * rate[0])), rel=0.05)


def test_a_step_of_no_time_answers_at_once() -> None:
    film, rate = constant(flat(2)), np.array([1.0, 2.0])
    filling = film.propagate(film.at_rest(0.3), 0.0, rate)
    surface, response = filling.surface(rate)
    assert surface == pytest.approx(0.3)
    assert np.all(response == 0.0)
    assert film.mean(filling.settle(rate)) == pytest.approx(0.3)


def test_elements_conduct_as_the_column_does() -> None:
    # steady flow through the round columns: between their faces ln(2)/(2 - 1) of the flat one's resistance
    grid = film_grid(ROUND)
    assert grid.holds.sum(axis=1) == pytest.approx(1.0)
    resistance = np.sum(1 / (grid.across + 1 / (1 / grid.outer + 1 / grid.inner)), axis=1)
    volume = ROUND.volume / THICKNESS
    assert resistance / volume / THICKNESS**2 == pytest.approx([1.0, np.log(2), np.log(2)], rel=3e-5)
