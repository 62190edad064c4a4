"""Parameter sweeps: many evaluations of a changed design, into one table.

A sweep lives in a folder (`tfgeom.sweep.folder` says what is in it).  `run_sweep` fills it and goes on where
it stopped; `read_sweep(folder)` is how pages and searches read it, also while it is being filled: ``rows``
with ``parameters`` and ``outputs`` as columns, and ``design(row)`` for the design of any row.
"""

from tfgeom.sweep.folder import StoredSweep, read_sweep
from tfgeom.sweep.run import SweepResult, run_sweep
from tfgeom.sweep.spec import SweepSpec, load_sweep

__all__ = ["StoredSweep", "SweepResult", "SweepSpec", "load_sweep", "read_sweep", "run_sweep"]
