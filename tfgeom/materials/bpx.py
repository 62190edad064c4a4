"""Constants of an electrode from a BPX file, the exchange format of battery parameters.

Read are versions 0.x and 1.x, whose electrodes are alike: JSON with the sections ``Parameterisation``,
``Positive electrode``, keys with their SI unit, functions of stoichiometry as a number, as arithmetic in
``x`` or as a table of ``x`` and ``y``.  Stoichiometry runs from ``Minimum stoichiometry`` (empty) to
``Maximum stoichiometry`` (full), so::

    volumetric capacity = Maximum concentration * F * (Maximum - Minimum stoichiometry)
    exchange current    = F * Reaction rate constant * sqrt(x (1 - x)), half filled

https://github.com/FaradayInstitution/BPX
"""

import json
import math
import re
import sys
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np

from tfgeom.constants import FARADAY, REFERENCE_TEMPERATURE
from tfgeom.materials.expressions import read_expression
from tfgeom.materials.given_data import GivenDataError, refuse, require_keys, text_of_file
from tfgeom.units import parse_quantity
from tfgeom.words import did_you_mean

BPX_KEYS = ("bpx", "electrode", "particle")
"""Keys that name a file, an electrode in it, and in a blended electrode one of its particles."""

_ELECTRODES = {"positive": "Positive electrode", "negative": "Negative electrode"}
_VERSION = re.compile(r"1|[01]\.\d+(?:\.\d+)?")
_OTHER_METAL = re.compile(
    r"\b(sodium|natrium|na[- ]?ion|potassium|magnesium|zinc|aluminium|lead[- ]acid|nickel[- ]metal|nimh)\b",
    re.IGNORECASE,
)
_LITHIUM = re.compile(r"\b(li|lithium|lfp|nmc|nca|lco|lmo|lto|lnmo|graphite)\b", re.IGNORECASE)
_LONGEST_TITLE = 100
_COLDEST, _HOTTEST = 100.0, 2000.0  # K, of a reference temperature as of any material's
_TABLE = frozenset(("x", "y"))


class _Electrode:
    """An electrode of a file: its values by key, errors with file, electrode and key."""

    def __init__(
        self, values: Mapping[str, Any], name: str, file: str, title: str, kelvin: float | None
    ) -> None:
        self.values, self.name, self.file, self.kelvin = values, name, file, kelvin
        self.source = f"BPX file {file}, {name.lower()}" + (f" ({title})" if title else "")

    def fault(self, key: str, message: str) -> GivenDataError:
        return GivenDataError(f"'{self.file:.200}': {self.name}: '{key}' {message}", "bpx")

    def stated(self, key: str) -> Any:
        if key not in self.values:
            raise self.fault(key, f"is missing; it has {', '.join(map(repr, list(self.values)[:20]))}")
        return self.values[key]

    def number(self, key: str, low: float = 0.0, high: float = math.inf) -> float:
        given = self.stated(key)
        if not _is_number(given):
            raise self.fault(key, f"must be a number, not {given!r:.60}")
        if not low <= given <= high or (low == 0 and high == math.inf and given == 0):
            raise self.fault(
                key,
                f"must be {'more than 0' if high == math.inf else f'{low:g} to {high:g}'}, not {given!r:.60}",
            )
        return float(given)

    def window(self) -> tuple[float, float]:
        keys = ("Minimum stoichiometry", "Maximum stoichiometry")
        empty, full = (self.number(key, 0, 1) for key in keys)
        if empty >= full:
            raise self.fault(keys[0], f"{empty:g} must be less than '{keys[1]}' {full:g}")
        return empty, full

    def values_over_window(self, key: str) -> tuple[float, float, float]:
        """Return the value half filled, the least and the largest of a function of stoichiometry."""
        given, (empty, full) = self.stated(key), self.window()
        x = np.linspace(empty, full, 201)
        if isinstance(given, str):
            try:
                found = read_expression(given)(x)
            except ValueError as error:
                raise self.fault(key, str(error)) from error
        elif isinstance(given, Mapping):
            table = self.table(key, given)
            found = np.interp(x, np.array(table["x"], dtype=float), np.array(table["y"], dtype=float))
        else:
            found = np.full_like(x, self.number(key))
        if not np.all(np.isfinite(found)) or found.min() <= 0:
            raise self.fault(key, f"must be finite and more than 0 from {empty:g} to {full:g}")
        return float(found[100]), float(found.min()), float(found.max())

    def table(self, key: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
        x, y = given.get("x"), given.get("y")
        lists = isinstance(x, list) and isinstance(y, list) and set(given) == _TABLE
        if not isinstance(x, list) or not isinstance(y, list) or not lists or not 2 <= len(x) == len(y):
            raise self.fault(
                key, f"must be a table {{x: [...], y: [...]}} of as many numbers, not {given!r:.60}"
            )
        if not all(map(_is_number, (*x, *y))):
            raise self.fault(key, "holds what is no number in its table")
        if any(right <= left for left, right in pairwise(x)):
            raise self.fault(key, "must be a table whose x rises")
        return given


def _is_number(given: object) -> TypeGuard[float]:
    """Return whether a value of JSON is a number that a float can hold."""
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        return False
    return abs(given) <= sys.float_info.max


def bpx_curve(named: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Return the open-circuit curve of an electrode, as a design states one.

    Parameters
    ----------
    named
        ``bpx``, ``electrode`` and, of a blended electrode, ``particle``.
    folder
        Where the design file lies.

    Raises
    ------
    GivenDataError
        If the file, the electrode or the curve is not what it should be.
    """
    return _curve(_read(named, folder))


def bpx_constants(named: Mapping[str, Any], folder: Path, film_fraction: object = None) -> dict[str, Any]:
    """Return all constants of an electrode that a film has, as a design states them.

    Parameters
    ----------
    named, folder
        As `bpx_curve`.
    film_fraction
        As the design states it: the file's concentration is that of dense particles.

    Raises
    ------
    GivenDataError
        As `bpx_curve`.
    """
    electrode = _read(named, folder)
    empty, full = electrode.window()
    dense = _share(film_fraction)
    capacity = electrode.number("Maximum concentration [mol.m-3]") * FARADAY * (full - empty) * dense
    found: dict[str, Any] = {"open_circuit": _curve(electrode)}
    found["volumetric_capacity"] = {
        "value": f"{capacity!r} C/m^3",
        "source": electrode.source,
        "note": f"maximum concentration x F x stoichiometry {empty:g} to {full:g}"
        + (f" x film fraction {dense:g}" if dense != 1 else ""),
    }
    optional = electrode.values.keys()
    if "Diffusivity [m2.s-1]" in optional:
        half, least, most = electrode.values_over_window("Diffusivity [m2.s-1]")
        found["diffusivity"] = _activated(electrode, "Diffusivity", f"{half!r} m^2/s")
        if least < most:
            band = {"low": f"{least!r} m^2/s", "high": f"{most!r} m^2/s"}
            found["diffusivity"] |= {**band, "note": "half filled; the band is that over its stoichiometry"}
    if "Conductivity [S.m-1]" in optional:
        found["electronic_conductivity"] = {
            "value": f"{electrode.number('Conductivity [S.m-1]')!r} S/m",
            "source": electrode.source,
            "note": "effective, of the porous electrode of the file",
        }
    if "Reaction rate constant [mol.m-2.s-1]" in optional:
        x = (empty + full) / 2
        rate = electrode.number("Reaction rate constant [mol.m-2.s-1]")
        current = FARADAY * rate * math.sqrt(x * (1 - x))
        found["exchange_current"] = _activated(electrode, "Reaction rate constant", f"{current!r} A/m^2")
        found["exchange_current"]["note"] = f"F x reaction rate constant x sqrt(x (1 - x)) at x {x:.4g}"
    if electrode.kelvin is not None and abs(electrode.kelvin - REFERENCE_TEMPERATURE) > 1e-6:
        found["reference_temperature"] = f"{electrode.kelvin!r} K"
    return found


def _curve(electrode: _Electrode) -> dict[str, Any]:
    given = electrode.stated("OCP [V]")
    found: dict[str, Any] = {"window": list(electrode.window()), "source": electrode.source}
    if isinstance(given, Mapping):
        table = electrode.table("OCP [V]", given)
        found |= {"form": "pchip", "parameters": {"x": table["x"], "potential": table["y"]}}
    elif isinstance(given, str):
        try:
            read_expression(given)
        except ValueError as error:
            raise electrode.fault("OCP [V]", str(error)) from error
        found |= {"form": "expression", "parameters": {"expression": given}}
    else:
        found |= {"form": "constant", "parameters": {"potential": electrode.number("OCP [V]", -10, 10)}}
    branches = [key for key in electrode.values if key.startswith("OCP (")]
    if branches:
        found["note"] = f"without hysteresis: {', '.join(branches)} not used"
    return found


def _activated(electrode: _Electrode, name: str, value: str) -> dict[str, Any]:
    """Return a constant with its source and, where the file has it, its activation energy."""
    found: dict[str, Any] = {"value": value, "source": electrode.source}
    key = f"{name} activation energy [J.mol-1]"
    if key in electrode.values:
        energy = electrode.number(key, 0, 5 * FARADAY)
        found["activation_energy"] = {"value": f"{energy!r} J/mol", "source": electrode.source}
    return found


def _share(film_fraction: object) -> float:
    if film_fraction is None:
        return 1.0
    value = film_fraction.get("value") if isinstance(film_fraction, Mapping) else film_fraction
    try:
        return parse_quantity(value, "fraction")
    except (ValueError, OverflowError):
        return 1.0  # refused where it is read


def _read(named: Mapping[str, Any], folder: Path) -> _Electrode:
    require_keys(named, BPX_KEYS)
    which = named.get("electrode")
    if which is None:
        refuse("needs the electrode beside it: 'electrode: positive' or 'electrode: negative'", "bpx")
    if not isinstance(which, str) or which not in _ELECTRODES:
        allowed = did_you_mean(str(which), list(_ELECTRODES))
        refuse(f"'{which!s:.40}' is no electrode of a BPX file; {allowed}", "electrode")
    try:
        text, file = text_of_file(named["bpx"], folder, "a BPX file is JSON")
    except GivenDataError as error:
        raise error.under("bpx") from error
    whole = _parsed(text, file)
    header = _section(whole, "Header", file, "is no BPX file: it has no 'Header'")
    _require_version(header.get("BPX"), file)
    _require_lithium(header, file)
    sections = _section(whole, "Parameterisation", file, "has no 'Parameterisation'")
    name = _ELECTRODES[which]
    if name not in sections:
        refuse(f"'{file:.200}' has no '{name}'; it has {', '.join(map(repr, sections))}", "electrode")
    values = _section(sections, name, file, f"'{name}' is empty")
    values = _particle(values, name, file, named.get("particle"))
    cell = sections.get("Cell")
    kelvin = cell.get("Reference temperature [K]") if isinstance(cell, Mapping) else None
    kelvin = float(kelvin) if _is_number(kelvin) else None
    if kelvin is not None and not _COLDEST <= kelvin <= _HOTTEST:
        refuse(
            f"'{file:.200}': Cell: 'Reference temperature [K]' must be {_COLDEST:g} to {_HOTTEST:g}, not "
            f"{kelvin:g}",
            "bpx",
        )
    return _Electrode(values, name, file, _title(header), kelvin)


def _parsed(text: str, file: str) -> Mapping[str, Any]:
    try:
        whole = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        refuse(f"'{file:.200}', line {error.lineno}, column {error.colno}: is not JSON: {error.msg}", "bpx")
    except (ValueError, RecursionError) as error:
        refuse(f"'{file:.200}' is not JSON that can be read: {error!s:.100}", "bpx")
    if not isinstance(whole, Mapping):
        refuse(f"'{file:.200}' is no BPX file: it holds a list or a value, not sections", "bpx")
    return whole


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is no number of JSON")


def _section(whole: Mapping[str, Any], key: str, file: str, message: str) -> Mapping[str, Any]:
    found = whole.get(key)
    if not isinstance(found, Mapping) or not found:
        refuse(f"'{file:.200}' {message}", "bpx")
    return found


def _require_version(given: object, file: str) -> None:
    if given is None:
        refuse(
            f"'{file:.200}' does not say its BPX version in 'Header'; read are versions 0.x and 1.x", "bpx"
        )
    shown = given if isinstance(given, str) else f"{given:.1f}" if isinstance(given, float) else str(given)
    if not _VERSION.fullmatch(shown.strip()):
        refuse(f"'{file:.200}' is of BPX version {given!r:.40}; read are versions 0.x and 1.x", "bpx")


def _require_lithium(header: Mapping[str, Any], file: str) -> None:
    words = " ".join(str(header.get(key, "")) for key in ("Title", "Description"))
    other = _OTHER_METAL.search(words)
    if other and not _LITHIUM.search(words):
        refuse(
            f"'{file:.200}' is of another chemistry: its header says '{other[0]}', and potentials are read "
            "against Li/Li+",
            "bpx",
        )


def _particle(values: Mapping[str, Any], name: str, file: str, particle: object) -> Mapping[str, Any]:
    """Return the values of the electrode, those of one of its particles among them."""
    blend = values.get("Particle")
    if not isinstance(blend, Mapping):
        if particle is not None:
            refuse(f"'{file:.200}': '{name}' is not blended; remove the particle", "particle")
        return values
    names = ", ".join(f"'{one:.40}'" for one in blend)
    if particle is None:
        refuse(
            f"'{file:.200}': '{name}' is blended; name one of its particles, 'particle: ...': {names}",
            "electrode",
        )
    if not isinstance(particle, str) or particle not in blend or not isinstance(blend[particle], Mapping):
        refuse(f"'{file:.200}': '{name}' has no particle '{particle!s:.40}'; it has {names}", "particle")
    return {**{key: one for key, one in values.items() if key != "Particle"}, **blend[particle]}


def _title(header: Mapping[str, Any]) -> str:
    text = "".join(one if one.isprintable() else " " for one in str(header.get("Title", "")))
    short = " ".join(text.split()).rstrip(".")
    return short if len(short) <= _LONGEST_TITLE else f"{short[: _LONGEST_TITLE - 3]}..."
