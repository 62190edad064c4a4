"""The kinds of relief: one module each, and the table that joins them.

A kind is declared once, as the `KIND` of its module: its section of the design file, the builder of its cell,
its words and its template.  Other packages add kinds by entry points of the group ``tfgeom.reliefs``, each
naming such a `ReliefKind`.
"""

from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Annotated, Any, Union

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from tfgeom.geometry.protocol import Cell
from tfgeom.reliefs import holes, honeycomb, microtubes, pillars, planar, trenches, wave
from tfgeom.reliefs.existence import require_existence
from tfgeom.reliefs.kind import ReliefKind
from tfgeom.reliefs.sections import Relief

_OWN = (planar, pillars, holes, trenches, microtubes, honeycomb, wave)
LATER_KINDS = ("pattern", "freeform", "pyramids", "interdigitated")
"""Kinds that the file format knows and this version does not."""


def _table() -> dict[str, ReliefKind]:
    """Return the kinds by name; raise ValueError when two have the same one."""
    found: dict[str, ReliefKind] = {}
    others = [entry.load() for entry in entry_points(group="tfgeom.reliefs")]
    for kind in (*(module.KIND for module in _OWN), *others):
        if kind.name in found:
            raise ValueError(f"two packages declare the relief '{kind.name}'")
        found[kind.name] = kind
    return found


RELIEFS = _table()
"""The kinds of relief by the word that ``kind`` says."""
KINDS = tuple(RELIEFS)
"""Their names."""


def _refuse_later(given: Any) -> Any:
    kind = given.get("kind") if isinstance(given, dict) else None
    if kind in LATER_KINDS:
        issue = ("kind", f"not yet supported: kind {kind}", True)
        raise PydanticCustomError("issues", "relief", {"issues": [issue]})
    return given


if TYPE_CHECKING:
    ReliefField = Relief
else:
    ReliefField = Annotated[
        Annotated[
            Union[tuple(kind.section for kind in RELIEFS.values())],  # noqa: UP007
            Field(discriminator="kind", description="Shape of the substrate."),
        ],
        BeforeValidator(_refuse_later),
    ]
    """A relief as a field of the design, told apart by ``kind``."""


def build_cell(relief: Relief) -> Cell:
    """Return the unit cell of a relief.

    Raises
    ------
    DesignError
        When its walls or sections meet, its material vanishes, or its rims leave no wall.
    """
    return require_existence(relief, RELIEFS[relief.kind].build)
