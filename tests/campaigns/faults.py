"""Seeded faults in every layer, from units to comparisons: each must make a test fail.

``python -m tests.campaigns faults`` puts one fault at a time into a copy of the tree and runs the tests beside
it.  A fault that no test notices survives, and the table says so.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.speed import Row
from tests.shipped import ROOT

LAWS = ("tests/test_laws.py", "tests/test_planes.py", "tests/test_kinds.py")
USABLE = ("tests/test_usable.py", "tests/test_laws.py")
SECONDS = 900


@dataclass(frozen=True, slots=True)
class Fault:
    """What is changed in which file of ``tfgeom/``, and the test modules that should notice."""

    file: str
    right: str
    wrong: str
    tests: tuple[str, ...] = LAWS


BEST_PLANE = ("tests/test_best_plane.py",)
DRIVEN = ("tests/test_film_driver.py",)
LOADED = ("tests/test_load_runs.py",)
FAULTS = (
    Fault("cells/bulk.py", "active_height = cells * (cell.height + film_height)", "active_height = cell.height + film_height"),
    Fault("cells/bulk.py", "film_height = (stack.top.top + cover.height)", "film_height = stack.top.top"),
    Fault("cells/bulk.py", "+ cells * film_height + covered", "+ film_height + covered"),
    Fault("cells/bulk.py", "device_mass = cells * film_mass + border_mass - voids * sum(densities)", "device_mass = cells * film_mass + border_mass", ("tests/test_cells.py", "tests/test_evaluate.py", *LAWS)),
    Fault("cells/conformal.py", "cell.charged.top.top - cell.made.top.top", "0.0", ("tests/test_current_path.py", *LAWS)),
    Fault("cells/blueprint.py", "return larger(0.0, limits.min / self.in_series), limits.max / self.in_series", "return larger(0.0, limits.min), limits.max / self.in_series", ("tests/test_cells.py", *LAWS)),
    Fault("cells/planes.py", "own.charge / flat.charge", "own.charge / flat.charge * 1.01"),
    Fault("cells/planes.py", "layer.thickness * gains[layer.role]", 'layer.thickness * gains["cathode"]', BEST_PLANE),
    Fault("cells/plane_family.py", "return 1.0 if same is None else own / same", "return 1.0", BEST_PLANE),
    Fault("cells/plane_family.py", "most = smaller(most, thickest_film / layer.layer.thickness)", "pass", BEST_PLANE),
    Fault("cells/plane_family.py", "(2 * one - two)) / (two - one)", "one) / one", BEST_PLANE),
    Fault("transport/plane_rates.py", "self.unit.ohmic + self.growing * (gain - 1)", "self.unit.ohmic * gain", BEST_PLANE),
    Fault("transport/plane_rates.py", "AS_GOOD = 0.99", "AS_GOOD = 0.97", BEST_PLANE),
    Fault("transport/plane_rates.py", "MORE = 1.01", "MORE = 1.05", BEST_PLANE),
    Fault("metrics/best_plane.py", "and not (metal and key == \"diffusivity\")", "", BEST_PLANE),
    Fault("cells/conformal.py", "balance.charged_anode, -passed)", "balance.charged_anode, passed)", ("tests/test_laws.py", "tests/test_evaluate.py", "tests/test_closed_rate.py")),
    Fault("cells/conformal.py", 'return roles.index("electrolyte") > stack.films.index(film)', 'return roles.index("electrolyte") < stack.films.index(film)', ("tests/test_evaluate.py", *LAWS)),
    Fault("cells/flooded.py", "face = film.outer_area", "face = film.inner_area", ("tests/test_flooded.py", "tests/test_evaluate.py", *LAWS)),
    Fault("cells/flooded.py", "return own, Electrode(np.inf, 0.0, 1.0, 1.0)", "return own, Electrode(np.inf, 0.0, 0.5, 1.0)", ("tests/test_flooded.py", "tests/test_evaluate.py", *LAWS)),
    Fault("cells/flooded.py", "stated.confidence in OWN", "stated.confidence not in OWN", ("tests/test_flooded.py", "tests/test_provenance.py")),
    Fault("metrics/rates.py", "_SHARES = (0.8, 0.5)", "_SHARES = (0.792, 0.5)"),
    Fault("metrics/closed_rates.py", "ohmic = losses.total - losses.where(mechanism=\"charge_transfer\").total", "ohmic = losses.total", ("tests/test_evaluate.py", "tests/test_closed_rate.py", *LAWS)),
    Fault("metrics/rates.py", "energy = plain(ends.charge[i]), in_series * plain(ends.energy[i])", "energy = plain(ends.charge[i]), plain(ends.energy[i])"),
    Fault("cells/usable.py", "for limit in limits[::-1]", "for limit in (9 * limits[1], limits[0])", USABLE),
    Fault("cells/usable.py", "above = (1 - charged) * held", "above = 0 * held", USABLE),
    Fault("cells/swelling.py", "share = expansion * balance.charged_anode", "share = expansion", USABLE),
    Fault("transport/closed_rate.py", "np.broadcast_to(np.minimum(left, self.usable), self.shape)", "np.broadcast_to(left, self.shape)", USABLE),
    Fault("metrics/closed_rates.py", "cell.kind.electrodes(cell, usable.start)", "cell.kind.electrodes(cell, 0.0)", USABLE),
    Fault("metrics/energy.py", "usable_of(cell).in_series(cell.blueprint.in_series)", "usable_of(cell)"),
    Fault("metrics/energy.py", "_per_footprint_volume_and_mass(cells.same_films, asked)", "_per_footprint_volume_and_mass(cells.cell, asked)"),
    Fault("metrics/energy.py", "None if lithium_of(cell).is_half_cell else energy", "energy", USABLE),
    Fault("metrics/capacity.py", "flat = in_unit(flat, UAH_PER_CM2)", "flat = in_unit(usable.charge, UAH_PER_CM2)"),
    Fault("metrics/capacity.py", "footprint_capacity_uAh_cm2=in_unit(usable.charge,", "footprint_capacity_uAh_cm2=in_unit(own.capacity,", USABLE),
    Fault("metrics/area_specific_resistance.py", "planar = plain(losses.same_films.in_series(in_series).total)", "planar = plain(losses.same_films.total)"),
    Fault("metrics/area_specific_resistance.py", "own = losses.cell.in_series(in_series)", "own = losses.cell", ("tests/test_cells.py", *LAWS)),
    Fault("metrics/area_specific_resistance.py", "return Drive(voltage=drive.voltage / in_series)", "return drive", ("tests/test_cli_transport.py", "tests/test_cells.py")),
    Fault("metrics/coated_relief.py", "swollen = swollen_stack(cell.charged)", "swollen = swollen_stack(cell.made)", ("tests/test_plating.py", "tests/test_swelling.py", "tests/test_cells.py", "tests/test_evaluate.py", *LAWS)),
    Fault("metrics/device.py", "voltage = larger(mean / 2, minimum_voltage)", "voltage = mean / 2", ("tests/test_evaluate.py", "tests/test_cells.py", *LAWS)),
    Fault("metrics/provenance.py", "if key in keys:", "if key in keys and key != \"activation_energy\":", ("tests/test_provenance.py",)),
    Fault("metrics/claims.py", "_ROUNDED = 0.01", "_ROUNDED = 1.0", ("tests/test_claims.py",)),
    Fault("metrics/transport_numbers.py", "in_series * bound / OHM_CM2", "bound / OHM_CM2", ("tests/test_cli_transport.py", "tests/test_cells.py")),
    Fault("transport/losses.py", "drive = replace(drive, polarisation=cells * drive.polarisation)", "pass", ("tests/test_losses.py", "tests/test_cli_transport.py")),
    Fault("transport/films/measure.py", "losses = inside + core.outside", "losses = inside", ("tests/test_conduction.py", "tests/test_resistance_split.py")),
    Fault("report/storage.py", "return float(cell.bulk.active_height / UM)", "return float(cell.bulk.active_height / UM / cell.blueprint.in_series)"),
    Fault("report/current_tables.py", "scale = evaluation.cell.blueprint.in_series / OHM_CM2", "scale = 1 / OHM_CM2", ("tests/test_report_currents.py", "tests/test_report.py", *LAWS)),
    Fault("units.py", '"degF": (Decimal(5) / 9, Decimal("459.67") * 5 / 9)', '"degF": (Decimal(5) / 9, Decimal("460.67") * 5 / 9)', ("tests/test_units.py", "tests/test_unit_spellings.py")),
    Fault("spelling/dimensions.py", '"mAh/cm^3": "3.6e6"', '"mAh/cm^3": "3.6e9"', ("tests/test_units.py", "tests/test_unit_spellings.py")),
    Fault("reliefs/restating.py", "((HALVES, 2.0), (SAME, 1.0))", "((HALVES, 1.0), (SAME, 1.0))", ("tests/test_relief_sizes.py",)),
    Fault("reliefs/restating.py", "cell * 2 / math.sqrt(3)", "cell * math.sqrt(3) / 2", ("tests/test_relief_sizes.py",)),
    Fault("geometry/lattice.py", "return smaller(*along_axes(pitch))", "return larger(*along_axes(pitch))", ("tests/test_rectangular.py", "tests/test_room.py")),
    Fault("materials/curve_tables.py", "ends = (1.0, 0.0) if turned else (0.0, 1.0)", "ends = (0.0, 1.0)", ("tests/test_curve_tables.py",)),
    Fault("materials/curve_tables.py", 'f"{percent / 100:.15g}"', 'f"{percent / 101:.15g}"', ("tests/test_curve_tables.py",)),
    Fault("materials/overrides.py", 'if key == "volumetric_capacity" and "film_fraction" in properties', 'if key == "host_capacity" and "film_fraction" in properties', ("tests/test_capacities.py",)),
    Fault("materials/choosing.py", "max(filter(None, ranks)", "min(filter(None, ranks)", ("tests/test_materials_choosing.py",)),
    Fault("meshing/msh_files.py", "SURFACE_TAGS = 1000", "SURFACE_TAGS = 1", ("tests/test_mesh_readers.py",)),
    Fault("meshing/length_unit.py", 'um * 1e3 if unit == "nm"', 'um * 1e4 if unit == "nm"', ("tests/test_mesh_arrays.py", "tests/test_welded_bodies.py", "tests/test_trimesh_writers.py")),
    Fault("meshing/glb_files.py", "shifts = [[x, y, 0.0]", "shifts = [[y, x, 0.0]", ("tests/test_mesh_arrays.py",)),
    Fault("compare/verdict.py", '"resistance (less is ahead)", False', '"resistance (less is ahead)", True', ("tests/test_verdict.py",)),
    Fault("sweep/run.py", "repeated = len(keys) - len(set(keys))", "repeated = len(keys)", ("tests/test_public_cases.py",)),
    Fault("transport/discharge/column_voltages.py", "self.rate = electrode.sign / (electrode.capacity", "self.rate = 1 / (electrode.capacity", DRIVEN),
    Fault("transport/kinetics.py", "return 2 * np.arcsinh(ratio / 2), 1 /", "return np.arcsinh(ratio / 2), 1 /", ("tests/test_film_temperature.py", "tests/test_prescribed.py")),
    Fault("transport/discharge/modal_film.py", "np.asarray(np.maximum(leads, 0.0) * found)", "np.asarray(0.0 * leads * found)", ("tests/test_modal_film.py",)),
    Fault("transport/discharge/film_cell.py", "np.maximum(self.wetted + share * (linear + share * square), NARROWEST * mean)", "self.wetted + 0.0 * share * mean", ("tests/test_modal_film.py",)),
    Fault("transport/discharge/columns.py", "offset * (2 * mean + offset * gaussian)", "offset * (mean + offset * gaussian)", ("tests/test_film_columns.py",)),
    Fault("transport/discharge/newton.py", "given = inside - self.leak * voltage + self.lent\n        return", "given = inside + self.leak * voltage + self.lent\n        return", ("tests/test_film_designs.py", "tests/test_film_columns.py")),
    Fault("transport/discharge/ledger.py", "uneven.append(float(current @ (whole - at_mean)))", "uneven.append(0.0)", DRIVEN),
    Fault("transport/discharge/two_phase.py", "sides[:, 1:, 0] -= flow", "sides[:, 1:, 0] -= 0.999 * flow", ("tests/test_two_phase.py",)),
    Fault("transport/discharge/composition.py", "apart - 8 / 3 * holds * three", "apart - 7 / 3 * holds * three", ("tests/test_composition.py",)),
    Fault("transport/discharge/dissociation.py", "(2 + delta / (1 - delta))", "(1 + delta / (1 - delta))", ("tests/test_dissociation.py",)),
    Fault("transport/discharge/exchange.py", "** material.anodic_coefficient", "** (1 - material.anodic_coefficient)", ("tests/test_exchange_forms.py",)),
    Fault("transport/discharge/flooded_columns.py", "half = resistance[:-1] / 2", "half = resistance[:-1]", ("tests/test_flooded_columns.py",)),
    Fault("transport/discharge/prescribed.py", "np.expm1(-number * falls) / np.expm1(-falls)", "number + 0.0 * falls", ("tests/test_prescribed.py",)),
    Fault("transport/discharge/stepping.py", "size = drive.capacitance / max(", "size = 2 * drive.capacitance / max(", LOADED),
    Fault("transport/discharge/load_runs.py", "_CLOSE = 1.01", "_CLOSE = 1.5", LOADED),
    Fault("transport/discharge/load_closed.py", "failing = np.minimum(start, end) <", "failing = np.maximum(start, end) <", LOADED),
    Fault("transport/discharge/charging.py", "_time_to(done.time, charged, SHARE * cell.capacity)", "_time_to(done.time, charged, SHARE * charged[-1] / 2)", ("tests/test_charging.py",)),
    Fault("loads/steps_gathered.py", "times[:1], times[1:], values[:-1]", "times[:1], times[1:], values[1:]", ("tests/test_traces.py",)),
    Fault("loads/steps_gathered.py", "np.concatenate(([self._last[1]], values[:-1]))", "values", ("tests/test_traces.py",)),
    Fault("metrics/load_numbers.py", "max(low, load.brown_out_voltage / series)", "max(low, load.brown_out_voltage)", ("tests/test_load_numbers.py",)),
    Fault("metrics/film_best_plane.py", "beaten_by(self.closed.planes, whole, self.charges, self.closed.beaten())", "self.closed.beaten()", ("tests/test_film_best_plane.py",)),
    Fault("transport/plane_rates.py", "[0.0 if at_rest else float(np.exp(start))]", "[float(np.exp(start))]", BEST_PLANE),
    Fault("transport/plane_rates.py", "WORTH = 0.05", "WORTH = 0.2", BEST_PLANE),
)  # fmt: skip


def faults_table() -> list[Row]:
    """Return a row for each fault, met where a test noticed it."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="tfgeom-") as folder:
        tree = Path(folder)
        for part in ("tfgeom", "tests", "designs", "meshes"):
            shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
        for file in ("pyproject.toml", "README.md"):
            shutil.copy(ROOT / file, tree / file)
        for fault in FAULTS:
            rows.append(_row(fault, tree))
            sys.stderr.write(f"{rows[-1].what}: {rows[-1].measured}\n")
    return rows


def _row(fault: Fault, tree: Path) -> Row:
    file = tree / "tfgeom" / fault.file
    whole = file.read_text(encoding="utf-8")
    file.write_text(seeded(fault, whole), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "logical", "-p", "no:cacheprovider"]
    try:
        done = subprocess.run(
            [*command, *fault.tests],
            cwd=tree,
            env={**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    finally:
        file.write_text(whole, encoding="utf-8")
    failed = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("FAILED")]
    killed = done.returncode in (1, 2) and bool(failed)  # workers that stop early make it 2
    by = (
        failed[0].partition("[")[0].removeprefix("tests/") if killed else f"survives (exit {done.returncode})"
    )
    return Row(f"{fault.file}: `{fault.wrong.strip()}`", by, "a test fails", killed)


def seeded(fault: Fault, text: str) -> str:
    """Return a file's text with the fault in it; raise ValueError unless what is right stands there once."""
    if text.count(fault.right) != 1:
        raise ValueError(f"{fault.file}: {fault.right!r} stands {text.count(fault.right)} times")
    return text.replace(fault.right, fault.wrong)
