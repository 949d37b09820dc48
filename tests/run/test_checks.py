"""The sums that a run must meet: each is broken in turn and named; literal tallies, no JVM."""

from pathlib import Path
from typing import Any, cast

import pytest

from ccnet_lite.archives.inputs import Shard
from ccnet_lite.errors import RunFailed
from ccnet_lite.run.checks import check_bad_share, check_decided, check_sums, check_unread, say_of_pages
from ccnet_lite.run.engine import Run
from ccnet_lite.run.models import Models
from ccnet_lite.settings import load_settings
from ccnet_lite.store.places import Place
from ccnet_lite.store.tables import DataFile, put_table

SHARDS = [Shard(n, f"/{n}.gz", f"{n}.gz", 1) for n in range(9)]


def run_of(tmp_path: Path, *overrides: str, **tables: tuple[int | dict[str, int], dict[str, Any]]) -> Run:
    """Tables by name: rows (or rows by file), and the tally."""
    run = Run(Place(str(tmp_path)), SHARDS, load_settings(None, overrides), cast(Models, None))
    for name, (rows, tally) in tables.items():
        by_file = rows if isinstance(rows, dict) else {"f/x": rows}
        files = [DataFile(name=file, rows=count, bytes=1) for file, count in by_file.items()]
        run.tables[name] = put_table(run.folder, name, "f", files, tally=tally)
    return run


def unread(count: int) -> dict[str, Any]:
    return {"unread": [{"shard": n, "reason": f"{n}.gz: refused"} for n in range(count)]}


def test_archives_that_could_not_be_read_are_named(tmp_path: Path) -> None:
    check_unread(run_of(tmp_path, documents=(1, unread(0))))
    with pytest.raises(
        RunFailed, match=r"1 of 9 archives could not be read: 0.gz: refused; the same command reads"
    ):
        check_unread(run_of(tmp_path, documents=(1, unread(1))))
    with pytest.raises(RunFailed, match=r"7 of 9 .*4.gz: refused; and 2 more; .*max_unread_archives=6"):
        check_unread(run_of(tmp_path, "ingest.max_unread_archives=6", documents=(1, unread(7))))
    run = run_of(tmp_path, "ingest.max_unread_archives=7", documents=(1, unread(7)))
    check_unread(run)
    assert run.numbers == [7, 8]


@pytest.mark.parametrize(
    ("bad", "bad_bytes", "message"),
    [
        (25, 0, None),
        (26, 0, r"26 of 100 records could not be read \(26.0%\).*commonest: b \(9 times\)"),
        (0, 2500, None),
        (1, 2501, r"2,501 of 10,000 bytes could not be read"),
    ],
)
def test_too_much_that_is_bad_fails_by_records_and_by_bytes(
    tmp_path: Path, bad: int, bad_bytes: int, message: str | None
) -> None:
    tally = {
        "documents": 70 - bad,
        "bad": bad,
        "skipped": 30,
        "bad_bytes": bad_bytes,
        "bytes": 10_000,
        "errors": {"c": 9, "a": 3, "b": 9},
    }
    run = run_of(tmp_path, documents=(1, tally), others=(1, {}))
    if message is None:
        check_bad_share(run)
    else:
        with pytest.raises(RunFailed, match=message):
            check_bad_share(run)


@pytest.mark.parametrize(
    ("tally", "said"),
    [
        ({}, ""),  # of a run before there was such a thing
        ({"errors": {"html_too_slow": 3}, "exposed": ""}, ""),
        ({"errors": {"html_budget": 1234}}, "1,234 of them came when pages before had used up the time"),
        ({"errors": {}, "exposed": "unshare: Not owner"}, "this system left the network (unshare: Not owner)"),
    ],
)
def test_pages_without_time_and_a_network_in_reach_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], tally: dict[str, Any], said: str
) -> None:
    say_of_pages(run_of(tmp_path, documents=(1, tally)))
    told = capsys.readouterr()
    assert said in told.out + told.err and bool(told.out + told.err) == bool(said)


DECIDED = {"dropped": 3, "others": 2, "lines": 50, "lines_kept": 30, "lines_masked": 20}


@pytest.mark.parametrize(
    ("change", "rows", "message"),
    [
        ({}, {}, None),
        ({}, {"decisions": 9}, r"documents, rows of decisions: 10 against 9 \(\+1\)"),
        ({"dropped": 4}, {}, r"dropped and others, rows: 6 against 5"),
        ({}, {"ledger_decided": 6}, r"dropped and others, rows: 5 against 6 \(-1\)"),
        ({}, {"others": 3}, r"decide: others: 2 against 3"),
        ({"lines_masked": 19}, {}, r"lines read, lines kept and masked: 50 against 49"),
    ],
)
def test_every_document_has_a_verdict(
    tmp_path: Path, change: dict[str, int], rows: dict[str, int], message: str | None
) -> None:
    counts = {"documents": 10, "decisions": 10, "ledger_decided": 5, "others": 2} | rows
    tallies: dict[str, Any] = {"decisions": DECIDED | change}
    run = run_of(tmp_path, **{name: (count, tallies.get(name, {})) for name, count in counts.items()})
    if message is None:
        check_decided(run)
    else:
        with pytest.raises(RunFailed, match=message):
            check_decided(run)


FUNNEL = [
    ["en", "kept", None, None, 5, 500],
    ["de", "kept", None, None, 2, 200],
    ["en", "dropped", "length", "too_short", 3, 30],
    [None, "bad", "ingest", "x", 1, 0],
    [None, "skipped", "ingest", "y", 1, 0],
]
CORPUS = {
    "subset=eng_Latn/quality=all/part-en_00000-000.parquet": 3,
    "subset=eng_Latn/quality=all/part-en_00001-000.parquet": 2,
    "subset=deu_Latn/quality=all/part-de_00000-000.parquet": 2,
}


@pytest.mark.parametrize(
    ("funnel", "change", "message"),
    [
        (FUNNEL, {}, None),
        (FUNNEL, {"ledger": 11}, "ledger: records, rows of ledger: 12 against 11"),
        (FUNNEL, {"documents": 11, "ledger": 13}, "ledger: kept and dropped: 11 against 10"),
        (
            FUNNEL,
            {"corpus": CORPUS | {"subset=deu_Latn/quality=all/part-de_00000-000.parquet": 1}},
            "kept in the ledger, rows of corpus: 7 against 6",
        ),
        (
            FUNNEL,
            {
                "corpus": CORPUS
                | {
                    "subset=eng_Latn/quality=all/part-en_00000-000.parquet": 2,
                    "subset=deu_Latn/quality=all/part-de_00000-000.parquet": 3,
                }
            },
            "language de: 3 documents in the corpus, 2 by the ledger",
        ),
        ([*FUNNEL[:3], [None, "skipped", "ingest", "y", 2, 0]], {}, "ledger: bad: 1 against 0"),
    ],
)
def test_what_is_kept_is_what_lies_in_the_corpus(
    tmp_path: Path, funnel: Any, change: dict[str, Any], message: str | None
) -> None:
    counts: dict[str, Any] = {"documents": 10, "others": 2, "ledger": 12, "corpus": CORPUS} | change
    tallies: dict[str, Any] = {"ledger": {"funnel": funnel}, "others": {"bad": 1, "skipped": 1}}
    run = run_of(tmp_path, **{name: (rows, tallies.get(name, {})) for name, rows in counts.items()})
    if message is None:
        check_sums(run)
    else:
        with pytest.raises(RunFailed, match=message):
            check_sums(run)
