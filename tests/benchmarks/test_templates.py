"""The maker of pages of one template: what it changes is what it says, and the search finds it."""

import sys
from pathlib import Path
from random import Random

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from quality_templates import Spinner, looked_through

TEXTS = [" ".join(f"w{(number * word * 7) % 400}" for word in range(1, 101)) for number in (1, 3, 11)]


@pytest.mark.parametrize(("way", "changed"), [("every 5th word", 20), ("10% of words changed", 10)])
def test_what_is_changed(way: str, changed: int) -> None:
    (copy,) = Spinner(TEXTS, "en", Random(0)).copies(TEXTS[1], way)
    pairs = zip(copy.split(), TEXTS[1].split(), strict=True)
    assert sum(one != other for one, other in pairs) == changed
    found, _, _ = looked_through([*TEXTS, copy], 0.75)
    assert {frozenset((one, other)) for one, (other, _, _) in found.items()} == {frozenset((1, 3))}


def test_names_and_synonyms() -> None:
    spinner = Spinner(TEXTS, "en", Random(0))
    for way in ("3 names", "spun"):
        copies = spinner.copies(TEXTS[0], way)
        assert len({*copies, TEXTS[0]}) == 6
        found, _, _ = looked_through([*copies, *TEXTS], 0.75)
        assert len(found) == 5 and found.keys().isdisjoint({6, 7})
