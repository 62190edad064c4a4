"""What `tfgeom transport` prints: resistance and current spread of one solve, with its size and time."""

from dataclasses import asdict, dataclass
from typing import Any

from tfgeom.errors import UnsupportedError
from tfgeom.metrics.resistance import Resistance, Solved
from tfgeom.transport.flooded_solve import FloodedConduction
from tfgeom.transport.salt_current import Concentration
from tfgeom.transport.salt_solve import SaltConduction
from tfgeom.transport.spread import CurrentSpread
from tfgeom.units import MA_PER_CM2, OHM_CM2

_COARSE = 0.01  # discretisation error that a reader is told of


@dataclass(frozen=True, slots=True)
class TransportReport:
    """Resistance by finite elements, or in closed form with the obstacle that kept them away.

    Attributes
    ----------
    found
        The resistance and the solve it comes from.
    obstacle
        Why there was no solve, if so.
    contacted
        Whether the design holds a collector at a contact, which only a solve counts.
    """

    found: Resistance
    obstacle: str | None = None
    contacted: bool = False

    @property
    def fields(self) -> Solved:
        """The solve, for its fields.

        Raises
        ------
        UnsupportedError
            When the resistance is that of the closed form.
        """
        if self.found.solved is None:
            raise UnsupportedError.at(
                "relief", f"there are no fields to write, not yet supported: {self.obstacle}"
            )
        return self.found.solved

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object of ``tfgeom transport --json``."""
        solved = self.found.solved
        return {
            "resistance": asdict(self.found.numbers),
            "interfaces": None if solved is None else _interfaces(solved),
            "bounds": None if solved is None else _bounds(solved, self.found.in_series),
            "drive": None if solved is None else _drive(solved, self.found.in_series),
            "salt": _salt(solved),
            "mesh": None if solved is None else {"n_nodes": solved.n_nodes, "n_cells": solved.n_cells},
            "unknowns": None if solved is None else solved.unknowns,
            "iterations": None if solved is None else solved.iterations,
            "seconds": None if solved is None else dict(solved.seconds),
            "notes": self.notes,
        }

    @property
    def notes(self) -> list[str]:
        """What the reader should know beside the numbers."""
        notes = [] if self.obstacle is None else [f"closed form only, not yet supported: {self.obstacle}"]
        if self.obstacle is not None and self.contacted:
            notes.append("the closed form takes the collectors as equipotentials: contact does not count")
        missing = ", ".join(self.found.numbers.incomplete)
        if missing:
            notes.append(f"at best: {missing} not known, that loss is left out")
        solved = self.found.solved
        share = self.found.numbers.concentration_share_of_electrolyte
        if share is not None:
            notes.append(f"the gradient of the salt makes {share:.1%} of the electrolyte's loss")
        if isinstance(solved, SaltConduction):
            notes.append(
                "charge transfer is linear in the overpotential, and the liquid's constants are those at the "
                "mean concentration"
            )
        if solved is not None and solved.discretisation_error > _COARSE:
            notes.append(
                f"the discretisation error is about {solved.discretisation_error:.1g} of the resistance: "
                "use a higher --resolution"
            )
        return notes

    def rows(self) -> list[tuple[str, str]]:
        """Return what and how much, as text."""
        numbers = self.found.numbers
        solved = self.found.solved
        total = numbers.asr_ohm_cm2
        found = [
            (part, f"{value:.5g} ohm cm2{f', {value / total:.3g} of it' if value else ''}")
            for part, value in numbers.asr_by_part_ohm_cm2.items()
        ]
        bars = "" if solved is None else f", discretisation error about {solved.discretisation_error:.1e}"
        found.append(("area-specific resistance", f"{total:.6g} ohm cm2{bars}, {numbers.method}"))
        found.append(("on the plane", f"{numbers.planar_asr_ohm_cm2:.6g} ohm cm2"))
        if solved is None:
            return found
        low, high = _bounds(solved, self.found.in_series).values()
        if low is not None or high is not None:
            limits = " to ".join("none" if limit is None else f"{limit:.6g}" for limit in (low, high))
            found.append(("bounds", f"{limits} ohm cm2"))
        drive = _drive(solved, self.found.in_series)
        if drive is not None:
            found.append(
                ("at", f"{drive['polarisation_V']:.5g} V, {drive['footprint_current_mA_cm2']:.5g} mA/cm2")
            )
        found += _salt_rows(solved)
        for electrode, spread in solved.spread.items():
            found.append((f"current at the {electrode}", _spread_text(spread)))
        for check, value in asdict(numbers.checks).items():
            found.append((check.replace("_", " "), f"{value:.1e}"))
        seconds = sum(solved.seconds.values())
        found.append(("unknowns", f"{solved.unknowns} in {seconds:.2g} s with the coarser solve"))
        return found


def _salt(solved: "Solved | None") -> dict[str, Any] | None:
    """Return the salt's concentration and limiting current; None where the solve has none."""
    if not isinstance(solved, SaltConduction):
        return None
    return {
        "limiting_footprint_current_mA_cm2": solved.limiting_current / MA_PER_CM2,
        "limiting_current_error": solved.limiting_error,
        "lowest": _concentration(solved.lowest),
        "highest": _concentration(solved.highest),
    }


def _concentration(at: Concentration) -> dict[str, Any]:
    place = dict(zip(("x_um", "y_um", "z_um"), at.place_um, strict=True))
    return {"concentration_mol_m3": at.value, "strip": at.strip, **place}


def _salt_rows(solved: Solved) -> list[tuple[str, str]]:
    if not isinstance(solved, SaltConduction):
        return []
    rows = []
    for end, at in (("lowest", solved.lowest), ("highest", solved.highest)):
        x, y, z = at.place_um
        where = f"{at.strip} ({x:.3g}, {y:.3g}, {z:.3g}) um"
        rows.append((f"{end} salt concentration", f"{at.value:.4g} mol/m3 at the {where}"))
    limit = solved.limiting_current / MA_PER_CM2
    error = f"discretisation error about {solved.limiting_error:.1e}"
    return [*rows, ("limiting current", f"{limit:.5g} mA/cm2, {error}")]


def _spread_text(spread: CurrentSpread) -> str:
    text = f"peak to mean {spread.peak_to_mean:.4g}, coefficient of variation {spread.variation:.2g}"
    if spread.hot_spot is None:
        return text
    x, y, z = spread.hot_spot.place_um
    return f"{text}, largest at the {spread.hot_spot.strip} ({x:.3g}, {y:.3g}, {z:.3g}) um"


def _interfaces(solved: Solved) -> dict[str, Any]:
    found = {}
    for electrode, spread in solved.spread.items():
        spot = spread.hot_spot
        found[electrode] = {
            "mean_current_per_footprint_current": spread.mean,
            "peak_to_mean": spread.peak_to_mean,
            "coefficient_of_variation": spread.variation,
            "hot_spot": None
            if spot is None
            else {"strip": spot.strip, **dict(zip(("x_um", "y_um", "z_um"), spot.place_um, strict=True))},
        }
    return found


def _bounds(solved: Solved, in_series: int) -> dict[str, float | None]:
    low, high = solved.bounds
    return {
        "lower_ohm_cm2": None if low is None else in_series * low / OHM_CM2,
        "upper_ohm_cm2": None if high is None else in_series * high / OHM_CM2,
    }


def _drive(solved: Solved, in_series: int) -> dict[str, float] | None:
    if isinstance(solved, FloodedConduction) and not isinstance(solved, SaltConduction):
        return None
    if solved.polarisation is None:
        return None
    polarisation, current = solved.polarisation, solved.footprint_current
    assert current is not None  # a drive has both
    return {"polarisation_V": in_series * polarisation, "footprint_current_mA_cm2": current / MA_PER_CM2}
