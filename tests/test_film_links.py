"""The matrix of films as links against the same elements assembled entry by entry."""

import itertools

import numpy as np
import pytest
from scipy.sparse import coo_matrix

from tests.wires import pearse
from tfgeom.meshing.film_mesh import mesh_films
from tfgeom.meshing.resolution import Resolution
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.microtubes import microtubes
from tfgeom.reliefs.trenches import trenches
from tfgeom.transport.contacts import contact_nodes
from tfgeom.transport.films.core import conducting_core
from tfgeom.transport.films.links import FilmLinks, surface_pattern
from tfgeom.transport.films.system import ConductionSystem, assemble_conduction

# Three by two quads on twelve nodes, and one whose last two corners are one node.
QUADS = np.array(
    [(i + 4 * j, i + 1 + 4 * j, i + 5 + 4 * j, i + 4 + 4 * j) for j in range(2) for i in range(3)]
    + [(3, 12, 7, 7)]
)
N, SHEETS = 13, 4


def laplacians(rng: np.random.Generator, corners: int) -> np.ndarray:
    """Return one symmetric matrix with vanishing row sums for each quad, (corners, corners, n_quads)."""
    weights = rng.uniform(-0.2, 1.0, (corners, corners, len(QUADS)))
    weights = weights + weights.transpose(1, 0, 2)
    weights[range(corners), range(corners)] = 0.0
    found = -weights
    found[range(corners), range(corners)] = weights.sum(axis=1)
    return found


def assembled(seed: int = 1) -> tuple[FilmLinks, np.ndarray, list[np.ndarray], dict[int, np.ndarray]]:
    """Return links of random elements; by brute force the whole matrix, that of each link, of each sheet.

    Node i of sheet k has the number ``i SHEETS + k``.
    """
    rng = np.random.default_rng(seed)
    pattern = surface_pattern(QUADS, N)
    elements = [laplacians(rng, 8) for _ in range(SHEETS - 1)]
    beside = {0: laplacians(rng, 4), SHEETS - 1: laplacians(rng, 4)}
    by_link, by_sheet = [], {}

    def spread(numbers: np.ndarray, values: np.ndarray) -> np.ndarray:
        count = len(numbers)
        rows = np.broadcast_to(numbers[:, None], (count, count, len(QUADS)))
        columns = np.broadcast_to(numbers[None], (count, count, len(QUADS)))
        entries = values.ravel(), (rows.ravel(), columns.ravel())
        return np.asarray(coo_matrix(entries, shape=(N * SHEETS, N * SHEETS)).todense())

    for link, element in enumerate(elements):
        both = np.concatenate((QUADS.T * SHEETS + link, QUADS.T * SHEETS + link + 1))
        by_link.append(spread(both, element))
    for sheet, element in beside.items():
        by_sheet[sheet] = spread(QUADS.T * SHEETS + sheet, element)
    links = FilmLinks(
        pattern,
        np.array([pattern.gather(element[:4, :4]) for element in elements]),
        np.array([pattern.gather(element[:4, 4:]) for element in elements]),
        np.array([pattern.gather(element[4:, 4:]) for element in elements]),
        {sheet: pattern.gather(element) for sheet, element in beside.items()},
    )
    return links, np.sum([*by_link, *by_sheet.values()], axis=0), by_link, by_sheet


def numbered(sheets: np.ndarray) -> np.ndarray:
    return np.asarray(sheets.T.ravel())


def test_pattern_holds_every_pair_of_nodes_that_share_a_quad() -> None:
    pattern = surface_pattern(QUADS, N)
    pairs = {pair for quad in QUADS.tolist() for pair in itertools.product(quad, quad)}
    assert list(zip(pattern.rows.tolist(), pattern.columns.tolist(), strict=True)) == sorted(pairs)
    assert pattern.starts.tolist() == [int(np.sum(pattern.rows < row)) for row in range(N + 1)]
    assert (pattern.rows[pattern.transposed] == pattern.columns).all()
    assert (pattern.columns[pattern.transposed] == pattern.rows).all()
    assert (
        pattern.rows[pattern.diagonal].tolist()
        == pattern.columns[pattern.diagonal].tolist()
        == list(range(N))
    )


def test_matrix_equals_the_one_assembled_by_entries() -> None:
    links, whole, _, _ = assembled()
    nothing_fixed = np.zeros((SHEETS, N), dtype=bool)
    matrix = links.blocks(nothing_fixed).matrix()
    assert np.asarray(matrix.todense()) == pytest.approx(whole, abs=1e-13)


def test_fixed_nodes_are_cut_out() -> None:
    links, whole, _, _ = assembled(2)
    fixed = np.random.default_rng(4).random((SHEETS, N)) < 0.3
    held = numbered(fixed)
    whole[held] = 0.0
    whole[:, held] = 0.0
    whole[held, held] = 1.0
    assert np.asarray(links.blocks(fixed).matrix().todense()) == pytest.approx(whole, abs=1e-13)


def test_products_and_currents_by_differences_are_those_of_the_matrix() -> None:
    links, whole, by_link, by_sheet = assembled(3)
    rng = np.random.default_rng(6)
    test, potential = rng.standard_normal((2, SHEETS, N))
    t, v = numbered(test), numbered(potential)
    for link, matrix in enumerate(by_link):
        assert links.link_product(link, test, potential) == pytest.approx(t @ matrix @ v, rel=1e-11)
        assert links.link_product(link, potential, potential) == pytest.approx(v @ matrix @ v, rel=1e-11)
        low, up = links.link_current(link, potential)
        drawn = (matrix @ v).reshape(N, SHEETS)
        assert low == pytest.approx(drawn[:, link], abs=1e-12)
        assert up == pytest.approx(drawn[:, link + 1], abs=1e-12)
    for sheet in range(SHEETS):
        own = v @ by_sheet[sheet] @ v if sheet in by_sheet else 0.0
        assert links.along_power(sheet, potential) == pytest.approx(own, rel=1e-11)
    assert links.power(potential) == pytest.approx(v @ whole @ v, rel=1e-11)
    assert numbered(links.node_current(potential)) == pytest.approx(whole @ v, abs=1e-11)


def test_differences_keep_the_digits_of_poor_conductors() -> None:
    # A thousand volts on top change nothing, and a uniform potential draws no current at all.
    links, _, _, _ = assembled(5)
    potential = np.random.default_rng(7).standard_normal((SHEETS, N))
    assert links.power(potential + 1e3) == pytest.approx(links.power(potential), rel=1e-10)
    assert not links.node_current(np.full((SHEETS, N), 0.3)).any()


@pytest.mark.parametrize("groups", [(0, 0, 0, 0), (0, 0, 1, 1), (0, 1, 1, 2), (0, 1, 2, 3)])
def test_grouped_is_the_matrix_between_fields_that_are_equal_in_a_group(groups: tuple[int, ...]) -> None:
    links, _, _, _ = assembled(8)
    fixed = np.random.default_rng(9).random((SHEETS, N)) < 0.25
    fixed[:2, 5] = True  # a whole group of a column
    blocks = links.blocks(fixed)
    count = groups[-1] + 1
    spread = np.zeros((SHEETS * N, count * N))
    for sheet, group in enumerate(groups):
        for node in range(N):
            spread[node * SHEETS + sheet, node * count + group] = not fixed[sheet, node]
    expected = spread.T @ np.asarray(blocks.matrix().todense()) @ spread
    empty = ~spread.any(axis=0)
    expected[empty, empty] = 1.0
    grouped = blocks.grouped(np.array(groups))
    assert np.asarray(grouped.matrix().todense()) == pytest.approx(expected, abs=1e-12)
    assert (numbered(grouped.fixed) == empty).all()


def test_columns_are_the_couplings_of_each_node_with_itself_and_the_one_above() -> None:
    links, whole, _, _ = assembled(10)
    diagonal, beside = links.blocks(np.zeros((SHEETS, N), dtype=bool)).columns()
    for node in range(N):
        column = whole[node * SHEETS : (node + 1) * SHEETS, node * SHEETS : (node + 1) * SHEETS]
        assert diagonal[node] == pytest.approx(np.diag(column))
        assert beside[node] == pytest.approx(np.diag(column, 1))


def system(kind: str, *, contacted: bool = False) -> ConductionSystem:
    cell = {
        "tubes": microtubes(3e-6, 0.8e-6, 5e-6, 3e-6, "square"),
        "holes": holes(3e-6, 6e-6, 3e-6, "hexagonal"),
        "trenches": trenches(3e-6, 6e-6, 3e-6),
    }[kind]
    core = conducting_core(pearse(cell=cell, sigma={"inner_collector": 1e6, "outer_collector": 1e5})[1])
    mesh = mesh_films(core.stack, Resolution(1))
    place = contact_nodes(mesh, "auto" if contacted else "ideal")
    return assemble_conduction(core, mesh, (place, place))


@pytest.mark.parametrize("kind", ["tubes", "holes", "trenches"])
@pytest.mark.parametrize("contacted", [False, True])
def test_matrix_of_a_stack_is_symmetric_and_conserves(kind: str, contacted: bool) -> None:
    links = system(kind, contacted=contacted).links
    matrix = links.blocks(np.zeros((links.n_sheets, links.pattern.n), dtype=bool)).matrix()
    scale = np.abs(matrix).max()
    assert np.abs(matrix - matrix.T).max() < 1e-14 * scale
    assert np.abs(matrix.sum(axis=1)).max() < 1e-12 * scale
    vector = np.random.default_rng(1).normal(size=(links.n_sheets, links.pattern.n))
    assert numbered(vector) @ (matrix @ numbered(vector)) == pytest.approx(links.power(vector), rel=1e-9)
    assert links.power(vector) > 0
    assert set(links.along) == ({0, links.n_sheets - 1} if contacted else set())
