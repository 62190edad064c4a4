"""What a reader must know of a fit beside its numbers."""

from collections.abc import Iterator, Sequence

from tfgeom.fitting.errors import MeasurementError
from tfgeom.fitting.parameters import Family, Parameter
from tfgeom.fitting.predicting import Predictor
from tfgeom.fitting.profiles import Estimate
from tfgeom.materials.constants import words_of_all
from tfgeom.materials.two_phases import phase_limits

_AT_BOUND = 1e-3  # of the way between the bounds
_TAKES_UP = ("diffusivity", "exchange_current")
_MISFIT = 4.0  # mean square of residuals over stated errors, from which the model or the errors are wrong


def remarks_of(
    predictor: Predictor, found: Estimate, values: Sequence[float], error: MeasurementError
) -> Iterator[str]:
    """Yield sentences about a fit.

    Parameters
    ----------
    predictor
        The model, with the family and the measurements.
    found
        The fit.
    values
        Of the parameters, each in its unit.
    error
        Of the measurements.
    """
    family, measured = predictor.family, predictor.measured
    missing = _missing(family)
    if missing:
        yield (
            f"{words_of_all(missing)} not known, so that loss is left out, and what is fitted makes up for "
            "it: effective values"
        )
    if predictor.fidelity == "analytic":
        films = [
            layer.name
            for layer in family.cell.blueprint.electrodes
            if phase_limits(layer.material, family.cell.blueprint.temperature) is not None
        ]
        if films:
            yield (
                f"the closed rate model takes {', '.join(films)} as one phase: the values hold its phases too"
            )
    for one, value in zip(family.parameters, values, strict=True):
        yield from _of_parameter(family, one, value)
    free, count = len(values), int(found.slopes.shape[0])
    if error.is_stated and found.optimum.chi2 > _MISFIT * max(count - free, 1):
        yield (
            "the fit leaves over more than the stated error: the model does not follow these measurements, "
            "or they are less certain; the intervals are too narrow"
        )
    if not error.is_stated and measured.form != "rate":
        yield (
            "points of a curve that follow each other are off together: intervals from what the fit leaves "
            "over are narrower than they should be; state an --error where you know it"
        )


def _missing(family: Family) -> list[str]:
    """Return constants of the electrodes that are neither known nor fitted, as ``layer.property``."""
    fitted = {(one.material, one.constant) for one in family.parameters}
    return [
        f"{layer.name}.{key}"
        for layer in family.cell.blueprint.electrodes
        if not layer.material.is_lithium_metal
        for key in _TAKES_UP
        if not layer.material.knows(key) and (layer.material.name, key) not in fitted
    ]


def _of_parameter(family: Family, one: Parameter, value: float) -> Iterator[str]:
    way = (one.to_fit(value) - one.to_fit(one.low)) / (one.to_fit(one.high) - one.to_fit(one.low))
    if not _AT_BOUND < way < 1 - _AT_BOUND:
        yield (
            f"{one.path} went to its bound, {one.text(value)}: the measurements ask for more, or for "
            "nothing of it"
        )
    known = (
        family.cell.blueprint.materials[one.material].properties.get(one.constant) if one.material else None
    )
    if known is not None and known.low is not None and known.high is not None and known.value:
        scale = one.start / known.value if one.known else None
        if scale is not None and one.start:
            low, high = known.low * scale, known.high * scale
            where = "inside" if low <= value <= high else "outside"
            yield (
                f"{one.path}: {one.text(value)} is {where} what was found before, {one.text(low)} to "
                f"{one.text(high)}"
            )
        if known.table is not None:
            yield f"{one.path}: one value takes the place of a table over the composition"
