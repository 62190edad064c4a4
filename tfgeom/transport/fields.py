"""Potential and current density of a solve as a VTU file."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import OutputError
from tfgeom.meshing.cell_files import CellGrid, write_vtu
from tfgeom.meshing.quality import shape_gradients
from tfgeom.output import ensure_writable
from tfgeom.transport.conduction import Conduction
from tfgeom.transport.flooded_solve import FloodedConduction
from tfgeom.transport.salt_solve import SaltConduction
from tfgeom.units import UM


def check_fields_path(path: str | Path) -> None:
    """Raise OutputError for anything but a ``.vtu`` file that can be written."""
    if Path(path).suffix.lower() != ".vtu":
        raise OutputError(f"{path}: fields are written as .vtu; give a name that ends in it")
    ensure_writable(path)


def write_fields(solved: Conduction | FloodedConduction, path: str | Path) -> None:
    """Write what was solved for with its fields: at 1 V between the terminals, or at the drive's voltage.

    Of a conformal cell the films, of a flooded one the liquid, with ``concentration_mol_m3`` where its salt
    was solved for.  Point data ``potential_V`` (0 V at the inner
    terminal; nodes are doubled where it jumps), cell data ``current_density_A_m2`` (vector), ``film`` (index
    from the inner terminal) and ``material``; lengths in um.

    Raises
    ------
    OutputError
        When the file cannot be written, or is not ``.vtu``.
    """
    check_fields_path(path)
    if isinstance(solved, FloodedConduction):
        _write_liquid(solved, path)
    else:
        _write_films(solved, path)


def _write_liquid(flooded: FloodedConduction, path: str | Path) -> None:
    mesh = flooded.mesh
    fields, driving = {"potential_V": flooded.potential}, flooded.potential
    if isinstance(flooded, SaltConduction):
        fields["concentration_mol_m3"] = flooded.concentration
        driving = flooded.driving_potential
    kappa = flooded.circuit.conductivity
    current = -kappa * _gradients(mesh.points_um[mesh.hexes], driving[mesh.hexes]) / UM
    grid = CellGrid(
        mesh.points_um,
        {"hexahedron": mesh.hexes},
        {"hexahedron": np.zeros(len(mesh.hexes), dtype=np.int64)},
        ("electrolyte",),
        (flooded.circuit.liquid,),
        {},
    )
    write_vtu(
        grid,
        path,
        point_data=fields,
        cell_data={"current_density_A_m2": {"hexahedron": current}},
    )


def _write_films(conduction: Conduction, path: str | Path) -> None:
    mesh, sheets = conduction.mesh, conduction.sheets
    n_surface = mesh.points_um.shape[1]
    points = mesh.points_um[list(sheets.levels)].reshape(-1, 3)
    hexes = np.concatenate(
        [np.hstack((mesh.quads + low * n_surface, mesh.quads + up * n_surface)) for low, up in sheets.layers]
    )
    potential = conduction.potential.ravel()
    film = np.repeat(np.array(sheets.films), len(mesh.quads))
    conductivities = np.array([conductor.conductivity for conductor in conduction.core.conductors])
    current = -conductivities[film][:, None] * _gradients(points[hexes], potential[hexes]) / UM
    layers = [conductor.film.layer for conductor in conduction.core.conductors]
    grid = CellGrid(
        points,
        {"hexahedron": hexes},
        {"hexahedron": film},
        tuple(layer.name for layer in layers),
        tuple(layer.material.name for layer in layers),
        {},
    )
    write_vtu(
        grid,
        path,
        point_data={"potential_V": potential},
        cell_data={"current_density_A_m2": {"hexahedron": current}},
    )


def _gradients(corners: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the gradient at the middle of hexahedra, shape (n, 3)."""
    shapes = shape_gradients(np.array([[0.5, 0.5, 0.5]]))[0]
    maps = np.einsum("aj,nac->ncj", shapes, corners - corners[:, :1])
    return np.asarray(np.linalg.solve(np.swapaxes(maps, 1, 2), (values @ shapes)[..., None])[..., 0])
