"""Collectors that conduct along the relief to a contact, against transmission lines in closed form.

Two rails of resistance R1 and R2 per length, coupled by a conductance g per length over a length H: fed at the
same end their resistance is ``(R1 + R2) L coth(H/L)``, fed at opposite ends ``R1 R2/(R1 + R2) (H + 2 L/sinh(H/L))
+ L (R1² + R2²)/(R1 + R2) coth(H/L)``, with ``L = 1/sqrt((R1 + R2) g)``.  With one ideal rail the mean current
density over that at the fed end is ``tanh(nu)/nu``, ``nu = H/L``.

A trench is such a line exactly but for its corners, where inner and outer faces differ in length by about the
films' thickness: over the length L = H/nu that is up to 0.15 um nu/H, 5e-4 at nu = 10 and H = 3 mm.  The mesh
adds about 1e-4.
"""

import math

import numpy as np
import pytest
from scipy.sparse import csc_matrix
from scipy.sparse.linalg import spsolve
from scipy.special import iv

from tests.orders import orders_without_exact
from tests.solves import film_fields, parts_of, solved_films
from tests.verification.covered import assert_covered
from tests.wires import films, wires
from tfgeom.meshing.resolution import Resolution
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.pillars import pillars
from tfgeom.reliefs.trenches import trenches
from tfgeom.transport.contacts import Contacts, Place
from tfgeom.transport.steady import Solve

DEPTH, WIDTH, PITCH = 3000e-6, 1e-6, 2e-6
LENGTH = DEPTH + PITCH / 2  # of half a period: half the floor, the wall, half the top
METAL, ELECTROLYTE = 20e-9, 100e-9
THROUGH = 1e-3  # ohm m² across the electrolyte
EVEN = Resolution(1, growth=1.1)  # cells along the wall nearly equal


def same_end(first: float, second: float, coupling: float, length: float) -> float:
    decay = 1 / math.sqrt((first + second) * coupling)
    return (first + second) * decay / math.tanh(length / decay)


def opposite_ends(first: float, second: float, coupling: float, length: float) -> float:
    total = first + second
    decay = 1 / math.sqrt(total * coupling)
    m = length / decay
    rest = decay * (first**2 + second**2) / total / math.tanh(m)
    return first * second / total * (length + 2 * decay / math.sinh(m)) + rest


def ladder(first: float, second: float, coupling: float, length: float, *, opposite: bool) -> float:
    """Return the resistance of a ladder of many sections, each with its rung in the middle."""
    n = 2000
    step = length / n
    rungs, rails = np.arange(n), np.arange(n - 1)
    feed, drain = 2 * n, 2 * n + 1
    joined = [
        (rungs, n + rungs, coupling * step),
        (rails, rails + 1, 1 / (first * step)),
        (n + rails, n + rails + 1, 1 / (second * step)),
        (np.array([0]), np.array([feed]), 2 / (first * step)),
        (np.array([2 * n - 1 if opposite else n]), np.array([drain]), 2 / (second * step)),
    ]
    matrix = csc_matrix((2 * n + 2, 2 * n + 2))
    for low, up, conductance in joined:
        ends = np.concatenate((low, up, low, up)), np.concatenate((low, up, up, low))
        values = conductance * np.repeat([1.0, 1.0, -1.0, -1.0], len(low))
        matrix = matrix + csc_matrix((values, ends), matrix.shape)
    load = np.zeros(2 * n + 1)
    load[feed] = 1.0
    return float(spsolve(matrix[:drain, :drain], load)[feed])


def test_the_formulas_are_those_of_a_ladder_and_of_the_literature() -> None:
    assert same_end(1, 2, 3, 1) == pytest.approx(1.00497, abs=5e-6)
    assert opposite_ends(1, 2, 3, 1) == pytest.approx(1.26935, abs=5e-6)
    assert ladder(1, 2, 3, 1, opposite=False) == pytest.approx(same_end(1, 2, 3, 1), rel=1e-5)
    assert ladder(1, 2, 3, 1, opposite=True) == pytest.approx(opposite_ends(1, 2, 3, 1), rel=1e-5)


def trench(inner: float, outer: float, contacts: Contacts | None, resolution: Resolution = EVEN) -> Solve:
    """Return the solve of one electrolyte between collectors of two sheet resistances, ohm; 0 is ideal."""
    rows = (("inner_collector", METAL), ("electrolyte", ELECTROLYTE), ("outer_collector", METAL))
    stack = films(trenches(WIDTH, PITCH, DEPTH), *rows)
    sigma = {
        "inner_collector": 1 / (inner * METAL) if inner else math.inf,
        "outer_collector": 1 / (outer * METAL) if outer else math.inf,
        "electrolyte": ELECTROLYTE / THROUGH,
    }
    return solved_films(wires(stack, sigma), resolution, contacts)


def sheet_of(nu: float) -> float:
    """Return the sheet resistance at which one rail has this nu, ohm."""
    return nu**2 * THROUGH / LENGTH**2


@pytest.mark.parametrize("side", ["inner", "outer"])
@pytest.mark.parametrize("nu", [0.3, 1.0, 3.0, 10.0])
def test_fin_of_a_trench(nu: float, side: str) -> None:
    sheets = (sheet_of(nu), 0.0) if side == "inner" else (0.0, sheet_of(nu))
    contacts = Contacts("floor", "ideal") if side == "inner" else Contacts("ideal", "floor")
    found = trench(*sheets, contacts)
    # what foot and rim change is not in the formula
    assert_covered(found, trench(0.0, 0.0, None).asr * nu / math.tanh(nu), 1e-4 + 5e-5 * nu, 0.0)
    # power in the rail over that in the electrolyte, by integration of the line
    lost = parts_of(found.losses)[f"{side}_collector"] / parts_of(found.losses)["electrolyte"]
    along = math.tanh(nu) - nu / math.cosh(nu) ** 2
    across = math.tanh(nu) + nu / math.cosh(nu) ** 2
    assert lost == pytest.approx(along / across, rel=1e-3)


@pytest.mark.parametrize("nu", [1.0, 3.0])
@pytest.mark.parametrize("share", [0.3, 1.0])
@pytest.mark.parametrize(
    ("inner", "outer"), [("floor", "floor"), ("top", "top"), ("floor", "top"), ("top", "floor")]
)
def test_both_rails_fed_at_the_same_and_at_opposite_ends(
    nu: float, share: float, inner: Place, outer: Place
) -> None:
    first, second = share * sheet_of(nu), (1 - share) * sheet_of(nu)
    found = trench(first, second, Contacts(inner, outer))
    formula = same_end if inner == outer else opposite_ends
    # two half periods side by side, PITCH deep
    exact = formula(first / PITCH, second / PITCH, PITCH / THROUGH, LENGTH) / 2 * PITCH**2
    assert_covered(found, exact, 1e-4 + 5e-5 * nu, 0.0)


def test_fed_at_both_ends_a_rail_is_half_as_long() -> None:
    nu = 3.0
    found = trench(sheet_of(nu), 0.0, Contacts("both", "ideal"))
    assert_covered(found, trench(0.0, 0.0, None).asr * (nu / 2) / math.tanh(nu / 2), 3e-4, 0.0)
    assert trench(sheet_of(nu), 0.0, Contacts("auto", "ideal")).asr == pytest.approx(found.asr, rel=1e-12)


def test_second_order_in_the_cells_along_the_wall() -> None:
    nu = 3.0
    solved = [
        trench(sheet_of(nu), 0.0, Contacts("floor", "ideal"), Resolution(refine, growth=1.5))
        for refine in (1, 2, 4)
    ]
    assert orders_without_exact([one.asr for one in solved]) == pytest.approx([2], abs=0.1)
    # the estimate takes the order of sharp feet, 4/3, and is on the safe side
    error = abs(solved[1].asr / (solved[2].asr + (solved[2].asr - solved[1].asr) / 3) - 1)
    assert error < solved[1].discretisation_error < 4 * error


def pillar_conductance(
    nu: float, radius: float, height: float, pitch: float, area: dict[str, float]
) -> float:
    """Return the conductance of a pillar fed at its foot, S: disc, tube and floor in series; 1/THROUGH per area.

    The sheet lies on the radius ``radius``; ``area`` is that of the electrolyte on ``wall``, ``top`` and
    ``floor``.
    """
    sheet = nu**2 * THROUGH / (height + radius / 2) ** 2
    k = math.sqrt(sheet / THROUGH)
    disc = area["top"] / (math.pi * radius**2)  # of the electrolyte over the sheet
    tip = 2 * math.pi * radius * k / sheet * iv(1, k * radius) / iv(0, k * radius) * disc
    rail, coupling = sheet / (2 * math.pi * radius), area["wall"] / THROUGH / height
    own, m = math.sqrt(coupling / rail), height * math.sqrt(rail * coupling)
    fin = own * (tip + own * math.tanh(m)) / (own + tip * math.tanh(m))
    # along the floor to the border of a square, by rays: the gap is narrow
    angles = (np.arange(400) + 0.5) / 400 * math.pi / 4
    around = np.log(pitch / 2 / (radius * np.cos(angles)))
    floor = float(8 * np.mean(1 / around) * math.pi / 4) / sheet
    return float(area["floor"] / THROUGH + 1 / (1 / fin + 1 / floor))


@pytest.mark.parametrize("nu", [0.3, 1.0, 3.0, 10.0])
def test_fin_of_a_pillar(nu: float) -> None:
    # The sheet is 5 nm thick on a radius of 5 um, so that its resistance is known to 1e-3; what foot and rim
    # change is again up to 0.15 um over the decay length.
    diameter, pitch, height, metal = 10e-6, 11e-6, 300e-6, 5e-9
    cell = pillars(diameter, pitch, height, "square")
    stack = films(cell, ("inner_collector", metal), ("electrolyte", ELECTROLYTE), ("outer_collector", METAL))
    radius = diameter / 2 + metal
    around = 2 * math.pi * ELECTROLYTE / math.log((radius + ELECTROLYTE) / radius)
    area = {
        "wall": around * height,
        "top": math.pi * radius**2 + 2 * math.pi * radius * 0.586 * ELECTROLYTE,  # a sharp rim's
        "floor": pitch**2 - math.pi * (radius + ELECTROLYTE) ** 2,
    }
    sheet = nu**2 * THROUGH / (height + radius / 2) ** 2
    sigma = {"inner_collector": 1 / (sheet * metal), "electrolyte": ELECTROLYTE / THROUGH}
    found = solved_films(wires(stack, sigma), Resolution(1, growth=1.3), Contacts("floor", "ideal"))
    exact = pillar_conductance(nu, radius, height, pitch, area)
    assert_covered(found, cell.footprint / exact, 1e-3 + 3e-4 * nu, 0.0)
    # the rule of thumb: the cap prolongs the wall
    ideal = solved_films(wires(stack, sigma), Resolution(1))
    assert ideal.asr / found.asr == pytest.approx(math.tanh(nu) / nu, rel=3e-3 + 2e-3 * nu)


@pytest.mark.parametrize(("nu", "inside"), [(0.3, False), (1.0, True), (3.0, True)])
def test_without_a_collector_the_electrode_is_the_rail(nu: float, inside: bool) -> None:
    # A good electrode is a sheet beside the core, a poor one a film of hexahedra in it: the same fin.
    thickness = 200e-9
    stack = films(trenches(WIDTH, PITCH, DEPTH), ("cathode", thickness), ("electrolyte", ELECTROLYTE))
    conducting = wires(
        stack, {"cathode": 1 / (sheet_of(nu) * thickness), "electrolyte": ELECTROLYTE / THROUGH}
    )
    found = solved_films(conducting, EVEN, Contacts("floor", "ideal"))
    ideal = solved_films(conducting, EVEN)
    assert ("cathode" in {film.part for film in film_fields(found).core.conductors}) == inside
    assert_covered(found, ideal.asr * nu / math.tanh(nu), 3e-4, 0.0)
    assert parts_of(found.losses)["inner_collector"] == 0
    if nu > 1:
        assert parts_of(found.losses)["cathode"] > 0.5 * parts_of(found.losses)["electrolyte"]


def test_through_holes_are_fed_on_both_faces() -> None:
    # 3 um wide, 2 mm deep: the walls are all, and half of them hangs on either face.
    nu, depth = 3.0, 2e-3
    rows = (("inner_collector", METAL), ("electrolyte", ELECTROLYTE))
    stack = films(holes(3e-6, 3.6e-6, depth, "square", through=True), *rows)
    radius = 1.5e-6 - METAL
    per_wall_area = ELECTROLYTE / THROUGH  # S/m
    coupling = 2 * math.pi * per_wall_area / math.log(radius / (radius - ELECTROLYTE))
    rail = nu**2 / coupling / (depth / 2) ** 2
    sigma = {"inner_collector": 1 / (2 * math.pi * radius * rail * METAL), "electrolyte": per_wall_area}
    conducting = wires(stack, sigma)
    found = solved_films(conducting, Resolution(1, growth=1.2), Contacts("auto", "ideal"))
    ideal = solved_films(conducting, Resolution(1))
    assert_covered(found, ideal.asr * nu / math.tanh(nu), 3e-3, 0.0)
    one = solved_films(conducting, Resolution(1, growth=1.2), Contacts("top", "ideal"))
    assert_covered(one, ideal.asr * 2 * nu / math.tanh(2 * nu), 3e-3, 0.0)
