"""Discharges of an evaluated design as curves, with what each loses by part and mechanism."""

from collections.abc import Iterator

from tfgeom.errors import DesignError
from tfgeom.metrics.closed_rates import no_rates
from tfgeom.metrics.rate_model import OWN, RateModel, named
from tfgeom.metrics.rates import HOUR
from tfgeom.results import ChargeNumbers, CurveNumbers, Evaluation, LossNumbers, RateCurves, RatePoint
from tfgeom.transport.discharge.curve import Curve
from tfgeom.transport.losses import PARTS
from tfgeom.units import MA_PER_CM2, MWH_PER_CM2, UAH_PER_CM2, in_unit, in_unit_or_none

_MINUTE = 60.0
AT_C_RATE, AT_CURRENT = "at_c_rate", "at_current"


def rate_curves(found: Evaluation) -> RateCurves:
    """Return the discharges of an evaluated design at its rates as curves, the planes' beside them.

    Raises
    ------
    DesignError
        When nothing can discharge it, with the reason.
    """
    model: RateModel | None = found.rate_model
    if model is None or found.rate is None or found.rate_summary is None:
        raise DesignError.at("", f"there is no rate to compute: {_why_not(found)}")
    with found.design.located():
        return RateCurves(
            name=found.name,
            version=found.version,
            design_sha256=found.design_sha256,
            fidelity=found.fidelity,
            notes=found.notes,
            rate=found.rate,
            rate_summary=found.rate_summary,
            curves=cell_curves(found),
            planar_curves=planar_curves(found),
            charge=tuple(_charges(found, model)) or None,
            protocol=found.protocol,
        )


def cell_curves(found: Evaluation) -> tuple[CurveNumbers, ...]:
    """Return the discharges of the cell itself at its rates as curves; none without a rate model."""
    model: RateModel | None = found.rate_model
    if model is None:
        return ()
    with found.design.located():
        return tuple(curve_numbers(model, OWN, OWN, row) for row in found.rate or ())


def planar_curves(found: Evaluation) -> tuple[CurveNumbers, ...]:
    """Return the planes' discharges at equal C-rate and equal current; none without planes or a model."""
    model: RateModel | None = found.rate_model
    if model is None:
        return ()
    with found.design.located():
        return tuple(_of_planes(found, model))


def _why_not(found: Evaluation) -> str:
    """Return why nothing discharges a design."""
    if found.cell.lithium is None:
        return "a design without layers and cell delivers nothing"
    return (
        no_rates(found.cells) or f"not yet supported: {found.cell.kind.obstacle_to_closed_form(found.cell)}"
    )


def curve_numbers(model: RateModel, name: str, called: str, point: RatePoint) -> CurveNumbers:
    """Return a discharge of a cell as a curve.

    Parameters
    ----------
    model
        What discharges it.
    name
        The cell's in the model.
    called
        What it is called in the numbers.
    point
        The discharge.
    """
    curve, cells = model.curve(name, point.footprint_current_mA_cm2 * MA_PER_CM2), model.in_series
    rest = curve.energy + sum(curve.lost.values())
    return CurveNumbers(
        cell=called,
        c_rate=point.c_rate,
        footprint_current_mA_cm2=point.footprint_current_mA_cm2,
        energy_mWh_cm2=in_unit(cells * curve.energy, MWH_PER_CM2),
        rest_energy_mWh_cm2=in_unit(cells * rest, MWH_PER_CM2),
        energy_lost=tuple(_losses(curve, rest, cells)),
        time_s=tuple(curve.time.tolist()),
        capacity_uAh_cm2=tuple((curve.charge / UAH_PER_CM2).tolist()),
        voltage_V=tuple((cells * curve.voltage).tolist()),
        rest_voltage_V=tuple((cells * curve.open_circuit).tolist()),
    )


def _losses(curve: Curve, rest: float, cells: int) -> Iterator[LossNumbers]:
    """Yield what is lost in the order in which the current passes the parts."""
    order = {part: place for place, part in enumerate(PARTS)}
    for (part, mechanism), lost in sorted(curve.lost.items(), key=lambda row: (order[row[0][0]], row[0][1])):
        if lost:
            share = lost / rest if rest else 0.0
            yield LossNumbers(part, mechanism, in_unit(cells * lost, MWH_PER_CM2), share)


def _of_planes(found: Evaluation, model: RateModel) -> Iterator[CurveNumbers]:
    for plane in () if found.geometry.is_flat else model.rated.planes:
        for row in found.rate or ():
            beside = getattr(row, f"planar_{plane}")
            for place in (AT_C_RATE, AT_CURRENT):
                yield curve_numbers(model, plane, f"planar_{plane}.{place}", getattr(beside, place))


def _charges(found: Evaluation, model: RateModel) -> Iterator[ChargeNumbers]:
    """Yield the charges of the cell, then of each plane, at the C-rates of its discharges."""
    planes = () if found.geometry.is_flat else tuple(model.rated.planes)
    for name in (OWN, *planes):
        nominal = named(model.rated, name).nominal
        for row in found.rate or ():
            current = row.c_rate * nominal / HOUR
            one = model.charge(name, current)
            if one is not None:
                yield ChargeNumbers(
                    cell=name if name == OWN else f"planar_{name}",
                    c_rate=row.c_rate,
                    footprint_current_mA_cm2=in_unit(current, MA_PER_CM2),
                    constant_current_uAh_cm2=in_unit(abs(one.at_constant_current), UAH_PER_CM2),
                    charged_uAh_cm2=in_unit(one.whole, UAH_PER_CM2),
                    to_80_pct_min=in_unit_or_none(one.to_share, _MINUTE),
                    full_min=in_unit_or_none(one.full, _MINUTE),
                )
