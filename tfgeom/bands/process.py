"""How far the process leaves the sizes of a design: what the design says, else the process library.

Films that a design makes have no route yet, and are taken by where they lie: on a plane; on a relief, thin
(grown in cycles) or thick; or filling it.  Sizes that no step makes are exact: the pitch is the mask's, wafer
and packaging change none of the banded numbers.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tfgeom.bands.data_files import ProcessStep, process_steps
from tfgeom.cells.assembled import AssembledCell
from tfgeom.design import Design, Layer
from tfgeom.design.paths import locate, value_at
from tfgeom.design.tolerance_checks import sizes_of
from tfgeom.source import Location
from tfgeom.units import UM

USER = "user"
_THIN = 1 * UM
_SIDEWALL = "relief.sidewall_angle"


@dataclass(frozen=True, slots=True)
class SizeSpread:
    """One size of a design with its standard deviation.

    Attributes
    ----------
    path
        Where the design states it.
    value, deviation
        In SI; of a balanced electrode the thickness that was solved for it.
    confidence
        How the deviation is known; ``user`` where the design states it.
    source
        Where it stands.
    """

    path: str
    value: float
    deviation: float
    confidence: str
    source: str


def size_spreads(cell: AssembledCell) -> list[SizeSpread]:
    """Return the sizes of a cell's design that vary, in the order of the design."""
    design = cell.blueprint.design
    plain, values = design.model_dump(mode="json"), design.model_dump(mode="python")
    solved = {layer.name: layer.thickness for layer in cell.blueprint.layers}
    steps = dict(_steps_of(design, solved))
    by_place = {locate(plain, path)[0]: path for path in design.tolerance}
    found = []
    for path in sizes_of(plain):
        place, _ = locate(plain, path)
        value = _value(values, place, solved)
        if value is None:
            continue
        own = by_place.get(place)
        if own is not None:
            deviation, known, source = design.tolerance[own].of(value), USER, "design file"
        elif path in steps:
            step = steps[path]
            share = _lean(cell) if path == _SIDEWALL else value
            deviation, known, source = step.spread.of(share), step.confidence, step.source
        else:
            continue
        if deviation > 0:
            found.append(SizeSpread(path, value, deviation, known, source))
    return found


def _value(values: Mapping[str, Any], place: Location, solved: Mapping[str, float]) -> float | None:
    """Return a size in SI; None where the design has none there."""
    value = value_at(values, place)
    if isinstance(value, dict) and "balance" in value:
        value = solved[value_at(values, (*place[:-1], "name"))]
    elif isinstance(value, dict):
        value = value.get("value")
    return float(value) if isinstance(value, int | float) else None


def _steps_of(design: Design, solved: Mapping[str, float]) -> Iterator[tuple[str, ProcessStep]]:
    """Yield the sizes of a design that a step of the library makes."""
    kind = design.relief.kind
    for step in process_steps().values():
        for of in step.of:
            for head in (f"{kind}.", "*."):
                if of.startswith(head):
                    yield f"relief.{of.removeprefix(head)}", step
            if of == "separator":
                yield "cell.separator", step
    made = {of: step for step in process_steps().values() for of in step.of}
    for layer in design.layers:
        key = "fill.above_top" if layer.fill is not None else "thickness"
        yield f"layers.{layer.name}.{key}", made[_film_kind(layer, solved[layer.name], flat=kind == "planar")]


def _film_kind(layer: Layer, thickness: float, *, flat: bool) -> str:
    """Return what a film is made as, by where it lies and how thick it is."""
    if layer.fill is not None:
        return "filling"
    if flat:
        return "film on a plane"
    return f"{'thick' if thickness > _THIN else 'thin'} film on a relief"


def _lean(cell: AssembledCell) -> float:
    """Return the angle (rad) at which walls take all of the narrowest width, material or gap, at the foot."""
    relief = cell.relief
    widths = [one for one in (relief.gap, relief.thinnest_solid, relief.feature_width) if one]
    return math.atan(min(widths) / (2 * relief.height)) if widths and relief.height > 0 else 0.0
