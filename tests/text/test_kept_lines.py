"""Lines kept of texts in a column's bytes, as split and join keep them of one text."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.text.kept_lines import keep_lines, lines_at

TEXTS = st.lists(st.text(st.sampled_from("ab\n\u00e9\u6c34\r"), max_size=12), max_size=6)


@given(TEXTS, st.data(), st.integers(0, 2))
def test_as_one_text_at_a_time(texts: list[str], data: st.DataObject, skipped: int) -> None:
    lines = [text.split("\n") for text in texts]
    kept = [data.draw(st.lists(st.booleans(), min_size=len(each), max_size=len(each))) for each in lines]
    wanted = [
        "\n".join(line for line, stays in zip(each, stay, strict=True) if stays)
        for each, stay in zip(lines, kept, strict=True)
    ]
    column = pa.array(["x\n"] * skipped + texts, pa.string()).slice(skipped)
    flags = np.array([stays for stay in kept for stays in stay], np.bool_)
    found = keep_lines(column, flags)
    found.validate(full=True)
    assert found.to_pylist() == wanted
    ids = pa.array([np.flatnonzero(stay).tolist() for stay in kept], pa.list_(pa.int32()))
    assert lines_at(ids, np.array([len(each) for each in lines], np.int32)).tolist() == flags.tolist()


def test_flags_of_other_lines_are_refused() -> None:
    with pytest.raises(ValueError, match="the texts have 3 lines, and it is said of 2"):
        keep_lines(pa.array(["a\nb", "c"]), np.ones(2, np.bool_))


def test_line_ids_of_a_slice() -> None:
    ids = pa.array([[7], [1], [0, 2]], pa.list_(pa.int32())).slice(1)
    assert lines_at(ids, np.array([2, 3])).tolist() == [False, True, True, False, True]
