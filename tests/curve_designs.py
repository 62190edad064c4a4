"""A planar cell against lithium whose cathode's curve a test states, and the numbers of its discharge."""

from pathlib import Path
from typing import Any

from tfgeom import evaluate, load_design
from tfgeom.design import Design
from tfgeom.results import Evaluation

HEAD = """\
schema_version: 1
name: curve
relief: {kind: planar}
substrate: {material: Si, thickness: 500 um}
layers:
  - {role: current_collector, material: Pt, thickness: 100 nm}
  - {role: %(role)s, material: Mine, thickness: 1 um}
  - {role: electrolyte, material: LiPON, thickness: 1 um}
  - {role: %(other)s, material: %(counter)s, thickness: 2 um}
  - {role: current_collector, material: Cu, thickness: 100 nm}
cell: {type: conformal}
operation: {voltage: {min: %(low)s V, max: %(high)s V}, temperature: 25 degC, c_rates: [0.1, 1]}
materials:
  Mine:
"""
PLAIN = """\
    density: 3.6 g/cm^3
    volumetric_capacity: 49 uAh/cm^2/um
    diffusivity: 6.873e-17 m^2/s
    electronic_conductivity: 0.8 S/m
    exchange_current: 0.5 mA/cm^2
"""


def write_design(
    folder: Path,
    curve: str,
    limits: tuple[float, float] = (0.5, 4.5),
    constants: str = PLAIN,
    role: str = "cathode",
) -> Path:
    """Write a design whose material states ``curve`` as its open-circuit curve; return the file."""
    other, counter = ("anode", "Li") if role == "cathode" else ("cathode", "LiCoO2")
    head = HEAD % {"role": role, "other": other, "counter": counter, "low": limits[0], "high": limits[1]}
    file = folder / "design.yaml"
    stated = f"    open_circuit: {curve}\n" if curve else ""
    file.write_text(head + constants + stated, encoding="utf-8")
    return file


def designed(folder: Path, curve: str, **keys: Any) -> Design:
    """Return the design with this curve, loaded."""
    return load_design(write_design(folder, curve, **keys))


def evaluated(folder: Path, curve: str, **keys: Any) -> Evaluation:
    """Return the numbers of the design with this curve."""
    return evaluate(designed(folder, curve, **keys))


def mean_voltage(found: Evaluation) -> float:
    """Return the mean voltage on discharge, V."""
    assert found.energy is not None
    assert found.energy.mean_voltage_V is not None
    return found.energy.mean_voltage_V
