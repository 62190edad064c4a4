"""PyBaMM's planar film cell exported to DiffSL and solved by diffsol, sparse."""

from typing import Any

import numpy as np

from tests.film_oracles.pybamm_planes import PybammPlane
from tests.oracles import diffsol_or_skip


class DiffsolPlane:
    """One planar cell at a current that is an input, compiled and ready to solve to its cut-off."""

    def __init__(self, plane: PybammPlane, rtol: float, atol: float) -> None:
        diffsol = diffsol_or_skip()
        code = plane.pybamm.DiffSLExport(plane.model).to_diffeq(outputs=["V"])
        self.ode: Any = diffsol.Ode(
            code, matrix_type=diffsol.faer_sparse, linear_solver=diffsol.lu, ode_solver=diffsol.bdf
        )
        self.ode.rtol, self.ode.atol = rtol, atol

    def end(self, current: float, longest: float) -> float:
        """Time (s) at which the voltage meets its cut-off."""
        return float(self.ode.solve(np.array([current]), longest).ts[-1])
