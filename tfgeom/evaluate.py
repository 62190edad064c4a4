"""The one road from a design to its numbers: relief, films, lithium, energy, resistance, rates.

`evaluate` is what the command line, the report, sweeps and notebooks call.  The planar baselines take the
same road on the flat cell.
"""

from dataclasses import dataclass, replace

from tfgeom import __version__
from tfgeom.design import Design, design_sha256
from tfgeom.errors import DesignError, UnsupportedError
from tfgeom.films import Stack
from tfgeom.metrics.energy import OpenCircuitEnergy, bulk, discharge_sides, open_circuit_energy
from tfgeom.metrics.lithium import LithiumBalance, balanced_anode_thickness, lithium_balance
from tfgeom.metrics.numbers import (
    capacity_numbers,
    device_numbers,
    energy_numbers,
    geometry_numbers,
    layer_numbers,
)
from tfgeom.metrics.provenance import constant_provenance, layer_provenance
from tfgeom.metrics.published import RateAt, compare_published
from tfgeom.metrics.rates import RateCells, rate_at, rate_cell, rate_summary, rate_table
from tfgeom.model import Model, build_model
from tfgeom.results import (
    EnergyNumbers,
    Evaluation,
    ProvenanceNumbers,
    RateNumbers,
    RateSummary,
    ResistanceNumbers,
)
from tfgeom.transport.closed_rate import Chemistry
from tfgeom.transport.series import series_resistance
from tfgeom.units import UM

FIDELITIES = ("analytic", "film", "fem")
"""What `evaluate` may be asked for; ``film`` is not built yet."""

_HARDLY_DEPOSITABLE = 10 * UM


def evaluate(design: Design, fidelity: str = "analytic") -> Evaluation:
    """Return all numbers of a design, beside the planar cells of the same films and the same capacity.

    Parameters
    ----------
    design
        A checked design, from `tfgeom.load_design`.
    fidelity
        ``analytic``: closed forms throughout.  ``fem``: the resistance and the spread of current from
        finite elements on the cell's own mesh; the closed rate model then uses that resistance.

    Raises
    ------
    DesignError
        When the design is physically impossible or a constant it cannot do without is missing.
    UnsupportedError
        When the fidelity is not built for this design.
    """
    if fidelity not in FIDELITIES:
        raise DesignError.at("fidelity", f"'{fidelity}' is unknown; use one of {', '.join(FIDELITIES)}")
    if fidelity == "film":
        raise UnsupportedError.at("fidelity", "not yet supported: film; use analytic or fem")
    model = build_model(design)
    with design.located():
        if fidelity == "fem":
            obstacle = fem_obstacle(model)
            if obstacle is not None:
                raise UnsupportedError.at(
                    "relief.kind", f"not yet supported: {obstacle}; use fidelity analytic"
                )
        return _geometry_only(model) if design.cell is None else _whole_cell(model, fidelity)


def evaluate_best(design: Design) -> Evaluation:
    """Return the evaluation at ``fem`` where the cell allows it, else at ``analytic`` with a note why."""
    if design.cell is None:
        return evaluate(design, "analytic")
    obstacle = fem_obstacle(build_model(design))
    if obstacle is None:
        return evaluate(design, "fem")
    evaluation = evaluate(design, "analytic")
    return replace(evaluation, notes=(*evaluation.notes, f"closed forms only, not yet supported: {obstacle}"))


def fem_obstacle(model: Model) -> str | None:
    """Return why finite elements cannot solve this design yet, or None when they can."""
    from tfgeom.meshing.film_mesh import mesh_obstacle

    if model.design.cell is None:
        return "finite elements on a design without layers"
    if model.is_flooded:
        return "finite elements in flooded cells"
    return mesh_obstacle(model.stack)


def check(design: Design) -> list[str]:
    """Return the claims that a readable, possible design fails, one line each.

    Raises
    ------
    DesignError
        When the design is physically impossible.
    """
    return [
        f"published.{row.quantity}: computed {row.computed:.4g} {row.unit}".rstrip()
        + f" is {row.deviation:+.1%} off the published {row.published:.4g} (tolerance {row.tolerance:.0%})"
        for row in evaluate(design).published
        if row.verdict == "outside" and row.deviation is not None
    ]


@dataclass(frozen=True, slots=True)
class _Lithium:
    """Lithium bookkeeping of the cell and of the planar cell of the same films."""

    cell: LithiumBalance
    plane: LithiumBalance


def _no_rate(c_rate: float) -> None:
    """Stand for the rate model where there is none."""


def _geometry_only(model: Model) -> Evaluation:
    design = model.design
    geometry = geometry_numbers(model.stack)
    return Evaluation(
        name=design.name,
        version=__version__,
        design_sha256=design_sha256(design),
        fidelity="analytic",
        notes=("geometry only: the design has no layers, so capacity, energy, resistance and rate are null",),
        geometry=geometry,
        layers=(),
        capacity=None,
        energy=None,
        device=None,
        resistance=None,
        rate=None,
        rate_summary=None,
        rules=(),
        published=compare_published(design.published, geometry, None, None, None, _no_rate),
        provenance=(),
    )


def _whole_cell(model: Model, fidelity: str) -> Evaluation:
    design, notes = model.design, _standing_notes(model)
    lithium = _Lithium(lithium_balance(model.stack), lithium_balance(model.plane))
    balanced = balanced_anode_thickness(model.stack, lithium.cell)
    capacity = capacity_numbers(lithium.cell, lithium.plane, balanced)
    if lithium.cell.n_to_p_ratio is not None and balanced is None:
        notes.append("balanced_thickness_nm is null: no anode thickness that fits gives N/P 1")
    if lithium.cell.capacity == 0:
        notes.append("the electrodes hold no lithium to move, so the capacity is 0; see lithiation")
    geometry, energy = geometry_numbers(model.stack), _energy(model, lithium, notes)
    resistance: ResistanceNumbers | None = None
    rate: tuple[RateNumbers, ...] | None = None
    summary: RateSummary | None = None
    point: RateAt = _no_rate
    if model.is_flooded:
        notes.append("resistance and rate are null: not yet supported for flooded cells")
    else:
        found = model.resistance(by_elements=fidelity == "fem")
        resistance = found.numbers
        if resistance.incomplete:
            missing = ", ".join(resistance.incomplete)
            notes.append(f"at best: {missing} not known, so that loss is left out of resistance and rate")
        cells, chemistry = _rate_problem(model, lithium, found.parts, notes)
        if cells is not None:
            rate = _rate_rows(model, cells, chemistry, resistance, notes)
            summary = rate_summary(cells, chemistry)
            point = rate_at(cells.cell, chemistry)
    return Evaluation(
        name=design.name,
        version=__version__,
        design_sha256=design_sha256(design),
        fidelity=fidelity,
        notes=tuple(notes),
        geometry=geometry,
        layers=tuple(layer_numbers(model.stack, film) for film in model.stack.films),
        capacity=capacity,
        energy=energy,
        device=device_numbers(lithium.cell, bulk(model.stack, model.wafer, model.package)),
        resistance=resistance,
        rate=rate,
        rate_summary=summary,
        rules=(),
        published=compare_published(design.published, geometry, capacity, energy, resistance, point),
        provenance=_provenance(model),
    )


def _standing_notes(model: Model) -> list[str]:
    notes = ["gap_after_swelling_nm is null: swelling is not yet supported"]
    if model.is_flooded:
        notes.append("heights and masses leave out separator, liquid electrolyte and counter electrode")
    else:
        for name, film in (("inner", model.stack.films[0]), ("outer", model.stack.films[-1])):
            if film.layer.role != "current_collector" and not film.layer.material.is_lithium_metal:
                notes.append(
                    f"no {name}_collector: the free face of '{film.layer.name}' is taken as an equipotential"
                )
    if model.wafer is None:
        notes.append("device height and mass are null: the design has no substrate")
    elif model.wafer.density is None and model.wafer_material is not None:
        notes.append(f"masses with the wafer are null: no density of {model.wafer_material.name}")
    light = [layer.name for layer in model.layers if layer.material.value("density") is None]
    if light:
        notes.append(f"masses and specific energies are null: no density of {', '.join(light)}")
    return notes


def _energy(model: Model, lithium: _Lithium, notes: list[str]) -> EnergyNumbers:
    found = _open_circuit(model, model.stack, lithium.cell)
    if found is None:
        notes.append(f"energy is null: no open-circuit curve of {', '.join(_without_curve(model))}")
    elif found.charge < 0.99 * lithium.cell.capacity:
        lost = 1 - found.charge / lithium.cell.capacity
        notes.append(f"the voltage window cuts {lost:.1%} of the capacity from the energy")
    own = energy_numbers(found, bulk(model.stack, model.wafer, model.package))
    flat = energy_numbers(
        _open_circuit(model, model.plane, lithium.plane), bulk(model.plane, model.wafer, model.package)
    )
    return EnergyNumbers(
        own.mean_voltage_V,
        own.footprint_energy_mWh_cm2,
        own.volumetric_energy_Wh_L,
        own.specific_energy_Wh_kg,
        planar=flat,
    )


def _open_circuit(model: Model, stack: Stack, balance: LithiumBalance) -> OpenCircuitEnergy | None:
    sides = discharge_sides(stack, balance)
    operation = model.design.operation
    if sides is None or operation is None:
        return None
    window = operation.voltage
    return open_circuit_energy(sides, balance.capacity, model.temperature, (window.min, window.max))


def _without_curve(model: Model) -> list[str]:
    return [
        layer.name
        for layer in model.layers
        if layer.role in ("cathode", "anode") and layer.material.open_circuit is None
    ]


def _rate_problem(
    model: Model, lithium: _Lithium, parts: dict[str, float], notes: list[str]
) -> tuple[RateCells | None, Chemistry]:
    operation = model.design.operation
    cathode, anode = model.stack.first("cathode"), model.stack.first("anode")
    assert operation is not None  # a conformal cell has all three: checked with the file
    assert cathode is not None
    assert anode is not None
    contact = {face.part: face.contact for face in model.conductors(model.stack).interfaces}
    chemistry = Chemistry(
        cathode.layer.material,
        anode.layer.material,
        operation.temperature,
        operation.voltage.min,
        (contact.get("cathode_interface", 0.0), contact.get("anode_interface", 0.0)),
    )
    reason = None
    if _without_curve(model):
        reason = f"no open-circuit curve of {', '.join(_without_curve(model))}"
    elif lithium.cell.capacity == 0 or lithium.plane.capacity == 0:
        reason = "the capacity is 0"
    if reason is not None:
        notes.append(f"rate is null: {reason}")
        return None, chemistry
    nominal = operation.nominal_capacity
    ratio = 1.0 if nominal is None else nominal / lithium.cell.capacity
    thick = model.thick_plane(lithium.cell.capacity / lithium.plane.capacity)
    for layer in (film.layer for film in thick.films):
        if layer.role in ("cathode", "anode") and layer.thickness > _HARDLY_DEPOSITABLE:
            notes.append(
                f"the plane of the same capacity has a {layer.name} of {layer.thickness / UM:.3g} um: "
                "hardly depositable as a film (above 10 um)"
            )
    flat, thick_parts = (series_resistance(stack, model.conductors(stack)) for stack in (model.plane, thick))
    cell, films, capacity = (
        rate_cell(stack, balance, resistance, ratio, operation.initial_state_of_charge)
        for stack, balance, resistance in (
            (model.stack, lithium.cell, parts),
            (model.plane, lithium.plane, flat),
            (thick, lithium_balance(thick), thick_parts),
        )
    )
    # The same capacity by definition: one nominal, so that equal C-rates are equal currents to the last bit.
    return RateCells(cell, films, replace(capacity, nominal=cell.nominal)), chemistry


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
    )
    empty = [f"{row.c_rate:.3g}C" for row in rows if row.capacity_uAh_cm2 == 0]
    if empty:
        notes.append(f"no capacity at {', '.join(empty)}: below the lower voltage limit from the start")
    return rows


def _provenance(model: Model) -> tuple[ProvenanceNumbers, ...]:
    rows = layer_provenance(model.layers, model.electrolyte_model)
    if model.wafer_material is not None:
        row = constant_provenance(model.wafer_material, "density")
        if row is not None and all((row.material, row.property) != (r.material, r.property) for r in rows):
            rows = (*rows, row)
    return rows
