"""Fits: the truth is found again and held by its interval, and what cannot be told is said."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tests.commands import Captured, run
from tests.measurements import (
    I0,
    LICOO2,
    D,
    Floats,
    along_curves,
    at_rates,
    danilov,
    held,
    predicted,
    under_pulses,
    write_rates,
)
from tests.shipped import DANILOV
from tfgeom.design import load_design
from tfgeom.errors import DesignError
from tfgeom.evaluation import discharges, evaluate
from tfgeom.fitting import Fit, fit_design, fit_dict, fitted_design
from tfgeom.fitting.errors import measurement_error
from tfgeom.fitting.estimating import Problem, best_fit
from tfgeom.fitting.fit import Fitted
from tfgeom.fitting.measured import Measured
from tfgeom.fitting.parameters import Family
from tfgeom.fitting.predicting import Predictor
from tfgeom.fitting.profiles import estimate
from tfgeom.report.fit_page import fit_html

RATES = [12.8, 25.6, 51.2, 102.4, 204.8]
same = pytest.approx


def noisy(values: Floats, error: float, seed: int) -> Floats:
    """Values with a relative error."""
    return np.asarray(values * (1 + error * np.random.default_rng(seed).standard_normal(values.size)))


def rates_file(folder: Path, error: float = 0.01, seed: int = 3, rates: list[float] | None = None) -> Path:
    asked = RATES if rates is None else rates
    capacities = predicted(danilov(D), at_rates(asked), "analytic")
    return write_rates(folder / "rates.csv", asked, noisy(capacities, error, seed))


@cache
def fitted(folder: Path) -> Fit:
    return fit_design(DANILOV, rates_file(folder), [D], error="1 %")


@pytest.fixture(scope="module")
def fit(tmp_path_factory: pytest.TempPathFactory) -> Fit:
    return fitted(tmp_path_factory.mktemp("fit"))


def test_the_seam_gives_what_the_road_gives() -> None:
    """Capacities of the closed model are those of `evaluate`: the fit has no model of its own."""
    road = discharges(evaluate(load_design(DANILOV)), c_rates=RATES)
    found = predicted(danilov(D), at_rates(RATES), "analytic")
    assert found / 36 == same([row.capacity_uAh_cm2 for row in road], rel=1e-11)
    shares = predicted(danilov(D), at_rates(RATES, quantity="utilisation"), "film")
    films = discharges(evaluate(load_design(DANILOV), "film"), c_rates=RATES)
    assert shares == same([row.utilisation for row in films], rel=1e-9)


def test_curves_are_those_of_the_road() -> None:
    family = danilov(D)
    found = evaluate(load_design(DANILOV))
    assert found.rate_model is not None
    for fidelity, model in (("analytic", found), ("film", evaluate(load_design(DANILOV), "film"))):
        assert model.rate_model is not None
        curve = model.rate_model.curve("cell", 25.6 * 10 * 36 / 3600)
        asked = along_curves([25.6], np.linspace(0.05, 0.8, 7), family)
        assert asked.charge is not None
        voltages = np.interp(asked.charge, curve.charge, curve.voltage)
        assert predicted(family, asked, fidelity) == same(voltages, abs=2e-3)


def test_the_truth_is_found_and_held(fit: Fit) -> None:
    (one,) = fit.fitted
    assert one.is_identifiable
    assert one.low is not None
    assert one.high is not None
    assert one.low < 1.76e-11 < one.high
    assert one.high / one.low < 1.2
    assert fit.fit_error < 0.02
    assert fit.held_out is not None
    assert fit.held_out_error is not None
    assert fit.fit_error < fit.held_out_error < 0.03
    assert fit.pairs == ()


def test_the_interval_is_that_of_the_slope_where_all_is_nearly_linear(fit: Fit) -> None:
    """An independent answer: the error of the logarithm of one parameter is one over the length of its slopes."""
    (one,) = fit.fitted
    step, point = 1e-3, fit.estimate.optimum.point
    pair = fit.predictor.rows(np.array([point - step, point + step]))
    slope = (pair[1] - pair[0]) / (2 * step) / fit.error.sizes
    half = 1.959964 / float(np.linalg.norm(slope))
    assert one.low is not None
    assert one.high is not None
    assert np.log(one.high / one.low) / 2 == same(half, rel=0.01)
    assert np.log(one.value / one.low) == same(half, rel=0.03)


def test_errors_that_nobody_states_are_those_left_over(tmp_path: Path) -> None:
    file = rates_file(tmp_path, error=0.02, seed=11, rates=RATES * 4)
    found = fit_design(DANILOV, file, [D], hold_out="none")
    assert found.estimate.scale == same(0.02, rel=0.35)
    stated = fit_design(DANILOV, file, [D], error=f"{100 * found.estimate.scale} %", hold_out="none")
    widths = [np.log((one.high or 1) / (one.low or 1)) for one in (found.fitted[0], stated.fitted[0])]
    assert widths[0] / widths[1] == same(2.093 / 1.96, rel=0.02)  # Student's t of 19 against the normal


def test_one_rate_does_not_tell_diffusion_from_reaction(tmp_path: Path) -> None:
    file = rates_file(tmp_path, rates=[51.2, 51.2, 51.2])
    found = fit_design(DANILOV, file, [D, I0])
    assert not any(one.is_identifiable for one in found.fitted)
    assert [(pair.one, pair.other) for pair in found.pairs] == [(0, 1)]
    once = write_rates(tmp_path / "once.csv", [51.2], np.array([250.0]))
    with pytest.raises(
        DesignError, match=r"1 point of .*what one rate delivers says one thing; not identifiable: d"
    ):
        fit_design(DANILOV, once, [D, I0])


@pytest.mark.slow
def test_a_valley_is_found_without_counting(tmp_path: Path) -> None:
    """Two rates of a share of capacity: thickness and diffusivity act as their ratio L2/D alone."""
    family = danilov(D, "layers.cathode.thickness")
    rates = [51.2, 102.4, 204.8]
    shares = predicted(family, at_rates(rates, quantity="utilisation"), "analytic")
    text = "c_rate,utilisation\n" + "".join(
        f"{r},{v:.9g}\n" for r, v in zip(rates, shares.tolist(), strict=True)
    )
    stated = Path(DANILOV).read_text().replace("  nominal_capacity: 10 uAh/cm^2\n", "")
    stated = stated.replace("electrolyte_model: dc", "electrolyte_model: ohmic").replace("1.5 um}", "1 nm}")
    (tmp_path / "d.yaml").write_text(stated)
    (tmp_path / "s.csv").write_text(text)
    found = fit_design(
        tmp_path / "d.yaml",
        tmp_path / "s.csv",
        [f"{D}=1.5e-11 cm^2/s..2e-11 cm^2/s", "layers.cathode.thickness=290 nm..350 nm"],
        error="5 %",
        hold_out="none",
    )
    assert [(pair.one, pair.other, pair.by_profile) for pair in found.pairs] == [(0, 1, True)]
    assert not found.pairs[0].by_count


@pytest.mark.slow
def test_voltage_curves_tell_what_capacities_do_not() -> None:
    family = danilov(D, I0)
    asked = along_curves([25.6, 51.2, 102.4], np.linspace(0.02, 0.5, 8), family)
    values = predicted(family, asked, "analytic") + 2e-3 * np.random.default_rng(5).standard_normal(
        asked.size
    )
    (diffusivity, exchange) = solved(family, replaced(asked, values), "analytic", "2 mV")
    for one, truth in ((diffusivity, 1.76e-11), (exchange, 0.87936)):
        assert one.low is not None
        assert one.high is not None
        assert one.low < truth < one.high


def test_pulses_give_the_diffusivity_back_by_the_film_model() -> None:
    """GITT: half a millivolt of noise on pulses and rests, the truth within its interval and 10 %."""
    design = load_design(DANILOV)
    assert design.operation is not None
    design = design.model_copy(
        update={"operation": design.operation.model_copy(update={"initial_state_of_charge": 0.7})}
    )
    family = Family(design, [D])
    asked = under_pulses(1.0, 60.0, 600.0, 2)
    values = predicted(family, asked, "film") + 5e-4 * np.random.default_rng(8).standard_normal(asked.size)
    (one,) = solved(family, replaced(asked, values), "film", "0.5 mV")
    assert one.low is not None
    assert one.high is not None
    assert one.low < 1.76e-11 < one.high
    assert one.value == same(1.76e-11, rel=0.1, abs=0)


def test_pulses_past_a_full_film_hold_the_last_voltage() -> None:
    """From full charge, 4 A/m2 for 60 s fill the film of 358 C/m2 in the second pulse."""
    family = danilov(D)
    asked = under_pulses(4.0, 60.0, 10.0, 2)
    voltage = predicted(family, asked, "film")
    assert np.isfinite(voltage).all()
    assert np.ptp(voltage[-5:]) == 0
    assert 2.0 < voltage[-1] < 4.2
    assert np.unique(voltage).size > 20


def replaced(asked: Measured, values: Floats) -> Measured:
    return Measured(
        asked.file, asked.form, asked.quantity, values, asked.lines, asked.groups, asked.of_group,
        asked.charge, asked.time, asked.current,
    )  # fmt: skip


def solved(family: Family, measured: Measured, fidelity: str, error: str) -> list[Fitted]:
    problem = Problem(
        Predictor(family, measured, fidelity),
        measurement_error(measured, error),
        np.ones(measured.size, bool),
    )
    found = estimate(problem, best_fit(problem))
    fitted = []
    for at, one in enumerate(family.parameters):
        ends = [
            None if side.is_open else one.from_fit(side.coordinate)
            for side in (found.profiles[at].low, found.profiles[at].high)
        ]
        value = one.from_fit(float(found.optimum.point[at]))
        fitted.append(Fitted(one, value, ends[0], ends[1], found.profiles[at]))
    return fitted


def test_pulses_in_steps_are_pulses_in_closed_form(monkeypatch: pytest.MonkeyPatch) -> None:
    family = danilov(I0)
    asked = under_pulses(0.5, 30.0, 100.0, 1)
    base = predicted(family, asked, "film")
    monkeypatch.setattr("tfgeom.fitting.predicting.Propagation.applies", lambda _: False)
    stepped = predicted(family, asked, "film")
    assert np.ptp(base) > 0.01
    assert stepped == same(base, abs=2e-3)


@pytest.mark.slow
def test_held_out_rates_are_foretold_and_not_fitted(tmp_path: Path) -> None:
    file = rates_file(tmp_path)
    found = fit_design(DANILOV, file, [D], error="1 %", hold_out="204.8C, 12.8 C")
    assert found.kept.tolist() == [False, True, True, True, False]
    alone = write_rates(tmp_path / "rest.csv", RATES[1:4], found.measured.values[1:4])
    rest = fit_design(DANILOV, alone, [D], error="1 %")
    assert found.fitted[0].value == same(rest.fitted[0].value, rel=1e-6, abs=0)
    assert found.held_out is not None
    assert found.held_out.is_apart
    share = fit_design(DANILOV, file, [D], error="1 %", hold_out="40 %")
    assert int((~share.kept).sum()) == 2


def test_the_fitted_design_says_so_and_is_read_back(fit: Fit) -> None:
    design = fitted_design(fit)
    (row,) = (
        one
        for one in evaluate(design).provenance
        if one.property == "diffusivity" and one.material.startswith("LiCoO2")
    )
    assert row.confidence == "fitted"
    assert "fitted to rates.csv by the closed rate model" in row.source
    assert row.value == same(fit.fitted[0].value, rel=1e-5, abs=0)
    assert "95 % interval" in row.note


def test_a_size_is_chosen_by_the_fit(tmp_path: Path) -> None:
    thickness = "layers.cathode.thickness"
    found = fit_design(DANILOV, rates_file(tmp_path, rates=[0.1, 0.2, 0.3]), [thickness], error="1 %")
    assert found.fitted[0].value == same(320, rel=0.02)
    design = fitted_design(found)
    assert design.chosen[thickness].startswith("fitted to rates.csv")


@pytest.mark.slow
def test_the_command(tmp_path: Path, capsys: Captured) -> None:
    file = rates_file(tmp_path)
    page, design = tmp_path / "fit.html", tmp_path / "fit.yaml"
    options = ["--parameters", D, "--error", "1 %", "--hold-out", "none"]
    assert run("fit", DANILOV, file, *options, "-o", page, "-o", design, "--figures", tmp_path / "f") == 0
    text = capsys.readouterr().out
    assert f"{D}\t1.7" in text
    assert "root mean square; stated: 1 %" in text
    assert "nothing was held out" in text
    assert len(list((tmp_path / "f").iterdir())) == 6
    assert "confidence: fitted" in design.read_text()
    assert "that of the fitted design: diffusivity of LiCoO2-Danilov2011 1.7" in page.read_text()
    assert run("fit", DANILOV, file, *options, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    (one,) = found["parameters"]
    assert one["unit"] == "cm^2/s"
    assert one["low"] < one["value"] < one["high"]
    assert one["confidence"] == "fitted"
    assert [row["line"] for row in found["measured"]] == [2, 3, 4, 5, 6]
    assert run("evaluate", design) == 0
    assert "fitted: LiCoO2-Danilov2011 diffusivity" in capsys.readouterr().out


def test_the_page_holds_its_numbers(fit: Fit) -> None:
    text = fit_html(fit, "tfgeom fit a b")
    stored = json.loads(text.split('id="fit-numbers">')[1].split("</script>")[0])
    assert stored == json.loads(json.dumps(fit_dict(fit)))
    assert text.count("<img src=") == 2
    assert "tfgeom fit a b" in text
    assert "no constants of a library" in text


@pytest.mark.parametrize(
    ("parameters", "options", "words"),
    [
        (f"{LICOO2}.difusivity", [], "no such constant; did you mean 'diffusivity'?"),
        ("materials.LiCoO3.diffusivity", [], "the design has no material 'LiCoO3'; allowed: Pt, LiCoO2-Danilov2011"),
        ("layers.cathode.thicknes", [], "did you mean 'thickness'?"),
        ("layers.cathode.material", [], "is no number but 'LiCoO2-Danilov2011'"),
        (f"{D}=1e-11 cm^2/s", [], "are no bounds; write LOW..HIGH"),
        (f"{D}=1e-11 cm^2/s..1e-12 cm^2/s", [], "the first bound is the smaller one"),
        (f"{D}=1 um..2 um", [], "bound '1 um'"),
        (f"{D},{D}", [], "stands twice"),
        (f"{D},", [], "an empty name"),
        ("materials.Li.diffusivity", [], "is not known of Li: say where to look for it, for example"),
        (D, ["--error", "5 mV"], "of a capacity write for example '2 %'"),
        (D, ["--error", "0 %"], "is no error"),
        (D, ["--hold-out", "7C"], "nothing was measured at '7C'"),
        (D, ["--hold-out", ",".join(f"{one}C" for one in RATES)], "nothing is left to fit to"),
        (D, ["--fidelity", "fem"], "use one of analytic, film"),
        (",".join([D, I0, "layers.cathode.thickness", "layers.anode.thickness", "layers.electrolyte.thickness",
                   "materials.Li.exchange_current"]), [], "5 points of"),
    ],
)  # fmt: skip
def test_bad_input_is_one_message(
    tmp_path: Path, capsys: Captured, parameters: str, options: list[str], words: str
) -> None:
    output = tmp_path / "fit.yaml"
    assert run("fit", DANILOV, rates_file(tmp_path), "--parameters", parameters, *options, "-o", output) == 2
    shown = capsys.readouterr()
    assert words in shown.err
    assert shown.err.count("\n") == 1
    assert shown.out == ""
    assert not output.exists()


def test_as_many_points_as_parameters_need_a_stated_error(tmp_path: Path) -> None:
    file = write_rates(tmp_path / "one.csv", [51.2], np.array([0.7 * held(danilov(D))]))
    with pytest.raises(DesignError, match="nothing is left over that says how far"):
        fit_design(DANILOV, file, [D])
    found = fit_design(DANILOV, file, [D], error="2 %")
    assert found.fitted[0].is_identifiable
    assert found.held_out is None
