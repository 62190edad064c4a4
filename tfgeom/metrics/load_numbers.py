"""How long a design runs its load, beside its planes: from amperes of a chip to the film model and back."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from tfgeom.cells.assembled import AssembledCell
from tfgeom.cells.beside import Beside
from tfgeom.cells.plane_family import free_planes
from tfgeom.design.load import Load
from tfgeom.errors import SolveError
from tfgeom.loads.trace import DRAWS
from tfgeom.metrics.best_plane import no_best_plane
from tfgeom.metrics.device import active_area
from tfgeom.metrics.film_cells import film_cells
from tfgeom.metrics.noted import Noted
from tfgeom.results.loaded import LoadNumbers, LoadPlanes, LoadPoint
from tfgeom.transport.discharge.film_cell import FilmCell
from tfgeom.transport.discharge.load_runs import (
    RUNS_EMPTY,
    has_closed_form,
    load_delivered,
    mean_delivered,
    run_load,
    smallest_capacitor,
)
from tfgeom.transport.discharge.load_task import LoadRun, LoadTask
from tfgeom.units import in_unit, in_unit_or_none

_H, _MAH, _CM2, _UF = 3600.0, 3.6, 1e-4, 1e-6
_GAINS = 9  # planes tried at first
_NARROWED = 3  # times around the best
_AS_GOOD = 0.99
_HALVINGS = 7
_WHY_NOT = (
    "its planes run this load step by step, seconds each (a capacitor, a diffusivity that follows the "
    "filling, or two phases), and some thirty thicknesses are tried"
)


@dataclass(frozen=True, slots=True)
class LoadedCell:
    """One cell under the load: its run, and what decides how it ended.

    Attributes
    ----------
    run
        How it went.
    at_mean
        What the load's mean delivers, C/m².
    capacitor
        Smallest that helps, F/m²; None where it is not known.
    """

    run: LoadRun
    at_mean: float
    capacitor: float | None

    @property
    def browns_out(self) -> bool:
        """Whether it stops before it is empty."""
        return self.run.failure is not None and self.run.charge < RUNS_EMPTY * self.at_mean


@dataclass(frozen=True, slots=True)
class Loaded:
    """A design under its load: the numbers, and the runs behind them for pictures and files.

    Attributes
    ----------
    numbers
        What leaves the program.
    task
        The load per m² of footprint and cell.
    runs
        Of the cell and of its planes by name, ``same_films`` and, where there is one, ``best``.
    area
        Footprint that carries it, m²; None for a load per footprint without a chip.
    """

    numbers: LoadNumbers
    task: LoadTask
    runs: Beside[LoadedCell]
    area: float | None


def load_numbers(cells: Beside[AssembledCell]) -> Noted[Loaded | None]:
    """Return how long a design runs its load beside its planes; None, with the reason, where it cannot be.

    Parameters
    ----------
    cells
        The cell and its planes.
    """
    cell = cells.cell
    load = cell.blueprint.design.load
    if load is None or cell.lithium is None:
        return Noted(None)
    found = film_cells(cells)
    if found.value is None:
        return Noted(None, tuple(f"load is null: {note}" for note in found.notes))
    task, area = load_task(cell, load)
    try:
        beside = Beside(found.value.cell, {"same_films": found.value.same_films})
        runs = beside.map(lambda one: _loaded(one, task))
    except SolveError as error:
        return Noted(None, (f"load is null: {error}",))
    best, thickness, notes = _best_plane(cell, task, runs.same_films)
    planes = runs.planes if best is None else {**runs.planes, "best": best}
    runs = Beside(runs.cell, planes)
    series = cell.blueprint.in_series
    own = _point(runs.cell, area, series)
    numbers = LoadNumbers(
        method=runs.cell.run.method,
        planar=LoadPlanes(
            _point(runs.same_films, area, series),
            None if best is None else _point(best, area, series),
            thickness,
        ),
        **{name: getattr(own, name) for name in LoadPoint.__dataclass_fields__},
    )
    return Noted(Loaded(numbers, task, runs, area), (*_told(runs, task, cell.blueprint.window), *notes))


def load_task(cell: AssembledCell, load: Load) -> tuple[LoadTask, float | None]:
    """Return a load per m² of footprint and cell, and the footprint that carries it, m².

    Cells in series share the current, and each gives its part of the power.
    """
    shared = cell.blueprint
    chip, series = shared.design.chip, shared.in_series
    area = None if chip is None else active_area(chip)
    trace = load.period
    kind, per_area = DRAWS[trace.dimension]
    control: Literal["current", "power"] = "current" if kind == "current" else "power"
    values = trace.values if per_area else trace.values / _known(area)
    capacitance = 0.0
    if load.bypass_capacitor is not None:
        given = load.bypass_capacitor
        per_m2 = given.value if given.dimension == "areal_capacitance" else given.value / _known(area)
        capacitance = per_m2 * series
    low = shared.window[0]
    limit = low if load.brown_out_voltage is None else max(low, load.brown_out_voltage / series)
    task = LoadTask(
        trace.seconds,
        values if control == "current" else values / series,
        control,
        limit,
        repeats=load.repeat,
        capacitance=capacitance,
    )
    return task, area


def _known(area: float | None) -> float:
    assert area is not None  # a load of the chip has one: the design is checked
    return area


def _loaded(cell: FilmCell, task: LoadTask) -> LoadedCell:
    found, mean = run_load(cell, task), mean_delivered(cell, task)
    if found.charge >= RUNS_EMPTY * mean and not task.capacitance:
        return LoadedCell(found, mean, 0.0 if task.repeats else None)
    return LoadedCell(found, mean, smallest_capacitor(cell, replace(task, capacitance=0.0), mean))


def _best_plane(
    cell: AssembledCell, task: LoadTask, same_films: LoadedCell
) -> tuple[LoadedCell | None, float | None, tuple[str, ...]]:
    """Return the thinnest plane that delivers 99 % of the most, its cathode in um, and notes.

    Where planes take the load in steps only, which takes seconds a plane, the thickness is chosen with the
    currents that its power is at the plane's mean voltage, and the plane chosen is then run with the power.
    """
    free = free_planes(cell, cell.blueprint.design.baseline.thickest_film)
    reason = no_best_plane(cell)
    if reason or free is None:
        return None, None, (f"load: the best plane is null: {reason}",)

    def built(gain: float) -> FilmCell:
        plane = free.plane(gain)
        return plane.kind.film_cell(plane, nominal=1.0, contacted=False)

    searched = task
    notes: tuple[str, ...] = ()
    if not (has_closed_form(built(1.0), task) or task.is_steady):
        searched, told = _as_currents(task, same_films)
        if not has_closed_form(built(1.0), searched):
            return None, None, (f"load: the best plane is null: {_WHY_NOT}",)
        notes = (told,)
    known: dict[float, float] = {}

    def delivers(gain: float) -> float:
        if gain not in known:
            known[gain] = load_delivered(built(gain), searched)
        return known[gain]

    try:
        low, high = free.least, free.most
        for _ in range(_NARROWED):
            gains = [float(one) for one in np.geomspace(low, high, _GAINS)]
            top = int(np.argmax([delivers(one) for one in gains]))
            low, high = gains[max(top - 1, 0)], gains[min(top + 1, _GAINS - 1)]
            if gains[top] in (free.least, free.most):
                break
        best = max(known, key=lambda gain: known[gain])
        enough = _AS_GOOD * known[best]
        thinner = [gain for gain in known if gain < best and known[gain] < enough]
        low, high = max(thinner, default=free.least), best
        for _ in range(_HALVINGS):
            middle = float(np.sqrt(low * high))
            low, high = (low, middle) if delivers(middle) >= enough else (middle, high)
        found, gain = _loaded(built(high), task), high
    except SolveError as error:
        return None, None, (f"load: the best plane is null: {error}",)
    if notes and found.run.charge < _AS_GOOD * same_films.run.charge:  # what was chosen with currents is not
        found, gain = same_films, 1.0
    return found, in_unit(free.thickness(gain), 1e-6), notes


def _as_currents(task: LoadTask, plane: LoadedCell) -> tuple[LoadTask, str]:
    """Return a load of powers as currents at the mean voltage of a plane under it, and a note of that."""
    run = plane.run
    volts = run.energy / run.charge if run.charge > 0 else task.limit
    if task.control != "power" or task.capacitance or volts <= 0:
        return task, ""
    told = (
        f"load: the best plane was chosen with the currents that its power is at {volts:.3g} V, the mean of "
        "the plane of the same films, and then run with the power"
    )
    return replace(task, values=task.values / volts, control="current"), told


def _point(one: LoadedCell, area: float | None, series: int) -> LoadPoint:
    """Return the numbers of a cell, of all in series, and of the chip where there is one."""
    run = one.run
    charge, energy = run.charge / _MAH, run.energy * series / _MAH  # of 1 m²: mAh and mWh
    capacitor = None if one.capacitor is None else one.capacitor / series

    def of_chip(per_m2: float | None, unit: float = 1.0) -> float | None:
        return None if area is None or per_m2 is None else in_unit(per_m2 * area, unit)

    return LoadPoint(
        runs_for_h=in_unit(run.seconds, _H),
        lowest_voltage_V=None if run.lowest is None else in_unit(run.lowest * series, 1.0),
        lowest_at_h=in_unit_or_none(run.lowest_at, _H),
        browns_out_at_h=in_unit(run.seconds, _H) if one.browns_out else None,
        charge_delivered_mAh=of_chip(charge),
        energy_mWh=of_chip(energy),
        bypass_capacitor_uF=of_chip(capacitor, _UF),
        charge_delivered_mAh_cm2=in_unit(charge * _CM2, 1.0),
        energy_mWh_cm2=in_unit(energy * _CM2, 1.0),
        bypass_capacitor_uF_cm2=None if capacitor is None else in_unit(capacitor * _CM2, _UF),
    )


def _told(runs: Beside[LoadedCell], task: LoadTask, window: tuple[float, float]) -> tuple[str, ...]:
    """Return which draw browns out and when, and what the run did not do."""
    own = runs.cell
    run, notes = own.run, []
    if own.browns_out and run.failure is not None:
        failure = run.failure
        drawn = task.values[failure.step]
        of_mean = drawn / task.mean
        at_once = "at once, " if failure.period == 0 else ""
        notes.append(
            f"the load browns out {at_once}in period {failure.period + 1:,}, {failure.after:.3g} s into step "
            f"{failure.step + 1} of {task.seconds.size} ({of_mean:.3g} times the mean), after "
            f"{run.charge / own.at_mean if own.at_mean else 0.0:.2%} of what its mean would deliver"
        )
    if own.capacitor is None and task.repeats:
        notes.append("load: the bypass capacitor is null: the period has too many steps to run beside one")
    high = float(np.max(run.high, initial=-np.inf))
    if (task.values < 0).any() and high > window[1]:
        notes.append(
            f"the load charges the cell to {high:.4g} V, past its upper limit, {window[1]:.4g} V, where a "
            "charger would stop"
        )
    if run.method == "sampled periods":
        notes.append(
            "load: pulses are too many to step through: some periods were run along the discharge at the mean"
        )
    return tuple(notes)
