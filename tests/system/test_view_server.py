"""`tfgeom view` as others reach it: whom it answers, and what it says when it cannot serve."""

import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.system.serving import PATIENCE, server, write

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("rendering")]


def test_only_its_own_page_is_answered(tmp_path: Path) -> None:
    with server(write(tmp_path)) as address:
        port = address.rsplit(":", 1)[1].strip("/")

        def status(**headers: str) -> int:
            request = urllib.request.Request(f"{address}index.html", headers=headers)
            try:
                with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                    return int(answer.status)
            except urllib.error.HTTPError as error:
                with error:
                    return error.code

        assert status() == 200
        assert status(Origin=f"http://127.0.0.1:{port}") == 200
        assert status(Host=f"localhost:{port}") == 200
        assert status(Origin="http://evil.example") == 403
        assert status(Host=f"evil.example:{port}") == 403
        taken = view(tmp_path / "thick.yaml", "--port", port)
        assert (taken.returncode, taken.stdout) == (2, "")
        assert taken.stderr == f"--port {port}: is in use; use another, or --port 0 for any free one\n"


def view(*arguments: str | Path, before: str = "") -> subprocess.CompletedProcess[str]:
    words = ["view", *map(str, arguments), "--no-browser"]
    code = f"import sys\n{before}\nfrom tfgeom.cli import main\nmain({words!r})"
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=PATIENCE, check=False
    )


def test_what_cannot_be_served_is_one_clear_error(tmp_path: Path) -> None:
    file = write(tmp_path)
    lacking = view(file, before="sys.modules['trame'] = None")
    assert (lacking.returncode, lacking.stderr) == (1, 'tfgeom view needs: pip install "tfgeom[view]"\n')
    missing = view(tmp_path / "none.yaml")
    assert missing.returncode == 2
    assert missing.stderr.count("\n") == 1
    assert "no such file" in missing.stderr
    tight = view(write(tmp_path, ("diameter: 4 um", "diameter: 2 um"), name="tight.yaml"))
    assert tight.returncode == 2
    assert "tight.yaml:" in tight.stderr
    assert "Traceback" not in tight.stderr
    nowhere = view(file, "--host", "192.0.2.1", "--port", "0")
    assert nowhere.returncode == 2
    assert "warning: --host 192.0.2.1: whoever reaches this machine can use the page" in nowhere.stderr
    assert "\n--host 192.0.2.1: cannot be listened on" in nowhere.stderr
    assert "Traceback" not in nowhere.stderr
