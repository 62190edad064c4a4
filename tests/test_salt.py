"""Steady salt in a flooded half-cell against closed forms, a wire with salt, conservation and limits."""

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_bvp

from tests.commands import run
from tests.half_cells import HEAT, RELIEFS, half_cell, material
from tests.shipped import IMEC, mapping_of
from tests.solves import drive_of, liquid_fields, parts_of, salt_fields, solved_liquid, solved_salt
from tfgeom.constants import FARADAY
from tfgeom.design import design_from_mapping
from tfgeom.errors import MaterialError, SolveError
from tfgeom.evaluation import evaluate
from tfgeom.films import Stack
from tfgeom.geometry.protocol import Cell
from tfgeom.meshing.element_files import write_vtu
from tfgeom.meshing.legend import film_legend
from tfgeom.meshing.resolution import Resolution
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.planar import planar
from tfgeom.transport.fields import field_arrays, field_elements
from tfgeom.transport.flooded import FloodedCircuit, flooded_resistance
from tfgeom.transport.liquid import salt_problem, salt_system
from tfgeom.transport.liquid.salt import LIMITING_CURRENT, Salt, liquid_salt
from tfgeom.transport.losses import Place
from tfgeom.units import parse_quantity

COARSE = Resolution(1, first_cell=8.0, growth=4.0)
KAPPA, DIFFUSIVITY, TRANSFERENCE, MEAN, HEAD = 0.949, 1.77e-10, 0.2594, 1000.0, 20e-6
SALT = Salt(KAPPA, DIFFUSIVITY, TRANSFERENCE, MEAN, 298.15)
LOGARITHMIC = 2 * HEAT * (1 - TRANSFERENCE)  # V per unit of ln c
LINEAR = FARADAY * DIFFUSIVITY * MEAN / (KAPPA * (1 - TRANSFERENCE))  # V per unit of c/c0


def salted(cell: Cell, salt: Salt = SALT, **changes: Any) -> tuple[Stack, FloodedCircuit]:
    given = {"thickness": 0.2e-6, "film": 1e-2, **changes}
    stack, circuit = half_cell(cell, liquid=salt.effective_conductivity, **given)
    return stack, replace(circuit, salt=salt)


def without_salt(circuit: FloodedCircuit) -> FloodedCircuit:
    return replace(circuit, conductivity=KAPPA, salt=None)


PLACES: tuple[Place, ...] = ("gaps", "head_space")


@pytest.mark.parametrize("counter", [None, 70.0])
@pytest.mark.parametrize("share", [0.05, 0.6, 0.98])
def test_a_planar_cell_has_a_linear_concentration(counter: float | None, share: float) -> None:
    """``c = c0 (1 + b (2z/H - 1))``, ``b = i (1 - t) H/(2 F D c0)``: the films' side loses what the other gains."""
    _, circuit = salted(planar(), counter=counter)
    limit = 2 * FARADAY * DIFFUSIVITY * MEAN / ((1 - TRANSFERENCE) * HEAD)
    found = solved_salt(circuit, share * limit)
    assert found.others[LIMITING_CURRENT] == pytest.approx(limit, rel=1e-9)
    heights = (
        liquid_fields(found).mesh.points_um[:, 2] - liquid_fields(found).mesh.points_um[:, 2].min()
    ) * 1e-6
    expected = MEAN * (1 + share * (2 * heights / HEAD - 1))
    assert salt_fields(found).concentration == pytest.approx(expected, rel=1e-9)
    assert salt_fields(found).lowest.value == pytest.approx(MEAN * (1 - share), rel=1e-8)
    assert salt_fields(found).highest.value == pytest.approx(MEAN * (1 + share), rel=1e-9)
    ohmic = parts_of(flooded_resistance(without_salt(circuit)))
    liquid = LOGARITHMIC * math.log((1 + share) / (1 - share)) + LINEAR * 2 * share
    current = share * limit
    assert parts_of(found.losses)["electrolyte"] == pytest.approx(liquid / current, rel=1e-8)
    # the linear part is the ohmic loss
    assert LINEAR * 2 * share / current == pytest.approx(ohmic["electrolyte"], rel=1e-12)
    others = sum(value for part, value in ohmic.items() if part != "electrolyte")
    assert drive_of(found).polarisation == pytest.approx(liquid + current * others, rel=1e-8)
    assert found.asr * current == pytest.approx(drive_of(found).polarisation, rel=1e-9)
    fields = liquid_fields(found)
    assert fields.current_density[:, 2] * fields.per_current == pytest.approx(-1.0, rel=1e-7)
    # potential against lithium falls from the counter electrode to the films by the liquid's loss
    assert np.ptp(liquid_fields(found).potential) == pytest.approx(liquid, rel=1e-8)


@pytest.mark.parametrize("name", ["pillars", "holes", "microtubes"])
def test_a_small_current_meets_the_effective_conductivity(name: str) -> None:
    _, circuit = salted(RELIEFS[name], counter=70.0)
    inverse = 1 / KAPPA + 2 * HEAT * (1 - TRANSFERENCE) ** 2 / (FARADAY * DIFFUSIVITY * MEAN)
    assert circuit.conductivity == pytest.approx(1 / inverse, rel=1e-10)
    small, found = solved_liquid(circuit, COARSE), solved_salt(circuit, 1e-3, COARSE)
    # charge transfer is lumped at the nodes there and not here: the difference goes with the mesh
    assert found.asr == pytest.approx(small.asr, rel=2e-3)
    assert found.asr == pytest.approx(small.asr, rel=found.discretisation_error)
    share = 1 - 1 / (KAPPA * inverse)
    for place in PLACES:
        liquid = found.losses.where(part="electrolyte", place=place)
        assert float(liquid.where(mechanism="salt").total / liquid.total) == pytest.approx(share, rel=1e-4)
    assert SALT.concentration_share == pytest.approx(share, rel=1e-10)
    wire = parts_of(flooded_resistance(circuit))
    assert wire["electrolyte"] == pytest.approx(parts_of(found.losses)["electrolyte"], rel=0.03)


def test_the_error_of_the_limiting_current_is_extrapolated_with_the_order_of_corners() -> None:
    _, circuit = salted(RELIEFS["pillars"])
    coarse, fine = (solved_salt(circuit, 50.0, COARSE.member(refine)) for refine in (1, 2))
    limits = [found.others[LIMITING_CURRENT] for found in (coarse, fine)]
    order = 4 / 3
    # the coarse error is 2**order times the fine one, and both are found from the same pair
    expected = (
        abs(limits[1] / limits[0] - 1) / (1 - 2**-order),
        abs(limits[0] / limits[1] - 1) / (2**order - 1),
    )
    errors = [found.other_errors[LIMITING_CURRENT] for found in (coarse, fine)]
    assert errors == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("name", RELIEFS)
@pytest.mark.parametrize("current", [50.0, 1500.0])
def test_salt_and_charge_are_conserved(name: str, current: float) -> None:
    _, circuit = salted(RELIEFS[name], counter=70.0)
    found = solved_salt(circuit, current, COARSE)
    mesh = liquid_fields(found).mesh
    corners = mesh.points_um[mesh.hexes]
    # by the hexahedra's middles, and their volumes as sums of tetrahedra
    volumes = np.zeros(len(corners))
    for a, b, c, d in ((0, 1, 3, 4), (1, 2, 3, 6), (1, 3, 4, 6), (1, 4, 5, 6), (3, 4, 6, 7)):
        edges = np.stack([corners[:, i] - corners[:, a] for i in (b, c, d)], axis=1)
        volumes += np.linalg.det(edges) / 6
    amount = float(volumes @ salt_fields(found).concentration[mesh.hexes].mean(axis=1))
    assert amount / volumes.sum() == pytest.approx(MEAN, rel=5e-3)
    assert found.reaction_imbalance < 1e-6
    assert sum(parts_of(found.losses).values()) == pytest.approx(found.asr, rel=1e-14)
    assert found.asr * current == pytest.approx(drive_of(found).polarisation, rel=1e-7)
    places = [float(found.losses.where(place=place).total) for place in PLACES]
    assert sum(places) == pytest.approx(parts_of(found.losses)["electrolyte"])
    # all of the current crosses the head space: its ohmic loss alone is that of a slab at least
    assert float(found.losses.where(place="head_space").total) > HEAD / KAPPA
    assert 0 < salt_fields(found).lowest.value <= salt_fields(found).concentration.min() * (1 + 1e-12)
    assert salt_fields(found).concentration.max() <= salt_fields(found).highest.value * (1 + 1e-12)
    assert salt_fields(found).lowest.value < MEAN < salt_fields(found).highest.value


def test_each_nodes_volume_is_that_of_its_function() -> None:
    _, circuit = salted(RELIEFS["pillars"])
    found = solved_salt(circuit, 50.0, COARSE)
    volumes = salt_system._nodal_volumes(liquid_fields(found).mesh)
    assert volumes.sum() == pytest.approx(
        liquid_fields(found).mesh.volume * liquid_fields(found).mesh.unit_cells * 1e18, rel=1e-12
    )


def test_deep_narrow_pores_run_short_at_the_bottom() -> None:
    _, circuit = salted(holes(3e-6, 6e-6, 60e-6, "hexagonal"))
    found = [solved_salt(circuit, current, COARSE) for current in (20.0, 100.0, 200.0)]
    lowest = [salt_fields(one).lowest for one in found]
    assert [one.strip for one in lowest] == ["floor"] * 3
    assert all(one.place_um[2] < 1.0 for one in lowest)
    for one in found:
        z = liquid_fields(one).mesh.points_um[:, 2]
        assert salt_fields(one).highest.strip == "counter electrode"
        assert salt_fields(one).highest.place_um[2] == z.max()


def test_polarisation_grows_and_the_least_salt_falls_with_current() -> None:
    _, circuit = salted(RELIEFS["holes"], counter=70.0)
    limit = solved_salt(circuit, 1.0, COARSE).others[LIMITING_CURRENT]
    found = [solved_salt(circuit, share * limit, COARSE) for share in (0.01, 0.1, 0.4, 0.8, 0.99)]
    polarisations, least = (
        [drive_of(one).polarisation for one in found],
        [salt_fields(one).lowest.value for one in found],
    )
    assert polarisations == sorted(polarisations)
    assert least == sorted(least, reverse=True)
    assert least[-1] < 1e-9 * MEAN
    # salt leaves the pores for the head space
    assert [salt_fields(one).highest.value for one in found] == sorted(
        salt_fields(one).highest.value for one in found
    )


def wire(stack: Stack, circuit: FloodedCircuit, current: float) -> tuple[float, float]:
    """Return polarisation and least concentration over its mean of a pore as a wire, its liquid even across.

    ``kappa A psi'' = g p f``, ``f = psi + v ln(psi/w) + s``; the floor and the flat top take g f too.
    """
    cell = stack.cell
    radius, depth, footprint = 0.75e-6 - 0.22e-6, cell.height, cell.footprint
    section, top = math.pi * radius**2, footprint - math.pi * radius**2
    g = 1 / circuit.charge_transfer

    def f(psi: Any, offset: float) -> Any:
        return psi + LOGARITHMIC * np.log(psi / LINEAR) + offset

    def slopes(z: Any, y: Any, p: Any) -> Any:
        bend = g * 2 * math.pi * radius * f(y[0], p[0]) / (KAPPA * section)
        return np.vstack((y[1], bend, y[0]))

    def ends(low: Any, high: Any, p: Any) -> Any:
        mouth = KAPPA * section * high[1] + g * top * f(high[0], p[0])
        drop = current * HEAD / KAPPA
        amount = section * high[2] + footprint * HEAD * (high[0] + drop / 2)
        volume = section * depth + footprint * HEAD
        floor = KAPPA * low[1] - g * f(low[0], p[0])
        return np.array([floor * 1e-3, low[2], mouth / footprint / current - 1, amount / volume / LINEAR - 1])

    z = np.linspace(0, depth, 200)
    start = np.vstack((np.full_like(z, LINEAR), np.zeros_like(z), LINEAR * z))
    found = solve_bvp(slopes, ends, z, start, p=[-LINEAR], tol=1e-6, max_nodes=20000)
    assert found.success
    mouth = found.y[0, -1] + current * HEAD / KAPPA
    return float(f(mouth, found.p[0])), float(found.y[0, 0] / LINEAR)


@pytest.mark.parametrize("current", [1.0, 100.0, 200.0])
def test_a_pore_agrees_with_a_wire_that_has_salt(current: float) -> None:
    stack, circuit = salted(holes(1.5e-6, 2e-6, 30e-6, "hexagonal"))
    ideal = tuple(replace(film, conductivity=math.inf) for film in circuit.films.films)
    circuit = replace(circuit, films=replace(circuit.films, films=ideal, interfaces=()))
    found = solved_salt(circuit, current)
    polarisation, least = wire(stack, circuit, current)
    assert drive_of(found).polarisation == pytest.approx(polarisation, rel=0.01)
    assert salt_fields(found).lowest.value / MEAN == pytest.approx(least, rel=0.02)


def test_the_limiting_current_of_pores_is_that_of_their_head_space() -> None:
    """All salt of pores and head space ends in the head space, linear from 0: twice the mean, times all over it."""
    stack, circuit = salted(RELIEFS["holes"])
    found = solved_salt(circuit, 10.0)
    slab = 2 * FARADAY * DIFFUSIVITY * MEAN / ((1 - TRANSFERENCE) * HEAD)
    volume = liquid_fields(found).mesh.volume / (stack.cell.footprint * HEAD)
    # the mouths are a little deeper than the flat tops
    assert slab * volume * 0.985 < found.others[LIMITING_CURRENT] < slab * volume
    assert found.other_errors[LIMITING_CURRENT] < 1e-3


@pytest.mark.parametrize("name", ["pillars", "trenches"])
def test_a_quick_salt_leaves_the_ohmic_liquid(name: str) -> None:
    quick = replace(SALT, diffusivity=1e6 * DIFFUSIVITY)
    _, circuit = salted(RELIEFS[name], quick, counter=70.0)
    found = solved_salt(circuit, 50.0, COARSE)
    ohmic = solved_liquid(without_salt(circuit), COARSE)
    # charge transfer is lumped at the nodes, which moves the current a little on a coarse mesh
    assert parts_of(found.losses) == pytest.approx(parts_of(ohmic.losses), rel=1e-2)
    assert found.asr == pytest.approx(ohmic.asr, rel=1e-3)
    assert salt_fields(found).concentration == pytest.approx(MEAN, rel=1e-5)


@pytest.mark.parametrize("counter", [None, 70.0])
def test_films_without_resistance_are_the_limit(counter: float | None) -> None:
    _, circuit = salted(RELIEFS["holes"], counter=counter)
    ideal = tuple(replace(film, conductivity=math.inf) for film in circuit.films.films)
    bare = replace(circuit, films=replace(circuit.films, films=ideal, interfaces=()), charge_transfer=0.0)
    found = solved_salt(bare, 500.0, COARSE)
    near = solved_salt(replace(bare, charge_transfer=1e-9), 500.0, COARSE)
    assert drive_of(near).polarisation == pytest.approx(drive_of(found).polarisation, rel=1e-3)
    assert found.reaction_imbalance < 1e-6
    assert np.ptp(salt_fields(found).concentration[liquid_fields(found).mesh.film_quads]) < 1e-9 * MEAN


def test_both_solvers_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    _, circuit = salted(RELIEFS["holes"], counter=70.0)
    direct = solved_salt(circuit, 500.0, COARSE)
    monkeypatch.setattr("tfgeom.transport.liquid.multigrid._DIRECT_UNKNOWNS", 0)
    iterated = solved_salt(circuit, 500.0, COARSE)
    assert iterated.iterations > 0
    assert drive_of(iterated).polarisation == pytest.approx(drive_of(direct).polarisation, rel=1e-7)


def test_a_current_above_the_limit_is_refused() -> None:
    _, circuit = salted(planar())
    with pytest.raises(SolveError, match=r"250 mA/cm2 is not below the limiting current 230\.6 mA/cm2"):
        solved_salt(circuit, 2500.0)


def test_what_stops_early_yields_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    _, circuit = salted(RELIEFS["holes"])
    monkeypatch.setattr(salt_system, "_MOST_STEPS", 2)
    with pytest.raises(SolveError, match="was not found in 2 Newton steps"):
        solved_salt(circuit, 500.0, COARSE)


def test_unbalanced_currents_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    solve = salt_system.solve_salt_current

    def off(*given: Any) -> Any:
        state = solve(*given)
        return replace(state, excess=state.excess * (1 + 1e-5))

    monkeypatch.setattr(salt_problem, "solve_salt_current", off)
    with pytest.raises(SolveError, match="currents through the cell differ by"):
        solved_salt(salted(RELIEFS["holes"])[1], 500.0, COARSE)


def test_potential_and_concentration_are_inverse() -> None:
    logarithm = np.array([-3000.0, -40.0, -1.0, -1e-6, 0.0, 1e-6, 1.5])
    assert SALT.logarithm(SALT.potential(logarithm)) == pytest.approx(logarithm, rel=1e-12, abs=1e-15)
    assert SALT.linear_voltage == pytest.approx(LINEAR, rel=1e-12)
    assert SALT.logarithmic_voltage == pytest.approx(LOGARITHMIC, rel=1e-10)


def test_fields_hold_the_concentration(tmp_path: Path) -> None:
    import pyvista

    found = solved_salt(salted(planar())[1], 500.0)
    legend = film_legend([], beyond=("liquid", "electrolyte", "gel"))
    write_vtu(field_elements(found.fields, legend), tmp_path / "salt.vtu", *field_arrays(found.fields))
    grid = pyvista.read(tmp_path / "salt.vtu")
    assert grid["concentration_mol_m3"] == pytest.approx(salt_fields(found).concentration)
    # down to the films, all of the current
    expected = np.tile([0.0, 0.0, -500.0], (grid.n_cells, 1))
    assert grid["current_density_A_m2"] == pytest.approx(expected, rel=1e-8, abs=1e-6)


@pytest.mark.parametrize("key", ["diffusivity", "transference_number", "salt_concentration"])
def test_a_missing_constant_is_named(key: str) -> None:
    known = {"diffusivity": 1e-10, "transference_number": 0.3, "salt_concentration": 1000.0}
    del known[key]
    with pytest.raises(MaterialError, match=rf"'liquid' has no {key} .* materials\.liquid\.{key}: "):
        liquid_salt(material("liquid", **known), 1.0, 298.15)


def test_a_single_ion_conductor_has_no_gradient() -> None:
    known = {"diffusivity": 1e-10, "transference_number": 1.0, "salt_concentration": 1000.0}
    with pytest.raises(MaterialError, match="no salt gradient builds up; use electrolyte_model: ohmic"):
        liquid_salt(material("liquid", **known), 1.0, 298.15)


def salty(**changes: Any) -> dict[str, Any]:
    mapping: dict[str, Any] = mapping_of(IMEC)
    mapping["cell"] = {**mapping["cell"], "electrolyte_model": "salt", **changes}
    return mapping


def test_an_evaluation_counts_the_gradient_and_names_its_constants() -> None:
    plain = evaluate(design_from_mapping(salty(electrolyte_model="ohmic")))
    found = evaluate(design_from_mapping(salty()))
    assert found.resistance is not None
    assert plain.resistance is not None
    assert found.resistance.asr_ohm_cm2 > plain.resistance.asr_ohm_cm2
    assert found.resistance.planar_asr_ohm_cm2 > plain.resistance.planar_asr_ohm_cm2
    assert found.resistance.concentration_share_of_electrolyte == pytest.approx(SALT.concentration_share)
    assert plain.resistance.concentration_share_of_electrolyte is None
    assert any("gradient of its salt makes 61% of it" in note for note in found.notes)
    used = {row.property for row in found.provenance if row.material == "LiPF6-EC-EMC"}
    salt = {"ionic_conductivity", "diffusivity", "transference_number", "salt_concentration"}
    assert used == {*salt, "exchange_current"}  # the last is that of lithium in it
    # each constant of the salt moves the resistance
    for key, value in (
        ("diffusivity", "1.7e-10 m^2/s"),
        ("transference_number", 0.3),
        ("salt_concentration", "1.2 mol/L"),
    ):
        other = evaluate(design_from_mapping({**salty(), "materials": {"LiPF6-EC-EMC": {key: value}}}))
        assert other.resistance is not None
        assert other.resistance.asr_ohm_cm2 != found.resistance.asr_ohm_cm2
    assert parse_quantity("1.2 mol/L", "concentration") == 1200.0


def test_command_at_a_current(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = IMEC.read_text()
    assert text.count("counter: Li}") == 1
    design = tmp_path / "salt.yaml"
    design.write_text(text.replace("counter: Li}", "counter: Li, electrolyte_model: salt}"))
    given = ("transport", str(design), "--resolution", "1", "--current", "5 mA/cm^2")
    assert run(*given, "--json", "-o", tmp_path / "f.vtu") == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["drive"]["footprint_current_mA_cm2"] == pytest.approx(5.0)
    asr = printed["resistance"]["asr_ohm_cm2"]
    assert printed["drive"]["polarisation_V"] == pytest.approx(asr * 5e-3)
    salt = printed["salt"]
    assert 0 < salt["lowest"]["concentration_mol_m3"] < MEAN < salt["highest"]["concentration_mol_m3"]
    assert salt["limiting_footprint_current_mA_cm2"] > 100
    assert (tmp_path / "f.vtu").is_file()
    assert run(*given) == 0
    shown = capsys.readouterr()
    assert "lowest salt concentration" in shown.out
    assert "limiting current" in shown.out
    assert "charge transfer is linear" in shown.err
    assert run("transport", design, "--voltage", "50 mV") == 1
    assert "give --current" in capsys.readouterr().err
    assert run("transport", IMEC, "--current", "5 mA/cm^2") == 1
    assert "use electrolyte_model: salt" in capsys.readouterr().err


def test_a_plane_of_salt_has_even_current_and_no_discretisation_error() -> None:
    found = solved_salt(salted(planar())[1], 10.0)
    assert found.current_peak_to_mean == {"cathode": pytest.approx(1.0, rel=1e-9)}
    assert found.bounds[0] is not None
    assert found.bounds[0] < found.asr
    assert found.discretisation_error < 1e-9
