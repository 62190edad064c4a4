"""What a cell occupies and weighs, with its wafer and packaging: what energies are divided by."""

from dataclasses import dataclass

from tfgeom.films import Stack
from tfgeom.rows import Numbers


@dataclass(frozen=True, slots=True)
class Wafer:
    """A substrate, wafer or plate: whole thickness (relief included, m) and density (kg/m³) if known."""

    thickness: Numbers
    density: Numbers | None


@dataclass(frozen=True, slots=True)
class Package:
    """Packaging on top: thickness (m) and density (kg/m³)."""

    thickness: Numbers
    density: Numbers


@dataclass(frozen=True, slots=True)
class Cover:
    """What a charged cell has above the films that were laid: height (m) and mass (kg/m²) if known."""

    height: Numbers = 0.0
    mass: Numbers | None = 0.0


@dataclass(frozen=True, slots=True)
class Bulk:
    """Heights (m) and masses (kg per m²); None where a density or the wafer is unknown.

    ``border_mass`` is that of the device where it has neither relief nor films.
    """

    active_height: Numbers
    device_height: Numbers | None
    active_mass: Numbers | None
    device_mass: Numbers | None
    border_mass: Numbers | None


def bulk(
    stack: Stack,
    wafer: Wafer | None,
    package: Package | None,
    cells: int = 1,
    plate: Wafer | None = None,
    cover: Cover = Cover(),
) -> Bulk:
    """Return what a stack of ``cells`` in series occupies and weighs.

    Active: relief and films of all cells.  Device: their substrates, films and one packaging.  Each cell
    has a wafer of its own; with a ``plate`` only the first does and the others lie on plates.  Films count
    on the top, of through-holes on both faces.

    Parameters
    ----------
    stack
        Films of one cell.
    wafer, package
        None where the design has none.
    cells
        Cells stacked face to back.
    plate
        What replaces the wafer between cells; it carries the relief as the wafer does.
    cover
        What one cell has above its films, of through-holes on both faces; its mass is that of all of it.
    """
    cell = stack.cell
    film_height = (stack.top.top + cover.height) * (2 if cell.through else 1)
    substrates = () if wafer is None else (wafer, *(cells - 1) * (wafer if plate is None else plate,))
    active_height = cells * (cell.height + film_height)
    covered = package.thickness if package else 0.0
    device_height = None
    if wafer is not None:
        device_height = sum(one.thickness for one in substrates) + cells * film_height + covered
    film_mass = _film_mass(stack)
    if film_mass is not None:
        film_mass = None if cover.mass is None else film_mass + cover.mass
    relief = cell.solid_volume / cell.footprint
    voids = cell.height - relief
    active_mass = device_mass = border_mass = None
    densities = [one.density for one in substrates if one.density is not None]
    if wafer is not None and len(densities) == cells:
        border_mass = sum(one.thickness * density for one, density in zip(substrates, densities, strict=True))
        border_mass += package.thickness * package.density if package else 0.0
        if film_mass is not None:
            active_mass = cells * film_mass + relief * sum(densities)
            device_mass = cells * film_mass + border_mass - voids * sum(densities)
    elif film_mass is not None and cell.is_flat:
        active_mass = cells * film_mass
    return Bulk(active_height, device_height, active_mass, device_mass, border_mass)


def _film_mass(stack: Stack) -> Numbers | None:
    if not all(film.layer.material.knows("density") for film in stack.films):
        return None
    densities: list[Numbers] = [film.layer.material.film_density for film in stack.films]
    masses = [film.volume * density for film, density in zip(stack.films, densities, strict=True)]
    return sum(masses) / stack.cell.footprint
