"""Outlines of films and the numerals beside them, as drawings and pages have them."""

import numpy as np
import pytest
import shapely

from tests.kinds import RELIEFS, unit_cell
from tests.stacks import pearse_stack
from tfgeom.numerals import length, number, percent, unit_text
from tfgeom.report.outline import film_outlines, level_outline


@pytest.mark.parametrize("relief", [name for name in RELIEFS if name not in ("planar", "through-holes")])
def test_outlines_lie_at_the_films_distance_from_the_substrate(relief: str) -> None:
    stack = pearse_stack(unit_cell(relief))
    features = range(-1, 5)
    bare = level_outline(stack.cell, stack.films[0].inner, features, chords=400)
    assert bare[:, 1].min() == pytest.approx(0, abs=1e-9)
    assert bare[:, 1].max() == pytest.approx(stack.cell.height * 1e6)
    ends = [[bare[-1, 0], -1.0], [bare[0, 0], -1.0]]
    substrate = shapely.Polygon(np.concatenate((bare, ends)))
    for film in stack.films:
        points = level_outline(stack.cell, film.outer, features)
        inner_points = points[(points[:, 0] > 0) & (points[:, 0] < 4 * (stack.cell.pitch or 0) * 1e6)]
        distances = shapely.distance(shapely.points(inner_points), substrate)
        assert np.abs(distances - film.outer.top * 1e6).max() < 2e-6


def test_film_outlines_fill_the_space_between_levels() -> None:
    stack = pearse_stack(unit_cell("trenches"))
    assert stack.cell.pitch is not None
    pitch = stack.cell.pitch * 1e6
    window = shapely.box(0, -5, pitch, 20)
    for outline, film in zip(film_outlines(stack, range(-1, 3), chords=2000), stack.films, strict=True):
        area = shapely.Polygon(outline.polygon).intersection(window).area
        assert outline.name == film.layer.name
        # a trench is the same all along: the film's volume is its cross-section times the length
        assert area == pytest.approx(film.volume * 1e18 / pitch, rel=1e-6)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(24.88063, "24.88"), (118.16206, "118.2"), (1.7e-13, "1.7×10⁻¹³"), (-0.0337, "−0.0337"),
     (9.9996, "10"), (12345.6, "12350"), (0.0, "0"), (None, "–"), (1e6, "1×10⁶")],
)  # fmt: skip
def test_numbers_are_shown_with_four_digits(value: float | None, shown: str) -> None:
    assert number(value) == shown


def test_units_are_shown_as_people_write_them() -> None:
    assert unit_text("uAh/cm^2/um") == "µAh/cm²/µm"
    assert unit_text("uohm*cm") == "µΩ·cm"
    assert unit_text("6 um") == "6 µm"
    assert (length(195.0), length(999.99999), length(2610.0)) == ("195 nm", "1 µm", "2.61 µm")
    assert (percent(0.873), percent(1e-9), percent(0.0)) == ("87 %", "< 0.01 %", "0 %")


# --- writing
