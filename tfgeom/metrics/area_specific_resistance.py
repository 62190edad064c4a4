"""What a cell loses beside its planes, in closed form or by finite elements, and the numbers of it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tfgeom.cells.assembled import AssembledCell
from tfgeom.cells.beside import Beside
from tfgeom.materials.constants import words_of_all
from tfgeom.metrics.across_chip import longest_chip
from tfgeom.metrics.asked import EVERYTHING, Asked
from tfgeom.metrics.noted import Noted
from tfgeom.results import ChipResistance, ElectrodePair, ResistanceChecks, ResistanceNumbers
from tfgeom.rows import Numbers, is_rows, plain, some
from tfgeom.transport.losses import Losses
from tfgeom.transport.solve_options import Drive, SolveOptions
from tfgeom.units import MM, OHM_CM2, in_unit

_NOT_ASKED = "nobody asked for it"
COARSE = 0.01
"""Error of a resistance that a reader is told of."""

if TYPE_CHECKING:
    from tfgeom.transport.steady import Solve
    from tfgeom.verification.assembly import OtherAssembly


def solve_cells(cells: Beside[AssembledCell], options: SolveOptions | None = None) -> "Beside[Solve]":
    """Return the finite-element solves of a cell and of the plane of the same films.

    Parameters
    ----------
    cells
        The cell and its planes.
    options
        How the cell is solved; its plane is solved at the usual resolution, and carries the drive too.

    Raises
    ------
    SolveError, MeshError, UnsupportedError, DesignError, MaterialError
        As `tfgeom.transport.steady.solve_steady`.
    """
    from tfgeom.transport.hex_stiffness import hex_stiffness
    from tfgeom.transport.steady import solve_steady

    asked = options or SolveOptions()
    drive = _of_one_cell(asked.drive, cells.cell.blueprint.in_series)
    cell, plane = cells.cell, cells.same_films
    own = cell.kind.problem(cell, drive, contacted=True, integrate=hex_stiffness)
    flat = plane.kind.problem(plane, drive, contacted=False, integrate=hex_stiffness)
    return Beside(solve_steady(own, asked.refine, asked.within), {"same_films": solve_steady(flat)})


def solve_again(cell: AssembledCell, options: SolveOptions, name: str, solved: "Solve") -> "OtherAssembly":
    """Return the same system of a cell as another assembles it, beside its own solve.

    Parameters
    ----------
    cell, options
        What was solved, and how.
    name
        One of `tfgeom.verification.assembly.ASSEMBLIES`.
    solved
        The own solve.
    """
    from tfgeom.transport.steady import solve_once
    from tfgeom.verification.assembly import compare_assemblies, kernel_of

    drive = _of_one_cell(options.drive, cell.blueprint.in_series)
    problem = cell.kind.problem(cell, drive, contacted=True, integrate=kernel_of(name))
    return compare_assemblies(name, solved.losses, solve_once(problem, options.refine).losses)


def _of_one_cell(drive: Drive | None, in_series: int) -> Drive | None:
    """Return a drive of several cells in series as that of one: a voltage is shared by them."""
    if drive is None or drive.voltage is None:
        return drive
    return Drive(voltage=drive.voltage / in_series)


def losses_beside(
    cells: Beside[AssembledCell], solves: "Beside[Solve] | None"
) -> Noted[Beside[Losses] | None]:
    """Return the losses of a cell and of its planes; None where there is neither solve nor closed form.

    Parameters
    ----------
    cells
        The cell and its planes.
    solves
        Of the cell and of the plane of the same films: their losses then stand.
    """
    cell = cells.cell
    if cell.lithium is None:
        return Noted(None)
    if solves is not None:
        planes = {
            name: solves.planes[name].losses if name in solves.planes else plane.kind.closed_form(plane)
            for name, plane in cells.planes.items()
        }
        return Noted(Beside(solves.cell.losses, planes))
    obstacle = cell.kind.obstacle_to_closed_form(cell)
    if obstacle is not None:
        return Noted(None, (f"resistance and rate are null: not yet supported: {obstacle}",))
    return Noted(cells.map(lambda one: one.kind.closed_form(one)))


def accuracy_notes(solved: "Solve") -> list[str]:
    """Return what a reader is told of a solve that is off by more than a per cent, the mesh's part last."""
    notes = []
    if solved.columns_error > COARSE:
        notes.append(
            f"films under a liquid count straight through: at feet, rims and vertical edges that may miss "
            f"{solved.columns_error:.1g} of the resistance, on any mesh"
        )
    of_mesh = solved.discretisation_error - solved.columns_error
    if of_mesh > COARSE:
        notes.append(f"the discretisation error is about {of_mesh:.1g} of the resistance")
    return notes


def resistance_numbers(
    cell: AssembledCell,
    losses: Beside[Losses],
    solves: "Beside[Solve] | None" = None,
    asked: Asked = EVERYTHING,
) -> Noted[ResistanceNumbers]:
    """Return the area-specific resistance of all cells in series, by part and beside the plane's.

    Parameters
    ----------
    cell
        The cell.
    losses
        Of one cell, and of one on its planes.
    solves
        The solves they come from; None for the closed form.
    asked
        The length of a ``chip`` and the plane's numbers take work of their own.
    """
    solved = None if solves is None else solves.cell
    circuit, in_series = cell.circuit, cell.blueprint.in_series
    assert circuit is not None  # what has losses has a circuit
    own = losses.cell.in_series(in_series)
    planar: Any = None
    if "planar_asr_ohm_cm2" in asked:
        planar = plain(losses.same_films.in_series(in_series).total) / OHM_CM2
    parts = {part: plain(value) / OHM_CM2 for part, value in own.by_part().items()}
    contact = own.where(mechanism="contact")
    peaks = {} if solved is None else solved.current_peak_to_mean
    salt, electrolyte = own.where(mechanism="salt"), own.where(part="electrolyte")
    longest = longest_chip(cell, plain(own.total)) if "chip" in asked else _NOT_ASKED
    numbers = ResistanceNumbers(
        method="closed form" if solved is None else "finite elements",
        asr_ohm_cm2=plain(own.total) / OHM_CM2,
        asr_by_part_ohm_cm2=parts,
        planar_asr_ohm_cm2=planar,
        largest_part=_largest(parts),
        current_peak_to_mean=ElectrodePair(peaks.get("cathode"), peaks.get("anode")),
        incomplete=circuit.incomplete,
        checks=ResistanceChecks(None, None, None)
        if solved is None
        else ResistanceChecks(solved.reaction_imbalance, solved.flux_mismatch, solved.discretisation_error),
        contact_by_part_ohm_cm2={
            part: plain(value) / OHM_CM2 for part, value in contact.by_part().items() if some(value)
        },
        chip=ChipResistance(None if isinstance(longest, str) else in_unit(longest, MM)),
        concentration_share_of_electrolyte=plain(salt.total / electrolyte.total) if salt.rows else None,
    )
    notes = []
    if isinstance(longest, str):
        notes.append(f"the length of a chip that loses 10 % is null: {longest}")
    missing = words_of_all(circuit.incomplete)
    if missing:
        notes.append(f"at best: {missing} not known, so that loss is left out of resistance and rate")
    if solved is not None:
        notes += accuracy_notes(solved)
    return Noted(numbers, tuple(notes))


def _largest(parts: Mapping[str, Numbers]) -> Any:
    """Return the part that loses most, of n cells that of each."""
    if not any(is_rows(value) for value in parts.values()):
        return max(parts, key=lambda part: parts[part])
    values = np.stack(np.broadcast_arrays(*parts.values()))
    return np.array(list(parts))[np.argmax(values, axis=0)]
