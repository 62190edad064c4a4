"""Numbers beyond all measure, a file full of mistakes, halves of characters: answered, and soon."""

import json
import re
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.commands import Captured, run
from tests.design_texts import FLOODED, VALID
from tfgeom.design import design_from_mapping, set_path
from tfgeom.design.paths import walk
from tfgeom.errors import DesignError, TfgeomError
from tfgeom.evaluation import check, evaluate
from tfgeom.source import parse_source, resolve_scalar
from tfgeom.terminal_lines import note_lines, number_lines

MORE = """\
materials:
  LiV2O5: {diffusivity: 1e-13 cm^2/s, exchange_current: 0.5 mA/cm^2, host_capacity: 60 uAh/cm^2/um}
  Li2PO2N: {ionic_conductivity: 6.6e-7 S/cm, activation_energy: 0.5 eV}
published:
  - {quantity: area_gain, value: 10, confidence: review, source: x, tolerance: 3 %}
  - {quantity: footprint_capacity, value: 24 uAh/cm^2, c_rate: 1, confidence: review, source: x}
"""
EXTREMES = ("5e-324", "1e-308", "1e308", "1e400", "1e-30", "1e30", "0", "-0.0", f"0x{'f' * 250}", "9" * 300)
TEXTS = {"conformal": VALID + MORE, "flooded": FLOODED}


def spoilt_by(text: str, extreme: str) -> Iterator[dict[str, Any]]:
    """Yield the design with each of its numbers in turn replaced, its unit kept."""
    root = parse_source(text, "x").root
    for location, value in walk(root):
        number = re.match(r"[-+\d.eE]+(?= |$)", value) if isinstance(value, str) else None
        if number is not None:
            changed: Any = extreme + value[number.end() :]
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            changed = resolve_scalar(extreme)
        else:
            continue
        yield set_path(root, ".".join(map(str, location)), changed)


@pytest.mark.parametrize("extreme", EXTREMES, ids=lambda text: text[:8])
@pytest.mark.parametrize("kind", TEXTS)
def test_every_number_may_be_extreme(kind: str, extreme: str) -> None:
    count = 0
    for mapping in spoilt_by(TEXTS[kind], extreme):
        count += 1
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a raw warning on the screen is no answer either
            try:
                design = design_from_mapping(mapping)
                found = evaluate(design)
                check(design)
            except TfgeomError:
                continue
            json.dumps(found.to_dict(), allow_nan=False)
            assert not [row for row in number_lines(found) if "inf" in row[1] or "nan" in row[1]]
            note_lines(found)
    assert count >= 10


@pytest.mark.parametrize(
    "parameters",
    [
        f"{{form: constant, parameters: {{potential: 0x{'f' * 280}}}}}",
        "{form: constant, parameters: {potential: 1e300}}",
        "{form: polynomial, parameters: {coefficients: [1, 1e308, 1e308]}}",
        f"{{form: pchip, parameters: {{x: [0, {'9' * 299}], potential: [1, 2]}}}}",
    ],
)
def test_parameters_of_a_curve_are_numbers_that_a_curve_has(
    parameters: str, tmp_path: Path, capsys: Captured
) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(f"{VALID}materials:\n  LiV2O5:\n    open_circuit: {parameters}\n", encoding="utf-8")
    for command in ("check", "evaluate"):
        assert run(command, file) == 2
        err = capsys.readouterr().err
        assert "must be a number from -1e9 to 1e9, not " in err
        assert len(err.splitlines()) == 1


@pytest.mark.parametrize("where", [10**400, -(10**400), float("inf"), float("nan")])
def test_python_numbers_beyond_floats_are_refused(where: float) -> None:
    root = parse_source(VALID + MORE, "x").root
    for path in ("operation.c_rates.0", "published.0.value"):
        with pytest.raises(DesignError, match="must be a number from"):
            design_from_mapping(set_path(root, path, where))


FULL_OF = {
    "chosen": VALID + "chosen:\n" + "".join(f"  relief.pitchx{i}: why\n" for i in range(9000)),
    "layers": VALID.replace(
        "layers:\n",
        "layers:\n"
        + "".join(f"  - {{role: barier, material: Ruu{i}, thicknes: 4 nm}}\n" for i in range(1200)),
    ),
    "materials": VALID + "materials:\n" + "".join(f"  LiV2Ox{i}: {{densty: 1}}\n" for i in range(2000)),
    "keys": VALID + "".join(f"relif{i}: 1\n" for i in range(9000)),
}


@pytest.mark.parametrize("what", FULL_OF)
def test_a_file_full_of_mistakes_is_answered_soon(what: str, tmp_path: Path, capsys: Captured) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(FULL_OF[what], encoding="utf-8")
    start = time.process_time()
    assert run("check", file) == 2
    assert time.process_time() - start < 20  # each mistake costs the same: 9,000 took 53 s and more
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 101
    assert "more problems" in lines[-1]


@pytest.mark.parametrize("text", ['name: "\\ud800"', '"\\udfff": 1', '- ["\\udc80"]'])
def test_halves_of_characters_are_refused(text: str, tmp_path: Path, capsys: Captured) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(f"schema_version: 1\n{text}\n" if text[0] != "-" else text, encoding="utf-8")
    assert run("check", file) == 2
    assert "holds half a character" in capsys.readouterr().err
