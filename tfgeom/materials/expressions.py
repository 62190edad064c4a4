"""Arithmetic that a person or a parameter file states as text: read by a whitelist, never executed.

The text is parsed into a tree of numbers, names, operators and functions, and everything else is refused: a
curve is in ``x``, sizes that are tied in a sweep are in paths of the design.  A tree is evaluated on whole
arrays; its size and depth are bounded, so that no text can hang a computation, and integers are floats, so
that ``9**9**9`` is infinite at once.
"""

import ast
import math
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Tree: TypeAlias = "float | str | tuple[Any, ...]"
"""A number, a name such as ``x``, or an operation with its operands."""

MAX_CHARACTERS = 10_000
MAX_DEPTH = 50
MAX_PARTS = 2_000

FUNCTIONS: dict[str, Callable[..., Array]] = {
    "exp": np.exp, "log": np.log, "log10": np.log10, "sqrt": np.sqrt,
    "tanh": np.tanh, "sinh": np.sinh, "cosh": np.cosh, "coth": lambda u: 1 / np.tanh(u),
    "sech": lambda u: 1 / np.cosh(u), "tan": np.tan, "sin": np.sin, "cos": np.cos,
    "arctan": np.arctan, "atan": np.arctan, "arctanh": np.arctanh, "arcsinh": np.arcsinh,
    "abs": np.abs, "min": np.minimum, "max": np.maximum,
}  # fmt: skip
"""What an expression may call; ``ln`` is ``log``."""

_OF_TWO = ("min", "max")
_SAME = {"ln": "log"}
_OF_CURVES = {"x": "x", "sto": "x"}
_NUMBERS = {"pi": math.pi, "e": math.e}
_PREFIXES = ("np", "numpy", "math", "pybamm")
_OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**",
    ast.USub: "negative", ast.UAdd: "positive",
}  # fmt: skip
_COMPUTE: dict[str, Callable[..., Array]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "**": np.power,
    "negative": np.negative, "positive": np.positive,
    **FUNCTIONS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Expression:
    """A function of x, evaluated on arrays; ``text`` is what was stated."""

    text: str
    tree: Tree

    def __call__(self, x: Array) -> Array:
        """Return the values at ``x``, of its shape; not finite where the expression is not."""
        with np.errstate(all="ignore"):
            return np.broadcast_to(_evaluated(self.tree, x), x.shape).astype(np.float64)


def read_expression(given: object) -> Expression:
    """Return the function that arithmetic in ``x`` stands for, such as ``3.4 - 0.015 * x + exp(-9 * x)``.

    Parameters
    ----------
    given
        Text of at most 10,000 characters.  ``^`` is read as ``**``, ``sto`` as ``x``, ``ln`` as ``log``, and
        ``np.`` before a function is passed over.

    Raises
    ------
    ValueError
        With what is wrong in it and what is allowed.
    """
    if not isinstance(given, str) or not given.strip():
        raise ValueError(f"must be arithmetic in x as text, such as '3.4 - 0.015 * x', not {given!r:.60}")
    return Expression(given, read_arithmetic(given, _OF_CURVES, "x"))


def read_arithmetic(given: str, names: Mapping[str, str], of_what: str) -> Tree:
    """Return the tree of arithmetic in ``names``, each of which stands for the name in the tree.

    Parameters
    ----------
    given
        Text of at most 10,000 characters; ``^`` is read as ``**``.
    names
        What may stand in it beside numbers and functions.
    of_what
        What that is, in a word for messages.

    Raises
    ------
    ValueError
        With what is wrong in it and what is allowed.
    """
    if len(given) > MAX_CHARACTERS:
        raise ValueError(f"has {len(given)} characters; at most {MAX_CHARACTERS} are read")
    text = " ".join(given.replace("^", "**").replace("\N{MINUS SIGN}", "-").split())
    try:
        with warnings.catch_warnings():  # Python's own remarks on odd text
            warnings.simplefilter("ignore")
            parsed = ast.parse(text, mode="eval")
    except SyntaxError as error:
        place = f" at character {error.offset}" if error.offset else ""
        raise ValueError(f"'{given:.60}' is not arithmetic in {of_what}{place}: {error.msg}") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"'{given:.60}' is nested too deep or holds a number that is too long") from error
    return _Reader(names, of_what).read(parsed.body, 0)


class _Reader:
    def __init__(self, names: Mapping[str, str], of_what: str) -> None:
        self._parts = 0
        self._names = names
        self._of_what = of_what

    def read(self, node: ast.AST, depth: int) -> Tree:
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise ValueError(f"has more than {MAX_PARTS} parts, the most it may")
        if depth > MAX_DEPTH and not isinstance(node, ast.BinOp):
            raise ValueError(f"is nested more than {MAX_DEPTH} levels deep")
        match node:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                return _float(number)
            case ast.Name(id=name):
                return self._name(name)
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATORS:
                return self._chain(_OPERATORS[type(operator)], left, right, depth)
            case ast.UnaryOp(op=operator, operand=operand) if type(operator) in _OPERATORS:
                return (_OPERATORS[type(operator)], self.read(operand, depth + 1))
            case ast.Call(func=function, args=arguments, keywords=[]):
                return self._call(function, arguments, depth)
        raise ValueError(f"{_shown(node)} is not arithmetic; {self._allowed()}")

    def _chain(self, operator: str, left: ast.AST, right: ast.AST, depth: int) -> Tree:
        """Return an operation; a long sum leans to the left, and each of its terms is read at one depth."""
        terms = [(operator, right)]
        while isinstance(left, ast.BinOp) and type(left.op) in _OPERATORS:
            self._parts += 1
            terms.append((_OPERATORS[type(left.op)], left.right))
            left = left.left
        if depth > MAX_DEPTH:
            raise ValueError(f"is nested more than {MAX_DEPTH} levels deep")
        return (
            "chain",
            self.read(left, depth + 1),
            tuple((op, self.read(term, depth + 1)) for op, term in reversed(terms)),
        )

    def _name(self, name: str) -> Tree:
        if name in self._names:
            return self._names[name]
        if name in _NUMBERS:
            return _NUMBERS[name]
        raise ValueError(f"'{name:.40}' is not known; {self._allowed()}")

    def _call(self, function: ast.AST, arguments: list[ast.expr], depth: int) -> Tree:
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
            name = function.attr if function.value.id in _PREFIXES else _shown(function).strip("'")
        else:
            name = _shown(function).strip("'")
        name = _SAME.get(name, name)
        if name not in FUNCTIONS:
            raise ValueError(f"'{name:.40}' is no function that is read; {self._allowed()}")
        needed = 2 if name in _OF_TWO else 1
        if len(arguments) != needed:
            raise ValueError(f"'{name}' takes {needed} value{'s' * (needed > 1)}, not {len(arguments)}")
        return (name, *(self.read(argument, depth + 1) for argument in arguments))

    def _allowed(self) -> str:
        return f"it takes numbers, {self._of_what}, + - * / ** and {', '.join(FUNCTIONS)}"


def _shown(node: ast.AST) -> str:
    """Return a part of the text for a message, which must not fail on a part that is nested too deep."""
    try:
        return f"'{ast.unparse(node):.40}'"
    except RecursionError:
        return "a part of it"


def _float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf


def _evaluated(tree: Tree, x: Array) -> Array:
    if isinstance(tree, float):
        return np.asarray(tree)
    if isinstance(tree, str):
        return x
    operation, *operands = tree
    if operation == "chain":
        first, terms = operands
        total = _evaluated(first, x)
        for operator, term in terms:
            total = _COMPUTE[operator](total, _evaluated(term, x))
        return total
    return _COMPUTE[operation](*(_evaluated(operand, x) for operand in operands))
