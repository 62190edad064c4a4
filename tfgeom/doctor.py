"""What this machine runs: what the README asks for, and how to get what is missing."""

import platform
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement

from tfgeom import __version__
from tfgeom.errors import MissingExtraError
from tfgeom.programs import run_program
from tfgeom.rendering import probe_rendering
from tfgeom.report.pdf import find_browser, find_printer

_EXTRAS = {
    "view": "the live page and the view in reports",
    "pdf": "PDF without a browser",
    "sweep": "tables of sweeps as Parquet",
    "dask": "sweeps on the workers of a scheduler",
    "test": "the tests",
    "oracle": "the independent solvers of the tests",
}
_LIBRARIES = {
    "gmsh": "libglu1-mesa libxcursor1 libxft2 libxinerama1 libgomp1 libopengl0",
    "ngsolve": "libquadmath0",
    "weasyprint": "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
}
"""Debian packages without which a Python package is installed and cannot be loaded."""

_LOAD_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the README asks for.

    Attributes
    ----------
    subject
        What it is, in a word or two.
    works
        Whether it is there; None for what is only told.
    sentence
        What was found, or what is missing and how to get it.
    """

    subject: str
    works: bool | None
    sentence: str

    @property
    def line(self) -> str:
        """The finding on one line."""
        state = {None: "", True: "ok", False: "missing"}[self.works]
        return f"{self.subject:10} {state:8} {self.sentence}"


def findings() -> Iterator[Finding]:
    """Yield what this machine runs and can do, in the order in which the README asks for it."""
    yield Finding(
        "tfgeom", None, f"{__version__}, Python {platform.python_version()}, {platform.platform(terse=True)}"
    )
    needs = _requirements()
    if needs is None:
        yield Finding("packages", False, "tfgeom is not installed here; run 'pip install .' in its folder")
        needs = {}
    for extra, wanted in needs.items():
        yield _packages(extra, wanted)
    rendering = probe_rendering(refresh=True)
    yield Finding("pictures", rendering.works, rendering.sentence)
    yield _printer()
    yield _browser()
    yield from filter(None, map(_loading, _LIBRARIES))


def _requirements() -> dict[str, list[Requirement]] | None:
    """Return what tfgeom needs ("" first) and what each extra adds; None where it is not installed."""
    try:
        declared = [Requirement(text) for text in requires("tfgeom") or ()]
    except PackageNotFoundError:
        return None
    found: dict[str, list[Requirement]] = {}
    for extra in ("", *_EXTRAS):
        found[extra] = [
            one
            for one in declared
            if one.name != "tfgeom" and (one.marker.evaluate({"extra": extra}) if one.marker else extra == "")
        ]
    return found


def _packages(extra: str, wanted: Iterable[Requirement]) -> Finding:
    there, missing = [], []
    for one in wanted:
        try:
            found = version(one.name)
        except PackageNotFoundError:
            missing.append(one.name)
            continue
        if one.specifier.contains(found, prereleases=True):
            there.append(f"{one.name} {found}")
        else:
            missing.append(f"{one.name} {one.specifier} (here {found})")
    subject = f"[{extra}]" if extra else "packages"
    purpose = f"{_EXTRAS[extra]}: " if extra else ""
    if missing:
        remedy = f'pip install "tfgeom[{extra}]"' if extra else "pip install ."
        return Finding(subject, False, f"{purpose}{', '.join(missing)}; '{remedy}' installs it")
    return Finding(subject, True, purpose + ", ".join(there))


def _printer() -> Finding:
    try:
        find_printer()
    except MissingExtraError as error:
        return Finding("PDF", False, str(error))
    browser = find_browser()
    return Finding("PDF", True, f"printed by {browser}" if browser else "printed by weasyprint")


def _browser() -> Finding:
    browser = find_browser()
    if browser:
        return Finding("browser", True, f"{browser}, for the tests of pages")
    return Finding("browser", False, "the tests of pages skip; on Debian 'apt-get install chromium' mends it")


def _loading(package: str) -> Finding | None:
    """Return whether an installed package can be loaded, asked in a process of its own; None without it."""
    try:
        found = version(package)
    except PackageNotFoundError:
        return None
    try:
        done = run_program([sys.executable, "-c", f"import {package}"], _LOAD_SECONDS)
    except subprocess.TimeoutExpired:
        return Finding(package, False, f"{found} was not loaded within {_LOAD_SECONDS} s")
    if done.returncode == 0:
        return Finding(package, True, f"{found} can be loaded")
    lacks = re.search(r"lib[\w.+-]+\.so[\w.]*|library '[^']+'", done.stderr)
    return Finding(
        package,
        False,
        f"{found} is installed and cannot be loaded ({lacks[0] if lacks else 'it fails'}); "
        f"on Debian 'apt-get install {_LIBRARIES[package]}' mends it",
    )
