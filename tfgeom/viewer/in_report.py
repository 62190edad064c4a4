"""What the report shows of a cell in three dimensions to turn, or the sentence in its place."""

from dataclasses import dataclass
from pathlib import Path

from tfgeom.errors import MeshError, MissingExtraError
from tfgeom.results import Evaluation
from tfgeom.viewer.embedded import EXTRA, embedded_page, require_k3d, script_policy
from tfgeom.viewer.node_fields import solved_fields
from tfgeom.viewer.triangulation import TriangulatedCell, triangulate_cell


@dataclass(frozen=True, slots=True)
class EmbeddedView:
    """The view of a report.

    Attributes
    ----------
    page
        Offline page for a frame of the report, None without one.
    caption
        What it shows.
    sentence
        Why there is no view; empty with one.
    scripts
        What the content security policy of the report must allow for it.
    """

    page: str | None
    caption: str = ""
    sentence: str = ""
    scripts: str = ""


def embedded_view(evaluation: Evaluation) -> EmbeddedView:
    """Return the view of an evaluated design; what stands against it costs the view, never the report.

    Parameters
    ----------
    evaluation
        The cell; a finite-element solve behind it is shown as fields.
    """
    try:
        require_k3d()
    except MissingExtraError:
        return EmbeddedView(None, sentence=f"it needs k3d: {EXTRA}")
    design, solve = evaluation.design, evaluation.solve
    substrate = None if design.substrate is None else design.substrate.material
    try:
        cell = triangulate_cell(
            evaluation.cell.charged, substrate, None if solve is None else solved_fields(solve)
        )
    except MeshError as error:
        return EmbeddedView(None, sentence=str(error))
    file = Path(design.origin.file).name if design.origin.file else "DESIGN.yaml"
    if not cell.bodies:
        return EmbeddedView(
            None, sentence=f"one unit cell is too many triangles for a page; use tfgeom view {file}"
        )
    page = embedded_page(cell, f"{evaluation.name} in three dimensions")
    what = "A piece of the plane" if evaluation.cell.charged.cell.pitch is None else "One unit cell"
    return EmbeddedView(page, caption=_caption(what, cell, file), scripts=script_policy())


def _caption(what: str, cell: TriangulatedCell, file: str) -> str:
    low, high = cell.bounds_um
    size = " × ".join(f"{value:.3g}" for value in high - low)
    words = [f"{what} to scale, {size} µm. Drag to turn, wheel to zoom, right button to move."]
    if not cell.has_whole:
        words.append("Only the cut cell is shown: the whole one is too many triangles for a page.")
    if cell.fields:
        words.append("Fields of the finite-element solve are shown on the cut cell.")
    if cell.fields_left_out:
        words.append("The fields are too many triangles for a page.")
    words.append(f"More cells, other cuts, films drawn thicker: tfgeom view {file}.")
    return " ".join(words)
