"""The forms an open-circuit curve may be stated in: which numbers each takes, and how it is evaluated.

==========  ==========================================  =============================================
form        parameters                                  E(x)
==========  ==========================================  =============================================
constant    potential                                   potential
linear      intercept, slope                            intercept + slope x
polynomial  coefficients                                sum of coefficients[k] x^k
rational    numerator, denominator                      ratio of two polynomials
pchip       x, potential                                monotone cubic through the points, straight beyond
steps       potential, steps [{height, position,        potential + sum height tanh((position - x)/width)
            width}], nernst, slope                      + nernst (R T/F) ln((1 - x)/x) + slope (1/2 - x)
sum         coefficients, terms [{function, amplitude,  sum of coefficients[k] x^k + sum amplitude f(u),
            factor, offset, power, exponent}]           u = offset + factor x^power; f(u) is tanh(u),
                                                        exp(u), or u^exponent for the function ``power``
expression  expression                                  arithmetic in x as text (`read_expression`)
==========  ==========================================  =============================================

In a term of ``sum`` the ``offset`` is 0 and the ``power`` 1 unless given.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from tfgeom.constants import thermal_voltage
from tfgeom.materials.expressions import Expression, read_expression

if TYPE_CHECKING:
    from scipy.interpolate import PPoly

Array = NDArray[np.float64]
Curve = Callable[[Array, float], Array]
Form = Literal["constant", "linear", "polynomial", "rational", "pchip", "steps", "sum", "expression"]

_NUMBERS: dict[str, tuple[str, ...]] = {
    "constant": ("potential",),
    "linear": ("intercept", "slope"),
    "polynomial": (),
    "rational": (),
    "pchip": (),
    "steps": ("potential",),
    "sum": (),
    "expression": (),
}
_LISTS: dict[str, tuple[str, ...]] = {
    "polynomial": ("coefficients",),
    "rational": ("numerator", "denominator"),
    "pchip": ("x", "potential"),
    "sum": ("coefficients",),
}
_TEXTS: dict[str, tuple[str, ...]] = {"expression": ("expression",)}
_OPTIONAL: dict[str, tuple[str, ...]] = {"steps": ("nernst", "slope", "steps"), "sum": ("terms",)}
_STEP_KEYS = ("height", "position", "width")
_TERM_KEYS = ("amplitude", "factor")
_TERM_DEFAULTS = {"offset": 0.0, "power": 1.0}
_FUNCTIONS = ("tanh", "exp", "power")
_LARGEST = 1e9  # of the parameters of a form
_LARGEST_AMPLITUDE = 1e18  # of a term: published exponentials cut one of 3.5e14 down by their steepness
_EDGE = 1e-12  # ln((1 - x)/x) stays finite, 0.71 V at 25 degC, on an empty or full electrode


def check_parameters(form: str, parameters: Mapping[str, Any], window: tuple[float, float]) -> None:
    """Raise ValueError unless ``parameters`` are the numbers that ``form`` needs and ``window`` fits them."""
    numbers, lists, optional = _NUMBERS[form], _LISTS.get(form, ()), _OPTIONAL.get(form, ())
    texts = _TEXTS.get(form, ())
    allowed = (*numbers, *lists, *texts, *optional)
    unknown = [key for key in parameters if key not in allowed]
    missing = [key for key in (*numbers, *lists, *texts) if key not in parameters]
    if unknown or missing:
        what = f"lacks '{missing[0]}'" if missing else f"knows no '{unknown[0]}'"
        table = "; a table is of form pchip, or {table: {x: [...], V: [...]}}" if "x" in unknown else ""
        raise ValueError(f"form '{form}' {what} under parameters; it takes {', '.join(allowed)}{table}")
    for key in (*numbers, *optional):
        if key in parameters and key not in ("steps", "terms"):
            _require_number(key, parameters[key])
    for key in lists:
        _require_list(key, parameters[key])
    for key in texts:
        _require_expression(key, parameters[key])
    if not all(map(math.isfinite, window)) or window[0] == window[1]:
        raise ValueError(f"window {list(window)} must be two different numbers: empty, full")
    if form == "pchip":
        _check_table(parameters["x"], parameters["potential"])
    if form == "steps":
        _check_steps(parameters, window)
    if form == "sum":
        _check_terms(parameters.get("terms", []))


def build_curve(form: str, parameters: Mapping[str, Any]) -> Curve:
    """Return the function of coordinate x and temperature (K) that checked ``parameters`` stand for."""
    return _BUILDERS[form](parameters)


def _require_number(key: str, given: object, largest: float = _LARGEST) -> None:
    if not isinstance(given, (int, float)) or isinstance(given, bool) or not abs(given) <= largest:
        bound = f"{largest:.0e}".replace("e+0", "e").replace("e+", "e")
        raise ValueError(f"parameters.{key} must be a number from -{bound} to {bound}, not {given!r:.40}")


def _require_list(key: str, given: object) -> None:
    if not isinstance(given, (list, tuple)) or not given:
        raise ValueError(f"parameters.{key} must be a list of numbers, not {given!r:.40}")
    for number in given:
        _require_number(key, number)


def _require_expression(key: str, given: object) -> None:
    try:
        read_expression(given)
    except ValueError as error:
        raise ValueError(f"parameters.{key} {error}") from error


def _check_table(x: list[float], potential: list[float]) -> None:
    if len(x) != len(potential) or len(x) < 2:
        raise ValueError(
            f"parameters.x has {len(x)} numbers and potential {len(potential)}; 2 or more of both"
        )
    if any(right <= left for left, right in pairwise(x)):
        raise ValueError("parameters.x must increase from point to point")


def _check_steps(parameters: Mapping[str, Any], window: tuple[float, float]) -> None:
    steps = parameters.get("steps", [])
    if not isinstance(steps, (list, tuple)):
        raise ValueError(f"parameters.steps must be a list, not {steps!r:.40}")
    for step in steps:
        if not isinstance(step, Mapping) or set(step) != set(_STEP_KEYS):
            raise ValueError(f"each of parameters.steps takes {', '.join(_STEP_KEYS)}, not {step!r:.60}")
        for key in _STEP_KEYS:
            _require_number(f"steps.{key}", step[key])
        if step["width"] <= 0:
            raise ValueError(f"parameters.steps.width must be more than 0, not {step['width']}")
    if parameters.get("nernst") and (min(window) < 0 or max(window) > 1):
        raise ValueError(f"window {list(window)} must lie within 0 to 1 when 'nernst' is given")


def _check_terms(terms: object) -> None:
    if not isinstance(terms, (list, tuple)):
        raise ValueError(f"parameters.terms must be a list, not {terms!r:.40}")
    for term in terms:
        if not isinstance(term, Mapping) or term.get("function") not in _FUNCTIONS:
            raise ValueError(
                f"each of parameters.terms takes a function, {', '.join(_FUNCTIONS)}, not {term!r:.60}"
            )
        needed = (*_TERM_KEYS, "exponent") if term["function"] == "power" else _TERM_KEYS
        for key in needed:
            if key not in term:
                raise ValueError(f"a term of function '{term['function']}' lacks '{key}': {term!r:.60}")
        for key, number in term.items():
            if key == "function":
                continue
            if key not in (*needed, *_TERM_DEFAULTS):
                raise ValueError(f"a term of function '{term['function']}' knows no '{key}'")
            largest = _LARGEST_AMPLITUDE if key == "amplitude" else _LARGEST
            _require_number(f"terms.{key}", number, largest)


def _horner(coefficients: Array, x: Array) -> Array:
    total = np.full_like(x, coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        total = total * x + coefficient
    return total


def _polynomial_curve(coefficients: Array, x: Array, temperature: float) -> Array:
    return _horner(coefficients, x)


def _rational_curve(numerator: Array, denominator: Array, x: Array, temperature: float) -> Array:
    return _horner(numerator, x) / _horner(denominator, x)


def _pchip_curve(table: "PPoly", x: Array, temperature: float) -> Array:
    return np.asarray(table(x), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Steps:
    potential: float
    steps: tuple[tuple[float, float, float], ...]
    nernst: float
    slope: float

    def __call__(self, x: Array, temperature: float) -> Array:
        total: Array = self.potential + self.slope * (0.5 - x)
        for height, position, width in self.steps:
            total = total + height * np.tanh((position - x) / width)
        if self.nernst:
            inside = np.clip(x, _EDGE, 1 - _EDGE)
            total = total + self.nernst * thermal_voltage(temperature) * np.log((1 - inside) / inside)
        return total


@dataclass(frozen=True, slots=True)
class _Term:
    function: str
    amplitude: float
    factor: float
    offset: float
    power: float
    exponent: float

    def __call__(self, x: Array) -> Array:
        argument = self.offset + self.factor * (x if self.power == 1 else x**self.power)
        if self.function == "tanh":
            return self.amplitude * np.tanh(argument)
        if self.function == "exp":
            return self.amplitude * np.exp(argument)
        raised: Array = self.amplitude * argument**self.exponent
        return raised


def _sum_curve(coefficients: Array, terms: tuple[_Term, ...], x: Array, temperature: float) -> Array:
    total = _horner(coefficients, x)
    for term in terms:
        total = total + term(x)
    return total


def _expression_curve(expression: Expression, x: Array, temperature: float) -> Array:
    return expression(x)


def _array(numbers: Any) -> Array:
    return np.asarray(numbers, dtype=np.float64)


def _build_pchip(parameters: Mapping[str, Any]) -> Curve:
    """Return the PCHIP of the table with a straight piece added at both ends (a cubic would run away)."""
    from scipy.interpolate import PchipInterpolator, PPoly

    x, potential = _array(parameters["x"]), _array(parameters["potential"])
    table = PchipInterpolator(x, potential)
    slopes = table.derivative()(x[[0, -1]])
    span = x[-1] - x[0]
    before = np.array([0.0, 0.0, slopes[0], potential[0] - slopes[0] * span])
    after = np.array([0.0, 0.0, slopes[1], potential[-1]])
    pieces = np.column_stack([before, table.c, after])
    return partial(_pchip_curve, PPoly(pieces, np.concatenate([[x[0] - span], x, [x[-1] + span]])))


def _build_steps(parameters: Mapping[str, Any]) -> Curve:
    steps = tuple(
        (float(step["height"]), float(step["position"]), float(step["width"]))
        for step in parameters.get("steps", ())
    )
    nernst, slope = float(parameters.get("nernst", 0.0)), float(parameters.get("slope", 0.0))
    return _Steps(float(parameters["potential"]), steps, nernst, slope)


def _build_sum(parameters: Mapping[str, Any]) -> Curve:
    terms = tuple(
        _Term(
            function=term["function"],
            amplitude=float(term["amplitude"]),
            factor=float(term["factor"]),
            offset=float(term.get("offset", _TERM_DEFAULTS["offset"])),
            power=float(term.get("power", _TERM_DEFAULTS["power"])),
            exponent=float(term.get("exponent", 1.0)),
        )
        for term in parameters.get("terms", ())
    )
    return partial(_sum_curve, _array(parameters["coefficients"]), terms)


_BUILDERS: dict[str, Callable[[Mapping[str, Any]], Curve]] = {
    "constant": lambda p: partial(_polynomial_curve, _array([p["potential"]])),
    "linear": lambda p: partial(_polynomial_curve, _array([p["intercept"], p["slope"]])),
    "polynomial": lambda p: partial(_polynomial_curve, _array(p["coefficients"])),
    "rational": lambda p: partial(_rational_curve, _array(p["numerator"]), _array(p["denominator"])),
    "pchip": _build_pchip,
    "steps": _build_steps,
    "sum": _build_sum,
    "expression": lambda p: partial(_expression_curve, read_expression(p["expression"])),
}
