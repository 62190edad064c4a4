"""Numbers of one design and of n: branches that all share, and rows that are impossible."""

import math

import numpy as np
import pytest

from tfgeom.errors import DesignError
from tfgeom.rows import Parted, Refused, alike, choose, larger, refuse, root, smaller, tangent


def test_a_condition_of_one_design_is_its_answer() -> None:
    assert alike(True) is True
    assert alike(np.bool_(False)) is False


def test_designs_that_agree_share_a_branch_and_others_are_parted() -> None:
    assert alike(np.array([True, True])) is True
    assert alike(np.array([False, False])) is False
    with pytest.raises(Parted) as caught:
        alike(np.array([True, False, True]))
    assert caught.value.where.tolist() == [True, False, True]


def test_one_design_raises_its_own_error_and_n_name_their_rows() -> None:
    def error() -> DesignError:
        return DesignError.at("relief.pitch", "too small")

    refuse(False, error, "too small")
    refuse(np.array([False, False]), error, "too small")
    with pytest.raises(DesignError, match="pitch: too small"):
        refuse(True, error, "too small")
    with pytest.raises(Refused, match="too small") as caught:
        refuse(np.array([False, True]), error, "too small")
    assert caught.value.where.tolist() == [False, True]


def test_rows_are_no_error_of_a_design_that_a_search_might_swallow() -> None:
    assert not issubclass(Refused, DesignError)
    assert not issubclass(Parted, DesignError)


def test_functions_of_floats_stay_floats_and_go_by_element_else() -> None:
    rows = np.array([0.25, 1.0])
    for ours, plain in ((root, math.sqrt), (tangent, math.tan)):
        assert type(ours(0.25)) is float
        assert ours(rows) == pytest.approx([plain(x) for x in rows], rel=1e-15)
    assert larger(0.5, rows).tolist() == [0.5, 1.0]
    assert smaller(rows, 0.5).tolist() == [0.25, 0.5]
    assert (larger(1, 2), smaller(1, 2)) == (2, 1)
    assert choose(rows > 0.5, rows, 0.0).tolist() == [0.0, 1.0]
    assert choose(True, "a", "b") == "a"
