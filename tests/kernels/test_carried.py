"""What is known of a text goes with it to the corpus, and is measured again where the text is another."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from ccnet_lite.kernels import carried
from ccnet_lite.kernels.assemble import assemble_shard
from ccnet_lite.kernels.carried import measured
from ccnet_lite.kernels.pii import with_pii
from ccnet_lite.settings import load_settings
from ccnet_lite.store.places import Place
from tests.kernels.test_assemble import DECISIONS, DOCUMENTS
from tests.tables import reader


def rows(*texts: str, n_words: Sequence[int | None], script: str = "Grek") -> pa.RecordBatch:
    """Rows of an assembly, whose script is told wrongly: so one sees where it was taken from."""
    return pa.RecordBatch.from_pydict(
        {
            "raw_content": list(texts),
            "source_domain": ["h"] * len(texts),
            "length": pa.array([len(text) for text in texts], pa.int64()),
            "n_words": pa.array(n_words, pa.int64()),
            "script": [script if count is not None else None for count in n_words],
        }
    )


def test_a_text_is_measured_where_that_is_not_known() -> None:
    texts = ["one two", "три слова тут", "a b c d", " \n ", ""]
    found = measured(rows(*texts, n_words=[20, None, 40, 50, 60]), texts)
    assert found["n_words"].to_pylist() == [20, 3, 40, 0, 0]
    assert found["script"].to_pylist() == ["Grek", "Cyrl", "Grek", "Zyyy", "Zyyy"]


def test_nothing_is_measured_where_all_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*args: Any, **more: Any) -> None:
        raise AssertionError("measured again")

    monkeypatch.setattr(carried, "measure", never)
    texts = ["one two", "three"]
    assert measured(rows(*texts, n_words=[20, 0]), texts)["n_words"].to_pylist() == [20, 0]


def test_what_the_annotation_measured_holds_while_as_many_lines_stay(tmp_path: Path) -> None:
    signals = [
        {"doc_id": f"d{n}", "n_lines": 3 - n % 2, "n_words": 10 + n, "script": "Grek"} for n in (4, 3, 0, 2)
    ]
    given = reader(Place(str(tmp_path)), documents=DOCUMENTS, decisions=DECISIONS, signals=signals)
    sent = [row for blob in assemble_shard(given) for row in pa.ipc.open_stream(blob.rows).read_all().to_pylist()]
    # d2 has all of its three lines, d0 one less than when it was measured, d3 and d4 as well.
    assert {row["doc_id"]: (row["n_words"], row["script"]) for row in sent} == {
        **dict.fromkeys(("d0", "d3", "d4"), (None, None)),
        "d2": (12, "Grek"),
    }


def test_masked_texts_are_measured_again() -> None:
    given = rows("Write to ann@mail.org today.", "No address here.", n_words=[9, 9])
    masked = with_pii(given, load_settings(None, ["pii.mode=mask"]).pii, "en")
    assert masked["n_words"].to_pylist() == [None, 9] and masked["script"].to_pylist() == [None, "Grek"]
    marked = with_pii(given, load_settings(None, ["pii.mode=mark"]).pii, "en")
    assert marked["n_words"].to_pylist() == [9, 9]
