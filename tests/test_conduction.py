"""The conduction solve: exact cases, conservation, bounds, both polarities, and what it refuses."""

import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.design_texts import VALID
from tests.shipped import PEARSE
from tests.solves import film_fields, parts_of, solved_films
from tests.stacks import pearse_plane, pearse_stack
from tests.wires import films, pearse, wires
from tfgeom.cli import main
from tfgeom.errors import SolveError, UnsupportedError
from tfgeom.meshing.element_files import write_vtu
from tfgeom.meshing.film_mesh import mesh_films
from tfgeom.meshing.legend import film_legend
from tfgeom.meshing.resolution import Resolution
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.microtubes import microtubes
from tfgeom.reliefs.pillars import pillars
from tfgeom.reliefs.planar import planar
from tfgeom.transport import krylov
from tfgeom.transport.circuit import film_circuit
from tfgeom.transport.fields import field_arrays, field_elements
from tfgeom.transport.films import problem
from tfgeom.transport.films.core import conducting_core, node_sheets
from tfgeom.transport.films.normals_bound import column_resistance
from tfgeom.transport.losses import PARTS
from tfgeom.transport.series import series_resistance
from tfgeom.transport.spread import current_spread
from tfgeom.transport.surface_element import nodal_areas, surface_mass, surface_stiffness

COARSE = Resolution(refine=1)


def test_plane_is_the_sum_of_its_films_and_faces() -> None:
    _, conducting = pearse(cell=planar())
    found = solved_films(conducting)
    exact = 70e-9 / 0.1 + 50e-9 / 3.25e-5 + 10e-9 / 100 + 2 * 0.0256926 / 5
    assert found.asr == pytest.approx(exact, rel=1e-5)  # 0.0256926 V has six digits
    assert parts_of(found.losses)["electrolyte"] == pytest.approx(50e-9 / 3.25e-5, rel=1e-9)
    assert parts_of(found.losses)["anode"] == pytest.approx(10e-9 / 100, rel=1e-6)
    assert found.current_peak_to_mean == pytest.approx({"cathode": 1, "anode": 1}, abs=1e-9)
    assert found.discretisation_error < 1e-9
    assert found.flux_mismatch < 1e-9


def test_library_materials_give_the_reference_cell() -> None:
    stack = pearse_stack()
    found = solved_films(film_circuit(stack, 298.15, "ohmic"), COARSE)
    by_hand = solved_films(pearse()[1], COARSE)
    assert found.asr == pytest.approx(by_hand.asr, rel=1e-5)


def test_parts_add_up_and_follow_the_closed_form() -> None:
    _, conducting = pearse()
    found = solved_films(conducting)
    series = parts_of(series_resistance(conducting))
    assert tuple(parts_of(found.losses)) == PARTS
    assert sum(parts_of(found.losses).values()) == pytest.approx(found.asr, rel=1e-12)
    for part in ("cathode", "cathode_interface", "electrolyte", "anode_interface"):
        assert parts_of(found.losses)[part] == pytest.approx(series[part], rel=5e-3)


def test_collectors_add_their_closed_form() -> None:
    _, ideal = pearse()
    _, real = pearse(sigma={"inner_collector": 1e-2, "outer_collector": 2e-3})
    series = parts_of(series_resistance(real))
    difference = solved_films(real, COARSE).asr - solved_films(ideal, COARSE).asr
    assert difference == pytest.approx(series["inner_collector"] + series["outer_collector"], rel=1e-9)


def test_fields_at_a_unit_current_leave_out_what_lies_outside() -> None:
    # 1 A/m² crosses every film of a plane, whatever its collectors take off the terminals.
    _, conducting = pearse(cell=planar(), sigma={"inner_collector": 1e-5, "outer_collector": 2e-5})
    found = solved_films(conducting, COARSE)
    fields, series = film_fields(found), parts_of(series_resistance(conducting))
    outside = series["inner_collector"] + series["outer_collector"]
    assert outside > 0.1 * found.asr
    assert fields.current_density * fields.per_current == pytest.approx(
        np.tile([0.0, 0.0, -1.0], (found.n_cells, 1)), rel=1e-6, abs=1e-6
    )
    assert fields.voltage * fields.per_current == pytest.approx(found.asr - outside, rel=1e-12)


@pytest.mark.parametrize("cell", [
    holes(3e-6, 6e-6, 5e-6, "square"),
    pillars(3e-6, 6e-6, 5e-6, "hexagonal", 0.1e-6),
    microtubes(3e-6, 0.8e-6, 5e-6, 5e-6, "hexagonal"),
], ids=lambda cell: cell.kind)  # fmt: skip
@pytest.mark.parametrize("i0", [5.0, 1000.0, math.inf])
def test_between_its_bounds_and_conserving(cell: Any, i0: float) -> None:
    _, conducting = pearse(i0, cell)
    found = solved_films(conducting, COARSE)
    lower = float(series_resistance(conducting).total)
    assert lower < found.asr < column_resistance(conducting_core(conducting))
    assert found.reaction_imbalance < 1e-10
    assert found.flux_mismatch < 0.1
    assert all(peak > 1 for peak in found.current_peak_to_mean.values())


def test_potential_obeys_the_maximum_principle_and_jumps_at_the_interfaces() -> None:
    found = solved_films(pearse()[1], COARSE)
    assert film_fields(found).potential.min() == 0
    assert film_fields(found).potential.max() == 1
    assert (np.diff(film_fields(found).potential, axis=0) > -1e-12).all()
    jumps = [
        film_fields(found).potential[up] - film_fields(found).potential[low]
        for _, low, up in film_fields(found).sheets.jumps
    ]
    assert len(jumps) == 2
    assert all(jump.min() > 0.1 for jump in jumps)  # charge transfer takes most of the volt here


def test_either_polarity() -> None:
    rows = (("inner_collector", 40e-9), ("cathode", 70e-9), ("electrolyte", 50e-9), ("anode", 70e-9))
    cell = holes(3e-6, 6e-6, 10e-6, "square")
    same = {"cathode": 0.1, "anode": 0.1}
    out = films(cell, *rows)
    turned = films(cell, rows[0], ("anode", 70e-9), rows[2], ("cathode", 70e-9))
    usual = solved_films(wires(out, same, {"cathode|electrolyte": 3e-3}), COARSE)
    other = solved_films(wires(turned, same, {"anode|electrolyte": 3e-3}), COARSE)
    assert other.asr == pytest.approx(usual.asr, rel=1e-12)
    assert parts_of(other.losses)["anode"] == pytest.approx(parts_of(usual.losses)["cathode"], rel=1e-9)
    assert parts_of(other.losses)["anode_interface"] == pytest.approx(
        parts_of(usual.losses)["cathode_interface"]
    )
    assert other.current_peak_to_mean["anode"] == pytest.approx(usual.current_peak_to_mean["cathode"])
    assert other.current_peak_to_mean["cathode"] == pytest.approx(usual.current_peak_to_mean["anode"])


def test_resistance_scales() -> None:
    # All conductances ten times larger, and all lengths three times with faces kept in proportion.
    cell, large = holes(3e-6, 6e-6, 5e-6, "square"), holes(9e-6, 18e-6, 15e-6, "square")
    rows = (("cathode", 70e-9), ("electrolyte", 50e-9), ("anode", 10e-9))
    stack, scaled = films(cell, *rows), films(large, *((name, 3 * t) for name, t in rows))
    faces = {"cathode|electrolyte": 2e-3}
    base = solved_films(wires(stack, None, faces), COARSE)
    tenfold = {"cathode": 1.0, "electrolyte": 3.25e-4, "anode": 1e3}
    better = solved_films(wires(stack, tenfold, {"cathode|electrolyte": 2e-4}), COARSE)
    assert better.asr == pytest.approx(base.asr / 10, rel=1e-9)
    bigger = solved_films(wires(scaled, None, {"cathode|electrolyte": 6e-3}), COARSE)
    assert bigger.asr == pytest.approx(3 * base.asr, rel=1e-9)
    assert bigger.current_peak_to_mean == pytest.approx(base.current_peak_to_mean, rel=1e-6)


def test_electrodes_that_are_equipotential_leave_the_solve() -> None:
    # Lithium-like conductivity: only the electrolyte stays, between two interfaces at the terminals.
    metal = {"cathode": math.inf, "anode": 1e7}
    stack = pearse_stack()
    conducting = wires(stack, metal, {"cathode|electrolyte": 5e-3, "electrolyte|anode": 5e-3})
    core = conducting_core(conducting)
    assert [film.part for film in core.conductors] == ["electrolyte"]
    assert [jump is not None for jump in core.jumps] == [True, True]
    found = solved_films(conducting)
    limit = solved_films(wires(stack, {"cathode": 1e3, "anode": 1e3}, {
        "cathode|electrolyte": 5e-3, "electrolyte|anode": 5e-3}))  # fmt: skip
    assert found.asr == pytest.approx(limit.asr, rel=1e-5)
    assert parts_of(found.losses)["cathode"] == 0
    assert 0 < parts_of(found.losses)["anode"] < 1e-15
    assert found.current_peak_to_mean == pytest.approx(limit.current_peak_to_mean, rel=1e-3)


def test_resistance_at_a_collector_is_part_of_the_solve() -> None:
    stack = pearse_stack()
    conducting = wires(stack, None, {"inner_collector|cathode": 1e-3, "cathode|electrolyte": 1e-3})
    core = conducting_core(conducting)
    assert core.jumps[0] is not None
    found = solved_films(conducting, COARSE)
    assert parts_of(found.losses)["cathode"] == pytest.approx(
        parts_of(series_resistance(conducting))["cathode"], rel=5e-3
    )


def test_sheets_are_doubled_where_the_potential_jumps() -> None:
    sheets = node_sheets((2, 1), (False, True, True))
    assert sheets.levels == (0, 1, 2, 2, 3, 3)
    assert sheets.layers == ((0, 1), (1, 2), (3, 4))
    assert sheets.films == (0, 0, 1)
    assert sheets.jumps == ((1, 2, 3), (2, 4, 5))
    assert sheets.faces == ((0, 2), (3, 4))


def test_surface_mass_of_a_tilted_parallelogram() -> None:
    points = np.array([[0, 0, 0], [2, 0, 1], [2, 3, 1], [0, 3, 0]], dtype=float)
    quads = np.array([[0, 1, 2, 3]])
    area = 3 * math.sqrt(5)
    matrix = surface_mass(points, quads, np.array([2.0]))[:, :, 0]
    exact = 2 * area / 36 * np.array([[4, 2, 1, 2], [2, 4, 2, 1], [1, 2, 4, 2], [2, 1, 2, 4]])
    assert matrix == pytest.approx(exact, rel=1e-13)
    assert nodal_areas(points, quads, np.array([1.0])) == pytest.approx(area / 4)


def test_conduction_along_a_surface_has_the_energy_of_the_tangential_gradient() -> None:
    # Trapezoids in a tilted plane, one collapsed to a triangle: linear fields are exact.
    flat = np.array([[0, 0, 0], [2, 0, 0], [1.5, 3, 0], [0.2, 2, 0], [4, 1, 0]], dtype=float)
    quads = np.array([[0, 1, 2, 3], [1, 4, 4, 2]])
    turn, _ = np.linalg.qr(np.random.default_rng(2).standard_normal((3, 3)))
    points, slope = flat @ turn.T, np.array([0.3, -1.1, 0.7])
    along = slope - turn[:, 2] * (turn[:, 2] @ slope)
    x, y = flat[:, 0], flat[:, 1]
    area = 0.5 * np.sum(
        x[quads] * np.roll(y[quads], -1, axis=1) - y[quads] * np.roll(x[quads], -1, axis=1), axis=1
    )
    matrix = surface_stiffness(points, quads, np.full(2, 2.5))
    values = (points @ slope)[quads]
    assert np.einsum("qa,abq,qb->q", values, matrix, values) == pytest.approx(2.5 * area * (along @ along))
    assert matrix.sum(axis=1) == pytest.approx(0, abs=1e-13)
    assert matrix == pytest.approx(matrix.transpose(1, 0, 2))


def test_peak_is_the_density_exceeded_on_a_thousandth_of_the_area() -> None:
    mesh = mesh_films(pearse_plane(), Resolution(refine=16))
    points = mesh.points_um[0]
    # Density x on a unit square: exceeded on 0.1 % is 0.999, the mean is 0.5; no samples beyond a cell's middle.
    spread = current_spread(mesh, 0, points[:, 0].copy())
    assert spread.peak_to_mean == pytest.approx(2 * 0.999, abs=2 / 32 / 6)
    # the deviation of x is 1/sqrt(12)
    assert spread.variation == pytest.approx(2 / math.sqrt(12), rel=1e-3)
    assert spread.mean == pytest.approx(1.0)
    assert spread.hot_spot is not None
    assert spread.hot_spot.place_um[0] == pytest.approx(1 - 1 / 32, abs=1 / 32)
    assert current_spread(mesh, 0, np.full(len(points), 3.0)).hot_spot is None


def test_current_crowds_at_the_foot_of_a_hole_and_the_mean_is_footprint_over_area() -> None:
    stack, conducting = pearse(1000.0)
    found = solved_films(conducting, COARSE)
    electrolyte = stack.films[2]
    for electrode, area in (("cathode", electrolyte.inner_area), ("anode", electrolyte.outer_area)):
        spread = found.spread[electrode]
        assert spread.mean == pytest.approx(stack.cell.footprint / area, rel=1e-3)
        assert 0 < spread.variation < spread.peak_to_mean - 1
        assert spread.hot_spot is not None
        # 1 A/m² of footprint crosses each face as a whole
        level = {
            "cathode": film_fields(found).sheets.faces[1][0],
            "anode": film_fields(found).sheets.faces[1][1],
        }[electrode]
        points = film_fields(found).film_mesh.points_um[film_fields(found).sheets.levels[level]]
        shares = nodal_areas(
            points, film_fields(found).film_mesh.quads, film_fields(found).film_mesh.area_ratio[1]
        )
        through = float(shares @ film_fields(found).face_density[electrode]) / shares.sum()
        assert through == pytest.approx(spread.mean, rel=1e-3)
    # the concave side of a fillet is starved, its convex side crowded: inner face at the rim, outer at the foot
    assert found.spread["cathode"].hot_spot.strip in ("rim", "top", "wall")  # type: ignore[union-attr]
    assert found.spread["anode"].hot_spot.place_um[2] < 1.0  # type: ignore[union-attr]


def test_a_result_outside_its_bounds_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    _, conducting = pearse()
    whole = float(series_resistance(conducting).total)
    monkeypatch.setattr(problem, "level_resistance", lambda _: 1.01 * whole)
    with pytest.raises(SolveError, match=r"lies outside its bounds .* use a higher resolution"):
        solved_films(conducting, COARSE)


def test_a_solver_that_misses_its_tolerance_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    class Careless:
        def __init__(self, *_: object, **__: object) -> None: ...

        def solve(self, right: np.ndarray) -> np.ndarray:
            return np.full_like(right, 0.3)

    monkeypatch.setattr(krylov, "splu", Careless)
    with pytest.raises(SolveError, match="relative residual"):
        solved_films(pearse()[1], COARSE)


def test_what_has_no_mesh_is_refused() -> None:
    turned = pillars(13.2e-6, 14.8e-6, 5e-6, "square", sides=4, rotation=math.radians(15))
    with pytest.raises(UnsupportedError, match="not yet supported: a mesh of coated sections that reach"):
        solved_films(pearse(cell=turned)[1])


def test_a_perfect_film_between_others_is_refused() -> None:
    stack = films(planar(), ("cathode", 50e-9), ("electrolyte", 50e-9), ("anode", 50e-9))
    conducting = wires(stack, {"electrolyte": math.inf})
    with pytest.raises(UnsupportedError, match=r"layers\.electrolyte: not yet supported"):
        solved_films(conducting)


def test_fields_file(tmp_path: Path) -> None:
    import pyvista

    stack, conducting = pearse(cell=planar())
    found = solved_films(conducting, COARSE)
    legend = film_legend([film.layer for film in stack.films])
    write_vtu(field_elements(found.fields, legend), tmp_path / "fields.vtu", *field_arrays(found.fields))
    grid = pyvista.read(tmp_path / "fields.vtu")
    assert grid.n_points == found.n_nodes
    assert (grid["potential_V"].min(), grid["potential_V"].max()) == (0, 1)
    # 1 V over the whole resistance, from the outer terminal down to the inner one.
    expected = np.array([[0, 0, -1 / found.asr]])
    assert grid["current_density_A_m2"] == pytest.approx(
        np.repeat(expected, grid.n_cells, axis=0), rel=1e-6, abs=1e-6
    )
    # the core is all that conducts between the electrodes; its numbers are those of the whole stack
    core = [film.layer.name for film in stack.films if film.layer.role in ("cathode", "electrolyte", "anode")]
    numbers = [legend.named(name).number for name in core]
    assert np.unique(grid["film"]).tolist() == sorted(numbers) != list(range(1, len(numbers) + 1))
    for name, number in zip(core, numbers, strict=True):
        film = next(film for film in stack.films if film.layer.name == name)
        volume = film.volume * found.fields.film_mesh.unit_cells / 1e-18
        held = grid.compute_cell_sizes()["Volume"][grid["film"] == number].sum()
        assert held == pytest.approx(volume, rel=1e-9)


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main(["transport", str(PEARSE), "--json", "-o", str(tmp_path / "f.vtu")])
    assert not done.value.code
    printed = json.loads(capsys.readouterr().out)
    stack = pearse_stack()
    found = solved_films(film_circuit(stack, 298.15, "ohmic"))
    assert printed["resistance"]["asr_ohm_cm2"] == pytest.approx(found.asr * 1e4)
    assert set(printed["resistance"]["current_peak_to_mean"]) == {"cathode", "anode"}
    assert printed["mesh"] == {"n_nodes": found.n_nodes, "n_cells": found.n_cells}
    assert printed["unknowns"] == found.unknowns
    assert set(printed["seconds"]) == {"mesh", "assemble", "solve"}
    assert (tmp_path / "f.vtu").is_file()


def test_command_falls_back_to_the_closed_form(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    turned = tmp_path / "turned.yaml"
    turned.write_text(
        re.sub(
            r"relief:\n(  .*\n)+",
            "relief: {kind: pillars, lattice: square, cross_section: square, rotation: 15 deg, "
            "pitch: 14.8 um, side: 13.2 um, height: 5 um}\n",
            VALID,
        ),
        encoding="utf-8",
    )
    with pytest.raises(SystemExit) as done:
        main(["transport", str(turned)])
    assert not done.value.code
    shown = capsys.readouterr()
    assert "closed form" in shown.out
    assert "note: closed form only, not yet supported: a mesh of coated sections that reach" in shown.err
    with pytest.raises(SystemExit) as done:
        main(["transport", str(turned), "-o", str(tmp_path / "f.vtu")])
    assert done.value.code == 1
    assert "there are no fields to write" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("exchange", [5.0, 10.0, 1e9])
def test_discretisation_error_covers_the_true_error(exchange: float) -> None:
    # "True" is the limit of refine 2 and 4 at order 4/3.
    solved = {refine: solved_films(pearse(exchange)[1], Resolution(refine)) for refine in (1, 2, 4)}
    limit = solved[4].asr + (solved[4].asr - solved[2].asr) / (2 ** (4 / 3) - 1)
    for refine in (1, 2):
        error = abs(solved[refine].asr / limit - 1)
        assert error <= solved[refine].discretisation_error < 3e-4
