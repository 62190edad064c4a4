"""The designs that tfgeom ships, for tests that start from one of them."""

from pathlib import Path
from typing import Any

from tfgeom.design import read_mapping

ROOT = Path(__file__).parent.parent
DESIGNS = ROOT / "designs"
SHIPPED = sorted(DESIGNS.glob("*.yaml"))
PEARSE = DESIGNS / "pearse_2018_holes_30um.yaml"
IMEC = DESIGNS / "imec_2017_pillars_cl_tio2.yaml"
DANILOV = DESIGNS / "danilov_2011_planar.yaml"
LEI = DESIGNS / "lei_2020_honeycomb.yaml"
"""A solid cell in holes, a flooded one on pillars, a flat one, and a relief without a cell."""


def mapping_of(design: Path, **changes: Any) -> dict[str, Any]:
    """Return a shipped design as a mapping of one's own, some sections replaced."""
    return read_mapping(design)[0] | changes
