"""What the numbers of an evaluation leave out although a real device has it: one list for all who show it."""

from tfgeom.cells.assembled import AssembledCell
from tfgeom.cells.sheets import collector_sheets
from tfgeom.metrics.across_chip import longest_chip, share_of_chip
from tfgeom.results import NotCounted, ResistanceNumbers
from tfgeom.units import MM, OHM_CM2


def not_counted(
    cell: AssembledCell, resistance: ResistanceNumbers | None, *, by_elements: bool
) -> tuple[NotCounted, ...]:
    """Return what is left out, the largest losses first.

    Parameters
    ----------
    cell
        What was evaluated.
    resistance
        Its resistance; None where it is not known.
    by_elements
        Whether that is of finite elements.
    """
    found: dict[str, str] = {}
    if cell.lithium is not None:
        found["chip"] = _across_chip(cell, resistance)
    found |= cell.kind.left_out(cell, by_elements=by_elements)
    assumed = _assumed_even(cell)
    if assumed:
        found["conformality"] = assumed
    if cell.lithium is not None:
        kelvin, n = cell.blueprint.temperature, cell.blueprint.in_series
        if n > 1:
            found["between cells"] = f"the resistance of what lies between the {n} cells in series"
        found["temperature"] = (
            f"the heat that a discharge makes, and how rest voltages drift: the cell stays at "
            f"{kelvin - 273.15:.4g} degC"
        )
        first = _first_cycle(cell)
        if first:
            found["first cycle"] = first
        found["ageing"] = f"{_self_discharge(cell)} and what cycling takes away: the cell is new"
    return tuple(NotCounted(subject, sentence) for subject, sentence in found.items())


def _self_discharge(cell: AssembledCell) -> str:
    """Return which self-discharge is left out: electrons that are known to leak count in the film model."""
    kelvin = cell.blueprint.temperature
    films = [layer.material for layer in cell.blueprint.layers if layer.role == "electrolyte"]
    if films and all(film.electron_conductivity(kelvin) for film in films):
        return "self-discharge, but for electrons through the electrolyte in the film model,"
    return "self-discharge"


def _across_chip(cell: AssembledCell, resistance: ResistanceNumbers | None) -> str:
    words = "losses along the collectors across the chip"
    asr = None if resistance is None else resistance.asr_ohm_cm2 * OHM_CM2
    longest, sheets = longest_chip(cell, asr), collector_sheets(cell)
    if isinstance(longest, str) or isinstance(sheets, str):
        return f"{words}: how much is not known, {longest}"
    worse = " in the worse direction" if cell.relief.lattice is None and not cell.relief.is_flat else ""
    text = (
        f"{words}, {_short(sheets.inner + sheets.outer)} ohm a square{worse}: contacted along one "
        f"edge, a chip longer than {_size(longest)} loses over 10 % of a small current"
    )
    if cell.blueprint.design.chip is None:
        return text
    own = share_of_chip(cell, asr)
    if isinstance(own, str):
        return text
    share, contacts = own
    return f"{text}; that of the design, {contacts}, loses {100 * (1 - share):.2g} %"


def _size(length: float) -> str:
    return f"{_short(length)} m" if length >= 1 else f"{_short(length / MM)} mm"


def _short(value: float) -> str:
    return f"{float(f'{value:.3g}'):g}"


def _assumed_even(cell: AssembledCell) -> str:
    """Return which films are taken as even because the design says nothing; empty where none is."""
    if cell.relief.is_flat:
        return ""
    films = [
        layer.name.replace("_", " ")
        for layer in cell.blueprint.design.layers
        if layer.fill is None and "step_coverage" not in layer.model_fields_set
    ]
    if not films:
        return ""
    depth = cell.relief.gap_aspect_ratio
    gaps = "" if depth is None else f", in gaps {depth:.3g} times as deep as wide"
    return (
        f"uneven films: {', '.join(films)} {'are' if len(films) > 1 else 'is'} taken as thick at depth as on "
        f"the top{gaps} (step_coverage is not stated)"
    )


def _first_cycle(cell: AssembledCell) -> str:
    """Return which electrodes may bind lithium in the first cycle that nothing is known of."""
    balance = cell.lithium
    if balance is None or balance.inventory is None:  # lithium metal makes up for it
        return ""
    unknown = [
        layer.name for layer in cell.blueprint.electrodes if not layer.material.knows("initial_efficiency")
    ]
    if not unknown:
        return ""
    return f"lithium that the first cycle binds in {' and '.join(unknown)}: no initial_efficiency is known"
