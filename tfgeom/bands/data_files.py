"""The data files of default spreads, read once, every fault at its line."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import ConfigDict, Field, ValidationError

from tfgeom.design.published import Confidence
from tfgeom.design.quantities import Text
from tfgeom.design.tolerance import SpreadField
from tfgeom.errors import DesignError, Issue
from tfgeom.quantities import Quantity, Section
from tfgeom.source import dotted, read_source

_HERE = Path(__file__).parent
PROCESS, WIDTHS = _HERE / "process.yaml", _HERE / "widths.yaml"
"""The data files."""

Row = TypeVar("Row", bound=Section)


class ProcessStep(Section):
    """What one step of a process leaves of the sizes that it makes."""

    of: tuple[Text, ...] = Field(min_length=1, description="Sizes that it makes.")
    spread: SpreadField = Field(description="One standard deviation.")
    says: Text = Field(description="What is meant.")
    source: Text = Field(description="Where it stands.")
    confidence: Confidence = Field(description="How it is known.")
    note: Text | None = Field(default=None, description="What else to know.")


class DefaultWidth(Section):
    """How wide the band of a constant is taken that states none."""

    model_config = ConfigDict(populate_by_name=True)

    over_decades: float = Field(alias="over decades", gt=1, description="Factor each way.")
    other: Annotated[float, Quantity("fraction", high="1")] = Field(description="Share each way.")
    source: Text = Field(description="Where it is from.")


def read_rows(file: Path, kind: type[Row]) -> dict[str, Row]:
    """Return the rows of a data file by their names.

    Raises
    ------
    DesignError
        With every fault at its line.
    """
    source = read_source(file)
    mapping, origin = source.without_issues()
    rows: dict[str, Row] = {}
    issues: list[Issue] = []
    for name, given in mapping.items():
        try:
            rows[name] = kind.model_validate(given)
        except ValidationError as error:
            for one in error.errors():
                place = (name, *one["loc"])
                line, column = source.values.get(place) or source.keys.get(place) or source.keys[name,]
                issues.append(
                    Issue(dotted(place), str(one["msg"]).removeprefix("Value error, "), line, column)
                )
    if issues:
        raise DesignError(issues, origin.file)
    return rows


@cache
def process_steps() -> Mapping[str, ProcessStep]:
    """Return the steps of the process library by their names."""
    return read_rows(PROCESS, ProcessStep)


@cache
def default_widths() -> Mapping[str, DefaultWidth]:
    """Return the default widths by confidence."""
    return read_rows(WIDTHS, DefaultWidth)
