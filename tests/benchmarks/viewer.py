"""How fast the 3D scene follows a slider in software rendering, when its first picture comes, what a tile takes.

Everything that renders runs in processes of its own: VTK crashes where no OpenGL library works.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.speed import Row
from tests.shipped import PEARSE
from tfgeom.errors import MissingExtraError
from tfgeom.rendering import probe_rendering

SLIDER_BAR, STILL_BAR, MEMORY_BAR = 0.3, 10.0, 2.0
"""Seconds from a slider to the picture, seconds to a still from a cold start, GiB of a tile of a million faces."""

SCENE = """
import json, resource, statistics, sys, time
import pyvista
from tests.stacks import pearse_stack
from tfgeom.reliefs.holes import holes
from tfgeom.meshing.resolution import Resolution
from tfgeom.viewer.annotations import add_scale
from tfgeom.viewer.scene import Scene
from tfgeom.viewer.view import Cut, View

def drawn(scene):
    return sum(actor.mapper.dataset.n_cells for actor in scene.actors)

def scene_of(resolution):
    plotter = pyvista.Plotter(off_screen=True, window_size=[1600, 1000])
    plotter.set_background("white")
    return Scene(plotter, "Si", resolution=resolution)

def films(pitch):
    return pearse_stack(holes(3e-6, pitch, 30e-6, "hexagonal"))

def picture(scene, view, make):
    start = time.perf_counter()
    scene.show(make(), view)
    shown = time.perf_counter() - start
    scene.plotter.render()
    pixels = scene.plotter.screenshot(None, return_img=True)
    return shown, time.perf_counter() - start

told = {}
if sys.argv[1] == "slider":
    scene = scene_of(Resolution(2, rim_chords=6, electrolyte_sublevels=1))
    view = View(cut=Cut("y", 0.5))
    told["first"] = picture(scene, view, lambda: films(6e-6))[1]
    scene.look()
    add_scale(scene.plotter)
    runs = [picture(scene, view, lambda: films((6 + 0.02 * step) * 1e-6)) for step in range(20)]
    told["shown"], told["slider"] = (statistics.median(run[k] for run in runs) for k in (0, 1))
    told["slowest"] = max(run[1] for run in runs)
    same = films(6e-6)
    cuts = [picture(scene, View(cut=Cut("y", 0.3 + 0.01 * step)), lambda: same)[1] for step in range(11)]
    told["cut"] = statistics.median(cuts[1:])
else:
    columns = int(sys.argv[2])
    scene = scene_of(None)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    view = View(columns=columns, rows=columns, cut=Cut("y", 0.5))
    told["first"] = picture(scene, view, lambda: films(6e-6))[1]
    told["gib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    told["gib before"] = before / 2**20
told["faces"] = drawn(scene)
print(json.dumps(told))
"""


def viewer_table() -> list[Row]:
    rendering = probe_rendering()
    if not rendering.works:
        raise MissingExtraError(rendering.sentence)
    environment = rendering.environment()

    def scene(*arguments: str) -> dict[str, float]:
        command = [sys.executable, "-c", SCENE, *arguments]
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
        return dict(json.loads(done.stdout.splitlines()[-1]))

    slider, tile = scene("slider"), scene("tile", "7")
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "tfgeom.viewer.still", str(PEARSE), str(Path(folder) / "x.png")],
            env=environment,
            check=True,
            capture_output=True,
        )
        still = time.perf_counter() - start
    return [
        Row(
            f"slider of pitch to new picture, one cell of {slider['faces']:,.0f} faces, 1600 x 1000",
            f"{slider['slider'] * 1e3:.0f} ms (slowest {slider['slowest'] * 1e3:.0f}; "
            f"without rendering {slider['shown'] * 1e3:.0f})",
            f"{SLIDER_BAR * 1e3:.0f} ms",
            slider["slider"] <= SLIDER_BAR,
        ),
        Row(
            "cut moved, the same cell",
            f"{slider['cut'] * 1e3:.0f} ms",
            f"{SLIDER_BAR * 1e3:.0f} ms",
            slider["cut"] <= SLIDER_BAR,
        ),
        Row("first picture of the same cell, once started", f"{slider['first']:.2f} s", "stated", True),
        Row(
            f"memory of a tile of {tile['faces']:,.0f} faces with its picture",
            f"{tile['gib']:.2f} GiB ({tile['gib before']:.2f} before)",
            f"{MEMORY_BAR:g} GiB",
            tile["gib"] <= MEMORY_BAR,
        ),
        Row(
            f"first picture of that tile, {tile['faces']:,.0f} faces",
            f"{tile['first']:.2f} s",
            "stated",
            True,
        ),
        Row("still of a design from a cold start", f"{still:.1f} s", f"{STILL_BAR:g} s", still <= STILL_BAR),
    ]
