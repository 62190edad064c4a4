"""Lithium in a film of constant diffusivity: a few modes of each column, and every rate beyond them.

How far the surface of a column leads its mean is a sum of relaxing amplitudes, ``dy/dt = -lambda y + w r``
for a filling rate r.  The slowest come from the column's own shape (`_slow_modes`).  Beyond them all columns
pass for flat ones over short lengths, whose modes crowd as n² pi²: they are gathered at rates that
grow geometrically (`_tail`), stretched to the area, curvature and quasi-steady lead of each column.  Every
amplitude takes a step exactly when the rate is linear in time over it, so that neither pulses of
microseconds nor years of rest need small steps.
"""

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfgeom.transport.discharge.film_cell import FilmColumns

Floats = NDArray[np.float64]

_SLOW = 6  # modes of the column's own
_ORDER = 16  # Legendre polynomials that they are made of: their rates hold to 1e-9
_FIRST_RATIO, _LAST_RATIO, _GROWTH = 1.33, 2.0, 1.1  # of neighbouring rates beyond them
_SHORTEST = 1e-7  # s, that pulses are resolved to
_FASTEST = 1e13  # the highest rate, over D/L²
_PANELS = 8
_POINTS = 900  # in time that the gathered rates are fitted at
_ALIKE, _AS_THICK = 6, 9  # decimals to which shapes and thicknesses of columns are told apart
_GONE = 40.0  # of rate times length: a mode has forgotten where it began
_CANCELS = 1e-4  # below it 1 - p1 is taken from its series


class ModalState(NamedTuple):
    """Lithium in the columns of a film.

    Attributes
    ----------
    mean
        Mean filled fractions, shape (n,).
    amplitudes
        Of the slowest k modes, shape (k, n).
    rate, drift
        What the others follow, as ``w/lambda (rate - drift/lambda)``: the filling rate and its derivative at
        this moment, 1/s and 1/s², shape (n,).
    """

    mean: Floats
    amplitudes: Floats
    rate: Floats
    drift: Floats


@dataclass(frozen=True, slots=True)
class ModalFilling:
    """A film part of the way through a step: everything is affine in the rate at its end."""

    mean: Floats
    amplitudes: Floats
    gains: Floats
    before: Floats
    seconds: float
    lead: Floats
    slope: Floats

    def surface(self, rate: Floats) -> tuple[Floats, Floats]:
        """Return filled fractions at the wetted faces, and their derivatives by ``rate``, shape (n,)."""
        return self.lead + self.slope * rate, self.slope

    def settle(self, rate: Floats) -> ModalState:
        """Return the state at the end of the step."""
        return ModalState(
            self.mean + self.seconds / 2 * rate,
            self.amplitudes + self.gains * rate,
            rate,
            (rate - self.before) / self.seconds,
        )


@dataclass(frozen=True, slots=True)
class AtOnce:
    """A film at one moment: a rate that sets in has not moved anything."""

    state: ModalState
    lead: Floats

    def surface(self, rate: Floats) -> tuple[Floats, Floats]:
        """Return filled fractions at the wetted faces, and 0 for their derivatives, shape (n,)."""
        return self.lead, np.zeros_like(self.lead)

    def settle(self, rate: Floats) -> ModalState:
        """Return the state, as it was."""
        return self.state


class ModalFilm:
    """A film of constant diffusivity; answers `tfgeom.transport.discharge.responses.Film`.

    Parameters
    ----------
    columns
        Its n columns.
    diffusivity
        m²/s.

    Attributes
    ----------
    rates
        Of the modes, 1/s, shape (m, k) for k kinds of columns.
    weights
        What each mode adds to the surface's lead at once, per filled fraction let in; in the shape of
        ``rates``.
    """

    def __init__(self, columns: FilmColumns, diffusivity: float) -> None:
        pace = diffusivity / columns.thickness**2
        mean = (columns.wetted + 4 * columns.middle + columns.blocked) / 6
        ratios: Floats = np.stack([columns.wetted / mean, columns.blocked / mean], axis=1)
        shapes: Floats = np.round(ratios, _ALIKE).astype(np.float64)
        found, shape = np.unique(shapes, axis=0, return_inverse=True)
        relative = np.round(columns.thickness / columns.thickness.mean(), _AS_THICK)
        kinds: Floats = np.stack([shape.reshape(-1), relative], axis=1)
        _, first, kind = np.unique(kinds, axis=0, return_index=True, return_inverse=True)
        fastest = min(_FASTEST, 10 / (_SHORTEST * float(pace.min())))
        fastest = 2.0 ** np.ceil(np.log2(fastest))  # films that differ a little share their fitted rates
        rates, weights = relaxation(found, fastest)
        own = shape.reshape(-1)[first]
        self.size = mean.size
        self.rates, self.weights = rates.T[:, own] * pace[first], weights.T[:, own]
        self._kind = None if len(first) == 1 else kind.reshape(-1)
        self._slowest = self.rates.min(axis=1)
        leads = self.weights / self.rates
        self._behind = _sums_from(leads), _sums_from(leads / self.rates)

    def _spread(self, of_kinds: Floats) -> Floats:
        """Return what each kind of column has for each column, (..., n); (..., 1) of a single kind."""
        return of_kinds if self._kind is None else of_kinds[..., self._kind]

    def at_rest(self, filled: float | Floats) -> ModalState:
        """Return the state of a film that is filled alike throughout each column."""
        nothing = np.zeros(self.size)
        return ModalState(np.full(self.size, filled), np.zeros((0, self.size)), nothing, nothing)

    def mean(self, state: ModalState) -> Floats:
        """Return the mean filled fraction of each column, shape (n,)."""
        return state.mean

    def surface_of(self, state: ModalState) -> Floats:
        """Return the filled fraction at the wetted face of each column, shape (n,)."""
        leads, drifts = (self._spread(sums[len(state.amplitudes)]) for sums in self._behind)
        followed = state.rate * leads - state.drift * drifts
        return np.asarray(state.mean + state.amplitudes.sum(axis=0) + followed)

    def propagate(self, state: ModalState, seconds: float, before: Floats) -> ModalFilling | AtOnce:
        """Return the film as it goes from ``state`` for ``seconds`` while the rate leaves ``before``, 1/s.

        Modes that forget within the step where they began follow the rate: their part is summed up.
        """
        if seconds == 0.0:
            return AtOnce(state, self.surface_of(state))
        count = int(np.searchsorted(self._slowest, _GONE / seconds))
        rates, weights = self.rates[:count], self.weights[:count]
        decay, first, second = step_factors(rates * seconds)
        gains = weights * (seconds * second)
        amplitudes = self._spread(decay) * self._amplitudes(state, count)
        amplitudes += self._spread(weights * (seconds * (first - second))) * before
        mean = state.mean + seconds / 2 * before
        leads, drifts = (sums[count] for sums in self._behind)
        drifts = drifts / seconds
        return ModalFilling(
            mean,
            amplitudes,
            self._spread(gains),
            before,
            seconds,
            mean + amplitudes.sum(axis=0) + self._spread(drifts) * before,
            self._spread(seconds / 2 + gains.sum(axis=0) + leads - drifts),
        )

    def _amplitudes(self, state: ModalState, count: int) -> Floats:
        """Return the amplitudes of the slowest ``count`` modes, shape (count, n)."""
        known = len(state.amplitudes)
        if known >= count:
            return state.amplitudes[:count]
        rates = self.rates[known:count]
        leads = self.weights[known:count] / rates
        follow = self._spread(leads) * state.rate - self._spread(leads / rates) * state.drift
        return np.concatenate([state.amplitudes, follow])


def _sums_from(values: Floats) -> Floats:
    """Return the sum of the rows from each one on, and 0 after the last, shape (m + 1, n)."""
    sums = np.cumsum(values[::-1], axis=0)[::-1]
    return np.concatenate([sums, np.zeros((1, values.shape[1]))])


@dataclass(frozen=True, slots=True)
class EvenFilling:
    """A film without gradients part of the way through a step."""

    start: Floats
    half: float

    def surface(self, rate: Floats) -> tuple[Floats, Floats]:
        """Return the filled fractions, and their derivatives by ``rate``, shape (n,)."""
        return self.start + self.half * rate, np.full_like(self.start, self.half)

    def settle(self, rate: Floats) -> Floats:
        """Return the state at the end of the step."""
        return self.start + self.half * rate


@dataclass(frozen=True, slots=True)
class EvenFilm:
    """A film whose diffusivity nobody knows: lithium spreads at once, and the state is its mean.

    Attributes
    ----------
    size
        Number of its columns.
    """

    size: int

    def at_rest(self, filled: float | Floats) -> Floats:
        """Return the state of a film that is filled alike throughout each column."""
        return np.full(self.size, filled)

    def mean(self, state: Floats) -> Floats:
        """Return the mean filled fraction of each column, shape (n,)."""
        return state

    def propagate(self, state: Floats, seconds: float, before: Floats) -> EvenFilling:
        """Return the film as it goes from ``state`` for ``seconds`` while the rate leaves ``before``, 1/s."""
        return EvenFilling(state + seconds / 2 * before, seconds / 2)


def step_factors(decays: Floats) -> tuple[Floats, Floats, Floats]:
    """Return E, p1 and p2 of steps in which ``decays`` (rate times length, any shape) relax.

    ``y(h) = E y(0) + w h [(p1 - p2) r(0) + p2 r(h)]`` solves ``dy/dt = -lambda y + w r`` exactly for r linear
    in time: ``E = exp(-l)``, ``p1 = (1 - E)/l``, ``p2 = (1 - p1)/l``, ``l = lambda h``.
    """
    fall = -np.expm1(-decays)
    safe = np.maximum(decays, 1e-300)
    first = np.where(decays > 0, fall / safe, 1.0)
    second = (1 - first) / safe
    if decays.size and decays.min() < _CANCELS:
        second = np.where(decays < _CANCELS, 0.5 - decays / 6 * (1 - decays / 4), second)
    return 1 - fall, first, second


def relaxation(shapes: Floats, fastest: float) -> tuple[Floats, Floats]:
    """Return rates (over D/L²) and weights of the modes of columns of ``shapes``.

    Parameters
    ----------
    shapes
        Areas at the wetted and at the blocked face over the mean area, shape (k, 2).
    fastest
        The highest rate that is kept, over D/L².

    Returns
    -------
    tuple of numpy.ndarray
        Both of shape (k, m), weights not negative.  Weight over rate, summed over the modes, is the
        quasi-steady lead of the surface.
    """
    if len(shapes) == 1 and shapes[0, 0] == shapes[0, 1] == 1.0:
        return _flat_relaxation(fastest)
    areas = _normalised(shapes, _NODES)
    slow_rates, slow_weights = _slow_modes(areas)
    tail_rates, tail_weights = _tail(fastest)
    # Liouville's form of the column, a string with a potential: modes n² pi² + shift with weights
    # 2 g (1 + d/n²), g the mean over the wetted area; the shift is read off the last mode of its own
    shift = slow_rates[:, -1:] - (_SLOW * np.pi) ** 2
    rates = np.maximum(tail_rates + shift, tail_rates / 2)
    plain = tail_weights / _wetted(shapes)
    left = _lead(shapes) - np.sum(slow_weights / slow_rates, axis=1)
    bend = (left - np.sum(plain / rates, axis=1)) / np.sum(plain / rates / tail_rates, axis=1)
    weights = plain * np.maximum(1 + bend[:, np.newaxis] / tail_rates, 0.0)
    return np.concatenate([slow_rates, rates], axis=1), np.concatenate([slow_weights, weights], axis=1)


@cache
def _flat_relaxation(fastest: float) -> tuple[Floats, Floats]:
    rates, weights = _tail(fastest)
    own = (np.arange(1, _SLOW + 1) * np.pi) ** 2
    every = np.concatenate([own, rates]), np.concatenate([np.full(_SLOW, 2.0), weights])
    return every[0][np.newaxis], every[1][np.newaxis]


_GAUSS, _LOADS = np.polynomial.legendre.leggauss(_ORDER + 3)
_NODES, _WEIGHTS = (_GAUSS[:, np.newaxis] + 1) / 2, _LOADS / 2


def _columns(shapes: Floats) -> FilmColumns:
    wetted, blocked = shapes.T
    middle = (6 - wetted - blocked) / 4
    return FilmColumns(np.ones_like(wetted), wetted, middle, blocked)


def _normalised(shapes: Floats, nodes: Floats) -> Floats:
    """Return areas at ``nodes`` over the mean, shape (nodes, k); narrow places are widened as in `area`."""
    areas = _columns(shapes).area(nodes)
    return np.asarray(areas / (_WEIGHTS @ _columns(shapes).area(_NODES)))


def _wetted(shapes: Floats) -> Floats:
    """Return the area at the wetted face over the mean, shape (k, 1)."""
    return np.asarray(_normalised(shapes, np.zeros((1, 1)))[0][:, np.newaxis])


def _slow_modes(areas: Floats) -> tuple[Floats, Floats]:
    """Return rates and weights of the slowest modes, shape (k, `_SLOW`).

    Galerkin's method with Legendre polynomials weighted by the area: ``M y' = -S y + e r`` has the modes of
    ``S v = lambda M v``, and the weight of each is the square of its value at the wetted face.
    """
    values = np.polynomial.legendre.legvander(_GAUSS, _ORDER)
    slopes = np.stack(
        [2 * np.polynomial.legendre.Legendre.basis(k).deriv()(_GAUSS) for k in range(_ORDER + 1)], axis=1
    )
    weighted = (areas.T * _WEIGHTS)[:, :, np.newaxis]
    mass, stiffness = values.T @ (weighted * values), slopes.T @ (weighted * slopes)
    lower = np.linalg.inv(np.linalg.cholesky(mass))
    rates, vectors = np.linalg.eigh(lower @ stiffness @ lower.transpose(0, 2, 1))
    at_face = (-1.0) ** np.arange(_ORDER + 1)  # Legendre polynomials at the wetted end
    faces = np.einsum("i,kji,kjm->km", at_face, lower, vectors)
    kept = slice(1, _SLOW + 1)  # the first is the mean
    return rates[:, kept], faces[:, kept] ** 2


def _lead(shapes: Floats) -> Floats:
    """Return the quasi-steady lead of the surface over r L²/D, ``integral V²/A dx``, shape (k,).

    V is the share of the volume behind x: `tfgeom.transport.film_diffusion`.  In panels, as the area has a
    kink where it was widened.
    """
    panels = np.arange(_PANELS)[:, np.newaxis] / _PANELS
    areas = _normalised(shapes, (panels + _NODES[:, 0] / _PANELS).reshape(-1, 1))
    areas = areas.reshape(_PANELS, _NODES.size, len(shapes))
    within = np.einsum("ij,pjk->pik", _integration(), areas) / _PANELS
    whole = np.einsum("i,pik->pk", _WEIGHTS, areas) / _PANELS
    ahead = within + (np.cumsum(whole, axis=0) - whole)[:, np.newaxis]
    behind = whole.sum(axis=0) - ahead
    return np.asarray(np.einsum("i,pik->k", _WEIGHTS / _PANELS, behind**2 / areas))


@cache
def _integration() -> Floats:
    """Return the matrix that integrates what is given at the nodes from 0 to each of them."""
    size = _GAUSS.size
    values = np.polynomial.legendre.legvander(_GAUSS, size - 1)
    integrals = np.stack(
        [np.polynomial.legendre.Legendre.basis(k).integ(lbnd=-1)(_GAUSS) / 2 for k in range(size)], axis=1
    )
    return np.asarray(integrals @ np.linalg.inv(values))


@cache
def _tail(fastest: float) -> tuple[Floats, Floats]:
    """Return rates (over D/L²) and weights that stand for the flat column's modes beyond its slow ones.

    Their answer to a constant rate, ``sum 2 (1 - exp(-n² pi² tau))/(n² pi²)`` over n > `_SLOW`, fitted over
    all times that the fastest rate resolves: within 1e-6 of the whole surface's answer at every time.
    """
    rates, ratio = [((_SLOW + 1) * np.pi) ** 2], float(np.log(_FIRST_RATIO))
    while rates[-1] < fastest:
        rates.append(rates[-1] * np.exp(ratio))
        ratio = min(ratio * _GROWTH, float(np.log(_LAST_RATIO)))
    found = np.array(rates)
    times = np.geomspace(10 / found[-1], 1.0, _POINTS)
    scale = np.sqrt(times)
    answers = -np.expm1(-times[:, np.newaxis] * found) / scale[:, np.newaxis]
    leads = np.linalg.lstsq(answers, _beyond(times) / scale, rcond=1e-13)[0]
    return found, np.asarray(np.maximum(leads, 0.0) * found)


def _beyond(times: Floats) -> Floats:
    """Return how far the surface of a flat column leads at ``times`` (over L²/D) by all but its slow modes.

    Of a unit rate, from Carslaw and Jaeger's two series as `tfgeom.transport.closed_rate.surface_excess`.
    """
    numbers = np.arange(1, 60)[:, np.newaxis]
    squares = (numbers * np.pi) ** 2
    late = 1 / 3 - np.sum(2 * np.exp(-squares * times) / squares, axis=0)
    whole = np.where(times < 0.03, 2 * np.sqrt(times / np.pi) - times, late)
    return np.asarray(
        whole + np.sum(2 * np.expm1(-squares * times) / squares, axis=0, where=numbers <= _SLOW)
    )
