"""What tables of the report say of a solve: bounds, the liquid's split, where current crowds, checks."""

import numpy as np

from tfgeom.meshing.film_mesh import FilmMesh
from tfgeom.report.cells import Row, Table
from tfgeom.report.numerals import length, number, percent
from tfgeom.results import Evaluation, ResistanceNumbers
from tfgeom.transport.conduction import Conduction
from tfgeom.transport.flooded_solve import FloodedConduction
from tfgeom.transport.spread import HotSpot
from tfgeom.units import OHM_CM2


def solve_of(evaluation: Evaluation) -> Conduction | FloodedConduction | None:
    """Return the finite-element solve behind an evaluation; None in closed form."""
    return evaluation.conduction or evaluation.flooded


def no_pictures(evaluation: Evaluation) -> str:
    """Return why there are no pictures of the current."""
    if solve_of(evaluation) is not None:
        if evaluation.geometry.is_flat:
            return "The films are flat: the current is the same everywhere."
        return "The cell has no mirror plane through its axes, so there is no section to draw."
    why = next((note for note in evaluation.notes if note.startswith("closed forms only")), "")
    if why:
        return f"No pictures: {why}."
    return (
        "No pictures: the resistance is that of the closed form, which takes the current as even on each "
        "film; fidelity fem solves for it."
    )


def bound_rows(evaluation: Evaluation) -> list[Row]:
    """Return the row of the bounds of a solve's resistance; none without bounds."""
    solved = solve_of(evaluation)
    if solved is None:
        return []
    scale = _cells(evaluation, solved) / OHM_CM2
    low, high = (None if bound is None else number(bound * scale, 5) for bound in solved.bounds)
    if low is None and high is None:
        return []
    words = f"{low} to {high}" if low and high else f"at least {low}" if low else f"at most {high}"
    basis = "equipotential levels below; current straight along the normals above"
    if evaluation.flooded is not None:
        basis = "a liquid without loss in or across the gaps below; current straight down above"
    return [("bounds of the total", words, "", basis)]


def liquid_rows(evaluation: Evaluation) -> list[Row]:
    """Return the rows that split the liquid's resistance; none in a conformal cell."""
    flooded = evaluation.flooded
    if flooded is None:
        return []
    places = (("in the gaps", flooded.liquid_in_gaps), ("above the flat top", flooded.head_space))
    return [
        (f"\u2003of it {where}", number(value / OHM_CM2), percent(value / flooded.asr), "")
        for where, value in places
    ]


def _cells(evaluation: Evaluation, solved: Conduction | FloodedConduction) -> float:
    """Return how many cells in series the numbers count for one of the solve."""
    assert evaluation.resistance is not None
    return evaluation.resistance.asr_ohm_cm2 * OHM_CM2 / solved.asr


def spread_table(evaluation: Evaluation) -> Table | None:
    """Return how unevenly the current crosses each interface, and where it crowds; None in closed form."""
    solved = solve_of(evaluation)
    if solved is None:
        return None
    rows: list[Row] = []
    for electrode, spread in solved.spread.items():
        mesh, level = _face(solved, electrode)
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


def _face(solved: Conduction | FloodedConduction, electrode: str) -> tuple[FilmMesh, int]:
    """Return the mesh and the level of the interface of an electrode with the electrolyte."""
    if isinstance(solved, FloodedConduction):
        return solved.film_mesh, len(solved.film_mesh.points_um) - 1
    electrolyte = solved.core.electrolyte
    if electrode == solved.core.electrodes[0]:
        return solved.mesh, solved.mesh.faces(electrolyte[0])[0]
    return solved.mesh, solved.mesh.faces(electrolyte[-1])[1]


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
        (label, _scientific(value))
        for label, value in (
            (
                "reaction imbalance: largest difference of the currents through the cell",
                checks.reaction_imbalance,
            ),
            ("flux mismatch: an interface against the electrolyte beside it", checks.flux_mismatch),
            ("discretisation error of the resistance, from two resolutions", checks.discretisation_error),
        )
        if value is not None
    ]
    return Table(("check", "value"), tuple(rows)) if rows else None


def _scientific(value: float) -> str:
    return number(value, 4 if abs(value) >= 0.01 else 2)
