"""How a design delivers: discharges of the cell and of both planar baselines by the closed rate model."""

from dataclasses import dataclass, replace

from tfgeom.films import Stack
from tfgeom.metrics.lithium import LithiumBalance, lithium_balance
from tfgeom.metrics.published import RateAt
from tfgeom.metrics.rates import RateCells, half_cell_rate, rate_cell, rate_pair, rate_summary, rate_table
from tfgeom.model import Model
from tfgeom.results import RateNumbers, RateSummary, ResistanceNumbers
from tfgeom.transport.closed_rate import Chemistry
from tfgeom.transport.flooded import flooded_resistance
from tfgeom.transport.series import series_resistance, with_ohmic_faces_in_electrodes
from tfgeom.units import UM

_HARDLY_DEPOSITABLE = 10 * UM


@dataclass(frozen=True, slots=True)
class LithiumPair:
    """Lithium bookkeeping of the cell and of the planar cell of the same films."""

    cell: LithiumBalance
    plane: LithiumBalance


@dataclass(frozen=True, slots=True)
class Rating:
    """What the rate model says of a design.

    Attributes
    ----------
    rows
        One discharge a C-rate and a footprint current, beside both planes.
    summary
        Currents at which a share of the capacity remains.
    at
        Discharges of the cell and of the plane of the same films at any C-rate.
    """

    rows: tuple[RateNumbers, ...]
    summary: RateSummary
    at: RateAt


def rate_model(
    model: Model,
    lithium: LithiumPair,
    parts: dict[str, float],
    resistance: ResistanceNumbers,
    notes: list[str],
) -> Rating | None:
    """Return the discharges of a design; None, with a note, where they cannot be computed.

    Parameters
    ----------
    model, lithium
        The design and its lithium bookkeeping.
    parts
        The cell's resistance by part, ohm m² of footprint.
    resistance
        The same as numbers, for the method and what is missing.
    notes
        What the reader should know is appended.
    """
    cells = rate_cells(model, lithium, parts, notes)
    if cells is None:
        return None
    uneven = [
        layer.name
        for layer in model.layers
        if layer.role in ("cathode", "anode") and layer.step_coverage != 1
    ]
    if uneven:
        notes.append(
            f"rates take {' and '.join(uneven)} at the mean thickness: where a film thins with depth, thin "
            "and thick places share the current unevenly, and that loss is left out"
        )
    chemistry = chemistry_of(model)
    rows = _rate_rows(model, cells, chemistry, resistance, notes)
    pair = rate_pair(cells, chemistry, rows, model.cells_in_series)
    return Rating(rows, rate_summary(cells, chemistry), pair)


def without_curve(model: Model) -> list[str]:
    """Return the electrodes whose material has no open-circuit curve."""
    return [
        layer.name
        for layer in model.layers
        if layer.role in ("cathode", "anode") and layer.material.open_circuit is None
    ]


def rate_cells(
    model: Model, lithium: LithiumPair, parts: dict[str, float], notes: list[str]
) -> RateCells | None:
    """Return the cell and both planar baselines for the rate model; None, with a note, where there is none.

    ``parts`` is the cell's resistance by part, ohm m² of footprint.
    """
    operation = model.design.operation
    assert operation is not None  # a file with layers has it
    reason = None
    if without_curve(model):
        reason = f"no open-circuit curve of {', '.join(without_curve(model))}"
    elif lithium.cell.capacity == 0 or lithium.plane.capacity == 0:
        reason = "the capacity is 0"
    if reason is not None:
        notes.append(f"rate is null: {reason}")
        return None
    nominal = operation.nominal_capacity
    ratio = 1.0 if nominal is None else nominal / lithium.cell.capacity
    thick = model.thick_plane(lithium.cell.capacity / lithium.plane.capacity)
    for layer in (film.layer for film in thick.films):
        if layer.role in ("cathode", "anode") and layer.thickness > _HARDLY_DEPOSITABLE:
            notes.append(
                f"the plane of the same capacity has a {layer.name} of {layer.thickness / UM:.3g} um: "
                "hardly depositable as a film (above 10 um)"
            )
    charged_thick = model.at_full_charge(thick)
    flat, thick_parts = (_planar_parts(model, stack) for stack in (model.charged_plane, charged_thick))
    if not model.is_flooded:
        parts = with_ohmic_faces_in_electrodes(model.charged, model.conductors(model.charged), parts)
    make = half_cell_rate if model.is_flooded else rate_cell
    cell, films, capacity = (
        make(stack, balance, resistance, ratio, operation.initial_state_of_charge)
        for stack, balance, resistance in (
            (model.charged, lithium.cell, parts),
            (model.charged_plane, lithium.plane, flat),
            (charged_thick, lithium_balance(thick), thick_parts),
        )
    )
    # The same capacity by definition: one nominal, so that equal C-rates are equal currents to the last bit.
    return RateCells(cell, films, replace(capacity, nominal=cell.nominal))


def _planar_parts(model: Model, stack: Stack) -> dict[str, float]:
    if model.is_flooded:
        return flooded_resistance(stack, model.circuit(stack))
    wires = model.conductors(stack)
    return with_ohmic_faces_in_electrodes(stack, wires, series_resistance(stack, wires))


def chemistry_of(model: Model) -> Chemistry:
    """Return the materials, temperature and voltage limit that the cell and its planes share."""
    cathode, anode = model.charged.first("cathode"), model.charged.first("anode")
    minimum, _ = model.window
    if model.is_flooded:
        film = cathode or anode
        assert film is not None  # checked with the file
        assert model.counter is not None
        return Chemistry(film.layer.material, model.counter, model.temperature, minimum)
    assert cathode is not None  # a conformal cell has both: checked with the file
    assert anode is not None
    return Chemistry(cathode.layer.material, anode.layer.material, model.temperature, minimum)


def _rate_rows(
    model: Model, cells: RateCells, chemistry: Chemistry, resistance: ResistanceNumbers, notes: list[str]
) -> tuple[RateNumbers, ...]:
    operation = model.design.operation
    assert operation is not None
    slow = tuple(
        f"{layer.name}.diffusivity"
        for layer in model.layers
        if layer.role in ("cathode", "anode")
        and not layer.material.is_lithium_metal
        and layer.material.value("diffusivity") is None
    )
    if slow:
        notes.append(f"at best: {', '.join(slow)} not known, so that loss is left out of rate")
    rows = rate_table(
        cells,
        chemistry,
        operation.c_rates,
        operation.footprint_currents,
        f"closed rate model, resistance by {resistance.method}",
        (*resistance.incomplete, *slow),
        model.cells_in_series,
    )
    empty = [f"{row.c_rate:g}C" for row in rows if row.capacity_uAh_cm2 == 0]
    if empty:
        drained = operation.initial_state_of_charge == 0
        why = "discharges start empty" if drained else "below the lower voltage limit from the start"
        notes.append(f"no capacity at {', '.join(empty)}: {why}")
    return rows
