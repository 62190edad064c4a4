"""Other programs that answer the same questions: missing ones are a failure in CI, elsewhere a skip."""

import os
from typing import Any

import pytest


def gmsh_or_skip() -> Any:
    try:
        import gmsh
    except (ImportError, OSError) as error:  # the wheel needs system libraries
        reason = f"gmsh cannot be loaded ({error}): pip install 'tfgeom[oracle]', and the libraries it names"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return gmsh


def ngsolve_or_skip() -> Any:
    try:
        import ngsolve
    except (ImportError, OSError) as error:
        reason = (
            f"NGSolve cannot be loaded ({error}): pip install 'tfgeom[oracle]', and the libraries it names"
        )
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return ngsolve
