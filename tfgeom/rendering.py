"""What this machine can render, and how to mend it where it cannot.

Without an OpenGL library VTK crashes the process instead of raising, so every question is asked in a
subprocess.  A good answer is kept in the user's cache; a bad one is asked again, as it may have been mended.
"""

import contextlib
import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from tfgeom.programs import run_program

WINDOW_VARIABLE = "VTK_DEFAULT_OPENGL_WINDOW"
_OFF_SCREEN = {"vtkEGLRenderWindow": "EGL", "vtkOSOpenGLRenderWindow": "OSMesa"}
_REMEDY = "apt-get install -y --no-install-recommends libegl1 libgl1-mesa-dri"
_PROBE_SECONDS = 30

_PROBE = """
import contextlib
with contextlib.suppress(ImportError):  # not on Windows: a crash must leave no core file behind
    import resource
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
import vtkmodules.vtkRenderingOpenGL2
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow
window, renderer, pixels = vtkRenderWindow(), vtkRenderer(), vtkUnsignedCharArray()
window.SetOffScreenRendering(1)
window.SetSize(16, 16)
renderer.SetBackground(1, 0, 0)
window.AddRenderer(renderer)
window.Render()
window.GetRGBACharPixelData(0, 0, 15, 15, 1, pixels)
good = pixels.GetNumberOfTuples() == 256 and pixels.GetTuple(100)[:3] == (255, 0, 0)
print("rendered" if good else "blank", window.GetClassName())
"""


@dataclass(frozen=True, slots=True)
class Rendering:
    """Whether 3D pictures can be rendered off screen.

    Attributes
    ----------
    works
        Whether a test picture came out right.
    window
        What `WINDOW_VARIABLE` must be set to for it; None to leave it alone.
    sentence
        The answer for the user, with the remedy where it does not work.
    """

    works: bool
    window: str | None
    sentence: str

    def environment(self) -> dict[str, str]:
        """Return the environment for a process that renders."""
        return _environment(self.window)


def probe_rendering(refresh: bool = False) -> Rendering:
    """Return whether this machine can render, from the cache unless ``refresh``."""
    cached = None if refresh else _read_cache()
    if cached is not None:
        return cached
    for window in _candidates(os.environ):
        name = _probe(window)
        if name is not None:
            rendering = Rendering(True, window, f"3D pictures can be rendered ({name})")
            _write_cache(rendering)
            return rendering
    return Rendering(False, None, f"this machine cannot render 3D pictures: {_advice(os.environ)}")


def forget_rendering() -> None:
    """Drop the cached answer: a picture failed although the probe had worked."""
    with contextlib.suppress(
        OSError, RuntimeError
    ):  # a cache that cannot be changed is checked again by the next failure
        _cache_file().unlink(missing_ok=True)


def _candidates(environment: Mapping[str, str]) -> tuple[str | None, ...]:
    """Return the render windows to try; a display or the user's own choice is left alone."""
    chosen = ("DISPLAY", "WAYLAND_DISPLAY", WINDOW_VARIABLE)
    if not sys.platform.startswith("linux") or any(environment.get(name) for name in chosen):
        return (None,)
    return tuple(_OFF_SCREEN)


def _advice(environment: Mapping[str, str]) -> str:
    own = environment.get(WINDOW_VARIABLE)
    if own:
        return (
            f"{WINDOW_VARIABLE} is set to '{own}', which does not work here; unset it and run 'tfgeom doctor'"
        )
    if sys.platform.startswith("linux"):
        return f"no OpenGL library works here; on Debian and Ubuntu '{_REMEDY}' mends it"
    return "VTK found no working OpenGL; update the graphics driver and run 'tfgeom doctor'"


def _environment(window: str | None) -> dict[str, str]:
    environment = dict(os.environ)
    if not environment.get(WINDOW_VARIABLE):
        environment.pop(WINDOW_VARIABLE, None)  # VTK takes an empty value for an error
    if window is not None:
        environment[WINDOW_VARIABLE] = window
    return environment


def _probe(window: str | None) -> str | None:
    """Return the name of the way that rendered a 16 x 16 picture, or None."""
    try:
        done = run_program([sys.executable, "-c", _PROBE], _PROBE_SECONDS, _environment(window))
    except subprocess.TimeoutExpired:
        return None
    last = done.stdout.split()[-2:]
    if done.returncode != 0 or len(last) != 2 or last[0] != "rendered":
        return None
    return _OFF_SCREEN.get(last[1], last[1])


def _cache_key() -> str:
    """Return what the answer depends on: VTK, the machine, its display and the user's choice of window."""
    display = "display" if _candidates(os.environ) == (None,) else "no display"
    own = os.environ.get(WINDOW_VARIABLE, "")
    return " | ".join((version("vtk"), platform.node(), platform.machine(), display, own))


def _cache_file() -> Path:
    if sys.platform == "win32":
        folder = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        folder = Path.home() / "Library" / "Caches"
    else:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return folder / "tfgeom" / "rendering.json"


def _read_cache() -> Rendering | None:
    try:
        kept = json.loads(_cache_file().read_text(encoding="utf-8"))
    except (OSError, RuntimeError, ValueError):  # none yet, no home folder, or written by another program
        return None
    if not isinstance(kept, dict) or kept.get("key") != _cache_key():
        return None
    window, sentence = kept.get("window"), kept.get("sentence")
    if window not in (None, *_OFF_SCREEN) or not isinstance(sentence, str):
        return None
    return Rendering(True, window, sentence)


def _write_cache(rendering: Rendering) -> None:
    content = {"key": _cache_key(), "window": rendering.window, "sentence": rendering.sentence}
    with contextlib.suppress(OSError, RuntimeError):  # no cache: the next report probes again
        file = _cache_file()
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = file.with_suffix(f".{os.getpid()}")
        temporary.write_text(json.dumps(content), encoding="utf-8")
        temporary.replace(file)
