"""The camera of the cells on a page: where it looks, and when it looks anew.

It keeps the direction that a person has turned it to.  What a person zoomed or moved to stays as well, until
the cells have left the picture or are hardly there any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Direction = Sequence[float] | NDArray[np.float64]
"""Three numbers, of any length."""
FROM = (0.35, -0.82, 0.45)
"""Direction to the eye: from the front, a little from the right and from above."""

_BELOW, _ABOVE, _WIDEST = 0.13, 0.05, 0.92  # of the picture: room for what is written there
_SMALL, _TINY = 0.6, 0.2  # of the largest that fits: smaller cells are looked at anew; the same after a zoom
_NEARLY = 1e-3


@dataclass(frozen=True, slots=True)
class Frame:
    """What a picture shows: its middle, um, and half its height, um."""

    focus: NDArray[np.float64]
    half: float


def box_corners(low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the corners of a box, shape (8, 3)."""
    return np.array(np.meshgrid(*zip(low, high, strict=True))).reshape(3, -1).T


def frame_of(
    corners: NDArray[np.float64], direction: Direction, size: tuple[int, int], up: Direction
) -> Frame:
    """Return the frame that holds points, with room for what is written below and above them.

    Parameters
    ----------
    corners
        Points, um, shape (n, 3).
    direction
        To the eye.
    size
        Width and height of the picture, pixels.
    up
        What is up in the picture, not along ``direction``.
    """
    right, upward = _axes(direction, up)
    across, along = corners @ right, corners @ upward
    width, height = size
    half = max(np.ptp(along) / 2 / (1 - _BELOW - _ABOVE), np.ptp(across) / 2 * height / width / _WIDEST)
    middle = (corners.min(axis=0) + corners.max(axis=0)) / 2
    for axis, places in ((right, across), (upward, along)):
        middle = middle + ((places.min() + places.max()) / 2 - middle @ axis) * axis
    return Frame(middle + (_ABOVE - _BELOW) * half * upward, float(half))


def _axes(direction: Direction, up: Direction) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what is right and what is up in a picture, as unit vectors."""
    eye = np.asarray(direction, dtype=float) / np.linalg.norm(direction)
    right = np.cross(np.asarray(up, dtype=float), eye)
    right /= np.linalg.norm(right)
    return right, np.cross(eye, right)


def aim(plotter: Any, frame: Frame, direction: Direction, up: Direction, depth: float) -> None:
    """Turn a plotter's camera to a frame; ``depth`` is how far the eye stays away, um."""
    camera = plotter.camera
    plotter.enable_parallel_projection()
    eye = np.asarray(direction, dtype=float) / np.linalg.norm(direction)
    camera.focal_point = tuple(frame.focus.tolist())
    camera.position = tuple((frame.focus + depth * eye).tolist())
    camera.up = tuple(up)
    camera.parallel_scale = frame.half
    plotter.reset_camera_clipping_range()


class Framing:
    """The one camera of scenes side by side.

    Parameters
    ----------
    scenes
        They share the camera of the first, and their pictures have one size.
    """

    def __init__(self, scenes: Sequence[Any]) -> None:
        self._scenes = scenes
        self._plotter = scenes[0].plotter
        self._set: Frame | None = None  # as we left it
        self._is_close = False  # whether one place is looked at, not everything
        self._last: _Seen | None = None
        self._plotter.renderer.AddObserver("StartEvent", self._before_picture, 1.0)

    def fit(self, *, turn: bool = False) -> None:
        """Look at everything, from where the eye is; ``turn`` to look from the front again."""
        self._is_close = False
        for scene in self._scenes:
            scene.move((0.0, 0.0, 0.0))
        self._aim(None, turn=turn)

    def look_at(self, frame: Frame, *, turn: bool = True) -> None:
        """Look at one place, from the front unless it is the place that was looked at all along."""
        self._is_close = True
        self._aim(frame, turn=turn)

    @property
    def stays_close(self) -> bool:
        """Whether one place is looked at, and nobody has zoomed or moved since."""
        return self._is_close and self._is_ours

    def follow(self) -> None:
        """Look at everything again where a change of the cells or of the pictures' shape asks for it."""
        seen, last = self._seen, self._last
        if last is None or seen.is_like(last):
            return
        self._last = seen
        if self.stays_close:
            return
        present, wanted = self._present, self._whole()
        inside, share = self._holds(present, seen), wanted.half / present.half
        if self._is_ours:
            anew = not inside or share < _SMALL
        else:
            left = self._holds(present, last) and not inside
            anew = left or share < _TINY or not self._holds(present, seen, partly=True)
        if anew:
            self.fit()

    def _before_picture(self, *_: object) -> None:
        if self._last is not None and self._last.size != self._seen.size:
            self.follow()

    @property
    def _seen(self) -> "_Seen":
        width, height = self._plotter.renderer.GetSize()
        corners = np.concatenate([box_corners(*scene.box()) for scene in self._scenes])
        return _Seen((max(1, int(width)), max(1, int(height))), corners)

    @property
    def _present(self) -> Frame:
        camera = self._plotter.camera
        return Frame(np.asarray(camera.focal_point, dtype=float), float(camera.parallel_scale))

    @property
    def _direction(self) -> NDArray[np.float64]:
        camera = self._plotter.camera
        eye: NDArray[np.float64] = np.subtract(camera.position, camera.focal_point, dtype=np.float64)
        return eye

    @property
    def _is_ours(self) -> bool:
        if self._set is None:
            return False
        present, near = self._present, _NEARLY * self._set.half
        moved = float(np.linalg.norm(present.focus - self._set.focus))
        return moved < near and abs(present.half - self._set.half) < near

    def _whole(self) -> Frame:
        seen = self._seen
        return frame_of(seen.corners, self._direction, seen.size, self._plotter.camera.up)

    def _holds(self, frame: Frame, seen: "_Seen", *, partly: bool = False) -> bool:
        """Return whether a frame holds all that was seen; ``partly``: any of it."""
        width, height = seen.size
        right, upward = _axes(self._direction, self._plotter.camera.up)
        away = seen.corners - frame.focus
        for axis, reach in ((right, frame.half * width / height), (upward, frame.half)):
            low, high = float((away @ axis).min()), float((away @ axis).max())
            if (high < -reach or low > reach) if partly else (low < -reach or high > reach):
                return False
        return True

    def _aim(self, frame: Frame | None, *, turn: bool) -> None:
        camera, seen = self._plotter.camera, self._seen
        direction, up = (np.array(FROM), (0.0, 0.0, 1.0)) if turn else (self._direction, camera.up)
        if frame is None:
            frame = frame_of(seen.corners, direction, seen.size, up)
        depth = 4 * float(np.linalg.norm(np.ptp(seen.corners, axis=0))) + frame.half
        aim(self._plotter, frame, direction, up, depth)
        self._set, self._last = frame, seen


@dataclass(frozen=True, slots=True)
class _Seen:
    """How large the pictures are, pixels, and the corners of the cells on them, um."""

    size: tuple[int, int]
    corners: NDArray[np.float64]

    def is_like(self, other: "_Seen") -> bool:
        """Return whether nothing has changed."""
        return self.size == other.size and np.array_equal(self.corners, other.corners)
