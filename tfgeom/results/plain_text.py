"""Numbers as plain text, for terminals and the live page: four digits, units in ASCII."""

from tfgeom.results.declared import Form
from tfgeom.results.listing import Value


def plain_unit(unit: str) -> str:
    """Return a declared unit without signs of its powers and products: ohm*cm^2 becomes ohm cm2."""
    return unit.replace("^", "").replace("*", " ")


def plain_value(value: Value, form: Form = "number") -> str:
    """Return a value with four digits, a share in percent, an error with two; words as they are."""
    if value is None or isinstance(value, str):
        return value or ""
    if form == "share":
        return f"{value:.1%}"
    if form == "error":
        return f"{value:.1e}"
    text = f"{value:.4g}"
    return f"{float(text):.0f}" if 1e4 <= abs(value) < 1e6 else text
