"""Fields of a solve as a file, and its description beside it: names, numbers, units."""

import json
from pathlib import Path
from typing import Any

from tfgeom import __version__
from tfgeom.cells.assembled import AssembledCell
from tfgeom.cells.legend import cell_legend
from tfgeom.design import design_sha256
from tfgeom.mesh_files import sidecar_of
from tfgeom.meshing.element_files import write_vtu
from tfgeom.output import check_output, replacing
from tfgeom.transport.fields import FIELD_UNITS, field_arrays, field_elements
from tfgeom.transport.steady import Fields

FIELD_FORMATS = (".vtu",)
"""Suffixes of what `write_field_file` writes."""


def check_field_file(path: Path, source: Path, *, force: bool) -> None:
    """Raise OutputError, before the solve, where fields or their description may not be written."""
    check_output(path, FIELD_FORMATS, [source], force=force)
    check_output(sidecar_of(path), (), [source], force=force, what="the names of the fields")


def write_field_file(cell: AssembledCell, fields: Fields, path: str | Path) -> None:
    """Write the fields of a solve of a cell and their sidecar, both or neither.

    Raises
    ------
    OutputError
        When a file cannot be written.
    """
    grid = field_elements(fields, cell_legend(cell))
    points, cells = field_arrays(fields)
    described: dict[str, Any] = {
        "unit": "um",
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
        write_vtu(grid, path, points, cells)
