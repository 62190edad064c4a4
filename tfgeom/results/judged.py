"""What is judged or cited beside the numbers: rules, published claims, constants."""

from dataclasses import dataclass, field

from tfgeom.results.declared import declare


@dataclass(frozen=True, slots=True)
class RuleNumbers:
    """The answer of one fabrication rule."""

    rule: str = field(metadata=declare("rule", "name of the rule"))
    status: str = field(metadata=declare("answer", "pass, warn or fail"))
    value: float = field(metadata=declare("value", "of the design, in the row's unit"))
    limit: float = field(metadata=declare("limit", "of the rule, in the row's unit"))
    unit: str = field(metadata=declare("unit", "of value and limit"))
    message: str = field(metadata=declare("what it means", "in a sentence"))
    source: str = field(metadata=declare("source", "where the rule stands"))


@dataclass(frozen=True, slots=True)
class NotCounted:
    """What the numbers leave out although a real device has it."""

    subject: str = field(metadata=declare("subject", "what of, in a word or two"))
    sentence: str = field(metadata=declare("what is left out", "in words, with its size where it is known"))


@dataclass(frozen=True, slots=True)
class PublishedNumbers:
    """A measured number beside the computed one, both in ``unit``.

    A capacity also stands beside what the limiting film holds in theory; ``needs`` says what a claim above
    that would need.
    """

    quantity: str = field(metadata=declare("quantity", "what was published"))
    published: float = field(metadata=declare("published", "in the row's unit"))
    computed: float | None = field(metadata=declare("computed", "in the row's unit"))
    deviation: float | None = field(
        metadata=declare("deviation", "computed over published, less 1", form="share")
    )
    tolerance: float | None = field(
        metadata=declare("tolerance", "deviation allowed; null: only shown", form="share")
    )
    confidence: str = field(metadata=declare("confidence", "how the published number is known"))
    verdict: str = field(metadata=declare("verdict", "inside, outside or not_gated"))
    unit: str = field(metadata=declare("unit", "of the row's numbers"))
    c_rate: float | None = field(metadata=declare("C-rate", "it was measured at"))
    source: str = field(metadata=declare("source", "where it stands"))
    note: str = field(metadata=declare("note", "what else to know"))
    theoretical_limit: float | None = field(
        default=None, metadata=declare("in theory", "what the limiting film holds, in the row's unit")
    )
    needs: str = field(default="", metadata=declare("needs", "what a claim above theory would need"))


@dataclass(frozen=True, slots=True)
class ProvenanceNumbers:
    """Where one constant came from."""

    material: str = field(metadata=declare("material", "name in the library or the design"))
    property: str = field(metadata=declare("property", "key of the constant"))
    value: float | str = field(metadata=declare("value", "a number in the row's unit, or a form in words"))
    unit: str = field(metadata=declare("unit", "of the row's numbers"))
    source: str = field(metadata=declare("source", "where it stands"))
    confidence: str = field(metadata=declare("confidence", "how it is known"))
    low: float | None = field(default=None, metadata=declare("low", "lowest plausible value"))
    high: float | None = field(default=None, metadata=declare("high", "highest plausible value"))
    note: str = field(default="", metadata=declare("note", "what else to know"))
