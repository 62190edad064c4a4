"""What `tfgeom transport` prints: resistance and current spread of one solve, with its size and time."""

from dataclasses import asdict, dataclass
from typing import Any

from tfgeom.errors import UnsupportedError
from tfgeom.films import Stack
from tfgeom.metrics.numbers import resistance_numbers
from tfgeom.results import ElectrodePair, ResistanceChecks, ResistanceNumbers
from tfgeom.transport.coefficients import Conductors
from tfgeom.transport.conduction import Conduction, solve_conduction
from tfgeom.transport.series import series_resistance


@dataclass(frozen=True, slots=True)
class TransportReport:
    """Resistance by finite elements, or in closed form with the obstacle that kept them away.

    Attributes
    ----------
    resistance
        The numbers that leave the program.
    conduction
        The solve; None in closed form.
    obstacle
        Why there is none.
    """

    resistance: ResistanceNumbers
    conduction: Conduction | None
    obstacle: str | None

    @property
    def fields(self) -> Conduction:
        """The solve, for its fields.

        Raises
        ------
        UnsupportedError
            When the resistance is that of the closed form.
        """
        if self.conduction is None:
            raise UnsupportedError.at(
                "relief", f"there are no fields to write, not yet supported: {self.obstacle}"
            )
        return self.conduction

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object of ``tfgeom transport --json``."""
        solved = self.conduction
        return {
            "resistance": asdict(self.resistance),
            "mesh": None if solved is None else {"n_nodes": solved.n_nodes, "n_cells": solved.n_cells},
            "unknowns": None if solved is None else solved.unknowns,
            "seconds": None if solved is None else dict(solved.seconds),
            "notes": self.notes,
        }

    @property
    def notes(self) -> list[str]:
        """What the reader should know beside the numbers."""
        notes = [] if self.obstacle is None else [f"closed form only, not yet supported: {self.obstacle}"]
        if self.resistance.incomplete:
            notes.append(f"at best: {', '.join(self.resistance.incomplete)} not known, that loss is left out")
        return notes

    def rows(self) -> list[tuple[str, str]]:
        """Return what and how much, as text."""
        numbers = self.resistance
        found = [(part, f"{value:.5g} ohm cm2") for part, value in numbers.asr_by_part_ohm_cm2.items()]
        found.append(("area-specific resistance", f"{numbers.asr_ohm_cm2:.6g} ohm cm2, {numbers.method}"))
        found.append(("on the plane", f"{numbers.planar_asr_ohm_cm2:.6g} ohm cm2"))
        if self.conduction is None:
            return found
        for electrode, peak in self.conduction.current_peak_to_mean.items():
            found.append((f"current peak to mean, {electrode}", f"{peak:.4g}"))
        for check, value in asdict(numbers.checks).items():
            found.append((check.replace("_", " "), f"{value:.1e}"))
        seconds = sum(self.conduction.seconds.values())
        found.append(("unknowns", f"{self.conduction.unknowns} in {seconds:.2g} s with the coarser solve"))
        return found


def transport_report(
    stack: Stack, wires: Conductors, plane: Stack, plane_wires: Conductors, obstacle: str | None = None
) -> TransportReport:
    """Return resistance and current spread of a conformal cell, beside its plane.

    Parameters
    ----------
    stack, wires
        The films on the relief and what conducts in them.
    plane, plane_wires
        The same films on the plane.
    obstacle
        Why finite elements cannot solve it, if so: the closed form is taken.

    Raises
    ------
    SolveError
        As `solve_conduction`.
    """
    flat = series_resistance(plane, plane_wires)
    if obstacle is not None:
        numbers = resistance_numbers(
            series_resistance(stack, wires),
            flat,
            "closed form",
            wires.incomplete,
            ElectrodePair(None, None),
            ResistanceChecks(None, None, None),
        )
        return TransportReport(numbers, None, obstacle)
    solved = solve_conduction(stack, wires)
    numbers = resistance_numbers(
        solved.asr_by_part,
        flat,
        "finite elements",
        wires.incomplete,
        ElectrodePair(**solved.current_peak_to_mean),
        ResistanceChecks(solved.reaction_imbalance, solved.flux_mismatch, solved.discretisation_error),
    )
    return TransportReport(numbers, solved, None)
