"""One design through the command line as a person would run it, within a time of the processor; what is wrong then."""

import contextlib
import io
import json
import math
import re
import signal
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Any

from tests.invariants import ROUNDING, contradictions, near, of_resistance
from tests.mesh_command import sidecar
from tests.read_meshes import read_bodies, region_volumes, volume_of
from tfgeom.cli import main
from tfgeom.design import dump_design, load_design, read_mapping

SECONDS = 10.0
"""Of the processor, for each command: what takes longer hangs."""
SOLVE_SECONDS = 120.0
"""The same for each mesh and solve."""
FEW = ("--samples", "16")
"""Of the bands, of each design that is evaluated again."""
FILM_SECONDS = 90.0
"""The same for each design by the film model, which steps hundreds of columns."""
_PLACE = re.compile(r"^[^\n]*\.yaml:\d+:\d+: \S")
_WHOLE = re.compile(r"^[^\n]*\.yaml: (is not a text file|is empty|is larger than|must hold keys and values)")
"""Messages about a file as a whole."""
_ODD = re.compile(r"(?<![\w.])(nan|inf|None)(?![\w.])", re.IGNORECASE)


class HangError(BaseException):
    """A command took longer than `SECONDS`; no `except Exception` catches it."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left: exit code, both streams, and what is wrong with that."""

    code: int
    out: str
    err: str
    faults: tuple[str, ...]


@dataclass(slots=True)
class Outcome:
    """What became of a design: the worst exit code, what is wrong, the numbers where it has any."""

    code: int
    faults: list[str]
    numbers: dict[str, Any] | None = None
    refusal: str = ""


@contextlib.contextmanager
def processor_time(seconds: float) -> Iterator[None]:
    """Raise HangError inside once this process has computed for so long, however busy the machine is."""

    def late(number: int, frame: FrameType | None) -> None:
        raise HangError

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        signal.signal(signal.SIGPROF, before)


def ran(*arguments: object, seconds: float = SECONDS) -> Ran:
    """Return what ``tfgeom ARGUMENTS...`` does in this process; a traceback, a warning or a hang is a fault."""
    out, err = io.StringIO(), io.StringIO()
    faults: list[str] = []
    code = -1
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            with processor_time(seconds):
                main([str(argument) for argument in arguments])
        except SystemExit as done:
            code = done.code if isinstance(done.code, int) else 1
        except HangError:
            faults.append(f"hang: {_where(traceback.format_exc())}")
        except Exception as error:  # what the command line lets through is what is looked for
            faults.append(
                f"traceback: {type(error).__name__}: {str(error)[:160]} at {_where(traceback.format_exc())}"
            )
    if not faults:
        faults += _manners(code, err.getvalue(), of_design=str(arguments[0]) in ("check", "evaluate"))
    command = str(arguments[0])
    return Ran(code, out.getvalue(), err.getvalue(), tuple(f"{command}: {fault}" for fault in faults))


def _where(trace: str) -> str:
    """Return the innermost line of tfgeom in a traceback."""
    own = re.findall(r'tfgeom/([^"]+)", line (\d+), in (\w+)', trace)
    return " < ".join(f"{file}:{line} {name}" for file, line, name in reversed(own[-3:]))


def _manners(code: int, err: str, *, of_design: bool) -> Iterator[str]:
    """Yield what is wrong with an exit code and the message beside it, which a design's fault has with its place."""
    if code not in (0, 1, 2):
        yield f"exit code {code}"
    if "Traceback" in err or "Warning" in err:
        yield f"stderr: {err[:200]!r}"
    if code == 2 and not err.strip():
        yield "exit code 2 without a word"
    if of_design and code in (1, 2) and err:
        first = err.splitlines()[0]
        if not (_PLACE.match(first) or _WHOLE.match(first)):
            yield f"no place in the message: {first[:160]!r}"


def through_check_and_evaluate(file: Path, *, check: bool = True, again: bool = False) -> Outcome:
    """Return what ``check`` and ``evaluate`` make of a design file.

    Parameters
    ----------
    file
        The design.
    check
        Whether it goes through ``check`` too, which computes what ``evaluate`` does.
    again
        Whether it has bands, and is also printed as text, written out, read back and evaluated again.
    """
    bands = FEW if again else ("--bands", "off")
    evaluated = ran("evaluate", "--json", *bands, file)
    found = Outcome(evaluated.code, list(evaluated.faults))
    if check:
        checked = ran("check", file)
        found.faults += checked.faults
        if checked.code != evaluated.code and not (evaluated.code == 0 and checked.code == 1):
            found.faults.append(f"check exits {checked.code}, evaluate {evaluated.code}")
    if evaluated.code != 0:
        found.refusal = evaluated.err
        if evaluated.out:
            found.faults.append("evaluate: prints numbers and fails")
        return found
    if evaluated.err:
        found.faults.append(f"evaluate: stderr of a fine design: {evaluated.err[:160]!r}")
    numbers = json.loads(evaluated.out)
    found.numbers = numbers
    found.faults += contradictions(numbers, read_mapping(file)[0])
    if again:
        found.faults += _again(file, numbers)
    return found


def _again(file: Path, numbers: dict[str, Any]) -> Iterator[str]:
    text = ran("evaluate", *FEW, file)
    yield from text.faults
    for line in text.out.splitlines():
        if line.startswith("  ") and _ODD.search(line.split("  ")[-1]):
            yield f"evaluate: prints {line.strip()!r}"
    copy = file.with_name("again.yaml")
    copy.write_text(dump_design(load_design(file)), encoding="utf-8")
    reread = ran("evaluate", "--json", *FEW, copy)
    yield from reread.faults
    if reread.out and json.loads(reread.out) != numbers:
        yield "evaluate: written out and read back, the design has other numbers"


def through_film_model(file: Path) -> Outcome:
    """Return what ``rate`` and ``evaluate`` make of a design file by the film model; refused without rates."""
    rated = ran("rate", "--json", file, seconds=FILM_SECONDS)
    found = Outcome(rated.code, list(rated.faults), refusal=rated.err)
    if rated.code != 0:
        return found
    evaluated = ran("evaluate", "--json", "--fidelity", "film", *FEW, file, seconds=FILM_SECONDS)
    found.faults += evaluated.faults
    if evaluated.code != 0:
        found.faults.append(f"evaluate: exit {evaluated.code} of what rate computes")
        return found
    curves, numbers = json.loads(rated.out), json.loads(evaluated.out)
    held = {curve["c_rate"]: curve["rest_energy_mWh_cm2"] for curve in curves["curves"]}
    found.faults += contradictions(numbers, read_mapping(file)[0], held)
    if curves["rate_summary"] != numbers["rate_summary"]:
        found.faults.append("rate and evaluate differ in rate_summary")
    for curve in (*curves["curves"], *curves["planar_curves"]):
        found.faults += _of_curve(curve)
    for charge in curves["charge"] or ():
        if not all(0 <= charge[key] < math.inf for key in ("constant_current_uAh_cm2", "charged_uAh_cm2")):
            found.faults.append(f"rate: charges {charge['charged_uAh_cm2']!r} at {charge['c_rate']:.3g}C")
    return found


def _of_curve(curve: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a discharge: time and charge rise, and what is lost adds up."""
    name = f"rate: {curve['cell']} at {curve['c_rate']:.4g}C"
    for key in ("time_s", "capacity_uAh_cm2", "voltage_V", "rest_voltage_V"):
        if not all(map(math.isfinite, curve[key])):
            yield f"{name}: {key} is not finite"
    for key in ("time_s", "capacity_uAh_cm2"):
        if any(later < sooner for sooner, later in pairwise(curve[key])):
            yield f"{name}: {key} falls"
    lost = sum(row["energy_mWh_cm2"] for row in curve["energy_lost"])
    if not near(curve["energy_mWh_cm2"] + lost, curve["rest_energy_mWh_cm2"]):
        yield f"{name}: delivered and lost are not the rest energy"
    if curve["energy_mWh_cm2"] > curve["rest_energy_mWh_cm2"] * (1 + 1e-6):
        yield f"{name}: delivers more than its energy at rest"
    drawn = zip(pairwise(curve["capacity_uAh_cm2"]), pairwise(curve["rest_voltage_V"]), strict=True)
    rest = sum((later - sooner) * (one + other) / 2e3 for (sooner, later), (one, other) in drawn)
    if not near(rest, curve["rest_energy_mWh_cm2"], 0.01):  # trapezia over its points
        yield f"{name}: rest energy {curve['rest_energy_mWh_cm2']!r}, of its curve {rest!r}"


def through_mesh_and_solve(file: Path, resolution: int = 1) -> Outcome:
    """Return what ``transport`` and ``mesh`` make of a design file; refused unless finite elements solve it."""
    evaluated = ran("evaluate", "--json", "--bands", "off", file)
    if evaluated.code != 0:
        return Outcome(evaluated.code, list(evaluated.faults), refusal=evaluated.err)
    closed = json.loads(evaluated.out)
    solved = ran("transport", "--json", "--resolution", resolution, file, seconds=SOLVE_SECONDS)
    found = Outcome(solved.code, list(solved.faults), refusal=solved.err)
    if solved.code != 0:
        if "bound" in solved.err or "outside what" in solved.err:
            found.faults.append(f"transport: {solved.err.splitlines()[0][:200]}")
        return found
    numbers = json.loads(solved.out)["resistance"]
    found.faults += of_resistance(numbers)
    said = read_mapping(file)[0]
    found.faults += _balanced(numbers, closed, said["cell"]["type"])
    what = "solids" if "substrate" in said else "films"
    for suffix, kind in ((".vtu", "films"), (".ply", what)):
        found.faults += _written(file, file.with_suffix(suffix), kind, resolution, closed)
    return found


def _balanced(numbers: dict[str, Any], closed: dict[str, Any], kind: str) -> Iterator[str]:
    """Yield what is wrong with a solve beside itself and beside the closed form.

    Thick, poor films below a liquid count as columns, which may be far off, and says so.
    """
    checks = numbers["checks"]
    if checks["reaction_imbalance"] > 1e-6:
        yield f"transport: reaction imbalance {checks['reaction_imbalance']:.1e}"
    if not 0 <= checks["discretisation_error"] < (0.2 if kind == "conformal" else math.inf):
        yield f"transport: discretisation error {checks['discretisation_error']!r}"
    solid = "anode" in numbers["asr_by_part_ohm_cm2"]
    if solid and closed["resistance"] and all(film["step_coverage"] == 1 for film in closed["layers"]):
        # levels that are equipotentials lose least
        least = closed["resistance"]["asr_ohm_cm2"] * (1 - checks["discretisation_error"] - 1e-6)
        if numbers["asr_ohm_cm2"] < least:
            yield f"transport: {numbers['asr_ohm_cm2']!r} ohm cm2 is below the bound {least!r} of the closed form"


def _written(file: Path, target: Path, what: str, resolution: int, closed: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a mesh file: its volumes as another program reads them, and what it says."""
    words = ("mesh", file, "-o", target, "--what", what, "--resolution")
    made = ran(*words, resolution, seconds=SOLVE_SECONDS)
    if "use a higher resolution" in made.err:
        made = ran(*words, 4 * resolution, seconds=SOLVE_SECONDS)
    yield from made.faults
    if made.code != 0:
        yield f"mesh {target.suffix}: {made.err.splitlines()[0][:200]}"
        return
    said = sidecar(target)
    names = [part["name"] for part in said["parts"]]
    if target.suffix == ".ply":
        bodies = read_bodies(target)
        volumes = [volume_of(bodies[name]) for name in names]
    else:
        volumes = region_volumes(target).tolist()
    films = {film["name"]: film["volume_um3"] for film in closed["layers"]}
    for part, volume in zip(said["parts"], volumes, strict=True):
        name = f"mesh {target.suffix}: {part['name']}"
        if not near(volume / said["unit_cells"], part["volume_um3"], 1e-8):
            yield f"{name}: holds {volume / said['unit_cells']!r} um3, said to be {part['volume_um3']!r}"
        exact = films.get(part["name"], part["closed_form_volume_um3"])
        if not near(part["closed_form_volume_um3"], exact, ROUNDING):
            yield f"{name}: closed form {part['closed_form_volume_um3']!r}, evaluated {exact!r}"
        if not near(part["volume_um3"], exact, 1e-8):
            yield f"{name}: {part['volume_um3'] / exact - 1:.1e} off its closed form"
    target.unlink()
