"""Arithmetic stated as text, against the same in numpy; what is no arithmetic is refused, and quickly."""

import pickle
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfgeom.materials.expressions import MAX_CHARACTERS, read_expression
from tfgeom.materials.open_circuit import OpenCircuit

X = np.linspace(0.01, 0.99, 25)


def curve(text: str, window: tuple[float, float] = (0.0, 1.0)) -> OpenCircuit:
    return OpenCircuit("expression", {"expression": text}, window, "test", "computed")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3.4 - 0.015 * x + exp(-9 * x)", 3.4 - 0.015 * X + np.exp(-9 * X)),
        ("-x**2", -(X**2)),
        ("2**-x", 2.0**-X),
        ("x^2^0.5", X ** (2**0.5)),
        ("1 - 2 - x", -1 - X),
        ("8 / 4 / x * 2", 4 / X),
        ("1 + 2 * x - 3", 2 * X - 2),
        ("4.2", np.full_like(X, 4.2)),
        ("1_000 * x", 1000 * X),
        ("np.tanh((sto - 0.5) / 0.1) + ln(x)", np.tanh((X - 0.5) / 0.1) + np.log(X)),
        ("max(x, 0.5) + min(x, pi)", np.maximum(X, 0.5) + X),
        ("1e-3*x +\n 2", 1e-3 * X + 2),
        ("3 \N{MINUS SIGN} x", 3 - X),
        (" + ".join(["x"] * 600), 600 * X),
    ],
)
def test_is_what_numpy_says(text: str, expected: np.ndarray) -> None:
    read = read_expression(text)
    assert read(X) == pytest.approx(expected, rel=1e-12)
    assert pickle.loads(pickle.dumps(read))(X) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("__import__('os').system('true')", "no function that is read"),
        ("x.__class__", "not arithmetic"),
        ("().__class__.__bases__[0]", "not arithmetic"),
        ("lambda: 1", "not arithmetic"),
        ("[x for x in (1,)]", "not arithmetic"),
        ("x if x else 1", "not arithmetic"),
        ("exec('1')", "'exec' is no function"),
        ("os.exp(x)", "no function"),
        ("exp(x, 1)", "'exp' takes 1 value, not 2"),
        ("max(x)", "'max' takes 2 values, not 1"),
        ("exp(x=1)", "not arithmetic"),
        ("exp(*x)", "not arithmetic"),
        ("y + 1", "'y' is not known"),
        ("'x'", "not arithmetic"),
        ("True", "not arithmetic"),
        ("1j * x", "not arithmetic"),
        ("2x", "not arithmetic in x"),
        ("x = 1", "not arithmetic in x"),
        ("3,41 - x", "not arithmetic"),
        ("", "must be arithmetic"),
        (3, "must be arithmetic"),
        ("x" * (MAX_CHARACTERS + 1), "at most 10000"),
        ("(" * 300 + "x" + ")" * 300, "nested"),
        ("-" * 9000 + "x", "nested"),
        ("exp(" * 90 + "x" + ")" * 90, "nested more than 50"),
        ("**".join(["x"] * 900), "nested more than 50"),
        ("x" + ".a" * 4900, "not arithmetic|nested"),
        ("x(" * 150 + ")" * 150, "no function|nested"),
        ("9" * 9000, "not arithmetic in x|too long"),
        (" + ".join(["x"] * 2100), "more than 2000 parts"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_no_arithmetic_is_refused(text: object, words: str) -> None:
    begun = time.monotonic()
    with pytest.raises(ValueError, match=words):
        read_expression(text)
    assert time.monotonic() - begun < 1


@pytest.mark.parametrize("text", ["9**9**9", "9**9**9**9 * x", "1e999", "log(-x)", "x / 0", "10**400"])
def test_what_is_not_finite_comes_back_at_once(text: str) -> None:
    begun = time.monotonic()
    assert not np.any(np.isfinite(read_expression(text)(X)))
    assert time.monotonic() - begun < 1
    with pytest.raises(ValueError, match="not finite"):
        curve(text)


def test_a_curve_of_an_expression() -> None:
    found = curve("4.2 - x - 0.1 * tanh(9 * (x - 0.5))", (0.1, 0.9))
    s = np.linspace(0, 1, 7)
    x = 0.1 + 0.8 * s
    assert found.potential(s) == pytest.approx(4.2 - x - 0.1 * np.tanh(9 * (x - 0.5)), rel=1e-12)


@given(st.text(alphabet="x0123456789.+-*/^()e, tanhlogp_[]'\\\n", max_size=60))
def test_any_text_is_arithmetic_or_refused(text: str) -> None:
    try:
        found = read_expression(text)
    except ValueError:
        return
    assert found(X).shape == X.shape
