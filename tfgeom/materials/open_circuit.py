"""Open-circuit potentials, evaluated on whole arrays of filled fractions.

A curve is stated over the coordinate x its source used (host stoichiometry, or charge for a measured
table); ``window`` maps the filled fraction s from 0 to 1 onto it, so ``LiCoO2`` between Li0.5CoO2 and
LiCoO2 has the window (0.5, 1).  Potentials are in V against Li/Li+.  The forms are those of
`tfgeom.materials.curve_forms`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from tfgeom.constants import REFERENCE_TEMPERATURE
from tfgeom.materials.curve_forms import Array, Curve, Form, build_curve, check_parameters

_EDGE = 1e-6  # steep ends are read inside [edge, 1 - edge]
_MAX_RISE = 1e-3  # V from one point to the next: more than a fit's wiggle


@dataclass(frozen=True, slots=True)
class OpenCircuit:
    """Open-circuit potential of an electrode over its filled fraction.

    Attributes
    ----------
    form, parameters
        See the table of `tfgeom.materials.curve_forms`; potentials in V.
    window
        Coordinate x of the empty and of the full electrode.
    source, confidence, note
        Where the curve comes from and how far it can be trusted.
    departure
        How far measured points lie from a curve that was smoothed through them, at most, V; None for one that
        passes through its points.

    Raises
    ------
    ValueError
        If the parameters do not fit the form, or the curve is infinite or rises inside its window.
    """

    form: Form
    parameters: Mapping[str, Any]
    window: tuple[float, float]
    source: str
    confidence: str
    note: str = ""
    departure: float | None = None
    _curve: Curve = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_parameters(self.form, self.parameters, self.window)
        object.__setattr__(self, "_curve", build_curve(self.form, self.parameters))
        s = np.linspace(0.0, 1.0, 501)
        with np.errstate(all="ignore"):
            potential = self.potential(s, REFERENCE_TEMPERATURE)
        if not np.all(np.isfinite(potential)):
            raise ValueError("the open-circuit potential is not finite everywhere between empty and full")
        rise = np.diff(potential)
        if rise.max() > _MAX_RISE:
            raise ValueError(
                f"the open-circuit potential rises by {rise.max():.3g} V at filled fraction "
                f"{s[int(rise.argmax())]:.3f}; it must fall as the electrode fills "
                "(is the window the right way round: empty, full?)"
            )

    def potential(self, s: ArrayLike, temperature: float = REFERENCE_TEMPERATURE) -> Array:
        """Return the potential against Li/Li+.

        Parameters
        ----------
        s
            Filled fraction, any shape, 0 to 1 (not checked: this is called thousands of times).
        temperature
            K.  Only the ``nernst`` part of ``steps`` depends on it.

        Returns
        -------
        ndarray
            V, in the shape of ``s``.
        """
        empty, full = self.window
        x = empty + (full - empty) * np.asarray(s, dtype=np.float64)
        return self._curve(x, temperature)

    @property
    def table_ends(self) -> tuple[float, float]:
        """Where the points of a table end on the empty and on the full side; the window where it is none."""
        if self.form != "pchip":
            return self.window
        first, last = self.parameters["x"][0], self.parameters["x"][-1]
        return (first, last) if self.window[0] < self.window[1] else (last, first)

    @property
    def beyond(self) -> tuple[float, float]:
        """Shares of the window that a table leaves out at its empty and its full end, 0 for none.

        There the curve goes on straight, with the slope at the table's end.
        """
        empty, full = self.window
        first, last = self.table_ends
        return max((first - empty) / (full - empty), 0.0), max((full - last) / (full - empty), 0.0)

    @property
    def share_used(self) -> float:
        """Share of a table that the window uses; 1 where it is none."""
        low, high = sorted(self.window)
        first, last = sorted(self.table_ends)
        return max(min(high, last) - max(low, first), 0.0) / (last - first)

    def held_inside(self, s: Array, temperature: float) -> Array:
        """Return the potential (V) at filled fractions held between empty and full, at rest and on discharge.

        Surfaces run ahead of the mean, and rounding past the ends.
        """
        return self.potential(np.minimum(np.maximum(s, _EDGE), 1 - _EDGE), temperature)
