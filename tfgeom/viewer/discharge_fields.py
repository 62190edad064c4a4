"""One discharge by the film model as fields over time: filled fractions and local currents on the films."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.cells.assembled import AssembledCell
from tfgeom.cells.planes import beside_planes
from tfgeom.design.schema import Operation
from tfgeom.errors import OutputError, UnsupportedError
from tfgeom.films import Film, Stack
from tfgeom.meshing.film_mesh import FilmMesh, mesh_films
from tfgeom.meshing.resolution import Resolution
from tfgeom.metrics.film_cells import film_cells
from tfgeom.numerals import number
from tfgeom.transport.discharge.driver import run
from tfgeom.transport.discharge.film_cell import FilmCell
from tfgeom.transport.discharge.steps import Run, Step
from tfgeom.transport.discharge.surface_columns import COLUMNS
from tfgeom.viewer.node_fields import DISCHARGE_CURRENT, LITHIUM, LITHIUM_AT_FACE, Fields
from tfgeom.viewer.tube_places import columns_on_nodes

Floats = NDArray[np.float64]

_FINE = Resolution(1, rim_chords=8, first_cell=4.0, growth=1.3)  # fine along walls, where columns differ
_SLOWEST, _FASTEST = 1e-9, 1e6  # C-rates, as in designs
_HOUR, _MINUTE = 3600.0, 60.0
_MA_CM2 = 10.0  # A/m2
_UAH_CM2 = 36.0  # C/m2


SHOWN = {"lithium": LITHIUM, "lithium_at_face": LITHIUM_AT_FACE, "current": DISCHARGE_CURRENT}
"""Fields of a discharge by the words of an option."""


@dataclass(frozen=True, slots=True)
class AtTime:
    """What a still shows of a discharge.

    Attributes
    ----------
    share
        Of the discharge's time, 0 to 1.
    c_rate
        Of the discharge; None for the first of `offered_rates`.
    shown
        A word of `SHOWN`.
    """

    share: float
    c_rate: float | None = None
    shown: str = "lithium"

    def __post_init__(self) -> None:
        """Refuse what is no moment of a discharge."""
        if not 0 <= self.share <= 1:
            raise OutputError(f"--at: {100 * self.share:g} % of a discharge; use 0 % to 100 %")
        if self.c_rate is not None and not _SLOWEST <= self.c_rate <= _FASTEST:
            raise OutputError(f"--c-rate: {self.c_rate:g}C; use {_SLOWEST:g} to {_FASTEST:g}")
        if self.shown not in SHOWN:
            raise OutputError(f"--field: '{self.shown:.40}' is none; use {', '.join(SHOWN)}")


def offered_rates(operation: Operation | None) -> tuple[float, ...]:
    """Return the C-rates that a design can be watched at, the usual one first: 1C, or its own first one."""
    own = () if operation is None else operation.c_rates
    rest = tuple(rate for rate in own if rate != 1.0)
    return (1.0, *rest) if 1.0 in own or not own else own


def film_cell_of(cell: AssembledCell) -> FilmCell:
    """Return the cell that a discharge is computed on.

    Raises
    ------
    UnsupportedError
        Where there is none that the films can show, with the reason.
    DesignError
        As `tfgeom.metrics.film_cells.film_cells`.
    """
    if cell.usable is None:
        raise UnsupportedError.at("", "no discharge to show: the design has no cell")
    found = film_cells(beside_planes(cell))
    if found.value is None:
        raise UnsupportedError.at("", f"no discharge to show: {found.notes[-1]}")
    own = found.value.cell
    if own.tubes is None and (cell.liquid is not None or not own.sheets):
        raise UnsupportedError.at(
            "",
            "not yet supported: a discharge on the films of a flooded relief with voids of two kinds; "
            "'tfgeom rate' computes it",
        )
    if any(film.layer.fills for film in _shown_films(cell, own)):
        raise UnsupportedError.at(
            "", "not yet supported: a discharge on an electrode that fills the relief; 'tfgeom rate' does it"
        )
    return own


@dataclass(frozen=True, slots=True)
class Moment:
    """What stands beside the picture at one moment: s, V of one cell, C/m² of footprint delivered."""

    time: float
    voltage: float
    charge: float


class Discharge:
    """One discharge at a constant C-rate, from the start of the design's cell to its end.

    Parameters
    ----------
    cell
        The cell.
    c_rate
        C-rate, positive.

    Raises
    ------
    UnsupportedError, DesignError
        As `film_cell_of`.
    MeshError, SolveError
        When the films cannot be meshed, or the discharge is not found.
    """

    def __init__(self, cell: AssembledCell, c_rate: float) -> None:
        own = film_cell_of(cell)
        self.c_rate, self.in_series, self.cell = c_rate, cell.blueprint.in_series, own
        current = c_rate * own.nominal / _HOUR
        step = Step("current", current, voltage_below=own.window[0], charge=own.capacity)
        self.run: Run = run(own, [step], keep_fields=True)
        stack = cell.charged
        laid = tuple(film for film in stack.films if not film.layer.fills)
        resolution = _FINE if own.tubes is not None else COLUMNS
        self.mesh: FilmMesh = mesh_films(Stack(stack.cell, laid), resolution)
        assert self.mesh.grid is not None  # a sector was meshed
        self._places: dict[str, Floats | None] = {}
        for film in _shown_films(cell, own):
            self._places[film.layer.name] = (
                None if own.tubes is None else columns_on_nodes(stack.cell, self.mesh.grid, film, own.tubes)
            )
        self._columns = self._by_field()
        self._ends = {field: _ends(field, list(films.values())) for field, films in self._columns.items()}

    def _by_field(self) -> dict[str, dict[str, Floats]]:
        """Return values of the columns at the run's points by field and film, shape (m, n)."""
        run_, own = self.run, self.cell
        assert run_.column_current is not None  # fields were kept
        electrodes = [one for one in (own.cathode, own.anode) if one.name in self._places]
        return {
            LITHIUM: {one.name: run_.mean[one.name] for one in electrodes},
            LITHIUM_AT_FACE: {one.name: run_.surface[one.name] for one in electrodes},
            DISCHARGE_CURRENT: {one.name: run_.column_current / one.face / _MA_CM2 for one in electrodes},
        }

    def moment(self, share: float) -> Moment:
        """Return the moment at a share of the discharge's time, 0 to 1."""
        time = share * float(self.run.time[-1])
        return Moment(
            time,
            float(np.interp(time, self.run.time, self.run.voltage)),
            float(np.interp(time, self.run.time, self.run.charge)),
        )

    def columns_at(self, field: str, film: str, share: float) -> Floats:
        """Return a field in the columns at a share of the discharge's time, linear between points."""
        values, time = self._columns[field][film], share * float(self.run.time[-1])
        after = min(int(np.searchsorted(self.run.time, time)), len(values) - 1)
        before = max(after - 1, 0)
        passed = float(self.run.time[after] - self.run.time[before])
        part = (time - float(self.run.time[before])) / passed if passed > 0 else 1.0
        return np.asarray((1 - part) * values[before] + part * values[after])

    def fields_at(self, share: float) -> Fields:
        """Return the fields at a share of the discharge's time, 0 to 1."""
        found: dict[str, dict[str, Floats]] = {}
        for field, films in self._columns.items():
            found[field] = {}
            for name in films:
                values, places = self.columns_at(field, name, share), self._places[name]
                on_nodes = values if places is None else places @ values
                found[field][name] = np.stack((on_nodes, on_nodes))
        return Fields(self.mesh, found, self._ends)

    def words(self, share: float) -> str:
        """Return time, voltage and charge delivered at a share of the discharge's time, to be read."""
        here, whole = self.moment(share), self.moment(1.0)
        volts = f"{here.voltage:.3f} V" + (" a cell" if self.in_series > 1 else "")
        return (
            f"{self.c_rate:g}C: {_told(here.time, whole.time)}, {volts}, "
            f"{number(here.charge / _UAH_CM2, 4)} of {number(whole.charge / _UAH_CM2, 4)} µAh/cm² delivered"
        )


def _shown_films(cell: AssembledCell, own: FilmCell) -> list[Film]:
    """Return the films that lithium moves in."""
    names = {one.name for one in (own.cathode, own.anode) if one.columns is not None}
    return [film for film in cell.charged.films if film.layer.name in names]


def _ends(field: str, films: list[Floats]) -> tuple[float, float]:
    """Return the smallest and the largest value of a field; of a filling without rounding below 0."""
    low, high = min(float(one.min()) for one in films), max(float(one.max()) for one in films)
    return (low, high) if field == DISCHARGE_CURRENT else (max(low, 0.0), min(high, 1.0))


def _told(seconds: float, whole: float) -> str:
    """Return a time and the whole one, in the unit that suits the whole."""
    fits = (("s", 1.0, 2 * _MINUTE), ("min", _MINUTE, 2 * _HOUR), ("h", _HOUR, np.inf))
    unit, size = next((unit, size) for unit, size, limit in fits if whole < limit)
    return f"{seconds / size:.3g} of {whole / size:.3g} {unit}"
