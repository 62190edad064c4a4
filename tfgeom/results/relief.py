"""Numbers of the relief and of the films on it."""

from dataclasses import dataclass, field

from tfgeom.results.declared import HEADLINE, Shown, declare


@dataclass(frozen=True, slots=True)
class GeometryNumbers:
    """The bare and the coated relief."""

    kind: str = field(metadata=declare("relief", "kind of relief"))
    footprint_um2: float = field(
        metadata=declare("footprint of the unit cell", "area of a unit cell seen from above", "um^2")
    )
    area_gain: float = field(
        metadata=declare(
            "area gain",
            "area of the bare relief over the footprint (also: area enhancement factor, AEF)",
            form="gain",
            shown=HEADLINE,
            planes={"same_films": 1.0, "same_capacity": 1.0},
            published="area_gain",
        )
    )
    feature_aspect_ratio: float | None = field(
        metadata=declare(
            "feature aspect ratio",
            "height over feature width",
            shown=Shown.COMPARED,
            published="feature_aspect_ratio",
        )
    )
    gap_aspect_ratio: float | None = field(
        metadata=declare(
            "gap aspect ratio",
            "height over the gap between walls",
            shown=Shown.TERMINAL | Shown.TABLE | Shown.COMPARED,
        )
    )
    wall_nm: float | None = field(
        metadata=declare(
            "wall between features",
            "thinnest solid of the bare relief: between openings, a ridge, a tube's wall, or a feature that "
            "stands by itself; where walls lean, at its thinnest section, before rims are rounded",
            "nm",
            shown=Shown.COMPARED,
        )
    )
    wall_aspect_ratio: float | None = field(
        metadata=declare("wall aspect ratio", "height over that wall", shown=Shown.COMPARED)
    )
    gap_after_coating_nm: float | None = field(
        metadata=declare(
            "gap after coating",
            "what the films leave open between walls",
            "nm",
            shown=HEADLINE & ~Shown.TABLE,
            of_films=True,
        )
    )
    gap_after_swelling_nm: float | None = field(
        metadata=declare(
            "gap after swelling",
            "what they leave open with every electrode at full lithiation",
            "nm",
            of_films=True,
        )
    )
    free_reach_nm: float | None = field(
        metadata=declare("free reach", "film thickness at which the gap closes or the wall is buried", "nm")
    )
    reach_limited_by: str | None = field(
        metadata=declare("reach limited by", "part of the relief where films meet first")
    )
    relief_height_um: float = field(metadata=declare("relief height", "top over floor", "um"))
    film_stack_nm: float = field(
        metadata=declare(
            "film stack on the top", "thickness of all films on the flat top", "nm", of_films=True
        )
    )
    plating_room_um: float | None = field(
        metadata=declare("plating room", "half the gap left when that lithium is plated", "um", of_films=True)
    )

    @property
    def is_flat(self) -> bool:
        """Whether there is no relief at all."""
        return self.relief_height_um == 0


@dataclass(frozen=True, slots=True)
class FaceGains:
    """Areas of a film's two faces over the footprint."""

    inner: float = field(metadata=declare("inside", "of the face towards the substrate"))
    outer: float = field(metadata=declare("outside", "of the face away from it"))


@dataclass(frozen=True, slots=True)
class LayerNumbers:
    """One film; volume and areas are per unit cell."""

    name: str = field(metadata=declare("film", "name of the film"))
    role: str = field(metadata=declare("role", "what the film is for"))
    material: str = field(metadata=declare("material", "name in the library or the design"))
    thickness_nm: float = field(metadata=declare("thickness", "on the flat top", "nm"))
    step_coverage: float = field(
        metadata=declare(
            "step coverage", "thickness at the deepest point over that on the flat top", form="share"
        )
    )
    volume_um3: float = field(metadata=declare("volume", "of the film in a unit cell", "um^3"))
    capacity_gain: float = field(
        metadata=declare("capacity gain", "film volume over footprint times nominal thickness", form="gain")
    )
    inner_area_um2: float = field(
        metadata=declare("inner area", "of the face towards the substrate, in a unit cell", "um^2")
    )
    outer_area_um2: float = field(
        metadata=declare("outer area", "of the face away from it, in a unit cell", "um^2")
    )
    interface_area_gain: FaceGains = field(
        metadata=declare(
            "interface area gain",
            "area of a film's face over the footprint: what current crosses",
            form="gain",
        )
    )
