"""What a sweep asks for, as JSON: what tells one sweep from another."""

import hashlib
import json
from pathlib import Path
from typing import Any

from tfgeom.design import design_from_mapping, design_sha256, read_mapping
from tfgeom.errors import TfgeomError
from tfgeom.sweep.axes import Axis
from tfgeom.sweep.draws import SAMPLED, TOGETHER
from tfgeom.sweep.spec import SweepSpec


def asked(spec: SweepSpec) -> dict[str, Any]:
    """Return what a sweep asks for, as JSON: its keys and values, and what its designs say.

    Comments, the order of keys and the names of files do not count; what a design names does.
    """
    said = {
        "base": [_fingerprint(path) for path in spec.base],
        "vary": [[path, *_said(axis)] for path, axis in spec.vary.items()],
        "ties": sorted(spec.ties.items()),
        "method": "zip" if spec.method in TOGETHER else spec.method,
        "samples": spec.samples,
        "seed": spec.seed if spec.method in SAMPLED else 0,
        "fidelity": spec.fidelity,
        "then": None
        if spec.then is None
        else [spec.then.fidelity, spec.then.best, spec.then.by, spec.then.is_largest_best],
        "outputs": spec.outputs,
        "constraints": spec.constraints,
    }
    plain: dict[str, Any] = json.loads(json.dumps(said))
    return plain


def _said(axis: Axis) -> tuple[Any, ...]:
    return axis.values, axis.ends, axis.unit, axis.is_log


def _fingerprint(path: Path) -> str:
    mapping, origin = read_mapping(path)
    try:
        return design_sha256(design_from_mapping(mapping, origin))
    except TfgeomError:  # a base need not be possible by itself
        return hashlib.sha256(json.dumps(mapping, sort_keys=True).encode()).hexdigest()
