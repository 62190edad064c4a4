"""Films on reliefs: they add up, and what does not fit says where and what would."""

import math
from dataclasses import replace

import pytest

from tests.stacks import PEARSE, layers, pearse_plane, pearse_stack
from tfgeom.errors import DesignError
from tfgeom.films import Stack, stack_films
from tfgeom.geometry.unit_cell import Level, UnitCell
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.honeycomb import honeycomb
from tfgeom.reliefs.microtubes import microtubes
from tfgeom.reliefs.pillars import pillars
from tfgeom.reliefs.planar import planar
from tfgeom.reliefs.trenches import trenches


def test_films_share_their_faces_and_add_up() -> None:
    stack = pearse_stack()
    for inner, outer in zip(stack.films[:-1], stack.films[1:], strict=True):
        assert inner.outer == outer.inner
        assert inner.outer_area == outer.inner_area
    total = sum(film.volume for film in stack.films)
    assert total == pytest.approx(stack.cell.volume(stack.top), rel=1e-12)
    assert stack.gap_after_coating == pytest.approx(3e-6 - 2 * 195e-9)


def test_plane_has_gain_one() -> None:
    plane = pearse_plane()
    assert [plane.capacity_gain(film) for film in plane.films] == pytest.approx([1.0] * 5, rel=1e-14)
    assert plane.gap_after_coating is None


def test_capacity_gain_of_the_published_cell() -> None:
    stack = pearse_stack()
    cathode = stack.first("cathode")
    assert cathode is not None
    assert stack.capacity_gain(cathode) == pytest.approx(9.606, abs=5e-4)


def test_step_coverage_thins_the_floor() -> None:
    stack = pearse_stack(step_coverage=0.8)
    assert stack.top.bottom == pytest.approx(0.8 * stack.top.top)
    full = pearse_stack()
    assert all(thin.volume < film.volume for thin, film in zip(stack.films, full.films, strict=True))


@pytest.mark.parametrize(
    ("relief", "place"),
    [
        (holes(380e-9, 6e-6, 30e-6, "hexagonal"), "the opening"),
        (pillars(2e-6, 2.38e-6, 30e-6, "square"), "the space between neighbours"),
        (microtubes(3e-6, 1.31e-6, 6e-6, 30e-6, "hexagonal"), "the bore"),
        (microtubes(3e-6, 0.5e-6, 3.38e-6, 30e-6, "hexagonal"), "the space between neighbours"),
        (trenches(380e-9, 4e-6, 30e-6), "the opening"),
        (honeycomb(1e-6, 1.38e-6, 30e-6), "the opening"),
    ],
    ids=["holes", "pillars", "bore", "between tubes", "trenches", "honeycomb"],
)
def test_merging_names_layer_place_and_what_fits(relief: object, place: str) -> None:
    # All gaps are 380 nm: the films take 390, the last one (25 nm) may have 20.
    with pytest.raises(DesignError) as caught:
        pearse_stack(relief)  # type: ignore[arg-type]
    (issue,) = caught.value.issues
    assert issue.path == "layers.outer_collector.thickness"
    assert f"the films close {place}: it is 0.38 um wide" in issue.message
    assert "take 0.39 um" in issue.message
    assert "use less than 20 nm here" in issue.remedy
    assert str(caught.value) == f"{issue.path}: {issue.message}; {issue.remedy}"


def test_the_stated_thickness_fits_and_a_little_more_does_not() -> None:
    relief = holes(380e-9, 6e-6, 30e-6, "hexagonal")
    rows = PEARSE[:-1]
    fits = stack_films(relief, layers((*rows, ("current_collector", "outer_collector", "TiN", 19.999e-9))))
    assert fits.gap_after_coating == pytest.approx(2e-12, rel=1e-3)
    with pytest.raises(DesignError, match="close the opening"):
        stack_films(relief, layers((*rows, ("current_collector", "outer_collector", "TiN", 20.001e-9))))


def test_buried_wall_is_said() -> None:
    with pytest.raises(
        DesignError, match=r"bury the wall: it is 0\.1 um high.*use less than 60 nm"
    ) as caught:
        pearse_stack(holes(3e-6, 6e-6, 0.1e-6, "hexagonal"))
    assert caught.value.issues[0].path == "layers.cathode.thickness"


def test_no_room_at_all_for_a_layer() -> None:
    with pytest.raises(DesignError, match=r"use less than .* nm here"):
        pearse_stack(holes(81e-9, 6e-6, 30e-6, "hexagonal"))


def test_plane_never_merges() -> None:
    stack = stack_films(planar(), layers((("cathode", "cathode", "LiV2O5", 1e-3),)))
    assert stack.top == Level(1e-3, 1e-3)


def filled(relief: UnitCell, above: float) -> Stack:
    """Return the Pearse films with an outer collector that fills what is left."""
    made = layers()
    return stack_films(relief, [*made[:-1], replace(made[-1], thickness=above, fills=True)])


@pytest.mark.parametrize(
    ("relief", "solid"),
    [
        (holes(3e-6, 6e-6, 30e-6, "square"), (36 - math.pi * 2.25) * 30e-18),
        (pillars(2e-6, 4e-6, 20e-6, "square"), math.pi * 20e-18),
        (trenches(2e-6, 4e-6, 20e-6), 4 * 2 * 20e-18),
    ],
    ids=["holes", "pillars", "trenches"],
)
def test_a_filling_layer_closes_what_is_left(relief: UnitCell, solid: float) -> None:
    stack = filled(relief, 2e-6)
    # everything below the flat face is either wafer or film
    box = relief.footprint * (relief.height + 170e-9 + 2e-6)
    assert sum(film.volume for film in stack.films) == pytest.approx(box - solid, rel=1e-12)
    last = stack.films[-1]
    assert last.outer_area == relief.footprint
    assert last.inner_area == stack.films[-2].outer_area
    assert stack.gap_after_coating == 0
    assert stack.top.top == pytest.approx(2.17e-6)
    coated = pearse_stack(relief)
    assert [film.volume for film in stack.films[:-1]] == [film.volume for film in coated.films[:-1]]


def test_a_filling_layer_on_the_plane_is_a_film() -> None:
    last = filled(planar(), 25e-9).films[-1]
    assert last.volume == pytest.approx(pearse_plane().films[-1].volume, rel=1e-12)
    assert filled(planar(), 25e-9).gap_after_coating is None


def test_a_filled_through_hole_is_covered_on_both_faces() -> None:
    relief = holes(3e-6, 6e-6, 30e-6, "square", through=True)
    stack = filled(relief, 2e-6)
    box = relief.footprint * (relief.height + 2 * 2.17e-6)
    solid = (36 - math.pi * 2.25) * 30e-18
    assert sum(film.volume for film in stack.films) == pytest.approx(box - solid, rel=1e-12)
    assert stack.films[-1].outer_area == 2 * relief.footprint


def test_nothing_follows_a_filling_layer() -> None:
    made = layers()
    with pytest.raises(ValueError, match="'cathode' fills the relief"):
        stack_films(planar(), [made[0], replace(made[1], fills=True), *made[2:]])
