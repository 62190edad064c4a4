"""How the sentences of a comparison write numbers: for a terminal or for a page."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from tfgeom.results.plain_text import plain_unit

_DIGITS = 3  # constants carry no more


class Phrases(NamedTuple):
    """How numbers and units are written.

    Attributes
    ----------
    write
        A number with so many significant digits.
    unit
        A unit of a declaration.
    """

    write: Callable[[float, int], str]
    unit: Callable[[str], str]
    multiplied: str

    def number(self, value: float, digits: int = _DIGITS) -> str:
        """Return a number."""
        return self.write(value, digits)

    def quantity(self, value: float, unit: str, digits: int = _DIGITS) -> str:
        """Return a number with its unit."""
        return f"{self.number(value, digits)} {self.unit(unit)}".rstrip()

    def times(self, ratio: float) -> str:
        """Return a ratio: 2.5 times."""
        return f"{self.number(ratio)}{self.multiplied}"


def _plain(value: float, digits: int) -> str:
    text = f"{value:.{digits}g}"
    return f"{float(text):.0f}" if digits <= len(f"{abs(value):.0f}") < 7 else text


PLAIN = Phrases(_plain, plain_unit, "x")
"""As terminals write them, and the JSON."""


def and_listed(names: Sequence[str]) -> str:
    """Return names in a row: a, b and c."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
