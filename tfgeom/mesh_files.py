"""From a design to a mesh file: films, their liquid, closed bodies, the substrate, on a sector or a tile.

Formats hold little more than coordinates, so a sidecar (``x.vtu.json`` beside ``x.vtu``) says their unit, the
regions or bodies, and their volumes beside the closed forms.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tfgeom import __version__
from tfgeom.body_files import check_way, make_bodies
from tfgeom.cells.assembled import AssembledCell
from tfgeom.cells.kinds import assemble_cell
from tfgeom.cells.legend import cell_legend
from tfgeom.design import Design, design_sha256
from tfgeom.errors import DesignError, OutputError, UnsupportedError
from tfgeom.films import Film, Stack
from tfgeom.mesh_tiles import Tile, tile_of
from tfgeom.mesh_written import MeshFile, Part
from tfgeom.meshing.element_choices import (
    ELEMENT_SUFFIXES,
    MASK_SUFFIXES,
    ElementChoices,
    element_choices,
    way_to,
)
from tfgeom.meshing.element_files import ELEMENT_NAMES, write_vtu
from tfgeom.meshing.film_elements import film_elements
from tfgeom.meshing.film_mesh import FilmMesh, mesh_films
from tfgeom.meshing.flooded_mesh import FloodedMesh, mesh_filling, mesh_flooded
from tfgeom.meshing.layer_solids import MAX_TRIANGLES
from tfgeom.meshing.memory import require_memory
from tfgeom.meshing.mesh_report import measure_mesh, require_space
from tfgeom.meshing.msh_files import SURFACE_TAGS, write_msh
from tfgeom.meshing.resolution import Resolution
from tfgeom.meshing.solid_files import ARRAY_SUFFIXES, SOLID_SUFFIXES, file_unit
from tfgeom.meshing.tiling import tile_mesh
from tfgeom.output import check_output, ensure_writable, replacing
from tfgeom.units import UM

WHAT = ("films", "solids", "substrate", "flooded")
"""What can be written: films of a sector or tile; closed bodies with the substrate; the substrate alone;
films and the liquid above them."""

# Bound of the peak while a tile is made, measured and written (tracemalloc): 680 B, 915 B of a single layer.
_BYTES_PER_HEX = 950


def write_mesh_file(
    meshed: Design | AssembledCell,
    path: str | Path,
    *,
    what: str = "films",
    tiles: str | None = None,
    resolution: int | None = None,
    max_triangles: int | None = None,
    bodies: str | None = None,
    unit: str | None = None,
    msh: str | None = None,
    ascii: bool = False,
    hexahedra: bool = False,
    force: bool = False,
) -> MeshFile:
    """Write a mesh of a design and its sidecar, both or neither.

    Parameters
    ----------
    meshed
        The design, or its cell where that is assembled already; films as made.
    path
        ``.vtu`` or ``.msh`` for volume cells; ``.stl``, ``.3mf``, ``.glb``, ``.obj`` or ``.ply`` for bodies.
    what
        One of `WHAT`.
    tiles
        ``NxM`` unit cells, ``die`` for the chip; by default one sector of films, one cell of bodies.
    resolution
        1 coarse, 2 usual, 4 fine; by default 2 for cells and 1 for bodies, whose volumes are exact with any.
    max_triangles
        Most triangles of bodies, by default `MAX_TRIANGLES`.
    bodies
        One of `WAYS`; by default ``separate``, for a tile too large for that ``instances`` in GLB and 3MF.
    unit
        Of the coordinates, ``nm``, ``um``, ``mm`` or ``m``; by default ``um``, in GLB ``m``.
    msh, ascii
        Version of MSH, ``2.2`` (by default) or ``4.1``, and whether its numbers are text instead of binary.
    hexahedra
        Whether sharp edges too are hexahedra, with corners that coincide, and not wedges, pyramids and
        tetrahedra: for readers of one kind of element.
    force
        Whether files that tfgeom did not write may be replaced.

    Raises
    ------
    OutputError
        For an unknown suffix or word, and when a file cannot be written or would replace what it may not.
    UnsupportedError, DesignError
        For what the design has not, or cannot have yet.
    MeshError
        When the mesh does not fit memory or budget, or its quality is violated.
    """
    target = Path(path)
    design = meshed if isinstance(meshed, Design) else meshed.blueprint.design
    _check_path(target, what, design.origin.file, force)
    check_way(target, bodies)
    written = file_unit(target.suffix.lower(), unit)
    choices = element_choices(target, msh, ascii, hexahedra)
    _check_budget(target, max_triangles)
    cell = assemble_cell(meshed) if isinstance(meshed, Design) else meshed
    with cell.blueprint.design.located():
        tile = tile_of(tiles, cell)
        if target.suffix.lower() in ELEMENT_SUFFIXES:
            fine = Resolution(resolution or 2)
            made, write = _make_elements(cell, target, what, tile, fine, choices, written)
        else:
            fine, allowed = Resolution(resolution or 1), max_triangles or MAX_TRIANGLES
            made, write = make_bodies(cell, target, what, tile, fine, allowed, bodies, written)
    origin = {"version": __version__, "design_sha256": design_sha256(design)}
    made = replace(made, details={**made.details, **origin})
    with replacing(sidecar_of(target)) as description:
        description.write_text(json.dumps(made.sidecar(), indent=2, allow_nan=False) + "\n", encoding="utf-8")
        write()
    return made


def sidecar_of(path: str | Path) -> Path:
    """Return where the description of a mesh file goes: ``x.vtu.json`` for ``x.vtu``."""
    return Path(f"{path}.json")


def _check_path(target: Path, what: str, source: str | None, force: bool) -> None:
    """Raise OutputError for what cannot or may not be written there, before any work is done."""
    ensure_writable(target)
    if what not in WHAT:
        raise OutputError(f"--what {what}: unknown; use {', '.join(WHAT[:-1])} or {WHAT[-1]}")
    known = {
        "films": ELEMENT_SUFFIXES + SOLID_SUFFIXES,
        "solids": SOLID_SUFFIXES,
        "substrate": SOLID_SUFFIXES,
        "flooded": ELEMENT_SUFFIXES,
    }[what]
    suffix = target.suffix.lower()
    if suffix not in known:
        listed = f"{', '.join(known[:-1])} or {known[-1]}"
        if suffix in ELEMENT_SUFFIXES + SOLID_SUFFIXES:
            raise OutputError(f"{target}: {suffix} cannot hold --what {what}; use {listed}")
        if suffix in MASK_SUFFIXES:
            raise UnsupportedError.at("", f"{target}: not yet supported: mask layouts; use {listed}")
        way = way_to(suffix)
        way = "" if way is None else f"; {way}"
        raise OutputError(f"{target}: '{target.suffix}' is not a mesh format; use {listed}{way}")
    check_output(target, (), [source], force=force)
    check_output(sidecar_of(target), (), [source], force=force, what="the volumes of the mesh")


def _check_budget(target: Path, max_triangles: int | None) -> None:
    """Raise OutputError where triangles are counted that a file does not have."""
    if max_triangles is not None and target.suffix.lower() in ELEMENT_SUFFIXES:
        listed = f"{', '.join(SOLID_SUFFIXES[:-1])} or {SOLID_SUFFIXES[-1]}"
        raise OutputError(f"{target}: --max-triangles is for bodies; leave it out, or write {listed}")


def _make_elements(
    assembled: AssembledCell,
    target: Path,
    what: str,
    tile: Tile | None,
    resolution: Resolution,
    choices: ElementChoices,
    unit: str,
) -> tuple[MeshFile, Callable[[], None]]:
    """Return what will be written, and what writes it."""
    if what == "flooded" and assembled.liquid is None:
        raise DesignError.at(
            "cell", "only a flooded cell has a liquid above its films; use --what films or --what solids"
        )
    laid, filling = _laid(assembled.made)
    if tile is not None and (what == "flooded" or filling is not None):
        raise UnsupportedError.at(
            "",
            "not yet supported: volume cells above the films on a tile; leave --tiles out for one sector, or "
            "write bodies (.stl, .3mf, .glb, .obj, .ply)",
        )
    mesh = mesh_films(laid, resolution)
    covered = mesh.unit_cells if tile is None else tile[0] * tile[1]
    n_hexes = round(mesh.n_hexes * covered / mesh.unit_cells)
    require_memory(
        _BYTES_PER_HEX * n_hexes,
        f"a file of {n_hexes:,} hexahedra",
        "" if tile is None else f"write bodies as {' or '.join(ARRAY_SUFFIXES)}, which refer to one cell",
    )
    if tile is not None:
        mesh = tile_mesh(mesh, *tile)
    quality = measure_mesh(mesh)
    legend = cell_legend(assembled)
    parts = [
        Part(
            legend.named(film.layer.name),
            (1 + error) * film.volume / UM**3,
            film.volume / UM**3,
        )
        for film, error in zip(mesh.films, quality.volume_errors.tolist(), strict=True)
    ]
    space = _space(assembled, mesh, what, filling)
    if space is not None:
        n_hexes += len(space.hexes)
        require_memory(_BYTES_PER_HEX * n_hexes, f"a file of {n_hexes:,} hexahedra")
        region = legend.of(len(parts) + 1)
        require_space(space, region.name)
        exact = space.closed_form_volume if filling is None else filling.volume
        parts.append(Part(region, space.volume / UM**3, exact / UM**3))
    grid = film_elements(mesh, legend, space, collapsed=choices.hexahedra)
    n_elements = sum(grid.counts.values())
    kinds = ", ".join(f"{count} {ELEMENT_NAMES[kind]}" for kind, count in grid.counts.items())
    made = MeshFile(
        target,
        f"{len(grid.points_um)} nodes, {n_elements} cells ({kinds})",
        mesh.unit_cells,
        tuple(parts),
        quality,
        unit,
        {
            "n_nodes": len(grid.points_um),
            "n_cells": n_elements,
            "cells": grid.counts,
            "refine": resolution.refine,
            "surfaces": [
                {"number": SURFACE_TAGS + index, "name": name} for index, name in enumerate(grid.surfaces)
            ],
        },
    )
    if target.suffix.lower() == ".vtu":
        return made, lambda: write_vtu(grid, target, unit=unit)
    return made, lambda: write_msh(grid, target, version=choices.version, text=choices.text, unit=unit)


def _laid(stack: Stack) -> tuple[Stack, Film | None]:
    """Return the films without a last one that fills, and that one."""
    if stack.films and stack.films[-1].layer.fills:
        return replace(stack, films=stack.films[:-1]), stack.films[-1]
    return stack, None


def _space(assembled: AssembledCell, mesh: FilmMesh, what: str, filling: Film | None) -> FloodedMesh | None:
    if filling is not None:
        assert mesh.grid is not None  # tiles were refused
        return mesh_filling(mesh.cell, mesh.grid, mesh.levels[-1], mesh.resolution, filling.layer.thickness)
    if what != "flooded":
        return None
    assert assembled.liquid is not None  # others were refused
    return mesh_flooded(mesh, assembled.liquid.separator)
