"""Area-specific resistance beside the plane, in closed form or by finite elements."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tfgeom.films import Stack
from tfgeom.metrics.numbers import resistance_numbers
from tfgeom.results import ElectrodePair, ResistanceChecks, ResistanceNumbers
from tfgeom.transport.coefficients import Conductors, contact_resistance
from tfgeom.transport.flooded import FloodedCircuit, flooded_resistance
from tfgeom.transport.series import series_resistance

if TYPE_CHECKING:
    from tfgeom.transport.conduction import Conduction


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
        The finite-element solve; None in closed form.
    """

    parts: dict[str, float]
    numbers: ResistanceNumbers
    conduction: "Conduction | None"


def find_resistance(
    stack: Stack,
    wires: Conductors,
    plane: Stack,
    plane_wires: Conductors,
    by_elements: bool,
    in_series: int = 1,
) -> Resistance:
    """Return the resistance of a conformal cell beside its plane.

    Parameters
    ----------
    stack, wires
        The films on the relief and what conducts in them.
    plane, plane_wires
        The same films on the plane, where the closed form is exact.
    by_elements
        Whether to solve by finite elements.
    in_series
        Equal cells in series; the numbers are the whole stack's, ``parts`` one cell's.

    Raises
    ------
    SolveError, UnsupportedError
        As `tfgeom.transport.conduction.solve_conduction`.
    """
    solved = None
    if by_elements:
        from tfgeom.transport.conduction import solve_conduction

        solved = solve_conduction(stack, wires)
        parts = dict(solved.asr_by_part)
        peaks = ElectrodePair(**solved.current_peak_to_mean)
        checks = ResistanceChecks(
            solved.reaction_imbalance, solved.flux_mismatch, solved.discretisation_error
        )
    else:
        parts = series_resistance(stack, wires)
        peaks, checks = ElectrodePair(None, None), ResistanceChecks(None, None, None)
    numbers = resistance_numbers(
        {part: in_series * value for part, value in parts.items()},
        {part: in_series * value for part, value in series_resistance(plane, plane_wires).items()},
        "finite elements" if by_elements else "closed form",
        wires.incomplete,
        peaks,
        checks,
        {part: in_series * value for part, value in contact_resistance(stack, wires).items()},
    )
    return Resistance(parts, numbers, solved)


def find_flooded_resistance(
    stack: Stack, circuit: FloodedCircuit, plane: Stack, plane_circuit: FloodedCircuit
) -> Resistance:
    """Return the resistance of a flooded half-cell beside that of the same film on the plane.

    Parameters
    ----------
    stack, circuit
        The films on the relief and what conducts.
    plane, plane_circuit
        The same films on the plane, under the same separator.

    Raises
    ------
    UnsupportedError
        For a relief the wire model does not describe.
    """
    parts = flooded_resistance(stack, circuit)
    numbers = resistance_numbers(
        parts,
        flooded_resistance(plane, plane_circuit),
        "closed form",
        circuit.incomplete,
        ElectrodePair(None, None),
        ResistanceChecks(None, None, None),
        contact_resistance(stack, circuit.films),
    )
    return Resistance(parts, numbers, None)
