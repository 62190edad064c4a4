"""The parts of a sweep together: one folder, as if one run had filled it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tfgeom.errors import OutputError
from tfgeom.sweep.folder import (
    SWEEP,
    Copies,
    Manifest,
    StoredSweep,
    base_name,
    open_folder,
    read_manifest,
    read_sweep,
    write_tables,
)
from tfgeom.sweep.table import CSV, in_order


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of a merge: lines to say, and what is missing of the sweep."""

    lines: tuple[str, ...]
    missing: tuple[str, ...] = ()


def merge_sweeps(folders: Sequence[Path], output: Path | None = None) -> Merged:
    """Join the rows of parts of one sweep.

    Parameters
    ----------
    folders
        Folders of parts, or folders that hold such.
    output
        Where the whole goes; by default the one folder that holds the parts.

    Raises
    ------
    OutputError
        If a folder holds no part, or they are not of one sweep.
    """
    if not folders:
        raise OutputError("merge: give the folders of the parts, for example 'tfgeom sweep merge DIR'")
    if output is None and len(folders) > 1:
        raise OutputError("merge: give the folder for the whole with -o")
    target = folders[0] if output is None else output
    parts = [part for folder in folders for part in _parts(folder)]
    first = parts[0].manifest
    for part in parts[1:]:
        _require_one_sweep(parts[0], part)
    texts = {
        name: (part_file, part_file.read_text(encoding="utf-8"))
        for name in (SWEEP, *map(base_name, range(len(first.layout.bases))))
        if (part_file := parts[0].folder / name).is_file()
    }
    keys = {
        name: next((part.manifest.keys[name] for part in parts if part.manifest.keys[name]), None)
        for name in first.keys
    }
    whole = replace(first, part=None, keys=keys)
    with open_folder(target, whole, Copies(texts), force=False) as journal:
        there = {(one["stage"], one["point"]) for one in journal.records}
        for part in parts:
            new = [one for one in part.records if (one["stage"], one["point"]) not in there]
            there |= {(one["stage"], one["point"]) for one in new}
            journal.append(new)
        records = in_order(journal.records, whole.layout.then)
        lacking = write_tables(target, whole.layout, records)
    return _told(target, whole, {point for stage, point in there if stage == 0}, len(records), lacking)


def _told(target: Path, whole: Manifest, there: set[int], rows: int, lacking: str) -> Merged:
    points = whole.layout.points
    missing = [lacking] if lacking else []
    if len(there) < points:
        first = next(number for number in range(points) if number not in there)
        missing = [
            f"{target}: {points - len(there)} of {points} points are missing, the first is number {first}; "
            f"finish the parts and merge again, or run the rest with 'tfgeom sweep SWEEP -o {target}'",
            *missing,
        ]
    then = whole.layout.then
    lines = [f"{target / CSV}: {rows} points"]
    if then is not None and len(there) == points and rows == points:
        lines.append(f"the best {then.best} at {then.fidelity} come next: 'tfgeom sweep SWEEP -o {target}'")
    return Merged(tuple(lines), tuple(missing))


def _parts(folder: Path) -> list[StoredSweep]:
    """Return the sweeps of a folder: itself, what it holds, or both where parts were merged before."""
    inner = sorted(path for path in folder.glob("part-*-of-*") if path.is_dir())
    found = [read_sweep(path) for path in inner if read_manifest(path) is not None]
    if read_manifest(folder) is not None:
        found.append(read_sweep(folder))
    if not found:
        raise OutputError(f"{folder}: holds no part of a sweep; give the -o that the parts were run with")
    return found


def _require_one_sweep(one: StoredSweep, other: StoredSweep) -> None:
    if one.manifest.sweep_sha256 != other.manifest.sweep_sha256:
        keys = [key for key in one.manifest.asked if one.manifest.asked[key] != other.manifest.asked.get(key)]
        raise OutputError(
            f"{other.folder}: is of another sweep than {one.folder} (not the same: {', '.join(keys)}); "
            "leave it out"
        )
    if one.manifest.version != other.manifest.version:
        raise OutputError(
            f"{other.folder}: is by tfgeom {other.manifest.version} and {one.folder} by "
            f"{one.manifest.version}; run its parts again with one version"
        )
