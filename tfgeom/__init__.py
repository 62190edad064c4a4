"""tfgeom: from one design file to geometry, films, finite elements and cell estimates, beside the plane.

The public names load what they need when they are first used, so that ``import tfgeom`` is quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tfgeom.batch import evaluate_many
    from tfgeom.design import Design, dump_design, load_design
    from tfgeom.errors import TfgeomError
    from tfgeom.evaluation import evaluate, solve_transport
    from tfgeom.report import render_report
    from tfgeom.sweep import run_sweep
    from tfgeom.viewer.notebook import show

__version__ = "0.1.0"

_HOMES = {
    "Design": "tfgeom.design",
    "TfgeomError": "tfgeom.errors",
    "dump_design": "tfgeom.design",
    "evaluate": "tfgeom.evaluation",
    "evaluate_many": "tfgeom.batch",
    "load_design": "tfgeom.design",
    "render_report": "tfgeom.report",
    "run_sweep": "tfgeom.sweep",
    "show": "tfgeom.viewer.notebook",
    "solve_transport": "tfgeom.evaluation",
}

__all__ = [
    "Design",
    "TfgeomError",
    "__version__",
    "dump_design",
    "evaluate",
    "evaluate_many",
    "load_design",
    "render_report",
    "run_sweep",
    "show",
    "solve_transport",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'tfgeom' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
