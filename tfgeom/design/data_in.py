"""The data that a design names, read into the plain mapping before it is checked."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tfgeom.design.load import WINDOW
from tfgeom.design.wording import Problem
from tfgeom.loads.trace import Trace
from tfgeom.loads.trace_columns import KEYS as COLUMNS_OF_TRACE
from tfgeom.loads.trace_files import trace_of_file
from tfgeom.materials.composition_files import OF_FILES
from tfgeom.materials.curve_tables import Electrode
from tfgeom.materials.data_in import read_in
from tfgeom.materials.given_data import GivenDataError
from tfgeom.materials.library import load_library
from tfgeom.source import STDIN, Origin

_ELECTRODES = ("cathode", "anode")


def with_data(mapping: Mapping[str, Any], folder: Path) -> tuple[dict[str, Any], list[Problem]]:
    """Return a design whose materials hold the numbers of the files they name, and what is wrong with those.

    Parameters
    ----------
    mapping
        A design as its file holds it.
    folder
        Where names of files start.
    """
    mapping, problems = _with_trace(mapping, folder)
    stated = mapping.get("materials")
    if not isinstance(stated, Mapping):
        return dict(mapping), problems
    materials: dict[str, Any] = {}
    for name, constants in stated.items():
        materials[name] = constants
        if not isinstance(constants, Mapping):
            continue
        try:
            materials[name] = read_in(constants, folder, _electrode(mapping, name))
        except GivenDataError as error:
            problems.append(Problem(("materials", name, *error.keys), str(error)))
            # what cannot be read is told once, not as missing or unknown too
            materials[name] = {key: one for key, one in constants.items() if key not in _READ}
    return {**mapping, "materials": materials}, problems


def trace_of(load: Mapping[str, Any], folder: Path) -> Trace:
    """Return the trace of the file that a load names, its columns and windows as the load says.

    Raises
    ------
    TraceFileError
        If the file is no trace.
    GivenDataError
        If what the load says of it cannot be so.
    """
    try:
        average = None if "average" not in load else WINDOW.read(load["average"])
    except ValueError as error:
        raise GivenDataError(str(error), "average") from error
    return trace_of_file(load, folder, average)


def _with_trace(mapping: Mapping[str, Any], folder: Path) -> tuple[Mapping[str, Any], list[Problem]]:
    """Return a design whose load holds the steps of the file it names, and what is wrong with that."""
    load = mapping.get("load")
    if not isinstance(load, Mapping) or not isinstance(load.get("trace"), str):
        return mapping, []
    rest = {key: one for key, one in load.items() if key not in (*COLUMNS_OF_TRACE, "average")}
    try:
        return {**mapping, "load": {**rest, "trace": trace_of(load, folder)}}, []
    except GivenDataError as error:
        problems = [Problem(("load", *error.keys), str(error))]
    # what cannot be read is told once, not as missing too
    return {key: one for key, one in mapping.items() if key != "load"}, problems


_READ = (*OF_FILES, "open_circuit", "bpx", "electrode", "particle")


def folder_of(origin: Origin) -> Path:
    """Return the folder where the names of files in a design start: its own, or the working directory."""
    return Path() if origin.file in (None, STDIN) else Path(str(origin.file)).parent


def _electrode(mapping: Mapping[str, Any], name: str) -> Electrode:
    """Return what the layers and the library say of a material."""
    library = load_library()
    base = library.find(name) if name in library else None
    known = None if base is None or base.curve is None else (base.name, base.curve)
    return Electrode(_roles(mapping, name), known)


def _roles(mapping: Mapping[str, Any], name: str) -> frozenset[str]:
    """Return which electrodes the layers of a material are."""
    library, layers = load_library(), mapping.get("layers")

    def called(word: object) -> object:
        return library.find(word).name if isinstance(word, str) and word in library else word

    return frozenset(
        str(layer["role"])
        for layer in (layers if isinstance(layers, list) else [])
        if isinstance(layer, Mapping)
        and layer.get("role") in _ELECTRODES
        and called(layer.get("material")) == called(name)
    )
