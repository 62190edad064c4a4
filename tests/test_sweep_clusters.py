"""Sweeps on other machines: the recipes for arrays of jobs run as they are printed; a scheduler; dead workers."""

import json
import os
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.shipped import DESIGNS, ROOT
from tests.swept import sweep_of, swept
from tfgeom.sweep import load_sweep, read_sweep, run_sweep

RECIPES = DESIGNS / "sweeps"
ASKED = (
    "vary:\n  relief.pitch: {from: 3 um, to: 6 um, steps: 7}\n  relief.height: [5 um, 10 um, 20 um]\n"
    "ties: {relief.diameter: relief.pitch / 2}\noutputs: [area_gain, name]\n"  # a name is no number: points are computed one by one
)
DEADLY = """
import os, pathlib
import tfgeom.sweep.evaluating as evaluating
here = pathlib.Path(__file__).parent
if not hasattr(evaluating, "deadly"):  # Dask loads it twice
    evaluated = evaluating.deadly = evaluating.evaluate
def evaluate(design, fidelity):
    if abs(design.relief.height - 1e-5) < 1e-9 and abs(design.relief.pitch - 4e-6) < 1e-9:
        with (here / "deaths").open("a") as file:
            file.write("x")
        os._exit(9)
    return evaluated(design, fidelity)
evaluating.evaluate = evaluate
"""
"""Has the point of pitch 4 um and height 10 um kill whoever evaluates it."""


@pytest.fixture
def whole(tmp_path: Path) -> bytes:
    """Return the table of one run, elsewhere; the sweep stands in the folder of the test."""
    (tmp_path / "one_go").mkdir()
    run_sweep(load_sweep(sweep_of(tmp_path / "one_go", ASKED)), tmp_path / "one_go" / "out")
    sweep_of(tmp_path, ASKED)
    return (tmp_path / "one_go" / "out" / "results.csv").read_bytes()


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Return an environment in which ``tfgeom`` is this one, and the folder is on the path of modules."""
    tools = folder / "tools"
    tools.mkdir(exist_ok=True)
    script = tools / "tfgeom"
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m tfgeom "$@"\n')
    script.chmod(0o755)
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    return os.environ | {"PATH": path, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"} | more


@pytest.mark.slow
def test_the_recipe_for_slurm_runs_in_parts(tmp_path: Path, whole: bytes) -> None:
    recipe = RECIPES / "array.slurm"
    for task in (2, 1, 3):
        given = environment(
            tmp_path, SLURM_ARRAY_TASK_ID=str(task), SLURM_ARRAY_TASK_COUNT="3", SLURM_CPUS_PER_TASK="1"
        )
        subprocess.run(["bash", recipe, "asked.yaml", "out"], cwd=tmp_path, env=given, check=True)
    merge = next(line for line in recipe.read_text().splitlines() if "--wrap" in line).split("'")[1]
    subprocess.run(
        shlex.split(merge.replace("FOLDER", "out")), cwd=tmp_path, env=environment(tmp_path), check=True
    )
    assert (tmp_path / "out" / "results.csv").read_bytes() == whole


@pytest.mark.slow
def test_the_recipe_for_kubernetes_runs_in_parts(tmp_path: Path, whole: bytes) -> None:
    job = YAML(typ="safe").load((RECIPES / "indexed_job.yaml").read_text())["spec"]
    (container,) = job["template"]["spec"]["containers"]
    named = {one["name"]: one["value"] for one in container["env"]}
    assert int(named["PARTS"]) == job["completions"]
    (command,) = container["args"]
    command = command.replace("/sweep/sweep.yaml", "asked.yaml").replace("/sweep/out", "out")
    command = command.replace("--workers 4", "--workers 1")
    for index in range(3):
        given = environment(tmp_path, JOB_COMPLETION_INDEX=str(index), PARTS="3")
        subprocess.run([*container["command"], command], cwd=tmp_path, env=given, check=True)
    subprocess.run(["tfgeom", "sweep", "merge", "out"], cwd=tmp_path, env=environment(tmp_path), check=True)
    assert (tmp_path / "out" / "results.csv").read_bytes() == whole


@pytest.mark.slow
def test_a_worker_that_dies_costs_its_point_alone(tmp_path: Path, whole: bytes) -> None:
    (tmp_path / "sitecustomize.py").write_text(DEADLY)
    done = subprocess.run(
        [sys.executable, "-m", "tfgeom", "sweep", "asked.yaml", "-o", "out", "--workers", "2"],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("21 points, 1 failed\n")
    deadly_row_only(tmp_path / "out", whole)
    assert (tmp_path / "deaths").read_text() == "xx"  # in its batch, and by itself


def deadly_row_only(folder: Path, whole: bytes) -> None:
    """Check that all rows but the deadly one are those of the whole table."""
    found = (folder / "results.csv").read_bytes().splitlines()
    differing = [one for one, other in zip(found, whole.splitlines(), strict=True) if one != other]
    assert len(differing) == 1
    (failed,) = (row for row in read_sweep(folder).rows if row["status"] == "failed")
    assert failed["error"].startswith("the process that evaluated it died")
    assert (failed["relief.pitch_um"], failed["relief.height_um"]) == (4, 10)


@contextmanager
def scheduler(folder: Path, workers: int, preload: str = "") -> Iterator[str]:
    """Run a scheduler with workers on this machine; lend its address."""
    file = folder / "scheduler.json"
    given = environment(folder, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0")  # each takes seconds
    quiet = {"cwd": folder, "env": given, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    here = ["--host", "127.0.0.1", "--no-dashboard"]
    with ExitStack() as stack:
        commands = [["scheduler", "--port", "0", "--scheduler-file", str(file), *here]]
        for _ in range(workers):
            preloaded = ["--preload", preload] if preload else []
            commands.append(["worker", "--scheduler-file", str(file), "--nthreads", "1", *here, *preloaded])
        for command in commands:
            process = subprocess.Popen([sys.executable, "-m", "dask", *command], **quiet)  # type: ignore[call-overload]
            stack.callback(process.wait)
            stack.callback(process.terminate)
            while command[0] == "scheduler" and not file.exists():
                assert process.poll() is None
                time.sleep(0.05)
        yield json.loads(file.read_text())["address"]


def on_scheduler(folder: Path, address: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tfgeom", "sweep", "asked.yaml", "-o", "out", "--scheduler", address],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_the_workers_of_a_scheduler_make_the_same_table(tmp_path: Path, whole: bytes) -> None:
    with scheduler(tmp_path, 2) as address:
        done = on_scheduler(tmp_path, address)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "out" / "results.csv").read_bytes() == whole


@pytest.mark.slow
def test_a_worker_of_a_scheduler_that_dies_costs_its_point_alone(tmp_path: Path, whole: bytes) -> None:
    (tmp_path / "deadly.py").write_text(DEADLY)
    with scheduler(tmp_path, 2, str(tmp_path / "deadly.py")) as address:
        done = on_scheduler(tmp_path, address)
    assert (done.returncode, done.stderr) == (0, "")
    deadly_row_only(tmp_path / "out", whole)


def test_a_scheduler_that_does_not_answer_is_one_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tfgeom.sweep.cluster.ANSWER_SECONDS", 0.5)
    sweep_of(tmp_path, ASKED)
    with socket.socket() as nobody:  # taken, and nobody listens
        nobody.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{nobody.getsockname()[1]}"
        assert swept(tmp_path, "--scheduler", address) == 1
    assert capsys.readouterr().err == (
        f"no scheduler answers at {address}; start one with 'dask scheduler', or use --workers\n"
    )


def test_without_dask_its_extra_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep_of(tmp_path, ASKED)
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert swept(tmp_path, "--scheduler", "tcp://127.0.0.1:8786") == 1
    assert "--scheduler needs Dask; 'pip install \"tfgeom[dask]\"'" in capsys.readouterr().err
