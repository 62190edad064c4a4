"""What a source measured or claims, to stand beside what is computed."""

from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, ValidationInfo, field_serializer, field_validator, model_validator
from pydantic_core import PydanticCustomError

from tfgeom.design.quantities import CRate, Number, Text, Tolerance
from tfgeom.quantities import Quantity, Section

PUBLISHED_QUANTITIES: dict[str, str | None] = {
    "area_gain": None,
    "footprint_capacity_gain": None,
    "n_to_p_ratio": None,
    "feature_aspect_ratio": None,
    "capacity_retention": "fraction",
    "footprint_capacity": "areal_capacity",
    "planar_capacity": "areal_capacity",
    "volumetric_capacity": "volumetric_capacity",
    "footprint_energy": "areal_energy",
    "asr": "area_resistance",
    "mean_voltage": "voltage",
}
"""What `published` may state, and the dimension of its value; None is a bare number."""

if TYPE_CHECKING:
    PublishedQuantity = str
else:
    PublishedQuantity = Literal[tuple(PUBLISHED_QUANTITIES)]

Confidence = Literal["primary", "abstract", "digest", "review", "computed", "memory", "user", "fitted"]


class Published(Section):
    """A published number, shown beside the computed one."""

    quantity: PublishedQuantity = Field(description="What was published.")
    value: float = Field(
        description="Its value: a bare number for gains and ratios, else with its unit.",
        json_schema_extra={"type": ["number", "string"], "examples": [9.3, "24 uAh/cm^2"]},
    )
    c_rate: CRate | None = Field(default=None, description="C-rate it was measured at.")
    confidence: Confidence = Field(description="How it is known.")
    source: Text = Field(description="Where it stands.")
    tolerance: Tolerance | None = Field(default=None, description="Deviation allowed; none: only shown.")
    note: Text | None = Field(default=None, description="What else to know.")

    @field_validator("value", mode="before")
    @classmethod
    def _with_unit(cls, given: object, info: ValidationInfo) -> float:
        quantity = info.data.get("quantity")
        if quantity is None:
            return 0.0  # the quantity itself is wrong and reported
        dimension = PUBLISHED_QUANTITIES[quantity]
        if dimension is None:
            return Number(1e-9, 1e9, example=9.3).read(given)
        return Quantity(dimension).read(given)

    @field_serializer("value", when_used="json")
    def _written(self, value: float) -> str | float:
        dimension = PUBLISHED_QUANTITIES[self.quantity]
        return value if dimension is None else Quantity(dimension).write(value)

    @model_validator(mode="after")
    def _at_a_rate(self) -> Self:
        if self.quantity == "capacity_retention" and self.c_rate is None:
            issue = (
                "c_rate",
                "is missing: a retention belongs to a rate; add for example 'c_rate: 1'",
                False,
            )
            raise PydanticCustomError("issues", "published", {"issues": [issue]})
        return self
