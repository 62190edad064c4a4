"""The numbers of a design for n samples of what is uncertain of it, in closed form.

Sizes go into the design as a batch puts them there; constants take other values as the constants that they
are, which is no override: what follows from a stated constant would change with it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.bands.inputs import Input, samples_of
from tfgeom.batch.columns import read_column
from tfgeom.batch.designs import with_numbers
from tfgeom.batch.groups import Failures, Found, run_rows
from tfgeom.batch.groups import Rows as Indexes
from tfgeom.batch.many import mapping_of
from tfgeom.batch.outputs import Numbers, read_output
from tfgeom.cells.assembled import AssembledCell
from tfgeom.design import Balance, Design
from tfgeom.rows import Refused
from tfgeom.source import Location

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rows:
    """The numbers of n samples.

    Attributes
    ----------
    values
        Shape (n, m), a column an output; nan where a sample cannot exist or has no such number.
    reasons
        Why a sample cannot exist, n of them; empty where it can.
    """

    values: Floats
    reasons: Sequence[str]

    @property
    def exist(self) -> NDArray[np.bool_]:
        """Whether each sample can exist, shape (n,)."""
        return np.array([not reason for reason in self.reasons], dtype=bool)

    @property
    def lost(self) -> Counter[str]:
        """The reasons, with how many samples each of them costs."""
        return Counter(reason for reason in self.reasons if reason)


class Sampler:
    """Numbers of a cell's design for points in the cube of its uncertain inputs.

    Parameters
    ----------
    cell
        The cell: of a balanced electrode the thickness that was solved for it is what is deposited.
    inputs
        What is uncertain.
    outputs
        Paths of the numbers that are wanted.
    """

    def __init__(self, cell: AssembledCell, inputs: Sequence[Input], outputs: Sequence[str]) -> None:
        self._design = deposited(cell)
        self._mapping = mapping_of(self._design)
        self._inputs = tuple(inputs)
        self._outputs = [read_output(path) for path in outputs]

    def rows(self, points: Floats) -> Rows:
        """Return the numbers at points, shape (n, d)."""
        n = len(points)
        samples = samples_of(self._inputs, points)
        failures = Failures()
        sizes: dict[Location, Floats] = {}
        constants: dict[tuple[str, str], Floats] = {}
        for one in self._inputs:
            values = samples[one.path]
            if one.is_constant:
                constants[one.constant] = values
                continue
            column = read_column(one.path, list(values), self._design, self._mapping)
            assert column.place is not None
            assert column.numbers is not None
            sizes[column.place] = column.numbers
            for row, reason in column.reasons.items():
                failures.add(np.array([row]), f"{one.words} {reason}", own=True)
        found = np.full((n, len(self._outputs)), np.nan)

        def compute(some: Indexes) -> Found:
            try:
                design = with_numbers(self._design, {place: values[some] for place, values in sizes.items()})
            except ValueError as error:
                raise Refused(np.ones(some.shape, dtype=bool), str(error)) from error
            made = Numbers(design, self._outputs, {key: values[some] for key, values in constants.items()})
            return {one.name: made.of(one) for one in self._outputs}

        def take(some: Indexes, numbers: Found) -> None:
            for at, one in enumerate(self._outputs):
                value = numbers[one.name]
                found[some, at] = np.nan if value is None else value

        run_rows(
            np.array([row for row in range(n) if row not in failures.reason], dtype=np.int64),
            compute,
            failures,
            take,
        )
        reasons = [""] * n
        for row in failures.rows:
            reasons[row] = failures.reason.get(row) or failures.summary[row]
        return Rows(found, reasons)


def deposited(cell: AssembledCell) -> Design:
    """Return the design of a cell with every balanced electrode as thick as was solved."""
    blueprint = cell.blueprint
    solved: dict[Location, float] = {
        ("layers", at, "thickness"): layer.thickness
        for at, (stated, layer) in enumerate(zip(blueprint.design.layers, blueprint.layers, strict=True))
        if isinstance(stated.thickness, Balance)
    }
    return with_numbers(blueprint.design, solved) if solved else blueprint.design
