"""The command line: each command imports what it needs and stays a few lines.

Results go to stdout, errors to stderr.  Exit codes: 0 fine, 1 the work could not be done or a rule failed,
2 bad input.  Errors of tfgeom are printed as messages; any other exception is a bug and shows its traceback.
"""

# commands join the application as their module is loaded; help lists them in this order
from tfgeom.cli import compute, discharge, fit, sweeping, searching, present, lookup  # isort: skip
from tfgeom.cli.application import main

__all__ = ["compute", "discharge", "fit", "lookup", "main", "present", "searching", "sweeping"]
