"""The seeded faults of the campaign can still be seeded."""

import pytest

from tests.campaigns.faults import FAULTS, Fault, seeded
from tests.shipped import ROOT


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.file)
def test_a_fault_has_its_place(fault: Fault) -> None:
    text = (ROOT / "tfgeom" / fault.file).read_text(encoding="utf-8")
    assert seeded(fault, text) != text
    assert all((ROOT / module).is_file() for module in fault.tests)


def test_enough_faults_are_seeded() -> None:
    assert len(FAULTS) >= 20
    assert {fault.file.split("/")[0] for fault in FAULTS} >= {"cells", "metrics", "report"}
