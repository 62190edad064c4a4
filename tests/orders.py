"""Observed orders of convergence, and checks that one function is the derivative of another."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def observed_orders(errors: ArrayLike, ratio: float = 2.0) -> Floats:
    """Return the order between each error and the next, on meshes ``ratio`` times as fine; signs are ignored."""
    sizes = np.abs(np.asarray(errors, dtype=float))
    orders: Floats = np.log(sizes[:-1] / sizes[1:]) / math.log(ratio)
    return orders


def orders_without_exact(values: ArrayLike, ratio: float = 2.0) -> Floats:
    """Return the orders by which successive changes of results fall, where no exact result is known."""
    return observed_orders(np.diff(np.asarray(values, dtype=float)), ratio)


def slopes(
    change: Callable[[Any, Any], Any], derivative: Callable[[Any], Any], at: Any, step: float
) -> tuple[Any, Any]:
    """Return the slope of a function over ``at`` ± ``step``, and the mean there of what should be its derivative.

    ``change(low, high)`` is by how much the function grows.  The mean is a Gauss rule of three points: both are
    the same to rounding for polynomials up to degree six.
    """
    nodes, weights = np.polynomial.legendre.leggauss(3)
    mean = sum(weight * derivative(at + node * step) for node, weight in zip(nodes, weights, strict=True)) / 2
    return change(at - step, at + step) / (2 * step), mean


def remainder_orders(
    function: Callable[[Any], Any],
    tangent: Any,
    at: Any,
    along: Any,
    steps: Sequence[float] = (1e-2, 5e-3, 2.5e-3),
) -> Floats:
    """Return the orders of what a tangent leaves over, 2 where it is the derivative and 1 where it is not.

    ``tangent`` is the change of ``function`` per unit step from ``at`` along ``along``; ``steps`` are halved.
    """
    base = function(at)
    left = [np.linalg.norm(function(at + step * along) - base - step * np.asarray(tangent)) for step in steps]
    return observed_orders(left)
