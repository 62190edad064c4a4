"""The 3D view in the report: an offline page of k3d's renderer, triangles and a control panel.

The page runs in a frame of its own without any origin, asks the network for nothing, and needs no OpenGL on
the machine that makes it.
"""

import base64
import hashlib
import json
import re
import zlib
from functools import lru_cache
from importlib.metadata import distribution
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfgeom.errors import MissingExtraError
from tfgeom.viewer.colour_bar import field_colours, ramp
from tfgeom.viewer.framing import FROM
from tfgeom.viewer.triangulation import LEVELS, TriangulatedCell

VIEW_ANGLE = 18.0
"""Opening angle of the camera, degrees: nearly parallel, so that lengths can be compared."""
EXTRA = 'pip install "tfgeom[view]"'
"""What brings k3d."""

# fonts of formulas, which this page has none of: a third of the renderer, and they name files beside the page
_FONT_RULE = re.compile(r"@font-face\{[^{}]*font-family:\W?KaTeX_[^{}]*(\$\{\w+\}[^{}]*)*\}")
_FONT_DATA = re.compile(r"(?<=data:font/woff2;base64,)[A-Za-z0-9+/=]+")


def require_k3d() -> Any:
    """Return k3d.

    Raises
    ------
    MissingExtraError
        When it is not installed.
    """
    try:
        import k3d
    except ModuleNotFoundError as error:
        if error.name != "k3d":
            raise
        raise MissingExtraError(f"interactive 3D needs k3d, which is not installed: {EXTRA}") from error
    return k3d


def embedded_page(cell: TriangulatedCell, title: str) -> str:
    """Return the offline page of a cell: the same text for the same cell.

    Parameters
    ----------
    cell
        The cell, with at least one body.
    title
        Of the page; text.

    Raises
    ------
    MissingExtraError
        When k3d is not installed.
    """
    k3d = require_k3d()
    plot = new_plot(k3d)
    told: list[dict[str, Any]] = []
    for body in cell.bodies:
        ids = {}
        for key, surface in (("whole", body.whole), ("cut", body.cut), ("solved", body.solved)):
            if surface is None or not len(surface.corners):
                continue
            values = next(iter(body.levels.values())) if key == "solved" else None
            looks = {} if values is None else _field_looks(values)
            drawn = k3d_mesh(k3d, surface.points, surface.corners, body.colour, **looks)
            drawn.id = ids[key] = len(plot.objects) + 1
            plot += drawn
        levels = {name: _base64(values.tobytes()) for name, values in body.levels.items()}
        told.append({"title": body.title, "colour": body.colour, "ids": ids, "levels": levels})
    scene = {
        "bodies": told,
        "fields": [
            {
                "name": field.name,
                "title": field.bar.title,
                "note": field.bar.note,
                "ticks": field.bar.ticks(),
            }
            for field in cell.fields
        ],
        "hasWhole": cell.has_whole,
        "bounds": cell.bounds_um.tolist(),
        "height": cell.height_um,
        "places": {
            name: {"focus": [near.x_um, float(cell.bounds_um[:, 1].mean()), near.z_um], "half": near.half_um}
            for name, near in cell.places.items()
        },
        "from": FROM,
        "angle": VIEW_ANGLE,
        "ramp": ramp(),
        "levels": LEVELS,
    }
    static = Path(k3d.__file__).parent / "static"
    parts = {
        "POLICY": script_policy(),
        "TITLE": _text(title),
        "STYLE": _own_file("panel.css"),
        "SCENE": _script_json(scene),
        "RENDERER": _packed_renderer(static / "standalone.js"),
        "LICENCES": _licences(static / "standalone.js.LICENSE.txt"),
        "OBJECTS": _base64(plot.get_binary_snapshot(compression_level=6)),
        "PANEL": _own_file("panel.js"),
    }
    return re.sub(r"\[\[([A-Z]+)\]\]", lambda mark: parts[mark[1]], _own_file("embedded.html"))


def script_policy() -> str:
    """Return what a content security policy must allow for the page: its own script, which unpacks k3d.

    A frame inherits the policy of the page around it, so that one must allow it too.
    """
    digest = base64.b64encode(hashlib.sha256(_own_file("panel.js").encode()).digest()).decode("ascii")
    return f"script-src 'sha256-{digest}' blob:; worker-src blob:"


def new_plot(k3d: Any, menu_visibility: bool = False) -> Any:
    """Return an empty plot: white, no grid, lit so that a body nearly keeps the colour of the legend."""
    return k3d.plot(
        grid_visible=False,
        menu_visibility=menu_visibility,
        camera_auto_fit=False,
        camera_fov=VIEW_ANGLE,
        camera_mode="trackball",
        axes_helper=0.0,
        colorbar_object_id=0,
        lighting=1.0,
        background_color=0xFFFFFF,
    )


def k3d_mesh(
    k3d: Any, points: NDArray[np.float32], corners: NDArray[np.uint32], colour: str, **looks: Any
) -> Any:
    """Return triangles as k3d's mesh, in one colour unless its looks have an ``attribute``."""
    if "attribute" not in looks:
        # a third of the colour shines by itself: shade shows the shape and the legend's colour stays
        number = int(colour[1:], 16)
        looks = {"color": number, "emissive": number, "emissive_intensity": 0.35, **looks}
    return k3d.mesh(points, corners, flat_shading=False, roughness=1.0, metalness=0.0, side="front", **looks)


def _field_looks(levels: NDArray[np.uint8]) -> dict[str, Any]:
    return {
        "attribute": levels.astype(np.float32) / LEVELS,
        "color_map": colour_map(),
        "color_range": [0.0, 1.0],
        # k3d leaves wire frames unlit; the panel fills them, so that a field has the colours of its bar
        "wireframe": True,
    }


def colour_map() -> NDArray[np.float32]:
    """Return the colours of fields as k3d takes them: rows of share, red, green and blue, flattened."""
    stops = np.column_stack((np.linspace(0, 1, 64), field_colours(64)))
    return stops.astype(np.float32).ravel()


@lru_cache(maxsize=1)
def _packed_renderer(script: Path) -> str:
    text = _FONT_DATA.sub("", _FONT_RULE.sub("", script.read_text(encoding="utf-8")))
    return _base64(zlib.compress(text.encode(), 9))


@lru_cache(maxsize=1)
def _licences(of_others: Path) -> str:
    """Return the notices of k3d and of what its renderer holds, which go wherever the renderer goes."""
    installed = distribution("k3d")
    own = [file for file in installed.files or () if re.search(r"dist-info/.*LICEN[CS]E", str(file))]
    notices = [f"k3d {installed.version}, https://github.com/K3D-tools/K3D-jupyter"]
    notices += [file.read_text(encoding="utf-8") for file in own]
    if of_others.is_file():
        notices.append(of_others.read_text(encoding="utf-8"))
    return "\n\n".join(notices).replace("</", "< /")


def _own_file(name: str) -> str:
    return files("tfgeom.viewer").joinpath(name).read_text(encoding="utf-8")


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _script_json(content: dict[str, Any]) -> str:
    """Return JSON for a script block; no text in it can end the block."""
    plain = json.dumps(content, allow_nan=False)
    return plain.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
