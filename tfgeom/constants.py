"""Physical constants (exact since the SI of 2019) and the reference temperature of the material tables."""

FARADAY = 96485.33212331001
"""Faraday constant, C/mol."""

GAS_CONSTANT = 8.31446261815324
"""Molar gas constant, J/(mol K)."""

REFERENCE_TEMPERATURE = 298.15
"""Temperature of a material value that states none, K."""


def thermal_voltage(temperature: float) -> float:
    """Return R T / F in V at ``temperature`` in K."""
    return GAS_CONSTANT * temperature / FARADAY
