"""The one "did you mean"."""

from tfgeom.words import did_you_mean, nearest, nearest_words


def test_a_slip_finds_the_word_whatever_its_case() -> None:
    assert nearest("Thicknes", ["material", "thickness"]) == "thickness"
    assert nearest("licoo2", ["LiMn2O4", "LiCoO2", "LICOO2"]) == "LiCoO2"
    assert nearest("x" * 10_000, ["thickness"]) is None
    assert nearest("anything", []) is None


def test_as_many_as_asked_best_first() -> None:
    words = ["pitch", "pitches", "patch", "depth"]
    assert nearest_words("pitch", words, 2) == ("pitch", "pitches")
    assert nearest_words("qqqq", words, 3) == ()
    assert nearest_words("pt", words, 1) == ()
    assert nearest_words("pt", words, 1, cutoff=0.5) == ("pitch",)


def test_the_remedy_names_all_where_none_is_near() -> None:
    assert did_you_mean("dephth", ["pitch", "depth"]) == "did you mean 'depth'?"
    assert did_you_mean("qqqq", ["pitch", "depth"]) == "allowed: pitch, depth"
    assert did_you_mean("qqqq", [], "kinds") == "kinds: none"
