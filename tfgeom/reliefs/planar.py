"""The flat substrate, the baseline of every other kind."""

from typing import Literal

from tfgeom.geometry.plan import Plan
from tfgeom.geometry.unit_cell import UnitCell
from tfgeom.reliefs.kind import ReliefKind
from tfgeom.reliefs.sections import Relief
from tfgeom.units import UM


class Planar(Relief):
    """The flat substrate, the baseline of every other kind."""

    kind: Literal["planar"]


def planar() -> UnitCell:
    """Return the flat cell, 1 um x 1 um."""
    return UnitCell("planar", Plan(UM**2))


def _build(relief: Planar) -> UnitCell:
    return planar()


KIND = ReliefKind(
    section=Planar,
    build=_build,
    article="a flat substrate",
    template="""\
kind: planar              # a flat substrate: the baseline of all other kinds
""",
)
