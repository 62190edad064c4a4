"""Designs and files of synthetic measurements, for tests of fits."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.shipped import DANILOV
from tfgeom.cells.assembled import usable_of
from tfgeom.design import load_design
from tfgeom.fitting.measured import Group, Kind, Measured, Quantity
from tfgeom.fitting.parameters import Family
from tfgeom.fitting.predicting import Predictor

Floats = NDArray[np.float64]
LICOO2 = "materials.LiCoO2-Danilov2011"
D, I0 = f"{LICOO2}.diffusivity", f"{LICOO2}.exchange_current"


def danilov(*parameters: str) -> Family:
    """Return Danilov's planar cell with parameters free."""
    return Family(load_design(DANILOV), parameters)


def held(family: Family) -> float:
    """Return what a design holds, C/m²."""
    return usable_of(family.cell).charge


def at_rates(c_rates: list[float], values: Floats | None = None, quantity: Quantity = "capacity") -> Measured:
    """Return capacities at C-rates."""
    count = len(c_rates)
    levels = sorted(set(c_rates))
    return _measured(
        "rate",
        quantity,
        np.zeros(count) if values is None else values,
        tuple(Group(f"{one:g}C", c_rate=one) for one in levels),
        np.array([levels.index(one) for one in c_rates], dtype=np.intp),
    )


def along_curves(c_rates: list[float], shares: Floats, family: Family) -> Measured:
    """Return voltage curves at C-rates, at shares of what a design holds."""
    count = len(c_rates)
    charge = np.tile(shares * held(family), count)
    groups = tuple(Group(f"{one:g}C", c_rate=one) for one in c_rates)
    of_group = np.repeat(np.arange(count, dtype=np.intp), shares.size)
    return _measured("curves", "voltage", np.zeros(charge.size), groups, of_group, charge=charge)


def under_pulses(current: float, seconds: float, rest: float, count: int, points: int = 12) -> Measured:
    """Return pulses of a footprint current (A/m²) and rests, read at points that crowd after each change."""
    after = np.concatenate(([0.0], np.geomspace(1e-3, 1.0, points - 1)))
    time, level, of_group, begun = [np.zeros(1)], [np.zeros(1)], [np.zeros(1)], 0.0
    for pulse in range(count):
        for length, flows in ((seconds, current), (rest, 0.0)):
            time.append(begun + length * after)
            level.append(np.full(points, flows))
            of_group.append(np.full(points, pulse))
            begun += length
    found = np.concatenate(time)
    return _measured(
        "pulses",
        "voltage",
        np.zeros(found.size),
        tuple(Group(f"pulse {one + 1}") for one in range(count)),
        np.concatenate(of_group).astype(np.intp),
        time=found,
        current=np.concatenate(level),
    )


def _measured(
    kind: Kind,
    quantity: Quantity,
    values: Floats,
    groups: tuple[Group, ...],
    of_group: NDArray[np.intp],
    charge: Floats | None = None,
    time: Floats | None = None,
    current: Floats | None = None,
) -> Measured:
    lines = np.arange(2, values.size + 2, dtype=np.intp)
    return Measured("x.csv", kind, quantity, values, lines, groups, of_group, charge, time, current)


def predicted(family: Family, measured: Measured, fidelity: str, point: Floats | None = None) -> Floats:
    """Return what a design would measure without error; at the family's start by default."""
    at = family.start if point is None else point
    found: Floats = Predictor(family, measured, fidelity).rows(at[np.newaxis])[0]
    return found


def write_rates(file: Path, c_rates: list[float], capacities: Floats) -> Path:
    """Write capacities, C/m², at C-rates; return the file."""
    rows = [f"{rate:g},{value / 36:.9g}" for rate, value in zip(c_rates, capacities.tolist(), strict=True)]
    file.write_text("\n".join(["c_rate,capacity_uAh_cm2", *rows, ""]), encoding="utf-8")
    return file
