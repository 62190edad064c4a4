"""The two sheets that carry a cell's current across the chip, as resistances per square of the footprint.

A film on square or hexagonal lattices without through-holes has the sheet resistance that it has on a plane
(conformal invariance, PHYSICS 4).  So have round pillars and holes on a rectangular lattice: each is a disc
to the current.  Sections with corners there have it within 1 %, more one way and less the other.  On strips
and waves it has more across them, by the developed length, and the chip may lie so.  A film of varying
thickness counts as at its thinnest: the sheet conducts no less.  Other films, which lie beside a collector,
count as nothing.
"""

from dataclasses import dataclass
from functools import reduce

from tfgeom.cells.assembled import AssembledCell
from tfgeom.deposition import coverage_points
from tfgeom.films import Film
from tfgeom.rows import Numbers, larger, smaller, some


@dataclass(frozen=True, slots=True)
class Sheets:
    """Sheet resistances, ohm per square of the footprint; 0 of a flat counter electrode, which is a foil."""

    inner: Numbers
    outer: Numbers


def collector_sheets(cell: AssembledCell) -> Sheets | str:
    """Return the sheets of the collectors at the operating temperature, or why they are not known.

    A wafer that conducts, with nothing but films that do on it, lies beside the inner collector.
    """
    if cell.relief.through:
        return "there is no closed form for films on both faces of a wafer with holes through it"
    found = []
    for name, film in cell.kind.collectors(cell).items():
        wafer: Numbers = _wafer_conductance(cell) if name == "inner_collector" else 0.0
        if film is None:
            if not some(wafer):
                return f"there is no {name.replace('_', ' ')}"
            found.append(1 / wafer)
            continue
        conductivity = film.layer.material.electron_conductivity(cell.blueprint.temperature)
        if conductivity is None:
            return f"the resistivity of {film.layer.material.name} ({film.layer.name}) is not known"
        found.append(1 / (conductivity * _thinnest(cell, film) / _stretch(cell, film) + wafer))
    return Sheets(found[0], found[1] if len(found) > 1 else 0.0)


def _thinnest(cell: AssembledCell, film: Film) -> Numbers:
    points = coverage_points(film.layer.step_coverage, cell.relief.deepest)
    return film.layer.thickness * reduce(smaller, (ratio for _, ratio in points))


def _stretch(cell: AssembledCell, film: Film) -> Numbers:
    """Return how much longer the way over the relief is, the worse way across the chip."""
    if cell.relief.lattice is not None or film.layer.fills:
        return 1.0
    return larger(film.inner_area, film.outer_area) / cell.relief.footprint


def _wafer_conductance(cell: AssembledCell) -> Numbers:
    """Return what the wafer below the relief conducts, S per square; 0 where it does not."""
    shared = cell.blueprint
    if shared.wafer is None or shared.wafer_material is None:
        return 0.0
    if any(layer.role == "barrier" for layer in shared.layers):
        return 0.0
    conductivity = shared.wafer_material.electron_conductivity(shared.temperature)
    return 0.0 if conductivity is None else conductivity * (shared.wafer.thickness - cell.relief.height)
