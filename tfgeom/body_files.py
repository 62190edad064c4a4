"""From a design to closed bodies of its films and substrate in a file."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tfgeom.cells.assembled import AssembledCell
from tfgeom.cells.legend import cell_legend
from tfgeom.errors import DesignError, MeshError, OutputError
from tfgeom.films import Stack
from tfgeom.mesh_tiles import Tile
from tfgeom.mesh_written import MeshFile, Part
from tfgeom.meshing.cell_array import INSTANCES, SEPARATE, WAYS, WELDED, lay_bodies
from tfgeom.meshing.layer_solids import SubstrateBody, layer_solids, substrate_volume
from tfgeom.meshing.resolution import Resolution
from tfgeom.meshing.solid import Solid
from tfgeom.meshing.solid_files import (
    ARRAY_SUFFIXES,
    SOLID_SUFFIXES,
    WELDED_SUFFIXES,
    write_solids,
)
from tfgeom.palette import SUBSTRATE, film_colours
from tfgeom.units import UM

_VOLUME_LIMIT = 1e-5


def check_way(target: Path, bodies: str | None) -> None:
    """Raise OutputError where a format cannot hold bodies in that way, one of `WAYS`; None is any."""
    if bodies is None:
        return
    if bodies not in WAYS:
        raise OutputError(f"--bodies {bodies}: unknown; use {', '.join(WAYS[:-1])} or {WAYS[-1]}")
    known = {SEPARATE: SOLID_SUFFIXES, WELDED: WELDED_SUFFIXES, INSTANCES: ARRAY_SUFFIXES}[bodies]
    if target.suffix.lower() not in known:
        listed = f"{', '.join(known[:-1])} or {known[-1]}"
        raise OutputError(f"{target}: {target.suffix} cannot hold --bodies {bodies}; use {listed}")


def make_bodies(
    assembled: AssembledCell,
    target: Path,
    what: str,
    tile: Tile | None,
    resolution: Resolution,
    max_triangles: int,
    way: str | None,
    unit: str,
) -> tuple[MeshFile, Callable[[], None]]:
    """Return what will be written, and what writes it.

    Parameters
    ----------
    assembled
        The cell, films as made.
    target
        File to write.
    what
        ``films``, ``solids`` or ``substrate``.
    tile
        Columns and rows of cells; None for one sector of films, one cell of what has a flat back.
    resolution, max_triangles
        As `layer_solids` takes them.
    way
        As `lay_bodies` takes it.
    unit
        Of the coordinates, as the file has it.

    Raises
    ------
    MeshError
        When there is nothing to make, it does not fit, or a volume is off its closed form.
    DesignError
        When the substrate is missing.
    """
    stack = assembled.made if what != "substrate" else Stack(assembled.made.cell, ())
    if what == "films" and not stack.films:
        raise MeshError("there is nothing to make: the design has no layers; use --what substrate")
    whole = what != "films" or tile is not None or way == INSTANCES
    whole = whole or any(film.layer.fills for film in stack.films)
    placed = (tile or (1, 1)) if whole else None
    substrate = None if what == "films" else _substrate(assembled, required=what == "substrate")
    refers = target.suffix.lower() in ARRAY_SUFFIXES
    otherwise = (
        "leave --bodies out" if refers else f"write {' or '.join(ARRAY_SUFFIXES)}, which refer to one cell"
    )
    laid = lay_bodies(
        lambda tile: layer_solids(
            stack,
            film_colours([film.layer for film in stack.films]),
            substrate=substrate,
            tile=tile,
            resolution=resolution,
            max_triangles=max_triangles,
            otherwise="" if tile in (None, (1, 1)) else otherwise,
        ),
        stack.cell,
        placed,
        way,
        refers=refers,
    )
    exact = [film.volume for film in stack.films]
    if substrate is not None:
        exact.insert(0, substrate_volume(stack.cell, substrate.thickness))
    legend, first = cell_legend(assembled), 0 if substrate is not None else 1
    # the wafer gives way to a layer of its name
    solids = [replace(solid, name=legend.of(n).name) for n, solid in enumerate(laid.solids, first)]
    covered = _covered(solids, exact, placed)
    parts = tuple(
        Part(legend.of(number), laid.copies * solid.volume_um3 / covered, volume / UM**3)
        for number, (solid, volume) in enumerate(zip(solids, exact, strict=True), first)
    )
    for part in parts:
        if abs(part.relative_error) > _VOLUME_LIMIT:
            raise MeshError(
                f"the volume of '{part.region.name}' is {part.relative_error:.1e} off its closed form (limit "
                f"{_VOLUME_LIMIT:.0e}); use a higher resolution"
            )
    made = MeshFile(
        target,
        laid.counts(),
        covered,
        parts,
        None,
        unit,
        {
            "bodies": INSTANCES if laid.places_um is not None else way or SEPARATE,
            **laid.described(),
            "refine": resolution.refine,
            "colours": [solid.colour for solid in solids],
            "euler_numbers": [solid.euler_number for solid in solids],
        },
    )
    return made, lambda: write_solids(
        solids, target, unit=unit, places_um=laid.places_um, welded=way == WELDED, first=first
    )


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
