"""The scene on a plotter: bodies of a view, rebuilt where a view asks for it, moved where that is enough."""

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfgeom.films import Stack
from tfgeom.meshing.resolution import Resolution
from tfgeom.viewer.annotations import Note
from tfgeom.viewer.bodies import VALUES, Body, cut_faces, cut_plane, relief_height, scene_bodies, scene_bounds
from tfgeom.viewer.colour_bar import COLOURS_OF_FIELDS, ColourBar, field_bar
from tfgeom.viewer.framing import FROM, Frame, aim, box_corners, frame_of
from tfgeom.viewer.node_fields import Fields
from tfgeom.viewer.view import View

NEUTRAL = "#e4e4e4"
"""Colour of bodies without values where a field is shown."""

# cut faces have exactly the colour of the legend or of the field's bar
_SHADED: dict[str, Any] = {"ambient": 0.5, "diffuse": 0.55, "specular": 0.0, "culling": "back"}
_UNLIT: dict[str, Any] = {"lighting": False}
_FEATURE = 35.0  # degrees between faces that stay sharp
_SAMPLES = 4  # a pixel, for smooth edges
_UPRIGHT = (0.0, 0.0, 1.0)


class _Made(NamedTuple):
    """What the bodies on the plotter were made of."""

    stack: Stack
    view: View
    fields: Fields | None
    ends: tuple[float, float] | None


class _Drawn:
    """What a body is drawn by: its skin, of which a plane hides what a cut takes away, and its cut faces."""

    def __init__(self, skin: Any) -> None:
        self.skin = skin
        self.faces: Any = None
        self._plane: Any = None
        self._origin = (0.0, 0.0, 0.0)

    @property
    def actors(self) -> list[Any]:
        return [self.skin] if self.faces is None else [self.skin, self.faces]

    def cut(self, origin: NDArray[np.float64], normal: NDArray[np.float64]) -> None:
        """Hide the skin on the far side of a plane, um."""
        from vtkmodules.vtkCommonDataModel import vtkPlane

        self._plane, self._origin = vtkPlane(), tuple(origin.tolist())
        self._plane.SetOrigin(*self._origin)
        self._plane.SetNormal(*normal)
        self.skin.mapper.RemoveAllClippingPlanes()
        self.skin.mapper.AddClippingPlane(self._plane)

    def uncut(self) -> None:
        """Show the whole skin."""
        self._plane = None
        self.skin.mapper.RemoveAllClippingPlanes()

    def place(self, at: NDArray[np.float64], z_scale: float) -> None:
        """Move the body's origin, um, and scale its height; the plane goes with it."""
        for actor in self.actors:
            actor.position = tuple(at.tolist())
            actor.scale = (1.0, 1.0, z_scale)
        if self._plane is not None:
            self._plane.SetOrigin(*(np.array(self._origin) * (1.0, 1.0, z_scale) + at).tolist())


class Scene:
    """Shows one view after the other on a plotter.

    Parameters
    ----------
    plotter
        A pyvista plotter.
    substrate
        Material of the substrate, where the design says.
    smooth_edges
        For stills: it triples the time that software takes to render.
    resolution
        Of the bodies; by default coarse, which loses no volume.
    """

    def __init__(
        self,
        plotter: Any,
        substrate: str | None = None,
        *,
        smooth_edges: bool = False,
        resolution: Resolution | None = None,
    ) -> None:
        self.plotter, self.substrate, self.resolution = plotter, substrate, resolution
        plotter.ren_win.SetMultiSamples(_SAMPLES if smooth_edges else 0)
        light_evenly(plotter)
        self._note = Note(plotter.renderer)
        self.bodies: list[Body] = []
        self._made: _Made | None = None
        self._origin = np.zeros(3)
        self._drawn: dict[str, _Drawn] = {}

    def show(
        self,
        stack: Stack,
        view: View,
        fields: Fields | None = None,
        ends: tuple[float, float] | None = None,
    ) -> None:
        """Show a view of a stack; on an error the last good scene stays.

        Parameters
        ----------
        stack
            Films on a relief.
        view
            What of it, and how.
        fields
            Needed when the view shows a field.
        ends
            Values at the ends of its colour bar; by default the smallest and the largest that are shown.

        Raises
        ------
        MeshError, DesignError
            As `scene_bodies`.
        """
        made = _Made(stack, view, fields if view.field else None, ends if view.field else None)
        rebuilt = self._made is None or _geometry(made) != _geometry(self._made)
        if rebuilt:
            self.bodies = scene_bodies(
                stack, view, substrate=self.substrate, fields=made.fields, resolution=self.resolution
            )
            self._draw_skins(made)
        if rebuilt or self._made is None or view.cut != self._made.view.cut:
            self._draw_cut(made)
        self._made = made
        self._place(made)
        self._note.show(view.scale_note)

    def move(self, origin: tuple[float, float, float]) -> None:
        """Put the origin of the cell elsewhere, um: so that its rim stands beside that of another cell."""
        self._origin = np.array(origin)
        if self._made is not None:
            self._place(self._made)

    @property
    def view(self) -> View:
        """What is shown now."""
        return View() if self._made is None else self._made.view

    @property
    def fields(self) -> Fields | None:
        """Values that colour what is shown now."""
        return None if self._made is None else self._made.fields

    @property
    def bar(self) -> ColourBar | None:
        """The colour bar of what is shown now; None where no field is."""
        made = self._made
        if made is None or made.fields is None or made.view.field is None:
            return None
        return (
            field_bar(made.view.field, made.fields, made.ends) if made.fields.shown(made.view.field) else None
        )

    @property
    def bounds(self) -> NDArray[np.float64]:
        """Least and greatest coordinates of the bodies, um, uncut and in their places, shape (2, 3)."""
        return scene_bounds(self.bodies)

    @property
    def actors(self) -> list[Any]:
        """What the bodies are drawn by."""
        return [actor for drawn in self._drawn.values() for actor in drawn.actors]

    def box(self) -> NDArray[np.float64]:
        """Return the least and greatest coordinates of all that is visible where it is, um, shape (2, 3)."""
        found = np.array(self.plotter.renderer.ComputeVisiblePropBounds()).reshape(3, 2).T
        return found if (found[0] <= found[1]).all() else self.bounds + self._origin  # nothing is visible

    def look(self) -> None:
        """Turn the camera to all that is visible, with room for what is written below and above it."""
        size = self.plotter.renderer.GetSize()
        frame = frame_of(box_corners(*self.box()), FROM, size, _UPRIGHT)
        self.look_at(tuple(frame.focus.tolist()), frame.half)

    def look_at(self, focus: tuple[float, float, float], half_height: float, plotter: Any = None) -> None:
        """Turn the camera to a point, um, with half the height of the picture in um.

        Another ``plotter`` (or another subplot, once chosen) may show the same actors.
        """
        depth = 4 * float(np.linalg.norm(np.diff(self.bounds, axis=0)))
        aim(plotter or self.plotter, Frame(np.array(focus), half_height), FROM, _UPRIGHT, depth)

    def _draw_skins(self, made: _Made) -> None:
        for actor in self.actors:
            self.plotter.remove_actor(actor, render=False)
        self._drawn = {}
        for body in self.bodies:
            surface = body.skin.compute_normals(
                cell_normals=False, split_vertices=True, feature_angle=_FEATURE, consistent_normals=False
            )
            skin = self._draw(surface, _SHADED | _looks(body, made))
            skin.prop.interpolation = "Gouraud"
            self._drawn[body.name] = _Drawn(skin)

    def _draw_cut(self, made: _Made) -> None:
        bounds, view = self.bounds, made.view
        for body in self.bodies:
            drawn = self._drawn[body.name]
            if drawn.faces is not None:
                self.plotter.remove_actor(drawn.faces, render=False)
                drawn.faces = None
            if view.cut is None or view.cut.position == 0:
                drawn.uncut()
                continue
            drawn.cut(*cut_plane(view.cut, bounds))
            faces = cut_faces(body, view.cut, bounds)
            if faces.n_cells:
                drawn.faces = self._draw(faces, _UNLIT | _looks(body, made))

    def _draw(self, surface: Any, looks: dict[str, Any]) -> Any:
        return self.plotter.add_mesh(surface, render=False, reset_camera=False, **looks)

    def _place(self, made: _Made) -> None:
        view, height = made.view, relief_height(made.stack)
        for index, body in enumerate(self.bodies):
            lift = np.array((0.0, 0.0, index * view.explode * height * view.z_scale))
            self._drawn[body.name].place(self._origin + lift, view.z_scale)
            for actor in self._drawn[body.name].actors:
                actor.visibility = body.name not in view.hidden


def _looks(body: Body, made: _Made) -> dict[str, Any]:
    """Return the colours of a body as the plotter wants them."""
    if made.view.field is None:
        return {"color": body.colour}
    if made.fields is None or not body.has_values:
        return {"color": NEUTRAL}
    return {
        "scalars": VALUES,
        "cmap": COLOURS_OF_FIELDS,
        "clim": made.ends or made.fields.range_of(made.view.field),
        "show_scalar_bar": False,
    }


def light_evenly(plotter: Any) -> None:
    """Put one white light at the eye's upper left: the usual lights are tinted, and change colours."""
    import pyvista

    plotter.renderer.remove_all_lights()
    light = pyvista.Light(position=(-0.3, 0.6, 1.0), light_type="camera light", intensity=1.0)
    plotter.renderer.add_light(light)


def _geometry(made: _Made) -> tuple[object, ...]:
    """Return what the bodies depend on: everything of the view but where they are and what hides them."""
    view = replace(made.view, hidden=frozenset(), cut=None, explode=0.0, z_scale=1.0)
    return id(made.stack), view, id(made.fields), made.ends
