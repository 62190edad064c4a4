"""What the sizes of a kind of relief are called in pictures and messages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SizeWords:
    """Words of one kind of relief.

    Attributes
    ----------
    width
        What the width of its feature is; empty without one of its own.
    height, period, top
        What its height, the distance of its features and its highest place are.
    more_room
        What gives films more room in it; ``{place}`` stands for where they close.
    solid
        What its raised material is, with its article.
    """

    width: str = ""
    height: str = "depth"
    period: str = "pitch"
    top: str = "top"
    more_room: str = "a larger relief"
    solid: str = "the raised material"


PLAIN = SizeWords()
"""Those of a cell that no kind has named."""
