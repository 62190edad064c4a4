"""The one road from a design to its numbers: relief, films, lithium, energy, losses, rates, and the planes'.

`evaluate` is what the command line, the report, sweeps and notebooks call; `solve_transport` is the road's
finite-element stage by itself, at small signal or at a finite drive.
"""

from collections.abc import Sequence
from dataclasses import replace

from tfgeom import __version__
from tfgeom.cells.assembled import AssembledCell
from tfgeom.cells.beside import Beside
from tfgeom.cells.kinds import assemble_cell
from tfgeom.cells.planes import beside_planes, beside_same_films
from tfgeom.design import Design, design_sha256
from tfgeom.errors import DesignError, MeshError, SolveError, UnsupportedError
from tfgeom.materials.recording import recorded_constants
from tfgeom.metrics.area_specific_resistance import (
    losses_beside,
    resistance_numbers,
    solve_again,
    solve_cells,
)
from tfgeom.metrics.capacity import capacity_numbers
from tfgeom.metrics.claims import film_capacity, judge_claims
from tfgeom.metrics.closed_rates import closed_model
from tfgeom.metrics.coated_relief import geometry_numbers, layer_numbers
from tfgeom.metrics.device import device_numbers
from tfgeom.metrics.energy import energy_numbers
from tfgeom.metrics.film_rates import chosen_model, film_model
from tfgeom.metrics.load_numbers import load_numbers
from tfgeom.metrics.not_counted import not_counted
from tfgeom.metrics.noted import Noted, T
from tfgeom.metrics.polarisation import check_drive, check_driven
from tfgeom.metrics.protocol_numbers import PROTOCOL_NEEDS_FILMS, protocol_numbers
from tfgeom.metrics.provenance import provenance
from tfgeom.metrics.published import compare_published
from tfgeom.metrics.rate_model import RateModel
from tfgeom.metrics.rates import rate_capability, rate_table
from tfgeom.metrics.remarks import remarks
from tfgeom.metrics.temperature import temperature_notes
from tfgeom.metrics.transport_numbers import TransportNumbers
from tfgeom.results import Evaluation, PublishedNumbers, RateNumbers, ResistanceNumbers
from tfgeom.transport.losses import Losses
from tfgeom.transport.solve_options import SolveOptions, solve_options

FIDELITIES = ("analytic", "film", "fem")
"""What `evaluate` may be asked for."""
_OWN = "own"


def evaluate(design: Design, fidelity: str = "analytic") -> Evaluation:
    """Return all numbers of a design, beside the planar cells of the same films and the same capacity.

    Parameters
    ----------
    design
        A checked design, from `tfgeom.load_design`.
    fidelity
        ``analytic``: closed forms throughout.  ``film``: the same, with rates of the film model, which
        discharges the films in time.  ``fem``: the resistance and the spread of current from finite elements
        on the cell's own mesh; the closed rate model then uses that resistance.

    Raises
    ------
    DesignError
        When the design is physically impossible or a constant it cannot do without is missing.
    UnsupportedError
        When the fidelity is not built for this design.
    MeshError, SolveError
        With ``fem``, when the mesh does not fit, or the solve did not reach its tolerance; with ``film``,
        when a discharge finds no end.
    """
    return evaluate_cell(assemble_cell(design), fidelity)


def evaluate_cell(
    cell: AssembledCell, fidelity: str = "analytic", *, better_rates: bool = False
) -> Evaluation:
    """Return all numbers of an assembled cell; arguments and errors as those of `evaluate`.

    With ``better_rates`` the film model takes the place of the closed one where that is off.
    """
    check_fidelity(fidelity)
    by_elements, design = fidelity == "fem", cell.blueprint.design
    notes: list[str] = []

    def noted(found: Noted[T]) -> T:
        notes.extend(found.notes)
        return found.value

    with design.located(), recorded_constants() as read:
        if by_elements:
            _require_elements(cell)
        cells = beside_planes(cell)
        notes.extend(remarks(cell, by_elements=by_elements))
        capacity = noted(capacity_numbers(cells))
        geometry = noted(geometry_numbers(cell))
        energy = noted(energy_numbers(cells))
        solves = solve_cells(cells) if by_elements else None
        losses = noted(losses_beside(cells, solves))
        resistance = model = rates = None
        if losses is not None:
            resistance = noted(resistance_numbers(cell, losses, solves))
            model = noted(_rate_model(cells, losses, resistance, fidelity, better_rates=better_rates))
        if model is not None:
            asked = cell.blueprint.operation
            rates = noted(rate_capability(model, asked.c_rates, asked.footprint_currents))
        at = _no_rate if rates is None else rates.at
        published = compare_published(
            design.published, (geometry, capacity, energy, resistance), at, film_capacity(cell)
        )
        judged = judge_claims(published, cells)
        device = noted(device_numbers(cell, resistance))
        loaded = noted(load_numbers(cells))
        cycled = None
        if design.operation is not None and design.operation.protocol is not None:
            by_films = better_rates or fidelity == "film"
            if by_films:
                cycled = noted(protocol_numbers(cells))
            else:
                notes.append(PROTOCOL_NEEDS_FILMS)
        left_out = not_counted(cell, resistance, by_elements=by_elements)
        used = {**cell.blueprint.read, **read}
        if cell.lithium is not None:
            notes.extend(temperature_notes(cell, used))
        return Evaluation(
            name=design.name,
            version=__version__,
            design_sha256=design_sha256(design),
            fidelity=fidelity,
            notes=tuple(notes),
            not_counted=left_out,
            geometry=geometry,
            layers=layer_numbers(cell.made) if cell.lithium is not None else (),
            capacity=capacity,
            energy=energy,
            device=device,
            resistance=resistance,
            rate=None if rates is None else rates.rows,
            rate_summary=None if rates is None else rates.summary,
            load=None if loaded is None else loaded.numbers,
            protocol=None if cycled is None else cycled.numbers,
            bands=None,
            rules=(),
            published=judged,
            provenance=() if cell.lithium is None else provenance(used),
            cells=cells,
            solves=solves,
            rate_model=model,
            loaded=loaded,
            cycled=cycled,
        )


def _rate_model(
    cells: Beside[AssembledCell],
    losses: Beside[Losses],
    resistance: ResistanceNumbers,
    fidelity: str,
    *,
    better_rates: bool,
) -> Noted[RateModel | None]:
    """Return what discharges a cell and its planes; None, with a note, where nothing does."""
    closed = closed_model(cells, losses, resistance)
    if closed.value is None:
        return Noted(None, closed.notes)
    if fidelity == "film":
        found = film_model(cells, closed.value)
        return Noted(found.value, found.notes)
    if not better_rates:
        return Noted(closed.value, closed.notes)
    asked = cells.cell.blueprint.operation
    return chosen_model(cells, closed, asked.c_rates, asked.footprint_currents)


def evaluate_load(design: Design) -> Evaluation:
    """Return the evaluation of a design that has a load.

    Raises
    ------
    DesignError
        When it has none; and as `evaluate`.
    """
    if design.load is None:
        raise DesignError.at(
            "load",
            "is missing: nothing draws from the cell; add for example 'load: {sleep: 1 uA/cm^2, per: "
            "footprint}', or give a trace: tfgeom load DESIGN TRACE.csv",
        )
    return evaluate(design)


def evaluate_best(cell: AssembledCell) -> Evaluation:
    """Return the evaluation at ``fem`` where the cell allows it, else at ``analytic`` with a note why.

    Rates are those of the film model where it says that the closed one is off, which a note tells.
    """
    if cell.lithium is None:
        return evaluate_cell(cell)
    obstacle = cell.kind.obstacle_to_elements(cell)
    reason = f"not yet supported: {obstacle}"
    if obstacle is None:
        try:
            return evaluate_cell(cell, "fem", better_rates=True)
        except (MeshError, SolveError) as error:
            reason = str(error)
    found = evaluate_cell(cell, better_rates=True)
    notes = (*found.notes, f"closed forms only, {reason}")
    return replace(found, notes=notes, closed_form_reason=reason)


def discharges(
    found: Evaluation, c_rates: Sequence[float] = (), currents: Sequence[float] = ()
) -> tuple[RateNumbers, ...]:
    """Return discharges of an evaluated design at other rates than its own, for curves with enough points.

    Parameters
    ----------
    found
        What `evaluate` returned: its rate model is used again.
    c_rates, currents
        C-rates on the nominal capacity, and footprint currents, A/m².

    Returns
    -------
    tuple[RateNumbers, ...]
        A row a C-rate, then a row a current, as in `Evaluation.rate`; empty where that is None.
    """
    if found.rate_model is None:
        return ()
    with found.design.located():
        return rate_table(found.rate_model, c_rates, currents)


def solve_transport(
    design: Design,
    current: str | float | None = None,
    voltage: str | float | None = None,
    resolution: int | None = None,
    within: float | None = None,
    assembly: str = _OWN,
) -> TransportNumbers:
    """Return resistance and spread of current by finite elements, beside the plane of the same films.

    Small signal unless a current or a voltage is given: then charge transfer follows Butler-Volmer.  A
    flooded cell needs ``electrolyte_model: salt`` for a current; its charge transfer stays linear.

    Parameters
    ----------
    design
        A checked design, from `tfgeom.load_design`.
    current, voltage
        Footprint current, A/m², or polarisation of the terminals, V, positive on discharge; or text with a
        unit.  Give at most one.
    resolution
        1 coarse, 2 usual, 4 fine; the usual one by default.
    within
        Largest discretisation error that is accepted, relative; any by default.
    assembly
        Who else integrates over the hexahedra, ``scikit-fem``: the same system is solved again with its
        volumes, and the difference goes with the numbers.  ``own`` by default: nobody else.

    Raises
    ------
    DesignError
        When the design is physically impossible, a constant it cannot do without is missing, an option
        cannot be read, or the polarisation is above what the charged cell has at rest.
    UnsupportedError
        Where finite elements cannot solve this cell and an option asks for them; without options the answer
        is then the closed form, and says so.
    MeshError, SolveError
        When the mesh does not fit, or the solve did not reach its tolerance or the accuracy asked for.
    """
    from tfgeom.verification.assembly import kernel_of

    options = solve_options(resolution, within, current, voltage)
    kernel_of(assembly)  # refused before the solve
    cell = assemble_cell(design)
    with design.located():
        if options.drive is not None:
            check_drive(cell, options.drive)
        obstacle = cell.kind.obstacle_to_elements(cell)
        if obstacle is not None and (options != SolveOptions() or assembly != _OWN):
            raise UnsupportedError.at(
                "relief", f"not yet supported: {obstacle}; without finite elements leave the options out"
            )
        cells = beside_same_films(cell)
        if obstacle is None:
            solves = solve_cells(cells, options)
            check_driven(cell, solves.cell.losses)
            numbers = resistance_numbers(cell, solves.map(lambda solve: solve.losses), solves).value
            found = TransportNumbers(numbers, cell, solves.cell)
            if assembly == _OWN:
                return found
            return replace(found, other=solve_again(cell, options, assembly, solves.cell))
        losses = cells.map(lambda one: one.kind.closed_form(one))
        return TransportNumbers(resistance_numbers(cell, losses).value, cell, None, obstacle)


def check(design: Design) -> list[str]:
    """Return the claims that a readable, possible design fails, one line each.

    Raises
    ------
    DesignError
        When the design is physically impossible.
    """
    return failed_claims(evaluate(design))


def failed_claims(found: Evaluation) -> list[str]:
    """Return the published claims that the numbers of a design fail, one line each."""
    return [
        f"published.{row.quantity}: {_failure(row)}" for row in found.published if row.verdict == "outside"
    ]


def _failure(row: PublishedNumbers) -> str:
    if row.needs:
        return f"{row.published:.4g} {row.unit} is {row.needs}"
    computed = f"computed {row.computed:.4g} {row.unit}".rstrip()
    return (
        f"{computed} is {row.deviation:+.1%} off the published {row.published:.4g} "
        f"(tolerance {row.tolerance:.0%})"
    )


def check_fidelity(fidelity: str) -> None:
    """Raise DesignError for a fidelity that is unknown."""
    if fidelity not in FIDELITIES:
        raise DesignError.at("fidelity", f"'{fidelity}' is unknown; use one of {', '.join(FIDELITIES)}")


def _require_elements(cell: AssembledCell) -> None:
    obstacle = cell.kind.obstacle_to_elements(cell)
    if obstacle is not None:
        raise UnsupportedError.at("relief.kind", f"not yet supported: {obstacle}; use fidelity analytic")


def _no_rate(c_rate: float) -> None:
    """Stand for the rate model where there is none."""
