"""Every kind of relief and every kind of cell, each once and small, for tests that hold over all of them.

`tests/test_kinds.py` walks the types of the design file: a kind, or a word a kind may say, that stands here
nowhere makes it fail.  A test of its own `parametrize`s over `every_relief`, `every_cell` or `every_design`.
"""

from collections.abc import Collection
from copy import deepcopy
from typing import Any

import pytest

from tests.design_texts import FLOODED, VALID, mapping_in
from tfgeom.design import design_from_mapping
from tfgeom.design.schema import CELL_SECTIONS
from tfgeom.geometry.protocol import Cell
from tfgeom.reliefs import build_cell

RELIEF_TEXTS = {
    "planar": "{kind: planar}",
    "pillars": "{kind: pillars, lattice: square, pitch: 4 um, diameter: 2 um, height: 5 um}",
    "rounded pillars": "{kind: pillars, lattice: square, pitch: 4 um, diameter: 2 um, height: 5 um, rim_radius: 300 nm}",
    "square pillars": "{kind: pillars, lattice: square, cross_section: square, pitch: 4 um, side: 2 um, height: 5 um}",
    "hexagonal pillars": "{kind: pillars, lattice: hexagonal, cross_section: hexagon, pitch: 4 um, side: 1 um, height: 5 um}",
    "rectangular pillars": "{kind: pillars, lattice: rectangular, pitch: [4 um, 6 um], diameter: 2 um, height: 5 um}",
    "holes": "{kind: holes, lattice: hexagonal, pitch: 6 um, diameter: 3 um, depth: 10 um}",
    "leaning square holes": "{kind: holes, lattice: square, cross_section: square, pitch: 6 um, side: {value: 3 um, at: middle}, depth: 10 um, sidewall_angle: 87 deg}",
    "hexagonal holes": "{kind: holes, lattice: hexagonal, cross_section: hexagon, pitch: 6 um, side: {value: 2 um, at: bottom}, depth: 10 um}",
    "rectangular square holes": "{kind: holes, lattice: rectangular, cross_section: square, pitch: [7 um, 5 um], side: 3 um, depth: 10 um}",
    "through-holes": "{kind: holes, lattice: hexagonal, pitch: 6 um, diameter: 3 um, depth: 10 um, through: true}",
    "trenches": "{kind: trenches, pitch: 4 um, width: 1.5 um, depth: 10 um}",
    "microtubes": "{kind: microtubes, lattice: hexagonal, pitch: 6 um, outer_diameter: 4 um, wall: 1 um, height: 9 um}",
    "double microtubes": "{kind: microtubes, lattice: square, pitch: 10 um, outer_diameter: 8 um, wall: 1 um, height: 9 um, inner: {outer_diameter: 3 um, wall: 800 nm}}",
    "honeycomb": "{kind: honeycomb, pitch: 6 um, wall: 2 um, depth: 10 um}",
    "wave": "{kind: wave, amplitude: 1 um, period: 6 um}",
}  # fmt: skip
RELIEFS = {name: mapping_in(text) for name, text in RELIEF_TEXTS.items()}
_SOLID, _LIQUID = mapping_in(VALID), mapping_in(FLOODED)
FILMS: list[dict[str, Any]] = _SOLID["layers"]
"""The films of Pearse 2018, as the design file says them."""
_INNER, _CATHODE, _ELECTROLYTE, _ANODE, _OUTER = FILMS


WAFER = {"material": "Si", "thickness": "500 um"}


def _film(role: str, material: str, thickness: Any, **more: Any) -> dict[str, Any]:
    return {"role": role, "material": material, "thickness": thickness, **more}


def _solid(*films: dict[str, Any], low: float = 0.5, high: float = 3.5, **cell: Any) -> dict[str, Any]:
    operation = {**_SOLID["operation"], "voltage": {"min": f"{low} V", "max": f"{high} V"}}
    return {
        "layers": list(films or FILMS),
        "cell": {"type": "conformal", **cell},
        "operation": operation,
        "substrate": WAFER,
    }


def _flooded(**cell: Any) -> dict[str, Any]:
    operation = {**_LIQUID["operation"], "c_rates": [0.1, 1]}
    return {
        "layers": _LIQUID["layers"],
        "cell": {**_LIQUID["cell"], **cell},
        "operation": operation,
        "substrate": WAFER,
    }


CELLS: dict[str, dict[str, Any]] = {
    "geometry only": {},
    "conformal": _solid(),
    "anode inside": _solid(_INNER, _ANODE, _ELECTROLYTE, _CATHODE, _OUTER),
    "balanced": _solid(_INNER, _CATHODE, _ELECTROLYTE, {**_ANODE, "thickness": {"balance": 1.2}}, _OUTER),
    "step coverage": _solid(_INNER, {**_CATHODE, "step_coverage": 0.8}, *FILMS[2:]),
    "many films": _solid(
        _film("barrier", "TiN", "20 nm"),
        _INNER,
        _CATHODE,
        _film("interlayer", "LiPON", "5 nm"),
        _ELECTROLYTE,
        _film("electrolyte", "LiPON", "20 nm", name="second"),
        {**_ANODE, "interface_resistance": "1 ohm*cm^2"},
        _OUTER,
        {"role": "encapsulation", "material": "TiN", "fill": {"above_top": "1 um"}},
    ),
    "dc electrolyte": _solid(
        _INNER, _CATHODE, _film("electrolyte", "Li3PO4-Danilov2011", "100 nm"), _ANODE, _OUTER,
        electrolyte_model="dc",
    ),
    "electrolyte in time": _solid(
        _INNER, _CATHODE, _film("electrolyte", "Li3PO4-Danilov2011-printed", "100 nm"), _ANODE, _OUTER,
        electrolyte_model="dissociation",
    ),
    "anode-free": _solid(_INNER, _CATHODE, _ELECTROLYTE, _OUTER, low=2.4, anode_free=True),
    "lithium anode": _solid(_INNER, _CATHODE, _ELECTROLYTE, _film("anode", "Li", "300 nm"), _OUTER, low=2.4),
    "bipolar": {
        **_solid(low=1.5, high=10.5),
        "cells_in_series": 3,
        "bipolar_plate": {"material": "Ni", "thickness": "30 um"},
    },
    "flooded": _flooded(),
    "flooded, salt": _flooded(electrolyte_model="salt"),
}  # fmt: skip


def design(relief: str = "pillars", cell: str = "conformal", **changes: Any) -> dict[str, Any]:
    """Return the mapping of a design of these kinds, one's own to change, some sections replaced."""
    head = {"schema_version": 1, "name": f"{cell}, {relief}", "relief": RELIEFS[relief]}
    return deepcopy(head | CELLS[cell] | changes)


def stretched(relief: dict[str, Any], factor: float) -> dict[str, Any]:
    """Return a relief with all its lengths multiplied."""

    def longer(value: Any) -> Any:
        if isinstance(value, dict):
            return stretched(value, factor)
        if isinstance(value, list):
            return [longer(one) for one in value]
        number, _, unit = str(value).partition(" ")
        return f"{float(number) * factor!r} {unit}" if unit in ("nm", "um") else value

    return {key: longer(value) for key, value in relief.items()}


def further(kinds: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return one of `RELIEFS` of each kind that is not among ``kinds``: those that a list does not vary itself."""
    return {relief["kind"]: relief for relief in RELIEFS.values() if relief["kind"] not in kinds}


def unit_cell(relief: str, factor: float = 1.0) -> Cell:
    """Return the unit cell of one of `RELIEFS`, its lengths multiplied."""
    mapping = design(relief, "geometry only") | {"relief": stretched(RELIEFS[relief], factor)}
    return build_cell(design_from_mapping(mapping).relief)


def has_closed_form(relief: str, cell: str) -> bool:
    """Return whether the cell's losses have a closed form on that relief: liquid in holes through the
    wafer, or above waves, has none."""
    section = CELL_SECTIONS[CELLS[cell]["cell"]["type"]] if CELLS[cell] else None
    return section is not None and not (section.has_liquid and relief in ("through-holes", "wave"))


every_relief = pytest.mark.parametrize("relief", RELIEFS)
every_cell = pytest.mark.parametrize("cell", CELLS)
every_design = pytest.mark.parametrize(("relief", "cell"), [(r, c) for c in CELLS for r in RELIEFS])
