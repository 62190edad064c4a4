"""Bodies as binary glTF 2.0: metres by its specification, y upwards, each film named and coloured.

GLB holds single precision about the middle of the bodies: equal points stay equal, but thickness is rounded
to about 6e-8 of the extent.  The nodes hold the unit, so a film keeps its digits in each.  An array holds the
bodies of one cell once; a node per film and cell refers to them, which every reader of core glTF understands.
"""

from collections.abc import Sequence
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from tfgeom import marks
from tfgeom.errors import OutputError
from tfgeom.meshing.file_names import distinct_names, instance_names, one_line
from tfgeom.meshing.length_unit import from_um
from tfgeom.meshing.solid import Solid

_LARGEST = 4.29e9  # its length is an unsigned 32-bit number, of which the description takes some


def write_glb(
    solids: Sequence[Solid], file: BinaryIO, unit: str, places_um: NDArray[np.float64] | None = None
) -> None:
    """Write bodies by trimesh; films of the same triangles share them.

    Materials are set in its tree: trimesh would keep 8 bits of linear light, too few for dark colours.

    Parameters
    ----------
    solids
        Bodies, of one cell where there are places.
    file
        Open for writing.
    unit
        Length that 1 stands for in the scene; ``m`` is what glTF prescribes.
    places_um
        Where cells stand, um, shape (rows, columns, 2); None for the bodies as they are.
    """
    import trimesh

    size = 4 * sum(solid.points_um.size + solid.triangles.size for solid in solids)
    if size > _LARGEST:
        raise OutputError(f"{size / 1e9:.1f} GB do not fit a GLB file (4.3 GB); use .ply or .3mf")
    corners = np.concatenate([[s.points_um.min(axis=0), s.points_um.max(axis=0)] for s in solids])
    middle = (corners.min(axis=0) + corners.max(axis=0)) / 2
    scale = float(from_um(np.ones(1), unit)[0])
    placed = np.zeros((4, 4))
    # our z is glTF's y, which points upwards
    placed[[0, 1, 2, 3], [0, 2, 1, 3]] = (scale, scale, -scale, 1.0)
    placed[:3, 3] = placed[:3, :3] @ middle
    *names, base = distinct_names([*(solid.name for solid in solids), "world"], one_line)
    scene = trimesh.Scene(base_frame=base)
    for solid, name in zip(solids, names, strict=True):
        body = solid.to_trimesh()
        body.vertices = solid.points_um - middle
        body.metadata = {"role": solid.role, "material": solid.material}
        scene.add_geometry(body, node_name=name, geom_name=name, transform=placed)

    def describe(tree: dict[str, Any]) -> None:
        tree["asset"]["generator"] = marks.NAME
        tree["asset"]["extras"] = {"length_unit": unit}
        tree["materials"] = [_material(solid) for solid in solids]
        for index, mesh in enumerate(tree["meshes"]):
            mesh["primitives"][0]["material"] = index
        if places_um is not None:
            tree["nodes"] = _nodes(base, names, placed, places_um)
            tree["scenes"] = [{"nodes": [0]}]
            tree["scene"] = 0

    file.write(scene.export(file_type="glb", include_normals=False, tree_postprocessor=describe))


def _nodes(
    base: str, names: Sequence[str], placed: NDArray[np.float64], places_um: NDArray[np.float64]
) -> list[dict[str, Any]]:
    """Return one node for all, below it one a film, and below that one a cell."""
    shifts = [[x, y, 0.0] for x, y in places_um.reshape(-1, 2).tolist()]
    nodes: list[dict[str, Any]] = [{"name": base, "matrix": placed.T.ravel().tolist(), "children": []}]
    for index, name in enumerate(names):
        first = len(nodes) + 1
        nodes[0]["children"].append(first - 1)
        nodes.append({"name": name, "children": list(range(first, first + len(shifts)))})
        nodes += [
            {"name": called, "mesh": index, "translation": shift}
            for called, shift in zip(instance_names(name, places_um.shape[:2]), shifts, strict=True)
        ]
    return nodes


def _material(solid: Solid) -> dict[str, Any]:
    surface = {
        "baseColorFactor": [*_linear_rgb(solid.colour), 1.0],
        "metallicFactor": 0.0,
        "roughnessFactor": 0.8,
    }
    return {"name": solid.material, "pbrMetallicRoughness": surface, "alphaMode": "OPAQUE"}


def _linear_rgb(colour: str) -> list[float]:
    """Return the linear light of an sRGB colour ``#rrggbb`` (IEC 61966-2-1), which glTF wants."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
