"""The one road from a design to its numbers: relief, films, lithium, energy, resistance, rates.

`evaluate` is what the command line, the report, sweeps and notebooks call.  The planar baselines take the
same road on the flat cell.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from tfgeom import __version__
from tfgeom.design import Balance, Design, design_sha256
from tfgeom.design.paths import PLATED_LITHIUM
from tfgeom.errors import DesignError, MeshError, SolveError, UnsupportedError
from tfgeom.films import Stack
from tfgeom.materials.recording import recorded_constants
from tfgeom.metrics.claims import film_capacity, judge_claims, theory_of
from tfgeom.metrics.device import device_numbers, peak_power
from tfgeom.metrics.energy import (
    Bulk,
    OpenCircuitEnergy,
    bulk,
    cell_voltage,
    discharge_sides,
    open_circuit_energy,
)
from tfgeom.metrics.lithium import LithiumBalance, balanced_anode_thickness, lithium_balance
from tfgeom.metrics.numbers import (
    capacity_numbers,
    energy_numbers,
    geometry_numbers,
    layer_numbers,
)
from tfgeom.metrics.plating import plating_room
from tfgeom.metrics.provenance import provenance
from tfgeom.metrics.published import RateAt, compare_published
from tfgeom.metrics.swelling import swollen_stack, unknown_swelling
from tfgeom.model import Model, build_model
from tfgeom.rating import LithiumPair, rate_model, without_curve
from tfgeom.results import (
    DeviceNumbers,
    EnergyNumbers,
    Evaluation,
    GeometryNumbers,
    PublishedNumbers,
    RateNumbers,
    RateSummary,
    ResistanceNumbers,
)
from tfgeom.transport.flooded import flooded_obstacle
from tfgeom.units import NM, OHM_CM2, UAH_PER_CM2, UM

if TYPE_CHECKING:
    from tfgeom.transport.conduction import Conduction
    from tfgeom.transport.flooded_solve import FloodedConduction

FIDELITIES = ("analytic", "film", "fem")
"""What `evaluate` may be asked for; ``film`` is not built yet."""


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
    with recorded_constants() as read, design.located():
        model = build_model(design)
        if fidelity == "fem":
            obstacle = fem_obstacle(model)
            if obstacle is not None:
                raise UnsupportedError.at(
                    "relief.kind", f"not yet supported: {obstacle}; use fidelity analytic"
                )
        if design.cell is None:
            return _geometry_only(model)
        return replace(_whole_cell(model, fidelity), provenance=provenance(read))


def evaluate_best(design: Design) -> Evaluation:
    """Return the evaluation at ``fem`` where the cell allows it, else at ``analytic`` with a note why."""
    if design.cell is None:
        return evaluate(design, "analytic")
    obstacle = fem_obstacle(build_model(design))
    reason = f"not yet supported: {obstacle}"
    if obstacle is None:
        try:
            return evaluate(design, "fem")
        except (MeshError, SolveError) as error:
            reason = str(error)
    evaluation = evaluate(design, "analytic")
    return replace(evaluation, notes=(*evaluation.notes, f"closed forms only, {reason}"))


def fem_obstacle(model: Model) -> str | None:
    """Return why finite elements cannot solve this design yet, or None when they can."""
    from tfgeom.meshing.film_mesh import mesh_obstacle

    if model.design.cell is None:
        return "finite elements on a design without layers"
    if model.is_flooded and model.stack.cell.through:
        return "the resistance of flooded through-holes"
    return mesh_obstacle(model.charged)


def check(design: Design) -> list[str]:
    """Return the claims that a readable, possible design fails, one line each.

    Raises
    ------
    DesignError
        When the design is physically impossible.
    """
    return [
        f"published.{row.quantity}: {_failure(row)}"
        for row in evaluate(design).published
        if row.verdict == "outside"
    ]


def _failure(row: PublishedNumbers) -> str:
    if row.needs:
        return f"{row.published:.4g} {row.unit} is {row.needs}"
    computed = f"computed {row.computed:.4g} {row.unit}".rstrip()
    return (
        f"{computed} is {row.deviation:+.1%} off the published {row.published:.4g} "
        f"(tolerance {row.tolerance:.0%})"
    )


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
        design=design,
    )


def _whole_cell(model: Model, fidelity: str) -> Evaluation:
    design, notes = model.design, _standing_notes(model, fidelity)
    lithium = LithiumPair(lithium_balance(model.stack), lithium_balance(model.plane))
    balanced = balanced_anode_thickness(model.stack, lithium.cell)
    capacity = capacity_numbers(lithium.cell, lithium.plane, balanced)
    if lithium.cell.n_to_p_ratio is not None and balanced is None:
        notes.append("balanced_thickness_nm is null: no anode thickness that fits gives N/P 1")
    if lithium.cell.inventory == 0:
        raise DesignError.at(
            "layers",
            "the electrodes hold no lithium as made, so nothing can move; add 'lithiation: 1' to the one "
            "that comes filled, or use a lithium metal anode",
        )
    if lithium.cell.capacity == 0:
        notes.append("both electrodes are full: nothing can move, the capacity is 0; see lithiation")
    if lithium.cell.bound:
        share = lithium.cell.bound / UAH_PER_CM2
        notes.append(f"the first cycle binds {share:.3g} uAh/cm2 of the lithium (initial_efficiency)")
    geometry = _geometry(model, notes)
    open_circuit, energy = _energy(model, lithium, notes)
    resistance: ResistanceNumbers | None = None
    conduction: Conduction | None = None
    flooded: FloodedConduction | None = None
    rate: tuple[RateNumbers, ...] | None = None
    summary: RateSummary | None = None
    point: RateAt = _no_rate
    closed = model.is_flooded and fidelity != "fem"
    obstacle = flooded_obstacle(model.stack.cell) if closed else None
    if obstacle is not None:
        notes.append(f"resistance and rate are null: not yet supported: {obstacle}")
    else:
        found = model.resistance(by_elements=fidelity == "fem")
        resistance, conduction, flooded = found.numbers, found.conduction, found.flooded
        if resistance.incomplete:
            missing = ", ".join(resistance.incomplete)
            notes.append(f"at best: {missing} not known, so that loss is left out of resistance and rate")
        rating = rate_model(model, lithium, found.parts, resistance, notes)
        if rating is not None:
            rate, summary, point = rating.rows, rating.summary, rating.at
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
        device=_device(model, lithium.cell, open_circuit, resistance),
        resistance=resistance,
        rate=rate,
        rate_summary=summary,
        rules=(),
        published=judge_claims(
            compare_published(
                design.published,
                geometry,
                capacity,
                energy,
                resistance,
                point,
                film_capacity(model.stack, lithium.cell),
            ),
            theory_of(model.stack, lithium.cell),
            theory_of(model.plane, lithium.plane),
        ),
        provenance=(),
        design=design,
        conduction=conduction,
        flooded=flooded,
    )


def _standing_notes(model: Model, fidelity: str) -> list[str]:
    notes = [
        f"'{layer.name}' solved for N/P {stated.thickness.ratio:g}: {layer.thickness / NM:.4g} nm thick"
        for layer, stated in zip(model.layers, model.design.layers, strict=True)
        if isinstance(stated.thickness, Balance)
    ]
    plated = model.charged.named(PLATED_LITHIUM)
    if plated is not None:
        notes.append(
            f"a full charge plates {plated.layer.thickness / UM:.3g} um of lithium on the electrolyte; "
            "heights count it, and resistance and rate are those of the charged cell"
        )
    if model.is_flooded:
        notes.append("heights and masses leave out separator, liquid electrolyte and counter electrode")
        notes.append(_salt_note(model))
        exchange = None if model.counter is None else model.counter.get("exchange_current")
        if exchange is not None:
            where = f" ({exchange.note})" if exchange.note else ""
            notes.append(f"the counter electrode's charge transfer counts, at {exchange.text}{where}")
    else:
        if not model.contacts.ideal and fidelity == "analytic":
            notes.append(
                "closed forms take the collectors as equipotentials: contact counts with fidelity fem only"
            )
        path = model.charged.current_path
        for name, film in (("inner", path[0]), ("outer", path[-1])):
            if film.layer.role != "current_collector" and not film.layer.material.is_lithium_metal:
                notes.append(
                    f"no {name}_collector: the free face of '{film.layer.name}' is taken as an equipotential"
                )
    if model.cells_in_series > 1:
        notes.append(
            f"{model.cells_in_series} cells in series: voltage, energy, power and resistance are the stack's "
            "and its plane's, the voltage limits too; the resistance of what lies between cells is left out"
        )
    if model.design.chip is not None and model.design.chip.contacts:
        notes.append("not yet supported: losses in the collectors across the chip; contacts change no number")
    if model.wafer is None:
        notes.append("device height and mass are null: the design has no substrate")
    elif model.wafer.density is None and model.wafer_material is not None:
        notes.append(f"masses with the wafer are null: no density of {model.wafer_material.name}")
    light = [layer.name for layer in model.layers if layer.material.value("density") is None]
    if light:
        notes.append(f"masses and specific energies are null: no density of {', '.join(light)}")
    return notes


def _salt_note(model: Model) -> str:
    salt = model.circuit(model.stack).salt
    if salt is None:
        return "the liquid is an ohmic conductor: its salt does not run out in resistance and rate"
    return (
        "the liquid's loss is that of a small steady current: the gradient of its salt makes "
        f"{salt.concentration_share:.0%} of it; `tfgeom transport --current` has the salt at a finite one"
    )


def _geometry(model: Model, notes: list[str]) -> GeometryNumbers:
    swollen = swollen_stack(model.charged)
    if swollen is None and not model.stack.cell.is_flat:
        missing = ", ".join(unknown_swelling(model.charged))
        notes.append(f"gap_after_swelling_nm is null: {missing} not known")
    room = None if model.plated is None else plating_room(model.charged)
    return geometry_numbers(model.stack, swollen, room)


def _bulk(model: Model, stack: Stack, charged: Stack) -> Bulk:
    growth = charged.top.top - stack.top.top
    return bulk(stack, model.wafer, model.package, model.cells_in_series, model.plate, growth)


def _device(
    model: Model,
    balance: LithiumBalance,
    energy: OpenCircuitEnergy | None,
    resistance: ResistanceNumbers | None,
) -> DeviceNumbers:
    operation = model.design.operation
    assert operation is not None
    asr = None if resistance is None else resistance.asr_ohm_cm2 * OHM_CM2
    power = peak_power(energy, asr, operation.voltage.min)
    return device_numbers(balance, _bulk(model, model.stack, model.charged), model.design.chip, energy, power)


def _energy(
    model: Model, lithium: LithiumPair, notes: list[str]
) -> tuple[OpenCircuitEnergy | None, EnergyNumbers]:
    found = _open_circuit(model, model.charged, lithium.cell)
    if found is None:
        notes.append(f"energy is null: no open-circuit curve of {', '.join(without_curve(model))}")
    elif found.charge == 0 and lithium.cell.capacity > 0:
        raise _outside_window(model, lithium.cell)
    elif found.charge < 0.99 * lithium.cell.capacity:
        lost = 1 - found.charge / lithium.cell.capacity
        notes.append(
            f"the voltage window cuts {lost:.1%} of the capacity from the energy; discharges start from the "
            "charged cell whatever the upper limit is"
        )
    own = energy_numbers(found, _bulk(model, model.stack, model.charged))
    flat = energy_numbers(
        _open_circuit(model, model.charged_plane, lithium.plane),
        _bulk(model, model.plane, model.charged_plane),
    )
    return found, EnergyNumbers(
        own.mean_voltage_V,
        own.footprint_energy_mWh_cm2,
        own.volumetric_energy_Wh_L,
        own.specific_energy_Wh_kg,
        planar=flat,
    )


def _outside_window(model: Model, balance: LithiumBalance) -> DesignError:
    """Return the error of a voltage window that the cell never enters."""
    sides = discharge_sides(model.stack, balance)
    assert sides is not None  # there is an energy
    ends = cell_voltage(sides, np.array([0.0, balance.capacity]), model.temperature) * model.cells_in_series
    low, high = (limit * model.cells_in_series for limit in model.window)
    return DesignError.at(
        "operation.voltage",
        f"{low:g} to {high:g} V lies outside what the cell has at rest, {ends[0]:.3g} V charged to "
        f"{ends[1]:.3g} V discharged; use limits around these",
    )


def _open_circuit(model: Model, stack: Stack, balance: LithiumBalance) -> OpenCircuitEnergy | None:
    """Return the open-circuit energy of the stack of cells; None without curves."""
    sides = discharge_sides(stack, balance)
    if sides is None:
        return None
    one = open_circuit_energy(sides, balance.capacity, model.temperature, model.window)
    return one.in_series(model.cells_in_series)
