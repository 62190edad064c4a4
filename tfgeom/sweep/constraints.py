"""Comparisons that a row of a sweep must meet: ``gap_after_coating_nm > 200``, ``relief.pitch < 5 um``.

A name that is a path of the design is a quantity; any other is a number of the results, in the unit of its
name, and is compared with a bare number.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from tfgeom.sweep.arithmetic import Arithmetic, Sized, UnitsError, read_sized

_SIGN = re.compile(r"<=|>=|==|<|>|=|≤|≥")
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}
_ALIKE = {"≤": "<=", "≥": ">="}


@dataclass(frozen=True, slots=True)
class Constraint:
    """A comparison that was read; ``text`` is as it was stated."""

    text: str
    sign: str
    left: Arithmetic
    right: Arithmetic

    @property
    def names(self) -> tuple[str, ...]:
        """The names in it, in their order."""
        return tuple(dict.fromkeys((*self.left.names, *self.right.names)))

    def miss(self, lookup: Callable[[str], Sized | None]) -> str:
        """Return how a row misses it, empty where it meets it.

        Parameters
        ----------
        lookup
            The value of a name in the row, None where the row has none, which misses.

        Raises
        ------
        UnitsError
            Where both sides are not of one kind.
        ValueError
            Where a side has no value.
        """
        values = {name: lookup(name) for name in self.names}
        unknown = [name for name, value in values.items() if value is None]
        if unknown:
            return f"{self.text} ({', '.join(unknown)} not known)"
        known = {name: value for name, value in values.items() if value is not None}
        left, right = self.left(known.__getitem__), self.right(known.__getitem__)
        if left.made_of != right.made_of:
            raise UnitsError(
                f"'{self.text}' compares {left.words} with {right.words}; a result is a bare number in the "
                "unit of its name, a size of the design has a unit"
            )
        if _COMPARE[self.sign](left.value, right.value):
            return ""
        results = [f"{name} is {value.value:.6g}" for name, value in known.items() if not value.made_of]
        return f"{self.text} ({', '.join(results)})" if results else self.text


def read_constraint(given: str) -> Constraint:
    """Return the comparison of a text; raise ValueError with what is wrong in it."""
    signs = _SIGN.findall(given)
    if len(signs) != 1 or signs[0] in ("=", "=="):
        raise ValueError(f"'{given:.80}' must hold one of < <= > >=, as 'gap_after_coating_nm > 200'")
    left, right = given.split(signs[0])
    return Constraint(given, _ALIKE.get(signs[0], signs[0]), read_sized(left), read_sized(right))
