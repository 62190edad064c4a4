"""The numbers of a design that sliders change: sizes of the relief and thicknesses of the films."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tfgeom.design import Design, design_from_mapping, set_path
from tfgeom.errors import DesignError
from tfgeom.numerals import layer_title, unit_text
from tfgeom.quantities import Quantity, Section
from tfgeom.reliefs.sections import SAID_LAST, Sectioned, Width
from tfgeom.units import NM, UM, format_quantity, parse_quantity

_UNITS = {"um": UM, "nm": NM, "deg": math.pi / 180}
_STEPS = 200  # of a slider from end to end
_DIGITS = 4  # of a value that a slider sets
_NANO_BELOW = 0.2 * UM
_DECADES = 1.0  # of a thickness, to either side
_LEAST = 0.05 * NM  # as the file allows
_BOTH = {"relief.pitch.0": "pitch along x", "relief.pitch.1": "pitch along y"}  # of a rectangular lattice
_ANGLES = {"sidewall_angle": (45.0, 95.0), "rotation": (0.0, 90.0)}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number of a design with the range of its slider.

    Attributes
    ----------
    path
        Dotted path in the design, such as ``relief.pitch``.
    title
        What it is, to be read.
    unit
        Unit of the slider.
    text
        Its value in the design, with a unit, exactly.
    low, high
        Ends of the slider, in ``unit``.
    is_logarithmic
        Whether equal steps of the slider are equal ratios.
    """

    path: str
    title: str
    unit: str
    text: str
    low: float
    high: float
    is_logarithmic: bool

    @property
    def ends(self) -> tuple[float, float]:
        """Least and greatest position of the slider."""
        return (math.log10(self.low), math.log10(self.high)) if self.is_logarithmic else (self.low, self.high)

    @property
    def step(self) -> float:
        """Distance between neighbouring positions of the slider."""
        low, high = self.ends
        return float(f"{(high - low) / _STEPS:.1g}")

    def text_at(self, position: float) -> str:
        """Return the value at a position of the slider, with its unit, to four digits."""
        value = 10**position if self.is_logarithmic else position
        return unit_text(f"{float(f'{value:.{_DIGITS}g}'):g} {self.unit}")

    def position_of(self, text: str) -> float:
        """Return where the slider stands for a value, at its end when the value lies beyond.

        Raises
        ------
        DesignError
            When the text is not a quantity of this kind.
        """
        dimension = "angle" if self.unit == "deg" else "length"
        try:
            value = parse_quantity(text, dimension) / _UNITS[self.unit]
        except ValueError as error:
            raise DesignError.at(self.path, str(error)) from error
        low, high = self.ends
        if self.is_logarithmic:
            value = math.log10(value) if value > 0 else low
        return min(max(value, low), high)


def design_parameters(design: Design) -> tuple[Parameter, ...]:
    """Return what of a design can be slid, relief first, then the films from the substrate outwards.

    Thicknesses that are solved for an N/P ratio are left out.
    """
    found = [_of_relief(*size) for size in _sizes(design.relief, "relief")]
    for layer in design.layers:
        if isinstance(layer.thickness, float):
            found.append(_of_film(f"layers.{layer.name}.thickness", layer_title(layer.name), layer.thickness))
        elif layer.fill is not None:
            path = f"layers.{layer.name}.fill.above_top"
            found.append(_of_film(path, f"{layer_title(layer.name)} above the top", layer.fill.above_top))
    return tuple(found)


def plain_design(design: Design) -> dict[str, Any]:
    """Return a design as its file would hold it, to be changed by path."""
    plain: dict[str, Any] = design.model_dump(mode="json", exclude_defaults=True)
    return plain


def changed_design(plain: Mapping[str, Any], changes: Mapping[str, str]) -> Design:
    """Return the design with values changed.

    Parameters
    ----------
    plain
        From `plain_design`.
    changes
        Values with their units, by path.

    Raises
    ------
    DesignError
        When the changed design breaks the format or cannot exist.
    """
    mapping = dict(plain)
    for path, text in changes.items():
        mapping = set_path(mapping, path, text)
    return design_from_mapping(mapping)


def _sizes(section: Section, path: str) -> Iterator[tuple[str, float, str]]:
    """Yield path, value and dimension of every number of a relief, what only some reliefs have last."""
    fields = type(section).model_fields
    for name, field in sorted(fields.items(), key=lambda entry: entry[0] in SAID_LAST):
        value, here = getattr(section, name), f"{path}.{name}"
        if isinstance(value, Width):
            yield here, value.value, "length"
        elif isinstance(value, Section):
            yield from _sizes(value, here)
        elif name == "rotation" and isinstance(section, Sectioned) and section.cross_section == "circle":
            continue  # a circle looks the same however it is turned
        else:
            for metadata in field.metadata:
                if not isinstance(metadata, Quantity):
                    continue
                if isinstance(value, tuple):
                    for index, size in enumerate(value):
                        yield f"{here}.{index}", size, metadata.dimension
                else:
                    yield here, value, metadata.dimension


def _of_relief(path: str, value: float, dimension: str) -> Parameter:
    title = _BOTH.get(path, path).removeprefix("relief.").replace(".", " ").replace("_", " ")
    text = unit_text(format_quantity(value, dimension))
    if dimension == "angle":
        low, high = _ANGLES[path.rpartition(".")[2]]
        degrees = value / _UNITS["deg"]
        return Parameter(path, title, "deg", text, min(low, degrees), max(high, degrees), False)
    if value == 0:  # a rim radius that the file leaves out
        return Parameter(path, title, "nm", text, 0.0, 500.0, False)
    unit = "nm" if value < _NANO_BELOW else "um"
    least = 0.0 if path.endswith("rim_radius") else 0.2 * value
    return Parameter(path, title, unit, text, _end(least, unit), _end(2.5 * value, unit), False)


def _of_film(path: str, title: str, value: float) -> Parameter:
    unit = "um" if value >= UM else "nm"
    low, high = max(value / 10**_DECADES, _LEAST), value * 10**_DECADES
    text = unit_text(format_quantity(value, "length"))
    return Parameter(path, title, unit, text, _end(low, unit), _end(high, unit), True)


def _end(value: float, unit: str) -> float:
    """Return an end of a slider in its unit, to three digits."""
    return float(f"{value / _UNITS[unit]:.3g}")
