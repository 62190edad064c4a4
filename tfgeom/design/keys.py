"""Which keys the format knows at a place, and how their values are written: for remedies in messages."""

from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from tfgeom.design.schema import Design
from tfgeom.quantities import Quantity
from tfgeom.reliefs.synonyms import kind_of, ways_of_saying
from tfgeom.source import Location
from tfgeom.spelling.dimensions import DIMENSIONS

_TAGS = ("kind", "type")


def known_keys(mapping: Mapping[str, Any], location: Location) -> list[str] | None:
    """Return the keys that the section at ``location`` may have.

    None where any key may stand (names of materials) or nothing is known of the place.
    """
    models = models_at(mapping, location)
    return list(dict.fromkeys(key for model in models for key in model.model_fields)) or None


def keys_that_may_stand(mapping: Mapping[str, Any], location: Location) -> list[str] | None:
    """Return the keys that may stand in a section: those of the format, and what papers say instead."""
    keys = known_keys(mapping, location)
    section = mapping.get("relief")
    if not keys or not isinstance(section, Mapping) or location[:1] != ("relief",):
        return keys
    kind = kind_of(section.get("kind")) if len(location) == 1 else str(location[1])
    return [*keys, *(said for ways in ways_of_saying(kind).values() for said in ways)]


def example_of(mapping: Mapping[str, Any], location: Location, key: str) -> str | None:
    """Return a value that ``key`` could have, as text; None when it has no unit to show."""
    for model in models_at(mapping, location):
        field = model.model_fields.get(key)
        for metadata in field.metadata if field else ():
            if isinstance(metadata, Quantity):
                return DIMENSIONS[metadata.dimension].example
        if field and field.annotation is not None and getattr(field.annotation, "__name__", "") == "Width":
            return DIMENSIONS["length"].example
    return None


def models_at(mapping: Mapping[str, Any], location: Location) -> list[type[BaseModel]]:
    """Return the section types that fit the place and the tag (kind, type) written there."""
    models: list[type[BaseModel]] = [Design]
    node: Any = mapping
    open_keys = False  # inside a dict whose keys are free, such as materials
    for part in location:
        if isinstance(node, (Mapping, list)):
            try:
                node = node[part]  # type: ignore[index]
            except (KeyError, IndexError, TypeError):
                node = None
        if open_keys or isinstance(part, int):
            open_keys = False
            continue
        fields = [model.model_fields[part] for model in models if part in model.model_fields]
        open_keys = any(_is_dict(field.annotation) for field in fields)
        models = _tagged([model for field in fields for model in _sections(field)], node)
    return [] if open_keys else models


def _tagged(models: list[type[BaseModel]], node: Any) -> list[type[BaseModel]]:
    for tag in _TAGS:
        given = node.get(tag) if isinstance(node, Mapping) else None
        given = kind_of(given) if tag == "kind" and isinstance(given, str) else given
        told_apart = [model for model in models if tag in model.model_fields]
        fitting = [model for model in told_apart if given in get_args(model.model_fields[tag].annotation)]
        if given is not None and fitting:
            return fitting
    return models


def _is_dict(annotation: Any) -> bool:
    return get_origin(annotation) is dict


def _sections(field: FieldInfo) -> list[type[BaseModel]]:
    return list(_walk(field.annotation))


def _walk(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        return
    for inner in get_args(annotation):
        yield from _walk(inner)
