"""Rows of the corpus in both forms, and the subsets that a language's documents are written to."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ccnet_lite.kernels.corpus import PartSink
from ccnet_lite.settings import ExportSettings
from ccnet_lite.store.corpus import FORMS, corpus_file
from ccnet_lite.store.places import Place
from ccnet_lite.store.schema import arrow_schema
from tests.kernels.test_corpus import batch, scorer


def written(folder: Path, texts: dict[str, str], language: str = "en", **columns: Any) -> list[dict[str, Any]]:
    """Rows of the corpus, with their files' names as `file`. texts: by the record's id."""
    given = batch(*texts.values())
    columns |= {"record_id": list(texts)}
    for name, values in columns.items():
        if isinstance(values, list):
            place = given.schema.get_field_index(name)
            given = given.set_column(place, name, pa.array(values, pa.string()))
    settings = ExportSettings(**{k: v for k, v in columns.items() if not isinstance(v, list)})
    sink = PartSink(Place(str(folder)), "f", language, 3, scorer(None), settings, "mine")
    sink.write(given)
    files, _ = sink.close()
    rows = []
    for file in files["corpus"]:
        table = pq.ParquetFile(folder / "corpus" / file.name).read()
        assert table.schema.names == arrow_schema(FORMS[settings.columns].schema).names
        rows += [row | {"file": file.name} for row in table.to_pylist()]
    return rows


def test_the_default_columns_are_fineweb2_s(tmp_path: Path) -> None:
    segments = ["crawl-data/CC-MAIN-2024-30/segments/1/wet/a.gz", "b.gz"]
    first, second = written(tmp_path, {"<urn:uuid:1>": "A text.", "": "Another."}, cc_segment=segments)
    named = ("text", "id", "dump", "file_path", "language", "language_script", "language_code", "bucket")
    crawl = "CC-MAIN-2024-30"
    assert [first[n] for n in named] == ["A text.", "<urn:uuid:1>", crawl, segments[0], "eng", "Latn", "en", "all"]
    assert [second[n] for n in named] == ["Another.", second["doc_id"], "mine", "b.gz", "eng", "Latn", "en", "all"]
    assert first["minhash_cluster_size"] == first["cluster_size"] == 1
    assert list(first)[:11] == [
        *("text", "id", "dump", "url", "date", "file_path", "language", "language_script", "language_score"),
        *("top_langs", "minhash_cluster_size"),
    ]


def test_ccnet_s_columns_keep_its_names_and_the_folders(tmp_path: Path) -> None:
    (row,) = written(tmp_path, {"<r>": "A text."}, columns="ccnet")
    assert (row["raw_content"], row["language"], row["bucket"], row["record_id"]) == (
        "A text.",
        "en",
        "all",
        "<r>",
    )
    assert row["file"] == "subset=eng_Latn/quality=all/part-en_00003-000.parquet"
    assert list(row)[:16] == [
        *("url", "date_download", "digest", "length", "nlines", "source_domain", "title", "raw_content"),
        *("cc_segment", "original_nlines", "original_length", "line_ids", "language", "language_score"),
        *("perplexity", "bucket"),
    ]


@pytest.mark.parametrize("columns", ["fineweb2", "ccnet"])
def test_each_script_goes_to_its_subset_and_the_ledger_knows_where(tmp_path: Path, columns: str) -> None:
    texts = {"1": "Обичан текст на ћирилици", "2": "Običan tekst", "3": "12:30", "4": "一些文字", "5": "Опет"}
    rows = written(tmp_path, texts, "sr", columns=columns)
    text = FORMS[columns].text
    assert {(corpus_file(row["file"]).subset, row[text]) for row in rows} == {
        ("srp_Cyrl", texts["1"]),
        ("srp_Latn", texts["2"]),
        ("srp_Zyyy", texts["3"]),
        ("srp_Zyyy", texts["4"]),
        ("srp_Cyrl", texts["5"]),
    }
    if columns == "fineweb2":
        assert {row[text]: row["language_script"] for row in rows if "Zyyy" in row["file"]} == {
            "12:30": "Zyyy",
            "一些文字": "Hani",
        }
    (ledger,) = (tmp_path / "ledger").rglob("*.parquet")
    for row, wanted in zip(pq.ParquetFile(ledger).read().to_pylist(), texts.values(), strict=True):
        there = pq.ParquetFile(tmp_path / row["corpus_file"]).read()
        assert there[text][row["corpus_row"]].as_py() == wanted


def test_two_codes_share_a_subset_and_no_file(tmp_path: Path) -> None:
    names = set()
    for code in ("zh", "zh-Hant"):
        (row,) = written(tmp_path, {"1": "一些文字"}, code)
        names.add(row["file"])
        assert (row["language"], row["language_code"]) == ("cmn", code)
    assert {corpus_file(name).subset for name in names} == {"cmn_Hani"} and len(names) == 2
    assert {corpus_file(name).language for name in names} == {"zh", "zh-Hant"}
