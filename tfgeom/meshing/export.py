"""Film meshes as files: VTU (hexahedra with their films) and STL (closed outside surface), in micrometres.

Neither format says what its numbers mean, so a sidecar (``x.vtu.json`` beside ``x.vtu``) holds the unit, the
films, the sector and the volumes beside their closed forms.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import MeshError, OutputError, UnsupportedError
from tfgeom.meshing.film_mesh import FilmMesh
from tfgeom.output import ensure_writable, replacing, write_text
from tfgeom.units import UM

SUFFIXES = (".vtu", ".stl")
"""Formats that can be written."""
_LATER = (".3mf", ".glb", ".obj", ".ply", ".msh")


def write_mesh(mesh: FilmMesh, path: str | Path) -> None:
    """Write a mesh by the suffix of ``path``, and its description beside it (`sidecar_of`).

    Parameters
    ----------
    mesh
        Films of one sector.
    path
        ``.vtu``: hexahedra (wedges at a sharp rim) with the cell data ``film`` and ``material``, indices into
        the lists of the sidecar.  ``.stl``: the closed surface of all films of the sector together.

    Raises
    ------
    OutputError
        For an unknown suffix, or when the file cannot be written.
    UnsupportedError
        For a format that is not built yet.
    """
    target = Path(path)
    check_mesh_path(target)
    if target.suffix.lower() == ".vtu":
        points, hexes, wedges = _cells(mesh)
        film = mesh.film_of_hex
        materials = _materials(mesh)
        material = np.array([materials.index(f.layer.material.name) for f in mesh.films])
        collapsed = _collapsed(mesh)
        write_cells(
            target,
            points,
            {"hexahedron": hexes, "wedge": wedges},
            cell_data={
                "film": {"hexahedron": film[~collapsed], "wedge": film[collapsed]},
                "material": {"hexahedron": material[film][~collapsed], "wedge": material[film][collapsed]},
            },
        )
    else:
        _write_stl(mesh, target)
    write_text(sidecar_of(target), json.dumps(describe_mesh(mesh), indent=2, allow_nan=False) + "\n")


def sidecar_of(path: str | Path) -> Path:
    """Return where the description of a mesh file goes: ``x.vtu.json`` for ``x.vtu``."""
    return Path(f"{path}.json")


def check_mesh_path(path: str | Path) -> None:
    """Raise what `write_mesh` would, before any work is done."""
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix in _LATER:
        raise UnsupportedError.at(
            "", f"{path}: not yet supported: meshes as {suffix}; use {' or '.join(SUFFIXES)}"
        )
    if suffix not in SUFFIXES:
        raise OutputError(f"{path}: '{target.suffix}' is not a mesh format; use {' or '.join(SUFFIXES)}")
    ensure_writable(target)
    ensure_writable(sidecar_of(target))


def require_films(what: str, tiles: str | None) -> None:
    """Raise unless one sector of the films is asked for, which is all that is built.

    Raises
    ------
    UnsupportedError, OutputError
        For bodies or tilings that are not built yet; for words that mean nothing.
    """
    if what in ("solids", "substrate", "flooded"):
        raise UnsupportedError.at("", f"not yet supported: --what {what}; use films")
    if what != "films":
        raise OutputError(f"--what {what}: unknown; use films")
    if tiles is not None:
        raise UnsupportedError.at("", f"not yet supported: --tiles {tiles}; leave it out for one sector")


def describe_mesh(mesh: FilmMesh) -> dict[str, Any]:
    """Return unit, sector, counts, quality, and films with volumes (per unit cell) beside closed forms."""
    materials = _materials(mesh)
    return {
        "unit": "um",
        "sector_fraction": mesh.sector_fraction,
        "n_nodes": mesh.n_nodes,
        "n_cells": mesh.n_hexes,
        "refine": mesh.resolution.refine,
        "strips": list(mesh.strips),
        "min_jacobian_um3": mesh.min_jacobian,
        "min_relative_jacobian": mesh.min_relative_jacobian,
        "materials": materials,
        "films": [
            {
                "name": film.layer.name,
                "role": film.layer.role,
                "material": film.layer.material.name,
                "volume_um3": volume / UM**3,
                "closed_form_volume_um3": film.volume / UM**3,
                "relative_error": error,
            }
            for film, volume, error in zip(
                mesh.films, mesh.film_volumes.tolist(), mesh.volume_errors.tolist(), strict=True
            )
        ],
    }


def mesh_rows(mesh: FilmMesh) -> list[tuple[str, str, str, str]]:
    """Return film, volume per unit cell, its closed form and their relative difference, as text."""
    return [
        (
            film["name"],
            f"{film['volume_um3']:.6g}",
            f"{film['closed_form_volume_um3']:.6g}",
            f"{film['relative_error']:.1e}",
        )
        for film in describe_mesh(mesh)["films"]
    ]


def write_cells(
    path: Path,
    points: NDArray[np.float64],
    cells: dict[str, NDArray[np.int64]],
    point_data: dict[str, NDArray[np.float64]] | None = None,
    cell_data: dict[str, dict[str, NDArray[Any]]] | None = None,
) -> None:
    """Write an unstructured grid as VTU.

    Parameters
    ----------
    path
        File to write.
    points
        Shape (n, 3).
    cells
        Corners by cell type (``hexahedron``, ``wedge``); empty types are left out.
    point_data, cell_data
        Arrays by name; cell data again by cell type.
    """
    import meshio

    kinds = [kind for kind, corners in cells.items() if len(corners)]
    grid = meshio.Mesh(
        points,
        [(kind, cells[kind]) for kind in kinds],
        point_data=point_data,
        cell_data={name: [by[kind] for kind in kinds] for name, by in (cell_data or {}).items()},
    )
    with replacing(path) as temporary:
        grid.write(temporary, file_format="vtu")


def _materials(mesh: FilmMesh) -> list[str]:
    return list(dict.fromkeys(film.layer.material.name for film in mesh.films))


def _merged(mesh: FilmMesh) -> NDArray[np.int64]:
    """Return for every node the node that stands for it: at a sharp rim a whole arc is one point."""
    n_surface = mesh.points_um.shape[1]
    nodes = np.arange(mesh.n_nodes)
    _, first, inverse = np.unique(mesh.points_um[0], axis=0, return_index=True, return_inverse=True)
    nodes[:n_surface] = first[inverse.reshape(-1)]
    return nodes


def _collapsed(mesh: FilmMesh) -> NDArray[np.bool_]:
    """Return which hexahedra have an edge instead of their bottom face."""
    bottom = _merged(mesh)[mesh.quads]
    flat = np.zeros((len(mesh.film_of_layer), len(mesh.quads)), dtype=bool)
    flat[0] = (bottom[:, 0] == bottom[:, 1]) & (bottom[:, 3] == bottom[:, 2])
    return flat.ravel()


def _cells(
    mesh: FilmMesh,
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Return points, hexahedra and wedges without unused points."""
    corners, collapsed = _merged(mesh)[mesh.hexes], _collapsed(mesh)
    hexes, wedges = corners[~collapsed], corners[collapsed][:, [0, 5, 4, 3, 6, 7]]
    used, numbers = np.unique(np.concatenate((hexes.ravel(), wedges.ravel())), return_inverse=True)
    numbers = numbers.reshape(-1)
    return (
        mesh.points_um.reshape(-1, 3)[used],
        numbers[: hexes.size].reshape(-1, 8),
        numbers[hexes.size :].reshape(-1, 6),
    )


def closed_surface(mesh: FilmMesh) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the closed surface of all films of the sector: points, um, and outward triangles."""
    n_surface, n_layers = mesh.points_um.shape[1], len(mesh.film_of_layer)
    top = mesh.quads + n_layers * n_surface
    a, b = mesh.edges.T
    sides = [
        np.column_stack((a, b, b + n_surface, a + n_surface)) + layer * n_surface for layer in range(n_layers)
    ]
    quads = _merged(mesh)[np.concatenate((mesh.quads[:, ::-1], top, *sides))]
    triangles = np.concatenate((quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]))
    x, y, z = triangles.T
    triangles = triangles[(x != y) & (y != z) & (z != x)]
    used, numbers = np.unique(triangles, return_inverse=True)
    return mesh.points_um.reshape(-1, 3)[used], numbers.reshape(-1, 3)


def _write_stl(mesh: FilmMesh, target: Path) -> None:
    import trimesh

    points, triangles = closed_surface(mesh)
    body = trimesh.Trimesh(points, triangles, process=False)
    if not (body.is_watertight and body.is_winding_consistent and body.volume > 0):
        raise MeshError(f"{target}: the surface of the films is not closed; use a higher resolution")
    with replacing(target) as temporary:
        temporary.write_bytes(trimesh.exchange.stl.export_stl(body))
