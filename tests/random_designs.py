"""Random valid designs, as the design file says them: every kind of relief and cell of `tests.kinds`, varied.

A design is a function of a seed alone, so what fails once fails again.  Sizes are drawn to fit one another; what
the films make of the lithium is left to chance, so a few designs are refused as impossible.
"""

import copy
import string
from functools import cache
from random import Random
from typing import Any, get_args

from hypothesis import strategies as st

from tests.kinds import CELLS, RELIEFS, WAFER
from tfgeom.design import design_from_mapping
from tfgeom.design.published import PUBLISHED_QUANTITIES, Confidence
from tfgeom.design.schema import CELL_SECTIONS
from tfgeom.design.tolerance_checks import sizes_of
from tfgeom.errors import DesignError
from tfgeom.geometry.protocol import Cell
from tfgeom.materials.constants import CONSTANTS
from tfgeom.materials.library import Material, load_library
from tfgeom.reliefs import RELIEFS as RELIEF_KINDS
from tfgeom.reliefs import build_cell
from tfgeom.spelling.dimensions import DIMENSIONS
from tfgeom.units import NM, UM, parse_quantity

Mapping = dict[str, Any]
_LETTERS = string.ascii_letters + string.digits + string.punctuation + "äéßµΩ°–日本🔋 "
_ELECTRODES = ("cathode", "anode")
_WEIGHTS = {"cathode": 1.0, "anode": 0.5, "electrolyte": 1.0}
"""Usual thicknesses beside one another; other films are thin."""


def random_design(seed: int) -> Mapping:
    """Return the plain mapping of a design that the format allows, and mostly physics too."""
    rng = Random(seed)
    cell = rng.choice(list(CELLS))
    relief, made = _relief(rng)
    design: Mapping = {"schema_version": 1, "name": words(rng), "relief": relief}
    design |= copy.deepcopy(CELLS[cell])
    if rng.random() < 0.3:
        design["source"] = words(rng)
    wafer = max(500 * UM, 1.5 * made.height)
    if rng.random() < 0.7 or "bipolar_plate" in design:
        design["substrate"] = {**WAFER, "thickness": length(rng, wafer)}
    else:
        design.pop("substrate", None)
    if not design.get("layers"):
        return design
    _lay(rng, design, made)
    _operate(rng, design, made)
    if "bipolar_plate" in design:
        design["bipolar_plate"]["thickness"] = length(rng, max(30 * UM, 1.5 * made.height))
    if rng.random() < 0.5:
        design["packaging"] = {"thickness": length(rng, 10 * UM), "density": f"{rng.uniform(1, 5)!r} g/cm^3"}
    if rng.random() < 0.4:
        design["chip"] = {
            "width": length(rng, 2e-3),
            "length": length(rng, 2e-3),
            "border": length(rng, 5e-5),
        }
    if rng.random() < 0.3:
        design["published"] = [_claim(rng) for _ in range(rng.randint(1, 3))]
    if rng.random() < 0.4:
        design["materials"] = _override(rng, design)
    if rng.random() < 0.3:
        design["chosen"] = {"layers.1.thickness": words(rng), "relief.kind": words(rng)}
    if rng.random() < 0.2:
        sizes = [
            path for path in sizes_of(design) if path.rpartition(".")[2] in ("thickness", "pitch", "depth")
        ]
        design["tolerance"] = {
            path: rng.choice([f"{rng.uniform(0, 30)!r} %", f"{rng.uniform(0, 1e-4)!r} nm"])
            for path in rng.sample(sizes, min(len(sizes), 2))
        }
    return design


def designs() -> st.SearchStrategy[Mapping]:
    """Return the strategy of random designs."""
    return st.integers(0, 2**48).map(random_design)


def words(rng: Random) -> str:
    """Return printable text with a letter in it."""
    return rng.choice(string.ascii_letters) + "".join(rng.choices(_LETTERS, k=rng.randrange(30)))


def about(rng: Random, value: float, factor: float = 3.0) -> float:
    """Return a value at most so many times larger or smaller."""
    return value * float(factor ** rng.uniform(-1, 1))


def length(rng: Random, metres: float, factor: float = 1.5) -> str:
    """Return a length of about that size, in one of the units it may be said in."""
    unit, scale = rng.choice([("nm", 1e-9), ("um", 1e-6), ("mm", 1e-3), ("m", 1.0)])
    return f"{about(rng, metres, factor) / scale!r} {unit}"


def _relief(rng: Random) -> tuple[Mapping, Cell]:
    """Return a relief of the list, scaled as a whole and in each size, and the cell it makes."""
    for attempt in range(30):
        said = copy.deepcopy(RELIEFS[rng.choice(list(RELIEFS))])
        section = RELIEF_KINDS[said["kind"]].section.model_fields
        scale, spread = about(rng, 1.0, 10.0), 1.3 if attempt < 20 else 1.01
        _vary(rng, said, scale, spread)
        sizes = [parse_quantity(value, "length") for value in said.values() if _is_length(value)]
        if "sidewall_angle" in section and rng.random() < 0.4:
            said["sidewall_angle"] = f"{rng.choice([rng.uniform(75, 95), rng.uniform(85, 92)])!r} deg"
        if "rim_radius" in section and rng.random() < 0.4:
            said["rim_radius"] = length(rng, 0.1 * min(sizes), 3.0)
        if said.get("cross_section", "circle") != "circle" and rng.random() < 0.3:
            said["rotation"] = f"{rng.uniform(0, 60)!r} deg"
        try:
            return said, build_cell(
                design_from_mapping({"schema_version": 1, "name": "x", "relief": said}).relief
            )
        except DesignError:
            continue
    raise RuntimeError("no relief of the list can be varied")


def _is_length(value: object) -> bool:
    return isinstance(value, str) and value.split()[-1] in ("um", "nm")


def _vary(rng: Random, node: dict[Any, Any], scale: float, spread: float) -> None:
    for key, value in node.items():
        if isinstance(value, dict):
            _vary(rng, value, scale, spread)
        elif isinstance(value, list):
            both = dict(enumerate(value))
            _vary(rng, both, scale, spread)
            node[key] = list(both.values())
        elif _is_length(value):
            node[key] = f"{about(rng, parse_quantity(value, 'length') * scale / UM, spread)!r} um"


@cache
def materials_for(role: str, model: str = "ohmic") -> tuple[str, ...]:
    """Return the materials of the library that can be a film of a role."""

    def fits(material: Material) -> bool:
        stores = material.knows("volumetric_capacity")
        if role in _ELECTRODES:
            return stores and not material.is_lithium_metal
        if role in ("electrolyte", "interlayer"):
            weak = any(key.startswith("dissociation") for key in material.properties)
            liquid = material.knows("salt_concentration")
            return (
                material.knows("ionic_conductivity")
                and not liquid
                and (weak or model not in ("dc", "dissociation"))
            )
        return not stores and (material.knows("resistivity") or material.knows("electronic_conductivity"))

    return tuple(material.name for material in load_library() if fits(material))


def _middle(name: str) -> float:
    """Return the potential of a half filled electrode, V; that of lithium where its curve is not known."""
    curve = load_library().find(name).curve
    return 0.0 if curve is None else float(curve.potential(0.5))


def _as_made(film: Mapping) -> float:
    known = load_library().find(film["material"])
    stated = known.properties.get("lithiation")
    return 1.0 if known.is_lithium_metal or stated is None else stated.value


def _lay(rng: Random, design: Mapping, relief: Cell) -> None:
    """Give the films materials, thicknesses that fit the relief, and what else a film may say."""
    layers, cell = design["layers"], design["cell"]
    fresh = rng.random() < 0.7
    for film in layers:
        role = film["role"]
        if fresh and film["material"] != "Li":
            film["material"] = rng.choice(materials_for(role, cell.get("electrolyte_model", "")))
    pair = [film for film in layers if film["role"] in _ELECTRODES]
    if len(pair) == 2 and (_middle(pair[0]["material"]) < _middle(pair[1]["material"])) == (
        pair[0]["role"] == "cathode"
    ):
        pair[0]["material"], pair[1]["material"] = pair[1]["material"], pair[0]["material"]
    if all(_as_made(film) == 0 for film in pair):  # made without lithium, a cell holds none
        pair[0]["lithiation"] = 1
    if len(pair) == 2 and all(_as_made(film) == 1 for film in pair) and rng.random() < 0.9:
        pair[1]["lithiation"] = 0  # both full as made, none takes lithium: a few such are enough
    room = min(relief.reach.value, about(rng, 3 * UM, 10.0)) * rng.choice([0.1, 0.3, 0.6, 0.9])
    weights = [about(rng, _WEIGHTS.get(film["role"], 0.2)) for film in layers]
    for film, weight in zip(layers, weights, strict=True):
        metres = max(room * weight / sum(weights), 0.1 * NM)
        if "fill" in film:
            film["fill"] = {"above_top": length(rng, metres)}
        elif isinstance(film["thickness"], dict):
            film["thickness"] = {"balance": about(rng, 1.1, 2.0)}
        else:
            film["thickness"] = f"{metres / NM!r} nm"
            _embellish(rng, film, relief)
    layers[0].pop("interface_resistance", None)  # nothing crosses the face below
    if "separator" in cell:
        cell["separator"] = length(rng, 20 * UM, 10.0)


def _embellish(rng: Random, film: Mapping, relief: Cell) -> None:
    if rng.random() < 0.15:
        film["step_coverage"] = rng.choice([rng.uniform(0.3, 1), rng.uniform(0.9, 1.2)])
    elif rng.random() < 0.1 and relief.deepest > 0:
        depths = sorted(rng.uniform(0.05, 1) * relief.deepest for _ in range(rng.randint(1, 3)))
        film["step_coverage"] = [[f"{depth / UM!r} um", rng.uniform(0.4, 1.1)] for depth in depths]
    if rng.random() < 0.1:
        film["interface_resistance"] = rng.choice(["0 ohm*cm^2", f"{about(rng, 1, 100)!r} ohm*cm^2"])
    if film["role"] in _ELECTRODES and rng.random() < 0.1:
        film["lithiation"] = rng.choice([rng.random(), f"{100 * rng.random()!r} %"])
    if rng.random() < 0.1:
        film["name"] = f"my-{film['role']}-{rng.randrange(1000)}"


def _operate(rng: Random, design: Mapping, relief: Cell) -> None:
    """Give the cell voltage limits around what its curves reach, and currents."""
    in_series = design.get("cells_in_series", 1)
    low, high = _rest_voltages(design)
    span = max(high - low, 0.2)
    least = max(0.0, low + rng.choice([-0.3, 0.0, rng.uniform(-0.3, 0.4)]) * span)
    most = max(high + rng.choice([0.2, 0.0, rng.uniform(-0.3, 0.3)]) * span, least + 0.05)
    operation: Mapping = {
        "voltage": {"min": f"{in_series * least!r} V", "max": f"{in_series * most!r} V"},
        "temperature": rng.choice(
            ["25 degC", f"{rng.uniform(-40, 100)!r} degC", f"{rng.uniform(230, 390)!r} K"]
        ),
        "c_rates": [about(rng, 1, 1000) for _ in range(rng.randint(0, 4))],
    }
    if rng.random() < 0.3:
        operation["footprint_currents"] = [
            f"{about(rng, 0.1, 1000)!r} mA/cm^2" for _ in range(rng.randint(1, 3))
        ]
    if rng.random() < 0.15:
        operation["nominal_capacity"] = f"{about(rng, 20, 10)!r} uAh/cm^2"
    if rng.random() < 0.2:
        operation["initial_state_of_charge"] = rng.choice([1, 0.5, rng.random()])
    if rng.random() < 0.3 and not CELL_SECTIONS[design["cell"]["type"]].has_liquid:
        places = [
            "ideal",
            "auto",
            *relief.border_places,
            *(["both"] if len(relief.border_places) > 1 else []),
        ]
        operation["contact"] = rng.choice(
            ["auto", {"inner": rng.choice(places), "outer": rng.choice(places)}]
        )
    design["operation"] = operation


def _rest_voltages(design: Mapping) -> tuple[float, float]:
    """Return about the lowest and highest voltage of one cell at rest."""
    ends = {"cathode": (2.0, 4.0), "anode": (0.0, 0.0)}
    for film in design["layers"]:
        curve = load_library().find(film["material"]).curve if film["role"] in _ELECTRODES else None
        if curve is not None:
            full, empty = (float(curve.potential(filled)) for filled in (1.0, 0.0))
            ends[film["role"]] = (full, empty)
    if CELL_SECTIONS[design["cell"]["type"]].has_liquid:
        (role,) = (film["role"] for film in design["layers"] if film["role"] in _ELECTRODES)
        return ends[role]
    return ends["cathode"][0] - ends["anode"][1], ends["cathode"][1] - ends["anode"][0]


def _claim(rng: Random) -> Mapping:
    quantity, dimension = rng.choice(list(PUBLISHED_QUANTITIES.items()))
    number = about(rng, 5, 20)
    unit = None if dimension is None else DIMENSIONS[dimension].example.split(" ", 1)[1]
    claim: Mapping = {
        "quantity": quantity,
        "value": number if unit is None else f"{number!r} {unit}",
        "confidence": rng.choice(get_args(Confidence)),
        "source": words(rng),
    }
    if quantity == "capacity_retention" or rng.random() < 0.4:
        claim["c_rate"] = about(rng, 1, 10)
    if rng.random() < 0.4:
        claim["tolerance"] = "5 %"
    return claim


def _override(rng: Random, design: Mapping) -> dict[str, Mapping]:
    """Return constants of some films' materials near those of the library: a few, or all and the curve."""
    found: dict[str, Mapping] = {}
    for film in rng.sample(design["layers"], rng.randint(1, min(3, len(design["layers"])))):
        material = load_library().find(film["material"])
        known = [key for key in material.properties if key != "reference_temperature"]
        whole = rng.random() < 0.3
        stated: Mapping = {}
        for key in known if whole else rng.sample(known, min(len(known), 2)):
            group, _, inner = key.partition(".")
            number = _restated(rng, material, key, 1.1 if inner else 3.0)
            before = stated.get(group, {})
            if inner or before:  # beside a value its activation energy, in either order
                section = before if isinstance(before, dict) else {"value": before}
                stated[group] = section | {inner or "value": number}
            else:
                stated[key] = number
        if material.knows("reference_temperature"):
            stated["reference_temperature"] = f"{material.properties['reference_temperature'].value!r} K"
        if material.curve is not None and (whole or rng.random() < 0.2):
            stated["open_circuit"] = _curve(rng, material)
        if stated:
            found[material.name] = stated
    return found


def _restated(rng: Random, material: Material, key: str, factor: float) -> str | float:
    value, dimension = material.properties[key].value, CONSTANTS[key].dimension
    if dimension == "fraction":
        return float(value * rng.uniform(0.9, 1))
    unit, scale = next(iter(DIMENSIONS[dimension].display.items()))
    return f"{about(rng, value, factor) / float(scale)!r} {unit}"


def _curve(rng: Random, material: Material) -> Mapping:
    """Return the material's curve, or one of another form between its ends."""
    curve = material.curve
    assert curve is not None
    empty, full = (float(curve.potential(filled)) for filled in (0.0, 1.0))
    form = rng.choice(["same", "constant", "linear", "polynomial", "pchip", "steps"])
    parameters: Mapping = {
        "same": dict(curve.parameters),
        "constant": {"potential": (empty + full) / 2},
        "linear": {"intercept": empty, "slope": full - empty},
        "polynomial": {"coefficients": [empty, 0.0, full - empty]},
        "pchip": {"x": [0, 0.2, 0.9, 1], "potential": [empty, *sorted((rng.uniform(full, empty) for _ in range(2)), reverse=True), full]},
        "steps": {"potential": empty, "steps": [{"height": (empty - full) / 2, "position": rng.random(), "width": about(rng, 0.05)}], "nernst": about(rng, 1)},
    }[form]  # fmt: skip
    window = {"window": list(curve.window)} if form == "same" else {}
    return {"form": curve.form if form == "same" else form, "parameters": parameters, **window}
