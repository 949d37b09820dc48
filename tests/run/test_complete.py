"""The proof that no document is lost between the decision and the corpus, on literal rows."""

import pyarrow as pa
import pytest

from ccnet_lite.errors import RunFailed
from ccnet_lite.kernels.packing import to_text
from ccnet_lite.run.steps.export import check_complete
from ccnet_lite.stages.by_shard import Done
from ccnet_lite.store.schema import arrow_schema

KEPT = pa.table(
    {
        "shard": [0, 1, 0, 2],
        "language": ["en", "en", "de", "en"],
        "documents": [3, 2, 1, 4],
        "characters": [30, 20, 10, 40],
        "document_hash": [7, -5, 9, 11],
    },
    schema=arrow_schema("layout"),
)


def part(language: str, *rows: tuple[int, int, int]) -> Done:
    columns = list(zip(*rows, strict=True))
    names = ("shards", "documents", "hashes")
    return Done(
        files={},
        tally={"language": language} | {n: to_text(c) for n, c in zip(names, columns, strict=True)},
    )


WHOLE = [part("en", (2, 4, 11)), part("de", (0, 1, 9)), part("en", (0, 3, 7), (1, 2, -5))]


def test_the_same_documents_in_any_parts_are_complete() -> None:
    check_complete(KEPT, WHOLE)
    check_complete(KEPT.slice(0, 0), [])


@pytest.mark.parametrize(
    ("done", "said"),
    [
        (WHOLE[1:], r"language en: .*\[2, 4, 11\] against none"),
        ([*WHOLE[:2], part("en", (0, 3, 7), (1, 2, -6))], r"language en: .*\[1, 2, -5\] against \[1, 2, -6\]"),
        ([WHOLE[0], part("de", (0, 2, 9)), WHOLE[2]], r"language de: .*\[0, 1, 9\] against \[0, 2, 9\]"),
        ([*WHOLE, part("fr", (5, 1, 1))], r"language fr: .*none against \[5, 1, 1\]"),
    ],
)
def test_what_is_lost_or_another_is_named(done: list[Done], said: str) -> None:
    with pytest.raises(RunFailed, match=said):
        check_complete(KEPT, done)
