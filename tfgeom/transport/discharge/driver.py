"""Discharge, charge, rest and loads of a cell, step by step, over its columns."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from tfgeom.transport.discharge.column_voltages import CellState, Columns
from tfgeom.transport.discharge.film_cell import FilmCell
from tfgeom.transport.discharge.ledger import Ledger
from tfgeom.transport.discharge.newton import Equipotential
from tfgeom.transport.discharge.sheets import Sheets
from tfgeom.transport.discharge.stepping import Point, Stepper
from tfgeom.transport.discharge.steps import EndlessStepError, Run, Step, StepEnd

TOLERANCE = 5e-3
"""How far the voltage may miss its straight prolongation from point to point, V."""


def run(
    cell: FilmCell,
    steps: Sequence[Step],
    *,
    state: CellState | None = None,
    keep_fields: bool = False,
    tolerance: float = TOLERANCE,
) -> Run:
    """Return what comes of steps, one after the other, each until the first of its ends.

    Between points, current, voltage and every loss are linear in time: energy and losses are trapezoids of
    the points' powers, the charge of a held current is current times time.  At the default tolerance the
    trapezoids of whole discharges are right to 5e-5: measured 2e-5 to 3e-5 in uneven holes from 0.003C to 3C,
    and a fifth of it at a fifth of the tolerance.

    Parameters
    ----------
    cell
        The cell.
    steps
        At least one; a step that has ended, for whatever reason, gives way to the next.
    state
        Where an earlier run of the same cell ended; its start where there was none.
    keep_fields
        Whether the run keeps filled fractions and currents of the columns at each point.
    tolerance
        How far the voltage may miss its straight prolongation from point to point, V; more than 0.

    Raises
    ------
    SolveError
        When a step cannot end, an open-circuit curve is not known, or no currents are found.
    """
    columns = Columns(cell)
    ledger = Ledger(columns)
    collectors = Sheets(cell.sheets) if cell.sheets else Equipotential()
    stepper = Stepper(columns, collectors, ledger, tolerance, keep_fields)
    here = columns.at_rest() if state is None else state
    points: list[Point] = []
    ends: list[StepEnd] = []
    time = charge = energy = 0.0
    for step in steps:
        _require_an_end(step)
        taken = stepper.take(here, step)
        ledger.jump(taken.points[0].powers)
        last: Point | None = None
        for point in taken.points:
            if last is not None:
                passed = point.time - last.time
                ledger.pass_by(passed, point.powers)
                powers = [one.reading.voltage * one.reading.current for one in (last, point)]
                energy += passed / 2 * sum(powers)
            reading = point.reading._replace(charge=charge + point.reading.charge)
            points.append(point._replace(time=time + point.time, reading=reading))
            last = point
        time, charge = points[-1].time, points[-1].reading.charge
        ends.append(StepEnd(len(points) - 1, taken.reason))
        here = taken.state
    readings = [point.reading for point in points]
    fields = [point.fields for point in points if point.fields is not None]
    names = cell.cathode.name, cell.anode.name
    return Run(
        time=np.array([point.time for point in points]),
        charge=np.array([one.charge for one in readings]),
        current=np.array([one.current for one in readings]),
        voltage=np.array([one.voltage for one in readings]),
        open_circuit=np.array([point.open_circuit for point in points]),
        ends=tuple(ends),
        energy=energy,
        lost=ledger.lost,
        state=here,
        surface=_by_electrode(names, [one.surface for one in fields]),
        mean=_by_electrode(names, [one.mean for one in fields]),
        column_current=np.array([one.current for one in fields]) if fields else None,
    )


def _by_electrode(names: tuple[str, str], fields: list[Any]) -> dict[str, Any]:
    """Return filled fractions at the points by electrode, without lithium metal, which has none."""
    found = {}
    for side, name in enumerate(names):
        if fields and fields[0][side] is not None:
            found[name] = np.array([one[side] for one in fields])
    return found


def _require_an_end(step: Step) -> None:
    """Raise unless something ends a step sooner or later."""
    given = [step.seconds, step.charge, step.current_below]
    if step.control in ("current", "power") and step.value:
        return  # films are full or empty at last
    if step.control == "rest" or not step.value:
        given = [step.seconds, step.voltage_below, step.voltage_above]
    if all(end is None for end in given):
        raise EndlessStepError(f"a step of {step.control} does not end: give it a time")
