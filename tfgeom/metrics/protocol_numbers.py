"""The protocol of a design, run by the film model beside the plane of the same films."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tfgeom.cells.assembled import AssembledCell
from tfgeom.cells.beside import Beside
from tfgeom.design.drawn import Drawn
from tfgeom.design.protocol import ProtocolStep
from tfgeom.errors import DesignError, SolveError
from tfgeom.metrics.film_cells import film_cells
from tfgeom.metrics.noted import Noted
from tfgeom.results.cycled import ProtocolNumbers, ProtocolPlaneNumbers, ProtocolStepNumbers
from tfgeom.transport.discharge.film_cell import FilmCell
from tfgeom.transport.discharge.protocol_run import (
    HeldStep,
    Place,
    ProtocolError,
    Repetition,
    StepTaken,
    place_text,
    run_protocol,
)
from tfgeom.transport.discharge.steps import Control, Step
from tfgeom.units import MA_PER_CM2, MWH_PER_CM2, UAH_PER_CM2, in_unit

PROTOCOL_NEEDS_FILMS = (
    "protocol is null: operation.protocol is run by the film model; use tfgeom rate, the report, or "
    "fidelity film"
)
_H, _MW_PER_CM2 = 3600.0, 10.0
_CLOSED = 0.02  # difference of charges in and out, of that in, up to which energies are compared
_ENDED: Mapping[str, str] = {
    "time": "time",
    "voltage_below": "voltage",
    "voltage_above": "voltage",
    "current_below": "current",
    "charge": "charge",
    "surface": "film full or empty",
    "salt_exhausted": "no ions left",
    "cannot_carry": "cannot carry it",
}
_OWN_LIMIT = "voltage limit"
_TOLD = (_OWN_LIMIT, "film full or empty", "no ions left", "cannot carry it")


@dataclass(frozen=True, slots=True)
class Cycled:
    """A design after its protocol: the numbers, and the steps behind them for pictures and files.

    Attributes
    ----------
    numbers
        What leaves the program.
    steps
        Of the cell, and of the plane of the same films where it stands beside.
    """

    numbers: ProtocolNumbers
    steps: Beside[tuple[StepTaken, ...]]


def protocol_numbers(cells: Beside[AssembledCell]) -> Noted[Cycled | None]:
    """Return what a design's protocol comes to; None without one, or with a note where it cannot be run.

    Parameters
    ----------
    cells
        The cell and its planes.

    Raises
    ------
    DesignError
        When the protocol cannot start, or would not end.
    """
    shared = cells.cell.blueprint
    given = shared.operation.protocol
    if given is None or cells.cell.lithium is None:
        return Noted(None)
    found = film_cells(cells)
    if found.value is None:
        return Noted(None, tuple(f"protocol is null: {note}" for note in found.notes))
    own, series = found.value.cell, shared.in_series
    notes: list[str] = []
    try:
        taken = run_protocol(own, resolved(given, own, series))
    except ProtocolError as error:
        raise DesignError.at(_path(error.place), str(error)) from error
    except SolveError as error:
        return Noted(None, (f"protocol is null: {error}",))
    notes += _told(taken, given)
    planes: dict[str, tuple[StepTaken, ...]] = {}
    if not cells.cell.relief.is_flat:
        plane = found.value.same_films
        try:
            planes["same_films"] = run_protocol(plane, resolved(given, plane, series))
        except SolveError as error:  # what ends the cell's may not end the plane's
            notes.append(f"protocol of the plane is null: {error}")
    beside = planes.get("same_films")
    totals = _totals(taken, given, series)
    numbers = ProtocolNumbers(
        planar=None if beside is None else _totals(beside, given, series),
        **{name: getattr(totals, name) for name in ProtocolPlaneNumbers.__dataclass_fields__},
    )
    return Noted(Cycled(numbers, Beside(taken, planes)), tuple(notes))


def resolved(
    given: Sequence[ProtocolStep], cell: FilmCell, series: int, above: Place = ()
) -> tuple[HeldStep | Repetition, ...]:
    """Return steps of a design per m² of footprint and cell.

    C-rates count on the cell's own nominal capacity.

    Cells in series share current and charge, and each has its part of voltage and power.  The voltage limits
    of the cell end a step that drives current, whatever else does.
    """
    parts: list[HeldStep | Repetition] = []
    for count, one in enumerate(given, 1):
        place = (*above, count)
        if one.repeat is None:
            parts.append(HeldStep(place, _step(one, cell, series)))
            continue
        least = None if one.until is None else _charge(one.until.charge, cell)
        parts.append(Repetition(place, resolved(one.repeat, cell, series, place), one.times or 1, least))
    return tuple(parts)


def _step(one: ProtocolStep, cell: FilmCell, series: int) -> Step:
    if one.rest is not None:
        return Step("rest", seconds=one.rest)
    control, value = _held(one, cell, series)
    until, below, above = one.until, None, None
    if control != "voltage":
        stated = None if until is None or until.voltage is None else until.voltage / series
        if value > 0:
            below = cell.window[0] if stated is None else stated
        else:
            above = cell.window[1] if stated is None else stated
    return Step(
        control,
        value,
        seconds=None if until is None else until.time,
        voltage_below=below,
        voltage_above=above,
        current_below=None if until is None else _current(until.current, cell),
        charge=None if until is None else _charge(until.charge, cell),
    )


def _held(one: ProtocolStep, cell: FilmCell, series: int) -> tuple[Control, float]:
    if one.c_rate is not None:
        return "current", one.c_rate * cell.nominal / _H
    if one.current is not None:
        return "current", one.current
    if one.power is not None:
        return "power", one.power / series
    assert one.voltage is not None  # a step holds something: the design is checked
    return "voltage", one.voltage / series


def _current(given: Drawn | None, cell: FilmCell) -> float | None:
    if given is None:
        return None
    return given.value * cell.nominal / _H if given.dimension == "c_rate" else given.value


def _charge(given: Drawn | None, cell: FilmCell) -> float | None:
    if given is None:
        return None
    return given.value * cell.capacity if given.dimension == "fraction" else given.value


def _at(given: Sequence[ProtocolStep], place: Place) -> ProtocolStep:
    """Return the step of a design at a place."""
    one = given[place[0] - 1]
    for count in place[1:]:
        assert one.repeat is not None
        one = one.repeat[count - 1]
    return one


def _path(place: Place) -> str:
    return "operation.protocol." + ".repeat.".join(str(count - 1) for count in place)


def _shown(one: ProtocolStep) -> tuple[str, float, str]:
    """Return control, value and unit of a step as its design says them."""
    if one.c_rate is not None:
        return "c_rate", one.c_rate, "C"
    if one.current is not None:
        return "current", in_unit(one.current, MA_PER_CM2), "mA/cm^2"
    if one.power is not None:
        return "power", in_unit(one.power, _MW_PER_CM2), "mW/cm^2"
    if one.voltage is not None:
        return "voltage", one.voltage, "V"
    assert one.rest is not None
    return "rest", in_unit(one.rest, _H), "h"


def _ended(one: StepTaken, given: ProtocolStep) -> str:
    at_voltage = one.reason in ("voltage_below", "voltage_above")
    stated = given.until is not None and given.until.voltage is not None
    return _OWN_LIMIT if at_voltage and not stated else _ENDED[one.reason]


def _totals(taken: Sequence[StepTaken], given: Sequence[ProtocolStep], series: int) -> ProtocolPlaneNumbers:
    out, back, energy_out, energy_in = (
        sum(parts) for parts in zip(*(one.flows for one in taken), strict=True)
    )
    lost = sum(sum(one.run.lost.values()) for one in taken)
    is_closed = back > 0 and abs(out - back) <= _CLOSED * back and energy_in > 0
    return ProtocolPlaneNumbers(
        lasts_h=in_unit(sum(one.seconds for one in taken), _H),
        charge_out_uAh_cm2=in_unit(out, UAH_PER_CM2),
        charge_in_uAh_cm2=in_unit(back, UAH_PER_CM2),
        energy_out_mWh_cm2=in_unit(series * energy_out, MWH_PER_CM2),
        energy_in_mWh_cm2=in_unit(series * energy_in, MWH_PER_CM2),
        energy_lost_mWh_cm2=in_unit(series * lost, MWH_PER_CM2),
        round_trip_efficiency=in_unit(energy_out, energy_in) if is_closed else None,
        steps=tuple(_row(one, given, series) for one in taken),
    )


def _row(one: StepTaken, given: Sequence[ProtocolStep], series: int) -> ProtocolStepNumbers:
    stated = _at(given, one.held.place)
    control, value, unit = _shown(stated)
    found = one.run
    return ProtocolStepNumbers(
        cycle=one.cycle,
        step=place_text(one.held.place),
        control=control,
        value=value,
        unit=unit,
        ended_by=_ended(one, stated),
        begins_h=in_unit(one.begun, _H),
        duration_h=in_unit(one.seconds, _H),
        charge_uAh_cm2=in_unit(one.charge, UAH_PER_CM2),
        energy_mWh_cm2=in_unit(series * found.energy, MWH_PER_CM2),
        voltage_start_V=in_unit(series * float(found.voltage[0]), 1.0),
        voltage_end_V=in_unit(series * float(found.voltage[-1]), 1.0),
        current_end_mA_cm2=in_unit(float(found.current[-1]), MA_PER_CM2),
    )


def _told(taken: Sequence[StepTaken], given: Sequence[ProtocolStep]) -> Iterator[str]:
    """Yield which steps were ended by what they do not say, and which passed nothing."""
    times = Counter(one.held.place for one in taken)
    kinds = Counter((one.held.place, _ended(one, _at(given, one.held.place))) for one in taken)
    for (place, reason), count in kinds.items():
        if reason in _TOLD:
            yield f"protocol: step {place_text(place)} was ended {count} of {times[place]} times by: {reason}"
    for place, count in Counter(one.held.place for one in taken if one.seconds == 0).items():
        yield f"protocol: step {place_text(place)} ended at once {count} of {times[place]} times"
