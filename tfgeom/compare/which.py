"""The three cells of a compared design: its own and its two planes."""

from typing import Literal

Which = Literal["cell", "planar_same_films", "planar_same_capacity"]
WHICH: dict[Which, str] = {
    "cell": "",
    "planar_same_films": "plane, same films",
    "planar_same_capacity": "plane, same capacity",
}
"""What each is called; the design's own cell needs no words."""
