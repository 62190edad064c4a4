"""``tfgeom mesh``, run in this process, and the numbers it leaves beside its file."""

import json
from pathlib import Path
from typing import Any

from tests.commands import run
from tfgeom.mesh_files import sidecar_of
from tfgeom.meshing.element_choices import ELEMENT_SUFFIXES
from tfgeom.meshing.solid_files import SOLID_SUFFIXES

SUFFIXES = (*ELEMENT_SUFFIXES, *SOLID_SUFFIXES)


def mesh(*arguments: object) -> int:
    """Return the exit code of ``tfgeom mesh``."""
    return run("mesh", *arguments)


def sidecar(path: Path) -> dict[str, Any]:
    """Return the JSON beside a mesh file."""
    found: dict[str, Any] = json.loads(sidecar_of(path).read_text(encoding="utf-8"))
    return found
