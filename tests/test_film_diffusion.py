"""Discharges of films that are curved, or thinner at depth, against solves of their own: annuli and columns."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.linalg import eigh
from scipy.optimize import brentq

from tests.kinds import design, every_design, has_closed_form
from tfgeom.cells.kinds import assemble_cell
from tfgeom.design import design_from_mapping
from tfgeom.evaluation import evaluate
from tfgeom.films import Film
from tfgeom.geometry.protocol import Cell
from tfgeom.materials.library import resolve_material
from tfgeom.materials.schema import MaterialOverride
from tfgeom.transport.closed_rate import Chemistry, Electrode, RateCell, discharge_ends
from tfgeom.transport.film_diffusion import FilmDiffusion, film_diffusion

FLAT_CURVE = {"form": "constant", "parameters": {"potential": 3.0}}
FILM = resolve_material(
    "film", MaterialOverride.model_validate({"open_circuit": FLAT_CURVE, "diffusivity": "1 m^2/s"})
)
LITHIUM = resolve_material("Li", MaterialOverride.model_validate({"exchange_current": "1e9 A/m^2"}))
THETAS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
Lead = Callable[[float], float]


def lead_of(conductances: Any, pairs: Any, volumes: Any, surface: int, beyond: float = 0.0) -> Lead:
    """Return how far the surface of a body of cells leads its mean, which rises at rate 1, after a time.

    Diffusivity 1; the system ``V dc/dt = -K c + e V`` in its own modes.
    """
    size, whole = len(volumes), volumes.sum()
    matrix = np.zeros((size, size))
    for (one, other), value in zip(pairs, conductances, strict=True):
        matrix[one, one] += value
        matrix[other, other] += value
        matrix[one, other] -= value
        matrix[other, one] -= value
    rates, modes = eigh(matrix / np.sqrt(np.outer(volumes, volumes)))
    rates = np.maximum(rates, 0.0)
    weight = modes[surface] ** 2 / volumes[surface] * whole

    def lead(time: float) -> float:
        decays = rates * time > 1e-12
        with np.errstate(invalid="ignore"):
            gone = np.where(decays, -np.expm1(-rates * time) / np.where(decays, rates, 1.0), time)
        return float(weight @ gone) + beyond - time

    return lead


def annulus(blocked: float, wetted: float, cells: int = 400) -> Lead:
    """Return the lead of a hollow cylinder's surface, blocked at one radius and wetted at the other."""
    radii = np.linspace(blocked, wetted, cells + 1)
    middles = (radii[1:] + radii[:-1]) / 2
    volumes = np.abs(radii[1:] ** 2 - radii[:-1] ** 2) / 2
    flows = radii[1:-1] / np.abs(np.diff(middles))
    beyond = volumes.sum() / wetted * abs(wetted - middles[-1])
    return lead_of(flows, [(i, i + 1) for i in range(cells - 1)], volumes, cells - 1, beyond)


def columns(thicknesses: Any, cells: int = 50) -> Lead:
    """Return the lead of the surface that flat columns of equal area share."""
    marks = np.linspace(0, 1, cells + 1) ** 1.5  # fine at the surface
    volumes, flows, pairs = [1e-12], [], []
    for thickness in thicknesses:
        steps = np.diff(marks) * thickness
        middles = np.cumsum(steps) - steps / 2
        first = len(volumes)
        volumes += list(steps)
        flows += list(1 / np.diff(np.concatenate(([0.0], middles))))
        pairs += [(0, first), *((k, k + 1) for k in range(first, first + cells - 1))]
    return lead_of(flows, pairs, np.array(volumes), 0)


def utilisation(lead: Lead, rate: float) -> float:
    """Return the filled fraction at which the surface is full when the mean rises at ``rate``."""
    return float(brentq(lambda filled: filled + rate * lead(filled / rate) - 1, 1e-9, 1.0))


def closed(film: FilmDiffusion, slab: float, rates: Any) -> Any:
    """Return the same by the closed rate model: capacity 1, diffusivity 1."""
    cathode = Electrode(1.0, slab, 1.0, 0.0, film)
    cell = RateCell(cathode, Electrode(np.inf, 1e-6, 1.0, 1.0), 0.0, 1.0, 1.0)
    chemistry = Chemistry(FILM, LITHIUM, 298.15, 0.0)
    return discharge_ends([cell] * len(rates), np.asarray(rates), chemistry).charge


def diffusion(cell: Cell, film: Film, *, outside: bool) -> FilmDiffusion:
    found = film_diffusion(cell, film, wetted_outside=outside)
    assert found is not None
    return found


def round_film(kind: str, ratio: float, outside: bool) -> tuple[FilmDiffusion, float, float, float]:
    """Return a film on walls so tall that flats hardly count, its V/A, and its radii, blocked and wetted (um)."""
    opening = kind == "holes"
    base = 10.0 if opening else 1.0
    # the film lies from the wall outwards, towards the axis of a hole and away from that of a pillar
    far = base / ratio if opening else base * ratio
    size = {"diameter": f"{2 * base} um", "pitch": f"{2 * max(base, far) + 2} um"} | (
        {"depth": "8 mm"} if opening else {"height": "8 mm"}
    )
    layers = [{"role": "cathode", "material": "LiV2O5", "thickness": f"{abs(far - base)!r} um"}]
    rest = [{"role": "electrolyte", "material": "LiPON", "thickness": "1 nm"}, {"role": "anode", "material": "SnNx", "thickness": "1 nm"}]  # fmt: skip
    mapping = design() | {"relief": {"kind": kind, "lattice": "square", **size}, "layers": layers + rest}
    mapping |= {"substrate": {"material": "Si", "thickness": "10 mm"}}
    made = assemble_cell(design_from_mapping(mapping)).made
    film = made.films[0]
    face = film.outer_area if outside else film.inner_area
    radii = (base, far) if outside else (far, base)
    return diffusion(made.cell, film, outside=outside), film.volume / face, *radii


@pytest.mark.parametrize("outside", [True, False])
@pytest.mark.parametrize("kind", ["pillars", "holes"])
@pytest.mark.parametrize("ratio", [1.1, 1.5, 2.0, 3.0])
def test_round_films_discharge_as_hollow_cylinders_do(kind: str, ratio: float, outside: bool) -> None:
    film, slab, blocked, wetted = round_film(kind, ratio, outside)
    lead, um = annulus(blocked, wetted), 1e-6
    # late: the lead is L²/3 at rate 1
    late = lead(100 * max(blocked, wetted) ** 2)
    assert (film.length / um) ** 2 / 3 == pytest.approx(late, rel=3e-3)
    thick = abs(wetted - blocked)
    flat = abs(wetted**2 - blocked**2) / (2 * wetted) * thick / 3
    if ratio <= 1.5:  # V/A times the thickness is as good (MODELS 5a)
        assert flat == pytest.approx(late, rel=0.02)
    assert film.against_flat - 1 == pytest.approx(late / flat - 1, abs=3e-3)
    rates = np.array(THETAS) / thick**2
    expected = [utilisation(lead, rate) for rate in rates]
    found = closed(film, slab, rates / um**2)
    worst = np.abs(found / expected - 1).max()
    assert worst <= film.left_out + 3e-3
    assert worst <= {1.1: 0.004, 1.5: 0.012, 2.0: 0.03, 3.0: 0.075}[ratio]


@pytest.mark.parametrize("coverage", [0.9, 0.8, 0.5, 0.3])
def test_uneven_films_discharge_as_columns_that_share_their_surface(coverage: float) -> None:
    mapping = design(cell="step coverage")
    mapping["layers"] = [
        {**mapping["layers"][1], "step_coverage": coverage, "thickness": "20 nm"},
        *mapping["layers"][2:4],
    ]
    mapping["relief"] = {"kind": "trenches", "pitch": "22 um", "width": "20 um", "depth": "8 mm"}
    mapping["substrate"] = {"material": "Si", "thickness": "10 mm"}
    made = assemble_cell(design_from_mapping(mapping)).made
    film = made.films[0]
    found = diffusion(made.cell, film, outside=True)
    slab, top = film.volume / film.outer_area, 20e-9
    lead = columns(1 - (1 - coverage) * (np.arange(24) + 0.5) / 24)
    mean = (1 + coverage) / 2
    assert found.against_flat == pytest.approx(2 * (1 + coverage**2) / (1 + coverage) ** 2, rel=5e-3)
    assert found.thinnest == pytest.approx(coverage / mean, rel=5e-3)
    rates = np.array(THETAS[:-1]) / mean**2
    expected = [utilisation(lead, rate) for rate in rates]
    worst = np.abs(closed(found, slab, rates / top**2) / expected - 1).max()
    assert worst <= found.left_out + 8e-3


@every_design
def test_flat_films_are_slabs_and_every_shape_is_a_number(relief: str, cell: str) -> None:
    if not has_closed_form(relief, cell):
        pytest.skip("no rates")
    assembled = assemble_cell(design_from_mapping(design(relief, cell)))
    for one in assembled.kind.electrodes(assembled, 0.0):
        if one.diffusion is None:
            continue
        assert 0.5 < one.diffusion.against_flat < 2.0
        assert 0 <= one.diffusion.left_out < 0.3
        if relief == "planar":
            assert one.length == one.slab_thickness


def notes_of(relief: dict[str, Any], thickness: str, **film: Any) -> list[str]:
    mapping = design() | {"relief": relief}
    layers = [dict(layer) for layer in mapping["layers"]]
    layers[1] |= {"thickness": thickness, **film}
    layers[3]["thickness"] = "200 nm"
    mapping["layers"] = layers
    return [note for note in evaluate(design_from_mapping(mapping)).notes if note.startswith("rates count")]


def test_what_a_thick_or_uneven_film_costs_is_said_with_the_number() -> None:
    thin = {"kind": "pillars", "lattice": "square", "pitch": "4 um", "diameter": "1 um", "height": "100 um"}
    assert notes_of(thin, "40 nm") == []
    (note,) = notes_of(thin, "1 um")
    # a hollow cylinder of radii 540 and 1540 nm: MODELS 5(a)
    a, b = 0.54, 1.54
    square = b * b - a * a
    ratio = 3 * b / square / (b - a) * ((b * b - 3 * a * a) / 4 + a**4 * np.log(b / a) / square)
    said = float(note.partition("loses ")[2].partition("%")[0]) / 100
    assert "% less than in a flat film as thick" in note
    assert said == pytest.approx(1 - ratio, abs=0.012)  # top and floor are flat
    (note,) = notes_of(thin, "100 nm", step_coverage=0.4)
    assert "more than in a film of its mean thickness" in note
    said = float(note.partition("loses ")[2].partition("%")[0]) / 100
    assert said == pytest.approx(2 * 1.16 / 1.96 - 1, abs=0.03)
    assert "up to 4" in note  # (1 - 0.4/0.7) = 43 %


@pytest.mark.parametrize("cell", ["lithium anode", "anode-free"])
def test_lithium_has_no_diffusion(cell: str) -> None:
    assembled = assemble_cell(design_from_mapping(design("pillars", cell)))
    _, lithium = assembled.kind.electrodes(assembled, 0.0)
    assert lithium.diffusion is None


def test_a_film_that_fills_the_relief_says_that_it_passes_for_a_flat_one() -> None:
    mapping = design("holes")
    filling = {"role": "anode", "material": "SnNx", "fill": {"above_top": "100 nm"}}
    mapping["layers"] = [*mapping["layers"][:3], filling]
    notes = evaluate(design_from_mapping(mapping)).notes
    assert any("fills the relief" in note and "1.5 times" in note for note in notes)
