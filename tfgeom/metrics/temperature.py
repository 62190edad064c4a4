"""What a reader should know of a cell that is not run at the temperature of its constants."""

from tfgeom.cells.assembled import AssembledCell
from tfgeom.constants import REFERENCE_TEMPERATURE
from tfgeom.materials.activation import DEFAULT, DEFAULT_HIGH, DEFAULT_LOW, ENERGY_OF, arrhenius
from tfgeom.materials.recording import ConstantsRead
from tfgeom.units import format_quantity

_CONSTANT_OF = {energies[0]: key for key, energies in ENERGY_OF.items() if key != "resistivity"}
_BAND = (DEFAULT, DEFAULT_LOW, DEFAULT_HIGH)
_NEAR = 5.0  # K: nearer to 25 degC constants move less than they are known by


def temperature_notes(cell: AssembledCell, read: ConstantsRead) -> tuple[str, ...]:
    """Return notes on a cell that is run more than 5 K from where its constants hold; none nearer to it.

    Parameters
    ----------
    cell
        The cell.
    read
        The constants that its numbers rest on.
    """
    temperature = cell.blueprint.temperature
    assumed: dict[float, dict[str, list[str]]] = {}  # by reference temperature and activation energy
    metals: dict[str, None] = {}
    for (_, key), material in read.items():
        if key in material.assumed:
            reference = material.reference(_CONSTANT_OF[key])
            assumed.setdefault(reference, {}).setdefault(key, []).append(material.name)
        elif key in ("resistivity", "electronic_conductivity") and material.stays(key):
            metals[material.name] = None
    notes = [
        _assumption(temperature, reference, by_key)
        for reference, by_key in assumed.items()
        if abs(temperature - reference) > _NEAR
    ]
    if abs(temperature - REFERENCE_TEMPERATURE) > _NEAR:
        kept = ["open-circuit curves"]
        if metals:
            kept.append(f"the resistivity of {', '.join(metals)}")
        if any(key == "transference_number" for _, key in read):
            kept.append("the salt's transference number")
        if any(layer.interface_resistance for layer in cell.blueprint.layers):
            kept.append("stated interface resistances")
        notes.append(f"taken at {_celsius(temperature)} as at 25 degC: {', '.join(kept)}")
    return tuple(notes)


def _assumption(temperature: float, reference: float, by_key: dict[str, list[str]]) -> str:
    """Return what is assumed of constants that hold at ``reference`` (K): names of materials by key."""
    keys = [key for key in _CONSTANT_OF if key in by_key]
    which = "; ".join(
        f"{_CONSTANT_OF[key].replace('_', ' ')} of {', '.join(dict.fromkeys(by_key[key]))}" for key in keys
    )
    usual, low, high = (format_quantity(energy, "activation_energy") for energy in _BAND)
    factors = [arrhenius(energy, temperature, reference) for energy in _BAND]
    times = [f"{max(factor, 1 / factor):.3g}" for factor in factors]
    slower = "slower" if temperature < reference else "faster"
    return (
        f"at {_celsius(temperature)} an activation energy of {usual} is assumed where none is known, an "
        f"estimate ({low} to {high}): {which}. They are {times[0]} times {slower} than at "
        f"{_celsius(reference)} ({times[1]} to {times[2]} times); state what you know, for example "
        f"materials.{by_key[keys[0]][0]}.{keys[0]}"
    )


def _celsius(temperature: float) -> str:
    return format_quantity(temperature, "temperature")
