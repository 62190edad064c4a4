"""The tables of a comparison's page: designs beside each other, and what each of them is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from tfgeom.compare import (
    Comparison,
    Entry,
    Phrases,
    in_groups,
    market_halves,
    not_counted_rows,
    rate_head,
    rate_rows,
    rates_beside,
    side_by_side,
)
from tfgeom.design import Conformal, Design, dump_design
from tfgeom.numerals import MISSING, layer_title, length, number, percent, times, typeset, unit_text
from tfgeom.palette import SUBSTRATE, film_colours
from tfgeom.report import sources
from tfgeom.report.comparison_figures import colour_of
from tfgeom.report.declared_rows import titled
from tfgeom.report.part_names import part_titles
from tfgeom.report.table import Row, Table, TonedText
from tfgeom.results import Evaluation, LayerNumbers, ResistanceNumbers, Shown, declared_of, results_shown
from tfgeom.units import NM

_NOTHING = 1e-4  # of a resistance: a part below says nothing
DIGITS = 3
"""Of what is computed: constants carry no more."""

PHRASES = Phrases(number, unit_text, "×")
"""How the page's sentences write numbers."""


def three(value: float | None) -> str:
    """Return a number as the page writes it."""
    return number(value, DIGITS)


class Named(NamedTuple):
    """What a design is, in a line each: for those who have only the page."""

    label: str
    colour: str
    what: str
    source: str
    file: str
    error: str


def named(entry: Entry) -> Named:
    """Return what a design is called, what it is and where it comes from."""
    found = entry.evaluation
    if found is None:
        return Named(entry.label, colour_of(entry), "", "", entry.file, entry.error.replace("\n", "; "))
    return Named(entry.label, colour_of(entry), what_it_is(found), found.design.source or "", entry.file, "")


def what_it_is(found: Evaluation) -> str:
    """Return relief, kind of cell and how its resistance was found, in words."""
    design = found.design
    words = [found.geometry.kind]
    if design.cell is None:
        words.append("geometry only")
    else:
        words.append(f"{design.cell.type} cell")
        if isinstance(design.cell, Conformal) and design.cell.anode_free:
            words.append("anode-free")
        if found.cell.lithium is not None and found.cell.lithium.is_half_cell:
            words.append("a half-cell against lithium")
        if design.cells_in_series > 1:
            words.append(f"{design.cells_in_series} in series")
    if found.resistance is not None:
        words.append(f"resistance by {found.resistance.method}")
    return ", ".join(words)


def numbers_tables(comparison: Comparison) -> Iterator[Table]:
    """Yield the numbers of all designs, a few beside each other, planes below each number."""
    for one in side_by_side(comparison, three, results_shown(Shown.COMPARED)):
        rows: list[Row] = []
        for title, *values in one.rows:
            tones = [TonedText(value, "estimated" if value.startswith("at best") else "") for value in values]
            plane = title.startswith(" ")
            rows.append((f"\u2003{title.strip()}" if plane else unit_text(title), *tones))
        yield Table(("per footprint", *_heads(one.entries)), tuple(rows))


def sizes_tables(comparison: Comparison) -> Iterator[Table]:
    """Yield the sizes of the reliefs and of wafer and cell as their designs state them."""
    for beside in in_groups(comparison.evaluated):
        sizes = [dict(_sizes(found.design)) for _, found in beside]
        keys = sorted({key: None for one in sizes for key in one}, key=lambda key: key[0])
        rows = tuple((key[1], *(one.get(key, MISSING) for one in sizes)) for key in keys)
        yield Table(("as stated", *_heads([entry for entry, _ in beside])), rows)


_RELIEF, _SUBSTRATE, _CELL, _OPERATION = range(4)  # order of what is stated


def _sizes(design: Design) -> Iterator[tuple[tuple[int, str], str]]:
    """Yield what a design states of itself: where it stands and what it is called, and its value."""
    plain = design.model_dump(mode="json", exclude_defaults=True)
    for key, value in plain["relief"].items():
        yield (_RELIEF, key.replace("_", " ")), _stated(value)
    for place, section in ((_SUBSTRATE, "substrate"), (_CELL, "cell")):
        for key, value in (plain.get(section) or {}).items():
            yield (place, f"{section}: {key.replace('_', ' ')}"), _stated(value)
    operation = plain.get("operation") or {}
    voltage = operation.get("voltage") or {}
    if voltage:
        limits = (_stated(voltage.get(end)) for end in ("min", "max"))
        yield (_OPERATION, "voltage"), " to ".join(limits)
    if "temperature" in operation:
        yield (_OPERATION, "temperature"), _stated(operation["temperature"])
    if design.cells_in_series > 1:
        yield (_OPERATION, "cells in series"), str(design.cells_in_series)


def _stated(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict | list):
        return ", ".join(map(_stated, value.values() if isinstance(value, dict) else value))
    return unit_text(str(value))


def _heads(entries: Sequence[Entry]) -> tuple[str, ...]:
    return tuple(entry.label for entry in entries)


@dataclass(frozen=True, slots=True)
class Card:
    """What the page shows of one design by itself."""

    entry: Entry
    found: Evaluation
    anchor: str
    colour: str
    above: str
    films: Table | None
    planes: tuple[str, ...]
    legend: tuple[tuple[str, str], ...]
    estimates: Table | None
    missing: str
    notes: tuple[str, ...]
    text: str


def card(entry: Entry, found: Evaluation) -> Card:
    """Return what the page shows of one design."""
    return Card(
        entry,
        found,
        f"design-{entry.number}",
        colour_of(entry),
        _seen_from_above(found),
        _films(found.layers) if found.layers else None,
        tuple(_planes(found)),
        tuple(_legend(found)),
        sources.estimates_table(found.provenance),
        sources.missing_constants(found),
        tuple(map(titled, found.notes)),
        dump_design(found.design),
    )


def _seen_from_above(found: Evaluation) -> str:
    """Return what is told below a design's view from above."""
    if found.geometry.is_flat:
        return ""
    if found.cell.relief.lines_from_above:  # smooth: nothing stands or opens by itself
        return "From above, to scale; the unit cell is dashed."
    return "From above, to scale, cut at half the height; the unit cell is dashed."


def _films(layers: Sequence[LayerNumbers]) -> Table:
    """Return the films from the substrate outwards."""
    columns = [
        declared_of(LayerNumbers, key).title for key in ("name", "material", "thickness_nm", "step_coverage")
    ]
    gain = declared_of(LayerNumbers, "capacity_gain").title
    faces = declared_of(LayerNumbers, "interface_area_gain").title
    rows = tuple(
        (
            layer_title(layer.name),
            layer.material,
            length(layer.thickness_nm),
            percent(layer.step_coverage, DIGITS),
            times(layer.capacity_gain),
            times(layer.interface_area_gain.inner),
            times(layer.interface_area_gain.outer),
        )
        for layer in layers
    )
    return Table((*columns, gain, f"{faces}, inside", "outside"), rows, numeric_from=2)


def _planes(found: Evaluation) -> Iterator[str]:
    """Yield what each plane is: the thickness of its electrodes."""
    if found.geometry.is_flat:
        yield "The cell is flat itself: no plane stands beside it."
        return
    for name, words in (("same_films", "Plane, same films"), ("same_capacity", "Plane, same capacity")):
        plane = found.cells.planes.get(name)
        if plane is None or found.capacity is None:
            continue
        electrodes = [
            f"{layer_title(film.layer.name)} {length(film.layer.thickness / NM, DIGITS)}"
            for film in plane.made.films
            if film.layer.role in ("cathode", "anode")
        ]
        yield f"{words}: {', '.join(electrodes) or 'no electrode film'}."


def _legend(found: Evaluation) -> Iterator[tuple[str, str]]:
    colours = film_colours(found.layers)
    substrate = found.design.substrate
    yield SUBSTRATE, "substrate" if substrate is None else f"substrate, {substrate.material}"
    for layer in found.layers:
        yield colours[layer.name], layer_title(layer.name, layer.material)


def parts_tables(comparison: Comparison) -> Iterator[Table]:
    """Yield the parts of the resistance, designs beside each other."""
    known = [
        (entry, found.resistance, {title: part for part, title in part_titles(found).items()})
        for entry, found in comparison.evaluated
        if found.resistance
    ]
    for group in in_groups(known):
        titles = dict.fromkeys(title for _, _, parts in group for title in parts)
        rows: list[Row] = [
            (title, *(_part(one, parts.get(title, "")) for _, one, parts in group)) for title in titles
        ]
        beside = [(entry, one) for entry, one, _ in group]
        totals = (
            TonedText(
                f"{'at best ' if one.incomplete else ''}{three(one.asr_ohm_cm2)}",
                "estimated" if one.incomplete else "",
            )
            for _, one in beside
        )
        rows.append(("all", *totals))
        rows.append(("same films on the plane", *(three(one.planar_asr_ohm_cm2) for _, one in beside)))
        yield Table(("Ω·cm² of footprint", *_heads([entry for entry, _ in beside])), tuple(rows))


def _part(resistance: ResistanceNumbers, part: str) -> str:
    """Return a part of the resistance; digits of what adds nothing would say nothing."""
    value = resistance.asr_by_part_ohm_cm2.get(part)
    if value is not None and 0 < value < _NOTHING * resistance.asr_ohm_cm2:
        return f"< {_NOTHING:.2%}".replace("%", " % of all")
    return three(value)


def rate_tables(comparison: Comparison) -> Iterator[Table]:
    """Yield what the designs deliver, for so many that their planes are left out."""
    head = unit_text(rate_head(comparison.at)[0])
    for one in rates_beside(comparison, three):
        yield Table((head, *_heads(one.entries)), one.rows, 0)


def rate_table(comparison: Comparison) -> Table | None:
    """Return the rates at the places of the comparison; None without any."""
    rows = rate_rows(comparison, three)
    if not rows:
        return None
    head = tuple(unit_text(title) for title in rate_head(comparison.at))
    known = [at for at in range(len(head)) if any(row[at] != MISSING for row in rows)]  # planes of no design
    # the name stands between two numbers: aligned as one of them on screens would look torn
    return Table(
        tuple(head[at] for at in known), tuple(tuple(row[at] for at in known) for row in rows), numeric_from=2
    )


def market_table(comparison: Comparison) -> Table | None:
    """Return what the designs and microbatteries on sale or shown hold; None where that was not asked for."""
    if not comparison.market:
        return None
    head, rows = market_halves(comparison.market, three)[0]
    return Table(tuple(map(unit_text, head)), tuple(map(_toned, rows)), 1)


def market_sources_table(comparison: Comparison) -> Table:
    """Return what the batteries of `market_table` are, how each is known and where it is from."""
    rows = comparison.market
    head, texts = market_halves(rows, three)[1]
    whole = tuple((*text, typeset(row.source)) for row, text in zip(rows, texts, strict=True))
    return Table((*map(unit_text, head), "source"), whole, 3, 5)


def _toned(row: tuple[str, ...]) -> Row:
    return tuple(TonedText(text, "estimated") if text.startswith("at best") else text for text in row)


def not_counted_table(comparison: Comparison) -> Table | None:
    """Return what no number counts; None where there is nothing."""
    rows = not_counted_rows(comparison, by_number=True)
    written = tuple((typeset(what), of) for what, of in rows)
    return Table(("what", "of"), written, 2) if rows else None
