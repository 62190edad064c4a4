"""The colours of all pictures: one a film role, the same in every figure.

Okabe and Ito's set, which stays apart for colour-blind readers, with greys for what carries no lithium.
"""

from collections.abc import Iterable
from typing import Protocol

SUBSTRATE = "#d9d9d9"
LIQUID = "#e6f3fa"
INK = "#1a1a1a"
CELL = "#000000"
PLANE_SAME_FILMS = "#009e73"
PLANE_SAME_CAPACITY = "#cc79a7"
PLANE_BEST = "#0072b2"
DESIGNS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000")
"""Colours of the designs of a comparison."""

_INNER_COLLECTOR = "#595959"
_OUTER_COLLECTOR = "#a6a6a6"
_ROLES = {"cathode": "#0072b2", "electrolyte": "#f0e442", "anode": "#d55e00"}
PARTS = {
    "inner_collector": _INNER_COLLECTOR,
    "cathode": _ROLES["cathode"],
    "cathode_interface": "#56b4e9",
    "electrolyte": _ROLES["electrolyte"],
    "anode_interface": "#e69f00",
    "anode": _ROLES["anode"],
    "outer_collector": _OUTER_COLLECTOR,
}
"""Colour of each part of the resistance."""


class NamedFilm(Protocol):
    """A film as the palette sees it."""

    @property
    def name(self) -> str:
        """Name of the layer."""

    @property
    def role(self) -> str:
        """Role of the layer."""


def film_colours(films: Iterable[NamedFilm]) -> dict[str, str]:
    """Return each film's colour by name, from the substrate outwards; a role's further films are lighter."""
    colours: dict[str, str] = {}
    seen: dict[str, int] = {}
    past_electrode = False
    for film in films:
        past_electrode = past_electrode or film.role in _ROLES
        base = _ROLES.get(film.role, _OUTER_COLLECTOR if past_electrode else _INNER_COLLECTOR)
        colours[film.name] = _lighter(base, 0.3 * seen.get(base, 0))
        seen[base] = seen.get(base, 0) + 1
    return colours


def _lighter(colour: str, share: float) -> str:
    """Return ``colour`` mixed with white; ``share`` is the white's, at most 0.8."""
    share = min(share, 0.8)
    channels = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(channel + (255 - channel) * share):02x}" for channel in channels)
