"""Random reliefs of every kind as the design file says them, those that cannot exist among them."""

import math
import random
from typing import Any

KINDS = ("pillars", "holes", "through-holes", "trenches", "microtubes", "double microtubes", "honeycomb")


def um(value: float) -> str:
    return f"{value!r} um"


def random_relief(rng: random.Random, kind: str | None = None) -> dict[str, Any]:
    """Return a relief section with lengths from nanometres to a hundred um, angles of 45 to 95 deg, any rim."""
    kind = rng.choice(KINDS) if kind is None else kind
    pitch = 10 ** rng.uniform(-1, 1.3)
    width = rng.uniform(0.03, 0.97) * pitch
    height = width * 10 ** rng.uniform(-1.3, 1.7)
    degrees = rng.choice([90, 95, 45, rng.uniform(45, 95), rng.uniform(85, 95), rng.uniform(89.9, 90.1)])
    thin = min(width, pitch - width)
    rim = rng.choice(
        [0, 0, rng.uniform(0, 0.6) * thin, rng.uniform(0, 1.2) * height, rng.uniform(0, 0.2) * thin]
    )
    walls = {"sidewall_angle": f"{degrees!r} deg", "rim_radius": um(rim if rim > 5e-5 else 0.0)}
    lattice: dict[str, Any] = {"lattice": rng.choice(["square", "hexagonal"]), "pitch": um(pitch)}

    def measured(size: float) -> Any:
        return rng.choice([um(size), {"value": um(size), "at": rng.choice(["top", "middle", "bottom"])}])

    if kind == "trenches":
        return {"kind": kind, "pitch": um(pitch), "width": measured(width), "depth": um(height), **walls}
    if kind == "honeycomb":
        return {"kind": kind, "pitch": um(pitch), "wall": um(pitch - width), "depth": um(height), **walls}
    if kind in ("microtubes", "double microtubes"):
        wall = rng.uniform(0.02, 0.5) * width
        tubes = {
            "kind": "microtubes",
            "outer_diameter": measured(width),
            "wall": um(wall),
            "height": um(height),
        }
        if kind != "microtubes":
            second = rng.uniform(0.1, 1) * (width - 2 * wall)
            share = rng.uniform(0.05, 0.5)
            tubes["inner"] = {"outer_diameter": measured(second), "wall": um(share * second)}
        return tubes | lattice | walls
    section: dict[str, Any] = {"cross_section": rng.choice(["circle", "square", "hexagon"])}
    if section["cross_section"] != "circle":
        section["rotation"] = f"{rng.choice([0, 45, 30, rng.uniform(-90, 90)])!r} deg"
    if section["cross_section"] != "circle" and rng.random() < 0.5:
        sides = {"square": 4, "hexagon": 6}[section["cross_section"]]
        section["side"] = measured(width * math.tan(math.pi / sides))
    else:
        section["diameter"] = measured(width)
    if rng.random() < 0.25:
        other = 10 ** rng.uniform(0, 0.7) * pitch
        lattice = {"lattice": "rectangular", "pitch": rng.sample([um(pitch), um(other)], 2)}
    if kind == "pillars":
        return {"kind": kind, "height": um(height), **section, **lattice, **walls}
    return {"kind": "holes", "depth": um(height), "through": kind != "holes", **section, **lattice, **walls}
