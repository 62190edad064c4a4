"""From a design to a mesh file: films, their liquid, closed bodies, the substrate, on a sector or a tile.

Formats hold little more than coordinates, so a sidecar (``x.vtu.json`` beside ``x.vtu``) says their unit, the
regions or bodies, and their volumes beside the closed forms.
"""

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tfgeom import __version__
from tfgeom.cells.assembled import AssembledCell
from tfgeom.cells.kinds import assemble_cell
from tfgeom.cells.legend import cell_legend
from tfgeom.design import Design, design_sha256
from tfgeom.errors import DesignError, MeshError, OutputError, UnsupportedError
from tfgeom.films import Film, Stack
from tfgeom.meshing.element_files import write_vtu
from tfgeom.meshing.film_elements import film_elements
from tfgeom.meshing.film_mesh import FilmMesh, mesh_films
from tfgeom.meshing.flooded_mesh import FloodedMesh, mesh_filling, mesh_flooded
from tfgeom.meshing.layer_solids import MAX_TRIANGLES, SubstrateBody, layer_solids, substrate_volume
from tfgeom.meshing.legend import Region
from tfgeom.meshing.memory import require_memory
from tfgeom.meshing.mesh_report import MeshQuality, measure_mesh, require_space
from tfgeom.meshing.msh_files import SURFACE_TAGS, write_msh
from tfgeom.meshing.resolution import Resolution
from tfgeom.meshing.solid import Solid
from tfgeom.meshing.solid_files import SOLID_SUFFIXES, write_solids
from tfgeom.meshing.tiling import tile_mesh
from tfgeom.output import check_output, ensure_writable, replacing
from tfgeom.palette import SUBSTRATE, film_colours
from tfgeom.units import UM

ELEMENT_SUFFIXES = (".vtu", ".msh")
"""Formats that hold elements."""
WHAT = ("films", "solids", "substrate", "flooded")
"""What can be written: films of a sector or tile; closed bodies with the substrate; the substrate alone;
films and the liquid above them."""
DIE = "die"
"""Word for as many cells as the chip's active area holds."""

_VOLUME_LIMIT = 1e-5
# Bound of the peak while a tile is made, measured and written (tracemalloc): 680 B, 915 B of a single layer.
_BYTES_PER_HEX = 950
Tile = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Part:
    """A region or body that was written: volumes per unit cell, um³."""

    region: Region
    volume_um3: float
    closed_form_volume_um3: float

    @property
    def relative_error(self) -> float:
        """Relative difference of the volume from its closed form."""
        return self.volume_um3 / self.closed_form_volume_um3 - 1


@dataclass(frozen=True, slots=True)
class MeshFile:
    """What was written.

    Attributes
    ----------
    path
        The file.
    counts
        What it holds, as words: nodes and cells, or bodies and triangles.
    unit_cells
        Unit cells that it covers; below 1 for a sector.
    parts
        Its regions or bodies.
    quality
        Of the film mesh; None for bodies.
    details
        Further entries of the sidecar.
    """

    path: Path
    counts: str
    unit_cells: float
    parts: tuple[Part, ...]
    quality: MeshQuality | None
    details: dict[str, Any]

    def rows(self) -> list[tuple[str, str, str, str]]:
        """Return name, volume per unit cell, its closed form and their relative difference, as text."""
        numbers = [(p.volume_um3, p.closed_form_volume_um3, p.relative_error) for p in self.parts]
        return [
            (part.region.name, f"{volume:.6g}", f"{exact:.6g}", f"{error:.1e}")
            for part, (volume, exact, error) in zip(self.parts, numbers, strict=True)
        ]

    def sidecar(self) -> dict[str, Any]:
        """Return the description that goes beside the file."""
        described: dict[str, Any] = {"unit": "um", "unit_cells": self.unit_cells, **self.details}
        if self.quality is not None:
            described |= {
                "min_jacobian_um3": self.quality.min_jacobian_um3,
                "min_relative_jacobian": self.quality.min_relative_jacobian,
                "max_aspect_ratio": self.quality.max_aspect_ratio,
                "closure_error": self.quality.closure_error,
            }
        described["parts"] = [
            part.region.to_dict()
            | {
                "volume_um3": part.volume_um3,
                "closed_form_volume_um3": part.closed_form_volume_um3,
                "relative_error": part.relative_error,
            }
            for part in self.parts
        ]
        return described


def write_mesh_file(
    meshed: Design | AssembledCell,
    path: str | Path,
    *,
    what: str = "films",
    tiles: str | None = None,
    resolution: int | None = None,
    max_triangles: int = MAX_TRIANGLES,
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
        Most triangles of bodies.
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
    cell = assemble_cell(meshed) if isinstance(meshed, Design) else meshed
    with cell.blueprint.design.located():
        tile = _tile(tiles, cell)
        if target.suffix.lower() in ELEMENT_SUFFIXES:
            made, write = _make_elements(cell, target, what, tile, Resolution(resolution or 2))
        else:
            made, write = _make_bodies(cell, target, what, tile, Resolution(resolution or 1), max_triangles)
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
        raise OutputError(f"{target}: '{target.suffix}' is not a mesh format; use {listed}")
    check_output(target, (), [source], force=force)
    check_output(sidecar_of(target), (), [source], force=force, what="the volumes of the mesh")


def _tile(text: str | None, assembled: AssembledCell) -> Tile | None:
    if text is None:
        return None
    if text == DIE:
        return _die(assembled)
    found = re.fullmatch(r"(\d{1,6})[xX×](\d{1,6})", text.strip())
    if found is None or "0" in (found[1].lstrip("0") or "0", found[2].lstrip("0") or "0"):
        raise OutputError(f"--tiles {text}: write NxM with whole numbers from 1 on, such as 3x2, or {DIE}")
    return int(found[1]), int(found[2])


def _die(assembled: AssembledCell) -> Tile:
    """Return how many cells fit the chip inside its border."""
    chip, cell = assembled.blueprint.design.chip, assembled.relief
    if chip is None:
        raise DesignError.at("chip", f"the design has no chip; give its size, or write --tiles NxM for {DIE}")
    width, length = chip.width - 2 * chip.border, chip.length - 2 * chip.border
    across = cell.pitch or cell.footprint**0.5
    if cell.lattice == "hexagonal":
        # rows of hexagons reach into each other; every other one stands half a pitch to the side
        rows = _whole((length - across / math.sqrt(12)) / (cell.footprint / across))
        rows = rows if _whole(width / across - 0.5) else min(rows, 1)
        columns = _whole(width / across - (0.5 if rows > 1 else 0))
    else:
        columns, rows = _whole(width / across), _whole(length / (cell.footprint / across))
    if columns < 1 or rows < 1:
        raise DesignError.at("chip", "not one unit cell fits the chip inside its border")
    return columns, rows


def _whole(ratio: float) -> int:
    """Return how many times a length goes into another; one that divides it does so exactly."""
    return max(0, math.floor(ratio * (1 + 1e-9)))


def _make_elements(
    assembled: AssembledCell, target: Path, what: str, tile: Tile | None, resolution: Resolution
) -> tuple[MeshFile, Callable[[], None]]:
    """Return what will be written, and what writes it."""
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
    require_memory(_BYTES_PER_HEX * n_hexes, f"a file of {n_hexes:,} hexahedra")
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
    grid = film_elements(mesh, legend, space)
    n_elements = sum(grid.counts.values())
    made = MeshFile(
        target,
        f"{len(grid.points_um)} nodes, {n_elements} cells",
        mesh.unit_cells,
        tuple(parts),
        quality,
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
        return made, lambda: write_vtu(grid, target)
    return made, lambda: write_msh(grid, target)


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
    liquid = assembled.liquid
    if liquid is None:
        raise DesignError.at(
            "cell", "only a flooded cell has a liquid above its films; use --what films or --what solids"
        )
    return mesh_flooded(mesh, liquid.separator)


def _make_bodies(
    assembled: AssembledCell,
    target: Path,
    what: str,
    tile: Tile | None,
    resolution: Resolution,
    max_triangles: int,
) -> tuple[MeshFile, Callable[[], None]]:
    """Return what will be written, and what writes it."""
    stack = assembled.made if what != "substrate" else Stack(assembled.made.cell, ())
    if what == "films" and not stack.films:
        raise MeshError("there is nothing to make: the design has no layers; use --what substrate")
    whole = what != "films" or tile is not None or any(film.layer.fills for film in stack.films)
    placed = (tile or (1, 1)) if whole else None
    substrate = None if what == "films" else _substrate(assembled, required=what == "substrate")
    solids = layer_solids(
        stack,
        film_colours([film.layer for film in stack.films]),
        substrate=substrate,
        tile=placed,
        resolution=resolution,
        max_triangles=max_triangles,
    )
    exact = [film.volume for film in stack.films]
    if substrate is not None:
        exact.insert(0, substrate_volume(stack.cell, substrate.thickness))
    legend, first = cell_legend(assembled), 0 if substrate is not None else 1
    covered = _covered(solids, exact, placed)
    parts = tuple(
        Part(legend.of(number), solid.volume_um3 / covered, volume / UM**3)
        for number, (solid, volume) in enumerate(zip(solids, exact, strict=True), first)
    )
    for part in parts:
        if abs(part.relative_error) > _VOLUME_LIMIT:
            raise MeshError(
                f"the volume of '{part.region.name}' is {part.relative_error:.1e} off its closed form (limit "
                f"{_VOLUME_LIMIT:.0e}); use a higher resolution"
            )
    triangles = sum(len(solid.triangles) for solid in solids)
    made = MeshFile(
        target,
        f"{len(solids)} bodies, {triangles} triangles",
        covered,
        parts,
        None,
        {
            "n_bodies": len(solids),
            "n_triangles": triangles,
            "refine": resolution.refine,
            "file_unit": {".3mf": "um", ".glb": "m"}.get(target.suffix.lower(), "um, not said in the file"),
            "colours": [solid.colour for solid in solids],
            "euler_numbers": [solid.euler_number for solid in solids],
        },
    )
    return made, lambda: write_solids(solids, target)


def _covered(solids: list[Solid], exact: list[float], tile: Tile | None) -> float:
    """Return how many unit cells the bodies cover; of a sector its share, one over a whole number."""
    if tile is not None:
        return float(tile[0] * tile[1])
    return 1 / round(exact[0] / UM**3 / solids[0].volume_um3)


def _substrate(assembled: AssembledCell, *, required: bool) -> SubstrateBody | None:
    wafer, material = assembled.blueprint.wafer, assembled.blueprint.wafer_material
    if wafer is None or material is None:
        if required:
            raise DesignError.at(
                "substrate", "the design has no substrate; add one, such as {material: Si, thickness: 500 um}"
            )
        return None
    return SubstrateBody(wafer.thickness, material.name, SUBSTRATE)
