"""What the live page shows, as values: the view that its controls ask for, its sizes, its messages."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Self

from tfgeom.design import Design
from tfgeom.errors import DesignError, OutputError
from tfgeom.numerals import layer_title
from tfgeom.viewer.bodies import Body
from tfgeom.viewer.parameters import Parameter, design_parameters
from tfgeom.viewer.view import Cut, View

CONTROLS: dict[str, Any] = {
    "visible": [],
    "is_cut": True,
    "cut_direction": "y",
    "cut_position": 0.5,
    "explode": 0.0,
    "thicker": 0.0,
    "taller": 0.0,
    "columns": "1",
    "rows": "1",
    "field": "",
    "is_common": True,
    "at_time": 0.5,
    "discharges_run": 0,
}
"""Entries of the page's state that make up the view, as they start."""
MESSAGES: dict[str, Any] = {
    "trame__title": "tfgeom",
    "bodies": [],
    "fields": [],
    "bars": [],
    "headlines": [],
    "has_places": False,
    "saved_design": "0",
    "is_solving": False,
    "is_discharging": False,
    "c_rates": [],
    "c_rate": "",
    "moments": [],
    "no_discharge": "",
    "is_writing": False,
    "mesh_format": "vtu",
    "mesh_name": "",
    "meshes_made": 0,
    "problem": "",
    "wrong_paths": [],
    "failure": "",
}
"""The other entries, as they start."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """What the sliders of a design say, and where they stand.

    Attributes
    ----------
    parameters
        Of the design as read.
    texts
        Values as typed or slid to.
    positions
        Of the sliders; one stays where it is while its text is no quantity.
    """

    parameters: tuple[Parameter, ...]
    texts: tuple[str, ...]
    positions: tuple[float, ...]

    @classmethod
    def of(cls, design: Design) -> Self:
        """Return the sizes of a design as read."""
        found = design_parameters(design)
        positions = tuple(parameter.position_of(parameter.text) for parameter in found)
        return cls(found, tuple(parameter.text for parameter in found), positions)

    @property
    def changes(self) -> dict[str, str]:
        """What differs from the design as read, by path."""
        pairs = ((p, text.strip()) for p, text in zip(self.parameters, self.texts, strict=True))
        return {parameter.path: text for parameter, text in pairs if text != parameter.text}

    def entries(self, design: int) -> dict[str, str | float]:
        """Return the entries of the page's state for the sizes of the first design (0) or the second (1)."""
        texts = {text_key(design, index): text for index, text in enumerate(self.texts)}
        return texts | {slider_key(design, index): place for index, place in enumerate(self.positions)}

    def typed(self, index: int, text: str) -> Self:
        """Return the sizes with one as typed, be it a quantity or not."""
        try:
            position = self.parameters[index].position_of(text)
        except DesignError:  # said when the design is made
            position = self.positions[index]
        return self._with(index, text, position)

    def slid(self, index: int, position: float) -> Self:
        """Return the sizes with one slid to a position; where it stands already, its text stays."""
        if position == self.positions[index]:
            return self
        return self._with(index, self.parameters[index].text_at(float(position)), position)

    def _with(self, index: int, text: str, position: float) -> Self:
        texts, positions = list(self.texts), list(self.positions)
        texts[index], positions[index] = text, position
        return replace(self, texts=tuple(texts), positions=tuple(positions))


def slider_key(design: int, index: int) -> str:
    """Return the entry of the state that holds the position of a slider."""
    return f"slider_{design}_{index}"


def text_key(design: int, index: int) -> str:
    """Return the entry of the state that holds a parameter as text."""
    return f"text_{design}_{index}"


def path_key(design: int, path: str) -> str:
    """Return how the state names a path of the first design (0) or of the second (1)."""
    return f"{design}:{path}"


def asked_view(state: Any) -> View:
    """Return the view that the controls ask for.

    Raises
    ------
    OutputError
        When a control holds what means nothing.
    """
    return View(
        columns=_count(state.columns),
        rows=_count(state.rows),
        hidden=frozenset(body["name"] for body in state.bodies) - frozenset(state.visible or ()),
        cut=Cut(state.cut_direction, float(state.cut_position)) if state.is_cut else None,
        explode=float(state.explode),
        thickness_scale=scale_factor(state.thicker),
        z_scale=scale_factor(state.taller),
        field=state.field or None,
    )


def scale_factor(position: object) -> float:
    """Return the factor at a position of a slider whose ends are powers of ten, to three digits."""
    return float(f"{10 ** float(str(position)):.3g}")


def body_entries(bodies: Iterable[Body]) -> list[dict[str, str]]:
    """Return name, title and colour of bodies of one or two designs; one of a name has all its materials."""
    materials: dict[str, list[str]] = {}
    colours: dict[str, str] = {}
    for body in bodies:
        known = materials.setdefault(body.name, [])
        if body.material and body.material not in known:
            known.append(body.material)
        colours.setdefault(body.name, body.colour)
    return [
        {"name": name, "title": layer_title(name, *known), "colour": colours[name]}
        for name, known in materials.items()
    ]


def _count(text: object) -> int:
    if isinstance(text, str) and text.strip().isascii() and text.strip().isdigit() and len(text) < 7:
        return int(text)
    raise OutputError(f"tiles: '{text!s:.20}' is no count; use whole numbers from 1 on")
