"""The conduction solve against NGSolve on the same mesh, its memory, its growth with the mesh, its iterations.

Seconds are those of assembly and solution, without the mesh, the best of runs taken in turn.  NGSolve gets what
makes it fastest: half of the symmetric matrix, a direct solver for it, one thread or all cores, whichever is
quicker.  The relief is that of `pearse_stack` six times as large: with a million unknowns on the original its
cells would be narrower than the films are thick, which no film problem asks for.
"""

import json
import math
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from tests.benchmarks.speed import Row
from tests.ngsolve_films import ngsolve_films, solve_in_ngsolve
from tests.wires import films, pearse, wires
from tfgeom.errors import MissingExtraError, SolveError
from tfgeom.films import Stack
from tfgeom.meshing.film_mesh import FilmMesh, mesh_films
from tfgeom.meshing.flooded_mesh import mesh_flooded
from tfgeom.meshing.resolution import Resolution
from tfgeom.reliefs.holes import holes
from tfgeom.transport.films.core import ConductingCore, conducting_core
from tfgeom.transport.films.linear import FilmSolution, solve_films
from tfgeom.transport.films.system import ConductionSystem, assemble_conduction
from tfgeom.transport.flooded import FloodedCircuit
from tfgeom.transport.hex_stiffness import Kernel, hex_stiffness
from tfgeom.transport.liquid.problem import solve_potential
from tfgeom.transport.liquid.system import assemble_flooded
from tfgeom.units import UM
from tfgeom.verification.hexahedra import skfem_stiffness

KERNELS: dict[str, Kernel] = {"own": hex_stiffness, "scikit-fem": skfem_stiffness}
"""Who integrates over the hexahedra."""

RELIEF = holes(18 * UM, 36 * UM, 180 * UM, "hexagonal")
FILM = Resolution(1, angles=16, rim_chords=4, electrolyte_sublevels=4, film_sublevels=2)
SMALL = replace(FILM, first_cell=20.0, growth=1.01)
MIDDLE = replace(FILM, angles=48, first_cell=12.0, growth=1.003)
LARGE = replace(FILM, angles=64, first_cell=8.0, growth=1.001)
"""6e4, 4e5 and 1e6 unknowns; cells on flats and wall are 70 nm, the thickest film's thickness, or wider."""

FLOODED, HEAD_SPACE = holes(3 * UM, 6 * UM, 30 * UM, "hexagonal"), 10 * UM
FLOODED_SIZES = (Resolution(2), Resolution(2, angles=8, growth=1.2), Resolution(3, angles=8, growth=1.2))
OWN_RUNS = 3
"""Solves of tfgeom for one of NGSolve, which takes longer."""

AGREEMENT_BAR, MEMORY_BAR, EXPONENT_BAR = 1e-5, 2.0, 1.6
"""Relative difference of the currents; kB per unknown at `LARGE`; exponent of time from `SMALL` to `LARGE`."""
ITERATIONS_BAR, FLOODED_BAR = 15, 40

COLLECTORS = {"inner_collector": 0.040, "outer_collector": 0.025}
"""Thickness, um."""
SHEETS = (4e4, 40.0, 0.0)
"""Conductivity times thickness of each collector, S/m x um."""
CONTRASTS = ((1e4, 2e-4, 1e4), (10.0, 2e-4, 1e4), (0.1, 3.25e-5, 100.0), (1e-3, 1e-6, 1e3))
"""Conductivity of cathode, electrolyte and anode, S/m."""
FACE_CONDUCTANCES = (1e3, 1e4, 1e5, 1e6)
"""Of the wall below a liquid of 1 S/m, S/m²."""


@dataclass(frozen=True)
class Timed:
    """One assembly and solution."""

    seconds: float
    system: ConductionSystem
    solution: FilmSolution


def load_ngsolve() -> None:
    """Say what is missing unless NGSolve can be loaded."""
    try:
        import ngsolve  # noqa: F401
    except (ImportError, OSError) as error:
        raise MissingExtraError(
            f"NGSolve cannot be loaded ({error}): pip install 'tfgeom[oracle]', and the libraries it names"
        ) from error


def core_and_mesh(resolution: Resolution) -> tuple[ConductingCore, FilmMesh]:
    core = conducting_core(pearse(5.0, RELIEF)[1])
    return core, mesh_films(core.stack, resolution)


def solved(core: ConductingCore, mesh: FilmMesh, volumes: str = "own") -> Timed:
    start = perf_counter()
    system = assemble_conduction(core, mesh, integrate=KERNELS[volumes])
    solution = solve_films(system)
    return Timed(perf_counter() - start, system, solution)


def compared(resolution: Resolution, bars: dict[str, float], repeats: int) -> tuple[list[Row], int, float]:
    """Return the rows against NGSolve, the unknowns, and tfgeom's best seconds with its own volumes."""
    core, mesh = core_and_mesh(resolution)
    rival = ngsolve_films(assemble_conduction(core, mesh))
    seconds: dict[str, list[float]] = {}
    currents: dict[str, float] = {}
    unknowns: set[int] = set()
    for _ in range(repeats):
        for volumes in bars:
            for _ in range(OWN_RUNS):
                own = solved(core, mesh, volumes)
                seconds.setdefault(volumes, []).append(own.seconds)
            currents[volumes] = own.system.links.power(own.solution.potential)
            unknowns.add(own.solution.unknowns)
        for threaded in (False, True):
            other = solve_in_ngsolve(rival, threaded=threaded)
            seconds.setdefault("NGSolve", []).append(sum(other.seconds.values()))
            currents["NGSolve"] = other.current
            unknowns.add(other.unknowns)
    (size,) = unknowns
    best = {name: min(times) for name, times in seconds.items()}
    rows = [Row(f"NGSolve with sparse Cholesky, {size:,} unknowns", f"{best['NGSolve']:.2f} s", "none", True)]
    for volumes, bar in bars.items():
        ratio = best[volumes] / best["NGSolve"]
        what = f"tfgeom with {volumes} volumes over NGSolve, {size:,} unknowns"
        rows.append(Row(what, f"{ratio:.3f} ({best[volumes]:.2f} s)", f"{bar:g}", ratio <= bar))
    apart = max(abs(current / currents["NGSolve"] - 1) for current in currents.values())
    rows.append(Row("their currents apart", f"{apart:.0e}", f"{AGREEMENT_BAR:.0e}", apart <= AGREEMENT_BAR))
    return rows, size, best["own"]


def contrast_iterations(resolution: Resolution) -> tuple[list[int], int]:
    """Return the iterations with every pair of films and sheets fed at the top, and the unknowns."""
    mesh = core_and_mesh(resolution)[1]
    counts, unknowns = [], 0
    for cathode, electrolyte, anode in CONTRASTS:
        for sheet in SHEETS:
            sigma = {"cathode": cathode, "electrolyte": electrolyte, "anode": anode}
            if sheet:
                sigma |= {name: sheet / COLLECTORS[name] for name in COLLECTORS}
            core = conducting_core(pearse(5.0, RELIEF, sigma)[1])
            if not sheet:
                inner, outer = (
                    tuple(film for film in side if film.part not in COLLECTORS) for side in core.sheets
                )
                core = replace(core, sheets=(inner, outer))
            if len(core.stack.films) != len(mesh.films):  # an electrode that counts as a sheet
                mesh = mesh_films(core.stack, resolution)
            contact = mesh.contacts["top"]
            found = solve_films(assemble_conduction(core, mesh, (contact, contact)))
            counts.append(found.iterations)
            unknowns = max(unknowns, found.unknowns)
    return counts, unknowns


def flooded_row(resolution: Resolution) -> Row:
    """Return the row of the iterations in the liquid of a flooded relief at all conductances of its wall."""
    film_mesh = mesh_films(films(FLOODED, ("inner_collector", 40e-9), ("cathode", 70e-9)), resolution)
    mesh = mesh_flooded(film_mesh, HEAD_SPACE)
    stack = Stack(FLOODED, film_mesh.films)
    conducting = wires(stack, {"cathode": math.inf})
    what = f"iterations of the flooded relief, {len(mesh.points_um):,} nodes, {len(FACE_CONDUCTANCES)} walls"
    counts = []
    for conductance in FACE_CONDUCTANCES:
        circuit = FloodedCircuit(stack, conducting, "cathode", 1 / conductance, 1.0, HEAD_SPACE, 0.0, ())
        try:
            counts.append(solve_potential(assemble_flooded(film_mesh, mesh, circuit)).iterations)
        except SolveError:
            return Row(what, f"none at {conductance:.0e} S/m2: not converged", f"{FLOODED_BAR}", False)
    return Row(what, f"{min(counts)} to {max(counts)}", f"{FLOODED_BAR}", max(counts) <= FLOODED_BAR)


def _peak_kib() -> int:
    """Return the largest resident memory so far; getrusage would count that of the parent process too."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    raise SolveError("the peak memory of a process can be read on Linux only")


def tell_large() -> None:
    """Print unknowns, seconds, iterations and kB of peak memory at `LARGE`; for a process of its own."""
    solved(*core_and_mesh(replace(FILM, angles=8)))  # loads what is loaded once
    before = _peak_kib()
    core, mesh = core_and_mesh(LARGE)
    first = solved(core, mesh)
    peak = _peak_kib()
    unknowns, iterations, seconds = first.solution.unknowns, first.solution.iterations, first.seconds
    del first
    for _ in range(OWN_RUNS - 1):
        seconds = min(seconds, solved(core, mesh).seconds)
    told = {
        "unknowns": unknowns,
        "seconds": seconds,
        "iterations": iterations,
        "kB": (peak - before) * 1.024,  # Linux counts in KiB
    }
    sys.stdout.write(json.dumps(told))


def large() -> dict[str, float]:
    """Return what `tell_large` tells."""
    command = [sys.executable, "-c", "from tests.benchmarks.conduction import tell_large; tell_large()"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def conduction_table() -> list[Row]:
    """Return ratios to NGSolve, memory, the exponent of time, and iterations."""
    load_ngsolve()
    rows, fewer, shorter = compared(SMALL, {"scikit-fem": 0.5, "own": 0.3}, repeats=3)
    rows += compared(MIDDLE, {"scikit-fem": 0.3, "own": 0.2}, repeats=1)[0]
    biggest = large()
    per_unknown = biggest["kB"] / biggest["unknowns"]
    exponent = math.log(biggest["seconds"] / shorter) / math.log(biggest["unknowns"] / fewer)
    rows += [
        Row(
            f"peak memory of mesh, assembly and solution, {biggest['unknowns']:,} unknowns",
            f"{per_unknown:.2f} kB/unknown",
            f"{MEMORY_BAR:g} kB/unknown",
            per_unknown <= MEMORY_BAR,
        ),
        Row(
            f"exponent of time, {fewer:,} to {biggest['unknowns']:,} unknowns",
            f"{exponent:.2f} ({biggest['seconds']:.2f} s, {biggest['iterations']} iterations)",
            f"{EXPONENT_BAR:g}",
            exponent <= EXPONENT_BAR,
        ),
    ]
    counts, size = contrast_iterations(SMALL)
    rows.append(
        Row(
            f"iterations over {len(counts)} contrasts, {size:,} unknowns",
            f"{min(counts)} to {max(counts)}",
            f"{ITERATIONS_BAR}",
            max(counts) <= ITERATIONS_BAR,
        )
    )
    return [*rows, *(flooded_row(resolution) for resolution in FLOODED_SIZES)]
