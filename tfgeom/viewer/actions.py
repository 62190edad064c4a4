"""What the controls of the live page do to the designs on it."""

import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from tfgeom.design import dump_design
from tfgeom.errors import DesignError, TfgeomError
from tfgeom.mesh_files import write_mesh_file
from tfgeom.meshing.element_choices import ELEMENT_SUFFIXES
from tfgeom.viewer.callbacks import in_thread
from tfgeom.viewer.closeup import close_up
from tfgeom.viewer.colour_bar import ColourBar, common_ends
from tfgeom.viewer.discharge_fields import offered_rates
from tfgeom.viewer.framing import Frame, Framing
from tfgeom.viewer.legend import legend_entries
from tfgeom.viewer.node_fields import DISCHARGE_FIELDS, FIELDS, LITHIUM
from tfgeom.viewer.numbers import number_rows, shown_name
from tfgeom.viewer.page_state import (
    CONTROLS,
    MESSAGES,
    Sizes,
    asked_view,
    body_entries,
    path_key,
    slider_key,
)
from tfgeom.viewer.saved_picture import Pane, saved_picture
from tfgeom.viewer.shown_design import ShownDesign
from tfgeom.viewer.view import View


class Actions:
    """Reads the controls from the page's state, acts, and says there what came of it.

    Parameters
    ----------
    state
        State of a trame server.
    shown
        One design, or two to stand side by side.

    Raises
    ------
    TfgeomError
        When a design cannot be shown.
    """

    def __init__(self, state: Any, shown: Sequence[ShownDesign]) -> None:
        self.state, self.shown, self.first = state, shown, shown[0]
        self.sizes = [Sizes.of(one.start) for one in shown]
        self._mesh = b""
        self._place: str | None = None
        self._stale: list[ShownDesign] = []
        parameters = [[asdict(parameter) for parameter in sizes.parameters] for sizes in self.sizes]
        start = {"stems": [one.stem for one in shown], "parameters": parameters}
        state.update(CONTROLS | MESSAGES | start | _offered_discharges(shown))
        for index, sizes in enumerate(self.sizes):
            state.update(sizes.entries(index))
        for one in shown:
            one.show(asked_view(state), {})
        for other in shown[1:]:
            other.plotter.camera = self.first.plotter.camera
        for one in shown:
            one.add_scale()
        self.framing = Framing([one.scene for one in shown])
        self.framing.fit(turn=True)
        self._say_what_is_shown()
        state.visible = [body["name"] for body in state.bodies]

    def draw(self) -> None:
        """Draw what the controls ask for; where that is impossible, say why and keep what was good."""
        problems, wrong = [], []
        self._stale = []
        for one in self.shown:
            one.at = float(self.state.at_time)
        ends = self._common_ends()
        for index, one in enumerate(self.shown):
            changes = self.sizes[index].changes
            try:
                one.show(self._view_of(one, changes), changes, ends)
            except TfgeomError as error:
                problems.append(self._of_design(one, error))
                self._stale.append(one)
                if isinstance(error, DesignError):
                    wrong += [path_key(index, issue.path) for issue in error.issues]
        if self.framing.stays_close and self._place is not None:
            self.framing.look_at(self._close_up(self._place), turn=False)
        self.framing.follow()
        with self.state:
            self.state.update({"problem": "\n".join(problems), "wrong_paths": wrong})
            self._say_fields()
            self._say_what_is_shown()

    def fit(self) -> None:
        """Look at everything that is shown, from where the eye is."""
        self.framing.fit()

    def look(self) -> None:
        """Look at everything that is shown, from the front again."""
        self.framing.fit(turn=True)

    def look_at(self, place: str) -> None:
        """Look at a rim or the foot of a wall, cut through the axes, where the films turn."""
        rows = asked_view(self.state).rows
        low, high = self.first.scene.bounds[:, 1]
        axis = self.first.evaluation.cell.charged.cell.plan.has_axis
        share = -low / (high - low) if axis else 0.5 / rows
        with self.state:
            self.state.update({"is_cut": True, "cut_direction": "y", "cut_position": float(f"{share:.3g}")})
        self.draw()
        self._place = place
        self.framing.look_at(self._close_up(place))

    def take_sliders(self) -> None:
        """Set the sizes whose sliders were moved."""
        for design, sizes in enumerate(self.sizes):
            moved = sizes
            for index in range(len(sizes.parameters)):
                moved = moved.slid(index, self.state[slider_key(design, index)])
            self._take(design, moved)

    def take_text(self, design: int, index: int, text: str) -> None:
        """Set a size of a design to a value with its unit, as typed."""
        self._take(design, self.sizes[design].typed(index, text))

    def reset_sizes(self) -> None:
        """Go back to the designs as read."""
        for design, one in enumerate(self.shown):
            self.sizes[design] = Sizes.of(one.start)
            self.state.update(self.sizes[design].entries(design))

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

    async def discharge(self) -> None:
        """Run one discharge of all designs on the page, beside the event loop, and show it."""
        with self.state:
            self.state.update({"failure": "", "is_discharging": True})
        failures, c_rate, are_run = [], float(self.state.c_rate), 0
        try:
            for one in self.shown:
                evaluation = one.evaluation
                try:
                    found = await in_thread(partial(one.run, c_rate))
                except TfgeomError as error:  # the other design may still be run
                    failures.append(self._of_design(one, error))
                    continue
                if one.evaluation.design is evaluation.design:  # else it is the discharge of another
                    one.discharge, are_run = found, are_run + 1
        finally:
            with self.state:
                self.state.update({"is_discharging": False, "failure": "\n".join(failures)})
                if are_run and not self.state.field:
                    self.state.field = LITHIUM
                self._say_fields()
                self.state.discharges_run += are_run  # a change of the view: it is drawn

    def picture(self) -> bytes:
        """Return what is shown as PNG, with names and legend."""
        panes = []
        for one in self.shown:
            one.plotter.reset_camera_clipping_range()
            pixels = np.asarray(one.plotter.screenshot(None, return_img=True))
            name, scene = shown_name(one.evaluation), one.scene
            panes.append(Pane(name, pixels, legend_entries(name, scene.bodies, scene.view, scene.fields)))
        return saved_picture(panes, [replace(bar, note="") for bar in self._bars() if bar is not None])

    def design_text(self) -> str:
        """Return the design that is to be saved as it is shown, as YAML."""
        return dump_design(self._saved.design)

    async def write_mesh(self) -> None:
        """Make a mesh of the design that is to be saved as it is shown, and have the page fetch it."""
        saved = self._saved
        design, view, suffix = saved.design, asked_view(self.state), f".{self.state.mesh_format}"
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
            self.state.mesh_name = f"{saved.stem}{suffix}"
            self.state.meshes_made += 1

    def mesh(self) -> bytes:
        """Return the mesh that was made last."""
        return self._mesh

    @property
    def _saved(self) -> ShownDesign:
        return self.shown[min(int(self.state.saved_design), len(self.shown) - 1)]

    def _take(self, design: int, sizes: Sizes) -> None:
        # only what is new: a slider that moves meanwhile is not put back
        new = sizes.entries(design).items() - self.sizes[design].entries(design).items()
        self.state.update(dict(new))
        self.sizes[design] = sizes

    def _view_of(self, one: ShownDesign, changes: dict[str, str]) -> View:
        """Return the view that a design can show: without a field where its own is not known."""
        view = asked_view(self.state)
        fields = one.fields_of(view.field) if changes == one.changes else None
        return view if fields is not None and view.field in fields.values else replace(view, field=None)

    def _common_ends(self) -> tuple[float, float] | None:
        """Return the ends of the colour bar that all designs share; None where each has its own."""
        asked = [
            (one, self._view_of(one, sizes.changes).field)
            for one, sizes in zip(self.shown, self.sizes, strict=True)
        ]
        known = [one.fields_of(field) for one, field in asked if field is not None]
        several = [fields for fields in known if fields is not None]
        if len(several) < 2 or not self.state.is_common:
            return None
        return common_ends(self.state.field, several)

    def _bars(self) -> list[ColourBar | None]:
        """Return the one colour bar of all designs, or one a design; None for a design without its field."""
        bars = [one.scene.bar for one in self.shown]
        found = [bar for bar in bars if bar is not None]
        if not found:
            return []
        if len({(bar.title, bar.low, bar.high) for bar in found}) != 1:
            return [
                None if bar is None else replace(bar, title=f"{shown_name(one.evaluation)}: {bar.title}")
                for one, bar in zip(self.shown, bars, strict=True)
            ]
        notes = [
            f"{shown_name(one.evaluation)}: {bar.note}" if len(self.shown) > 1 else bar.note
            for one, bar in zip(self.shown, bars, strict=True)
            if bar is not None and bar.note
        ]
        return [replace(found[0], note="; ".join(notes))]

    def _close_up(self, place: str) -> Frame:
        """Return the frame of a place, and put the other designs so that theirs is at the same place."""
        view = asked_view(self.state)
        found = []
        for one in self.shown:
            stack = one.evaluation.cell.charged
            height = int(one.plotter.renderer.GetSize()[1])
            near = close_up(stack, place, height, view.thickness_scale)
            low, high = one.scene.bounds
            x = near.x_um + (view.columns - 1) // 2 * (stack.cell.pitch or 0.0) * 1e6
            y = low[1] + (view.cut.position if view.cut else 0.0) * (high[1] - low[1])
            found.append((np.array((x, y, near.z_um * view.z_scale)), near.half_um))
        for one, (focus, _) in zip(self.shown, found, strict=True):
            one.scene.move(tuple((found[0][0] - focus).tolist()))
        halves = [
            half
            for one, (_, half) in zip(self.shown, found, strict=True)
            if one.evaluation.layers or not any(other.evaluation.layers for other in self.shown)
        ]  # where there are films, these decide
        return Frame(found[0][0], max(halves))

    def _of_design(self, one: ShownDesign, error: TfgeomError) -> str:
        """Return an error in words, with its design where there are two."""
        return f"{one.start.name}: {error}" if len(self.shown) > 1 else str(error)

    def _say_what_is_shown(self) -> None:
        self.state.bodies = body_entries(body for one in self.shown for body in one.scene.bodies)
        self.state.has_places = any(not one.evaluation.cell.charged.cell.is_flat for one in self.shown)
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
        known = set[str]().union(*(one.known_fields for one in self.shown))
        self.state.fields = [name for name in FIELDS if name in known]
        if self.state.field not in known:
            self.state.field = ""
        self.state.moments = [
            {"name": shown_name(one.evaluation), "words": one.discharge.words(one.at)}
            for one in self.shown
            if one.discharge is not None and self.state.field in DISCHARGE_FIELDS
        ]
        self.state.bars = [
            {
                "title": "" if bar is None else bar.title,
                "note": "" if bar is None else bar.note,
                "ticks": [] if bar is None else list(bar.ticks()),
            }
            for bar in self._bars()
        ]


def _offered_discharges(shown: Sequence[ShownDesign]) -> dict[str, Any]:
    """Return the entries of the page's state for the discharges that designs can be watched in."""
    why_not = [one.obstacle_to_discharge for one in shown]
    rates = [f"{rate:g}" for one in shown for rate in offered_rates(one.start.operation)]
    offered = list(dict.fromkeys(rates))
    return {"c_rates": offered, "c_rate": offered[0], "no_discharge": why_not[0] if all(why_not) else ""}
