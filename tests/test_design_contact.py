"""Contacts in the design file: their forms, what no relief has, and what the closed forms leave out."""

import re
from pathlib import Path

import pytest

from tests.design_texts import VALID, designed, with_relief
from tests.shipped import IMEC
from tfgeom.cells.conformal import contacts_of
from tfgeom.cells.kinds import assemble_cell
from tfgeom.design import Contact, dump_design, load_design
from tfgeom.errors import DesignError, UnsupportedError
from tfgeom.evaluation import evaluate
from tfgeom.transport.contacts import Contacts

PILLARS = "{kind: pillars, lattice: square, pitch: 6 um, diameter: 3 um, height: 20 um}"


def load(folder: Path, contact: str, relief: str | None = None) -> object:
    text = VALID.replace("  temperature:", f"  contact: {contact}\n  temperature:", 1)
    if relief is not None:
        text = with_relief(relief, text)
    return designed(folder, text, "design.yaml")


@pytest.mark.parametrize(("text", "inner", "outer"), [
    ("auto", "auto", "auto"),
    ("top", "top", "top"),
    ("{inner: top}", "top", "ideal"),
    ("{outer: auto, inner: ideal}", "ideal", "auto"),
])  # fmt: skip
def test_forms(tmp_path: Path, text: str, inner: str, outer: str) -> None:
    design = load(tmp_path, text)
    assert design.operation.contact == Contact(inner=inner, outer=outer)  # type: ignore[attr-defined]
    assert contacts_of(assemble_cell(design).blueprint) == Contacts(inner, outer)  # type: ignore[arg-type]
    file = tmp_path / "again.yaml"
    file.write_text(dump_design(design), encoding="utf-8")  # type: ignore[arg-type]
    assert load_design(file).operation == design.operation  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", ["sideways", "3", "[top, floor]", "{inner: left}"])
def test_nonsense(tmp_path: Path, text: str) -> None:
    with pytest.raises(DesignError, match=r"operation\.contact"):
        load(tmp_path, text)


@pytest.mark.parametrize(("contact", "relief", "message"), [
    ("floor", None, "its floor is an island in every unit cell, and it goes on to the next at the top"),
    ("both", None, "its floor is an island"),
    ("{outer: top}", PILLARS, "'top' is impossible for the outer collector of pillars"),
    ("top", "{kind: planar}", "'top' is no place of a planar cell; use 'auto' or 'ideal'"),
])  # fmt: skip
def test_places_that_a_relief_does_not_have(
    tmp_path: Path, contact: str, relief: str | None, message: str
) -> None:
    with pytest.raises(DesignError, match=re.escape(message)) as caught:
        assemble_cell(load(tmp_path, contact, relief))  # type: ignore[arg-type]
    assert re.search(r"design\.yaml:\d+:\d+: operation\.contact", str(caught.value))


def test_closed_forms_say_that_they_leave_contacts_out(tmp_path: Path) -> None:
    found = evaluate(load(tmp_path, "auto"))  # type: ignore[arg-type]
    assert any(
        "contact counts with fidelity fem, and in rates by the film model" in note for note in found.notes
    )
    assert not any("contact counts" in note for note in evaluate(load(tmp_path, "ideal")).notes)  # type: ignore[arg-type]


def test_flooded_cells_have_ideal_contacts() -> None:
    design = load_design(IMEC)
    operation = design.operation
    assert operation is not None
    changed = operation.model_copy(update={"contact": Contact(inner="floor", outer="ideal")})
    with pytest.raises(UnsupportedError, match="not yet supported: contact other than ideal in a flooded"):
        assemble_cell(design.model_copy(update={"operation": changed}))
