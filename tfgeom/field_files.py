"""Fields of a solve as a file, and its description beside it: names, numbers, units."""

import json
from pathlib import Path
from typing import Any

from tfgeom import __version__
from tfgeom.cells.assembled import AssembledCell
from tfgeom.cells.legend import cell_legend
from tfgeom.design import design_sha256
from tfgeom.errors import OutputError
from tfgeom.mesh_files import sidecar_of
from tfgeom.meshing.element_files import write_vtu
from tfgeom.meshing.solid_files import file_unit
from tfgeom.output import check_output, replacing
from tfgeom.transport.fields import FIELD_UNITS, field_arrays, field_elements
from tfgeom.transport.steady import Fields

FIELD_FORMATS = (".vtu",)
"""Suffixes of what `write_field_file` writes."""


def check_field_file(path: Path | None, source: Path, *, unit: str | None, force: bool) -> None:
    """Raise OutputError, before the solve, where fields or their description may not be written.

    Without a path there must be no unit.
    """
    if path is None:
        if unit is not None:
            raise OutputError(f"--unit {unit}: is that of the file of -o; leave it out, or add -o fields.vtu")
        return
    file_unit(path.suffix.lower(), unit)
    check_output(path, FIELD_FORMATS, [source], force=force)
    check_output(sidecar_of(path), (), [source], force=force, what="the names of the fields")


def write_field_file(
    cell: AssembledCell, fields: Fields, path: str | Path, *, unit: str | None = None
) -> None:
    """Write the fields of a solve of a cell and their sidecar, both or neither.

    Parameters
    ----------
    cell
        The cell.
    fields
        Its fields.
    path
        File to write.
    unit
        Of the coordinates, ``nm``, ``um`` (by default), ``mm`` or ``m``; fields have theirs in their names.

    Raises
    ------
    OutputError
        For an unknown unit, and when a file cannot be written.
    """
    written = file_unit(Path(path).suffix.lower(), unit)
    grid = field_elements(fields, cell_legend(cell))
    points, cells = field_arrays(fields)
    described: dict[str, Any] = {
        "unit": written,
        "unit_cells": fields.film_mesh.unit_cells,
        "n_nodes": len(grid.points_um),
        "n_cells": sum(grid.counts.values()),
        "cells": grid.counts,
        "arrays": {name: FIELD_UNITS[name] for name in (*points, *cells)},
        "parts": [region.to_dict() for region in grid.regions],
        "version": __version__,
        "design_sha256": design_sha256(cell.blueprint.design),
    }
    with replacing(sidecar_of(path)) as description:
        description.write_text(json.dumps(described, indent=2, allow_nan=False) + "\n", encoding="utf-8")
        write_vtu(grid, path, points, cells, unit=written)
