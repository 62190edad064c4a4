"""How far measurements may be off: as stated, or as what the best fit leaves over."""

from dataclasses import dataclass

import numpy as np

from tfgeom.errors import DesignError
from tfgeom.fitting.measured import Floats, Measured
from tfgeom.units import format_quantity, parse_quantity

_LEAST = 0.05  # of the largest capacity: what is below is taken as uncertain as that
_DIMENSION = {"capacity": "areal_capacity", "voltage": "voltage"}
_EXAMPLE = {"capacity": "2 %", "utilisation": "2 %", "voltage": "5 mV"}


@dataclass(frozen=True, slots=True)
class MeasurementError:
    """Standard errors of measurements.

    Attributes
    ----------
    sizes
        Of each point, in its unit, shape (m,); where nobody stated them only their ratios count.
    whole
        What an error of 1 is of each point, in its unit, shape (m,): the value itself where errors go with
        it.
    stated
        What was stated, in words; empty where the residuals say how large they are.
    relative
        Whether they go with the value.
    """

    sizes: Floats
    whole: Floats
    stated: str
    relative: bool

    @property
    def is_stated(self) -> bool:
        """Whether somebody stated them."""
        return bool(self.stated)

    def of(self, off: Floats, which: np.ndarray) -> float:
        """Return the root mean square of residuals at points: a share of the values, or in their unit."""
        return float(np.sqrt(np.mean((off[which] / self.whole[which]) ** 2)))


def measurement_error(measured: Measured, stated: str | None) -> MeasurementError:
    """Return the errors of measurements.

    Capacities are off by a share of themselves (of a twentieth of the largest at least), voltages by as much
    everywhere, unless a unit says otherwise.

    Parameters
    ----------
    measured
        The measurements.
    stated
        ``2 %``, ``5 mV``, ``0.1 uAh/cm^2``; None to take them from what the fit leaves over.

    Raises
    ------
    DesignError
        If that is no error of such a quantity.
    """
    values = measured.values
    relative = np.maximum(np.abs(values), _LEAST * float(np.abs(values).max(initial=0.0)))
    if not relative.any():
        raise DesignError.at("", f"{measured.file}: every number is 0: nothing can be fitted to that")
    if stated is None:
        is_relative = measured.quantity != "voltage"
        whole = relative if is_relative else np.ones(values.size)
        return MeasurementError(whole, whole, "", is_relative)
    try:
        if "%" in stated:
            share = parse_quantity(stated, "fraction")
            _positive(share, stated)
            return MeasurementError(share * relative, relative, stated, True)
        if measured.quantity == "utilisation":
            size = parse_quantity(
                float(stated) if stated.replace(".", "", 1).isdigit() else stated, "fraction"
            )
        else:
            size = parse_quantity(stated, _DIMENSION[measured.quantity])
        _positive(size, stated)
    except ValueError as error:
        raise DesignError.at(
            "--error", f"{error}; of a {measured.quantity} write for example '{_EXAMPLE[measured.quantity]}'"
        ) from error
    return MeasurementError(np.full(values.size, size), np.ones(values.size), stated, False)


def _positive(size: float, stated: str) -> None:
    if not size > 0:
        raise ValueError(f"'{stated}' is no error: it is above 0")


def size_text(size: float, measured: Measured, relative: bool) -> str:
    """Return an error in words: ``1.3 %``, ``4.2 mV``."""
    if relative:
        return f"{100 * size:.3g} %"
    if measured.quantity == "voltage":
        return f"{1000 * size:.3g} mV"
    if measured.quantity == "utilisation":
        return f"{size:.3g} of the capacity"
    return format_quantity(float(f"{size / 36:.3g}") * 36, "areal_capacity")
