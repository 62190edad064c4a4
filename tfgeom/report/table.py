"""What a table of the report is made of."""

from dataclasses import dataclass
from typing import NamedTuple


class TonedText(NamedTuple):
    """Text in a table with a tone: ``estimated``, ``good`` or ``bad``; the text says the same in words."""

    text: str
    tone: str = ""


Row = tuple[str | TonedText, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Head and rows; columns from ``numeric_from`` to ``numeric_to`` (exclusive) are aligned as numbers."""

    head: tuple[str, ...]
    rows: tuple[Row, ...]
    numeric_from: int = 1
    numeric_to: int = 99
