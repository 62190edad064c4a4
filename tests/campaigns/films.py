"""The film model on random cells against its references: ``python -m tests.campaigns films``.

Uneven columns with and without sheets against one monolithic system of SUNDIALS; planes against PyBaMM's curves.
"""

import sys

import numpy as np

from tests.benchmarks.speed import Row
from tests.film_oracles.random_columns import miss
from tests.film_oracles.random_planes import curve_misses, random_plane

COLUMNS, PLANES = 60, 40
OF_CAPACITY = 1e-4


def films_table() -> list[Row]:
    """Return a row for each kind of cell with the largest miss."""
    return [_uneven_columns(), _planes()]


def _uneven_columns() -> Row:
    worst, of, least = 0.0, -1, 1.0
    for seed in range(1000, 1000 + COLUMNS):
        off, delivered = miss(seed)
        sys.stderr.write(f"columns {seed}: {off:.1e} of the capacity, {delivered:.3f} delivered\n")
        least = min(least, delivered)
        if not off <= worst:
            worst, of = off, seed
    text = f"{worst:.1e} of the capacity (seed {of}); {least:.2f} and more delivered"
    return Row(
        f"{COLUMNS} cells of uneven columns against SUNDIALS' IDA",
        text,
        f"{OF_CAPACITY:g}",
        bool(worst <= OF_CAPACITY),
    )


def _planes() -> Row:
    worst, of = 0.0, -1
    for seed in range(2000, 2000 + PLANES):
        off = max(curve_misses(random_plane(np.random.default_rng(seed)), [0.1, 0.5, 2.0, 10.0, 30.0]))
        sys.stderr.write(f"plane {seed}: {off * 1e3:.2g} mV\n")
        if not off <= worst:
            worst, of = off, seed
    text = f"{worst * 1e3:.2g} mV (seed {of}), up to 99 % of what is delivered"
    return Row(f"{PLANES} planes at five rates against PyBaMM", text, "1 mV", bool(worst <= 1e-3))
