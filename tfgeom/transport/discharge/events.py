"""What ends a step besides its time: margins that are positive until they are met."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tfgeom.transport.discharge.steps import Ended, Step

_OVERDRAWN = 1e-2  # of the ions at rest: no voltage limit is so far off that it would come later


class Reading(NamedTuple):
    """What a step's ends look at: voltage (V), current (A/m²), charge in this step (C/m²), room, ions left.

    Of film and electrolyte at the faces of the column with most: see `Answer`.
    """

    voltage: float
    current: float
    charge: float
    room: float
    ions: float = np.inf


@dataclass(slots=True)
class Ends:
    """The ends of one step.

    A voltage that lies beyond its limit when the step begins, and comes back, is met once it has been inside:
    exchange currents vanish in a film that is empty or full, and its voltage may rise first.

    Attributes
    ----------
    step
        The step.
    armed
        Whether each voltage limit has been kept so far.
    """

    step: Step
    armed: dict[Ended, bool]

    @classmethod
    def of(cls, step: Step, start: Reading) -> "Ends":
        """Return the ends of a step that begins with ``start``."""
        ends = cls(step, {})
        ends.armed = {name: margin >= 0 for name, margin in ends._voltages(start).items()}
        return ends

    def _voltages(self, now: Reading) -> dict[Ended, float]:
        margins: dict[Ended, float] = {}
        if self.step.voltage_below is not None:
            margins["voltage_below"] = now.voltage - self.step.voltage_below
        if self.step.voltage_above is not None:
            margins["voltage_above"] = self.step.voltage_above - now.voltage
        return margins

    def margins(self, now: Reading) -> dict[Ended, float]:
        """Return what is negative once an end is passed."""
        step = self.step
        margins = {name: margin for name, margin in self._voltages(now).items() if self.armed[name]}
        margins["salt_exhausted"] = now.ions + _OVERDRAWN
        if not step.past_surface:
            margins["surface"] = now.room
        if step.current_below is not None:
            margins["current_below"] = abs(now.current) - step.current_below
        if step.charge is not None:
            margins["charge"] = abs(step.charge) - abs(now.charge)
        return margins

    def met_at_once(self, start: Reading) -> Ended | None:
        """Return what ends the step before any time has passed; unkept voltage limits wait."""
        found = self.margins(start)
        if found.get("surface", 1.0) <= 0:
            return "surface"
        return next((name for name, margin in found.items() if margin < 0), None)

    def drifts_off(self, before: Reading, now: Reading) -> bool:
        """Return whether the voltage does not come back to a limit that has not been kept so far."""
        earlier, later = self._voltages(before), self._voltages(now)
        return any(not kept and later[name] <= min(earlier[name], 0.0) for name, kept in self.armed.items())

    def arm(self, now: Reading) -> None:
        """Take note of voltage limits that are kept now."""
        for name, margin in self._voltages(now).items():
            self.armed[name] = self.armed[name] or margin >= 0

    @property
    def unkept(self) -> Ended | None:
        """A voltage limit that has not been kept so far."""
        return next((name for name, kept in self.armed.items() if not kept), None)
