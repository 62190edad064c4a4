"""The planar film cell as a custom model of PyBaMM: Fick's law in each film, Butler-Volmer at each face.

Finite volumes on a mesh that is finest at the face, where the currents of pulses begin; SUNDIALS' IDA through
PyBaMM's IDAKLU solver.  ``cells=100, rtol=1e-6`` is what PyBaMM would be used with, the defaults are the reference.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.film_oracles.cells import CLIP, THERMAL, Columns, Half, evaluated
from tests.oracles import pybamm_or_skip

Floats = NDArray[np.float64]


class PybammPlane:
    """One planar cell at a current that is an input, or a function of time, built and ready to solve."""

    def __init__(
        self, cell: Columns, cells: int = 400, grading: float = 4.0, rtol: float = 1e-8, atol: float = 1e-10,
        current: Any = None, cut_off: bool = True,
    ) -> None:  # fmt: skip
        self.pybamm = pybamm = pybamm_or_skip()
        self.cell = cell
        model = pybamm.BaseModel("films")
        self.current = pybamm.InputParameter("I") if current is None else current(pybamm)
        voltage = -self.current * float(cell.resistance[0])
        geometry: dict[str, Any] = {}
        self.filled: dict[str, str] = {}
        for name, half, sign in (("cathode", cell.cathode, 1), ("anode", cell.anode, -1)):
            voltage += self._electrode(model, geometry, name, half, sign)
        model.variables |= {"V": voltage, "I": self.current}
        if cut_off:
            model.events = [pybamm.Event("cut-off", voltage - cell.window[0])]
        self.model = model
        points = {next(iter(geometry[film])): cells for film in geometry}
        sub = pybamm.MeshGenerator(
            pybamm.Exponential1DSubMesh, submesh_params={"side": "left", "stretch": grading}
        )
        mesh = pybamm.Mesh(geometry, dict.fromkeys(geometry, sub), points)
        # the face from the two nearest cells and the slope that the current imposes
        method = pybamm.FiniteVolume(
            {"extrapolation": {"order": {"gradient": "linear", "value": "quadratic"}, "use bcs": True}}
        )
        self.discretised = pybamm.Discretisation(mesh, dict.fromkeys(geometry, method))
        self.discretised.process_model(model)
        self.solver = pybamm.IDAKLUSolver(rtol=rtol, atol=atol)

    def _electrode(self, model: Any, geometry: dict[str, Any], name: str, half: Half, sign: int) -> Any:
        pybamm = self.pybamm
        if half.diffusivity is None:
            face: Any = pybamm.Scalar(half.start)
        else:
            s = pybamm.Variable(f"{name} filling", domain=f"{name} film")
            x = pybamm.SpatialVariable(f"x_{name}", domain=[f"{name} film"], coord_sys="cartesian")
            geometry[f"{name} film"] = {x: {"min": pybamm.Scalar(0), "max": pybamm.Scalar(1)}}
            time = float(half.thickness[0]) ** 2 / half.diffusivity
            flux = -pybamm.grad(s) / time
            rate = sign * self.current / half.capacity
            model.rhs[s] = -pybamm.div(flux)
            model.initial_conditions[s] = pybamm.Scalar(half.start)
            model.boundary_conditions[s] = {
                "left": (-rate * time, "Neumann"),
                "right": (pybamm.Scalar(0), "Neumann"),
            }
            face = pybamm.BoundaryValue(s, "left")
            model.variables[f"face {name}"] = face
            self.filled[name] = f"face {name}"
        face = pybamm.minimum(pybamm.maximum(face, CLIP), 1 - CLIP)
        share = sign * evaluated(half.potential, pybamm)(face)
        return share - self._charge_transfer(model, name, half, face, sign)

    def _charge_transfer(self, model: Any, name: str, half: Half, face: Any, sign: int) -> Any:
        pybamm = self.pybamm
        if half.exchange is None:
            return pybamm.Scalar(0)
        a = half.anodic
        i0 = pybamm.Scalar(half.exchange)
        if half.occupancy:
            i0 = i0 * (face / 0.5) ** (1 - a) * ((1 - face) / 0.5) ** a
        density = self.current / float(half.face[0])
        if a == 0.5:
            return 2 * THERMAL * pybamm.arcsinh(density / (2 * i0))
        forward, back = (a, 1 - a) if sign < 0 else (1 - a, a)
        eta = pybamm.Variable(f"{name} overpotential")
        model.algebraic[eta] = i0 * (pybamm.exp(forward * eta) - pybamm.exp(-back * eta)) - density
        model.initial_conditions[eta] = pybamm.Scalar(0)
        return THERMAL * eta

    def curve(self, current: float, times: Floats) -> tuple[Floats, Floats]:
        """Times and voltages at a constant current (A/m²) to the cut-off or the last of ``times``."""
        ends = np.array([0.0, times[-1]])
        found = self.solver.solve(self.model, ends, t_interp=times, inputs={"I": current})
        return np.asarray(found.t), np.asarray(found["V"].entries)

    def staircase(
        self, breaks: Floats, currents: Floats, end: float, points: int = 12
    ) -> tuple[list[Floats], list[Floats]]:
        """Times and voltages between breaks (s, A/m² from there on): the solver starts anew at each of them."""
        found, times, voltages = None, [], []
        for begins, ends, current in zip(breaks, [*breaks[1:], end], currents, strict=True):
            within = (ends - begins) * np.geomspace(1e-4, 1.0, points)
            inputs = {"I": float(current)}
            found = self.solver.step(
                found, self.model, within[-1], t_interp=within[:-1], inputs=inputs, save=False
            )
            times.append(np.asarray(found.t)[1:])
            voltages.append(np.asarray(found["V"].entries)[1:])
        return times, voltages
