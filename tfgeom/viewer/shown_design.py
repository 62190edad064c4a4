"""One design on the live page: its picture, its numbers, its fields.

A change takes effect as a whole or not at all, so that what is shown is always one possible design.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from tfgeom.bands.whole import BandSettings, with_bands
from tfgeom.design import Design
from tfgeom.errors import TfgeomError, UnsupportedError
from tfgeom.evaluation import evaluate, evaluate_cell
from tfgeom.results import Evaluation
from tfgeom.viewer.annotations import add_scale
from tfgeom.viewer.bodies import plane_tiles
from tfgeom.viewer.discharge_fields import Discharge, film_cell_of
from tfgeom.viewer.node_fields import DISCHARGE_FIELDS, Fields, solved_fields
from tfgeom.viewer.parameters import changed_design, plain_design
from tfgeom.viewer.scene import Scene
from tfgeom.viewer.view import View

_BANDS = BandSettings(256, crossings=0)  # while a size is dragged
_BACKGROUND = "white"
_SIZE = (900, 700)  # until the page says how large it is


class ShownDesign:
    """A design on show.

    Parameters
    ----------
    design
        As read from its file.

    Attributes
    ----------
    evaluation
        That of the last good state; by finite elements once they were solved for it.
    changes
        What was changed of the design as read, by path.
    fields
        Of the design as it is; None before they are solved for.
    discharge
        Of the design as it is; None before it is run.
    at
        Share of the discharge's time that is shown, 0 to 1.
    """

    def __init__(self, design: Design) -> None:
        import pyvista

        self.start = design
        self.evaluation: Evaluation = with_bands(evaluate(design), _BANDS)
        self.fields: Fields | None = None
        self.discharge: Discharge | None = None
        self.at = 0.0
        self._at_once: tuple[Discharge, float, Fields] | None = None
        self.plotter: Any = pyvista.Plotter(off_screen=True, window_size=list(_SIZE))
        self.plotter.set_background(_BACKGROUND)
        substrate = None if design.substrate is None else design.substrate.material
        self.scene = Scene(self.plotter, substrate)
        self._plain = plain_design(design)
        self.changes: dict[str, str] = {}

    @property
    def design(self) -> Design:
        """The design as it is, changes included."""
        return self.evaluation.design

    @property
    def stem(self) -> str:
        """Name for files made of the design, without a suffix."""
        return self.start.origin.stem or "design"

    @cached_property
    def obstacle_to_discharge(self) -> str:
        """Why the design as read has no discharge to show; empty where it has one."""
        try:
            film_cell_of(self.evaluation.cell)
        except TfgeomError as error:
            return str(error)
        return ""

    @property
    def known_fields(self) -> set[str]:
        """Names of the fields that the design as it is can show."""
        found = set() if self.fields is None else set(self.fields.values)
        return found if self.discharge is None else found | set(DISCHARGE_FIELDS)

    def fields_of(self, field: str | None) -> Fields | None:
        """Return the fields that one belongs to, of a discharge at the time that is shown; None before."""
        if field not in DISCHARGE_FIELDS:
            return self.fields
        if self.discharge is None:
            return None
        known = self._at_once
        if known is None or known[:2] != (self.discharge, self.at):
            known = self._at_once = self.discharge, self.at, self.discharge.fields_at(self.at)
        return known[2]

    def show(self, view: View, changes: Mapping[str, str], ends: tuple[float, float] | None = None) -> None:
        """Show a view of the design with changes; on an error everything stays as it was.

        Parameters
        ----------
        view
            What is shown, and how.
        changes
            What differs from the design as read, by path.
        ends
            Values at the ends of a field's colour bar; by default its own smallest and largest.

        Raises
        ------
        TfgeomError
            When the changed design cannot exist, or the view cannot be shown.
        """
        if changes == self.changes:
            self._show(self.evaluation, view, self.fields_of(view.field), ends)
            return
        design = changed_design(self._plain, changes) if changes else self.start
        evaluation = with_bands(evaluate(design), _BANDS)
        self._show(evaluation, view, None, None)
        self.evaluation, self.changes, self.fields = evaluation, dict(changes), None
        self.discharge = self._at_once = None

    def _show(
        self, evaluation: Evaluation, view: View, fields: Fields | None, ends: tuple[float, float] | None
    ) -> None:
        stack = evaluation.cell.charged
        times = plane_tiles(stack)
        piece = replace(view, columns=times * view.columns, rows=times * view.rows)
        self.scene.show(stack, piece, fields, ends)

    def solve(self) -> Evaluation:
        """Return the design as it is, evaluated by finite elements; changes nothing.

        Raises
        ------
        UnsupportedError
            When finite elements cannot solve this kind of cell yet.
        MeshError, SolveError, DesignError
            As `tfgeom.transport.steady.solve_steady`.
        """
        cell = self.evaluation.cell
        obstacle = cell.kind.obstacle_to_elements(cell)
        if obstacle is not None:
            raise UnsupportedError.at("", f"not yet supported: {obstacle}")
        return evaluate_cell(cell, "fem")

    def run(self, c_rate: float) -> Discharge:
        """Return a discharge of the design as it is; changes nothing.

        Raises
        ------
        UnsupportedError, MeshError, SolveError, DesignError
            As `Discharge`.
        """
        return Discharge(self.evaluation.cell, c_rate)

    def take(self, solved: Evaluation) -> None:
        """Show from now on the numbers and the fields of a solve of the design as it is."""
        assert solved.solve is not None
        self.evaluation, self.fields = solved, solved_fields(solved.solve)

    def add_scale(self) -> None:
        """Add scale bar and axes, once."""
        add_scale(self.plotter, backed=True)
