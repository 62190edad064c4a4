"""How large a polarisation `solve_transport` takes: what the charged cell has at rest, of every kind."""

import re
from typing import Any

import numpy as np
import pytest

from tests.kinds import CELLS, design, every_cell
from tfgeom.cells.assembled import lithium_of
from tfgeom.cells.kinds import assemble_cell
from tfgeom.design import Design, design_from_mapping
from tfgeom.errors import DesignError
from tfgeom.evaluation import solve_transport
from tfgeom.materials.library import load_library
from tfgeom.metrics.polarisation import check_drive
from tfgeom.transport.solve_options import Drive

RELIEF = "planar"


def at_rest(built: Design) -> float:
    """Return the voltage of a charged cell at rest by its curves alone, at most the upper limit, V."""
    cell = assemble_cell(built)
    balance, library = lithium_of(cell), load_library()
    filled = {"cathode": balance.charged_cathode, "anode": balance.charged_anode}
    volts = 0.0
    for role, sign in (("cathode", 1), ("anode", -1)):
        names = [layer.material for layer in built.layers if layer.role == role]
        curve = library.find(names[0] if names else "Li").curve
        assert curve is not None
        volts += sign * float(curve.potential(np.array([np.clip(filled[role], 1e-6, 1 - 1e-6)]))[0])
    assert built.operation is not None
    return min(built.cells_in_series * volts, built.operation.voltage.max)


def refusal(built: Design, **drive: Any) -> DesignError:
    with pytest.raises(DesignError) as caught:
        solve_transport(built, resolution=1, **drive)
    assert len(caught.value.issues) == 1
    return caught.value


def limit_in(error: DesignError) -> float:
    (found,) = re.findall(r"at most ([\d.]+) V", str(error))
    return float(found)


@every_cell
def test_a_voltage_above_the_rest_voltage_is_refused_in_every_kind_of_cell(cell: str) -> None:
    if not CELLS[cell]:
        return
    built = design_from_mapping(design(RELIEF, cell))
    error = refusal(built, voltage=1000.0)
    assert error.exit_code == 2
    assert error.issues[0].path == "--voltage"
    limit = limit_in(error)
    if built.cell is not None and built.cell.type == "conformal":
        assert limit == pytest.approx(at_rest(built), rel=1e-3)
    assert limit_in(refusal(built, voltage=1.002 * limit)) == limit
    check_drive(assemble_cell(built), Drive(voltage=0.998 * limit))


@every_cell
def test_so_is_a_current_that_takes_more(cell: str) -> None:
    if not CELLS[cell] or cell == "flooded":  # an ohmic liquid takes none
        return
    built = design_from_mapping(design(RELIEF, cell))
    error = refusal(built, current=1e12)
    assert error.issues[0].path == "--current"
    assert limit_in(error) == limit_in(refusal(built, voltage=1000.0))


def test_a_current_is_judged_by_what_its_solve_takes() -> None:
    built = design_from_mapping(design(RELIEF))
    limit = limit_in(refusal(built, voltage=1000.0))
    driven = solve_transport(built, voltage=0.999 * limit, resolution=1)
    current = driven.to_dict()["drive"]["footprint_current_mA_cm2"] * 10
    taken = solve_transport(built, current=current, resolution=1).to_dict()["drive"]["polarisation_V"]
    assert taken == pytest.approx(0.999 * limit, rel=1e-6)
    error = refusal(built, current=1.01 * current)
    assert "takes a polarisation of" in str(error)


def test_without_a_curve_the_upper_limit_stands() -> None:
    mapping = design(RELIEF)
    layers = [dict(layer) for layer in mapping["layers"]]
    layers[3]["material"] = "mine"
    own = {"volumetric_capacity": "60 uAh/cm^2/um", "exchange_current": "1 mA/cm^2", "lithiation": 1}
    error = refusal(
        design_from_mapping(mapping | {"layers": layers, "materials": {"mine": own}}), voltage=3.6
    )
    assert "the upper voltage limit (no open-circuit curve is known), 3.5 V" in str(error)


def test_a_cell_whose_electrodes_rest_above_the_upper_limit_is_charged_to_that_limit() -> None:
    mapping = design(RELIEF)
    mapping["operation"] = {**mapping["operation"], "voltage": {"min": "0.5 V", "max": "3.1 V"}}
    assert limit_in(refusal(design_from_mapping(mapping), voltage=3.15)) == 3.1
