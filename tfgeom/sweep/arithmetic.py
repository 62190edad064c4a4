"""Arithmetic on quantities, as ties and constraints state it: ``relief.pitch - 0.5 um``.

Text is split into paths and numbers with units; what remains goes through the one whitelist of
`tfgeom.materials.expressions`.  Units are carried along: a length and a voltage do not add.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from tfgeom.materials.expressions import FUNCTIONS, Tree, read_arithmetic
from tfgeom.rows import Numbers, is_rows
from tfgeom.units import BasePowers, in_base_units, split_quantity

_NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_WORD = r"[A-Za-zµμΩΩÅ°%]+(?:\^-?\d|\d)?"
_TOKEN = re.compile(
    rf"(?P<quantity>{_NUMBER}\s*{_WORD}(?:/{_WORD})*(?![\w.(µΩÅ]))|(?P<number>{_NUMBER}(?![\w.]))"
    r"|(?P<name>[A-Za-z]\w*(?:\.\w+)*)"
)


class UnitsError(ValueError):
    """Quantities of different kinds where they must be of one."""


_ALONE = ("+", "-", "min", "max")
_KEPT = ("negative", "positive", "abs")


@dataclass(frozen=True, slots=True)
class Sized:
    """A number in SI base units, or one a row, and what it is made of; nothing where it is a bare number."""

    value: Numbers
    made_of: BasePowers = ()

    @property
    def words(self) -> str:
        """What it is made of, for messages."""
        return " ".join(f"{name}^{power}" if power != 1 else name for name, power in self.made_of) or "number"


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Arithmetic that was read.

    Attributes
    ----------
    text
        As it was stated.
    names
        The paths and other names in it, in their order.
    """

    text: str
    names: tuple[str, ...]
    _tree: Tree
    _leaves: Mapping[str, str | Sized]

    def __call__(self, lookup: Callable[[str], Sized]) -> Sized:
        """Return the value, with that of each name; raise ValueError where units do not fit.

        Rows without a value are nan or infinite; one number without a value raises ValueError.
        """
        known = {leaf: lookup(it) if isinstance(it, str) else it for leaf, it in self._leaves.items()}
        found = _value(self._tree, known)
        if not is_rows(found.value) and not math.isfinite(found.value):
            raise ValueError(f"'{self.text}' has no finite value")
        return found


def read_sized(given: str) -> Arithmetic:
    """Return the arithmetic of a text; raise ValueError with what is wrong in it and what is allowed."""
    leaves: dict[str, str | Sized] = {}
    shown: dict[str, str] = {}

    def stand_in(match: re.Match[str]) -> str:
        text = match[0]
        is_called = given[match.end() :].lstrip().startswith("(")
        if match["number"] or (match["name"] and is_called):
            return text
        leaf = f"q{len(leaves)}_"
        if match["quantity"]:
            quantity = split_quantity(text)
            if quantity is None:
                raise ValueError(f"'{text}' in '{given:.60}' is no number with a unit")
            leaves[leaf] = Sized(*in_base_units(*quantity))
        else:
            leaves[leaf] = text
        shown[leaf] = text
        return f" {leaf} "

    rest = _TOKEN.sub(stand_in, given)
    try:
        tree = read_arithmetic(
            rest, dict(zip(leaves, leaves, strict=True)), "paths, quantities such as 0.5 um"
        )
    except ValueError as error:
        message = re.sub(r" ?(q\d+_) ?", lambda match: shown.get(match[1], match[0]), str(error))
        raise ValueError(message) from error
    names = dict.fromkeys(one for one in leaves.values() if isinstance(one, str))
    return Arithmetic(given, tuple(names), tree, leaves)


def _value(tree: Tree, known: Mapping[str, Sized]) -> Sized:
    if isinstance(tree, float):
        return Sized(tree)
    if isinstance(tree, str):
        return known[tree]
    operation, *operands = tree
    if operation == "chain":
        first, terms = operands
        total = _value(first, known)
        for operator, term in terms:
            total = _combined(operator, [total, _value(term, known)])
        return total
    return _combined(operation, [_value(operand, known) for operand in operands])


def _combined(operation: str, operands: list[Sized]) -> Sized:
    first, last = operands[0], operands[-1]
    numbers = [one.value for one in operands]
    if operation in _ALONE:
        if first.made_of != last.made_of:
            raise UnitsError(
                f"'{operation}' joins {first.words} and {last.words}; give both alike, with units"
            )
        return Sized(_computed(operation, numbers), first.made_of)
    if operation in _KEPT:
        return Sized(_computed(operation, numbers), first.made_of)
    if operation in ("*", "/"):
        sign = 1 if operation == "*" else -1
        powers: dict[str, Fraction] = dict(first.made_of)
        for name, power in last.made_of:
            powers[name] = powers.get(name, Fraction(0)) + sign * power
        return Sized(_computed(operation, numbers), _sorted(powers))
    if operation in ("**", "sqrt"):
        exponent = 0.5 if operation == "sqrt" else last.value
        if operation == "**" and last.made_of:
            raise UnitsError(f"an exponent is a plain number, not {last.words}")
        if first.made_of and is_rows(exponent):
            raise UnitsError(f"an exponent of {first.words} is one number, not another in each row")
        share = Fraction(exponent).limit_denominator(12) if first.made_of else Fraction(1)
        powers = {name: power * share for name, power in first.made_of}
        return Sized(_computed(operation, numbers), _sorted(powers))
    if first.made_of:
        raise UnitsError(f"'{operation}' takes a plain number, not {first.words}; divide by a unit first")
    return Sized(_computed(operation, numbers))


def _sorted(powers: Mapping[str, Fraction]) -> BasePowers:
    return tuple(sorted((name, power) for name, power in powers.items() if power))


def _computed(operation: str, numbers: list[Numbers]) -> Numbers:
    if any(map(is_rows, numbers)):
        with np.errstate(all="ignore"):
            return (_PLAIN.get(operation) or FUNCTIONS[operation])(*numbers)
    listed = ", ".join(f"{one:.6g}" for one in numbers)
    try:
        with np.errstate(all="ignore"):
            found: Any = (_PLAIN.get(operation) or FUNCTIONS[operation])(*numbers)
        number = float(found)
    except (ArithmeticError, TypeError) as error:  # a complex root is a TypeError
        raise ValueError(f"'{operation}' of {listed} is no number") from error
    if math.isnan(number):
        raise ValueError(f"'{operation}' of {listed} is no number")
    return number


_PLAIN: dict[str, Callable[..., Numbers]] = {
    "+": lambda one, other: one + other,
    "-": lambda one, other: one - other,
    "*": lambda one, other: one * other,
    "/": lambda one, other: one / other,
    "**": lambda one, other: one**other,
    "negative": lambda one: -one,
    "positive": lambda one: one,
}
