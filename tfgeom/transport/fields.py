"""Potential and current density of a solve as a VTU file."""

from pathlib import Path

from tfgeom.meshing.element_files import ElementGrid, write_vtu
from tfgeom.output import check_suffix
from tfgeom.transport.steady import Fields

FIELD_FORMATS = (".vtu",)
"""Suffixes of what `write_fields` writes."""


def write_fields(fields: Fields, path: str | Path) -> None:
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
    check_suffix(Path(path), FIELD_FORMATS)
    hexes, of_hex = {"hexahedron": fields.hexes}, {"hexahedron": fields.region_of_hex}
    names, materials = tuple(fields.regions), tuple(fields.regions.values())
    grid = ElementGrid(fields.points_um, hexes, of_hex, names, materials, {})
    nodes = {"potential_V": fields.potential.ravel()}
    if fields.salt is not None:
        nodes["concentration_mol_m3"] = fields.salt.concentration
    density = {"current_density_A_m2": {"hexahedron": fields.current_density}}
    write_vtu(grid, path, point_data=nodes, cell_data=density)
