"""The maker of pages inside longer ones: what it cuts and plants is what it says, and the search finds it."""

import sys
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from quality_containment import cut, looked_through, planted, share_of

TEXT = "\n".join(" ".join(f"w{line}x{word}" for word in range(12)) for line in range(20))


def test_what_is_cut_and_planted() -> None:
    short = cut(TEXT, 100)
    assert TEXT.startswith(short) and len(short.split()) == 100
    assert cut(TEXT, 240) == cut(TEXT, 500) == ""
    assert cut("東京都" * 40, 100) == ("東京都" * 40)[:100]
    assert planted(short, "in other lines", Random(0)) == short.replace("\n", " ")
    changed = planted(short, "a word in 20 changed", Random(0))
    differing = sum(one != other for one, other in zip(short.split(" "), changed.split(" "), strict=True))
    assert 3 <= differing <= 5
    assert share_of(short, TEXT) == 1.0 and 0.6 < share_of(short, changed) < 0.9


def test_one_inside_is_found_and_half_a_one_is_not() -> None:
    short = cut(TEXT, 100)
    other = TEXT.replace("w", "v")
    found, _, _ = looked_through([short, f"{other}\n{short}"], 0.95)
    assert found == {0: (1, 1.0)}
    half = planted(short, "half of it", Random(0))
    assert looked_through([short, f"{other}\n{half}"], 0.95)[0] == {}
