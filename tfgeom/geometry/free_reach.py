"""How much film a relief has room for, and what stops it."""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Reach:
    """The offset at which a uniform film would close the relief.

    Attributes
    ----------
    value
        Largest offset, m; infinite for a plane.
    limited_by
        bore, opening, neighbours, annulus, floor (the gap closes at the floor first), depth (the wall is
        buried), curvature (of a wave); None for a plane.
    """

    value: float
    limited_by: str | None


class Gap(NamedTuple):
    """A distance between facing walls at their top.

    Attributes
    ----------
    width
        m.
    name
        bore, opening, neighbours or annulus.
    """

    width: float
    name: str

    @property
    def place(self) -> str:
        """What it is in a sentence."""
        return _PLACES.get(self.name, f"the {self.name}")


_PLACES = {
    "neighbours": "the space between neighbours",
    "annulus": "the annulus between the tubes",
}


class Obstruction(NamedTuple):
    """What keeps a level surface from existing.

    Attributes
    ----------
    verb
        What the films do there: closes, buries, folds.
    place
        Where.
    available, taken
        Room there and what the films would take of it, m.
    """

    verb: str
    place: str
    available: float
    taken: float
