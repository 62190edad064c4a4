"""What a reader should know of a design beside its numbers, whatever is computed of it."""

from tfgeom.cells.assembled import AssembledCell
from tfgeom.design import Balance
from tfgeom.metrics.doubts import doubts
from tfgeom.units import NM


def remarks(cell: AssembledCell, *, by_elements: bool) -> tuple[str, ...]:
    """Return notes on the design: what was solved for, left out, not known or doubtful.

    Parameters
    ----------
    cell
        The cell.
    by_elements
        Whether its resistance is that of finite elements.
    """
    of_kind = [*cell.kind.remarks(cell, by_elements=by_elements), *doubts(cell)]
    if cell.lithium is None:
        return tuple(of_kind)
    shared = cell.blueprint
    notes = [
        f"'{layer.name}' solved for N/P {stated.thickness.ratio:g}: {layer.thickness / NM:.4g} nm thick"
        for layer, stated in zip(shared.layers, shared.design.layers, strict=True)
        if isinstance(stated.thickness, Balance)
    ]
    notes += of_kind
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
