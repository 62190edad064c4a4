"""From a CSV file of measurements to `Measured`: which kind it is, and whether its numbers can be."""

from itertools import pairwise
from pathlib import Path

import numpy as np

from tfgeom.errors import DesignError, Issue
from tfgeom.fitting.columns import KnownColumn, known_columns
from tfgeom.fitting.measured import KINDS, Floats, Group, Ints, Kind, Measured
from tfgeom.materials.csv_columns import ColumnsOfText, read_columns
from tfgeom.numerals import number
from tfgeom.source import text_of
from tfgeom.units import MA_PER_CM2
from tfgeom.words import did_you_mean

_MOST_SHARE = 1.5  # above, a share of the capacity is in percent, or no share
_BEYOND = 1.0  # V outside the limits of the design that a measurement may reach
_MOST_CAPACITY = 100.0  # of what the design holds: beyond, the unit is another
_SAME = 0.02  # of the largest current: less is the ripple of an instrument


class Expected:
    """What a design lets its measurements be: V of the terminals, and C/m² that it holds."""

    def __init__(self, window: tuple[float, float], capacity: float) -> None:
        self.window = window
        self.capacity = capacity


def read_measured(
    path: str | Path, expected: Expected, kind: str | None = None, rate: Group | None = None
) -> Measured:
    """Return the measurements of a CSV file.

    Parameters
    ----------
    path
        The file; ``-`` is standard input.
    expected
        What the design lets them be.
    kind
        ``rate``, ``curves`` or ``pulses``; by default what its columns say.
    rate
        C-rate or current of voltage curves whose file has no column of it.

    Raises
    ------
    DesignError
        With the line and column of what cannot be.
    """
    if kind is not None and kind not in KINDS:
        raise DesignError.at("--kind", f"'{kind:.40}' is unknown; {did_you_mean(kind, list(KINDS))}")
    text = text_of(path, "measurements are a CSV file")
    file = str(path)
    try:
        table = read_columns(text)
        columns = known_columns(table)
        chosen = _kind_of(columns, table, kind, rate)
        reader = {"rate": _rates, "curves": _curves, "pulses": _pulses}[chosen]
        return reader(file, _Table(table, columns), expected, rate)
    except ValueError as error:
        raise DesignError([Issue("", str(error))], file) from error


class _Table:
    """Columns of a file as SI numbers."""

    def __init__(self, table: ColumnsOfText, columns: dict[str, KnownColumn]) -> None:
        self.columns = columns
        self.lines: Ints = np.array([line for line, _ in table.rows], dtype=np.intp)
        self._table = table

    def has(self, what: str) -> bool:
        return what in self.columns

    def __getitem__(self, what: str) -> Floats:
        column = self.columns[what]
        return np.array(self._table.numbers(column.place)) * column.unit

    def stated(self, what: str) -> bool:
        return self.columns[what].stated

    def refuse(self, what: str, wrong: np.ndarray, message: str) -> None:
        """Raise at the first row where ``wrong``; ``{}`` in the message is its number as the file has it."""
        if not wrong.any():
            return
        at = int(np.argmax(wrong))
        column = self.columns[what]
        given = self._table.rows[at][1][column.place]
        raise ValueError(f"line {self.lines[at]}: column '{column.header:.40}': {message.format(given)}")


def _kind_of(
    columns: dict[str, KnownColumn], table: ColumnsOfText, kind: str | None, rate: Group | None
) -> Kind:
    driven = "c_rate" in columns or "current" in columns
    fits: dict[Kind, bool] = {
        "rate": driven and ("capacity" in columns or "utilisation" in columns),
        "curves": "voltage" in columns
        and ("capacity" in columns or "time" in columns)
        and (driven or rate is not None),
        "pulses": {"time", "current", "voltage"} <= columns.keys(),
    }
    needs = {
        "rate": "a column of C-rate or footprint current and one of capacity or utilisation",
        "curves": "columns of voltage and of capacity or time, and one of C-rate or footprint current "
        "(or --at 1C, --at '0.1 mA/cm^2')",
        "pulses": "columns of time, footprint current and voltage",
    }
    if kind is not None:
        (asked,) = (one for one in KINDS if one == kind)
        if not fits[asked]:
            raise ValueError(f"--kind {kind} needs {needs[asked]}; its columns: {table.listed}")
        return asked
    if "voltage" in columns:
        if fits["pulses"] and "capacity" not in columns and _is_pulses(table, columns):
            return "pulses"
        if fits["curves"]:
            return "curves"
    elif fits["rate"]:
        return "rate"
    raise ValueError(
        f"holds no measurements that are known: rates need {needs['rate']}; voltage curves "
        f"{needs['curves']}; pulses {needs['pulses']}. Its columns: {table.listed}"
    )


def _is_pulses(table: ColumnsOfText, columns: dict[str, KnownColumn]) -> bool:
    """Return whether the current changes while the time goes on: curves begin again with each current."""
    time, current = (np.array(table.numbers(columns[one].place)) for one in ("time", "current"))
    return bool((np.diff(time) >= 0).all() and np.ptp(current) > _SAME * np.abs(current).max())


def _drive(table: _Table) -> str:
    both = [one for one in ("c_rate", "current") if table.has(one)]
    if len(both) == 2:
        raise ValueError(
            f"has columns of C-rate and current, '{table.columns['c_rate'].header:.40}' and "
            f"'{table.columns['current'].header:.40}': keep one, or they may contradict each other"
        )
    return both[0]


def _group(drive: str, value: float) -> Group:
    if drive == "c_rate":
        return Group(f"{value:.6g}C", c_rate=value)
    return Group(f"{value / MA_PER_CM2:.6g} mA/cm^2", current=value)


def _grouped(drive: str, values: Floats) -> tuple[tuple[Group, ...], Ints]:
    levels: list[float] = []
    of_group = []
    for value in values.tolist():
        near = [at for at, level in enumerate(levels) if abs(value - level) <= 1e-6 * level]
        if not near:
            near = [len(levels)]
            levels.append(value)
        of_group.append(near[0])
    return tuple(_group(drive, level) for level in levels), np.array(of_group, dtype=np.intp)


def _driven(table: _Table) -> tuple[tuple[Group, ...], Ints]:
    drive = _drive(table)
    values = table[drive]
    table.refuse(drive, values <= 0, "{} is no discharge; a rate or a current is above 0 on discharge")
    return _grouped(drive, values)


def _rates(file: str, table: _Table, expected: Expected, _: Group | None) -> Measured:
    both = [one for one in ("capacity", "utilisation") if table.has(one)]
    if len(both) == 2:
        raise ValueError("has columns of capacity and of utilisation: keep the one that was measured")
    what = both[0]
    values = table[what]
    groups, of_group = _driven(table)
    table.refuse(what, values < 0, "{} is below 0; nothing was delivered is 0")
    if what == "capacity":
        _within_capacity(table, values, expected)
        return Measured(file, "rate", "capacity", values, table.lines, groups, of_group)
    said = table.stated(what)
    table.refuse(
        what,
        values > _MOST_SHARE,
        "{} is more than the cell holds; a share of the usable capacity is at most 1"
        + ("" if said else " (in percent, write the unit into the header: 'utilisation_%')"),
    )
    return Measured(file, "rate", "utilisation", values, table.lines, groups, of_group)


def _within_capacity(table: _Table, values: Floats, expected: Expected) -> None:
    most = _MOST_CAPACITY * expected.capacity
    table.refuse(
        "capacity",
        values > most,
        f"{{}} is over {_MOST_CAPACITY:g} times the {number(expected.capacity / 36)} uAh/cm2 that the design "
        "holds; is the unit in its header right?",
    )


def _within_window(table: _Table, values: Floats, expected: Expected) -> None:
    low, high = expected.window
    table.refuse(
        "voltage",
        (values < low - _BEYOND) | (values > high + _BEYOND),
        f"{{}} is more than {_BEYOND:g} V outside the limits of the design, {low:g} to {high:g} V; is the "
        "unit in its header right?",
    )


def _curves(file: str, table: _Table, expected: Expected, rate: Group | None) -> Measured:
    values = table["voltage"]
    _within_window(table, values, expected)
    if table.has("c_rate") or table.has("current"):
        groups, of_group = _driven(table)
    else:
        assert rate is not None  # the kind asks for it
        groups, of_group = (rate,), np.zeros(values.size, dtype=np.intp)
    along = "capacity" if table.has("capacity") else "time"
    x = table[along]
    table.refuse(along, x < 0, "{} is below 0; count from the start of the discharge")
    for at, group in enumerate(groups):
        mine = of_group == at
        back = np.zeros(x.size, dtype=bool)
        back[np.flatnonzero(mine)[1:]] = np.diff(x[mine]) <= 0
        table.refuse(
            along,
            back,
            f"{{}} is not more than the one before it in the curve at {group.label}; a curve goes on, and "
            "two curves need two rates",
        )
    if along == "capacity":
        _within_capacity(table, x, expected)
    return Measured(
        file, "curves", "voltage", values, table.lines, groups, of_group,
        charge=x if along == "capacity" else None,
        time=x if along == "time" else None,
    )  # fmt: skip


def _pulses(file: str, table: _Table, expected: Expected, _: Group | None) -> Measured:
    values, time, current = table["voltage"], table["time"], table["current"]
    _within_window(table, values, expected)
    back = np.concatenate(([False], np.diff(time) < 0))
    table.refuse("time", back, "{} is earlier than the row before; pulses are in order of time")
    level = _levelled(current)
    if not level.any():
        raise ValueError(f"column '{table.columns['current'].header:.40}' is 0 throughout: no pulse flows")
    groups, of_group = _pulses_of(level)
    return Measured(
        file, "pulses", "voltage", values, table.lines, groups, of_group, time=time - time[0], current=level
    )


def _levelled(current: Floats) -> Floats:
    """Return currents whose ripple is gone: neighbours that differ by little have their mean."""
    least = _SAME * float(np.abs(current).max())
    current = np.where(np.abs(current) < least, 0.0, current)
    starts = [0, *(np.flatnonzero(np.abs(np.diff(current)) > least) + 1).tolist(), current.size]
    level = current.copy()
    for first, last in pairwise(starts):
        level[first:last] = current[first:last].mean()
    return level


def _pulses_of(level: Floats) -> tuple[tuple[Group, ...], Ints]:
    """Return a group a pulse, with the rest after it; what stands before the first counts to it."""
    begins = np.flatnonzero((level[1:] != 0) & (level[:-1] != level[1:])) + 1
    of_group = np.zeros(level.size, dtype=np.intp)
    first = [] if level[0] == 0 else [0]
    starts = [*first, *(int(one) for one in begins)]
    for count, start in enumerate(starts):
        of_group[start:] = count
    return tuple(Group(f"pulse {count}") for count in range(1, len(starts) + 1)), of_group
