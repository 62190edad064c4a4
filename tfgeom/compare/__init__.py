"""Several designs side by side, each beside its planes, and what the comparison comes to."""

from tfgeom.compare.curves import Curve, rate_curves
from tfgeom.compare.entries import Comparison, Entry, compare_designs, comparison_json
from tfgeom.compare.market import MARKET_HEAD, MARKET_NOTES, market_halves, market_texts
from tfgeom.compare.phrases import PLAIN, Phrases
from tfgeom.compare.places import AXES, AXIS_MEANING, discharged, place_of
from tfgeom.compare.tables import (
    HEAD,
    comparison_rows,
    in_groups,
    not_counted_rows,
    rate_head,
    rate_rows,
    rates_beside,
    side_by_side,
)
from tfgeom.compare.verdict import Verdict, verdict_json, verdicts
from tfgeom.compare.which import AT_RATES, WHICH, Which

__all__ = [
    "AT_RATES",
    "AXES",
    "AXIS_MEANING",
    "HEAD",
    "MARKET_HEAD",
    "MARKET_NOTES",
    "PLAIN",
    "WHICH",
    "Comparison",
    "Curve",
    "Entry",
    "Phrases",
    "Verdict",
    "Which",
    "compare_designs",
    "comparison_json",
    "comparison_rows",
    "discharged",
    "in_groups",
    "market_halves",
    "market_texts",
    "not_counted_rows",
    "place_of",
    "rate_curves",
    "rate_head",
    "rate_rows",
    "rates_beside",
    "side_by_side",
    "verdict_json",
    "verdicts",
]
