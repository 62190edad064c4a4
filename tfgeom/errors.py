"""What can go wrong, in words for the person who wrote the design.

Every error is a `TfgeomError` with the exit code the command line returns.  Errors that belong to a
place in an input file carry `Issue`s, one a problem, printed as ``file:line:col: path: message``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tfgeom.characters import visible


@dataclass(frozen=True, slots=True)
class Issue:
    """One problem at one place of an input file.

    Attributes
    ----------
    path
        Dotted path with layer names, for example ``layers.cathode.thickness``; empty for the whole file.
    message
        What was given, what is allowed and, unless ``remedy`` says it, how to mend it.
    line, column
        Counted from 1; None when the place is not known.
    remedy
        How to mend it, where somebody may want to say what is wrong with another remedy.
    feature
        What this version lacks, where that is all that is wrong.
    """

    path: str
    message: str
    line: int | None = None
    column: int | None = None
    remedy: str = ""
    feature: str = ""

    def render(self, file: str | None) -> str:
        """Return ``file:line:col: path: message`` on one line, with the parts that are known."""
        place = [part for part in (file, self.line, self.column) if part is not None]
        head = ":".join(str(part) for part in place)
        words = "; ".join(part for part in (self.message, self.remedy) if part)
        return visible(": ".join(part for part in (head, self.path, words) if part))


class TfgeomError(Exception):
    """Base of all errors a user can mend; ``exit_code`` is what the command line returns.

    The message is one line: what does not show in a name or value that it cites stands there as an escape.
    """

    exit_code = 1

    def __init__(self, message: str = "") -> None:
        super().__init__(visible(message))


class DesignError(TfgeomError):
    """Bad input: the design (or sweep) file cannot be read or cannot exist physically.

    Parameters
    ----------
    issues
        All problems found, in the order of the file.
    file
        Name of the file, once known.
    """

    exit_code = 2

    def __init__(self, issues: Sequence[Issue], file: str | None = None) -> None:
        self.issues = tuple(issues)
        self.file = file
        Exception.__init__(self, "\n".join(issue.render(file) for issue in self.issues))

    @classmethod
    def at(cls, path: str, message: str, remedy: str = "") -> "DesignError":
        """Return an error with a single issue whose place in the file is not known yet."""
        return cls([Issue(path, message, remedy=remedy)])

    def located(self, file: str | None, positions: dict[str, tuple[int, int]]) -> "DesignError":
        """Return the same error with file, line and column of the nearest known path."""
        return type(self)([_place(issue, positions) for issue in self.issues], file)


def _place(issue: Issue, positions: dict[str, tuple[int, int]]) -> Issue:
    if issue.line is not None:
        return issue
    path = issue.path
    while path not in positions and "." in path:
        path = path.rpartition(".")[0]
    if path not in positions:
        return issue
    line, column = positions[path]
    return replace(issue, line=line, column=column)


class MaterialError(DesignError):
    """A material is unknown or lacks a constant that the calculation cannot do without."""


class UnsupportedError(DesignError):
    """The input is valid but asks for a feature that is not built yet."""

    exit_code = 1

    @classmethod
    def lacking(cls, path: str, feature: str, remedy: str) -> "UnsupportedError":
        """Return the error of a feature by its name, for those who say it in other words."""
        return cls([Issue(path, f"not yet supported: {feature}", remedy=remedy, feature=feature)])


class MissingExtraError(TfgeomError):
    """An optional package or program is missing; the message names the extra or the package."""


class MeshError(TfgeomError):
    """A mesh cannot be built or fails its own checks."""


class SolveError(TfgeomError):
    """A solver did not reach its tolerance or its result is outside physical bounds."""


class PictureError(TfgeomError):
    """A picture cannot be drawn; whoever asked for a page still gets the rest of it."""


class OutputError(TfgeomError):
    """A result cannot be written where it was asked for: found before the work is done."""

    exit_code = 2


class WriteError(OutputError):
    """Writing failed although the place was good: a full disk, a reader that went away."""

    exit_code = 1
