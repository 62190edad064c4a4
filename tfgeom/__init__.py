"""tfgeom: from one design file to geometry, films, finite elements and cell estimates, beside the plane.

The public names load what they need when they are first used, so that ``import tfgeom`` is quick.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tfgeom.design import Design, dump_design, load_design
    from tfgeom.errors import TfgeomError
    from tfgeom.evaluate import evaluate
    from tfgeom.report import render_report
    from tfgeom.sweep import run_sweep
    from tfgeom.viewer.notebook import show

__version__ = "0.1.0"

_HOMES = {
    "Design": "tfgeom.design",
    "TfgeomError": "tfgeom.errors",
    "dump_design": "tfgeom.design",
    "evaluate": "tfgeom.evaluate",
    "load_design": "tfgeom.design",
    "render_report": "tfgeom.report",
    "run_sweep": "tfgeom.sweep",
    "show": "tfgeom.viewer.notebook",
}

__all__ = [
    "Design",
    "TfgeomError",
    "__version__",
    "dump_design",
    "evaluate",
    "load_design",
    "render_report",
    "run_sweep",
    "show",
]


class _Package(ModuleType):
    """Keeps `tfgeom.evaluate` the function when the module that defines it is imported."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _HOMES and isinstance(value, ModuleType):
            value = getattr(value, name)
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'tfgeom' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
