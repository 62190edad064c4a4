"""Fine finite volumes in numpy, stepped by scipy: a film whose diffusivity follows its filling, a weak electrolyte.

Slow and plain: cells of equal rank by the hundred, the method of lines, an implicit integrator of variable order.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.sparse import diags

from tests.film_oracles.cells import THERMAL

Floats = NDArray[np.float64]
FARADAY = 96485.33212331


def graded(cells: int, ratio: float, both: bool = False) -> Floats:
    """Edges from 0 to 1, finest at 0 (and at 1), cells growing by ``ratio`` in all."""
    if not both:
        width = np.geomspace(1.0, ratio, cells)
    else:
        side = np.geomspace(1.0, ratio, cells // 2)
        width = np.concatenate([side, side[::-1]])
    return np.concatenate([[0.0], np.cumsum(width) / width.sum()])


def _stepped(
    right: Callable[[float, Floats], Floats], span: float, state: Floats, times: Floats, rtol: float
) -> Any:
    size = state.size
    pattern = diags([np.ones(size - 1), np.ones(size), np.ones(size - 1)], [-1, 0, 1])
    found = solve_ivp(
        right, (0.0, span), state, method="BDF", t_eval=times, rtol=rtol, atol=rtol * 1e-2 * np.abs(state).max(),
        jac_sparsity=pattern, first_step=1e-9 * span,
    )  # fmt: skip
    assert found.success, found.message
    return found.y


def uneven_film(
    diffusivity: Callable[[Floats], Floats], thickness: float, start: float | Floats,
    steps: list[tuple[float, float]], cells: int = 400, ratio: float = 200.0, points: int = 20, rtol: float = 1e-8,
    area: Callable[[Floats], Floats] | None = None,
) -> tuple[Floats, Floats, Floats, Floats]:  # fmt: skip
    """Times, faces, means and the last profile of a film whose diffusivity (m²/s) follows its filled fraction.

    ``steps``: (seconds, rate of the mean filling in 1/s) one after another; ``area``: that of a column over share of
    the thickness, 1 where none is given.  The face is found from the two nearest cells and the imposed slope.
    """
    edges = graded(cells, ratio)
    width = np.diff(edges)
    between = (width[1:] + width[:-1]) / 2
    at_edges = np.ones(cells + 1) if area is None else area(edges)
    shape = np.ones if area is None else area
    nodes, weights = np.polynomial.legendre.leggauss(4)
    inside = edges[:-1, None] + width[:, None] * (nodes + 1) / 2
    volume = width * (np.asarray(shape(inside) if area else np.ones_like(inside)) @ weights) / 2
    state = np.full(cells, start, dtype=float) if np.isscalar(start) else np.array(start, dtype=float)
    time, begun = [], 0.0
    faces, means = [], []
    for seconds, rate in steps:
        inflow = rate * volume.sum()

        def right(t: float, s: Floats, inflow: float = inflow) -> Floats:
            # the harmonic mean of two neighbours' diffusivities: what two slabs in series conduct
            d = diffusivity(s)
            pair = (width[1:] + width[:-1]) / (width[1:] / d[1:] + width[:-1] / d[:-1])
            flow = np.zeros(cells + 1)
            flow[0] = inflow
            flow[1:-1] = -pair / thickness**2 * at_edges[1:-1] * np.diff(s) / between
            return np.asarray(-np.diff(flow) / volume)

        within = seconds * np.geomspace(1e-4, 1.0, points)
        found = _stepped(right, seconds, state, within, rtol)
        state = found[:, -1]
        for profile in found.T:
            faces.append(_face(profile, width, inflow / at_edges[0] * thickness**2, diffusivity))
            means.append(float(profile @ volume / volume.sum()))
        time.append(begun + within)
        begun += seconds
    return np.concatenate(time), np.array(faces), np.array(means), state


def _face(s: Floats, width: Floats, flux: float, diffusivity: Callable[[Floats], Floats]) -> float:
    face = float(s[0])
    for _ in range(60):
        slope = -flux / float(diffusivity(np.array([(face + s[0]) / 2]))[0])
        first, second = width[0], width[1]
        near, far = first / 2, first + second / 2
        near2, far2 = first**2 / 3, (3 * first**2 + 3 * first * second + second**2) / 3
        bend = (s[1] - s[0] - slope * (far - near)) / (far2 - near2)
        face = float(s[0] - slope * near - bend * near2)
    return face


@dataclass(frozen=True)
class Ions:
    """Constants of a weak electrolyte (Danilov, Niessen, Notten, J. Electrochem. Soc. 158 (2011) A215), SI."""

    k_r: float
    delta: float
    D_plus: float
    D_minus: float
    total: float
    thickness: float

    @property
    def at_rest(self) -> float:
        return self.delta * self.total


def weak_electrolyte(
    ions: Ions, steps: list[tuple[float, float]], cells: int = 400, ratio: float = 60.0, points: int = 20,
    rtol: float = 1e-9,
) -> tuple[Floats, Floats, Floats, Floats]:  # fmt: skip
    """Times, voltage lost (V), ion concentration at the anode's and at the cathode's face over that at rest.

    ``steps``: (seconds, current density in A/m², positive on discharge).  y runs from the anode to the cathode:
    dc/dt = D c'' + k_d (a0 - c) - k_r c², c' = -i/(2 F D+) at both faces; the field
    E = [i/F + (D+ - D-) c'] / [f (D+ + D-) c]; lost is the integral of E less ln[c(L)/c(0)]/f.
    """
    edges = graded(cells, ratio, both=True) * ions.thickness
    width = np.diff(edges)
    between = (width[1:] + width[:-1]) / 2
    ambipolar = 2 * ions.D_plus * ions.D_minus / (ions.D_plus + ions.D_minus)
    forms = ions.k_r * ions.total * ions.delta**2 / (1 - ions.delta)
    state = np.full(width.size, ions.at_rest)
    time, lost, anode, cathode, begun = [], [], [], [], 0.0
    for seconds, density in steps:
        slope = -density / (2 * FARADAY * ions.D_plus)

        def right(t: float, c: Floats, slope: float = slope) -> Floats:
            gradient = np.concatenate([[slope], np.diff(c) / between, [slope]])
            return np.asarray(
                ambipolar * np.diff(gradient) / width + forms * (ions.total - c) - ions.k_r * c**2
            )

        within = seconds * np.geomspace(1e-5, 1.0, points)
        found = _stepped(right, seconds, state, within, rtol)
        state = found[:, -1]
        for c in found.T:
            first = c[0] - slope * width[0] / 2
            last = c[-1] + slope * width[-1] / 2
            # migration by parts: the gradient's share of the field is an exact logarithm
            share = (ions.D_plus - ions.D_minus) / (ions.D_plus + ions.D_minus)
            log = np.log(last / first)
            ohmic = density / FARADAY * np.sum(width / c) / (ions.D_plus + ions.D_minus)
            lost.append(THERMAL * (ohmic + share * log - log))
            anode.append(first / ions.at_rest)
            cathode.append(last / ions.at_rest)
        time.append(begun + within)
        begun += seconds
    return np.concatenate(time), np.array(lost), np.array(anode), np.array(cathode)
