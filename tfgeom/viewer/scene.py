"""The scene on a plotter: bodies of a view, rebuilt where a view asks for it, moved where that is enough."""

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfgeom.films import Stack
from tfgeom.meshing.resolution import Resolution
from tfgeom.viewer.annotations import COLOURS_OF_FIELDS, FieldBar, Note, add_scale
from tfgeom.viewer.bodies import VALUES, Body, cut_faces, cut_plane, relief_height, scene_bodies, scene_bounds
from tfgeom.viewer.node_fields import UNITS, Fields
from tfgeom.viewer.view import View

FROM = (0.35, -0.82, 0.45)
"""Direction to the eye: from the front, a little from the right and from above."""
NEUTRAL = "#e4e4e4"
"""Colour of bodies without values where a field is shown."""
__all__ = ("COLOURS_OF_FIELDS", "FROM", "NEUTRAL", "Scene", "add_scale", "light_evenly")

# cut faces have exactly the colour of the legend or of the field's bar
_SHADED: dict[str, Any] = {"ambient": 0.5, "diffuse": 0.55, "specular": 0.0, "culling": "back"}
_UNLIT: dict[str, Any] = {"lighting": False}
_FEATURE = 35.0  # degrees between faces that stay sharp
_SAMPLES = 4  # a pixel, for smooth edges
_ROOM_BELOW, _ROOM_ABOVE, _WIDEST = 0.13, 0.11, 0.92  # of the picture


class _Made(NamedTuple):
    """What the bodies on the plotter were made of."""

    stack: Stack
    view: View
    fields: Fields | None


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

    def place(self, lift: float, z_scale: float) -> None:
        """Lift the body, um, and scale its height; the plane goes with it."""
        for actor in self.actors:
            actor.position = (0.0, 0.0, lift)
            actor.scale = (1.0, 1.0, z_scale)
        if self._plane is not None:
            x, y, z = self._origin
            self._plane.SetOrigin(x, y, z * z_scale + lift)


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
        self._note, self._bar = Note(plotter.renderer), FieldBar(plotter.renderer)
        self.bodies: list[Body] = []
        self._made: _Made | None = None
        self._drawn: dict[str, _Drawn] = {}

    def show(self, stack: Stack, view: View, fields: Fields | None = None) -> None:
        """Show a view of a stack; on an error the last good scene stays.

        Raises
        ------
        MeshError, DesignError
            As `scene_bodies`.
        """
        made = _Made(stack, view, fields if view.field else None)
        rebuilt = self._made is None or _geometry(made) != _geometry(self._made)
        if rebuilt:
            self.bodies = scene_bodies(
                stack, view, substrate=self.substrate, fields=made.fields, resolution=self.resolution
            )
            self._draw_skins(view, made.fields)
        if rebuilt or self._made is None or view.cut != self._made.view.cut:
            self._draw_cut(view, made.fields)
        self._made = made
        self._place(view, relief_height(stack))
        self._annotate(view, made.fields)

    @property
    def bounds(self) -> NDArray[np.float64]:
        """Least and greatest coordinates of the bodies, um, uncut and in their places, shape (2, 3)."""
        return scene_bounds(self.bodies)

    @property
    def actors(self) -> list[Any]:
        """What the bodies are drawn by."""
        return [actor for drawn in self._drawn.values() for actor in drawn.actors]

    def look(self) -> None:
        """Turn the camera to all that is visible, with room for what is written below and above it."""
        low, high = np.array(self.plotter.renderer.ComputeVisiblePropBounds()).reshape(3, 2).T
        if not (low <= high).all():  # nothing is visible
            low, high = self.bounds
        corners = np.array(np.meshgrid(*zip(low, high, strict=True))).reshape(3, -1).T
        direction = np.array(FROM) / np.linalg.norm(FROM)
        right = np.cross((0, 0, 1), direction)
        right /= np.linalg.norm(right)
        up = np.cross(direction, right)
        width, height = self.plotter.renderer.GetSize()
        across, along = np.ptp(corners @ right), np.ptp(corners @ up)
        half = max(along / 2 / (1 - _ROOM_BELOW - _ROOM_ABOVE), across / 2 * height / width / _WIDEST)
        focus = (low + high) / 2 + (_ROOM_ABOVE - _ROOM_BELOW) * half * up
        self.look_at(tuple(focus.tolist()), float(half))

    def look_at(self, focus: tuple[float, float, float], half_height: float, plotter: Any = None) -> None:
        """Turn the camera to a point, um, with half the height of the picture in um.

        Another ``plotter`` (or another subplot, once chosen) may show the same actors.
        """
        plotter = plotter or self.plotter
        camera = plotter.camera
        plotter.enable_parallel_projection()
        direction = np.array(FROM) / np.linalg.norm(FROM)
        distance = 4 * float(np.linalg.norm(np.diff(self.bounds, axis=0)))
        camera.focal_point = focus
        camera.position = tuple(np.array(focus) + distance * direction)
        camera.up = (0, 0, 1)
        camera.parallel_scale = half_height
        plotter.reset_camera_clipping_range()

    def _draw_skins(self, view: View, fields: Fields | None) -> None:
        for actor in self.actors:
            self.plotter.remove_actor(actor, render=False)
        self._drawn = {}
        for body in self.bodies:
            surface = body.skin.compute_normals(
                cell_normals=False, split_vertices=True, feature_angle=_FEATURE, consistent_normals=False
            )
            skin = self._draw(surface, _SHADED | _looks(body, view, fields))
            skin.prop.interpolation = "Gouraud"
            self._drawn[body.name] = _Drawn(skin)

    def _draw_cut(self, view: View, fields: Fields | None) -> None:
        bounds = self.bounds
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
                drawn.faces = self._draw(faces, _UNLIT | _looks(body, view, fields))

    def _draw(self, surface: Any, looks: dict[str, Any]) -> Any:
        return self.plotter.add_mesh(surface, render=False, reset_camera=False, **looks)

    def _place(self, view: View, height: float) -> None:
        for index, body in enumerate(self.bodies):
            self._drawn[body.name].place(index * view.explode * height * view.z_scale, view.z_scale)
            for actor in self._drawn[body.name].actors:
                actor.visibility = body.name not in view.hidden

    def _annotate(self, view: View, fields: Fields | None) -> None:
        self._note.show(view.scale_note)
        if view.field is None or fields is None:
            self._bar.hide()
        else:
            self._bar.show(f"{view.field}, {UNITS[view.field]}", *fields.range_of(view.field))


def _looks(body: Body, view: View, fields: Fields | None) -> dict[str, Any]:
    """Return the colours of a body as the plotter wants them."""
    if view.field is None:
        return {"color": body.colour}
    if fields is None or not body.has_values:
        return {"color": NEUTRAL}
    return {
        "scalars": VALUES,
        "cmap": COLOURS_OF_FIELDS,
        "clim": fields.range_of(view.field),
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
    return id(made.stack), view, id(made.fields)
