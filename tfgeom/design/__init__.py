"""The design file: its schema, and the road from a file to a checked `Design` and back."""

from tfgeom.design.changing import set_path, set_paths
from tfgeom.design.loading import design_from_mapping, load_design, load_with_trace, read_mapping
from tfgeom.design.published import PUBLISHED_QUANTITIES, Published
from tfgeom.design.quantities import Balance
from tfgeom.design.schema import (
    BipolarPlate,
    Conformal,
    Contact,
    Design,
    Layer,
    LiquidFilled,
    Operation,
    Packaging,
    Substrate,
    VoltageWindow,
)
from tfgeom.design.templates import SCHEMA_FILE, design_template
from tfgeom.design.writing import design_json_schema, design_sha256, dump_design, is_schema
from tfgeom.reliefs import KINDS

__all__ = [
    "KINDS",
    "PUBLISHED_QUANTITIES",
    "SCHEMA_FILE",
    "Balance",
    "BipolarPlate",
    "Conformal",
    "Contact",
    "Design",
    "Layer",
    "LiquidFilled",
    "Operation",
    "Packaging",
    "Published",
    "Substrate",
    "VoltageWindow",
    "design_from_mapping",
    "design_json_schema",
    "design_sha256",
    "design_template",
    "dump_design",
    "is_schema",
    "load_design",
    "load_with_trace",
    "read_mapping",
    "set_path",
    "set_paths",
]
