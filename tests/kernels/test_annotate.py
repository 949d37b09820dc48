"""Documents measured on the lines that stay: what signals says, batch by batch; a small real model, no JVM."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import datasketch
import numpy as np
import pyarrow as pa
import pytest

from ccnet_lite.kernels.annotate import DOCUMENT_COLUMNS, annotate_shard, score_shard
from ccnet_lite.kernels.lines import COMMON, Cuts
from ccnet_lite.models.perplexity import PerplexityModels, available_models
from ccnet_lite.quality.common_words import CommonWords, WordLists
from ccnet_lite.settings import load_settings
from ccnet_lite.store.schema import arrow_schema, difference
from ccnet_lite.text.shingles import shingle_hashes
from tests.kernels.test_lines import lines_of
from tests.models.conftest import WORDS, classifier, prose
from tests.tables import batch_of

ENGLISH, FRENCH = prose("en", 3), prose("fr", 3)
TEXTS = [f"{ENGLISH}\n{WORDS['fr']}", FRENCH, "the sea", "???\n!!!"]
SMALL = ["near_duplicates.bands=4", "near_duplicates.rows=2", "near_duplicates.ngram=3"]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lid") / "lid.bin"
    path.write_bytes(classifier(WORDS))
    return path


def documents(size: int) -> Iterator[pa.RecordBatch]:
    rows = [
        {
            "doc_id": f"d{n}",
            "shard": 3,
            "position": 2 * n,
            "cc_segment": "s",
            "record_offset": 10 * n,
            "raw_content": text,
            "n_chars": len(text),
            "nlines": text.count("\n") + 1,
        }
        for n, text in enumerate(TEXTS)
    ]
    for begin in range(0, len(rows), size):
        yield batch_of("documents", rows[begin : begin + size], DOCUMENT_COLUMNS)


LINES = lines_of([(2 * n, 7, [9] * len(t.split("\n")), [1] * len(t.split("\n"))) for n, t in enumerate(TEXTS)])


def verdict(*masked: tuple[int, int]) -> Any:
    """masked: (document, line)"""
    found = np.zeros(len(LINES.keys), np.int8)
    for document, line in masked:
        found[LINES.offsets[document] + line] = COMMON
    return found


NO_LISTS = WordLists({})


def signals(
    model: Path, masked: Any, *overrides: str, size: int = 2, common: WordLists = NO_LISTS
) -> list[dict[str, Any]]:
    settings = load_settings(None, [*SMALL, *overrides])
    rows: list[dict[str, Any]] = []
    for table, batch in annotate_shard(documents(size), LINES, masked, settings, model, common):
        assert table == "signals" and difference(arrow_schema("signals"), batch.schema) == ""
        rows += batch.to_pylist()
    return rows


def test_documents_are_measured_on_the_lines_that_stay(model: Path) -> None:
    masked = verdict((0, 0), (0, 1), (0, 2), (2, 0))
    rows = signals(model, masked)
    assert [(row["doc_id"], row["position"], row["record_offset"]) for row in rows] == [
        *(("d0", 0, 0), ("d1", 2, 10), ("d2", 4, 20), ("d3", 6, 30)),
    ]
    assert {(row["shard"], row["cc_segment"]) for row in rows} == {(3, "s")}
    assert [(row["n_lines"], row["n_chars"]) for row in rows] == [
        (1, len(WORDS["fr"])),
        (3, len(FRENCH)),
        (0, 0),
        (2, 7),
    ]
    assert [(row["n_lines_read"], row["n_chars_read"]) for row in rows] == [
        (text.count("\n") + 1, len(text)) for text in TEXTS
    ]
    # Of d0 only French is left; of d2 nothing, so all of it says its language.
    assert [row["language"] for row in rows] == ["fr", "fr", "en", rows[3]["language"]]
    assert [row["n_words"] for row in rows] == [len(WORDS["fr"].split()), 36, 2, 0]
    assert [row["script"] for row in rows] == ["Latn", "Latn", "Latn", "Zyyy"]
    assert rows == signals(model, masked, size=1) == signals(model, masked, size=9)
    unmasked = signals(model, verdict())
    assert unmasked[0]["language"] == "en" and unmasked[0]["n_lines"] == 4


def test_signals_say_what_is_cut(model: Path) -> None:
    settings = load_settings(None, SMALL)
    lists = np.array([[1, 2], [0, 0], [0, 0], [0, 1]], np.int32)
    ids = pa.array([[], [0, 2], [], [1]], pa.list_(pa.int32()))
    names = pa.array([[], ["a", "b"], [], ["a"]], pa.list_(pa.string()))
    cuts = Cuts(lists, ids, names)
    batches = annotate_shard(documents(3), LINES, verdict(), settings, model, NO_LISTS, cuts=cuts)
    rows = [row for _, batch in batches for row in batch.to_pylist()]
    assert [[row["list_lines_before"], row["list_lines_after"]] for row in rows] == lists.tolist()
    assert [row["rule_lines"] for row in rows] == ids.to_pylist()
    assert [row["rule_line_names"] for row in rows] == names.to_pylist()
    columns = ("list_lines_before", "list_lines_after", "rule_lines", "rule_line_names")
    assert [[row[name] for name in columns] for row in signals(model, verdict())] == [[0, 0, [], []]] * 4


def test_signatures_are_datasketch_s_and_stand_where_there_is_text(model: Path) -> None:
    rows = signals(model, verdict((2, 0), (0, 3)))
    assert (rows[2]["signature"], rows[2]["bands"], rows[2]["shingles"]) == (None, None, None)
    for row, text in ((rows[0], ENGLISH), (rows[1], FRENCH)):
        oracle = datasketch.MinHash(num_perm=8, seed=1, hashfunc=int)
        oracle.update_batch([int(value) for value in shingle_hashes(text, 3)])
        assert np.frombuffer(row["signature"], "<u4").tolist() == oracle.hashvalues.tolist()
        assert len(row["bands"]) == 4
    assert rows[0]["bands"] != rows[1]["bands"]
    same = signals(model, verdict((0, 3), (1, 0)))[0]
    assert (same["signature"], same["bands"]) == (rows[0]["signature"], rows[0]["bands"])


def test_shingles_stand_where_they_are_compared(model: Path) -> None:
    rows = signals(model, verdict(), "near_duplicates.verify=exact")
    expected = sorted({int(value) for value in shingle_hashes(FRENCH, 3)})
    assert np.frombuffer(rows[1]["shingles"], "<u4").tolist() == expected
    assert [row["shingles"] for row in signals(model, verdict())] == [None] * 4


def test_what_is_switched_off_is_not_measured(model: Path) -> None:
    rows = signals(model, verdict(), "near_duplicates.enabled=false", "quality.heuristics=false")
    assert {(row["signature"], row["bands"]) for row in rows} == {(None, None)}
    assert {row["symbol_share"] for row in rows} == {None}
    assert rows[0]["n_words"] > 0
    assert None not in {row["symbol_share"] for row in signals(model, verdict())}


def test_languages_are_told_from_the_first_characters(model: Path) -> None:
    masked = verdict()
    assert signals(model, masked, "language.max_chars=20")[0]["language_score"] >= 0.9
    scores = {row["language_score"] for row in signals(model, masked)}
    assert scores == {round(score, 2) for score in scores}


def test_perplexities_of_those_that_may_stand_for_others(lm_dir: Path) -> None:
    models = PerplexityModels(available_models(lm_dir), "script_safe")
    language_of = {"d0": "en", "d1": "fr", "d2": "en"}
    masked = verdict((0, 3))
    found = [
        row for rows in score_shard(documents(2), LINES, masked, language_of, models) for row in rows.to_pylist()
    ]
    values, _ = models.score([ENGLISH, TEXTS[2]], "en")
    assert values is not None
    assert [(row["doc_id"], row["shard"], row["position"], row["perplexity"]) for row in found] == [
        ("d0", 3, 0, values[0]),
        ("d1", 3, 2, None),
        ("d2", 3, 4, values[1]),
    ]


def test_a_score_is_discounted_where_the_language_s_commonest_words_are_too_few(model: Path) -> None:
    plain = signals(model, verdict())
    first = [row for row in plain if row["language"] == "fr"]
    assert first and all(row["common_word_ratio"] is None for row in plain)
    assert all(row["language_confidence"] == row["language_score"] for row in plain)
    words = tuple(sorted(set(WORDS["fr"].lower().split())))[:5]
    for least, low in ((0.01, False), (1.0, True)):
        lists = WordLists({"fr": CommonWords(words, least)})
        found = signals(model, verdict(), common=lists)
        for row, before in zip(found, plain, strict=True):
            assert row["language_score"] == before["language_score"]
            if row["language"] != "fr":
                assert row["common_word_ratio"] is None
                continue
            factor = row["common_word_ratio"] if low else 1.0
            assert (row["common_word_ratio"] < 1) is low
            assert row["language_confidence"] == pytest.approx(row["language_score"] * factor, abs=0.001)
