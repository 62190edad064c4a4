"""Films of constant diffusivity against exact superposition and radial solutions."""

import numpy as np
import pytest

from tests.film_cells import DIFFUSIVITY, THICKNESS, flat
from tfgeom.transport.discharge.film_cell import FilmColumns
from tfgeom.transport.discharge.modal_film import ModalFilm, step_factors
from tfgeom.transport.electrode_side import surface_excess

PACE = DIFFUSIVITY / THICKNESS**2


@pytest.mark.parametrize("seed", range(6))
def test_any_piecewise_constant_rate_is_exact_superposition(seed: int) -> None:
    # 0.1 mV at slopes of 10 V per filled fraction: 1e-5
    random = np.random.default_rng(seed)
    model = ModalFilm(flat(), DIFFUSIVITY)
    state, now, last = model.at_rest(0.5), 0.0, 0.0
    breaks: list[tuple[float, float]] = []
    mean = 0.5
    for _ in range(60):
        length = 10 ** random.uniform(-6, 1)
        reach = min(0.3, 0.1 / np.sqrt(length * PACE)) if length * PACE < 1 else 0.1
        rate = random.uniform(-1, 1) * min(reach, 0.02 / length) * PACE**0.5
        breaks.append((now, rate - last))
        state = model.propagate(state, length, np.array([rate])).settle(np.array([rate]))
        now, last, mean = now + length, rate, mean + rate * length
        exact = mean + sum(
            change / PACE * surface_excess(np.array((now - start) * PACE), np.array(1.0))
            for start, change in breaks
        )
        assert float(model.mean(state)[0]) == pytest.approx(mean, abs=1e-13)
        assert float(model.surface_of(state)[0]) == pytest.approx(float(exact), abs=3e-6)


def test_a_rate_that_is_linear_in_time_is_taken_in_one_length() -> None:
    model = ModalFilm(flat(), DIFFUSIVITY)
    start, end = np.array([0.1]), np.array([-0.3])
    whole = model.propagate(model.at_rest(0.5), 0.7, start).settle(end)
    state = model.at_rest(0.5)
    for share in range(7):
        before, after = start + (end - start) * share / 7, start + (end - start) * (share + 1) / 7
        state = model.propagate(state, 0.1, before).settle(after)
    assert model.surface_of(whole) == pytest.approx(model.surface_of(state), abs=1e-13)


def test_step_factors_meet_where_their_forms_change() -> None:
    for decays in (np.array([1e-4 * (1 - 1e-9), 1e-4 * (1 + 1e-9)]), np.array([0.0, 1e-14])):
        for factor in step_factors(decays):
            assert factor[0] == pytest.approx(factor[1], rel=1e-11)


@pytest.mark.parametrize(
    ("ratio", "pillar", "hole"),
    [(1.1, 0.9991, 0.9991), (1.5, 0.9855, 0.9822), (2, 0.9621, 0.9468), (3, 0.9210, 0.8669)],
)
def test_quasi_steady_lead_on_round_walls(ratio: float, pillar: float, hole: float) -> None:
    # of the steady solution of a hollow cylinder, over the slab's at the same flux through the wetted face
    for wetted, blocked, expected in ((ratio, 1.0, pillar), (1.0, ratio, hole)):
        ones = np.ones(1)
        columns = FilmColumns(THICKNESS * ones, wetted * ones, (wetted + blocked) / 2 * ones, blocked * ones)
        model = ModalFilm(columns, DIFFUSIVITY)
        lead = float(np.sum(model.weights / model.rates)) * PACE
        assert 3 * lead * wetted / ((wetted + blocked) / 2) == pytest.approx(expected, abs=6e-5)
