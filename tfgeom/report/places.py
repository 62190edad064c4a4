"""Where the files of a report go, asked before the work is done."""

from pathlib import Path
from typing import NamedTuple

from tfgeom.design import Design
from tfgeom.errors import OutputError
from tfgeom.output import PAGES, check_output, is_device
from tfgeom.report.figure_files import STILL, check_figures
from tfgeom.report.gallery import PICTURES


class ReportPlaces(NamedTuple):
    """The files of a report.

    Attributes
    ----------
    page
        Its page.
    numbers
        Its numbers; None beside a device, which has no place beside it.
    rates
        Its rate curves, in the folder of the figures where there is one; None where they have no place.
    figures
        Folder of its figures; None for none.
    curves
        Its voltage curves, beside the rate curves.
    """

    page: Path
    numbers: Path | None
    rates: Path | None
    figures: Path | None
    curves: Path | None


def report_places(
    design: Design, output: str | Path | None, pdf: bool, figures: str | Path | None, force: bool
) -> ReportPlaces:
    """Return where the files of a report go; arguments as those of `tfgeom.render_report`.

    Raises
    ------
    OutputError
        Where one cannot be written, or would replace what it may not.
    """
    page = Path(output) if output is not None else Path(f"{design.origin.stem or 'report'}.html")
    what = {".json": "the numbers of the report", ".csv": "the rate curves", ".pdf": "the printed pages"}
    if page.suffix.lower() in what:
        raise OutputError(
            f"{page}: {what[page.suffix.lower()]} go there; give the name of the page, for example "
            f"{page.stem}.html"
        )
    inputs = [design.origin.file]
    check_output(page, PAGES, inputs, force=force)
    folder = None
    if figures is not None:
        folder = check_figures(figures, page.stem, (*PICTURES, STILL), inputs, force=force)
    rates, curves = f"{page.stem}_rates.csv", f"{page.stem}_curves.csv"
    if is_device(page):
        if pdf:
            raise OutputError(f"{page}: has no place for a PDF beside it; give the name of a page")
        beside_figures = (None, None) if folder is None else (folder / rates, folder / curves)
        return ReportPlaces(page, None, beside_figures[0], folder, beside_figures[1])
    place = folder or page.parent
    found = ReportPlaces(page, page.with_suffix(".json"), place / rates, folder, place / curves)
    beside = [
        (found.numbers, ".json"),
        (found.rates, ".csv"),
        (found.curves, ".csv"),
        *([(page.with_suffix(".pdf"), ".pdf")] if pdf else []),
    ]
    for path, suffix in beside:
        if path is not None:
            check_output(path, (), inputs, force=force, what=what[suffix])
    return found
