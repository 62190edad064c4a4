"""The library as tables to choose from: what of a material decides for a role, in units of the field."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from tfgeom.errors import DesignError
from tfgeom.materials.library import load_library
from tfgeom.materials.material import Material
from tfgeom.materials.open_circuit import OpenCircuit
from tfgeom.materials.stated import CONFIDENCES
from tfgeom.units import in_display_unit
from tfgeom.words import did_you_mean

_POINTS = 1000


@dataclass(frozen=True, slots=True)
class Column:
    """One number of a table.

    Attributes
    ----------
    title
        Its head on a screen, with the unit.
    key
        Its head in a file, with the unit.
    constant
        What of a material it is: a key of its constants, ``open_circuit`` for the mean potential, or an end
        of its ``voltage_window``.
    """

    title: str
    key: str
    constant: str

    def of(self, material: Material) -> tuple[float | None, str]:
        """Return the number in its unit and how far it can be trusted; (None, "") where it is not known."""
        curve, window = material.curve, material.voltage_window
        if self.constant == "open_circuit":
            return (None, "") if curve is None else (mean_potential(curve), curve.confidence)
        section, _, end = self.constant.partition(".")
        if section == "voltage_window":
            return (None, "") if window is None else (getattr(window, end), window.confidence)
        known = material.properties.get(self.constant)
        if known is None:
            return None, ""
        return in_display_unit(known.value, known.dimension)[0], known.confidence


_CAPACITY = Column("uAh/cm2/um", "volumetric_capacity_uAh_cm2_um", "volumetric_capacity")
_POTENTIAL = Column("mean V", "mean_potential_V", "open_circuit")
_ELECTRONS = Column("S/cm", "electronic_conductivity_S_cm", "electronic_conductivity")
_IONS = Column("ions S/cm", "ionic_conductivity_S_cm", "ionic_conductivity")
_DIFFUSIVITY = Column("cm2/s", "diffusivity_cm2_s", "diffusivity")
_EXCHANGE = Column("mA/cm2", "exchange_current_mA_cm2", "exchange_current")
_ENERGY = Column("eV", "activation_energy_eV", "activation_energy")
_STABLE_FROM = Column("stable V", "stable_from_V", "voltage_window.min")
_STABLE_TO = Column("to V", "stable_to_V", "voltage_window.max")
_RESISTIVITY = Column("uohm cm", "resistivity_uohm_cm", "resistivity")
_DENSITY = Column("g/cm3", "density_g_cm3", "density")

ROLES: Mapping[str, tuple[Column, ...]] = {
    "cathode": (_CAPACITY, _POTENTIAL, _ELECTRONS, _DIFFUSIVITY, _EXCHANGE),
    "anode": (_CAPACITY, _POTENTIAL, _ELECTRONS, _DIFFUSIVITY, _EXCHANGE),
    "electrolyte": (_IONS, _ENERGY, _STABLE_FROM, _STABLE_TO),
    "current_collector": (_RESISTIVITY, _STABLE_FROM, _STABLE_TO),
    "inactive": (_DENSITY,),
}
"""What decides for each role.  A material stands under the role that it was made for; a design may give it
another."""

Choice = tuple[Material, tuple[float | None, ...], str]
"""A material, its numbers, and the confidence of the least certain of them."""


def role_of(material: Material) -> str:
    """Return the role under which the library has a material."""
    first = load_library().places[material.name].file.stem.partition("_")[0].removesuffix("s")
    return {"collector": "current_collector"}.get(first, first)


def choices(role: str) -> Iterator[Choice]:
    """Yield the materials of a role with what decides for it.

    Raises
    ------
    DesignError
        If there is no such role.
    """
    if role not in ROLES:
        raise DesignError.at("", f"'{role:.60}' is no role of materials; {did_you_mean(role, tuple(ROLES))}")
    for material in load_library():
        if role_of(material) == role:
            numbers, ranks = zip(*(column.of(material) for column in ROLES[role]), strict=True)
            yield material, numbers, max(filter(None, ranks), key=CONFIDENCES.index, default="")


def choice_table(role: str) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return head and rows of the materials of a role, for a screen: the head of each column is its unit."""
    head = ("name", *(column.title for column in ROLES.get(role, ())), "least sure")
    return head, [
        (material.name, *("-" if one is None else f"{one:.3g}" for one in numbers), least)
        for material, numbers, least in choices(role)
    ]


def choice_records(roles: tuple[str, ...]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return head and rows of the materials of roles, for a file: every number with its confidence."""
    columns = tuple(dict.fromkeys(column for role in roles for column in ROLES.get(role, ())))
    head = ("name", "role", *(word for one in columns for word in (one.key, f"{one.key}_confidence")))
    rows = []
    for role in roles:
        for material, _, _ in choices(role):
            cells = [material.name, role]
            for value, confidence in (column.of(material) for column in columns):
                cells += ["" if value is None else f"{value:.6g}", confidence]
            rows.append((*cells, material.title, " ".join(material.aliases)))
    return (*head, "title", "aliases"), rows


def mean_potential(curve: OpenCircuit) -> float:
    """Return the mean potential between empty and full against Li/Li+ at 25 degC, V."""
    midpoints = (np.arange(_POINTS) + 0.5) / _POINTS
    return float(curve.potential(midpoints).mean())
