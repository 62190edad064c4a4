"""Film stacks that several tests share, and constants of the library."""

from dataclasses import replace

from tfgeom.deposition import StepCoverage
from tfgeom.films import FilmLayer, Stack, stack_films
from tfgeom.geometry.protocol import Cell
from tfgeom.materials.library import load_library
from tfgeom.materials.material import Property
from tfgeom.reliefs.holes import holes
from tfgeom.reliefs.planar import planar

PEARSE = (
    ("current_collector", "inner_collector", "Ru", 40e-9),
    ("cathode", "cathode", "LiV2O5", 70e-9),
    ("electrolyte", "electrolyte", "Li2PO2N", 50e-9),
    ("anode", "anode", "SnNx", 10e-9),
    ("current_collector", "outer_collector", "TiN", 25e-9),
)
"""Role, name, material, thickness (m) of the films of Pearse 2018."""


def layers(
    rows: tuple[tuple[str, str, str, float], ...] = PEARSE, step_coverage: StepCoverage = 1.0
) -> list[FilmLayer]:
    """Return layers with the library's materials."""
    library = load_library()
    return [
        FilmLayer(name, role, library.find(material), thickness, step_coverage)
        for role, name, material, thickness in rows
    ]


def pearse_stack(cell: Cell | None = None, step_coverage: StepCoverage = 1.0) -> Stack:
    """Return the films of Pearse 2018, by default in its 30 um holes."""
    relief = holes(3e-6, 6e-6, 30e-6, "hexagonal") if cell is None else cell
    return stack_films(relief, layers(step_coverage=step_coverage))


def pearse_plane() -> Stack:
    """Return the same films on the plane."""
    return stack_films(planar(), layers())


def made_of(layer: FilmLayer, **constants: float) -> FilmLayer:
    """Return a layer whose material has other dimensionless or SI constants, e.g. expansion."""
    given = {name: Property(name, value, "fraction", "", "user") for name, value in constants.items()}
    properties = {**layer.material.properties, **given}
    return replace(layer, material=replace(layer.material, properties=properties))


def without(layer: FilmLayer, *names: str) -> FilmLayer:
    """Return a layer whose material lacks some constants."""
    properties = {key: value for key, value in layer.material.properties.items() if key not in names}
    return replace(layer, material=replace(layer.material, properties=properties))


def value(name: str, key: str) -> float:
    """Return a constant that the library has for a material, SI."""
    found = load_library().find(name).value(key)
    assert found is not None
    return float(found)
