"""Quantities: read strictly, written so that they read back to the same float."""

import math
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.shipped import DESIGNS
from tfgeom.spelling.dimensions import DIMENSIONS
from tfgeom.units import _factor, format_quantity, parse_quantity


@pytest.mark.parametrize(
    ("text", "dimension", "expected"),
    [
        ("70 nm", "length", 7e-8),
        ("3 um", "length", 3e-6),
        ("3 µm", "length", 3e-6),
        ("3 μm", "length", 3e-6),
        ("0.5 mm", "length", 5e-4),
        ("12 Å", "length", 1.2e-9),
        (" .5um ", "length", 5e-7),
        ("1e-6 m", "length", 1e-6),
        ("0 nm", "length", 0.0),
        ("90 deg", "angle", math.pi / 2),
        ("25 degC", "temperature", 298.15),
        ("25 °C", "temperature", 298.15),
        ("298.15 K", "temperature", 298.15),
        ("5 %", "fraction", 0.05),
        (0.05, "fraction", 0.05),
        ("2e-6 S/cm", "conductivity", 2e-4),
        ("150 uohm*cm", "resistivity", 1.5e-6),
        ("1e-13 cm^2/s", "diffusivity", 1e-17),
        ("1e-13 cm2/s", "diffusivity", 1e-17),
        ("1e-13 cm²/s", "diffusivity", 1e-17),
        ("1 mA/cm^2", "current_density", 10.0),
        ("1 uAh/cm^2", "areal_capacity", 36.0),
        ("1 mAh/cm²", "areal_capacity", 3.6e4),
        ("1 uAh/cm2/um", "volumetric_capacity", 3.6e7),
        ("37 uAh/cm^2/um", "volumetric_capacity", 37 * 3.6e7),
        ("20 ohm*cm^2", "area_resistance", 2e-3),
        ("20 Ω·cm²", "area_resistance", 2e-3),
        ("0.1 mWh/cm^2", "areal_energy", 3600.0),
        ("2.5 g/cm^3", "density", 2500.0),
        ("55 kJ/mol", "activation_energy", 55000.0),
        ("1 eV", "activation_energy", 96485.33212331001),
        ("6.01e4 mol/m^3", "concentration", 6.01e4),
    ],
)
def test_reads_to_si(text: object, dimension: str, expected: float) -> None:
    assert parse_quantity(text, dimension) == pytest.approx(expected, rel=1e-15, abs=0)


@pytest.mark.parametrize(
    ("given_text", "dimension", "words"),
    [
        ("1,5 um", "length", "write '1.5 um'"),
        (3, "length", "write for example '3 um'"),
        ("3", "length", "write for example '3 um'"),
        (True, "length", "not True"),
        ("nan um", "length", "not a number followed by a unit"),
        (float("nan"), "length", "must be a finite number with a unit"),
        ("inf um", "length", "not a number"),
        ("1e400 m", "length", "out of range"),
        ("9**9**9 m", "length", "not a number"),
        ("2.5 um^9^9^9", "length", "not a number"),
        ("3 V", "length", "a length is needed, for example '3 um'"),
        ("3 cm^2", "length", "a length is needed"),
        ("3 foo", "length", "unknown unit 'foo'"),
        ("0.5 C", "fraction", "a fraction is needed"),
        ("x" * 5000, "length", "not 5000 characters of text"),
        (None, "length", "not None"),
        (["3 um"], "length", "must be a length"),
        ("25", "temperature", "write for example '25 degC'"),
        (".inf", "fraction", "not a number"),
        (float("inf"), "fraction", "finite"),
    ],
)
def test_refuses_with_a_remedy(given_text: object, dimension: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        parse_quantity(given_text, dimension)


@pytest.mark.parametrize(
    ("value", "dimension", "text"),
    [
        (7e-8, "length", "70 nm"),
        (3e-6, "length", "3 um"),
        (5e-4, "length", "500 um"),
        (0.0, "length", "0 um"),
        (298.15, "temperature", "25 degC"),
        (1e-17, "diffusivity", "1e-13 cm^2/s"),
        (37 * 3.6e7, "volumetric_capacity", "37 uAh/cm^2/um"),
    ],
)
def test_writes_as_people_do(value: float, dimension: str, text: str) -> None:
    assert format_quantity(value, dimension) == text


@given(st.sampled_from(sorted(DIMENSIONS)), st.floats(min_value=1e-30, max_value=1e30), st.booleans())
def test_written_reads_back_to_the_same_float(dimension: str, magnitude: float, negative: bool) -> None:
    value = -magnitude if negative else magnitude
    assert parse_quantity(format_quantity(value, dimension), dimension) == value


@given(st.sampled_from(sorted(DIMENSIONS)))
def test_examples_are_examples(dimension: str) -> None:
    assert math.isfinite(parse_quantity(DIMENSIONS[dimension].example, dimension))


def test_declared_factors_are_those_of_pint() -> None:
    for dimension, kind in DIMENSIONS.items():
        for unit, factor in kind.display.items():
            if unit and dimension != "temperature":
                assert float(_factor(unit, kind.si)) == float(factor), (dimension, unit)


def test_a_design_in_usual_units_is_read_without_pint() -> None:
    code = (
        "import sys, tfgeom\n"
        f"tfgeom.evaluate(tfgeom.load_design({str(DESIGNS / 'pearse_2018_holes_30um.yaml')!r}))\n"
        "assert 'pint' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
