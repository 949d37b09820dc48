"""Lines as arrays: counting keys, judging lines, selecting text. Literal rows, no Spark."""

import numpy as np
import pyarrow as pa

from ccnet_lite.kernels.lines import (
    COMMON,
    HOST,
    REPEATED,
    REPEATED_WITHIN,
    STAYS,
    ShardLines,
    count_keys,
    count_lines,
    first_copies,
    gather_lines,
    judge_lines,
    longest_lines,
    select_text,
    selection_batch,
)
from ccnet_lite.store.schema import arrow_schema, difference

# Three documents: two of host 7, one of host 8. Keys stand for lines; 1 is a menu, 5 repeats inside.
BATCH = pa.RecordBatch.from_pydict(
    {
        "doc_id": ["a", "b", "c"],
        "position": pa.array([0, 1, 4], pa.int32()),
        "host_key": pa.array([7, 7, 8], pa.int64()),
        "n_chars": pa.array([30, 31, 12], pa.int64()),
        "keys": pa.array([[1, 2, 5, 5], [1, 3], [1, 2]], pa.list_(pa.int64())),
        "chars": pa.array([[4, 10, 6, 6], [4, 26], [4, 7]], pa.list_(pa.int32())),
    }
)


def held() -> ShardLines:
    return gather_lines([BATCH])


def masks(*rows: tuple[int | None, int, str, int]) -> list[pa.RecordBatch]:
    hosts, keys, reasons, keep = zip(*rows, strict=True)
    return [
        pa.RecordBatch.from_pydict(
            {
                "host_key": pa.array(hosts, pa.int64()),
                "key": pa.array(keys, pa.int64()),
                "reason": list(reasons),
                "keep_position": pa.array(keep, pa.int32()),
            }
        )
    ]


def test_gathering_flattens_documents_across_batches() -> None:
    lines = gather_lines([BATCH.slice(0, 1), BATCH.slice(1)])
    assert lines.keys.tolist() == [1, 2, 5, 5, 1, 3, 1, 2]
    assert lines.documents.tolist() == [0, 0, 0, 0, 1, 1, 2, 2]
    assert lines.indices.tolist() == [0, 1, 2, 3, 0, 1, 0, 1]


def test_gathering_nothing_gives_no_line() -> None:
    assert len(gather_lines([]).keys) == 0
    assert not list(count_keys(0, gather_lines([]), np.zeros(0, bool), np.zeros(0, bool)))


def test_the_longest_line_stands_for_a_text() -> None:
    assert longest_lines(held()).tolist() == [2, 3, 2]
    batch = BATCH.set_column(5, "chars", pa.array([[4, 6, 6, 6], [], [7, 7]], pa.list_(pa.int32())))
    batch = batch.set_column(4, "keys", pa.array([[1, 9, 5, 5], [], [3, 2]], pa.list_(pa.int64())))
    assert longest_lines(gather_lines([batch])).tolist() == [5, 0, 2]
    assert longest_lines(gather_lines([])).tolist() == []


def test_lines_are_counted_with_the_texts_that_hold_them() -> None:
    (counts,) = count_lines(3, held(), np.array([True, True, True]))
    assert not difference(arrow_schema("line_counts"), counts.schema)
    texts = {(r["host_key"], r["key"]): (r["least_text"], r["most_text"]) for r in counts.to_pylist()}
    assert texts[7, 1] == (2, 3) and texts[7, 2] == (2, 2) and texts[8, 1] == (2, 2)
    assert list(count_lines(0, gather_lines([]), np.zeros(0, bool))) == []


def test_keys_are_counted_once_a_document_and_host() -> None:
    (counts,) = count_keys(3, held(), np.array([True, True, True]), np.ones(8, bool))
    assert not difference(arrow_schema("paragraph_counts"), counts.schema)
    found = {
        (r["host_key"], r["key"]): (r["n_documents"], r["chars"], r["first_position"])
        for r in counts.to_pylist()
    }
    assert found == {
        (7, 1): (2, 4, 0),
        (7, 2): (1, 10, 0),
        (7, 5): (1, 6, 0),
        (7, 3): (1, 26, 1),
        (8, 1): (1, 4, 4),
        (8, 2): (1, 7, 4),
    }


def test_documents_outside_the_population_and_masked_lines_are_not_counted() -> None:
    staying = np.ones(8, bool)
    staying[1] = False
    (counts,) = count_keys(3, held(), np.array([True, False, False]), staying)
    assert {(r["key"], r["n_documents"]) for r in counts.to_pylist()} == {(1, 1), (5, 1)}


def test_a_host_mask_hits_its_host_alone() -> None:
    verdict = judge_lines(held(), masks((7, 1, "host_boilerplate", -1)), first_within=False)
    assert verdict.tolist() == [HOST, STAYS, STAYS, STAYS, HOST, STAYS, STAYS, STAYS]


def test_a_mask_without_host_hits_everywhere_but_in_the_document_that_keeps_the_line() -> None:
    verdict = judge_lines(
        held(), masks((None, 1, "common_boilerplate", -1), (None, 2, "repeated", 4)), first_within=False
    )
    assert verdict.tolist() == [COMMON, REPEATED, STAYS, STAYS, COMMON, STAYS, COMMON, STAYS]


def test_the_document_that_keeps_a_line_for_others() -> None:
    (repeated,) = masks((None, 1, "repeated", 4), (None, 2, "repeated", 4))
    for several, expected in (([False, True], [False, True]), ([True, False], [True, False])):
        batch = repeated.append_column("several_hosts", pa.array(several))
        assert first_copies(held(), [batch]).tolist() == [False] * 6 + expected


def test_of_equal_lines_within_a_document_the_first_stays() -> None:
    verdict = judge_lines(held(), [], first_within=True)
    assert verdict.tolist() == [STAYS, STAYS, STAYS, REPEATED_WITHIN, STAYS, STAYS, STAYS, STAYS]


def test_selections_add_up() -> None:
    verdict = judge_lines(held(), masks((7, 1, "host_boilerplate", -1)), first_within=True)
    first = np.array([False, True, False, False, False, False, True, False])
    rows = selection_batch(3, held(), verdict, np.array([True, False, True]), first).to_pylist()
    assert [(row["n_chars_repeated"], row["n_chars_first"]) for row in rows] == [(0, 10), (0, 4)]
    assert [(row["doc_id"], row["line_ids"], row["n_chars"], row["n_lines"]) for row in rows] == [
        ("a", [1, 2], 17, 2),  # 10 + 6 and the line feed between them
        ("c", [0, 1], 12, 2),
    ]
    masked = ("n_host_boilerplate", "n_common_boilerplate", "n_repeated", "n_repeated_within")
    assert all(row["n_lines_read"] == row["n_lines"] + sum(row[name] for name in masked) for row in rows)
    assert rows[0]["n_host_boilerplate"] == 1
    assert rows[0]["n_repeated_within"] == 1


def test_selecting_text() -> None:
    assert select_text("a\nb\n\nc", [0, 2, 3], 4) == "a\n\nc"
    assert select_text("a\nb", [0, 1], 2) == "a\nb"
    assert select_text("a\nb", [], 2) == ""
