"""Reading of the library's YAML files, with every fault at its file, line and column.

A name stands alone on an unindented line, so `index_entries` finds the names without parsing YAML; the
text under a name is parsed when that material is asked for.  A command pays for the few it uses.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from tfgeom.errors import DesignError, Issue, MaterialError
from tfgeom.materials.schema import (
    MaterialEntry,
    SourcedDissociation,
    SourcedOpenCircuit,
    SourcedVoltageWindow,
)
from tfgeom.materials.stated import SourcedExchange

Positions = dict[str, tuple[int, int]]

_NAME_LINE = re.compile(r"^([^\s#:'\"\[\]{}&*!|>%@`,-][^\s:]*):\s*(?:#.*)?$")
_ALIASES_LINE = re.compile(r"^\s+aliases:\s*\[([^\]]*)\]\s*(?:#.*)?$", re.MULTILINE)
_KNOWN_KEYS = (
    *MaterialEntry.model_fields,
    *SourcedExchange.model_fields,
    *SourcedOpenCircuit.model_fields,
    *SourcedVoltageWindow.model_fields,
    *SourcedDissociation.model_fields,
)


@dataclass(frozen=True, slots=True)
class EntryText:
    """Where a material stands: its file, the lines above it and its own lines."""

    name: str
    aliases: tuple[str, ...]
    file: Path
    lines_above: int
    text: str

    def blame(self, issues: Iterable[Issue]) -> DesignError:
        """Return the error of these issues at their lines of the file."""
        return MaterialError(list(issues)).located(str(self.file), _positions(self.text, self.lines_above))


def index_entries(folder: Path) -> dict[str, EntryText]:
    """Return where each material of a folder's YAML files stands, in the order of files and lines.

    Parameters
    ----------
    folder
        Holds ``*.yaml``, each a mapping from name to entry; a name stands alone on its line.

    Raises
    ------
    MaterialError
        If a line belongs to no entry, or a name or alias is taken twice.
    """
    entries: dict[str, EntryText] = {}
    taken: dict[str, str] = {}
    for file in sorted(folder.glob("*.yaml")):
        for entry in _split(file):
            for word in (entry.name, *entry.aliases):
                if word in taken:
                    message = f"the name '{word}' is already taken by '{taken[word]}'"
                    raise MaterialError([Issue(entry.name, message, entry.lines_above + 1, 1)], str(file))
                taken[word] = entry.name
            entries[entry.name] = entry
    return entries


def read_entry(place: EntryText) -> MaterialEntry:
    """Return the entry that stands at ``place``.

    Raises
    ------
    MaterialError
        With all its faults, each at its line and column.
    """
    given = _parse(place)
    try:
        entry = MaterialEntry.model_validate(given)
    except ValidationError as error:
        raise place.blame(
            Issue(".".join(map(str, (place.name, *fault["loc"]))), _in_plain_words(fault))
            for fault in error.errors()
        ) from error
    if entry.aliases != place.aliases:
        raise place.blame([Issue(f"{place.name}.aliases", "must stand on one line: aliases: [A, B]")])
    return entry


def _split(file: Path) -> Iterator[EntryText]:
    lines = file.read_text(encoding="utf-8").splitlines()
    starts: list[tuple[int, str]] = []
    for number, line in enumerate(lines):
        if not line.strip() or line[0] in " #":
            continue
        match = _NAME_LINE.match(line)
        if match is None:
            message = (
                f"must be a mapping from material names to entries, with 'name:' alone, not '{line:.60}'"
            )
            raise MaterialError([Issue("", message, number + 1, 1)], str(file))
        starts.append((number, match[1]))
    for (start, name), (end, _) in zip(starts, [*starts[1:], (len(lines), "")], strict=True):
        text = "\n".join(lines[start:end]) + "\n"
        match = _ALIASES_LINE.search(text)
        words = [word.strip().strip("'\"") for word in match[1].split(",")] if match else []
        yield EntryText(name, tuple(word for word in words if word), file, start, text)


def _parse(place: EntryText) -> Any:
    try:
        return YAML(typ="safe", pure=True).load(place.text)[place.name]
    except MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (place.lines_above + mark.line + 1, mark.column + 1) if mark else (None, None)
        raise MaterialError(
            [Issue("", f"not valid YAML: {error.problem}", line, column)], str(place.file)
        ) from error
    except YAMLError as error:
        raise MaterialError([Issue(place.name, f"not valid YAML: {error}")], str(place.file)) from error


def _in_plain_words(fault: Mapping[str, Any]) -> str:
    key = str(fault["loc"][-1]) if fault["loc"] else ""
    if fault["type"] == "missing":
        return f"'{key}' is missing; each value needs a unit, a source and a confidence"
    if fault["type"] == "extra_forbidden":
        nearest = get_close_matches(key, _KNOWN_KEYS, n=1)
        return f"unknown key '{key}'" + (f"; did you mean '{nearest[0]}'?" if nearest else "")
    message = str(fault["msg"]).removeprefix("Value error, ")
    return message if fault["type"] == "value_error" else f"{message}, not {fault['input']!r:.60}"


def _positions(text: str, lines_above: int) -> Positions:
    """Return line and column, from 1, of every key and list item by dotted path."""
    root = YAML(typ="safe", pure=True).compose(text)
    found = _walk(root, "") if root is not None else ()
    return {path: (lines_above + line, column) for path, (line, column) in found}


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
