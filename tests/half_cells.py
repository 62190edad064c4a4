"""Flooded half-cells by hand: one electrode film and a collector in a liquid."""

import math

from tfgeom.films import FilmLayer, Stack, stack_films
from tfgeom.geometry.protocol import Cell
from tfgeom.geometry.unit_cell import UnitCell
from tfgeom.materials.library import Material, Property
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.honeycomb import honeycomb
from tfgeom.reliefs.microtubes import microtubes
from tfgeom.reliefs.pillars import pillars
from tfgeom.reliefs.trenches import trenches
from tfgeom.transport.flooded import FloodedCircuit, flooded_circuit

HEAT = 0.025692579121493725  # R T/F at 25 degC, V
RELIEFS: dict[str, UnitCell] = {
    "pillars": pillars(2e-6, 4e-6, 50e-6, "square"),
    "holes": holes(3e-6, 6e-6, 30e-6, "hexagonal"),
    "holes, round rim": holes(3e-6, 6e-6, 30e-6, "hexagonal", 0.2e-6),
    "holes, sloped": holes(3e-6, 6e-6, 20e-6, "hexagonal", angle=math.radians(88)),
    "trenches": trenches(2e-6, 4e-6, 20e-6),
    "microtubes": microtubes(4.2e-6, 1.06e-6, 6e-6, 38e-6, "hexagonal"),
    "double tubes": microtubes(8e-6, 0.5e-6, 10e-6, 38e-6, "hexagonal", inner=(3e-6, 0.5e-6)),
    "honeycomb": honeycomb(1e-6, 4e-6, 20e-6),
}


def material(name: str, **constants: float) -> Material:
    """Return a material that has nothing but these constants."""
    known = {key: Property(key, value, "voltage", "", "computed") for key, value in constants.items()}
    return Material(name, name, (), known)


def half_cell(
    cell: Cell,
    thickness: float = 50e-9,
    coverage: float = 1.0,
    film: float = 1e-4,
    exchange: float = 5.0,
    liquid: float = 0.9,
    counter: float | None = None,
) -> tuple[Stack, FloodedCircuit]:
    """Return a collector and one electrode film of conductivity ``film`` in a liquid, S/m."""
    layers = [
        FilmLayer("inner_collector", "current_collector", material("C", electronic_conductivity=1e-2), 20e-9),
        FilmLayer(
            "cathode",
            "cathode",
            material("E", electronic_conductivity=film, exchange_current=exchange),
            thickness,
            coverage,
            interface_resistance=1e-5,
        ),
    ]
    stack = stack_films(cell, layers)
    other = material("Li") if counter is None else material("Li", exchange_current=counter)
    circuit = flooded_circuit(stack, 298.15, material("liquid", ionic_conductivity=liquid), 20e-6, other)
    return stack, circuit
