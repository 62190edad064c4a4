"""What the constants may be that an evaluation reads: the band that is stated, else a default width.

The whole open-circuit curve is not varied, nor is a table over the composition: a curve has no one number to
vary.  Nor are what a constant is by
definition or states of the cell (`FIXED`).
"""

from tfgeom.bands.data_files import default_widths
from tfgeom.bands.distributions import Distribution, of_band
from tfgeom.materials.constants import CONSTANTS
from tfgeom.materials.material import Property
from tfgeom.units import parse_quantity

OVER_DECADES = frozenset(
    {"diffusivity", "conductivity", "resistivity", "current_density", "recombination_rate"}
)
"""Dimensions of constants that films of one material differ in by orders of magnitude."""
FIXED = {
    "lithiation": "how full a film is made follows from its formula",
    "reference_temperature": "it says where other constants hold",
    "host_capacity": "theory, which claims are judged by",
    "molar_mass": "known better than any other constant",
    "density": "it weighs the device, and no banded number has a mass",
    "film_fraction": "as the density",
}
"""Constants that bands do not vary, and why."""
IN_TIME = ("two_phase.",)
"""Beginnings of those that the film model alone reads; bands are of the closed one."""


def varies(key: str) -> bool:
    """Return whether bands vary a constant."""
    return key in CONSTANTS and key not in FIXED and not key.startswith(IN_TIME)


def band_of(known: Property) -> tuple[float, float]:
    """Return the low and the high end of what a constant may be, in SI.

    An end that is not stated lies as far as `widths.yaml` says for how the constant is known; none lies
    outside what a file may say, but where the value itself does.
    """
    width = default_widths()[known.confidence]
    if known.dimension in OVER_DECADES:
        ends = known.value / width.over_decades, known.value * width.over_decades
    else:
        ends = known.value - width.other * abs(known.value), known.value + width.other * abs(known.value)
    low = ends[0] if known.low is None else known.low
    high = ends[1] if known.high is None else known.high
    least, most = _bounds(known.name, known.dimension)
    return min(max(low, least), known.value), max(min(high, most), known.value)


def constant_distribution(known: Property) -> Distribution | None:
    """Return what a constant may be; None where its band has no width, or a table makes it a curve."""
    if known.table is not None:
        return None
    low, high = band_of(known)
    return of_band(low, known.value, high)


def _bounds(key: str, dimension: str) -> tuple[float, float]:
    """Return the smallest and largest value that a file may state of a constant."""
    quantity = CONSTANTS[key].quantity
    low = parse_quantity(quantity.low, dimension) if quantity.low else float("-inf")
    high = parse_quantity(quantity.high, dimension) if quantity.high else float("inf")
    return (max(low, 0.0) if quantity.positive or quantity.zero else low), high
