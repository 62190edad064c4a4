"""What one may choose of files of elements, and where to go for formats that are not written."""

from dataclasses import dataclass
from pathlib import Path

from tfgeom.errors import OutputError
from tfgeom.meshing.msh_files import VERSIONS

ELEMENT_SUFFIXES = (".vtu", ".msh")
"""Formats that hold elements."""
MASK_SUFFIXES = (".gds", ".oas", ".dxf", ".cif")
"""Formats of lithography, which no mesh goes to."""

_BY_GMSH = "write .msh, which gmsh turns into it with the names of films and faces: gmsh x.msh -save -o x{}"
_BY_MESHIO = (
    "write .msh with --hexahedra, which meshio turns into it, one kind of element a file (meshes/README.md)"
)
_NO_CURVES = "curved solids are not written; bodies as triangles are, .stl or .3mf"
_OTHERS = {
    **dict.fromkeys((".inp", ".med", ".unv", ".cgns"), _BY_GMSH),
    **dict.fromkeys(
        (".bdf", ".nas"), "write .msh, which gmsh turns into it, numbers only: gmsh x.msh -save -o x.bdf"
    ),
    **dict.fromkeys((".xdmf", ".xmf"), _BY_MESHIO),
    **dict.fromkeys((".vtk", ".vtp", ".pvd", ".vtm", ".vtkhdf"), "write .vtu, which ParaView and VTK open"),
    **dict.fromkeys((".step", ".stp", ".iges", ".igs", ".brep", ".sat"), _NO_CURVES),
}


@dataclass(frozen=True, slots=True)
class ElementChoices:
    """How elements are written.

    Attributes
    ----------
    version
        Of MSH, one of `VERSIONS`.
    text
        Whether MSH has its numbers as text.
    hexahedra
        Whether wedges, pyramids and tetrahedra are written as hexahedra with corners in one place.
    """

    version: str
    text: bool
    hexahedra: bool


def element_choices(target: Path, msh: str | None, text: bool, hexahedra: bool) -> ElementChoices:
    """Return the choices of a command; those that are not for the target's format raise OutputError."""
    suffix = target.suffix.lower()
    if msh is not None and msh not in VERSIONS:
        raise OutputError(f"--msh {msh}: unknown; use {' or '.join(VERSIONS)}")
    if suffix != ".msh" and (msh is not None or text):
        word = "--ascii" if msh is None else "--msh"
        raise OutputError(f"{target}: {word} is for .msh only; leave it out, or write .msh")
    if suffix not in ELEMENT_SUFFIXES and hexahedra:
        raise OutputError(
            f"{target}: --hexahedra is for .vtu and .msh only; leave it out, or write one of them"
        )
    return ElementChoices(msh or VERSIONS[0], text, hexahedra)


def way_to(suffix: str) -> str | None:
    """Return how to get to a format that is not written; None where no way is known."""
    way = _OTHERS.get(suffix.lower())
    return None if way is None else way.format(suffix.lower())
