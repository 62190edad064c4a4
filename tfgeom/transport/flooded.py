"""Area-specific resistance of a flooded half-cell in closed form: the wire model of its voids.

Liquid fills every void of the coated relief and a head space up to a flat counter electrode.  Along a void
the liquid is a wire that loses current through the films on its wall; voids (the bore and the outside of a
tube, say) and the flat tops hang in parallel on the head space.  For a straight wall the potential of the
wire obeys ``kappa A phi'' = g p phi``, so ``phi ~ cosh sz + beta sinh sz`` with ``s² = g p/(kappa A)`` and
``beta = g/(kappa s)`` at the floor (transmission line of a pore, R. de Levie, Electrochim. Acta 8 (1963)
751).  Where thickness or section change along the wall, slices of constant section follow each other.

The current that enters a film leaves it straight through to the collector, which is taken as an
equipotential: each slice of wall, each floor and the tops with their rims are columns of their own.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cmp_to_key
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tfgeom.constants import thermal_voltage
from tfgeom.errors import MaterialError, UnsupportedError
from tfgeom.films import Film, Stack
from tfgeom.geometry.curve_rows import tubes
from tfgeom.geometry.plan import Loop, Plan
from tfgeom.geometry.protocol import Cell
from tfgeom.geometry.unit_cell import Level, UnitCell
from tfgeom.materials.library import Material
from tfgeom.rows import (
    Numbers,
    abreast,
    alike,
    exponential,
    first_axis,
    hyperbolic_tangent,
    is_rows,
    plain,
    root,
)
from tfgeom.transport.circuit import FilmCircuit, film_circuit
from tfgeom.transport.liquid.salt import Salt, liquid_salt
from tfgeom.transport.losses import INTERFACE_OF, Loss, Losses, Mechanism, Place

FloatArray = NDArray[np.float64]

Key: TypeAlias = tuple[str, Mechanism]
"""Part and mechanism of a loss."""

_SLICES = 64


@dataclass(frozen=True, slots=True)
class FloodedCircuit:
    """What conducts in a flooded half-cell; of n cells numbers may have the shape (n,).

    Attributes
    ----------
    stack
        All films on the relief: the liquid begins at the outermost.
    films
        Collector and electrode film, with the contact resistances between them.
    electrode
        ``cathode`` or ``anode``: the part of the film.
    charge_transfer
        Of the film's face to the liquid, ohm m² of that face.
    conductivity
        Of the liquid, S/m.
    separator
        Height of the head space, m.
    counter_transfer
        Charge transfer at the flat counter electrode, ohm m².
    incomplete
        Constants that are not known and whose loss is left out.
    liquid
        Name of the electrolyte.
    salt
        Its salt, whose gradient adds to the loss: ``conductivity`` is then the effective one at a small
        steady current.  None for an ohmic liquid.
    """

    stack: Stack
    films: FilmCircuit
    electrode: str
    charge_transfer: Numbers
    conductivity: Numbers
    separator: Numbers
    counter_transfer: Numbers
    incomplete: tuple[str, ...]
    liquid: str = "liquid"
    salt: Salt | None = None

    def in_liquid(self, place: Place, value: Numbers) -> list[Loss]:
        """Return the rows of a loss in the liquid at a small current: ohmic, and of its salt's gradient."""
        if self.salt is None:
            return [Loss("electrolyte", "liquid", value, place)]
        salt = self.salt.concentration_share * value
        return [Loss("electrolyte", "liquid", value - salt, place), Loss("electrolyte", "salt", salt, place)]

    @property
    def own_interface(self) -> str:
        """Part of the film's face to the liquid."""
        return INTERFACE_OF[self.electrode]

    @property
    def other_interface(self) -> str:
        """Part of the counter electrode's face."""
        return INTERFACE_OF["anode" if self.electrode == "cathode" else "cathode"]


def flooded_circuit(
    stack: Stack,
    temperature: Numbers,
    liquid: Material,
    separator: Numbers,
    counter: Material,
    electrolyte_model: str = "ohmic",
) -> FloodedCircuit:
    """Return what conducts in a flooded half-cell at ``temperature`` (K).

    Parameters
    ----------
    stack
        Collector and electrode film.
    temperature
        K.
    liquid
        The electrolyte that fills voids and head space.
    separator
        Height of the head space, m.
    counter
        The flat counter electrode; ideal unless it has an exchange current.
    electrolyte_model
        ``ohmic``, or ``salt`` for a liquid whose salt is at steady state.

    Raises
    ------
    MaterialError
        When the electrolyte has no ionic conductivity, or its salt lacks a constant.
    """
    conductivity = liquid.value_at("ionic_conductivity", temperature)
    if conductivity is None:
        raise MaterialError.at(
            "cell.electrolyte",
            f"'{liquid.name}' has no ionic conductivity in the library; "
            f"give materials.{liquid.name}.ionic_conductivity, for example '1 S/m'",
        )
    salt = liquid_salt(liquid, conductivity, temperature) if electrolyte_model == "salt" else None
    film = electrode_film(stack)
    wires = film_circuit(stack, temperature, "ohmic")
    heat = thermal_voltage(temperature)
    exchange = film.layer.material.value_at("exchange_current", temperature)
    missing = () if exchange is not None else (f"{film.layer.name}.exchange_current",)
    at_counter = counter.value_at("exchange_current", temperature)
    if at_counter is None:
        missing = (*missing, "counter.exchange_current")
    return FloodedCircuit(
        stack=stack,
        films=wires,
        electrode=film.layer.role,
        charge_transfer=0.0 if exchange is None else heat / exchange,
        conductivity=conductivity if salt is None else salt.effective_conductivity,
        separator=separator,
        counter_transfer=0.0 if at_counter is None else heat / at_counter,
        incomplete=(*wires.incomplete, *missing),
        liquid=liquid.name,
        salt=salt,
    )


def electrode_film(stack: Stack) -> Film:
    """Return the electrode film of a flooded cell: it has one, checked with the file."""
    film = stack.first("cathode") or stack.first("anode")
    assert film is not None
    return film


def flooded_obstacle(cell: Cell) -> str | None:
    """Return why the wire model does not describe a relief, or None when it does."""
    if not isinstance(cell, UnitCell):
        return f"the resistance of flooded reliefs of kind {cell.kind}"
    if cell.through:
        return "the resistance of flooded through-holes"
    return None


def flooded_resistance(circuit: FloodedCircuit) -> Losses:
    """Return what a flooded half-cell loses, in closed form.

    ``R = F [1/(sum of Y + g a) + H/(kappa F)] + R_counter``: Y the admittances of the voids at their mouths,
    g a that of the flat tops, H the head space.  The total is split by dissipation: a row's share is the
    heat it makes over that of the whole cell at the same small current, so the rows add up to R.

    Parameters
    ----------
    circuit
        What conducts, on the relief or on the plane.

    Raises
    ------
    UnsupportedError
        For a relief that `flooded_obstacle` names.
    """
    stack = circuit.stack
    obstacle = flooded_obstacle(stack.cell)
    if obstacle is not None:
        raise UnsupportedError.at("cell.type", f"not yet supported: {obstacle}")
    footprint = stack.cell.footprint
    rows = [Loss(circuit.other_interface, "charge_transfer", circuit.counter_transfer)]
    rows += circuit.in_liquid("head_space", circuit.separator / circuit.conductivity)
    voids, columns = _columns(stack, circuit)
    tops = {key: plain(column[0]) for key, column in columns.items()}
    whole = sum(tops.values())
    if alike(whole == 0):
        return Losses.of(rows)  # ideal films: all current enters at the mouths
    mouth: Numbers = 1 / whole  # admittance below the head space, S
    power = {key: value * mouth**2 for key, value in tops.items()}
    for void in voids:
        admittance, by_key = _void(void, circuit.conductivity)
        mouth += admittance
        for key, value in by_key.items():
            power[key] = power[key] + value
    # At unit potential of the mouths the power is the admittance; at unit current each is over mouth².
    rows += [Loss(*key, footprint * value / mouth**2, "wall") for key, value in power.items()]
    rows += circuit.in_liquid("gaps", footprint * (mouth - sum(power.values())) / mouth**2)
    return Losses.of(rows)


def void_plans(plan: Plan) -> tuple[Plan, ...]:
    """Return one plan for each void of a unit cell: its edges, its footprint the void's cell.

    Loops lie around a common axis: the space outside the largest raised loop is one void, and each opening
    is one, up to the raised loop that stands in it.
    """
    loops = [element for element in plan.elements if isinstance(element, Loop)]
    if plan.raised_background or not any(loop.opening for loop in loops):
        return (plan,) if plan.elements else ()
    order = sorted(loops, key=cmp_to_key(_larger_first))
    found = [Plan(plan.footprint, (order[0],))]
    for index, loop in enumerate(order):
        if loop.opening:
            inside = order[index + 1 : index + 2]
            found.append(Plan(-loop.area, (loop, *inside), raised_background=True))
    return tuple(found)


def _larger_first(one: Loop, other: Loop) -> int:
    return 1 if alike(abs(one.area) < abs(other.area)) else -1


class _Void(NamedTuple):
    """Liquid slices from the floor up, and the resistances of the films on them by part.

    Heights in m, sections in m²; ``walls`` holds ohm by part and mechanism, one value a slice, ``floor`` one
    value; of n cells a second axis is theirs.  The last slice lies between the rims and has no wall.
    """

    heights: FloatArray
    sections: FloatArray
    walls: dict[Key, FloatArray]
    floor: dict[Key, FloatArray]


def _void(void: _Void, conductivity: Numbers) -> tuple[Numbers, dict[Key, Numbers]]:
    """Return the admittance at the mouth, S, and the power by part and mechanism at 1 V to the collector, W.

    Along a slice ``g' phi² - kappa A phi'²`` is constant, so the power of its films is
    ``(Y1 phi1² - Y0 phi0²)/2 + g phi0² (1 - b²)/2`` with 0 at its lower and 1 at its upper end, g the
    conductance of its wall and ``b = Y0/(kappa A s)``.
    """
    walls = np.asarray(1 / sum(void.walls.values()))
    floor = plain(1 / sum(column[0] for column in void.floor.values()))
    admittances, ratios = [floor], []
    for height, section, wall in _slices(void, walls):
        below = admittances[-1]
        if wall is None:
            admittances.append(1 / (1 / below + height / (conductivity * section)))
            ratios.append(admittances[-1] / below)
            continue
        line = root(conductivity * section * wall / height)
        x = root(wall * height / (conductivity * section))
        b, t, fade = below / line, hyperbolic_tangent(x), exponential(-x)
        admittances.append(line * (b + t) / (1 + b * t))
        ratios.append(2 * fade / ((1 + b) + (1 - b) * fade**2))
    phi: Numbers = 1.0
    heat: list[Numbers] = [0.0] * len(walls)
    for index in range(len(ratios) - 1, -1, -1):
        upper, phi = phi, phi * ratios[index]
        if index == len(walls):
            continue
        above, below = admittances[index + 1], admittances[index]
        # g b² = Y0² height/(kappa A)
        loss = below**2 * void.heights[index] / (conductivity * void.sections[index])
        heat[index] = (above * upper**2 - below * phi**2 + (walls[index] - loss) * phi**2) / 2
    heats, walls, *resistances = abreast(tubes(*heat), walls, *void.walls.values())
    power = {
        key: plain(np.sum(heats * (resistance * walls), axis=0) + floor**2 * phi**2 * void.floor[key][0])
        for key, resistance in zip(void.walls, resistances, strict=True)
    }
    return admittances[-1], power


def _slices(void: _Void, walls: FloatArray) -> Iterator[tuple[Numbers, Numbers, Numbers | None]]:
    for index, (height, section) in enumerate(zip(void.heights, void.sections, strict=True)):
        yield plain(height), plain(section), plain(walls[index]) if index < len(walls) else None


def _columns(stack: Stack, circuit: FloodedCircuit) -> tuple[list[_Void], dict[Key, FloatArray]]:
    """Return the voids, and the resistances by part and mechanism (ohm) of the flat tops with their rims."""
    cell = stack.cell
    assert isinstance(cell, UnitCell)  # others have been refused
    if cell.is_flat:
        return [], _resistances(circuit, lambda level: np.array([cell.area(level)]), _on_floor)
    voids = [_column(replace(cell, plan=plan), stack, circuit) for plan in void_plans(cell.plan)]
    return voids, _resistances(
        circuit,
        lambda level: np.array([sum(cell.strips(level)[:2])]),
        lambda inner, outer: np.array([outer.top - inner.top]),
    )


def _column(cell: UnitCell, stack: Stack, circuit: FloodedCircuit) -> _Void:
    heights, sections = liquid_slices(cell, stack.top, _SLICES)
    return _Void(
        heights=heights,
        sections=sections,
        # from the floor up
        walls=_resistances(
            circuit,
            lambda level: cell.wall_slices(level, _SLICES)[::-1],
            lambda inner, outer: cell.slice_thicknesses(inner, outer, _SLICES)[::-1],
        ),
        floor=_resistances(circuit, lambda level: np.array([cell.strips(level).floor]), _on_floor),
    )


def liquid_slices(void: UnitCell, outer: Level, slices: int) -> tuple[FloatArray, FloatArray]:
    """Return heights (m) and sections (m²) of the liquid in a void from the floor up.

    ``slices`` of the wall, equal in bare height, and one more between the rims: shape (slices + 1,) each.
    """
    profile, plan = void.profile, void.sharp_plan
    depths = np.linspace(profile.depth_of_floor_film(outer), profile.wall_start, slices + 1)
    points = profile.wall_points(depths, outer)
    rho = np.concatenate(((points[:-1, 0] + points[1:, 0]) / 2, points[-1:, 0]))
    heights = tubes(*np.diff(points[:, 1], axis=0), void.height + outer.top - points[-1, 1])
    return heights, plan.footprint - plan.area_at(first_axis(rho, plan.footprint + plan.perimeter))


def _on_floor(inner: Level, outer: Level) -> FloatArray:
    return np.array([outer.bottom - inner.bottom])


def _resistances(
    circuit: FloodedCircuit,
    areas: Callable[[Level], FloatArray],
    thicknesses: Callable[[Level, Level], FloatArray],
) -> dict[Key, FloatArray]:
    """Return the resistances of columns from the areas (m²) of levels and the thickness (m) between two."""
    levels = [(one.film.inner, one.film.outer) for one in circuit.films.films]
    films = [(areas(inner), areas(outer), thicknesses(inner, outer)) for inner, outer in levels]
    return column_resistances(circuit, films)


def column_resistances(
    circuit: FloodedCircuit, films: Sequence[tuple[FloatArray, FloatArray, FloatArray]]
) -> dict[Key, FloatArray]:
    """Return the resistances of columns from the collector to the liquid by part and mechanism, ohm.

    Films count with ``integral dd/(sigma A(d))``, A linear in the offset d: with the logarithmic mean of the
    areas of their faces.  Contacts and charge transfer count with the area of their face.

    Parameters
    ----------
    circuit
        What conducts.
    films
        Of each film of ``circuit.films``: areas of inner and outer face (m²) and thickness (m) of n columns.

    Returns
    -------
    dict
        Shapes (n,), of several cells with a second axis; without the films whose conductivity is infinite.
    """
    rows = [one.conductivity for one in circuit.films.films]
    rows += [face.resistance for face in circuit.films.interfaces]
    like = next((one for one in (*rows, circuit.charge_transfer) if is_rows(one)), None)
    curves = iter([first_axis(one, like) for one in abreast(*(part for film in films for part in film))])
    films = list(zip(curves, curves, curves, strict=True))
    found: dict[Key, FloatArray] = {}

    def add(part: str, mechanism: Mechanism, resistance: FloatArray) -> None:
        found[part, mechanism] = found.get((part, mechanism), 0.0) + resistance

    for conductor, (inner, outer, thickness) in zip(circuit.films.films, films, strict=True):
        if not conductor.is_ideal:
            growth = outer / inner - 1
            small = np.abs(growth) < 1e-6
            mean = np.where(small, 1 + growth / 2, growth / np.log1p(np.where(small, 1.0, growth)))
            add(conductor.part, "film", thickness / (inner * mean) / conductor.conductivity)
    for face in circuit.films.interfaces:
        for mechanism, value in face.by_mechanism.items():
            add(face.part, mechanism, value / films[face.inner][1])
    add(circuit.own_interface, "charge_transfer", circuit.charge_transfer / films[-1][1])
    return found
