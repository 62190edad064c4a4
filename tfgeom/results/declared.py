"""How a result declares itself: what everything that shows numbers reads, so that nothing lists them again.

A field of a result carries `declare(...)` as its metadata.  The terminal, the live page, comparisons, sweeps,
the report's tables, the JSON Schema and `published` claims all go by it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import Field, dataclass, fields, is_dataclass
from enum import Flag, auto
from functools import cache
from typing import Any, Literal, get_args, get_origin

Form = Literal["number", "gain", "share", "error"]
"""How a value is printed: as it is, with ×, in percent, with two digits."""

Planes = Mapping[str, "str | float"]
"""Name of a plane to where its value stands in the same section, or what it is by definition."""


class Shown(Flag):
    """Where a number stands besides the JSON and the report's tables, which hold all."""

    NOWHERE = 0
    TERMINAL = auto()
    """`tfgeom evaluate`."""
    LIVE = auto()
    """The live page, beside the picture."""
    TABLE = auto()
    """The table of a comparison."""
    COMPARED = auto()
    """The JSON of a comparison."""
    SWEEP = auto()
    """The columns of a sweep that names none."""


HEADLINE = Shown.TERMINAL | Shown.LIVE | Shown.TABLE | Shown.COMPARED | Shown.SWEEP


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a field of a result is.

    Attributes
    ----------
    title
        What it is called wherever people read it; in a group of fields, what follows the group's title.
    meaning
        What it is, in words of the glossary.
    unit
        As a design file writes it; empty for words and pure numbers.
    form
        How it is printed.
    shown
        Where it stands; in a group, where both group and field say so.
    planes
        Its value for the planes.  A section that holds its planes' whole needs none.
    published
        The quantity of `published` that it answers.
    at_best
        Whether a missing constant makes it a bound.
    of_films
        Whether it says nothing of a relief without films.
    holds_plane
        The plane whose numbers the field holds; empty for any other field.
    """

    title: str
    meaning: str
    unit: str = ""
    form: Form = "number"
    shown: Shown = Shown.NOWHERE
    planes: Planes | None = None
    published: str = ""
    at_best: bool = False
    of_films: bool = False
    holds_plane: str = ""

    @property
    def heading(self) -> str:
        """Title and unit, as at the head of a column."""
        return f"{self.title}, {self.unit}" if self.unit else self.title


def declare(title: str, meaning: str, unit: str = "", **more: Any) -> dict[str, Declaration]:
    """Return the metadata of a field: its `Declaration`."""
    return {"declared": Declaration(title, meaning, unit, **more)}


def declaration(field: "Field[Any]") -> Declaration:
    """Return what a field declares; raise TypeError if it declares nothing."""
    found = field.metadata.get("declared")
    if not isinstance(found, Declaration):
        raise TypeError(f"result '{field.name}' lacks its declaration")
    return found


def key_of(name: str) -> str:
    """Return the JSON key of an attribute: its last underscore keeps it apart from a word of Python."""
    return name.removesuffix("_")


def declared_of(kind: type, key: str) -> Declaration:
    """Return what one field of a section declares."""
    return next(declaration(field) for field in fields(kind) if field.name == key)


@dataclass(frozen=True, slots=True)
class Number:
    """A declared number or word of a section, groups within it laid flat.

    Attributes
    ----------
    path
        Its keys from the section.
    declared
        What it is; title, unit and form of its group included.
    plane_paths
        Keys of its values for the planes that the section holds whole.
    """

    path: tuple[str, ...]
    declared: Declaration
    plane_paths: Mapping[str, tuple[str, ...]]

    @property
    def key(self) -> str:
        """Its dotted keys."""
        return ".".join(map(key_of, self.path))

    @property
    def planes(self) -> frozenset[str]:
        """Names of the planes that it stands beside."""
        return frozenset(self.plane_paths) | frozenset(self.declared.planes or ())

    @property
    def has_computed_plane(self) -> bool:
        """Whether the value of a plane is computed, not so by definition."""
        return bool(self.plane_paths) or any(
            isinstance(place, str) for place in (self.declared.planes or {}).values()
        )

    def of(self, section: Any) -> Any:
        """Return its value in a section; None where it, its group or the section is None."""
        return _follow(section, self.path)

    def of_plane(self, section: Any, plane: str) -> float | None:
        """Return the value of a plane; None where there is none, or no such plane stands beside it.

        What is so by definition stands beside a value only.
        """
        if plane in self.plane_paths:
            found = _follow(section, self.plane_paths[plane])
        else:
            place = (self.declared.planes or {}).get(plane)
            found = _follow(section, tuple(place.split("."))) if isinstance(place, str) else place
            found = None if self.of(section) is None else found
        return None if found is None else float(found)


@cache
def numbers_of(kind: type) -> tuple[Number, ...]:
    """Return the numbers and words that a section declares, in their order; planes' and lists left out."""
    held = {
        declared.holds_plane: (field.name, class_of(field.type))
        for field in fields(kind)
        if (declared := declaration(field)).holds_plane
    }
    found = []
    for path, declared in _leaves(kind):
        planes = {
            plane: (name, *path)
            for plane, (name, other) in held.items()
            if other is not None and path in {inner for inner, _ in _leaves(other)}
        }
        found.append(Number(path, declared, planes))
    return tuple(found)


def class_of(annotation: Any) -> type | None:
    """Return the section that a field holds, also if it may be None; None for any other field."""
    if _is_many(annotation):
        return None
    return next((one for one in (annotation, *get_args(annotation)) if _is_section(one)), None)


def _is_section(one: Any) -> bool:
    return isinstance(one, type) and is_dataclass(one)


def _leaves(kind: type) -> Iterator[tuple[tuple[str, ...], Declaration]]:
    for field in fields(kind):
        declared, inner = declaration(field), class_of(field.type)
        if declared.holds_plane or _is_many(field.type):
            continue
        if inner is None:
            yield (field.name,), declared
        else:
            for path, leaf in _leaves(inner):
                yield (field.name, *path), _in_group(declared, leaf)


def _is_many(annotation: Any) -> bool:
    return any(get_origin(one) in (tuple, dict) for one in (annotation, *get_args(annotation)))


def _in_group(group: Declaration, leaf: Declaration) -> Declaration:
    return Declaration(
        title=f"{group.title} {leaf.title}".strip(),
        meaning=f"{group.meaning}; {leaf.meaning}",
        unit=leaf.unit or group.unit,
        form=leaf.form if leaf.form != "number" else group.form,
        shown=group.shown & leaf.shown,
        at_best=group.at_best,
        of_films=group.of_films,
    )


def _follow(value: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        if value is None:
            return None
        value = getattr(value, key)
    return value
