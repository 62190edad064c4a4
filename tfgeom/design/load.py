"""The section ``load``: what a node draws of the cell, as sleep and pulses or as a measured trace."""

from collections.abc import Mapping
from fractions import Fraction
from math import gcd, lcm
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from tfgeom.design.drawn import Drawn, OneOf
from tfgeom.design.trace_value import TraceField
from tfgeom.loads.trace import DRAWS, MOST_STEPS, Trace, merged
from tfgeom.quantities import Quantity, Section
from tfgeom.units import format_quantity

Issue = tuple[str, str, bool]

_NOUN = "a current or a power, per area with 'per: footprint'"
_LARGEST = {
    "current": "1e3 A",
    "current_density": "1e6 mA/cm^2",
    "power": "1e3 W",
    "power_density": "1e6 mW/cm^2",
}
Draw = Annotated[Drawn, OneOf(tuple(Quantity(one, high=_LARGEST[one]) for one in DRAWS), _NOUN)]
DrawOrZero = Annotated[
    Drawn, OneOf(tuple(Quantity(one, high=_LARGEST[one], zero=True) for one in DRAWS), _NOUN)
]
WINDOW = Quantity("time", "1 ns", "1e10 s")
Seconds = Annotated[float, WINDOW]
Capacitance = Annotated[
    Drawn,
    OneOf(
        (Quantity("capacitance", high="1e3 F"), Quantity("areal_capacitance", high="1e3 F/m^2")),
        "a capacitance, per area with 'per: footprint',",
    ),
]
Column = str | int
_CAPACITANCES = {"capacitance": False, "areal_capacitance": True}


class Pulse(Section):
    """What is drawn above the sleep for a while, again and again; the first begins at once."""

    current: Draw | None = Field(default=None, description="Current above the sleep's.")
    power: Draw | None = Field(default=None, description="Power above the sleep's, instead of a current.")
    duration: Seconds = Field(description="How long each pulse lasts.")
    every: Seconds = Field(description="Time from the start of one pulse to the next.")

    @property
    def draw(self) -> Drawn:
        """What is drawn above the sleep."""
        found = self.current if self.power is None else self.power
        assert found is not None  # one of them is given
        return found

    @model_validator(mode="after")
    def _possible(self) -> Self:
        issues: list[Issue] = []
        if self.current is None and self.power is None:
            issues.append(
                ("current", "is missing; add it, for example 'current: 50 uA', or a 'power'", False)
            )
        if self.current is not None and self.power is not None:
            issues.append(("power", "stands beside 'current': a pulse draws one of them; remove one", False))
        for key in ("current", "power"):
            drawn = getattr(self, key)
            if drawn is not None and DRAWS[drawn.dimension][0] != key:
                issues.append((key, f"{drawn} is a {DRAWS[drawn.dimension][0]}; give it as such", False))
        if self.duration >= self.every:
            duration, every = (format_quantity(one, "time") for one in (self.duration, self.every))
            issues.append(
                (
                    "duration",
                    f"{duration} is not shorter than 'every', {every}: the pulse never ends; what is drawn "
                    "all the time is 'sleep'",
                    False,
                )
            )
        if issues:
            raise PydanticCustomError("issues", "pulse", {"issues": issues})
        return self


def _one_or_many(given: Any) -> Any:
    return [given] if isinstance(given, Mapping | Pulse) else given


class Load(Section):
    """What is drawn of the cell: sleep and pulses, or a trace; of the whole chip, or per footprint."""

    sleep: DrawOrZero | None = Field(default=None, description="What is drawn all the time.")
    pulse: Annotated[
        tuple[Pulse, ...],
        BeforeValidator(_one_or_many, json_schema_input_type=Pulse | tuple[Pulse, ...]),
    ] = Field(default=(), description="A pulse, or a list of them: each adds to the sleep and to the others.")
    trace: TraceField = Field(
        default=None, description="CSV file of time and current or power, from the folder of the design."
    )
    time: Column | None = Field(
        default=None, description="Column of the time in the file, where its header does not tell."
    )
    current: Column | None = Field(default=None, description="Column of the current, likewise.")
    power: Column | None = Field(default=None, description="Column of the power, likewise.")
    average: Seconds | None = Field(
        default=None, description="Length of windows that a fine trace is averaged over; keeps its charge."
    )
    repeat: bool = Field(
        default=True, strict=True, description="Whether a trace begins again when it ends, until the cut-off."
    )
    per: Literal["chip", "footprint"] = Field(
        default="chip", description="Of the whole chip, or per area of footprint."
    )
    brown_out_voltage: Annotated[float, Quantity("voltage", "-10000 V", "10000 V", positive=False)] | None = (
        Field(
            default=None,
            description="Least voltage at which the node runs; by default the lower voltage limit.",
        )
    )
    bypass_capacitor: Capacitance | None = Field(
        default=None, description="Ideal capacitor across the terminals, beside the node."
    )

    @property
    def period(self) -> Trace:
        """What is drawn over one period, constant between its breaks."""
        return self.trace if self.trace is not None else _of_pulses(self.sleep, self.pulse)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        issues = [*self._of_one_kind()]
        issues += [] if issues else [*self._of_one_dimension()]
        if issues:
            raise PydanticCustomError("issues", "load", {"issues": issues})
        drawn = self.period.drawn
        if not drawn > 0:
            key = "sleep" if self.trace is None else "trace"
            what = "is 0 without a pulse: nothing is drawn; give what is"
            if self.trace is not None:
                unit = "C" if self._is_current else "J"
                what = (
                    f"draws {drawn:.4g} {unit} over its period: draws are positive, and what charges the "
                    "cell in the end never empties it; change its sign?"
                )
            raise PydanticCustomError("issues", "load", {"issues": [(key, what, False)]})
        return self

    @property
    def _is_current(self) -> bool:
        return DRAWS[self.period.dimension][0] == "current"

    def _of_one_kind(self) -> list[Issue]:
        """Return what stands beside what it has no part in."""
        issues: list[Issue] = []
        if self.trace is None:
            if self.sleep is None:
                example = "sleep: 50 nA" if self.per == "chip" else "sleep: 0.1 uA/cm^2"
                needs = f"is missing; add what is drawn all the time, for example '{example}', or a 'trace'"
                issues.append(("sleep", needs, False))
            for key in ("time", "current", "power", "average"):
                if getattr(self, key) is not None:
                    of = "averages" if key == "average" else "names a column of"
                    issues.append((key, f"{of} a trace, and there is none; remove it, or add 'trace'", False))
            if not self.repeat:
                issues.append(("repeat", "is for a trace; sleep and pulses go on until the cut-off", False))
        else:
            for key in ("sleep", "pulse"):
                if getattr(self, key):
                    issues.append((key, "stands beside 'trace', which is the whole load; remove one", False))
        return issues

    def _of_one_dimension(self) -> list[Issue]:
        """Return what is in another kind of unit than the rest, or than ``per`` asks for."""
        said: list[tuple[str, str]] = []
        if self.trace is not None:
            said.append(("trace", self.trace.dimension))
        if self.sleep is not None:
            said.append(("sleep", self.sleep.dimension))
        said += [("pulse", pulse.draw.dimension) for pulse in self.pulse]
        first, dimension = said[0]
        kind, per_area = DRAWS[dimension]
        issues: list[Issue] = []
        wanted = self.per == "footprint"
        if per_area != wanted:
            issues.append((first, _other_area(kind, per_area), False))
        for key, other in said[1:]:
            if DRAWS[other][0] != kind:
                what = f"is a {DRAWS[other][0]} and '{first}' a {kind}: give all as one of them"
                issues.append((key, what, False))
            elif DRAWS[other][1] != wanted and per_area == wanted:
                issues.append((key, _other_area(kind, not wanted), False))
        if self.bypass_capacitor is not None and _CAPACITANCES[self.bypass_capacitor.dimension] != wanted:
            what = (
                "is for a footprint, and the load is the chip's: give it as '10 uF'"
                if self.per == "chip"
                else "is a chip's, and the load is per footprint: give it as '10 uF/cm^2'"
            )
            issues.append(("bypass_capacitor", what, False))
        return issues


def _other_area(kind: str, per_area: bool) -> str:
    if per_area:
        return (
            "is per area, and the load is the whole chip's: add 'per: footprint', or give it without the area"
        )
    unit = "uA/cm^2" if kind == "current" else "uW/cm^2"
    return f"is a whole {kind}, and 'per: footprint' needs one per area, for example '1 {unit}'"


def _of_pulses(sleep: Drawn | None, pulses: tuple[Pulse, ...]) -> Trace:
    """Return sleep and pulses over the shortest period of them all.

    Raises
    ------
    PydanticCustomError
        If they meet again only after more steps than a trace may have.
    """
    assert sleep is not None
    if not pulses:
        return Trace(np.array([3600.0]), np.array([sleep.value]), sleep.dimension)
    exact = [(Fraction(repr(one.every)), Fraction(repr(one.duration))) for one in pulses]
    period = exact[0][0]
    for every, _ in exact[1:]:
        period = _least_common_multiple(period, every)
    if sum(2 * period / every for every, _ in exact) > MOST_STEPS:
        times = ", ".join(format_quantity(one.every, "time") for one in pulses)
        what = (
            f"pulses every {times} begin together again only after {float(period):.4g} s, which is more than "
            f"{MOST_STEPS:,} steps; give times that are multiples of each other"
        )
        raise PydanticCustomError("issues", "load", {"issues": [("pulse", what, False)]})
    edges = {Fraction(0), period}
    for every, duration in exact:
        for number in range(int(period / every)):
            edges |= {number * every, number * every + duration}
    breaks = sorted(edges)
    drawn = np.full(len(breaks) - 1, sleep.value)
    for (every, duration), pulse in zip(exact, pulses, strict=True):
        drawn[[one % every < duration for one in breaks[:-1]]] += pulse.draw.value
    starts = np.array([float(one) for one in breaks])
    return Trace(*merged(np.diff(starts), drawn), sleep.dimension)


def _least_common_multiple(one: Fraction, other: Fraction) -> Fraction:
    return Fraction(lcm(one.numerator, other.numerator), gcd(one.denominator, other.denominator))
