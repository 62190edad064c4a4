"""Discharge curves as a file: CSV with a row a point, and beside it all numbers as JSON."""

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path

from tfgeom.errors import OutputError
from tfgeom.output import check_output, is_device, replacing, write_text
from tfgeom.results import CurveNumbers, RateCurves

_HEAD = (
    "design",
    "cell",
    "c_rate",
    "footprint_current_mA_cm2",
    "time_s",
    "capacity_uAh_cm2",
    "voltage_V",
    "rest_voltage_V",
)


def check_curve_file(path: Path | None, source: Path, *, force: bool) -> None:
    """Raise OutputError, before any work, where curves or the numbers beside them may not be written."""
    if path is None:
        return
    if path.suffix.lower() == ".json":
        raise OutputError(f"{path}: the numbers go there; give the name of the curves, {path.stem}.csv")
    check_output(path, (".csv",), [source], force=force)
    if not is_device(path):
        beside = path.with_suffix(".json")
        check_output(beside, (), [source], force=force, what="the numbers of the curves")


def write_curve_file(found: RateCurves, path: Path) -> None:
    """Write the curves of a design, and its numbers beside them where there is a place: both or neither."""
    text = curve_csv(found.name, (*found.curves, *found.planar_curves))
    if is_device(path):
        write_text(path, text)
        return
    with replacing(path.with_suffix(".json")) as numbers:
        numbers.write_text(json.dumps(found.to_dict(), indent=2, allow_nan=False) + "\n", encoding="utf-8")
        write_text(path, text)


def curve_csv(design: str, curves: Iterable[CurveNumbers]) -> str:
    """Return curves as CSV, a row a point, units in the names of the columns; digits as in the JSON."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEAD)
    for curve in curves:
        points = zip(curve.time_s, curve.capacity_uAh_cm2, curve.voltage_V, curve.rest_voltage_V, strict=True)
        of = (design, curve.cell, repr(curve.c_rate), repr(curve.footprint_current_mA_cm2))
        for point in points:
            writer.writerow((*of, *map(repr, point)))
    return text.getvalue()
