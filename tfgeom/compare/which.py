"""The cells of a compared design: its own and its planes."""

from typing import Literal

Which = Literal["cell", "planar_same_films", "planar_same_capacity", "planar_best"]
WHICH: dict[Which, str] = {
    "cell": "",
    "planar_same_films": "plane, same films",
    "planar_same_capacity": "plane, same capacity",
}
"""What each cell that stands in the numbers is called; the design's own needs no words."""

AT_RATES: dict[Which, str] = WHICH | {"planar_best": "best plane"}
"""What each cell that is discharged is called: the best plane is another at each current."""


def at_rates(at: str) -> dict[Which, str]:
    """Return the cells that are discharged on an axis: a plane is best at a current, not at a C-rate."""
    return WHICH if at == "c_rate" else AT_RATES
