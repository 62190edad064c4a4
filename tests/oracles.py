"""Other programs that answer the same questions: missing ones are a failure in CI, elsewhere a skip."""

import importlib
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


def pybamm_or_skip() -> Any:
    os.environ["PYBAMM_DISABLE_TELEMETRY"] = "true"
    return _or_skip("pybamm", "PyBaMM")


def salib_or_skip() -> Any:
    _or_skip("SALib", "SALib")
    return importlib.import_module("SALib.analyze.sobol"), importlib.import_module("SALib.sample.sobol")


def sundials_or_skip() -> Any:
    return _or_skip("sksundae", "scikit-SUNDAE")


def diffsol_or_skip() -> Any:
    return _or_skip("pydiffsol", "pydiffsol")


def _or_skip(module: str, name: str) -> Any:
    try:
        return importlib.import_module(module)
    except (ImportError, OSError) as error:
        reason = f"{name} cannot be loaded ({error}): pip install 'tfgeom[oracle]'"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
