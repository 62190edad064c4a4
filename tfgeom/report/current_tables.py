"""What tables of the report say of a solve: bounds, the liquid's split, where current crowds, checks."""

import math
from collections.abc import Callable

import numpy as np

from tfgeom.meshing.film_mesh import FilmMesh
from tfgeom.numerals import length, number, percent
from tfgeom.report.declared_rows import printed
from tfgeom.report.table import Row, Table
from tfgeom.results import Evaluation, ResistanceChecks, ResistanceNumbers, numbers_of
from tfgeom.transport.losses import Place
from tfgeom.transport.spread import HotSpot
from tfgeom.units import OHM_CM2


def no_pictures(evaluation: Evaluation) -> str:
    """Return why there are no pictures of the current."""
    if evaluation.geometry.is_flat:
        return "The films are flat: the current is the same everywhere."
    if evaluation.solve is not None:
        return "The cell has no mirror plane through its axes, so there is no section to draw."
    if evaluation.closed_form_reason:
        return f"No pictures: closed forms only, {evaluation.closed_form_reason}."
    return (
        "No pictures: the resistance is that of the closed form, which takes the current as even on each "
        "film; fidelity fem solves for it."
    )


def bound_rows(evaluation: Evaluation) -> list[Row]:
    """Return the row of the bounds of a solve's resistance; none without bounds."""
    solved = evaluation.solve
    if solved is None:
        return []
    scale = evaluation.cell.blueprint.in_series / OHM_CM2
    least, most = solved.bounds
    low = None if least is None else number(_rounded(least * scale, math.floor))
    high = None if most is None else number(_rounded(most * scale, math.ceil))
    if low is None and high is None:
        return []
    words = f"{low} to {high}" if low and high else f"at least {low}" if low else f"at most {high}"
    basis = "equipotential levels below; current straight along the normals above"
    if solved.losses.where(mechanism="liquid").rows:
        basis = "a liquid without loss in or across the gaps below; current straight down above"
    return [("bounds of the total", words, "", basis)]


def _rounded(value: float, direction: Callable[[float], int]) -> float:
    """Return a bound with four digits that is still one."""
    step = 10.0 ** (math.floor(math.log10(value)) - 3)
    return direction(value / step) * step


def liquid_rows(evaluation: Evaluation) -> list[Row]:
    """Return the rows that split the liquid's resistance; none in a conformal cell, or in closed form."""
    solved = evaluation.solve
    if solved is None:
        return []
    liquid = solved.losses.where(part="electrolyte")
    places: tuple[tuple[str, Place], ...] = (("in the gaps", "gaps"), ("above the flat top", "head_space"))
    split = [(words, liquid.where(place=place)) for words, place in places]
    return [
        (
            f"\u2003of it {words}",
            number(float(losses.total) / OHM_CM2),
            percent(float(losses.total) / solved.asr),
            "",
        )
        for words, losses in split
        if losses.rows
    ]


def spread_table(evaluation: Evaluation) -> Table | None:
    """Return how unevenly the current crosses each interface, and where it crowds; None in closed form."""
    solved = evaluation.solve
    if solved is None:
        return None
    rows: list[Row] = []
    for electrode, spread in solved.spread.items():
        mesh, level = solved.fields.film_mesh, solved.fields.interface_level(electrode)
        rows.append(
            (
                electrode,
                number(spread.mean),
                number(spread.peak_to_mean),
                percent(spread.variation, 3),
                "none: even" if spread.hot_spot is None else hot_spot_words(mesh, level, spread.hot_spot),
            )
        )
    head = (
        "interface", "mean, mA/cm² at 1 mA/cm² of footprint", "peak (exceeded on 0.1 %) over mean",
        "coefficient of variation", "largest",
    )  # fmt: skip
    return Table(head, tuple(rows), numeric_to=4)


def hot_spot_words(mesh: FilmMesh, level: int, spot: HotSpot) -> str:
    """Return a place on a level in words: at the foot, 1.3 µm from the axis, at height 40 nm.

    Parameters
    ----------
    mesh
        The films.
    level
        Level the place lies on.
    spot
        Strip and place.
    """
    x, y, z = spot.place_um
    around_axis = mesh.grid is not None and mesh.grid.sector is not None
    from_axis = float(np.hypot(x, y)) if around_axis else abs(x)
    where = length(from_axis * 1000, 3)
    axis = "axis" if around_axis else f"middle of the {mesh.cell.words.top}"
    return f"{_at(mesh, level, spot)}, {where} from the {axis}, at height {length(z * 1000, 3)}"


def _at(mesh: FilmMesh, level: int, spot: HotSpot) -> str:
    """Return the strip of a place, or the corner it is close to: within the thickness of the films."""
    *side, word = spot.strip.split(" ")
    meets = {"wall": {"floor": "foot"}, "floor": {"wall": "foot"}, "top": {"rim": "rim"}}.get(word, {})
    thickness = (mesh.levels[-1].top - mesh.levels[0].top) * 1e6
    for other, corner in meets.items():
        strips = [index for index, strip in enumerate(mesh.strips) if strip.rsplit(" ", 1)[-1] == other]
        points = mesh.points_um[level][np.unique(mesh.quads[np.isin(mesh.strip_of_quad, strips)])]
        if len(points) and np.linalg.norm(points - spot.place_um, axis=1).min() < thickness:
            return f"at the {' '.join((*side, corner))}"
    return f"{'at' if word == 'rim' else 'on'} the {spot.strip}"


def checks_table(resistance: ResistanceNumbers) -> Table | None:
    """Return how far a finite-element result can be trusted; None in closed form."""
    checks = resistance.checks
    rows: list[Row] = [
        (f"{one.declared.title}: {one.declared.meaning}", printed(value, one.declared))
        for one in numbers_of(ResistanceChecks)
        if (value := one.of(checks)) is not None
    ]
    return Table(("check", "value"), tuple(rows)) if rows else None
