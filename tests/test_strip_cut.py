"""The flat cut across trenches: every triangle has an area, and none lies over another."""

from typing import Any

import numpy as np
import pytest

from tests.kinds import design
from tfgeom.cells.kinds import assemble_cell
from tfgeom.design import design_from_mapping
from tfgeom.meshing.layer_solids import SubstrateBody, layer_solids, substrate_volume
from tfgeom.meshing.resolution import Resolution
from tfgeom.meshing.strip_cut import cut_triangles
from tfgeom.palette import film_colours
from tfgeom.units import UM

WALLS: dict[str, dict[str, Any]] = {
    "upright": {},
    "leaning": {"sidewall_angle": "88 deg"},
    "overhanging": {"sidewall_angle": "92 deg"},
    "rounded": {"sidewall_angle": "89 deg", "rim_radius": "100 nm"},
    "deep": {"depth": "40 um", "sidewall_angle": "90.3 deg"},
}


def doubled(corners: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return twice the signed areas of triangles, shape (m, 3, 2)."""
    (ax, ay), (bx, by) = (corners[:, 1] - corners[:, 0]).T, (corners[:, 2] - corners[:, 0]).T
    return np.asarray(ax * by - ay * bx)


@pytest.mark.parametrize("up", [False, True])
def test_cut_of_a_step(up: bool) -> None:
    """An upright wall of three nodes over a row whose points below it coincide; the cut's area is 5."""
    profile = np.array([[0, 3], [1, 3], [1, 2.5], [1, 2], [2, 2]], dtype=float)
    plane = np.array([[0, 0], [1, 0], [1, 0], [1, 0], [2, 0]], dtype=float)
    if up:
        profile[:, 1] *= -1
    made = cut_triangles(profile, plane)
    areas = doubled(np.concatenate((profile, plane))[made])
    assert (areas > 0).all() if up else (areas < 0).all()
    assert np.abs(areas).sum() == pytest.approx(10)
    assert len(made) == 6  # eight points around
    assert sorted(set(made.ravel().tolist())) == [0, 1, 2, 3, 4, 5, 6, 9]


@pytest.mark.parametrize("wall", WALLS)
@pytest.mark.parametrize("cell", ["conformal", "many films"], ids=["films", "a film that fills"])
@pytest.mark.parametrize(("tile", "refine"), [((1, 1), 1), ((3, 2), 1), ((1, 1), 3)])
def test_cuts_of_trenches(wall: str, cell: str, tile: tuple[int, int], refine: int) -> None:
    mapping = design("trenches", cell)
    mapping["relief"] |= {"width": "2.5 um"} | WALLS[wall]
    stack = assemble_cell(design_from_mapping(mapping)).made
    wafer = SubstrateBody(500 * UM, "Si", "#999999")
    solids = layer_solids(
        stack,
        film_colours([film.layer for film in stack.films]),
        substrate=wafer,
        tile=tile,
        resolution=Resolution(refine),
    )
    exact = [substrate_volume(stack.cell, wafer.thickness), *(film.volume for film in stack.films)]
    for solid, volume in zip(solids, exact, strict=True):
        solid.check()
        assert solid.volume_um3 == pytest.approx(tile[0] * tile[1] * volume / UM**3, rel=1e-9)
        corners = solid.points_um[solid.triangles]
        a, b, c = corners.swapaxes(0, 1)
        longest = max(float(np.linalg.norm(side, axis=1).max()) for side in (b - a, c - b, a - c))
        assert np.linalg.norm(np.cross(b - a, c - a), axis=1).min() > 1e-9 * longest
        for y, turn in ((corners[..., 1].min(), 1), (corners[..., 1].max(), -1)):
            cut = corners[(corners[..., 1] == y).all(axis=1)][..., [0, 2]]
            assert len(cut)
            assert (turn * doubled(cut) > 0).all()
