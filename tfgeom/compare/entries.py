"""The designs of a comparison: each evaluated in closed form, or an entry with its error.

One bad file does not hide the others.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from tfgeom.characters import visible
from tfgeom.design import Design, load_design
from tfgeom.errors import DesignError, TfgeomError
from tfgeom.evaluation import evaluate
from tfgeom.results import Evaluation, RatePoint, Result, Shown, Value, results_shown
from tfgeom.units import MA_PER_CM2

_NEAR = 1.001  # a current that is a step of the grid but for its last digits

AXES: dict[str, str] = {
    "footprint_capacity": "delivered capacity, uAh/cm^2 of footprint",
    "c_rate": "C-rate (of each cell's own capacity)",
    "current": "footprint current, mA/cm^2",
}
"""What designs can be compared at, and the label of that axis."""

Which = Literal["cell", "planar_same_films", "planar_same_capacity"]
WHICH: dict[Which, str] = {
    "cell": "",
    "planar_same_films": "plane, same films",
    "planar_same_capacity": "plane, same capacity",
}
"""The three cells of a design: its own and its two planes, in words."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One design of a comparison.

    Attributes
    ----------
    file
        The design file.
    name
        Name of the design, made distinct with the file's when two designs share it; the file's when the
        design cannot be read.
    evaluation
        Its numbers; None when it failed.
    error
        What kept it from being evaluated, as the command line prints it.
    """

    file: str
    name: str
    evaluation: Evaluation | None
    error: str = ""

    @property
    def incomplete(self) -> tuple[str, ...]:
        """Constants whose loss is left out of resistance or rate."""
        found = self.evaluation
        if found is None:
            return ()
        missing = [] if found.resistance is None else list(found.resistance.incomplete)
        missing += [name for row in found.rate or () for name in row.incomplete]
        return tuple(dict.fromkeys(missing))


class Curve(NamedTuple):
    """Rate points of one cell: index of its entry, which cell of it, abscissae and ordinates."""

    entry: int
    which: Which
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Designs beside each other; ``at`` is a key of `AXES`."""

    at: str
    entries: tuple[Entry, ...]

    @property
    def failed(self) -> int:
        """Number of designs that could not be evaluated."""
        return sum(entry.evaluation is None for entry in self.entries)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object of ``tfgeom compare --json``."""
        return {"at": self.at, "designs": [_plain(entry) for entry in self.entries]}


def compare_designs(files: Iterable[str | Path], at: str = "current") -> Comparison:
    """Return several designs evaluated in closed form, with rates where they can be compared.

    Parameters
    ----------
    files
        Design files.
    at
        ``c_rate``: all at the C-rates of all files.  ``current``: all at the same footprint currents, 1-2-5
        a decade over what the files ask for.  ``footprint_capacity``: at what their own rates deliver.

    Raises
    ------
    DesignError
        When ``at`` is none of these.
    """
    if at not in AXES:
        raise DesignError.at("--at", f"'{at}' is unknown; use one of {', '.join(AXES)}")
    read = [(str(file), *_load(file)) for file in files]
    designs = [design for _, design, _ in read if design is not None]
    repeated = Counter(design.name for design in designs)
    asked = _asked(designs, at)
    entries = []
    for file, design, error in read:
        if design is None:
            entries.append(Entry(file, visible(Path(file).stem), None, error))
        else:
            name = f"{design.name} ({visible(file)})" if repeated[design.name] > 1 else design.name
            entries.append(Entry(file, name, *_evaluate(_with_rates(design, asked))))
    return Comparison(at, tuple(entries))


def cells_of(found: Evaluation) -> list[Which]:
    """Return which cells of a design have numbers: a relief without a cell has no planes."""
    return ["cell"] if found.capacity is None else list(WHICH)


def value_of(one: Result, found: Evaluation, which: Which) -> Value:
    """Return a number of a design's cell or of one of its planes; None where it is not known."""
    return one.of(found) if which == "cell" else one.of_plane(found, which.removeprefix("planar_"))


def rate_curves(comparison: Comparison) -> list[Curve]:
    """Return the rate curves of all cells on the comparison's axis; a flat design has no planes beside it.

    Ordinate is the delivered capacity, or the footprint current where the abscissa is the capacity.
    """
    curves = []
    for index, entry in enumerate(comparison.entries):
        found = entry.evaluation
        if found is None or not found.rate:
            continue
        for which in WHICH:
            if which != "cell" and found.geometry.is_flat:
                continue
            points = []
            for row in found.rate:
                point: RatePoint = row
                if which != "cell":
                    plane = getattr(row, which)
                    point = plane.at_c_rate if comparison.at == "c_rate" else plane.at_current
                points.append(_place(point, comparison.at))
            curves.append(Curve(index, which, tuple(sorted(points))))
    return curves


def _place(point: RatePoint, at: str) -> tuple[float, float]:
    if at == "footprint_capacity":
        return point.capacity_uAh_cm2, point.footprint_current_mA_cm2
    return (point.c_rate if at == "c_rate" else point.footprint_current_mA_cm2), point.capacity_uAh_cm2


def _load(file: str | Path) -> tuple[Design | None, str]:
    try:
        return load_design(file), ""
    except TfgeomError as error:
        return None, str(error)


def _evaluate(design: Design) -> tuple[Evaluation | None, str]:
    try:
        return evaluate(design), ""
    except TfgeomError as error:
        return None, str(error)


def _asked(designs: Sequence[Design], at: str) -> dict[str, tuple[float, ...]]:
    """Return the rates that all designs are to be computed at; empty to leave each its own."""
    if at == "c_rate":
        rates = {rate for design in designs if design.operation for rate in design.operation.c_rates}
        return {"c_rates": tuple(sorted(rates)), "footprint_currents": ()}
    if at == "footprint_capacity":
        return {}
    evaluated = (_evaluate(design)[0] for design in designs)
    currents = [row.footprint_current_mA_cm2 for found in evaluated if found for row in found.rate or ()]
    currents = [current for current in currents if current > 0]
    if not currents:
        return {}
    grid = (step * 10.0**power for power in range(-9, 10) for step in (1, 2, 5))
    within = [value for value in grid if min(currents) <= value * _NEAR and value <= max(currents) * _NEAR]
    chosen = within or sorted(set(currents))
    return {"c_rates": (), "footprint_currents": tuple(value * MA_PER_CM2 for value in chosen)}


def _with_rates(design: Design, asked: dict[str, tuple[float, ...]]) -> Design:
    if design.operation is None or not asked:
        return design
    return design.model_copy(update={"operation": design.operation.model_copy(update=asked)})


def _plain(entry: Entry) -> dict[str, Any]:
    found = entry.evaluation
    head = {"file": entry.file, "name": entry.name, "status": "ok" if found else "failed"}
    if found is None:
        return {**head, "error": entry.error}
    shown = results_shown(Shown.COMPARED)
    beside = [one for one in shown if one.number.planes]
    return {
        **head,
        "error": "",
        "fidelity": found.fidelity,
        "kind": found.geometry.kind,
        **{one.name: one.of(found) for one in shown},
        **{
            which: {one.name: value_of(one, found, which) for one in beside}
            for which in cells_of(found)
            if which != "cell"
        },
        "incomplete": list(entry.incomplete),
        "rate": [asdict(row) for row in found.rate or ()],
        "notes": list(found.notes),
        "not_counted": [asdict(one) for one in found.not_counted],
    }
