"""The drawings of the report: one that fails costs itself and a note on the page, never the page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tfgeom.errors import TfgeomError
from tfgeom.metrics.curves import cell_curves
from tfgeom.metrics.protocol_curves import protocol_curves
from tfgeom.report.cross_section import draw_cross_section
from tfgeom.report.current_along_figure import draw_current_along
from tfgeom.report.current_drawn import drawn_current
from tfgeom.report.current_section_figure import draw_current_section
from tfgeom.report.curve_figures import draw_losses, draw_voltages
from tfgeom.report.declared_rows import planes_shown
from tfgeom.report.figures import Picture, draw_rates, draw_resistance
from tfgeom.report.load_figure import curves_drawn, draw_load
from tfgeom.report.part_names import part_titles
from tfgeom.report.plan_view import draw_plan
from tfgeom.report.protocol_figure import draw_protocol
from tfgeom.report.stack_drawing import draw_stack
from tfgeom.report.storage import active_heights, draw_ragone
from tfgeom.results import Evaluation, RateNumbers


@dataclass(frozen=True, slots=True)
class Gallery:
    """The drawings of a page by name; one that is in neither has nothing to show.

    Attributes
    ----------
    shown
        Those that could be drawn.
    failed
        Why each of the others could not.
    """

    shown: Mapping[str, Picture]
    failed: Mapping[str, str]

    def __contains__(self, name: str) -> bool:
        """Return whether there is something to show, drawn or not."""
        return name in self.shown or name in self.failed


def draw_all(drawings: Mapping[str, Callable[[], Picture | None]]) -> Gallery:
    """Return drawings by name; what stands against one becomes its reason.

    A fault of our own too costs its picture and says that it is one: what was computed is not lost to it.
    """
    shown: dict[str, Picture] = {}
    failed: dict[str, str] = {}
    for name, draw in drawings.items():
        try:
            picture = draw()
        except TfgeomError as error:
            failed[name] = str(error)
            continue
        except Exception as error:
            failed[name] = f"a fault of tfgeom, please report it ({type(error).__name__}: {error})"
            continue
        if picture is not None:
            shown[name] = picture
    return Gallery(shown, failed)


PICTURES = (
    "cross-section",
    "stack of cells",
    "view from above",
    "parts of the resistance",
    "current in the section",
    "current along the profile",
    "capacity and energy against rate",
    "energy against power",
    "voltage at each rate",
    "energy lost at each rate",
    "voltage under the load",
    "voltage in the protocol",
)
"""Names of all drawings of a report."""


def draw_pictures(evaluation: Evaluation, line: Sequence[RateNumbers] = ()) -> Gallery:
    """Return the drawings of an evaluated design; ``line`` is what its rate curves go through."""
    cell, solve = evaluation.cell, evaluation.solve
    resistance, rates = evaluation.resistance, evaluation.rate
    drawings: dict[str, Callable[[], Picture | None]] = {
        "cross-section": lambda: draw_cross_section(cell),
        "stack of cells": lambda: draw_stack(cell),
        "view from above": lambda: draw_plan(cell),
    }
    if resistance is not None and resistance.asr_ohm_cm2:
        drawings["parts of the resistance"] = lambda: draw_resistance(resistance, part_titles(evaluation))
    current = None if solve is None else drawn_current(solve, cell.charged)
    if current is not None:
        drawings["current in the section"] = lambda: draw_current_section(current)
        drawings["current along the profile"] = lambda: draw_current_along(current)
    if rates:
        planes = tuple(planes_shown(evaluation))
        heights = active_heights(evaluation.cells)
        drawings["capacity and energy against rate"] = lambda: draw_rates(rates, line, planes)
        drawings["energy against power"] = lambda: draw_ragone(rates, heights, line, planes)
        curves = cell_curves(evaluation)
        drawings["voltage at each rate"] = lambda: draw_voltages(curves)
        drawings["energy lost at each rate"] = lambda: draw_losses(curves, part_titles(evaluation))
    if evaluation.loaded is not None:
        limit = evaluation.loaded.task.limit * cell.blueprint.in_series
        drawings["voltage under the load"] = lambda: draw_load(curves_drawn(evaluation), limit)
    if evaluation.cycled is not None:
        drawings["voltage in the protocol"] = lambda: draw_protocol(protocol_curves(evaluation))
    return draw_all(drawings)
