"""What a reader of a comparison must know before trusting a lead: unlike cells, methods, constants."""

from collections.abc import Sequence

from tfgeom.compare.entries import Comparison, Entry
from tfgeom.compare.phrases import Phrases, and_listed
from tfgeom.compare.standing import constant_of, shared_constants
from tfgeom.evaluation import evaluate
from tfgeom.materials.constants import words_of
from tfgeom.metrics.estimates import ESTIMATED
from tfgeom.metrics.film_rates import FILM_MODEL
from tfgeom.results import Evaluation, ProvenanceNumbers

_WEIGHTY = (
    "volumetric_capacity",
    "open_circuit",
    "diffusivity",
    "exchange_current",
    "ionic_conductivity",
    "electronic_conductivity",
)
"""Constants that capacity, energy, resistance and rates go with; the rest mostly moves masses."""


def caveats(comparison: Comparison, phrases: Phrases) -> list[tuple[str, str]]:
    """Return what the sentences before rest on, each as what it is about and the sentence."""
    evaluated = comparison.evaluated
    failed = [entry.label for entry in comparison.entries if entry.error]
    found = []
    if failed:
        found.append(
            ("not compared", f"{and_listed(failed)}: could not be evaluated; why stands beside the name.")
        )
    found += _unlike(evaluated)
    if len(evaluated) > 1:
        found += _methods(evaluated, phrases)
        found += _rate_methods(evaluated)
        found += _estimates(evaluated)
    return found


def method_tolerance(evaluated: Sequence[tuple[Entry, Evaluation]]) -> float:
    """Return by how much closed forms and finite elements differ in resistance where both stand together.

    The largest relative difference of the two in one of the designs that finite elements solved; 0 where all
    are by one method.
    """
    methods = {found.resistance.method for _, found in evaluated if found.resistance is not None}
    if len(methods) < 2:
        return 0.0
    differences = [0.0]
    for _, found in evaluated:
        if found.solves is not None and found.resistance is not None:
            closed = evaluate(found.design).resistance
            if closed is not None and found.resistance.asr_ohm_cm2:
                differences.append(abs(closed.asr_ohm_cm2 / found.resistance.asr_ohm_cm2 - 1))
    return max(differences)


def _unlike(evaluated: Sequence[tuple[Entry, Evaluation]]) -> list[tuple[str, str]]:
    """Return which designs are of another sort than the rest."""
    found = []
    bare = [entry.label for entry, one in evaluated if one.cell.lithium is None]
    if bare:
        found.append(
            ("geometry only", f"{and_listed(bare)}: a relief without a cell, so only areas and gaps.")
        )
    half = [
        entry for entry, one in evaluated if one.cell.lithium is not None and one.cell.lithium.is_half_cell
    ]
    if half:
        found.append(
            (
                "half-cell" if len(half) == 1 else "half-cells",
                f"{and_listed([entry.label for entry in half])}: one electrode film in a liquid, against a "
                "counter electrode of lithium. Capacity is that film's; voltage and energy are against the "
                "counter electrode; its room and mass are not counted.",
            )
        )
    for entry, one in evaluated:
        cells = one.cell.blueprint.in_series
        if cells > 1:
            found.append(
                (
                    "in series",
                    f"{entry.label}: {cells} cells in series. Capacity and current are those of one cell, "
                    f"voltage, energy and resistance those of all {cells}.",
                )
            )
    return found


def _rate_methods(evaluated: Sequence[tuple[Entry, Evaluation]]) -> list[tuple[str, str]]:
    """Return which model the rates are by, where it is not the closed one for all."""
    by_film = [f"({entry.number})" for entry, one in evaluated if _method(one) == FILM_MODEL]
    closed = [f"({entry.number})" for entry, one in evaluated if one.rate and _method(one) != FILM_MODEL]
    if not by_film:
        return []
    others = f"; {and_listed(closed)} by the closed rate model" if closed else ""
    return [("rates", f"Rates and currents: {and_listed(by_film)} by the film model, films in time{others}.")]


def _method(found: Evaluation) -> str:
    return found.rate[0].method if found.rate else ""


def _methods(evaluated: Sequence[tuple[Entry, Evaluation]], phrases: Phrases) -> list[tuple[str, str]]:
    by_method: dict[str, list[str]] = {}
    for entry, one in evaluated:
        if one.resistance is not None:
            by_method.setdefault(one.resistance.method, []).append(f"({entry.number})")
    if len(by_method) < 2:
        return []
    said = "; ".join(f"{and_listed(names)} by {method}" for method, names in by_method.items())
    apart = phrases.number(100 * method_tolerance(evaluated), 2)
    return [
        (
            "method",
            f"Resistance, which rates rest on: {said}. In the designs that finite elements solved, the two "
            f"differ by up to {apart} %: smaller differences across methods say nothing.",
        )
    ]


def _estimates(evaluated: Sequence[tuple[Entry, Evaluation]]) -> list[tuple[str, str]]:
    shared = shared_constants([one for _, one in evaluated])
    designs: dict[str, list[str]] = {}
    for entry, one in evaluated:
        own = [
            row
            for row in one.provenance
            if row.confidence in ESTIMATED and row.property in _WEIGHTY and constant_of(row) not in shared
        ]
        if own:
            designs.setdefault(_named(own), []).append(f"({entry.number})")
    if not designs:
        return []
    said = ". ".join(f"{and_listed(numbers)}: {names}" for names, numbers in designs.items())
    return [
        (
            "estimates",
            "The leads rest on constants that are estimates and that not all designs share. "
            f"{said}. Estimates that all share weigh on all alike.",
        )
    ]


def _named(rows: Sequence[ProvenanceNumbers]) -> str:
    """Return constants in words, a material after the other."""
    materials: dict[str, list[str]] = {}
    for row in rows:
        materials.setdefault(row.material, []).append(words_of(row.property))
    return "; ".join(f"{and_listed(names)} of {material}" for material, names in materials.items())
