"""Discharges at constant currents, as curves: in closed form where all columns are alike, else step by step.

With one column and constant diffusivities the filled fractions at the faces are sums of modes at any charge,
so that all currents end in one bisection; nothing is stepped.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tfgeom.searching import last_point
from tfgeom.transport.closed_rate import clustered_rule
from tfgeom.transport.discharge.curve import Curve
from tfgeom.transport.discharge.driver import TOLERANCE, run
from tfgeom.transport.discharge.film_cell import FilmCell
from tfgeom.transport.discharge.prescribed import Lithium, Propagation
from tfgeom.transport.discharge.steps import Step

Floats = NDArray[np.float64]
Key = tuple[str, str]

_HALVINGS = 40  # 1e-12 of the bracket
_SCAN = np.concatenate(([0.0], np.geomspace(1e-4, 0.1, 12), np.linspace(0.15, 0.999, 24)))
_NODES, _WEIGHTS = clustered_rule()
_EARLY = np.geomspace(1e-7, 4e-4, 12)  # more points where a discharge begins; quadrature has none there
_POINTS = np.unique(np.concatenate(([0.0], _EARLY, _NODES, [1.0])))
_AT_NODES = np.searchsorted(_POINTS, _NODES)


def discharge_curves(
    cell: FilmCell, currents: Sequence[float], *, tolerance: float = TOLERANCE
) -> tuple[Curve, ...]:
    """Return discharges from the cell's start to its lower voltage limit.

    A discharge ends where the voltage meets the limit, no face has room, or all that is usable has been
    delivered.

    Parameters
    ----------
    cell
        The cell.
    currents
        A/m² of footprint, positive.
    tolerance
        Of `run`, where discharges are stepped.

    Returns
    -------
    tuple of Curve
        One a current; of a single point where nothing is delivered.

    Raises
    ------
    SolveError
        As of `run`.
    """
    if Propagation.applies(cell):
        return _Closed(Propagation(cell)).curves(np.array(currents, dtype=np.float64)[:, np.newaxis])
    return tuple(_stepped(cell, current, tolerance) for current in currents)


def _stepped(cell: FilmCell, current: float, tolerance: float) -> Curve:
    step = Step("current", current, voltage_below=cell.window[0], charge=cell.capacity)
    done = run(cell, [step], tolerance=tolerance)
    return Curve(
        current, done.time, done.charge, done.voltage, done.open_circuit, done.energy, dict(done.lost)
    )


class _Closed:
    """Constant currents from the start: everything by charge, shape (n, k) for n currents (n, 1)."""

    def __init__(self, propagation: Propagation) -> None:
        self.propagation = propagation
        self.start = propagation.at_rest()

    def state(self, charge: Floats, current: Floats) -> Lithium:
        return self.propagation.after(self.start, charge / current, current + 0 * charge)

    def surfaces(self, charge: Floats, current: Floats) -> Floats:
        return self.propagation.surfaces(self.state(charge, current))

    def margin(self, charge: Floats, current: Floats) -> Floats:
        """Return what is negative where the voltage is below its limit or a face full or empty."""
        surfaces = self.surfaces(charge, current)
        voltage = self.propagation.voltage(surfaces, current)
        room = self.propagation.room(surfaces, current)
        return np.minimum(voltage - self.propagation.cell.window[0], room)

    def curves(self, current: Floats) -> tuple[Curve, ...]:
        low, high = self._bracket(current)
        delivered = last_point(lambda charge: self.margin(charge, current), low, high, halvings=_HALVINGS)
        charge = delivered.value * _POINTS
        state = self.state(charge, current)
        surfaces = self.propagation.surfaces(state)
        voltage = self.propagation.voltage(surfaces, current)
        drops = self.propagation.drops(state.mean, surfaces, current)
        rest = voltage + sum(drops.values())
        found = []
        for row, drive in enumerate(current[:, 0].tolist()):
            own = {key: drop[row] for key, drop in drops.items()}
            found.append(self._curve(drive, charge[row], voltage[row], rest[row], own))
        return tuple(found)

    def _curve(
        self, current: float, charge: Floats, voltage: Floats, rest: Floats, drops: dict[Key, Floats]
    ) -> Curve:
        whole = float(charge[-1])
        if whole == 0.0:
            charge, voltage, rest = charge[:1], voltage[:1], rest[:1]
            return Curve(current, charge, charge, voltage, rest, 0.0, dict.fromkeys(drops, 0.0))
        lost = {key: float(drop[_AT_NODES] @ _WEIGHTS) * whole for key, drop in drops.items()}
        energy = float(voltage[_AT_NODES] @ _WEIGHTS) * whole
        return Curve(current, charge / current, charge, voltage, rest, energy, lost)

    def _bracket(self, current: Floats) -> tuple[Floats, Floats]:
        """Return charges at which each discharge still runs (0 if it never does) and has ended.

        Exchange currents vanish in a film that is empty or full, so the voltage may rise first: the search
        starts from the highest voltage of a scan, as that of `tfgeom.transport.closed_rate`.
        """
        cell = self.propagation.cell
        left = [cell.capacity]
        for electrode in (cell.cathode, cell.anode):
            if electrode.columns is not None:
                share = 1 - electrode.start if electrode.sign > 0 else electrode.start
                left.append(electrode.capacity * share)
        whole = np.full_like(current, min(left))
        charge = whole * _SCAN
        surfaces = self.surfaces(charge, current)
        voltage = self.propagation.voltage(surfaces, current)
        voltage = np.where(self.propagation.room(surfaces, current) >= 0, voltage, -np.inf)
        best = np.argmax(voltage, axis=1)[:, np.newaxis]
        runs = np.take_along_axis(voltage, best, axis=1) >= cell.window[0]
        return np.where(runs, whole * _SCAN[best], 0.0), np.where(runs, whole, 0.0)
