"""Conductivities and interface resistances by hand, for tests of conduction."""

import math
from dataclasses import replace

from tests.stacks import pearse_stack
from tfgeom.constants import thermal_voltage
from tfgeom.films import FilmLayer, Stack, stack_films
from tfgeom.geometry.protocol import Cell
from tfgeom.materials.library import load_library
from tfgeom.transport.circuit import FilmCircuit, FilmConductor, Interface

SIGMA = {
    "inner_collector": math.inf,
    "cathode": 0.1,
    "electrolyte": 3.25e-5,
    "anode": 100.0,
    "outer_collector": math.inf,
}


def wires(
    stack: Stack, sigma: dict[str, float] | None = None, faces: dict[str, float] | None = None
) -> FilmCircuit:
    """Return conductors of a stack whose layers are named after their parts.

    Parameters
    ----------
    sigma
        Conductivities by part, S/m; those of the Pearse cell where not given.
    faces
        Resistance of interfaces by ``inner|outer``, ohm m².
    """
    names = [film.layer.name for film in stack.films]
    known = SIGMA | (sigma or {})
    films = tuple(
        FilmConductor(film, name, known[name]) for film, name in zip(stack.films, names, strict=True)
    )
    interfaces = []
    for pair, resistance in (faces or {}).items():
        inner, outer = pair.split("|")
        electrode = next((name for name in (inner, outer) if name in ("cathode", "anode")), inner)
        part = f"{electrode}_interface" if "electrolyte" in (inner, outer) else electrode
        interfaces.append(Interface(part, names.index(inner), names.index(outer), resistance, 0.0))
    return FilmCircuit(stack.cell, films, tuple(interfaces))


def pearse(
    i0: float = 5.0, cell: Cell | None = None, sigma: dict[str, float] | None = None
) -> tuple[Stack, FilmCircuit]:
    """Return the Pearse cell with an exchange current (A/m²) at both interfaces."""
    stack = pearse_stack(cell)
    transfer = thermal_voltage(298.15) / i0
    faces = {} if math.isinf(i0) else {"cathode|electrolyte": transfer, "electrolyte|anode": transfer}
    return stack, wires(stack, sigma, faces)


def films(cell: Cell, *rows: tuple[str, float]) -> Stack:
    """Return films of the given names and thicknesses, m; the collectors are named as their parts."""
    material = load_library().find("LiPON")
    return stack_films(
        cell,
        [
            FilmLayer(name, "current_collector" if "collector" in name else name, material, thickness)
            for name, thickness in rows
        ],
    )


def without_charge_transfer(circuit: FilmCircuit) -> FilmCircuit:
    """Return a circuit with ohmic losses only."""
    faces = tuple(replace(face, charge_transfer=0.0) for face in circuit.interfaces)
    return replace(circuit, interfaces=faces)
