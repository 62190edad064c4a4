import json
import sys
from pathlib import Path

import pytest

from tfgeom import rendering
from tfgeom.rendering import Rendering, forget_rendering, probe_rendering

GIVEN = ("DISPLAY", "WAYLAND_DISPLAY", rendering.WINDOW_VARIABLE)


@pytest.fixture(autouse=True)
def _bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in GIVEN:
        monkeypatch.delenv(name, raising=False)
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "cache"))


class Probes:
    """Stand for the subprocess: answers by window, and remembers what was asked."""

    def __init__(self, good: dict[str | None, str]) -> None:
        self.good = good
        self.asked: list[str | None] = []

    def __call__(self, window: str | None) -> str | None:
        self.asked.append(window)
        return self.good.get(window)


def use(monkeypatch: pytest.MonkeyPatch, good: dict[str | None, str]) -> Probes:
    probes = Probes(good)
    monkeypatch.setattr(rendering, "_probe", probes)
    monkeypatch.setattr(sys, "platform", "linux")
    return probes


def test_a_crashing_renderer_is_an_answer_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    # a window class that VTK does not have crashes or fails as a machine without OpenGL does
    monkeypatch.setenv(rendering.WINDOW_VARIABLE, "vtkNoSuchRenderWindow")
    found = probe_rendering()
    assert not found.works
    assert "vtkNoSuchRenderWindow" in found.sentence
    assert "unset it" in found.sentence


def test_egl_is_tried_before_osmesa(monkeypatch: pytest.MonkeyPatch) -> None:
    probes = use(monkeypatch, {"vtkOSOpenGLRenderWindow": "OSMesa"})
    found = probe_rendering()
    assert probes.asked == ["vtkEGLRenderWindow", "vtkOSOpenGLRenderWindow"]
    assert found == Rendering(True, "vtkOSOpenGLRenderWindow", "3D pictures can be rendered (OSMesa)")
    assert found.environment()[rendering.WINDOW_VARIABLE] == "vtkOSOpenGLRenderWindow"


@pytest.mark.parametrize("name", GIVEN)
def test_a_display_or_the_users_choice_is_left_alone(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "vtkEGLRenderWindow")
    probes = use(monkeypatch, {None: "EGL"})
    found = probe_rendering()
    assert probes.asked == [None]
    assert found.window is None
    chosen = "vtkEGLRenderWindow" if name == rendering.WINDOW_VARIABLE else None
    assert found.environment().get(rendering.WINDOW_VARIABLE) == chosen


def test_an_empty_choice_is_no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(rendering.WINDOW_VARIABLE, "")
    use(monkeypatch, {"vtkEGLRenderWindow": "EGL"})
    assert probe_rendering().window == "vtkEGLRenderWindow"
    assert rendering.WINDOW_VARIABLE not in Rendering(True, None, "").environment()


def test_no_way_to_render_names_the_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, {})
    found = probe_rendering()
    assert not found.works
    assert "apt-get install -y --no-install-recommends libegl1 libgl1-mesa-dri" in found.sentence


def test_a_good_answer_is_kept_and_a_bad_one_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = use(monkeypatch, {})
    probe_rendering()
    probe_rendering()
    assert len(bad.asked) == 4
    good = use(monkeypatch, {"vtkEGLRenderWindow": "EGL"})
    first = probe_rendering()
    assert probe_rendering() == first
    assert len(good.asked) == 1
    assert probe_rendering(refresh=True) == first
    assert len(good.asked) == 2
    forget_rendering()
    probe_rendering()
    assert len(good.asked) == 3


def test_another_vtk_or_machine_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    good = use(monkeypatch, {"vtkEGLRenderWindow": "EGL", None: "X"})
    probe_rendering()
    monkeypatch.setattr("platform.node", lambda: "another")
    probe_rendering()
    monkeypatch.setattr(rendering, "version", lambda package: "0.0")
    probe_rendering()
    monkeypatch.setenv("DISPLAY", ":0")
    probe_rendering()
    assert good.asked == ["vtkEGLRenderWindow"] * 3 + [None]


@pytest.mark.parametrize("content", ["", "[]", "{", '{"key": 1}', "\x00"])
def test_a_spoilt_cache_is_asked_again(monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    good = use(monkeypatch, {"vtkEGLRenderWindow": "EGL"})
    probe_rendering()
    rendering._cache_file().write_text(content)
    assert probe_rendering().works
    assert len(good.asked) == 2


def test_a_window_that_another_program_wrote_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    good = use(monkeypatch, {"vtkEGLRenderWindow": "EGL"})
    probe_rendering()
    kept = json.loads(rendering._cache_file().read_text())
    rendering._cache_file().write_text(json.dumps({**kept, "window": "vtkNoSuchRenderWindow"}))
    assert probe_rendering().window == "vtkEGLRenderWindow"
    assert len(good.asked) == 2


def test_a_cache_that_cannot_be_written_costs_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    good = use(monkeypatch, {"vtkEGLRenderWindow": "EGL"})
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert probe_rendering().works
    assert probe_rendering().works
    forget_rendering()
    assert len(good.asked) == 2
