"""Lists and lines that rules cut, found in a shard's texts; literal texts, no model."""

from typing import Any

import numpy as np

from ccnet_lite.kernels.line_cuts import broken_lines, find_cuts
from ccnet_lite.kernels.lines import COMMON, Cuts
from ccnet_lite.settings import LineRule
from tests.kernels.test_lines import lines_of
from tests.tables import batch_of


def rule(name: str, measure: Any, side: Any, bound: float, **more: Any) -> LineRule:
    return LineRule(name=name, measure=measure, comparison=side, bound=bound, source="mine", **more)


WORDS = rule("words", "words", "below", 3)
ENDS = rule("ends", "ends_sentence", "below", 1, without_scripts=("Thai",))
SHOP = rule("shop", "phrases", "above", 0, phrases=("shop", "la Boutique"))


def languages_of(texts: list[str]) -> list[str]:
    return ["fr" if "le" in text else "en" for text in texts]


def cuts_of(texts: list[str], rules: list[LineRule], size: int = 2, look: bool = False, masked: Any = ()) -> Cuts:
    lines = lines_of([(n, 7, [9] * len(t.split("\n")), [1] * len(t.split("\n"))) for n, t in enumerate(texts)])
    verdict = np.zeros(len(lines.keys), np.int8)
    for document, line in masked:
        verdict[lines.offsets[document] + line] = COMMON
    rows = [{"raw_content": text, "nlines": text.count("\n") + 1} for text in texts]
    columns = ["raw_content", "nlines"]
    batches = (batch_of("documents", rows[n : n + size], columns) for n in range(0, len(rows), size))
    return find_cuts(batches, lines, verdict, look, rules, languages_of)


def named(cuts: Cuts) -> list[list[tuple[int, str]]]:
    pairs = zip(cuts.rule_lines.to_pylist(), cuts.rule_names.to_pylist(), strict=True)
    return [list(zip(ids, names, strict=True)) for ids, names in pairs]


def test_lists_around_are_found_beside_the_masks() -> None:
    prose = "\n".join(f"Line {n} of a text that goes on for long enough to be taken for prose." for n in range(9))
    menu = "Home\nNews\nSearch\nA headline of today\nAnother one"
    texts = [prose, f"{prose}\n{menu}", f"{menu}\n{prose}", ""]

    def around(size: int, *masked: tuple[int, int]) -> list[list[int]]:
        return cuts_of(texts, [], size, True, masked).lists.tolist()  # type: ignore[no-any-return]

    # Three page words at the beginning are a menu by themselves, what stands behind them at the end is none.
    assert around(4) == around(1) == [[0, 0], [0, 0], [3, 0], [0, 0]]
    masked = (1, 12), (1, 13)  # the last two of the second text
    assert around(4, *masked) == around(3, *masked) == [[0, 0], [0, 5], [3, 0], [0, 0]]
    assert cuts_of(texts, [], 4, False, masked).lists.tolist() == [[0, 0]] * 4
    # What is in a list does not say the language: "le" stands there alone.
    french = rule("french", "chars", "above", 0, languages=("fr",))
    mixed = [f"{prose}\n{menu.replace('Search', 'le')}"]
    masked = (0, 9), (0, 10), (0, 12), (0, 13)
    assert named(cuts_of(mixed, [french], 1, False, masked))[0]
    assert (
        cuts_of(mixed, [french], 1, True, masked).lists.tolist(),
        named(cuts_of(mixed, [french], 1, True, masked)),
    ) == (
        [[0, 5]],
        [[]],
    )


def test_the_first_rule_that_a_line_breaks_cuts_it() -> None:
    texts = ["The SHOP", "Visit the shops of town.\nAnd so it goes on.\nNo end here\n", ""]
    expected = [[(0, "words")], [(0, "shop"), (2, "ends"), (3, "words")], [(0, "words")]]
    for size in (1, 2, 9):
        assert named(cuts_of(texts, [WORDS, ENDS, SHOP], size)) == expected
    assert named(cuts_of(texts, [ENDS, SHOP])) == [
        *([(0, "ends")], [(0, "shop"), (2, "ends"), (3, "ends")], [(0, "ends")]),
    ]
    assert named(cuts_of(texts, [])) == [[], [], []]
    assert named(cuts_of([], [WORDS])) == []
    assert broken_lines([], [], [ENDS], languages_of).tolist() == []


def test_at_the_bound_a_line_stays() -> None:
    texts = ["one two three\none two\na b c d"]
    assert named(cuts_of(texts, [WORDS])) == [[(1, "words")]]
    assert named(cuts_of(texts, [rule("many", "words", "above", 3)])) == [[(2, "many")]]


def test_rules_ask_in_some_languages_and_scripts() -> None:
    thai = "บ้านหลังนี้อยู่ใกล้แม่น้ำ"
    texts = ["le jardin", "the garden", f"{thai}\nThe end"]
    french = rule("french", "ends_sentence", "below", 1, languages=("fr",))
    unspaced = rule("unspaced", "chars", "below", 8, scripts=("unspaced",))
    assert named(cuts_of(texts, [french])) == [[(0, "french")], [], []]
    assert named(cuts_of(texts, [ENDS])) == [[(0, "ends")], [(0, "ends")], []]
    assert named(cuts_of(texts, [unspaced])) == [[], [], [(1, "unspaced")]]
    # What masks name says nothing of the script, and is measured all the same; nor what lists are.
    assert named(cuts_of(texts, [ENDS], masked=[(2, 0)])) == [
        [(0, "ends")],
        [(0, "ends")],
        [(0, "ends"), (1, "ends")],
    ]
    # Where masks leave nothing, all of it says it.
    assert named(cuts_of(texts, [french], masked=[(0, 0), (1, 0)])) == [[(0, "french")], [], []]


def test_what_speaks_is_given_beside_what_is_asked() -> None:
    broken = broken_lines(["a b c\nd", "e"], ["x", "le"], [WORDS], lambda texts: ["en"] * len(texts))
    assert broken.tolist() == [-1, 0, 0]
