"""Lithium and current over a discharge on the films of the viewer: as much as was delivered, where it is, when."""

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.commands import run
from tests.kinds import RELIEFS, design
from tests.page_states import State
from tfgeom.cells.assembled import AssembledCell
from tfgeom.cells.kinds import assemble_cell
from tfgeom.design import design_from_mapping, dump_design, load_design
from tfgeom.errors import OutputError, UnsupportedError
from tfgeom.rendering import probe_rendering
from tfgeom.viewer.actions import Actions
from tfgeom.viewer.bodies import VALUES
from tfgeom.viewer.discharge_fields import AtTime, Discharge, film_cell_of, offered_rates
from tfgeom.viewer.node_fields import DISCHARGE_CURRENT, DISCHARGE_FIELDS, LITHIUM, LITHIUM_AT_FACE
from tfgeom.viewer.shown_design import ShownDesign

RATE = 30.0


def mapping(relief: str, *, coverage: float = 1.0, contact: str = "ideal", cell: str = "conformal") -> Any:
    given = design(relief, cell, name="one")
    given["layers"] = [{**layer, "step_coverage": coverage} for layer in given["layers"]]
    given["operation"] = {**given["operation"], "contact": contact, "c_rates": [0.5, RATE]}
    return given


def assembled(relief: str, **changed: Any) -> AssembledCell:
    return assemble_cell(design_from_mapping(mapping(relief, **changed)))


def holding(cell: AssembledCell, found: Discharge, name: str) -> Any:
    """Return the share of a film's volume that belongs to each node, by the mesh alone."""
    grid = found.mesh.grid
    assert grid is not None
    film = cell.charged.named(name)
    assert film is not None
    middle = film.inner.towards(film.outer, 0.5, cell.relief.deepest)
    points = grid.place(middle)
    volume = grid.true_areas(middle, points) * grid.thicknesses(film.inner, film.outer)
    held = np.bincount(grid.quads.T.ravel(), np.tile(volume, 4), grid.n_nodes)
    return held / held.sum()


def check_charge(cell: AssembledCell) -> None:
    found = Discharge(cell, RATE)
    at_start, at_end = (found.fields_at(share).values[LITHIUM] for share in (0.0, 1.0))
    for one in (found.cell.cathode, found.cell.anode):
        if one.columns is None:
            continue  # lithium metal
        filled = (at_end[one.name][0] - at_start[one.name][0]) @ holding(cell, found, one.name)
        assert one.sign * filled * one.capacity == pytest.approx(found.run.charge[-1], rel=1e-3)


@pytest.mark.parametrize("relief", ["planar", "pillars", "wave"])
def test_films_gain_and_lose_what_was_delivered(relief: str) -> None:
    check_charge(assembled(relief))


@pytest.mark.parametrize("relief", ["pillars", "holes"])
def test_a_flooded_film_gains_it_too(relief: str) -> None:
    check_charge(assembled(relief, cell="flooded"))


@pytest.mark.slow
@pytest.mark.parametrize("relief", RELIEFS)
def test_films_of_every_relief_do(relief: str) -> None:
    check_charge(assembled(relief, coverage=0.6))


@pytest.mark.slow
@pytest.mark.parametrize("relief", ["pillars", "microtubes"])
def test_films_do_between_contacts(relief: str) -> None:
    check_charge(assembled(relief, contact="auto"))


def test_thin_films_fill_first_and_all_current_is_that_of_the_footprint() -> None:
    cell = assembled("holes", coverage=0.6)
    found = Discharge(cell, RATE)
    grid = found.mesh.grid
    assert grid is not None
    film = cell.charged.named("cathode")
    assert film is not None
    fields, heights = found.fields_at(0.5), grid.place(film.outer)[:, 2]
    lithium = fields.values[LITHIUM]["cathode"][0]
    # the film is thinnest on the floor, and films share a voltage; the mean lags behind the face
    top, deep = lithium[heights == heights.max()], lithium[heights < np.median(heights)]
    assert deep.max() > top.max() + 0.02
    assert np.all(fields.values[LITHIUM_AT_FACE]["cathode"][0] >= lithium - 1e-9)
    areas = grid.true_areas(film.outer, grid.place(film.outer))
    current = fields.values[DISCHARGE_CURRENT]["cathode"][0][grid.quads].mean(axis=1) @ areas
    footprint = RATE * found.cell.nominal / 3600 * grid.fraction * cell.relief.footprint * 1e12 / 10
    assert current == pytest.approx(footprint, rel=0.02)


def test_a_moment_is_between_points_of_the_run() -> None:
    found = Discharge(assembled("planar"), RATE)
    here, end = found.moment(0.25), found.moment(1.0)
    assert here.charge == pytest.approx(end.charge / 4, rel=1e-9)  # the current is constant
    assert end.time * RATE * found.cell.nominal / 3600 == pytest.approx(end.charge, rel=1e-9)
    assert found.moment(0.0).voltage > here.voltage > end.voltage
    assert found.words(0.25).startswith(f"{RATE:g}C: ")


def test_what_cannot_be_shown_is_said() -> None:
    flooded = assemble_cell(design_from_mapping(mapping("microtubes", cell="flooded")))
    with pytest.raises(UnsupportedError, match="voids of two kinds"):
        film_cell_of(flooded)
    bare = mapping("pillars")
    for key in ("layers", "cell", "operation"):
        bare.pop(key, None)
    with pytest.raises(UnsupportedError, match="no cell"):
        film_cell_of(assemble_cell(design_from_mapping(bare)))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [((1.5,), "150 %"), ((float("nan"),), "nan"), ((0.5, 0.0), "0C"), ((0.5, 1.0, "salt"), "'salt'")],
)
def test_moments_that_are_none_are_refused(wrong: Any, says: str) -> None:
    with pytest.raises(OutputError, match=says):
        AtTime(*wrong)


@pytest.fixture
def page(tmp_path: Path) -> Actions:
    file = tmp_path / "one.yaml"
    file.write_text(dump_design(design_from_mapping(mapping("holes", coverage=0.6))), encoding="utf-8")
    return Actions(State(), [ShownDesign(load_design(file))])


def colours(page: Actions) -> Any:
    (cathode,) = (body for body in page.first.scene.bodies if body.name == "cathode")
    assert cathode.has_values
    return np.asarray(cathode.skin.point_data[VALUES])


def test_the_slider_moves_the_colours_of_a_discharge(page: Actions) -> None:
    state = page.state
    assert (state.c_rates, state.c_rate, state.no_discharge, state.fields) == (["0.5", "30"], "0.5", "", [])
    state.c_rate = "30"
    asyncio.run(page.discharge())
    page.draw()
    assert state.failure == ""
    assert (state.field, state.fields) == (LITHIUM, list(DISCHARGE_FIELDS))
    ticks, seen = state.bars[0]["ticks"], []
    for share in (0.0, 0.5, 1.0):
        state.at_time = share
        page.draw()
        seen.append((colours(page), state.moments[0]["words"]))
        assert state.bars[0]["ticks"] == ticks, "a colour means the same at all times"
    (start, _), (middle, _), (end, _) = seen
    assert start.mean() < middle.mean() < end.mean()
    assert len({words for _, words in seen}) == 3
    state.field = DISCHARGE_CURRENT
    page.draw()
    assert "mA/cm²" in state.bars[0]["title"]
    index = [parameter.path for parameter in page.sizes[0].parameters].index("layers.cathode.thickness")
    page.take_text(0, index, "60 nm")
    page.draw()
    assert (state.fields, state.field, state.moments) == ([], "", []), "it was of another thickness"


def test_a_page_without_a_discharge_says_why(tmp_path: Path) -> None:
    file = tmp_path / "wet.yaml"
    file.write_text(dump_design(design_from_mapping(mapping("microtubes", cell="flooded"))), encoding="utf-8")
    state = Actions(State(), [ShownDesign(load_design(file))]).state
    assert "voids of two kinds" in state.no_discharge


def test_rates_are_the_designs_own() -> None:
    operation = design_from_mapping(mapping("planar")).operation
    assert operation is not None
    assert offered_rates(operation) == (0.5, RATE)
    assert offered_rates(operation.model_copy(update={"c_rates": (5.0, 1.0)})) == (1.0, 5.0)
    assert offered_rates(None) == (1.0,)


@pytest.mark.slow
def test_pictures_of_start_and_end_differ(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from matplotlib.image import imread

    rendering = probe_rendering()
    if not rendering.works:
        pytest.skip(rendering.sentence)
    file = tmp_path / "one.yaml"
    file.write_text(dump_design(design_from_mapping(mapping("holes", coverage=0.6))), encoding="utf-8")
    seen = []
    for share in ("0%", "100%"):
        target = tmp_path / f"{share[:-1]}.png"
        assert run("view", str(file), "--screenshot", str(target), "--at", share, "--c-rate", "30") == 0
        seen.append(imread(target)[:, 400:, :3])
    capsys.readouterr()
    assert (np.abs(seen[0] - seen[1]).max(axis=2) > 0.1).mean() > 0.01


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--at", "50%"), "add --screenshot"),
        (("--screenshot", "x.png", "--c-rate", "3"), "add --at"),
        (("--screenshot", "x.png", "--at", "half"), "half"),
    ],
)
def test_options_that_do_not_go_together(
    options: tuple[str, ...], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "one.yaml"
    file.write_text(dump_design(design_from_mapping(mapping("planar"))), encoding="utf-8")
    assert run("view", str(file), *options) == 2
    assert says in capsys.readouterr().err
