"""From a `Design` back to a file, and to the fingerprint that tells two designs apart."""

import hashlib
import io
import json
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from tfgeom.characters import visible
from tfgeom.design.paths import layer_names
from tfgeom.design.schema import Design
from tfgeom.reliefs.sections import SAID_LAST
from tfgeom.source import resolve_scalar

_FLOW_UP_TO = 4
"""Sections of plain values with at most this many keys stand on one line, as do layers."""
_WHOLE_UP_TO = 1e15
_SCHEMA_TITLE = "tfgeom design"


def dump_design(design: Design) -> str:
    """Return the YAML text that `load_design` reads back to an equal design.

    Keys stand in the order of the format; what equals its default is left out.  What the design was given in
    other words stands behind the value as a comment.
    """
    plain = design.model_dump(mode="json", exclude_defaults=True)
    plain = {key: value for key, value in plain.items() if value != {}}
    # what only some reliefs say comes after the kind and its sizes
    plain["relief"] = dict(sorted(plain["relief"].items(), key=lambda item: item[0] in SAID_LAST))
    layers = plain.get("layers", [])
    names = layer_names([{**layer, "name": None} for layer in layers])
    for layer, name in zip(layers, names, strict=True):
        if layer.get("name") == name:
            del layer["name"]
    yaml = YAML()
    yaml.width = 110
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.allow_unicode = True
    stream = io.StringIO()
    laid_out = _laid_out(plain, top=True)
    for path, said in design.said.items():
        _remark(laid_out, path, f"given as {said}")
    yaml.dump(laid_out, stream)
    return stream.getvalue()


def design_json_schema() -> str:
    """Return the JSON Schema of the design file, as text, for editors that complete and check."""
    body = Design.model_json_schema()
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **body, "title": _SCHEMA_TITLE}
    return json.dumps(schema, indent=2) + "\n"


def is_schema(path: Path) -> bool:
    """Return whether a file is the JSON Schema of this or another version, and may be replaced by it."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and content.get("title") == _SCHEMA_TITLE and "$defs" in content


def design_sha256(design: Design) -> str:
    """Return the SHA-256 of what the design says, in hexadecimal.

    Independent of the order of keys, comments, the spelling of units and defaults spelt out.
    """
    said = _numbers_alike(design.model_dump(mode="python"))
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _laid_out(value: Any, top: bool = False) -> Any:
    """Return ``value`` in ruamel's containers: short sections and lists of numbers on one line."""
    if isinstance(value, dict):
        section = CommentedMap({_text(key): _laid_out(inner) for key, inner in value.items()})
        plain = not any(isinstance(inner, (dict, list)) for inner in value.values())
        if not top and plain and (len(value) <= _FLOW_UP_TO or "role" in value):
            section.fa.set_flow_style()
        return section
    if isinstance(value, list):
        entries = CommentedSeq([_laid_out(inner) for inner in value])
        if not any(isinstance(inner, dict) for inner in value):
            entries.fa.set_flow_style()
        return entries
    if isinstance(value, float) and value.is_integer() and abs(value) < _WHOLE_UP_TO:
        return int(value)
    return _text(value) if isinstance(value, str) else value


def _remark(laid_out: CommentedMap, path: str, words: str) -> None:
    """Put a comment behind the value of a path, or of the section in braces that holds it."""
    *sections, key = path.split(".")
    section = laid_out
    for name in sections:
        section = section[name]
    section.fa.set_block_style()
    section.yaml_add_eol_comment(visible(words), key)


def _numbers_alike(value: Any) -> Any:
    """Return ``value`` with every number a float: 1 and 1.0 are the same in a design."""
    if isinstance(value, dict):
        return {key: _numbers_alike(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_numbers_alike(inner) for inner in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _text(text: str) -> str:
    """Quote text that our reader, stricter than ruamel's, would take for a number or a word of YAML.

    ruamel itself leaves a first ``?`` or ``:`` unquoted where its parser takes it for a mark of its own.
    """
    plain = isinstance(resolve_scalar(text), str) and "\n" not in text and not text.startswith(("?", ":"))
    return text if plain else DoubleQuotedScalarString(text)
