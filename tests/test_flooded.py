"""The wire model of flooded half-cells against its textbook solution, a numerical one, and its limits."""

import math
from dataclasses import asdict, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp, trapezoid

from tests.half_cells import HEAT, RELIEFS, half_cell, material
from tests.shipped import DESIGNS, IMEC, mapping_of
from tests.solves import parts_of, rows_of
from tfgeom.constants import FARADAY
from tfgeom.design import design_from_mapping
from tfgeom.errors import MaterialError, UnsupportedError
from tfgeom.evaluation import evaluate
from tfgeom.films import FilmLayer, Stack, stack_films
from tfgeom.geometry.unit_cell import Level
from tfgeom.materials.library import load_library
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.planar import planar
from tfgeom.transport.flooded import FloodedCircuit, flooded_circuit, flooded_resistance, void_plans
from tfgeom.transport.liquid.salt import Salt


def total(stack: Stack, circuit: FloodedCircuit) -> float:
    return float(flooded_resistance(circuit).total)


def test_a_plane_is_a_series_of_slabs() -> None:
    parts = parts_of(flooded_resistance(half_cell(planar(), counter=4.0)[1]))
    expected = {
        "inner_collector": 20e-9 / 1e-2,
        "cathode": 50e-9 / 1e-4 + 1e-5,
        "cathode_interface": HEAT / 5.0,
        "electrolyte": 20e-6 / 0.9,
        "anode_interface": HEAT / 4.0,
        "anode": 0.0,
        "outer_collector": 0.0,
    }
    assert parts == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("counter", [None, 4.0])
def test_rows_of_a_plane(counter: float | None) -> None:
    rows = rows_of(flooded_resistance(half_cell(planar(), counter=counter)[1]))
    expected = {
        ("inner_collector", "film", "wall"): 20e-9 / 1e-2,
        ("cathode", "film", "wall"): 50e-9 / 1e-4,
        ("cathode", "contact", "wall"): 1e-5,
        ("cathode_interface", "charge_transfer", "wall"): HEAT / 5.0,
        ("electrolyte", "liquid", "gaps"): 0.0,
        ("electrolyte", "liquid", "head_space"): 20e-6 / 0.9,
        ("anode_interface", "charge_transfer", ""): 0.0 if counter is None else HEAT / counter,
    }
    assert rows == pytest.approx(expected, rel=1e-10, abs=1e-17)


def test_a_good_liquid_loses_in_the_gaps_what_an_even_current_does() -> None:
    # Between pillars the current to floor and wall grows linearly with height: I² over kappa times the section.
    cell = RELIEFS["pillars"]
    stack = stack_films(cell, [replace(film.layer, thickness=1e-10) for film in half_cell(cell)[0].films])
    salt = Salt(2e6, 5e-4, 0.25, 1000.0, 298.15)
    effective = material("liquid", ionic_conductivity=salt.effective_conductivity)
    circuit = replace(flooded_circuit(stack, 298.15, effective, 20e-6, material("Li")), salt=salt)
    perimeter, floor = 2e-6 * math.pi, cell.footprint - math.pi * 1e-12
    area = cell.footprint + perimeter * cell.height
    squares = ((floor + perimeter * cell.height) ** 3 - floor**3) / (3 * perimeter)
    gaps = cell.footprint * squares / floor / area**2
    ohmic, gradient = 1 / 2e6, 2 * HEAT * (1 - 0.25) ** 2 / (FARADAY * 5e-4 * 1000.0)
    found = rows_of(flooded_resistance(circuit))
    expected = {
        ("electrolyte", "liquid", "gaps"): ohmic * gaps,
        ("electrolyte", "liquid", "head_space"): ohmic * 20e-6,
        ("electrolyte", "salt", "gaps"): gradient * gaps,
        ("electrolyte", "salt", "head_space"): gradient * 20e-6,
    }
    assert {row: found[row] for row in expected} == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("liquid", [1e-5, 1e-3, 1.0])
@pytest.mark.parametrize("name", ["pillars", "holes", "trenches", "honeycomb", "microtubes", "double tubes"])
def test_thin_films_obey_the_wire_formula(name: str, liquid: float) -> None:
    cell = RELIEFS[name]
    stack, circuit = half_cell(cell, thickness=1e-10, film=1e-6, liquid=liquid)
    stack = stack_films(cell, [replace(film.layer, thickness=1e-10) for film in stack.films])
    circuit = flooded_circuit(
        stack, 298.15, material("liquid", ionic_conductivity=liquid), 20e-6, material("Li")
    )
    g = 1 / (HEAT / 5.0 + 1e-10 / 1e-6 + 1e-10 / 1e-2 + 1e-5)
    h, flat = cell.height, cell.footprint
    # perimeter and section of each void, by hand
    flank = {
        "pillars": [(2e-6 * math.pi, flat - math.pi * 1e-12)],
        "holes": [(3e-6 * math.pi, math.pi * 1.5e-6**2)],
        "trenches": [(8e-6, 2e-6 * 4e-6)],
        "honeycomb": [(2 * math.sqrt(3) * 3e-6, math.sqrt(3) / 2 * 9e-12)],
        "microtubes": [
            (4.2e-6 * math.pi, flat - math.pi * 2.1e-6**2),
            (2.08e-6 * math.pi, math.pi * 1.04e-6**2),
        ],
        "double tubes": [
            (8e-6 * math.pi, flat - math.pi * 4e-6**2),
            (10e-6 * math.pi, math.pi * (3.5e-6**2 - 1.5e-6**2)),
            (2e-6 * math.pi, math.pi * 1e-12),
        ],
    }[name]
    admittance = g * (flat - sum(section for _, section in flank))
    for p, section in flank:
        s = math.sqrt(g * p / (liquid * section))
        beta = g / (liquid * s)
        up, down = math.sinh(s * h) + beta * math.cosh(s * h), math.cosh(s * h) + beta * math.sinh(s * h)
        admittance += liquid * section * s * up / down
    expected = flat * (1 / admittance + 20e-6 / (liquid * flat))
    assert total(stack, circuit) == pytest.approx(expected, rel=5e-4)


@pytest.mark.parametrize("name", ["holes, sloped", "holes", "pillars"])
@pytest.mark.parametrize("coverage", [1.0, 0.5])
def test_varying_walls_against_an_integration(name: str, coverage: float) -> None:
    cell = RELIEFS[name]
    stack, circuit = half_cell(cell, thickness=0.2e-6, coverage=coverage, liquid=2e-4)
    plan, profile = cell.sharp_plan, cell.profile
    collector, film = (Level(*one.outer[:3]) for one in stack.films)

    def at(depth: float) -> tuple[float, float, float]:
        """Return conductance per height (S/m), section (m²) and height of the liquid."""
        (rho, z), (rho1, z1) = profile.wall_points(np.array([depth, depth + 1e-9]), film)
        slant = math.hypot(rho1 - rho, z1 - z) / (z - z1)
        areas = []
        for level in (Level(0.0, 0.0), collector, film):
            edge = float(profile.wall_points(np.array([depth]), level)[0, 0])
            areas.append(plan.perimeter + 2 * plan.kappa * edge)
        offset = float(profile.offsets(np.array([depth]), film)[0]) - 20e-9
        resistance = (
            math.log(areas[1] / areas[0]) / (areas[1] - areas[0]) * 20e-9 / 1e-2
            + 1e-5 / areas[1]
            + math.log(areas[2] / areas[1]) / (areas[2] - areas[1]) * offset / 1e-4
            + HEAT / 5.0 / areas[2]
        )
        section = plan.footprint - plan.area - plan.perimeter * rho - plan.kappa * rho**2
        return slant / resistance, section, float(z)

    foot = profile.depth_of_floor_film(film)
    heights = np.array([at(depth)[2] for depth in np.linspace(0.0, foot, 2000)])
    depths = np.linspace(0.0, foot, 2000)

    def slope(z: float, admittance: Any) -> Any:
        conductance, section, _ = at(float(np.interp(z, heights[::-1], depths[::-1])))
        return conductance - admittance**2 / (2e-4 * section)

    levels = [Level(0.0, 0.0), collector, film]
    floors = [cell.strips(level).floor for level in levels]
    tops = [sum(cell.strips(level)[:2]) for level in levels]

    def flat(areas: list[float], thickness: float) -> float:
        mean = [(b - a) / math.log(b / a) for a, b in pairwise(areas)]
        films = 20e-9 / 1e-2 / mean[0] + 1e-5 / areas[1] + thickness / 1e-4 / mean[1]
        return 1 / (films + HEAT / 5.0 / areas[2])

    start = flat(floors, film.bottom - collector.bottom)
    solved = solve_ivp(slope, (film.bottom, cell.height), [start], rtol=1e-8, atol=1e-20)
    (rho, _) = profile.wall_points(np.array([0.0]), film)[0]
    mouth = plan.footprint - plan.area - plan.perimeter * rho - plan.kappa * rho**2
    admittance = 1 / (1 / solved.y[0, -1] + film.top / (2e-4 * mouth)) + flat(tops, 0.2e-6)
    expected = cell.footprint / admittance + 20e-6 / 2e-4
    # 64 slices; the flat tops of sharp rims grow by a little more than linearly
    assert total(stack, circuit) == pytest.approx(expected, rel=2e-4)


@pytest.mark.parametrize("name", RELIEFS)
def test_an_ideal_liquid_leaves_the_films(name: str) -> None:
    stack, circuit = half_cell(RELIEFS[name], liquid=1e12)
    found = total(stack, circuit)
    # every level an equipotential: the lower bound that parallel columns can only exceed
    bound = 0.0
    for film, sigma in zip(stack.films, (1e-2, 1e-4), strict=True):
        offsets = np.linspace(film.inner.top, film.outer.top, 201)
        areas = np.array([stack.cell.area(Level(d, d)) for d in offsets])
        bound += float(trapezoid(1 / areas, offsets)) / sigma
    bound += 1e-5 / stack.films[0].outer_area + HEAT / 5.0 / stack.films[1].outer_area
    bound *= stack.cell.footprint
    assert bound * (1 - 1e-6) < found < bound * 1.01
    if name in ("trenches", "honeycomb"):
        assert found == pytest.approx(bound, rel=2e-3)


@pytest.mark.parametrize("name", RELIEFS)
@pytest.mark.parametrize("liquid", [1e-5, 1e-2])
def test_each_part_is_how_the_total_follows_its_constant(name: str, liquid: float) -> None:
    stack, circuit = half_cell(RELIEFS[name], coverage=0.8 if "round" not in name else 1.0, liquid=liquid)
    circuit = replace(circuit, counter_transfer=3e-4)
    parts = parts_of(flooded_resistance(circuit))
    assert parts["anode"] == parts["outer_collector"] == 0.0
    assert min(parts.values()) >= 0.0

    def growth(**changes: Any) -> float:
        """Return d R/d ln(resistance) by a central difference."""
        high, low = (
            total(stack, replace(circuit, **{k: v(e) for k, v in changes.items()})) for e in (1e-4, -1e-4)
        )
        return (high - low) / 2e-4

    films = circuit.films

    def conducting(index: int, e: float) -> Any:
        changed = replace(films.films[index], conductivity=films.films[index].conductivity / (1 + e))
        return replace(films, films=tuple(changed if i == index else f for i, f in enumerate(films.films)))

    (contact,) = films.interfaces
    grown = {
        "inner_collector": growth(films=lambda e: conducting(0, e)),
        "cathode": growth(films=lambda e: conducting(1, e))
        + growth(films=lambda e: replace(films, interfaces=(replace(contact, contact=1e-5 * (1 + e)),))),
        "cathode_interface": growth(charge_transfer=lambda e: circuit.charge_transfer * (1 + e)),
        "electrolyte": growth(conductivity=lambda e: circuit.conductivity / (1 + e)),
        "anode_interface": growth(counter_transfer=lambda e: 3e-4 * (1 + e)),
    }
    whole = sum(parts.values())
    for part, value in grown.items():
        assert parts[part] == pytest.approx(value, rel=1e-5, abs=1e-7 * whole)


@pytest.mark.parametrize("name", RELIEFS)
def test_between_the_series_and_parallel_bounds(name: str) -> None:
    for liquid in (1e-6, 1e-4, 1e-2, 1.0):
        stack, circuit = half_cell(RELIEFS[name], liquid=liquid)
        found = total(stack, circuit)
        ideal = total(*half_cell(RELIEFS[name], liquid=1e12))
        assert found > ideal + 20e-6 / liquid
        tops = sum(stack.cell.strips(Level(0.0, 0.0))[:2]) / stack.cell.footprint
        slabs = 20e-9 / 1e-2 + 1e-5 + 50e-9 / 1e-4 + HEAT / 5.0
        assert found < slabs / tops + 20e-6 / liquid  # walls and floors only add paths


def test_a_void_too_long_for_its_liquid_ends_at_its_length() -> None:
    deep = holes(3e-6, 6e-6, 300e-6, "hexagonal")
    deeper = holes(3e-6, 6e-6, 600e-6, "hexagonal")
    assert total(*half_cell(deep, liquid=1e-5)) == pytest.approx(
        total(*half_cell(deeper, liquid=1e-5)), rel=1e-9
    )


def test_unknown_constants_leave_the_liquid() -> None:
    cell = RELIEFS["pillars"]
    bare = [FilmLayer("cathode", "cathode", material("E"), 50e-9)]
    stack = stack_films(cell, bare)
    circuit = flooded_circuit(
        stack, 298.15, material("liquid", ionic_conductivity=0.5), 20e-6, material("Li")
    )
    assert circuit.incomplete == (
        "cathode.electronic_conductivity",
        "cathode.exchange_current",
        "counter.exchange_current",
    )
    parts = parts_of(flooded_resistance(circuit))
    assert parts["electrolyte"] == sum(parts.values()) == pytest.approx(4e-5)
    with pytest.raises(MaterialError, match=r"'brine' has no ionic conductivity.*materials\.brine\.ionic_c"):
        flooded_circuit(stack, 298.15, material("brine"), 20e-6, material("Li"))


def test_voids_of_tubes() -> None:
    outside, bore = void_plans(RELIEFS["microtubes"].plan)
    assert outside.area == pytest.approx(math.pi * 2.1e-6**2)
    assert bore.footprint - bore.area == pytest.approx(math.pi * 1.04e-6**2)
    outside, annulus, bore = void_plans(RELIEFS["double tubes"].plan)
    assert annulus.footprint - annulus.area == pytest.approx(math.pi * (3.5e-6**2 - 1.5e-6**2))
    assert annulus.perimeter == pytest.approx(math.pi * 10e-6)
    assert void_plans(planar().plan) == ()


def imec(**changes: Any) -> Any:
    mapping = mapping_of(IMEC)
    return evaluate(design_from_mapping({**mapping, **changes}))


def test_imec_has_resistance_and_rate() -> None:
    found = imec()
    assert found.resistance.method == "closed form"
    assert found.resistance.incomplete == ("anode.exchange_current",)
    parts = found.resistance.asr_by_part_ohm_cm2
    assert sum(parts.values()) == pytest.approx(found.resistance.asr_ohm_cm2, rel=1e-12)
    # lithium's charge transfer on the flat counter electrode; head space 0.21, voids the rest
    assert parts["cathode_interface"] == pytest.approx(HEAT / 70.6 * 1e4, rel=1e-6)
    assert 20e-6 / 0.949 * 1e4 < parts["electrolyte"] < 0.6
    flat = 86.8e-9 / 1e-4 * 1e4 + 20e-6 / 0.949 * 1e4 + HEAT / 70.6 * 1e4
    assert found.resistance.planar_asr_ohm_cm2 == pytest.approx(flat, rel=1e-6)
    for row in found.rate:
        at_c_rate, at_current = row.planar_same_capacity.at_c_rate, row.planar_same_capacity.at_current
        assert asdict(at_c_rate) == pytest.approx(asdict(at_current), rel=1e-12)
        assert row.planar_same_films.at_c_rate.utilisation < row.utilisation + 0.02
    assert "cathode_interface" not in {row.property for row in found.provenance}
    sources = {(row.material, row.property) for row in found.provenance}
    assert {("LiPF6-EC-EMC", "ionic_conductivity"), ("Li", "exchange_current")} <= sources


def test_one_diffusivity_cannot_fit_both_published_rates() -> None:
    def retention(diffusivity: float) -> list[float]:
        found = imec(materials={"Cl-TiO2": {"diffusivity": f"{diffusivity!r} m^2/s"}})
        return [row.computed for row in found.published if row.quantity == "capacity_retention"]

    low, high = math.log(1e-18), math.log(1e-16)
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if retention(math.exp(middle))[0] < 0.80 else (low, middle)
    at_2c, at_20c = retention(math.exp(low))
    assert at_2c == pytest.approx(0.80, abs=1e-3)
    assert at_20c < 0.2  # published 0.37: the miss of a film with one diffusivity


def test_the_film_fills_whatever_its_role() -> None:
    mapping = mapping_of(IMEC)
    layers = [mapping["layers"][0], {**mapping["layers"][1], "role": "cathode"}]
    as_cathode = imec(layers=layers, chosen={})
    as_anode = imec()
    assert [row.capacity_uAh_cm2 for row in as_cathode.rate] == [
        row.capacity_uAh_cm2 for row in as_anode.rate
    ]
    swapped = as_cathode.resistance.asr_by_part_ohm_cm2
    assert swapped["anode_interface"] == as_anode.resistance.asr_by_part_ohm_cm2["cathode_interface"]


def test_slow_discharge_gives_the_open_circuit_energy() -> None:
    mapping = mapping_of(IMEC)
    found = imec(operation={**mapping["operation"], "c_rates": [1e-5]})
    (row,) = found.rate
    assert row.utilisation == pytest.approx(1, abs=1e-3)
    assert row.energy_mWh_cm2 == pytest.approx(found.energy.footprint_energy_mWh_cm2, rel=3e-3)


def test_separator_and_liquid_matter() -> None:
    mapping = mapping_of(IMEC)
    cell = mapping["cell"]
    base = imec().resistance
    far = imec(cell={**cell, "separator": "40 um"}).resistance
    assert far.asr_ohm_cm2 - base.asr_ohm_cm2 == pytest.approx(20e-6 / 0.949 * 1e4, rel=1e-9)
    thick = imec(materials={"LiPF6-EC-EMC": {"ionic_conductivity": "1e-4 S/cm"}}).resistance
    assert thick.asr_by_part_ohm_cm2["electrolyte"] > 20
    with pytest.raises(
        UnsupportedError, match=r"cell\.counter: not yet supported: TiO2 as counter electrode"
    ):
        imec(cell={**cell, "counter": "TiO2"})


def test_lille_tubes_have_resistance_and_rate() -> None:
    mapping = mapping_of(DESIGNS / "lille_2014_microtubes_tio2.yaml")
    found = evaluate(design_from_mapping(mapping))
    assert found.resistance is not None
    assert found.rate is not None
    # the counter's 3.64 and 0.21 of head space; films over 25 times the area
    assert found.resistance.asr_ohm_cm2 == pytest.approx(3.64 + 0.21 + 15 / 25.05 + 0.25, abs=0.05)
    assert load_library().find("Li").is_lithium_metal


def test_the_counter_electrode_loses_voltage_on_its_flat_face() -> None:
    mapping = mapping_of(IMEC)
    slow = {**mapping["operation"], "c_rates": [1], "voltage": {"min": "0.2 V", "max": "3 V"}}
    (real,) = imec(operation=slow).rate
    (ideal,) = imec(operation=slow, materials={"Li": {"exchange_current": "1e9 A/m^2"}}).rate
    assert real.capacity_uAh_cm2 == pytest.approx(ideal.capacity_uAh_cm2, rel=1e-9)
    density = real.footprint_current_mA_cm2 * 10
    lost = 2 * HEAT * math.asinh(density / (2 * 70.6))
    assert ideal.mean_voltage_V - real.mean_voltage_V == pytest.approx(lost, rel=1e-6)


def test_what_the_wire_model_does_not_describe_is_null_with_a_note() -> None:
    relief = {
        "kind": "holes",
        "lattice": "square",
        "pitch": "60 um",
        "diameter": "50 um",
        "depth": "500 um",
        "through": True,
    }
    found = imec(relief=relief, chosen={}, published=[])
    assert found.resistance is None
    assert found.rate is None
    assert found.capacity is not None
    assert any("not yet supported: the resistance of flooded through-holes" in note for note in found.notes)
    found = imec(relief={"kind": "wave", "amplitude": "1 um", "period": "10 um"}, chosen={}, published=[])
    assert found.resistance is None
    assert any("flooded reliefs of kind wave" in note for note in found.notes)
