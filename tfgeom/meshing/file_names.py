"""Names of bodies and regions as file formats can hold them, still telling apart what the design does."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator


def distinct_names(names: Iterable[str], allowed: Callable[[str], str]) -> tuple[str, ...]:
    """Return each name as ``allowed`` writes it; one that is taken already gets ``_2``, ``_3``, ...

    Parameters
    ----------
    names
        Names as the design gives them.
    allowed
        What makes a name fit the format: `one_line`, `one_word` or a stricter function.
    """
    found: dict[str, None] = {}  # a set that keeps the order
    for name in names:
        word = candidate = allowed(name)
        number = 1
        while candidate in found:
            number += 1
            candidate = f"{word}_{number}"
        found[candidate] = None
    return tuple(found)


def one_line(name: str) -> str:
    """Return ``name`` with runs of white space and control characters as one space; never empty.

    What is left may stand in XML and JSON once escaped.
    """
    visible = (" " if unicodedata.category(letter) in _UNSEEN else letter for letter in name)
    return " ".join("".join(visible).split()) or "unnamed"


def one_word(name: str) -> str:
    """Return ``name`` as one word of ASCII letters, digits and ``. _ + | -``, accents and subscripts flat."""
    plain = unicodedata.normalize("NFKD", one_line(name))
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[^A-Za-z0-9._+|-]+", "_", bare)


def instance_names(name: str, shape: tuple[int, ...]) -> Iterator[str]:
    """Yield the name of a body in each cell of an array, row by row: ``cathode 3,1`` in column 3, row 1."""
    rows, columns = shape
    return (f"{name} {column},{row}" for row in range(1, rows + 1) for column in range(1, columns + 1))


_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")  # controls, halves of characters, line separators
