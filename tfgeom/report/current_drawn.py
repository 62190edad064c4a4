"""What the pictures of a solve's current have in common: the profile, the interfaces, what is magnified."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.films import Stack
from tfgeom.meshing.surface_grid import SurfaceGrid
from tfgeom.report.current_section import CurrentSection, Profile, current_section
from tfgeom.report.panels import Window
from tfgeom.transport.steady import Solve
from tfgeom.units import UM

UNIT = "mA/cm² at 1 mA/cm² of footprint"
"""Of all these current densities."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DrawnCurrent:
    """A solve as both pictures need it; lengths in um.

    Attributes
    ----------
    current
        Current density in the plane.
    faces
        By electrode: density at the nodes of the profile, its mean over the whole interface.
    line
        The profile that distances are counted on.
    bends
        The rim and the foot (of a wave crest and valley) that are magnified, by name with their places.
    grid
        Surface grid of the mesh.
    stack
        All films.
    flooded
        Whether the liquid is what was solved for.
    """

    current: CurrentSection
    faces: dict[str, tuple[Floats, float]]
    line: Floats
    bends: tuple[tuple[str, int], ...]
    grid: SurfaceGrid
    stack: Stack
    flooded: bool

    @property
    def profile(self) -> Profile:
        """The nodes of the films in the plane."""
        return self.current.profile

    @property
    def distance(self) -> Floats:
        """Distance along the profile, um, shape (n,)."""
        steps = np.linalg.norm(np.diff(self.line, axis=0), axis=1)
        return np.concatenate(([0.0], np.cumsum(steps)))


def drawn_current(solved: Solve, stack: Stack) -> DrawnCurrent | None:
    """Return what is drawn of a solve; None for flat films, or a cell without mirror planes.

    Parameters
    ----------
    solved
        The solve.
    stack
        All films of the cell, those that were not solved for included.
    """
    fields, mesh = solved.fields, solved.fields.film_mesh
    current = current_section(fields)
    if current is None or mesh.grid is None:
        return None
    profile = current.profile
    levels = [mesh.points_um[fields.interface_level(electrode)] for electrode in solved.spread]
    line = profile.line(np.mean(levels, axis=0))
    faces = {
        electrode: (density[profile.nodes], solved.spread[electrode].mean)
        for electrode, density in fields.face_density.items()
    }
    bends = _magnified(profile, line, faces)
    flooded = bool(solved.losses.where(mechanism="liquid").rows)
    return DrawnCurrent(current, faces, line, bends, mesh.grid, stack, flooded)


def _magnified(
    profile: Profile, line: Floats, faces: dict[str, tuple[Floats, float]]
) -> tuple[tuple[str, int], ...]:
    """Return of the rims and of the feet the one with the largest current density."""
    if not profile.bends:
        return (("crest", int(line[:, 1].argmax())), ("valley", int(line[:, 1].argmin())))

    def largest(bend: tuple[str, int]) -> float:
        near = slice(max(0, bend[1] - 3), bend[1] + 4)
        return max(float(density[near].max()) for density, _ in faces.values())

    found = []
    for name in ("rim", "foot"):
        of_name = [bend for bend in profile.bends if bend[0] == name]
        found += [max(of_name, key=largest)] if of_name else []
    return tuple(found)


def magnified_windows(drawn: DrawnCurrent) -> list[Window]:
    """Return square windows around the magnified bends, um."""
    cell, thickness = drawn.stack.cell, drawn.stack.top.top / UM
    side = 2.7 * thickness + min(cell.rim_radius / UM, thickness)
    if drawn.flooded:
        side = max(side, 0.6 * min(cell.gap or math.inf, drawn.profile.reach * UM) / UM)
    found = []
    for name, place in drawn.bends:
        x, z = drawn.line[place]
        if drawn.flooded and name == "foot":  # the liquid lies above the floor
            floor = 1 if drawn.profile.strips[place].endswith("floor") else -1
            x, z = x + 0.3 * side * floor, z + 0.3 * side
        found.append(Window(x - side / 2, x + side / 2, z - side / 2, z + side / 2))
    return found
