"""Designs in the film model, end to end: against planes, closed forms and the closed rate model."""

import math
from typing import Any

import numpy as np
import pytest

from tests.invariants import STEPPED
from tests.shipped import DESIGNS, IMEC, PEARSE, mapping_of
from tfgeom.cells.assembled import AssembledCell, usable_of
from tfgeom.cells.kinds import assemble_cell
from tfgeom.cells.planes import beside_planes
from tfgeom.design import design_from_mapping, load_design
from tfgeom.evaluation import evaluate
from tfgeom.metrics.film_cells import film_cells
from tfgeom.transport.discharge.column_voltages import Columns
from tfgeom.transport.discharge.driver import run
from tfgeom.transport.discharge.film_cell import FilmCell
from tfgeom.transport.discharge.steps import Run, Step
from tfgeom.units import UAH_PER_CM2

DAY = 24 * 3600.0
HOUR = 3600.0
TALIN = DESIGNS / "talin_2016_columns.yaml"
PEARSE_12 = DESIGNS / "pearse_2018_holes_12um.yaml"
LASTS = {"1e-13": "181 days", "1e-12": "18.1 days", "1e-11": "43.3 hours"}
FAST = {"exchange_current": "1e6 A/m^2", "electronic_conductivity": "1e6 S/m"}


def assembled(given: dict[str, Any]) -> AssembledCell:
    return assemble_cell(design_from_mapping(given))


def cut(cell: AssembledCell, *, contacted: bool = False) -> FilmCell:
    return cell.kind.film_cell(cell, nominal=usable_of(cell).charge, contacted=contacted)


def discharge(cell: FilmCell, c_rate: float, **options: Any) -> Run:
    return run(cell, [Step("current", c_rate * cell.nominal / HOUR, voltage_below=cell.window[0])], **options)


def utilisation(cell: FilmCell, c_rate: float, **options: Any) -> float:
    return float(discharge(cell, c_rate, **options).charge[-1]) / cell.capacity


@pytest.mark.parametrize("c_rate", [0.1, 3.0])
def test_columns_that_get_full_one_after_another_end_a_discharge_in_few_steps(c_rate: float) -> None:
    found = cut(assemble_cell(load_design(PEARSE_12)))
    done = discharge(found, c_rate, keep_fields=True)
    assert len(done.time) < 400
    assert done.ends[-1].reason == "surface"
    shares = [
        one.columns.volume / one.columns.volume.sum() for one in (found.cathode, found.anode) if one.columns
    ]
    filled = (done.mean["cathode"] - done.mean["cathode"][0]) @ shares[0] * found.cathode.capacity
    emptied = (done.mean["anode"][0] - done.mean["anode"]) @ shares[1] * found.anode.capacity
    assert filled == pytest.approx(done.charge, abs=1e-9 * found.capacity)
    assert emptied == pytest.approx(done.charge, abs=1e-9 * found.capacity)


def test_columns_start_with_the_lithium_they_were_made_with_at_one_voltage() -> None:
    given = mapping_of(PEARSE)
    given["operation"] = {**given["operation"], "initial_state_of_charge": "70 %"}
    found = cut(assembled(given))
    cathode, anode = found.cathode, found.anode
    assert cathode.columns is not None
    assert anode.columns is not None
    assert cathode.starts is not None
    assert anode.starts is not None
    rooms = [
        one.capacity * one.columns.volume / one.columns.volume.sum()
        for one in (cathode, anode)
        if one.columns
    ]
    # nothing of the anode of Pearse is made with lithium, all of the cathode
    lithium = cathode.starts * rooms[0] + anode.starts * rooms[1]
    assert lithium / rooms[0] == pytest.approx(lithium.sum() / rooms[0].sum(), rel=1e-9)
    assert rooms[0] @ cathode.starts / rooms[0].sum() == pytest.approx(cathode.start, rel=1e-9)
    assert rooms[1] @ anode.starts / rooms[1].sum() == pytest.approx(anode.start, rel=1e-9)
    curves = [one.material.open_circuit for one in (cathode, anode)]
    assert curves[0] is not None
    assert curves[1] is not None
    rest = curves[0].held_inside(cathode.starts, found.temperature) - curves[1].held_inside(
        anode.starts, found.temperature
    )
    assert np.ptp(rest) < 1e-6
    assert np.ptp(anode.starts) > 0.01


def test_columns_of_unequal_fillings_deliver_no_more_than_they_hold_at_rest() -> None:
    given = mapping_of(PEARSE)
    given["layers"] = [
        {**layer, "step_coverage": 0.4} if layer["role"] == "anode" else layer for layer in given["layers"]
    ]
    cell = assembled(given)
    found = cut(cell)
    resting = Columns(found).resting
    assert resting is not None
    assert found.anode.starts is not None
    assert np.ptp(found.anode.starts) > 0.1  # each is as full as its own cathode filled it
    at_mean = usable_of(cell).energy
    assert at_mean is not None  # of a cell whose anode would fill evenly along itself, and holds more so
    # by free energy: that of the fillings at the start less that where all has been delivered, by quadrature
    nodes, weights = np.polynomial.legendre.leggauss(400)
    held, cathode = 0.0, found.cathode
    assert cathode.columns is not None
    moved = cathode.capacity * cathode.columns.volume / cathode.columns.volume.sum() * (1 - cathode.filled)
    for one in (found.cathode, found.anode):
        assert one.columns is not None
        rooms = one.capacity * one.columns.volume / one.columns.volume.sum()
        curve, starts = one.material.open_circuit, np.broadcast_to(one.filled, rooms.shape)
        assert curve is not None
        ends = starts + one.sign * moved / rooms
        middle, half = (starts + ends) / 2, (ends - starts) / 2
        values = curve.held_inside(middle + half * nodes[:, None], found.temperature)
        held += one.sign * float(rooms @ (np.abs(half) * (weights @ values)))
    assert abs(held / at_mean - 1) > 1e-2
    assert resting.energy(found.capacity, found.window[0]) == pytest.approx(held, rel=2e-4)
    for c_rate in (0.01, 1.0):
        done = discharge(found, c_rate)
        rest = done.energy + sum(done.lost.values())
        assert done.energy <= rest * (1 + 1e-9)
        assert rest <= held * (1 + 2e-4)
        assert np.all(done.open_circuit >= done.voltage - 1e-6)
        assert rest == pytest.approx(np.trapezoid(done.open_circuit, done.charge), rel=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["pearse_2018_holes_12um", "imec_2017_pillars_cl_tio2", "notten_trenches", "bates_planar"]
)
def test_even_films_agree_with_the_closed_model_and_its_planes(name: str) -> None:
    design = load_design(DESIGNS / f"{name}.yaml")
    closed = evaluate(design).rate
    assert closed is not None
    cells = film_cells(beside_planes(assemble_cell(design))).value
    assert cells is not None
    for row in closed[:3]:
        assert utilisation(cells.cell, row.c_rate) == pytest.approx(row.utilisation, abs=3e-3)
        plane = row.planar_same_films.at_c_rate.utilisation
        assert utilisation(cells.same_films, row.c_rate) == pytest.approx(plane, abs=1e-3)


def limited_by_diffusion(diameter: float) -> dict[str, Any]:
    """Return tall pillars whose cathode's diffusion is all that a discharge loses."""
    return {
        "schema_version": 1,
        "name": "tall pillars",
        "relief": {"kind": "pillars", "lattice": "square", "pitch": f"{diameter + 6} um", "diameter": f"{diameter} um", "height": "2000 um"},
        "layers": [
            {"role": "current_collector", "material": "Pt", "thickness": "1 nm"},
            {"role": "cathode", "material": "film", "thickness": "1 um"},
            {"role": "electrolyte", "material": "glass", "thickness": "100 nm"},
            {"role": "anode", "material": "Li", "thickness": "100 nm"},
        ],
        "cell": {"type": "conformal"},
        "operation": {"voltage": {"min": "1 V", "max": "5 V"}, "temperature": "25 degC", "c_rates": [1]},
        "materials": {
            "film": {
                **FAST,
                "volumetric_capacity": "60 uAh/cm^2/um",
                "lithiation": 0,
                "diffusivity": "1e-11 cm^2/s",
                "open_circuit": {"form": "linear", "parameters": {"intercept": 4.2, "slope": -1.0}},
            },
            "glass": {"ionic_conductivity": "1e3 S/m"},
            "Li": {"exchange_current": "1e6 A/m^2"},
        },
    }  # fmt: skip


def against_a_slab(inner: float, outer: float) -> float:
    """Return the quasi-steady lead of the surface of a film around a pillar over that of a flat one.

    At the same current per area of the wetted face, the outer one: MODELS 5(a).
    """
    square = outer**2 - inner**2
    ring = (outer**2 - 3 * inner**2) / 4 + inner**4 * math.log(outer / inner) / square
    return 3 * outer * ring / (square * (outer - inner))


def test_even_films_are_the_plane_at_the_same_current_of_the_interface_up_to_curvature() -> None:
    theta, misses = 0.6, []
    for diameter in (2.0, 4.0, 8.0, 16.0):
        cells = film_cells(beside_planes(assembled(limited_by_diffusion(diameter)))).value
        assert cells is not None
        flat, own = cells.same_films, cells.cell
        density = theta * flat.capacity * 1e-15 / 1e-12  # of a film 1 um thick with 1e-15 m²/s
        plane, found = (
            utilisation(one, density * float(one.cathode.face.sum()) * HOUR / one.nominal)
            for one in (flat, own)
        )
        assert plane == pytest.approx(1 - theta / 3, abs=1e-4)
        radius = diameter / 2 * 1e-6 + 1e-9  # the collector lies below
        ahead = theta / 3 * against_a_slab(radius, radius + 1e-6)
        assert found == pytest.approx(1 - ahead, abs=1.5e-3)
        misses.append(abs(found - plane))
    assert misses[-1] < 1e-3 < misses[0]


@pytest.mark.parametrize(("conductivity", "days"), [("1e-13", 181), ("1e-12", 18.1), ("1e-11", 1.81)])
def test_a_cell_at_rest_leaks_empty_in_the_time_of_its_charge(conductivity: str, days: float) -> None:
    # MODELS 7: 2.6 uAh/cm2 at 3 V through 50 nm
    given = limited_by_diffusion(2.0)
    given["relief"] = {"kind": "planar"}
    given["layers"][1]["thickness"] = f"{2.6 / 60!r} um"
    given["layers"][2]["thickness"] = "50 nm"
    given["materials"]["glass"]["electronic_conductivity"] = f"{conductivity} S/m"
    given["materials"]["film"]["open_circuit"] = {"form": "constant", "parameters": {"potential": 3.0}}
    found = cut(assembled(given))
    assert found.capacity == pytest.approx(2.6 * UAH_PER_CM2)
    cells = film_cells(beside_planes(assembled(given)))
    assert cells.notes == (
        "electrons leak through the electrolyte, by its electronic_conductivity: at rest the charged cell lasts "
        f"{LASTS[conductivity]}; the film model counts it",
    )
    done = run(found, [Step("rest", seconds=400 * DAY, voltage_below=2.0)])
    assert done.time[-1] / DAY == pytest.approx(days, rel=0.01)
    assert done.lost["electrolyte", "leak"] == pytest.approx(3.0 * found.capacity, rel=1e-3)


def sputtered(*uneven: str, **thickness: float) -> AssembledCell:
    """Return Talin's stack with a coverage of 0.5 of some films, others of a thickness of their own, m."""
    given = mapping_of(TALIN)
    given.pop("chosen")
    for layer in given["layers"]:
        layer.pop("step_coverage")
        if layer["role"] in uneven:
            layer["step_coverage"] = 0.5
        if layer["role"] in thickness:
            layer["thickness"] = f"{thickness[layer['role']] * 1e9!r} nm"
    return assembled(given)


def means_of(uneven: AssembledCell) -> dict[str, float]:
    """Return the thicknesses at which even films hold what uneven ones do, from the substrate outwards, m."""
    found: dict[str, float] = {}
    for role in ("cathode", "electrolyte"):
        film = uneven.charged.first(role)
        assert film is not None
        low, high = 0.5 * film.layer.thickness, film.layer.thickness
        for _ in range(40):
            found[role] = (low + high) / 2
            even = sputtered(**found).charged.first(role)
            assert even is not None
            low, high = (found[role], high) if even.volume < film.volume else (low, found[role])
    return found


def test_uneven_films_deliver_less_at_rate_than_even_ones_of_the_same_mean() -> None:
    # The sign of Talin 2016, which a model of one column cannot show: PHYSICS 9.
    both = sputtered("cathode", "electrolyte")
    means = means_of(both)
    diffusivity = both.blueprint.materials["LiCoO2"].value_at("diffusivity", 298.15)
    assert diffusivity
    assert 20 * (300e-9) ** 2 / (HOUR * diffusivity) == pytest.approx(0.05)  # theta on top; 0.0125 below
    cells = {
        "both": both,
        "cathode alone": sputtered("cathode", electrolyte=means["electrolyte"]),
        "even": sputtered(**means),
    }
    found, energy, mean = {}, {}, {}
    for name, cell in cells.items():
        film = cut(cell)
        assert film.capacity == pytest.approx(usable_of(both).charge, rel=1e-9)
        done = discharge(film, 20.0)
        found[name], energy[name] = float(done.charge[-1]) / film.capacity, done.energy
        mean[name] = done.energy / float(done.charge[-1])
    assert found["both"] < found["even"] - 1e-4
    assert found["cathode alone"] < found["even"] - 1e-4
    assert energy["both"] < energy["cathode alone"] < energy["even"]
    # as the README has them
    assert list(found.values()) == pytest.approx([0.93744, 0.93740, 0.93765], abs=1e-5)
    assert list(mean.values()) == pytest.approx([3.4208, 3.4226, 3.4256], abs=1.5e-4)


def with_poor_collector(nu: float) -> dict[str, Any]:
    """Return tall pillars whose inner collector makes a fin of ``nu``; all but the electrolyte ideal."""
    given = limited_by_diffusion(2.0)
    given["relief"] |= {"height": "200 um"}
    given["materials"]["glass"]["ionic_conductivity"] = "1e-5 S/m"
    given["layers"] += [{"role": "current_collector", "material": "Pt", "thickness": "100 nm"}]
    given["layers"][1] |= {"thickness": "50 nm"}
    given["materials"]["film"] |= {"electronic_conductivity": "1e-3 S/m"}
    wall = 100e-9 / 1e-5
    given["layers"][0] = {"role": "current_collector", "material": "poor", "thickness": "20 nm"}
    metal = 20e-9 * nu**2 * wall / 200.5e-6**2
    given["materials"]["poor"] = {"resistivity": f"{metal!r} ohm m"}
    given["operation"]["contact"] = {"inner": "floor", "outer": "ideal"}
    return given


@pytest.mark.parametrize("nu", [0.5, 2.0])
def test_a_poor_inner_collector_is_a_fin_as_a_current_sets_in(nu: float) -> None:
    cell = assembled(with_poor_collector(nu))
    drops = []
    for contacted in (False, True):
        found = cut(cell, contacted=contacted)
        done = run(found, [Step("current", 1.0, seconds=1e-6)])
        drops.append(float(done.open_circuit[0] - done.voltage[0]))
    # the electrolyte on the outside of a curved wall is 5 % easier to cross than a flat one
    assert drops[0] / drops[1] == pytest.approx(math.tanh(nu) / nu, rel=0.03)


@pytest.mark.slow
def test_collectors_that_conduct_well_make_no_difference() -> None:
    given = mapping_of(PEARSE)
    given["operation"] = {**given["operation"], "contact": "auto"}
    cell = assembled(given)
    assert utilisation(cut(cell, contacted=True), 10.0) == pytest.approx(
        utilisation(cut(cell), 10.0), abs=2e-3
    )


def test_the_liquid_along_the_walls_lets_the_mouths_run_ahead() -> None:
    cell = assemble_cell(load_design(IMEC))
    found = cut(cell)
    done = run(found, [Step("current", 20 * found.nominal / HOUR, seconds=2.0)], keep_fields=True)
    assert done.column_current is not None
    density = done.column_current[-1] / found.cathode.face
    wall = density[2:]  # from the floor up, behind cap and floor
    assert np.all(np.diff(wall) > 0)
    assert done.lost["electrolyte", "liquid"] > 0


@pytest.mark.parametrize("c_rate", [0.003, 3.0])
def test_energies_are_those_of_finer_steps(c_rate: float) -> None:
    found = cut(assemble_cell(load_design(PEARSE_12)))
    coarse, fine = discharge(found, c_rate), discharge(found, c_rate, tolerance=2e-4)
    assert len(fine.time) > 2 * len(coarse.time)
    assert coarse.energy == pytest.approx(fine.energy, rel=STEPPED)
