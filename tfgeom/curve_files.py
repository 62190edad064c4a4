"""Discharge curves and loads as files: CSV with a row a point, and beside it all numbers as JSON."""

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tfgeom.errors import OutputError
from tfgeom.metrics.load_curves import LoadCurve
from tfgeom.metrics.protocol_curves import ProtocolCurve
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
_HEAD_OF_LOAD = (
    "design",
    "cell",
    "part",
    "time_s",
    "lowest_voltage_V",
    "highest_voltage_V",
    "current_mA_cm2",
)
_HEAD_OF_PROTOCOL = (
    "design",
    "cell",
    "cycle",
    "step",
    "time_s",
    "current_mA_cm2",
    "voltage_V",
    "rest_voltage_V",
    "capacity_uAh_cm2",
)


def check_curve_file(path: Path | None, source: Path, *, force: bool, has_protocol: bool = False) -> None:
    """Raise OutputError, before any work, where curves or the numbers beside them may not be written."""
    if path is None:
        return
    if path.suffix.lower() == ".json":
        raise OutputError(f"{path}: the numbers go there; give the name of the curves, {path.stem}.csv")
    check_output(path, (".csv",), [source], force=force)
    if not is_device(path):
        beside = path.with_suffix(".json")
        check_output(beside, (), [source], force=force, what="the numbers of the curves")
        if has_protocol:
            check_output(protocol_file(path), (), [source], force=force, what="the curve of the protocol")


def write_curve_file(found: RateCurves, path: Path, protocol: Iterable[ProtocolCurve] = ()) -> None:
    """Write the curves of a design, and beside them its numbers and the protocol's curve: all or none.

    Down a pipe go the discharges alone.
    """
    text, points = curve_csv(found.name, (*found.curves, *found.planar_curves)), tuple(protocol)
    if points and not is_device(path):
        with replacing(protocol_file(path)) as beside:
            beside.write_text(protocol_csv(found.name, points), encoding="utf-8")
            _write_both(text, found.to_dict(), path)
        return
    _write_both(text, found.to_dict(), path)


def protocol_file(path: Path) -> Path:
    """Return where the protocol's curve stands beside the discharges: ``rate_protocol.csv``."""
    return path.with_name(f"{path.stem}_protocol.csv")


def protocol_csv(design: str, curves: Iterable[ProtocolCurve]) -> str:
    """Return the steps of a protocol as CSV, a row a point; a step begins with a point of its own."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEAD_OF_PROTOCOL)
    for one in curves:
        points = zip(
            one.time_s,
            one.current_mA_cm2,
            one.voltage_V,
            one.rest_voltage_V,
            one.capacity_uAh_cm2,
            strict=True,
        )
        for point in points:
            writer.writerow((design, one.cell, one.cycle, one.step, *map(repr, point)))
    return text.getvalue()


def write_load_file(design: str, curves: Iterable[LoadCurve], numbers: dict[str, Any], path: Path) -> None:
    """Write how a load ran, and its numbers beside it where there is a place: both or neither."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEAD_OF_LOAD)
    for curve in curves:
        life = zip(curve.time_h, curve.lowest_voltage_V, curve.highest_voltage_V, strict=True)
        for time, low, high in life:
            writer.writerow((design, curve.cell, "life", repr(time * 3600), repr(low), repr(high), ""))
        last = zip(curve.last_time_s, curve.last_voltage_V, curve.last_current_mA_cm2, strict=True)
        for time, volts, current in last:
            row = (design, curve.cell, "last period", *map(repr, (time, volts, volts, current)))
            writer.writerow(row)
    _write_both(text.getvalue(), numbers, path)


def _write_both(text: str, numbers: dict[str, Any], path: Path) -> None:
    if is_device(path):
        write_text(path, text)
        return
    with replacing(path.with_suffix(".json")) as beside:
        beside.write_text(json.dumps(numbers, indent=2, allow_nan=False) + "\n", encoding="utf-8")
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
