"""Numbers of films and materials: the same in every file of a design.

A layer's number is its place in the stack, counted from 1 at the substrate, which is 0 itself.  What is no
layer of the design has the place after the last one: the liquid of a flooded cell, or the lithium that an
anode-free cell plates.  Materials are counted in the order in which the stack first needs them; the
substrate's is 0 too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tfgeom.films import FilmLayer
from tfgeom.meshing.file_names import distinct_names

SUBSTRATE = 0
"""Number of the substrate, and of its material."""
LIQUID = "liquid"
"""Name of what fills a flooded cell above its films."""


@dataclass(frozen=True, slots=True)
class Region:
    """What a number stands for."""

    number: int
    name: str
    role: str
    material: str
    material_number: int

    def to_dict(self) -> dict[str, Any]:
        """Return the entry of a description beside a file."""
        return {
            "number": self.number,
            "name": self.name,
            "role": self.role,
            "material": self.material,
            "material_number": self.material_number,
        }


@dataclass(frozen=True, slots=True)
class Legend:
    """All regions of a design, from the substrate outwards, whatever of them a file holds."""

    regions: tuple[Region, ...]

    @property
    def materials(self) -> dict[str, int]:
        """Number of each material by name."""
        return {region.material: region.material_number for region in self.regions}

    def of(self, number: int) -> Region:
        """Return the region of a number; KeyError where there is none."""
        return {region.number: region for region in self.regions}[number]

    def named(self, name: str) -> Region:
        """Return the region of a name; KeyError where there is none."""
        return {region.name: region for region in self.regions}[name]


def film_legend(
    layers: Sequence[FilmLayer],
    *,
    substrate: str | None = None,
    beyond: tuple[str, str, str] | None = None,
) -> Legend:
    """Return the numbers of films from the substrate outwards.

    Parameters
    ----------
    layers
        The layers of the design, as made.
    substrate
        Its material; None without one.
    beyond
        Name, role and material of what is no layer; its name gives way to a layer's.
    """
    named = [(layer.name, layer.role, layer.material.name) for layer in layers]
    if beyond is not None:
        named.append(beyond)
    numbers = {} if substrate is None else {substrate: SUBSTRATE}
    for _, _, material in named:
        numbers.setdefault(material, len(numbers) + (substrate is None))
    entries = list(enumerate(named, start=1))
    if substrate is not None:
        entries.append((SUBSTRATE, ("substrate", "substrate", substrate)))
    names = distinct_names((name for _, (name, _, _) in entries), str)
    found = [
        Region(number, name, role, material, numbers[material])
        for name, (number, (_, role, material)) in zip(names, entries, strict=True)
    ]
    return Legend(tuple(sorted(found, key=lambda region: region.number)))
