"""Potential and current density of a solve as a VTU file."""

from pathlib import Path

import numpy as np

from tfgeom.errors import OutputError
from tfgeom.meshing.element_files import ElementGrid, write_vtu
from tfgeom.output import ensure_writable
from tfgeom.transport.films.fields import FilmFields
from tfgeom.transport.liquid.fields import LiquidFields


def check_fields_path(path: str | Path) -> None:
    """Raise OutputError for anything but a ``.vtu`` file that can be written."""
    if Path(path).suffix.lower() != ".vtu":
        raise OutputError(f"{path}: fields are written as .vtu; give a name that ends in it")
    ensure_writable(path)


def write_fields(fields: FilmFields | LiquidFields, path: str | Path) -> None:
    """Write the fields of a solve: at 1 V between the terminals, or at the drive's voltage.

    Of a conformal cell the films, of a flooded one the liquid, with ``concentration_mol_m3`` where its salt
    was solved for.  Point data ``potential_V`` (0 V at the inner terminal; nodes are doubled where it jumps),
    cell data ``current_density_A_m2`` (vector), ``film`` (index from the inner terminal) and ``material``;
    lengths in um.

    Raises
    ------
    OutputError
        When the file cannot be written, or is not ``.vtu``.
    """
    check_fields_path(path)
    grid = _liquid(fields) if isinstance(fields, LiquidFields) else _films(fields)
    nodes = {"potential_V": fields.potential.ravel()}
    if isinstance(fields, LiquidFields) and fields.salt is not None:
        nodes["concentration_mol_m3"] = fields.salt.concentration
    density = {"current_density_A_m2": {"hexahedron": fields.current_density}}
    write_vtu(grid, path, point_data=nodes, cell_data=density)


def _liquid(fields: LiquidFields) -> ElementGrid:
    mesh = fields.mesh
    return ElementGrid(
        mesh.points_um,
        {"hexahedron": mesh.hexes},
        {"hexahedron": np.zeros(len(mesh.hexes), dtype=np.int64)},
        ("electrolyte",),
        (fields.circuit.liquid,),
        {},
    )


def _films(fields: FilmFields) -> ElementGrid:
    layers = [conductor.film.layer for conductor in fields.core.conductors]
    return ElementGrid(
        fields.points_um,
        {"hexahedron": fields.hexes},
        {"hexahedron": fields.film_of_hex},
        tuple(layer.name for layer in layers),
        tuple(layer.material.name for layer in layers),
        {},
    )
