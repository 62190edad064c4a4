"""A design in which every number is written out, to change one at a time."""

from typing import Any

from tests.kinds import FILMS, RELIEFS

OPERATION = {
    "voltage": {"min": "2.4 V", "max": "2.6 V"},
    "temperature": "25 degC",
    "c_rates": [1, 20],
    "footprint_currents": ["0.2 mA/cm^2"],
    "nominal_capacity": "20 uAh/cm^2",
    "initial_state_of_charge": 0.9,
}
INNER, CATHODE, ELECTROLYTE, ANODE, OUTER = FILMS
LAYERS: list[dict[str, Any]] = [
    INNER,
    {**CATHODE, "lithiation": 0.9, "step_coverage": 0.9},
    {**ELECTROLYTE, "interface_resistance": "1 ohm*cm^2"},
    {**ANODE, "lithiation": 0.05},
    OUTER,
]
MATERIALS = {
    "LiV2O5": {
        "density": "3.4 g/cm^3",
        "volumetric_capacity": "37 uAh/cm^2/um",
        "diffusivity": "2e-13 cm^2/s",
        "exchange_current": {"value": "4 A/m^2", "exponent": 0.4},
        "electronic_conductivity": "0.1 S/m",
    },
    "Li2PO2N": {
        "ionic_conductivity": "3e-7 S/cm",
        "activation_energy": "0.5 eV",
        "reference_temperature": "30 degC",
    },
    "Ru": {"resistivity": "20 uohm*cm"},
}


Relief = str | dict[str, Any]


def full_design(relief: Relief, **changes: Any) -> dict[str, Any]:
    """Return the mapping of a conformal cell on a relief (one of `RELIEFS` by its name), some sections replaced."""
    return {
        "schema_version": 1,
        "name": "x",
        "relief": RELIEFS[relief] if isinstance(relief, str) else relief,
        "substrate": {"material": "Si", "thickness": "500 um"},
        "layers": LAYERS,
        "cell": {"type": "conformal", "electrolyte_model": "ohmic"},
        "operation": OPERATION,
        "packaging": {"thickness": "10 um", "density": "2.5 g/cm^3"},
        "chip": {"width": "2 mm", "length": "1 mm", "border": "50 um"},
        "materials": MATERIALS,
        "published": [
            {"quantity": "area_gain", "value": 9, "confidence": "review", "source": "x", "tolerance": 0.05}
        ],
        **changes,
    }
