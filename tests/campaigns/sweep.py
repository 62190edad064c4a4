"""How fast many designs are at once beside one by one: ``python -m tests.campaigns sweep``.

Batches and single evaluations take turns in each round, so that a busy machine slows both; times are those of
the process.  Single evaluations are those of this commit; those of another are timed in its own checkout, with
``PYTHONPATH`` set to that, by ``python -m tests.campaigns.single_evaluation DESIGN N``.
"""

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.benchmarks.speed import Row
from tests.shipped import PEARSE
from tfgeom import evaluate, evaluate_many, load_design
from tfgeom.design import Design, design_from_mapping, read_mapping, set_path

MANY = 10_000
ROUNDS = 3
SINGLES = 10
STORED = ("footprint_capacity_uAh_cm2", "footprint_energy_mWh_cm2", "asr_ohm_cm2")
PARTS = ("inner_collector", "cathode", "cathode_interface", "electrolyte", "anode_interface", "anode")
CLOSED = (*STORED, *(f"asr_by_part_ohm_cm2.{part}" for part in PARTS))
_OF_EACH = ("capacity_uAh_cm2", "energy_mWh_cm2")
_CELLS = (
    "",
    *(
        f"planar_{plane}.{at}."
        for plane in ("same_films", "same_capacity")
        for at in ("at_c_rate", "at_current")
    ),
)
RATED = tuple(f"rate.{rate}C.{cell}{key}" for rate in (1, 10, 100) for cell in _CELLS for key in _OF_EACH)


def designs(n: int, seed: int = 1) -> dict[str, Any]:
    """A table that varies three sizes of a relief of holes and two films; about one in thirty is impossible."""
    rng = np.random.default_rng(seed)
    return {
        "relief.pitch": rng.uniform(4e-6, 8e-6, n),
        "relief.diameter": rng.uniform(1e-6, 5e-6, n),
        "relief.depth": rng.uniform(10e-6, 40e-6, n),
        "layers.cathode.thickness": rng.uniform(30e-9, 180e-9, n),
        "layers.electrolyte.thickness": rng.uniform(30e-9, 100e-9, n),
    }


def constants(n: int, seed: int = 1) -> dict[str, Any]:
    """A table as bands ask for it: constants of materials, a temperature and sizes."""
    rng = np.random.default_rng(seed)
    known = {
        "LiV2O5": {"volumetric_capacity": 1.1e9, "diffusivity": 1e-17, "exchange_current": 0.5},
        "Li2PO2N": {"ionic_conductivity": 6.5e-5, "activation_energy": 53e3},
        "SnNx": {"volumetric_capacity": 5e9, "diffusivity": 1e-17, "exchange_current": 0.5},
        "Ru": {"resistivity": 1e-7},
        "TiN": {"resistivity": 1e-6},
    }
    table = {
        f"materials.{name}.{key}": value * np.exp(rng.uniform(-0.5, 0.5, n))
        for name, values in known.items()
        for key, value in values.items()
    }
    return table | {
        "relief.diameter": rng.normal(3e-6, 50e-9, n),
        "relief.depth": rng.normal(30e-6, 300e-9, n),
        "operation.temperature": rng.normal(298.15, 1.0, n),
    }


def sweep_table() -> list[Row]:
    """Return the rows."""
    design = load_design(PEARSE)
    rated = at_three_rates(design)
    closed_ms, closed_ratio = beside_singles(design, designs(MANY), CLOSED)
    rated_ms, rated_ratio = beside_singles(rated, designs(MANY), RATED)
    samples = statistics.median(
        seconds(lambda: evaluate_many(design, constants(1024), STORED)) for _ in range(ROUNDS)
    )
    return [
        Row("capacity, energy, ASR by part: ms a design", f"{closed_ms:.3f}", "0.3", closed_ms <= 0.3),
        Row("the same over single evaluations", f"1/{1 / closed_ratio:.0f}", "1/100", closed_ratio <= 0.01),
        Row("three currents, cell and both planes: ms a design", f"{rated_ms:.3f}", "1", rated_ms <= 1),
        Row("the same over single evaluations", f"1/{1 / rated_ratio:.0f}", "1/15", rated_ratio <= 1 / 15),
        Row("1024 samples of 14 constants and sizes, s", f"{samples:.2f}", "1", samples <= 1),
    ]


def at_three_rates(design: Design) -> Design:
    """Return a design that discharges at three currents."""
    mapping = set_path(read_mapping(PEARSE)[0], "operation.c_rates", [1, 10, 100])
    assert design.name == mapping["name"]
    return design_from_mapping(mapping)


def beside_singles(design: Design, table: dict[str, Any], outputs: tuple[str, ...]) -> tuple[float, float]:
    """Return the time of a batch, ms a design, and it over that of a single evaluation in the same round."""
    many, ratios = [], []
    evaluate(design)
    for _ in range(ROUNDS):
        single = seconds(lambda: [evaluate(design) for _ in range(SINGLES)]) / SINGLES
        batch = seconds(lambda: evaluate_many(design, table, outputs)) / MANY
        many.append(batch * 1e3)
        ratios.append(batch / single)
        sys.stderr.write(f"single {single * 1e3:.1f} ms, in a batch {batch * 1e3:.4f} ms\n")
    return statistics.median(many), statistics.median(ratios)


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes of the process."""
    start = time.process_time()
    work()
    return time.process_time() - start
