"""Random valid designs, as the design file says them."""

from functools import partial
from typing import Any

from hypothesis import strategies as st

from tests.kinds import further, stretched

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
RELIEFS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "planar": section({}, {}),
    "pillars": section(
        {
            "lattice": LATTICES,
            "pitch": LARGE,
            "diameter": WIDTHS,
            "height": LARGE,
        },
        RIMS | {"cross_section": st.just("circle"), "rotation": st.just("0 deg")},
    ),
    "holes": section(
        {"lattice": LATTICES, "pitch": LARGE, "diameter": WIDTHS, "depth": LARGE},
        RIMS | {"through": st.just(False)},
    ),
    "trenches": section({"pitch": LARGE, "width": WIDTHS, "depth": LARGE}, RIMS),
    "microtubes": section(
        {
            "lattice": LATTICES,
            "pitch": LARGE,
            "outer_diameter": WIDTHS,
            "wall": lengths(2.1e-7, 4e-7),
            "height": LARGE,
        },
        RIMS,
    ),
    "honeycomb": section({"pitch": LARGE, "wall": SMALL, "depth": LARGE}, RIMS),
    "wave": section({"amplitude": lengths(1e-7, 2e-6), "period": LARGE}, {}),
}
RELIEFS |= {
    kind: st.floats(0.5, 2).map(partial(stretched, relief)) for kind, relief in further(RELIEFS).items()
}


@st.composite
def reliefs(draw: st.DrawFn) -> dict[str, Any]:
    """Draw the relief of a valid design."""
    kind = draw(st.sampled_from(list(RELIEFS)))
    return {"kind": kind, **draw(RELIEFS[kind])}


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
    design: dict[str, Any] = {"schema_version": 1, "name": draw(WORDS), "relief": draw(reliefs())}
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
