"""Reading of the library's YAML files, with every fault at its file, line and column.

A name stands alone on an unindented line, so `index_entries` finds the names without parsing YAML; the
text under a name is parsed when that material is asked for.  A command pays for the few it uses.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tfgeom.errors import DesignError, Issue, MaterialError
from tfgeom.materials.schema import (
    MaterialEntry,
    SourcedDissociation,
    SourcedOpenCircuit,
    SourcedTwoPhase,
    SourcedVoltageWindow,
)
from tfgeom.materials.stated import MORE_THAN_A_NUMBER, DiffusivityTable, ExchangeTable
from tfgeom.source import Origin, parse_source
from tfgeom.words import nearest

_NAME_LINE = re.compile(r"^([^\s#:'\"\[\]{}&*!|>%@`,-][^\s:]*):\s*(?:#.*)?$")
_ALIASES_LINE = re.compile(r"^\s+aliases:\s*\[([^\]]*)\]\s*(?:#.*)?$", re.MULTILINE)
_KNOWN_KEYS = (
    *MaterialEntry.model_fields,
    *(key for sourced, _ in MORE_THAN_A_NUMBER.values() for key in sourced.model_fields),
    *DiffusivityTable.model_fields,
    *ExchangeTable.model_fields,
    *SourcedOpenCircuit.model_fields,
    *SourcedVoltageWindow.model_fields,
    *SourcedDissociation.model_fields,
    *SourcedTwoPhase.model_fields,
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
        _, origin = _parse(self)
        return MaterialError(list(issues)).located(str(self.file), {**origin.positions, **origin.keys})


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
    given, _ = _parse(place)
    try:
        entry = MaterialEntry.model_validate(given[place.name])
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


def _parse(place: EntryText) -> tuple[dict[str, Any], Origin]:
    try:
        return parse_source(place.text, str(place.file), place.lines_above).without_issues()
    except DesignError as error:
        raise MaterialError(error.issues, error.file) from error


def _in_plain_words(fault: Mapping[str, Any]) -> str:
    key = str(fault["loc"][-1]) if fault["loc"] else ""
    if fault["type"] == "missing":
        return f"'{key}' is missing; each value needs a unit, a source and a confidence"
    if fault["type"] == "extra_forbidden":
        meant = nearest(key, _KNOWN_KEYS)
        return f"unknown key '{key}'" + (f"; did you mean '{meant}'?" if meant else "")
    if fault["type"] == "value_error":
        return str(fault["ctx"]["error"])
    return f"{fault['msg']}, not {fault['input']!r:.60}"
