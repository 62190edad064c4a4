"""Intervals of fits hold the truth: 20 synthetic sets here, 200 in the campaign ``fit``."""

from dataclasses import replace

import pytest

from tests.fit_sets import SETS, coverage

COUNT = 20


@pytest.mark.slow
@pytest.mark.parametrize("name", SETS)
def test_intervals_hold_the_truth(name: str) -> None:
    """Of 20 intervals that hold the truth 95 times in 100, fewer than 16 do once in 4,000 tries."""
    found = coverage(SETS[name], COUNT)
    assert (found >= 16 / COUNT).all()


@pytest.mark.slow
@pytest.mark.parametrize("name", SETS)
def test_a_set_with_an_error_five_times_as_large_as_stated_is_not_held(name: str) -> None:
    """The count above can fail: intervals of a fifth of their width hold the truth in about 3 of 10 sets."""
    wrong = replace(SETS[name], noise=5 * SETS[name].noise)
    assert coverage(wrong, 6).mean() < 0.9
