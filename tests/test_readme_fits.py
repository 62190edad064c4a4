"""The README's table of fits to published misses says what `tfgeom fit` gives with the files that are shipped."""

from functools import cache

import numpy as np
import pytest

from tests.shipped import ROOT
from tfgeom.cells.assembled import usable_of
from tfgeom.design import load_design
from tfgeom.fitting import Fit, fit_design
from tfgeom.fitting.fit import Fitted
from tfgeom.fitting.parameters import Family
from tfgeom.fitting.predicting import Predictor
from tfgeom.fitting.reading import Expected, read_measured

HEAD = "### Fitted to the misses"
TIO2, LTO, VO2 = "materials.Cl-TiO2", "materials.Li4Ti5O12", "materials.VO2"
IMEC = ("imec_2017_pillars_cl_tio2", "imec_2017_cl_tio2_rates")
SPEULMANNS = ("speulmanns_2024_lto", "speulmanns_2024_lto_rates")
MATTELAER = ("mattelaer_2017_pillars_vo2", "mattelaer_2017_vo2_rates")
_VO2 = f"{VO2}.diffusivity=1e-18 cm^2/s..1e-9 cm^2/s"
CASES: tuple[tuple[tuple[str, str], tuple[str, ...], int], ...] = (
    (IMEC, (f"{TIO2}.diffusivity",), 0),
    (IMEC, (f"{TIO2}.diffusivity", f"{TIO2}.exchange_current=1e-8 mA/cm^2..100 mA/cm^2"), 0),
    (IMEC, (f"{TIO2}.diffusivity", f"{TIO2}.exchange_current=1e-8 mA/cm^2..100 mA/cm^2"), 1),
    (SPEULMANNS, (f"{LTO}.diffusivity",), 0),
    (MATTELAER, (_VO2,), 0),
    (MATTELAER, (_VO2, f"{VO2}.exchange_current=1e-4 mA/cm^2..100 mA/cm^2"), 0),
)
"""Design and data, parameters, and which of them, in the order of the rows."""


@cache
def fitted(files: tuple[str, str], parameters: tuple[str, ...]) -> Fit:
    design, data = files
    return fit_design(
        ROOT / "designs" / f"{design}.yaml",
        ROOT / "designs" / "data" / f"{data}.csv",
        parameters,
        error="5 %",
    )


def rows() -> list[list[str]]:
    section = (ROOT / "README.md").read_text(encoding="utf-8").split(HEAD)[1].split("\n#")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def closed_rows() -> list[list[str]]:
    return [row for row in rows() if "film model" not in row[0]]


def test_every_row_is_a_case() -> None:
    assert len(closed_rows()) == len(CASES)
    assert len(rows()) == len(CASES) + 1


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(CASES)))
def test_what_stands_there_is_what_is_fitted(number: int) -> None:
    files, parameters, which = CASES[number]
    one: Fitted = fitted(files, parameters).fitted[which]
    _, value, interval, _ = closed_rows()[number]
    # two digits hold whatever the machine; the third may turn over
    assert one.value == pytest.approx(float(value), rel=6e-3, abs=0)
    ends = [float(end) for end in interval.split(" to ")]
    assert [one.low, one.high] == pytest.approx(ends, rel=2e-2, abs=0)
    assert one.is_identifiable


@pytest.mark.slow
def test_the_row_of_the_film_model() -> None:
    """At the value the measurement is met; at the ends the sum of squares has risen by 3.84."""
    (row,) = (one for one in rows() if "film model" in one[0])
    values = [float(row[1]), *(float(end) for end in row[2].split(" to "))]
    family = Family(load_design(ROOT / "designs" / f"{SPEULMANNS[0]}.yaml"), [f"{LTO}.diffusivity"])
    data = ROOT / "designs" / "data" / f"{SPEULMANNS[1]}.csv"
    measured = read_measured(data, Expected((1.0, 2.5), usable_of(family.cell).charge))
    points = np.log(np.array(values))[:, np.newaxis]
    off = (Predictor(family, measured, "film").rows(points) / measured.values - 1) / 0.05
    heights = (off**2).sum(axis=1)
    assert off[0] == pytest.approx([0, 0], abs=0.2)  # of 5 %
    assert heights[1:] - heights[0] == pytest.approx([3.84, 3.84], rel=0.15)


@pytest.mark.slow
def test_the_words_beside_them() -> None:
    alone = fitted(*CASES[0][:2])
    assert alone.predicted[0] == pytest.approx(0.93, abs=5e-3)
    assert alone.held_out is not None
    assert 1 - alone.held_out.predicted[1] / 0.37 == pytest.approx(0.64, abs=5e-3)
    both = fitted(*CASES[1][:2])
    assert both.fit_error < 1e-6
    vanadium = fitted(*CASES[5][:2])
    assert not vanadium.fitted[1].is_identifiable
    assert vanadium.held_out is None
    lithium = fitted(*CASES[3][:2])
    assert any("as one phase" in note for note in lithium.notes)
