"""Conductivities and interface resistances of a stack at its operating temperature.

One place decides which constants a conduction problem uses and which are missing; the closed forms and the
finite elements both take their coefficients from here.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

from tfgeom.constants import thermal_voltage
from tfgeom.errors import MaterialError
from tfgeom.films import Film, FilmLayer, Stack
from tfgeom.geometry.protocol import Cell
from tfgeom.materials.library import Dissociation
from tfgeom.rows import Numbers, hyperbolic_tangent, is_rows, root, some
from tfgeom.transport.losses import COLLECTORS, ELECTRODE_AT, INTERFACE_OF, Mechanism

_ELECTRODES = ("cathode", "anode")


@dataclass(frozen=True, slots=True)
class FilmConductor:
    """A film that current crosses.

    Attributes
    ----------
    film
        The film in its place.
    part
        Which part of the resistance it counts to (one of `tfgeom.transport.losses.PARTS`).
    conductivity
        S/m; infinite where the constant is missing or the film is a metal that counts as ideal.
    """

    film: Film
    part: str
    conductivity: Numbers

    @property
    def is_ideal(self) -> bool:
        """Whether nothing is lost in it: its constant is missing, or it counts as ideal."""
        return not is_rows(self.conductivity) and bool(self.conductivity == math.inf)

    @property
    def along(self) -> Numbers:
        """Conductance along the film, of a square of it, S."""
        return self.conductivity * self.film.layer.thickness


@dataclass(frozen=True, slots=True)
class Interface:
    """A face with a resistance of its own: charge transfer, contact, or both.

    Attributes
    ----------
    part
        Which part of the resistance it counts to.
    inner, outer
        Indices into `FilmCircuit.films` of the films on its two sides.
    charge_transfer
        Small-signal charge-transfer resistance, ohm m² of the face.
    contact
        Ohmic resistance of the face, ohm m².
    exchange
        Exchange current density that ``charge_transfer`` comes from, A/m²; None where there is none.
    anodic
        Anodic coefficient of the charge transfer, between 0 and 1.
    """

    part: str
    inner: int
    outer: int
    charge_transfer: Numbers
    contact: Numbers
    exchange: Numbers | None = None
    anodic: float = 0.5

    @property
    def resistance(self) -> Numbers:
        """Both together, ohm m² of the face."""
        return self.charge_transfer + self.contact

    @property
    def by_mechanism(self) -> dict[Mechanism, Numbers]:
        """What there is of either, ohm m² of the face; of n cells what any of them has."""
        both: dict[Mechanism, Numbers] = {"charge_transfer": self.charge_transfer, "contact": self.contact}
        return {mechanism: value for mechanism, value in both.items() if some(value)}


@dataclass(frozen=True, slots=True)
class FilmCircuit:
    """What conducts in a stack of films, on its relief.

    Films outside the path from one collector to the other (barriers below a collector, encapsulation) carry
    no current and are left out.

    Attributes
    ----------
    cell
        The relief.
    films
        From the inner collector to the outer.
    interfaces
        Faces with a resistance of their own.
    incomplete
        Constants that are not known and whose loss is left out, as ``layer.property``.
    """

    cell: Cell
    films: tuple[FilmConductor, ...]
    interfaces: tuple[Interface, ...]
    incomplete: tuple[str, ...] = ()

    @property
    def is_uniform(self) -> bool:
        """Whether every film is as thick at depth as on the top."""
        return all(
            one.film.inner.is_uniform and (one.film.layer.fills or one.film.outer.is_uniform)
            for one in self.films
        )


def film_circuit(stack: Stack, temperature: Numbers, electrolyte_model: str) -> FilmCircuit:
    """Return what conducts in a stack of films at ``temperature`` (K).

    Parameters
    ----------
    stack
        Films of a conformal cell.
    temperature
        K; conductivities and exchange currents follow it.
    electrolyte_model
        ``ohmic`` takes the electrolyte's conductivity as it is, ``dc`` the steady value of an electrolyte
        whose ions form and recombine (`dc_resistance_factor`), and so does ``dissociation``, which follows
        them in time in the film model.

    Raises
    ------
    MaterialError
        When the electrolyte's conductivity, or its dissociation constants for the other two, are missing.
    """
    path = stack.current_path
    films: list[FilmConductor] = []
    incomplete: list[str] = []
    for film, part in zip(path, _parts([film.layer for film in path]), strict=True):
        conductivity, missing = _conductivity(film.layer, part, temperature, electrolyte_model)
        films.append(FilmConductor(film, part, conductivity))
        incomplete += missing
    interfaces: list[Interface] = []
    for index, (inner, outer) in enumerate(pairwise(films)):
        part = _interface_part(inner.part, outer.part)
        transfer: Numbers = 0.0
        exchange, anodic = None, 0.5
        electrode = next((film for film in (inner, outer) if film.film.layer.role in _ELECTRODES), None)
        if electrode is not None and part == INTERFACE_OF.get(electrode.part):
            material = electrode.film.layer.material
            exchange = material.value_at("exchange_current", temperature)
            if exchange is None:
                incomplete.append(f"{electrode.film.layer.name}.exchange_current")
            else:
                transfer, anodic = thermal_voltage(temperature) / exchange, material.anodic_coefficient
        contact = outer.film.layer.interface_resistance
        if some(transfer) or some(contact):
            interfaces.append(Interface(part, index, index + 1, transfer, contact, exchange, anodic))
    return FilmCircuit(stack.cell, tuple(films), tuple(interfaces), tuple(incomplete))


def dc_resistance_factor(constants: Dissociation, thickness: Numbers) -> Numbers:
    """Return steady over high-frequency resistance of a weak electrolyte film.

    ``1 + (t-/t+) tanh(m)/m`` with ``m = thickness kappa/2``, ``kappa² = (k_d + 2 k_r c)/D_amb``: the small
    signal, steady solution of the dissociation-recombination model of Danilov, Niessen and Notten,
    J. Electrochem. Soc. 158 (2011) A215, with the immobile ions blocked at both faces.

    Parameters
    ----------
    constants
        Dissociation constants.
    thickness
        Film thickness, m.
    """
    k_r, delta = constants.k_r, constants.delta
    plus, minus = constants.D_plus, constants.D_minus
    k_d = k_r * constants.total_lithium * delta**2 / (1 - delta)
    relaxation = k_d + 2 * k_r * delta * constants.total_lithium
    m = thickness / 2 * root(relaxation * (plus + minus) / (2 * plus * minus))
    return 1 + minus / plus * hyperbolic_tangent(m) / m


def _parts(layers: list[FilmLayer]) -> list[str]:
    """Return the part of the resistance to which each film of the current path counts.

    An interlayer that ions cross counts to the interface of its electrode, one that electrons cross to the
    electrode itself; between two electrolytes it is electrolyte.
    """
    roles = [layer.role for layer in layers]
    core = [index for index, role in enumerate(roles) if role in (*_ELECTRODES, "electrolyte")]
    parts = []
    for index, role in enumerate(roles):
        if role in (*_ELECTRODES, "electrolyte"):
            parts.append(role)
        elif role == "current_collector":
            parts.append("inner_collector" if index < core[0] else "outer_collector")
        else:
            near = {roles[max(k for k in core if k < index)]} if index > core[0] else set()
            near |= {roles[min(k for k in core if k > index)]} if index < core[-1] else set()
            electrode = next((role for role in _ELECTRODES if role in near), "electrolyte")
            crossed_by_ions = "electrolyte" in near and electrode != "electrolyte"
            parts.append(INTERFACE_OF[electrode] if crossed_by_ions else electrode)
    return parts


def _interface_part(inner: str, outer: str) -> str:
    """Return the part to which the face between two parts counts."""
    if inner == outer:
        return inner
    for part in (inner, outer):
        if part in ELECTRODE_AT:
            return part
    if "electrolyte" in (inner, outer):
        return INTERFACE_OF[outer if inner == "electrolyte" else inner]
    return outer if inner == "inner_collector" else inner


def _conductivity(
    layer: FilmLayer, part: str, temperature: Numbers, electrolyte_model: str
) -> tuple[Numbers, tuple[str, ...]]:
    """Return a film's conductivity, S/m, and what is missing for it: its loss is then left out."""
    material = layer.material
    if layer.fills:
        return math.inf, ()  # it is reached at its inner face
    if layer.role == "interlayer" and (part == "electrolyte" or part in ELECTRODE_AT):
        ionic = material.value_at("ionic_conductivity", temperature)
        return (math.inf, (f"{layer.name}.ionic_conductivity",)) if ionic is None else (ionic, ())
    if part == "electrolyte":
        if electrolyte_model in ("dc", "dissociation"):
            conductivity = material.dissociated_conductivity(temperature)
            if material.dissociation is None or conductivity is None:
                raise MaterialError.at(
                    f"layers.{layer.name}.material",
                    f"'{material.name}' has no dissociation constants, which electrolyte_model "
                    f"'{electrolyte_model}' needs; give materials.{material.name}.dissociation or use "
                    "electrolyte_model: ohmic",
                )
            return conductivity / dc_resistance_factor(material.dissociation, layer.thickness), ()
        ionic = material.value_at("ionic_conductivity", temperature)
        if ionic is None:
            raise MaterialError.at(
                f"layers.{layer.name}.material",
                f"'{material.name}' has no ionic conductivity in the library; "
                f"give materials.{material.name}.ionic_conductivity, for example '1e-6 S/cm'",
            )
        return ionic, ()
    electronic = material.electron_conductivity(temperature)
    if electronic is None:
        key = "resistivity" if part in COLLECTORS else "electronic_conductivity"
        return math.inf, (f"{layer.name}.{key}",)
    return electronic, ()
