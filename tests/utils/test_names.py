import pytest

from audiogen.utils.names import did_you_mean

FAMILIES = ["organ", "guitar", "flute", "Flugelhorn"]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("orgn", " Did you mean organ?"),
        ("FLUTE", " Did you mean flute?"),
        ("flugelhorns", " Did you mean Flugelhorn?"),
        ("kazoo", ""),
        (60, ""),
    ],
)
def test_near_names_are_listed(name, hint):
    assert did_you_mean(name, FAMILIES) == hint


def test_the_nearest_comes_first_and_three_are_enough():
    known = [f"guitar_{kind}" for kind in ("steel", "nylon", "slide", "muted")]
    assert did_you_mean("guitar_nylo", known).startswith(" Did you mean guitar_nylon or ")
    assert did_you_mean("guitar_nylo", known).count("guitar") == 3
