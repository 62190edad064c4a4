"""Figures of a page as files of their own: each drawing as SVG, PDF and PNG, the rendered still as PNG.

A file is called after the page and what it shows: ``x_cross_section.svg``.
"""

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path

from tfgeom.errors import OutputError
from tfgeom.marks import add_mark, has_mark
from tfgeom.output import check_output, is_device, replacing
from tfgeom.report.figures import FIGURE_FORMATS, Picture, figure_bytes

STILL = "in three dimensions"
"""What the rendered still is called among the figures."""


def check_figures(
    folder: str | Path,
    stem: str,
    names: Iterable[str],
    inputs: Iterable[str | Path | None] = (),
    *,
    force: bool = False,
) -> Path:
    """Refuse, before any work, a folder that figures should not or cannot be written to; make it.

    Parameters
    ----------
    folder
        Where the figures would go; made if it is not there.
    stem
        What their names begin with.
    names
        What they may show.
    inputs
        Files that are read for them.
    force
        Whether files that tfgeom did not write may be replaced.

    Raises
    ------
    OutputError
        When the folder cannot be made or written to, or a file there would be replaced that may not.
    """
    target = Path(folder)
    if target.is_file() or is_device(target):
        raise OutputError(f"{folder}: is a file; give the name of a folder for the figures")
    try:
        target.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise OutputError(f"{folder}: the folder cannot be made ({reason}); name another") from error
    read = list(inputs)
    for name in names:
        for suffix in FIGURE_FORMATS:
            check_output(figure_path(target, stem, name, suffix), (), read, force=force)
    return target


def figure_path(folder: Path, stem: str, name: str, suffix: str) -> Path:
    """Return where the figure of that name goes."""
    return folder / f"{stem}_{name.replace(' ', '_').replace('-', '_')}.{suffix}"


def write_figures(
    pictures: Mapping[str, Picture], folder: Path, stem: str, still: bytes | None = None
) -> list[Path]:
    """Write each picture in all formats, and the still; return the files, all there or none.

    Raises
    ------
    OutputError
        When they cannot be written there.
    """
    made = []
    with ExitStack() as files:

        def write(name: str, suffix: str, content: bytes) -> None:
            made.append(figure_path(folder, stem, name, suffix))
            temporary = files.enter_context(replacing(made[-1]))
            temporary.write_bytes(content)
            if not has_mark(temporary):
                add_mark(temporary, temporary.suffix)

        for name, picture in pictures.items():
            for suffix in () if picture.figure is None else FIGURE_FORMATS:
                write(name, suffix, figure_bytes(picture.figure, suffix))
        if still is not None:
            write(STILL, "png", still)
    return made
