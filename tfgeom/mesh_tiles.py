"""How many unit cells a mesh file shows: as told, or as many as the chip holds."""

import math
import re

from tfgeom.cells.assembled import AssembledCell
from tfgeom.errors import DesignError, OutputError

DIE = "die"
"""Word for as many cells as the chip's active area holds."""
MAX_TILES = 999_999
"""Most cells along either side that may be asked for; files hold fewer."""
Tile = tuple[int, int]
"""Cells along x, and rows of them."""


def tile_of(text: str | None, assembled: AssembledCell) -> Tile | None:
    """Return the columns and rows of cells that ``NxM`` or ``die`` asks for; None where nothing is asked.

    Parameters
    ----------
    text
        As a person writes it.
    assembled
        The cell, whose chip ``die`` fills.

    Raises
    ------
    OutputError
        For other words.
    DesignError
        Where the chip is missing or too small.
    """
    if text is None:
        return None
    if text == DIE:
        return _die(assembled)
    found = re.fullmatch(r"(\d{1,99})[xX×](\d{1,99})", text.strip())
    if found is None or "0" in (found[1].lstrip("0") or "0", found[2].lstrip("0") or "0"):
        raise OutputError(f"--tiles {text}: write NxM with whole numbers from 1 on, such as 3x2, or {DIE}")
    columns, rows = int(found[1]), int(found[2])
    if max(columns, rows) > MAX_TILES:
        raise OutputError(f"--tiles {text}: write at most {MAX_TILES:,} along either side")
    return columns, rows


def _die(assembled: AssembledCell) -> Tile:
    """Return how many cells fit the chip inside its border."""
    chip, cell = assembled.blueprint.design.chip, assembled.relief
    if chip is None:
        raise DesignError.at("chip", f"the design has no chip; give its size, or write --tiles NxM for {DIE}")
    width, length = chip.width - 2 * chip.border, chip.length - 2 * chip.border
    across = cell.pitch or cell.footprint**0.5
    if cell.lattice == "hexagonal":
        # rows of hexagons reach into each other; every other one stands half a pitch to the side
        rows = _whole((length - across / math.sqrt(12)) / (cell.footprint / across))
        rows = rows if _whole(width / across - 0.5) else min(rows, 1)
        columns = _whole(width / across - (0.5 if rows > 1 else 0))
    else:
        columns, rows = _whole(width / across), _whole(length / (cell.footprint / across))
    if columns < 1 or rows < 1:
        raise DesignError.at("chip", "not one unit cell fits the chip inside its border")
    return columns, rows


def _whole(ratio: float) -> int:
    """Return how many times a length goes into another; one that divides it does so exactly."""
    return max(0, math.floor(ratio * (1 + 1e-9)))
