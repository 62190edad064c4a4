"""A page as PDF: printed by a Chromium browser where there is one, else by weasyprint.

Both read the page from the file, ask nothing of the network and obey the page's print styles.
"""

import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tfgeom.errors import MissingExtraError
from tfgeom.marks import add_mark
from tfgeom.output import replacing
from tfgeom.programs import run_program

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
)
"""Programs that print, the first on the path is taken."""

PRINT_SECONDS = 120.0
"""Longest wait for a browser."""

Printer = Callable[[Path, Path], None]
"""Prints a page (first) to a PDF (second)."""

_REMEDY = 'install Chromium or Chrome, or weasyprint: pip install "tfgeom[pdf]"'


def find_browser() -> str | None:
    """Return the path of a browser that prints pages; None without one."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def find_printer() -> Printer:
    """Return what prints pages on this machine.

    Raises
    ------
    MissingExtraError
        Without a browser and without weasyprint.
    """
    browser = find_browser()
    if browser is None:
        return _weasyprint("no Chromium browser was found")

    def print_page(page: Path, pdf: Path) -> None:
        complaint = _print_by_browser(browser, page, pdf)
        if complaint:
            _weasyprint(f"{browser} did not print the page ({complaint})")(page, pdf)

    return print_page


def write_pdf(page: str | Path, pdf: str | Path, printer: Printer | None = None) -> None:
    """Write a page that is on disk as PDF; an existing file is replaced at once.

    Parameters
    ----------
    page, pdf
        The page to read and the file to write.
    printer
        What `find_printer` found; by default it is looked for.

    Raises
    ------
    MissingExtraError
        When nothing on this machine prints it.
    OutputError
        When the PDF cannot be written there.
    """
    print_page = printer or find_printer()
    with replacing(pdf) as temporary:
        print_page(Path(page).resolve(), temporary.resolve())
        add_mark(temporary, ".pdf")


def _print_by_browser(browser: str, page: Path, pdf: Path) -> str:
    """Print a page; return what went wrong, empty when it is there."""
    with tempfile.TemporaryDirectory(prefix="tfgeom-", ignore_cleanup_errors=True) as profile:
        command = [
            browser,
            "--headless",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            f"--user-data-dir={profile}",
            "--no-pdf-header-footer",
            f"--print-to-pdf={pdf}",
        ]
        if sys.platform != "win32" and os.geteuid() == 0:
            command.append("--no-sandbox")  # Chromium refuses to run as root with it
        try:
            done = run_program([*command, page.as_uri()], PRINT_SECONDS)
        except subprocess.TimeoutExpired:
            return f"not ready within {PRINT_SECONDS:g} s"
        except OSError as error:
            return (error.strerror or str(error)).lower()
    if done.returncode == 0 and pdf.is_file() and pdf.read_bytes()[:5] == b"%PDF-":
        return ""
    lines = done.stderr.strip().splitlines()
    return f"exit {done.returncode}" + (f": {lines[-1][:200]}" if lines else "")


def _weasyprint(otherwise: str) -> Printer:
    """Return the printer of weasyprint; ``otherwise`` says why no browser prints."""
    try:
        import weasyprint
    except ImportError as error:
        raise MissingExtraError(f"--pdf: {otherwise} and weasyprint is not installed; {_REMEDY}") from error
    except OSError as error:  # its own libraries are missing
        raise MissingExtraError(
            f"--pdf: {otherwise} and weasyprint does not load ({str(error).splitlines()[0]}); install "
            "Chromium or Chrome, or what weasyprint needs: on Debian and Ubuntu "
            "'apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0'"
        ) from error

    def print_page(page: Path, pdf: Path) -> None:
        # it warns of styles for screens that it skips
        logging.getLogger("weasyprint").setLevel(logging.ERROR)
        weasyprint.HTML(filename=str(page)).write_pdf(str(pdf))

    return print_page
