"""Area-specific resistance beside the plane, in closed form or by finite elements."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from tfgeom.errors import UnsupportedError
from tfgeom.films import Stack
from tfgeom.meshing.resolution import Resolution
from tfgeom.metrics.numbers import resistance_numbers
from tfgeom.results import ElectrodePair, ResistanceChecks, ResistanceNumbers
from tfgeom.transport.coefficients import Conductors, contact_resistance
from tfgeom.transport.flooded import FloodedCircuit, flooded_resistance
from tfgeom.transport.series import series_resistance
from tfgeom.transport.solve_options import Drive, SolveOptions

if TYPE_CHECKING:
    from tfgeom.transport.conduction import Conduction
    from tfgeom.transport.flooded_solve import FloodedConduction

Solved: TypeAlias = "Conduction | FloodedConduction"
"""The finite-element solve of a conformal or of a flooded cell."""


@dataclass(frozen=True, slots=True)
class Resistance:
    """A cell's resistance.

    Attributes
    ----------
    parts
        By part, ohm m² of footprint; of one cell.
    numbers
        What leaves the program.
    conduction
        The finite-element solve of a conformal cell; None in closed form.
    flooded
        That of a flooded one.
    in_series
        Equal cells in series that ``numbers`` are of; ``parts`` and solves are of one.
    """

    parts: dict[str, float]
    numbers: ResistanceNumbers
    conduction: "Conduction | None" = None
    flooded: "FloodedConduction | None" = None
    in_series: int = 1

    @property
    def solved(self) -> "Solved | None":
        """The finite-element solve of either; None in closed form."""
        return self.conduction or self.flooded


def find_resistance(
    stack: Stack,
    wires: Conductors,
    plane: Stack,
    plane_wires: Conductors,
    options: SolveOptions | None,
    in_series: int = 1,
) -> Resistance:
    """Return the resistance of a conformal cell beside its plane.

    Parameters
    ----------
    stack, wires
        The films on the relief and what conducts in them.
    plane, plane_wires
        The same films on the plane.
    options
        How to solve both by finite elements; None for the closed form.
    in_series
        Equal cells in series; the numbers are the whole stack's, ``parts`` one cell's.

    Raises
    ------
    SolveError, UnsupportedError, DesignError, MaterialError
        As `tfgeom.transport.conduction.solve_conduction`.
    """
    solved = None
    if options is not None:
        from tfgeom.transport.conduction import solve_conduction, usual_resolution

        usual = usual_resolution(stack.cell)
        resolution = usual if options.refine is None else usual.member(options.refine)
        drive = options.drive
        if drive is not None and drive.voltage is not None:
            drive = Drive(voltage=drive.voltage / in_series)
        solved = solve_conduction(stack, wires, resolution, options.contacts, drive, options.within)
        parts = dict(solved.asr_by_part)
        flat = solve_conduction(plane, plane_wires, drive=drive).asr_by_part
        peaks, checks = _peaks(solved), _checks(solved)
    else:
        parts, flat = series_resistance(stack, wires), series_resistance(plane, plane_wires)
        peaks, checks = ElectrodePair(None, None), ResistanceChecks(None, None, None)
    numbers = resistance_numbers(
        {part: in_series * value for part, value in parts.items()},
        {part: in_series * value for part, value in flat.items()},
        "closed form" if options is None else "finite elements",
        wires.incomplete,
        peaks,
        checks,
        {part: in_series * value for part, value in contact_resistance(stack, wires).items()},
    )
    return Resistance(parts, numbers, conduction=solved, in_series=in_series)


def find_flooded_resistance(
    stack: Stack,
    circuit: FloodedCircuit,
    plane: Stack,
    plane_circuit: FloodedCircuit,
    options: SolveOptions | None = None,
) -> Resistance:
    """Return the resistance of a flooded half-cell beside that of the same film on the plane.

    Parameters
    ----------
    stack, circuit
        The films on the relief and what conducts.
    plane, plane_circuit
        The same films on the plane, under the same separator.
    options
        How to solve both by finite elements; None for the wire model.

    Raises
    ------
    UnsupportedError
        For a relief that the wire model, or the mesh of its voids, does not describe.
    SolveError, MeshError
        As `tfgeom.transport.flooded_solve.solve_flooded` and, at a finite current,
        `tfgeom.transport.salt_solve.solve_salt`; the plane must carry the current too.
    """
    solved = None
    if options is not None:
        from tfgeom.transport.flooded_solve import solve_flooded

        resolution = None if options.refine is None else Resolution(options.refine)
        if options.drive is None:
            solved = solve_flooded(stack, circuit, resolution, options.within)
            flat = solve_flooded(plane, plane_circuit).asr_by_part
        else:
            from tfgeom.transport.salt_solve import solve_salt

            current = _salt_current(options.drive, circuit)
            solved = solve_salt(stack, circuit, current, resolution, options.within)
            flat = solve_salt(plane, plane_circuit, current).asr_by_part
        parts = dict(solved.asr_by_part)
        peaks, checks = _peaks(solved), _checks(solved)
    else:
        parts, flat = flooded_resistance(stack, circuit), flooded_resistance(plane, plane_circuit)
        peaks, checks = ElectrodePair(None, None), ResistanceChecks(None, None, None)
    numbers = resistance_numbers(
        parts,
        flat,
        "closed form" if options is None else "finite elements",
        circuit.incomplete,
        peaks,
        checks,
        contact_resistance(stack, circuit.films),
    )
    if circuit.salt is not None:
        share = getattr(solved, "concentration_share", circuit.salt.concentration_share)
        numbers = replace(numbers, concentration_share_of_electrolyte=share)
    return Resistance(parts, numbers, flooded=solved)


def _salt_current(drive: Drive, circuit: FloodedCircuit) -> float:
    """Return the footprint current at which a flooded cell is to be solved, A/m²."""
    if circuit.salt is None:
        raise UnsupportedError.at(
            "cell.electrolyte_model",
            "not yet supported: a finite current or voltage in a flooded cell whose liquid is ohmic; "
            "use electrolyte_model: salt with a current, or leave current and voltage out",
        )
    if drive.current is None:
        raise UnsupportedError.at(
            "--voltage", "not yet supported: a finite voltage in a flooded cell; give --current"
        )
    return drive.current


def _peaks(solved: "Solved") -> ElectrodePair:
    peaks = solved.current_peak_to_mean
    return ElectrodePair(peaks.get("cathode"), peaks.get("anode"))


def _checks(solved: "Solved") -> ResistanceChecks:
    return ResistanceChecks(solved.reaction_imbalance, solved.flux_mismatch, solved.discretisation_error)
