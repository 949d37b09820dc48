"""Where documents and a user's own scores meet, by literal rows."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ccnet_lite.errors import UserError
from ccnet_lite.kernels.own_scores import (
    DOCUMENTS,
    document_keys,
    key_hashes,
    meet,
    own_scores_json,
    routes_of,
    score_rows,
    signals_of,
)
from ccnet_lite.kernels.score_files import ScoreFile, Scores
from ccnet_lite.settings import QualitySettings
from ccnet_lite.store.places import Place
from tests.tables import reader

NONE = float("nan")


def documents(*named: tuple[str, str]) -> pa.Table:
    """Documents with their keys."""
    ids, keys = [doc_id for doc_id, _ in named], [key for _, key in named]
    columns = [key_hashes(keys, "url"), ids, np.zeros(len(ids), np.int32), np.arange(len(ids), dtype=np.int32)]
    return pa.table(columns, DOCUMENTS)


def scores(*rows: tuple[str, float, float], first: int = 0, file: int = 0) -> pa.Table:
    values = np.array([row[1:] for row in rows]).T
    return pa.Table.from_batches([score_rows(Scores(first, None, [row[0] for row in rows], values), file, "url")])


def test_all_documents_of_a_key_get_its_scores_and_what_meets_nothing_is_counted() -> None:
    found = meet(
        documents(("d1", "x"), ("d2", "y"), ("d3", "z"), ("d4", "x"), ("d5", "w")),
        scores(("y", 1.0, NONE), ("none", 9.0, 9.0), ("x", -2.5, 4.0), ("w", NONE, NONE)),
        *((), "url"),
    )
    assert (found.scores, found.met) == (4, 3)
    assert found.rows.select(["doc_id", "position", "scores"]).to_pylist() == [
        {"doc_id": "d1", "position": 0, "scores": [-2.5, 4.0]},
        {"doc_id": "d2", "position": 1, "scores": [1.0, None]},
        {"doc_id": "d4", "position": 3, "scores": [-2.5, 4.0]},
    ]


def test_either_side_may_be_empty() -> None:
    none = meet(documents(("d1", "x")), scores(("x", 1.0, 1.0))[:0], (), "url")
    assert (none.rows.num_rows, none.scores, none.met) == (0, 0, 0)
    none = meet(documents(), scores(("x", 1.0, 1.0)), (), "url")
    assert (none.rows.num_rows, none.scores, none.met) == (0, 1, 0)


def test_two_rows_of_a_key_are_refused_with_files_rows_and_the_key(tmp_path: Path) -> None:
    files = []
    for name, keys in (("a.parquet", ["p", "q", "r"]), ("b.parquet", ["s", "q"])):
        pq.write_table(pa.table({"url": keys}), tmp_path / name)
        files.append(ScoreFile(name, Place.of(tmp_path / name), 0, ""))
    # In whatever order they come.
    rows = [scores(("q", 1.0, 1.0), first=1, file=1), scores(("q", 1.0, 1.0), ("r", 2.0, 2.0), first=1, file=0)]
    for held in (rows, rows[::-1]):
        with pytest.raises(UserError, match=r"a.parquet, row 1 and .*b.parquet, row 1 both have url q: leave one"):
            meet(documents(("d", "q")), pa.concat_tables(held), files, "url")


def test_keys_are_told_apart_and_equal_ones_go_the_same_way() -> None:
    one, two = key_hashes(["a", "b", "a"], "url"), key_hashes(["b"], "url")
    assert one[0] == one[2] != one[1] == two[0]
    assert routes_of(one)[1] == routes_of(two)[0] != routes_of(one)[0]
    bare = key_hashes(["urn:uuid:1", "<urn:uuid:1>"], "record_id")
    assert bare[0] == bare[1]
    assert key_hashes(["<a>"], "url")[0] != key_hashes(["a"], "url")[0]


def test_documents_without_a_key_meet_nothing(tmp_path: Path) -> None:
    rows = [
        {"doc_id": f"{n}", "shard": 3, "position": n, "record_id": key}
        for n, key in enumerate(("<urn:uuid:1>", "", "<urn:uuid:2>"))
    ]
    sent = document_keys(reader(Place.of(tmp_path), 3, documents=rows), "record_id")
    assert sent["doc_id"].to_pylist() == ["0", "2"]
    assert sent["key"] == key_hashes(["urn:uuid:1", "urn:uuid:2"], "record_id")


def test_own_scores_stand_among_the_signals_under_their_names(tmp_path: Path) -> None:
    quality = QualitySettings(scores_file="s.csv", scores_columns=("edu", "fun"))
    held = reader(
        Place.of(tmp_path),
        *(3,),
        signals=[{"doc_id": f"{n}", "shard": 3, "n_words": 10 + n, "language": "en"} for n in range(3)],
        own_scores=[
            {"doc_id": "2", "shard": 3, "position": 2, "scores": [5.0, None]},
            {"doc_id": "0", "shard": 3, "position": 0, "scores": [1.0, 2.0]},
        ],
    )
    found = signals_of(held, quality, ["n_words", "fun", "language", "edu"])
    assert found.select(["doc_id", "n_words", "edu", "fun"]).to_pylist() == [
        {"doc_id": "0", "n_words": 10, "edu": 1.0, "fun": 2.0},
        {"doc_id": "1", "n_words": 11, "edu": None, "fun": None},
        {"doc_id": "2", "n_words": 12, "edu": 5.0, "fun": None},
    ]
    assert signals_of(held, quality, ["n_words"]).column_names == ["n_words"]
    told = own_scores_json(held, pa.chunked_array([["2", "1", "0"]]), quality.scores_columns)
    assert told.to_pylist() == ['{"edu": 5.0}', None, '{"edu": 1.0, "fun": 2.0}']
