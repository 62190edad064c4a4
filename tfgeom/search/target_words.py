"""What `tfgeom optimize` says of a target, as lines, JSON and a design file."""

from pathlib import Path
from typing import Any

from tfgeom import __version__
from tfgeom.characters import visible
from tfgeom.design import design_from_mapping, dump_design
from tfgeom.search.target import TargetResult


def target_lines(result: TargetResult) -> list[str]:
    """Return the answer in words."""
    name, wanted = result.spec.target
    found = result.found
    if found is None:
        lines = [f"no design in the ranges keeps the limits; {name} {wanted:.6g} is not looked for"]
        return lines + [f"  {limit}: nearest is {value:.6g}" for limit, value in result.closest.items()]
    sizes = [
        f"  {path}: {value} (was {result.base[path]})"
        for path, value in found.point.values.items()
        if path in result.base
    ]
    sizes += [
        f"  {path}: {value} (tied)" for path, value in found.point.values.items() if path not in result.base
    ]
    limits = [f"  {limit}: {value:.6g}" for limit, value in found.limits.items()]
    if result.is_reached:
        return [f"{name} {found.value:.6g}, with the least change of the free sizes:", *sizes, *limits]
    way = "at most" if found.value < wanted else "at least"
    lines = [f"{name} {wanted:.6g} is not reached: within the limits {way} {found.value:.6g}"]
    for limit, (value, needed) in result.in_the_way.items():
        lines.append(f"in the way is {limit}: without it {value:.6g} is reached, at {needed:.6g}")
    if result.ends:
        lines.append(f"{' and '.join(result.ends)} at an end of the range; give 'free' wider ones")
    if not result.in_the_way and not result.ends and len(result.spec.limits) > 1:
        lines.append("no limit alone is in the way: loosen several, or free more sizes")
    elif not result.in_the_way and not result.ends:
        lines.append("films or features would meet beyond that; free more sizes")
    return [*lines, "that is:", *sizes, *limits]


def target_dict(result: TargetResult) -> dict[str, Any]:
    """Return the answer as JSON."""
    name, wanted = result.spec.target
    found = result.found
    return {
        "target": {name: wanted},
        "reached": result.is_reached,
        "value": None if found is None else found.value,
        "sizes": None if found is None else dict(found.point.values),
        "base": result.base,
        "limits": result.closest if found is None else found.limits,
        "in_the_way": {
            limit: {"reached_without": value, "limit_then": needed}
            for limit, (value, needed) in result.in_the_way.items()
        },
        "at_an_end": list(result.ends),
    }


def target_text(result: TargetResult) -> str:
    """Return the design as a file, with what it holds above it."""
    found = result.found
    if found is None:
        raise ValueError("no design was found")
    plan, name = result.plan, result.spec.target[0]
    mapping = plan.mapping(found.point)
    design = design_from_mapping(mapping, folder=plan.folders[found.point.base])
    file = Path(result.spec.sweep.origin.file or "").name
    changed = [f"{path} {value}" for path, value in found.point.values.items()]
    limits = [f"{limit} (is {value:.6g})" for limit, value in found.limits.items()]
    head = [
        f"{name} {found.value:.6g}, by 'tfgeom optimize {file}' of tfgeom {__version__}.",
        f"Changed as little as that takes: {', '.join(changed)}.",
        *([f"Kept: {', '.join(limits)}."] if limits else []),
    ]
    return "".join(f"# {visible(line)}\n" for line in head) + dump_design(design)
