"""Several designs side by side, each beside its planes."""

from tfgeom.compare.entries import AXES, Comparison, Curve, Entry, Which, compare_designs, rate_curves
from tfgeom.compare.tables import (
    HEAD,
    comparison_rows,
    entry_rows,
    not_counted_rows,
    rate_head,
    rate_rows,
)

__all__ = [
    "AXES",
    "HEAD",
    "Comparison",
    "Curve",
    "Entry",
    "Which",
    "compare_designs",
    "comparison_rows",
    "entry_rows",
    "not_counted_rows",
    "rate_curves",
    "rate_head",
    "rate_rows",
]
