"""How often the 95 % intervals of fits hold the truth: 200 synthetic sets of each kind, their noise known."""

import os
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from tests.benchmarks.speed import Row
from tests.fit_sets import SETS

COUNT = 200


def fit_table() -> list[Row]:
    """Return one row a parameter of each kind of set: how many of its intervals hold the truth."""
    rows = []
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for name, sets in SETS.items():
            held = np.array(list(pool.map(_held, [name] * COUNT, range(COUNT), chunksize=20)))
            for parameter, share in zip(sets.parameters, held.mean(axis=0).tolist(), strict=True):
                rows.append(
                    Row(
                        f"{name}; {parameter}: 95 % intervals of {COUNT} sets that hold the truth",
                        f"{share:.1%}",
                        "90 to 98 %",
                        0.90 <= share <= 0.98,
                    )
                )
    return rows


def _held(name: str, seed: int) -> list[bool]:
    return SETS[name].covered(seed)
