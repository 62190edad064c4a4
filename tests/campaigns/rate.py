"""How fast the film model is, beside PyBaMM and SUNDIALS in the same run: ``python -m tests.campaigns rate``.

Rivals take turns within each round, so that a busy machine slows both.  A row shows the median of the rounds'
ratios, its quartiles, both medians, and by what each misses exact superposition or a finer solve.
"""

import statistics
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.speed import Row
from tests.campaigns.rate_cells import BEACON, beacon_cell, columns_on_a_wall
from tests.film_oracles.cells import composed, film_cell, plane
from tests.film_oracles.diffsol_planes import DiffsolPlane
from tests.film_oracles.ida_columns import IdaColumns
from tests.film_oracles.planar_voltage import slab_voltage
from tests.film_oracles.pybamm_planes import PybammPlane
from tfgeom.transport.discharge.constant_current import discharge_curves
from tfgeom.transport.discharge.driver import TOLERANCE, run
from tfgeom.transport.discharge.film_cell import FilmCell
from tfgeom.transport.discharge.load_runs import run_load
from tfgeom.transport.discharge.load_task import LoadTask
from tfgeom.transport.discharge.prescribed import Propagation
from tfgeom.transport.discharge.steps import Step

Floats = NDArray[np.float64]
Work = Callable[[], object]

RATES = (0.1, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 50.0)
USUAL = {"cells": 100, "grading": 3.0, "rtol": 1e-6, "atol": 1e-6}
"""PyBaMM with a hundred volumes a film, as it would be used."""
DAY = 8640
"""Pulses."""
WITHIN = 1e-4
"""V: what both must hold on pulses."""


def rate_table() -> list[Row]:
    """Return the rows, each as soon as it is known also on stderr."""
    rows = []
    for part in (ten_rates, day_of_a_beacon, year_of_a_beacon, equal_voltage, with_sheets, with_a_table):
        for row in part():
            rows.append(row)
            sys.stderr.write(f"{row.what}: {row.measured}\n")
    return rows


def seconds(work: Work) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def turns(ours: Work, theirs: Work, rounds: int) -> tuple[float, str]:
    """Median of the rounds' ratios after one round to warm up, and it in words."""
    mine, others = [], []
    for _ in range(rounds + 1):
        mine.append(seconds(ours))
        others.append(seconds(theirs))
    ratios = [a / b for a, b in zip(mine[1:], others[1:], strict=True)]
    low, middle, high = statistics.quantiles(ratios, n=4)
    each = " against ".join(f"{statistics.median(some[1:]) * 1e3:.3g}" for some in (mine, others))
    return middle, f"{middle:.3g} ({low:.3g} to {high:.3g}), {each} ms"


def row(what: str, found: tuple[float, str], bar: float, errors: str) -> Row:
    """A row of a ratio."""
    return Row(what, f"{found[1]}; {errors}", f"{bar:g}", found[0] <= bar)


def ten_rates() -> Iterator[Row]:
    """Ten constant currents of a planar cell of two films, to the cut-off."""
    cell = plane()
    film = film_cell(cell)
    currents = [film.nominal / 3600 * rate for rate in RATES]
    model, exported = PybammPlane(cell, **USUAL), None  # type: ignore[arg-type]
    exported = DiffsolPlane(model, USUAL["rtol"], USUAL["atol"])
    inputs = [{"I": current} for current in currents]
    spans = [1.05 * 3600 / rate for rate in RATES]

    def ours() -> list[float]:
        return [float(curve.charge[-1]) for curve in discharge_curves(film, currents)]

    def idaklu() -> list[float]:
        return [
            i * float(model.curve(i, np.array([0.0, t]))[0][-1]) for i, t in zip(currents, spans, strict=True)
        ]

    def idaklu_list() -> object:
        return model.solver.solve(model.model, np.array([0.0, spans[0]]), inputs=inputs)

    def diffsol() -> list[float]:
        return [i * exported.end(i, t) for i, t in zip(currents, spans, strict=True)]

    fine = PybammPlane(cell, cells=1200, grading=4.0)
    exact = [
        i * float(fine.curve(i, np.array([0.0, t]))[0][-1]) for i, t in zip(currents, spans, strict=True)
    ]

    def miss(work: Callable[[], list[float]]) -> str:
        return f"{max(abs(a - b) for a, b in zip(work(), exact, strict=True)) / film.capacity:.0e}"

    off = f"off by {miss(ours)} and {miss(idaklu)} of the capacity"
    yield row("ten planar rates over IDAKLU, n = 100", turns(ours, idaklu, 15), 0.3, off)
    found = turns(ours, idaklu_list, 15)
    yield Row("the same over IDAKLU's list of inputs in one call", f"{found[1]}; {off}", "none", True)
    off = f"off by {miss(ours)} and {miss(diffsol)} of the capacity"
    yield row("ten planar rates over diffsol, sparse, n = 100", turns(ours, diffsol, 15), 1.0, off)


def day_of_a_beacon() -> Iterator[Row]:
    """8640 pulses; PyBaMM with every break given, on the coarsest mesh that keeps 0.1 mV."""
    cell = beacon_cell()
    film = film_cell(cell)
    lasts = np.array([BEACON.lasts, BEACON.every - BEACON.lasts])
    currents = np.array([BEACON.pulse, BEACON.sleep])

    def ours() -> Floats:
        propagation = Propagation(film)
        return propagation.periods(propagation.at_rest(), lasts, currents, np.arange(DAY, dtype=float))[1]

    breaks, held = BEACON.breaks(DAY)
    some = np.unique(np.geomspace(1, DAY, 12).astype(int)) - 1
    ends = BEACON.every * some + BEACON.lasts
    exact = slab_voltage(cell, np.nextafter(ends, 0.0), breaks, held)
    mine = float(np.abs(ours()[some, 0] - exact).max())
    for cells, rtol in ((14, 1e-3), (20, 1e-4), (40, 1e-5), (100, 1e-6)):
        theirs = beacon_rival(cells, rtol)
        miss = float(np.abs(theirs()[some] - exact).max())
        if miss <= WITHIN:
            break
    off = f"off by {mine:.0e} and {miss:.0e} V (n = {cells})"
    yield row("a day of the beacon over IDAKLU with every break", turns(ours, theirs, 3), 0.1, off)


def beacon_rival(cells: int, rtol: float) -> Callable[[], Floats]:
    """Voltages at the end of each pulse by PyBaMM; the current as a function of time that needs no table."""

    def current(pybamm: object) -> object:
        sending = (pybamm.t + 1e-9) % BEACON.every < BEACON.lasts  # type: ignore[attr-defined]
        return BEACON.sleep + (BEACON.pulse - BEACON.sleep) * sending

    model = PybammPlane(
        beacon_cell(), cells=cells, grading=6.0, rtol=rtol, atol=rtol / 100, current=current, cut_off=False
    )
    breaks, _ = BEACON.breaks(DAY)
    given = np.append(breaks, BEACON.every * DAY)
    ends = breaks[1::2] - 1e-8

    def work() -> Floats:
        found = model.solver.solve(model.model, given, t_interp=ends)
        voltage = np.asarray(found["V"].entries)
        return voltage[np.searchsorted(np.asarray(found.t), ends - 5e-9)]

    return work


def year_of_a_beacon() -> Iterator[Row]:
    """The cell's whole life, to the cut-off."""
    film = film_cell(beacon_cell())
    task = LoadTask(
        np.array([BEACON.lasts, BEACON.every - BEACON.lasts]), np.array([BEACON.pulse, BEACON.sleep]),
        "current", film.window[0],
    )  # fmt: skip
    took = [seconds(lambda: run_load(film, task)) for _ in range(3)]
    years = run_load(film, task).seconds / 3.156e7
    middle = statistics.median(took)
    text = f"{middle:.2g} s for {years:.2f} years of pulses"
    yield Row("a beacon to the end of its cell", text, "5 s a year", middle <= 5 * years)


def equal_voltage() -> Iterator[Row]:
    """One curve at 10C of columns that share a voltage."""
    films = {n: film_cell(columns_on_a_wall(n)) for n in (500, 5000)}
    current = films[500].nominal / 3600 * 10

    def curve(n: int, tolerance: float = TOLERANCE) -> float:
        steps = [Step("current", current, voltage_below=films[n].window[0])]
        done = run(films[n], steps, tolerance=tolerance)
        return float(done.charge[-1]) / films[n].capacity

    def rival() -> None:
        PybammPlane(plane(), **USUAL).curve(current, np.array([0.0, 3600.0]))  # type: ignore[arg-type]

    off = f"off by {abs(curve(500) - curve(500, 1e-4)):.0e} of the capacity"
    yield row(
        "one curve of 500 columns over PyBaMM's build and first solve of a plane",
        turns(lambda: curve(500), rival, 9), 0.7, off,
    )  # fmt: skip
    found = turns(lambda: curve(5000), lambda: curve(500), 5)
    yield row(
        "5000 columns over 500", found, 15.0, f"differ by {abs(curve(5000) - curve(500)):.0e} in utilisation"
    )


def with_sheets() -> Iterator[Row]:
    """The same with two resistive collectors, beside one monolithic system of 30 volumes a column."""
    cell = columns_on_a_wall(500, sheets=True)
    film = film_cell(cell)
    current = film.nominal / 3600 * 10
    span = np.array([0.0, 3600 / 10])

    def ours() -> float:
        return float(run(film, [Step("current", current, voltage_below=film.window[0])]).charge[-1])

    system = IdaColumns(cell, 30, grading=10.0)

    def theirs() -> float:
        return current * float(system.run(("current", current), span, rtol=1e-4, atol=1e-5)[0][-1])

    fine = current * float(IdaColumns(cell, 60, grading=10.0).run(("current", current), span)[0][-1])
    coarse = current * float(system.run(("current", current), span)[0][-1])
    exact = (4 * fine - coarse) / 3
    off = " and ".join(f"{abs(charge - exact) / film.capacity:.0e}" for charge in (ours(), theirs()))
    yield row(
        "one curve of 500 columns with sheets over SUNDIALS' IDA, n = 30", turns(ours, theirs, 5), 0.2,
        f"off by {off} of the capacity",
    )  # fmt: skip


def with_a_table() -> Iterator[Row]:
    """A diffusivity that falls to a 25th as the film fills, beside its mean: one curve at 5C, both stepped."""
    ends = (1.5e-14, 1.5e-14 / 25)
    for what, cell in (("25 equal columns", columns_on_a_wall(25)), ("500 columns", columns_on_a_wall(500))):
        constant, table = film_cell(cell), composed(cell, ends)
        current = constant.nominal / 3600 * 5

        def curve(film: FilmCell, tolerance: float = TOLERANCE, current: float = current) -> float:
            done = run(film, [Step("current", current, voltage_below=film.window[0])], tolerance=tolerance)
            return float(done.charge[-1]) / film.capacity

        found = turns(lambda film=table: curve(film), lambda film=constant: curve(film), 5)  # type: ignore[misc]
        off = f"off by {abs(curve(table) - curve(table, TOLERANCE / 10)):.0e} of the capacity"
        yield row(f"diffusivity by composition over a constant one, {what}", found, 5.0, off)
