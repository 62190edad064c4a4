"""Planar cells of the literature whose models are published: the film model against what was computed there.

Danilov, Niessen, Notten, J. Electrochem. Soc. 158 (2011) A215; Deng et al., IEEE Trans. Transp. Electrif. 7 (2021)
464; Raijmakers, Danilov, Eichel, Notten, Electrochim. Acta 330 (2020) 135147.  Their equations, written down and
solved anew with finite volumes, are the reference; what the papers measured is not: the first model misses that by up
to 27 %.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.shipped import DANILOV, DESIGNS, mapping_of
from tfgeom.cells.kinds import assemble_cell
from tfgeom.design import design_from_mapping
from tfgeom.evaluation import evaluate
from tfgeom.materials.library import load_library
from tfgeom.transport.discharge.dissociation import DissociatingFilm
from tfgeom.transport.discharge.driver import run
from tfgeom.transport.discharge.film_cell import FilmCell, WeakElectrolyte
from tfgeom.transport.discharge.steps import Run, Step

FITTED, PRINTED = "Li3PO4-Danilov2011", "Li3PO4-Danilov2011-printed"
UAH = 36.0  # C/m² of 1 uAh/cm²
MILLI = 1e-3

RATES = (1.6, 3.2, 6.4, 12.8, 25.6, 51.2)
CAPACITY = (9.853, 9.767, 9.594, 9.250, 8.559, 7.180)  # uAh/cm²
AT_HALF = {
    FITTED: (3.9467, 3.9413, 3.9306, 3.9092, 3.8671, 3.7796),
    PRINTED: (3.9432, 3.9345, 3.9187, 3.8926, 3.8470, 3.7496),
}
AT_A_TENTH = (4.1155, 4.1064, 4.0892, 4.0578, 4.0055, 3.9244)  # of FITTED
LOST = {  # mV in the electrolyte at half
    FITTED: (2.95, 5.90, 11.84, 23.75, 46.77, 91.09),
    PRINTED: (6.43, 12.73, 23.57, 39.72, 64.88, 112.69),
}
PARTS = ((1.16, 1.79), (2.32, 3.59), (4.65, 7.19), (9.31, 14.45), (18.04, 28.73), (33.98, 57.10))
FACES = ((11061, 10574), (11302, 10328), (11779, 9831), (12702, 8841), (14312, 7091), (16768, 4467))


def danilov(model: str, electrolyte: str, **materials: Any) -> FilmCell:
    mapping = mapping_of(DANILOV)
    mapping["cell"] = {**mapping["cell"], "electrolyte_model": model}
    mapping["layers"] = [
        {**layer, "material": electrolyte} if layer["role"] == "electrolyte" else layer
        for layer in mapping["layers"]
    ]
    mapping["materials"] = {**mapping["materials"], **materials}
    return film_cell(mapping)


def film_cell(mapping: dict[str, Any]) -> FilmCell:
    cell = assemble_cell(design_from_mapping(mapping))
    return cell.kind.film_cell(cell, nominal=10 * UAH, contacted=False)


def discharged(cell: FilmCell, rate: float) -> tuple[Run, float, float]:
    """Return a discharge at a C-rate, and the voltage at 10 and 50 % of the nominal capacity."""
    current = rate * 0.1
    steps = [Step("current", current, charge=share * 10 * UAH) for share in (0.1, 0.4)]
    found = run(cell, [*steps, Step("current", current, voltage_below=3.0)])
    tenth, half = (float(found.voltage[end.point]) for end in found.ends[:2])
    return found, tenth, half


def electrolyte(name: str) -> DissociatingFilm:
    weak = WeakElectrolyte("electrolyte", load_library().find(name), np.array([1.5e-6]), np.ones(1))
    return DissociatingFilm(weak, 298.15)


def passed(one: DissociatingFilm, density: float, seconds: float) -> tuple[float, float, float, float]:
    """Return what is lost by concentration and by migration, mV, and c at the anode's and the cathode's face."""
    held = np.array([density])
    state = one.propagate(one.at_rest(), seconds, held).settle(held)
    concentrated, migration = one.parts(state, held)
    c = one.concentration(state)[:, 0]
    return float(concentrated[0] / MILLI), float(migration[0] / MILLI), float(c[0]), float(c[-1])


@pytest.mark.slow
@pytest.mark.parametrize("name", [FITTED, PRINTED])
@pytest.mark.parametrize("place", range(6))
def test_danilov_with_ions_in_time_at_every_rate(name: str, place: int) -> None:
    found, tenth, half = discharged(danilov("dissociation", name), RATES[place])
    assert found.charge[-1] / UAH == pytest.approx(CAPACITY[place], rel=0.005)
    assert half == pytest.approx(AT_HALF[name][place], abs=3 * MILLI)
    if name == FITTED:
        assert tenth == pytest.approx(AT_A_TENTH[place], abs=3 * MILLI)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "last"), [(FITTED, 25.6), (PRINTED, 6.4)])
@pytest.mark.parametrize("place", range(6))
def test_danilov_with_the_steady_resistance(name: str, last: float, place: int) -> None:
    """Within the limiting current at half; at a tenth it is too low where ions have had no time to separate."""
    found, tenth, half = discharged(danilov("dc", name), RATES[place])
    assert found.charge[-1] / UAH == pytest.approx(CAPACITY[place], rel=0.005)
    if RATES[place] <= last:
        assert half == pytest.approx(AT_HALF[name][place], abs=3 * MILLI)
    else:
        assert abs(half - AT_HALF[name][place]) > 3 * MILLI
    if name == FITTED:
        assert tenth < AT_A_TENTH[place] + 0.1 * MILLI


@pytest.mark.parametrize("name", [FITTED, PRINTED])
@pytest.mark.parametrize("place", range(6))
def test_danilovs_electrolyte_at_half(name: str, place: int) -> None:
    density = RATES[place] * 0.1
    concentrated, migration, anode, cathode = passed(electrolyte(name), density, 5 * UAH / density)
    assert concentrated + migration == pytest.approx(LOST[name][place], abs=0.1)
    if name == FITTED:
        assert (concentrated, migration) == pytest.approx(PARTS[place], abs=0.1)
        assert (anode, cathode) == pytest.approx(FACES[place], rel=1e-3)


@pytest.mark.parametrize(
    ("name", "seconds", "lost"),
    [(FITTED, 15, 71.4), (FITTED, 30, 86.9), (FITTED, 50.4, 101.4), (PRINTED, 15, 76), (PRINTED, 30, 103), (PRINTED, 50.4, 149)],
)  # fmt: skip
def test_danilovs_electrolyte_at_the_highest_rate(name: str, seconds: float, lost: float) -> None:
    concentrated, migration, _, _ = passed(electrolyte(name), 5.12, seconds)
    assert concentrated + migration == pytest.approx(lost, abs=0.1 if name == FITTED else 0.5)


@pytest.mark.parametrize(("seconds", "anode", "cathode"), [(20, 15820, 5650), (50, 17260, 3730)])
def test_danilovs_ions_at_the_highest_rate(seconds: float, anode: float, cathode: float) -> None:
    found = passed(electrolyte(FITTED), 5.12, seconds)
    assert found[2:] == pytest.approx((anode, cathode), abs=10)


DENG = DESIGNS / "deng_2021_planar.yaml"
DENG_TIMES = (1, 9, 50, 100, 200, 300, 339)
DENG_LOST = (8.22, 12.34, 20.76, 26.89, 34.43, 38.35, 39.30)  # mV, of the paper
DENG_VOLTAGES = {1: 4.2524, 50: 4.0941, 100: 3.9876, 200: 3.8746, 300: 3.8173}
"""V, of the paper; at 50 s as solved anew, where the paper's is not known."""


@pytest.mark.parametrize("place", range(7))
def test_dengs_electrolyte(place: int) -> None:
    """0.3 mV with the term of the concentrations; without it, as others have it, it would miss up to 19 mV."""
    concentrated, migration, _, _ = passed(electrolyte(PRINTED), 1.0, DENG_TIMES[place])
    assert concentrated + migration == pytest.approx(DENG_LOST[place], abs=0.3)
    assert abs(migration - DENG_LOST[place]) > 1.0
    if DENG_TIMES[place] >= 300:
        assert concentrated == pytest.approx(19, abs=0.5)


def test_dengs_discharge() -> None:
    times = [time for time in DENG_TIMES if time in DENG_VOLTAGES]
    waits = np.diff([0, *times])
    steps = [Step("current", 1.0, seconds=float(wait)) for wait in waits]
    found = run(film_cell(mapping_of(DENG)), [*steps, Step("current", 1.0, voltage_below=3.35)])
    for time, end in zip(times, found.ends, strict=False):
        assert found.voltage[end.point] == pytest.approx(DENG_VOLTAGES[time], abs=3 * MILLI), time
    assert found.ends[-1].reason == "voltage_below"
    assert found.voltage[-1] == pytest.approx(3.35, abs=MILLI)
    assert found.time[-1] == pytest.approx(339.0, abs=0.5)
    moments = np.linspace(1e-3, found.time[-1], 60)
    drops = [sum(passed(electrolyte(PRINTED), 1.0, float(moment))[:2]) for moment in moments]
    salt = np.trapezoid(np.array(drops), moments) * MILLI  # J/m² at 1 A/m²
    assert found.lost["electrolyte", "salt"] == pytest.approx(salt, rel=2e-3)


RAIJMAKERS = DESIGNS / "raijmakers_2020_planar.yaml"


def raijmakers_at(x: float, model: str = "ohmic") -> tuple[FilmCell, dict[str, float]]:
    """Return the cell, and what it loses as a small current sets in at LixCoO2, ohm cm2."""
    mapping = mapping_of(RAIJMAKERS)
    mapping["cell"] = {"type": "conformal", "electrolyte_model": model}
    cell = film_cell(mapping)
    cell = replace(cell, cathode=replace(cell.cathode, start=(x - 0.51) / 0.49), window=(0.0, 9.0))
    current = 1e-4
    found = run(cell, [Step("current", current, seconds=1e-9)])
    parts = {
        f"{part} {what}": value / found.energy * found.voltage[0] / current * 1e4
        for (part, what), value in found.lost.items()
    }
    return cell, parts


@pytest.mark.parametrize("model", ["ohmic", "dissociation"])
@pytest.mark.parametrize(("x", "total"), [(0.80, 455.6), (0.864, 466.8)])
def test_raijmakers_resistances(model: str, x: float, total: float) -> None:
    """With ions in time they have not moved yet: the impedance's arcs.  The paper says 456 at 3.900 V."""
    cell, parts = raijmakers_at(x, model)
    electrolyte = parts["electrolyte film" if model == "ohmic" else "electrolyte salt"]
    assert electrolyte == pytest.approx(326.3, rel=0.005)
    assert parts["anode_interface charge_transfer"] == pytest.approx(43.9, rel=0.005)
    assert parts["cathode contact"] == pytest.approx(18.3, rel=1e-6)
    counted = electrolyte + sum(
        value for name, value in parts.items() if name.split()[1] in ("charge_transfer", "contact")
    )
    assert counted == pytest.approx(total, rel=0.005)
    assert cell.temperature == 293.0
    assert cell.capacity / (0.7e-3 * 3600 / 3.36e-4) == pytest.approx(1.64, abs=0.005)


def test_raijmakers_lithium_diffuses_with_ions_and_electrons() -> None:
    """``2 D_i D_e/(D_i + D_e)``, electrons 4.18 times as fast as the ions, whose points the paper has."""
    known = load_library().find("LiCoO2-Raijmakers2020").properties["diffusivity"]
    assert known.table is not None
    for x, ions in ((0.55, 7.9e-14), (0.70, 6.7e-14), (0.80, 2.1e-14), (0.90, 5.5e-15), (1.0, 3.0e-15)):
        assert float(known.table.at(x)) == pytest.approx(2 * 4.18 / 5.18 * ions, rel=1e-3)


@pytest.mark.slow
def test_raijmakers_delivers_less_the_faster_it_goes() -> None:
    """Ions in time lose what their steady resistance adds; capacities are ours, the paper's are not known."""
    delivered = {}
    for model in ("ohmic", "dissociation"):
        mapping = mapping_of(RAIJMAKERS)
        mapping["cell"] = {"type": "conformal", "electrolyte_model": model}
        cell = film_cell(mapping)
        for rate in (0.1, 1.0, 6.0):
            found = run(cell, [Step("current", rate * 2.083, voltage_below=3.0)])
            delivered[model, rate] = float(found.charge[-1] / UAH)
            assert found.ends[-1].reason in ("voltage_below", "surface")
    for model in ("ohmic", "dissociation"):
        assert 341.7 > delivered[model, 0.1] > delivered[model, 1.0] > delivered[model, 6.0] > 0
    assert all(delivered["dissociation", rate] <= delivered["ohmic", rate] + 0.05 for rate in (0.1, 1.0, 6.0))


@pytest.mark.slow
@pytest.mark.parametrize("model", ["dc", "dissociation"])
def test_a_design_gives_danilovs_capacities_with_fidelity_film(model: str) -> None:
    mapping = mapping_of(DANILOV)
    mapping["cell"] = {"type": "conformal", "electrolyte_model": model}
    rows = evaluate(design_from_mapping(mapping), fidelity="film").rate
    assert rows is not None
    assert [row.c_rate for row in rows] == list(RATES)
    assert [row.capacity_uAh_cm2 for row in rows] == pytest.approx(CAPACITY, rel=0.005)
    assert {row.method for row in rows} == {"film model"}


@pytest.mark.slow
def test_dengs_design_says_what_their_program_does() -> None:
    found = evaluate(design_from_mapping(mapping_of(DENG)), fidelity="film")
    (claim,) = found.published
    assert claim.verdict == "inside"
    assert claim.computed == pytest.approx(9.417, rel=0.0015)  # 0.5 s of 339


def test_a_short_pulse_meets_the_conductivity_alone() -> None:
    """61.5 ohm cm2 of Danilov's electrolyte, where its steady resistance is 184.4."""
    found = {
        model: run(danilov(model, FITTED), [Step("current", 10.0, seconds=5e-3)]).lost["electrolyte", what]
        for model, what in (("dc", "film"), ("dissociation", "salt"))
    }
    per_resistance = 10.0**2 * 5e-3 * 1e-4  # J/m² by an ohm cm2
    assert found["dc"] / per_resistance == pytest.approx(184.4, rel=1e-3)
    assert found["dissociation"] / per_resistance == pytest.approx(61.5, rel=0.03)
