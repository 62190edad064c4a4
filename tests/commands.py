"""tfgeom's command line, run in this process."""

import pytest

from tfgeom.cli import main

Captured = pytest.CaptureFixture[str]


def run(*arguments: object) -> int:
    """Return the exit code of ``tfgeom ARGUMENTS...``."""
    with pytest.raises(SystemExit) as done:
        main([str(argument) for argument in arguments])
    code = done.value.code
    assert code is None or isinstance(code, int)
    return code or 0
