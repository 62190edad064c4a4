"""Messages are for people: no module takes one apart, or decides by what it says."""

import re
from pathlib import Path

import pytest

import tfgeom

ROOT = Path(tfgeom.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))
_TAKEN_APART = (
    r"(?:partition|rpartition|split|startswith|endswith|removeprefix|removesuffix|find|index|replace)\("
)
_FORBIDDEN = (
    re.compile(rf"\b(?:message|messages|note|notes|msg)(?:\[[^\]]*\])?\.{_TAKEN_APART}"),
    re.compile(rf"\bstr\((?:error|exc|caught)\w*\)\.(?!splitlines|lower|replace){_TAKEN_APART}"),
    re.compile(r"\bin (?:str\(\w+\)|[\w.\[\]]*\bmessage)\b"),
)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(ROOT)))
def test_nobody_reads_a_message(module: Path) -> None:
    for number, line in enumerate(module.read_text(encoding="utf-8").splitlines(), 1):
        for pattern in _FORBIDDEN:
            assert not pattern.search(line), f"{module}:{number}: {line.strip()}; give it a typed reason"
