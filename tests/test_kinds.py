"""The list of kinds is whole, and what must hold for every kind of relief and of cell."""

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import partial
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

from tests import coated_reliefs, reliefs
from tests.kinds import CELLS, RELIEFS, design, every_design, has_closed_form
from tfgeom.design import Design, design_from_mapping, dump_design, load_design
from tfgeom.evaluation import evaluate

same = partial(pytest.approx, rel=1e-9)


def sections(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield every section that a field may hold, and those inside it."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from sections(field.annotation)
    for inner in get_args(annotation):
        yield from sections(inner)


def choices(annotation: Any) -> Iterator[object]:
    """Yield the words, or true and false, that a field may say."""
    if annotation is bool:
        yield from (True, False)
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    for inner in get_args(annotation):
        yield from choices(inner)


def said(node: Any) -> Iterator[tuple[str, str, object]]:
    """Yield section, field and value of everything a design says."""
    if isinstance(node, BaseModel):
        for name in type(node).model_fields:
            value = getattr(node, name)
            yield type(node).__name__, name, value if isinstance(value, str | bool) else None
            yield from said(value)
    elif isinstance(node, tuple):
        for entry in node:
            yield from said(entry)


def test_every_kind_and_every_word_stands_in_the_list() -> None:
    possible = {
        (section.__name__, name, choice)
        for part in ("relief", "cell", "layers")
        for section in sections(Design.model_fields[part].annotation)
        for name, field in section.model_fields.items()
        for choice in choices(field.annotation)
    }
    assert {name for name, key, _ in possible if key in ("kind", "type")} >= {
        "Planar",
        "Conformal",
        "Flooded",
    }
    listed = {
        one for relief in RELIEFS for cell in CELLS for one in said(design_from_mapping(design(relief, cell)))
    }
    assert possible - listed == set()


def test_every_list_of_reliefs_has_every_kind() -> None:
    kinds = {relief["kind"] for relief in RELIEFS.values()}
    assert {cell.kind for cell in reliefs.CELLS.values()} == kinds
    variants = {"through-holes": "holes", "double microtubes": "microtubes"}
    assert {variants.get(name, name) for name in coated_reliefs.KINDS} == kinds


@every_design
def test_a_design_says_the_same_written_out(relief: str, cell: str, tmp_path: Any) -> None:
    given = design_from_mapping(design(relief, cell))
    (tmp_path / "again.yaml").write_text(dump_design(given), encoding="utf-8")
    assert load_design(tmp_path / "again.yaml") == given


def leaves(numbers: Any) -> Iterator[Any]:
    """Yield the values of a result and of the results inside it."""
    if is_dataclass(numbers):
        for one in fields(numbers):
            yield from leaves(getattr(numbers, one.name))
    else:
        yield numbers


@every_design
def test_a_cell_stands_beside_the_plane_of_its_films(relief: str, cell: str) -> None:
    found = evaluate(design_from_mapping(design(relief, cell)))
    json.dumps(found.to_dict(), allow_nan=False)
    bare = evaluate(design_from_mapping(design(relief, "geometry only")))
    assert found.geometry.area_gain == bare.geometry.area_gain
    # the plane itself, with the thickness that was solved for on the relief where one was
    flat = design("planar", cell)
    for layer, made in zip(flat.get("layers", ()), found.layers, strict=True):
        if isinstance(layer.get("thickness"), dict):
            flat["layers"] = [
                {**one, "thickness": f"{made.thickness_nm!r} nm"} if one is layer else one
                for one in flat["layers"]
            ]
    plane = evaluate(design_from_mapping(flat))
    if found.capacity is None:
        assert cell == "geometry only"
        return
    assert plane.capacity is not None
    assert found.capacity.planar_uAh_cm2 == same(plane.capacity.footprint_capacity_uAh_cm2)
    assert plane.capacity.footprint_capacity_gain == same(1)
    assert found.energy is not None
    assert plane.energy is not None
    for own, planes in zip(leaves(plane.energy.planar), leaves(found.energy.planar), strict=True):
        assert own == (None if planes is None else same(planes))
    if found.resistance is None:  # no closed form of the liquid
        assert not has_closed_form(relief, cell)
        return
    assert plane.resistance is not None
    assert found.resistance.planar_asr_ohm_cm2 == same(plane.resistance.asr_ohm_cm2)
    for numbers in (found.resistance, plane.resistance):
        assert sum(numbers.asr_by_part_ohm_cm2.values()) == pytest.approx(numbers.asr_ohm_cm2, rel=1e-12)
