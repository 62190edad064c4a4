"""Every constant that is one number: its key, dimension and bounds, what it is, and how a file may state it.

The library's files, a design's ``materials:`` section, the JSON Schema and the order of tables are read from
here: a further constant is one line, and the values that are known of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from tfgeom.quantities import Quantity

_SHARE = Quantity("fraction", high="1")
_FROM_NONE_TO_ALL = Quantity("fraction", "0", "1", positive=False)
_BARRIER = Quantity("activation_energy", high="5 eV", zero=True)
_GROWTH = Quantity("fraction", "-99 %", "1000 %", positive=False)
_COORDINATE = Quantity("fraction", "0", positive=False)


@dataclass(frozen=True, slots=True)
class Constant:
    """One constant of a material.

    Attributes
    ----------
    key
        As files and provenance spell it; a dot parts a section from a key in it.
    quantity
        Dimension and bounds.
    description, example
        What it is, and a value as a file states it.
    called
        What people call it, where that is not its key in words.
    """

    key: str
    quantity: Quantity
    description: str
    example: str
    called: str = ""

    @property
    def dimension(self) -> str:
        """Key of `tfgeom.spelling.dimensions.DIMENSIONS`."""
        return self.quantity.dimension

    @property
    def section(self) -> str:
        """Section that holds it; empty where none does."""
        return self.key.rpartition(".")[0]

    @property
    def name(self) -> str:
        """Key inside its section."""
        return self.key.rpartition(".")[2]


def _activation_of(key: str) -> Constant:
    return Constant(
        f"{key}.activation_energy", _BARRIER, "of the constant it stands under; 0.5 eV if unknown", "0.4 eV"
    )


CONSTANTS: dict[str, Constant] = {
    constant.key: constant
    for constant in (
        Constant("density", Quantity("density"), "of the crystal", "2.5 g/cm^3"),
        Constant("film_fraction", _SHARE, "density of the film over that of the crystal", "0.9"),
        Constant("molar_mass", Quantity("molar_mass"), "of a formula unit", "97.87 g/mol"),
        Constant("volumetric_capacity", Quantity("volumetric_capacity"), "of the film", "60 uAh/cm^2/um"),
        Constant(
            "host_capacity", Quantity("volumetric_capacity"), "theory, to judge claims by", "137 uAh/cm^2/um"
        ),
        Constant("diffusivity", Quantity("diffusivity"), "of lithium, or of a liquid's salt", "1e-13 cm^2/s"),
        _activation_of("diffusivity"),
        Constant("exchange_current", Quantity("current_density"), "at half filling", "0.5 mA/cm^2"),
        _activation_of("exchange_current"),
        Constant("electronic_conductivity", Quantity("conductivity"), "of electrons", "1e-3 S/cm"),
        _activation_of("electronic_conductivity"),
        Constant(
            "ionic_conductivity",
            Quantity("conductivity"),
            "at 25 degC, or at the reference_temperature given beside it",
            "1e-6 S/cm",
        ),
        Constant("activation_energy", _BARRIER, "of the conductivity; 0.5 eV if unknown", "0.55 eV"),
        Constant(
            "reference_temperature",
            Quantity("temperature", "100 K", "2000 K"),
            "at which conductivity, diffusivity and exchange current hold",
            "25 degC",
        ),
        Constant("transference_number", _FROM_NONE_TO_ALL, "share of the current that Li+ carries", "0.3"),
        Constant("salt_concentration", Quantity("concentration"), "of a liquid electrolyte", "1 mol/L"),
        Constant("resistivity", Quantity("resistivity"), "of electrons", "150 uohm*cm"),
        Constant("expansion", _GROWTH, "volume growth from empty to full", "5 %"),
        Constant("initial_efficiency", _SHARE, "share of the first charge that comes back", "0.9"),
        Constant("lithiation", _FROM_NONE_TO_ALL, "filled fraction as made", "1"),
        Constant(
            "dissociation.k_r",
            Quantity("recombination_rate"),
            "rate of recombination",
            "9e-7 m^3/mol/s",
            "recombination rate",
        ),
        Constant(
            "dissociation.delta",
            _SHARE,
            "mobile fraction of the lithium at rest",
            "0.18",
            "mobile fraction of the lithium",
        ),
        Constant(
            "dissociation.D_plus", Quantity("diffusivity"), "of Li+", "9e-12 cm^2/s", "diffusivity of Li+"
        ),
        Constant(
            "dissociation.D_minus",
            Quantity("diffusivity"),
            "of the negative charge",
            "5.1e-11 cm^2/s",
            "diffusivity of the negative charge",
        ),
        Constant(
            "dissociation.total_lithium",
            Quantity("concentration"),
            "bound and mobile",
            "6.01e4 mol/m^3",
            "concentration of all lithium",
        ),
        Constant(
            "two_phase.x_alpha",
            _COORDINATE,
            "most lithium that the poor phase holds, on the coordinate of the open-circuit curve",
            "0.05",
            "limit of the poor phase",
        ),
        Constant(
            "two_phase.x_beta",
            _COORDINATE,
            "least lithium that the rich phase holds, on the coordinate of the open-circuit curve",
            "0.89",
            "limit of the rich phase",
        ),
        Constant(
            "two_phase.D_alpha",
            Quantity("diffusivity"),
            "of lithium in the poor phase; the material's diffusivity if not given",
            "4e-12 cm^2/s",
            "diffusivity in the poor phase",
        ),
        Constant(
            "two_phase.D_beta",
            Quantity("diffusivity"),
            "of lithium in the rich phase; the material's diffusivity if not given",
            "4e-12 cm^2/s",
            "diffusivity in the rich phase",
        ),
    )
}
"""By key, in the order in which they are printed."""


def words_of(key: str) -> str:
    """Return what people call a constant, or the open-circuit curve: ``recombination rate``."""
    if key == "open_circuit":
        return "open-circuit curve"
    known = CONSTANTS.get(key)
    if known is not None and known.called:
        return known.called
    section, _, name = key.rpartition(".")
    plain = name.replace("_", " ")
    return f"{plain} of the {words_of(section)}" if section else plain


def words_of_all(keys: Iterable[str]) -> str:
    """Return constants of layers in words, such as ``anode.diffusivity``: ``diffusivity of anode``."""
    parts = (key.partition(".") for key in keys)
    return ", ".join(f"{words_of(key)} of {layer}" for layer, _, key in parts)


def constants_in(section: str) -> tuple[Constant, ...]:
    """Return the constants of a section such as ``dissociation``; of none, those that stand by themselves."""
    return tuple(constant for constant in CONSTANTS.values() if constant.section == section)
