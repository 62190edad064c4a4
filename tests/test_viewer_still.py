"""Stills of every kind: the films are there in their colours; the scale bar is as long as it says; no crash."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.design_texts import FILMS, FLOODED, OUTER, VALID
from tests.kinds import RELIEF_TEXTS
from tfgeom import rendering
from tfgeom.cells.kinds import assemble_cell
from tfgeom.design import design_from_mapping, load_design
from tfgeom.errors import DesignError, MeshError, OutputError
from tfgeom.palette import SUBSTRATE, film_colours
from tfgeom.rendering import Rendering, probe_rendering
from tfgeom.viewer import still as still_module
from tfgeom.viewer.annotations import round_length
from tfgeom.viewer.colour_bar import ramp
from tfgeom.viewer.still import NO_PICTURE_EXIT, main, save_still, screenshot
from tfgeom.viewer.view import View

CELL = VALID[VALID.index("cell:") :]
FILLING = "  - {role: current_collector, material: TiN, name: filling, fill: {above_top: 300 nm}}\n"
TURNED = "{kind: pillars, lattice: square, cross_section: square, rotation: 15 deg, pitch: 14.8 um, side: 13.2 um, height: 5 um}"
UNEVEN = FILMS.replace("thickness: 70 nm", "thickness: 70 nm, step_coverage: 0.6")
TEXTS = {
    **{kind: f"relief: {relief}\nlayers:\n{FILMS}{CELL}" for kind, relief in RELIEF_TEXTS.items()},
    "with coverage": f"relief: {RELIEF_TEXTS['holes']}\nlayers:\n{UNEVEN}{CELL}",
    "filled": f"relief: {RELIEF_TEXTS['holes']}\nlayers:\n{FILMS.replace(OUTER, FILLING)}{CELL}",
}
HEAD = "schema_version: 1\nname: 'Names: <b>$x$</b> & Äß µ'\n"


def need_rendering() -> Rendering:
    rendering = probe_rendering()
    if not rendering.works:
        pytest.skip(rendering.sentence)
    return rendering


def in_own_process(code: str, *arguments: str) -> str:
    """Run code that renders; a crash of VTK is an error and not the end of the tests."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *arguments],
        env=need_rendering().environment() | {"PYTHONPATH": str(Path(__file__).parent.parent)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def picture(file: Path) -> Any:
    from matplotlib.image import imread

    return np.round(255 * imread(file)[..., :3]).astype(int)


def nearest(pixels: Any, colours: dict[str, str]) -> dict[str, int]:
    """Return how many pixels have each colour, by name: nearest to it, and within 25 of it."""
    targets = np.array(
        [[int(c[at : at + 2], 16) for at in (1, 3, 5)] for c in [*colours.values(), "#ffffff"]]
    )
    found, counts = np.unique(pixels.reshape(-1, 3), axis=0, return_counts=True)
    away = np.linalg.norm(found[:, None] - targets, axis=2)
    best = np.where(away.min(axis=1) <= 25, away.argmin(axis=1), -1)
    return {name: int(counts[best == index].sum()) for index, name in enumerate(colours)}


@pytest.fixture(scope="module")
def stills(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the design and the still of every kind."""
    folder = tmp_path_factory.mktemp("stills")
    for kind, text in TEXTS.items():
        (folder / f"{kind}.yaml").write_text(HEAD + text, encoding="utf-8")
    in_own_process(
        "import sys\nfrom pathlib import Path\nfrom tfgeom.design import load_design\n"
        "from tfgeom.viewer.still import save_still\n"
        "for file in Path(sys.argv[1]).glob('*.yaml'):\n"
        "    save_still(load_design(file), file.with_suffix('.png'))\n",
        str(folder),
    )
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("kind", TEXTS)
def test_every_film_shows_in_its_colour(stills: Path, kind: str) -> None:
    pixels = picture(stills / f"{kind}.png")
    assert pixels.shape == (1000, 1600, 3)
    stack = assemble_cell(load_design(stills / f"{kind}.yaml")).made
    colours = film_colours([film.layer for film in stack.films])
    legend = 260 if kind == "planar" else 290  # its width: what it shows does not count
    counts = nearest(pixels[:, legend:], {**colours, "substrate": SUBSTRATE})
    assert min(counts.values()) >= 50, counts
    assert set(counts) == {*colours, "substrate"}
    # every colour is in the legend, beside black text
    boxes = nearest(pixels[:, :legend], {**colours, "substrate": SUBSTRATE, "text": "#1a1a1a"})
    assert min(boxes.values()) >= 300, boxes


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["holes", "pillars"])
def test_nothing_is_cut_out_of_the_close_up(stills: Path, kind: str) -> None:
    """It is full to a straight lower edge; below that there are the scale bar and nothing else."""
    pixels = picture(stills / f"{kind}.png")[:, 946:]
    strip = pixels[930:]
    assert np.ptp(strip, axis=2).max() == 0, "no film"
    assert (strip == 255).mean() > 0.9
    assert (strip == 26).all(axis=2).any(axis=1).sum() > 15, "the bar and its words"
    white = (pixels[:, :1500] == 255).all(axis=2)
    corner = white[780:915, :150]
    assert corner.mean() < 0.05, "the lower left, where a plate would be"


AXES = """
import numpy as np, pyvista
from tests.stacks import pearse_stack
from tfgeom.viewer.annotations import add_scale
from tfgeom.viewer.scene import Scene
from tfgeom.viewer.view import View
plotter = pyvista.Plotter(off_screen=True, window_size=[200, 400])
plotter.set_background("white")
scene = Scene(plotter, "Si")
scene.show(pearse_stack(), View())
scene.look()
add_scale(plotter)
for size in ([200, 400], [400, 200], [400, 400]):
    plotter.window_size = size
    red, green, blue = np.moveaxis(np.asarray(plotter.screenshot(None, return_img=True), dtype=int), 2, 0)
    print(np.ptp(np.flatnonzero(((blue > 150) & (red < 80) & (green < 80)).any(axis=1))))
"""


@pytest.mark.slow
def test_the_axes_are_as_large_in_a_picture_of_any_shape() -> None:
    high, wide, square = (int(line) for line in in_own_process(AXES).split())
    assert min(high, wide, square) >= 15, "pixels of the blue arrow; its letters need the room"
    assert max(high, wide, square) - min(high, wide, square) <= 3


LOOK = """
import json, sys
import numpy as np, pyvista
from dataclasses import replace
from tests.design_texts import VALID, mapping_in
from tests.stacks import pearse_stack, pearse_plane
from tests.wires import wires
from tests.solves import solved_films
from tfgeom.design import design_from_mapping
from tfgeom.evaluation import evaluate
from tfgeom.viewer.node_fields import solved_fields
from tfgeom.viewer.still import save_still
from tfgeom.viewer.annotations import add_scale
from tfgeom.viewer.scene import Scene
from tfgeom.viewer.view import Cut, View
stack = pearse_stack()
plotter = pyvista.Plotter(off_screen=True, window_size=[1600, 1000])
plotter.set_background("white")
scene = Scene(plotter, "Si")
told = {}
def shot(name):
    plotter.render()
    pyvista_image = plotter.screenshot(f"{sys.argv[1]}/{name}.png", return_img=True)
    told[name] = 2 * plotter.camera.parallel_scale / 1000
view = View(cut=Cut("y", 0.5))
scene.show(stack, view); scene.look(); add_scale(plotter); shot("cut")
scene.show(stack, replace(view, hidden=frozenset({"outer_collector"}))); shot("peeled")
scene.show(stack, replace(view, cut=None)); shot("whole")
scene.show(stack, view); shot("again")
scene.show(stack, replace(view, z_scale=0.2, thickness_scale=2)); scene.look(); shot("scaled")
scene.show(stack, replace(view, explode=0.5)); scene.look(); shot("exploded")
scene.show(stack, view); scene.look_at((1.4, 0, 29.9), 0.5); shot("close")
fields = solved_fields(solved_films(wires(stack)))
scene.show(stack, replace(view, field="potential"), fields); shot("field")
found = evaluate(design_from_mapping(mapping_in(VALID)), "fem")
for name, hidden in (("still", ()), ("nothing", ("electrolyte",))):
    seen = replace(view, field="potential", hidden=frozenset(hidden))
    save_still(found.design, f"{sys.argv[1]}/{name}.png", seen, fields=solved_fields(found.solve))
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def looks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, float]]:
    """Return a folder with pictures of a hole, and the length of a pixel of each, um."""
    folder = tmp_path_factory.mktemp("looks")
    return folder, json.loads(in_own_process(LOOK, str(folder)))


def bar_pixels(pixels: Any) -> int:
    """Return the length of the scale bar: the longest row of ink at the lower right."""
    ink = np.all(pixels[900:, 1100:] == 26, axis=2)
    return int(ink.sum(axis=1).max())


@pytest.mark.slow
@pytest.mark.parametrize("name", ["cut", "exploded", "close"])
def test_the_scale_bar_has_a_round_length_at_every_zoom(
    looks: tuple[Path, dict[str, float]], name: str
) -> None:
    folder, um_per_pixel = looks
    length = bar_pixels(picture(folder / f"{name}.png")) * um_per_pixel[name]
    rounded = round_length(length * 1.01)
    assert length == pytest.approx(rounded, rel=0.02)
    assert 0.06 * 1600 * um_per_pixel[name] < rounded <= 0.2 * 1600 * um_per_pixel[name]


@pytest.mark.slow
def test_views_change_what_is_seen(looks: tuple[Path, dict[str, float]]) -> None:
    folder, _ = looks
    shots = {file.stem: picture(file) for file in folder.glob("*.png")}
    colours = {"electrolyte": "#f0e442", "cathode": "#0072b2", "anode": "#d55e00"}
    seen = {name: nearest(pixels, colours) for name, pixels in shots.items()}
    assert seen["cut"]["electrolyte"] > 1000
    # uncut, films show only at the shaded border of the cell
    assert seen["whole"]["electrolyte"] == 0
    assert np.array_equal(shots["again"], shots["cut"])
    # without the outer collector the anode is the outermost film
    red, green, blue = (np.stack(list(shots.values()))[..., channel] for channel in range(3))
    orange = dict(zip(shots, ((red > 1.5 * green) & (green > 2 * blue)).sum(axis=(1, 2)), strict=True))
    assert orange["peeled"] > 20 * orange["cut"] > 0
    assert orange["exploded"] > 1.5 * orange["cut"]


@pytest.mark.slow
def test_a_note_stands_below_what_is_not_to_scale(looks: tuple[Path, dict[str, float]]) -> None:
    folder, _ = looks
    below = {name: picture(folder / f"{name}.png")[900:, 500:1100] for name in ("cut", "scaled")}
    assert (below["cut"] == 255).all()
    assert (below["scaled"] < 100).sum() > 500


@pytest.mark.slow
def test_a_field_has_its_own_colours_and_bar_and_the_rest_is_neutral(
    looks: tuple[Path, dict[str, float]],
) -> None:
    pixels = picture(looks[0] / "field.png")
    ends = nearest(pixels[150:900], {"low": "#440154", "high": "#fde725", "neutral": "#e4e4e4"})
    assert min(ends.values()) > 500
    assert max(nearest(pixels, {"cathode": "#0072b2", "anode": "#d55e00"}).values()) == 0
    bar = nearest(picture(looks[0] / "still.png")[:, :285], {"low": "#440154", "high": "#fde725"})
    assert min(bar.values()) > 50


@pytest.mark.slow
def test_no_colour_bar_is_drawn_over_the_cell(looks: tuple[Path, dict[str, float]]) -> None:
    """With the film that has the field hidden, none of the field's colours is left beside the legend."""
    pixels = picture(looks[0] / "nothing.png")
    colours = {f"{k}": colour for k, colour in enumerate(ramp(12))}
    assert max(nearest(pixels[:790, 300:], colours).values()) == 0, "above the axes"
    assert min(nearest(pixels[:, :285], colours).values()) > 50


def test_round_lengths() -> None:
    assert [round_length(most) for most in (0.0019, 0.02, 0.99, 1, 4.9, 5.1, 73)] == pytest.approx(
        [0.001, 0.02, 0.5, 1, 2, 5, 50]
    )


# --- the process, and what goes wrong


def test_a_relief_that_cannot_be_drawn_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    design = tmp_path / "cell.yaml"
    design.write_text(f"{HEAD}relief: {TURNED}\nlayers:\n{FILMS}{CELL}", encoding="utf-8")
    assert main([str(design), str(tmp_path / "still.png")]) == NO_PICTURE_EXIT
    assert "not yet supported: a mesh of coated sections that reach beyond" in capsys.readouterr().err
    assert not (tmp_path / "still.png").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", [HEAD + f"relief: {RELIEF_TEXTS['holes']}\n", FLOODED], ids=["bare", "flooded"]
)
def test_a_screenshot_of_designs_without_a_whole_cell(tmp_path: Path, text: str) -> None:
    need_rendering()
    file = tmp_path / "cell.yaml"
    file.write_text(text, encoding="utf-8")
    screenshot([load_design(file)], tmp_path / "x.png", (400, 300))
    assert picture(tmp_path / "x.png").shape == (300, 400, 3)
    assert sorted(f.name for f in tmp_path.iterdir()) == ["cell.yaml", "x.png"]


@pytest.mark.slow
def test_a_screenshot_of_two_designs_has_both_with_their_legends(tmp_path: Path) -> None:
    need_rendering()
    designs = [plain(VALID), plain(FLOODED)]
    for name, shown in (("both", designs), ("first", designs[:1]), ("second", designs[1:])):
        screenshot(shown, tmp_path / f"{name}.png", (500, 300))
    both, first, second = (picture(tmp_path / f"{name}.png") for name in ("both", "first", "second"))
    assert np.array_equal(both, np.concatenate((first, second)))
    assert not np.array_equal(first, second)


def plain(text: str = VALID) -> Any:
    from ruamel.yaml import YAML

    return design_from_mapping(YAML(typ="safe").load(text))


def test_a_machine_that_cannot_render_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv(rendering.WINDOW_VARIABLE, "vtkNoSuchRenderWindow")
    with pytest.raises(MeshError, match=r"cannot render 3D pictures: .* unset it") as caught:
        screenshot([plain()], tmp_path / "x.png")
    assert caught.value.exit_code == 1
    assert not (tmp_path / "x.png").exists()


def test_a_crash_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(rendering.WINDOW_VARIABLE, raising=False)
    works = Rendering(True, "vtkNoSuchRenderWindow", "rendered")
    monkeypatch.setattr(still_module, "probe_rendering", lambda: works)
    forgotten = []
    monkeypatch.setattr(still_module, "forget_rendering", lambda: forgotten.append(True))
    with pytest.raises(MeshError, match=r"the process that renders the picture failed .*doctor"):
        screenshot([plain()], tmp_path / "x.png")
    assert forgotten
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "size", "says"),
    [
        ("x.jpg", (1600, 1000), "use .png"),
        ("no/x.png", (1600, 1000), "does not exist"),
        ("x.png", (1600, 10), "200 to 8000"),
        ("x.png", (100000, 1000), "200 to 8000"),
    ],
)
def test_bad_pictures_are_refused_before_the_work(
    tmp_path: Path, name: str, size: tuple[int, int], says: str
) -> None:
    with pytest.raises(OutputError, match=says):
        screenshot([plain()], tmp_path / name, size)


def test_a_design_that_cannot_exist_keeps_its_own_error(tmp_path: Path) -> None:
    with pytest.raises(DesignError, match="close"):
        screenshot([plain(VALID.replace("70 nm", "2 um"))], tmp_path / "x.png")


def test_a_field_without_values_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no fields are given"):
        save_still(plain(), tmp_path / "x.png", View(field="potential"))
