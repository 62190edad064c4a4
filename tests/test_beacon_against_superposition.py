"""A year of radio pulses: a day at the start, in the middle and at the end of it, held to exact superposition."""

import numpy as np
import pytest

from tests.campaigns.rate_cells import BEACON, beacon_cell
from tests.film_oracles.cells import evaluated, film_cell
from tests.film_oracles.planar_voltage import charge_transfer
from tests.film_oracles.superposition import late_face_filling
from tfgeom.transport.discharge.prescribed import Lithium, Propagation

DAY = 8640
LASTS = np.array([BEACON.lasts, BEACON.every - BEACON.lasts])
CURRENTS = np.array([BEACON.pulse, BEACON.sleep])


def exact_voltage(period: int, times: np.ndarray) -> np.ndarray:
    """Voltage at ``times`` (s within the period, during its pulse), from the sum over what came before."""
    cell = beacon_cell()
    half = cell.cathode
    diffusion = float(half.thickness[0]) ** 2 / half.diffusivity  # type: ignore[operator]
    memory = min(period, int(5 * diffusion / BEACON.every) + 1)
    breaks, currents = BEACON.breaks(memory + 1)
    breaks = breaks - memory * BEACON.every  # this period begins at 0
    charge = period * float(LASTS @ CURRENTS) + times * BEACON.pulse
    earlier = BEACON.sleep / half.capacity if memory < period else 0.0
    face = late_face_filling(
        times, breaks, currents / half.capacity, earlier, half.start + charge / half.capacity, diffusion
    )
    lost = [charge_transfer(half, s, BEACON.pulse, False) for s in face]
    plating = charge_transfer(cell.anode, 0.5, BEACON.pulse, True)
    return np.asarray(
        evaluated(half.potential, np)(face) - np.array(lost) - plating - BEACON.pulse * cell.resistance[0]
    )


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.0, 0.5, 0.98])
def test_days_at_the_start_in_the_middle_and_at_the_end(share: float) -> None:
    film = film_cell(beacon_cell())
    propagation = Propagation(film)
    life = int(film.capacity / float(LASTS @ CURRENTS))
    assert life > 3_000_000  # a year and more
    first = int(share * life)
    found = propagation.periods(propagation.at_rest(), LASTS, CURRENTS, first + np.arange(DAY, dtype=float))
    some = np.array([0, 1, 10, 100, 2000, DAY - 1])
    exact = np.array([exact_voltage(first + k, np.array([1e-9 * BEACON.lasts, BEACON.lasts])) for k in some])
    assert np.abs(found[1][some, 0] - exact[:, 1]).max() < 1e-6
    assert np.abs(found[0][some, 0] - exact[:, 0]).max() < 1e-6
    # the day again, pulse by pulse, from its stored state
    stored = propagation.after_periods(propagation.at_rest(), LASTS, CURRENTS, np.array([float(first)]))
    begun = Lithium(stored.mean[0], stored.amplitudes[0])
    brute = propagation.follow(begun, np.tile(LASTS, DAY), np.tile(CURRENTS, DAY))
    assert brute.ends.reshape(DAY, 2) == pytest.approx(found[1], abs=1e-7)
