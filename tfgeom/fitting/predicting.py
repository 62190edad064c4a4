"""What members of a family would measure: the one place where a fit asks the models.

A row of the table is a point of the parameters; a row that cannot be (films that merge) is nan, with its
reason. Capacities and voltage curves go by the closed rate model or by films in time, pulses by films in
time.
"""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from scipy.interpolate import PchipInterpolator

from tfgeom.batch import evaluate_many
from tfgeom.cells.assembled import AssembledCell, usable_of
from tfgeom.cells.beside import Beside
from tfgeom.errors import DesignError, MaterialError, UnsupportedError
from tfgeom.fitting.measured import Floats, Measured
from tfgeom.fitting.parameters import Family, own_cell
from tfgeom.metrics.closed_rates import rate_cells
from tfgeom.transport.closed_rate import Chemistry, Discharges, RateCell, discharge_ends
from tfgeom.transport.discharge.constant_current import discharge_curves
from tfgeom.transport.discharge.driver import run
from tfgeom.transport.discharge.film_cell import FilmCell
from tfgeom.transport.discharge.prescribed import Propagation
from tfgeom.transport.discharge.steps import Step
from tfgeom.units import UAH_PER_CM2

FIDELITIES = ("analytic", "film")
_HOUR = 3600.0
_TOGETHER = 8  # members from which on they are quicker together than one by one
_MOST_KEPT = 4096
_REST = 1e-9  # s: what takes no time is a reading just after the current set in


class Predictor:
    """What designs of a family would measure where it was measured.

    Attributes
    ----------
    evaluations
        How many designs were asked for; what was asked for before is kept.
    reason
        Why the last one that cannot be cannot.
    """

    def __init__(
        self,
        family: Family,
        measured: Measured,
        fidelity: str,
        kept: dict[bytes, Floats] | None = None,
    ) -> None:
        if fidelity not in FIDELITIES:
            raise DesignError.at(
                "--fidelity", f"'{fidelity:.40}' is unknown; use one of {', '.join(FIDELITIES)}"
            )
        self.family = family
        self.measured = measured
        self.fidelity = fidelity
        self.evaluations = 0
        self._kept = {} if kept is None else kept
        self.reason = ""

    @property
    def method(self) -> str:
        """The model in words."""
        return "film model" if self.fidelity == "film" else "closed rate model"

    @property
    def step(self) -> float:
        """Step of a coordinate over which a difference tells its slope: more than what a model scatters."""
        return 2e-2 if self.fidelity == "film" and not self._in_closed_form else 1e-4

    def rows(self, points: Floats) -> Floats:
        """Return the predictions at points of the parameters.

        Parameters
        ----------
        points
            Coordinates, shape (n, p).

        Returns
        -------
        numpy.ndarray
            In the units of `Measured.values`, shape (n, m).

        Raises
        ------
        MaterialError, UnsupportedError
            When a constant is not known, or the model is not built for such a cell.
        """
        keys = [point.tobytes() for point in points]
        new = [at for at, key in enumerate(keys) if key not in self._kept]
        if len(self._kept) + len(new) > _MOST_KEPT:
            self._kept.clear()
            new = list(range(len(keys)))
        for at, row in zip(new, self._new_rows(points[new]), strict=True):
            self._kept[keys[at]] = row
        return np.array([self._kept[key] for key in keys])

    def _new_rows(self, points: Floats) -> Floats:
        if len(points) >= _TOGETHER and self._goes_together:
            return self._together(points)
        return np.array([self._row(point) for point in points])

    @property
    def _goes_together(self) -> bool:
        """Return whether `evaluate_many` knows what was measured: closed forms, at C-rates."""
        measured = self.measured
        by_rate = all(one.c_rate is not None for one in measured.groups)
        return measured.form == "rate" and self.fidelity == "analytic" and by_rate

    def _together(self, points: Floats) -> Floats:
        self.evaluations += len(points)
        _require(self.family.cell)
        number, unit = (
            ("utilisation", 1.0)
            if self.measured.quantity == "utilisation"
            else ("capacity_uAh_cm2", UAH_PER_CM2)
        )
        names = [f"rate.{one.c_rate!r}C.{number}" for one in self.measured.groups]
        members = [self.family.values(point) for point in points]
        table = {
            one.path: [one.written(values[at]) for values in members]
            for at, one in enumerate(self.family.parameters)
        }
        found = evaluate_many(self.family.design, table, names, own_words=1)
        self.reason = next((one for one in found["reason"] if one), self.reason)
        columns = np.stack([found[name] for name in names], axis=1) * unit
        return np.asarray(columns[:, self.measured.of_group], dtype=np.float64)

    def _row(self, point: Floats) -> Floats:
        self.evaluations += 1
        try:
            return self.of_values(self.family.values(point))
        except (MaterialError, UnsupportedError):
            raise
        except DesignError as error:
            self.reason = str(error)
            return np.full(self.measured.size, np.nan)

    def of_values(self, values: tuple[float, ...]) -> Floats:
        """Return the prediction of one member; raise DesignError for one that cannot be."""
        design = self.family.member(values)
        with design.located():
            cell = own_cell(design)
            return _PREDICT[self.measured.form, self.fidelity](cell, self.measured)

    @property
    def _in_closed_form(self) -> bool:
        cell = self.family.cell
        return Propagation.applies(_film_cell(cell, _nominal(cell)))


def _nominal(cell: AssembledCell) -> float:
    stated = cell.blueprint.operation.nominal_capacity
    return usable_of(cell).charge if stated is None else stated


def _currents(cell: AssembledCell, measured: Measured) -> Floats:
    """Return the footprint current of each group, A/m²."""
    at_1c = _nominal(cell) / _HOUR
    found = [at_1c * one.c_rate if one.c_rate is not None else one.current for one in measured.groups]
    return np.array(found, dtype=np.float64)


def _require(cell: AssembledCell) -> None:
    shared = cell.blueprint
    if shared.without_curve:
        name = shared.without_curve[0]
        material = next(one.material.name for one in shared.electrodes if one.name == name)
        raise MaterialError.at(
            f"materials.{material}.open_circuit",
            "is not known, so that no discharge can be computed; give one in the design",
        )
    obstacle = cell.kind.obstacle_to_closed_form(cell)
    if obstacle is not None:
        raise UnsupportedError.at("relief", f"not yet supported: {obstacle}")
    if not usable_of(cell).charge > 0:
        raise DesignError.at("operation.voltage", "nothing is usable between the voltage limits")


def _film_cell(cell: AssembledCell, nominal: float) -> FilmCell:
    contacted = cell.kind.obstacle_to_elements(cell) is None
    return cell.kind.film_cell(cell, nominal=nominal, contacted=contacted)


def _delivered(cell: AssembledCell, measured: Measured, charge: Floats) -> Floats:
    per_group = charge / usable_of(cell).charge if measured.quantity == "utilisation" else charge
    return np.asarray(per_group[measured.of_group])


def _closed_rates(cell: AssembledCell, measured: Measured) -> Floats:
    currents = _currents(cell, measured)
    own, chemistry = _closed(cell)
    ends = discharge_ends([own] * currents.size, currents, chemistry)
    return _delivered(cell, measured, ends.charge)


def _closed(cell: AssembledCell) -> tuple[RateCell, Chemistry]:
    _require(cell)
    found = rate_cells(Beside(cell, {}), Beside(cell.kind.closed_form(cell), {})).value
    assert found is not None  # what it needs is there
    return found.cell, cell.kind.chemistry(cell.blueprint)


def _film_rates(cell: AssembledCell, measured: Measured) -> Floats:
    _require(cell)
    found = discharge_curves(_film_cell(cell, _nominal(cell)), _currents(cell, measured).tolist())
    return _delivered(cell, measured, np.array([one.charge[-1] for one in found]))


def _along(measured: Measured, current: float, mine: Floats) -> Floats:
    """Return the charge delivered at points of a curve, C/m²."""
    if measured.charge is not None:
        return np.asarray(measured.charge[mine])
    assert measured.time is not None
    return np.asarray(current * measured.time[mine])


def _curves(
    cell: AssembledCell, measured: Measured, voltage: Callable[[int, float, Floats], Floats]
) -> Floats:
    """Return terminal voltages along curves; past the end of a discharge that at its end."""
    found = np.empty(measured.size)
    for at, current in enumerate(_currents(cell, measured).tolist()):
        mine = measured.of_group == at
        found[mine] = voltage(at, current, _along(measured, current, mine))
    return found * cell.blueprint.in_series


def _closed_curves(cell: AssembledCell, measured: Measured) -> Floats:
    own, chemistry = _closed(cell)
    currents = _currents(cell, measured)
    ends = discharge_ends([own] * currents.size, currents, chemistry).charge

    def voltage(at: int, current: float, charge: Floats) -> Floats:
        problem = Discharges([own], np.array([current]), chemistry)
        reached = np.minimum(charge, ends[at])[np.newaxis]
        return np.asarray(problem.state(reached, problem.current)[0][0])

    return _curves(cell, measured, voltage)


def _film_curves(cell: AssembledCell, measured: Measured) -> Floats:
    _require(cell)
    found = discharge_curves(_film_cell(cell, _nominal(cell)), _currents(cell, measured).tolist())

    def voltage(at: int, _: float, charge: Floats) -> Floats:
        curve = found[at]
        if curve.charge.size < 2:
            return np.full(charge.size, float(curve.voltage[0]))
        along, first = np.unique(curve.charge, return_index=True)
        return np.asarray(
            PchipInterpolator(along, curve.voltage[first])(np.minimum(charge, along[-1])), dtype=np.float64
        )

    return _curves(cell, measured, voltage)


def _film_pulses(cell: AssembledCell, measured: Measured) -> Floats:
    """Return terminal voltages under pulses: the cell rests at its start, then each current holds in turn."""
    _require(cell)
    assert measured.time is not None
    assert measured.current is not None
    film = _film_cell(cell, _nominal(cell))
    follow = _followed if Propagation.applies(film) else _stepped
    found = np.empty(measured.size)
    level = measured.current
    starts = [0, *(np.flatnonzero(np.diff(level)) + 1).tolist(), level.size]
    segments = list(pairwise(starts))
    follow(film, measured.time, level, segments, found)
    return found * cell.blueprint.in_series


Segments = list[tuple[int, int]]


def _followed(film: FilmCell, time: Floats, level: Floats, segments: Segments, found: Floats) -> None:
    """Fill in voltages of columns that are alike, exactly; past a face that is full or empty, the last."""
    cell = Propagation(film)
    state, begun = cell.at_rest(), 0.0
    for first, last in segments:
        current = float(level[first])
        after = cell.after(state, time[first:last] - begun, current)
        surfaces = cell.surfaces(after)
        found[first:last] = cell.voltage(surfaces, current)
        full = cell.room(surfaces, current) < 0
        if full.any():
            at = first + int(np.argmax(full))
            found[at:] = found[at - 1] if at else film.window[0 if current > 0 else 1]
            return
        state = type(state)(after.mean[-1], after.amplitudes[-1])
        begun = float(time[last - 1])


def _stepped(film: FilmCell, time: Floats, level: Floats, segments: Segments, found: Floats) -> None:
    """Fill in voltages of any cell, step by step; past what it can carry, the last one."""
    state, begun = None, 0.0
    for first, last in segments:
        current, seconds = float(level[first]), max(float(time[last - 1]) - begun, _REST)
        step = Step("current" if current else "rest", current, seconds=seconds)
        done = run(film, [step], state=state)
        times, at = np.unique(done.time, return_index=True)
        found[first:last] = np.interp(time[first:last] - begun, times, done.voltage[at])
        if done.ends[-1].reason != "time":
            found[last:] = found[last - 1]
            return
        state, begun = done.state, float(time[last - 1])


_PREDICT: dict[tuple[str, str], Callable[[AssembledCell, Measured], Floats]] = {
    ("rate", "analytic"): _closed_rates,
    ("rate", "film"): _film_rates,
    ("curves", "analytic"): _closed_curves,
    ("curves", "film"): _film_curves,
    ("pulses", "film"): _film_pulses,
}
