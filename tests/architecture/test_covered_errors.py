"""Every verification of a solve asks whether its error estimate covers its true error."""

import ast
from pathlib import Path

import pytest

VERIFICATION = Path(__file__).parents[1] / "verification"
DRIVERS = {"solved_films", "solved_liquid", "solved_salt", "solve_steady", "solve_transport"}


def called(tree: ast.AST) -> set[str]:
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {function.id for function in calls if isinstance(function, ast.Name)}


@pytest.mark.parametrize("path", sorted(VERIFICATION.glob("test_*.py")), ids=lambda path: path.stem)
def test_a_verified_solve_covers_its_error(path: Path) -> None:
    names = called(ast.parse(path.read_text(encoding="utf-8")))
    assert "assert_covered" in names or not names & DRIVERS
