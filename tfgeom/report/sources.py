"""The tables of what the numbers rest on: published values, choices, constants and their sources."""

from collections.abc import Callable, Iterable, Sequence

from tfgeom.materials.constants import words_of, words_of_all
from tfgeom.metrics.estimates import ESTIMATED, estimates, trust_words
from tfgeom.numerals import MISSING, number, percent, quantity, signed_percent, typeset, unit_text
from tfgeom.report.table import Row, Table, TonedText
from tfgeom.results import Evaluation, ProvenanceNumbers, PublishedNumbers


def published_table(published: Sequence[PublishedNumbers]) -> Table:
    """Return measured numbers beside computed ones, capacities also beside their limit in theory."""
    judged = any(row.theoretical_limit is not None for row in published)
    words = {
        "inside": TonedText("inside the tolerance", "good"),
        "outside": TonedText("outside the tolerance", "bad"),
        "not_gated": TonedText("shown only"),
    }
    rows: list[Row] = []
    for row in published:
        rate = "" if row.c_rate is None else f" at {number(row.c_rate, 3)}C"
        unit = unit_text(row.unit)
        rows.append(
            (
                row.quantity.replace("_", " ") + rate,
                quantity(row.published, unit),
                quantity(row.computed, unit),
                *((quantity(row.theoretical_limit, unit),) if judged else ()),
                signed_percent(row.deviation),
                percent(row.tolerance),
                TonedText("above theory", "bad") if row.needs else words[row.verdict],
                row.confidence,
                _remarks(row, unit),
            )
        )
    limit = ("limit in theory",) if judged else ()
    head = (
        "quantity",
        "published",
        "computed",
        *limit,
        "deviation",
        "tolerance",
        "verdict",
        "known by",
        "source",
    )
    kept = [at for at in range(len(head)) if not rows or any(row[at] != MISSING for row in rows)]
    numeric = sum(at < 5 + len(limit) for at in kept)
    return Table(
        tuple(head[at] for at in kept), tuple(tuple(row[at] for at in kept) for row in rows), 1, numeric
    )


def _remarks(row: PublishedNumbers, unit: str) -> str:
    """Return source and note of a published number, and what a claim above theory would need."""
    needs = f"{quantity(row.published, unit)} is {_printed(row.needs)}" if row.needs else ""
    return typeset("; ".join(text for text in (needs, row.source, row.note) if text))


def _printed(text: str) -> str:
    return text.replace("uAh/cm^2/um", unit_text("uAh/cm^2/um"))


def estimates_table(provenance: Iterable[ProvenanceNumbers]) -> Table | None:
    """Return which constants are estimates or the user's own, a row per material; None without any."""
    rows = tuple(
        (one.material, _trusted(one.confidence), ", ".join(one.constants)) for one in estimates(provenance)
    )
    return Table(("material", "how it is known", "constants"), rows, 0, 0) if rows else None


def provenance_table(provenance: Iterable[ProvenanceNumbers]) -> Table:
    """Return every constant with its source."""
    rows = tuple(
        (row.material, words_of(row.property), _value(row), trust(row), _origin(row)) for row in provenance
    )
    return Table(("material", "constant", "value", "how it is known", "source"), rows, 2, 3)


def missing_constants(evaluation: Evaluation) -> str:
    """Return the constants whose loss is left out, in words."""
    found: dict[str, None] = {}
    if evaluation.resistance is not None:
        found.update(dict.fromkeys(evaluation.resistance.incomplete))
    for row in evaluation.rate or ():
        found.update(dict.fromkeys(row.incomplete))
    return words_of_all(found)


def chosen_table(chosen: Iterable[tuple[str, str]], value_at: Callable[[str], str]) -> Table:
    """Return the dimensions that the source does not give, and why they are as they are."""
    rows = tuple((path, value_at(path), typeset(reason)) for path, reason in chosen)
    return Table(("dimension", "value", "why"), rows, 1, 2)


def _value(row: ProvenanceNumbers) -> str:
    if isinstance(row.value, str):
        return row.value
    text = quantity(row.value, unit_text(row.unit))
    if row.low is not None and row.high is not None:
        text += f" ({number(row.low, 3)} to {number(row.high, 3)})"
    return text


def trust(row: ProvenanceNumbers) -> TonedText:
    """Return how a constant is known, estimates marked with a word."""
    return _trusted(row.confidence)


def _trusted(confidence: str) -> TonedText:
    return TonedText(trust_words(confidence), "estimated" if confidence in ESTIMATED else "")


def _origin(row: ProvenanceNumbers) -> str:
    return typeset("; ".join(text for text in (row.source, row.note) if text))
