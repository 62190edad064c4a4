"""What the live page does: controls in, picture and numbers out.

Moves of sliders are gathered: only the last state is drawn.
"""

import asyncio
import contextlib
import io
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from tfgeom.design import Design, dump_design
from tfgeom.errors import DesignError, OutputError, TfgeomError
from tfgeom.mesh_files import CELL_SUFFIXES, write_mesh_file
from tfgeom.viewer.bodies import scene_bounds
from tfgeom.viewer.callbacks import Callbacks, in_thread
from tfgeom.viewer.fields import FIELDS
from tfgeom.viewer.numbers import number_rows
from tfgeom.viewer.pane import Pane
from tfgeom.viewer.parameters import Parameter, design_parameters
from tfgeom.viewer.view import Cut, View

SETTLE = 0.03
"""Seconds without a further move before a change is drawn."""
_AGAIN = (0.4, 1.0)  # s between the last picture and its repetitions
_LONGEST_WAIT = 0.3  # s: with moves that do not end, pictures come all the same
_BUTTONS_AND_KEYS = (
    "buttonLeft", "buttonMiddle", "buttonRight", "shiftKey", "ctrlKey", "altKey", "metaKey",
)  # fmt: skip
VIEW_KEYS = (
    "visible", "is_cut", "cut_direction", "cut_position", "explode", "thicker", "taller", "columns", "rows",
    "field",
)  # fmt: skip
"""Entries of the page's state that make up the view."""


class Live:
    """State and actions of the live page.

    Parameters
    ----------
    server
        A trame server.
    designs
        One design, or two to stand side by side; sliders change the first.

    Raises
    ------
    TfgeomError
        When a design cannot be computed or shown.
    """

    def __init__(self, server: Any, designs: Iterable[Design]) -> None:
        self.server, self.state = server, server.state
        self.panes = [Pane(design) for design in designs]
        self.parameters: tuple[Parameter, ...] = design_parameters(self.panes[0].start)
        self.views: list[Any] = []
        callbacks = Callbacks(server.state)
        self.reporting, self.beside = callbacks.reporting, callbacks.beside
        self._changes: dict[str, str] = {}
        self._positions: list[float] = []
        self._pending: asyncio.Task[None] | None = None
        self._is_wanted = False
        self._again: asyncio.Task[None] | None = None
        self._mesh = b""
        self._start_state()
        for pane in self.panes:
            pane.show(self.view, {})
        for other in self.panes[1:]:
            other.plotter.camera = self.panes[0].plotter.camera
        for pane in self.panes:
            pane.add_scale()
        self.look()
        self._say_bodies()
        self.state.visible = [body["name"] for body in self.state.bodies]
        self._say_numbers()
        self.state.change(*VIEW_KEYS)(self.reporting(self._on_view))
        if self.parameters:
            self.state.change(*(slider_key(i) for i in range(len(self.parameters))))(
                self.reporting(self._on_sliders)
            )
        server.controller.on_client_connected.add(self.reporting(self.push))
        server.add_protocol_to_configure(self._watch_clients)

    @property
    def view(self) -> View:
        """The view that the controls ask for.

        Raises
        ------
        OutputError
            When a control holds what means nothing.
        """
        state = self.state
        hidden = frozenset(body["name"] for body in state.bodies) - frozenset(state.visible or ())
        return View(
            columns=_count(state.columns),
            rows=_count(state.rows),
            hidden=hidden,
            cut=Cut(state.cut_direction, float(state.cut_position)) if state.is_cut else None,
            explode=float(state.explode),
            thickness_scale=factor(state.thicker),
            z_scale=factor(state.taller),
            field=state.field or None,
        )

    def look(self) -> None:
        """Turn the camera to everything that is shown."""
        first = self.panes[0]
        first.stage.look()
        bounds = scene_bounds([body for pane in self.panes for body in pane.stage.bodies])
        bounds = bounds * np.array([1.0, 1.0, factor(self.state.taller)])
        first.plotter.reset_camera(bounds=bounds.T.ravel().tolist(), render=False)

    def push(self) -> None:
        """Send the picture to the page."""
        for pane, view in zip(self.panes, self.views, strict=True):
            pane.plotter.reset_camera_clipping_range()  # the cameras are one, what they look at is not
            view.update()

    def reset_camera(self) -> None:
        """Look at everything again."""
        self.look()
        self.push()

    def take_text(self, index: int, text: str) -> None:
        """Set a parameter to a value with its unit, as typed."""
        parameter = self.parameters[index]
        self.state[text_key(index)] = text
        self._set(parameter, text.strip())
        with contextlib.suppress(DesignError):  # said when the design is made; the slider stays where it is
            self._place(index, parameter.position_of(text))
        self._want()

    def reset_parameters(self) -> None:
        """Go back to the design as read."""
        self._changes = {}
        for index, parameter in enumerate(self.parameters):
            self._place(index, parameter.position_of(parameter.text))
            self.state[text_key(index)] = parameter.text
        self._want()

    async def solve(self) -> None:
        """Solve for the fields of all designs on the page, beside the event loop."""
        self._settle()
        with self.state:
            self.state.update({"failure": "", "is_solving": True})
        try:
            for pane in self.panes:
                evaluation = pane.evaluation
                fields = await in_thread(pane.solve)
                if pane.evaluation is evaluation:  # else it was changed meanwhile: the field is not its own
                    pane.fields = fields
        finally:
            with self.state:
                self.state.is_solving = False
                self._say_fields()

    def picture(self) -> bytes:
        """Return what is shown as PNG."""
        from PIL import Image

        self._settle()
        shots = [np.asarray(pane.plotter.screenshot(None, return_img=True)) for pane in self.panes]
        height = min(len(shot) for shot in shots)
        stream = io.BytesIO()
        Image.fromarray(np.concatenate([shot[:height] for shot in shots], axis=1)).save(stream, "PNG")
        return stream.getvalue()

    def design_text(self) -> str:
        """Return the first design as it is shown, as YAML."""
        self._settle()
        return dump_design(self.panes[0].design)

    async def write_mesh(self) -> None:
        """Make a mesh of the first design as it is shown, and have the page fetch it."""
        self._settle()
        design, view, suffix = self.panes[0].design, self.view, f".{self.state.mesh_format}"
        tiles = None if (view.columns, view.rows) == (1, 1) else f"{view.columns}x{view.rows}"
        what = "films" if suffix in CELL_SUFFIXES else "solids"

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
            self.state.mesh_name = f"{self.panes[0].stem}{suffix}"
            self.state.meshes_made += 1

    def mesh(self) -> bytes:
        """Return the mesh that was made last."""
        return self._mesh

    def _watch_clients(self, protocol: Any) -> None:
        """Have pictures stop flowing to a page that goes away while it turns the cell."""
        from wslink.websocket import LinkProtocol

        live = self

        class Watch(LinkProtocol):  # type: ignore[misc]
            def onClose(self, client_id: str) -> None:  # noqa: N802 - wslink's name
                live.let_go()

        protocol.registerLinkProtocol(Watch())

    def let_go(self) -> None:
        """End a turn of the cell that a page has begun, as when the mouse button goes up.

        VTK would go on with it for the next page, and crash at the end of the program.
        """
        up = dict.fromkeys(_BUTTONS_AND_KEYS, 0)
        for view in self.views:
            number = self.state[f"{view.ref_name}Id"]
            self.server.protocol_call("viewport.mouse.interaction", {"view": number, "action": "up", **up})
            self.server.protocol_call("viewport.image.animation.stop", number)

    def _start_state(self) -> None:
        self.state.update(
            {
                "trame__title": "tfgeom",
                "bodies": [],
                "visible": [],
                "is_cut": True,
                "cut_direction": "y",
                "cut_position": 0.5,
                "explode": 0.0,
                "thicker": 0.0,
                "taller": 0.0,
                "columns": "1",
                "rows": "1",
                "field": "",
                "fields": [],
                "is_solving": False,
                "is_writing": False,
                "mesh_format": "vtu",
                "mesh_name": "",
                "meshes_made": 0,
                "problem": "",
                "wrong_paths": [],
                "failure": "",
                "stem": self.panes[0].stem,
                "headlines": [],
                "parameters": [asdict(parameter) for parameter in self.parameters],
            }
        )
        for index, parameter in enumerate(self.parameters):
            position = parameter.position_of(parameter.text)
            self._positions.append(position)
            self.state[slider_key(index)] = position
            self.state[text_key(index)] = parameter.text

    def _on_view(self) -> None:
        self._want()

    def _on_sliders(self) -> None:
        for index, parameter in enumerate(self.parameters):
            position = self.state[slider_key(index)]
            if position != self._positions[index]:
                self._positions[index] = position
                text = parameter.text_at(float(position))
                self.state[text_key(index)] = text
                self._set(parameter, text)
        self._want()

    def _set(self, parameter: Parameter, text: str) -> None:
        if text == parameter.text:
            self._changes.pop(parameter.path, None)
        else:
            self._changes[parameter.path] = text

    def _place(self, index: int, position: float) -> None:
        self._positions[index] = position
        self.state[slider_key(index)] = position

    def _want(self) -> None:
        """Have the state drawn soon."""
        self._is_wanted = True
        if self._pending is None or self._pending.done():
            self._pending = asyncio.get_running_loop().create_task(self._draw_when_settled())

    async def _draw_when_settled(self) -> None:
        waited = 0.0
        while self._is_wanted:
            self._is_wanted = False
            await asyncio.sleep(SETTLE)
            waited += SETTLE
            if self._is_wanted and waited < _LONGEST_WAIT:
                continue
            waited = 0.0
            self.reporting(self._apply)()
        # a picture sent while the page lays itself out anew can be lost: the last one is sent again
        self._again = asyncio.get_running_loop().create_task(self._push_again())

    async def _push_again(self) -> None:
        for pause in _AGAIN:
            await asyncio.sleep(pause)
            if self._is_wanted:
                return  # a newer one comes
            self.reporting(self.push)()

    def _settle(self) -> None:
        """Draw now what waits to be drawn."""
        if self._is_wanted:
            self._is_wanted = False
            self._apply()

    def _apply(self) -> None:
        problems, wrong = [], []
        for index, pane in enumerate(self.panes):
            try:
                pane.show(self._view_of(pane), self._changes if index == 0 else {})
            except TfgeomError as error:
                name = f"{pane.start.name}: " if len(self.panes) > 1 else ""
                problems.append(f"{name}{error}")
                wrong += [issue.path for issue in error.issues] if isinstance(error, DesignError) else []
        with self.state:
            self.state.problem = "\n".join(problems)
            self.state.wrong_paths = wrong
            self._say_fields()
            self._say_bodies()
            self._say_numbers()
        self.push()

    def _view_of(self, pane: Pane) -> View:
        """Return the view that a pane can show: without a field where its own is not known."""
        view = self.view
        fields = None if pane is self.panes[0] and self._is_changed(pane) else pane.fields
        has_field = fields is not None and view.field in fields.values
        return view if has_field else replace(view, field=None)

    def _is_changed(self, pane: Pane) -> bool:
        return self._changes != pane.changes

    def _say_bodies(self) -> None:
        materials: dict[str, list[str]] = {}
        colours: dict[str, str] = {}
        for pane in self.panes:
            for body in pane.stage.bodies:
                known = materials.setdefault(body.name, [])
                if body.material and body.material not in known:
                    known.append(body.material)
                colours.setdefault(body.name, body.colour)
        self.state.bodies = [
            {
                "name": name,
                "title": ": ".join((name, *filter(None, [" / ".join(known)]))),
                "colour": colours[name],
            }
            for name, known in materials.items()
        ]

    def _say_numbers(self) -> None:
        self.state.headlines = [
            {"name": pane.design.name, "rows": [asdict(row) for row in number_rows(pane.evaluation)]}
            for pane in self.panes
        ]

    def _say_fields(self) -> None:
        known = {name for pane in self.panes if pane.fields is not None for name in pane.fields.values}
        self.state.fields = [name for name in FIELDS if name in known]
        if self.state.field not in known:
            self.state.field = ""


def slider_key(index: int) -> str:
    """Return the entry of the state that holds the position of a slider."""
    return f"slider_{index}"


def text_key(index: int) -> str:
    """Return the entry of the state that holds a parameter as text."""
    return f"text_{index}"


def factor(position: object) -> float:
    """Return the factor at a position of a slider whose ends are powers of ten, to three digits."""
    return float(f"{10 ** float(str(position)):.3g}")


def _count(text: object) -> int:
    if isinstance(text, str) and text.strip().isascii() and text.strip().isdigit() and len(text) < 7:
        return int(text)
    raise OutputError(f"tiles: '{text!s:.20}' is no count; use whole numbers from 1 on")
