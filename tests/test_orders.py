"""Orders and derivatives that are known by hand."""

import math

import numpy as np
import pytest
from scipy.integrate import trapezoid

from tests.orders import observed_orders, orders_without_exact, remainder_orders, slopes


def test_the_trapezoid_rule_is_of_second_order() -> None:
    results = [trapezoid(np.sin(x), x) for x in (np.linspace(0, math.pi, n + 1) for n in (32, 64, 128))]
    assert observed_orders(np.array(results) - 2) == pytest.approx([2, 2], abs=1e-2)
    assert orders_without_exact(results) == pytest.approx([2], abs=1e-2)
    thirds = [trapezoid(np.sin(x), x) - 2 for x in (np.linspace(0, math.pi, n + 1) for n in (32, 96))]
    assert observed_orders(thirds, ratio=3) == pytest.approx([2], abs=1e-2)


def test_a_derivative_is_told_from_another_function() -> None:
    slope, mean = slopes(lambda low, high: high**6 - low**6, lambda x: 6 * x**5, 0.7, 0.2)
    assert slope == pytest.approx(mean, rel=1e-14)
    slope, mean = slopes(lambda low, high: high**6 - low**6, lambda x: 6 * x**4, 0.7, 0.2)
    assert slope != pytest.approx(mean, rel=0.1)


def test_a_wrong_tangent_leaves_a_remainder_of_first_order() -> None:
    at, along = np.array([0.3, 1.1]), np.array([1.0, -2.0])
    right = np.exp(at) * along
    assert remainder_orders(np.exp, right, at, along) == pytest.approx([2, 2], abs=0.05)
    assert remainder_orders(np.exp, 1.001 * right, at, along)[-1] < 1.9
