"""The numbers of an evaluation, as they leave the program, each declared once.

Every attribute is a key of the JSON that ``tfgeom evaluate --json`` prints; a number with a dimension
carries its unit in its name.  None stands where a fidelity or a missing constant does not reach; the reason
is in `Evaluation.notes`.
"""

from tfgeom.results.curves import ChargeNumbers, CurveNumbers, LossNumbers, RateCurves
from tfgeom.results.cycled import ProtocolNumbers, ProtocolPlaneNumbers, ProtocolStepNumbers
from tfgeom.results.declared import HEADLINE, Declaration, Number, Shown, declared_of, numbers_of
from tfgeom.results.delivered import (
    BestPlanarRate,
    ChipResistance,
    ElectrodePair,
    PlanarRate,
    RateLimits,
    RateNumbers,
    RatePoint,
    RateSummary,
    ResistanceChecks,
    ResistanceNumbers,
)
from tfgeom.results.json_schema import results_json_schema
from tfgeom.results.judged import NotCounted, ProvenanceNumbers, PublishedNumbers, RuleNumbers
from tfgeom.results.listing import Result, Value, all_results, results_of, results_shown
from tfgeom.results.loaded import LoadNumbers, LoadPlanes, LoadPoint
from tfgeom.results.relief import FaceGains, GeometryNumbers, LayerNumbers
from tfgeom.results.stored import (
    ActiveDevice,
    CapacityNumbers,
    CellEnergyNumbers,
    DeviceNumbers,
    EnergyNumbers,
)
from tfgeom.results.uncertain import BandNumbers, BandsNumbers, LargestNumbers
from tfgeom.results.whole import Evaluation

__all__ = [
    "HEADLINE",
    "ActiveDevice",
    "BandNumbers",
    "BandsNumbers",
    "BestPlanarRate",
    "CapacityNumbers",
    "CellEnergyNumbers",
    "ChargeNumbers",
    "ChipResistance",
    "CurveNumbers",
    "Declaration",
    "DeviceNumbers",
    "ElectrodePair",
    "EnergyNumbers",
    "Evaluation",
    "FaceGains",
    "GeometryNumbers",
    "LargestNumbers",
    "LayerNumbers",
    "LoadNumbers",
    "LoadPlanes",
    "LoadPoint",
    "LossNumbers",
    "NotCounted",
    "Number",
    "PlanarRate",
    "ProtocolNumbers",
    "ProtocolPlaneNumbers",
    "ProtocolStepNumbers",
    "ProvenanceNumbers",
    "PublishedNumbers",
    "RateCurves",
    "RateLimits",
    "RateNumbers",
    "RatePoint",
    "RateSummary",
    "ResistanceChecks",
    "ResistanceNumbers",
    "Result",
    "RuleNumbers",
    "Shown",
    "Value",
    "all_results",
    "declared_of",
    "numbers_of",
    "results_json_schema",
    "results_of",
    "results_shown",
]
