"""An index of near-duplicates: crawls added one by one give what all of them at once give."""

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pytest
from pyspark.sql import DataFrame, SparkSession

from ccnet_lite.dedup.split import is_validation
from ccnet_lite.stages.checkpoints import keeper
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import read_table
from ccnet_lite.store.tables import load_table
from tests.crawl import Page, body, write_crawl
from tests.running import job
from tests.tables import edit_json

REPOSITORY = Path(__file__).parent.parent.parent
SHARE = 0.4
EVERY_LINE = ("lines.enabled=false", "spark.shuffle_partitions=3", f"export.validation_share={SHARE}")
"""Boilerplate is told within a run, so that of all crawls at once would differ."""


def pages(crawl: str, *numbers: int, tail: str = "") -> list[Page]:
    return [Page(f"https://{crawl}.example/{n}", body("en", n, 14) + tail) for n in numbers]


CRAWLS = {
    "CC-MAIN-2024-10": [
        pages("a", 1, 3) + pages("a", 2, tail="\nWhat only the first crawl has"),
        pages("a", 4, 5),
    ],
    "CC-MAIN-2024-18": [pages("b", 1, 6, tail="\nOne line more than before it"), pages("b2", 1, 2, 7)],
    "CC-MAIN-2024-22": [pages("c", 6, 7, 8, tail="\nand something else that follows"), pages("c2", 8)],
}


@pytest.fixture(scope="module")
def crawls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crawls")
    for name, shards in CRAWLS.items():
        write_crawl(folder / "crawl-data" / name / "segments" / "1" / "wet", shards)
    return folder


def run(crawls: Path, names: Sequence[str], output: Path, *more: str) -> int:
    """The whole pipeline over these crawls."""
    arguments = ["--config", str(REPOSITORY / "conf" / "local.toml"), "--output", str(output)]
    for name in names:
        arguments += ["--input", f"{crawls}/crawl-data/{name}/*/*/*/*.gz"]
    for setting in EVERY_LINE:
        arguments += ["--set", setting]
    return job("run_pipeline.py", *arguments, *more)


def rows(folder: Path, table: str) -> list[dict[str, object]]:
    found = load_table(Place.of(folder), table)
    assert found is not None
    return sorted(read_table(found).to_pylist(), key=lambda row: str(row["doc_id"]))


def anywhere(found: list[dict[str, object]]) -> list[dict[str, object]]:
    """Rows without what says where in its own run a document lies."""
    return [{name: row[name] for name in row if name not in ("shard", "position")} for row in found]


def generations(index: Path) -> list[Path]:
    return [index / each["name"] for each in json.loads((index / "index.json").read_text())["crawls"]]


@pytest.fixture(scope="module")
def added(spark: SparkSession, crawls: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three runs, each with the index; the folder that holds them and it."""
    folder = tmp_path_factory.mktemp("added")
    for name in CRAWLS:
        assert run(crawls, [name], folder / name, "--index", str(folder / "index")) == 0
    return folder


def test_one_by_one_is_all_at_once(crawls: Path, added: Path) -> None:
    assert run(crawls, list(CRAWLS), added / "at-once") == 0
    expected = anywhere(rows(added / "at-once", "clusters"))
    assert {row["cluster_size"] for row in expected} == {2, 3}
    assert anywhere(rows(generations(added / "index")[-1], "clusters")) == expected
    of_runs = [row for name in CRAWLS for row in rows(added / name, "clusters")]
    last = anywhere(rows(added / "CC-MAIN-2024-22", "clusters"))
    assert [row for row in expected if row in last] == last
    assert {row["doc_id"] for row in of_runs} <= {row["doc_id"] for row in expected}


def test_a_crawl_keeps_what_is_its_own(added: Path) -> None:
    """So that an index of fifty crawls holds fifty times what one holds, and not a thousand times."""
    first, second, third = generations(added / "index")
    assert [len(rows(each, "index_documents")) for each in (first, second, third)] == [5, 5, 4]
    pairs = [
        {(row["src"], row["dst"]) for row in read_table(load_table(Place.of(each), "index_pairs")).to_pylist()}
        for each in (first, second, third)
    ]
    assert not pairs[0] & pairs[1] and not (pairs[0] | pairs[1]) & pairs[2]
    assert [load_table(Place.of(each), "clusters") is not None for each in (first, second, third)] == [
        *(False, True, True)
    ]
    assert not (first / "clusters").exists()


def test_what_stays_of_a_later_crawl_and_what_it_supersedes(added: Path) -> None:
    by_id = {row["doc_id"]: row["url"] for name in CRAWLS for row in rows(added / name, "ledger") if row["doc_id"]}
    gone = rows(added / "CC-MAIN-2024-18", "superseded")
    assert [(by_id[r["doc_id"]], r["crawl"], by_id[r["cluster_id"]]) for r in gone] == [
        ("https://a.example/1", "CC-MAIN-2024-10", "https://b.example/1")
    ]
    ledger = {row["url"]: row for row in rows(added / "CC-MAIN-2024-18", "ledger")}
    copy = ledger["https://b2.example/2"]
    assert (copy["rule"], by_id[copy["duplicate_of"]]) == ("near_duplicate", "https://a.example/2")
    assert str(copy["reason"]).startswith(f"near-duplicate of {copy['duplicate_of']} at 0.9")
    decided = {row["doc_id"]: row for row in rows(added / "CC-MAIN-2024-18", "decisions")}
    stays = decided[ledger["https://b.example/1"]["doc_id"]]
    assert (stays["crawls"], stays["crawl_copies"]) == (["CC-MAIN-2024-10", "CC-MAIN-2024-18"], [1, 2])


def test_what_stands_for_an_earlier_document_is_on_its_side(crawls: Path, added: Path) -> None:
    """No cluster is on both sides, in whichever crawls' corpora its documents lie."""
    kept = {row["doc_id"]: row for name in CRAWLS for row in rows(added / name, "corpus")}
    gone = [row for name in list(CRAWLS)[1:] for row in rows(added / name, "superseded")]
    heirs = {str(row["cluster_id"]): str(row["doc_id"]) for row in gone}
    for heir, before in heirs.items():
        assert kept[heir]["split"] == kept[before]["split"]
    drawn = [(is_validation(before, SHARE), is_validation(heir, SHARE)) for heir, before in heirs.items()]
    assert sorted(drawn) == [(False, False), (True, False), (True, False)], "else nothing is shown by this"
    taken = [row for name in CRAWLS for row in rows(added / name, "split_keys")]
    assert {row["doc_id"]: row["split_key"] for row in taken} == heirs
    for doc_id, row in kept.items():
        if doc_id not in heirs:
            assert (row["split"] == "validation") is is_validation(str(doc_id), SHARE)
    cluster_of = {row["doc_id"]: row["cluster_id"] for row in rows(generations(added / "index")[-1], "clusters")}
    sides: dict[object, set[object]] = {}
    for doc_id, row in kept.items():
        sides.setdefault(cluster_of.get(doc_id, doc_id), set()).add(row["split"])
    assert {len(each) for each in sides.values()} == {1}
    assert {side for each in sides.values() for side in each} == {"train", "validation"}


def test_the_same_run_again_changes_nothing(crawls: Path, added: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (added / "index" / "index.json").read_text()
    index = ("--index", str(added / "index"))
    assert run(crawls, ["CC-MAIN-2024-10"], added / "CC-MAIN-2024-10", *index) == 0
    assert "clusters: nothing changed, kept" in capsys.readouterr().err
    assert (added / "index" / "index.json").read_text() == before
    # The last crawl may be replaced by its own run; one that others build on may not.
    stricter = ("--set", "language.threshold=0.51")
    last = generations(added / "index")[-1]
    assert run(crawls, ["CC-MAIN-2024-22"], added / "CC-MAIN-2024-22", *index, *stricter) == 0
    assert len(generations(added / "index")) == 3
    assert generations(added / "index")[-1] != last
    assert run(crawls, ["CC-MAIN-2024-10"], added / "CC-MAIN-2024-10", *index, *stricter) == 2
    assert "crawls added later build on them" in capsys.readouterr().err


def test_what_an_index_refuses(
    crawls: Path, added: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = ("--index", str(added / "index"))
    both = ["CC-MAIN-2024-10", "CC-MAIN-2024-22"]
    assert run(crawls, both, tmp_path / "new", *index) == 2
    assert "already holds 2 of the 4 archives, such as" in capsys.readouterr().err
    other = ("--set", "near_duplicates.similarity=0.7", "--plan")
    assert run(crawls, both[:1], tmp_path / "newer", *index, *other) == 2
    assert "was made with near_duplicates.similarity = 0.8, this run has 0.7" in capsys.readouterr().err
    assert run(crawls, both[:1], tmp_path / "newer", "--index", str(crawls), "--plan") == 2
    assert "holds no index (crawl-data ...): give a new folder" in capsys.readouterr().err
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "index.json").write_text("{")
    assert run(crawls, both[:1], tmp_path / "newer", "--index", str(tmp_path / "broken"), "--plan") == 2
    assert "index.json is damaged" in capsys.readouterr().err


def test_an_index_of_other_hashes_is_refused_before_anything_is_read(
    crawls: Path, added: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Those of shingles were once SHA-1: index_documents version 2, index_bands version 3."""
    shutil.copytree(added / "index", tmp_path / "index")
    newest = generations(tmp_path / "index")[-1]
    edit_json(newest / "index_bands" / "_manifest.json", schema_version=3)
    for more in (("--plan",), ()):
        status = run(crawls, ["CC-MAIN-2024-10"], tmp_path / "new", "--index", str(tmp_path / "index"), *more)
        assert status == 2
        said = capsys.readouterr().err
        assert (
            f"{newest.name}/index_bands was written by another version of ccnet_lite: make the index anew" in said
        )
        assert not (tmp_path / "new" / "documents").exists()


def test_what_was_computed_once_is_read_back(spark: SparkSession, tmp_path: Path) -> None:
    """What a killed run has of its pairs and rounds is read by the next."""
    folder = Place.of(tmp_path / "rounds")
    counted = spark.sparkContext.accumulator(0)

    def doubled() -> DataFrame:
        def double(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in batches:
                counted.add(batch.num_rows)
                yield pa.RecordBatch.from_pydict({"id": pa.array([2 * n for n in batch["id"].to_pylist()])})

        return spark.range(0, 40, 1, 3).mapInArrow(double, "id long")

    for _ in range(2):
        keep = keeper(spark, folder)
        assert sorted(row["id"] for row in keep(doubled()).collect()) == list(range(0, 80, 2))
        assert keep(doubled().where("id < 0")).count() == 0
    assert counted.value == 80  # forty for each of the two frames, and none for the second try
