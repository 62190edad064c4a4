"""What a reader should know of a cell that is not run at the temperature of its constants."""

from tfgeom.cells.assembled import AssembledCell
from tfgeom.constants import REFERENCE_TEMPERATURE
from tfgeom.materials.activation import DEFAULT, DEFAULT_HIGH, DEFAULT_LOW, ENERGY_OF, arrhenius
from tfgeom.materials.recording import ConstantsRead
from tfgeom.units import format_quantity

_BAND = (DEFAULT, DEFAULT_LOW, DEFAULT_HIGH)
_NEAR = 5.0  # K: nearer to 25 degC constants move less than they are known by


def temperature_notes(cell: AssembledCell, read: ConstantsRead) -> tuple[str, ...]:
    """Return notes on a cell that is run more than 5 K from 25 degC; none nearer to it.

    Parameters
    ----------
    cell
        The cell.
    read
        The constants that its numbers rest on.
    """
    temperature = cell.blueprint.temperature
    if abs(temperature - REFERENCE_TEMPERATURE) <= _NEAR:
        return ()
    at = format_quantity(temperature, "temperature")
    notes = []
    assumed: dict[str, list[str]] = {}
    metals: dict[str, None] = {}
    for (_, key), material in read.items():
        if key in material.assumed:
            assumed.setdefault(key, []).append(material.name)
        elif key in ("resistivity", "electronic_conductivity") and material.stays(key):
            metals[material.name] = None
    if assumed:
        keys = sorted(assumed, key=[energies[0] for energies in ENERGY_OF.values()].index)
        which = "; ".join(f"{_constant(key)} of {', '.join(dict.fromkeys(assumed[key]))}" for key in keys)
        usual, low, high = (format_quantity(energy, "activation_energy") for energy in _BAND)
        times = [_times(arrhenius(energy, temperature, REFERENCE_TEMPERATURE)) for energy in _BAND]
        slower = "slower" if temperature < REFERENCE_TEMPERATURE else "faster"
        notes.append(
            f"at {at} an activation energy of {usual} is assumed where none is known, an estimate ({low} to "
            f"{high}): {which}. They are {times[0]} times {slower} than at 25 degC ({times[1]} to {times[2]} "
            f"times); state what you know, for example materials.{assumed[keys[0]][0]}.{keys[0]}"
        )
    kept = ["open-circuit curves"]
    if metals:
        kept.append(f"the resistivity of {', '.join(metals)}")
    if any(key == "transference_number" for _, key in read):
        kept.append("the salt's transference number")
    if any(layer.interface_resistance for layer in cell.blueprint.layers):
        kept.append("stated interface resistances")
    notes.append(f"taken at {at} as at 25 degC: {', '.join(kept)}")
    return tuple(notes)


def _constant(key: str) -> str:
    return (key.rpartition(".")[0] or "ionic_conductivity").replace("_", " ")


def _times(factor: float) -> str:
    return f"{max(factor, 1 / factor):.3g}"
