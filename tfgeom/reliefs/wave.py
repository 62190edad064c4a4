"""A wavy surface, as of flexible foils."""

from typing import Literal

from pydantic import Field

from tfgeom.geometry.size_words import SizeWords
from tfgeom.geometry.wave import WaveCell
from tfgeom.quantities import Length
from tfgeom.reliefs.kind import ReliefKind
from tfgeom.reliefs.sections import Relief

_WORDS = SizeWords(
    height="valley to peak", period="period", top="crest", more_room="a longer period or a smaller amplitude"
)


class Wave(Relief):
    """A wavy surface, as of flexible foils."""

    kind: Literal["wave"]
    amplitude: Length = Field(description="Half the height from valley to peak.")
    period: Length = Field(description="Length of one wave.")


def wave(amplitude: float, period: float) -> WaveCell:
    """Return the cell of a wave; ``amplitude`` is half of peak to valley, lengths in m."""
    return WaveCell(amplitude, period, _WORDS)


def _build(relief: Wave) -> WaveCell:
    return wave(relief.amplitude, relief.period)


KIND = ReliefKind(
    section=Wave,
    build=_build,
    article="a wavy surface",
    template="""\
kind: wave                # z = amplitude cos(2 pi x/period), as of flexible foils
amplitude: 1 um           # half of valley to peak
period: 10 um
""",
)
