"""Tubes on a lattice, single or one inside the other."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from tfgeom.geometry.lattice import lattice_footprint
from tfgeom.geometry.plan import Bar, Loop, Plan
from tfgeom.geometry.size_words import SizeWords
from tfgeom.geometry.unit_cell import UnitCell
from tfgeom.quantities import Length, Section
from tfgeom.reliefs.building import UPRIGHT, smallest_section, width_at_top
from tfgeom.reliefs.kind import ReliefKind
from tfgeom.reliefs.periods import refuse_rectangular
from tfgeom.reliefs.sections import Lattice, Problems, Walled, Width, length_text
from tfgeom.reliefs.synonyms import with_synonyms


class InnerTube(Section):
    """The smaller tube inside a double microtube."""

    outer_diameter: Width = Field(description="Outer diameter of the inner tube.")
    wall: Length = Field(description="Thickness of the inner tube's wall.")

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        reference = handler(schema)
        with_synonyms("inner", handler.resolve_ref_schema(reference))
        return reference


class Microtubes(Walled):
    """Tubes on a lattice, the bore as deep as the outside."""

    kind: Literal["microtubes"]
    lattice: Annotated[Lattice, BeforeValidator(refuse_rectangular)] = Field(
        description="Arrangement of the tubes."
    )
    pitch: Length = Field(description="Distance between the axes of neighbours.")
    outer_diameter: Width = Field(description="Outer diameter of a tube.")
    wall: Length = Field(description="Thickness of the tube's wall.")
    height: Length = Field(description="Height above the floor.")
    inner: InnerTube | None = Field(default=None, description="A second tube inside each tube.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        wrong = Problems()
        width = self.outer_diameter.value
        wrong.too_wide(width, "outer_diameter", self.pitch)
        wrong.unless(
            2 * self.wall < width,
            "wall",
            lambda: (
                f"{length_text(self.wall)} leaves no bore in a tube of {length_text(width)}; "
                f"use less than {length_text(width / 2)}, or a larger outer_diameter"
            ),
            "leaves no bore",
        )
        wrong.rim(self.profile(self.height), self.wall, "wall", "height")
        inner = self.inner
        if inner is not None:
            second, bore = inner.outer_diameter.value, width - 2 * self.wall
            wrong.unless(
                (bore <= 0) | (second < bore),
                "inner",
                lambda: (
                    f"its outer_diameter {length_text(second)} does not fit the bore of "
                    f"{length_text(max(bore, 0.0))}; use a smaller inner tube, or a thinner wall around it"
                ),
                "does not fit the bore",
            )
            wrong.unless(
                2 * inner.wall < second,
                "inner",
                lambda: (
                    f"its wall {length_text(inner.wall)} leaves no bore in {length_text(second)}; "
                    f"use less than {length_text(second / 2)}"
                ),
                "its wall leaves no bore",
            )
        return wrong.check(self)


def microtubes(
    outer_diameter: float,
    wall: float,
    pitch: float,
    height: float,
    lattice: str,
    rim_radius: float = 0.0,
    *,
    inner: tuple[float, float] | None = None,
    angle: float = UPRIGHT,
) -> UnitCell:
    """Return the cell of tubes whose bore is as deep as their outside.

    Parameters
    ----------
    outer_diameter, wall, pitch, height, rim_radius
        Lengths, m.
    lattice
        ``square`` or ``hexagonal``.
    inner
        Outer diameter and wall of a second tube inside the first, m.
    angle
        Of all walls, rad.
    """
    loops: list[Loop | Bar] = []
    for width, thickness in ((outer_diameter, wall), *(() if inner is None else (inner,))):
        bore = width - 2 * thickness
        loops += [Loop(width / 2, opening=False), Loop(bore / 2, opening=True)]
    return UnitCell(
        kind="microtubes",
        plan=Plan(lattice_footprint(pitch, lattice), smallest_section(tuple(loops), height, angle)),
        height=height,
        rim_radius=rim_radius,
        feature_width=outer_diameter,
        pitch=pitch,
        lattice=lattice,
        angle=angle,
        words=SizeWords(
            "outer diameter", "height", more_room="a wider {place}", solid="the wall of the tubes"
        ),
        wall=wall,
    )


def _build(relief: Microtubes) -> UnitCell:
    angle, inner = relief.sidewall_angle, relief.inner
    width = width_at_top(relief.outer_diameter, relief.height, angle, opening=False)
    second = None
    if inner is not None:
        second = (width_at_top(inner.outer_diameter, relief.height, angle, opening=False), inner.wall)
    return microtubes(
        width,
        relief.wall,
        relief.pitch,
        relief.height,
        relief.lattice,
        relief.rim_radius,
        inner=second,
        angle=angle,
    )


KIND = ReliefKind(
    section=Microtubes,
    build=_build,
    article="microtubes",
    template="""\
kind: microtubes
lattice: hexagonal        # or square
pitch: 6 um               # between the axes of neighbours
outer_diameter: 4 um
wall: 1 um                # the bore is 2 um wide and as deep as the outside
height: 30 um
rim_radius: 50 nm         # rounding of the upper edges; 0 nm is sharp
""",
)
