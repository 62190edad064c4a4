"""A design's material as a design file may state it, made into one that stands by itself.

Files are read here, once, when a design is loaded: what comes out holds the numbers, so that a design that is
written, hashed, swept or sent elsewhere carries its data.  The words that go in, below ``materials.NAME``::

    open_circuit: {table: {x: [...], V: [...]}}
    open_circuit: {file: ocv.csv, x: filled_fraction, V: volts, smooth: 5 mV}
    open_circuit: {form: pchip, parameters: {file: ocv.csv}}
    open_circuit: {bpx: cell.json, electrode: positive}
    diffusivity: {file: d.csv, x: filled_fraction, D: 2}
    {bpx: cell.json, electrode: positive, density: 3.6 g/cm^3}       # all constants of the electrode
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from tfgeom.constants import REFERENCE_TEMPERATURE
from tfgeom.materials.bpx import BPX_KEYS, bpx_constants, bpx_curve
from tfgeom.materials.composition_files import with_tables
from tfgeom.materials.curve_files import KEYS as FILE_KEYS
from tfgeom.materials.curve_files import described, table_of_file
from tfgeom.materials.curve_forms import build_curve
from tfgeom.materials.curve_lists import columns_of_lists
from tfgeom.materials.curve_tables import Electrode, StatedTable, read_table
from tfgeom.materials.given_data import GivenDataError, refuse, require_keys
from tfgeom.units import parse_quantity

_OF_TABLE = ("window", "smooth", "scale", "source", "note")
_ALWAYS = ("source", "note")
_SAME_CHEMISTRY = 0.3  # V, half filled
_LISTS = ("x", "soc", "V", "mV", "potential")


def read_in(stated: Mapping[str, Any], folder: Path, electrode: Electrode) -> dict[str, Any]:
    """Return what a design states of a material with its files read and its tables made plain.

    Parameters
    ----------
    stated
        Section ``materials.NAME`` of the design.
    folder
        Where the design file lies; names of files start there.
    electrode
        What the layers of this material are.

    Raises
    ------
    GivenDataError
        If a file or a table cannot be read, at its keys below the material.
    """
    found = with_tables(stated, folder)
    if "bpx" in found:
        named = {key: found.pop(key) for key in BPX_KEYS if key in found}
        found = {**bpx_constants(named, folder, found.get("film_fraction")), **found}
    curve = found.get("open_circuit")
    if isinstance(curve, str):
        _refuse_word(curve)
    if isinstance(curve, Mapping):
        try:
            found["open_circuit"] = _curve(curve, folder, electrode)
        except GivenDataError as error:
            raise error.under("open_circuit") from error
    if "bpx" in stated:
        _require_same_chemistry(found["open_circuit"], str(stated["bpx"]), electrode)
    return found


def _refuse_word(curve: str) -> NoReturn:
    """Say how a constant potential or a file is stated, whichever the word looks like."""
    try:
        potential = parse_quantity(curve, "voltage")
    except (ValueError, OverflowError):
        refuse(f"a file is named by 'open_circuit: {{file: {curve:.60}}}'", "open_circuit")
    refuse(
        f"'{curve:.60}' is a constant potential, stated as 'open_circuit: {{form: constant, parameters: "
        f"{{potential: {potential:.12g}}}, window: [0, 1]}}'",
        "open_circuit",
    )


def _require_same_chemistry(curve: Mapping[str, Any], file: str, electrode: Electrode) -> None:
    """Refuse a file whose electrode is far from what the library knows by the material's name."""
    if electrode.known is None:
        return
    name, library = electrode.known
    half = np.array([sum(curve["window"]) / 2])
    given = float(build_curve(curve["form"], curve["parameters"])(half, REFERENCE_TEMPERATURE)[0])
    known = float(library.potential(0.5))
    if not abs(given - known) < _SAME_CHEMISTRY:
        refuse(
            f"'{file:.200}' is of another chemistry than {name}: half filled it is at {given:.3g} V against "
            f"Li/Li+, {name} of the library at {known:.3g} V; give the electrode a name of its own",
            "bpx",
        )


def _curve(stated: Mapping[str, Any], folder: Path, electrode: Electrode) -> dict[str, Any]:
    parameters = stated.get("parameters")
    if stated.get("form") == "pchip" and ("file" in stated or "table" in stated):
        stated = {key: one for key, one in stated.items() if key != "form"}  # what a table is anyway
    if "bpx" in stated:
        require_keys(stated, (*BPX_KEYS, "window", *_ALWAYS))
        found = bpx_curve({key: stated[key] for key in BPX_KEYS if key in stated}, folder)
        found |= {key: stated[key] for key in ("window", *_ALWAYS) if key in stated}
        return _curve(found, folder, electrode)
    if "table" in stated:
        require_keys(stated, ("table", *_OF_TABLE))
        if not isinstance(stated["table"], Mapping):
            refuse(
                f"must be lists such as {{x: [0, 1], V: [4.2, 3.0]}}, not {stated['table']!r:.60}", "table"
            )
        require_keys_of_table(stated["table"], "table")
        return _made(stated, {}, columns_of_lists(stated["table"], "table"), electrode)
    if "file" in stated:
        require_keys(stated, (*FILE_KEYS, *_OF_TABLE))
        table = table_of_file(stated, folder, stated.get("window"))
        return _made(stated, {"source": described(stated)}, table, electrode)
    if not isinstance(parameters, Mapping):
        if isinstance(parameters, str) and stated.get("form") != "expression":
            refuse(f"a file is named by 'open_circuit: {{file: {parameters:.60}}}'", "parameters")
        return dict(stated)
    inner = {key: parameters[key] for key in ("smooth", "scale") if key in parameters}
    if "file" in parameters and stated.get("form", "pchip") == "pchip":
        _require_parameters(parameters, (*FILE_KEYS, "smooth", "scale"))
        table = table_of_file(parameters, folder, stated.get("window"), "parameters")
        return _made({**stated, **inner}, {"source": described(parameters)}, table, electrode)
    if stated.get("form") == "pchip" and any(key in parameters for key in _LISTS):
        _require_parameters(parameters, (*_LISTS, "smooth", "scale"))
        return _made({**stated, **inner}, {}, columns_of_lists(parameters, "parameters"), electrode)
    return dict(stated)


def _require_parameters(parameters: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
    try:
        require_keys(parameters, allowed)
    except GivenDataError as error:
        raise error.under("parameters") from error


def require_keys_of_table(table: Mapping[str, Any], *keys: str) -> None:
    """Raise GivenDataError at a key that a table does not have."""
    try:
        require_keys(table, _LISTS)
    except GivenDataError as error:
        raise error.under(*keys) from error


def _made(
    stated: Mapping[str, Any], default: Mapping[str, Any], table: StatedTable, electrode: Electrode
) -> dict[str, Any]:
    found = read_table(table, stated.get("window"), stated.get("smooth"), stated.get("scale"), electrode)
    kept = {key: stated[key] for key in (*_ALWAYS, "departure") if key in stated}
    # what this does not know is left for the format to refuse
    rest = {
        key: stated[key]
        for key in stated
        if key not in (*FILE_KEYS, *_OF_TABLE, "table", "form", "parameters")
    }
    return {**rest, **found, **default, **kept}
