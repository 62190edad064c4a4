"""Read YAML strictly: plain values, the place of each, nothing that YAML can hide.

Designs, sweeps and the materials of the library are read here, from parser events, so that aliases, tags,
depth and size are refused before anything is built.  Scalars follow the YAML 1.2 core schema: ``1e-6`` is a
number, ``no`` is text.
"""

import contextlib
import math
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from tfgeom.characters import has_half_characters
from tfgeom.encodings import EncodingError, decoded
from tfgeom.errors import DesignError, Issue
from tfgeom.spelling.remedies import comma_readings, of_comma

MAX_BYTES = 1_000_000
STDIN = "<stdin>"
"""Name of what was read from standard input, which a file name ``-`` stands for."""
MAX_DEPTH = 20
MAX_VALUES = 20_000

_INTEGER = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_AFTER_COMMA = re.compile(r"[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?(?:\s*[^\s0-9].*)?")
_WORDS: dict[str, bool | float | None] = (
    dict.fromkeys(("", "~", "null", "Null", "NULL"))
    | dict.fromkeys(("true", "True", "TRUE"), True)
    | dict.fromkeys(("false", "False", "FALSE"), False)
    | dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf"))
    | dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf"))
    | dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan"))
)
_MAX_DIGITS = 300
_REMEDY = "check indentation, quotes, brackets and the space after each colon"
Location = tuple[str | int, ...]
"""Keys and list indexes that lead to a value."""

Place: TypeAlias = tuple[int, int]
"""Line and column, from 1."""

Start = ScalarEvent | MappingStartEvent | SequenceStartEvent
"""Events that begin a value."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a mapping came from.

    Attributes
    ----------
    file
        Name as the user gave it; None for a mapping made in Python.
    positions
        Dotted path (layers by name) to line and column, from 1: of the value where it is a scalar, of
        the key where it is a section.
    keys
        Dotted path to line and column of the key.
    text
        The text as it was read; empty for a mapping made in Python.
    """

    file: str | None = None
    positions: Mapping[str, Place] = field(default_factory=dict)
    keys: Mapping[str, Place] = field(default_factory=dict)
    text: str = field(default="", repr=False)

    @property
    def stem(self) -> str | None:
        """Name of the file without its suffix, for files made of it; None where there is no file."""
        return None if self.file in (None, STDIN) else Path(str(self.file)).stem


def dotted(location: Location) -> str:
    """Return the parts of a location joined by dots, list indexes as they are."""
    return ".".join(str(part) for part in location)


@dataclass(frozen=True, slots=True)
class Source:
    """A mapping with the place of everything in it.

    Attributes
    ----------
    file
        Name as the user gave it.
    root
        The mapping.
    values
        Place of each value where it is a scalar or stands in a list, of its key where it is a section.
    keys
        Place of each key.
    commas
        Where a number with a comma was read, and the whole text of it.
    text
        The text that was read.
    """

    file: str
    root: dict[str, Any]
    values: Mapping[Location, Place]
    keys: Mapping[Location, Place]
    commas: tuple[tuple[Location, str], ...]
    text: str

    def origin(self, named: Callable[[Location], str] = dotted) -> Origin:
        """Return the places by path; ``named`` writes a location as one."""
        return Origin(
            self.file,
            {named(location): place for location, place in self.values.items()},
            {named(location): place for location, place in self.keys.items()},
            self.text,
        )

    def issues(self, named: Callable[[Location], str] = dotted) -> list[Issue]:
        """Return one issue for each number with a comma in ``{...}``."""
        found = []
        for location, given in self.commas:
            readings = comma_readings(given)
            message = of_comma(given, readings or (given.replace(",", ".", 1),), quote="")
            found.append(Issue(named(location), message, *self.values[location]))
        return found

    def without_issues(self, named: Callable[[Location], str] = dotted) -> tuple[dict[str, Any], Origin]:
        """Return mapping and places, or raise DesignError with the issues."""
        issues = self.issues(named)
        if issues:
            raise DesignError(issues, self.file)
        return self.root, self.origin(named)


def read_source(path: str | Path) -> Source:
    """Return the mapping of a YAML file.

    Parameters
    ----------
    path
        File of at most 1 MB, or ``-`` for standard input: one document, one mapping, no anchors, aliases or
        tags.

    Raises
    ------
    DesignError
        If the file cannot be read or is not such a file.
    """
    file = STDIN if str(path) == "-" else str(path)
    return parse_source(text_of(path), file)


def parse_source(text: str, file: str, lines_above: int = 0) -> Source:
    """Return the mapping of YAML text that stands in ``file`` below so many lines.

    Raises
    ------
    DesignError
        As `read_source`.
    """
    tree = _Tree(file, lines_above)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            tree.take(event)
    except ReaderError as error:
        raise _refused(file, "is not a text file; a design is a YAML file in UTF-8") from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (lines_above + mark.line + 1, mark.column + 1) if mark else None
        words = " ".join(part for part in (error.context, error.problem) if part)
        raise _refused(file, f"not valid YAML: {' '.join(words.split())}; {_REMEDY}", place) from error
    except YAMLError as error:
        raise _refused(file, f"not valid YAML: {error}") from error
    if not tree.seen or tree.root is None:
        raise _refused(file, "is empty; 'tfgeom new pillars' prints a design to start from")
    if not isinstance(tree.root, dict):
        raise _refused(file, "must hold keys and values such as 'schema_version: 1', not a list or text")
    return Source(file, tree.root, tree.values, tree.keys, tuple(tree.commas), text)


def text_of(path: str | Path, called: str = "a design is a YAML file") -> str:
    """Return the text of a file of at most 1 MB in UTF-8, or of standard input for ``-``.

    Parameters
    ----------
    path
        The file.
    called
        What such a file is, for messages: "a design is a YAML file", "a curve is a CSV file".

    Raises
    ------
    DesignError
        If the file cannot be read, is larger, or is in another encoding, which is named with the line and
        column of the first byte that gives it away.
    """
    file = STDIN if str(path) == "-" else str(path)
    try:
        with _opened(Path(path), file) as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise _refused(file, "no such file; check the name and the folder") from error
    except IsADirectoryError as error:
        raise _refused(file, "is a folder; give the name of a file") from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise _refused(file, f"cannot be read: {reason}") from error
    if len(content) > MAX_BYTES:
        noun = "a design" if called.startswith("a design") else "it"
        raise _refused(file, f"is larger than {MAX_BYTES // 1_000_000} MB, the most {noun} may have")
    try:
        return decoded(content)
    except EncodingError as error:
        place = (error.line, error.column) if error.line and error.column else None
        why = f"; {error}" if str(error) else ""
        raise _refused(file, f"is not a text file; {called} in UTF-8{why}", place) from error


def _opened(path: Path, file: str) -> contextlib.AbstractContextManager[BinaryIO]:
    if file != STDIN:
        return path.open("rb")
    if sys.stdin is None:
        raise _refused(file, "standard input is closed; give the name of a file")
    return contextlib.nullcontext(sys.stdin.buffer)


def _refused(file: str, message: str, place: Place | None = None) -> DesignError:
    line, column = place or (None, None)
    return DesignError([Issue("", message, line, column)], file)


def resolve_scalar(text: str) -> str | int | float | bool | None:
    """Return what a plain scalar means in the YAML 1.2 core schema."""
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > _MAX_DIGITS:
        return text
    if _INTEGER.fullmatch(text):
        return within_floats(int(text))
    if _BASED.fullmatch(text):
        return within_floats(int(text, 0))
    return float(text) if _FLOAT.fullmatch(text) else text


def within_floats(number: int) -> int | float:
    """Return a whole number, or the infinity that stands for one that no float can hold."""
    if abs(number) <= sys.float_info.max:
        return number
    return math.inf if number > 0 else -math.inf


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not been read; ``key`` is the key waiting for its value."""

    container: dict[str, Any] | list[Any]
    location: Location
    key: str | None = None
    key_place: Place = (1, 1)
    last: tuple[str, str] | None = None
    """The key read last and the text of its value, when that was a plain whole number."""


class _Tree:
    """Builds plain values from events, without recursion; knows the place of each."""

    def __init__(self, file: str, lines_above: int) -> None:
        self.file = file
        self.lines_above = lines_above
        self.root: Any = None
        self.seen = False
        self._stack: list[_Open] = []
        self._count = 0
        self.values: dict[Location, Place] = {}
        self.keys: dict[Location, Place] = {}
        self.commas: list[tuple[Location, str]] = []

    def take(self, event: Event) -> None:
        """Take in the next event; raise DesignError where the file does what a design may not."""
        place = (self.lines_above + event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, DocumentStartEvent):
            if self.seen:
                raise _refused(self.file, "holds a second document ('---'); keep one design a file", place)
            if event.version or event.tags:
                raise _refused(self.file, "YAML directives ('%...') are not read; remove them", place)
        elif isinstance(event, AliasEvent):
            raise _refused(self.file, f"alias '*{event.anchor:.40}' is not read; write the value out", place)
        elif isinstance(event, (ScalarEvent, MappingStartEvent, SequenceStartEvent)):
            self._refuse_hidden(event, place)
            self._take_value(event, place)
        elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
            self._stack.pop()

    def _refuse_hidden(self, event: Start, place: Place) -> None:
        self.seen = True
        self._count += 1
        if isinstance(event, ScalarEvent) and has_half_characters(event.value):
            raise _refused(self.file, "holds half a character ('\\ud800' to '\\udfff'); remove it", place)
        if event.anchor:
            raise _refused(self.file, f"anchor '&{event.anchor:.40}' is not read; write values out", place)
        if event.tag is not None:
            raise _refused(self.file, f"tag '{event.tag!s:.40}' is not read; remove it", place)
        if self._count > MAX_VALUES:
            raise _refused(self.file, f"holds more than {MAX_VALUES} values, the most it may", place)
        if len(self._stack) >= MAX_DEPTH:
            raise _refused(self.file, f"is nested more than {MAX_DEPTH} levels deep", place)

    def _take_value(self, event: Start, place: Place) -> None:
        parent = self._stack[-1] if self._stack else None
        if parent is not None and isinstance(parent.container, dict) and parent.key is None:
            if not isinstance(event, ScalarEvent):
                raise _refused(self.file, "a key must be a word, not a list or mapping", place)
            parent.key, parent.key_place = event.value, place
            return
        value: Any
        if isinstance(event, ScalarEvent):
            plain = event.implicit[0]
            value = resolve_scalar(event.value) if plain else event.value
        else:
            value = {} if isinstance(event, MappingStartEvent) else []
        location = self._put(parent, event, value, place)
        if isinstance(value, (dict, list)):
            self._stack.append(_Open(value, location))

    def _put(self, parent: _Open | None, event: Start, value: Any, place: Place) -> Location:
        if parent is None:
            self.root = value
            return ()
        if isinstance(parent.container, list):
            location: Location = (*parent.location, len(parent.container))
            parent.container.append(value)
            self.values[location] = place
            return location
        key, parent.key = str(parent.key), None
        location = (*parent.location, key)
        if self._is_comma(parent, event, key) and parent.last is not None:
            before, digits = parent.last
            given = f"{digits},{key}"
            parent.container[before] = given
            if self.commas and self.commas[-1] == ((*parent.location, before), digits):
                self.commas.pop()  # one number with several commas: 12,345,678 nm
            self.commas.append(((*parent.location, before), given))
            parent.last = (before, given) if _INTEGER.fullmatch(key) else None
            return location
        if key in parent.container:
            first = self.keys[location][0]
            message = f"is given twice, first on line {first}; keep one"
            raise DesignError([Issue(dotted(location), message, *parent.key_place)], self.file)
        parent.container[key] = value
        self.keys[location] = parent.key_place
        self.values[location] = place if isinstance(event, ScalarEvent) else parent.key_place
        parent.last = None
        if isinstance(event, ScalarEvent) and event.implicit[0] and _INTEGER.fullmatch(event.value):
            parent.last = (key, event.value)
        return location

    @staticmethod
    def _is_comma(parent: _Open, event: Start, key: str) -> bool:
        """Return whether ``{a: 70,5 nm}`` was read, which YAML takes for ``{a: 70, "5 nm": }``."""
        empty = isinstance(event, ScalarEvent) and event.implicit[0] and event.value == ""
        return bool(empty and parent.last and _AFTER_COMMA.fullmatch(key))
