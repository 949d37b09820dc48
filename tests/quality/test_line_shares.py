import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.quality.line_shares import BULLETS, FEW_LINES, SENTENCE_ENDS, line_shares
from ccnet_lite.text.characters import code_points


def plainly(text: str, short: float) -> list[float]:
    lines = [line for line in map(str.strip, text.split("\n")) if line]
    if not lines:
        return [0.0, 0.0, 0.0]
    n_chars = sum(map(len, lines))
    return [
        1.0 - sum(map(len, dict.fromkeys(lines))) / n_chars,
        sum(line[0] in BULLETS for line in lines) / max(len(lines), FEW_LINES),
        sum(len(line) for line in lines if len(line) < short and not line.endswith(tuple(SENTENCE_ENDS)))
        / n_chars,
    ]


TEXTS = st.text(st.sampled_from("ab.!•*\n \t\x1c\x85\u2028\u3000。’"), max_size=40) | st.text(max_size=40)


@given(st.lists(st.tuples(TEXTS, st.sampled_from([0.0, 3.0, 16.0, 40.0]))))
def test_of_any_texts_as_by_plain_python(given: list[tuple[str, float]]) -> None:
    texts = [text for text, _ in given]
    found = np.full((len(texts), 3), np.nan)
    ends = np.cumsum([len(text) for text in texts], dtype=np.int64)
    line_shares(code_points("".join(texts)), ends, np.array([short for _, short in given]), found)
    assert found.tolist() == [plainly(*pair) for pair in given]
