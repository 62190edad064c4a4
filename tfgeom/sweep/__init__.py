"""Parameter sweeps: many evaluations of a changed design, into one table."""

from tfgeom.sweep.run import SweepResult, run_sweep
from tfgeom.sweep.spec import SweepSpec, load_sweep

__all__ = ["SweepResult", "SweepSpec", "load_sweep", "run_sweep"]
