"""How sure the numbers are: percentiles over what constants and sizes may be, and what makes the spread."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tfgeom.results.declared import declare


@dataclass(frozen=True, slots=True)
class BandNumbers:
    """Percentiles of one number, in its own unit, over the samples that exist.

    None where so many samples have no such number, as a current from which a relief beats every plane, that
    the percentile is among them.
    """

    p10: float | None = field(metadata=declare("10 %", "a tenth of what exists lies below"))
    p50: float | None = field(metadata=declare("50 %", "half of what exists lies below"))
    p90: float | None = field(metadata=declare("90 %", "nine tenths of what exists lie below"))


@dataclass(frozen=True, slots=True)
class LargestNumbers:
    """What share of the variance of one number one uncertain constant or size makes (Sobol' indices)."""

    output: str = field(metadata=declare("number", "path of the number that varies"))
    constant: str = field(metadata=declare("constant", "path of the constant or size that makes it vary"))
    first_order: float = field(
        metadata=declare("alone", "share of the variance that it makes by itself", form="share")
    )
    total: float = field(
        metadata=declare("with all others", "share of the variance that it has a part in", form="share")
    )
    interval: tuple[float, float] = field(
        metadata=declare("interval", "95 % interval of the share that it makes by itself", form="share")
    )


@dataclass(frozen=True, slots=True)
class BandsNumbers:
    """Bands of the numbers in closed form, over samples of what is uncertain.

    ``yield_`` is ``yield`` in JSON, which is a word of Python.
    """

    outputs: Mapping[str, BandNumbers | None] = field(
        metadata=declare(
            "bands", "percentiles by the path of each number; null where the design has no such number"
        )
    )
    largest: tuple[LargestNumbers, ...] = field(
        metadata=declare("largest", "what makes most of each spread, largest first; empty where not ranked")
    )
    yield_: float = field(metadata=declare("yield", "share of the samples that can exist", form="share"))
    samples: int = field(metadata=declare("samples", "number of samples"))
    seed: int = field(metadata=declare("seed", "of the samples: the same seed gives the same"))
