"""What a reader should know of a design beside its numbers, whatever is computed of it."""

from collections.abc import Iterator
from typing import Any

from tfgeom.cells.assembled import AssembledCell
from tfgeom.design import Balance, Design
from tfgeom.films import FilmLayer
from tfgeom.metrics.doubts import doubts
from tfgeom.reliefs.sections import length_text
from tfgeom.units import NM

_HALF = 0.5
_SHOWN_BEYOND = 1e-6  # of a window: less is rounding


def remarks(cell: AssembledCell, *, by_elements: bool) -> tuple[str, ...]:
    """Return notes on the design: what was solved for, left out, not known or doubtful.

    Parameters
    ----------
    cell
        The cell.
    by_elements
        Whether its resistance is that of finite elements.
    """
    of_kind = [
        *_given_in_other_words(cell.blueprint.design),
        *cell.kind.remarks(cell, by_elements=by_elements),
        *doubts(cell),
    ]
    if cell.lithium is None:
        return tuple(of_kind)
    shared = cell.blueprint
    notes = [
        f"'{layer.name}' solved for N/P {stated.thickness.ratio:g}: {layer.thickness / NM:.4g} nm thick"
        for layer, stated in zip(shared.layers, shared.design.layers, strict=True)
        if isinstance(stated.thickness, Balance)
    ]
    notes += of_kind
    notes += [note for layer in shared.electrodes for note in _of_curve(layer)]
    if shared.in_series > 1:
        notes.append(
            f"{shared.in_series} cells in series: voltage, energy, power and resistance are the stack's "
            "and its plane's, the voltage limits too"
        )
    notes += [
        f"materials.{name}.voltage_window is read and changes no number"
        for name, stated in shared.design.materials.items()
        if stated.voltage_window is not None
    ]
    if shared.wafer is None or shared.wafer_material is None:
        notes.append("device height and mass are null: the design has no substrate")
    elif shared.wafer.density is None:
        notes.append(f"masses with the wafer are null: no density of {shared.wafer_material.name}")
    light = [layer.name for layer in shared.layers if not layer.material.knows("density")]
    if light:
        notes.append(f"masses and specific energies are null: no density of {', '.join(light)}")
    return tuple(notes)


def _of_curve(layer: FilmLayer) -> Iterator[str]:
    """Yield what a reader should know of the table behind an electrode's open-circuit curve."""
    curve = layer.material.curve
    if curve is None:
        return
    for share, x, end, which in zip(
        curve.beyond, curve.window, curve.table_ends, ("first", "last"), strict=True
    ):
        if share > _SHOWN_BEYOND:
            yield (
                f"open-circuit table of '{layer.name}' ends at {end:g}, the window at {x:g}: the {which} "
                f"{share * 100:.2g} % of its filling follows the slope at that end"
            )
    if curve.share_used < _HALF:
        yield (
            f"open-circuit table of '{layer.name}': its window, {curve.window[0]:g} to "
            f"{curve.window[1]:g}, uses {curve.share_used * 100:.2g} % of it"
        )
    if curve.departure is not None:
        yield (
            f"open-circuit curve of '{layer.name}' is smoothed through measured points, which lie up to "
            f"{curve.departure * 1e3:.3g} mV from it"
        )


def _given_in_other_words(design: Design) -> Iterator[str]:
    """Yield the sizes of the relief that its file gives in another way."""
    for path, said in design.said.items():
        value: Any = design
        for key in path.split("."):
            value = getattr(value, key)
        value = getattr(value, "value", value)
        if isinstance(value, tuple):
            shown = f"[{', '.join(map(length_text, value))}]"
        else:
            shown = value if isinstance(value, str) else length_text(value)
        if path != "relief.kind":
            yield f"{path} is {shown}: given as {said}"
