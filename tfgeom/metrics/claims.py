"""Published capacities held against theory: what a film of that size can hold at most.

A claim above film volume times the host's theoretical capacity belongs to another relief, another film or
another lithium content than the design states; which, follows from the same product.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tfgeom.cells.assembled import AssembledCell
from tfgeom.cells.beside import Beside
from tfgeom.films import Film, Stack, stack_films
from tfgeom.results import PublishedNumbers
from tfgeom.searching import last_point, possible
from tfgeom.units import NM, UAH_PER_CM2, UM, in_unit

_ROUNDED = 0.01
"""How far a claim may be above theory: published numbers and densities are rounded."""

_LIMITED = ("footprint_capacity", "planar_capacity", "volumetric_capacity")
"""Quantities that have a limit in theory."""

_UAH_PER_CM2_UM = UAH_PER_CM2 / UM


@dataclass(frozen=True, slots=True)
class Theory:
    """What the limiting electrode film of a cell can hold.

    Attributes
    ----------
    stack
        The cell's films.
    film
        The electrode film that limits.
    host
        Theoretical capacity of its material, C/m³.
    """

    stack: Stack
    film: Film
    host: float

    @property
    def limit(self) -> float:
        """Film volume times theoretical capacity, C per m² of footprint."""
        return self.film.volume / self.stack.cell.footprint * self.host


def theory_of(cell: AssembledCell) -> Theory | None:
    """Return what the limiting electrode film can hold; None without one, or without a theory of its host.

    Where the lithium limits, it is the electrode that can hold less.
    """
    stack, balance = cell.made, cell.lithium
    if balance is None:
        return None
    roles = ("cathode", "anode") if balance.limiting == "lithium" else (balance.limiting,)
    films = (film for role in roles if (film := stack.first(role)) is not None)
    hosts = ((film, film.layer.material.value("host_capacity")) for film in films)
    known = [Theory(stack, film, host) for film, host in hosts if host is not None]
    return min(known, key=lambda theory: theory.limit, default=None)


def film_capacity(cell: AssembledCell) -> float | None:
    """Return the usable capacity over the film that limits what is held, uAh/cm²/um; None where none does."""
    balance, usable = cell.lithium, cell.usable
    film = None if balance is None else cell.made.first(balance.limiting)
    if usable is None or film is None:
        return None
    return float(in_unit(usable.charge * cell.relief.footprint / film.volume, _UAH_PER_CM2_UM))


def judge_claims(
    published: Sequence[PublishedNumbers], cells: Beside[AssembledCell]
) -> tuple[PublishedNumbers, ...]:
    """Return published numbers, capacities beside the theoretical limit and what an excess would need.

    A claim above its limit is ``outside`` whatever its tolerance, unless it is from memory.

    Parameters
    ----------
    published
        What `compare_published` found.
    cells
        The cell and its planes; planar claims are those of the same films.
    """
    return tuple(_judged(row, cells) if row.quantity in _LIMITED else row for row in published)


def _judged(row: PublishedNumbers, cells: Beside[AssembledCell]) -> PublishedNumbers:
    theory = theory_of(cells.same_films if row.quantity == "planar_capacity" else cells.cell)
    if theory is None:
        return row
    volumetric = row.quantity == "volumetric_capacity"
    limit = in_unit(theory.host, _UAH_PER_CM2_UM) if volumetric else in_unit(theory.limit, UAH_PER_CM2)
    if row.published <= limit * (1 + _ROUNDED):
        return replace(row, theoretical_limit=limit)
    verdict = row.verdict if row.confidence == "memory" else "outside"
    needs = _needs(theory, row.published / limit)
    return replace(row, theoretical_limit=limit, verdict=verdict, needs=needs)


def _needs(theory: Theory, excess: float) -> str:
    """Return what a capacity ``excess`` times the theoretical one would need."""
    film, layer = theory.film, theory.film.layer
    gain, host = theory.stack.capacity_gain(film), in_unit(theory.host, _UAH_PER_CM2_UM)
    thickness = _thickness_for(theory, excess * film.volume)
    thicker = (
        f"no thickness that fits the relief ({layer.name} now {layer.thickness / NM:.4g} nm)"
        if thickness is None
        else f"{_article(layer.name)} of {thickness / NM:.3g} nm, not {layer.thickness / NM:.4g} nm"
    )
    usable = layer.material.value("volumetric_capacity")
    in_practice = ""
    if usable is not None and usable < theory.host:
        in_practice = (
            f" ({excess * gain * theory.host / usable:.3g} times at the usable "
            f"{in_unit(usable, _UAH_PER_CM2_UM):.4g} uAh/cm^2/um)"
        )
    return (
        f"{excess:.3g} times what the {layer.name} holds in theory "
        f"({layer.material.name}, {host:.4g} uAh/cm^2/um); it would need a film of {excess * gain:.3g} times "
        f"its footprint in area{in_practice}, not {gain:.3g}; or {thicker}; "
        f"or {excess:.3g} times the lithium, {excess * host:.3g} uAh/cm^2/um"
    )


def _thickness_for(theory: Theory, volume: float) -> float | None:
    """Return the nominal thickness (m) at which the film has ``volume``; None when the relief closes."""
    cell, films = theory.stack.cell, theory.stack.films
    index = films.index(theory.film)
    layers = [film.layer for film in films]

    def margin(thickness: float) -> float:
        changed = [*layers[:index], replace(layers[index], thickness=thickness), *layers[index + 1 :]]
        return 1 - stack_films(cell, changed).films[index].volume / volume

    low = theory.film.layer.thickness
    found = last_point(possible(margin), low, 2 * low, count=60)
    return found.value if found.reached else None


def _article(name: str) -> str:
    """Return a name with its indefinite article."""
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
