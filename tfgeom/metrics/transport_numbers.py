"""What `tfgeom transport` prints: resistance and current spread of one solve, with its size and time."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from tfgeom.cells.assembled import AssembledCell
from tfgeom.design import Contact
from tfgeom.errors import UnsupportedError
from tfgeom.materials.constants import words_of_all
from tfgeom.metrics.area_specific_resistance import COARSE, accuracy_notes
from tfgeom.metrics.temperature import temperature_notes
from tfgeom.results import ResistanceNumbers
from tfgeom.transport.liquid.salt import LIMITING_CURRENT
from tfgeom.units import MA_PER_CM2, OHM_CM2

if TYPE_CHECKING:
    from tfgeom.transport.liquid.fields import SaltFields
    from tfgeom.transport.liquid.salt_current import Concentration
    from tfgeom.transport.spread import CurrentSpread
    from tfgeom.transport.steady import Fields, Solve
    from tfgeom.verification.assembly import OtherAssembly


@dataclass(frozen=True, slots=True)
class TransportNumbers:
    """Resistance by finite elements, or in closed form with the obstacle that kept them away.

    Attributes
    ----------
    numbers
        The resistance as it leaves the program, of all cells in series.
    cell
        What was solved.
    solve
        The solve, of one cell; None in closed form.
    obstacle
        Why there was no solve, if so.
    other
        The same system by another assembly, where one was asked for.
    """

    numbers: ResistanceNumbers
    cell: AssembledCell
    solve: "Solve | None"
    obstacle: str | None = None
    other: "OtherAssembly | None" = None

    @property
    def fields(self) -> "Fields":
        """The fields of the solve.

        Raises
        ------
        UnsupportedError
            When the resistance is that of the closed form.
        """
        if self.solve is None:
            raise UnsupportedError.at(
                "relief", f"there are no fields to write, not yet supported: {self.obstacle}"
            )
        return self.solve.fields

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object of ``tfgeom transport --json``."""
        solved = self.solve
        return {
            "resistance": asdict(self.numbers),
            "interfaces": None if solved is None else _interfaces(solved),
            "bounds": None if solved is None else self._bounds(solved),
            "drive": None if solved is None else self._drive(solved),
            "salt": _salt_numbers(solved),
            "mesh": None if solved is None else {"n_nodes": solved.n_nodes, "n_cells": solved.n_cells},
            "unknowns": None if solved is None else solved.unknowns,
            "iterations": None if solved is None else solved.iterations,
            "seconds": None if solved is None else dict(solved.seconds),
            "assembly": None if self.other is None else self._assembly(self.other),
            "notes": self.notes,
        }

    @property
    def notes(self) -> list[str]:
        """What the reader should know beside the numbers."""
        notes = [] if self.obstacle is None else [f"closed form only, not yet supported: {self.obstacle}"]
        if self.obstacle is not None and self.cell.blueprint.operation.contact != Contact():
            notes.append("the closed form takes the collectors as equipotentials: contact does not count")
        missing = words_of_all(self.numbers.incomplete)
        if missing:
            notes.append(f"at best: {missing} not known, that loss is left out")
        solved = self.solve
        share = self.numbers.concentration_share_of_electrolyte
        if share is not None:
            notes.append(f"the gradient of the salt makes {share:.1%} of the electrolyte's loss")
        if _salt(solved) is not None:
            notes.append(
                "charge transfer is linear in the overpotential, and the liquid's constants are those at the "
                "mean concentration"
            )
        if solved is not None:
            notes += accuracy_notes(solved)
            if solved.discretisation_error - solved.columns_error > COARSE:
                notes[-1] += ": use a higher --resolution"
        return [*notes, *temperature_notes(self.cell, self.cell.blueprint.read)]

    def rows(self) -> list[tuple[str, str]]:
        """Return what and how much, as text."""
        numbers = self.numbers
        solved = self.solve
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
        low, high = self._bounds(solved).values()
        if low is not None or high is not None:
            limits = " to ".join("none" if limit is None else f"{limit:.6g}" for limit in (low, high))
            found.append(("bounds", f"{limits} ohm cm2"))
        drive = self._drive(solved)
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
        other = self.other
        if other is not None:
            asr, parts = self._assembly(other)["asr_ohm_cm2"], other.parts_relative_difference
            worst = max(parts, key=lambda part: abs(parts[part]))
            found.append(
                (
                    f"assembled by {other.name}",
                    f"{asr:.6g} ohm cm2, relative difference {other.relative_difference:.1e}, "
                    f"of the parts at most {parts[worst]:.1e} ({worst})",
                )
            )
        return found

    def _assembly(self, other: "OtherAssembly") -> dict[str, Any]:
        return {
            "name": other.name,
            "asr_ohm_cm2": float(other.losses.in_series(self.cell.blueprint.in_series).total) / OHM_CM2,
            "relative_difference": other.relative_difference,
            "parts_relative_difference": other.parts_relative_difference,
        }

    def _bounds(self, solved: "Solve") -> dict[str, float | None]:
        in_series = self.cell.blueprint.in_series
        low, high = (None if bound is None else in_series * bound / OHM_CM2 for bound in solved.bounds)
        return {"lower_ohm_cm2": low, "upper_ohm_cm2": high}

    def _drive(self, solved: "Solve") -> dict[str, float] | None:
        drive = solved.losses.in_series(self.cell.blueprint.in_series).drive
        if drive is None:
            return None
        return {
            "polarisation_V": drive.polarisation,
            "footprint_current_mA_cm2": drive.current / MA_PER_CM2,
        }


def _salt(solved: "Solve | None") -> "SaltFields | None":
    """Return where a solve has least and most salt; None where it has none."""
    return None if solved is None else solved.fields.salt


def _salt_numbers(solved: "Solve | None") -> dict[str, Any] | None:
    """Return the salt's concentration and limiting current; None where the solve has none."""
    salt = _salt(solved)
    if solved is None or salt is None:
        return None
    return {
        "limiting_footprint_current_mA_cm2": solved.others[LIMITING_CURRENT] / MA_PER_CM2,
        "limiting_current_error": solved.other_errors[LIMITING_CURRENT],
        "lowest": _concentration(salt.lowest),
        "highest": _concentration(salt.highest),
    }


def _concentration(at: "Concentration") -> dict[str, Any]:
    place = dict(zip(("x_um", "y_um", "z_um"), at.place_um, strict=True))
    return {"concentration_mol_m3": at.value, "strip": at.strip, **place}


def _salt_rows(solved: "Solve") -> list[tuple[str, str]]:
    salt = _salt(solved)
    if salt is None:
        return []
    rows = []
    for end, at in (("lowest", salt.lowest), ("highest", salt.highest)):
        x, y, z = at.place_um
        where = f"{at.strip} ({x:.3g}, {y:.3g}, {z:.3g}) um"
        rows.append((f"{end} salt concentration", f"{at.value:.4g} mol/m3 at the {where}"))
    limit = solved.others[LIMITING_CURRENT] / MA_PER_CM2
    error = f"discretisation error about {solved.other_errors[LIMITING_CURRENT]:.1e}"
    return [*rows, ("limiting current", f"{limit:.5g} mA/cm2, {error}")]


def _spread_text(spread: "CurrentSpread") -> str:
    text = f"peak to mean {spread.peak_to_mean:.4g}, coefficient of variation {spread.variation:.2g}"
    if spread.hot_spot is None:
        return text
    x, y, z = spread.hot_spot.place_um
    return f"{text}, largest at the {spread.hot_spot.strip} ({x:.3g}, {y:.3g}, {z:.3g}) um"


def _interfaces(solved: "Solve") -> dict[str, Any]:
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
