"""The JSON Schema of tables, files and BPX electrodes, which `tfgeom.materials.data_in` reads."""

from typing import Any

from tfgeom.spelling.grammar import NUMBER_AND_UNIT

_QUANTITY = {"type": "string", "pattern": NUMBER_AND_UNIT}
_NUMBERS = {"type": "array", "items": {"anyOf": [{"type": "number"}, _QUANTITY]}, "minItems": 2}
_COLUMN = {"anyOf": [{"type": "string", "minLength": 1}, {"type": "integer", "minimum": 1}]}
_TEXT = {"type": "string", "minLength": 1}
_SHARED = {
    "window": {
        "type": "array",
        "items": {"anyOf": [{"type": "number"}, _QUANTITY]},
        "minItems": 2,
        "maxItems": 2,
    },
    "smooth": {
        **_QUANTITY,
        "description": "how far the curve may pass from noisy points",
        "examples": ["5 mV"],
    },
    "scale": {"enum": ["percent", "fraction"], "description": "of x, where neither header nor list says it"},
    "source": _TEXT,
    "note": {"type": "string"},
}
_LISTS = {
    "x": {**_NUMBERS, "description": "filled fraction or stoichiometry"},
    "soc": {**_NUMBERS, "description": "state of charge, 100 % charged"},
    "V": {**_NUMBERS, "description": "potential against Li/Li+, V"},
    "mV": {**_NUMBERS, "description": "potential against Li/Li+, mV"},
    "potential": {**_NUMBERS, "description": "potential against Li/Li+, V"},
}
_COLUMNS = {
    "file": {**_TEXT, "description": "CSV file, from the folder of the design", "examples": ["ocv.csv"]},
    "x": {**_COLUMN, "description": "column of the filled fraction or stoichiometry"},
    "soc": {**_COLUMN, "description": "column of the state of charge"},
    "V": {**_COLUMN, "description": "column of the potential"},
    "mV": {**_COLUMN, "description": "column of the potential in mV"},
}
BPX: dict[str, Any] = {
    "bpx": {**_TEXT, "description": "BPX file, from the folder of the design", "examples": ["cell.json"]},
    "electrode": {"enum": ["positive", "negative"], "description": "electrode of the BPX file"},
    "particle": {**_TEXT, "description": "one of the particles of a blended electrode"},
}
"""Properties that name an electrode of a BPX file."""


def _section(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


CURVES_OF_DATA: list[dict[str, Any]] = [
    _section({"table": _section(_LISTS), **_SHARED}, "table"),
    _section({**_COLUMNS, **_SHARED}, "file"),
    _section({**BPX, **{key: _SHARED[key] for key in ("window", "source", "note")}}, "bpx", "electrode"),
]
"""Ways to give an open-circuit curve beside a form with its parameters."""


def file_of_table(symbol: str) -> dict[str, Any]:
    """Return the properties that name a file, and its columns, of a constant over the composition."""
    file = {"description": "CSV file of the table, from the folder of the design", "examples": ["d.csv"]}
    column = {**_COLUMN, "description": f"column of {symbol}"}
    return {"file": {**_TEXT, **file}, "x": _COLUMNS["x"], symbol: column}
