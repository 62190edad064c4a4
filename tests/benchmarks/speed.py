"""How fast the first numbers come: closed forms, start of the command line, a cold report."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tests.shipped import PEARSE
from tfgeom.cells.kinds import assemble_cell
from tfgeom.cells.planes import beside_planes
from tfgeom.design import design_from_mapping, load_design, read_mapping
from tfgeom.evaluation import evaluate
from tfgeom.metrics.area_specific_resistance import losses_beside
from tfgeom.metrics.capacity import capacity_numbers
from tfgeom.metrics.coated_relief import geometry_numbers, layer_numbers
from tfgeom.results import Evaluation
from tfgeom.units import MA_PER_CM2


@dataclass(frozen=True)
class Row:
    what: str
    measured: str
    bar: str
    met: bool


def best(work: Callable[[], object], repeats: int) -> float:
    """Return the median of the faster half of several runs, s."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(sorted(times)[: max(1, repeats // 2)])


def closed_numbers(design: object) -> None:
    """Geometry, films, capacity and resistance of the cell and its plane, as `evaluate` does them."""
    cells = beside_planes(assemble_cell(design))  # type: ignore[arg-type]
    capacity_numbers(cells)
    geometry_numbers(cells.cell)
    layer_numbers(cells.cell.made)
    losses_beside(cells, None)


def currents_of(found: Evaluation) -> np.ndarray[Any, Any]:
    """Return the footprint currents of the rate table, A/m²."""
    return np.array([row.footprint_current_mA_cm2 for row in found.rate or ()]) * MA_PER_CM2


def interleaved(first: list[str], second: list[str], repeats: int) -> tuple[float, float]:
    """Return the best-half medians of two commands run in turn, s."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(repeats):
        for command, into in ((first, times[0]), (second, times[1])):
            start = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            into.append(time.perf_counter() - start)
    half = repeats // 2
    return statistics.median(sorted(times[0])[:half]), statistics.median(sorted(times[1])[:half])


def speed_table() -> list[Row]:
    design = load_design(PEARSE)
    mapping, _ = read_mapping(PEARSE)
    assert len(design.operation.c_rates) == 10  # type: ignore[union-attr]
    closed = best(lambda: closed_numbers(design), 200)
    model = evaluate(design).rate_model
    assert model is not None
    planes, currents = model.best_plane, currents_of(evaluate(design))
    assert planes is not None
    best_plane = best(lambda: (planes.at(currents), planes.beaten()), 50)
    fixed = best(lambda: evaluate(design), 100) - best_plane
    loading = best(lambda: design_from_mapping(mapping), 50)
    command, typer = interleaved(
        [sys.executable, "-m", "tfgeom", "--help"], [sys.executable, "-c", "import typer"], 20
    )
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "x.html"
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "tfgeom", "report", str(PEARSE), "-o", str(page)],
            check=True,
            capture_output=True,
        )
        report = time.perf_counter() - start
    return [
        Row("geometry, films, capacity, resistance", f"{closed * 1e3:.2f} ms", "1 ms", closed <= 1e-3),
        Row("evaluate, ten rates, both fixed planes", f"{fixed * 1e3:.1f} ms", "15 ms", fixed <= 15e-3),
        Row(
            "the best plane at them, and where it is beaten",
            f"{best_plane * 1e3:.1f} ms",
            "30 ms",
            best_plane <= 30e-3,
        ),
        Row("loading a design from a mapping", f"{loading * 1e3:.1f} ms", "none", True),
        Row("tfgeom --help over import typer", f"{command / typer:.2f}", "1.5", command / typer <= 1.5),
        Row("tfgeom report, cold", f"{report:.1f} s", "10 s", report <= 10),
    ]
