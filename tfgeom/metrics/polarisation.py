"""How large a polarisation a cell can carry: no more than what it has at rest when it is charged."""

import numpy as np

from tfgeom.cells.assembled import AssembledCell
from tfgeom.cells.discharge_sides import cell_voltage
from tfgeom.errors import DesignError
from tfgeom.transport.losses import Losses
from tfgeom.transport.solve_options import Drive
from tfgeom.units import MA_PER_CM2

_SURELY = 2.0  # closed forms are far closer than this to what a solve finds


def check_drive(cell: AssembledCell, drive: Drive) -> None:
    """Refuse a drive that surely takes the terminals below 0 V; `check_driven` refuses all others.

    Parameters
    ----------
    cell
        What is to be driven.
    drive
        Of all cells in series.

    Raises
    ------
    DesignError
        When a voltage is above what the charged cell has at rest, or when its films alone, in closed form,
        would take more than that of a current: no solve converges far beyond.
    """
    if drive.voltage is not None:
        _require(cell, drive.voltage, "--voltage", f"{drive.voltage:.4g} V is")
    elif drive.current is not None and cell.kind.obstacle_to_closed_form(cell) is None:
        losses = cell.kind.closed_form(cell).in_series(cell.blueprint.in_series)
        ohmic = float(losses.total - losses.where(mechanism="charge_transfer").total)
        least = drive.current * ohmic / _SURELY
        _require(cell, least, "--current", f"{_current(drive.current)} takes over {least:.4g} V,")


def check_driven(cell: AssembledCell, losses: Losses) -> None:
    """Refuse the result of a solve that takes the terminals below 0 V.

    Parameters
    ----------
    cell
        What was driven.
    losses
        What the solve of one cell found.

    Raises
    ------
    DesignError
        When its polarisation is above what the charged cell has at rest.
    """
    drive = losses.in_series(cell.blueprint.in_series).drive
    if drive is not None:
        taken = f"{_current(drive.current)} takes a polarisation of {drive.polarisation:.4g} V,"
        _require(cell, drive.polarisation * (1 - 1e-9), "--current", taken)


def _require(cell: AssembledCell, polarisation: float, option: str, taken: str) -> None:
    limit, words = _at_rest(cell)
    if polarisation > limit:
        most = f"at most {limit:.4g} V"
        remedy = most if option == "--voltage" else f"a current that takes {most}"
        raise DesignError.at(
            option,
            f"{taken} above {words}, {limit:.4g} V: that would take the terminals below 0 V; a polarisation "
            f"counts from rest, so use {remedy}",
        )


def _current(current: float) -> str:
    return f"{current / MA_PER_CM2:.4g} mA/cm2"


def _at_rest(cell: AssembledCell) -> tuple[float, str]:
    """Return the voltage of all cells in series at rest when they are charged, and what it is in words.

    A charged cell is at its upper voltage limit, where its full electrodes would be above; without an
    open-circuit curve nothing else is known.
    """
    shared, sides = cell.blueprint, cell.kind.sides(cell)
    limit = shared.operation.voltage.max
    if sides is None:
        return limit, "the upper voltage limit (no open-circuit curve is known)"
    full = float(cell_voltage(sides, np.zeros(1), shared.temperature)[0]) * shared.in_series
    cells = "the charged cell has" if shared.in_series == 1 else f"{shared.in_series} charged cells have"
    return min(full, limit), f"what {cells} at rest"
