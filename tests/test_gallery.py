"""Drawings of the report: what stands against one costs that one, by name and with its reason."""

import math
import re
from pathlib import Path

import pytest

from tests.design_texts import VALID, designed
from tests.kinds import CELLS, RELIEFS, design, every_relief, stretched
from tests.pages import Page
from tests.solves import solved_films
from tests.stacks import layers
from tests.wires import wires
from tfgeom.cells.kinds import assemble_cell
from tfgeom.design import design_from_mapping
from tfgeom.errors import MeshError, PictureError
from tfgeom.evaluation import evaluate
from tfgeom.films import stack_films
from tfgeom.reliefs import build_cell
from tfgeom.report import gallery, report_html
from tfgeom.report.cross_section import draw_cross_section
from tfgeom.report.current_drawn import drawn_current, magnified_windows
from tfgeom.report.current_section_figure import draw_current_section
from tfgeom.report.gallery import draw_all, draw_pictures
from tfgeom.report.panels import Window
from tfgeom.report.plan_view import draw_plan

DRAWINGS = {
    "draw_cross_section": "cross-section",
    "draw_plan": "view from above",
    "draw_resistance": "parts of the resistance",
    "draw_rates": "capacity and energy against rate",
    "draw_ragone": "energy against power",
    "draw_voltages": "voltage at each rate",
    "draw_losses": "energy lost at each rate",
}


def test_drawings_that_fail_cost_themselves_and_a_note_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = evaluate(designed(tmp_path, VALID))
    for function in DRAWINGS:
        monkeypatch.setattr(gallery, function, _fails)
    page = Page(report_html(found))
    assert not [tag for tag, _ in page.tags if tag == "img"]
    for name in DRAWINGS.values():
        assert f"No picture, {name}: it is too large for paper" in page.text
    assert {"Cross-section", "Resistance", "Rate"} <= set(page.headings)


def _fails(*_: object) -> None:
    raise PictureError("it is too large for paper")


def test_whatever_an_error_is_it_is_a_reason_and_a_fault_says_so() -> None:
    def mesh() -> None:
        raise MeshError("films cross")

    def fault() -> None:
        raise ZeroDivisionError("by zero")

    failed = draw_all({"a": mesh, "b": lambda: None, "c": fault}).failed
    assert failed["a"] == "films cross"
    assert failed["c"] == "a fault of tfgeom, please report it (ZeroDivisionError: by zero)"
    assert set(failed) == {"a", "c"}


@pytest.mark.parametrize(
    ("relief", "cell"), [("pillars", cell) for cell in CELLS] + [(relief, "conformal") for relief in RELIEFS]
)
def test_no_drawing_of_any_kind_fails(relief: str, cell: str) -> None:
    assert draw_pictures(evaluate(design_from_mapping(design(relief, cell)))).failed == {}


@pytest.mark.parametrize("ends", [(0, 0, 0, 1), (0, 1, 1, 0), (0, math.inf, 0, 1), (math.nan, 1, 0, 1)])
def test_a_panel_that_shows_nothing_is_refused(ends: tuple[float, float, float, float]) -> None:
    with pytest.raises(PictureError, match="there is no panel"):
        Window(*ends)


def test_the_section_is_coloured_where_elements_are_wider_than_the_magnified_panel() -> None:
    wide = build_cell(design_from_mapping(design("wave", "geometry only") | {
        "relief": {"kind": "wave", "amplitude": "1 um", "period": "1000 um"}
    }).relief)  # fmt: skip
    stack = stack_films(wide, layers())
    drawn = drawn_current(solved_films(wires(stack)), stack)
    assert drawn is not None
    polygons = drawn.current.polygons
    panel = magnified_windows(drawn)[0]
    assert min(polygons[..., 0].max(axis=1) - polygons[..., 0].min(axis=1)) > panel.width
    told = re.search(r"from ([\d.]+) to ([\d.]+) mA", draw_current_section(drawn).alt)
    assert told is not None
    # nearly flat: the current is that of the plane, 1 mA/cm² at 1 mA/cm² of footprint
    assert [float(end) for end in told.groups()] == pytest.approx([1, 1], rel=0.01)


@every_relief
@pytest.mark.parametrize(("factor", "cell"), [(1e-3, "geometry only"), (3e3, "conformal")])
def test_every_relief_is_drawn_at_extreme_sizes(relief: str, factor: float, cell: str) -> None:
    wafer = {"material": "Si", "thickness": "100 mm"}
    mapping = design(relief, cell) | {"relief": stretched(RELIEFS[relief], factor), "substrate": wafer}
    shown = assemble_cell(design_from_mapping(mapping))
    assert draw_cross_section(shown).uri
    assert (draw_plan(shown) is None) == (relief == "planar")
