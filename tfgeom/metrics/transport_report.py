"""What `tfgeom transport` prints: resistance and current spread of one solve, with its size and time."""

from dataclasses import asdict, dataclass
from typing import Any

from tfgeom.errors import UnsupportedError
from tfgeom.metrics.resistance import Resistance
from tfgeom.transport.conduction import Conduction


@dataclass(frozen=True, slots=True)
class TransportReport:
    """Resistance by finite elements, or in closed form with the obstacle that kept them away.

    Attributes
    ----------
    found
        The resistance and the solve it comes from.
    obstacle
        Why there was no solve, if so.
    """

    found: Resistance
    obstacle: str | None = None

    @property
    def fields(self) -> Conduction:
        """The solve, for its fields.

        Raises
        ------
        UnsupportedError
            When the resistance is that of the closed form.
        """
        if self.found.conduction is None:
            raise UnsupportedError.at(
                "relief", f"there are no fields to write, not yet supported: {self.obstacle}"
            )
        return self.found.conduction

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object of ``tfgeom transport --json``."""
        solved = self.found.conduction
        return {
            "resistance": asdict(self.found.numbers),
            "mesh": None if solved is None else {"n_nodes": solved.n_nodes, "n_cells": solved.n_cells},
            "unknowns": None if solved is None else solved.unknowns,
            "seconds": None if solved is None else dict(solved.seconds),
            "notes": self.notes,
        }

    @property
    def notes(self) -> list[str]:
        """What the reader should know beside the numbers."""
        notes = [] if self.obstacle is None else [f"closed form only, not yet supported: {self.obstacle}"]
        missing = ", ".join(self.found.numbers.incomplete)
        if missing:
            notes.append(f"at best: {missing} not known, that loss is left out")
        return notes

    def rows(self) -> list[tuple[str, str]]:
        """Return what and how much, as text."""
        numbers = self.found.numbers
        found = [(part, f"{value:.5g} ohm cm2") for part, value in numbers.asr_by_part_ohm_cm2.items()]
        found.append(("area-specific resistance", f"{numbers.asr_ohm_cm2:.6g} ohm cm2, {numbers.method}"))
        found.append(("on the plane", f"{numbers.planar_asr_ohm_cm2:.6g} ohm cm2"))
        solved = self.found.conduction
        if solved is None:
            return found
        for electrode, peak in solved.current_peak_to_mean.items():
            found.append((f"current peak to mean, {electrode}", f"{peak:.4g}"))
        for check, value in asdict(numbers.checks).items():
            found.append((check.replace("_", " "), f"{value:.1e}"))
        seconds = sum(solved.seconds.values())
        found.append(("unknowns", f"{solved.unknowns} in {seconds:.2g} s with the coarser solve"))
        return found
