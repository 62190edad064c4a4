"""Cells of the film model, as small as they come: what tests of it share."""

from dataclasses import replace

import numpy as np

from tfgeom.materials.library import Material, resolve_material
from tfgeom.materials.schema import MaterialOverride
from tfgeom.transport.discharge.film_cell import FilmCell, FilmColumns, FilmElectrode, SeriesRow

THICKNESS = 100e-9
DIFFUSIVITY = 1e-17
CAPACITY = 1e3  # C/m²
LINE = {"form": "linear", "parameters": {"intercept": 4.2, "slope": -1.0}}


def material(name: str = "film", **stated: object) -> Material:
    """Return a material of the test's own; its potential falls from 4.2 to 3.2 V."""
    stated.setdefault("open_circuit", LINE)
    stated.setdefault("diffusivity", "1e-13 cm^2/s")
    return resolve_material(name, MaterialOverride.model_validate(stated))


def flat(count: int = 1, thickness: float = THICKNESS) -> FilmColumns:
    """Return equal columns of a flat film."""
    area = np.full(count, 1.0 / count)
    return FilmColumns(np.full(count, thickness), area, area, area)


def film(columns: FilmColumns, of: Material, sign: int = 1, start: float = 0.0) -> FilmElectrode:
    """Return an electrode of `CAPACITY`."""
    name = "cathode" if sign > 0 else "anode"
    return FilmElectrode(name, of, sign, columns, CAPACITY, start, columns.wetted)


def lithium(count: int = 1) -> FilmElectrode:
    """Return lithium metal whose charge transfer costs nothing."""
    metal = resolve_material("Li", MaterialOverride.model_validate({"exchange_current": "1e9 A/m^2"}))
    return FilmElectrode("anode", metal, -1, None, np.inf, 1.0, np.full(count, 1.0 / count))


def cell(cathode: FilmElectrode, anode: FilmElectrode | None = None, ohmic: float = 0.0) -> FilmCell:
    """Return a cell whose electrolyte has ``ohmic`` ohm m² of footprint."""
    size = cathode.face.size
    row = SeriesRow("electrolyte", "film", ohmic * size * np.ones(size))
    return FilmCell(
        cathode, lithium(size) if anode is None else anode, (row,), 298.15, (3.0, 4.3), CAPACITY, CAPACITY
    )


def plain(count: int = 1, ohmic: float = 0.0, **stated: object) -> FilmCell:
    """Return a flat film against lithium."""
    return cell(film(flat(count), material("film", **stated)), ohmic=ohmic)


def with_leak(of: FilmCell, leak: float) -> FilmCell:
    """Return the cell with a leak, S/m²."""
    return replace(of, leak=leak)
