"""What pydantic found, in the words of the person who wrote the file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tfgeom.design.keys import example_of, keys_that_may_stand, known_keys, models_at
from tfgeom.design.paths import value_at
from tfgeom.reliefs.synonyms import keys_of_one_size, kind_of
from tfgeom.source import Location
from tfgeom.words import did_you_mean, nearest


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem at a location of the design, before it has a line and a name for its layer.

    Attributes
    ----------
    unsupported
        Whether the input is valid and only comes too early.
    at_key
        Whether the key itself is wrong rather than its value.
    """

    location: Location
    message: str
    unsupported: bool = False
    at_key: bool = False


def problems_of(error: ValidationError, mapping: Mapping[str, Any]) -> list[Problem]:
    """Return the problems of a validation error, places as in ``mapping`` (union tags left out)."""
    found: list[Problem] = []
    misspelt: set[Location] = set()
    details = error.errors(include_url=False)
    for detail in sorted(details, key=lambda detail: detail["type"] == "missing"):
        for problem in _reworded(detail, mapping):
            if problem.at_key:
                misspelt.add((*problem.location[:-1], _meant(problem.location, mapping)))
            if detail["type"] != "missing" or problem.location not in misspelt:
                found.append(problem)
    return list(dict.fromkeys(found))


def _reworded(details: ErrorDetails, mapping: Mapping[str, Any]) -> list[Problem]:
    kind, context = details["type"], details.get("ctx", {})
    location = _document_location(details["loc"], mapping, kind in ("missing", "extra_forbidden"))
    if kind == "issues":
        return [Problem((*location, key), message, later) for key, message, later in context["issues"]]
    if kind == "unsupported":
        return [Problem(location, details["msg"], unsupported=True)]
    if kind == "extra_forbidden":
        return [_unknown_key(location, mapping)]
    if kind == "missing":
        return _missing(location, mapping)
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return _wrong_tag(location, context, mapping)
    return [Problem(location, _message(details, context))]


def _document_location(loc: tuple[int | str, ...], mapping: Mapping[str, Any], names_key: bool) -> Location:
    location: Location = ()
    node: Any = mapping
    for index, part in enumerate(loc):
        inside = (isinstance(node, Mapping) and part in node) or (
            isinstance(node, list) and isinstance(part, int) and part < len(node)
        )
        if inside:
            location = (*location, part)
            node = node[part]
        elif names_key and index == len(loc) - 1:
            location = (*location, part)
    return location


def _unknown_key(location: Location, mapping: Mapping[str, Any]) -> Problem:
    word = str(location[-1])
    match = nearest(word, _free_keys(location, mapping, keys_that_may_stand))
    own = _free_keys(location, mapping, known_keys)
    remedy = f"did you mean '{match}'?" if match else did_you_mean(word, own)
    return Problem(location, f"unknown key; {remedy}", at_key=True)


def _meant(location: Location, mapping: Mapping[str, Any]) -> str:
    """Return the key of the format that an unknown one is a slip of; empty if there is none like it."""
    match = nearest(str(location[-1]), _free_keys(location, mapping, keys_that_may_stand)) or ""
    relief = mapping.get("relief")
    if location[0] != "relief" or not isinstance(relief, Mapping):
        return match
    return next(iter(keys_of_one_size(relief.get("kind"), match)), match)


def _free_keys(
    location: Location,
    mapping: Mapping[str, Any],
    keys: Callable[[Mapping[str, Any], Location], list[str] | None],
) -> list[str]:
    """Return the keys that the section of ``location`` may still be given."""
    section = value_at(mapping, location[:-1])
    return [key for key in keys(mapping, location[:-1]) or [] if key not in section]


def _missing(location: Location, mapping: Mapping[str, Any]) -> list[Problem]:
    key = str(location[-1])
    if location == ("schema_version",):
        return [Problem(location, "is missing; add 'schema_version: 1' at the top of the file")]
    example = example_of(mapping, location[:-1], key)
    remedy = f"; add it, for example '{key}: {example}'" if example else "; add it"
    return [Problem(location, f"is missing{remedy}")]


def _wrong_tag(location: Location, context: Mapping[str, Any], mapping: Mapping[str, Any]) -> list[Problem]:
    tag = str(context["discriminator"]).strip("'")
    section = value_at(mapping, location)
    if not isinstance(section, Mapping):
        return [Problem(location, f"must be a section with keys such as '{tag}', not {section!r:.60}")]
    expected = _tags(location, tag)
    if tag not in section:
        return [Problem((*location, tag), f"is missing; give one of {', '.join(expected)}")]
    given = str(section[tag])
    meant = kind_of("".join(filter(str.isalpha, given)).lower())  # Nanowires, nano-wires
    remedy = did_you_mean(meant if meant in expected else given, expected)
    return [Problem((*location, tag), f"'{given:.60}' is not known; {remedy}")]


def _tags(location: Location, tag: str) -> list[str]:
    """Return every kind of relief, or type of cell."""
    sections = models_at({}, location)
    return [get_args(section.model_fields[tag].annotation)[0] for section in sections]


def _message(details: ErrorDetails, context: Mapping[str, Any]) -> str:
    given = f"not {details['input']!r:.60}"
    match details["type"]:
        case "value_error":
            return str(context["error"])
        case "literal_error":
            allowed = [word.strip("' ") for word in str(context["expected"]).replace(" or ", ", ").split(",")]
            if isinstance(details["input"], str):
                return f"'{details['input']:.60}' is not known; {did_you_mean(details['input'], allowed)}"
            return f"must be {context['expected']}, {given}"
        case "model_type" | "dict_type" | "model_attributes_type":
            return f"must be a section with keys, {given}"
        case "tuple_type" | "list_type":
            return f"must be a list such as [a, b], {given}"
        case "bool_type":
            return f"must be true or false, {given}"
        case "int_type" | "int_from_float":
            return f"must be a whole number, {given}"
        case "string_type":
            return f"must be text, {given}"
        case "string_pattern_mismatch":
            return f"must be letters, digits, '_' and '-', first a letter, at most 60 of them; {given}"
        case "greater_than_equal":
            return f"must be {context['ge']} or more, {given}"
    return f"{details['msg'][:1].lower()}{details['msg'][1:]}, {given}"
