"""The 3D still, rendered by a process of its own beside the solve.

A crash of the renderer, a timeout or a relief without a film mesh costs the picture, never the report: what
went wrong becomes the sentence that stands in its place.
"""

import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tfgeom.design import Design, dump_design
from tfgeom.programs import end_group, end_program, start_program
from tfgeom.rendering import Rendering, forget_rendering, probe_rendering
from tfgeom.viewer.still import NO_PICTURE_EXIT

RENDER_SECONDS = 60.0
"""Longest wait for a picture."""
_NOT_RENDERED = "the 3D picture was not rendered"


@dataclass(frozen=True, slots=True)
class Still:
    """A rendered picture, or why there is none.

    Attributes
    ----------
    png
        The picture, None without one.
    sentence
        Why there is no picture; empty with one.
    """

    png: bytes | None
    sentence: str = ""


class StillRender:
    """The rendering of one still in the background: ``with StillRender(design) as job: ... job.result()``.

    Leaving the block early stops the process.
    """

    def __init__(self, design: Design, seconds: float = RENDER_SECONDS) -> None:
        self._text = dump_design(design)
        self._seconds = seconds
        self._process: subprocess.Popen[str] | None = None
        self._cancelled = False
        self._lock = threading.Lock()
        self._still = Still(None, _NOT_RENDERED)
        self._complaint = ""
        self._thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> Self:
        """Start rendering."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop what is still running."""
        with self._lock:
            self._cancelled = True
            if self._process is not None:
                end_group(self._process)
        self._thread.join()

    def result(self) -> Still:
        """Return the still once it is there."""
        self._thread.join()
        return self._still

    def _work(self) -> None:
        with tempfile.TemporaryDirectory(prefix="tfgeom-") as folder:
            design, picture = Path(folder) / "design.yaml", Path(folder) / "still.png"
            design.write_text(self._text, encoding="utf-8")
            still = self._render(probe_rendering(), design, picture)
            if still is None and not self._cancelled:  # crashed: a kept answer may be out of date
                forget_rendering()
                still = self._render(probe_rendering(refresh=True), design, picture)
            if still is None:
                still = Still(None, f"the process that renders the 3D picture failed ({self._complaint})")
            self._still = still

    def _render(self, rendering: Rendering, design: Path, picture: Path) -> Still | None:
        """Return the still or the sentence in its place, None when the process crashed."""
        if not rendering.works:
            return Still(None, rendering.sentence)
        with self._lock:
            if self._cancelled:
                return Still(None, _NOT_RENDERED)
            self._process = start_program(
                [sys.executable, "-m", "tfgeom.viewer.still", str(design), str(picture)],
                rendering.environment(),
            )
        try:
            _, complaint = self._process.communicate(timeout=self._seconds)
        except subprocess.TimeoutExpired:
            end_program(self._process)
            return Still(None, f"the 3D picture was not ready within {self._seconds:g} s and was left out")
        code, lines = self._process.returncode, complaint.strip().splitlines()
        if code == 0 and picture.is_file():
            return Still(picture.read_bytes())
        if code == NO_PICTURE_EXIT and lines:
            return Still(None, lines[-1])
        self._complaint = f"exit {code}: {lines[-1]}" if lines else f"exit {code}"
        return None
