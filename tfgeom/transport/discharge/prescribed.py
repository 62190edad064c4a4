"""Cells whose columns are alike under prescribed currents: exact at every break, without steps in time.

Each amplitude of a film of constant diffusivity follows a constant current exactly; over a period that
repeats it is a geometric sum, so that a year of pulses is jumped over.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfgeom.transport.discharge.column_voltages import Side
from tfgeom.transport.discharge.film_cell import FilmCell
from tfgeom.transport.discharge.modal_film import EvenFilm, ModalFilm
from tfgeom.transport.discharge.uniform import one_column
from tfgeom.transport.losses import INTERFACE_OF

Floats = NDArray[np.float64]

_GONE = 40.0  # of rate times time: a mode that has decayed
_AT_ONCE = 20_000  # periods whose amplitudes are held in memory
_SEGMENTS = 512  # of a trace that are followed together: they fit a processor's cache


class Lithium(NamedTuple):
    """State of the films: as many as have lithium counted, cathode first.

    Attributes
    ----------
    mean
        Filled fractions, shape (..., e) for e films.
    amplitudes
        Of all modes, shape (..., m).
    """

    mean: Floats
    amplitudes: Floats


class Followed(NamedTuple):
    """Where a trace leads: values at the end of each of its k segments.

    Attributes
    ----------
    starts, ends
        Voltage just after the start and at the end of each segment, V, shape (..., k).
    surfaces, means
        Filled fractions at the faces and in the mean at the ends, shape (..., k, e).
    state
        At the end of the last one.
    """

    starts: Floats
    ends: Floats
    surfaces: Floats
    means: Floats
    state: Lithium


class _FromRest(NamedTuple):
    """Where a trace of k segments leads a cell that was at rest.

    Attributes
    ----------
    leads
        By how much the faces are ahead of the mean at the end of each segment, shape (k, e).
    charged
        Until there, C/m², shape (k,).
    amplitudes
        Of all modes at the end of the last one, shape (m,).
    """

    leads: Floats
    charged: Floats
    amplitudes: Floats


class Propagation:
    """One cell under prescribed currents, A/m² of footprint, positive on discharge.

    Parameters
    ----------
    cell
        Its columns have to be alike, its films of constant diffusivity: see `applies`.

    Raises
    ------
    ValueError
        When they are not.
    """

    def __init__(self, cell: FilmCell) -> None:
        merged = one_column(cell)
        if merged is None:
            raise ValueError("the columns of the cell are not alike")
        sides = [Side(one, cell.temperature, 1) for one in (merged.cathode, merged.anode)]
        self.cell = merged
        self._sides = sides
        self._resistance = float(merged.resistance[0])
        self._films = [side for side in sides if side.film is not None]
        rates, weights, ends = [], [], [0]
        for side in self._films:
            if isinstance(side.film, ModalFilm):
                rates.append(side.film.rates[:, 0])
                weights.append(side.film.weights[:, 0] * side.rate[0])
            elif not isinstance(side.film, EvenFilm):
                raise ValueError(f"{side.electrode.name}: its diffusivity is not constant")
            ends.append(sum(one.size for one in rates))
        self._rates: Floats = np.concatenate([*rates, np.zeros(0)])
        self._weights: Floats = np.concatenate([*weights, np.zeros(0)])  # per A/m² of footprint
        self._ends = ends
        self._kept: tuple[Floats, Floats, _FromRest] | None = None
        self._fill: Floats = np.array([float(side.rate[0]) for side in self._films])

    @classmethod
    def applies(cls, cell: FilmCell) -> bool:
        """Return whether the columns of a cell are alike and its films of constant diffusivity."""
        try:
            cls(cell)
        except ValueError:
            return False
        return True

    def at_rest(self) -> Lithium:
        """Return the cell at its start."""
        start = np.array([side.electrode.start for side in self._films])
        return Lithium(start, np.zeros(self._rates.size))

    def surfaces(self, state: Lithium) -> Floats:
        """Return the filled fractions at the faces, shape (..., e)."""
        leads = [
            state.amplitudes[..., first:last].sum(axis=-1)
            for first, last in zip(self._ends[:-1], self._ends[1:], strict=True)
        ]
        return state.mean + np.stack(leads, axis=-1) if leads else state.mean

    def voltage(self, surfaces: Floats, currents: Floats | float) -> Floats:
        """Return the voltage at the terminals, V.

        Parameters
        ----------
        surfaces
            Filled fractions at the faces, shape (..., e).
        currents
            A/m², in a shape that broadcasts with (...).
        """
        current = np.broadcast_to(np.asarray(currents, dtype=np.float64), surfaces.shape[:-1])
        voltage = -current * self._resistance
        film = 0
        for side in self._sides:
            filled = np.zeros_like(current)
            if side.film is not None:
                filled, film = surfaces[..., film], film + 1
            loss = side.overpotential(filled, current)
            voltage = voltage + side.electrode.sign * side.potential(filled) - loss
        return np.asarray(voltage)

    def drops(
        self, means: Floats, surfaces: Floats, currents: Floats | float
    ) -> dict[tuple[str, str], Floats]:
        """Return what is lost of the voltage at rest at the mean composition, V, by part and mechanism.

        Parameters
        ----------
        means, surfaces
            Filled fractions, shape (..., e).
        currents
            A/m², in a shape that broadcasts with (...).
        """
        current = np.broadcast_to(np.asarray(currents, dtype=np.float64), surfaces.shape[:-1])
        found: dict[tuple[str, str], Floats] = {}
        for row in self.cell.ohmic:
            key = row.part, row.mechanism
            found[key] = found.get(key, 0.0 * current) + row.resistance[0] * current
        film = 0
        for end, side in zip(("cathode", "anode"), self._sides, strict=True):
            filled = np.zeros_like(current)
            found[end, "diffusion"] = np.zeros_like(current)
            if side.film is not None:
                filled, mean = surfaces[..., film], means[..., film]
                lead = side.curve.held_inside(mean, self.cell.temperature) - side.potential(filled)
                found[end, "diffusion"] = side.electrode.sign * lead
                film += 1
            found[INTERFACE_OF[end], "charge_transfer"] = side.overpotential(filled, current)
        return found

    def open_circuit(self, means: Floats) -> Floats:
        """Return the voltage at rest at mean filled fractions, shape (..., e), V."""
        found, film = np.zeros(means.shape[:-1]), 0
        for side in self._sides:
            filled = np.zeros(means.shape[:-1])
            if side.film is not None:
                filled, film = means[..., film], film + 1
            found = found + side.electrode.sign * side.curve.held_inside(filled, self.cell.temperature)
        return found

    def room(self, surfaces: Floats, currents: Floats | float) -> Floats:
        """Return how much the film with the least room can still take or give at its face, shape (...)."""
        current = np.broadcast_to(np.asarray(currents, dtype=np.float64), surfaces.shape[:-1])
        fills = self._fill * current[..., np.newaxis] > 0
        left = np.where(fills, 1 - surfaces, surfaces)
        return np.where(current == 0, np.inf, left.min(axis=-1, initial=np.inf))

    def after(self, state: Lithium, seconds: Floats | float, current: Floats | float) -> Lithium:
        """Return where a constant current leads from a state; all arguments broadcast over (...).

        Parameters
        ----------
        state
            Leading shape (...).
        seconds, current
            s and A/m², of shape (...) or single.
        """
        time = np.asarray(seconds, dtype=np.float64)[..., np.newaxis]
        drive = np.asarray(current, dtype=np.float64)[..., np.newaxis]
        decay, gain = self._factors(time)
        return Lithium(state.mean + self._fill * (time * drive), decay * state.amplitudes + gain * drive)

    def follow(self, state: Lithium, seconds: Floats, currents: Floats) -> Followed:
        """Return where a trace of constant currents leads, segment by segment.

        Parameters
        ----------
        state
            Where it begins; of leading shape (...) for as many beginnings at once.
        seconds, currents
            Length and current of each segment, shape (k,).
        """
        return self._led(state, self._from_rest(seconds, currents), seconds, currents)

    def _led(self, state: Lithium, rest: "_FromRest", seconds: Floats, currents: Floats) -> Followed:
        """Return where a trace leads from a state, knowing where it leads from rest."""
        times = np.cumsum(seconds)
        begun = state.amplitudes
        leads = np.array(np.broadcast_to(rest.leads, (*state.mean.shape[:-1], *rest.leads.shape)))
        for begin in range(0, seconds.size, _SEGMENTS):
            part = slice(begin, begin + _SEGMENTS)
            left = self._rates * (times[begin] - seconds[begin]) < _GONE
            if not left.any():
                break
            for film, (first, last) in enumerate(zip(self._ends[:-1], self._ends[1:], strict=True)):
                modes = first + np.flatnonzero(left[first:last])
                fallen = np.exp(-self._rates[modes, np.newaxis] * times[part])
                leads[..., part, film] += begun[..., modes] @ fallen
        means = state.mean[..., np.newaxis, :] + rest.charged[:, np.newaxis] * self._fill
        surfaces = means + leads
        before = np.concatenate([self.surfaces(state)[..., np.newaxis, :], surfaces[..., :-1, :]], axis=-2)
        end = np.exp(-self._rates * times[-1]) * begun + rest.amplitudes
        return Followed(
            self.voltage(before, currents),
            self.voltage(surfaces, currents),
            surfaces,
            means,
            Lithium(means[..., -1, :], end),
        )

    def _from_rest(self, seconds: Floats, currents: Floats) -> "_FromRest":
        """Return where a trace leads from rest."""
        lengths, which = np.unique(seconds, return_inverse=True)
        few = lengths.size * 4 < seconds.size
        known = self._factors(lengths[:, np.newaxis]) if few else None
        amplitudes = np.zeros_like(self._rates)
        leads = np.empty((seconds.size, len(self._films)))
        for begin in range(0, seconds.size, _SEGMENTS):
            part = slice(begin, begin + _SEGMENTS)
            if known is None:
                decays, gains = self._factors(seconds[part, np.newaxis])
            else:
                decays, gains = (one[which[part]] for one in known)
            decays, own = _put_together(decays, gains * currents[part, np.newaxis])
            for film, (first, last) in enumerate(zip(self._ends[:-1], self._ends[1:], strict=True)):
                faded = decays[:, first:last] @ amplitudes[first:last]
                leads[part, film] = faded + own[:, first:last].sum(axis=-1)
            amplitudes = decays[-1] * amplitudes + own[-1]
        return _FromRest(leads, np.cumsum(seconds * currents), amplitudes)

    def _of_period(self, seconds: Floats, currents: Floats) -> "_FromRest":
        """Return where a period leads from rest; the last one is remembered: it is asked for again."""
        kept = self._kept
        if kept is None or not (np.array_equal(kept[0], seconds) and np.array_equal(kept[1], currents)):
            kept = self._kept = seconds.copy(), currents.copy(), self._from_rest(seconds, currents)
        return kept[2]

    def after_periods(self, state: Lithium, seconds: Floats, currents: Floats, counts: Floats) -> Lithium:
        """Return the states after whole periods of a trace, in closed form.

        Parameters
        ----------
        state
            Where the first period begins, no leading shape.
        seconds, currents
            One period, shape (k,).
        counts
            How many whole periods, shape (j,), not negative.

        Returns
        -------
        Lithium
            Of leading shape (j,).
        """
        once = self._of_period(seconds, currents)
        number = np.asarray(counts, dtype=np.float64)[:, np.newaxis]
        falls = self._rates * float(seconds.sum())
        # a geometric sum: y_N = E^N y + g (1 - E^N)/(1 - E)
        gathered = np.expm1(-number * falls) / np.expm1(-falls)
        amplitudes = np.exp(-number * falls) * state.amplitudes + gathered * once.amplitudes
        return Lithium(state.mean + number * (once.charged[-1] * self._fill), amplitudes)

    def steady_after(self, seconds: Floats) -> int:
        """Return the number of periods after which only the means still move."""
        slowest = float(self._rates.min(initial=np.inf))
        return int(np.ceil(_GONE / (slowest * float(seconds.sum())))) if np.isfinite(slowest) else 0

    def periods(
        self, state: Lithium, seconds: Floats, currents: Floats, counts: Floats
    ) -> tuple[Floats, Floats]:
        """Return voltages in chosen periods of a trace that repeats.

        Parameters
        ----------
        state, seconds, currents
            As for `after_periods`.
        counts
            Which periods, counted from 0, increasing, shape (j,).

        Returns
        -------
        tuple of numpy.ndarray
            V just after the start and at the end of each segment, shape (j, k).
        """
        steady, period = self.steady_after(seconds), self._of_period(seconds, currents)
        changing = counts[counts < steady]
        starts, ends = [], []
        for first in range(0, changing.size, _AT_ONCE):
            begun = self.after_periods(state, seconds, currents, changing[first : first + _AT_ONCE])
            found = self._led(begun, period, seconds, currents)
            starts.append(found.starts)
            ends.append(found.ends)
        settled = counts[counts >= steady]
        if settled.size:
            begun = self.after_periods(state, seconds, currents, np.array([steady]))
            found = self._led(Lithium(begun.mean[0], begun.amplitudes[0]), period, seconds, currents)
            moved = (settled - steady)[:, np.newaxis, np.newaxis] * (float(seconds @ currents) * self._fill)
            before = np.concatenate([self.surfaces(begun), found.surfaces[:-1]])
            starts.append(self.voltage(moved + before, currents))
            ends.append(self.voltage(moved + found.surfaces, currents))
        return np.concatenate(starts), np.concatenate(ends)

    def _factors(self, times: Floats) -> tuple[Floats, Floats]:
        """Return the decay of all modes over times of shape (..., 1), and what a unit current adds."""
        falls = self._rates * times
        fall = -np.expm1(-falls)
        return 1 - fall, self._weights * fall / self._rates


def _put_together(decays: Floats, gains: Floats) -> tuple[Floats, Floats]:
    """Return what each of many segments keeps of what was there before the first, and what they leave.

    A segment turns an amplitude a into ``decay a + gain``; two, one after the other, are again such a
    segment, so that ever longer runs are put together from runs of half the length.

    Parameters
    ----------
    decays, gains
        Of each segment and mode, shape (k, m).

    Returns
    -------
    tuple of numpy.ndarray
        Decays and gains of the run from the first segment to each one, shape (k, m).
    """
    decays, gains, length = decays.copy(), gains.copy(), 1
    while length < len(gains):
        gains[length:] += decays[length:] * gains[:-length]  # the product is taken before anything is written
        decays[length:] = decays[length:] * decays[:-length]
        length *= 2
    return decays, gains
