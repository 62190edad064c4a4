"""Finite drives with Butler-Volmer kinetics: scalar equations on the plane and on reliefs, limits, signs."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq

from tests.solves import drive_of, film_fields, parts_of, rows_of, solved_films
from tests.stacks import pearse_stack
from tests.wires import films, wires, without_charge_transfer
from tfgeom.errors import SolveError
from tfgeom.films import Stack
from tfgeom.geometry.unit_cell import UnitCell
from tfgeom.meshing.resolution import Resolution
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.pillars import pillars
from tfgeom.reliefs.planar import planar
from tfgeom.transport.circuit import FilmCircuit, Interface, film_circuit
from tfgeom.transport.contacts import Contacts
from tfgeom.transport.losses import Loss, Losses
from tfgeom.transport.solve_options import Drive
from tfgeom.transport.steady import Solve

COARSE = Resolution(1)
V = 0.025692579  # R T/F at 298.15 K
THICKNESS = {"cathode": 70e-9, "electrolyte": 50e-9, "anode": 30e-9}
SIGMA = {"cathode": 0.1, "electrolyte": 3.25e-5, "anode": 100.0}
Kinetics = dict[str, tuple[float, float, float]]
"""Exchange current (A/m²), anodic coefficient and contact resistance (ohm m²) by electrode."""
UNLIKE: Kinetics = {"cathode": (5.0, 0.3, 1e-4), "anode": (20.0, 0.6, 0.0)}


def cell_of(
    kinetics: Kinetics,
    cell: UnitCell | None = None,
    order: tuple[str, ...] = ("cathode", "electrolyte", "anode"),
    sigma: dict[str, float] | None = None,
) -> tuple[Stack, FilmCircuit]:
    """Return films in the given order, from the substrate, with kinetics at their two interfaces."""
    stack = films(cell or planar(), *((name, THICKNESS[name]) for name in order))
    faces = []
    for inner in range(2):
        electrode = order[0] if inner == 0 else order[2]
        exchange, anodic, contact = kinetics[electrode]
        faces.append(
            Interface(f"{electrode}_interface", inner, inner + 1, V / exchange, contact, exchange, anodic)
        )
    return stack, replace(wires(stack, SIGMA | (sigma or {})), interfaces=tuple(faces))


def overpotential(current: float, exchange: float, anodic: float, contact: float) -> float:
    """Return the potential of an electrode over its electrolyte at a current density out of it, V."""

    def miss(eta: float) -> float:
        return exchange * (math.exp(anodic * eta / V) - math.exp(-(1 - anodic) * eta / V)) - current

    most = 40 * V / min(anodic, 1 - anodic)
    return float(brentq(miss, -most, most, xtol=1e-16, rtol=1e-15)) + contact * current


def plane_polarisation(current: float, kinetics: Kinetics, areas: dict[str, float] | None = None) -> float:
    """Return the voltage lost on discharge at a current, A/m² of footprint: oxidation at the anode.

    ``areas`` of the interfaces over the footprint are one on the plane, where the films count too.
    """
    gain = areas or {"cathode": 1.0, "anode": 1.0}
    oxidised = overpotential(current / gain["anode"], *kinetics["anode"])
    reduced = overpotential(-current / gain["cathode"], *kinetics["cathode"])
    ohmic = 0.0 if areas else current * sum(THICKNESS[name] / SIGMA[name] for name in THICKNESS)
    return oxidised - reduced + ohmic


def plane_current(voltage: float, kinetics: Kinetics, areas: dict[str, float] | None = None) -> float:
    def miss(current: float) -> float:
        return plane_polarisation(current, kinetics, areas) - voltage

    return float(brentq(miss, -1e5, 1e5, xtol=1e-13, rtol=1e-13))


OUTSIDE, INSIDE = ("cathode", "electrolyte", "anode"), ("anode", "electrolyte", "cathode")


@pytest.mark.parametrize("order", [OUTSIDE, INSIDE], ids=["anode outside", "anode inside"])
@pytest.mark.parametrize("voltage", [1e-4, 0.05, 0.5, 1.5, -0.05, -0.5])
def test_plane_by_voltage(order: tuple[str, ...], voltage: float) -> None:
    _, conducting = cell_of(UNLIKE, order=order)
    found = solved_films(conducting, COARSE, drive=Drive(voltage=voltage))
    exact = plane_current(voltage, UNLIKE)
    assert drive_of(found).current == pytest.approx(abs(exact), rel=1e-7)
    assert drive_of(found).polarisation == pytest.approx(abs(voltage), rel=1e-9)
    assert found.asr == pytest.approx(voltage / exact, rel=1e-7)


@pytest.mark.parametrize("order", [OUTSIDE, INSIDE], ids=["anode outside", "anode inside"])
@pytest.mark.parametrize("current", [1e-3, 10.0, 3e3, -10.0, -3e3])
def test_plane_by_current(order: tuple[str, ...], current: float) -> None:
    _, conducting = cell_of(UNLIKE, order=order)
    found = solved_films(conducting, COARSE, drive=Drive(current=current))
    exact = plane_polarisation(current, UNLIKE)
    assert drive_of(found).current == pytest.approx(abs(current), rel=1e-9)
    assert drive_of(found).polarisation == pytest.approx(abs(exact), rel=1e-8)
    # each part by itself: what it loses over the current
    parts = {
        "anode_interface": overpotential(current, *UNLIKE["anode"]) / current,
        "cathode_interface": -overpotential(-current, *UNLIKE["cathode"]) / current,
        "electrolyte": THICKNESS["electrolyte"] / SIGMA["electrolyte"],
        "cathode": THICKNESS["cathode"] / SIGMA["cathode"],
    }
    assert {part: parts_of(found.losses)[part] for part in parts} == pytest.approx(parts, rel=1e-7)
    # of an interface its contact takes i R, whatever the charge transfer beside it
    assert found.losses.where(mechanism="contact").by_part() == pytest.approx(
        parts_of(Losses((Loss("cathode_interface", "contact", UNLIKE["cathode"][2]),))), rel=1e-7
    )
    assert sum(parts_of(found.losses).values()) == pytest.approx(found.asr, rel=1e-12)


def test_discharge_and_charge_differ_where_the_coefficients_do() -> None:
    # 0.8: oxidation is steep.  The anode oxidises on discharge, and on charge it reduces, which is slow.
    kinetics: Kinetics = {"cathode": (1e6, 0.5, 0.0), "anode": (1.0, 0.8, 0.0)}
    for order in (OUTSIDE, INSIDE):
        _, conducting = cell_of(kinetics, order=order)
        discharge, charge = (
            solved_films(conducting, COARSE, drive=Drive(current=sign * 100.0)) for sign in (1, -1)
        )
        log = V * math.log(100)
        assert parts_of(discharge.losses)["anode_interface"] * 100 == pytest.approx(log / 0.8, rel=2e-2)
        assert parts_of(charge.losses)["anode_interface"] * 100 == pytest.approx(log / 0.2, rel=2e-2)


@pytest.mark.parametrize("cell", [None, holes(3e-6, 6e-6, 5e-6, "hexagonal")], ids=["plane", "holes"])
def test_a_small_drive_is_the_linear_resistance(cell: UnitCell | None) -> None:
    _, conducting = cell_of(UNLIKE, cell)
    linear = solved_films(conducting, COARSE)
    for drive in (Drive(voltage=1e-6), Drive(current=1e-4), Drive(current=-1e-4)):
        driven = solved_films(conducting, COARSE, drive=drive)
        assert driven.asr == pytest.approx(linear.asr, rel=2e-5)
        assert rows_of(driven.losses) == pytest.approx(rows_of(linear.losses), rel=5e-5, abs=1e-12)
        assert driven.current_peak_to_mean == pytest.approx(linear.current_peak_to_mean, rel=1e-4)
    assert linear.losses.drive is None
    assert linear.newton_steps == 0


def test_a_large_drive_has_the_tafel_slope() -> None:
    kinetics: Kinetics = {"cathode": (1e-3, 0.4, 0.0), "anode": (1e-3, 0.7, 0.0)}
    _, conducting = cell_of(kinetics, sigma={"electrolyte": 1.0})
    ten, hundred = (
        solved_films(conducting, COARSE, drive=Drive(current=current)) for current in (10.0, 100.0)
    )
    assert drive_of(ten).polarisation is not None
    assert drive_of(hundred).polarisation is not None
    more = drive_of(hundred).polarisation - drive_of(ten).polarisation
    ohmic = 90 * (50e-9 + 70e-9 / 0.1)  # the films' own share is small
    # ln 10 V/alpha for the oxidation at the anode and the reduction at the cathode
    assert more - ohmic == pytest.approx(math.log(10) * V * (1 / 0.7 + 1 / 0.6), rel=1e-5)


@pytest.mark.parametrize("cell", [
    holes(3e-6, 6e-6, 5e-6, "hexagonal"), pillars(3e-6, 6e-6, 5e-6, "square", 0.1e-6),
], ids=lambda cell: cell.kind)  # fmt: skip
@pytest.mark.parametrize("order", [OUTSIDE, INSIDE], ids=["anode outside", "anode inside"])
@pytest.mark.parametrize("voltage", [0.3, -0.3])
def test_with_good_films_a_relief_is_two_faces_in_series(
    cell: UnitCell, order: tuple[str, ...], voltage: float
) -> None:
    good = dict.fromkeys(THICKNESS, 1e3)
    stack, conducting = cell_of(UNLIKE, cell, order, good)
    found = solved_films(conducting, COARSE, drive=Drive(voltage=voltage))
    electrolyte = stack.films[1]
    faces = (electrolyte.inner_area, electrolyte.outer_area)
    inner, outer = (area / cell.footprint for area in faces)
    areas = {order[0]: inner, order[2]: outer}
    exact = plane_current(voltage, UNLIKE, areas)
    assert drive_of(found).current == pytest.approx(abs(exact), rel=1e-5)
    assert found.current_peak_to_mean == pytest.approx({"cathode": 1, "anode": 1}, abs=1e-3)


def driven(drive: Drive, kinetics: Kinetics = UNLIKE) -> Solve:
    """Return the solve of a hole whose electrolyte is a good part of the loss."""
    _, conducting = cell_of(kinetics, holes(3e-6, 6e-6, 5e-6, "hexagonal"))
    return solved_films(conducting, COARSE, drive=drive)


@pytest.mark.parametrize("voltage", [0.05, 0.4, -0.4])
def test_drives_by_voltage_and_by_current_agree(voltage: float) -> None:
    by_voltage = driven(Drive(voltage=voltage))
    assert drive_of(by_voltage).current is not None
    by_current = driven(Drive(current=math.copysign(drive_of(by_voltage).current, voltage)))
    assert drive_of(by_current).polarisation == pytest.approx(abs(voltage), rel=1e-8)
    assert parts_of(by_current.losses) == pytest.approx(parts_of(by_voltage.losses), rel=1e-7, abs=1e-12)
    # the sign of a potential is that of the drive: the anode is outside
    assert (
        math.copysign(1, film_fields(by_voltage).voltage)
        == math.copysign(1, film_fields(by_current).voltage)
        == math.copysign(1, voltage)
    )
    for found in (by_voltage, by_current):
        assert sum(parts_of(found.losses).values()) == pytest.approx(found.asr, rel=1e-12)
        assert found.reaction_imbalance < 1e-6
        assert 0 < found.newton_steps <= 12
        assert found.bounds == (None, None)


def test_charge_is_discharge_with_coefficients_exchanged() -> None:
    mirrored = {name: (exchange, 1 - anodic, contact) for name, (exchange, anodic, contact) in UNLIKE.items()}
    one, other = driven(Drive(voltage=0.4)), driven(Drive(voltage=-0.4), mirrored)
    assert one.asr == pytest.approx(other.asr, rel=1e-8)
    assert np.abs(film_fields(one).potential) == pytest.approx(np.abs(film_fields(other).potential), abs=1e-7)


def test_resistance_falls_and_crowding_grows_with_the_drive() -> None:
    # Charge transfer levels the current out; the harder it is driven, the less.
    symmetric: Kinetics = {"cathode": (5.0, 0.5, 0.0), "anode": (5.0, 0.5, 0.0)}
    found = [driven(Drive(voltage=voltage), symmetric) for voltage in (1e-3, 0.2, 0.6)]
    asrs = [one.asr for one in found]
    peaks = [one.current_peak_to_mean["cathode"] for one in found]
    assert asrs == sorted(asrs, reverse=True)
    assert peaks == sorted(peaks)
    # the films alone bound it from below, the linear resistance from above
    _, conducting = cell_of(symmetric, holes(3e-6, 6e-6, 5e-6, "hexagonal"))
    assert solved_films(without_charge_transfer(conducting), COARSE).asr < asrs[-1]
    assert asrs[0] < solved_films(conducting, COARSE).asr


def test_lines_and_direct_solves_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    from tfgeom.transport.films import linear

    found = []
    for limit in (10**9, 0):
        monkeypatch.setattr(linear, "_DIRECT_UNKNOWNS", limit)
        found.append([driven(drive) for drive in (Drive(voltage=0.4), Drive(current=200.0))])
    for direct, lines in zip(*found, strict=True):
        assert lines.asr == pytest.approx(direct.asr, rel=1e-8)
        assert lines.current_peak_to_mean == pytest.approx(direct.current_peak_to_mean, rel=1e-6)
        assert lines.iterations > direct.iterations == 0


def test_contacts_and_drives_together() -> None:
    # A perfect rail changes nothing; a poor one adds what it loses, and no drive comes for free.
    cell = pillars(3e-6, 6e-6, 20e-6, "square")
    rows = (("inner_collector", 20e-9), *THICKNESS.items(), ("outer_collector", 20e-9))
    stack = films(cell, *rows)
    faces = tuple(
        Interface(f"{name}_interface", index, index + 1, V / 5.0, 0.0, 5.0)
        for index, name in ((1, "cathode"), (2, "anode"))
    )

    def solve(collector: float, contacts: Contacts) -> Solve:
        known = wires(stack, SIGMA | {"inner_collector": collector, "outer_collector": collector})
        conducting = replace(known, interfaces=faces)
        return solved_films(conducting, COARSE, contacts, Drive(current=300.0))

    floor = Contacts("auto", "auto")
    ideal, good, poor = solve(1e6, Contacts()), solve(1e6, floor), solve(1.0, floor)
    assert good.asr == pytest.approx(ideal.asr, rel=1e-3)
    assert good.asr > ideal.asr
    assert poor.asr > 1.5 * ideal.asr
    assert parts_of(poor.losses)["inner_collector"] > 0.1 * poor.asr
    assert poor.reaction_imbalance < 1e-6
    assert drive_of(poor).current == pytest.approx(300.0, rel=1e-9)


@pytest.mark.parametrize("drive", [Drive(voltage=100.0), Drive(voltage=-1e4), Drive(current=1e12)])
def test_far_beyond_any_cell_the_films_resistance_is_left(drive: Drive) -> None:
    _, conducting = cell_of(UNLIKE)
    found = solved_films(conducting, COARSE, drive=drive)
    assert drive_of(found).current is not None
    sign = math.copysign(1.0, drive.voltage or drive.current or 1.0)
    exact = plane_polarisation(sign * drive_of(found).current, UNLIKE)
    assert drive_of(found).polarisation == pytest.approx(abs(exact), rel=1e-6)


def test_an_overpotential_beyond_any_cell_is_an_error() -> None:
    # Good films leave the whole of 100 V to the faces.
    kinetics: Kinetics = {"cathode": (5.0, 0.5, 0.0), "anode": (5.0, 0.5, 0.0)}
    _, conducting = cell_of(kinetics, sigma=dict.fromkeys(THICKNESS, 1e30))
    with pytest.raises(SolveError, match=r"overpotential of 100 V: .* use a smaller current or voltage"):
        solved_films(conducting, COARSE, drive=Drive(voltage=100.0))


def test_steps_that_do_not_converge_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tfgeom.transport.films.newton._MOST_NEWTON", 1)
    with pytest.raises(SolveError, match=r"did not converge in 1 steps .* use a smaller current or voltage"):
        driven(Drive(voltage=0.8))


def test_kinetics_need_an_exchange_current() -> None:
    stack = pearse_stack()
    conducting = wires(stack, None, {"cathode|electrolyte": 5e-3})
    with pytest.raises(
        SolveError, match="cathode_interface: Butler-Volmer kinetics need its exchange current"
    ):
        solved_films(conducting, COARSE, drive=Drive(voltage=0.1))


def test_library_materials_bring_their_exchange_currents() -> None:
    stack = pearse_stack(planar())
    known = film_circuit(stack, 298.15, "ohmic")
    kinetics: Kinetics = {}
    for face in known.interfaces:
        assert face.exchange is not None
        kinetics[face.part.removesuffix("_interface")] = (face.exchange, face.anodic, face.contact)
    found = solved_films(known, COARSE, drive=Drive(current=50.0))
    lost = sum(
        film.film.layer.thickness / film.conductivity
        for film in known.films
        if math.isfinite(film.conductivity)
    )
    exact = overpotential(50.0, *kinetics["anode"]) - overpotential(-50.0, *kinetics["cathode"]) + 50.0 * lost
    assert drive_of(found).polarisation == pytest.approx(exact, rel=1e-6)


@pytest.mark.parametrize(
    "given",
    [{}, {"voltage": 0.1, "current": 1.0}, {"voltage": 0.0}, {"current": math.nan}, {"voltage": math.inf}],
)
def test_a_drive_is_one_number(given: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="a voltage or a current, finite and not zero"):
        Drive(**given)
