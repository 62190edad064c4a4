"""What the conduction solve is timed against is the same problem, and the frame of the table works."""

import sys

import pytest

from tests.benchmarks.conduction import (
    CONTRASTS,
    SHEETS,
    compared,
    contrast_iterations,
    flooded_row,
)
from tests.campaigns.__main__ import main
from tests.oracles import ngsolve_or_skip
from tfgeom.meshing.resolution import Resolution

TINY = Resolution(1)


def test_both_solve_the_same_problem() -> None:
    ngsolve_or_skip()
    rows, unknowns, _ = compared(TINY, {"scikit-fem": 0.5, "own": 0.3}, repeats=1)
    assert [row.bar for row in rows] == ["none", "0.5", "0.3", "1e-05"]
    assert rows[-1].met
    assert unknowns > 1000


def test_every_contrast_is_solved() -> None:
    counts, unknowns = contrast_iterations(TINY)
    assert len(counts) == len(CONTRASTS) * len(SHEETS) == 12
    assert unknowns > 1000


def test_flooded_relief_has_a_row() -> None:
    row = flooded_row(TINY)
    assert row.bar == "40"
    assert "4 walls" in row.what


def test_without_ngsolve_the_campaign_says_so_and_writes_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "ngsolve", None)
    monkeypatch.setattr(sys, "argv", ["campaigns", "conduction"])
    assert main() == 1
    told = capsys.readouterr()
    assert "tfgeom[oracle]" in told.err
    assert not told.out
