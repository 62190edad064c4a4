"""How tfgeom knows the files that it wrote: each format carries a mark that says so.

Pages name their generator, text formats have it in a comment, others in their metadata, and JSON by the hash
of the design it is of.  No design file carries a mark: what somebody wrote by hand is never taken for ours.
"""

import json
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from tfgeom import __version__

NAME = "tfgeom"
"""What stands where a format names the program that made it."""

_NEAR = 8192  # bytes at an end of a file in which a mark stands
_LARGEST_JSON = 50_000_000
_PNG_HEAD = 33  # signature and the chunk IHDR, which comes first
_SHA256 = re.compile(r"[0-9a-f]{64}")
_OF_INPUTS = ("relief", "vary")  # keys that every design and every sweep has, and no result
_PAGE = re.compile(
    rb'\s*<!doctype html>.{,6000}<meta name="generator" content="tfgeom [^"<>]*">', re.I | re.S
)


def comment(unit: str) -> str:
    """Return the first comment of formats whose comments are text; their coordinates are in ``unit``."""
    return f"{NAME}, coordinates in {unit}"


def has_mark(path: Path) -> bool:
    """Return whether a file is one that tfgeom wrote, by the mark of the format that its suffix names."""
    reads = _MARKS.get(path.suffix.lower())
    try:
        return reads is not None and reads(path)
    except (OSError, ValueError, LookupError, struct.error, zipfile.BadZipFile):  # cut, or another format
        return False


def add_mark(path: Path, suffix: str, unit: str | None = None) -> None:
    """Add the mark to a file that another program wrote: PNG, PDF, VTU or MSH, which read as before.

    With the unit of its coordinates, where there is one.
    """
    if suffix.lower() == ".png":
        content = path.read_bytes()
        chunk = b"tEXtSoftware\0" + f"{NAME} {__version__}".encode()
        size, check = struct.pack(">I", len(chunk) - 4), struct.pack(">I", zlib.crc32(chunk))
        path.write_bytes(content[:_PNG_HEAD] + size + chunk + check + content[_PNG_HEAD:])
        return
    with path.open("ab") as file:
        said = f", coordinates in {unit}" if unit else ""
        file.write(_AT_END[suffix.lower()] % f"{NAME} {__version__}{said}".encode())


_AT_END = {
    ".vtu": b"<!-- %s -->\n",
    ".msh": b"$Comments\n%s\n$EndComments\n",
    ".pdf": b"\n%%%s\n%%%%EOF\n",  # the last line of a PDF is the mark of its end
}


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_NEAR)


def _tail(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _NEAR))
        return file.read()


def _ends(pattern: bytes) -> Callable[[Path], bool]:
    mark = re.compile(pattern + rb"\s*\Z")
    return lambda path: mark.search(_tail(path)) is not None


def _begins(pattern: bytes) -> Callable[[Path], bool]:
    mark = re.compile(pattern)
    return lambda path: mark.match(_head(path)) is not None


def _json(path: Path) -> bool:
    if path.stat().st_size > _LARGEST_JSON:
        return False
    return _is_result(json.loads(path.read_bytes()))


def _is_result(content: object) -> bool:
    """Return whether JSON holds numbers of a design, and is no design or sweep itself."""
    if not isinstance(content, dict) or not _SHA256.fullmatch(str(content.get("design_sha256"))):
        return False
    return not any(key in content for key in _OF_INPUTS)


def _png(path: Path) -> bool:
    content, at = _head(path), 8
    while at + 8 <= len(content):
        size, kind = struct.unpack(">I4s", content[at : at + 8])
        if kind == b"tEXt" and content[at + 8 :].startswith(b"Software\0" + NAME.encode()):
            return content.startswith(b"\x89PNG\r\n\x1a\n")
        at += size + 12
    return False


def _svg(path: Path) -> bool:
    return re.search(rb"<dc:creator>\s*<cc:Agent>\s*<dc:title>tfgeom</dc:title>", _head(path)) is not None


def _glb(path: Path) -> bool:
    with path.open("rb") as file:
        magic, _, _, size, kind = struct.unpack("<4sIII4s", file.read(20))
        described = json.loads(file.read(min(size, _LARGEST_JSON)))
    return bool(magic == b"glTF" and kind == b"JSON" and described["asset"]["generator"] == NAME)


def _3mf(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive, archive.open("3D/3dmodel.model") as model:
        return f'<metadata name="Application">{NAME}</metadata>'.encode() in model.read(_NEAR)


_RATES = _begins(rb"design,cell,(c_rate,footprint_current_mA_cm2,|cycle,step,time_s,)")
_MARKS: dict[str, Callable[[Path], bool]] = {
    ".html": lambda path: _PAGE.match(_head(path)) is not None,
    ".htm": lambda path: _PAGE.match(_head(path)) is not None,
    ".json": _json,
    # no comment would do: readers take all as data; nobody else heads a table as rate curves are
    ".csv": lambda path: _RATES(path) or _json(path.with_suffix(".json")),
    ".vtu": _ends(rb"</VTKFile>\s*<!-- tfgeom \S+ -->"),
    ".msh": _ends(rb"\$Comments\ntfgeom [^\n]+\n\$EndComments"),
    ".pdf": _ends(rb"\n%tfgeom \S+\n%%EOF"),
    ".stl": _ends(rb"\nendsolid tfgeom(, coordinates in \w+)?"),
    # in YAML that comment could stand above a design; a line of a name or a point alone could not
    ".obj": _begins(rb"# tfgeom, coordinates in \w+\n[ov] "),
    ".ply": _begins(rb"ply\nformat binary_little_endian 1\.0\ncomment tfgeom, coordinates in \w+\n"),
    ".png": _png,
    ".svg": _svg,
    ".glb": _glb,
    ".3mf": _3mf,
}
