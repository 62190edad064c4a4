"""Files that people give for a design although they are none: sweeps, results, pages, meshes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tfgeom.errors import DesignError, Issue
from tfgeom.marks import has_mark

_WRITTEN = {
    ".html": "a page",
    ".htm": "a page",
    ".pdf": "a printed report",
    ".png": "a picture",
    ".csv": "a table",
}


def refuse_written(path: str | Path) -> None:
    """Refuse a page, picture or mesh that tfgeom wrote, before it is taken for YAML with faults.

    Raises
    ------
    DesignError
        With one message that says what the file is.
    """
    file = Path(path)
    if file.suffix.lower() == ".json" or str(path) == "-" or not has_mark(file):
        return  # results in JSON read as YAML, and are known by their keys
    what = _WRITTEN.get(file.suffix.lower(), "a mesh")
    raise DesignError(
        [Issue("", f"is {what} that tfgeom wrote, not a design; give the YAML file it was made of")],
        str(path),
    )


def refuse_other_kinds(mapping: Mapping[str, Any], file: str) -> None:
    """Refuse a sweep or a result, known by its keys, instead of counting every key as unknown.

    Parameters
    ----------
    mapping
        What the file holds.
    file
        Its name as the user gave it.

    Raises
    ------
    DesignError
        With one message that says what the file is, and which command takes it.
    """
    message = _another_kind(mapping, file)
    if message:
        raise DesignError([Issue("", message, 1, 1)], file)


def _another_kind(mapping: Mapping[str, Any], file: str) -> str:
    if "relief" in mapping:
        return ""
    if "vary" in mapping or "base" in mapping:
        base = mapping.get("base")
        names = [one for one in (base if isinstance(base, list) else [base]) if isinstance(one, str)]
        of = f"; a design that it changes is {names[0]:.200}" if names else ""
        return f"is a sweep, not a design: 'tfgeom sweep {file}' computes it{of}"
    name = mapping.get("name")
    of = f" ('{name:.200}')" if isinstance(name, str) else ""
    if isinstance(mapping.get("designs"), list) and "at" in mapping:
        return "holds the numbers of a comparison, not a design; give the YAML files that were compared"
    if "design_sha256" in mapping:
        return f"holds numbers of a design{of}, not the design; give the YAML file they were computed from"
    return ""
