"""What a kind of relief declares, once: the section of the file, the cell, the words and a template."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_args

from tfgeom.geometry.protocol import Cell
from tfgeom.reliefs.sections import Relief


@dataclass(frozen=True, slots=True)
class ReliefKind:
    """A kind of relief.

    Attributes
    ----------
    section
        Its section of the design file.
    build
        Returns the unit cell of such a section.
    article
        What a design has, as in "a thin-film battery on ...".
    template
        Its section in a new design, as commented lines of YAML without indent.
    """

    section: type[Relief]
    build: Callable[[Any], Cell]
    article: str
    template: str

    @property
    def name(self) -> str:
        """The word that ``kind`` says."""
        (word,) = get_args(self.section.model_fields["kind"].annotation)
        return str(word)
