"""The rule of every verification of a solve: its error estimate covers its true error."""

from tfgeom.transport.steady import Solve


def assert_covered(
    solved: Solve, reference: float, uncertainty: float = 0.0, within: float | None = None
) -> None:
    """Require ``|true error| <= estimate + uncertainty of the reference``, all relative to the reference.

    Parameters
    ----------
    solved
        The solve.
    reference
        What the resistance is by another route, ohm m².
    uncertainty
        How far that may be off, relative.
    within
        Largest true error, relative, that the mesh is asked for.
    """
    error = abs(solved.asr / reference - 1)
    estimate = solved.discretisation_error
    assert error <= estimate + uncertainty, f"{error:.2e} off, {estimate:.2e} estimated, {uncertainty:.2e}"
    if within is not None:
        assert error <= within + uncertainty
