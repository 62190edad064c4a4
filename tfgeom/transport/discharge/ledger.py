"""Where a cell's energy goes: power lost by part and mechanism at a moment, summed over time."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from tfgeom.transport.discharge.column_voltages import Answer, CellState, Columns
from tfgeom.transport.losses import INTERFACE_OF

Floats = NDArray[np.float64]
Key = tuple[str, str]

_ENDS = ("cathode", "anode")


class Ledger:
    """Energy lost so far; between two points every power is taken to be linear in time.

    Rows: each series loss; ``charge_transfer`` of both interfaces; ``diffusion``, the potential of a film at
    its mean composition over that at its face; ``unevenness``, that of a column as it would rest over that of
    its mean; ``salt`` of electrolytes solved in time; ``film`` of sheets; ``leak``.  They add up to what
    the lithium gives, ``U (I + leak V)``, less what is delivered, ``V I``, with U the voltage at rest: at the
    mean composition, or between two films in columns where those share their charge
    (`tfgeom.transport.discharge.resting`).

    Parameters
    ----------
    columns
        Whose losses.
    """

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        cell = columns.cell
        keys: list[Key] = [(row.part, row.mechanism) for row in (*cell.ohmic, *cell.joint)]
        keys += [(INTERFACE_OF[end], "charge_transfer") for end in _ENDS]
        for mechanism in ("diffusion", "unevenness"):
            keys += [(end, mechanism) for end in _ENDS]
        keys += [("electrolyte", "salt") for _ in cell.weak]
        keys += [(sheet.part, sheet.mechanism) for sheet in cell.sheets]
        keys.append(("electrolyte", "leak"))
        self._keys = keys
        self._lost: Floats = np.zeros(len(keys))
        self._power: Floats = np.zeros(len(keys))

    def powers(self, answer: Answer, state: CellState) -> tuple[Floats, float]:
        """Return the power of each row, W/m², and the voltage at rest, V."""
        columns, current = self.columns, answer.current
        means = columns.means(state)
        wholes = columns.open_circuit(means)
        powers = [float(current**2 @ row.resistance) for row in columns.cell.ohmic]
        total = current.sum(keepdims=True)
        powers += [float(total[0] ** 2 * row.resistance[0]) for row in columns.cell.joint]
        for side, face in zip(columns.sides, answer.faces, strict=True):
            powers.append(float((total if side.apart else current) @ face.overpotential))
        spread, uneven = [], []
        for side, face, mean, whole in zip(columns.sides, answer.faces, means, wholes, strict=True):
            if mean is None:
                spread.append(0.0)
                uneven.append(0.0)
                continue
            at_mean = side.electrode.sign * side.potential(mean)
            spread.append(float(current @ (at_mean - face.potential)))
            uneven.append(float(current @ (whole - at_mean)))
        powers += spread + uneven
        powers += [float(current @ drop) for drop in answer.drops]
        powers += [float(current @ loss) for loss in state.sheets]
        powers.append(columns.cell.leak * state.voltage**2)
        return np.array(powers), float(np.max(wholes[0] + wholes[1]))

    def jump(self, powers: Floats) -> None:
        """Take powers that set in at once."""
        self._power = powers

    def pass_by(self, seconds: float, powers: Floats) -> None:
        """Add what was lost over ``seconds`` until ``powers``."""
        self._lost = self._lost + seconds / 2 * (self._power + powers)
        self._power = powers

    @property
    def lost(self) -> Mapping[Key, float]:
        """J/m² by part and mechanism."""
        found: dict[Key, float] = {}
        for key, value in zip(self._keys, self._lost, strict=True):
            if key != ("electrolyte", "leak") or self.columns.cell.leak:
                found[key] = found.get(key, 0.0) + float(value)
        return found
