"""Clean documents made bad: each is what its kind says, the same every time, and caught by the rule for it."""

import sys
from collections import Counter
from pathlib import Path

import pytest

from ccnet_lite.finished.fit_rules import signals_of
from ccnet_lite.quality.common_words import WordLists

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from bad_documents import MADE, made

LINE = "The people of town number {} open their houses to guests, who stay until spring."
LATIN = "\n".join(map(LINE.format, range(9)))
THAI = "บ้านหลังนี้อยู่ใกล้แม่น้ำสายใหญ่และมีสวนดอกไม้อยู่หน้าบ้านของคุณยาย" * 2


def measured(text: str, column: str) -> float:
    return float(signals_of([text], "en", WordLists({}))[column][0].as_py())


@pytest.mark.parametrize("text", [LATIN, THAI])
def test_each_kind_is_what_it_says(text: str) -> None:
    bad = {kind: texts[0] for kind, texts in made([text])}
    assert list(bad) == list(MADE) and bad == {kind: texts[0] for kind, texts in made([text])}
    assert len({text, *bad.values()}) == 5
    lines = Counter(bad["repeated lines"].split("\n"))
    assert max(lines.values()) >= 2 and measured(bad["repeated lines"], "duplicate_line_share") > 0.3
    assert measured(bad["repeated phrases"], "duplicate_5gram_share") > 0.3
    assert measured(bad["symbol runs"], "symbol_share") > measured(text, "symbol_share") + 0.03
    assert bad["word lists"].count("\n") > 3 and measured(bad["word lists"], "terminal_line_share") == 0
    words = bad["word lists"].split()
    assert len(words) == len(set(words)) or text == THAI
