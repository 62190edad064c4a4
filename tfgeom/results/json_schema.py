"""The JSON Schema of an evaluation's JSON, made of what its fields declare."""

import json
from collections.abc import Mapping
from dataclasses import fields
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from tfgeom.results.declared import class_of, declaration, key_of
from tfgeom.results.whole import Evaluation

_PLAIN = {float: "number", int: "integer", str: "string", bool: "boolean", NoneType: "null"}

Schema = dict[str, Any]


def results_json_schema() -> str:
    """Return the JSON Schema (draft 2020-12) of what ``tfgeom evaluate --json`` prints, as text.

    ``unit`` beside a number is its unit as a design file would write it.
    """
    sections: dict[str, Schema] = {}
    body = _section(Evaluation, sections)
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "tfgeom results",
        **body,
        "$defs": sections,
    }
    return json.dumps(schema, indent=2) + "\n"


def _section(kind: type, sections: dict[str, Schema]) -> Schema:
    shown = [one for one in fields(kind) if one.compare]  # the rest is no part of the JSON
    properties = {}
    for one in shown:
        declared = declaration(one)
        words = {"title": declared.title, "description": declared.meaning, "unit": declared.unit}
        properties[key_of(one.name)] = {key: text for key, text in words.items() if text} | _type(
            one.type, sections
        )
    return {
        "type": "object",
        "properties": properties,
        "required": [key_of(one.name) for one in shown],
        "additionalProperties": False,
    }


def _type(annotation: Any, sections: dict[str, Schema]) -> Schema:
    arguments = get_args(annotation)
    if annotation in _PLAIN:
        return {"type": _PLAIN[annotation]}
    if get_origin(annotation) in (UnionType, Union):
        if all(one in _PLAIN for one in arguments):
            return {"type": [_PLAIN[one] for one in arguments]}
        return {"anyOf": [_type(one, sections) for one in arguments]}
    if get_origin(annotation) is tuple:
        return {"type": "array", "items": _type(arguments[0], sections)}
    if get_origin(annotation) in (dict, Mapping):
        return {"type": "object", "additionalProperties": _type(arguments[1], sections)}
    kind = class_of(annotation)
    if kind is None:
        raise TypeError(f"a result of type {annotation} has no JSON Schema yet")
    if kind.__name__ not in sections:
        sections[kind.__name__] = {}  # its place, before what it holds
        sections[kind.__name__] = _section(kind, sections)
    return {"$ref": f"#/$defs/{kind.__name__}"}
