"""An open-circuit table from lists in a design: numbers, or quantities with their units."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfgeom.materials.curve_tables import StatedTable
from tfgeom.materials.given_data import GivenDataError, refuse
from tfgeom.units import parse_quantity

Array = NDArray[np.float64]


def listed_numbers(given: object, dimension: str, *keys: str) -> tuple[Array, bool]:
    """Return a list of bare numbers or of quantities, and whether any has a unit.

    Raises
    ------
    GivenDataError
        If it is no such list.
    """
    if not isinstance(given, (list, tuple)) or not given:
        refuse(f"must be a list of numbers, not {given!r:.60}", *keys)
    numbers = []
    for place, one in enumerate(given, 1):
        bare = isinstance(one, (int, float)) and not isinstance(one, bool)
        try:
            number = float(one) if bare else parse_quantity(one, dimension)
        except (ValueError, OverflowError) as error:
            raise GivenDataError(f"number {place}: {error}", *keys) from error
        if not abs(number) <= 1e9:
            refuse(f"number {place} must be a number from -1e9 to 1e9, not {one!r:.40}", *keys)
        numbers.append(number)
    return np.array(numbers), any(isinstance(one, str) for one in given)


def columns_of_lists(stated: Mapping[str, Any], *keys: str) -> StatedTable:
    """Return the table of lists ``x`` or ``soc`` and ``V``, ``mV`` or ``potential``.

    Raises
    ------
    GivenDataError
        If one is missing, doubled or no list of numbers.
    """
    coordinate = one_of(stated, ("x", "soc"), *keys)
    potential = one_of(stated, ("V", "mV", "potential"), *keys)
    x, x_declared = listed_numbers(stated[coordinate], "fraction", *keys, coordinate)
    volts, v_declared = listed_numbers(stated[potential], "voltage", *keys, potential)
    if len(x) != len(volts):
        refuse(f"has {len(x)} numbers and {potential} {len(volts)}; as many of both", *keys, coordinate)
    if potential == "mV" and not v_declared:
        volts = np.array([float(f"{one / 1000:.15g}") for one in volts])
    return StatedTable(
        coordinate, x, volts, False, x_declared, v_declared or potential == "mV",
        [f"point {place + 1}" for place in range(len(x))], ((*keys, coordinate), (*keys, potential)),
    )  # fmt: skip


def one_of(stated: Mapping[str, Any], choices: tuple[str, ...], *keys: str) -> str:
    """Return the one key of ``choices`` that is stated.

    Raises
    ------
    GivenDataError
        If none is, or more than one.
    """
    found = [key for key in choices if key in stated]
    if not found:
        refuse(f"lacks {' or '.join(choices)}", *keys)
    if len(found) > 1:
        refuse(f"stands beside '{found[0]}'; give one of them", *keys, found[1])
    return found[0]
