"""The library as a table to choose from: each role, as a screen and as a file show it."""

import csv
import io

import pytest
from scipy.integrate import quad

from tests.commands import Captured, run
from tfgeom.materials.choosing import ROLES, choice_records, choice_table, role_of
from tfgeom.materials.library import load_library


def test_every_material_stands_under_one_role() -> None:
    listed = [name for role in ROLES for name, *_ in choice_table(role)[1]]
    assert sorted(listed) == sorted(load_library().places)
    roles = {name: role_of(load_library().find(name)) for name in ("LCO", "Si", "LiPON", "TiN", "Al2O3")}
    assert roles == {
        "LCO": "cathode", "Si": "anode", "LiPON": "electrolyte", "TiN": "current_collector", "Al2O3": "inactive",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["LiCoO2", "LiFePO4", "Li4Ti5O12", "Si"])
def test_the_mean_potential_is_the_integral_of_the_curve(name: str) -> None:
    material = load_library().find(name)
    assert material.curve is not None
    curve = material.curve
    exact, _ = quad(lambda s: float(curve.potential(s)), 0, 1, limit=400, epsabs=1e-5)
    head, rows = choice_records((role_of(material),))
    row = dict(zip(head, next(row for row in rows if row[0] == material.name), strict=True))
    assert float(row["mean_potential_V"]) == pytest.approx(exact, abs=2e-3)
    assert row["mean_potential_V_confidence"] == curve.confidence


def test_a_screen_shows_units_of_the_field_and_the_least_sure(capsys: Captured) -> None:
    assert run("materials", "list", "--role", "cathode") == 0
    out, _ = capsys.readouterr()
    head, *rows = (line.split("\t") for line in out.splitlines())
    assert head == ["name", "uAh/cm2/um", "mean V", "S/cm", "cm2/s", "mA/cm2", "least sure"]
    lco = next(row for row in rows if row[0] == "LiCoO2")
    # MODELS: 43.1 uAh/cm2/um, 10 S/m, 1e-14 m2/s, 8.79 A/m2, by hand
    assert [lco[1], *lco[3:]] == ["43.1", "0.1", "1e-10", "0.879", "computed"]


def test_a_file_has_every_role_and_every_confidence(capsys: Captured) -> None:
    assert run("materials", "list", "--csv") == 0
    out, _ = capsys.readouterr()
    rows = list(csv.DictReader(io.StringIO(out)))
    assert {row["role"] for row in rows} == set(ROLES)
    for row in rows:
        for key, value in row.items():
            if f"{key}_confidence" in row:
                assert bool(value) == bool(row[f"{key}_confidence"]), (row["name"], key)


def test_an_unknown_role_is_told(capsys: Captured) -> None:
    assert run("materials", "list", "--role", "cathodes") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "'cathodes' is no role of materials; did you mean 'cathode'?\n"
