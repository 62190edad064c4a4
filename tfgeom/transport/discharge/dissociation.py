"""Solid electrolytes whose ions form and recombine, in time: the model of Danilov, Niessen and Notten.

Bound lithium dissociates into Li+ and a negative charge that moves as vacancies do (J. Electrochem. Soc. 158
(2011) A215).  With one concentration c of both, y from the anode's face to the cathode's and a current
density i that is positive on discharge,

    dc/dt = D_amb d²c/dy² + k_d (a0 - c) - k_r c²
    D_amb = 2 D+ D-/(D+ + D-),   k_d = k_r a0 delta²/(1 - delta)
    dc/dy = -i/(2 F D+) at both faces, which the negative charge does not cross
    E = [i/F + (D+ - D-) dc/dy]/[f (D+ + D-) c],   f = F/(R T)
    drop = integral of E dy - (1/f) ln[c(L)/c(0)]

All but the recombination is linear in ``u = c/c_eq - 1`` and solved exactly mode by mode; the recombination,
``-k_r c_eq u²``, is soft (`tfgeom.transport.discharge.exponential_steps`).  As for its steady resistance
(`tfgeom.transport.circuit`) a film is taken as flat, at the density of its mean area.
"""

import numpy as np
from numpy.typing import NDArray

from tfgeom.constants import FARADAY, thermal_voltage
from tfgeom.errors import MaterialError, SolveError
from tfgeom.transport.discharge.exponential_steps import Decays, SoftSystem, advance
from tfgeom.transport.discharge.film_cell import WeakElectrolyte
from tfgeom.transport.discharge.graded_elements import graded_slices

Floats = NDArray[np.float64]

WITHIN = 2e-5
"""What a substep may be off by, of the concentration at rest: 2e-4 of it is 0.01 mV."""
EMPTIED = 1e-4
"""Of the concentration at rest: below it potentials go on straight.  A current beyond the limit then has a
drop, far above the voltage of any cell, and no logarithm of nothing."""
CROWDED = 2.0
"""Of all lithium: where more than that is mobile, far beyond the limit, recombination goes on straight."""


class DissociatingFilm:
    """One weak electrolyte film over n columns; answers `tfgeom.transport.discharge.responses.Electrolyte`.

    A state is ``u`` at the nodes, from the anode's face on, shape (k, n).

    Attributes
    ----------
    at_equilibrium
        c_eq, mol/m³.
    shares
        Where the nodes are, in shares of the thickness from the anode's face, shape (k,).
    """

    def __init__(self, weak: WeakElectrolyte, temperature: float) -> None:
        """Take the constants of ``weak`` at ``temperature`` (K).

        Diffusivities and rates follow the conductivity's activation energy together, so that what dissociates
        at rest and the shape of the steady profile stay.

        Raises
        ------
        MaterialError
            When its material has no dissociation constants.
        """
        constants = weak.material.dissociation
        conductivity = weak.material.dissociated_conductivity(temperature)
        if constants is None or conductivity is None:
            raise MaterialError.at(
                f"layers.{weak.name}.material",
                f"'{weak.material.name}' has no dissociation constants, which electrolyte_model "
                f"'dissociation' needs; give materials.{weak.material.name}.dissociation or use "
                "electrolyte_model: ohmic",
            )
        pace = conductivity / constants.conductivity(temperature)
        plus, minus, delta = constants.D_plus, constants.D_minus, constants.delta
        slices = graded_slices()
        self.at_equilibrium = delta * constants.total_lithium
        self.shares = slices.shares
        self._crowded = CROWDED / delta - 1
        self._vacancies = 1 - constants.transference_number
        self._thermal = thermal_voltage(temperature)
        self._sheet = weak.thickness / conductivity
        self._modes, self._into = slices.modes, slices.modes.T * slices.weights
        self._finer, self._weights = slices.finer, slices.finer_weights
        self._recombination = constants.k_r * pace * self.at_equilibrium
        relaxation = self._recombination * (2 + delta / (1 - delta))  # k_d + 2 k_r c_eq
        ambipolar = 2 * plus * minus / (plus + minus) * pace
        alike = bool(np.all(weak.thickness == weak.thickness[0]))
        thickness = weak.thickness[:1] if alike else np.tile(weak.thickness, 2)  # of both halves of a system
        self._decay = slices.decay[:, None] * ambipolar / thickness**2 + relaxation
        between = slices.modes[0] - slices.modes[-1]
        self._drive = between[:, None] * self._vacancies / (FARADAY * self.at_equilibrium * weak.thickness)

    def at_rest(self) -> Floats:
        """Return the state at equilibrium."""
        return np.zeros((self.shares.size, self._sheet.size))

    def propagate(self, state: Floats, seconds: float, before: Floats) -> "PassingFilm":
        """Return the electrolyte as it goes from ``state`` for ``seconds``; densities start at ``before``."""
        return PassingFilm(self, state, seconds, before)

    def concentration(self, state: Floats) -> Floats:
        """Return the ion concentration at the nodes, mol/m³, shape (k, n)."""
        return np.asarray(self.at_equilibrium * (1 + state))

    def parts(self, state: Floats, density: Floats) -> tuple[Floats, Floats]:
        """Return the drop in its two parts, V, shape (n,): ``-(1/f) ln[c(L)/c(0)]``, and the integral of E.

        The latter is ``i/(F f (D+ + D-)) integral of dy/c + (1 - 2 t-)/f ln[c(L)/c(0)]``, t- = D-/(D+ + D-).
        """
        concentrated = -self._thermal * (_logarithm(1 + state[-1]) - _logarithm(1 + state[0]))
        resistance = self._sheet * (self._weights @ _inverse(1 + self._finer @ state))
        return concentrated, density * resistance - (1 - 2 * self._vacancies) * concentrated

    def slope(self, state: Floats, density: Floats, moved: Floats) -> Floats:
        """Return the derivative of the drop by density, ohm m², where that of the state is ``moved``."""
        share = 1 + self._finer @ state
        resistance = self._sheet * (self._weights @ _inverse(share))
        grows = self._sheet * (self._weights @ (_inverse_slope(share) * (self._finer @ moved)))
        ratio = _logarithm_slope(1 + state[-1]) * moved[-1] - _logarithm_slope(1 + state[0]) * moved[0]
        return np.asarray(resistance + density * grows - 2 * self._vacancies * self._thermal * ratio)

    def decays(self) -> Decays:
        """Return how its modes decay, for the tries of one step."""
        return Decays(self._decay)

    def after(
        self, state: Floats, seconds: float, before: Floats, after: Floats, decays: Decays
    ) -> tuple[Floats, Floats]:
        """Return the state after ``seconds`` and its derivative by ``after``, the density at the end.

        Both go through the same substeps: the derivative is that of what is answered.

        Raises
        ------
        SolveError
            When no substep is short enough.
        """
        if seconds == 0:
            return state, np.zeros_like(state)
        columns = self._sheet.size

        def recombine(amplitudes: Floats) -> Floats:
            values = self._modes @ amplitudes
            u, moved = values[:, :columns], values[:, columns:]
            kept = np.clip(u, -1.0, self._crowded)  # below -1 nothing is left to recombine
            both = np.hstack((kept * (2 * u - kept), 2 * kept * moved))
            return np.asarray(self._into @ (-self._recombination * both))

        def size(difference: Floats, amplitudes: Floats) -> float:
            off, u = (self._modes @ one[:, :columns] for one in (difference, amplitudes))
            return float(np.max(np.abs(off) / np.maximum(1.0, np.abs(u)))) / WITHIN

        nothing = np.zeros_like(state)
        system = SoftSystem(
            decays,
            np.hstack((self._drive * before, nothing)),
            np.hstack((self._drive * after, self._drive)),
            recombine,
            size,
        )
        found = advance(system, np.hstack((self._into @ state, nothing)), seconds)
        if found is None:
            raise SolveError(
                "the ions of an electrolyte could not be followed: the current is far beyond the most that "
                "it passes"
            )
        values = self._modes @ found
        return values[:, :columns], values[:, columns:]


class PassingFilm:
    """A film part of the way through a step; answers `tfgeom.transport.discharge.responses.Passing`."""

    def __init__(self, film: DissociatingFilm, state: Floats, seconds: float, before: Floats) -> None:
        """Take the film, its state at the start, the step's length (s) and the density at its start."""
        self._film, self._state, self._seconds, self._before = film, state, seconds, before
        self._decays = film.decays()
        self._known: tuple[Floats, tuple[Floats, Floats]] | None = None

    def drop(self, density: Floats) -> tuple[Floats, Floats]:
        """Return the voltage lost across it (V, positive on discharge) and its derivative by density."""
        state, moved = self._at(density)
        concentrated, migration = self._film.parts(state, density)
        return concentrated + migration, self._film.slope(state, density, moved)

    def faces(self, density: Floats) -> tuple[Floats, Floats]:
        """Return ion concentration over that at rest at the cathode's and at the anode's face, shape (n,).

        Negative where the current asks for more than there is.
        """
        state, _ = self._at(density)
        return 1 + state[-1], 1 + state[0]

    def settle(self, density: Floats) -> Floats:
        """Return the state at the end of the step."""
        return self._at(density)[0]

    def _at(self, density: Floats) -> tuple[Floats, Floats]:
        if self._known is None or not np.array_equal(self._known[0], density):
            answer = self._film.after(self._state, self._seconds, self._before, density, self._decays)
            self._known = density.copy(), answer
        return self._known[1]


def _logarithm(share: Floats) -> Floats:
    """Return ln(share), going on straight below `EMPTIED`."""
    kept = np.maximum(share, EMPTIED)
    return np.asarray(np.log(kept) + (share - kept) / EMPTIED)


def _logarithm_slope(share: Floats) -> Floats:
    return 1 / np.maximum(share, EMPTIED)


def _inverse(share: Floats) -> Floats:
    """Return 1/share, going on straight below `EMPTIED`."""
    kept = np.maximum(share, EMPTIED)
    return np.asarray(1 / kept - (share - kept) / kept**2)


def _inverse_slope(share: Floats) -> Floats:
    return -1 / np.maximum(share, EMPTIED) ** 2
