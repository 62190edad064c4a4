"""What a formula needs to hold for one design and for n: its numbers may be arrays of shape (n,).

Numbers are floats of one design, or hold a value a design in arrays of shape (n,).  The n designs of a group
share all that is discrete, so a formula branches as for one: `alike` answers a condition that all of them
agree on and parts them where they do not; `refuse` raises what is wrong with one design and names the rows
that it is wrong with.  Whoever runs a group catches `Parted` and `Refused` and goes on with fewer rows
(`tfgeom.batch`); nothing below them has to carry rows that are already lost.
"""

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Numbers: TypeAlias = Any
"""A float, or an array of shape (n,): a value a design."""


class Parted(Exception):  # noqa: N818 (no error: rows go separate ways)
    """Designs of one group answer a condition differently: each part has to be computed by itself.

    Attributes
    ----------
    where
        Whether each design's condition holds, shape (n,).
    """

    def __init__(self, where: Bools) -> None:
        self.where = where
        super().__init__("these designs take different ways")


class Refused(Exception):  # noqa: N818 (no error of the call: of some rows)
    """Some designs of a group are impossible.

    Attributes
    ----------
    where
        Which, shape (n,).
    summary
        What is wrong with them, in words that hold for all of them.
    """

    def __init__(self, where: Bools, summary: str) -> None:
        self.where = where
        self.summary = summary
        super().__init__(summary)


def is_rows(number: object) -> bool:
    """Return whether a number holds a value a design."""
    return isinstance(number, np.ndarray) and number.ndim > 0


def alike(condition: Any) -> bool:
    """Return a condition of one design, or the one answer of all n.

    Raises
    ------
    Parted
        When they differ.
    """
    if not is_rows(condition):
        return bool(condition)
    if condition.all():
        return True
    if condition.any():
        raise Parted(condition)
    return False


def refuse(where: Any, error: Callable[[], Exception], summary: str) -> None:
    """Raise what is wrong where something holds; nothing where it holds of no design.

    Parameters
    ----------
    where
        Whether a design is impossible; a bool, or shape (n,).
    error
        Makes the error of a single design.
    summary
        What is wrong, in words that hold for any: the reason of rows whose own error nobody asks for.

    Raises
    ------
    Exception
        The error of a single design.
    Refused
        Of n designs, with those that are impossible.
    """
    if not is_rows(where):
        if where:
            raise error()
    elif where.any():
        raise Refused(where, summary)


def choose(condition: Any, one: Numbers, other: Numbers) -> Numbers:
    """Return one or the other by element: `numpy.where`, which takes 20 times as long for a single number."""
    if is_rows(condition):
        return np.where(condition, one, other)
    return one if condition else other


def larger(first: Numbers, second: Numbers) -> Numbers:
    """Return the larger of two numbers, by element."""
    if is_rows(first) or is_rows(second):
        return np.maximum(first, second)
    return max(first, second)


def smaller(first: Numbers, second: Numbers) -> Numbers:
    """Return the smaller of two numbers, by element."""
    if is_rows(first) or is_rows(second):
        return np.minimum(first, second)
    return min(first, second)


def sine(x: Numbers) -> Numbers:
    """Return the sine, by element."""
    return np.sin(x) if is_rows(x) else math.sin(x)


def cosine(x: Numbers) -> Numbers:
    """Return the cosine, by element."""
    return np.cos(x) if is_rows(x) else math.cos(x)


def tangent(x: Numbers) -> Numbers:
    """Return the tangent, by element."""
    return np.tan(x) if is_rows(x) else math.tan(x)


def root(x: Numbers) -> Numbers:
    """Return the square root, by element."""
    return np.sqrt(x) if is_rows(x) else math.sqrt(x)


def exponential(x: Numbers) -> Numbers:
    """Return e to the power of ``x``, by element."""
    return np.exp(x) if is_rows(x) else math.exp(x)


def hyperbolic_tangent(x: Numbers) -> Numbers:
    """Return the hyperbolic tangent, by element."""
    return np.tanh(x) if is_rows(x) else math.tanh(x)


def hyperbolic_sine(x: Numbers) -> Numbers:
    """Return the hyperbolic sine, by element."""
    return np.sinh(x) if is_rows(x) else math.sinh(x)


def plain(number: Numbers) -> Numbers:
    """Return a number of one design as a float, those of n as they are."""
    return number if is_rows(number) else float(number)


def some(number: Numbers) -> bool:
    """Return whether a number is not 0, of n designs that of any."""
    return bool(number.any()) if is_rows(number) else bool(number)


def first_axis(numbers: Floats, like: Numbers) -> Floats:
    """Return numbers, shape (m,) or (m, n), as a first axis before those of one or n as ``like``."""
    return numbers[:, np.newaxis] if is_rows(like) and numbers.ndim == 1 else numbers


def abreast(*curves: Floats) -> list[Floats]:
    """Return numbers along a first axis, of one design or of n, with a last axis for rows where one has."""
    most = max(curve.ndim for curve in curves)
    return [curve if curve.ndim == most else curve[..., np.newaxis] for curve in curves]
