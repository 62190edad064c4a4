"""What the controls of the live page do to the designs on it."""

import io
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from tfgeom.design import dump_design
from tfgeom.errors import DesignError, TfgeomError
from tfgeom.mesh_files import ELEMENT_SUFFIXES, write_mesh_file
from tfgeom.viewer.bodies import scene_bounds
from tfgeom.viewer.callbacks import in_thread
from tfgeom.viewer.node_fields import FIELDS
from tfgeom.viewer.numbers import number_rows, shown_name
from tfgeom.viewer.page_state import (
    CONTROLS,
    MESSAGES,
    Sizes,
    asked_view,
    body_entries,
    scale_factor,
    slider_key,
)
from tfgeom.viewer.shown_design import ShownDesign
from tfgeom.viewer.view import View


class Actions:
    """Reads the controls from the page's state, acts, and says there what came of it.

    Parameters
    ----------
    state
        State of a trame server.
    shown
        One design, or two to stand side by side; sizes change the first.

    Raises
    ------
    TfgeomError
        When a design cannot be shown.
    """

    def __init__(self, state: Any, shown: Sequence[ShownDesign]) -> None:
        self.state, self.shown, self.first = state, shown, shown[0]
        self.sizes = Sizes.of(self.first.start)
        self._mesh = b""
        self._stale: list[ShownDesign] = []
        parameters = [asdict(parameter) for parameter in self.sizes.parameters]
        start = {"stem": self.first.stem, "parameters": parameters}
        state.update(CONTROLS | MESSAGES | start | self.sizes.entries)
        for one in shown:
            one.show(asked_view(state), {})
        for other in shown[1:]:
            other.plotter.camera = self.first.plotter.camera
        for one in shown:
            one.add_scale()
        self.look()
        self._say_what_is_shown()
        state.visible = [body["name"] for body in state.bodies]

    def draw(self) -> None:
        """Draw what the controls ask for; where that is impossible, say why and keep what was good."""
        problems, wrong = [], []
        self._stale = []
        for one in self.shown:
            changes = self.sizes.changes if one is self.first else {}
            try:
                one.show(self._view_of(one, changes), changes)
            except TfgeomError as error:
                problems.append(self._of_design(one, error))
                self._stale.append(one)
                if one is self.first and isinstance(error, DesignError):  # whose sizes the sliders are
                    wrong += [issue.path for issue in error.issues]
        with self.state:
            self.state.update({"problem": "\n".join(problems), "wrong_paths": wrong})
            self._say_fields()
            self._say_what_is_shown()

    def look(self) -> None:
        """Turn the camera to everything that is shown."""
        self.first.scene.look()
        bounds = scene_bounds([body for one in self.shown for body in one.scene.bodies])
        bounds = bounds * np.array([1.0, 1.0, scale_factor(self.state.taller)])
        self.first.plotter.reset_camera(bounds=bounds.T.ravel().tolist(), render=False)

    def take_sliders(self) -> None:
        """Set the sizes whose sliders were moved."""
        sizes = self.sizes
        for index in range(len(sizes.parameters)):
            sizes = sizes.slid(index, self.state[slider_key(index)])
        self._take(sizes)

    def take_text(self, index: int, text: str) -> None:
        """Set a size to a value with its unit, as typed."""
        self._take(self.sizes.typed(index, text))

    def reset_sizes(self) -> None:
        """Go back to the design as read."""
        self.sizes = Sizes.of(self.first.start)
        self.state.update(self.sizes.entries)

    async def solve(self) -> None:
        """Solve for fields and numbers of all designs on the page, beside the event loop."""
        with self.state:
            self.state.update({"failure": "", "is_solving": True})
        failures = []
        try:
            for one in self.shown:
                evaluation = one.evaluation
                try:
                    solved = await in_thread(one.solve)
                except TfgeomError as error:  # the other design may still be solved
                    failures.append(self._of_design(one, error))
                    continue
                if one.evaluation is evaluation:  # else it was changed meanwhile: the solve is not its own
                    one.take(solved)
        finally:
            with self.state:
                self.state.update({"is_solving": False, "failure": "\n".join(failures)})
                self._say_fields()
                self._say_what_is_shown()

    def picture(self) -> bytes:
        """Return what is shown as PNG."""
        from PIL import Image

        shots = [np.asarray(one.plotter.screenshot(None, return_img=True)) for one in self.shown]
        height = min(len(shot) for shot in shots)
        stream = io.BytesIO()
        Image.fromarray(np.concatenate([shot[:height] for shot in shots], axis=1)).save(stream, "PNG")
        return stream.getvalue()

    def design_text(self) -> str:
        """Return the first design as it is shown, as YAML."""
        return dump_design(self.first.design)

    async def write_mesh(self) -> None:
        """Make a mesh of the first design as it is shown, and have the page fetch it."""
        design, view, suffix = self.first.design, asked_view(self.state), f".{self.state.mesh_format}"
        tiles = None if (view.columns, view.rows) == (1, 1) else f"{view.columns}x{view.rows}"
        what = "films" if suffix in ELEMENT_SUFFIXES else "solids"

        def write() -> bytes:
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / f"mesh{suffix}"
                write_mesh_file(design, file, what=what, tiles=tiles)
                return file.read_bytes()

        with self.state:
            self.state.update({"failure": "", "is_writing": True})
        try:
            self._mesh = await in_thread(write)
        finally:
            with self.state:
                self.state.is_writing = False
        with self.state:
            self.state.mesh_name = f"{self.first.stem}{suffix}"
            self.state.meshes_made += 1

    def mesh(self) -> bytes:
        """Return the mesh that was made last."""
        return self._mesh

    def _take(self, sizes: Sizes) -> None:
        # only what is new: a slider that moves meanwhile is not put back
        self.state.update(dict(sizes.entries.items() - self.sizes.entries.items()))
        self.sizes = sizes

    def _view_of(self, one: ShownDesign, changes: dict[str, str]) -> View:
        """Return the view that a design can show: without a field where its own is not known."""
        view = asked_view(self.state)
        fields = one.fields if changes == one.changes else None
        return view if fields is not None and view.field in fields.values else replace(view, field=None)

    def _of_design(self, one: ShownDesign, error: TfgeomError) -> str:
        """Return an error in words, with its design where there are two."""
        return f"{one.start.name}: {error}" if len(self.shown) > 1 else str(error)

    def _say_what_is_shown(self) -> None:
        self.state.bodies = body_entries(body for one in self.shown for body in one.scene.bodies)
        self.state.headlines = [
            {
                "name": shown_name(one.evaluation),
                "is_stale": one in self._stale,
                "rows": [asdict(row) for row in number_rows(one.evaluation)],
                "not_counted": [asdict(left_out) for left_out in one.evaluation.not_counted],
            }
            for one in self.shown
        ]

    def _say_fields(self) -> None:
        known = {name for one in self.shown if one.fields is not None for name in one.fields.values}
        self.state.fields = [name for name in FIELDS if name in known]
        if self.state.field not in known:
            self.state.field = ""
