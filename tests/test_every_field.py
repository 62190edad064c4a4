"""Every field of a design matters: change it, and something of the evaluation moves.

The fields are those of the sections that a design may hold, none left out: one that no design here says, or that
changes nothing, fails.  Numbers are changed by a percent and must move a number; words and materials are changed
for another that may stand there, which moves a number or is refused; text must reach the reader.
"""

import copy
import json
from collections.abc import Iterator
from functools import cache
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

from tests.full_design import LAYERS, OPERATION, full_design
from tests.kinds import RELIEFS
from tests.kinds import design as kind_of_design
from tests.random_designs import materials_for
from tfgeom.design import Design, design_from_mapping
from tfgeom.design.paths import walk
from tfgeom.errors import DesignError
from tfgeom.evaluation import evaluate
from tfgeom.materials.library import load_library
from tfgeom.report import render_report
from tfgeom.units import split_quantity

Place = tuple[Any, ...]
Mapping = dict[str, Any]
Field = tuple[str, str]

EXACT = {"value": "2e-13 cm^2/s", "low": "1e-13 cm^2/s", "high": "3e-13 cm^2/s", "source": "a paper", "note": "a remark", "confidence": "fitted", "activation_energy": {"value": "0.4 eV", "source": "a second paper"}}  # fmt: skip
CATHODE: Mapping = {
    "density": {"value": "3.4 g/cm^3", "low": "3.3 g/cm^3", "high": "3.5 g/cm^3", "source": "a third paper", "note": "a word", "confidence": "fitted"},
    "film_fraction": 0.9,
    "volumetric_capacity": {"value": "37 uAh/cm^2/um", "low": "36 uAh/cm^2/um", "high": "38 uAh/cm^2/um", "source": "a ninth paper", "note": "a measure", "confidence": "fitted"},
    "host_capacity": "49.5 uAh/cm^2/um",
    "diffusivity": EXACT,
    "exchange_current": {"value": "4 A/m^2", "low": "3 A/m^2", "high": "5 A/m^2", "exponent": 0.4, "form": "occupancy", "source": "a fourth paper", "note": "a sign", "confidence": "fitted", "activation_energy": "0.3 eV"},
    "electronic_conductivity": {"value": "0.1 S/m", "low": "0.01 S/m", "high": "1 S/m", "source": "a fifth paper", "note": "a hint", "confidence": "fitted", "activation_energy": "0.1 eV"},
    "expansion": 0.1,
    "initial_efficiency": 0.95,
    "lithiation": 0.9,
    "reference_temperature": "20 degC",
    "open_circuit": {"form": "linear", "parameters": {"intercept": 3.6, "slope": -0.8}, "window": [0.02, 0.98], "source": "a sixth paper", "note": "a curve"},
}  # fmt: skip
WARM = {
    **OPERATION,
    "voltage": {"min": "2.3 V", "max": "2.5 V"},
    "initial_state_of_charge": 0.99,
    "temperature": "60 degC",
}
CLAIMS = [
    {"quantity": "area_gain", "value": 9, "confidence": "review", "source": "an eighth paper", "tolerance": 0.05, "note": "seen"},
    {"quantity": "footprint_capacity", "value": "20 uAh/cm^2", "c_rate": 3, "confidence": "user", "source": "mine", "tolerance": 0.05},
]  # fmt: skip
MORE_LAYERS = [
    {"role": "barrier", "material": "TiN", "thickness": "30 nm"},
    *LAYERS[:2],
    {"role": "interlayer", "material": "LiPON", "thickness": "5 nm", "interface_resistance": "1 ohm*cm^2"},
    LAYERS[2],
    {"role": "electrolyte", "material": "LiPON", "thickness": "20 nm", "name": "second"},
    {"role": "anode", "material": "SnNx", "thickness": {"balance": 1.2}, "lithiation": 0.05},
    LAYERS[4],
    {"role": "encapsulation", "material": "TiN", "fill": {"above_top": "2 um"}},
]
DISSOCIATION = {"k_r": "9e-7 m^3/mol/s", "delta": 0.18, "D_plus": "9e-12 cm^2/s", "D_minus": "5e-11 cm^2/s", "total_lithium": "6e4 mol/m^3"}  # fmt: skip

TABLE = {"form": "pchip", "parameters": {"x": [0.05, 0.8, 1.6], "potential": [3.6, 3.1, 2.4]}, "window": [0.1, 1.0], "scale": "fraction", "departure": "2 mV"}  # fmt: skip


ROOMY = {**OPERATION, "voltage": {"min": "2.3 V", "max": "2.6 V"}}
OF_A_FILE = ("time", "current", "power", "average")
"""Of a load: how its file is read, which is done before the design stands (`tests/test_traces.py`)."""


@cache
def designs() -> dict[str, Mapping]:
    """Return designs that say every field between them, by name."""
    written_out = full_design(
        "holes",
        source="a book",
        operation=WARM,
        materials={**full_design("holes")["materials"], "LiV2O5": CATHODE, "SnNx": {"expansion": 2.5}},
        layers=[LAYERS[0], {k: v for k, v in LAYERS[1].items() if k != "lithiation"}, *LAYERS[2:]],
        published=CLAIMS,
        chosen={"relief.pitch": "a guess"},
    )
    knots = {**LAYERS[1], "step_coverage": [["5 um", 0.9], ["9 um", 0.8]]}
    weak = kind_of_design("pillars", "dc electrolyte")
    liquid = kind_of_design("pillars", "flooded, salt")
    liquid["cell"] = {**liquid["cell"], "counter": "Li"}
    found = {
        "written out": written_out,
        "knots": full_design("holes", layers=[LAYERS[0], knots, *LAYERS[2:]]),
        "more layers": full_design("pillars", layers=MORE_LAYERS),
        "bipolar": kind_of_design("pillars", "bipolar"),
        "weak": weak | {"materials": {"Li3PO4-Danilov2011": {"dissociation": DISSOCIATION}}},
        "anode-free": kind_of_design("pillars", "anode-free"),
        "best plane": full_design("holes", operation={**OPERATION, "c_rates": [1e-3]}, baseline={"thickest_film": "2 um"}),
        "flooded": liquid | {"materials": {"LiPF6-EC-EMC": {"ionic_conductivity": "1 S/m", "diffusivity": "2e-6 cm^2/s", "transference_number": 0.3, "salt_concentration": "1 mol/L"}, "Li": {"exchange_current": "4 A/m^2"}}},
        "contact inside": full_design("holes", operation={**OPERATION, "contact": {"inner": "auto", "outer": "ideal"}}),
        "contact outside": full_design("holes", operation={**OPERATION, "contact": {"inner": "ideal", "outer": "auto"}}),
        "table": full_design("holes", materials={"LiV2O5": {"open_circuit": TABLE}}),
        "over the composition": full_design("holes", materials={"LiV2O5": {"diffusivity": {"table": {"x": [0.01, 1.0], "D": ["1e-13 cm^2/s", "2e-14 cm^2/s"]}}, "exchange_current": {"table": {"x": [0.01, 1.0], "i0": ["2 A/m^2", "6 A/m^2"]}}}}),
        "per formula": full_design("holes", materials={"LiV2O5": {"volumetric_capacity": "1 Li per formula", "molar_mass": "188.8 g/mol", "density": "3.4 g/cm^3"}}),
        "chip": full_design("holes", chip={"width": "2 mm", "length": "1 mm", "contacts": [{"edge": "left", "collector": "inner"}, {"edge": "right", "collector": "outer"}]}),
    }  # fmt: skip
    loads = {
        "load": {"sleep": "1 uA/cm^2", "pulse": [{"current": "20 uA/cm^2", "duration": "50 s", "every": "200 s"}], "per": "footprint", "brown_out_voltage": "2.45 V"},
        "load of power": {"sleep": "1 uW/cm^2", "pulse": [{"power": "20 uW/cm^2", "duration": "40 s", "every": "300 s"}], "per": "footprint"},
        "load of a trace": {"trace": {"seconds": [20, 40], "current_uA_cm2": [3, 0.5]}, "per": "footprint", "repeat": False, "bypass_capacitor": "2000 uF/cm^2"},
    }  # fmt: skip
    found |= {name: full_design("planar", operation=ROOMY, load=load) for name, load in loads.items()}
    return found | {relief: full_design(said) for relief, said in reliefs().items()}


def reliefs() -> dict[str, Mapping]:
    """Return the reliefs of the list, with walls that lean and rims where they have any."""
    found = {}
    for relief, said in RELIEFS.items():
        walls = (
            {"sidewall_angle": "89 deg", "rim_radius": "50 nm"} if "wave" != said["kind"] != "planar" else {}
        )
        turned = {"rotation": "10 deg"} if said.get("cross_section", "circle") != "circle" else {}
        found[relief] = {**said, **walls, **turned}
    return found


ONLY: dict[str, Place] = {
    "load": ("load",),
    "load of power": ("load",),
    "load of a trace": ("load",),
    "knots": ("layers", 1, "step_coverage"),
    "contact inside": ("operation", "contact", "inner"),
    "contact outside": ("operation", "contact", "outer"),
    "chip": ("chip",),
    "best plane": ("baseline",),
    "table": ("materials", "LiV2O5", "open_circuit"),
    "per formula": ("materials", "LiV2O5"),
    "over the composition": ("materials", "LiV2O5"),
} | dict.fromkeys(RELIEFS, ("relief",))
"""Of designs that differ from the first in little: what."""


def cases() -> Iterator[Any]:
    for name, mapping in designs().items():
        only = ONLY.get(name, ())
        for place, value in walk(mapping):
            # the limits of the first design are such that each of them cuts
            again = name != "written out" and place[:2] == ("operation", "voltage")
            if not isinstance(value, dict | list) and place[: len(only)] == only and not again:
                yield pytest.param(name, place, id=f"{name}: {'.'.join(map(str, place))}")


def fields_on(mapping: Mapping, place: Place) -> list[Field]:
    """Return the fields, each with its section, on the way to a place and at it."""
    node: Any = design_from_mapping(mapping)
    found: list[Field] = []
    for key in place:
        if isinstance(node, BaseModel):
            found.append((type(node).__name__, str(key)))
            node = getattr(node, key)
        elif isinstance(node, dict | tuple):
            node = node[key]
    while isinstance(node, BaseModel):  # said in short
        name = next(iter(type(node).model_fields))
        found.append((type(node).__name__, name))
        node = getattr(node, name)
    return found


@cache
def all_fields() -> dict[Field, Any]:
    """Return the type of every field that a design may hold, in sections of sections too."""
    found: dict[Field, Any] = {}
    pending: list[Any] = [Design]
    while pending:
        one = pending.pop()
        if isinstance(one, type) and issubclass(one, BaseModel):
            for name, field in one.model_fields.items():
                if (one.__name__, name) not in found:
                    found[one.__name__, name] = field.annotation
                    pending.append(field.annotation)
        pending += get_args(one)
    return found


def words_of(annotation: Any) -> list[Any]:
    """Return the words, or true and false, that a field may say."""
    if annotation is bool:
        return [True, False]
    inner = [word for part in get_args(annotation) for word in words_of(part)]
    return list(get_args(annotation)) if get_origin(annotation) is Literal else inner


TEXT = {"name", "source", "note", "chosen"}
"""Fields that say something to the reader and to nobody else."""


def others(field: Field, value: Any, role: str) -> list[Any]:
    """Return what else a field may say: every other word, or one other value."""
    words = words_of(all_fields()[field])
    if len(words) > 1 and value in words:
        return [word for word in words if word != value]
    if field[1] in ("material", "electrolyte", "counter"):
        known = {"electrolyte": ("LiPON",), "counter": ("LiV2O5",)}.get(field[1], materials_for(role))
        return [name for name in known if name != load_library().find(value).name][:1]
    quantity = split_quantity(value) if isinstance(value, str) else None
    if quantity is not None:
        return [f"{quantity[0] * 1.01!r} {quantity[1]}"]
    if isinstance(value, str):
        return [f"{value} indeed"]
    return [value + 1 if isinstance(value, int) else value * 1.01]


def outcome(mapping: Mapping, *, may_be_refused: bool) -> str:
    """Return the evaluation as text; where words and materials are exchanged, the reason of a refusal."""
    try:
        found = evaluate(design_from_mapping(mapping)).to_dict()
    except DesignError as error:
        if not may_be_refused:
            raise
        return str(error)
    del found["design_sha256"]
    return json.dumps(found)


@cache
def as_it_is(name: str) -> str:
    return outcome(designs()[name], may_be_refused=False)


def at(mapping: Mapping, place: Place) -> Any:
    node: Any = mapping
    for key in place:
        node = node[key]
    return node


@pytest.mark.parametrize(("name", "place"), list(cases()))
def test_each_field_moves_something(name: str, place: Place) -> None:
    mapping = copy.deepcopy(designs()[name])
    field, parent, given = fields_on(mapping, place)[-1], at(mapping, place[:-1]), at(mapping, place)
    role = parent.get("role", "") if isinstance(parent, dict) else ""
    numeric = isinstance(given, float) or (isinstance(given, str) and split_quantity(given) is not None)
    if place in (("source",), ("chosen", "relief.pitch")):
        return  # the page has them: the last test
    moved = []
    for other in others(field, given, role):
        parent[place[-1]] = other
        found = outcome(mapping, may_be_refused=not numeric)
        moved.append((not found.startswith("{"), found != as_it_is(name)))
    computed = [differs for refused, differs in moved if not refused]
    assert moved
    assert any(computed) or not computed


LATER = {
    ("Operation", "protocol"): (("operation", "protocol"), [{"rest": "1 h"}], "operation.protocol is run by the film model"),
    ("MaterialOverride", "voltage_window"): (("materials", "LiV2O5", "voltage_window"), {"min": "2.5 V", "max": "3.5 V"}, "materials.LiV2O5.voltage_window is read and changes no number"),
}  # fmt: skip
"""What the file may say, and a reader is told that nothing comes of it: where, what, and the words."""


IN_TIME = {("MaterialOverride", "two_phase")}
"""What the film model alone reads: `tests/test_two_phase.py`."""


@pytest.mark.parametrize(("place", "value", "told"), LATER.values(), ids=[name for _, name in LATER])
def test_what_changes_nothing_is_told(place: Place, value: Any, told: str) -> None:
    mapping = copy.deepcopy(designs()["written out"])
    assert told not in outcome(mapping, may_be_refused=False)
    at(mapping, place[:-1])[place[-1]] = value
    assert told in outcome(mapping, may_be_refused=True)


def test_no_field_is_left_out() -> None:
    said = {field for name, mapping in designs().items() for place, _ in walk(mapping) for field in fields_on(mapping, place)}  # fmt: skip
    told = set(LATER) | {one for one in all_fields() if one[0] == "GivenVoltageWindow"}
    told |= {one for one in all_fields() if one in IN_TIME or one[0] == "GivenTwoPhase"}
    told |= {one for one in all_fields() if one[0] in ("ProtocolStep", "Until")}
    told |= {("Load", key) for key in OF_A_FILE}
    told.add(("Design", "tolerance"))  # moves the bands alone: `tests/test_bands_inputs.py`
    assert set(all_fields()) - said - told == set()
    assert told & said == set()


def test_the_page_has_every_text(tmp_path: Any) -> None:
    """Also those of which the numbers know nothing: where the design comes from, and why sizes are chosen."""
    mapping = designs()["written out"]
    page = render_report(design_from_mapping(mapping), tmp_path / "x.html", "analytic").read_text()
    texts = {
        value for place, value in walk(mapping) if TEXT & set(map(str, place)) and isinstance(value, str)
    }
    assert len(texts) > 15
    assert {text for text in texts if text not in page} == set()
