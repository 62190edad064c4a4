"""`tfgeom view` as a process of its own, and the design it shows."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 300.0  # s, an end to waiting and no measure: on a busy machine a moment takes long
THICK = """\
schema_version: 1
name: Thick films
relief: {kind: holes, lattice: hexagonal, pitch: 6 um, diameter: 4 um, depth: 4 um}
layers:
  - {role: current_collector, material: Ru, thickness: 200 nm}
  - {role: cathode, material: LiV2O5, thickness: 300 nm}
  - {role: electrolyte, material: Li2PO2N, thickness: 300 nm}
  - {role: anode, material: SnNx, thickness: 300 nm}
  - {role: current_collector, material: TiN, thickness: 200 nm}
cell: {type: conformal}
operation: {voltage: {min: 0.5 V, max: 3.5 V}, temperature: 25 degC}
"""


@contextmanager
def server(*arguments: str | Path) -> Iterator[str]:
    """Serve a page, yield its address, end it with Ctrl-C and require that this was clean."""
    command = [sys.executable, "-m", "tfgeom", "view", *map(str, arguments), "--port", "0", "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        try:
            address = running.stdout.readline().strip()
            assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", address), address + running.stderr.read()
            yield address
            running.send_signal(signal.SIGINT)
            assert running.wait(PATIENCE) == 0
            assert running.stderr.read() == ""
        finally:
            running.kill()


def write(folder: Path, *changes: tuple[str, str], name: str = "thick.yaml") -> Path:
    text = THICK
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name
