"""Rows of losses: sums, filters, cells in series, many cells at once."""

import numpy as np
import pytest

from tfgeom.transport.losses import PARTS, Loss, Losses, OperatingPoint

ROWS = (
    Loss("cathode", "film", 2.0),
    Loss("cathode_interface", "charge_transfer", 3.0),
    Loss("cathode_interface", "contact", 5.0),
    Loss("electrolyte", "liquid", 7.0, "gaps"),
    Loss("electrolyte", "liquid", 11.0, "head_space"),
    Loss("electrolyte", "salt", 13.0, "gaps"),
)


def test_parts_and_filters_add_up_to_the_total() -> None:
    losses = Losses(ROWS)
    assert losses.total == 41.0
    assert list(losses.by_part()) == list(PARTS)
    assert losses.by_part() == dict.fromkeys(PARTS, 0.0) | {
        "cathode": 2.0,
        "cathode_interface": 8.0,
        "electrolyte": 31.0,
    }
    assert losses.where(mechanism="contact").total == 5.0
    assert losses.where(part="electrolyte", place="gaps").total == 20.0
    assert losses.where(place="head_space").total == 11.0
    by_mechanism = [
        losses.where(mechanism=name).total
        for name in ("film", "contact", "charge_transfer", "liquid", "salt")
    ]
    assert sum(by_mechanism) == losses.total


def test_equal_rows_are_added_up() -> None:
    found = Losses.of([Loss("anode", "film", 1.0), *ROWS, Loss("anode", "film", 2.0)])
    assert len(found.rows) == len(ROWS) + 1
    assert found.by_part()["anode"] == 3.0
    assert (Losses(ROWS) + Losses(ROWS)).total == 82.0
    assert len((Losses(ROWS) + Losses(ROWS)).rows) == len(ROWS)


def test_cells_in_series_multiply_values_and_polarisation_but_not_the_current() -> None:
    losses = Losses(ROWS, OperatingPoint(current=2.0, polarisation=82.0)).in_series(3)
    assert losses.total == 123.0
    assert losses.drive == OperatingPoint(2.0, 246.0)


def test_losses_of_different_drives_do_not_add() -> None:
    small, driven = Losses(ROWS), Losses(ROWS, OperatingPoint(1.0, 41.0))
    with pytest.raises(ValueError, match="do not add up"):
        _ = small + driven


def test_many_cells_are_columns_of_the_same_rows() -> None:
    scales = np.array([1.0, 2.0, 10.0])
    many = Losses(tuple(Loss(row.part, row.mechanism, row.value * scales, row.place) for row in ROWS))
    for part, values in many.by_part().items():
        np.testing.assert_array_equal(values, np.asarray(Losses(ROWS).by_part()[part]) * scales)
    np.testing.assert_array_equal(np.asarray(many.in_series(2).total), 82.0 * scales)
