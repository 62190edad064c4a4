"""The steady concentration in the liquid of a flooded half-cell at a given current, by Newton's method.

The unknown is ``psi = linear_voltage c/c0`` of `salt.Salt`: harmonic, and ``-kappa grad psi`` is the current
density.  At the films and at a counter electrode with charge transfer the current is linear in the potential
``f = psi + logarithmic_voltage ln(c/c0)`` less its value at c0, lumped at the nodes: the wall's values then
minimise a convex energy whose slope at c = 0 is infinite, so they stay positive.

Two numbers belong to the terminals, one at each: the offset of the potential, or, where an electrode has no
resistance, its value of psi.  Two conditions fix them: the current, and the amount of salt.

Conductances in 1e-6 S, lengths in um, currents in 1e-6 A.
"""

import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags

from tfgeom.errors import SolveError
from tfgeom.meshing.flooded_mesh import FloodedMesh
from tfgeom.meshing.quality import shape_gradients
from tfgeom.transport.liquid.multigrid import liquid_inverse
from tfgeom.transport.liquid.salt import Salt
from tfgeom.transport.liquid.system import FloodedSystem

_MOST_STEPS = 100
_TURN = 20  # steps, of which the second half are half as long
_CURRENT_TOLERANCE = 2e-7  # of the residual currents added without their signs, relative to the current
_SALT_TOLERANCE = 1e-10  # of the amount of salt
_CORNERS = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1]])
_UNDERSHOOT_LIMIT = 0.01  # of the mean concentration, below 0 inside the liquid
_LOWEST_LOGARITHM = -700.0  # of a number
_NEAR = 0.5  # of the mean concentration
_LEAST_SHARE = 1e-14  # of the mean concentration, below which a wall's slope makes no more difference

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SaltSystem:
    """The assembled problem.

    Attributes
    ----------
    system
        Of the liquid at its conductivity at even concentration.
    salt
        The salt.
    volumes
        Share of the liquid's volume at each node, sums to 1, (n_nodes,).
    films, plane
        Nodes on the films and on the counter electrode.
    wall, counter
        Conductances of the electrodes lumped at the nodes, (n_nodes,); None without resistance.
    """

    system: FloodedSystem
    salt: Salt
    volumes: Floats
    films: Ids
    plane: Ids
    wall: Floats | None
    counter: Floats | None

    @property
    def mesh(self) -> FloodedMesh:
        """The liquid."""
        return self.system.mesh


@dataclass(frozen=True, slots=True)
class SaltState:
    """Solution at one current.

    Attributes
    ----------
    excess
        psi less its mean value, V, (n_nodes,); accurate where it is small.
    logarithm
        ln(c/c0), (n_nodes,); inside the liquid not below its least value on the films.
    wall_offset, counter_offset
        Of the potential f: the film's current is its conductance times ``f + wall_offset``, the counter
        electrode's its conductance times ``counter_offset - f``.
    current
        Through the sector, 1e-6 A.
    unknowns, steps, iterations
        Size, Newton steps, and conjugate gradient iterations of all of them.
    """

    excess: Floats
    logarithm: Floats
    wall_offset: float
    counter_offset: float
    current: float
    unknowns: int
    steps: int
    iterations: int

    @property
    def polarisation(self) -> float:
        """Potential between the terminals, V."""
        return self.counter_offset + self.wall_offset


def salt_system(system: FloodedSystem, salt: Salt) -> SaltSystem:
    """Return the problem of a liquid's salt from its matrices, which hold the salt's own conductivity."""
    mesh = system.mesh
    volumes = _nodal_volumes(mesh)
    lumped = [None if matrix is None else np.asarray(matrix.sum(axis=1)).ravel() for matrix in (
        system.wall, system.counter
    )]  # fmt: skip
    return SaltSystem(
        system,
        salt,
        volumes / volumes.sum(),
        np.unique(mesh.film_quads),
        np.unique(mesh.plane_quads),
        lumped[0],
        lumped[1],
    )


def solve_salt_current(problem: SaltSystem, current: float) -> SaltState:
    """Return the concentration at a current through the sector (1e-6 A) below the limiting one.

    Raises
    ------
    SolveError
        When Newton's method does not converge.
    """
    newton = _Newton(problem, current)
    steps = newton.solve()
    return newton.state(steps)


def solve_salt_limit(problem: SaltSystem) -> float:
    """Return the limiting current through the sector, 1e-6 A: the one that flows when the films have no salt.

    At a finite polarisation every place of the films keeps some salt, for its current follows the potential,
    which falls without limit as c goes to 0; the larger the polarisation, the less.  So the current that
    flows when c is 0 all over the films is approached but never reached.

    Raises
    ------
    SolveError
        When Newton's method does not converge.
    """
    newton = _Newton(problem, None)
    newton.solve()
    return newton.entering


def _nodal_volumes(mesh: FloodedMesh) -> Floats:
    """Return the integral of each node's trilinear function, um³, (n_nodes,)."""
    gauss = 0.5 + np.array([-0.5, 0.5]) / math.sqrt(3)
    places = np.array(list(itertools.product(gauss, repeat=3)))
    corners = mesh.points_um[mesh.hexes]
    corners = corners - corners[:, :1]
    found = np.zeros(len(mesh.points_um))
    for place, shapes in zip(places, shape_gradients(places), strict=True):
        determinant = np.linalg.det(np.einsum("aj,nac->ncj", shapes, corners)) / len(places)
        values = np.prod(np.where(_CORNERS > 0, place, 1 - place), axis=1)
        for corner, value in enumerate(values):
            found += np.bincount(mesh.hexes[:, corner], value * determinant, len(found))
    return found


class _Newton:
    """Newton's method; a current of None asks for the limit, where psi is 0 on the films."""

    def __init__(self, problem: SaltSystem, current: float | None) -> None:
        self.problem, self.current = problem, current
        self.matrix = problem.system.liquid
        self.mean = problem.salt.linear_voltage
        size = len(problem.volumes)
        zero = np.zeros(size)
        self.wall = problem.wall if current is not None else None
        self.counter = problem.counter
        self.conductance = (zero if self.wall is None else self.wall) + (
            zero if self.counter is None else self.counter
        )
        self.reacting = np.flatnonzero(self.conductance)
        free = np.ones(size, dtype=bool)
        if self.wall is None:
            free[problem.films] = False
        if self.counter is None:
            free[problem.plane] = False
        self.free = np.flatnonzero(free)
        self.excess, self.logarithm = np.zeros(size), np.zeros(size)
        if current is None:
            self.excess[problem.films] = -self.mean
        self.wall_offset = self.counter_offset = 0.0
        self.iterations = 0

    def solve(self) -> int:
        """Go to the solution; return the steps."""
        for step in range(_MOST_STEPS):
            residual, scale = self._residual()
            if self._is_small(residual, scale) and step:
                return step
            # full steps may come to go round in circles; a few shorter ones lead out of them
            self._step(residual, 0.5 if step % _TURN >= _TURN // 2 else 1.0)
        raise SolveError(
            f"the salt's concentration was not found in {_MOST_STEPS} Newton steps: the residual currents "
            f"are {np.abs(residual[self.free]).sum() / scale:.1e} of the current "
            f"(limit {_CURRENT_TOLERANCE:.0e}); use a smaller current or a higher resolution"
        )

    def _potential(self) -> Floats:
        return self.problem.salt.potential(self.logarithm)

    @property
    def entering(self) -> float:
        """The current that enters at the counter electrode, 1e-6 A."""
        if self.counter is not None:
            return float(self.counter @ (self.counter_offset - self._potential()))
        return float((self.matrix @ self.excess)[self.problem.plane].sum())

    def _residual(self) -> tuple[Floats, float]:
        """Return what the liquid gives off at each node less what the electrodes take, and the current."""
        potential = self._potential()
        residual = self.matrix @ self.excess
        if self.wall is not None:
            residual += self.wall * (potential + self.wall_offset)
        if self.counter is not None:
            residual -= self.counter * (self.counter_offset - potential)
        return residual, abs(self.entering) if self.current is None else self.current

    def _is_small(self, residual: Floats, scale: float) -> bool:
        amount = abs(float(self.problem.volumes @ self.excess))
        missing = 0.0 if self.current is None else abs(self.entering - self.current)
        return (
            scale > 0
            and float(np.abs(residual[self.free]).sum()) + missing <= _CURRENT_TOLERANCE * scale
            and amount <= _SALT_TOLERANCE * self.mean
        )

    def _step(self, residual: Floats, part: float) -> None:
        """Make part of a step: the direction at fixed terminals, and one more for each terminal's number."""
        salt, free = self.problem.salt, self.free
        share = np.exp(np.maximum(self.logarithm, np.log(_LEAST_SHARE)))
        slope = 1 + salt.logarithmic_voltage / (salt.linear_voltage * share)
        matrix = (self.matrix + diags(self.conductance * slope)).tocsr()
        solve = _Solver(matrix[free][:, free], self.problem, free)
        along = [self._direction(solve, -residual, None)]
        along += [self._direction(solve, *self._column(at)) for at in self._terminals()]
        self.iterations += solve.iterations
        # Two conditions, of the current and of the amount of salt; at the limit the salt alone.
        rows = [np.array([self.problem.volumes @ x for x in along])]
        wanted = [-float(self.problem.volumes @ self.excess)]
        if self.current is not None:
            into = [
                self._entering_change(x, slope, at)
                for x, at in zip(along, (None, *self._terminals()), strict=True)
            ]
            rows.append(np.array(into))
            wanted.append(self.current - self.entering)
        system = np.array(rows)
        amounts = np.linalg.solve(system[:, 1:], np.array(wanted) - system[:, 0])
        change = along[0] + sum(amount * x for amount, x in zip(amounts, along[1:], strict=True))
        shifts = dict(zip(self._terminals(), part * amounts, strict=True))
        self._move(part * np.asarray(change), slope, shifts)

    def _terminals(self) -> tuple[str, ...]:
        return ("counter",) if self.current is None else ("wall", "counter")

    def _column(self, at: str) -> tuple[Floats, Ids | None]:
        """Return what a terminal's number adds to the currents, with its sign turned, and nodes it moves."""
        wall = at == "wall"
        conductance = self.wall if wall else self.counter
        if conductance is not None:
            return (-conductance if wall else conductance), None
        nodes = self.problem.films if wall else self.problem.plane
        unit = np.zeros(len(self.excess))
        unit[nodes] = 1.0
        return -(self.matrix @ unit), nodes

    def _direction(self, solve: "_Solver", right: Floats, moved: Ids | None) -> Floats:
        found = np.zeros(len(self.excess))
        found[self.free] = solve(right[self.free])
        if moved is not None:
            found[moved] = 1.0
        return found

    def _entering_change(self, along: Floats, slope: Floats, at: str | None) -> float:
        if self.counter is None:
            return float((self.matrix @ along)[self.problem.plane].sum())
        own = float(self.counter.sum()) if at == "counter" else 0.0
        return own - float((self.counter * slope) @ along)

    def _move(self, change: Floats, slope: Floats, amounts: dict[str, float]) -> None:
        """Take a step: where psi falls far at an electrode by its potential, so that it stays positive."""
        salt, at = self.problem.salt, self.reacting
        before = self.logarithm[at]
        delta = change[at]
        excess = self.excess[at] + delta
        # near the mean concentration the excess has more digits than the logarithm
        near = (np.abs(excess) < _NEAR * self.mean) & (np.abs(self.excess[at]) < _NEAR * self.mean)
        rising = ~near & (delta > 0)
        falling = ~near & ~rising
        after = np.empty_like(before)
        after[near] = np.log1p(excess[near] / self.mean)
        after[rising] = np.logaddexp(before[rising], np.log(delta[rising] / self.mean))
        after[falling] = salt.logarithm(salt.potential(before[falling]) + slope[at][falling] * delta[falling])
        self.excess += change
        self.excess[at] = np.where(near, excess, self.mean * np.expm1(after))
        self.logarithm[at] = after
        self.wall_offset += amounts.get("wall", 0.0) if self.wall is not None else 0.0
        self.counter_offset += amounts["counter"] if self.counter is not None else 0.0

    def state(self, steps: int) -> SaltState:
        """Return the solution, with the concentration at every node."""
        problem, salt = self.problem, self.problem.salt
        share = 1 + self.excess / self.mean
        bare = np.setdiff1d(np.arange(len(share)), self.free)  # electrodes without resistance
        if np.any(share[bare] <= 0):
            raise SolveError("the salt at an electrode is exhausted to rounding; use a smaller current")
        logarithm = self.logarithm.copy()
        logarithm[bare] = np.log(share[bare])
        known = np.union1d(self.reacting, bare)
        least = float(logarithm[known].min())
        inside = np.setdiff1d(np.arange(len(share)), known)
        if share[inside].min(initial=1.0) < -_UNDERSHOOT_LIMIT:
            raise SolveError(
                f"the concentration falls to {share[inside].min():.1e} of its mean inside the liquid (limit "
                f"-{_UNDERSHOOT_LIMIT:.0e}); use a higher resolution"
            )
        logarithm[inside] = np.log(np.maximum(share[inside], np.exp(max(least, _LOWEST_LOGARITHM))))
        ends = [float(salt.potential(logarithm[nodes[:1]])[0]) for nodes in (problem.films, problem.plane)]
        return SaltState(
            excess=self.excess,
            logarithm=logarithm,
            wall_offset=-ends[0] if self.wall is None else self.wall_offset,
            counter_offset=ends[1] if self.counter is None else self.counter_offset,
            current=self.entering,
            unknowns=len(self.free),
            steps=steps,
            iterations=self.iterations,
        )


class _Solver:
    """Solves with one matrix, to an accuracy relative to each right-hand side's own energy."""

    def __init__(self, matrix: csr_matrix, problem: SaltSystem, free: Ids) -> None:
        self.matrix = matrix
        self.inverse = liquid_inverse(matrix, problem.mesh, free, problem.salt.conductivity)
        self.iterations = 0

    def __call__(self, right: Floats) -> Floats:
        if not right.any():
            return np.zeros_like(right)
        # (b x)²/(x A x) bounds the energy b A^-1 b from below for any x
        trials = (np.ones_like(right), right / self.matrix.diagonal())
        energy = max(float(right @ x) ** 2 / float(x @ (self.matrix @ x)) for x in trials)
        found = self.inverse(right, energy)
        self.iterations += found.iterations
        return found.values
