"""The columns of one cell: what voltage each has at a current, and where it is lost.

``V_i = U_c(s_c) - U_a(s_a) - eta_c - eta_a - I_i R_i - drop of weak electrolytes``, with filled fractions at
the faces.  Of a counter electrode that stands apart, and of series losses that the columns share, the sum of
the currents counts: the terminals have what is left after them.  A face is never fuller than full: beyond
both ends the open-circuit potential runs off steeply, so that a column that has no room leaves its current to
the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfgeom.constants import thermal_voltage
from tfgeom.errors import SolveError
from tfgeom.materials.two_phases import resting_curve
from tfgeom.transport.discharge.exchange import exchange_current
from tfgeom.transport.discharge.film_cell import FilmCell, FilmElectrode
from tfgeom.transport.discharge.film_models import electrolytes_of, film_of
from tfgeom.transport.discharge.responses import Filling, Passing
from tfgeom.transport.discharge.resting import Resting
from tfgeom.transport.kinetics import signed_overpotential

Floats = NDArray[np.float64]

_NUDGE = 1e-6  # of filled fraction, over which slopes are taken
_LEAST_NUDGE = 1e-9
_NEAR = 1e-4  # of an end: nearer, slopes are taken with care
_WALL = 1e4  # V per filled fraction past full or empty
_LEAST_SLOPE = 1e-12  # ohm m²: what is taken for the slope of a column without any resistance


class CellState(NamedTuple):
    """Films and electrolytes of a cell, and the current and voltage that they have at this moment.

    Attributes
    ----------
    films
        States of cathode and anode; None of lithium metal.
    weak
        States of the weak electrolytes.
    current
        Of each column, A per m² of footprint, shape (n,).
    voltage
        At the terminals, V.
    sheets
        What is lost along each sheet from each column to the contact, V, shape (n,).
    """

    films: tuple[Any, Any]
    weak: tuple[Any, ...]
    current: Floats
    voltage: float
    sheets: tuple[Floats, ...]


@dataclass(frozen=True, slots=True)
class Face:
    """One electrode's face at a current: filled fraction, its derivative by the column's current, losses.

    Attributes
    ----------
    filled
        Shape (n,); None of lithium metal.
    filling
        Its derivative by current.
    potential
        At rest at this filled fraction, V.
    overpotential
        Lost to charge transfer, V, positive on discharge.
    """

    filled: Floats | None
    filling: Floats | float
    potential: Floats
    overpotential: Floats


@dataclass(frozen=True, slots=True)
class Answer:
    """Columns at currents: voltages, their derivatives by current (negative), and where they come from.

    Attributes
    ----------
    current, voltage, slope
        Of each column: A per m² of footprint, V, and the voltage's derivative; shape (n,).
    faces
        Of cathode and anode.
    drops
        Across each weak electrolyte, V, shape (n,).
    joint
        What the sum of the currents loses beyond the columns, V, and its derivative.
    ions
        What is left of them at the face that the current empties, in the column with most, over those at
        rest; infinite where they are not solved in time.
    """

    current: Floats
    voltage: Floats
    slope: Floats
    faces: tuple[Face, Face]
    drops: tuple[Floats, ...]
    joint: tuple[float, float] = (0.0, 0.0)
    ions: float = np.inf

    @property
    def room(self) -> float:
        """How much the film with the least room can still take or give at the face of its roomiest column."""
        passed = float(self.current.sum())
        least = np.inf
        for face, sign in zip(self.faces, (1, -1), strict=True):
            if face.filled is None or passed == 0.0:
                continue
            fills = sign * passed > 0
            least = min(least, float(np.max(1 - face.filled if fills else face.filled)))
        return least

    @property
    def is_past_an_end(self) -> bool:
        """Whether a face is more than full or less than empty, by what the cliff there lets through."""
        found = [face.filled for face in self.faces if face.filled is not None]
        return any(float(one.max()) > 1 or float(one.min()) < 0 for one in found)

    @property
    def shift(self) -> Floats:
        """Derivative of the faces' filled fractions by current, the larger of both electrodes."""
        return np.maximum(*(np.abs(face.filling) * np.ones_like(self.current) for face in self.faces))


class Side:
    """One electrode of n columns: its film, and what its face takes.

    Parameters
    ----------
    electrode, temperature
        As in the cell.
    size
        n.

    Attributes
    ----------
    rate
        Filling rate (1/s) of each column per current of it, shape (n,).
    shares
        Of the electrode's volume, shape (n,).
    empty
        Potential at rest of the empty electrode, V; of lithium metal its only one.
    follows
        Whether its exchange current follows the filling.
    apart
        Whether it stands on one face of its own, which all columns share.
    """

    def __init__(self, electrode: FilmElectrode, temperature: float, size: int) -> None:
        self.electrode, self.temperature = electrode, temperature
        self.material = electrode.material
        curve = resting_curve(self.material, temperature)
        if curve is None:
            raise SolveError(f"{electrode.name}: the open-circuit curve of {self.material.name} is not known")
        self.curve = curve
        self.empty = float(curve.held_inside(np.zeros(1), temperature)[0])
        known = self.material.get("exchange_current")
        metal = self.material.is_lithium_metal
        self.follows = not metal and known is not None and known.form not in (None, "constant")
        self.film = film_of(electrode, temperature)
        self.heat = thermal_voltage(temperature)
        alpha = self.material.anodic_coefficient
        self.forward = 1 - alpha if electrode.sign > 0 else alpha
        self.per_area = 1 / electrode.face
        self.apart = electrode.face.size < size
        self.rate: Floats = np.zeros(size)
        self.shares: Floats = np.ones(size)
        if electrode.columns is not None:
            volume = electrode.columns.volume
            self.shares = volume / volume.sum()
            self.rate = electrode.sign / (electrode.capacity * self.shares)

    def potential(self, filled: Floats) -> Floats:
        """Return the potential at rest, V; it runs off beyond both ends."""
        inside = self.curve.held_inside(filled, self.temperature)
        over = np.maximum(filled - 1, 0.0) + np.minimum(filled, 0.0)
        return inside - _WALL * over if np.any(over) else inside

    def bend(self, filled: Floats, potential: Floats) -> Floats:
        """Return the derivative of the potential at rest, V.

        The curve's is taken from within, over a hundredth of what is left to its end: across that it would be
        mixed with the wall, and over more with how the curve bends there, and Newton's steps would creep.
        """
        left = np.minimum(np.abs(filled), np.abs(1 - filled))
        nudge = np.clip(0.01 * left, _LEAST_NUDGE, _NUDGE)
        nudge = np.where(filled > 0.5, -nudge, nudge)
        inside = (self.curve.held_inside(filled + nudge, self.temperature) - potential) / nudge
        return np.where((filled > 1) | (filled < 0), -_WALL, inside)

    def _potential_and_bend(self, filled: Floats) -> tuple[Floats, Floats]:
        """Return `potential` and `bend`; away from both ends of the curve by one look at it."""
        if filled.min() < _NEAR or filled.max() > 1 - _NEAR:
            potential = self.potential(filled)
            return potential, self.bend(filled, potential)
        potential, nudged = self.curve.held_inside(_nudged(filled), self.temperature)
        return potential, (nudged - potential) / _NUDGE

    def face(self, filling: Filling | None, current: Floats, ions: Floats | float) -> tuple[Face, Floats]:
        """Return the face at currents, and the derivative of its share of the voltage."""
        if filling is None:
            loss, slope, _ = self.transfer(np.zeros_like(current), current, ions)
            return Face(None, 0.0, np.full_like(current, self.electrode.sign * self.empty), loss), -slope
        filled, by_rate = filling.surface(self.rate * current)
        by_current = by_rate * self.rate
        potential, bend = self._potential_and_bend(filled)
        loss, slope, by_filled = self.transfer(filled, current, ions)
        sign = self.electrode.sign
        total = (sign * bend - by_filled) * by_current - slope
        return Face(filled, by_current, sign * potential, loss), total

    def overpotential(self, filled: Floats, current: Floats) -> Floats:
        """Return what charge transfer loses, V, positive on discharge; arguments broadcast with the faces."""
        exchange = exchange_current(self.material, filled, self.temperature)
        if exchange is None:
            return np.zeros(np.broadcast_shapes(filled.shape, current.shape))
        return self.heat * signed_overpotential(current * self.per_area / exchange, self.forward)[0]

    def transfer(
        self, filled: Floats, current: Floats, ions: Floats | float
    ) -> tuple[Floats, Floats, Floats]:
        """Return the overpotential (V) and its derivatives by current and by filled fraction."""
        exchange = exchange_current(
            self.material, _nudged(filled) if self.follows else filled, self.temperature, ions
        )
        if exchange is None:
            nothing = np.zeros_like(current)
            return nothing, nothing, nothing
        size, nudged = exchange if self.follows else (exchange, exchange)
        ratio = current * self.per_area / size
        x, slope = signed_overpotential(ratio, self.forward)
        slope = self.heat * slope
        by_filled = slope * ratio * (size - nudged) / (nudged * _NUDGE)
        return self.heat * x, slope * self.per_area / size, by_filled


def _nudged(filled: Floats) -> Floats:
    """Return filled fractions and, behind them, those a nudge further, shape (2, n)."""
    both = np.empty((2, *filled.shape))
    both[0] = filled
    np.add(filled, _NUDGE, out=both[1])
    return both


class Columns:
    """The columns of a cell, with the models of its films and electrolytes.

    Parameters
    ----------
    cell
        The cell.

    Raises
    ------
    SolveError
        When an open-circuit curve is not known.
    """

    def __init__(self, cell: FilmCell) -> None:
        self.cell = cell
        self.sides = (
            Side(cell.cathode, cell.temperature, cell.size),
            Side(cell.anode, cell.temperature, cell.size),
        )
        self.weak = electrolytes_of(cell)
        self.resistance = cell.resistance
        self.joint_resistance = float(sum(row.resistance[0] for row in cell.joint))
        films = all(side.film is not None for side in self.sides)
        self.resting = Resting(self.sides) if films and cell.size > 1 else None

    def at_rest(self) -> CellState:
        """Return the cell at its start: each film of a column filled alike throughout, no current."""
        filled: Sequence[float | Floats] = [side.electrode.filled for side in self.sides]
        if self.resting is not None:
            filled = self.resting.starts()
        films = tuple(
            None if side.film is None else side.film.at_rest(own)
            for side, own in zip(self.sides, filled, strict=True)
        )
        nothing = np.zeros(self.cell.size)
        return CellState(
            (films[0], films[1]),
            tuple(electrolyte.at_rest() for electrolyte in self.weak),
            nothing,
            float("nan"),
            tuple(nothing for _ in self.cell.sheets),
        )

    def propagate(self, state: CellState, seconds: float) -> "Trial":
        """Return the columns as they go from ``state`` for ``seconds``."""
        fillings = [
            None if side.film is None else side.film.propagate(film, seconds, side.rate * state.current)
            for side, film in zip(self.sides, state.films, strict=True)
        ]
        passings = tuple(
            model.propagate(one, seconds, state.current / weak.area)
            for model, one, weak in zip(self.weak, state.weak, self.cell.weak, strict=True)
        )
        return Trial(self, (fillings[0], fillings[1]), passings)

    def means(self, state: CellState) -> tuple[Floats | None, Floats | None]:
        """Return the mean filled fractions of cathode and anode, shape (n,); None of lithium metal."""
        means = [
            None if side.film is None else side.film.mean(film)
            for side, film in zip(self.sides, state.films, strict=True)
        ]
        return means[0], means[1]

    def open_circuit(self, means: Sequence[Floats | None]) -> tuple[Floats, Floats]:
        """Return each electrode's share of the voltage at rest, V, shape (n,) or (1,); sums are one voltage.

        At the mean composition, or between two films in columns where these share what they have passed.
        """
        if self.resting is not None and means[0] is not None and means[1] is not None:
            return self.resting.shares((means[0], means[1]))
        shares = []
        for side, mean in zip(self.sides, means, strict=True):
            potential = np.array([side.empty])
            if mean is not None:
                whole = np.array([float(side.shares @ mean)])
                potential = side.curve.held_inside(whole, self.cell.temperature)
            shares.append(side.electrode.sign * potential)
        return shares[0], shares[1]


@dataclass(frozen=True, slots=True)
class Trial:
    """The columns part of the way through a step, to be asked at any current at its end."""

    columns: Columns
    fillings: tuple[Filling | None, Filling | None]
    passings: tuple[Passing, ...]

    def answer(self, current: Floats) -> Answer:
        """Return voltages and their derivatives at column currents, shape (n,)."""
        columns = self.columns
        resistance = columns.resistance
        voltage, slope = -current * resistance, -resistance
        drops: list[Floats] = []
        left, passed = np.full_like(current, np.inf), float(current.sum())
        ions: tuple[Floats | float, Floats | float] = (1.0, 1.0)
        for weak, passing in zip(columns.cell.weak, self.passings, strict=True):
            density = current / weak.area
            drop, by_density = passing.drop(density)
            voltage, slope = voltage - drop, slope - by_density / weak.area
            before, behind = passing.faces(density)
            left = np.minimum(left, before if passed > 0 else behind)
            ions = (before if not drops else ions[0], behind)
            drops.append(drop)
        faces = []
        total = current.sum(keepdims=True)
        lost, by_total = columns.joint_resistance * total, columns.joint_resistance
        for side, filling, near in zip(columns.sides, self.fillings, ions, strict=True):
            face, by_current = side.face(filling, total if side.apart else current, near)
            if side.apart:
                lost = lost - face.potential + face.overpotential
                by_total -= float(by_current[0])
            else:
                voltage = voltage + face.potential - face.overpotential
                slope = slope + by_current
            faces.append(face)
        slope = np.minimum(slope, -_LEAST_SLOPE)
        joint = float(lost[0]), by_total
        most = float(np.max(left)) if passed else np.inf
        return Answer(current, voltage, slope, (faces[0], faces[1]), tuple(drops), joint, most)

    def settle(self, current: Floats, voltage: float, sheets: tuple[Floats, ...]) -> CellState:
        """Return the state at the end of the step."""
        columns = self.columns
        films = [
            None if filling is None else filling.settle(side.rate * current)
            for side, filling in zip(columns.sides, self.fillings, strict=True)
        ]
        weak = tuple(
            passing.settle(current / one.area)
            for passing, one in zip(self.passings, columns.cell.weak, strict=True)
        )
        return CellState((films[0], films[1]), weak, current, voltage, sheets)
