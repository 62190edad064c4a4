"""Programs beside this one end with it, and a command that is stopped leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.design_texts import VALID
from tests.shipped import ROOT
from tfgeom.programs import run_program

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and groups of processes are POSIX")

BUSY = """
import sys, tempfile
import tfgeom.evaluation
from tfgeom.cli import main
from tfgeom.output import replacing
from tfgeom.programs import run_program

def busy(*_):
    with tempfile.TemporaryDirectory(prefix="tfgeom-"), replacing("result.txt") as half:
        half.write_text("half")
        run_program(["sh", "-c", "sleep 300 & echo $$ $! > pids; sleep 300"], 300)

tfgeom.evaluation.evaluate = busy
main(["evaluate", "design.yaml"])
"""


def soon(done: object, seconds: float = 60) -> bool:
    """Return whether something comes true before long."""
    assert callable(done)
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def gone(number: int) -> bool:
    return not psutil.pid_exists(number) or psutil.Process(number).status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)],
    ids=str,
)
def test_a_command_that_is_stopped_leaves_nothing(number: signal.Signals, code: int, tmp_path: Path) -> None:
    for name in ("work", "tmp"):
        (tmp_path / name).mkdir()
    design, pids = tmp_path / "work" / "design.yaml", tmp_path / "work" / "pids"
    design.write_text(VALID, encoding="utf-8")
    running = subprocess.Popen(
        [sys.executable, "-c", BUSY],
        cwd=design.parent,
        env={**os.environ, "TMPDIR": str(tmp_path / "tmp"), "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
        restore_signals=True,
    )
    try:
        assert soon(lambda: pids.is_file() and len(pids.read_text().split()) == 2)
        helpers = [int(text) for text in pids.read_text().split()]
        assert not any(map(gone, helpers))
        assert len(list((tmp_path / "work").iterdir())) == 3  # the half-written result too
        running.send_signal(number)
        _, err = running.communicate(timeout=60)
    finally:
        running.kill()
        running.wait()
    assert running.returncode == code
    assert err == ""
    assert soon(lambda: all(map(gone, helpers)))
    assert {path.name for path in design.parent.iterdir()} == {"design.yaml", "pids"}
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_program_that_takes_too_long_ends_with_its_children(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    with pytest.raises(subprocess.TimeoutExpired):
        run_program(["sh", "-c", f"sleep 300 & echo $$ $! > {pids}; sleep 300"], 2)
    assert soon(lambda: all(gone(int(text)) for text in pids.read_text().split()))


def test_what_a_program_says_is_returned() -> None:
    done = run_program(["sh", "-c", "echo out; echo err >&2; exit 3"], 60, {"PATH": os.environ["PATH"]})
    assert (done.stdout, done.stderr, done.returncode) == ("out\n", "err\n", 3)
    with pytest.raises(OSError, match="no-such-program"):
        run_program(["no-such-program"], 60)
