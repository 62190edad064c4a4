"""Flooded finite elements against the wire model, with and without the constriction at the mouths."""

import math

import numpy as np
import pytest

from tests.half_cells import material
from tests.orders import orders_without_exact
from tests.solves import solved_liquid
from tests.verification.covered import assert_covered
from tfgeom.films import FilmLayer, Stack, stack_films
from tfgeom.geometry.unit_cell import UnitCell
from tfgeom.meshing.resolution import Resolution
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.microtubes import microtubes
from tfgeom.reliefs.pillars import pillars
from tfgeom.reliefs.trenches import trenches
from tfgeom.transport.circuit import FilmCircuit, FilmConductor
from tfgeom.transport.flooded import FloodedCircuit, flooded_resistance

FILM, HEIGHT, HEAD = 50e-9, 30e-6, 10e-6
PILLARS = pillars(3e-6, 6e-6, HEIGHT, "hexagonal")
RADIUS = 1.5e-6 - FILM  # of what is left of a 3 um pore, and half of a 3 um trench


def half_cell(cell: UnitCell, g: float) -> tuple[Stack, FloodedCircuit]:
    """Return a wall of ``g`` S/m² below a liquid of 1 S/m."""
    stack = stack_films(cell, [FilmLayer("cathode", "cathode", material("E"), FILM)])
    film = FilmConductor(stack.films[0], "cathode", math.inf)
    films = FilmCircuit(cell, (film,), ())
    circuit = FloodedCircuit(stack, films, "cathode", 1 / g, 1.0, HEAD, 0.0, ())
    return stack, circuit


def wire_over_solved(cell: UnitCell, g: float, resolution: Resolution | None = None) -> float:
    _, circuit = half_cell(cell, g)
    return float(flooded_resistance(circuit).total) / solved_liquid(circuit, resolution).asr


@pytest.mark.parametrize(("g", "expected"), [(1e3, 0.9987), (1e4, 0.9951), (1e5, 0.9917), (1e6, 0.980)])
def test_pillars_by_another_code(g: float, expected: float) -> None:
    """A finite-element code of its own, plan times heights without rims and films, gave these."""
    _, circuit = half_cell(PILLARS, g)
    assert_covered(solved_liquid(circuit), float(flooded_resistance(circuit).total) / expected, 2e-3, 0.0)


@pytest.mark.parametrize("wagner", [600.0, 60.0, 6.0])
def test_pillars_are_a_wire_while_the_wagner_number_is_large(wagner: float) -> None:
    # of half the gap between neighbours, 3 um
    missing = 1 - wire_over_solved(PILLARS, 1 / (wagner * 1.5e-6))
    # the liquid of the wire conducts without loss across it, so its resistance is the lower one
    assert 0 < missing < (2e-3 if wagner > 500 else 1e-2)


@pytest.mark.parametrize("name", ["pore", "trench", "tubes"])
def test_the_wire_bounds_from_below(name: str) -> None:
    cell = {
        "pore": holes(3e-6, 6e-6, HEIGHT, "hexagonal"),
        "trench": trenches(3e-6, 6e-6, HEIGHT),
        "tubes": microtubes(4.2e-6, 1.06e-6, 6e-6, 38e-6, "hexagonal"),
    }[name]
    missing = [1 - wire_over_solved(cell, g) for g in (1e2, 1e3, 1e4)]
    assert 0 < missing[0] < 2e-3
    assert missing[0] < missing[1] < missing[2] < 3e-2


@pytest.mark.parametrize("g", [1e2, 1e3])
@pytest.mark.parametrize("name", ["pore", "trench"])
def test_what_the_wire_lacks_is_the_constriction_at_the_mouth(name: str, g: float) -> None:
    """Add what it takes a current to contract from the head space into the mouth.

    An equipotential disc of radius a at the end of a tube of radius b: ``psi/(4 kappa a)``, psi after Negus
    and Yovanovich (1984); a strip of half-width a in one of b: ``ln(1/sin(pi a/2b))/(pi kappa)`` per length.
    """
    cell = {"pore": holes(3e-6, 6e-6, HEIGHT, "hexagonal"), "trench": trenches(3e-6, 6e-6, HEIGHT)}[name]
    stack, circuit = half_cell(cell, g)
    footprint = cell.footprint
    if name == "pore":
        e = RADIUS / math.sqrt(footprint / math.pi)
        psi = np.polyval([0.01107, 0, 0.02105, 0, 0.05254, 0, 0.29591, 0, -1.40925, 1], e)
        constriction = float(psi) / (4 * RADIUS)
    else:
        constriction = math.log(1 / math.sin(math.pi * RADIUS / 6e-6)) / math.pi / (footprint / 6e-6)
    wire = float(flooded_resistance(circuit).total)
    tops = sum(cell.strips(stack.top)[:2])
    # the share of the current that enters the mouth; the flat tops take the rest
    share = 1 - g * tops * (wire - HEAD) / footprint
    wire += share**2 * footprint * constriction
    # the constriction is that of an even current far from the mouth
    assert_covered(solved_liquid(circuit, Resolution(3)), wire, 5e-4, 0.0)


def test_second_order_towards_the_rounded_rim() -> None:
    """The coated rim is round, so its cells see no corner: better than the 4/3 that the error assumes."""
    _, circuit = half_cell(trenches(3e-6, 6e-6, HEIGHT), 1e4)
    asr = [solved_liquid(circuit, Resolution(refine)).asr for refine in (1, 2, 4)]
    assert 4 / 3 < orders_without_exact(asr).item() < 2.2
