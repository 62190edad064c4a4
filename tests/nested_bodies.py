"""A block and two films of 10 and 25 nm that each enclose all before, half a millimetre from the origin."""

import numpy as np
from numpy.typing import NDArray

from tfgeom.meshing.solid import Solid

CORNERS = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)])
QUADS = np.array([[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]])
BOX = np.concatenate((QUADS[:, [0, 1, 2]], QUADS[:, [0, 2, 3]]))
START = np.array([500 + 1 / 3, -499 - 1 / 7, 300 + 1 / 9])
SIZE = np.array([2.1, 3.0, 4.0])
FILMS = (1 / 99, 2 / 81)  # um, with no last digit
NAMES = ("block", 'film <"a & b">', "film 'a\nb'")
COLOURS = ("#0072b2", "#d55e00", "#f0e442")
MATERIALS = ("Si", "LiCoO2", "Li<PON>")


def nested(size: NDArray[np.float64] = SIZE) -> list[Solid]:
    """Return a block and two films that each enclose all before; the faces between are the same points."""
    low, high = START, START + size
    inner = low + CORNERS * (high - low)
    found = [Solid(NAMES[0], "substrate", MATERIALS[0], COLOURS[0], inner, BOX)]
    for thickness, name, colour, material in zip(FILMS, NAMES[1:], COLOURS[1:], MATERIALS[1:], strict=True):
        low, high = low - thickness, high + thickness
        outer = low + CORNERS * (high - low)
        faces = np.concatenate((BOX[:, ::-1], BOX + 8))
        found.append(Solid(name, "cathode", material, colour, np.concatenate((inner, outer)), faces))
        inner = outer
    return found


def expected(size: NDArray[np.float64] = SIZE) -> list[float]:
    blocks = [float(np.prod(size + 2 * grown)) for grown in (0, FILMS[0], sum(FILMS))]
    return [blocks[0], blocks[1] - blocks[0], blocks[2] - blocks[1]]
