"""The headline numbers of an evaluation as lines of text, for the terminal."""

from collections.abc import Iterator

from tfgeom.results import Evaluation, RateNumbers

Row = tuple[str, str]


def summary_rows(found: Evaluation) -> list[Row]:
    """Return (what, value beside the plane) of the headline numbers; what is null is left out."""
    return [*_geometry(found), *_cell(found), *_resistance(found), *_rates(found)]


def summary_notes(found: Evaluation) -> list[str]:
    """Return notes, estimated constants and claims outside their tolerance, one line each."""
    lines = [f"note: {note}" for note in found.notes]
    guesses = [f"{row.material} {row.property}" for row in found.provenance if row.confidence == "memory"]
    if guesses:
        lines.append(f"estimated, from memory: {', '.join(guesses)}")
    for row in found.published:
        if row.computed is not None and row.deviation is not None:
            at = "" if row.c_rate is None else f" at {row.c_rate:g}C"
            lines.append(
                f"published {row.quantity}{at}: {row.published:.4g} {row.unit}".rstrip()
                + f", computed {row.computed:.4g} ({row.deviation:+.1%}, {row.verdict})"
            )
    return lines


def _geometry(found: Evaluation) -> Iterator[Row]:
    geometry = found.geometry
    yield "area gain", f"{geometry.area_gain:.4g}"
    if geometry.gap_aspect_ratio is not None:
        yield "gap aspect ratio", f"{geometry.gap_aspect_ratio:.4g}"
    if geometry.gap_after_coating_nm is not None and found.layers:
        yield "gap after coating", f"{geometry.gap_after_coating_nm:.4g} nm"


def _cell(found: Evaluation) -> Iterator[Row]:
    if found.capacity is not None:
        capacity = found.capacity
        yield (
            "footprint capacity",
            f"{capacity.footprint_capacity_uAh_cm2:.4g} uAh/cm2 (plane {capacity.planar_uAh_cm2:.4g})",
        )
        if capacity.footprint_capacity_gain is not None:
            yield "footprint capacity gain", f"{capacity.footprint_capacity_gain:.4g}"
        yield "limited by", capacity.limiting_electrode
        if capacity.n_to_p_ratio is not None:
            yield "N/P ratio", f"{capacity.n_to_p_ratio:.4g}"
    energy = found.energy
    if energy is not None and energy.mean_voltage_V is not None:
        flat = energy.planar.footprint_energy_mWh_cm2
        yield "mean voltage", f"{energy.mean_voltage_V:.4g} V"
        yield "footprint energy", f"{energy.footprint_energy_mWh_cm2:.4g} mWh/cm2 (plane {flat:.4g})"


def _resistance(found: Evaluation) -> Iterator[Row]:
    resistance = found.resistance
    if resistance is None:
        return
    best = "at best " if resistance.incomplete else ""
    yield (
        "area-specific resistance",
        f"{best}{resistance.asr_ohm_cm2:.4g} ohm cm2 (plane {resistance.planar_asr_ohm_cm2:.4g}), "
        f"{resistance.method}",
    )
    share = resistance.asr_by_part_ohm_cm2[resistance.largest_part] / resistance.asr_ohm_cm2
    yield "largest part", f"{resistance.largest_part} ({share:.0%})"
    if resistance.checks.discretisation_error is not None:
        yield "discretisation error", f"{resistance.checks.discretisation_error:.1e}"


def _rates(found: Evaluation) -> Iterator[Row]:
    for row in found.rate or ():
        yield f"capacity at {row.c_rate:.4g}C", _rate_text(row)


def _rate_text(row: RateNumbers) -> str:
    best = "at best " if row.incomplete else ""
    flat = row.planar_same_films.at_current
    return (
        f"{best}{row.capacity_uAh_cm2:.4g} uAh/cm2 ({row.utilisation:.1%}) at "
        f"{row.footprint_current_mA_cm2:.4g} mA/cm2 (plane at that current {flat.capacity_uAh_cm2:.4g})"
    )
