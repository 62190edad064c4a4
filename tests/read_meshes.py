"""Mesh files read back by other programs: bodies by trimesh, regions of cells by VTK and meshio."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Body = tuple[NDArray[np.float64], NDArray[np.int64]]
"""Points and triangles."""


def volume_of(body: Body) -> float:
    """Return the volume inside a closed surface (divergence theorem)."""
    points, triangles = body
    a, b, c = ((points - points.mean(axis=0))[corner] for corner in triangles.T)
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)


def read_bodies(path: Path) -> dict[str, Body]:
    """Return the bodies of a file by name as trimesh reads them, in the units of the file's meshes."""
    import trimesh

    options = {"split_objects": True} if path.suffix == ".obj" else {}
    loaded = trimesh.load(path, process=False, **options)
    if path.suffix == ".ply":
        layer = loaded.metadata["_ply_raw"]["face"]["data"]["layer"]
        header = path.read_bytes().split(b"end_header")[0].decode().splitlines()
        rows = [line.split() for line in header if line.startswith("comment layer")]
        return {name: (loaded.vertices, loaded.faces[layer == int(number)]) for *_, number, name in rows}
    if path.suffix == ".glb":
        found = {}
        for node in loaded.graph.nodes_geometry:
            matrix, name = loaded.graph[node]
            body = loaded.geometry[name]
            # in metres, placed by the root node
            found[name] = (1e6 * (body.vertices @ matrix[:3, :3].T + matrix[:3, 3]), body.faces)
        return found
    if isinstance(loaded, trimesh.Trimesh):  # of one body it keeps no name
        lines = path.read_text().splitlines()
        name = next(line.split()[1] for line in lines if line.startswith(("solid ", "o ")))
        return {name: (loaded.vertices, loaded.faces)}
    return {name: (body.vertices, body.faces) for name, body in loaded.geometry.items()}


def region_volumes(path: Path) -> NDArray[np.float64]:
    """Return the volume of each region of a file of cells from number 1 on, um³, as VTK finds it."""
    import meshio
    import pyvista

    if path.suffix == ".vtu":
        grid = pyvista.read(path)
        volumes = grid.compute_cell_sizes()["Volume"]
        assert (volumes > 0).all()
        return np.bincount(grid["film"], weights=volumes)[1:].astype(np.float64)
    loaded = meshio.read(path)
    found = np.zeros(sum(int(tag[1]) == 3 for tag in loaded.field_data.values()))
    for block, group in zip(loaded.cells, loaded.cell_data["gmsh:physical"], strict=True):
        if block.dim == 3:
            kind = getattr(pyvista.CellType, block.type.upper())
            part = pyvista.UnstructuredGrid({kind: block.data}, loaded.points)
            np.add.at(found, group - 1, np.abs(part.compute_cell_sizes()["Volume"]))
    return found
