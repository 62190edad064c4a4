"""The kinds of quantity, with the units that the field writes them in."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Dimension:
    """A kind of quantity.

    Attributes
    ----------
    si
        Its SI unit.
    display
        The units it is printed in, best first, with how many ``si`` make one, exactly.  They are read without
        pint, which takes longer to load than a design to evaluate; a test holds them equal to pint's.
    example
        A quantity.
    also
        Further units that the field writes, likewise.
    """

    si: str
    display: Mapping[str, str]
    example: str
    also: Mapping[str, str] = field(default_factory=dict)

    @property
    def usual(self) -> str:
        """The unit it is printed in where none fits better."""
        return next(iter(self.display))

    @property
    def declared(self) -> Mapping[str, str]:
        """Every unit that is read without pint, and how many ``si`` make one."""
        return {**self.display, **self.also}


DIMENSIONS: dict[str, Dimension] = {
    "length": Dimension(
        "m",
        {"um": "1e-6", "nm": "1e-9", "mm": "1e-3", "m": "1"},
        "3 um",
        {"angstrom": "1e-10", "cm": "1e-2", "pm": "1e-12"},
    ),
    "angle": Dimension("rad", {"deg": "0.017453292519943295", "rad": "1"}, "90 deg"),
    "temperature": Dimension("K", {"degC": "1", "K": "1"}, "25 degC"),
    "voltage": Dimension("V", {"V": "1"}, "3.5 V", {"mV": "1e-3"}),
    "time": Dimension("s", {"s": "1"}, "10 s", {"min": "60", "h": "3600", "ms": "1e-3", "us": "1e-6"}),
    "fraction": Dimension("", {"": "1", "%": "0.01"}, "5 %"),
    "conductivity": Dimension(
        "S/m",
        {"S/cm": "100", "S/m": "1"},
        "2e-6 S/cm",
        {"mS/cm": "0.1", "uS/cm": "1e-4", "1/ohm/cm": "100", "1/ohm/m": "1"},
    ),
    "resistivity": Dimension(
        "ohm*m",
        {"uohm*cm": "1e-8", "ohm*m": "1"},
        "150 uohm*cm",
        {"ohm*cm": "1e-2", "mohm*cm": "1e-5", "kohm*cm": "10"},
    ),
    "diffusivity": Dimension(
        "m^2/s", {"cm^2/s": "1e-4", "m^2/s": "1"}, "1e-13 cm^2/s", {"um^2/s": "1e-12", "nm^2/s": "1e-18"}
    ),
    "current_density": Dimension(
        "A/m^2",
        {"mA/cm^2": "10", "A/m^2": "1"},
        "0.5 mA/cm^2",
        {"uA/cm^2": "1e-2", "nA/cm^2": "1e-5", "A/cm^2": "1e4"},
    ),
    "current": Dimension("A", {"uA": "1e-6", "mA": "1e-3", "A": "1"}, "50 uA", {"nA": "1e-9", "pA": "1e-12"}),
    "power": Dimension("W", {"uW": "1e-6", "mW": "1e-3", "W": "1"}, "3 uW", {"nW": "1e-9"}),
    "power_density": Dimension(
        "W/m^2",
        {"mW/cm^2": "10", "W/m^2": "1"},
        "1 mW/cm^2",
        {"uW/cm^2": "1e-2", "nW/cm^2": "1e-5", "W/cm^2": "1e4"},
    ),
    "capacitance": Dimension("F", {"uF": "1e-6", "F": "1"}, "10 uF", {"nF": "1e-9", "mF": "1e-3"}),
    "areal_capacitance": Dimension(
        "F/m^2", {"uF/cm^2": "1e-2", "F/m^2": "1"}, "10 uF/cm^2", {"nF/cm^2": "1e-5", "mF/cm^2": "10"}
    ),
    "areal_capacity": Dimension(
        "C/m^2",
        {"uAh/cm^2": "36", "C/m^2": "1"},
        "24 uAh/cm^2",
        {"mAh/cm^2": "36e3", "uA*h/cm^2": "36", "mA*h/cm^2": "36e3", "Ah/m^2": "3600", "C/cm^2": "1e4"},
    ),
    "volumetric_capacity": Dimension(
        "C/m^3",
        {"uAh/cm^2/um": "36e6", "C/m^3": "1"},
        "37 uAh/cm^2/um",
        {"mAh/cm^3": "3.6e6", "mAh/cc": "3.6e6", "Ah/L": "3.6e6", "mAh/cm^2/um": "36e9", "Ah/m^3": "3600"},
    ),
    "specific_capacity": Dimension(
        "C/kg", {"mAh/g": "3600", "C/kg": "1"}, "140 mAh/g", {"Ah/kg": "3600", "C/g": "1000"}
    ),
    "molar_capacity": Dimension("C/mol", {"Ah/mol": "3600", "C/mol": "1"}, "26.8 Ah/mol", {"mAh/mol": "3.6"}),
    "molar_mass": Dimension("kg/mol", {"g/mol": "1e-3", "kg/mol": "1"}, "97.87 g/mol"),
    "area_resistance": Dimension(
        "ohm*m^2",
        {"ohm*cm^2": "1e-4", "ohm*m^2": "1"},
        "20 ohm*cm^2",
        {"kohm*cm^2": "0.1", "mohm*cm^2": "1e-7"},
    ),
    "areal_energy": Dimension(
        "J/m^2", {"mWh/cm^2": "36e3", "J/m^2": "1"}, "0.1 mWh/cm^2", {"uWh/cm^2": "36", "J/cm^2": "1e4"}
    ),
    "density": Dimension(
        "kg/m^3", {"g/cm^3": "1000", "kg/m^3": "1"}, "2.5 g/cm^3", {"g/cc": "1000", "kg/L": "1000"}
    ),
    "activation_energy": Dimension(
        "J/mol", {"eV": "96485.33212331001", "kJ/mol": "1000", "J/mol": "1"}, "0.55 eV"
    ),
    "concentration": Dimension(
        "mol/m^3", {"mol/m^3": "1"}, "6.01e4 mol/m^3", {"mol/L": "1000", "mol/cm^3": "1e6"}
    ),
    "areal_density": Dimension("1/m^2", {"cm^-2": "1e4", "um^-2": "1e12", "m^-2": "1"}, "2e9 cm^-2"),
    "recombination_rate": Dimension("m^3/mol/s", {"m^3/mol/s": "1"}, "9e-7 m^3/mol/s"),
}
