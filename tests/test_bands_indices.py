"""Sobol' indices against functions whose indices are known, and against SALib; and the screen before them."""

import math
from collections.abc import Callable
from itertools import count

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.oracles import salib_or_skip
from tfgeom.bands.indices import Indices, Variants, indices_of, sobol_indices
from tfgeom.bands.sampling import SobolPoints, doubling
from tfgeom.bands.screening import most_telling, shares_alone

Floats = NDArray[np.float64]


def ishigami(points: Floats) -> Floats:
    x = math.pi * (2 * points - 1)
    found: Floats = np.sin(x[:, :1]) + 7 * np.sin(x[:, 1:2]) ** 2 + 0.1 * x[:, 2:3] ** 4 * np.sin(x[:, :1])
    return found


def of_ishigami() -> tuple[Floats, Floats]:
    """Return first and total orders: T. Ishigami, T. Homma, Proc. ISUMA (1990) 398, with a = 7, b = 0.1."""
    first = np.array([0.5 * (1 + math.pi**4 / 50) ** 2, 49 / 8, 0.0])
    both = 0.01 * math.pi**8 * (1 / 18 - 1 / 50)
    whole = first.sum() + both
    return first / whole, (first + both * np.array([1, 0, 1])) / whole


G = np.array([0.0, 1.0, 4.5, 9.0, 99.0, 99.0])


def g_function(points: Floats) -> Floats:
    found: Floats = np.prod((np.abs(4 * points - 2) + G) / (1 + G), axis=1, keepdims=True)
    return found


def of_g_function() -> tuple[Floats, Floats]:
    """Return first and total orders: A. Saltelli, I. M. Sobol', Reliab. Eng. Syst. Saf. 50 (1995) 225."""
    alone = 1 / 3 / (1 + G) ** 2
    whole = np.prod(1 + alone) - 1
    return alone / whole, alone * np.prod(1 + alone) / (1 + alone) / whole


KNOWN: dict[str, tuple[Callable[[Floats], Floats], tuple[Floats, Floats]]] = {
    "Ishigami": (ishigami, of_ishigami()),
    "g-function": (g_function, of_g_function()),
}


def singly(inputs: int) -> list[list[int]]:
    return [[at] for at in range(inputs)]


def found_for(name: str, seed: int) -> Indices:
    model, (first, _) = KNOWN[name]
    return sobol_indices(model, len(first), singly(len(first)), seed=seed, seconds=60)


@pytest.mark.parametrize("name", KNOWN)
def test_the_known_indices_lie_in_the_intervals_and_these_are_narrow(name: str) -> None:
    inside, all_of_them = 0, 0
    for seed in range(1, 4):
        found = found_for(name, seed)
        assert found.half_width.max() <= 0.05
        for exact, interval in zip(
            KNOWN[name][1], (found.first_interval[0], found.total_interval[0]), strict=True
        ):
            inside += int(np.sum((interval[:, 0] <= exact) & (exact <= interval[:, 1])))
            all_of_them += len(exact)
    assert inside >= 0.95 * all_of_them  # Sobol' points are evener than what the bootstrap takes them for


@pytest.mark.parametrize("name", KNOWN)
def test_they_are_those_of_salib(name: str) -> None:
    analyze, sample = salib_or_skip()
    model, (first, _) = KNOWN[name]
    inputs = len(first)
    problem = {"num_vars": inputs, "names": list(map(str, range(inputs))), "bounds": [[0, 1]] * inputs}
    points = sample.sample(problem, 4096, calc_second_order=False, seed=3)
    other = analyze.analyze(problem, model(points)[:, 0], calc_second_order=False, seed=3)
    found = found_for(name, 2)
    for ours, interval, theirs, half in (
        (found.first[0], found.first_interval[0], other["S1"], other["S1_conf"]),
        (found.total[0], found.total_interval[0], other["ST"], other["ST_conf"]),
    ):
        apart = np.abs(ours - theirs)
        assert np.all(apart <= np.diff(interval)[:, 0] / 2 + half)


def test_a_sum_has_the_shares_of_its_parts_and_no_interactions() -> None:
    weights = np.array([3.0, 2.0, 1.0, 0.0])
    found = sobol_indices(lambda points: (points @ weights)[:, None] + 1e6, 4, singly(4), seconds=60)
    exact = weights**2 / np.sum(weights**2)
    assert found.first[0] == pytest.approx(exact, abs=0.03)
    assert found.total[0] == pytest.approx(exact, abs=0.03)


def test_inputs_of_no_group_still_vary_and_groups_go_together() -> None:
    weights = np.array([3.0, 2.0, 1.0])
    found = sobol_indices(lambda points: (points @ weights)[:, None], 3, [[0], [1, 2]], seconds=60)
    assert found.first[0] == pytest.approx([9 / 14, 5 / 14], abs=0.03)
    alone = sobol_indices(lambda points: (points @ weights)[:, None], 3, [[1]], seconds=60)
    assert alone.first[0] == pytest.approx([4 / 14], abs=0.03)


def test_rows_that_fail_are_left_out_with_their_variants_and_counted() -> None:
    def model(points: Floats) -> Floats:
        return np.where(points[:, :1] < 0.125, np.nan, points[:, :1] + points[:, 1:2])

    found = sobol_indices(model, 2, singly(2), least=1024, most=1024)
    assert 600 < found.samples[0] < 1024 * 0.9
    # what is left of the first input has 49/64 of its variance
    assert found.first[0] == pytest.approx(np.array([49 / 64, 1]) / (49 / 64 + 1), abs=0.05)


def test_an_output_that_does_not_vary_has_no_indices() -> None:
    found = sobol_indices(lambda points: np.full((len(points), 1), 3.3), 2, singly(2), least=64, most=64)
    assert np.isnan(found.first).all()
    assert np.isnan(found.half_width).all()
    none = indices_of(Variants(np.full((8, 1), np.nan), np.full((8, 1), np.nan), np.full((2, 8, 1), np.nan)))
    assert none.samples.tolist() == [0]


def test_it_stops_when_time_is_up_and_never_before_the_first_rows() -> None:
    ticks = count()
    found = sobol_indices(ishigami, 3, singly(3), least=64, seconds=0.5, clock=lambda: float(next(ticks)))
    assert found.samples.tolist() == [64]
    again = sobol_indices(ishigami, 3, singly(3), least=64, half_width=1e9)
    assert again.samples.tolist() == [64]


def test_the_same_seed_gives_the_same_indices() -> None:
    one, two, other = (sobol_indices(ishigami, 3, singly(3), seed=seed, most=128) for seed in (5, 5, 6))
    assert np.array_equal(one.first, two.first)
    assert not np.array_equal(one.first, other.first)


def test_points_go_on_where_they_ended() -> None:
    whole, parts = SobolPoints(5, 3).next(256), SobolPoints(5, 3)
    assert np.array_equal(whole, np.concatenate([parts.next(count) for count in doubling(64, 256)]))
    assert np.all((whole > 0) & (whole < 1))
    # of each 256 points one lies in each 256th of every side
    assert all(set((column * 256).astype(int)) == set(range(256)) for column in whole.T)


def test_the_screen_sees_curves_without_a_trend() -> None:
    points = SobolPoints(6, 1).next(1024)
    outputs = np.concatenate([ishigami(points), 5 * points[:, 3:4] + 2 * points[:, 4:5]], axis=1)
    outputs[:10] = np.nan
    shares = shares_alone(points, outputs)
    assert shares[0, 1] == pytest.approx(0.44, abs=0.08)
    assert shares[1, 3] == pytest.approx(25 / 29, abs=0.06)
    assert np.all(shares[:, 5] < 0.02)
    assert most_telling(shares, 8, 0.02) == [0, 1, 3, 4]
    assert most_telling(shares, 2) == [1, 3]
    assert most_telling(np.zeros((1, 3)), 8) == [0]
    assert np.all(shares_alone(points, np.full((1024, 1), 2.0)) == 0)
