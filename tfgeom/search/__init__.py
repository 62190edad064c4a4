"""Search: the designs that no other beats in what is asked, or the one that holds what is wanted.

`run_search` looks for the best of a sweep file with ``objectives``; `solve_target` for the design of one with
a ``target``.  Both read the rest of the file as a sweep does.
"""

from tfgeom.search.optimize import SearchResult, run_search
from tfgeom.search.spec import SearchSpec, TargetSpec, load_search
from tfgeom.search.target import TargetResult, solve_target

__all__ = [
    "SearchResult",
    "SearchSpec",
    "TargetResult",
    "TargetSpec",
    "load_search",
    "run_search",
    "solve_target",
]
