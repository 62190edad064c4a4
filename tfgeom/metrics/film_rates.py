"""The film model of a design: discharges in time of its cell and planes, and what a reader must know of it.

Where it says that the closed model is off, it takes its place.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from tfgeom.cells.assembled import AssembledCell
from tfgeom.cells.beside import Beside
from tfgeom.errors import SolveError, UnsupportedError
from tfgeom.materials.constants import words_of_all
from tfgeom.materials.two_phases import phase_limits, two_phase_note
from tfgeom.metrics.closed_rates import ClosedModel, electrode_parts, thick_planes
from tfgeom.metrics.film_best_plane import FilmBestPlane, planes_agree
from tfgeom.metrics.film_cells import film_cells
from tfgeom.metrics.noted import Noted
from tfgeom.metrics.rate_model import OWN, BestPlane, Floats, RateModel, named
from tfgeom.metrics.rates import HOUR
from tfgeom.searching import last_point
from tfgeom.transport.closed_rate import DischargeEnds
from tfgeom.transport.discharge.charging import Charging, charging, discharged
from tfgeom.transport.discharge.column_voltages import CellState
from tfgeom.transport.discharge.constant_current import discharge_curves
from tfgeom.transport.discharge.curve import Curve
from tfgeom.transport.discharge.film_cell import FilmCell
from tfgeom.transport.discharge.prescribed import Propagation
from tfgeom.transport.losses import INTERFACE_OF

FILM_MODEL = "film model"
"""Its name, where a discharge says what made it."""
OFF = 0.02
"""Difference of the closed model beyond which the film model takes its place, of what is delivered."""
_LEAST = 0.05  # utilisation below which both as good as deliver nothing
_NEAR = 1.02  # how far from the closed model's current a search begins
_HALVINGS = (
    24,
    7,
)  # of that bracket: 2e-9 and 3e-4 of the current: in closed form, and stepped, which are stepped
_MOVES = 30
_LOWEST = 1e-6  # of the closed model's current: what needs less is out of reach
_NOT_ASKED = (
    "rates by the closed model, unchecked: the film model takes minutes of two phases, or of ions in time, "
    "in many columns; fidelity film asks it"
)
_OF_ENDS = ("diffusion", "unevenness", "charge_transfer")
"""Mechanisms that the film model counts to the electrode that discharge fills as ``cathode``."""


@dataclass(frozen=True, slots=True)
class FilmModel:
    """The film model of a cell and its planes: a `RateModel` that keeps its discharges.

    Attributes
    ----------
    rated
        The cell and its planes in columns.
    closed
        The closed model of the same cells, from which searches begin.
    parts
        What the losses of the electrode that discharge fills, and of the other, count to.
    method, incomplete, in_series, per_decade
        As of every `RateModel`.
    """

    rated: Beside[FilmCell]
    closed: ClosedModel
    parts: tuple[str, str]
    incomplete: tuple[str, ...]
    in_series: int
    method: str = FILM_MODEL
    _known: dict[tuple[str, str], Curve] = field(default_factory=dict, compare=False, repr=False)
    _empty: dict[str, CellState] = field(default_factory=dict, compare=False, repr=False)

    @property
    def per_decade(self) -> int:
        """How many discharges a decade of rates a smooth line may ask for: few where they are stepped."""
        return 24 if Propagation.applies(self.rated.cell) else 4

    @property
    def best_plane(self) -> BestPlane | None:
        """The closed model's planes; beside this model's cell where both models agree on planes."""
        closed = self.closed.best_plane
        if closed is None or not planes_agree(closed):
            return closed
        return FilmBestPlane(closed, self._own_charges)

    def _own_charges(self, currents: Floats) -> Floats:
        return self.ends([(OWN, current) for current in currents.tolist()]).charge

    def curves(self, problems: Sequence[tuple[str, float]]) -> list[Curve]:
        """Return the discharges of cells at footprint currents, A/m²; those of one cell in one vector."""
        keys = [(name, f"{current:.12g}") for name, current in problems]
        wanted: dict[str, dict[str, float]] = {}
        for (name, current), key in zip(problems, keys, strict=True):
            if key not in self._known:
                wanted.setdefault(name, {})[key[1]] = current
        for name, currents in wanted.items():
            found = discharge_curves(named(self.rated, name), list(currents.values()))
            self._known.update(zip([(name, one) for one in currents], found, strict=True))
        return [self._known[key] for key in keys]

    def ends(self, problems: Sequence[tuple[str, float]]) -> DischargeEnds:
        """Return what cells deliver, each at a footprint current, A/m²."""
        found = self.curves(problems)
        charge = np.array([one.charge[-1] for one in found])
        energy = np.array([one.energy for one in found])
        with np.errstate(invalid="ignore"):
            return DischargeEnds(charge, energy, np.where(charge > 0, energy / charge, np.nan))

    def currents_at(self, problems: Sequence[tuple[str, float]]) -> Floats:
        """Return the footprint currents (A/m²) at which cells still deliver a share of their capacity."""
        near, found = self.closed.currents_at(problems), np.full(len(problems), np.nan)
        for name in dict.fromkeys(name for name, _ in problems):
            places = [at for at, one in enumerate(problems) if one[0] == name and not np.isnan(near[at])]
            if places:
                found[places] = self._currents_at(name, [problems[at][1] for at in places], near[places])
        return found

    def _currents_at(self, name: str, shares: Sequence[float], near: Floats) -> Floats:
        wanted = np.array(shares) * named(self.rated, name).capacity

        def margin(currents: Floats) -> Floats:
            return self.ends([(name, current) for current in currents.tolist()]).charge - wanted

        halvings = _HALVINGS[0 if Propagation.applies(named(self.rated, name)) else 1]
        low, high, floor = near / _NEAR, near * _NEAR, float(near.min()) * _LOWEST
        found = last_point(margin, low, high, floor=floor, count=_MOVES, halvings=halvings)
        return np.where(found.reached, found.value, np.nan)

    def curve(self, name: str, current: float) -> Curve:
        """Return the discharge of a cell at a footprint current, A/m²."""
        (one,) = self.curves([(name, current)])
        lost: dict[tuple[str, str], float] = {}
        for (part, mechanism), value in one.lost.items():
            key = self._part(part, mechanism), mechanism
            lost[key] = lost.get(key, 0.0) + value
        return replace(one, lost=lost)

    def charge(self, name: str, current: float) -> Charging:
        """Return the charge of a cell at a footprint current, A/m²."""
        cell = named(self.rated, name)
        if name not in self._empty:
            self._empty[name] = discharged(cell)
        return charging(cell, current, self._empty[name])

    def _part(self, part: str, mechanism: str) -> str:
        if mechanism not in _OF_ENDS:
            return part
        filled, emptied = self.parts
        known = {"cathode": filled, "anode": emptied}
        known |= {INTERFACE_OF[end]: INTERFACE_OF[counted] for end, counted in known.items()}
        return known[part]


def film_model(
    cells: Beside[AssembledCell], closed: ClosedModel, *, contacted: bool = True
) -> Noted[FilmModel | None]:
    """Return the film model of a design; None, with a note, where there is none.

    Parameters
    ----------
    cells
        The cell and its planes.
    closed
        The closed model of the same cells.
    contacted
        Whether the design's contacts count, and not ideal collectors.
    """
    found = film_cells(cells, contacted=contacted)
    if found.value is None:
        return Noted(None, found.notes)
    missing = found.value.cell.missing
    notes = [*thick_planes(cells), *found.notes]
    if missing:
        notes.append(f"at best: {words_of_all(missing)} not known, so that loss is left out of rate")
    films = (two_phase_note(layer.material) for layer in cells.cell.blueprint.electrodes)
    notes += dict.fromkeys(told for told in films if told)
    flat = cells.cell.relief.is_flat  # is told nothing of the best plane
    if not flat and closed.best_plane is not None and not planes_agree(closed.best_plane):
        notes.append("the best plane, and where the cell beats it, are those of the closed rate model")
    parts = electrode_parts(cells.cell)
    model = FilmModel(found.value, closed, parts, missing, cells.cell.blueprint.in_series)
    return Noted(model, tuple(notes))


def chosen_model(
    cells: Beside[AssembledCell],
    closed: Noted[ClosedModel | None],
    c_rates: Sequence[float],
    currents: Sequence[float],
) -> Noted[RateModel | None]:
    """Return the closed model where the film model agrees with it at a design's rates, else the film model.

    Parameters
    ----------
    cells
        The cell and its planes.
    closed
        The closed model of the same cells, with its notes.
    c_rates, currents
        The rates: C-rates, and footprint currents, A/m².
    """
    by_closed = closed.value
    if by_closed is None:
        return Noted(None, closed.notes)
    try:
        films = film_model(cells, by_closed, contacted=False)
        by_film = films.value
        if by_film is None:
            return Noted(by_closed, closed.notes)
        if _takes_minutes(by_film.rated.cell):
            return Noted(by_closed, (*closed.notes, _NOT_ASKED))
        own = by_closed.rated.cell
        asked = [(OWN, rate * own.nominal / HOUR) for rate in c_rates]
        asked += [(OWN, current) for current in currents]
        off, sentence = _how_far(by_closed, by_film, asked)
    except (SolveError, UnsupportedError) as error:
        return Noted(by_closed, (*closed.notes, f"rates by the closed model alone: {error}"))
    if off <= OFF:
        return Noted(by_closed, (*closed.notes, sentence))
    return Noted(by_film, (*films.notes, sentence))


def _takes_minutes(cell: FilmCell) -> bool:
    """Return whether boundaries of two phases move in many columns, or ions in time."""
    films = [one.material for one in (cell.cathode, cell.anode) if one.columns is not None]
    two_phases = any(phase_limits(one, cell.temperature) is not None for one in films)
    return cell.size > 1 and (two_phases or bool(cell.weak))


def _how_far(closed: ClosedModel, film: FilmModel, asked: Sequence[tuple[str, float]]) -> tuple[float, str]:
    """Return how far the closed model is off at most, of what is delivered, and a sentence that says it."""
    if not asked:
        return 0.0, "the design asks for no rate at which the closed model could be off"
    capacity = film.rated.cell.capacity
    theirs, ours = closed.ends(asked).charge / capacity, film.ends(asked).charge / capacity
    larger = np.maximum(theirs, ours)
    with np.errstate(invalid="ignore", divide="ignore"):
        off = np.where(larger >= _LEAST, np.abs(theirs - ours) / larger, 0.0)
    at = int(np.argmax(off))
    worst = float(off[at])
    if worst <= OFF:
        within = f"{max(worst, 1e-3):.1%}"
        return worst, f"the film model agrees with the closed one within {within} at these rates"
    rate = asked[at][1] * HOUR / film.rated.cell.nominal
    return worst, (
        f"rates are by the film model: the closed one is off by up to {worst:.0%} (at {rate:.3g}C it gives "
        f"{theirs[at]:.1%} of the capacity, films in time {ours[at]:.1%})"
    )
