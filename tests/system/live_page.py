"""The live page in a browser, watched: its pictures, and waiting for what they become."""

import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.system.serving import PATIENCE

CATHODE, ANODE = (0x00, 0x72, 0xB2), (0xD5, 0x5E, 0x00)
Pixels = NDArray[np.float64]


@contextmanager
def page_of(browser: Any, address: str) -> Iterator[Any]:
    """Open the page and require that it neither complains nor asks anyone else."""
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda said: complaints.extend([said.text] * (said.type in ("error", "warning"))))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.on("websocket", lambda socket: requests.append(socket.url))
    page.goto(address)
    page.wait_for_selector(".headline td", timeout=PATIENCE * 1000)
    until(lambda: count(picture(page), CATHODE) > 100, "a picture with the cathode")
    yield page
    page.close()
    assert complaints == []
    host = address.removeprefix("http://")
    own = tuple(scheme + host for scheme in ("http://", "ws://", "blob:http://"))
    assert [url for url in requests if not url.startswith((*own, "data:"))] == []


def until(holds: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > end:
            pytest.fail(f"not within {PATIENCE:g} s: {what}")
        time.sleep(0.1)


def picture(page: Any, view: int = 0) -> Pixels:
    from PIL import Image

    shot = page.locator(f".view-{view}").screenshot()
    return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"), dtype=float)


def count(pixels: Pixels, colour: tuple[int, int, int]) -> int:
    """Return how many pixels are of a colour, in light or in shade."""
    direction = np.array(colour) / np.linalg.norm(colour)
    size = np.linalg.norm(pixels, axis=2)
    return int(((pixels @ direction > 0.97 * size) & (size > 60) & (np.ptp(pixels, axis=2) > 60)).sum())
