"""The parts of a resistance as pages name them."""

from tfgeom.metrics.constants_behind import lithium_interface
from tfgeom.numerals import layer_title
from tfgeom.results import Evaluation

LITHIUM_INTERFACE = "lithium interface"
"""The interface of an electrode that is no film of the design: a counter electrode, or plated lithium."""


def part_titles(evaluation: Evaluation) -> dict[str, str]:
    """Return the parts of a resistance in words, by key; empty without one.

    A film that stands against lithium may be called an anode: what the closed forms keep as the interface
    of the other electrode is then the lithium's, not a cathode's.
    """
    if evaluation.resistance is None:
        return {}
    lithium = lithium_interface(evaluation)
    return {
        part: LITHIUM_INTERFACE if part == lithium else layer_title(part)
        for part in evaluation.resistance.asr_by_part_ohm_cm2
    }
