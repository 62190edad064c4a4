"""Each part of the resistance made worse in turn: it is seen to grow, and named when it is the largest."""

import pytest

from tests.solves import parts_of, solved_films
from tests.wires import films, wires
from tfgeom.meshing.resolution import Resolution
from tfgeom.reliefs.pillars import pillars
from tfgeom.transport.contacts import Contacts
from tfgeom.transport.losses import PARTS

ROWS = (
    ("inner_collector", 20e-9),
    ("cathode", 70e-9),
    ("electrolyte", 100e-9),
    ("anode", 50e-9),
    ("outer_collector", 20e-9),
)
FACES = {"cathode_interface": "cathode|electrolyte", "anode_interface": "electrolyte|anode"}
EACH = 1e-3  # ohm m² of every film and interface; about as much again along the collectors
SIGMA = {name: thickness / EACH for name, thickness in ROWS} | dict.fromkeys(
    ("inner_collector", "outer_collector"), 5.0
)


def split(worse: str | None, factor: float, contacts: Contacts) -> dict[str, float]:
    """Return the resistance by part with one part made worse, ohm m² of footprint."""
    stack = films(pillars(3e-6, 6e-6, 20e-6, "square"), *ROWS)
    sigma = {name: value / (factor if name == worse else 1) for name, value in SIGMA.items()}
    faces = {pair: EACH * (factor if part == worse else 1) for part, pair in FACES.items()}
    return parts_of(solved_films(wires(stack, sigma, faces), Resolution(1), contacts).losses)


@pytest.mark.parametrize("part", [part for part in PARTS if not part.endswith("collector")])
def test_a_part_ten_times_worse_is_ten_times_as_large(part: str) -> None:
    # Between ideal collectors the current hardly changes its ways.
    before, after = split(None, 1, Contacts()), split(part, 10, Contacts())
    assert after[part] == pytest.approx(10 * before[part], rel=0.03)
    for other in set(PARTS) - {part}:
        assert after[other] == pytest.approx(before[other], rel=0.03)
    assert max(after, key=lambda name: after[name]) == part


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_worse_grows_and_is_named_where_collectors_are_contacted(part: str) -> None:
    floor = Contacts("auto", "auto")
    before, tenfold, dominant = (split(part, factor, floor) for factor in (1, 10, 100))
    assert all(value > 0 for value in before.values())
    assert tenfold[part] > 2 * before[part]
    assert sum(tenfold.values()) > sum(before.values())
    assert tenfold[part] / sum(tenfold.values()) > before[part] / sum(before.values())
    assert max(dominant, key=lambda name: dominant[name]) == part
