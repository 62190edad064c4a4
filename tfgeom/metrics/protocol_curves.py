"""The protocol of a design as curves in time, step by step."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.results import Evaluation
from tfgeom.transport.discharge.protocol_run import joined, place_text
from tfgeom.units import MA_PER_CM2, UAH_PER_CM2


@dataclass(frozen=True, slots=True)
class ProtocolCurve:
    """One step of one cell; voltages are those of all cells in series, lists are of one length.

    Attributes
    ----------
    cell
        ``cell`` or ``planar_same_films``.
    cycle, step
        As in `tfgeom.results.ProtocolStepNumbers`.
    time_s
        Since the protocol began.
    current_mA_cm2, voltage_V, rest_voltage_V
        Per footprint, positive on discharge; at the terminals; at rest after what has passed
        (`tfgeom.transport.discharge.ledger`).
    capacity_uAh_cm2
        Delivered since the protocol began, less what was taken in.
    """

    cell: str
    cycle: int
    step: str
    time_s: tuple[float, ...]
    current_mA_cm2: tuple[float, ...]
    voltage_V: tuple[float, ...]
    rest_voltage_V: tuple[float, ...]
    capacity_uAh_cm2: tuple[float, ...]


def protocol_curves(found: Evaluation) -> tuple[ProtocolCurve, ...]:
    """Return the steps of the cell, then those of the plane; empty where nothing was run."""
    return () if found.cycled is None else tuple(_curves(found))


def _curves(found: Evaluation) -> Iterator[ProtocolCurve]:
    steps, series = found.cycled.steps, found.cell.blueprint.in_series
    planes = {f"planar_{name}": taken for name, taken in steps.planes.items()}
    for name, taken in {"cell": steps.cell, **planes}.items():
        for one, time, charge in joined(taken):
            yield ProtocolCurve(
                name,
                one.cycle,
                place_text(one.held.place),
                _listed(time),
                _listed(one.run.current / MA_PER_CM2),
                _listed(series * one.run.voltage),
                _listed(series * one.run.open_circuit),
                _listed(charge / UAH_PER_CM2),
            )


def _listed(values: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(float(f"{one:.12g}") for one in values)
