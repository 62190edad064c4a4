"""Whether random reliefs exist, how far films reach and how thin they are, against polygons and their distances.

The way here knows nothing of `tfgeom.geometry`: sections are polygons cut, eroded and moved about by shapely,
levels are buffers of the wall's profile, and what fits is what still leaves space, wall and floor.
"""

import math
import random
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import shapely
from shapely import affinity

from tests.kinds import RELIEFS as RELIEF_SECTIONS
from tests.kinds import design, every_relief
from tests.random_reliefs import KINDS, random_relief
from tfgeom.design import design_from_mapping
from tfgeom.errors import DesignError
from tfgeom.evaluation import evaluate
from tfgeom.geometry.from_above import border
from tfgeom.geometry.lattice import along_axes
from tfgeom.geometry.unit_cell import Level, UnitCell
from tfgeom.reliefs import RELIEFS, build_cell
from tfgeom.reliefs.existence import changed, remedies
from tfgeom.reliefs.sections import Relief
from tfgeom.units import UM

BARE = Level(0.0, 0.0)
every_kind = pytest.mark.parametrize("kind", KINDS)


def read(given: dict[str, Any]) -> Relief:
    return design_from_mapping({"schema_version": 1, "name": "x", "relief": given}).relief


def in_um(text: str) -> float:
    """Return a length in um; of another quantity its number."""
    number, unit = text.split()
    return float(number) * (1e-3 if unit == "nm" else 1.0)


def size(given: dict[str, Any], key: str, height: float, slope: float, grows: int) -> float:
    """Return a width at the top, um, from one measured anywhere; grows: -1 for openings with depth."""
    value = given[key]
    text, at = (value, "top") if isinstance(value, str) else (value["value"], value["at"])
    depth = {"top": 0.0, "middle": height / 2, "bottom": height}[at]
    return in_um(text) - grows * 2 * depth * slope


def polygon(width: float, sides: int, turn: float) -> Any:
    if width <= 0:
        return shapely.Polygon()
    if not sides:
        return shapely.Point(0, 0).buffer(width / 2, quad_segs=64)
    angles = turn + np.pi / sides * (1 + 2 * np.arange(sides))
    return shapely.Polygon(
        width / 2 / math.cos(math.pi / sides) * np.column_stack((np.cos(angles), np.sin(angles)))
    )


@dataclass
class Brute:
    """A relief as polygons, um: the solids of one cell at the thinnest section, or the voids at their widest."""

    given: dict[str, Any]

    def __post_init__(self) -> None:
        given = self.given
        number = {k: in_um(v) for k, v in given.items() if isinstance(v, str) and v[0] in "-0123456789"}
        self.height = number.get("height", number.get("depth", 0.0))
        both = given["pitch"] if isinstance(given["pitch"], list) else [given["pitch"]] * 2
        self.pitch, self.pitch_y = map(in_um, both)
        self.rim = number["rim_radius"]
        self.angle = math.radians(number["sidewall_angle"])
        self.slope = 0.0 if number["sidewall_angle"] == 90 else 1 / math.tan(self.angle)
        self.through = bool(given.get("through"))
        self.lattice = given.get("lattice", "hexagonal" if given["kind"] == "honeycomb" else "square")
        self.shift = max(0.0, -self.height * self.slope)
        self.turn = math.radians(number.get("rotation", 0.0))
        self.sides = {"square": 4, "hexagon": 6}.get(given.get("cross_section", ""), 0)
        self.erosion = self.rim * math.tan(self.angle / 2)

    def width(self, key: str, opening: bool, where: dict[str, Any] | None = None) -> float:
        """Return a width of material or opening at the thinnest section of the material, um."""
        top = size(where or self.given, key, self.height, self.slope, -1 if opening else 1)
        return top + (2 if opening else -2) * self.shift

    def plan(self, back: float) -> tuple[list[Any], list[Any]]:
        """Return raised pieces (with their holes) and openings of one cell, the material shrunk by ``back``."""
        kind, given = self.given["kind"], self.given
        if kind == "trenches":
            return [self.pitch - self.width("width", True) - 2 * back], []
        if kind == "honeycomb":
            wide = self.pitch - in_um(given["wall"]) + 2 * self.shift
            return [], [polygon(wide + 2 * back, 6, 0.0)]
        if kind == "microtubes":
            rings = []
            for one in (given, given.get("inner")):
                if one is not None:
                    outside = self.width("outer_diameter", False, one)
                    bore = outside - 2 * in_um(one["wall"]) + 4 * self.shift
                    rings += [outside - 2 * back, bore + 2 * back]
            return rings, []
        key = "side" if "side" in given else "diameter"
        across = 1 / math.tan(math.pi / self.sides) if key == "side" else 1.0
        wide = size(
            given | {key: _scaled(given[key], across)},
            key,
            self.height,
            self.slope,
            1 if kind == "pillars" else -1,
        )
        if kind == "pillars":
            return [polygon(wide - 2 * self.shift - 2 * back, self.sides, self.turn)], []
        return [], [polygon(wide + 2 * self.shift + 2 * back, self.sides, self.turn)]

    def apart(self, body: Any) -> float:
        """Return the distance between a section and all its copies, um; negative where they overlap."""
        ax, (bx, by) = self.pitch, (0.0, self.pitch_y)
        if self.lattice == "hexagonal":
            bx, by = self.pitch / 2, self.pitch * math.sqrt(3) / 2
        copies = [
            affinity.translate(body, m * ax + n * bx, n * by)
            for m in range(-3, 4) for n in range(-3, 4) if (m, n) != (0, 0)
        ]  # fmt: skip
        common = max(shapely.intersection(body, copy).area for copy in copies)
        return -common if common > 1e-9 * body.area else float(min(body.distance(copy) for copy in copies))

    def solid(self, back: float) -> float:
        """Return the thickness of the material at its thinnest with ``back`` taken from every side, um."""
        raised, openings = self.plan(back)
        if openings:
            return self.apart(openings[0])
        if self.given["kind"] == "microtubes":
            return min(float(a - b) / 2 for a, b in zip(raised[::2], raised[1::2], strict=True))
        if self.given["kind"] == "trenches":
            return float(raised[0])
        return 0.0 if raised[0].is_empty else 2 * _inscribed(raised[0])

    def space(self, back: float) -> float:
        """Return the smallest distance between facing edges at the thinnest section, um."""
        raised, openings = self.plan(back)
        if openings:
            return 2 * _inscribed(openings[0])
        if self.given["kind"] == "trenches":
            return float(self.pitch - raised[0])
        if self.given["kind"] == "microtubes":
            between = [(raised[k] - raised[k + 1]) / 2 for k in range(1, len(raised) - 1, 2)]
            return float(min(self.pitch - raised[0], raised[-1], *between))
        return self.apart(raised[0])

    def wall(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the ends of the sharp wall in (rho, z), um; a through-hole's lies between its two rims."""
        high = self.height - (2 * self.rim if self.through else 0.0)
        lowest = min(0.0, high * self.slope)  # rho counts from the thinnest section
        return np.array([-lowest, high]), np.array([high * self.slope - lowest, 0.0])

    def reach_out(self, distance: float) -> float:
        """Return how far a level reaches out from the thinnest section above the floor film, um."""
        top, foot = self.wall()
        distance = max(distance, 1e-6 * self.pitch)  # a buffer of nothing has no edge to measure
        far = 40 * (abs(top[0]) + abs(foot[0]) + self.height + distance)
        block = shapely.Polygon([(-far, top[1]), top, foot, (-far, 0.0)])
        if self.through:
            return float(block.buffer(distance, quad_segs=128).bounds[2])
        solid = block.union(shapely.box(-far, -far, far, 0.0)).buffer(distance, quad_segs=128)
        above = solid.intersection(shapely.box(-far / 2, distance * (1 + 1e-7), far / 2, far))
        return float(above.bounds[2])

    def wall_shows(self, distance: float) -> bool:
        """Return whether any point of the wall has the floor film below it at a distance, um."""
        if self.through:
            return bool(self.wall()[0][1] > 0)
        top, foot = self.wall()
        along = np.linspace(0, 1, 400, endpoint=False)[:, None]
        points = top + along * (foot - top)
        normal = np.array([self.height, foot[0] - top[0]]) / math.hypot(self.height, foot[0] - top[0])
        return bool(np.any((points + distance * normal)[:, 1] > distance))

    def fits(self, film: float) -> bool:
        """Return whether a film of a thickness, um, leaves space, wall and floor."""
        distance = self.rim + film
        return self.space(self._back) > 2 * self.reach_out(distance) and self.wall_shows(distance)

    @property
    def _back(self) -> float:
        # the eroded relief of an undercut through-hole is 2 rim lower, so it is thicker at its thinnest
        return self.erosion - max(0.0, -2 * self.rim * self.slope if self.through else 0.0)

    def exists(self) -> bool:
        return (
            self.wall_shows(self.rim)
            and self.solid(0.0) > 0
            and self.solid(self._back) > 0
            and self.fits(0.0)
        )

    def reach(self) -> float:
        low, high = 0.0, self.pitch + self.pitch_y + 4 * self.height
        for _ in range(24):
            middle = (low + high) / 2
            low, high = (middle, high) if self.fits(middle) else (low, middle)
        return low


def _scaled(value: Any, factor: float) -> Any:
    if isinstance(value, str):
        return f"{in_um(value) * factor!r} um"
    return value | {"value": _scaled(value["value"], factor)}


def _inscribed(body: Any) -> float:
    if body.is_empty:
        return 0.0
    return float(body.exterior.distance(shapely.Point(0, 0)))


def built(given: dict[str, Any]) -> UnitCell | DesignError:
    try:
        cell = build_cell(read(given))
    except DesignError as error:
        return error
    assert isinstance(cell, UnitCell)
    return cell


def sample(kind: str, count: int) -> list[dict[str, Any]]:
    """Return random reliefs of a kind whose lengths the file allows."""
    rng = random.Random(f"room of {kind}")
    drawn = (random_relief(rng, kind) for _ in range(count))
    return [given for given in drawn if "is outside 0.05 nm" not in str(built(given))]


@every_kind
def test_reliefs_exist_and_reach_as_polygons_and_buffers_say(kind: str) -> None:
    seen = set()
    for given in sample(kind, 24):
        brute, found = Brute(given), built(given)
        seen.add(isinstance(found, UnitCell))
        assert isinstance(found, UnitCell) == brute.exists(), f"{given}\n{found}"
        if isinstance(found, UnitCell):
            reach = found.reach.value / UM
            # chords of circles and buffers; of a gap that nearly closes in itself that is the larger share
            assert reach == pytest.approx(brute.reach(), rel=1e-3, abs=3e-4 * brute.pitch), given
            thinnest = found.thinnest_solid
            assert thinnest is not None
            assert thinnest / UM == pytest.approx(brute.solid(0.0), rel=1e-3), given
    assert seen == {True, False}


@every_kind
def test_what_is_refused_says_what_fits(kind: str) -> None:
    for given in sample(kind, 20):
        error = built(given)
        if isinstance(error, UnitCell):
            continue
        assert len(error.issues) == 1, error
        assert "; use " in str(error)
        try:
            relief = read(given)
        except DesignError:
            continue  # refused before it was built, by what the file states alone
        build = RELIEFS[relief.kind].build
        for key, value, bound, _ in remedies(relief, build):
            assert isinstance(build_cell(changed(relief, key, value)), UnitCell)
            back = value * (0.998 if bound == "at least" else 1.002)
            with pytest.raises(DesignError):
                build_cell(changed(relief, key, back))


@every_kind
def test_every_relief_that_exists_has_areas_volumes_and_drawings(kind: str) -> None:
    for given in sample(kind, 14):
        cell = built(given)
        if isinstance(cell, DesignError):
            continue
        reach, footprint = cell.reach.value, cell.footprint
        assert cell.obstruction(BARE) is None
        assert 0 < cell.solid_volume < footprint * cell.height
        assert cell.periods
        half = 1.25 * max(along_axes(cell.periods)) / UM
        window = shapely.box(-half, -half, half, half)
        volumes, covered = [], []
        for share in (0.0, 0.5, 0.99):
            d = share * reach
            for level in (Level(d, d), Level(d, d * (1 - 1e-11))):
                strips = np.array(cell.strips(level))
                assert np.all(strips >= -1e-9 * footprint), given
                assert strips.sum() == pytest.approx(cell.area(level), rel=1e-6)
                assert np.isfinite(cell.outline(level, 8)).all()
            volumes.append(cell.volume(Level(d, d)))
            cut = cell.from_above(Level(d, d), window)
            covered.append(
                shapely.intersection(cut, border(cell.periods, cell.lattice)).area * UM**2 / footprint
            )
        assert volumes == sorted(volumes)
        assert 0 < covered[0] <= covered[1] <= covered[2] <= 1 + 1e-9
        assert covered[0] < 1


@every_relief
def test_the_wall_between_features_and_its_aspect_ratio(relief: str) -> None:
    numbers = evaluate(design_from_mapping(design(relief))).geometry
    given = RELIEF_SECTIONS[relief]
    if given["kind"] in ("planar", "wave"):
        assert numbers.wall_nm is numbers.wall_aspect_ratio is None
        return
    brute = Brute({"sidewall_angle": "90 deg", "rim_radius": "0 um"} | given)
    assert numbers.wall_nm == pytest.approx(1e3 * brute.solid(0.0), rel=1e-3)
    assert numbers.wall_aspect_ratio == pytest.approx(brute.height / brute.solid(0.0), rel=1e-3)


CASES = {
    "square pillars on a hexagonal lattice, a rim, corner to corner": (
        {"kind": "pillars", "lattice": "hexagonal", "cross_section": "square", "pitch": "4.5 um", "diameter": "1.55 um", "height": "14 um", "rim_radius": "0.3 um"},
        1310.55,
    ),
    "leaning square pillars, sharp, corner to corner": (
        {"kind": "pillars", "lattice": "square", "cross_section": "square", "rotation": "45 deg", "pitch": "4 um", "diameter": "1.5 um", "height": "2 um", "sidewall_angle": "80 deg"},
        None,
    ),
    "a wall at 60 deg with a rim that fits": (
        {"kind": "honeycomb", "pitch": "4 um", "wall": "0.23 um", "depth": "1.5 um", "sidewall_angle": "60 deg", "rim_radius": "0.13 um"},
        None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_corners_and_rims_that_fit(name: str) -> None:
    given, reach = CASES[name]
    cell = built(given)
    assert isinstance(cell, UnitCell)
    brute = Brute({"sidewall_angle": "90 deg", "rim_radius": "0 um"} | given)
    assert cell.reach.value / UM == pytest.approx(brute.reach(), rel=1e-4)
    if reach is not None:
        assert cell.reach.value * 1e9 == pytest.approx(reach, abs=0.01)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"kind": "holes", "lattice": "square", "pitch": "10 um", "diameter": "4 um", "depth": "2 um", "through": True, "rim_radius": "1.2 um"},
            "relief.rim_radius: 1.2 um on both faces does not fit depth 2 um; use less than 1 um",
        ),
        (
            {"kind": "pillars", "lattice": "square", "pitch": "10 um", "diameter": "5 um", "height": "1 um", "sidewall_angle": "95 deg", "rim_radius": "0.95 um"},
            "relief.rim_radius: 950 nm of walls at 95 deg takes 1.0328 um, which does not fit height 1 um; use less than 919.831 nm",
        ),
        (
            {"kind": "honeycomb", "pitch": "4 um", "wall": "0.23 um", "depth": "1.5 um", "sidewall_angle": "60 deg", "rim_radius": "0.2 um"},
            "relief.rim_radius: 0.2 um on both sides of walls at 60 deg takes 230.94 nm, which leaves nothing of wall 230 nm; use less than 199.186 nm",
        ),
    ],
)  # fmt: skip
def test_rims_that_do_not_fit(given: dict[str, Any], message: str) -> None:
    assert str(built(given)) == message


@pytest.mark.parametrize("rim", ["0.2 um", "0.3 um"])
def test_ridges_between_trenches_are_judged_as_walls_of_honeycombs_are(rim: str) -> None:
    shared = {"pitch": "3 um", "depth": "3 um", "sidewall_angle": "95 deg", "rim_radius": rim}
    trenches = built({"kind": "trenches", "width": "2 um", **shared})
    honeycomb = built({"kind": "honeycomb", "wall": "1 um", **shared})
    if isinstance(trenches, UnitCell) and isinstance(honeycomb, UnitCell):
        assert trenches.reach.value == pytest.approx(honeycomb.reach.value, rel=1e-12)
        assert trenches.thinnest_solid == pytest.approx(honeycomb.thinnest_solid)
    else:  # 475 nm are left at the foot, of which rims of 0.3 um take more
        assert str(trenches).startswith(
            "relief.rim_radius: rims of 0.3 um with walls at 95 deg take 654.785 nm of the ridges between "
            "trenches, 475.068 nm thick at the floor; use sidewall_angle at most"
        )
        assert "take 654.785 nm of the walls, 475.068 nm thick at the floor" in str(honeycomb)


def test_undercut_tubes_keep_a_wall_behind_their_rims() -> None:
    tube = {"kind": "microtubes", "lattice": "square", "pitch": "3 um", "outer_diameter": "2.5 um", "wall": "1 um", "height": "3 um", "sidewall_angle": "95 deg"}  # fmt: skip
    assert "take 654.785 nm of the wall of the tubes" in str(built(tube | {"rim_radius": "0.3 um"}))
    assert isinstance(built(tube | {"rim_radius": "0.2 um"}), UnitCell)
