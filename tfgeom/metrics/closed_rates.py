"""The closed rate model of a design: its cell and planes, their losses, and what a reader must know of it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from tfgeom.cells.assembled import AssembledCell, usable_of
from tfgeom.cells.beside import Beside
from tfgeom.cells.planes import FIXED_PLANES
from tfgeom.materials.constants import words_of_all
from tfgeom.metrics.asked import EVERYTHING, Asked
from tfgeom.metrics.best_plane import ClosedBestPlane, closed_best_plane
from tfgeom.metrics.noted import Noted
from tfgeom.metrics.rate_model import Floats, named
from tfgeom.results import ResistanceNumbers
from tfgeom.rows import Numbers, choose, plain
from tfgeom.transport.closed_rate import (
    Chemistry,
    DischargeEnds,
    RateCell,
    currents_at_utilisation,
    discharge_curve,
    discharge_ends,
    shape_of,
)
from tfgeom.transport.discharge.curve import Curve
from tfgeom.transport.losses import Losses
from tfgeom.units import UM

_HARDLY_DEPOSITABLE = 10 * UM
_OF_BEST_PLANE = ("planar_best", "beats_best_plane_mA_cm2", "beats_best_plane_above_mA_cm2")
_TOLD = 0.02  # relative: less of what a film's shape does goes without a note
_SAME = 1e-9  # relative difference of capacities that is rounding


@dataclass(frozen=True, slots=True)
class ClosedModel:
    """The closed rate model of a cell and its planes: a `RateModel`.

    Attributes
    ----------
    rated, losses
        What it takes of each cell, and what each loses without diffusion.
    chemistry
        What the cells share.
    parts
        What the losses of the electrode that discharge fills, and of the other, count to.
    has_rows
        Whether any number is of n designs: then each discharge is a vector of its own.
    method, incomplete, in_series, best_plane, per_decade
        As of every `RateModel`.
    """

    rated: Beside[RateCell]
    losses: Beside[Losses]
    chemistry: Chemistry
    method: str
    incomplete: tuple[str, ...]
    in_series: int
    parts: tuple[str, str] = ("cathode", "anode")
    best_plane: ClosedBestPlane | None = None
    per_decade: int = 24
    has_rows: bool = False

    def ends(self, problems: Sequence[tuple[str, Numbers]]) -> DischargeEnds:
        """Return what cells deliver, each at a footprint current, A/m²: one's own all in one vector."""
        cells, currents = [named(self.rated, name) for name, _ in problems], [drawn for _, drawn in problems]
        if not self.has_rows:
            return discharge_ends(cells, np.array(currents), self.chemistry)
        found = [
            discharge_ends(cell, np.asarray(current), self.chemistry)
            for cell, current in zip(cells, currents, strict=True)
        ]
        return DischargeEnds(
            *(_stacked([getattr(one, field.name) for one in found]) for field in fields(DischargeEnds))
        )

    def currents_at(self, problems: Sequence[tuple[str, float]]) -> Floats:
        """Return the footprint currents (A/m²) at which cells still deliver a share of their capacity."""
        cells, shares = [named(self.rated, name) for name, _ in problems], [share for _, share in problems]
        if not self.has_rows:
            return currents_at_utilisation(cells, np.array(shares), self.chemistry)
        return _stacked(
            [
                currents_at_utilisation(cell, np.asarray(share), self.chemistry)
                for cell, share in zip(cells, shares, strict=True)
            ]
        )

    def curve(self, name: str, current: float) -> Curve:
        """Return the discharge of a cell at a footprint current, A/m²."""
        return discharge_curve(
            named(self.rated, name), current, self.chemistry, named(self.losses, name).rows, self.parts
        )

    def charge(self, name: str, current: float) -> None:
        """Return None: the closed model knows constant currents alone."""


def _stacked(rows: Sequence[Floats]) -> Floats:
    """Return rows of n designs, or of all of them, as one array."""
    return np.stack(np.broadcast_arrays(*rows))


def closed_model(
    cells: Beside[AssembledCell],
    losses: Beside[Losses],
    resistance: ResistanceNumbers,
    asked: Asked = EVERYTHING,
) -> Noted[ClosedModel | None]:
    """Return the closed rate model of a design; None, with a note, where there is none.

    Parameters
    ----------
    cells, losses
        The cell and its planes, and what each of them loses.
    resistance
        The cell's as numbers, for the method and what is missing.
    asked
        The best plane, for ``planar_best`` or ``beats_best_plane_mA_cm2``, takes much work of its own.
    """
    shared = cells.cell.blueprint
    found = rate_cells(cells, losses)
    if found.value is None:
        return Noted(None, found.notes)
    slow, rated = shared.without_diffusivity, found.value
    own, whole = rated.cell, usable_of(cells.cell).charge
    best: Noted[ClosedBestPlane | None] = Noted(None)
    if any(name in asked for name in _OF_BEST_PLANE):
        best = closed_best_plane(
            cells.cell,
            own,
            lambda plane: _rate_cell(plane, plane.kind.closed_form(plane), whole, own.nominal),
        )

    def notes() -> list[str]:
        said = [*found.notes, *_diffusion_notes(rated.cell)]
        if slow:
            said.append(f"at best: {words_of_all(slow)} not known, so that loss is left out of rate")
        return [*said, *best.notes]

    chemistry = cells.cell.kind.chemistry(shared)
    model = ClosedModel(
        rated,
        losses,
        chemistry,
        f"closed rate model, resistance by {resistance.method}",
        (*resistance.incomplete, *slow),
        shared.in_series,
        electrode_parts(cells.cell),
        best.value,
        has_rows=any(shape_of(one, chemistry) for one in (rated.cell, *rated.planes.values())),
    )
    return Noted(model, notes)


def electrode_parts(cell: AssembledCell) -> tuple[str, str]:
    """Return what the electrode that discharge fills, and the other, are among the parts of a cell.

    The film of a half-cell is filled whatever its role; its counter electrode is the other part.
    """
    roles = {layer.role for layer in cell.blueprint.electrodes}
    return ("cathode", "anode") if "cathode" in roles else ("anode", "cathode")


def no_rates(cells: Beside[AssembledCell]) -> str:
    """Return why no model can discharge a cell beside its planes; empty where one can."""
    shared = cells.cell.blueprint
    if shared.without_curve:
        return f"no open-circuit curve of {', '.join(shared.without_curve)}"
    if "same_films" in cells.planes and len(cells.planes) < len(FIXED_PLANES):
        return "of the plane of the same films nothing is usable between the voltage limits"
    return ""


def thick_planes(cells: Beside[AssembledCell]) -> tuple[str, ...]:
    """Return which electrodes of the plane of the same capacity nobody would deposit, a sentence each."""
    return tuple(
        f"the plane of the same capacity has its {film.layer.name} {film.layer.thickness / UM:.3g} um thick: "
        "hardly depositable as a film (above 10 um)"
        for film in cells.planes["same_capacity"].made.films
        if film.layer.role in ("cathode", "anode") and film.layer.thickness > _HARDLY_DEPOSITABLE
    )


def rate_cells(cells: Beside[AssembledCell], losses: Beside[Losses]) -> Noted[Beside[RateCell] | None]:
    """Return the cell and its planes for the closed model; None, with a note, where there is none."""
    reason, own = no_rates(cells), cells.cell.usable
    if reason or own is None:
        return Noted(None, (f"rate is null: {reason}",))
    stated = cells.cell.blueprint.operation.nominal_capacity
    nominal = own.charge if stated is None else stated
    found = cells.pair(losses).map(lambda both: _rate_cell(*both, own.charge, nominal))
    return Noted(found, lambda: thick_planes(cells))


def _rate_cell(cell: AssembledCell, losses: Losses, whole: Numbers, nominal: Numbers) -> RateCell:
    """Return what the rate model needs of a cell; ``whole`` and ``nominal`` are the design's own, usable.

    Discharges start where the usable range does.
    """
    usable = usable_of(cell)
    cathode, anode = cell.kind.electrodes(cell, usable.start)
    ohmic = losses.total - losses.where(mechanism="charge_transfer").total
    capacity = usable.charge
    return RateCell(cathode, anode, plain(ohmic), capacity, nominal_of(capacity, whole, nominal))


def nominal_of(capacity: Numbers, whole: Numbers, nominal: Numbers) -> Numbers:
    """Return what C-rates of a plane count on, C/m²: as its own capacity to that of the cell, ``whole``.

    A plane of the same capacity counts on the same nominal one, so that equal C-rates are equal currents to
    the last bit.
    """
    return choose(abs(capacity / whole - 1) < _SAME, nominal, capacity * (nominal / whole))


def _diffusion_notes(cell: RateCell) -> list[str]:
    """Return what the shape of the electrodes does to their diffusion, and how much of it is left out."""
    notes = []
    for film in (cell.cathode.diffusion, cell.anode.diffusion):
        if film is None:
            continue
        more = film.against_flat - 1
        counted = f"{abs(more):.1%} {'more' if more > 0 else 'less'}"
        if film.fills:
            notes.append(
                f"rates take diffusion in '{film.name}', which fills the relief, as in a flat film of its "
                "volume over its inner face: in round holes it loses 1.5 times that"
            )
        elif not film.is_even:
            notes.append(
                f"rates count that '{film.name}' is uneven: at a steady current its diffusion loses "
                f"{counted} than in a film of its mean thickness; discharges between slow and fast are good "
                f"to {film.left_out:.1%}. Left out: where resistance, not diffusion, shares the current, the "
                f"thinnest places fill first, up to {1 - film.thinnest:.0%} of the capacity early"
            )
        elif abs(more) > _TOLD or film.left_out > _TOLD:
            notes.append(
                f"rates count that '{film.name}' is thick against the curves under it: at a steady current "
                f"its diffusion loses {counted} than in a flat film as thick; discharges between slow and "
                f"fast are good to {film.left_out:.1%}"
            )
    return notes
