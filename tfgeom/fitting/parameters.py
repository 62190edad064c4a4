"""What is fitted: numbers of a design by their dotted paths, and where each is looked for.

``materials.LiV2O5.diffusivity`` is looked for within four decades of what is known of it, a size within one;
``PATH=LOW..HIGH`` says otherwise, and must where nothing is known.  What is above zero is fitted as its
logarithm.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfgeom.cells.assembled import AssembledCell
from tfgeom.cells.kinds import assemble_cell
from tfgeom.design import Design, design_from_mapping, set_path
from tfgeom.design.paths import locate, value_at
from tfgeom.errors import DesignError
from tfgeom.materials.constants import CONSTANTS, words_of
from tfgeom.quantities import Quantity
from tfgeom.units import in_display_unit, parse_quantity, split_quantity, unit_ratio
from tfgeom.words import did_you_mean

Floats = NDArray[np.float64]

_DECADES = 4.0  # either side of what is known of a constant: methods differ by five
_SIZES = 1.0  # decades either side of a size that a design states
_MOST = 6  # beyond, no data of a cell tells them apart


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number that is fitted; values are in its unit.

    Attributes
    ----------
    path
        Of the number in the design.
    unit
        As the design writes it; empty for a pure number.
    start
        What it is in the design, or the middle of where it is looked for.
    low, high
        Where it is looked for.
    known
        Whether design or library has a value.
    material, constant
        Of a constant of a material: whose, and which; empty of other numbers.
    """

    path: str
    unit: str
    start: float
    low: float
    high: float
    known: bool
    material: str = ""
    constant: str = ""

    @property
    def is_log(self) -> bool:
        """Whether its logarithm is fitted."""
        return self.low > 0

    @property
    def words(self) -> str:
        """What people call it: ``diffusivity of LiV2O5``."""
        return f"{words_of(self.constant)} of {self.material}" if self.constant else self.path

    def to_fit(self, value: float) -> float:
        """Return the coordinate in which a value is fitted."""
        return math.log(value) if self.is_log else value

    def from_fit(self, coordinate: float) -> float:
        """Return the value at a coordinate."""
        value = math.exp(coordinate) if self.is_log else coordinate
        return min(max(value, self.low), self.high)

    def text(self, value: float, digits: int = 4) -> str:
        """Return a value with its unit."""
        return f"{value:.{digits}g} {self.unit}".strip()

    def written(self, value: float) -> str | float:
        """Return a value as the design file holds it."""
        return f"{value!r} {self.unit}" if self.unit else value


class Family:
    """A design with some of its numbers free.

    Parameters
    ----------
    design
        The design.
    stated
        The parameters as text: paths, with ``=LOW..HIGH`` where that is said.

    Raises
    ------
    DesignError
        For a path that leads nowhere or to no number, and bounds that cannot be.
    """

    def __init__(self, design: Design, stated: Sequence[str]) -> None:
        self.design = design
        self.base: dict[str, Any] = design.model_dump(mode="json", exclude_defaults=True)
        self.cell = assemble_cell(design)
        if not 1 <= len(stated) <= _MOST:
            raise DesignError.at(
                "--parameters",
                f"{len(stated)} are given; fit 1 to {_MOST}, for example '{self._example()}'",
            )
        paths = [one.partition("=")[0].strip() for one in stated]
        for at, path in enumerate(paths):
            if not path:
                raise DesignError.at(
                    "--parameters", f"an empty name in the list; write for example '{self._example()}'"
                )
            if path in paths[:at]:
                raise DesignError.at("--parameters", f"'{path}' stands twice; name it once")
        with design.located():
            self.parameters = tuple(self._parameter(one) for one in stated)

    @property
    def low(self) -> Floats:
        """Lowest coordinates, shape (p,)."""
        return np.array([one.to_fit(one.low) for one in self.parameters])

    @property
    def high(self) -> Floats:
        """Highest coordinates, shape (p,)."""
        return np.array([one.to_fit(one.high) for one in self.parameters])

    @property
    def start(self) -> Floats:
        """Where the search begins, shape (p,)."""
        return np.array([one.to_fit(one.start) for one in self.parameters])

    def values(self, point: Floats) -> tuple[float, ...]:
        """Return the values at coordinates, shape (p,), each in its unit."""
        return tuple(one.from_fit(float(x)) for one, x in zip(self.parameters, point, strict=True))

    def member(self, values: Sequence[float]) -> Design:
        """Return the design with these values of the parameters.

        Raises
        ------
        DesignError
            When it cannot be.
        """
        changed = self.base
        for one, value in zip(self.parameters, values, strict=True):
            changed = with_value(changed, one, one.written(value))
        return design_from_mapping(changed, self.design.origin)

    def _example(self) -> str:
        electrodes = self.cell.blueprint.electrodes
        return f"materials.{electrodes[0].material.name if electrodes else 'LiCoO2'}.diffusivity"

    def _parameter(self, stated: str) -> Parameter:
        path, _, bounds = (part.strip() for part in stated.partition("="))
        ends = _ends(path, bounds) if bounds else None
        head, _, tail = path.partition(".")
        if head == "materials":
            return self._constant(path, tail, ends)
        return self._number(path, ends)

    def _constant(self, path: str, tail: str, ends: tuple[str, str] | None) -> Parameter:
        materials = self.cell.blueprint.materials
        name = next((one for one in materials if tail.startswith(f"{one}.")), None)
        if name is None:
            given = tail.partition(".")[0]
            raise DesignError.at(
                path, f"the design has no material '{given:.60}'; {did_you_mean(given, list(materials))}"
            )
        key = tail.removeprefix(f"{name}.").removesuffix(".value")
        if key not in CONSTANTS:
            raise DesignError.at(path, f"no such constant; {did_you_mean(key, list(CONSTANTS))}")
        constant, found = CONSTANTS[key], materials[name].properties.get(key)
        known, unit = None, _usual_unit(constant.quantity)
        if found is not None:
            known, unit = in_display_unit(found.value, found.dimension)
        return _within(path, unit, known, ends, _DECADES, constant.quantity, name, key)

    def _number(self, path: str, ends: tuple[str, str] | None) -> Parameter:
        location, rest = locate(self.base, path)
        if rest:
            set_path(self.base, path, 0)  # says which keys exist there, or that the number is not stated
            raise DesignError.at(
                path, "is not stated in the design; write its value there, from which a fit begins"
            )
        given = value_at(self.base, location)
        if isinstance(given, Mapping) and "value" in given:
            given = given["value"]
        split = split_quantity(given)
        if split is not None:
            if split[1] in ("%", "percent"):
                return _within(path, "%", split[0], ends or ("0 %", "100 %"), _SIZES, None)
            return _within(path, split[1], split[0], ends, _SIZES, None)
        if isinstance(given, (int, float)) and not isinstance(given, bool):
            return _within(path, "", float(given), ends or ("0", "1"), _SIZES, None)
        raise DesignError.at(path, f"is no number but {given!r:.60}; a fit changes numbers")


def with_value(mapping: Mapping[str, Any], parameter: Parameter, value: Any) -> dict[str, Any]:
    """Return a plain design with one value changed; what else a constant says, its form say, stays."""
    location, rest = locate(mapping, parameter.path)
    existing = None if rest else value_at(mapping, location)
    if parameter.constant and isinstance(existing, Mapping):
        told = value if isinstance(value, Mapping) else {"value": value}
        kept = {key: one for key, one in existing.items() if key not in ("value", "low", "high", "table")}
        value = {**kept, **told}
    return set_path(mapping, parameter.path, value)


def own_cell(design: Design) -> AssembledCell:
    """Return the cell of a member of the family."""
    return assemble_cell(design)


def _usual_unit(quantity: Quantity) -> str:
    return in_display_unit(1.0, quantity.dimension)[1]


def _ends(path: str, bounds: str) -> tuple[str, str]:
    low, dots, high = (part.strip() for part in bounds.partition(".."))
    if not (dots and low and high):
        raise DesignError.at(
            path, f"'{bounds:.60}' are no bounds; write LOW..HIGH, for example '1e-16 cm^2/s..1e-12 cm^2/s'"
        )
    return low, high


def _within(
    path: str,
    unit: str,
    known: float | None,
    ends: tuple[str, str] | None,
    decades: float,
    quantity: Quantity | None,
    material: str = "",
    constant: str = "",
) -> Parameter:
    if ends is not None:
        low, high = (_bound(path, end, unit, quantity) for end in ends)
        if not low < high:
            raise DesignError.at(
                path, f"'{ends[0]}..{ends[1]}' is no range: the first bound is the smaller one"
            )
    elif known is None:
        example = f"{path}={_span(quantity)}" if quantity else path
        raise DesignError.at(
            path, f"is not known of {material}: say where to look for it, for example '{example}'"
        )
    elif quantity is not None and quantity.dimension == "fraction":
        low, high = 0.0, max(1.0, known)
    elif known > 0:
        low, high = known * 10**-decades, known * 10**decades
    else:
        raise DesignError.at(
            path, f"is {known:g} in the design: say where to look for it as '{path}=LOW..HIGH'"
        )
    start = known if known is not None and low <= known <= high else None
    if start is None:
        start = math.sqrt(low * high) if low > 0 else (low + high) / 2
    return Parameter(path, unit, start, low, high, known is not None, material, constant)


def _span(quantity: Quantity) -> str:
    spans = {
        "diffusivity": "1e-18 cm^2/s..1e-9 cm^2/s",
        "current_density": "1e-4 mA/cm^2..100 mA/cm^2",
    }
    return spans.get(quantity.dimension, "LOW..HIGH")


def _bound(path: str, text: str, unit: str, quantity: Quantity | None) -> float:
    try:
        if quantity is not None:
            value = quantity.read(
                float(text) if quantity.dimension == "fraction" and "%" not in text else text
            )
            return value / parse_quantity(f"1 {unit}".strip(), quantity.dimension) if unit else value
        if not unit:
            return float(text)
        split = split_quantity(text)
        if split is None:
            raise ValueError(f"'{text}' needs a unit, as '{unit}'")
        return split[0] * unit_ratio(split[1], unit)
    except ValueError as error:
        raise DesignError.at(path, f"bound '{text:.60}': {error}") from error
