"""What pages say of themselves: the citation is that of CITATION.cff, every rank is explained."""

from typing import get_args

import pytest
from ruamel.yaml import YAML

from tests.shipped import ROOT
from tfgeom import __version__
from tfgeom.design.published import Confidence
from tfgeom.errors import OutputError
from tfgeom.metrics.estimates import ESTIMATED, RANKS
from tfgeom.report.about import AUTHORS, LICENSE, TITLE, making, ranks_table, terms_table
from tfgeom.results import all_results


def test_the_citation_is_that_of_the_file() -> None:
    cited = YAML(typ="safe").load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["title"] == TITLE
    assert [author["name"] for author in cited["authors"]] == [AUTHORS]
    assert cited["license"] == LICENSE
    assert cited["version"] == __version__


def test_the_day_is_the_one_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    made = making("tfgeom report x.yaml")
    assert made.day == "1970-01-02"
    assert "version" in made.citation
    assert made.citation.endswith("1970-01-02")


def test_a_day_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "9" * 14)
    with pytest.raises(OutputError, match=r"SOURCE_DATE_EPOCH: 9+ s after 1970 is no day of the calendar"):
        making()


def test_every_rank_of_confidence_is_explained() -> None:
    assert set(RANKS) == set(get_args(Confidence))
    assert set(ESTIMATED) <= set(RANKS)
    shown = ranks_table(["memory", "primary"]).rows
    assert len(shown) == 2
    assert str(shown[1][0]).startswith("estimate")


def test_the_words_are_those_that_numbers_declare() -> None:
    words = {str(row[0]): row[1] for row in terms_table(one.declared for one in all_results()).rows}
    for one in all_results():
        assert words[one.declared.title]
    assert "missing" in str(words["at best"])
