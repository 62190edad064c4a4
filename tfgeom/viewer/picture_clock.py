"""When pictures of the live page are drawn and sent: moves are gathered, and only the last state is drawn."""

import asyncio
from collections.abc import Callable
from typing import Any

SETTLE = 0.03
"""Seconds without a further move before a change is drawn."""
LONGEST_WAIT = 0.3
"""Seconds after which a picture comes although moves do not end."""
AGAIN = (0.4, 1.0)
"""Seconds from the last picture to its repetitions: one sent while the page lays itself out can be lost."""


class PictureClock:
    """Decides when to draw and to send.

    Parameters
    ----------
    draw
        Draws the state as it is.
    send
        Sends the picture that was drawn last.
    reporting
        Wraps what runs without a caller, so that its errors reach the page.
    """

    def __init__(
        self,
        draw: Callable[[], None],
        send: Callable[[], None],
        reporting: Callable[[Callable[[], None]], Callable[[], None]],
    ) -> None:
        self._draw, self._send = draw, send
        self._draw_and_report, self._send_and_report = reporting(self._draw_and_send), reporting(send)
        self._is_wanted = False
        self._drawing: asyncio.Task[None] | None = None
        self._repeating: asyncio.Task[None] | None = None  # kept, else it may be collected while it runs

    def before(self, work: Callable[..., Any]) -> Callable[..., Any]:
        """Return work on what is shown: what waits to be drawn is drawn first."""

        def call(*arguments: Any) -> Any:
            if self._is_wanted:
                self._is_wanted = False
                self._draw_and_send()
            return work(*arguments)

        return call

    def after(self, work: Callable[..., None]) -> Callable[..., None]:
        """Return work after which the state is drawn soon."""

        def call(*arguments: Any) -> None:
            work(*arguments)
            self._is_wanted = True
            if self._drawing is None or self._drawing.done():
                self._drawing = asyncio.get_running_loop().create_task(self._draw_when_settled())

        return call

    def _draw_and_send(self) -> None:
        self._draw()
        self._send()

    async def _draw_when_settled(self) -> None:
        waited = 0.0
        while self._is_wanted:
            self._is_wanted = False
            await asyncio.sleep(SETTLE)
            waited += SETTLE
            if self._is_wanted and waited < LONGEST_WAIT:
                continue
            waited = 0.0
            self._draw_and_report()
        self._repeating = asyncio.get_running_loop().create_task(self._repeat())

    async def _repeat(self) -> None:
        for pause in AGAIN:
            await asyncio.sleep(pause)
            if self._is_wanted:
                return  # a newer one comes
            self._send_and_report()
