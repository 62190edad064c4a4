"""The weak forms of everything that is solved, written as on paper, in scikit-fem's words.

Each function is one integrand: of a trial function ``u``, a test function ``v`` and parameters ``w``.  Films,
liquid and salt are sums of them:

- films, ``-div(sigma grad phi) = 0`` with jumps of the potential at the interfaces: `conduction` in every
  film, `jump` across every interface, `sheet_conduction` along a collector that is no equipotential;
- liquid, ``-div(kappa grad phi) = 0`` with ``kappa dphi/dn = g (V - phi)`` on the films and at the counter
  electrode: `conduction`, and `robin` on both;
- salt, the same operator for ``psi``, with currents into the electrodes that are lumped at the nodes:
  `conduction` and `lumped`; its amount is `amount`;
- corners and waves, the films in the plane: `conduction` and `jump`.
"""

from typing import Any


def conduction(u: Any, v: Any, w: Any) -> Any:
    """Return ``sigma grad u . grad v``: of ``-div(sigma grad u) = 0``, in space and in the plane."""
    from skfem.helpers import dot, grad

    return w["sigma"] * dot(grad(u), grad(v))


def robin(u: Any, v: Any, w: Any) -> Any:
    """Return ``g u v`` per area of a surface: of ``sigma du/dn = -g u`` on it."""
    return w["g"] * w["area"] * u * v


def jump(u: Any, v: Any, w: Any) -> Any:
    """Return ``g [u] [v]`` per area of an interface: of ``sigma du/dn = g [u]`` on both its sides.

    The potentials below and above are the components of ``u``, and ``[u]`` is that above less that below.
    """
    return w["g"] * w["area"] * (u[1] - u[0]) * (v[1] - v[0])


def sheet_conduction(u: Any, v: Any, w: Any) -> Any:
    """Return ``s grad_t u . grad_t v`` per area of a surface with metric E, F, G: gradients along it."""
    (u_s, u_t), (v_s, v_t) = u.grad, v.grad
    first = w["G"] * u_s * v_s - w["F"] * (u_s * v_t + u_t * v_s) + w["E"] * u_t * v_t
    return w["s"] * first / w["area"]


def lumped(v: Any, w: Any) -> Any:
    """Return ``g v`` per area: what a node of a surface takes at a potential of 1."""
    return w["g"] * w["area"] * v


def amount(v: Any, _: Any) -> Any:
    """Return ``v``: the volume that a node stands for."""
    return v
