"""The maker of repeated runs: what it plants is what it says, the search finds all of it and nothing strange."""

import sys
from pathlib import Path
from random import Random

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from quality_spans import looked_through, measured, planted, repeated

from ccnet_lite.text.located import locate

SPACED = [" ".join(f"w{text}x{word}" for word in range(120)) for text in range(4)]
UNSPACED = ["".join(chr(0x4E00 + 120 * text + word) for word in range(120)) for text in range(4)]


@pytest.mark.parametrize("texts", [SPACED, UNSPACED])
@pytest.mark.parametrize(("length", "found"), [(50, 2), (49, 0)])
def test_what_is_planted_is_found(texts: list[str], length: int, found: int) -> None:
    made, places = planted(texts, length, Random(1))
    assert made[::2] == texts[::2] and places.keys() == {1, 3}
    for number, (begin, end) in places.items():
        run = made[number][begin:end]
        assert run in texts[number - 1] and len(locate(run)) == length
        assert made[number][:begin] + made[number][end + 1 :] == texts[number]
    told = measured(texts, length, 50, Random(1))
    assert {name: told[name] for name in ("planted", "found", "missed", "strange", "else")} == {
        "planted": 2,
        "found": found,
        "missed": 0,
        "strange": 0,
        "else": 0,
    }


def test_windows_as_text_tell_what_is_repeated() -> None:
    tokens = [locate(text) for text in ("a b c d", "x b c d y", "b c d b c d")]
    assert repeated(tokens, 3) == [set(), {1, 2, 3}, {0, 1, 2, 3, 4, 5}]
    assert looked_through(["a b c d e f g h", "i j k"], 8)[0].num_rows == 0
