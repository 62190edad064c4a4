"""Features of the format that come later: refused as such at their place, never ignored."""

from pathlib import Path

import pytest

from tests.design_texts import VALID, errors_of, place, spoilt
from tfgeom.design import load_design
from tfgeom.errors import DesignError, UnsupportedError

EXTRA = "cell: {type: conformal}"


@pytest.mark.parametrize(
    ("old", "new", "at", "message"),
    [
        ("kind: holes", "kind: pattern", "pattern", "relief.kind: not yet supported: kind pattern"),
        ("kind: holes", "kind: freeform", "freeform", "relief.kind: not yet supported: kind freeform"),
        (
            "25 nm}",
            "25 nm, step_coverage: {deposition: x}}",
            "step_coverage",
            "layers.outer_collector.step_coverage: not yet supported: step_",
        ),
        (
            "{type: conformal}",
            "{type: conformal, electrolyte_model: dissociation}",
            "dissociation}",
            "cell.electrolyte_model: not yet supported: el",
        ),
        (
            "temperature: 25 degC",
            "temperature: 25 degC\n  protocol: [x]",
            "protocol",
            "operation.protocol: not yet supported: protocol",
        ),
    ],
)
def test_what_comes_later_is_said_so(tmp_path: Path, old: str, new: str, at: str, message: str) -> None:
    text = spoilt(VALID, (old, new))
    if "kind" in message:
        text = spoilt(text, ("  depth: 30 um\n", ""))
    file = tmp_path / "design.yaml"
    file.write_text(text)
    with pytest.raises(UnsupportedError) as caught:
        load_design(file)
    assert str(caught.value).startswith(f"{file}:{place(text, at)}: {message}")
    assert len(caught.value.issues) == 1
    assert caught.value.exit_code == 1


def test_what_comes_later_and_a_mistake_is_bad_input(tmp_path: Path) -> None:
    lines = errors_of(tmp_path, spoilt(VALID, ("kind: holes", "kind: pattern"), ("70 nm", "70")))
    assert len(lines) == 2
    with pytest.raises(DesignError) as caught:
        load_design(tmp_path / "design.yaml")
    assert caught.value.exit_code == 2
