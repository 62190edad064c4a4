"""The cells that the film model is timed on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.film_oracles.cells import SLOPING, Columns, half, lithium

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Beacon:
    """A radio that sleeps and sends, in A/m² and s: 50 nA and 50 uA for 5 ms every 10 s on 3.36 cm²."""

    sleep: float = 50e-9 / 3.36e-4
    pulse: float = 50e-6 / 3.36e-4
    lasts: float = 5e-3
    every: float = 10.0

    def breaks(self, periods: int) -> tuple[Floats, Floats]:
        """Times of the breaks, and the current from each of them on."""
        starts = self.every * np.arange(periods)
        return np.stack([starts, starts + self.lasts], axis=1).ravel(), np.tile(
            [self.pulse, self.sleep], periods
        )


BEACON = Beacon()


def beacon_cell() -> Columns:
    """A cell of the size of Raijmakers', with a constant diffusivity: 8.08 um of LiCoO2, lithium."""
    capacity = 1.64 * 208.3e-2 * 3600
    cathode = half(8.08e-6, 1e-14, capacity, 0.02, "4.2 - 0.3*x - 0.9*exp((x - 1)/0.01)", 4.7)
    return Columns(cathode, lithium(1, 5.75), np.array([344e-4]), (3.0, 5.0))


def columns_on_a_wall(columns: int, sheets: bool = False) -> Columns:
    """A film that thins along a wall and around it: 1.4 to 0.5 um, on a surface of 25 columns around."""
    around = 25
    rows = columns // around
    place = np.repeat(np.linspace(0, 1, rows), around)
    area = np.full(columns, 10.0 / columns)
    areas = (area, area * 1.05, area * 1.1)
    cathode = half((1.4 - 0.9 * place) * 1e-6, 3e-15, 2000.0, 0.05, SLOPING, 8.0, areas=areas)
    found: tuple[tuple[Floats, Floats], ...] = ()
    if sheets:
        laplacian = grid_laplacian(rows, around) * 300.0
        contact = np.arange(around).astype(float)
        found = ((laplacian, contact), (laplacian * 2, contact))
    return Columns(cathode, lithium(columns, 12.0, 10.0), 1e-3 / area, (2.0, 6.0), found)


def grid_laplacian(rows: int, around: int) -> Floats:
    """Conductances of 1 between neighbours up and down, and around a pillar."""
    line = 2 * np.eye(rows) - np.eye(rows, k=1) - np.eye(rows, k=-1)
    line[0, 0] = line[-1, -1] = 1
    ring = 2 * np.eye(around) - np.roll(np.eye(around), 1, axis=1) - np.roll(np.eye(around), -1, axis=1)
    return np.asarray(np.kron(line, np.eye(around)) + np.kron(np.eye(rows), ring))
