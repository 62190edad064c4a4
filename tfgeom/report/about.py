"""What every page says of itself: when and how it was made, how to cite it, and what its words mean."""

import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from tfgeom import __version__
from tfgeom.errors import OutputError
from tfgeom.metrics.estimates import ESTIMATED, RANKS, trust_words
from tfgeom.report.table import Row, Table, TonedText
from tfgeom.results import Declaration

TITLE = "tfgeom: design of 3D thin-film lithium-ion microbatteries"
AUTHORS = "The tfgeom authors"
LICENSE = "MIT"
"""As in CITATION.cff, which is no part of the installed program."""

WORDS = {
    "footprint": "area of the wafer seen from above, which capacities, energies, resistances count on",
    "plane, same films": "the cell's own films laid flat: what the relief gains",
    "plane, same capacity": "a flat cell whose electrodes are thicker until it holds as much as the "
    "cell, with the same electrolyte and collectors: what the relief saves in rate",
    "at best": "a constant is missing and its loss is left out: the true figure may be worse",
    "not counted": "what the numbers leave out although a real device has it",
    "closed form, finite elements": "resistance from formulas, or from a solve on a mesh of the films",
    "conformal, flooded, anode-free, bipolar": "every layer is a film; a liquid fills the relief; no "
    "anode is laid and lithium plates; cells are stacked face to back",
    "half-cell": "one electrode against a counter electrode of lithium, whose room and mass are not counted",
}
"""Words of the pages that no number declares."""


@dataclass(frozen=True, slots=True)
class Making:
    """How a page was made.

    Attributes
    ----------
    day
        The date, as 2026-11-27.
    command
        What was typed; empty when a program made the page.
    """

    day: str
    command: str = ""

    @property
    def citation(self) -> str:
        """How to cite the program, in a line."""
        return f"{AUTHORS}, {TITLE}, version {__version__} ({LICENSE} licence), run on {self.day}"


def making(command: str = "") -> Making:
    """Return how a page is made now; ``SOURCE_DATE_EPOCH`` sets the day, for pages made again.

    Raises
    ------
    OutputError
        When that is no day of the calendar.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    try:
        day = datetime.fromtimestamp(int(epoch), UTC).date() if epoch.isdecimal() else date.today()
    except (ValueError, OverflowError, OSError) as error:
        message = f"SOURCE_DATE_EPOCH: {epoch} s after 1970 is no day of the calendar; unset it"
        raise OutputError(message) from error
    return Making(day.isoformat(), command)


def ranks_table(used: Iterable[str] = RANKS) -> Table:
    """Return what each rank of confidence means, those that are used, the most trusted first."""
    wanted = set(used)
    rows: list[Row] = [
        (trust_words(rank), TonedText(meaning, "estimated" if rank in ESTIMATED else ""))
        for rank, meaning in RANKS.items()
        if rank in wanted
    ]
    return Table(("how it is known", "what that means"), tuple(rows), 0, 0)


def terms_table(declared: Iterable[Declaration], without: Collection[str] = ()) -> Table:
    """Return what the words of a page mean: those that numbers declare, and `WORDS` but some."""
    rows = {one.title: one.meaning for one in declared if one.title}
    rows |= {word: meaning for word, meaning in WORDS.items() if word not in without}
    return Table(("word", "meaning"), tuple(sorted(rows.items())), 0, 0)
