"""``tfgeom view``: the live page, served to this machine until Ctrl-C.

Pictures are rendered here and sent to the page; the page itself comes from installed packages.
"""

import asyncio
import errno
import logging
import os
import sys
import webbrowser
from collections.abc import Callable, Sequence
from typing import Any

from tfgeom.design import Design
from tfgeom.errors import MissingExtraError, OutputError
from tfgeom.rendering import probe_rendering
from tfgeom.viewer.foreign_requests import refuse_foreign_requests

HOST = "127.0.0.1"
PORT = 8765


def view_designs(
    designs: Sequence[Design],
    host: str = HOST,
    port: int = PORT,
    *,
    open_browser: bool = True,
    timeout: int = 0,
    say: Callable[[str], None] = print,
) -> None:
    """Serve the live page of one design, or of two side by side, until interrupted.

    Parameters
    ----------
    designs
        One or two designs.
    host
        Address to listen on.
    port
        Port to listen on, 0 for any free one.
    open_browser
        Whether to open the page in a browser, where there is a display.
    timeout
        Seconds without a page after which the server ends; 0 for never.
    say
        Told the address of the page.

    Raises
    ------
    MissingExtraError
        When trame or a way to render is missing.
    OutputError
        When the server cannot listen there.
    DesignError, MeshError
        When a design cannot be computed or shown.
    """
    server = _new_server()
    _prepare_rendering()
    from tfgeom.viewer.controls import lay_out_page
    from tfgeom.viewer.live import Live

    live = Live(server, designs)
    lay_out_page(live)

    def ready(**_: Any) -> None:
        name = f"[{host}]" if ":" in host else host
        address = f"http://{name}:{server.port}/"
        say(address)
        if open_browser and _has_display():
            webbrowser.open(address)

    server.controller.on_server_ready.add(ready)
    server.controller.on_server_bind.add(lambda web: _complete(web.app, host))
    try:
        asyncio.run(_serve(server, host, port, timeout))
    except KeyboardInterrupt:
        say("")
    except OSError as error:
        raise _unusable(host, port, error) from error


def _complete(app: Any, host: str) -> None:
    """Add to the web application what trame leaves out."""
    from aiohttp import web

    async def tell_socket(_: Any) -> Any:
        return web.json_response({"sessionURL": "ws://use_host/ws"})

    app.router.add_post(
        "/paraview/", tell_socket
    )  # the page asks there first; without it, an error in its log
    refuse_foreign_requests(app, host)


def _report(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Report what went wrong in the event loop, but not that a page was gone before its picture came."""
    if not isinstance(context.get("exception"), ConnectionResetError):
        loop.default_exception_handler(context)


def tells_more_than_a_lost_page(record: logging.LogRecord) -> bool:
    """Return whether a log record says more than that a page was gone before its answer came."""
    return record.exc_info is None or not isinstance(record.exc_info[1], ConnectionResetError)


async def _serve(server: Any, host: str, port: int, timeout: int) -> None:
    asyncio.get_running_loop().set_exception_handler(_report)
    await server.start(
        host=host,
        port=port,
        timeout=timeout,
        thread=True,  # leaves Ctrl-C to asyncio
        exec_mode="coroutine",
        open_browser=False,
        show_connection_info=False,
        disable_logging=True,
    )


def _new_server() -> Any:
    # trame would read our command line as its own, and wslink greets on stdout
    os.environ["TRAME_ARGS"] = ""
    os.environ["WSLINK_READY_MSG"] = ""
    try:
        import trame.widgets.vtk
        import trame.widgets.vuetify3  # noqa: F401 - installed or not
        from trame.app import get_server
    except ImportError as error:
        raise MissingExtraError('tfgeom view needs: pip install "tfgeom[view]"') from error
    logging.getLogger("wslink").setLevel(logging.CRITICAL)  # it tells of every page that goes away
    logging.getLogger("aiohttp.server").addFilter(tells_more_than_a_lost_page)
    return get_server(client_type="vue3")


def _prepare_rendering() -> None:
    """Choose the way to render before VTK is loaded: without one it would crash the process."""
    rendering = probe_rendering()
    if not rendering.works:
        raise MissingExtraError(rendering.sentence)
    os.environ.update(rendering.environment())


def _has_display() -> bool:
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _unusable(host: str, port: int, error: OSError) -> OutputError:
    if error.errno == errno.EADDRINUSE:
        return OutputError(f"--port {port}: is in use; use another, or --port 0 for any free one")
    if error.errno == errno.EACCES:
        return OutputError(f"--port {port}: may not be used; use one above 1023, or --port 0")
    reason = (error.strerror or str(error)).lower()
    return OutputError(f"--host {host}: cannot be listened on ({reason}); leave it out for {HOST}")
