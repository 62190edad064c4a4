"""Callbacks of the page whose errors reach it: trame itself would drop them."""

import asyncio
import functools
import sys
import threading
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

from tfgeom.errors import TfgeomError


class Callbacks:
    """Makes callbacks that put what goes wrong in the entry ``failure`` of the page's state.

    Parameters
    ----------
    state
        State of a trame server.
    """

    def __init__(self, state: Any) -> None:
        self.state = state
        self._tasks: set[asyncio.Task[None]] = set()  # else they may be collected while they run

    def reporting(self, work: Callable[..., Any]) -> Callable[..., Any]:
        """Return a callback that puts its errors on the page instead of raising them."""

        @functools.wraps(work)
        def call(*arguments: Any, **_: Any) -> Any:
            try:
                return work(*arguments)
            except Exception as error:  # whatever it is, trame would drop it
                self._say(error)
                return None

        return call

    def beside(self, work: Callable[[], Awaitable[None]]) -> Callable[..., None]:
        """Return a callback that starts a coroutine and returns at once: while it waits, a page is deaf."""

        async def run() -> None:
            try:
                await work()
            except Exception as error:  # whatever it is, asyncio would only log it
                self._say(error)

        def start(*_: Any, **__: Any) -> None:
            task = asyncio.get_running_loop().create_task(run())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        return start

    def _say(self, error: Exception) -> None:
        words = str(error)
        if not isinstance(error, TfgeomError):  # a bug: its traceback goes to the terminal
            traceback.print_exception(error, file=sys.stderr)
            words = f"unexpected error, see the terminal: {type(error).__name__}: {error}"
        with self.state:
            self.state.failure = words


async def in_thread(work: Callable[[], Any]) -> Any:
    """Return what ``work`` returns in a thread of its own, which does not keep the program from ending."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Any] = loop.create_future()

    def settle(result: Any, error: Exception | None) -> None:
        if future.cancelled():
            return
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)

    def run() -> None:
        result, error = None, None
        try:
            result = work()
        except Exception as caught:  # raised again where it is awaited
            error = caught
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, daemon=True).start()
    return await future
