"""A design under its load as curves: voltage over its life, and closely over the period in which it ends."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfgeom.metrics.load_numbers import LoadedCell
from tfgeom.results import Evaluation
from tfgeom.units import MA_PER_CM2

Floats = NDArray[np.float64]

CELL_NAMES: Mapping[str, str] = {"cell": "cell", "same_films": "plane, same films", "best": "best plane"}
"""Cells by key, in words."""
_H = 3600.0


@dataclass(frozen=True, slots=True)
class LoadCurve:
    """One cell under the load; voltages are those of all cells in series.

    Attributes
    ----------
    cell
        Key of `CELL_NAMES`.
    time_h, lowest_voltage_V, highest_voltage_V
        Some periods over its life.
    last_time_s, last_voltage_V, last_current_mA_cm2
        The period in which it stops, or the last: since it began, voltage, and the current of the cell.
    """

    cell: str
    time_h: tuple[float, ...]
    lowest_voltage_V: tuple[float, ...]
    highest_voltage_V: tuple[float, ...]
    last_time_s: tuple[float, ...]
    last_voltage_V: tuple[float, ...]
    last_current_mA_cm2: tuple[float, ...]


def load_curves(found: Evaluation) -> tuple[LoadCurve, ...]:
    """Return the curves of the cell and of its planes; empty where nothing was run."""
    if found.loaded is None:
        return ()
    runs, series = found.loaded.runs, found.cell.blueprint.in_series
    return tuple(_curve(name, one, series) for name, one in _named(runs.cell, runs.planes))


def load_dict(found: Evaluation) -> dict[str, Any]:
    """Return the JSON object of ``tfgeom load --json``."""
    whole = found.to_dict()
    kept = {key: whole[key] for key in ("name", "version", "design_sha256", "notes", "load")}
    return {**kept, "curves": [_dict(curve) for curve in load_curves(found)]}


def _dict(curve: LoadCurve) -> dict[str, Any]:
    """Return a curve by field; `dataclasses.asdict` would copy each of its numbers."""
    return {field.name: getattr(curve, field.name) for field in fields(curve)}


def _named(cell: LoadedCell, planes: Mapping[str, LoadedCell]) -> Iterator[tuple[str, LoadedCell]]:
    yield "cell", cell
    yield from planes.items()


def _curve(name: str, one: LoadedCell, series: int) -> LoadCurve:
    run = one.run
    return LoadCurve(
        name,
        _listed(run.time / _H),
        _listed(run.low * series),
        _listed(run.high * series),
        _listed(run.close_time),
        _listed(run.close_voltage * series),
        _listed(run.close_current / MA_PER_CM2),
    )


def _listed(values: Floats) -> tuple[float, ...]:
    return tuple(float(f"{one:.10g}") for one in values)
