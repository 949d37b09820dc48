"""The corpus of tests/fuzz/corpus: each archive comes to the rows that it came to when it was last looked at."""

import json

import pytest

from ccnet_lite.archives.record import ERRORS
from tests.fuzz.corpus_making import CORPUS, EXPECTED, cases, rows_of

ROWS = json.loads(EXPECTED.read_text(encoding="utf-8"))
LARGEST = 300_000


@pytest.mark.parametrize("name", sorted(ROWS))
def test_an_archive_comes_to_its_rows(name: str) -> None:
    data = (CORPUS / name).read_bytes()
    rows = rows_of(data)
    assert rows == ROWS[name]
    assert sum(row["length"] for row in rows) == len(data)
    assert not any("forged" in row["id"] for row in rows)


def test_the_corpus_is_that_of_its_script_and_small() -> None:
    files = {path.name for path in CORPUS.iterdir()} - {EXPECTED.name}
    assert files == cases().keys() == ROWS.keys()
    assert sum(path.stat().st_size for path in CORPUS.iterdir()) < LARGEST


def test_every_class_of_damage_occurs() -> None:
    rules = {row.get("rule") for rows in ROWS.values() for row in rows}
    assert rules >= ERRORS.keys() - {"digest_mismatch"}  # which needs a setting, or a fault
