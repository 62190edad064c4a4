"""Closed-form resistance against check values, exact limits and the laws of circuits."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import trapezoid

from tests.solves import parts_of
from tests.stacks import layers, pearse_plane, pearse_stack
from tests.together import row_of, together
from tfgeom.films import stack_films
from tfgeom.materials.library import load_library, resolve_material
from tfgeom.materials.schema import MaterialOverride
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.pillars import pillars
from tfgeom.reliefs.planar import planar
from tfgeom.transport.circuit import FilmCircuit, dc_resistance_factor, film_circuit
from tfgeom.transport.losses import PARTS
from tfgeom.transport.series import inverse_area_integral, series_resistance


def test_check_value_of_an_electrolyte_on_pillars() -> None:
    # 1e-6 S/cm, 100 nm at offset 230 nm on pillars 2 um x 20 um, square pitch 4 um: 0.91025 ohm cm².
    rows = (
        ("current_collector", "inner_collector", "Ru", 30e-9),
        ("cathode", "cathode", "LiV2O5", 200e-9),
        ("electrolyte", "electrolyte", "LiPON", 100e-9),
    )
    stack = stack_films(pillars(2e-6, 4e-6, 20e-6, "square"), layers(rows))
    crossing = inverse_area_integral(stack.cell, stack.films[2])
    assert crossing * stack.cell.footprint / 1e-4 * 1e4 == pytest.approx(0.91025, abs=5e-6)


def test_coaxial_limit_of_a_deep_hole() -> None:
    # A very deep hole is a coaxial shell: ln(ro/ri)/(2 pi h).
    rows = (("cathode", "cathode", "LiV2O5", 200e-9),)
    depth, radius = 50e-3, 1e-6
    stack = stack_films(holes(2 * radius, 2.1e-6, depth, "square"), layers(rows))
    exact = math.log(radius / (radius - 200e-9)) / (2 * math.pi * depth)
    assert inverse_area_integral(stack.cell, stack.films[0]) == pytest.approx(exact, rel=1e-4)


def test_planar_parts_are_thickness_over_conductivity() -> None:
    plane = pearse_plane()
    wires = film_circuit(plane, 298.15, "ohmic")
    parts = parts_of(series_resistance(wires))
    assert tuple(parts) == PARTS
    for conductor in wires.films:
        exact = conductor.film.layer.thickness / conductor.conductivity
        assert parts[conductor.part] == pytest.approx(exact, rel=1e-12)
    in_films = series_resistance(wires).where(mechanism="film")
    assert in_films.total == pytest.approx(
        sum(one.film.layer.thickness / one.conductivity for one in wires.films), rel=1e-12
    )
    thermal = 8.314463 * 298.15 / 96485.332
    assert parts["cathode_interface"] == pytest.approx(thermal / 5.0, rel=1e-6)


def test_dc_resistance_of_the_weak_electrolyte() -> None:
    library = load_library()
    for name, expected in (("Li3PO4-Danilov2011", 184.4), ("Li3PO4-Danilov2011-printed", 401.3)):
        constants = library.find(name).dissociation
        assert constants is not None
        factor = dc_resistance_factor(constants, 1.5e-6)
        resistance = 1.5e-6 / constants.conductivity(298.15) * factor
        assert resistance * 1e4 == pytest.approx(expected, rel=0.01)


def test_interface_resistance_counts_on_its_own_area() -> None:
    stack = pearse_stack()
    plain = parts_of(series_resistance(film_circuit(stack, 298.15, "ohmic")))
    dirty = [
        replace(film.layer, interface_resistance=1e-3) if film.layer.role == "electrolyte" else film.layer
        for film in stack.films
    ]
    coated = stack_films(stack.cell, dirty)
    parts = parts_of(series_resistance(film_circuit(coated, 298.15, "ohmic")))
    face = stack.films[1].outer_area
    added = 1e-3 * stack.cell.footprint / face
    assert parts["cathode_interface"] - plain["cathode_interface"] == pytest.approx(added, rel=1e-9)
    assert parts["anode_interface"] == plain["anode_interface"]


def test_missing_constants_are_listed_and_left_out() -> None:
    rows = (
        ("current_collector", "inner_collector", "Pt", 50e-9),
        ("cathode", "cathode", "mystery", 70e-9),
        ("electrolyte", "electrolyte", "LiPON", 50e-9),
        ("anode", "anode", "Li", 100e-9),
    )
    mystery = resolve_material(
        "mystery", MaterialOverride.model_validate({"volumetric_capacity": "50 uAh/cm^2/um"})
    )
    made = [
        replace(layer, material=mystery) if layer.name == "cathode" else layer
        for layer in layers(tuple((r, n, "LiV2O5" if m == "mystery" else m, t) for r, n, m, t in rows))
    ]
    stack = stack_films(planar(), made)
    wires = film_circuit(stack, 298.15, "ohmic")
    assert wires.incomplete == ("cathode.electronic_conductivity", "cathode.exchange_current")
    parts = parts_of(series_resistance(wires))
    assert parts["cathode"] == parts["cathode_interface"] == 0
    assert parts["anode_interface"] > 0


@pytest.mark.parametrize(
    "relief", [holes(3e-6, 6e-6, 30e-6, "hexagonal"), pillars(2e-6, 4e-6, 50e-6, "square")]
)
def test_columns_of_nearly_full_coverage_approach_the_levels_from_above(relief: object) -> None:
    uniform, nearly = pearse_stack(relief), pearse_stack(relief, 1 - 1e-9)  # type: ignore[arg-type]
    levels = float(series_resistance(film_circuit(uniform, 298.15, "ohmic")).total)
    columns = float(series_resistance(film_circuit(nearly, 298.15, "ohmic")).total)
    # Levels as equipotentials bound the resistance from below, separate columns from above.
    assert levels <= columns * (1 + 1e-9)
    assert columns == pytest.approx(levels, rel=2e-3)


def _electrolyte_only(wires: FilmCircuit) -> FilmCircuit:
    """Return the same cell with nothing but the electrolyte resisting."""
    films = tuple(
        film if film.part == "electrolyte" else replace(film, conductivity=math.inf) for film in wires.films
    )
    return FilmCircuit(wires.cell, films, ())


def test_thin_floor_conducts_better() -> None:
    # Electrolyte alone on a long wall whose films thin to half: conductance is the integral of dA/t.
    relief = pillars(2e-6, 20e-6, 500e-6, "square")
    stack = pearse_stack(relief, 0.5)
    parts = parts_of(series_resistance(_electrolyte_only(film_circuit(stack, 298.15, "ohmic"))))
    sigma = next(
        f.conductivity for f in film_circuit(stack, 298.15, "ohmic").films if f.part == "electrolyte"
    )
    depth = np.linspace(0, 1, 20001)
    ratio = 1 - 0.5 * depth
    inner, outer = 110e-9 * ratio, 160e-9 * ratio
    # coaxial slices of the wall, plus flat floor and top
    slices = 2 * math.pi * relief.height / np.log((1e-6 + outer) / (1e-6 + inner))
    wall = float(trapezoid(slices, depth))
    floor = (relief.footprint - math.pi * 1e-12) / 25e-9
    top = math.pi * 1e-12 / 50e-9
    assert parts["electrolyte"] == pytest.approx(relief.footprint / sigma / (wall + floor + top), rel=5e-3)


@pytest.mark.parametrize("coverage", [1.0, 0.7])
@pytest.mark.parametrize("ideal", [False, True])
def test_n_cells_are_each_cell(coverage: float, *, ideal: bool) -> None:
    rng = np.random.default_rng(3)
    circuits = []
    for index in range(12):
        relief = holes(rng.uniform(2e-6, 4e-6), 6e-6, 20e-6, "hexagonal")
        made = [
            replace(film.layer, thickness=film.layer.thickness * rng.uniform(0.3, 3))
            for film in pearse_stack(relief, coverage).films
        ]
        if index % 3 == 0:
            made[2] = replace(made[2], interface_resistance=float(rng.uniform(0, 1e-3)))
        circuit = film_circuit(stack_films(relief, made), float(rng.uniform(270, 330)), "ohmic")
        films = [replace(one, conductivity=one.conductivity * rng.uniform(0.1, 9)) for one in circuit.films]
        if ideal:
            films[3] = replace(films[3], conductivity=math.inf)
        circuits.append(replace(circuit, films=tuple(films)))
    assert all(circuit.is_uniform == (coverage == 1) for circuit in circuits)
    for contact in (False, True):
        like = [one for index, one in enumerate(circuits) if (index % 3 == 0) == contact]
        found = series_resistance(together(like))
        for index, circuit in enumerate(like):
            alone = series_resistance(circuit)
            assert len(found.rows) == len(alone.rows)
            for row in found.rows:
                expected = alone.where(row.part, row.mechanism).total
                assert row_of(row.value, index) == pytest.approx(expected, rel=1e-13)


def test_nothing_that_resists_loses_nothing() -> None:
    circuit = film_circuit(pearse_plane(), 298.15, "ohmic")
    ideal = FilmCircuit(circuit.cell, (replace(circuit.films[0], conductivity=math.inf),), ())
    assert series_resistance(ideal).total == 0
