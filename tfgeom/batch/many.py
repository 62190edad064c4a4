"""`evaluate_many`: n designs that differ in some values, together where they share what is discrete."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic_core import PydanticCustomError

from tfgeom.batch.columns import SET_FIRST, Column, place_in, read_column, read_table
from tfgeom.batch.designs import stands_at, with_numbers
from tfgeom.batch.groups import Failures, Found, Rows, run_rows
from tfgeom.batch.outputs import NoSuchNumberError, Numbers, Output, read_output
from tfgeom.design import Design, design_from_mapping, set_path
from tfgeom.errors import DesignError, TfgeomError
from tfgeom.evaluation import evaluate_cell
from tfgeom.reliefs.turning import key_in_kind
from tfgeom.rows import Refused

MOST_OWN_WORDS = 20
"""Of how many rows that fail the own words are looked up: each is computed once more, by itself."""
_TRIED = 8  # rows whose numbers may make the design that the others are put into


def evaluate_many(
    design: Design,
    table: Mapping[str, Sequence[Any]],
    outputs: Sequence[str],
    *,
    own_words: int = MOST_OWN_WORDS,
) -> dict[str, NDArray[Any]]:
    """Return numbers of n designs in closed form, as `tfgeom.evaluate` finds them for each.

    Parameters
    ----------
    design
        What they share, from `tfgeom.load_design`.
    table
        Dotted paths to n values each: ``{"relief.pitch": ["4 um", "5 um"]}``; text with a unit, SI floats in
        a list or an array, or what the design file holds there (kinds, materials, lattices).  Beside kinds
        of relief, ``relief.depth`` is the height of pillars too, and their diameter the width of trenches.
    outputs
        Names of numbers: the last words of a path in the JSON of `tfgeom.evaluate` where those are unique
        (``asr_ohm_cm2``), else the whole path (``rate.10C.utilisation``, at any C-rate).  Only what they take
        is computed.  Loads and protocols are computed design by design.
    own_words
        Of how many failing rows the own message is looked up; further ones get what is wrong in general.

    Returns
    -------
    dict[str, numpy.ndarray]
        A column an output, shape (n,): floats, nan where a row failed or a number is not known; words as
        objects.  And ``reason``: why a row has no numbers, empty where it has.

    Raises
    ------
    DesignError
        When a path or an output does not exist, the columns are of unequal length, or what is given is
        no design, no table or no list.
    """
    if not isinstance(design, Design):
        raise DesignError.at("design", f"must be one that was loaded, as by load_design, not {design!r:.60}")
    if isinstance(outputs, str) or not all(isinstance(name, str) for name in outputs):
        raise DesignError.at("outputs", f"must be a list of names, as ['asr_ohm_cm2'], not {outputs!r:.60}")
    columns = read_table(table)
    wanted = [read_output(name) for name in outputs]
    batch = _Batch(design, columns, wanted, len(next(iter(columns.values()))))
    for rows in batch.groups():
        batch.run(rows)
    batch.ask_own_words(own_words)
    return batch.columns()


class _Batch:
    """One call of `evaluate_many`."""

    def __init__(
        self, design: Design, table: Mapping[str, Sequence[Any]], wanted: Sequence[Output], n: int
    ) -> None:
        self.n = n
        self.design = design
        self.mapping = mapping_of(design)
        self.wanted = wanted
        self.together = [one for one in wanted if one.goes_together]
        self.apart = [one for one in wanted if not one.goes_together]
        self.found: dict[str, NDArray[Any]] = {}
        self.failures = Failures()
        self.turns = any(path in SET_FIRST for path in table)
        self.table = [
            read_column(self._path(path, design.relief.kind), values, design, self.mapping)
            for path, values in table.items()
        ]
        for column in self.table:
            for row, reason in column.reasons.items():
                self.failures.add(np.array([row]), f"{column.path}: {reason}", own=True)

    def groups(self) -> list[Rows]:
        """Return the rows that can be read, those together that share what parts designs."""
        parting = [column for column in self.table if column.place is None]
        good = np.array([row for row in range(self.n) if row not in self.failures.reason], dtype=np.int64)
        if not parting:
            return [good]
        found: dict[str, list[int]] = {}
        for row in good.tolist():
            found.setdefault(repr([column.given[row] for column in parting]), []).append(row)
        return [np.array(rows) for rows in found.values()]

    def run(self, rows: Rows) -> None:
        """Compute the rows of one group."""
        if not rows.size:
            return
        shared = self._base(rows)
        arrays = [column for column in self.table if column.place is not None]
        places = [] if shared is None else [place_in(column, shared) for column in arrays]
        if shared is None or None in places:  # none can be read, or takes its numbers so: each says why
            for row in rows.tolist():
                self._alone(row)
            return

        def compute(some: Rows) -> Found:
            numbers = {
                place: _shared(column.numbers[some])
                for place, column in zip(places, arrays, strict=True)
                if place is not None and column.numbers is not None
            }
            try:
                changed = with_numbers(shared, numbers)
            except ValueError as error:  # what a section says of numbers that all rows share
                raise Refused(np.ones(some.shape, dtype=bool), _said(error)) from error
            made = Numbers(changed, self.together)
            return {one.name: made.of(one) for one in self.together}

        try:
            run_rows(rows, compute, self.failures, self._take)
        except NoSuchNumberError as error:
            raise DesignError.at("outputs", str(error)) from error
        if self.apart:
            for row in rows.tolist():
                if row not in self.failures.rows:
                    self._alone(row, self.apart)

    def _base(self, rows: Rows) -> Design | None:
        """Return a design with all that a group shares, whatever its numbers; None where none can be read."""
        stands = [one for one in self.table if one.place is not None and stands_at(self.design, one.place)]
        tries: list[Callable[[], Design]] = [partial(self._design_of, int(rows[0]), stands)]
        places = np.unique(np.linspace(0, len(rows) - 1, min(_TRIED, len(rows))).astype(int))
        tries += [partial(self._design_of, int(rows[place])) for place in places]
        for attempt in tries:
            try:
                return attempt()
            except TfgeomError:
                continue
        return None

    def _design_of(self, row: int, without: Sequence[Column] = ()) -> Design:
        """Return the design of a row, some of its columns left as they are."""
        changed: Mapping[str, Any] = self.mapping
        for column in self.table:
            if not any(column is one for one in without):
                kind = changed["relief"].get("kind") if self.turns else None
                changed = set_path(changed, self._path(column.path, kind), column.written(row))
        return design_from_mapping(changed)

    def _path(self, path: str, kind: object) -> str:
        """Return a path as a kind of relief has it, where the table has several."""
        head, _, key = path.partition(".")
        return f"relief.{key_in_kind(key, kind)}" if self.turns and head == "relief" and key else path

    def _alone(self, row: int, outputs: Sequence[Output] | None = None) -> None:
        """Compute one row by itself, as `tfgeom.evaluate` does where the whole of it is needed."""
        rows = np.array([row])
        wanted = self.wanted if outputs is None else outputs
        try:
            design = self._design_of(row)
            with design.located():
                made = Numbers(design, wanted)
                found = {one.name: made.of(one) for one in wanted if one.goes_together}
                if any(not one.goes_together for one in wanted):
                    evaluated = evaluate_cell(made.cell).to_dict()
                    found |= {one.name: _followed(evaluated, one) for one in wanted if not one.goes_together}
        except TfgeomError as error:
            self.failures.summary.pop(row, None)
            self.failures.add(rows, str(error).replace("\n", "; "), own=True)
        else:
            self.failures.summary.pop(row, None)
            self._take(rows, found)

    def ask_own_words(self, most: int) -> None:
        """Compute rows that failed in words for several by themselves, the first so many."""
        for row in sorted(self.failures.summary)[: max(most, 0)]:
            self._alone(row)

    def _take(self, rows: Rows, found: Found) -> None:
        for name, value in found.items():
            if name not in self.found:
                self.found[name] = np.full(self.n, np.nan)
            if value is None:
                continue
            column = np.asarray(value)
            if column.dtype.kind not in "fiub" and self.found[name].dtype != object:
                words: NDArray[Any] = np.full(self.n, None, dtype=object)
                self.found[name] = words
            self.found[name][rows] = column

    def columns(self) -> dict[str, NDArray[Any]]:
        """Return what was found, by output, and the reasons."""
        reasons: NDArray[Any] = np.full(self.n, "", dtype=object)
        failed = sorted(self.failures.rows)
        for row in failed:
            reasons[row] = self.failures.reason.get(row) or self.failures.summary[row]
        found = {one.name: self.found.get(one.name, np.full(self.n, np.nan)) for one in self.wanted}
        for column in found.values():
            column[failed] = None if column.dtype == object else np.nan
        return {**found, "reason": reasons}


def mapping_of(design: Design) -> dict[str, Any]:
    """Return the plain mapping of a design, which reads back to one of the same numbers.

    Why values were chosen is left out: it names paths that another relief need not have.
    """
    return design.model_dump(mode="json", exclude_defaults=True, exclude={"chosen"})


def _said(error: ValueError) -> str:
    """Return what a section says is wrong, with the keys in it where it names them."""
    context = error.context if isinstance(error, PydanticCustomError) else None
    issues = (context or {}).get("issues", ())
    return "; ".join(f"{error}.{key}: {message}" for key, message, _ in issues) or str(error)


def _shared(numbers: NDArray[np.float64]) -> Any:
    """Return numbers of some rows, as a float where they are all the same."""
    first = float(numbers[0])
    return first if (numbers == first).all() else numbers


def _followed(evaluated: Mapping[str, Any], output: Output) -> Any:
    node: Any = evaluated[output.section]
    if output.section == "rate":
        rates = [row for row in node or () if np.isclose(row["c_rate"], output.c_rate or 0.0)]
        node = rates[0] if rates else None
    for key in output.keys:
        if node is None:
            return None
        node = node.get(key) if isinstance(node, Mapping) else None
    return None if isinstance(node, (list, tuple, dict)) else node
