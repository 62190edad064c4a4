"""What a mesh file holds: the description that goes beside it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tfgeom.meshing.legend import Region
from tfgeom.meshing.mesh_report import MeshQuality


@dataclass(frozen=True, slots=True)
class Part:
    """A region or body that was written: volumes per unit cell, um³."""

    region: Region
    volume_um3: float
    closed_form_volume_um3: float

    @property
    def relative_error(self) -> float:
        """Relative difference of the volume from its closed form."""
        return self.volume_um3 / self.closed_form_volume_um3 - 1


@dataclass(frozen=True, slots=True)
class MeshFile:
    """What was written.

    Attributes
    ----------
    path
        The file.
    counts
        What it holds, as words: nodes and cells, or bodies and triangles.
    unit_cells
        Unit cells that it covers; below 1 for a sector.
    parts
        Its regions or bodies.
    quality
        Of the film mesh; None for bodies.
    unit
        Of the coordinates in the file.
    details
        Further entries of the sidecar.
    """

    path: Path
    counts: str
    unit_cells: float
    parts: tuple[Part, ...]
    quality: MeshQuality | None
    unit: str
    details: dict[str, Any]

    @property
    def cells_said(self) -> str:
        """How many unit cells it covers, as words: whole ones in full, of a sector its share."""
        whole = self.unit_cells >= 1
        return f"{self.unit_cells:,.0f} unit cells" if whole else f"{self.unit_cells:.4g} unit cells"

    def rows(self) -> list[tuple[str, str, str, str]]:
        """Return name, volume per unit cell, its closed form and their relative difference, as text."""
        numbers = [(p.volume_um3, p.closed_form_volume_um3, p.relative_error) for p in self.parts]
        return [
            (part.region.name, f"{volume:.6g}", f"{exact:.6g}", f"{error:.1e}")
            for part, (volume, exact, error) in zip(self.parts, numbers, strict=True)
        ]

    def sidecar(self) -> dict[str, Any]:
        """Return the description that goes beside the file."""
        described: dict[str, Any] = {"unit": self.unit, "unit_cells": self.unit_cells, **self.details}
        if self.quality is not None:
            described |= {
                "min_jacobian_um3": self.quality.min_jacobian_um3,
                "min_relative_jacobian": self.quality.min_relative_jacobian,
                "max_aspect_ratio": self.quality.max_aspect_ratio,
                "closure_error": self.quality.closure_error,
            }
        described["parts"] = [
            part.region.to_dict()
            | {
                "volume_um3": part.volume_um3,
                "closed_form_volume_um3": part.closed_form_volume_um3,
                "relative_error": part.relative_error,
            }
            for part in self.parts
        ]
        return described
