"""Why points have no numbers, counted: reasons that differ in sizes only are one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_NUMBER = re.compile(r"[0-9][0-9.e+-]*")


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: its first wording, of which row that is (from 0), and how many rows have it."""

    text: str
    first: int
    count: int


def count_reasons(errors: Iterable[tuple[int, str]]) -> list[Reason]:
    """Return the reasons of rows, each a row's number and what it says; the most frequent first."""
    found: dict[str, Reason] = {}
    for row, text in errors:
        key = _NUMBER.sub("#", text)
        there = found.get(key, Reason(text, row, 0))
        found[key] = Reason(there.text, there.first, there.count + 1)
    return sorted(found.values(), key=lambda reason: -reason.count)
