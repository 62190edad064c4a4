"""The bracketing search against plain bisection, known roots and itself one by one."""

import math
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.kinds import design, every_relief
from tfgeom.design import design_from_mapping
from tfgeom.errors import DesignError, MaterialError
from tfgeom.evaluation import evaluate
from tfgeom.rows import Refused
from tfgeom.searching import Floats, last_point, possible

SHAPES: dict[str, Callable[[float], float]] = {
    "linear": lambda x: x,
    "steep": lambda x: math.expm1(30 * x),
    "flat": lambda x: x**7,
    "step": lambda x: math.tanh(300 * x),
    "kink": lambda x: max(x, 40 * x),
    "root": lambda x: math.copysign(abs(x) ** (1 / 3), x),
    "sign": lambda x: math.copysign(1.0, x) if x else 0.0,
}
roots = st.floats(1e-6, 1 - 1e-6)
scales = st.sampled_from([1e-9, 1.0, 1e6])


def bisected(margin: Callable[[float], float], low: float, high: float, halvings: int) -> float:
    """Return the last point by plain halving, on the same grid."""
    inside, beyond = 0, 2**halvings
    while beyond - inside > 1:
        middle = (inside + beyond) // 2
        if margin(low + (high - low) * (middle / 2**halvings)) >= 0:
            inside = middle
        else:
            beyond = middle
    return low + (high - low) * (inside / float(2**halvings))


@given(name=st.sampled_from(sorted(SHAPES)), root=roots, scale=scales, halvings=st.integers(3, 50))
@settings(max_examples=300, deadline=None)
def test_it_finds_what_halving_finds(name: str, root: float, scale: float, halvings: int) -> None:
    def margin(point: float) -> float:
        return SHAPES[name](root - point / scale)

    found = last_point(margin, 0.0, scale, halvings=halvings)
    assert found.value == bisected(margin, 0.0, scale, halvings)
    assert margin(found.value) >= 0 > margin(found.beyond)
    assert found.reached
    assert not found.impossible
    assert found.evaluations <= 2 + 3 * halvings


@pytest.mark.parametrize(("name", "most"), [("linear", 5), ("steep", 14), ("step", 16), ("kink", 66)])
def test_it_asks_for_less_than_halving_does(name: str, most: int) -> None:
    found = last_point(lambda x: SHAPES[name](0.3371 - x), 0.0, 1.0, halvings=50)
    assert found.value == pytest.approx(0.3371, abs=2e-15)
    assert found.evaluations <= most


@given(root=roots, seed=st.integers(0, 2**32 - 1), halvings=st.integers(3, 50))
@settings(max_examples=100, deadline=None)
def test_only_the_sign_of_the_margin_counts(root: float, seed: int, halvings: int) -> None:
    rng = np.random.default_rng(seed)

    def margin(point: float) -> float:
        return math.copysign(10 ** rng.uniform(-9, 9), root - point)

    found = last_point(margin, 0.0, 1.0, halvings=halvings)
    assert found.value == bisected(margin, 0.0, 1.0, halvings)
    assert found.evaluations <= 2 + 3 * halvings


@given(root=roots, closes=roots, scale=scales)
@settings(max_examples=200, deadline=None)
def test_it_stops_before_what_is_impossible(root: float, closes: float, scale: float) -> None:
    assume(root == closes or abs(root - closes) > 1e-12)  # else rounding decides which comes first

    def margin(point: float) -> float:
        return root - point / scale if point / scale < closes else math.nan

    found = last_point(margin, 0.0, scale)
    assert found.value == pytest.approx(min(root, closes) * scale, rel=1e-9)
    assert found.reached == (root < closes or math.isnan(margin(found.beyond)) is False)
    assert found.impossible != found.reached


@given(exponent=st.floats(-12, 12), count=st.integers(0, 14), growth=st.sampled_from([1.5, 2.0, 4.0]))
@settings(max_examples=300, deadline=None)
def test_the_bracket_moves_to_the_root_as_often_as_it_may(exponent: float, count: int, growth: float) -> None:
    assume(abs(exponent - round(exponent)) > 1e-6)  # else rounding decides
    root, floor = float(growth**exponent), float(growth**-8.5)
    asked: list[float] = []

    def margin(point: float) -> float:
        asked.append(point)
        return root - point

    found = last_point(margin, 1.0, growth, floor=floor, count=count, growth=growth)
    assert min(asked) >= floor
    assert len(asked) == found.evaluations
    if root < max(floor, growth**-count):
        assert (found.value, found.reached) == (floor, False)
        assert found.beyond == pytest.approx(max(floor, growth**-count))
    elif root >= growth ** (1 + count):
        assert found.value == pytest.approx(growth ** (1 + count), rel=1e-14)
        assert found.beyond > found.value
        assert not found.reached
    else:
        # relative to the root itself, however far the start was
        assert found.value == pytest.approx(root, rel=1e-14)
        assert found.reached


def test_an_array_is_its_elements_one_by_one() -> None:
    rng = np.random.default_rng(0)
    n = 200
    root, closes = 10 ** rng.uniform(-4, 4, n), 10 ** rng.uniform(-4, 4, n)
    low, high = 10 ** rng.uniform(-2, 0, n), 10 ** rng.uniform(0, 2, n)
    power = rng.choice([0.2, 1.0, 3.0], n)

    def margins(point: Floats, i: slice = slice(None)) -> Floats:
        assert np.all((point >= 1e-3) & (point <= high[i] * 2.0**5))
        return np.where(point < closes[i], root[i] ** power[i] - point ** power[i], np.nan)

    together = last_point(margins, low, high, floor=1e-3, count=5)
    reached, impossible = np.asarray(together.reached), np.asarray(together.impossible)
    outcomes = set()
    for i in range(n):

        def margin(point: float, i: int = i) -> float:
            return float(margins(np.array([point]), slice(i, i + 1))[0])

        alone = last_point(margin, float(low[i]), float(high[i]), floor=1e-3, count=5)
        got = together.value[i], together.beyond[i], reached[i], impossible[i]
        assert got == (alone.value, alone.beyond, alone.reached, alone.impossible)
        outcomes.add((alone.value == 1e-3, alone.reached, alone.impossible))
    assert outcomes == {
        (True, False, False),  # beyond even at the floor
        (True, False, True),  # impossible even at the floor
        (False, True, False),
        (False, False, True),
        (False, False, False),  # still so when the count ran out
    }


def test_brackets_may_fall_and_points_be_negative() -> None:
    found = last_point(lambda x: x + 2.25, 0.0, -5.0)
    assert found.value == pytest.approx(-2.25, rel=1e-14)
    assert found.beyond < found.value


def test_a_margin_of_zero_is_still_inside() -> None:
    assert last_point(lambda x: 0.25 - x, 0.0, 1.0).value == 0.25
    assert last_point(lambda _: 0.0, 0.0, 1.0, halvings=3).value == 7 / 8


def test_impossible_designs_are_nan_and_missing_constants_raise() -> None:
    def closes(point: float) -> float:
        if point > 3:
            raise DesignError.at("layers", "the films merge")
        return 1.0

    def lacks(point: float) -> float:
        raise MaterialError.at("layers", "no capacity")

    found = last_point(possible(closes), 1.0, 2.0, floor=0.0, count=5)
    assert found.value == pytest.approx(3, rel=1e-14)
    assert found.impossible
    with pytest.raises(MaterialError):
        last_point(possible(lacks), 0.0, 1.0)


@pytest.mark.parametrize("cell", ["conformal", "anode inside", "lithium anode", "anode-free"])
@every_relief
def test_every_search_of_a_filled_relief_ends_with_an_answer(
    relief: str, cell: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # an outermost film that fills the relief has room to spare on every side; claims no film can hold
    mapping = design(relief, cell)
    if cell != "anode-free":  # plated lithium would have no room
        if mapping["layers"][-1]["role"] == "current_collector":
            mapping["layers"].pop()
        del mapping["layers"][-1]["thickness"]
        mapping["layers"][-1]["fill"] = {"above_top": "1 um"}
    claim = {"confidence": "review", "source": "nobody"}
    mapping["published"] = [
        {"quantity": "footprint_capacity", "value": "1e12 uAh/cm^2", **claim},
        {"quantity": "volumetric_capacity", "value": "1e9 uAh/cm^2/um", **claim},
    ]
    searches: list[int] = []

    def counted(*given: Any, **more: Any) -> Any:
        found = last_point(*given, **more)
        searches.append(found.evaluations)
        return found

    users = [module for name, module in sys.modules.items() if name.startswith("tfgeom.")]
    for module in users:
        if module.__name__ != "tfgeom.searching" and hasattr(module, "last_point"):
            monkeypatch.setattr(module, "last_point", counted)
    found = evaluate(design_from_mapping(mapping))
    assert searches
    assert max(searches) <= 2 + 60 + 3 * 50
    assert sum(searches) < 10_000
    capacity = found.capacity
    assert capacity is not None
    ratio, balanced = capacity.n_to_p_ratio, capacity.balanced_thickness_nm
    if ratio is not None and balanced is None:
        assert any("no anode thickness that fits gives N/P 1" in note for note in found.notes)
    elif balanced is not None:
        # the answer is one: with that thickness both electrodes hold the same
        layer = next(layer for layer in mapping["layers"] if layer["role"] == "anode")
        thickness = f"{balanced!r} nm"
        layer.update({"fill": {"above_top": thickness}} if "fill" in layer else {"thickness": thickness})
        again = evaluate(design_from_mapping(mapping)).capacity
        assert again is not None
        assert again.n_to_p_ratio == pytest.approx(1, rel=1e-9)


def test_one_bracket_serves_n_designs_of_which_some_are_impossible() -> None:
    limits = np.array([0.3, 3.0, 40.0])

    def margin(points: float | Floats) -> Floats:
        points = np.broadcast_to(points, limits.shape)
        merging = points > 2 * limits
        if merging.any():
            raise Refused(merging, "films merge")
        return 1 - points / limits

    found = last_point(possible(margin), 0.5, 1.0, floor=0.0, count=60)
    assert found.value == pytest.approx(limits, rel=1e-12)
    assert np.all(found.reached)


def test_n_designs_that_end_where_they_are_impossible_have_not_reached() -> None:
    limits = np.array([0.3, 3.0])

    def margin(points: float | Floats) -> Floats:
        points = np.broadcast_to(points, limits.shape)
        if (points > limits).any():
            raise Refused(points > limits, "films merge")
        return np.where(limits < 1, 1.0, 1 - points / 2)

    found = last_point(possible(margin), 0.5, 1.0, floor=0.0, count=60)
    assert found.value == pytest.approx([0.3, 2.0], rel=1e-12)
    assert np.array_equal(found.reached, [False, True])
    assert np.array_equal(found.impossible, [True, False])
