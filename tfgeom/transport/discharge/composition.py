"""A film whose lithium diffuses as fast as its composition lets it.

On quadratic elements that crowd at the wetted face (`film_grid`), in time by the method RODAS3: linearly
implicit, stiffly accurate, of third order, whose four stages share one matrix and need no Newton steps
(A. Sandu et al., Atmos. Environ. 31 (1997) 3459; E. Hairer, G. Wanner, Solving Ordinary Differential
Equations II, 2nd ed., 1996, section IV.7).  Its embedded second order sets the steps, which all columns
share.

Legendre-Gauss-Lobatto collocation with batched dense inverses was measured beside it: with 12 nodes and 500
columns a step takes 0.6 times as long, but its first node lies 2 % deep, so that it sees nothing of the first
4e-4 L²/D of a pulse, which these elements follow from 1e-5 L²/D on.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import SolveError
from tfgeom.transport.discharge.film_cell import FilmColumns
from tfgeom.transport.discharge.film_grid import FilmGrid, film_grid

Floats = NDArray[np.float64]

_TOLERANCE = 5e-5  # of a filled fraction, a step
_FIRST_BEND = 1e-3  # of a filled fraction, that a surface moves by in the first step after a jump
_NEAR = 2e-4  # of a filled fraction: within it a rate's effect is linear
_LARGEST, _SMALLEST, _SAFETY = 5.0, 0.2, 0.9
_MOST_STEPS = 20_000


class DiffusivityCurve:
    """Diffusivity over the filled fraction, and its integral, by straight pieces between even points.

    Below 0 and above 1 it stays what it is at the end.

    Parameters
    ----------
    values
        Diffusivity at even points from 0 to 1, m²/s.
    """

    def __init__(self, values: Floats) -> None:
        self._cells = len(values) - 1
        self._values = values
        self._rise = np.diff(values)
        self._integral = np.concatenate(([0.0], np.cumsum(values[1:] + values[:-1]))) / (2 * self._cells)

    @property
    def fastest(self) -> float:
        """Largest diffusivity, m²/s."""
        return float(self._values.max())

    def __call__(self, filled: Floats) -> tuple[Floats, Floats]:
        """Return the diffusivity's integral from 0 to the filled fraction, and the diffusivity, m²/s."""
        inside = np.minimum(np.maximum(filled, 0.0), 1.0)
        place = inside * self._cells
        cell = np.minimum(place.astype(np.intp), self._cells - 1)
        share = place - cell
        here = self._values[cell]
        value = here + share * self._rise[cell]
        integral = self._integral[cell] + share * (here + value) / (2 * self._cells)
        return integral + (filled - inside) * value, value


@dataclass(frozen=True, slots=True)
class Composition:
    """What a film holds, at the nodes of its grid; and how it came there.

    Attributes
    ----------
    filled
        Shape (n, nodes).
    rate
        Filling rates up to here, 1/s, shape (n,).
    pace
        Step in time that was good enough last, s; infinite at rest.
    """

    filled: Floats
    rate: Floats
    pace: float


class CompositionFilm:
    """Lithium with a diffusivity of its composition; answers `tfgeom.transport.discharge.responses.Film`.

    Parameters
    ----------
    columns
        Its n columns.
    curve
        Diffusivity over the filled fraction.
    """

    def __init__(self, columns: FilmColumns, curve: DiffusivityCurve) -> None:
        self.grid, self.curve = film_grid(columns), curve
        first = float(self.grid.shares[1]) * float(columns.thickness.min())
        self._shortest = 0.02 * first**2 / curve.fastest
        self._depth = columns.volume / columns.wetted

    def at_rest(self, filled: float | Floats) -> Composition:
        """Return the state of a film whose columns are filled alike throughout, each for itself."""
        n, nodes = self.grid.holds.shape
        whole = np.broadcast_to(np.reshape(filled, (-1, 1)), (n, nodes))
        return Composition(np.array(whole, dtype=np.float64), np.zeros(n), np.inf)

    def mean(self, state: Composition) -> Floats:
        """Return the mean filled fraction of each column, shape (n,)."""
        return np.asarray(np.einsum("nk,nk->n", self.grid.holds, state.filled))

    def propagate(self, state: Composition, seconds: float, before: Floats) -> "CompositionFilling":
        """Return the film as it goes from ``state`` for ``seconds``; rates start at ``before``, 1/s."""
        return CompositionFilling(self, state, seconds, np.asarray(before, dtype=np.float64))

    def first_step(self, state: Composition, before: Floats) -> float:
        """Return a step in time (s) within which a jump of the rates changes surfaces little.

        By ``2 r V/A sqrt(t/(pi D))``, as on a half-space.
        """
        jump = float(np.max(np.abs(before - state.rate) * self._depth, initial=0.0))
        if jump == 0.0:
            return state.pace
        slowest = float(np.min(self.curve(state.filled[:, 0])[1]))
        soon = np.pi * slowest * (_FIRST_BEND / (2 * jump)) ** 2
        return min(state.pace, max(soon, self._shortest))


class CompositionFilling:
    """A film of its composition part of the way through a step; answers `...responses.Filling`."""

    def __init__(self, film: CompositionFilm, state: Composition, seconds: float, before: Floats) -> None:
        self._film, self._state, self._seconds, self._before = film, state, seconds, before
        self._found: tuple[Composition, Floats] | None = None

    def surface(self, rate: Floats) -> tuple[Floats, Floats]:
        """Return filled fractions at the wetted faces at the end of the step, and their derivatives."""
        if self._seconds == 0.0:
            return self._state.filled[:, 0].copy(), np.zeros_like(self._before)
        state, response = self._at(rate)
        return state.filled[:, 0] + response[:, 0] * (rate - state.rate), response[:, 0]

    def settle(self, rate: Floats) -> Composition:
        """Return the state at the end of the step."""
        if self._seconds == 0.0:
            return self._state
        state, response = self._at(rate)
        filled = state.filled + response * (rate - state.rate)[:, np.newaxis]
        return Composition(filled, np.asarray(rate, dtype=np.float64), state.pace)

    def _at(self, rate: Floats) -> tuple[Composition, Floats]:
        """Return state and derivative at the end of the step, at this rate or one near it."""
        if self._found is not None:
            state, response = self._found
            if float(np.max(np.abs(response[:, 0] * (rate - state.rate)), initial=0.0)) <= _NEAR:
                return self._found
        film, rates = self._film, (self._before, np.asarray(rate, dtype=np.float64))
        pace = film.first_step(self._state, self._before)
        filled, response, pace = integrated(
            film.grid, film.curve, self._state.filled, self._seconds, rates, pace
        )
        self._found = Composition(filled, rates[1], pace), response
        return self._found


def integrated(
    grid: FilmGrid,
    curve: DiffusivityCurve,
    filled: Floats,
    seconds: float,
    rates: tuple[Floats, Floats],
    first: float,
) -> tuple[Floats, Floats, float]:
    """Return a film at the end of a step, its derivative by the rate there, and the last step in time.

    Parameters
    ----------
    grid, curve
        Columns and diffusivity.
    filled
        At the nodes at the start, shape (n, nodes).
    seconds
        How long, s.
    rates
        Filling rates at the start and at the end, 1/s, shape (n,) each; linear between.
    first
        First step in time, s.

    Raises
    ------
    SolveError
        Where the steps become too many.
    """
    start, end = rates
    both = np.stack((filled, np.zeros_like(filled)))
    # rates and their derivative by the rate at the end, at the start and per second
    forcing = np.stack((start, np.zeros_like(start)))
    slope = np.stack(((end - start) / seconds, np.full_like(start, 1 / seconds)))
    time, step, pace = 0.0, min(first, seconds), first
    for _ in range(_MOST_STEPS):
        left = seconds - time
        if left <= 1e-12 * seconds:
            return both[0], both[1], pace
        if step >= left * (1 - 1e-9):
            step = left
        elif step > left / 2:
            step = left / 2
        after, error = _rodas3(grid, curve, both, forcing + slope * time, slope * step, step)
        grow = _SAFETY * (_TOLERANCE / error) ** (1 / 3) if error > 0 else _LARGEST
        good = error <= _TOLERANCE
        if good:
            both, time = after, time + step
        pace = step * min(_LARGEST, max(_SMALLEST, grow))
        step = pace
    raise SolveError("the diffusion in a film was not followed in 20000 steps: check its diffusivity")


def _rodas3(
    grid: FilmGrid, curve: DiffusivityCurve, both: Floats, rate: Floats, change: Floats, step: float
) -> tuple[Floats, float]:
    """Return filled fractions and their derivatives after one step, and how far off the first may be.

    Parameters
    ----------
    grid, curve
        Columns and diffusivity.
    both
        Filled fractions and derivatives, shape (2, n, nodes).
    rate, change
        Rates and their derivatives at the start, and how they change over the step, 1/s, shape (2, n).
    step
        s.
    """
    integral, diffusivity = curve(both[0])
    matrix = grid.factored(2 / step, diffusivity)  # gamma = 1/2
    holds = grid.holds / step

    def flows(at: Floats, integral: Floats) -> Floats:
        return grid.flows(np.stack((integral, diffusivity * at[1])))

    def solved(side: Floats, driven: Floats) -> Floats:
        side[..., 0] += driven
        return matrix.solve(side)

    still = flows(both, integral)
    one = solved(still.copy(), rate + 0.5 * change)
    two = solved(still + 4 * holds * one, rate + 1.5 * change)
    there = both + 2 * one
    apart = holds * (one - two)
    three = solved(flows(there, curve(there[0])[0]) + apart, rate + change)
    there += three
    four = solved(flows(there, curve(there[0])[0]) + apart - 8 / 3 * holds * three, rate + change)
    there += four
    return there, float(np.max(np.abs(four[0])))
