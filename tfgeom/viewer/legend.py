"""The legend of a saved picture: the design's name, its films in their colours, what is not to scale."""

from collections.abc import Sequence

from tfgeom.numerals import number
from tfgeom.viewer.bodies import Body
from tfgeom.viewer.node_fields import UNITS, Fields
from tfgeom.viewer.scene import NEUTRAL
from tfgeom.viewer.view import View

Entry = tuple[str | None, str]
"""Colour (None for none) and words."""


def legend_entries(
    name: str, bodies: Sequence[Body], view: View, fields: Fields | None = None, notes: Sequence[str] = ()
) -> list[Entry]:
    """Return the legend of a design, from top to bottom.

    Parameters
    ----------
    name
        Of the design.
    bodies
        From the substrate outwards.
    view
        What is shown of them, and how.
    fields
        Values on the films, where the view shows a field.
    notes
        Said below, before what is not to scale.
    """
    entries: list[Entry] = [(None, name), (None, "")]
    field = view.field if fields is not None else None
    constant = fields.constant(field) if fields is not None and field is not None else {}
    for body in reversed(bodies):
        if body.name in view.hidden:
            continue
        if field is None:
            entries.append((body.colour, body.title))
        elif body.name in constant:
            unit = UNITS[field].split()[0]
            entries.append((NEUTRAL, f"{body.title} ({number(constant[body.name], 3)} {unit})"))
        else:
            entries.append((None if body.has_values else NEUTRAL, body.title))
    said = [*notes, *([f"Not to scale: {view.scale_note}."] if view.scale_note else [])]
    return [*entries, (None, ""), *((None, note) for note in said)]
