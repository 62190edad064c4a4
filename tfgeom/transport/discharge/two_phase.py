"""A film that falls into two phases, with fronts that form at its face, move, meet and vanish.

Lithium is counted on cells that crowd at the wetted face.  Below the limit of the poor phase and above that
of the rich one it diffuses as fast as each phase lets it; in between, where a cell holds both, its driving
force stands still: a front is the cell that is passing from one limit to the other (the enthalpy method; J.
Crank, Free and Moving Boundary Problems, 1984, section 6.2).  So there may be any number of fronts, none is
followed by hand, and what flows out of one cell flows into the next.  While a front passes through a cell its
driving force stays in the middle of it: a surface climbs in small steps, of half a cell in the depth of the
front, 1.7 % of how far it is beyond its limit.

In time by the stiffly accurate method of second order with two like stages (R. Alexander, SIAM J. Numer.
Anal. 14 (1977) 1006), Newton's method within each.  All columns share the steps.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dgtsv

from tfgeom.errors import SolveError
from tfgeom.materials.two_phases import PhaseLimits
from tfgeom.transport.discharge.film_cell import FilmColumns

Floats = NDArray[np.float64]
Both = tuple[Floats, Floats]

CELLS, CROWDING = 160, 5.5
"""The first cell is 0.014 % of the thickness deep; each is 3.5 % of its depth away from the next."""
CELLS_OF_MANY = 80
"""The same where several columns lie beside one another: their stairs do not coincide."""
_GAMMA = 1 - 1 / np.sqrt(2)
_MOST_NEWTON, _WHOLE_NEWTON = 24, 6
_CLOSE = 1e-12  # of a filled fraction: a cell at a limit may change its phase by rounding
_BENDS, _BENDS_LEAST = 0.06, 6e-4  # of how far a surface is beyond its limit, and of a filled fraction
_CROSSED = 4.0  # of the cells at a front, that it may cross in a step
_NEAR, _NEAR_FRONT = 1e-3, 0.05  # of a filled fraction, at the face and anywhere: within it a rate is linear
_LEAST_RESPONSE = 0.1  # of that of the mean
_GROW, _SHRINK, _SAFE = 2.0, 0.4, 0.9
_LEAST_STEP = 1e-9  # of a whole step: shorter ones are taken whatever the surface does
_MOST_STEPS = 20_000


@dataclass(frozen=True, slots=True)
class Phases:
    """What a film of two phases holds.

    Attributes
    ----------
    filled
        At the cells from the wetted face inwards, shape (n, m + 1).
    rate
        Filling rates up to here, 1/s, shape (n,).
    trend
        How fast the surfaces move away from the limits of their phases, 1/s, shape (n,).
    pace
        Step in time that was good enough last, s; infinite at rest.
    """

    filled: Floats
    rate: Floats
    trend: Floats
    pace: float


class TwoPhaseFilm:
    """Lithium in a film that falls into two phases; answers `tfgeom.transport.discharge.responses.Film`.

    Parameters
    ----------
    columns
        Its n columns.
    limits
        What the phases hold, and how fast lithium moves in them.
    cells, crowding
        Cells of a column, less one (by default `CELLS` or `CELLS_OF_MANY`), and the logarithm of how much
        deeper the last is than the first, about.

    Attributes
    ----------
    shares
        Depths of the middles of the cells over the thickness, shape (m + 1,): 0 at the wetted face.
    holds
        Share of its column that each cell holds, shape (n, m + 1): rows sum to one.
    conducts
        Conductances between neighbouring cells over the volume of the column, per unit of diffusivity, 1/m²,
        shape (n, m).
    """

    def __init__(
        self, columns: FilmColumns, limits: PhaseLimits, cells: int | None = None, crowding: float = CROWDING
    ) -> None:
        if cells is None:
            cells = CELLS if columns.thickness.size == 1 else CELLS_OF_MANY
        self.limits = limits
        self.gap = limits.rich - limits.poor
        self.shares = np.sinh(crowding * np.linspace(0.0, 1.0, cells + 1)) / np.sinh(crowding)
        length = np.diff(self.shares)
        middle = columns.area(((self.shares[1:] + self.shares[:-1]) / 2)[:, np.newaxis]).T
        ends = columns.area(self.shares[:, np.newaxis]).T
        # integrals of the area times the hats that fall and rise from one cell to the next
        outer = length / 6 * (ends[:, :-1] + 2 * middle)
        inner = length / 6 * (ends[:, 1:] + 2 * middle)
        holds = np.zeros_like(ends)
        holds[:, :-1] += outer
        holds[:, 1:] += inner
        mean = holds.sum(axis=1, keepdims=True)
        self.holds = holds / mean
        self.conducts = (outer + inner) / (length * columns.thickness[:, np.newaxis]) ** 2 / mean

    def at_rest(self, filled: float | Floats) -> Phases:
        """Return the state of a film whose columns are filled alike throughout, each for itself."""
        still = np.zeros(len(self.holds))
        whole = np.broadcast_to(np.reshape(filled, (-1, 1)), self.holds.shape)
        return Phases(np.array(whole, dtype=np.float64), still, still, np.inf)

    def mean(self, state: Phases) -> Floats:
        """Return the mean filled fraction of each column, shape (n,)."""
        return np.asarray(np.einsum("nk,nk->n", self.holds, state.filled))

    def fronts(self, state: Phases) -> list[Floats]:
        """Return the depths of the fronts of each column over its thickness, from the wetted face inwards."""
        middle = (self.limits.rich + self.limits.poor) / 2
        found = []
        for filled in state.filled:
            over = filled - middle
            at = np.flatnonzero(over[:-1] * over[1:] < 0)
            part = over[at] / (over[at] - over[at + 1])
            found.append(self.shares[at] + part * (self.shares[at + 1] - self.shares[at]))
        return found

    def propagate(self, state: Phases, seconds: float, before: Floats) -> "TwoPhaseFilling":
        """Return the film as it goes from ``state`` for ``seconds``; rates start at ``before``, 1/s."""
        return TwoPhaseFilling(self, state, seconds, np.asarray(before, dtype=np.float64))

    def beyond(self, filled: Floats) -> Floats:
        """Return how far surfaces lie below the poor phase's limit or above the rich one's, shape (n,)."""
        surface = filled[:, 0]
        return np.asarray(
            np.minimum(surface - self.limits.poor, 0.0) + np.maximum(surface - self.limits.rich, 0.0)
        )

    def longest_step(self, filled: Floats, rate: Floats) -> float:
        """Return how long no outermost front crosses more than a few cells, s."""
        rich = filled > (self.limits.rich + self.limits.poor) / 2
        front = np.argmax(rich != rich[:, :1], axis=1)  # 0 where there is none
        moving = (front > 0) & (rate != 0)
        if not np.any(moving):
            return np.inf
        room = _CROSSED * self.gap * self.holds[moving, front[moving] - 1]
        return float(np.min(room / np.abs(rate[moving])))

    def stage(self, base: Both, guess: Floats, step: float, drive: tuple[Floats, float]) -> Both | None:
        """Return y of ``holds (y - base) = step (flows(y) + rate at the face)``, and its derivative.

        Newton's steps have arrived once no cell changes its phase.

        Parameters
        ----------
        base
            What is held before, and its derivative by the rate at the end of the whole step.
        guess
            Where Newton's steps start.
        step
            s.
        drive
            Filling rates, 1/s, shape (n,), and their derivative.

        Returns
        -------
        tuple or None
            None where Newton's steps lead nowhere.
        """
        poor, rich = self.limits.poor, self.limits.rich
        n, nodes = guess.shape
        conducts = step * self.conducts
        lower, upper = np.zeros((n, nodes)), np.zeros((n, nodes))
        sides = np.empty((n, nodes, 2))
        held, sides[:, :, 1] = self.holds * base[0], self.holds * base[1]
        held[:, 0] += step * drive[0]
        sides[:, 0, 1] += step * drive[1]
        filled, below, above = guess, guess < poor, guess > rich
        for turn in range(_MOST_NEWTON):
            slope = self.limits.poor_diffusivity * below + self.limits.rich_diffusivity * above
            # forces are slope (y - limit): what does not depend on y goes to the right-hand side
            fixed = slope * np.where(below, poor, rich)
            flow = conducts * (fixed[:, :-1] - fixed[:, 1:])
            sides[:, :, 0] = held
            sides[:, :-1, 0] += flow
            sides[:, 1:, 0] -= flow
            diagonal = self.holds.copy()
            np.multiply(conducts, -slope[:, :-1], out=lower[:, :-1])
            np.multiply(conducts, -slope[:, 1:], out=upper[:, :-1])
            diagonal[:, :-1] -= lower[:, :-1]
            diagonal[:, 1:] -= upper[:, :-1]
            *_, found, fault = dgtsv(
                lower.ravel()[:-1], diagonal.ravel(), upper.ravel()[:-1], sides.reshape(-1, 2)
            )
            both = found.reshape(sides.shape)
            there = both[:, :, 0]
            if fault or not np.all(np.isfinite(there)):
                return None
            kept = np.array_equal(there < poor, below) and np.array_equal(there > rich, above)
            if kept or float(np.max(np.abs(there - filled))) < _CLOSE:
                return there, both[:, :, 1]
            # cells that pass from phase to phase and back again come to rest between whole steps
            filled = there if turn < _WHOLE_NEWTON else (filled + there) / 2
            below, above = filled < poor, filled > rich
        return None


class TwoPhaseFilling:
    """A film of two phases part of the way through a step; answers `...responses.Filling`."""

    def __init__(self, film: TwoPhaseFilm, state: Phases, seconds: float, before: Floats) -> None:
        self._film, self._state, self._seconds, self._before = film, state, seconds, before
        self._found: tuple[Phases, Floats] | None = None
        self._lengths: tuple[float, ...] = ()

    def surface(self, rate: Floats) -> Both:
        """Return filled fractions at the wetted faces at the end of the step, and their derivatives."""
        if self._seconds == 0.0:
            return self._state.filled[:, 0].copy(), np.zeros_like(self._before)
        state, response = self._at(rate)
        surface = state.filled[:, 0] + response[:, 0] * (rate - state.rate)
        # where a front forms or vanishes in the step the derivative may come out negative; while the face is
        # between both phases it is as steep as the first cell is thin, though nothing comes of it
        limits, mean = self._film.limits, 0.5 * self._seconds
        passing = (surface > limits.poor) & (surface < limits.rich)
        return surface, np.where(passing, mean, np.maximum(response[:, 0], _LEAST_RESPONSE * mean))

    def settle(self, rate: Floats) -> Phases:
        """Return the state at the end of the step."""
        if self._seconds == 0.0:
            return self._state
        state, response = self._at(rate)
        filled = state.filled + response * (rate - state.rate)[:, np.newaxis]
        return Phases(filled, np.asarray(rate, dtype=np.float64), state.trend, state.pace)

    def _at(self, rate: Floats) -> tuple[Phases, Floats]:
        """Return state and derivative at the end of the step, at this rate or one very near it."""
        if self._found is not None:
            state, response = self._found
            apart = np.abs(response * (rate - state.rate)[:, np.newaxis])
            if float(apart[:, 0].max()) <= _NEAR and float(apart.max()) <= _NEAR_FRONT:
                return self._found
        rates = self._before, np.asarray(rate, dtype=np.float64)
        # the steps of the first rate serve the others, so that the surface follows the rate smoothly
        again = _repeated(self._film, self._state, self._lengths, rates) if self._lengths else None
        if again is None:
            there, response, self._lengths = _gone(self._film, self._state, self._seconds, rates)
            again = there, response
        self._found = again
        return again


def _repeated(
    film: TwoPhaseFilm, state: Phases, lengths: tuple[float, ...], rates: Both
) -> tuple[Phases, Floats] | None:
    """Return a film after these lengths, and its derivative; None where one is too long."""
    both: Both = state.filled, np.zeros_like(state.filled)
    seconds, time, last = sum(lengths), 0.0, film.beyond(state.filled)
    beyond = last
    for length in lengths:
        after = _advanced(film, both, (time, length, seconds), rates)
        if after is None:
            return None
        last, both, time = beyond, after, time + length
        beyond = film.beyond(both[0])
    return Phases(both[0], rates[1], (beyond - last) / lengths[-1], lengths[-1]), both[1]


def _gone(
    film: TwoPhaseFilm, state: Phases, seconds: float, rates: Both
) -> tuple[Phases, Floats, tuple[float, ...]]:
    """Return a film at the end of a step, its derivative by the rates there, and in which lengths it went.

    Raises
    ------
    SolveError
        Where no step, however short, is solved.
    """
    start, end = rates
    both: Both = state.filled, np.zeros_like(state.filled)
    beyond, trend, pace, time = film.beyond(state.filled), state.trend, state.pace, 0.0
    jump = float(np.max(np.abs(start - state.rate), initial=0.0))
    if jump > 0.0:
        pace = min(pace, _BENDS * float(film.holds[:, 0].max()) / jump)
    lengths: list[float] = []
    for _ in range(_MOST_STEPS):
        left = seconds - time
        if left <= 1e-12 * seconds:
            return Phases(both[0], end, trend, pace), both[1], tuple(lengths)
        rate = start + (end - start) * (time / seconds)
        step = min(pace, film.longest_step(both[0], rate), left)
        if left / 2 < step < left:
            step = left / 2
        after = _advanced(film, both, (time, step, seconds), rates)
        if after is None:
            pace = step * _SHRINK
            continue
        there = film.beyond(after[0])
        room = _BENDS_LEAST + _BENDS * np.maximum(np.abs(beyond), np.abs(there))
        bent = float(np.max(np.abs(there - beyond - trend * step) / (2 * room), initial=0.0))
        pace = step * min(_GROW, max(_SHRINK, _SAFE / float(np.sqrt(max(bent, 1e-6)))))
        if bent > 1 and step > _LEAST_STEP * seconds:
            continue
        both, beyond, trend, time = after, there, (there - beyond) / step, time + step
        lengths.append(step)
    raise SolveError("the fronts in a film of two phases were not followed: check its diffusivities")


def _advanced(film: TwoPhaseFilm, both: Both, times: tuple[float, float, float], rates: Both) -> Both | None:
    """Return filled fractions and derivatives one step on; None where it is too long.

    Parameters
    ----------
    film
        The film.
    both
        Filled fractions and their derivatives by the rates at the end of the whole step.
    times
        Since the start of the whole step, of this one, and of the whole, s.
    rates
        Filling rates at the start and at the end of the whole step, 1/s.
    """
    (start, end), (time, step, seconds) = rates, times

    def drive(share: float) -> tuple[Floats, float]:
        part = (time + share * step) / seconds
        return start + (end - start) * part, part

    first = film.stage(both, both[0], _GAMMA * step, drive(_GAMMA))
    if first is None:
        return None
    onwards = (1 - _GAMMA) / _GAMMA
    base = both[0] + onwards * (first[0] - both[0]), both[1] + onwards * (first[1] - both[1])
    return film.stage(base, first[0], _GAMMA * step, drive(1.0))
