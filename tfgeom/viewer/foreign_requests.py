"""Who may talk to the live page: the page itself, and no other site that the same browser has open."""

import ipaddress
from typing import Any
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches ``host``."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:  # a name of another machine
        return False


def is_own(origin: str | None, asked: str, host: str) -> bool:
    """Return whether a request comes from the page itself.

    Parameters
    ----------
    origin, asked
        The headers ``Origin`` (None without one) and ``Host`` as they came, which anybody may have written.
    host
        What the server listens on.
    """
    try:
        name = urlsplit(f"//{asked}").hostname or ""
        if origin is not None and urlsplit(origin).netloc != asked:
            return False
    except ValueError:  # no address at all, such as [::1
        return False
    return is_loopback(name) or not is_loopback(host)


def refuse_foreign_requests(app: Any, host: str) -> None:
    """Have a web application answer only requests of its own pages.

    A browser lets any site open a socket to 127.0.0.1, and a site may give its own name that address; both
    show in the headers.

    Parameters
    ----------
    app
        An aiohttp application that is not started yet.
    host
        What it will listen on; where that is loopback, requests must name loopback too.
    """
    from aiohttp import web

    @web.middleware  # type: ignore[untyped-decorator]
    async def own_pages_only(request: Any, handler: Any) -> Any:
        if not is_own(request.headers.get("Origin"), request.host, host):
            raise web.HTTPForbidden(text="only the page of tfgeom itself may ask")
        return await handler(request)

    app.middlewares.append(own_pages_only)
