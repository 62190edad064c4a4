"""What several tests share is a module of its own: no test module imports another."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shipped import ROOT

MODULES = sorted((ROOT / "tests").rglob("*.py"))


def imported(module: Path) -> Iterator[str]:
    """Yield the dotted names a module imports, whether the last part is a module or a name in one."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(ROOT / "tests")))
def test_no_test_module_is_imported(module: Path) -> None:
    for name in imported(module):
        parts = name.split(".")
        assert parts[0], f"{module}: {name} is relative"
        tests = [part for part in parts[:-1] if part.startswith("test_") or part == "conftest"]
        assert parts[0] != "tests" or not tests, f"{module}: {name} belongs in a module of shared builders"
