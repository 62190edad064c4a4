"""The value of ``load.trace``: a file, read before the design is checked, or the steps themselves."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from tfgeom.loads.trace import MOST_STEPS, Trace, in_si, merged
from tfgeom.loads.trace_columns import unit_in_name

_EXAMPLE = "{seconds: [0.005, 9.995], current_uA: [50, 0.05]}"
_AS_LIST = 200
"""Steps that are written as lists; more stand as text, which a file may hold many of."""


class TraceValue:
    """Steps as lists of their lengths and of what each draws, the unit in its name."""

    def read(self, given: object) -> Trace:
        """Return the steps; raise ValueError with what is wrong and what would do."""
        if isinstance(given, Trace):
            return given
        if not isinstance(given, Mapping):
            raise ValueError(
                f"must be the name of a CSV file, or steps such as {_EXAMPLE}, not {given!r:.60}"
            )
        names = [key for key in given if key not in ("seconds", "source")]
        if "seconds" not in given or len(names) != 1:
            raise ValueError(f"needs the lengths of its steps and what each draws, such as {_EXAMPLE}")
        (name,) = names
        kind = str(name).partition("_")[0]
        unit = unit_in_name(str(name), kind) if kind in ("current", "power") else None
        if unit is None:
            raise ValueError(f"'{name:.40}' names no current or power with its unit, such as 'current_uA'")
        seconds, values = _numbers(given["seconds"], "seconds"), _numbers(given[name], str(name))
        if len(seconds) != len(values):
            raise ValueError(f"has {len(seconds)} lengths and {len(values)} draws; each step needs both")
        if not (seconds > 0).all():
            raise ValueError(f"has a step of {seconds.min():g} s; each must be longer than 0")
        return Trace(*merged(seconds, in_si(values, unit[0])), unit[1], str(given.get("source", "")))

    def write(self, value: Trace | None) -> dict[str, Any] | None:
        """Return the steps as the file spells them."""
        if value is None:
            return None
        found = value.to_mapping()
        if value.seconds.size <= _AS_LIST:
            return found
        return {key: one if isinstance(one, str) else " ".join(map(repr, one)) for key, one in found.items()}

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.read, serialization=core_schema.plain_serializer_function_ser_schema(self.write)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        numbers = {
            "anyOf": [{"type": "array", "items": {"type": "number"}, "minItems": 1}, {"type": "string"}]
        }
        steps = {
            "type": "object",
            "properties": {"seconds": numbers, "source": {"type": "string"}},
            "patternProperties": {"^(current|power)_": numbers},
            "required": ["seconds"],
            "additionalProperties": False,
        }
        return {"anyOf": [{"type": "string", "minLength": 1, "examples": ["node.csv"]}, steps]}


def _numbers(given: object, key: str) -> NDArray[np.float64]:
    listed: object = given.split() if isinstance(given, str) else given
    if not isinstance(listed, Sequence) or not 1 <= len(listed) <= MOST_STEPS:
        raise ValueError(f"'{key}' must be a list of 1 to {MOST_STEPS:,} numbers, not {given!r:.60}")
    try:
        found = np.array([_number(one) for one in listed])
    except ValueError as error:
        raise ValueError(f"'{key}': {error}") from None
    return found


def _number(given: object) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        raise ValueError(f"{given!r:.40} is no number")
    try:
        value = float(given)
    except ValueError:
        raise ValueError(f"'{given:.40}' is no number; the unit stands in the name of the list") from None
    if not np.isfinite(value):
        raise ValueError(f"{given!s:.40} is no finite number")
    return value


TraceField = Annotated[Trace | None, TraceValue()]
