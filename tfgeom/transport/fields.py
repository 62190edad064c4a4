"""Potential and current density of a solve as elements with data, for a VTU file."""

import numpy as np
from numpy.typing import NDArray

from tfgeom.meshing.element_files import ElementGrid
from tfgeom.meshing.legend import Legend
from tfgeom.transport.steady import Fields

Floats = NDArray[np.float64]
FIELD_UNITS = {"potential_V": "V", "concentration_mol_m3": "mol/m^3", "current_density_A_m2": "A/m^2"}
"""Unit of each array of `field_arrays`."""


def field_elements(fields: Fields, legend: Legend) -> ElementGrid:
    """Return the hexahedra of a solve, numbered as in the legend: the films, or the liquid.

    Nodes are doubled where the potential jumps.
    """
    numbers = np.array([legend.named(name).number for name in fields.regions])
    of_hex = {"hexahedron": numbers[fields.region_of_hex]}
    return ElementGrid(fields.points_um, {"hexahedron": fields.hexes}, of_hex, legend, {})


def field_arrays(fields: Fields) -> tuple[dict[str, Floats], dict[str, dict[str, Floats]]]:
    """Return the data of its points, and of its cells by kind of cell, at 1 V or at the drive's voltage.

    ``potential_V`` (0 V at the inner terminal) and ``concentration_mol_m3`` where salt was solved for; the
    vector ``current_density_A_m2``.
    """
    points = {"potential_V": fields.potential.ravel()}
    if fields.salt is not None:
        points["concentration_mol_m3"] = fields.salt.concentration
    return points, {"current_density_A_m2": {"hexahedron": fields.current_density}}
