"""The Butler-Volmer law of one face: closed forms, inverse, derivative, what it refuses."""

import math

import numpy as np
import pytest
from scipy.optimize import brentq

from tests.orders import remainder_orders, slopes
from tfgeom.errors import SolveError
from tfgeom.transport.kinetics import ButlerVolmer

V = 0.025692579  # R T/F at 298.15 K
DROPS = np.array([-0.4, -0.1, -1e-3, -1e-9, 0.0, 1e-9, 1e-3, 0.1, 0.4])
LAWS = {
    "symmetric": ButlerVolmer(5.0, 0.5, V),
    "asymmetric": ButlerVolmer(5.0, 0.3, V),
    "behind a contact": ButlerVolmer(5.0, 0.7, V, 1e-3),
    "behind a poor contact": ButlerVolmer(50.0, 0.5, V, 10.0),
}


def test_symmetric_law_is_a_hyperbolic_sine() -> None:
    current, slope = LAWS["symmetric"].current(DROPS)
    assert current == pytest.approx(10 * np.sinh(DROPS / (2 * V)), rel=1e-12, abs=1e-14)
    assert slope == pytest.approx(5 / V * np.cosh(DROPS / (2 * V)), rel=1e-12)


@pytest.mark.parametrize("name", LAWS)
def test_small_drops_see_the_linear_resistance(name: str) -> None:
    law = LAWS[name]
    resistance = V / law.exchange + law.contact
    current, slope = law.current(np.array([-1e-9, 0.0, 1e-9]))
    assert current[[0, 2]] == pytest.approx(np.array([-1e-9, 1e-9]) / resistance, rel=1e-6)
    assert current[1] == 0
    assert slope == pytest.approx(np.full(3, 1 / resistance), rel=1e-6)


@pytest.mark.parametrize("anodic", [0.3, 0.5, 0.8])
def test_tafel_slopes(anodic: float) -> None:
    # ten times the current takes ln 10 V/alpha more: oxidation with alpha, reduction with 1 - alpha
    law = ButlerVolmer(1e-3, anodic, V)
    far = 0.5
    for sign, coefficient in ((1, anodic), (-1, 1 - anodic)):
        drops = sign * np.array([far, far + math.log(10) * V / coefficient])
        current = law.current(drops)[0]
        assert current[1] / current[0] == pytest.approx(10, rel=1e-3)
        assert math.copysign(1, current[0]) == sign


@pytest.mark.parametrize("name", LAWS)
def test_current_solves_the_equation_with_its_contact_in_series(name: str) -> None:
    law = LAWS[name]

    def miss(current: float, drop: float) -> float:
        eta = drop - law.contact * current
        forward, back = math.exp(law.anodic * eta / V), math.exp(-(1 - law.anodic) * eta / V)
        return law.exchange * (forward - back) - current

    for drop in (-0.4, -0.1, -1e-3, 1e-3, 0.1, 0.4):
        # the current through the law alone, and through the contact alone, bound it
        alone = 1.01 * miss(0.0, drop) if law.contact == 0 else drop / law.contact
        exact = brentq(miss, *sorted((0.0, alone)), args=(drop,), xtol=1e-14, rtol=1e-14)
        assert law.current(np.array([drop]))[0][0] == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize("name", LAWS)
def test_slope_is_the_derivative(name: str) -> None:
    law = LAWS[name]
    growth, slope = slopes(
        lambda low, high: law.current(high)[0] - law.current(low)[0], lambda v: law.current(v)[1], DROPS, 1e-6
    )
    assert growth == pytest.approx(slope, rel=1e-6)


# behind a poor contact the current is nearly linear: there is nothing left over to see
@pytest.mark.parametrize("name", [name for name in LAWS if name != "behind a poor contact"])
def test_a_newton_step_is_left_with_the_second_order(name: str) -> None:
    law = LAWS[name]
    orders = remainder_orders(lambda drop: law.current(drop)[0], 0.1 * law.current(DROPS)[1], DROPS, 0.1)
    assert orders == pytest.approx([2, 2], abs=0.02)


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("density", [-1e4, -3.0, -1e-6, 1e-6, 3.0, 1e4])
def test_drop_is_the_inverse_of_current(name: str, density: float) -> None:
    law = LAWS[name]
    drop = law.drop(density)
    assert math.copysign(1, drop) == math.copysign(1, density)
    assert law.current(np.array([drop]))[0][0] == pytest.approx(density, rel=1e-8)


def test_oxidation_and_reduction_change_places_with_the_coefficients() -> None:
    one, other = ButlerVolmer(2.0, 0.3, V, 1e-2), ButlerVolmer(2.0, 0.7, V, 1e-2)
    assert one.current(DROPS)[0] == pytest.approx(-other.current(-DROPS)[0], rel=1e-12, abs=1e-14)


def test_a_large_contact_is_all_that_is_left() -> None:
    law = ButlerVolmer(50.0, 0.5, V, 10.0)
    current = law.current(np.array([100.0]))[0][0]
    assert current == pytest.approx((100 - 2 * V * math.asinh(current / 100)) / 10, rel=1e-12)


def test_shapes_are_kept() -> None:
    drops = np.linspace(-0.2, 0.2, 12).reshape(4, 3)
    current, slope = LAWS["behind a contact"].current(drops)
    assert current.shape == slope.shape == (4, 3)


def test_what_no_cell_can_have_is_refused() -> None:
    law = ButlerVolmer(5.0, 0.5, V)
    with pytest.raises(SolveError, match=r"overpotential of 1e\+03 V: .* use a smaller current or voltage"):
        law.current(np.array([0.0, 1e3]))


@pytest.mark.parametrize("contact", [1e-12, 1e-6, 1e-3])
@pytest.mark.parametrize("drop", [-1e3, 5.0, 1e3])
def test_a_contact_limits_the_current_however_large_the_drop(contact: float, drop: float) -> None:
    law = ButlerVolmer(5.0, 0.3, V, contact)
    current = float(law.current(np.array([drop]))[0][0])
    eta = drop - contact * current
    coefficient = 0.3 if drop > 0 else 0.7
    tafel = math.copysign(V / coefficient * math.log(abs(current) / 5.0), drop)
    assert eta == pytest.approx(tafel, rel=1e-3, abs=1e-9 * abs(drop))


@pytest.mark.parametrize("drop", [math.nan, math.inf])
@pytest.mark.parametrize("contact", [0.0, 1e-3])
def test_no_number_from_no_number(drop: float, contact: float) -> None:
    with pytest.raises(SolveError):
        ButlerVolmer(5.0, 0.5, V, contact).current(np.array([drop]))
