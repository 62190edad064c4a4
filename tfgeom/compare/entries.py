"""The designs of a comparison: each evaluated on the one road, or an entry with its error.

One bad file does not hide the others.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tfgeom import __version__
from tfgeom.bands.whole import BandSettings, with_bands
from tfgeom.cells.kinds import assemble_cell
from tfgeom.characters import visible
from tfgeom.compare.market import MarketRow, market_rows
from tfgeom.compare.places import AXES, Discharges, discharges_of, shared_places
from tfgeom.compare.which import WHICH, Which
from tfgeom.design import Design, load_design
from tfgeom.errors import DesignError, TfgeomError
from tfgeom.evaluation import check_fidelity, evaluate, evaluate_best
from tfgeom.results import Evaluation, Result, Shown, Value, results_shown
from tfgeom.results.whole import plain


@dataclass(frozen=True, slots=True)
class Entry:
    """One design of a comparison.

    Attributes
    ----------
    number
        Its place in the comparison, from 1: what short tables call it.
    file
        The design file.
    name
        Name of the design, made distinct with the file's when two designs share it; the file's when the
        design cannot be read.
    evaluation
        Its numbers, those it has alone; None when it failed.
    error
        What kept it from being evaluated, as the command line prints it.
    discharges
        What it delivers at the places of the comparison, and between them.
    """

    number: int
    file: str
    name: str
    evaluation: Evaluation | None
    error: str = ""
    discharges: Discharges = field(default_factory=Discharges)

    @property
    def label(self) -> str:
        """Number and name."""
        return f"({self.number}) {self.name}"

    @property
    def incomplete(self) -> tuple[str, ...]:
        """Constants whose loss is left out of resistance or rate."""
        found = self.evaluation
        if found is None:
            return ()
        missing = [] if found.resistance is None else list(found.resistance.incomplete)
        missing += [name for row in self.discharges.at_places for name in row.incomplete]
        return tuple(dict.fromkeys(missing))


@dataclass(frozen=True, slots=True)
class Comparison:
    """Designs beside each other; ``at`` is a key of `AXES`, ``fidelity`` what was asked for.

    ``market`` has them beside what one can buy; empty unless that was asked for.
    """

    at: str
    fidelity: str
    entries: tuple[Entry, ...]
    market: tuple[MarketRow, ...] = ()

    @property
    def failed(self) -> int:
        """Number of designs that could not be evaluated."""
        return sum(entry.evaluation is None for entry in self.entries)

    @property
    def evaluated(self) -> list[tuple[Entry, Evaluation]]:
        """The designs that have numbers, with them."""
        return [(entry, entry.evaluation) for entry in self.entries if entry.evaluation is not None]


def compare_designs(
    files: Iterable[str | Path],
    at: str = "current",
    fidelity: str = "analytic",
    finished: Callable[[bool], None] = lambda _: None,
    *,
    market: bool = False,
    bands: BandSettings | None = None,
) -> Comparison:
    """Return several designs evaluated, with rates where they can be compared.

    Parameters
    ----------
    files
        Design files.
    at
        ``c_rate``: all at the C-rates of all files.  ``current``: all at the same footprint currents, 1-2-5
        a decade over what the files ask for.  ``footprint_capacity``: at what their own rates deliver.
    fidelity
        ``analytic``; ``film``: with discharges by the film model; or ``fem``: by finite elements where a
        design allows it, else in closed form with a note.
    bands
        How sure the numbers are is found out so; not at all by default.

    Raises
    ------
    DesignError
        When ``at`` or ``fidelity`` is none of these.
    UnsupportedError
        When the fidelity is not built.
    """
    if at not in AXES:
        raise DesignError.at("--at", f"'{at}' is unknown; use one of {', '.join(AXES)}")
    check_fidelity(fidelity)
    read = [(str(file), *_load(file)) for file in files]
    repeated = Counter(design.name for _, design, _ in read if design is not None)
    entries = []
    for number, (file, design, error) in enumerate(read, start=1):
        found = None
        if design is not None:
            found, error = _evaluate(design, fidelity, bands)  # noqa: PLW2901 (a design that was read has none)
        name = visible(Path(file).stem) if design is None else visible(design.name)
        if design is not None and repeated[design.name] > 1:
            name = f"{name} ({visible(file)})"
        entries.append((number, file, name, found, error))
        finished(found is not None)
    places = shared_places([found for *_, found, _ in entries if found is not None], at)
    return Comparison(
        at,
        fidelity,
        tuple(
            Entry(*one, Discharges() if one[3] is None else discharges_of(one[3], at, places))
            for one in entries
        ),
        market_rows([(name, found) for _, _, name, found, _ in entries if found is not None])
        if market
        else (),
    )


def cells_of(found: Evaluation) -> list[Which]:
    """Return which cells of a design have numbers: a relief without a cell has no planes."""
    return ["cell"] if found.capacity is None else list(WHICH)


def value_of(one: Result, found: Evaluation, which: Which) -> Value:
    """Return a number of a design's cell or of one of its planes; None where it is not known."""
    return one.of(found) if which == "cell" else one.of_plane(found, which.removeprefix("planar_"))


def _load(file: str | Path) -> tuple[Design | None, str]:
    try:
        return load_design(file), ""
    except TfgeomError as error:
        return None, str(error)


def _evaluate(design: Design, fidelity: str, bands: BandSettings | None) -> tuple[Evaluation | None, str]:
    try:
        found = evaluate_best(assemble_cell(design)) if fidelity == "fem" else evaluate(design, fidelity)
        return (found if bands is None else with_bands(found, bands)), ""
    except TfgeomError as error:
        return None, str(error)


def comparison_json(comparison: Comparison, verdict: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the JSON object of ``tfgeom compare --json``; ``verdict`` is what is said of the designs.

    The hash of all designs together marks it as written by tfgeom.
    """
    hashes = "".join(found.design_sha256 for _, found in comparison.evaluated)
    return {
        "version": __version__,
        "design_sha256": hashlib.sha256(hashes.encode()).hexdigest(),
        "at": comparison.at,
        "fidelity": comparison.fidelity,
        "verdict": verdict,
        "designs": [_plain(entry) for entry in comparison.entries],
        **({"market": [asdict(row) for row in comparison.market]} if comparison.market else {}),
    }


def _plain(entry: Entry) -> dict[str, Any]:
    found = entry.evaluation
    head = {"file": entry.file, "name": entry.name, "status": "ok" if found else "failed"}
    if found is None:
        return {**head, "error": entry.error}
    shown = results_shown(Shown.COMPARED)
    beside = [one for one in shown if one.number.planes]
    resistance = found.resistance
    return {
        **head,
        "error": "",
        "design_sha256": found.design_sha256,
        "fidelity": found.fidelity,
        "kind": found.geometry.kind,
        **_nested((one, one.of(found)) for one in shown),
        **{
            which: _nested((one, value_of(one, found, which)) for one in beside)
            for which in cells_of(found)
            if which != "cell"
        },
        "resistance_method": None if resistance is None else resistance.method,
        "asr_by_part_ohm_cm2": None if resistance is None else dict(resistance.asr_by_part_ohm_cm2),
        "incomplete": list(entry.incomplete),
        "rate": [asdict(row) for row in entry.discharges.at_places],
        **({} if found.bands is None else {"bands": plain(found.bands)}),
        "notes": list(found.notes),
        "not_counted": [asdict(one) for one in found.not_counted],
    }


def _nested(values: Iterable[tuple[Result, Value]]) -> dict[str, Any]:
    """Return values by their keys within their sections, groups as objects."""
    nested: dict[str, Any] = {}
    for one, value in values:
        *groups, last = one.number.path
        place = nested
        for group in groups:
            place = place.setdefault(group, {})
        place[last] = value
    return nested
