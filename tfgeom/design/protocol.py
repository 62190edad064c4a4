"""The key ``operation.protocol``: what a cell is asked to do, step by step.

A step holds one thing, and ``until`` says what ends it; the first that is met does::

    - {c_rate: 1, until: 3.0 V}                      # discharge; a current is negative on charge
    - {rest: 1 h}
    - {c_rate: -1, until: 4.2 V}                     # constant current, then constant voltage
    - {voltage: 4.2 V, until: {current: C/20, time: 5 h}}
    - {repeat: [...], times: 100, until: {charge: 80 %}}
"""

import re
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from tfgeom.design.drawn import Drawn, OneOf
from tfgeom.design.quantities import Number
from tfgeom.quantities import Quantity, Section
from tfgeom.spelling.grammar import NUMBER_AND_UNIT

MOST_CYCLES = 10_000
MOST_STEPS = 20_000
"""Steps of a protocol, every repetition counted."""

_SHARE_OF_C = re.compile(
    r"\s*(?:C\s*/\s*(?P<over>\d+(?:\.\d*)?|\.\d+)|(?P<times>\d+(?:\.\d*)?|\.\d+)\s*C)\s*"
)
_HELD = ("current", "c_rate", "power", "voltage", "rest")
Issue = tuple[str, str, bool]


class _CurrentSize:
    """A current per footprint, or a C-rate as ``C/20`` or ``0.05 C``."""

    _density = Quantity("current_density", high="1e6 mA/cm^2")

    def read(self, given: object) -> Drawn:
        """Return the current or the C-rate (dimension ``c_rate``)."""
        if isinstance(given, Drawn):
            return given
        match = _SHARE_OF_C.fullmatch(given) if isinstance(given, str) else None
        if match:
            share = float(match["times"]) if match["times"] else 1 / max(float(match["over"]), 1e-300)
            if not 1e-9 <= share <= 1e6:
                raise ValueError(f"{given} is outside 1e-9 to 1e6 C")
            return Drawn(share, "c_rate")
        try:
            return Drawn(self._density.read(given), "current_density")
        except ValueError as error:
            raise ValueError(f"{error}; or a C-rate such as 'C/20'") from None

    def write(self, value: Drawn | None) -> str | None:
        """Return it as the file spells it."""
        if value is None:
            return None
        return f"{value.value!r} C" if value.dimension == "c_rate" else str(value)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.read, serialization=core_schema.plain_serializer_function_ser_schema(self.write)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "examples": ["C/20", "0.05 C", "10 uA/cm^2"]}


CurrentSize = Annotated[Drawn, _CurrentSize()]
SignedCurrent = Annotated[float, Quantity("current_density", "-1e6 mA/cm^2", "1e6 mA/cm^2", positive=False)]
SignedPower = Annotated[float, Quantity("power_density", "-1e6 mW/cm^2", "1e6 mW/cm^2", positive=False)]
SignedRate = Annotated[float, Number(-1e6, 1e6, example=1)]
Seconds = Annotated[float, Quantity("time", "1 ns", "1e10 s")]
Volts = Annotated[float, Quantity("voltage", "-10000 V", "10000 V", positive=False)]
_FRACTION = Quantity("fraction", "0", "100")


class _Charge(OneOf):
    """A charge per footprint, or a share of the cell's capacity."""

    def read(self, given: object) -> Drawn:
        """Return the charge, or the share (dimension ``fraction``)."""
        if isinstance(given, str) and "%" in given:
            return Drawn(_FRACTION.read(given), "fraction")
        return super().read(given)


_CHARGE = _Charge(
    (Quantity("areal_capacity", high="1e6 uAh/cm^2"),), "a share of the capacity such as '50 %', or a charge"
)
Charge = Annotated[Drawn, _CHARGE]


class Until(Section):
    """What ends a step: the first that is met; one alone may be written without its key."""

    time: Seconds | None = Field(default=None, description="Time since the step began.")
    voltage: Volts | None = Field(default=None, description="Voltage that is passed, from either side.")
    current: CurrentSize | None = Field(default=None, description="Size that the current has fallen to.")
    charge: Charge | None = Field(
        default=None, description="Charge that has passed in the step; or a share of the capacity."
    )

    @model_validator(mode="before")
    @classmethod
    def _from_word(cls, given: Any) -> Any:
        if not isinstance(given, str):
            return given
        for key, read in (
            ("current", _CurrentSize().read),
            ("voltage", Quantity("voltage", positive=False).read),
            ("time", Quantity("time").read),
            ("charge", _CHARGE.read),
        ):
            try:
                read(given)
            except ValueError:
                continue
            return {key: given}
        raise ValueError(
            f"must be a time, a voltage, a current or a charge such as '3.0 V', not '{given:.60}'"
        )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not any(getattr(self, key) is not None for key in type(self).model_fields):
            raise ValueError("is empty; give what ends the step, for example 'until: 3.0 V'")
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [{"type": "string", "pattern": f"{NUMBER_AND_UNIT}|C"}, handler(schema)]}


class ProtocolStep(Section):
    """One step, or several that are repeated; currents and powers are positive on discharge."""

    current: SignedCurrent | None = Field(default=None, description="Current per footprint.")
    c_rate: SignedRate | None = Field(default=None, description="C-rate; negative on charge.")
    power: SignedPower | None = Field(default=None, description="Power per footprint.")
    voltage: Volts | None = Field(default=None, description="Voltage that is held.")
    rest: Seconds | None = Field(default=None, description="Time without current.")
    until: Until | None = Field(default=None, description="What ends it; a rest ends after its time.")
    repeat: tuple["ProtocolStep", ...] | None = Field(default=None, description="Steps that are repeated.")
    times: int | None = Field(
        default=None, strict=True, ge=1, le=MOST_CYCLES, description="How often they are, at most."
    )

    @property
    def count(self) -> int:
        """Steps that it makes, every repetition counted."""
        if self.repeat is None:
            return 1
        return (self.times or 1) * sum(step.count for step in self.repeat)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        issues = [*(self._of_repetition() if self.repeat is not None else self._of_step())]
        if issues:
            raise PydanticCustomError("issues", "protocol", {"issues": issues})
        return self

    def _of_repetition(self) -> list[Issue]:
        issues: list[Issue] = []
        for key in _HELD:
            if getattr(self, key) is not None:
                issues.append((key, "stands beside 'repeat'; make it a step of its own", False))
        if not self.repeat:
            issues.append(("repeat", "is empty; list the steps that are repeated", False))
        if self.times is None:
            issues.append(
                ("times", "is missing: without it this may never end; add for example 'times: 10'", False)
            )
        if self.until is not None and (self.until.charge is None or self._ends_by_more_than_charge()):
            what = "of a repetition is a charge: it ends when a cycle delivers less, as '{charge: 80 %}'"
            issues.append(("until", what, False))
        return issues

    def _ends_by_more_than_charge(self) -> bool:
        assert self.until is not None
        return any(getattr(self.until, key) is not None for key in ("time", "voltage", "current"))

    def _of_step(self) -> list[Issue]:
        held = [key for key in _HELD if getattr(self, key) is not None]
        if len(held) != 1:
            listed = ", ".join(_HELD)
            key = held[1] if held else "current"
            what = f"a step holds one of {listed}" + (
                f", not {len(held)}; remove one" if held else "; give one"
            )
            return [(key, what, False)]
        (key,) = held
        issues: list[Issue] = []
        if self.times is not None:
            issues.append(("times", "is for 'repeat'; remove it", False))
        until = self.until
        if key == "rest":
            if until is not None:
                issues.append(("until", "a rest ends after its time; remove it", False))
            return issues
        if key != "voltage" and getattr(self, key) == 0:
            issues.append((key, "is 0: nothing passes and it never ends; a rest is 'rest: 1 h'", False))
        if until is None:
            example = "{current: C/20}" if key == "voltage" else "3.0 V"
            issues.append(
                ("until", f"is missing: nothing ends the step; add for example 'until: {example}'", False)
            )
        elif key == "voltage" and until.voltage is not None:
            issues.append(
                ("until", "the voltage is held, it passes none; give a time, current or charge", False)
            )
        elif key in ("current", "c_rate") and until.current is not None:
            issues.append(
                ("until", "the current is held, it falls to none; give a time, voltage or charge", False)
            )
        elif key == "power" and until.current is not None:
            issues.append(("until", "a power ends by a time, voltage or charge, not by a current", False))
        return issues


def _listed(given: Any) -> Any:
    if not isinstance(given, list | tuple):
        raise ValueError("must be a list of steps such as [{c_rate: 1, until: 3.0 V}, {rest: 1 h}]")
    if not given:
        raise ValueError("is empty; list the steps, or remove the key")
    return given


Protocol = Annotated[tuple[ProtocolStep, ...] | None, BeforeValidator(_listed)]
