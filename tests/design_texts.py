"""A valid design to spoil, and random valid designs."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import strategies as st
from ruamel.yaml import YAML

from tfgeom.design import Design, load_design
from tfgeom.errors import DesignError

VALID = """\
schema_version: 1
name: Holes
relief:
  kind: holes
  lattice: hexagonal
  pitch: 6 um
  diameter: 3 um
  depth: 30 um
layers:
  - {role: current_collector, material: Ru, thickness: 40 nm}
  - {role: cathode, material: LiV2O5, thickness: 70 nm}
  - {role: electrolyte, material: Li2PO2N, thickness: 50 nm}
  - {role: anode, material: SnNx, thickness: 10 nm}
  - {role: current_collector, material: TiN, thickness: 25 nm}
cell: {type: conformal}
operation:
  voltage: {min: 0.5 V, max: 3.5 V}
  temperature: 25 degC
  c_rates: [0.1, 1, 10]
"""

FLOODED = """\
schema_version: 1
name: Pillars
relief: {kind: pillars, lattice: square, pitch: 4 um, diameter: 2 um, height: 50 um}
layers:
  - {role: current_collector, material: TiN, thickness: 20 nm}
  - {role: cathode, material: Cl-TiO2, thickness: 90 nm}
cell: {type: flooded, electrolyte: LiPF6-EC-EMC, separator: 20 um}
operation: {voltage: {min: 1 V, max: 3 V}, temperature: 25 degC}
"""

FILLED = """\
schema_version: 1
name: filled
relief: {kind: honeycomb, pitch: 6 um, wall: 1 um, depth: 4 um}
substrate: {material: Si, thickness: 20 um}
layers:
  - {role: current_collector, material: Ru, thickness: 40 nm}
  - {role: cathode, material: LiV2O5, thickness: 70 nm}
  - {role: electrolyte, material: Li2PO2N, thickness: 50 nm}
  - {role: anode, material: SnNx, fill: {above_top: 0.5 um}}
cell: {type: conformal}
operation: {voltage: {min: 0.5 V, max: 3.5 V}, temperature: 25 degC}
"""
BARE = "schema_version: 1\nname: bare\nrelief: {kind: trenches, pitch: 4 um, width: 2 um, depth: 3 um}\n"
WAFER = "substrate: {material: Si, thickness: 10 um}\n"
WALLS = (
    "schema_version: 1\nname: Walls\nrelief: {kind: honeycomb, pitch: 400 nm, wall: 16 nm, depth: 25 um}\n"
)
"""Geometry only; so is `BARE`, which is small."""

Spoil = tuple[str, str]


def errors_of(tmp_path: Path, text: str) -> list[str]:
    """Return the lines of the error, file name left out."""
    file = tmp_path / "design.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DesignError) as caught:
        load_design(file)
    assert caught.value.exit_code == 2
    return [line.removeprefix(f"{file}:").strip() for line in str(caught.value).splitlines()]


def spoilt(text: str, *changes: Spoil) -> str:
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


SHORT = spoilt(FLOODED, ("height: 50 um", "height: 5 um"), ("separator: 20 um", "separator: 2 um")) + WAFER
"""A flooded cell small enough to mesh."""


def design_of(text: str) -> Design:
    """Return the design of a text that is in no file any more."""
    with TemporaryDirectory() as folder:
        return designed(Path(folder), text, "design.yaml")


def designed(folder: Path, text: str, name: str = "cell.yaml") -> Design:
    """Return the design of a text, which stays in the folder as a file."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return load_design(file)


def mapping_in(text: str) -> dict[str, Any]:
    """Return the mapping that a text holds, unchecked."""
    found: dict[str, Any] = YAML(typ="safe").load(text)
    return found


def with_relief(relief: str, text: str = "") -> str:
    """Return a text, `VALID` where none is given, with another relief."""
    found, count = re.subn(r"relief:(\n(  .*\n)+| .*\n)", lambda _: f"relief: {relief}\n", text or VALID)
    assert count == 1
    return found


def place(text: str, at: str) -> str:
    """Return line and column, from 1, of the first ``at`` in ``text``."""
    before = text[: text.index(at)]
    return f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


FRACTIONS = st.floats(0, 1)
WORDS = st.text(min_size=1, max_size=40).filter(lambda text: text.isprintable() and text.strip() != "")


@st.composite
def lengths(draw: st.DrawFn, low: float = 1e-9, high: float = 1e-5) -> str:
    value = draw(st.floats(low, high))
    unit, scale = draw(st.sampled_from([("nm", 1e-9), ("um", 1e-6), ("mm", 1e-3), ("m", 1.0)]))
    return f"{value / scale!r} {unit}"


def quantities(low: float, high: float, unit: str) -> st.SearchStrategy[str]:
    return st.floats(low, high).map(lambda value: f"{value!r} {unit}")


def section(required: dict[str, Any], optional: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(required, optional=optional)


SMALL, LARGE = lengths(1e-6, 2e-6), lengths(5e-6, 9e-6)
WIDTHS = st.one_of(
    SMALL, st.fixed_dictionaries({"value": SMALL, "at": st.sampled_from(["top", "middle", "bottom"])})
)
LATTICES = st.sampled_from(["square", "hexagonal"])
RIMS = {"rim_radius": st.one_of(st.just("0 nm"), lengths(1e-9, 1e-7)), "sidewall_angle": st.just("90 deg")}
RELIEFS = st.one_of(
    st.just({"kind": "planar"}),
    section(
        {
            "kind": st.just("pillars"),
            "lattice": LATTICES,
            "pitch": LARGE,
            "diameter": WIDTHS,
            "height": LARGE,
        },
        RIMS | {"cross_section": st.just("circle"), "rotation": st.just("0 deg")},
    ),
    section(
        {"kind": st.just("holes"), "lattice": LATTICES, "pitch": LARGE, "diameter": WIDTHS, "depth": LARGE},
        RIMS | {"through": st.just(False)},
    ),
    section({"kind": st.just("trenches"), "pitch": LARGE, "width": WIDTHS, "depth": LARGE}, RIMS),
    section(
        {
            "kind": st.just("microtubes"),
            "lattice": LATTICES,
            "pitch": LARGE,
            "outer_diameter": WIDTHS,
            "wall": lengths(2.1e-7, 4e-7),
            "height": LARGE,
        },
        RIMS,
    ),
    section({"kind": st.just("honeycomb"), "pitch": LARGE, "wall": SMALL, "depth": LARGE}, RIMS),
)

EXTRAS: dict[str, Any] = {
    "step_coverage": st.floats(0.01, 2),
    "interface_resistance": st.one_of(st.just("0 ohm*cm^2"), quantities(1e-3, 1e3, "ohm*cm^2")),
    "lithiation": st.one_of(FRACTIONS, FRACTIONS.map(lambda x: f"{100 * x!r} %")),
}


def film(role: str, material: str) -> st.SearchStrategy[dict[str, Any]]:
    needed = {"role": st.just(role), "material": st.just(material), "thickness": lengths(1e-9, 1e-7)}
    return section(needed, EXTRAS | {"name": st.just(f"my-{role}-{material}")})


INNER, OUTER = film("current_collector", "Pt"), film("current_collector", "TiN")
OPERATION: dict[str, Any] = {
    "voltage": st.tuples(st.floats(-1, 2), st.floats(2.1, 5)).map(
        lambda pair: {"min": f"{pair[0]!r} V", "max": f"{pair[1]!r} V"}
    ),
    "temperature": st.one_of(quantities(-50, 100, "degC"), quantities(201, 399, "K")),
}
OPERATION_EXTRAS: dict[str, Any] = {
    "c_rates": st.lists(st.one_of(st.floats(1e-3, 1e3), st.integers(1, 100)), max_size=4),
    "footprint_currents": st.lists(quantities(1e-3, 10, "mA/cm^2"), max_size=3),
    "nominal_capacity": quantities(1, 1e3, "uAh/cm^2"),
    "initial_state_of_charge": FRACTIONS,
    "contact": st.sampled_from(["ideal", "auto", {"inner": "ideal", "outer": "auto"}]),
}
CLAIM = {"confidence": st.sampled_from(["primary", "memory", "user", "fitted"]), "source": WORDS}
CLAIM_EXTRAS = {"c_rate": st.floats(0.1, 10), "tolerance": st.just("5 %"), "note": WORDS}
CLAIMS = st.one_of(
    section({"quantity": st.just("area_gain"), "value": st.floats(1, 100)} | CLAIM, CLAIM_EXTRAS),
    section(
        {"quantity": st.just("footprint_capacity"), "value": quantities(1, 900, "uAh/cm^2")} | CLAIM,
        CLAIM_EXTRAS,
    ),
    section(
        {"quantity": st.just("volumetric_capacity"), "value": quantities(1, 900, "mAh/cm^3")} | CLAIM,
        CLAIM_EXTRAS,
    ),
    section(
        {"quantity": st.just("capacity_retention"), "value": FRACTIONS.map(lambda x: x or 1.0)}
        | CLAIM
        | {"c_rate": st.floats(0.1, 10)},
        {},
    ),
)
OVERRIDES = section(
    {},
    {
        "diffusivity": st.one_of(
            quantities(1e-15, 1e-9, "cm^2/s"),
            st.just(
                {"value": "2e-13 cm^2/s", "low": "1e-13 cm^2/s", "high": "3e-13 cm^2/s", "source": "a: b"}
            ),
        ),
        "density": quantities(1, 10, "g/cm^3"),
        "lithiation": FRACTIONS,
        "expansion": st.floats(0, 3),
    },
)


@st.composite
def designs(draw: st.DrawFn) -> dict[str, Any]:
    """Draw the plain mapping of a valid design."""
    design: dict[str, Any] = {"schema_version": 1, "name": draw(WORDS), "relief": draw(RELIEFS)}
    kind = draw(st.sampled_from(["geometry", "conformal", "flooded"]))
    if draw(st.booleans()):
        design["substrate"] = {"material": "Si", "thickness": "0.5 mm"}
    if draw(st.booleans()):
        design["source"] = draw(WORDS)
    if kind == "conformal":
        cathode, anode = film("cathode", "LiV2O5"), film("anode", "SnNx")
        ends = [cathode, anode] if draw(st.booleans()) else [anode, cathode]
        films = [INNER, ends[0], film("electrolyte", "LiPON"), ends[1], OUTER]
        design["layers"] = [draw(layer) for layer in films]
        design["cell"] = {"type": "conformal", "electrolyte_model": draw(st.sampled_from(["ohmic", "dc"]))}
        design["materials"] = {"LiV2O5": draw(OVERRIDES)}
        design["chosen"] = {"layers.1.thickness": draw(WORDS), "relief.kind": draw(WORDS)}
    elif kind == "flooded":
        design["layers"] = [draw(INNER), draw(film("cathode", "TiO2"))]
        design["cell"] = {"type": "flooded", "electrolyte": "LiPF6-EC-EMC", "separator": draw(LARGE)}
        if draw(st.booleans()):
            design["cell"]["electrolyte_model"] = draw(st.sampled_from(["ohmic", "salt"]))
    if kind != "geometry":
        design["layers"][0].pop("interface_resistance", None)  # nothing crosses the face below
        design["operation"] = draw(section(OPERATION, OPERATION_EXTRAS))
        design["packaging"] = {"thickness": draw(LARGE), "density": draw(quantities(1, 5, "g/cm^3"))}
        design["published"] = draw(st.lists(CLAIMS, max_size=3))
    return design
