"""Bands in words: how far a number may lie, what makes most of that, and what to do about it first."""

from collections.abc import Callable, Sequence

from tfgeom.bands.inputs import path_words
from tfgeom.results import BandNumbers, BandsNumbers, Evaluation, LargestNumbers

_PARTS = (
    (0.95, "nearly all"),
    (0.85, "nine tenths"),
    (0.77, "four fifths"),
    (0.72, "three quarters"),
    (0.63, "two thirds"),
    (0.55, "three fifths"),
    (0.45, "half"),
    (0.37, "two fifths"),
    (0.29, "a third"),
    (0.22, "a quarter"),
    (0.15, "a sixth"),
)
"""Shares from which on they are called so."""
_FEW = 3  # inputs that are named together
_UNSURE = 0.1  # half of an interval above which a share is about so much
_NARROW = 1.02  # 90 % over 10 %: below it nothing is worth measuring first


def band_of(found: Evaluation, path: str) -> BandNumbers | None:
    """Return the band of a number; None where it has none, or an end of it is unknown."""
    band = None if found.bands is None else found.bands.outputs.get(path)
    return None if band is None or band.p10 is None or band.p90 is None else band


def range_words(found: Evaluation, path: str, write: Callable[[float], str]) -> str:
    """Return a band as ``2.5 to 60``; empty where there is none or it has no width."""
    band = band_of(found, path)
    if band is None or band.p10 is None or band.p90 is None:
        return ""
    low, high = write(band.p10), write(band.p90)
    return "" if low == high else f"{low} to {high}"


def makes_most(found: Evaluation, path: str) -> str:
    """Return what makes most of a spread: ``nine tenths of that spread is X's i0: measure it first``.

    Empty where that is not ranked, or the spread is hardly one.
    """
    bands, band = found.bands, band_of(found, path)
    if bands is None or band is None or not _is_spread(band):
        return ""
    rows = sorted(_of(bands, path), key=lambda row: -row.first_order)
    if not rows or rows[0].first_order < _PARTS[-1][0]:
        return "no single constant or size makes a sixth of that spread" if rows else ""
    top = rows[0]
    # what lies within the intervals is not ranked
    peers = [
        row for row in rows if row.interval[1] >= top.interval[0] and row.first_order > top.first_order / 2
    ]
    if len(peers) > _FEW:
        names = _listed([path_words(row.constant) for row in peers])
        return f"of that spread no one makes most: {names} about alike"
    share = min(1.0, sum(row.first_order for row in peers))
    about = "about " if any(row.interval[1] - row.interval[0] > 2 * _UNSURE for row in peers) else ""
    verb = "measure" if any(row.constant.startswith("materials.") for row in peers) else "control"
    names = _listed([path_words(row.constant) for row in peers])
    if len(peers) == 1:
        return f"{about}{_part(share)} of that spread is {names}: {verb} it first"
    return f"{about}{_part(share)} of that spread are {names}, about alike: {verb} them first"


def _of(bands: BandsNumbers, path: str) -> Sequence[LargestNumbers]:
    return [row for row in bands.largest if row.output == path]


def _is_spread(band: BandNumbers) -> bool:
    low, high = band.p10 or 0.0, band.p90 or 0.0
    return abs(high - low) > (_NARROW - 1) * max(abs(low), abs(high))


def _part(share: float) -> str:
    return next((words for least, words in _PARTS if share >= least), "little")


def _listed(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
