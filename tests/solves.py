"""Steady solves in one call, for tests of conduction."""

from tfgeom.meshing.resolution import Resolution
from tfgeom.transport.circuit import FilmCircuit
from tfgeom.transport.contacts import Contacts
from tfgeom.transport.films.fields import FilmFields
from tfgeom.transport.films.problem import film_problem
from tfgeom.transport.flooded import FloodedCircuit
from tfgeom.transport.liquid.fields import LiquidFields, SaltFields
from tfgeom.transport.liquid.problem import LiquidProblem
from tfgeom.transport.liquid.salt_problem import salt_problem
from tfgeom.transport.losses import Losses, OperatingPoint
from tfgeom.transport.solve_options import Drive
from tfgeom.transport.steady import Solve, solve_steady


def solved_films(
    circuit: FilmCircuit,
    resolution: Resolution | None = None,
    contacts: Contacts | None = None,
    drive: Drive | None = None,
    within: float | None = None,
) -> Solve:
    """Return the solve of films between their collectors."""
    return solve_steady(film_problem(circuit, contacts, drive), resolution, within)


def solved_liquid(
    circuit: FloodedCircuit, resolution: Resolution | None = None, within: float | None = None
) -> Solve:
    """Return the solve of the liquid of a flooded half-cell."""
    return solve_steady(LiquidProblem(circuit), resolution, within)


def solved_salt(
    circuit: FloodedCircuit,
    footprint_current: float,
    resolution: Resolution | None = None,
    within: float | None = None,
) -> Solve:
    """Return the solve of a flooded half-cell whose salt moves."""
    return solve_steady(salt_problem(circuit, footprint_current), resolution, within)


def film_fields(solved: Solve) -> FilmFields:
    """Return the fields of a solve of films."""
    assert isinstance(solved.fields, FilmFields)
    return solved.fields


def liquid_fields(solved: Solve) -> LiquidFields:
    """Return the fields of a solve of a liquid."""
    assert isinstance(solved.fields, LiquidFields)
    return solved.fields


def drive_of(solved: Solve) -> OperatingPoint:
    """Return the current and polarisation of a solve at a finite drive."""
    drive = solved.losses.drive
    assert drive is not None
    return drive


def parts_of(losses: Losses) -> dict[str, float]:
    """Return the losses of one cell by part, ohm m² of footprint."""
    return {part: float(value) for part, value in losses.by_part().items()}


def rows_of(losses: Losses) -> dict[tuple[str, str, str], float]:
    """Return the losses of one cell by part, mechanism and place, ohm m² of footprint."""
    return {(row.part, row.mechanism, row.place): float(row.value) for row in losses.rows}


def salt_fields(solved: Solve) -> SaltFields:
    """Return the salt of a solve at a finite current."""
    salt = liquid_fields(solved).salt
    assert salt is not None
    return salt
