"""Finite elements of the flooded half-cell: conservation, identities of the split, limits, and refusals."""

import math
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import psutil
import pytest

from tests.half_cells import RELIEFS, half_cell, material
from tests.solves import liquid_fields, parts_of, solved_liquid
from tfgeom.errors import MeshError, SolveError, UnsupportedError
from tfgeom.films import FilmLayer, Stack, stack_films
from tfgeom.geometry.protocol import Cell
from tfgeom.meshing.film_mesh import mesh_films
from tfgeom.meshing.flooded_mesh import mesh_flooded
from tfgeom.meshing.resolution import Resolution
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.pillars import pillars
from tfgeom.reliefs.planar import planar
from tfgeom.reliefs.wave import wave
from tfgeom.transport.circuit import FilmConductor
from tfgeom.transport.flooded import FloodedCircuit, flooded_resistance
from tfgeom.transport.liquid import multigrid, problem
from tfgeom.transport.liquid.problem import solve_potential
from tfgeom.transport.liquid.system import assemble_flooded, wall_resistances
from tfgeom.transport.liquid.wall_current import measure_flooded
from tfgeom.transport.losses import Losses
from tfgeom.transport.steady import Solve

COARSE = Resolution(1, first_cell=8.0, growth=4.0)
WAVE = wave(1.5e-6, 8e-6)
SQUARE = pillars(3e-6, 6e-6, 20e-6, "square", sides=4)


def solved(
    cell: Cell, resolution: Resolution = COARSE, **changes: float
) -> tuple[Stack, FloodedCircuit, Solve]:
    stack, circuit = half_cell(cell, thickness=0.2e-6, **changes)
    return stack, circuit, solved_liquid(circuit, resolution)


@pytest.mark.parametrize("counter", [None, 4.0])
def test_a_plane_is_a_series_of_slabs(counter: float | None) -> None:
    _, circuit = half_cell(planar(), counter=counter)
    found = solved_liquid(circuit)
    assert parts_of(found.losses) == pytest.approx(flooded_resistance(circuit).by_part(), rel=1e-8)
    assert found.asr == pytest.approx(float(flooded_resistance(circuit).total), rel=1e-9)
    fields = liquid_fields(found)
    assert fields.face_density["cathode"] == pytest.approx(1.0, rel=1e-9)
    assert fields.current_density[:, 2] * fields.per_current == pytest.approx(-1.0, rel=1e-7)
    assert found.current_peak_to_mean == {"cathode": pytest.approx(1.0, rel=1e-9)}
    assert found.losses.where(place="head_space").total == pytest.approx(20e-6 / 0.9, rel=1e-8)
    assert abs(float(found.losses.where(place="gaps").total)) < 1e-12 * found.asr
    assert max(found.flux_mismatch, found.discretisation_error) < 1e-7


@pytest.mark.parametrize("name", RELIEFS)
def test_currents_and_parts_add_up(name: str) -> None:
    stack, circuit, found = solved(RELIEFS[name], liquid=0.02, counter=50.0)
    assert sum(parts_of(found.losses).values()) == pytest.approx(found.asr, rel=1e-14)
    assert found.losses.where(place="gaps").total + found.losses.where(
        place="head_space"
    ).total == pytest.approx(parts_of(found.losses)["electrolyte"])
    # a head space in which the current spreads resists more than one of its height alone
    assert found.losses.where(place="head_space").total >= circuit.separator / circuit.conductivity
    assert found.reaction_imbalance < 1e-6
    # 1 A per m² of footprint enters the wall
    mesh = liquid_fields(found).film_mesh
    areas = mesh.areas_um2(len(mesh.points_um) - 1)
    current = float(np.sum(areas * liquid_fields(found).face_density["cathode"][mesh.quads].mean(axis=1)))
    assert current == pytest.approx(
        stack.cell.footprint * 1e12 * mesh.unit_cells, rel=2e-2
    )  # by quads' middles
    assert liquid_fields(found).potential.min() > 0
    assert liquid_fields(found).potential.max() < 1


@pytest.mark.parametrize("name", ["pillars", "holes, round rim", "microtubes", "honeycomb"])
def test_each_part_is_how_the_total_follows_its_constant(name: str) -> None:
    """The losses are those of the potential that makes least of them: dR/d ln r is the part's share, exactly."""
    _, circuit, found = solved(RELIEFS[name], liquid=0.02, counter=50.0)
    films, (contact,) = circuit.films, circuit.films.interfaces

    def growth(**changes: Any) -> float:
        high, low = (
            solved_liquid(replace(circuit, **{k: v(e) for k, v in changes.items()}), COARSE).asr
            for e in (1e-3, -1e-3)
        )
        return (high - low) / 2e-3

    def conducting(index: int, e: float) -> Any:
        def grown(film: FilmConductor) -> FilmConductor:
            return replace(film, conductivity=film.conductivity / (1 + e))

        return replace(films, films=tuple(grown(f) if i == index else f for i, f in enumerate(films.films)))

    parts = {
        "cathode": growth(films=lambda e: conducting(1, e))
        + growth(films=lambda e: replace(films, interfaces=(replace(contact, contact=1e-5 * (1 + e)),))),
        "cathode_interface": growth(charge_transfer=lambda e: circuit.charge_transfer * (1 + e)),
        "electrolyte": growth(conductivity=lambda e: circuit.conductivity / (1 + e)),
        "anode_interface": growth(counter_transfer=lambda e: circuit.counter_transfer * (1 + e)),
    }
    for part, value in parts.items():
        assert parts_of(found.losses)[part] == pytest.approx(value, rel=1e-5, abs=1e-6 * found.asr)
    assert parts_of(found.losses)["anode"] == parts_of(found.losses)["outer_collector"] == 0.0


@pytest.mark.parametrize("cell", [RELIEFS["pillars"], WAVE], ids=["pillars", "wave"])
def test_all_constants_ten_times_as_good(cell: Cell) -> None:
    _, circuit, found = solved(cell, liquid=0.02, counter=50.0)
    films = tuple(replace(film, conductivity=10 * film.conductivity) for film in circuit.films.films)
    faces = tuple(replace(face, contact=face.contact / 10) for face in circuit.films.interfaces)
    better = replace(
        circuit,
        films=replace(circuit.films, films=films, interfaces=faces),
        charge_transfer=circuit.charge_transfer / 10,
        conductivity=10 * circuit.conductivity,
        counter_transfer=circuit.counter_transfer / 10,
    )
    assert solved_liquid(better, COARSE).asr == pytest.approx(found.asr / 10, rel=1e-9)


@pytest.mark.parametrize(
    "cell",
    [RELIEFS["pillars"], RELIEFS["microtubes"], WAVE, SQUARE],
    ids=["pillars", "microtubes", "wave", "square pillars"],
)
def test_matrices_are_symmetric_and_the_liquid_holds_nothing(cell: Cell) -> None:
    stack, circuit = half_cell(cell, thickness=0.2e-6, counter=4.0)
    films = mesh_films(stack, COARSE)
    system = assemble_flooded(films, mesh_flooded(films, circuit.separator), circuit)
    liquid = system.liquid
    assert abs(liquid - liquid.T).max() == 0.0
    assert np.abs(liquid.sum(axis=1)).max() < 1e-12 * liquid.diagonal().max()
    assert system.wall is not None
    assert system.counter is not None
    assert abs(system.wall - system.wall.T).max() <= 1e-15 * system.wall.max()
    # what the wall conducts at an even potential is that of its columns side by side
    assert system.wall.sum() == pytest.approx(1e6 * np.sum(1 / system.wall_resistance), rel=1e-3)
    plane = stack.cell.footprint * films.unit_cells / circuit.counter_transfer
    assert system.counter.sum() == pytest.approx(1e6 * plane, rel=1e-12)
    # a linear potential in a uniform field dissipates kappa times the volume
    for axis in range(3):
        x = system.mesh.points_um[:, axis]
        volume = system.mesh.volume * system.mesh.unit_cells * 1e18
        assert x @ (liquid @ x) == pytest.approx(circuit.conductivity * volume, rel=1e-9)


def test_walls_count_with_the_areas_of_their_own_faces() -> None:
    stack, circuit = half_cell(RELIEFS["holes"], thickness=0.6e-6)
    mesh, film = mesh_films(stack, COARSE), stack.films[1]
    ideal = tuple(replace(one, conductivity=math.inf) for one in circuit.films.films)
    faces = wall_resistances(mesh, replace(circuit, films=replace(circuit.films, films=ideal)))
    conductance = {key: float(np.sum(1 / value)) / mesh.unit_cells for key, value in faces.items()}
    contact = circuit.films.interfaces[0].contact
    assert conductance["cathode", "contact"] == pytest.approx(film.inner_area / contact, rel=1e-9)
    transfer = circuit.charge_transfer
    assert conductance["cathode_interface", "charge_transfer"] == pytest.approx(
        film.outer_area / transfer, rel=1e-9
    )


def test_a_film_on_a_sharp_rim() -> None:
    """Between equipotential faces it conducts 0.586 per length of the rim, as plane finite elements have it."""
    cell = pillars(6e-6, 9e-6, 30e-6, "square")
    stack = stack_films(cell, [FilmLayer("cathode", "cathode", material("E"), 50e-9)])
    mesh = mesh_films(stack, COARSE)
    film = FilmConductor(stack.films[0], "cathode", 1.0)
    _, circuit = half_cell(cell)
    alone = replace(circuit, films=replace(circuit.films, films=(film,), interfaces=()), charge_transfer=0.0)
    rims = [index for index, name in enumerate(mesh.strips) if name.endswith("rim")]
    on_rim = np.isin(mesh.strip_of_quad, rims)
    conducted = float(np.sum(1 / wall_resistances(mesh, alone)["cathode", "film"][on_rim])) / mesh.unit_cells
    length = math.pi * (6e-6 + 2 * 50e-9 * 2 / math.pi)  # of the middle of the outer arc's area
    assert conducted == pytest.approx(0.586 * length, rel=2e-3)


@pytest.mark.parametrize("name", RELIEFS)
def test_a_perfect_liquid_leaves_the_films(name: str) -> None:
    _, circuit, found = solved(RELIEFS[name], liquid=1e3)
    # closed form: wall, floor and tops in parallel; only sharp edges conduct differently
    assert found.asr == pytest.approx(float(flooded_resistance(circuit).total), rel=5e-3)


@pytest.mark.parametrize("name", ["pillars", "holes"])
def test_films_without_resistance_are_the_limit(name: str) -> None:
    stack = stack_films(RELIEFS[name], [FilmLayer("cathode", "cathode", material("E"), 0.2e-6)])
    _, circuit = half_cell(RELIEFS[name], liquid=0.02)
    film = FilmConductor(stack.films[0], "cathode", math.inf)
    ideal = replace(
        circuit, stack=stack, films=replace(circuit.films, films=(film,), interfaces=()), charge_transfer=0.0
    )
    found = solved_liquid(ideal, COARSE)
    assert found.asr == parts_of(found.losses)["electrolyte"] > circuit.separator / circuit.conductivity
    near = solved_liquid(replace(ideal, charge_transfer=1e-9), COARSE)
    assert near.asr == pytest.approx(found.asr, rel=1e-4)
    assert near.asr > found.asr
    assert liquid_fields(found).potential[liquid_fields(found).mesh.film_quads].max() == 0.0
    assert 0 < found.flux_mismatch < 1


def test_a_wave_lies_between_its_plane_and_its_area() -> None:
    stack, _, found = solved(WAVE, Resolution(2), liquid=100.0)
    area = stack.films[-1].outer_area / stack.cell.footprint
    flat = float(flooded_resistance(half_cell(planar(), thickness=0.2e-6, liquid=100.0)[1]).total)
    assert found.asr == pytest.approx(flat / area, rel=5e-3)
    assert found.asr < flat


def test_the_error_covers_a_much_finer_mesh() -> None:
    for name in ("holes", "trenches"):
        _, circuit, found = solved(RELIEFS[name], Resolution(2), liquid=0.05)
        finer = solved_liquid(circuit, Resolution(4))
        assert abs(finer.asr / found.asr - 1) < found.discretisation_error < 1e-2
        assert finer.discretisation_error < found.discretisation_error


def test_iterations_are_few() -> None:
    for name in ("pillars", "holes"):
        for exchange in (1.0, 1e3):
            _, circuit = half_cell(RELIEFS[name], liquid=0.1, exchange=exchange)
            assert 0 < solved_liquid(circuit, Resolution(3)).iterations <= 40


def test_both_solvers_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    _, circuit, direct = solved(RELIEFS["pillars"], liquid=0.02, counter=50.0)
    assert direct.iterations == 0
    monkeypatch.setattr(multigrid, "_DIRECT_UNKNOWNS", 0)
    iterated = solved_liquid(circuit, COARSE)
    assert iterated.iterations > 0
    assert iterated.asr == pytest.approx(direct.asr, rel=1e-11)
    assert liquid_fields(iterated).potential == pytest.approx(liquid_fields(direct).potential, abs=1e-6)


def test_what_stops_early_yields_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    _, circuit = half_cell(RELIEFS["pillars"], thickness=0.2e-6)
    monkeypatch.setattr(multigrid, "_DIRECT_UNKNOWNS", 0)
    monkeypatch.setattr(multigrid, "_MOST_ITERATIONS", 2)
    with pytest.raises(SolveError, match=r"stopped after .* with a relative error of"):
        solved_liquid(circuit, COARSE)


@pytest.mark.parametrize("factor", [0.5, 1e3])
def test_a_result_outside_its_bounds_is_refused(factor: float, monkeypatch: pytest.MonkeyPatch) -> None:
    def off(*given: Any) -> Any:
        found = measure_flooded(*given)
        rows = tuple(replace(row, value=factor * row.value) for row in found.losses.rows)
        return replace(found, losses=Losses(rows))

    monkeypatch.setattr(problem, "measure_flooded", off)
    with pytest.raises(SolveError, match="lies outside its bounds"):
        solved(RELIEFS["holes"], liquid=0.02)


def test_unbalanced_currents_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def off(system: Any) -> Any:
        found = solve_potential(system)
        return replace(found, potential=found.potential * (1 - 1e-5))

    monkeypatch.setattr(problem, "solve_potential", off)
    with pytest.raises(SolveError, match="currents through the cell differ by"):
        solved(RELIEFS["holes"], liquid=0.02, counter=50.0)


def test_memory_is_asked_first(monkeypatch: pytest.MonkeyPatch) -> None:
    _, circuit = half_cell(pillars(2e-6, 4e-6, 50e-6, "square"), thickness=0.2e-6)
    monkeypatch.setattr(problem, "_BYTES_PER_UNKNOWN", 10**9)
    free = SimpleNamespace(available=20 * 10**9)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: free)
    with pytest.raises(MeshError, match=r"the solve for [\d,]+ potentials in the liquid needs about"):
        solved_liquid(circuit, COARSE)


def test_through_holes_are_refused() -> None:
    _, circuit = half_cell(holes(3e-6, 6e-6, 30e-6, "hexagonal", through=True))
    with pytest.raises(UnsupportedError, match="not yet supported"):
        solved_liquid(circuit, COARSE)


def test_a_wall_of_next_to_no_resistance_is_ideal() -> None:
    # a metal alone: the drop over it would drown in the rounding of a potential of 1 V
    _, circuit = half_cell(RELIEFS["pillars"])
    bare = replace(circuit.films, interfaces=(), films=tuple(
        replace(film, conductivity=math.inf) for film in circuit.films.films
    ))  # fmt: skip
    ideal = replace(circuit, films=bare, charge_transfer=0.0)
    limit = solved_liquid(ideal, COARSE).asr
    for transfer in (1e-16, 1e-14, 1e-12, 1e-11, 1e-10):
        found = solved_liquid(replace(ideal, charge_transfer=transfer), COARSE)
        assert found.asr == pytest.approx(limit, rel=1e-4)
        assert found.reaction_imbalance < 1e-6
