"""One value of a design changed by its path, as sweeps do."""

from pathlib import Path
from typing import Any

import pytest

from tests.design_texts import VALID
from tfgeom.design import design_from_mapping, read_mapping, set_path
from tfgeom.errors import DesignError


@pytest.fixture
def mapping(tmp_path: Path) -> dict[str, Any]:
    file = tmp_path / "design.yaml"
    file.write_text(VALID)
    return read_mapping(file)[0]


@pytest.mark.parametrize("path", ["layers.cathode.thickness", "layers.1.thickness"])
def test_changes_a_copy(mapping: dict[str, Any], path: str) -> None:
    changed = set_path(mapping, path, "90 nm")
    assert design_from_mapping(changed).layers[1].thickness == 9e-8
    assert design_from_mapping(mapping).layers[1].thickness == 7e-8


def test_lists_and_sections(mapping: dict[str, Any]) -> None:
    assert set_path(mapping, "operation.c_rates.1", 5)["operation"]["c_rates"] == [0.1, 5, 10]
    assert (
        set_path(mapping, "operation.voltage", {"min": "1 V", "max": "2 V"})["operation"]["voltage"]["min"]
        == "1 V"
    )


def test_adds_keys_that_the_format_knows(mapping: dict[str, Any]) -> None:
    assert set_path(mapping, "relief.rim_radius", "50 nm")["relief"]["rim_radius"] == "50 nm"
    assert set_path(mapping, "layers.anode.step_coverage", 0.9)["layers"][3]["step_coverage"] == 0.9
    changed = set_path(mapping, "materials.LiV2O5.diffusivity", "1e-13 cm^2/s")
    changed = set_path(changed, "materials.SnNx.density", "6 g/cm^3")
    stated = design_from_mapping(changed).materials["LiV2O5"].stated()
    assert stated["diffusivity"].value == pytest.approx(1e-17)


def test_a_width_keeps_where_it_is_measured(mapping: dict[str, Any]) -> None:
    at_bottom = set_path(mapping, "relief.diameter", {"value": "3 um", "at": "bottom"})
    assert set_path(at_bottom, "relief.diameter", "2 um")["relief"]["diameter"] == {
        "value": "2 um",
        "at": "bottom",
    }


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("relief.pich", "'relief' has no 'pich'; did you mean 'pitch'? keys there: kind, lattice, pitch"),
        ("relief.wall", "'relief' has no 'wall'; keys there: kind, lattice, pitch"),
        ("relif.pitch", "a design has no 'relif'; did you mean 'relief'?"),
        (
            "layers.catode.thickness",
            "'layers' has no 'catode'; did you mean 'cathode'? keys there: inner_collector, ",
        ),
        (
            "layers.9",
            "'layers' has no '9'; keys there: inner_collector, cathode, electrolyte, anode, outer_collector",
        ),
        ("layers.cathode.thickness.value", "'layers.cathode.thickness' is a value and has no keys"),
        ("operation.c_rates.7", "'operation.c_rates' has no '7'; keys there: 0, 1, 2"),
        (
            "materials.LiV2O5.difusivity",
            "'materials.LiV2O5' has no 'difusivity'; did you mean 'diffusivity'?",
        ),
        ("packaging.thickness", "a design has no 'packaging'"),
        ("", "a design has no ''"),
    ],
)
def test_wrong_paths_list_what_is_there(mapping: dict[str, Any], path: str, message: str) -> None:
    with pytest.raises(DesignError) as caught:
        set_path(mapping, path, "1 um")
    assert message in str(caught.value)
    assert caught.value.issues[0].path == path
