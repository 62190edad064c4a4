"""Reading of the library's YAML files, with every fault at its file, line and column."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from tfgeom.errors import Issue, MaterialError
from tfgeom.materials.schema import (
    DISSOCIATION_DIMENSIONS,
    MaterialEntry,
    SourcedOpenCircuit,
    SourcedVoltageWindow,
)
from tfgeom.materials.stated import SourcedExchange

Positions = dict[str, tuple[int, int]]

_KNOWN_KEYS = (
    *MaterialEntry.model_fields,
    *SourcedExchange.model_fields,
    *SourcedOpenCircuit.model_fields,
    *SourcedVoltageWindow.model_fields,
    *DISSOCIATION_DIMENSIONS,
)


def load_entries(folder: Path) -> dict[str, MaterialEntry]:
    """Return the entries of all YAML files of a folder, by name, in the order of files and lines.

    Parameters
    ----------
    folder
        Holds ``*.yaml``, each a mapping from name to entry.

    Raises
    ------
    MaterialError
        With all faults of the first file that has any; also when a name or alias is taken twice.
    """
    entries: dict[str, MaterialEntry] = {}
    taken: dict[str, str] = {}
    for file in sorted(folder.glob("*.yaml")):
        text = file.read_text(encoding="utf-8")
        found, issues = _read(text, file)
        for name, entry in found.items():
            for word in (name, *entry.aliases):
                if word in taken:
                    issues.append(Issue(name, f"the name '{word}' is already taken by '{taken[word]}'"))
                taken[word] = name
        if issues:
            raise MaterialError(issues).located(str(file), _positions(text))
        entries.update(found)
    return entries


def _read(text: str, file: Path) -> tuple[dict[str, MaterialEntry], list[Issue]]:
    entries: dict[str, MaterialEntry] = {}
    issues: list[Issue] = []
    for name, given in _parse(text, file).items():
        try:
            entries[name] = MaterialEntry.model_validate(given)
        except ValidationError as error:
            issues.extend(
                Issue(".".join(map(str, (name, *fault["loc"]))), _in_plain_words(fault))
                for fault in error.errors()
            )
    return entries, issues


def _parse(text: str, file: Path) -> Mapping[str, Any]:
    try:
        content = YAML(typ="safe", pure=True).load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        raise MaterialError(
            [Issue("", f"not valid YAML: {error.problem}", line, column)], str(file)
        ) from error
    except YAMLError as error:
        raise MaterialError([Issue("", f"not valid YAML: {error}")], str(file)) from error
    if not isinstance(content, dict) or not all(isinstance(name, str) for name in content):
        raise MaterialError([Issue("", "must be a mapping from material names to entries")], str(file))
    return content


def _in_plain_words(fault: Mapping[str, Any]) -> str:
    key = str(fault["loc"][-1]) if fault["loc"] else ""
    if fault["type"] == "missing":
        return f"'{key}' is missing; each value needs a unit, a source and a confidence"
    if fault["type"] == "extra_forbidden":
        nearest = get_close_matches(key, _KNOWN_KEYS, n=1)
        return f"unknown key '{key}'" + (f"; did you mean '{nearest[0]}'?" if nearest else "")
    message = str(fault["msg"]).removeprefix("Value error, ")
    return message if fault["type"] == "value_error" else f"{message}, not {fault['input']!r:.60}"


def _positions(text: str) -> Positions:
    """Return line and column, from 1, of every key and list item by dotted path."""
    root = YAML(typ="safe", pure=True).compose(text)
    return dict(_walk(root, "")) if root is not None else {}


def _walk(node: Node, path: str) -> Iterator[tuple[str, tuple[int, int]]]:
    children: list[tuple[str, Node, Node]] = []
    if isinstance(node, MappingNode):
        children = [(str(key.value), key, value) for key, value in node.value]
    elif isinstance(node, SequenceNode):
        children = [(str(index), value, value) for index, value in enumerate(node.value)]
    for word, place, value in children:
        below = f"{path}.{word}" if path else word
        yield below, (place.start_mark.line + 1, place.start_mark.column + 1)
        yield from _walk(value, below)
