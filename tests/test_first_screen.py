"""What stands first: the low end of the capacity, estimates in words, cells in series, the plane's density."""

import html as markup
import re
from typing import Any

import pytest

from tests.kinds import CELLS, FILMS, design, every_cell
from tests.pages import Page
from tfgeom.design import design_from_mapping
from tfgeom.evaluation import evaluate
from tfgeom.materials.constants import CONSTANTS, words_of, words_of_all
from tfgeom.materials.library import load_library
from tfgeom.metrics.estimates import estimates
from tfgeom.report import render, report_html
from tfgeom.report.gallery import Gallery
from tfgeom.report.headline import headline
from tfgeom.results import Evaluation
from tfgeom.terminal_lines import note_lines, number_lines
from tfgeom.units import format_quantity
from tfgeom.viewer.numbers import shown_name


def found(relief: str = "pillars", cell: str = "conformal", **changes: Any) -> Evaluation:
    return evaluate(design_from_mapping(design(relief, cell, **changes)))


@every_cell
def test_the_low_end_is_the_capacity_of_films_that_hold_the_least_known_of_them(cell: str) -> None:
    evaluation = found(cell=cell)
    if evaluation.capacity is None:
        assert not CELLS[cell]
        return
    low = evaluation.capacity.footprint_capacity_low_uAh_cm2
    lowest = {}
    thicknesses = {layer.name: f"{layer.thickness_nm!r} nm" for layer in evaluation.layers}
    for layer in evaluation.layers:
        known = load_library().find(layer.material).properties.get("volumetric_capacity")
        if layer.role in ("cathode", "anode") and known is not None and known.low is not None:
            value = format_quantity(known.low, "volumetric_capacity")
            lowest[layer.material] = {"volumetric_capacity": value}
    assert (low is None) == (not lowest)
    if low is None:
        return
    layers = [  # the same films: a balanced one as thick as it was solved
        {**film, "thickness": thicknesses[film["role"]]} if isinstance(film.get("thickness"), dict) else film
        for film in design(cell=cell)["layers"]
    ]
    names = list(lowest)
    stated = [
        found(cell=cell, materials={name: lowest[name] for name in some}, layers=layers).capacity
        for some in (names, *([name] for name in names))
    ]
    least = min(one.footprint_capacity_uAh_cm2 for one in stated if one is not None)
    assert low == pytest.approx(min(least, evaluation.capacity.footprint_capacity_uAh_cm2), rel=1e-9)


def licoo2(**changes: Any) -> Evaluation:
    layers = [dict(film) for film in FILMS]
    layers[1]["material"], layers[2]["material"], layers[3]["material"] = "LiCoO2", "LiPON", "Si"
    operation = {**design()["operation"], "voltage": {"min": "3 V", "max": "4.2 V"}}
    return found(layers=layers, operation=operation, **changes)


def test_the_capacity_is_told_with_its_low_end() -> None:
    evaluation = licoo2()
    assert evaluation.capacity is not None
    low, usual = (
        evaluation.capacity.footprint_capacity_low_uAh_cm2,
        evaluation.capacity.footprint_capacity_uAh_cm2,
    )
    assert low is not None
    assert low < 0.8 * usual
    text = " ".join(headline(evaluation))
    assert f"{low:.2g} at the low end of what its films may hold" in text  # rests on estimates: two digits
    assert f"{low:.4g} at the low end" in dict(number_lines(evaluation))["footprint capacity"]
    # the low end is no constant that the numbers rest on
    rows = [row for row in evaluation.provenance if row.property == "volumetric_capacity"]
    assert len(rows) == len({row.material for row in rows})


def test_where_the_plane_stores_more_in_the_same_volume_it_is_said() -> None:
    evaluation = licoo2()
    assert evaluation.energy is not None
    own = evaluation.energy.volumetric_energy_Wh_L.active
    plane = evaluation.energy.planar.volumetric_energy_Wh_L.active
    assert own is not None
    assert plane is not None
    assert plane > own
    text = " ".join(headline(evaluation))
    assert (
        f"In the same volume the plane stores more: about {own:.2g} Wh/L of relief and films against" in text
    )
    assert dict(number_lines(evaluation))["energy density (active)"] == (
        f"{own:.4g} Wh/L (plane {plane:.4g})"
    )
    assert "In the same volume" not in " ".join(headline(found("planar")))


def test_cells_in_series_are_said_first() -> None:
    stack, one = found(cell="bipolar"), found()
    assert headline(stack)[0].startswith("3 cells in series: ")
    assert number_lines(stack)[0][0] == "cells in series"
    assert number_lines(stack)[0][1].startswith("3: ")
    assert shown_name(stack).endswith(", 3 cells in series")
    assert shown_name(one) == one.name
    assert "in series" not in " ".join(headline(one))


@every_cell
def test_terminal_and_report_list_the_same_estimates_in_words(
    cell: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render, "draw_pictures", lambda *_: Gallery({}, {}))
    evaluation = found(cell=cell)
    terminal, page = "\n".join(note_lines(evaluation)), Page(report_html(evaluation)).text
    listed = estimates(evaluation.provenance)
    assert bool(listed) == bool(CELLS[cell])
    for one in listed:
        assert f"{one.material} {', '.join(one.constants)}" in terminal
        assert ", ".join(one.constants) in page
    weak = {row.property for row in evaluation.provenance if row.confidence in ("memory", "computed", "user")}
    assert weak == {key for key in weak if any(words_of(key) in one.constants for one in listed)}


def test_every_constant_has_words_of_its_own() -> None:
    words = {key: words_of(key) for key in [*CONSTANTS, "open_circuit"]}
    assert len(set(words.values())) == len(words)
    assert not [text for text in words.values() if re.search(r"[_.]|\bk r\b|\bD\b|delta", text)]
    assert words["dissociation.k_r"] == "recombination rate"
    assert words_of_all(["anode.diffusivity", "outer_collector.resistivity"]) == (
        "diffusivity of anode, resistivity of outer_collector"
    )


@pytest.mark.parametrize("cell", ["dc electrolyte", "conformal", "flooded"])
def test_no_page_names_a_constant_by_its_key(cell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "draw_pictures", lambda *_: Gallery({}, {}))
    evaluation = found(cell=cell)
    page = markup.unescape(report_html(evaluation))
    page = re.sub(r"(?s)<script.*?</script>|<pre>.*?</pre>|<style>.*?</style>", "", page)
    page = re.sub(r"materials\.[^\s<]+", "", page)  # what to write in the file, by its keys
    assert not re.search(r"(?<![\w.])\d+(\.\d+)?e-?\d+(?!\w)", page)
    for text in (page, "\n".join(note_lines(evaluation))):
        keys = [key for key in CONSTANTS if ("." in key or "_" in key) and key in text]
        assert keys in ([], ["initial_efficiency"])  # what to state in the file
