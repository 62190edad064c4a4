"""Film volumes of random reliefs of every kind against sampled distances to the solid.

The distance to a plan comes from shapely, for any section and lattice; with it the distance to the swept
solid is that to its profile in (rho, z).  Points are drawn by Sobol' sequences: 0.3 % with 2^17 of them.
"""

import math
from typing import Any

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from scipy.stats import qmc
from shapely import affinity
from shapely.geometry import MultiPolygon, Point, Polygon, box

from tfgeom.geometry.lattice import corners, lattice_vectors
from tfgeom.geometry.plan import Bar, Loop
from tfgeom.geometry.unit_cell import Level, UnitCell
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.honeycomb import honeycomb
from tfgeom.reliefs.microtubes import microtubes
from tfgeom.reliefs.pillars import pillars
from tfgeom.reliefs.trenches import trenches
from tfgeom.reliefs.wave import wave

Array = NDArray[np.float64]
SAMPLES = 2**17


def outline(loop: Loop, rotation: float) -> Polygon:
    if loop.sides:
        return Polygon(corners(loop.inradius, loop.sides, rotation))
    return Point(0, 0).buffer(loop.inradius, quad_segs=128)


def raised_plan(relief: UnitCell, rotation: float) -> Any:
    """Return the smallest section of the material over a patch of cells around the sampled one."""
    pitch = relief.pitch
    assert pitch is not None
    elements = relief.plan.elements
    if isinstance(elements[0], Bar):
        half = elements[0].width / 2
        return MultiPolygon(
            [box(k * pitch - half, -9 * pitch, k * pitch + half, 9 * pitch) for k in range(-2, 4)]
        )
    (ax, ay), (bx, by) = lattice_vectors(pitch, relief.lattice or "square")
    shape: Any = Polygon()
    for loop in elements:
        assert isinstance(loop, Loop)
        one = outline(loop, rotation)
        shape = (
            shape.difference(one) if loop.opening and not relief.plan.raised_background else shape.union(one)
        )
    places = [(m, n) for m in range(-2, 4) for n in range(-2, 4)]
    tiled = shapely.union_all(
        [affinity.translate(shape, m * ax + n * bx, m * ay + n * by) for m, n in places]
    )
    if relief.plan.raised_background:
        return box(-9 * pitch, -9 * pitch, 9 * pitch, 9 * pitch).difference(tiled)
    return tiled


def sampled_volume(relief: UnitCell, d: float, rotation: float, seed: int) -> float:
    """Return the volume within ``d`` of the solid, per unit cell."""
    pitch = relief.pitch
    assert pitch is not None
    (ax, ay), (bx, by) = lattice_vectors(pitch, relief.lattice or "square")
    low, high = (-d if relief.through else 0.0), relief.height + d
    unit = qmc.Sobol(3, seed=seed).random(SAMPLES)
    x, y = unit[:, 0] * ax + unit[:, 1] * bx, unit[:, 0] * ay + unit[:, 1] * by
    z = low + (high - low) * unit[:, 2]
    plan = raised_plan(relief, rotation)
    shapely.prepare(plan)
    points = shapely.points(x, y)
    rho = shapely.distance(points, plan)
    profile = relief.profile
    top = profile.top_shift
    foot = top + relief.height * profile.slope
    edge = top + (relief.height - np.clip(z, 0, relief.height)) * profile.slope
    inside = (rho <= edge) & (z >= 0) & (z <= relief.height)
    along, long = np.array([foot - top, -relief.height]), math.hypot(foot - top, relief.height)
    t = np.clip(((rho - top) * along[0] + (z - relief.height) * along[1]) / long**2, 0, 1)
    near = np.hypot(rho - top - t * along[0], z - relief.height - t * along[1])
    near = np.minimum(near, np.hypot(np.maximum(rho - top, 0), z - relief.height))
    below = np.hypot(np.maximum(rho - foot, 0), z) if relief.through else np.where(rho >= foot, z, np.inf)
    near = np.minimum(near, below)
    share = np.mean(~inside & (near <= d))
    return float(share) * relief.footprint * (high - low)


def draw(kind: str, rng: np.random.Generator) -> tuple[UnitCell, float]:
    """Return a random relief of a kind and the turn of its section; lengths of the order of 1."""
    lattice = str(rng.choice(["square", "hexagonal"]))
    degrees = float(rng.choice([90.0, 86.0, 93.0]))
    angle = math.pi / 2 if degrees == 90 else math.radians(degrees)
    sides = int(rng.choice([0, 4, 6]))
    rotation = float(rng.uniform(0, 0.2)) if sides else 0.0
    pitch, height = float(rng.uniform(3, 4)), float(rng.uniform(0.8, 1.6))
    width = float(rng.uniform(0.4, 0.55)) * pitch
    if kind == "pillars":
        return pillars(width, pitch, height, lattice, sides=sides, rotation=rotation, angle=angle), rotation
    if kind in ("holes", "through-holes"):
        through = kind == "through-holes"
        return holes(width, pitch, height, lattice, sides=sides, angle=angle, through=through), rotation
    if kind == "trenches":
        return trenches(width, pitch, height, angle=angle), 0.0
    if kind == "microtubes":
        return microtubes(width, 0.3 * width, pitch, height, lattice, angle=angle), 0.0
    if kind == "double microtubes":
        inner = (0.4 * pitch, 0.1 * pitch)
        return microtubes(
            0.8 * pitch, 0.08 * pitch, pitch, 0.5 * height, lattice, inner=inner, angle=angle
        ), 0.0
    return honeycomb(pitch - width, pitch, height, angle=angle), 0.0


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "kind",
    ["pillars", "holes", "through-holes", "trenches", "microtubes", "double microtubes", "honeycomb"],
)
def test_film_volume_is_the_sampled_one(kind: str, seed: int) -> None:
    rng = np.random.default_rng(1000 * seed + len(kind))
    relief, rotation = draw(kind, rng)
    d = float(rng.uniform(0.4, 0.9)) * relief.reach.value
    exact = relief.volume(Level(d, d))
    assert sampled_volume(relief, d, rotation, seed) == pytest.approx(exact, rel=4e-3)


@pytest.mark.slow
def test_film_volume_on_a_wave_is_the_sampled_one() -> None:
    foil = wave(0.5, 6.0)
    d, n = 0.6 * foil.reach.value, 300
    curve = shapely.LineString(
        [(x, 0.5 * (1 + math.cos(2 * math.pi * x / 6))) for x in np.linspace(-6, 12, 901)]
    )
    x, z = np.meshgrid(
        (np.arange(n) + 0.5) / n * 6, (np.arange(2 * n) + 0.5) / (2 * n) * (1 + d), indexing="ij"
    )
    above = z > 0.5 * (1 + np.cos(2 * np.pi * x / 6))
    near = shapely.distance(shapely.points(x.ravel(), z.ravel()), curve).reshape(x.shape) <= d
    area = float(np.mean(above & near)) * 6 * (1 + d)
    assert area * 6 == pytest.approx(foil.volume(Level(d, d)), rel=4e-3)
