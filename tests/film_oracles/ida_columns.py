"""Columns side by side as one system of differential and algebraic equations, solved by SUNDIALS' IDA.

Finite volumes across each film (graded towards its face) with the quadratic area of each column, Butler and Volmer's
law, ohmic columns and sheets are all unknowns of one monolithic system: nothing is eliminated or linearised, no step
is shared with the film model.  A consistent start is found with a damped Newton's method of its own.
"""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import spsolve

from tests.film_oracles.cells import CLIP, THERMAL, Columns, Half, evaluated
from tests.film_oracles.ida_jacobian import Jacobian
from tests.oracles import sundials_or_skip

Floats = NDArray[np.float64]


@dataclass
class _Film:
    """Finite volumes of one film: cells (m, n) by depth and column, on the share of the thickness."""

    half: Half
    sign: int
    edges: Floats

    def __post_init__(self) -> None:
        wetted, middle, blocked = self.half.areas
        x = self.edges[:, None]
        linear, square = -3 * wetted + 4 * middle - blocked, 2 * wetted - 4 * middle + 2 * blocked
        self.area = wetted + linear * x + square * x**2
        self.volume = np.diff(wetted * x + linear * x**2 / 2 + square * x**3 / 3, axis=0)
        total = (wetted + 4 * middle + blocked) / 6
        self.density = self.half.capacity * self.half.shares / total
        """C per m² of footprint and unit of area times share of the thickness, (n,)."""
        width = np.diff(self.edges)
        self.between = (width[1:] + width[:-1])[:, None] / 2
        self.width = width
        assert self.half.diffusivity is not None
        self.rate = self.half.diffusivity / self.half.thickness**2

    def derivative(self, s: Floats, current: Floats) -> Floats:
        flow = np.zeros((s.shape[0] + 1, s.shape[1]))
        flow[0] = self.sign * current / self.density
        flow[1:-1] = -self.rate * self.area[1:-1] * np.diff(s, axis=0) / self.between
        return np.asarray(-np.diff(flow, axis=0) / self.volume)

    def face(self, s: Floats, current: Floats) -> Floats:
        """The parabola through the means of the two cells nearest to the face, with the slope that is imposed."""
        slope = -self.sign * current / (self.density * self.rate * self.area[0])
        first, second = self.width[0], self.width[1]
        near, far = first / 2, first + second / 2
        near2, far2 = first**2 / 3, (3 * first**2 + 3 * first * second + second**2) / 3
        bend = (s[1] - s[0] - slope * (far - near)) / (far2 - near2)
        return np.asarray(s[0] - slope * near - bend * near2)


class IdaColumns:
    """The system; ``cells`` finite volumes across each film, the first ``grading`` times as thin as the last."""

    def __init__(self, cell: Columns, cells: int = 90, grading: float = 30.0) -> None:
        self.cell, self.n = cell, cell.size
        width = np.geomspace(1.0, grading, cells)
        edges = np.concatenate([[0.0], np.cumsum(width) / width.sum()])
        pairs = ((cell.cathode, 1), (cell.anode, -1))
        self.films = [None if h.diffusivity is None else _Film(h, sign, edges) for h, sign in pairs]
        self.potentials = [evaluated(h.potential, np) for h, _ in pairs]
        self.sheets = [(sparse.csr_matrix(k), np.asarray(at, dtype=int)) for k, at in cell.sheets]
        self.cells = cells
        self.filled = sum(film is not None for film in self.films) * cells * self.n
        self.algebraic = self.n * (3 + len(cell.sheets)) + 1
        self.size = self.filled + self.algebraic

    def split(self, y: Floats) -> tuple[list[Floats | None], Floats, list[Floats], list[Floats], float]:
        """Films' cells, column currents, overpotentials over R T/F, losses along sheets, terminal voltage."""
        at = 0
        states: list[Floats | None] = []
        for film in self.films:
            if film is None:
                states.append(None)
                continue
            states.append(y[at : at + self.cells * self.n].reshape(self.cells, self.n))
            at += self.cells * self.n
        rows = y[at:-1].reshape(-1, self.n)
        return states, rows[0], [rows[1], rows[2]], list(rows[3:]), float(y[-1])

    def faces(self, y: Floats) -> list[Floats]:
        states, current, *_ = self.split(y)
        halves = (self.cell.cathode, self.cell.anode)
        return [
            np.full(self.n, half.start) if film is None or s is None else film.face(s, current)
            for film, s, half in zip(self.films, states, halves, strict=True)
        ]

    def residual(self, y: Floats, yp: Floats, control: tuple[str, float]) -> Floats:
        states, current, over, along, voltage = self.split(y)
        rates, *_ = self.split(yp)
        films = [
            (rate - film.derivative(s, current)).ravel()
            for film, s, rate in zip(self.films, states, rates, strict=True)
            if film is not None and s is not None and rate is not None
        ]
        near = [s if s is None else s[:2] for s in states]
        rows = self.columns(near, current, over)
        rows[0] = rows[0] - voltage - sum(along, np.zeros(self.n))
        for (laplacian, contact), loss in zip(self.sheets, along, strict=True):
            row = laplacian @ loss - current
            row[contact] = loss[contact]
            rows.append(row)
        kind, value = control
        total = current.sum()
        held = {"current": total - value, "voltage": voltage - value, "power": total * voltage - value}[kind]
        return np.concatenate([*films, *rows, [held]])

    def columns(self, near: list[Floats | None], current: Floats, over: list[Floats]) -> list[Floats]:
        """What each column has to meet by itself: the voltage over it, and Butler and Volmer's law at each face.

        ``near``: the two cells next to each face, (2, n).  Voltage of the cell and losses along sheets are left out.
        """
        match = -current * self.cell.resistance
        rows = []
        halves = ((self.cell.cathode, 1), (self.cell.anode, -1))
        for (half, sign), film, s, potential, eta in zip(
            halves, self.films, near, self.potentials, over, strict=True
        ):
            face = np.full(self.n, half.start) if film is None or s is None else film.face(s, current)
            inside = np.clip(face, CLIP, 1 - CLIP)
            match = match + sign * potential(inside) - THERMAL * eta
            if half.exchange is None:
                rows.append(eta)
                continue
            i0 = np.full(self.n, half.exchange)
            if half.occupancy:
                i0 = i0 * (inside / 0.5) ** (1 - half.anodic) * ((1 - inside) / 0.5) ** half.anodic
            forward, back = (half.anodic, 1 - half.anodic) if sign < 0 else (1 - half.anodic, half.anodic)
            rows.append(half.face * i0 * (np.exp(forward * eta) - np.exp(-back * eta)) - current)
        return [match, *rows]

    def rest(self) -> Floats:
        """Everything filled as at the start, no current."""
        y = np.zeros(self.size)
        at = 0
        for film in self.films:
            if film is not None:
                y[at : at + self.cells * self.n] = film.half.start
                at += self.cells * self.n
        ends = (self.cell.cathode, self.cell.anode)
        cathode, anode = (float(p(np.array(h.start))) for p, h in zip(self.potentials, ends, strict=True))
        y[-1] = cathode - anode
        return y

    def consistent(self, y: Floats, control: tuple[str, float]) -> tuple[Floats, Floats]:
        """Solve the algebraic equations at given films, by damped Newton's method; return y and its derivative."""
        y, f = y.copy(), self.filled
        zero = np.zeros(self.size)
        if control[0] != "voltage" and not y[f : f + self.n].any():
            y[f : f + self.n] = 1e-3 * np.sign(control[1]) / self.n
        jacobian = Jacobian(self, control)
        matrix = jacobian.pattern.copy()
        for _ in range(200):
            miss = self.residual(y, zero, control)[f:]
            matrix.data = jacobian.values(y, 0.0)
            change = spsolve(matrix[f:, f:], -miss)
            size = float(np.max(np.abs(change[self.n : 3 * self.n]), initial=0.0))
            damping = min(1.0, 2.0 / size) if size > 0 else 1.0
            y[f:] += damping * change
            if damping == 1.0 and np.max(np.abs(change) / (np.abs(y[f:]) + 1e-6)) < 1e-9:
                break
        else:
            raise AssertionError("no consistent start")
        yp = zero.copy()
        yp[:f] = -self.residual(y, zero, control)[:f]
        return y, yp

    def run(
        self, control: tuple[str, float], times: Floats, start: Floats | None = None, stop: bool = True,
        rtol: float = 1e-7, atol: float = 1e-9,
    ) -> tuple[Floats, Floats]:  # fmt: skip
        """Times (to the cut-off) and states (m, size) from a state whose films count; ``times`` from 0 on."""
        ida = sundials_or_skip().ida
        y, yp = self.consistent(self.rest() if start is None else start, control)
        jacobian = Jacobian(self, control)

        def residual(t: float, y: Floats, yp: Floats, res: Floats) -> None:
            res[:] = self.residual(y, yp, control)

        def ends(t: float, y: Floats, yp: Floats, events: Floats) -> None:
            events[0] = y[-1] - self.cell.window[0]

        more: dict[str, Any] = {"eventsfn": ends, "num_events": 1} if stop else {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # that the pattern is not used to guess a Jacobian
            solver = self._solver(ida, residual, jacobian, float(times[-1]), rtol, atol, more)
        found = solver.solve(times, y, yp)
        return np.asarray(found.t), np.asarray(found.y)

    def _solver(
        self,
        ida: Any,
        residual: Any,
        jacobian: Any,
        span: float,
        rtol: float,
        atol: float,
        more: Any,
    ) -> Any:
        return ida.IDA(
            residual, rtol=rtol, atol=atol, linsolver="sparse", sparsity=jacobian.pattern, jacfn=jacobian,
            algebraic_idx=list(range(self.filled, self.size)), max_num_steps=20000,
            first_step=1e-9 * span, **more,
        )  # fmt: skip
