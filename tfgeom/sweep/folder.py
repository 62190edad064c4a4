"""The folder of a sweep: what it holds, who may write to it, and how it is read.

::

    manifest.json      version, what was asked with its hash, columns, seed, machine
    sweep.yaml         the sweep file, as it was given
    design.yaml        the design it starts from, resolved (design_2.yaml, ... where there are several)
    journal.jsonl      one line a finished row, appended as it comes
    results.csv        the table: parameters, status, error, numbers; results.parquet the same
    sweep.html         the page to look at it, which `tfgeom.report.render_sweep` writes

`read_sweep` is how others read it, while it is being written too.
"""

import hashlib
import json
import platform
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from tfgeom import __version__
from tfgeom.design import read_mapping, set_paths
from tfgeom.errors import MissingExtraError, OutputError, WriteError
from tfgeom.output import check_output, ensure_writable, is_folder, write_text
from tfgeom.sweep.columns import Column
from tfgeom.sweep.journal import NAME as JOURNAL
from tfgeom.sweep.journal import Journal, Record, open_journal, read_journal
from tfgeom.sweep.spec import Then
from tfgeom.sweep.table import CSV, PARQUET, Layout, in_order, write_csv, write_parquet

MANIFEST, SWEEP, PAGE = "manifest.json", "sweep.yaml", "sweep.html"
_FILE_SUFFIXES = (
    ".csv",
    ".tsv",
    ".xlsx",
    ".parquet",
    ".json",
    ".yaml",
    ".yml",
    ".html",
    ".htm",
    ".pdf",
    ".png",
)
_PACKAGES = ("numpy", "scipy", "shapely", "scikit-fem", "pyamg")
Part = tuple[int, int]
"""Which of how many parts, from 1."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a folder says of its sweep.

    Attributes
    ----------
    asked
        What the sweep asks for.
    layout
        Of its table.
    keys
        Output to the full key of its number, None where no point has shown it.
    part
        Which part of a sweep this is, None for a whole one.
    version
        Of tfgeom.
    """

    asked: Mapping[str, Any]
    layout: Layout
    keys: Mapping[str, str | None]
    part: Part | None = None
    version: str = __version__

    @property
    def sweep_sha256(self) -> str:
        """The hash of what is asked for."""
        return hashlib.sha256(json.dumps(self.asked, sort_keys=True).encode()).hexdigest()

    def text(self) -> str:
        """Return it as JSON."""
        layout = self.layout
        said = {
            "program": "tfgeom",
            "version": self.version,
            "sweep_sha256": self.sweep_sha256,
            "seed": self.asked.get("seed"),
            "points": layout.points,
            "part": self.part,
            "bases": layout.bases,
            "parameters": [
                {"path": path, "column": column.name, "unit": column.unit}
                for path, column in layout.parameters.items()
            ],
            "outputs": self.keys,
            "fidelities": layout.fidelities,
            "then": None if layout.then is None else asdict(layout.then),
            "asked": self.asked,
            "python": platform.python_version(),
            "packages": {name: found for name in _PACKAGES if (found := _version(name))},
            "host": platform.node(),
        }
        return json.dumps(said, indent=2) + "\n"


def read_manifest(folder: Path) -> Manifest | None:
    """Return what a folder says of its sweep, None for no sweep; raise OutputError where it is damaged."""
    path = folder / MANIFEST
    try:
        said = json.loads(path.read_bytes())
        then = said["then"]
        layout = Layout(
            tuple(said["bases"]),
            {one["path"]: Column(one["column"], one["unit"]) for one in said["parameters"]},
            tuple(said["outputs"]),
            tuple(said["fidelities"]),
            None if then is None else Then(**then),
            said["points"],
        )
        part = said["part"]
        found = Manifest(
            said["asked"], layout, said["outputs"], None if part is None else tuple(part), said["version"]
        )
    except FileNotFoundError:
        return None
    except OSError as error:
        raise OutputError(f"{path}: cannot be read ({(error.strerror or str(error)).lower()})") from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise OutputError(f"{path}: is no manifest of a sweep; give another folder with -o") from error
    return found


@dataclass(frozen=True, slots=True)
class StoredSweep:
    """A sweep as its folder holds it.

    Attributes
    ----------
    folder
        The folder.
    manifest
        What it says of the sweep.
    records
        Its finished rows as the journal has them, in the order of the table.
    """

    folder: Path
    manifest: Manifest
    records: tuple[Record, ...]

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the columns of what was varied or tied."""
        return tuple(column.name for column in self.manifest.layout.parameters.values())

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the columns of numbers."""
        return self.manifest.layout.outputs

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of all columns, in their order."""
        return self.manifest.layout.columns

    @property
    def rows(self) -> tuple[dict[str, Any], ...]:
        """The table: column to cell; status is ``ok``, ``failed`` or ``excluded``."""
        return tuple(map(self.manifest.layout.row, self.records))

    def design(self, row: int) -> dict[str, Any]:
        """Return the plain design of a row, which `tfgeom.design.design_from_mapping` takes."""
        record = self.records[row]
        base, _ = read_mapping(self.folder / base_name(record["base"]))
        return set_paths(base, record.get("set_to") or record["values"])


def read_sweep(folder: str | Path) -> StoredSweep:
    """Return the sweep of a folder: what is finished of it, whether or not it still runs.

    Raises
    ------
    OutputError
        If the folder holds none.
    """
    manifest = read_manifest(Path(folder))
    if manifest is None:
        raise OutputError(f"{folder}: holds no sweep ({MANIFEST} is missing); give the folder of one")
    records = in_order(read_journal(Path(folder) / JOURNAL), manifest.layout.then)
    return StoredSweep(Path(folder), manifest, tuple(records))


def base_name(number: int) -> str:
    """Return the file of the design that a sweep starts from, by its number from 0."""
    return "design.yaml" if number == 0 else f"design_{number + 1}.yaml"


@dataclass(frozen=True, slots=True)
class Copies:
    """What a sweep's folder keeps of what was read: name to the file and its text, and what else was read."""

    texts: Mapping[str, tuple[Path, str]]
    others: tuple[Path, ...] = ()

    @property
    def inputs(self) -> tuple[Path, ...]:
        """All files that are read."""
        return (*(source for source, _ in self.texts.values()), *self.others)


def check_folder(folder: Path, manifest: Manifest, copies: Copies, *, force: bool) -> None:
    """Refuse a folder that a sweep cannot or should not write to, before long work.

    Parameters
    ----------
    folder
        Where it would go.
    manifest
        What the sweep asks for: the same goes on there, another is refused.
    copies
        What was read for it.
    force
        Whether what is there may be given up; an input never.

    Raises
    ------
    OutputError
        With one message that says the way out.
    """
    if not is_folder(folder):
        if folder.suffix.lower() in _FILE_SUFFIXES:
            raise OutputError(
                f"{folder}: names a file, and a sweep writes a folder with {CSV} in it; give the name of a "
                f"folder with -o, for example {folder.stem}"
            )
        ensure_writable(folder)
        if folder.exists():
            raise OutputError(f"{folder}: is a file; give a folder for the results with -o")
        return
    for name in (CSV, PARQUET, MANIFEST, JOURNAL, PAGE):
        check_output(folder / name, (), copies.inputs, force=True)
    own = [name for name, (source, _) in copies.texts.items() if _same(folder / name, source)]
    for name in copies.texts:
        if name not in own:
            check_output(folder / name, (), copies.inputs, force=True)
    there = read_manifest(folder) if not force else None
    if there is not None:
        _require_same(folder, there, manifest)
        return
    for name in (CSV, PARQUET, MANIFEST, JOURNAL, PAGE, *copies.texts):
        path = folder / name
        if name not in own and path.exists() and path.stat().st_size and not force:
            raise OutputError(
                f"{path}: exists and is of no sweep that could go on; --force replaces it, or give another "
                "folder with -o"
            )


def _require_same(folder: Path, there: Manifest, now: Manifest) -> None:
    remedy = "--force begins anew there, or give another folder with -o"
    if there.sweep_sha256 != now.sweep_sha256:
        keys = [key for key in now.asked if there.asked.get(key) != now.asked[key]]
        raise OutputError(f"{folder}: holds another sweep (not the same: {', '.join(keys)}); {remedy}")
    if there.version != now.version:
        raise OutputError(
            f"{folder}: was begun by tfgeom {there.version} and this is {now.version}, whose numbers may "
            f"differ; {remedy}"
        )
    if there.part != now.part:
        whole = "the whole sweep" if there.part is None else f"part {there.part[0]}/{there.part[1]}"
        raise OutputError(f"{folder}: holds {whole}; give another folder with -o")


@contextmanager
def open_folder(folder: Path, manifest: Manifest, copies: Copies, *, force: bool) -> Iterator[Journal]:
    """Lend the journal of a sweep's folder, which is made where it is missing.

    Parameters
    ----------
    folder, manifest, copies, force
        As `check_folder` takes them.

    Raises
    ------
    OutputError
        As `check_folder`, or if another sweep writes there.
    """
    check_folder(folder, manifest, copies, force=force)
    made = not folder.exists()
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise WriteError(f"{folder}: cannot be made ({reason}); write elsewhere") from error
    try:
        with open_journal(folder / JOURNAL, anew=force) as journal:
            write_text(folder / MANIFEST, manifest.text())
            for name, (source, text) in copies.texts.items():
                if not _same(folder / name, source):
                    write_text(folder / name, text)
            made = False
            yield journal
    finally:
        if made:
            for path in folder.iterdir():
                path.unlink()
            folder.rmdir()


def write_tables(folder: Path, layout: Layout, records: Iterable[Record]) -> str:
    """Write the table of a sweep as CSV and Parquet; return what is missing of it, empty where nothing is."""
    rows = [layout.row(record) for record in records]
    try:
        write_csv(folder / CSV, layout.columns, rows)
        write_parquet(folder / PARQUET, layout.columns, rows)
    except WriteError as error:
        raise WriteError(f"{error}; all {len(rows)} rows are kept in {folder / JOURNAL}") from error
    except MissingExtraError as error:
        (folder / PARQUET).unlink(missing_ok=True)  # of an earlier run, and no longer the same table
        return str(error)
    return ""


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
