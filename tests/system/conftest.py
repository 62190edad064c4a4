"""One headless browser for the pages of a module."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from tfgeom.rendering import probe_rendering

FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    chromium = shutil.which("chromium")
    if chromium is None:
        if os.environ.get("CI"):
            pytest.fail("chromium is not installed: apt-get install -y chromium")
        pytest.skip("chromium is not installed, so no page was opened: apt-get install -y chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def rendering() -> None:
    if not probe_rendering().works:
        if os.environ.get("CI"):
            pytest.fail("this machine cannot render")
        pytest.skip("this machine cannot render; so no page was opened")
