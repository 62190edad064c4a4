"""What the collectors lose across the chip: how long a chip may be, and what one of its size still gives."""

from collections.abc import Collection, Mapping

from tfgeom.cells.assembled import AssembledCell
from tfgeom.cells.sheets import Sheets, collector_sheets
from tfgeom.design.schema import Chip
from tfgeom.rows import Numbers, alike, larger
from tfgeom.transport.chip import length_that_keeps, opposite_edges_share, same_edge_share

_KEPT = 0.9
_OPPOSITE = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}


def longest_chip(cell: AssembledCell, asr: Numbers | None) -> Numbers | str:
    """Return the length that loses 10 %, contacted along one edge (m), or why it is not known.

    Parameters
    ----------
    cell
        The cell.
    asr
        Area-specific resistance of all cells in series, ohm m²; None where it is not known.
    """
    if asr is None:
        return "the resistance is not known"
    if alike(asr == 0):
        return "no loss of the cell itself is known"
    found = collector_sheets(cell)
    return found if isinstance(found, str) else length_that_keeps(_KEPT, found.inner, found.outer, asr)


def share_of_chip(cell: AssembledCell, asr: Numbers | None) -> tuple[Numbers, str] | str:
    """Return the share of a small current that the design's chip keeps and how it is contacted, or why not.

    Both collectors are contacted along one edge, a short one unless the design says where; or along
    opposite edges.

    Parameters
    ----------
    cell
        Of a design with a chip.
    asr
        As for `longest_chip`.
    """
    chip = cell.blueprint.design.chip
    longest = longest_chip(cell, asr)
    found = collector_sheets(cell)
    if isinstance(longest, str) or isinstance(found, str) or chip is None or asr is None:
        return longest if isinstance(longest, str) else "the design has no chip"
    return _share(chip, found, asr)


def _share(chip: Chip, found: Sheets, asr: Numbers) -> tuple[Numbers, str] | str:
    width, length = chip.width - 2 * chip.border, chip.length - 2 * chip.border
    across = {"left": width, "right": width, "top": length, "bottom": length}
    inner, outer = (
        {contact.edge for contact in chip.contacts if contact.collector == side}
        for side in ("inner", "outer")
    )
    sheets = found.inner, found.outer
    if not chip.contacts:
        return same_edge_share(*sheets, asr, larger(width, length)), "contacted along one short edge"
    both = inner & outer
    if both:  # each further contact only helps
        edge = _nearest(both, across)
        return same_edge_share(*sheets, asr, across[edge]), f"contacted along its {edge} edge"
    facing = {edge for edge in inner if _OPPOSITE[edge] in outer}
    if facing:
        edge = _nearest(facing, across)
        share = opposite_edges_share(*sheets, asr, across[edge])
        return share, f"contacted along its {edge} and {_OPPOSITE[edge]} edges"
    return (
        "not yet supported: contacts of the two collectors on edges that neither are one nor face each other"
    )


def _nearest(edges: Collection[str], across: Mapping[str, Numbers]) -> str:
    """Return the edge with the shortest way across the chip, of equal ones the first by name."""
    best, *others = sorted(edges)
    for edge in others:
        if alike(across[edge] < across[best]):
            best = edge
    return best
