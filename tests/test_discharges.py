"""Discharges at any rate, for curves with enough points."""

import pytest

from tests.shipped import DESIGNS, LEI
from tfgeom.design import load_design
from tfgeom.evaluation import discharges, evaluate


@pytest.mark.parametrize("name", ["pearse_2018_holes_12um", "bates_planar", "bipolar_holes"])
def test_they_are_those_of_a_design_that_asks_for_them(name: str) -> None:
    design = load_design(DESIGNS / f"{name}.yaml")
    found = evaluate(design)
    assert design.operation is not None
    assert discharges(found, design.operation.c_rates, design.operation.footprint_currents) == found.rate
    asked = {"c_rates": (0.7, 17.0), "footprint_currents": (3.0,)}
    other = design.model_copy(update={"operation": design.operation.model_copy(update=asked)})
    assert discharges(found, (0.7, 17.0), (3.0,)) == evaluate(other).rate


def test_a_relief_without_a_cell_has_none() -> None:
    assert discharges(evaluate(load_design(LEI)), (1.0,)) == ()
