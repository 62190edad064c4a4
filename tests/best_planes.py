"""Designs whose electrodes have every constant that a best plane needs, and what their planes deliver."""

from typing import Any

import numpy as np

from tests.kinds import design as kind_of_design
from tfgeom.metrics.best_plane import ClosedBestPlane
from tfgeom.results import Evaluation
from tfgeom.transport.closed_rate import delivered_charges
from tfgeom.transport.plane_rates import PlaneRates

KNOWN = {
    "diffusivity": "1e-13 cm^2/s",
    "exchange_current": "5 A/m^2",
    "electronic_conductivity": "1e-3 S/cm",
}
"""What a material of an electrode must have for a best plane."""


def known(cell: str, relief: str = "holes", **more: str) -> dict[str, Any]:
    """Return a design of a kind whose electrodes have all constants."""
    mapping = kind_of_design(relief, cell)
    electrodes = {one["material"] for one in mapping["layers"] if one["role"] in ("cathode", "anode")}
    return mapping | {"materials": dict.fromkeys(electrodes - {"Li"}, KNOWN | more)}


def best_of(found: Evaluation) -> ClosedBestPlane:
    """Return the best plane of a design that has one."""
    model = found.rate_model
    assert model is not None
    best = model.best_plane
    assert isinstance(best, ClosedBestPlane)
    return best


def charges(planes: PlaneRates, gains: np.ndarray[Any, Any], current: float) -> np.ndarray[Any, Any]:
    """Return what planes deliver at a footprint current, C/m²."""
    return delivered_charges(planes.cell(gains), np.full(len(gains), current), planes.chemistry)
