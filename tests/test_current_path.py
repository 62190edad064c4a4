"""Barriers, interlayers, encapsulations, second electrolytes: what carries current, and to which part it counts."""

import math
from dataclasses import replace
from typing import Any

import pytest

from tests.full_design import Relief, full_design
from tests.kinds import FILMS, RELIEFS
from tests.solves import parts_of
from tests.stacks import PEARSE, layers, made_of, without
from tfgeom.constants import thermal_voltage
from tfgeom.design import design_from_mapping
from tfgeom.evaluation import evaluate
from tfgeom.films import FilmLayer, Stack, stack_films
from tfgeom.geometry.unit_cell import UnitCell
from tfgeom.reliefs.pillars import pillars
from tfgeom.reliefs.planar import planar
from tfgeom.results import Evaluation
from tfgeom.transport.circuit import film_circuit
from tfgeom.transport.series import series_resistance

PILLARS = pillars(2e-6, 4e-6, 20e-6, "square")
EXCHANGE = 5.0  # A/m², of both electrodes in the library


def film(role: str, thickness: float = 5e-9, material: str = "LiPON", name: str = "") -> FilmLayer:
    return layers(((role, name or role, material, thickness),))[0]


def with_film(new: FilmLayer, after: str, cell: UnitCell | None = None) -> Stack:
    """Return the Pearse films with one more, after the named one (or first of all)."""
    made = layers()
    place = 0 if not after else next(k for k, layer in enumerate(made) if layer.name == after) + 1
    return stack_films(cell or planar(), [*made[:place], new, *made[place:]])


def parts(stack: Stack) -> dict[str, float]:
    return parts_of(series_resistance(film_circuit(stack, 298.15, "ohmic")))


PLAIN = parts(stack_films(planar(), layers()))


def test_path_leaves_out_what_lies_outside_the_collectors() -> None:
    stack = with_film(film("barrier", name="below"), "")
    stack = stack_films(planar(), [*(one.layer for one in stack.films), film("encapsulation")])
    assert [one.layer.role for one in stack.current_path] == [row[0] for row in PEARSE]
    assert parts(stack) == pytest.approx(PLAIN, rel=1e-12)
    assert film_circuit(stack, 298.15, "ohmic").incomplete == ()


def test_path_without_collectors_runs_from_electrode_to_electrode() -> None:
    made = layers(PEARSE[1:4])
    stack = stack_films(planar(), [film("barrier"), *made, film("encapsulation")])
    assert [one.layer.name for one in stack.current_path] == ["cathode", "electrolyte", "anode"]


def test_a_collector_of_another_name_counts_by_its_place() -> None:
    made = layers()
    made[0], made[-1] = replace(made[0], name="bottom"), replace(made[-1], name="outer_metal")
    found = parts(stack_films(planar(), made))
    for part, layer in (("inner_collector", made[0]), ("outer_collector", made[-1])):
        resistivity = layer.material.value("resistivity")
        assert resistivity is not None
        assert found[part] == pytest.approx(layer.thickness * resistivity, rel=1e-9, abs=0)


@pytest.mark.parametrize(
    ("after", "part", "conductivity"),
    [
        ("inner_collector", "cathode", "electronic_conductivity"),
        ("cathode", "cathode_interface", "ionic_conductivity"),
        ("electrolyte", "anode_interface", "ionic_conductivity"),
        ("anode", "anode", "electronic_conductivity"),
    ],
)
def test_an_interlayer_conducts_and_counts_to_the_electrode_it_touches(
    after: str, part: str, conductivity: str
) -> None:
    known = {"ionic_conductivity": 2e-4, "electronic_conductivity": 3e-3}
    found = parts(with_film(made_of(film("interlayer"), **known), after))
    assert found[part] - PLAIN[part] == pytest.approx(5e-9 / known[conductivity], rel=1e-9)
    assert sum(found.values()) - sum(PLAIN.values()) == pytest.approx(5e-9 / known[conductivity], rel=1e-7)
    unknown = with_film(without(film("interlayer"), *known), after)
    assert film_circuit(unknown, 298.15, "ohmic").incomplete == (f"interlayer.{conductivity}",)
    assert parts(unknown) == pytest.approx(PLAIN, rel=1e-12)


def test_charge_transfer_stays_at_the_face_of_the_electrode() -> None:
    stack = with_film(film("interlayer"), "cathode", PILLARS)
    wires = film_circuit(stack, 298.15, "ohmic")
    charge = [face for face in wires.interfaces if face.charge_transfer]
    assert [(wires.films[face.inner].film.layer.name, face.part) for face in charge] == [
        ("cathode", "cathode_interface"),
        ("electrolyte", "anode_interface"),
    ]
    face, layer = stack.films[1].outer_area, stack.films[2]
    mean = (layer.inner_area + layer.outer_area) / 2
    sigma = layer.layer.material.value("ionic_conductivity")
    assert sigma is not None
    expected = thermal_voltage(298.15) / EXCHANGE / face + 5e-9 / sigma / mean
    assert parts(stack)["cathode_interface"] == pytest.approx(expected * PILLARS.footprint, rel=1e-5)


def test_a_second_electrolyte_adds_up_and_so_does_their_contact() -> None:
    second = replace(film("electrolyte", 30e-9, name="second"), interface_resistance=2e-3)
    found = parts(with_film(second, "electrolyte"))
    sigma = second.material.value("ionic_conductivity")
    assert sigma is not None
    assert found["electrolyte"] - PLAIN["electrolyte"] == pytest.approx(30e-9 / sigma + 2e-3, rel=1e-9)
    assert found["anode_interface"] == PLAIN["anode_interface"]


def test_halves_of_one_electrolyte_are_the_whole() -> None:
    made = layers()
    half = replace(made[2], thickness=25e-9)
    split = stack_films(PILLARS, [*made[:2], half, replace(half, name="second"), *made[3:]])
    assert parts(split) == pytest.approx(parts(stack_films(PILLARS, made)), rel=1e-9)


def test_a_filling_collector_is_reached_at_its_inner_face() -> None:
    made = layers()
    filling = [*made[:-1], replace(made[-1], fills=True)]
    found = parts(stack_films(PILLARS, filling))
    assert found["outer_collector"] == 0
    coated = parts(stack_films(PILLARS, made))
    assert {**coated, "outer_collector": 0.0} == pytest.approx(found, rel=1e-12)


def test_only_charge_transfer_is_left_of_an_interface() -> None:
    stack = with_film(film("interlayer"), "cathode", PILLARS)
    losses = series_resistance(film_circuit(stack, 298.15, "ohmic"))
    whole, kinetic = parts_of(losses), parts_of(losses.where(mechanism="charge_transfer"))
    transfer = thermal_voltage(298.15) / EXCHANGE * PILLARS.footprint / stack.films[1].outer_area
    assert kinetic["cathode_interface"] == pytest.approx(transfer, rel=1e-12)
    assert whole["cathode_interface"] > 1.01 * transfer  # the interlayer is counted there too
    assert kinetic["anode_interface"] == pytest.approx(whole["anode_interface"], rel=1e-12)
    assert sum(kinetic.values()) == kinetic["cathode_interface"] + kinetic["anode_interface"]


WINDOW = {"voltage": {"min": "0.5 V", "max": "3.5 V"}, "temperature": "25 degC", "c_rates": [300, 3000]}
GLUE = {"role": "interlayer", "material": "glue", "thickness": "5 nm"}


def evaluated(
    relief: Relief, *films: dict[str, Any], fidelity: str = "analytic", **changes: Any
) -> Evaluation:
    given = {"operation": WINDOW, "materials": {}, "published": [], **changes}
    return evaluate(design_from_mapping(full_design(relief, layers=list(films), **given)), fidelity)


def test_an_interlayer_slows_the_cell_as_the_same_contact_resistance_does() -> None:
    glue = {"glue": {"ionic_conductivity": "5e-9 S/cm", "density": "2 g/cm^3"}}  # 5 nm: 100 ohm cm²
    layered = evaluated("planar", *FILMS[:2], GLUE, *FILMS[2:], materials=glue)
    contact = {**FILMS[2], "interface_resistance": "100 ohm*cm^2"}
    touching = evaluated("planar", *FILMS[:2], contact, *FILMS[3:])
    plain = evaluated("planar", *FILMS)
    assert layered.rate is not None
    assert touching.rate is not None
    assert plain.rate is not None
    for one, other, free in zip(layered.rate, touching.rate, plain.rate, strict=True):
        assert one.energy_mWh_cm2 == pytest.approx(other.energy_mWh_cm2, rel=1e-9)
        assert one.energy_mWh_cm2 < 0.99 * free.energy_mWh_cm2
        # a plane is its own baseline, interlayer and all
        assert one.planar_same_films.at_c_rate.energy_mWh_cm2 == pytest.approx(one.energy_mWh_cm2, rel=1e-12)


def test_barrier_and_encapsulation_weigh_and_move_films() -> None:
    barrier = {"role": "barrier", "material": "TiN", "thickness": "30 nm"}
    cover = {"role": "encapsulation", "material": "TiN", "thickness": "1 um"}
    plain, covered = evaluated("holes", *FILMS), evaluated("holes", barrier, *FILMS, cover)
    assert plain.device is not None
    assert covered.device is not None
    assert plain.device.areal_mass_mg_cm2 is not None
    assert covered.device.areal_mass_mg_cm2 is not None
    names = {layer.name: layer for layer in covered.layers}
    grams = (names["barrier"].volume_um3 + names["encapsulation"].volume_um3) * 1e-12 * 5.4
    moved = covered.layers[2].volume_um3 / plain.layers[1].volume_um3
    assert moved < 1  # holes lose area to the barrier
    gained = covered.device.areal_mass_mg_cm2 - plain.device.areal_mass_mg_cm2
    assert gained == pytest.approx(grams * 1e3 / (covered.geometry.footprint_um2 * 1e-8), rel=0.02)
    assert covered.geometry.film_stack_nm == pytest.approx(plain.geometry.film_stack_nm + 1030)


def test_elements_agree_on_interlayers_and_two_electrolytes() -> None:
    second = {"role": "electrolyte", "material": "LiPON", "thickness": "20 nm", "name": "second"}
    glue = {"glue": {"ionic_conductivity": "2e-7 S/cm", "density": "2 g/cm^3"}}
    films = (*FILMS[:2], GLUE, FILMS[2], second, *FILMS[3:])
    tall = {**RELIEFS["pillars"], "height": "20 um"}
    solved, closed = (
        evaluated(tall, *films, materials=glue, fidelity=fidelity).resistance
        for fidelity in ("fem", "analytic")
    )
    assert solved is not None
    assert closed is not None
    assert solved.asr_ohm_cm2 > closed.asr_ohm_cm2
    assert solved.asr_by_part_ohm_cm2 == pytest.approx(closed.asr_by_part_ohm_cm2, rel=5e-3, abs=1e-4)
    assert solved.checks.reaction_imbalance is not None
    assert solved.checks.reaction_imbalance < 1e-8


FREE = [film for film in FILMS if film["role"] != "anode"]


def anode_free(relief: str, **changes: Any) -> Evaluation:
    cell = {"type": "conformal", "anode_free": True}
    return evaluated(relief, *FREE, cell=cell, **changes)


def test_anode_free_cell_is_one_with_lithium_metal() -> None:
    found = anode_free("pillars")
    assert found.capacity is not None
    assert found.resistance is not None
    assert found.energy is not None
    assert found.rate is not None
    assert found.capacity.anode_uAh_cm2 is None
    assert found.capacity.n_to_p_ratio is None
    assert found.capacity.limiting_electrode == "cathode"
    assert found.capacity.held_uAh_cm2 == found.capacity.cathode_uAh_cm2
    assert [layer.role for layer in found.layers] == [layer["role"] for layer in FREE]
    metal = {"role": "anode", "material": "Li", "thickness": "10 nm"}
    full = evaluated("pillars", *FREE[:3], metal, FREE[3])
    assert full.resistance is not None
    assert full.energy is not None
    assert full.rate is not None
    # the same electrolyte face, the same lithium
    assert found.resistance.asr_by_part_ohm_cm2["anode_interface"] == pytest.approx(
        full.resistance.asr_by_part_ohm_cm2["anode_interface"], rel=1e-12
    )
    assert found.energy.mean_voltage_V == pytest.approx(full.energy.mean_voltage_V, rel=1e-9)
    for one, other in zip(found.rate, full.rate, strict=True):
        assert one.capacity_uAh_cm2 == pytest.approx(other.capacity_uAh_cm2, rel=1e-6)
    assert any("plates 0.0" in note for note in found.notes)


def test_anode_free_heights_have_room_for_the_lithium_and_masses_count_it_once() -> None:
    found = anode_free("planar")
    assert found.device is not None
    assert found.device.height_um == pytest.approx(500 + 0.185 + 10 + 2.59e-3 * 4.85, rel=1e-7)
    flat = evaluated("planar", *FILMS)
    anode = next(layer for layer in flat.layers if layer.role == "anode")
    density = layers()[3].material.film_density
    assert flat.device is not None
    assert density is not None
    assert flat.device.areal_mass_mg_cm2 is not None
    assert found.device.areal_mass_mg_cm2 == pytest.approx(
        flat.device.areal_mass_mg_cm2 - anode.thickness_nm * 1e-9 * density * 100, rel=1e-9
    )


def test_anode_free_fem() -> None:
    solved, closed = anode_free("pillars", fidelity="fem").resistance, anode_free("pillars").resistance
    assert solved is not None
    assert closed is not None
    assert solved.asr_ohm_cm2 == pytest.approx(closed.asr_ohm_cm2, rel=5e-3)


def test_balanced_cell_states_what_was_solved() -> None:
    films = [*FILMS[:3], {**FILMS[3], "thickness": {"balance": 1.2}}, FILMS[4]]
    found = evaluated("holes", *films)
    assert found.capacity is not None
    assert found.capacity.n_to_p_ratio == pytest.approx(1.2, rel=1e-9)
    solved = next(layer for layer in found.layers if layer.name == "anode")
    assert any(
        f"'anode' solved for N/P 1.2: {solved.thickness_nm:.4g} nm thick" in note for note in found.notes
    )
    stated = evaluated(
        "holes", *FILMS[:3], {**FILMS[3], "thickness": f"{solved.thickness_nm!r} nm"}, FILMS[4]
    )
    assert stated.capacity is not None
    assert found.capacity.planar_uAh_cm2 == pytest.approx(stated.capacity.planar_uAh_cm2, rel=1e-9)
    assert found.rate_summary is not None
    assert stated.rate_summary is not None
    assert math.isclose(
        found.rate_summary.planar_same_films.current_at_80pct_mA_cm2 or 0,
        stated.rate_summary.planar_same_films.current_at_80pct_mA_cm2 or 1,
        rel_tol=1e-6,
    )


def test_gap_after_swelling_or_the_reason_why_not() -> None:
    known = {"LiV2O5": {"expansion": 0.0}, "SnNx": {"expansion": 2.0}}
    found = evaluated("holes", *FILMS, materials=known)
    assert found.geometry.gap_after_coating_nm is not None
    assert found.geometry.gap_after_swelling_nm == pytest.approx(found.geometry.gap_after_coating_nm - 40)
    assert not any("gap_after_swelling" in note for note in found.notes)
    mine = {"mine": {"volumetric_capacity": "37 uAh/cm^2/um", "lithiation": 1}}
    unknown = evaluated("holes", FILMS[0], {**FILMS[1], "material": "mine"}, *FILMS[2:], materials=mine)
    assert unknown.geometry.gap_after_swelling_nm is None
    assert any(
        note.startswith("gap_after_swelling_nm is null: ") and "expansion of cathode" in note
        for note in unknown.notes
    )
