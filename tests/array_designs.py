"""A cell of five films on pillars or in trenches that fills a chip, and the volumes of its bodies."""

from tfgeom.cells.kinds import assemble_cell
from tfgeom.design import Design
from tfgeom.units import UM

ARRAY = """\
schema_version: 1
name: array
relief: {kind: pillars, lattice: square, pitch: 4 um, diameter: 2 um, height: 10 um}
substrate: {material: Si, thickness: 20 um}
layers:
  - {role: current_collector, material: Ru, thickness: 40 nm}
  - {role: cathode, material: LiV2O5, thickness: 70 nm}
  - {role: electrolyte, material: Li2PO2N, thickness: 50 nm}
  - {role: anode, material: SnNx, thickness: 10 nm}
  - {role: current_collector, material: TiN, thickness: 25 nm}
cell: {type: conformal}
operation:
  voltage: {min: 0.5 V, max: 3.5 V}
  temperature: 25 degC
  c_rates: [1]
chip: {width: 400 um, length: 400 um}
"""
TRENCHES = ARRAY.replace(
    "{kind: pillars, lattice: square, pitch: 4 um, diameter: 2 um, height: 10 um}",
    "{kind: trenches, pitch: 4 um, width: 2 um, depth: 10 um}",
)
PLANAR = ARRAY.replace(
    "{kind: pillars, lattice: square, pitch: 4 um, diameter: 2 um, height: 10 um}", "{kind: planar}"
)
RECTANGULAR = ARRAY.replace("lattice: square, pitch: 4 um", "lattice: rectangular, pitch: [4 um, 5 um]")
HEXAGONAL = ARRAY.replace("lattice: square", "lattice: hexagonal")
METRES = {"nm": 1e-9, "um": 1e-6, "mm": 1e-3, "m": 1.0, "micron": 1e-6, "millimeter": 1e-3, "meter": 1.0}


def closed_forms(design: Design) -> dict[str, float]:
    """Return the volume of each body in a cell, um³."""
    cell = assemble_cell(design).made
    found = {film.layer.name: film.volume / UM**3 for film in cell.films}
    assert design.substrate is not None
    below = cell.cell.footprint * (design.substrate.thickness - cell.cell.height)
    return {"substrate": (below + cell.cell.solid_volume) / UM**3, **found}
