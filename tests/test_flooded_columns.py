"""A flooded half-cell in columns joined by the liquid, against the wire model of its voids."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.kinds import design
from tests.shipped import IMEC, SHIPPED, mapping_of
from tfgeom.cells import flooded
from tfgeom.cells.assembled import AssembledCell, usable_of
from tfgeom.cells.kinds import assemble_cell
from tfgeom.cells.planes import beside_planes
from tfgeom.constants import thermal_voltage
from tfgeom.design import design_from_mapping, load_design
from tfgeom.errors import UnsupportedError
from tfgeom.metrics.film_cells import film_cells
from tfgeom.transport.discharge.constant_current import discharge_curves
from tfgeom.transport.discharge.film_cell import FilmCell
from tfgeom.transport.discharge.flooded_columns import flooded_columns
from tfgeom.transport.flooded import FloodedCircuit, flooded_resistance
from tfgeom.transport.losses import Losses

TUBES = next(path for path in SHIPPED if path.stem == "letiche_2017_double_microtubes")


@pytest.fixture(autouse=True)
def ladder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the ladder of the liquid stand, however little it loses."""
    monkeypatch.setattr(flooded, "_APART", -1.0)


def is_flooded(path: Path) -> bool:
    section = load_design(path).cell
    return section is not None and section.type == "flooded"


FLOODED = [path for path in SHIPPED if is_flooded(path)]


def cut(cell: AssembledCell) -> FilmCell:
    return cell.kind.film_cell(cell, nominal=usable_of(cell).charge, contacted=False)


def in_columns(cell: FilmCell) -> tuple[float, dict[str, float]]:
    """Return the resistance at a small current, ohm m², and what of it columns and sheets make by part.

    Column i drops ``R_i I_i``, and each sheet ``K^-1 I`` from its contact: one voltage for all.
    """
    heat = thermal_voltage(cell.temperature)

    def transfer(material: object, face: np.ndarray) -> np.ndarray:
        exchange = material.value_at("exchange_current", cell.temperature)  # type: ignore[attr-defined]
        return heat / exchange / face if exchange else 0 * face

    own = cell.resistance + transfer(cell.cathode.material, cell.cathode.face)
    own = np.maximum(own, 1e-9 * np.max(own, initial=1e-6))  # an ideal film leaves its share undetermined
    drops = {"own": np.diag(own)}
    for sheet in cell.sheets:
        free = np.setdiff1d(np.arange(cell.size), sheet.contact)
        inverse = np.zeros((cell.size, cell.size))
        inverse[np.ix_(free, free)] = np.linalg.inv(sheet.stiffness.toarray()[np.ix_(free, free)])
        drops[sheet.mechanism] = inverse
    share = np.linalg.solve(sum(drops.values()), np.ones(cell.size))
    share = share / share.sum()
    parts = {name: float(share @ drop @ share) for name, drop in drops.items()}
    joint = sum(float(row.resistance[0]) for row in cell.joint)
    return sum(parts.values()) + joint + float(transfer(cell.anode.material, cell.anode.face)[0]), parts


@pytest.mark.parametrize("path", FLOODED, ids=lambda path: path.stem)
@pytest.mark.parametrize("flat", [False, True], ids=["relief", "plane"])
def test_columns_lose_at_a_small_current_what_the_wire_model_has(path: Path, flat: bool) -> None:
    cells = beside_planes(assemble_cell(load_design(path)))
    cell = cells.same_films if flat else cells.cell
    assert isinstance(cell.circuit, FloodedCircuit)
    found, _ = in_columns(cut(cell))
    assert found == pytest.approx(float(flooded_resistance(cell.circuit).total), rel=1e-12 if flat else 6e-4)


def with_salt(cell: AssembledCell) -> tuple[FilmCell, Losses]:
    assert isinstance(cell.circuit, FloodedCircuit)
    assert cell.circuit.salt is not None
    return cut(cell), flooded_resistance(cell.circuit)


def test_the_salt_of_the_liquid_is_a_loss_of_its_own() -> None:
    given = mapping_of(IMEC)
    given["cell"] = {**given["cell"], "electrolyte_model": "salt"}
    found, closed = with_salt(assemble_cell(design_from_mapping(given)))
    total, parts = in_columns(found)
    assert total == pytest.approx(float(closed.total), rel=6e-4)
    for mechanism in ("liquid", "salt"):
        gaps = float(closed.where(mechanism=mechanism, place="gaps").total)
        assert parts[mechanism] == pytest.approx(gaps, rel=4e-2)
    assert [row.mechanism for row in found.joint] == ["liquid", "salt"]


def test_more_slices_come_nearer_to_the_wire_model_with_their_square() -> None:
    cell = assemble_cell(load_design(IMEC))
    circuit = cell.circuit
    assert isinstance(circuit, FloodedCircuit)
    exact, errors = float(flooded_resistance(circuit).total), []
    for slices in (8, 16, 32):
        columns = flooded_columns(circuit, slices)
        size = columns.cut.films[0].inner.size
        own = np.zeros(size) + sum(row.resistance for row in columns.cut.rows())
        own = own + circuit.charge_transfer / columns.cut.films[-1].outer
        inverse = np.zeros((size, size))
        for sheet in columns.sheets:
            inverse[1:, 1:] += np.linalg.inv(sheet.stiffness.toarray()[1:, 1:])
        mouth = 1 / float(np.linalg.solve(np.diag(own) + inverse, np.ones(size)).sum())
        head = sum(float(row.resistance[0]) for row in columns.head_space)
        errors.append(mouth + head + circuit.counter_transfer - exact)
    assert all(coarse / fine == pytest.approx(4, rel=0.15) for coarse, fine in pairwise(errors))


def test_each_void_of_a_tube_has_a_wall_and_a_floor_of_its_own() -> None:
    found = cut(assemble_cell(load_design(TUBES)))
    (sheet,) = found.sheets
    # without the cap, outside and both bores fall apart
    from scipy.sparse.csgraph import connected_components

    assert connected_components(sheet.stiffness[1:, 1:])[0] == 3
    assert np.abs(sheet.stiffness.sum(axis=1)).max() < 1e-9 * sheet.stiffness.max()
    assert found.anode.face.tolist() == [1.0]
    assert found.cathode.sign == 1


def test_a_relief_that_the_wire_model_does_not_describe_is_said() -> None:
    cells = beside_planes(assemble_cell(design_from_mapping(design("wave", "flooded"))))
    with pytest.raises(UnsupportedError, match="flooded reliefs of kind wave"):
        cut(cells.cell)
    assert film_cells(cells).value is None
    assert film_cells(cells).notes == (
        "the film model is not yet supported: the resistance of flooded reliefs of kind wave",
    )


@pytest.mark.parametrize("diffusivity", [None, 1e-17], ids=["one phase, fitted", "one phase, faster"])
def test_joined_columns_deliver_what_the_ladder_does(
    diffusivity: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = mapping_of(TUBES)
    if diffusivity is not None:
        given["materials"] = {"TiO2-amorphous": {"diffusivity": f"{diffusivity} m^2/s"}}
        given["layers"][1]["material"] = "TiO2-amorphous"
    cells = beside_planes(assemble_cell(design_from_mapping({**given, "published": []})))
    ladder = cut(cells.cell)
    monkeypatch.undo()
    joined = cut(cells.cell)
    assert (ladder.size, joined.size, joined.sheets, joined.joint) == (37, 1, (), ())
    (remark,) = joined.remarks
    assert "as one column" in remark
    assert remark in film_cells(cells).notes
    current = 2 * ladder.nominal / 3600
    one, many = (discharge_curves(cell, [current])[0] for cell in (joined, ladder))
    assert one.charge[-1] / ladder.capacity == pytest.approx(many.charge[-1] / ladder.capacity, abs=5e-4)
    assert one.energy / one.charge[-1] == pytest.approx(many.energy / many.charge[-1], abs=1e-3)  # V


def test_what_the_liquid_tells_apart_stays_a_ladder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    given = mapping_of(TUBES)
    given["operation"] = {**given["operation"], "c_rates": [20]}
    found = cut(assemble_cell(design_from_mapping({**given, "published": []})))
    assert (found.size, found.remarks) == (37, ())


def test_as_one_column_the_liquid_loses_what_it_does_where_films_fill_alike() -> None:
    circuit = assemble_cell(load_design(TUBES)).circuit
    assert isinstance(circuit, FloodedCircuit)
    columns = flooded_columns(circuit)
    (sheet,) = columns.sheets
    inverse = np.linalg.inv(sheet.stiffness.toarray()[1:, 1:])
    share = columns.shares[1:]
    (row,) = columns.joined().head_space
    (head,) = columns.head_space
    assert row.resistance == pytest.approx(head.resistance + share @ inverse @ share)
    lost = np.append(inverse @ share, 0.0)
    assert columns.spread() == pytest.approx(np.abs(lost - share @ inverse @ share).max())
