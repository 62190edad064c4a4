"""Cells whose columns are all alike: one column stands for them, and prescribed currents need no stepping."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tfgeom.transport.discharge.film_cell import FilmCell, FilmColumns, FilmElectrode, SeriesRow

Floats = NDArray[np.float64]

_ALIKE = 1e-6  # relative


def one_column(cell: FilmCell) -> FilmCell | None:
    """Return the cell as one column; None where its columns are not alike, or more than they count.

    Columns are alike when films are as thick and as curved in all of them, and all that they have grows with
    their share of the current: sheets, weak electrolytes and leaks ask for the columns themselves.
    """
    if cell.sheets or cell.weak or cell.leak:
        return None
    films = [one for one in (cell.cathode, cell.anode) if one.columns is not None]
    shares = _shares(films[0]) if films else cell.cathode.face / cell.cathode.face.sum()
    electrodes = [_merged(one, shares) for one in (cell.cathode, cell.anode)]
    rows = [_merged_row(row, shares) for row in cell.ohmic]
    cathode, anode = electrodes
    if cathode is None or anode is None:
        return None
    found = tuple(row for row in rows if row is not None)
    if len(found) < len(rows):
        return None
    return replace(cell, cathode=cathode, anode=anode, ohmic=(*found, *cell.joint), joint=())


def _shares(electrode: FilmElectrode) -> Floats:
    assert electrode.columns is not None
    volume = electrode.columns.volume
    return np.asarray(volume / volume.sum())


def _alike(values: Floats) -> bool:
    return float(np.ptp(values)) <= _ALIKE * float(np.abs(values).max())


def _merged(electrode: FilmElectrode, shares: Floats) -> FilmElectrode | None:
    """Return an electrode as one column; None where its columns are not alike."""
    columns, face = electrode.columns, np.array([electrode.face.sum()])
    if electrode.face.size == shares.size and not _alike(electrode.face / shares):
        return None
    if electrode.starts is not None and not _alike(electrode.starts + 1):
        return None
    if columns is None:
        return replace(electrode, face=face, starts=None)
    areas = columns.wetted, columns.middle, columns.blocked
    mean = (areas[0] + 4 * areas[1] + areas[2]) / 6
    same = [columns.thickness, columns.volume / shares, *(area / mean + 1 for area in areas)]
    if not all(_alike(one) for one in same):
        return None
    thickness = np.array([float(columns.volume.sum() / mean.sum())])
    merged = FilmColumns(thickness, *(np.array([area.sum()]) for area in areas))
    return replace(electrode, columns=merged, face=face, starts=None)


def _merged_row(row: SeriesRow, shares: Floats) -> SeriesRow | None:
    """Return a series loss on the sum of the currents; None where columns lose differently."""
    at_share = row.resistance * shares
    return replace(row, resistance=np.array([float(at_share.mean())])) if _alike(at_share) else None
