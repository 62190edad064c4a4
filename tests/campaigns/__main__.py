"""Large runs started by hand: ``python -m tests.campaigns NAME``; the table is committed with its date.

``fuzz`` takes options: ``python -m tests.campaigns fuzz --help``.
"""

import datetime
import platform
import sys
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.conduction import conduction_table
from tests.benchmarks.film_mesh import film_mesh_table
from tests.benchmarks.speed import Row, speed_table
from tests.benchmarks.viewer import viewer_table
from tests.campaigns.faults import faults_table
from tests.campaigns.films import films_table
from tests.campaigns.fit import fit_table
from tests.campaigns.fuzz import fuzz_table
from tests.campaigns.kills import kills_table
from tests.campaigns.rate import rate_table
from tests.campaigns.search import search_table
from tests.campaigns.sweep import sweep_table
from tfgeom.errors import MissingExtraError

CAMPAIGNS: dict[str, Callable[[], list[Row]]] = {
    "speed": speed_table,
    "film_mesh": film_mesh_table,
    "conduction": conduction_table,
    "viewer": viewer_table,
    "faults": faults_table,
    "films": films_table,
    "rate": rate_table,
    "search": search_table,
    "kills": kills_table,
    "sweep": sweep_table,
    "fit": fit_table,
    "fuzz": lambda: fuzz_table(sys.argv[2:]),
}
RESULTS = Path(__file__).parent.parent / "benchmarks" / "results"


def main() -> int:
    name, *options = sys.argv[1:] or [""]
    if name not in CAMPAIGNS or (options and name != "fuzz"):
        sys.stderr.write(f"usage: python -m tests.campaigns NAME, one of: {', '.join(CAMPAIGNS)}\n")
        return 2
    try:
        rows = CAMPAIGNS[name]()
    except MissingExtraError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    head = f"# {name}, {today}\n\nPython {platform.python_version()}, {platform.machine()}.\n\n"
    table = "| what | measured | bar | met |\n| --- | --- | --- | --- |\n" + "".join(
        f"| {row.what} | {row.measured} | {row.bar} | {'yes' if row.met else 'no'} |\n" for row in rows
    )
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}-{today}.md"
    path.write_text(head + table)
    sys.stdout.write(f"{table}\nwritten to {path.name}\n")
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    raise SystemExit(main())
