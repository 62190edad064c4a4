"""The live page's wiring to trame: entries to actions, pictures to views."""

from collections.abc import Callable, Iterable
from typing import Any

from tfgeom.design import Design
from tfgeom.viewer.actions import Actions
from tfgeom.viewer.callbacks import Callbacks
from tfgeom.viewer.page_state import CONTROLS, slider_key
from tfgeom.viewer.picture_clock import PictureClock
from tfgeom.viewer.shown_design import ShownDesign

_BUTTONS_AND_KEYS = (
    "buttonLeft", "buttonMiddle", "buttonRight", "shiftKey", "ctrlKey", "altKey", "metaKey",
)  # fmt: skip


class Live:
    """A server, what its page can do, and the views that pictures are sent to.

    Parameters
    ----------
    server
        A trame server.
    designs
        One design, or two to stand side by side.

    Raises
    ------
    TfgeomError
        When a design cannot be computed or shown.
    """

    def __init__(self, server: Any, designs: Iterable[Design]) -> None:
        self.server, self.views = server, list[Any]()
        callbacks = Callbacks(server.state)
        self.reporting, self.beside = callbacks.reporting, callbacks.beside
        self.actions = Actions(server.state, [ShownDesign(design) for design in designs])
        self.clock = PictureClock(self.actions.draw, self.send, self.reporting)
        server.state.change(*CONTROLS)(self.reporting(self.clock.after(lambda: None)))
        sliders = [
            slider_key(design, index)
            for design, sizes in enumerate(self.actions.sizes)
            for index in range(len(sizes.parameters))
        ]
        if sliders:
            server.state.change(*sliders)(self.reporting(self.clock.after(self.actions.take_sliders)))
        server.controller.on_client_connected.add(self.reporting(self.send))
        server.add_protocol_to_configure(self._watch_clients)

    def send(self) -> None:
        """Send the pictures to the page."""
        for one, view in zip(self.actions.shown, self.views, strict=True):
            one.plotter.reset_camera_clipping_range()  # the cameras are one, what they look at is not
            view.update()

    def moving_the_eye(self, look: Callable[..., None]) -> Callable[..., None]:
        """Return a callback that looks elsewhere and sends the pictures."""

        def moved(*arguments: Any) -> None:
            look(*arguments)
            self.send()

        return self.reporting(self.clock.before(moved))

    def let_go(self) -> None:
        """End a turn of the cell that a page has begun, as when the mouse button goes up.

        VTK would go on with it for the next page, and crash at the end of the program.
        """
        up = dict.fromkeys(_BUTTONS_AND_KEYS, 0)
        for view in self.views:
            number = self.server.state[f"{view.ref_name}Id"]
            self.server.protocol_call("viewport.mouse.interaction", {"view": number, "action": "up", **up})
            self.server.protocol_call("viewport.image.animation.stop", number)

    def _watch_clients(self, protocol: Any) -> None:
        """Have pictures stop flowing to a page that goes away while it turns the cell."""
        from wslink.websocket import LinkProtocol

        live = self

        class Watch(LinkProtocol):  # type: ignore[misc]
            def onClose(self, client_id: str) -> None:  # noqa: N802 - wslink's name
                live.let_go()

        protocol.registerLinkProtocol(Watch())
