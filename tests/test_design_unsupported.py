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
        ("name: ", "process: {drying: none}\nname: ", "process", "process: not yet supported: process"),
        (
            "name: ",
            "published: rate.csv\nname: ",
            "published",
            "published: not yet supported: published values from",
        ),
        ("kind: holes", "kind: pyramids", "pyramids", "relief.kind: not yet supported: kind pyramids"),
        (
            "kind: holes",
            "kind: interdigitated",
            "inter",
            "relief.kind: not yet supported: kind interdigitated",
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


POSTS = """\
schema_version: 1
name: silicon posts are the anode
relief: {kind: pillars, lattice: square, pitch: 200 um, diameter: 100 um, height: 400 um}
substrate: {material: Si, thickness: 500 um, role: anode}
layers:
  - {role: electrolyte, material: LiPON, thickness: 10 um}
  - {role: cathode, material: NCA, fill: {above_top: 10 um}}
cell: {type: conformal}
operation: {voltage: {min: 2.7 V, max: 4.1 V}, temperature: 25 degC, c_rates: [0.1, 1]}
"""


def test_a_relief_that_is_itself_the_anode_comes_later(tmp_path: Path) -> None:
    feature = "not yet supported: the relief itself as an electrode"
    file = tmp_path / "design.yaml"
    for text, at in (
        (POSTS, "role: anode"),
        (spoilt(POSTS, ("role: anode", "active_depth: 1 um")), "active_d"),
    ):
        file.write_text(text)
        with pytest.raises(UnsupportedError) as caught:
            load_design(file)
        (issue,) = caught.value.issues
        assert str(caught.value).startswith(f"{file}:{place(text, at)}: substrate.")
        assert issue.message.startswith(feature)
    # without the key the missing anode is the mistake, and the message says what cannot be said yet
    lines = errors_of(tmp_path, spoilt(POSTS, (", role: anode}", "}")))
    assert [
        line
        for line in lines
        if "no layer of role anode; a conformal cell has one (the relief itself" in line
    ]


def test_what_comes_later_and_a_mistake_is_bad_input(tmp_path: Path) -> None:
    lines = errors_of(tmp_path, spoilt(VALID, ("kind: holes", "kind: pattern"), ("70 nm", "70")))
    assert len(lines) == 2
    with pytest.raises(DesignError) as caught:
        load_design(tmp_path / "design.yaml")
    assert caught.value.exit_code == 2
