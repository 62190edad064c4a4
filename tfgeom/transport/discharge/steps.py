"""What a cell is asked to do, step by step, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import SolveError

Floats = NDArray[np.float64]

Control = Literal["current", "power", "voltage", "rest"]
Ended = Literal[
    "time", "voltage_below", "voltage_above", "current_below", "charge", "surface", "salt_exhausted",
    "cannot_carry",
]  # fmt: skip
"""Why a step ended; ``surface``: a film full or empty at its face; ``salt_exhausted``: no ions left at a
face of the electrolyte, and no voltage limit on the way; ``cannot_carry``: no voltage does it."""


class EndlessStepError(SolveError):
    """A step that nothing ends."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step; all that is given of its ends holds, and the first that is met ends it.

    Attributes
    ----------
    control
        What is held.
    value
        A/m² (positive on discharge), W/m² (positive on discharge), or V; 0 for rest.
    seconds
        How long at most.
    voltage_below, voltage_above
        V; ends when the terminal voltage passes them.
    current_below
        A/m²; ends when the size of the current has fallen to it.
    charge
        C/m²; ends when so much has passed in this step.
    capacitance
        F/m² of an ideal capacitor across the terminals: ``value`` is then drawn of cell and capacitor
        together, the cell gives ``load + C dV/dt``, and its voltage cannot jump.
    past_surface
        Whether a film that is full or empty at its face does not end the step: its potential runs off there
        (by 10 V in a thousandth of a filling), so that a held voltage holds the face at its end.
    """

    control: Control
    value: float = 0.0
    seconds: float | None = None
    voltage_below: float | None = None
    voltage_above: float | None = None
    current_below: float | None = None
    charge: float | None = None
    capacitance: float = 0.0
    past_surface: bool = False


@dataclass(frozen=True, slots=True)
class StepEnd:
    """How one step ended: index of its last point in the run's arrays, and why."""

    point: int
    reason: Ended


@dataclass(frozen=True)
class Run:
    """What came of steps; arrays over points in time, shape (m,), per m² of footprint.

    A step begins with a point of its own at the time of the last one: current and voltage jump there.

    Attributes
    ----------
    time, charge, current, voltage
        s, C/m² delivered so far (net), A/m², V.
    open_circuit
        V at rest after the charge of each point (`tfgeom.transport.discharge.ledger`).
    ends
        One a step that began.
    energy
        Delivered, J/m²: the integral of voltage times current.
    lost
        J/m² by (part, mechanism); they add up to the integral of (U - V) I, U being ``open_circuit``.
    state
        Opaque: where another run goes on.
    surface, mean
        Filled fractions by electrode name, shape (m, n); only where asked for.
    column_current
        A per m² of footprint, shape (m, n); only where asked for.
    """

    time: Floats
    charge: Floats
    current: Floats
    voltage: Floats
    open_circuit: Floats
    ends: tuple[StepEnd, ...]
    energy: float
    lost: Mapping[tuple[str, str], float]
    state: Any = field(repr=False)
    surface: Mapping[str, Floats] = field(default_factory=dict, repr=False)
    mean: Mapping[str, Floats] = field(default_factory=dict, repr=False)
    column_current: Floats | None = field(default=None, repr=False)
