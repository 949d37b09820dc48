import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.quality.line_shares import BULLETS, FEW_LINES, SENTENCE_ENDS, line_shares
from ccnet_lite.text.characters import code_points


def solid(line: str) -> int:
    return len("".join(line.split()))


def repeated(lines: list[str], short: float) -> float:
    """Characters of lines that came before; a third of those of refrains."""
    found, block, verse, before, last = 0.0, 0, 0, None, {}
    for at, line in enumerate(lines):
        came = last.get(line)
        if came is None or before is None or came != before + 1:
            found, block, verse = found + verse * (1 / 3 if 2 <= block <= 12 else 1), 0, 0
        if came is not None:
            block += 1
            if came < at - 1 and lines[:at].count(line) < 8 and 0.45 * short <= len(line) <= 2.5 * short:
                verse += solid(line)
            else:
                found += solid(line)
        last[line], before = at, came
    return found + verse * (1 / 3 if 2 <= block <= 12 else 1)


def plainly(text: str, short: float) -> list[float]:
    lines = [line for line in map(str.strip, text.split("\n")) if line]
    if not lines:
        return [0.0, 0.0, 0.0]
    brief = [line for line in lines if len(line) < short and not line.endswith(tuple(SENTENCE_ENDS))]
    return [
        repeated(lines, short) / sum(map(solid, lines)),
        sum(line[0] in BULLETS for line in brief) / max(len(lines), FEW_LINES),
        sum(map(len, brief)) / sum(map(len, lines)),
    ]


TEXTS = st.text(st.sampled_from("ab.!•*\n \t\x1c\x85\u2028\u3000。’"), max_size=40) | st.text(max_size=40)


@given(st.lists(st.tuples(TEXTS, st.sampled_from([0.0, 3.0, 16.0, 40.0]))))
def test_of_any_texts_as_by_plain_python(given: list[tuple[str, float]]) -> None:
    texts = [text for text, _ in given]
    found = np.full((len(texts), 3), np.nan)
    ends = np.cumsum([len(text) for text in texts], dtype=np.int64)
    line_shares(code_points("".join(texts)), ends, np.array([short for _, short in given]), found)
    np.testing.assert_allclose(found, np.reshape([plainly(*pair) for pair in given], (-1, 3)), atol=1e-12)


VERSE = [f"This is verse {word} of our song" for word in ("one", "two", "three", "four")]
CHORUS = ["We sing it once again", "and then a third time"]
SIGNS = sum(map(solid, VERSE)), sum(map(solid, CHORUS))


def share(lines: list[str]) -> float:
    text = "\n".join(lines)
    found = np.zeros((1, 3))
    line_shares(code_points(text), np.array([len(text)]), np.array([40.0]), found)
    return float(found[0, 0])


def test_refrains_count_for_a_third() -> None:
    song = [line for verse in VERSE for line in (verse, *CHORUS)]
    assert share(song) == pytest.approx(3 * SIGNS[1] / 3 / (SIGNS[0] + 4 * SIGNS[1]))
    alone = [line for verse in VERSE for line in (verse, CHORUS[0])]  # one line is none
    assert share(alone) == pytest.approx(3 * solid(CHORUS[0]) / (SIGNS[0] + 4 * solid(CHORUS[0])))


def test_refrains_have_twelve_lines_and_come_eight_times() -> None:
    lines = [f"A line of {at} and more than that" for at in range(10, 23)]
    assert share([*lines[:12], "end", *lines[:12]]) == pytest.approx(1 / 6, abs=0.01)
    assert share([*lines, "end", *lines]) == pytest.approx(1 / 2, abs=0.01)
    posts = [line for at in range(9) for line in (f"{at} is what a post says here", *CHORUS)]
    n_posts, size = 9 * solid("0 is what a post says here"), SIGNS[1]
    assert share(posts[:24]) == pytest.approx(7 * size / 3 / (8 * n_posts / 9 + 8 * size))
    assert share(posts) == pytest.approx((7 * size / 3 + size) / (n_posts + 9 * size))


def test_white_space_is_not_counted() -> None:
    chords = [line for verse in VERSE for line in ("C       G       Am      F", verse)]
    assert share(chords) == pytest.approx(3 * 5 / (SIGNS[0] + 4 * 5))


def test_a_line_after_itself_is_no_refrain() -> None:
    again = [*VERSE, *[VERSE[3]] * 3]
    assert share(again) == pytest.approx(3 * solid(VERSE[3]) / (SIGNS[0] + 3 * solid(VERSE[3])))
