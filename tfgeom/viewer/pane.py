"""One design on the live page: its picture, its numbers, its fields.

A change takes effect as a whole or not at all, so that what is shown is always one possible design.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tfgeom.design import Design
from tfgeom.errors import UnsupportedError
from tfgeom.evaluate import evaluate, fem_obstacle
from tfgeom.model import Model, build_model
from tfgeom.results import Evaluation
from tfgeom.viewer.fields import Fields, solved_fields
from tfgeom.viewer.parameters import changed_design, plain_design
from tfgeom.viewer.stage import Stage, add_scale
from tfgeom.viewer.view import View

_BACKGROUND = "white"
_SIZE = (900, 700)  # until the page says how large it is


class Pane:
    """A design on show.

    Parameters
    ----------
    design
        As read from its file.

    Attributes
    ----------
    design, model, evaluation
        Those of the last good state.
    changes
        What was changed of the design as read, by path.
    fields
        Of the design as it is; None before they are solved for.
    """

    def __init__(self, design: Design) -> None:
        import pyvista

        self.start = self.design = design
        self.model: Model = build_model(design)
        self.evaluation: Evaluation = evaluate(design)
        self.fields: Fields | None = None
        self.plotter: Any = pyvista.Plotter(off_screen=True, window_size=list(_SIZE))
        self.plotter.set_background(_BACKGROUND)
        substrate = None if design.substrate is None else design.substrate.material
        self.stage = Stage(self.plotter, substrate)
        self._plain = plain_design(design)
        self.changes: dict[str, str] = {}

    @property
    def stem(self) -> str:
        """Name for files made of the design, without a suffix."""
        return "design" if self.start.origin.file is None else Path(self.start.origin.file).stem

    def show(self, view: View, changes: Mapping[str, str]) -> None:
        """Show a view of the design with changes; on an error everything stays as it was.

        Raises
        ------
        TfgeomError
            When the changed design cannot exist, or the view cannot be shown.
        """
        if changes == self.changes:
            self.stage.show(self.model.charged, view, self.fields)
            return
        design = changed_design(self._plain, changes) if changes else self.start
        model, evaluation = build_model(design), evaluate(design)
        self.stage.show(model.charged, view, None)
        self.design, self.model, self.evaluation = design, model, evaluation
        self.changes, self.fields = dict(changes), None

    def solve(self) -> Fields:
        """Return the fields of the design as it is, by finite elements; changes nothing.

        Raises
        ------
        UnsupportedError
            When finite elements cannot solve this kind of cell yet.
        MeshError, SolveError, DesignError
            As `tfgeom.model.Model.resistance`.
        """
        model = self.model
        obstacle = fem_obstacle(model)
        if obstacle is not None:
            raise UnsupportedError.at("", f"not yet supported: {obstacle}")
        solved = model.resistance(by_elements=True).solved
        assert solved is not None
        return solved_fields(solved)

    def add_scale(self) -> None:
        """Add scale bar and axes, once."""
        add_scale(self.plotter)
