"""What films and weak electrolytes answer when current passes for a while: the contract of column models.

A step lasts ``seconds``; within it the drive of each column is linear in time, from ``before`` (just after
the start of the step) to ``after``.  `Film.propagate` does the work that does not depend on ``after``, so
that Newton's steps on it are cheap: for linear models the answer is affine in ``after``.
"""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Filling(Protocol):
    """A film part of the way through a step."""

    def surface(self, rate: Floats) -> tuple[Floats, Floats]:
        """Return filled fractions at the wetted faces at the end of the step, and their derivatives by rate.

        ``rate`` is ``after``, shape (n,), 1/s: the filling rate of each column, current into it over its
        capacity.  For a step of no time it is the answer at once to a rate that sets in.
        """

    def settle(self, rate: Floats) -> Any:
        """Return the state at the end of the step."""


class Film(Protocol):
    """Lithium in one electrode film over n columns; states are opaque and never changed in place."""

    def at_rest(self, filled: float | Floats) -> Any:
        """Return the state of a film that is filled alike throughout, or in each column, shape (n,)."""

    def mean(self, state: Any) -> Floats:
        """Return the mean filled fraction of each column, shape (n,)."""

    def propagate(self, state: Any, seconds: float, before: Floats) -> Filling:
        """Return the film as it goes from ``state`` for ``seconds``; rates start at ``before``, 1/s."""


class Passing(Protocol):
    """A weak electrolyte part of the way through a step."""

    def drop(self, density: Floats) -> tuple[Floats, Floats]:
        """Return the voltage lost across it (V, positive on discharge) and its derivative by density."""

    def faces(self, density: Floats) -> tuple[Floats, Floats]:
        """Return ion concentration over that at rest at the cathode's and at the anode's face, shape (n,).

        Negative where the current asks for more than there is.
        """

    def settle(self, density: Floats) -> Any:
        """Return the state at the end of the step."""


class Electrolyte(Protocol):
    """Ions of a weak electrolyte over n columns, driven by current density (A/m² of its mean area)."""

    def at_rest(self) -> Any:
        """Return the state at equilibrium."""

    def propagate(self, state: Any, seconds: float, before: Floats) -> Passing:
        """Return the electrolyte as it goes from ``state`` for ``seconds``."""
