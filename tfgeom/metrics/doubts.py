"""What of a design nobody has shown to be made, or is likely a slip of a unit: notes, never failures.

Limits are what has been demonstrated, with who did; beyond them a design may still be right.
"""

from collections.abc import Iterator

from tfgeom.cells.assembled import AssembledCell
from tfgeom.films import FilmLayer
from tfgeom.geometry.lattice import along_axes
from tfgeom.geometry.protocol import Cell
from tfgeom.reliefs.sections import length_text

_ETCHED_OPENING = 75
"""Depth over width: 4 um x 300 um by photo-electrochemical etching (deep reactive etching: 50 at best)."""
_ANODISED_PORE = 333
"""Depth over width: 150 nm x 50 um in anodised alumina."""
_STANDING = 50
"""Height over thickness of pillars and ridges: the best that suppliers of deep reactive etching quote."""
_TUBE_WALL = 110
"""Height over thickness: 109 um of a wall of 1.06 um that fits the area gain (Freixas 2018)."""
_BRACED_WALL = 1600
"""Height over thickness of walls between openings: 25 um of 16 nm (Lei 2020)."""
_PRINTED = 36e-9
"""Narrowest line of one exposure, m: 0.25 x 193 nm / 1.35, the limit of immersion lithography."""
_WIDEST_PITCH = 0.5e-3
"""Pitches of published microbattery reliefs go from 0.2 to 60 um."""
_LEAST_GAIN = 1.05
_COVERED = 20
"""Depth over gap: LiPON by atomic layer deposition kept 78 % at the foot of pillars of 25 (Put 2019)."""
_THINNEST_ELECTROLYTE = 40e-9
"""Thinnest of a working cell, m (Pearse 2018)."""
_ATOMIC_LAYERS = 1e-9
"""About three atomic layers, m."""


def doubts(cell: AssembledCell) -> tuple[str, ...]:
    """Return what of a design is beyond what has been shown, or looks like a slip, a sentence each."""
    relief, layers = cell.relief, cell.blueprint.layers
    return (*_of_relief(relief), *_of_coverage(relief, layers), *_of_films(layers))


def _of_relief(relief: Cell) -> Iterator[str]:
    if relief.is_flat:
        return
    flat, faces = ("the two faces of a flat wafer", 2) if relief.through else ("a flat wafer", 1)
    if relief.area_gain < _LEAST_GAIN * faces:
        yield f"area gain {relief.area_gain:.4g}: the relief adds next to nothing to {flat}"
    solid, width, gap, periods = relief.thinnest_solid, relief.feature_width, relief.gap, relief.periods
    if solid is None or width is None or gap is None or periods is None:
        return
    pitch = max(along_axes(periods))
    if pitch > _WIDEST_PITCH:
        yield f"pitch {length_text(pitch)}: published reliefs have 0.2 to 60 um; check the unit"
    yield from _of_slenderness(relief, solid, width)
    size, what = min((width, relief.words.width), (solid, relief.words.solid), (gap, "gap"))
    if size < _PRINTED:
        yield (
            f"{what} of {length_text(size)}: one exposure of 193 nm lithography prints 36 nm at best; "
            "narrower takes several, or growth by itself"
        )


def _of_slenderness(relief: Cell, solid: float, width: float) -> Iterator[str]:
    """Yield what is too slender: openings by their depth over width, what is solid by its height."""
    plan, height = relief.plan, relief.height
    opens = plan.raised_background or not plan.has_axis
    deep = relief.deepest / width
    if opens and deep > _ETCHED_OPENING:
        yield (
            f"openings {deep:.0f} times as deep as wide: etched ones reach {_ETCHED_OPENING}, pores of "
            f"anodised alumina {_ANODISED_PORE}"
        )
    if plan.raised_background:
        limit, shown = _BRACED_WALL, "walls between openings reach 1600 (Lei 2020)"
    elif len(plan.elements) > 1:
        limit, shown = _TUBE_WALL, "walls of tubes reach 103 (Freixas 2018)"
    else:
        limit, shown = _STANDING, "deep etching reaches 50 at best, only what grows by itself more"
    if height / solid > limit:
        yield f"{relief.words.solid}: {height / solid:.0f} times as high as thick; {shown}"


def _of_coverage(relief: Cell, layers: tuple[FilmLayer, ...]) -> Iterator[str]:
    gap = relief.gap
    full = [layer.name for layer in layers if layer.step_coverage == 1 and not layer.fills]
    if not full or gap is None or relief.deepest / gap <= _COVERED * (1 + 1e-9):
        return
    films = "all films" if len(full) == len(layers) else ", ".join(full)
    yield (
        f"{films} counted as thick at the bottom as on the top, in gaps {relief.deepest / gap:.3g} times as "
        "deep as wide: LiPON kept 78 % on pillars of 25 (Put 2019); state step_coverage"
    )


def _of_films(layers: tuple[FilmLayer, ...]) -> Iterator[str]:
    electrolyte = sum(layer.thickness for layer in layers if layer.role == "electrolyte")
    if 0 < electrolyte < _THINNEST_ELECTROLYTE:
        yield (
            f"an electrolyte of {length_text(electrolyte)}: the thinnest of a working cell has 40 nm "
            "(Pearse 2018)"
        )
    for layer in layers:
        if layer.thickness < _ATOMIC_LAYERS:
            thin = length_text(layer.thickness)
            yield f"'{layer.name}' of {thin}: fewer than three atomic layers; check the unit"
