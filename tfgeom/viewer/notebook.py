"""The cell in a notebook: a k3d plot that displays itself."""

from typing import Any

import numpy as np

from tfgeom.cells.kinds import assemble_cell
from tfgeom.design import Design
from tfgeom.errors import OutputError
from tfgeom.results import Evaluation
from tfgeom.viewer.bodies import VALUES, cut_surface, relief_height, scene_bodies, scene_bounds
from tfgeom.viewer.embedded import colour_map, k3d_mesh, new_plot, require_k3d
from tfgeom.viewer.framing import FROM
from tfgeom.viewer.node_fields import UNITS, Fields, solved_fields
from tfgeom.viewer.triangulation import surface_triangles
from tfgeom.viewer.view import Cut, View


def show(shown: Evaluation | Design, view: View | None = None) -> Any:
    """Return the films and the substrate of a cell as a k3d plot, which a notebook displays.

    Parameters
    ----------
    shown
        An evaluation, from `tfgeom.evaluate`, or a design.
    view
        A `tfgeom.viewer.view.View`: what is shown and how; by default one cell cut through its axes.  A field
        needs an evaluation by finite elements.

    Returns
    -------
    k3d.plot.Plot
        One named, coloured mesh a body that is not hidden, coordinates in um.

    Raises
    ------
    MissingExtraError
        When k3d is not installed.
    DesignError
        When the design is physically impossible, or its films merge at the view's thickness scale.
    MeshError
        When the view's tile is too large to show.
    OutputError
        When the view shows a field and there is none.
    """
    k3d = require_k3d()
    view = View(cut=Cut()) if view is None else view
    cell = assemble_cell(shown) if isinstance(shown, Design) else shown.cell
    fields = None if view.field is None else _fields(shown, view.field)
    stack, wafer = cell.charged, cell.blueprint.design.substrate
    substrate = None if wafer is None else wafer.material
    bodies = scene_bodies(stack, view, substrate=substrate, fields=fields)
    bounds = scene_bounds(bodies)
    plot = new_plot(k3d, menu_visibility=True)
    for index, body in enumerate(bodies):
        surface = cut_surface(body, view.cut, bounds)
        if body.name in view.hidden or not surface.n_cells:
            continue
        triangles, smooth = surface_triangles(surface, view.cut, bounds)
        raised = index * view.explode * relief_height(stack)
        points = ((triangles.points + np.array((0, 0, raised))) * (1, 1, view.z_scale)).astype(np.float32)
        looks: dict[str, Any] = {"name": body.title}
        if body.has_values and fields is not None and view.field is not None:
            looks = {
                "name": f"{body.title}, {view.field} in {UNITS[view.field]}",
                "attribute": np.asarray(smooth.point_data[VALUES], dtype=np.float32),
                "color_map": colour_map(),
                "color_range": list(fields.range_of(view.field)),
            }
        drawn = k3d_mesh(k3d, points, triangles.corners, body.colour, **looks)
        plot += drawn
        if "attribute" in looks:
            plot.colorbar_object_id = drawn.id
    if view.scale_note:
        # as HTML, for k3d would set it as a formula; there is nothing of the user's in it
        plot += k3d.text2d(view.scale_note, position=(0.02, 0.96), size=0.9, is_html=True, name="scale")
    plot.camera = _camera(bounds, len(bodies), view, relief_height(stack), plot.camera_fov)
    return plot


def _fields(shown: Evaluation | Design, field: str) -> Fields:
    solve = shown.solve if isinstance(shown, Evaluation) else None
    if solve is None:
        raise OutputError(
            f"show: there is no {field} without finite elements; show tfgeom.evaluate(design, 'fem')"
        )
    fields = solved_fields(solve)
    if field not in fields.values:
        raise OutputError(f"show: '{field}' is no field; use {' or '.join(fields.values)}")
    return fields


def _camera(bounds: Any, count: int, view: View, height: float, angle: float) -> list[float]:
    """Return k3d's camera for the whole scene: eye, focus and up."""
    low, high = bounds.copy()
    high[2] += (count - 1) * view.explode * height
    low[2], high[2] = low[2] * view.z_scale, high[2] * view.z_scale
    focus, eye = (low + high) / 2, np.array(FROM) / np.linalg.norm(FROM)
    distance = 0.6 * float(np.linalg.norm(high - low)) / np.tan(np.radians(angle / 2))
    return [*(focus + distance * eye).tolist(), *focus.tolist(), 0.0, 0.0, 1.0]
