"""Cells of film columns as plain numbers, which every reference reads, and as the `FilmCell` of the film model.

Potentials are text over the filled fraction x, so that numpy, PyBaMM and tfgeom each read them by themselves.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from tfgeom.materials.composition_tables import CompositionTable
from tfgeom.materials.material import Material, Property
from tfgeom.materials.open_circuit import OpenCircuit
from tfgeom.transport.discharge.film_cell import FilmCell, FilmColumns, FilmElectrode, SeriesRow, Sheet

Floats = NDArray[np.float64]

THERMAL = 8.31446261815324 * 298.15 / 96485.33212331
"""R T/F at 25 degC, V."""

CLIP = 1e-6
"""Faces are read inside [clip, 1 - clip]: comparisons end before they reach it."""

SLOPING = "3.9 - 0.7*x + 0.15*tanh((0.3 - x)/0.05) - 1.5*exp((x - 1)/0.01)"
"""A cathode as they are: a slope, a step and a steep end."""
GENTLE = "0.2 - 0.1*x + 2.5*exp(-x/0.02)"
"""An anode, which rises steeply as it empties."""
STEEP = "8 - 10*x"
"""10 V per unit of filling: the steepest that pulses must be right on."""


@dataclass(frozen=True)
class Half:
    """One electrode: n columns of film, or lithium metal where ``diffusivity`` is None.

    Thickness in m, areas (at the wetted face, half way, at the blocked face) in m² per m² of footprint, diffusivity
    in m²/s, capacity in C/m², exchange current at half filling in A/m².
    """

    thickness: Floats
    areas: tuple[Floats, Floats, Floats]
    diffusivity: float | None
    capacity: float
    start: float
    potential: str
    exchange: float | None
    anodic: float = 0.5
    occupancy: bool = True

    @property
    def face(self) -> Floats:
        return self.areas[0]

    @property
    def shares(self) -> Floats:
        """How the columns share the capacity: by volume, with Simpson's rule, exact for a quadratic area."""
        wetted, middle, blocked = self.areas
        volume = self.thickness * (wetted + 4 * middle + blocked) / 6
        return np.asarray(volume / volume.sum())


@dataclass(frozen=True)
class Columns:
    """A cell: resistance (n,) in ohm m² of footprint on each column's own current; sheets as (Laplacian, contact)."""

    cathode: Half
    anode: Half
    resistance: Floats
    window: tuple[float, float]
    sheets: tuple[tuple[Floats, Floats], ...] = field(default=())

    @property
    def size(self) -> int:
        return int(self.resistance.size)


def half(
    thickness: float | Floats, diffusivity: float | None, capacity: float, start: float, potential: str,
    exchange: float | None, areas: Any = None, **more: Any,
) -> Half:  # fmt: skip
    thickness = np.atleast_1d(np.asarray(thickness, dtype=float))
    if areas is None:
        areas = tuple(np.ones_like(thickness) / thickness.size for _ in range(3))
    areas = tuple(np.atleast_1d(np.asarray(area, dtype=float)) for area in areas)
    return Half(thickness, areas, diffusivity, capacity, start, potential, exchange, **more)


def lithium(columns: int, exchange: float | None, area: float = 1.0) -> Half:
    """Lithium metal."""
    face = np.full(columns, area / columns)
    return Half(face, (face, face, face), None, np.inf, 0.5, "0*x", exchange, occupancy=False)


def plane(**changed: Any) -> Columns:
    """A planar cell of two films: 1 um and 0.5 um, 10 C-rate units of theta about 1."""
    cathode = half(1e-6, 3e-15, 2000.0, 0.05, SLOPING, 8.0)
    anode = half(0.5e-6, 2e-15, 2600.0, 0.9, GENTLE, 12.0)
    return replace(Columns(cathode, anode, np.array([2e-3]), (2.0, 5.0)), **changed)


def evaluated(text: str, module: Any) -> Callable[[Any], Any]:
    """The potential that a text stands for, by the functions of numpy or PyBaMM."""
    names = {name: getattr(module, name) for name in ("tanh", "exp", "log")}
    code = compile(text, "potential", "eval")
    return lambda x: eval(code, {"__builtins__": {}}, {**names, "x": x})


def film_cell(cell: Columns, **changed: Any) -> FilmCell:
    """The same cell for the film model."""
    ohmic = (SeriesRow("electrolyte", "film", cell.resistance),)
    usable = min(
        half.capacity * (1 - half.start if sign > 0 else half.start)
        for half, sign in ((cell.cathode, 1), (cell.anode, -1))
    )
    sheets = tuple(
        Sheet(part, sparse.csr_matrix(laplacian), np.asarray(contact, dtype=np.intp))
        for part, (laplacian, contact) in zip(
            ("inner_collector", "outer_collector"), cell.sheets, strict=False
        )
    )
    made = FilmCell(
        cathode=_electrode("cathode", cell.cathode, 1), anode=_electrode("anode", cell.anode, -1),
        ohmic=ohmic, temperature=298.15, window=cell.window, capacity=usable, nominal=usable, sheets=sheets,
    )  # fmt: skip
    return replace(made, **changed)


def composed(cell: Columns, ends: tuple[float, float]) -> FilmCell:
    """The same cell with a cathode whose diffusivity changes exponentially between two values (m²/s)."""
    film = film_cell(cell)
    material = film.cathode.material
    table = CompositionTable((0.0, 1.0), ends)
    stated = replace(material.properties["diffusivity"], value=float(np.sqrt(ends[0] * ends[1])), table=table)
    material = replace(material, properties={**material.properties, "diffusivity": stated})
    return replace(film, cathode=replace(film.cathode, material=material))


def _electrode(name: str, half: Half, sign: int) -> FilmElectrode:
    properties = {}
    if half.exchange is not None:
        properties["exchange_current"] = Property(
            "exchange_current", half.exchange, "current_density", "test", "user",
            exponent=half.anodic, form="occupancy" if half.occupancy else "constant",
        )  # fmt: skip
    metal = half.diffusivity is None
    if not metal:
        properties["diffusivity"] = Property("diffusivity", half.diffusivity, "diffusivity", "test", "user")
    curve = OpenCircuit("expression", {"expression": half.potential}, (0.0, 1.0), "test", "user")
    zero = OpenCircuit("constant", {"potential": 0.0}, (0.0, 1.0), "test", "user")
    material = Material("Li" if metal else name, name, (), properties, zero if metal else curve)
    columns = None if metal else FilmColumns(half.thickness, *half.areas)
    return FilmElectrode(name, material, sign, columns, half.capacity, half.start, half.face)
