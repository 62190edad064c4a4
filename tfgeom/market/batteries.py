"""Planar and stacked microbatteries that one can buy or that were shown, from a sourced data file."""

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator

from tfgeom.design.published import Confidence
from tfgeom.design.quantities import Text
from tfgeom.errors import DesignError, Issue
from tfgeom.quantities import Section
from tfgeom.source import dotted, read_source
from tfgeom.words import nearest

MARKET = Path(__file__).parent / "batteries.yaml"
"""The data file."""
_NUMBERS = (
    "length_mm", "width_mm", "height_um", "capacity_uAh", "voltage_V", "continuous_mA", "peak_mA",
    "resistance_ohm",
)  # fmt: skip


class MarketEntry(Section):
    """A battery of the data file; a number that its source does not say is left out."""

    maker: Text = Field(description="Who makes or made it.")
    build: Text = Field(description="How it is built.")
    kind: Literal["bought", "shown"] = Field(description="Whether one can or could buy it.")
    year: int | None = Field(default=None, ge=1980, le=2100, description="Year of the source.")
    length_mm: float = Field(gt=0, description="Longer side.")
    width_mm: float = Field(gt=0, description="Shorter side.")
    height_um: float | None = Field(default=None, gt=0, description="Height of the whole.")
    capacity_uAh: float = Field(gt=0, description="Nominal capacity.")
    voltage_V: float | None = Field(default=None, gt=0, lt=20, description="Nominal voltage.")
    continuous_mA: float | None = Field(default=None, gt=0, description="Largest continuous current.")
    peak_mA: float | None = Field(default=None, gt=0, description="Largest current of a pulse.")
    resistance_ohm: float | None = Field(default=None, gt=0, description="Internal resistance.")
    source: Text = Field(description="Where it stands.")
    confidence: Confidence = Field(description="How it is known.")
    from_memory: tuple[Literal["maker", *_NUMBERS], ...] = Field(  # type: ignore[valid-type]
        default=(), description="Which of them the source does not say, and are from memory."
    )
    note: Text | None = Field(default=None, description="What else to know.")

    @model_validator(mode="after")
    def _memory_is_said(self) -> "MarketEntry":
        for key in self.from_memory:
            if getattr(self, key) is None:
                raise ValueError(f"from_memory names {key}, which is not there; remove it")
        return self


def load_market(file: str | Path = MARKET) -> dict[str, MarketEntry]:
    """Return the batteries of a data file by their names.

    Raises
    ------
    DesignError
        With every fault at its line: a key that is unknown or missing, a number out of its bounds.
    """
    source = read_source(file)
    mapping, origin = source.without_issues()
    entries: dict[str, MarketEntry] = {}
    issues: list[Issue] = []
    for name, given in mapping.items():
        try:
            entries[name] = MarketEntry.model_validate(given)
        except ValidationError as error:
            for one in error.errors():
                place = (name, *one["loc"])
                line, column = source.values.get(place) or source.keys.get(place) or source.keys[name,]
                issues.append(Issue(dotted(place), _said(one), line, column))
    if issues:
        raise DesignError(issues, origin.file)
    return entries


def _said(error: Any) -> str:
    """Return a fault of an entry in words."""
    if error["type"] == "extra_forbidden":
        match = nearest(str(error["loc"][-1]), list(MarketEntry.model_fields))
        return f"unknown key; {f'did you mean {match!r}?' if match else 'remove it'}"
    if error["type"] == "missing":
        return f"is missing; {MarketEntry.model_fields[error['loc'][0]].description}"
    if error["type"] == "model_type":
        return "must hold the keys of a battery, for example 'maker: TDK'"
    words = str(error["msg"]).removeprefix("Value error, ")
    return words if error["type"] == "value_error" else f"{words}, not {error['input']!r:.60}"
