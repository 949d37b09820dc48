"""A run's corpus held against test sets and another run: what is dropped, what is said, what is refused."""

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from ccnet_lite.archives.sources import resolve_inputs
from ccnet_lite.errors import UserError
from ccnet_lite.finished import reference_units
from ccnet_lite.finished.decontaminate import decontaminate
from ccnet_lite.kernels.decontaminate import Overlap
from ccnet_lite.run.pipeline import run_pipeline
from ccnet_lite.run.steps import JOBS
from ccnet_lite.settings import SourceSettings, SparkSettings, load_settings
from ccnet_lite.store.places import Place
from ccnet_lite.store.tables import load_table
from tests.crawl import Page, body, write_crawl
from tests.running import job
from tests.tables import edit_json

ENGLISH = [Page(f"https://a.example/{n}", body("en", n)) for n in range(5)]
GERMAN = [Page(f"https://b.example/{n}", body("de", n)) for n in range(4)]
QUESTION = body("en", 2).splitlines()[1]
FRAGE = body("de", 3).splitlines()[2].upper().replace(",", " --")
ELSEWHERE = "What is the name of the ship that the captain sold before the war began in the north?"


def run_of(folder: Path, pages: list[list[Page]]) -> Path:
    write_crawl(folder / "crawl", pages)
    shards = resolve_inputs([f"{folder}/crawl/*.gz"], SourceSettings())
    settings = load_settings(None, ["export.file_bytes=3000"])
    run_pipeline(settings, shards, str(folder / "run"), JOBS[0], JOBS[-1])
    return folder / "run"


@pytest.fixture(scope="module")
def run(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of nine documents."""
    return run_of(tmp_path_factory.mktemp("decontaminate"), [ENGLISH, GERMAN])


def rows(folder: Path) -> list[dict[str, Any]]:
    table = ds.dataset(folder, partitioning="hive", exclude_invalid_files=True).to_table()
    return sorted(table.to_pylist(), key=lambda row: (str(row["url"]), str(row.get("item"))))


def summary(folder: Path) -> dict[str, Any]:
    stored: dict[str, Any] = json.loads((folder / "summary.json").read_text())
    return stored


def test_what_a_test_set_holds_is_dropped_and_named(run: Path, tmp_path: Path) -> None:
    items = [{"q": QUESTION}, {"q": ELSEWHERE}, {"q": "Too short"}, {"other": 1}]
    with gzip.open(tmp_path / "test.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(item) + "\n" for item in items)
    pq.write_table(pa.table({"q": [ELSEWHERE, FRAGE], "n": [0, 1]}), tmp_path / "test.parquet")
    against = ("--against", tmp_path / "test.jsonl.gz", "--against", tmp_path / "test.parquet")
    out = tmp_path / "out"
    assert job("decontaminate.py", run, *against, "--field", "q", "--output", out) == 0
    found = rows(out / "contaminated")
    assert [(row["url"], row["language"], Path(row["reference"]).name, row["item"]) for row in found] == [
        ("https://a.example/2", "en", "test.jsonl.gz", "line 1"),
        ("https://b.example/3", "de", "test.parquet", "row 1"),
    ]
    assert all(row["overlap"] == 1.0 and row["matched_ngrams"] == row["ngrams"] > 5 for row in found)
    corpus, clean = rows(run / "corpus"), rows(out / "clean")
    urls = {row["url"] for row in found}
    assert clean == [row for row in corpus if row["url"] not in urls]
    assert len(clean) == 7
    original = pq.read_table(run / found[0]["corpus_file"], partitioning=None).to_pylist()
    assert original[found[0]["corpus_row"]]["doc_id"] == found[0]["doc_id"]
    stored = summary(out)
    assert [stored[key] for key in ("documents", "contaminated", "clean")] == [9, 2, 7]
    assert stored["languages"]["de"] == {"documents": 4, "contaminated": 1, "clean": 3}
    first, second = stored["references"]
    assert (first["items"], first["unusable"], first["unusable_items"]) == (4, 2, ["line 3", "line 4"])
    assert (first["items_found"], first["documents"]) == (1, {"en": 1})
    assert (second["items"], second["items_found"], second["documents"]) == (2, 1, {"de": 1})
    table = load_table(Place.of(out), "contaminated")
    assert table and table.rows == 2
    assert sorted(path.name for path in out.iterdir()) == [
        "clean",
        "clean.manifest.json",
        "contaminated",
        "summary.json",
    ]
    assert not list(tmp_path.glob(".*"))


def test_a_run_against_another(run: Path, tmp_path: Path) -> None:
    part_of_it = "\n".join(body("en", 1).splitlines()[:3])
    longer = f"{body('de', 0)}\n{body('de', 60, 40)}"
    other = run_of(tmp_path, [[Page("https://c.example/1", part_of_it), Page("https://c.example/2", longer)]])
    out = tmp_path / "out"
    assert job("decontaminate.py", run, "--against", other, "--output", out, "--report-only") == 0
    found = rows(out / "contaminated")
    ids = {row["url"]: row["doc_id"] for row in rows(other / "corpus")}
    assert [(row["url"], row["item"], row["measure"]) for row in found] == [
        ("https://a.example/1", ids["https://c.example/1"], "item"),
        ("https://b.example/0", ids["https://c.example/2"], "document"),
    ]
    assert not (out / "clean").exists()
    assert summary(out)["references"][0]["digest"].startswith("corpus ")


def test_a_run_against_itself_leaves_nothing(run: Path, tmp_path: Path) -> None:
    assert job("decontaminate.py", run, "--against", run, "--output", tmp_path / "out") == 0
    assert [summary(tmp_path / "out")[key] for key in ("contaminated", "clean")] == [9, 0]
    assert not list((tmp_path / "out" / "clean").rglob("*.parquet"))
    assert {row["measure"] for row in rows(tmp_path / "out" / "contaminated")} == {"item", "document"}


PHRASE = "All rights reserved by the keepers of this house, and no part of it may be carried away by anyone."
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def with_phrase(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of 24 documents, 18 of which end in the same phrase; one holds a question as well."""
    lines = [body("en", 500 + n).splitlines()[0] for n in range(24)]  # a line of the phrase alone would be cut
    lines = [f"{line} {PHRASE}" if n < 18 else line for n, line in enumerate(lines)]
    lines[3] += f" {ELSEWHERE} {SCRIPT}"
    pages = [Page(f"https://d.example/{n}", f"{body('en', 10 * n)}\n{line}") for n, line in enumerate(lines)]
    return run_of(tmp_path_factory.mktemp("phrases"), [pages])


def test_common_phrases_do_not_convict(with_phrase: Path, tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text(f"{PHRASE}\n{ELSEWHERE}\n")
    against = ("--against", tmp_path / "t.txt", "--output")
    assert job("decontaminate.py", with_phrase, *against, tmp_path / "out") == 0
    assert [(row["url"], row["item"]) for row in rows(tmp_path / "out" / "contaminated")] == [
        ("https://d.example/3", "line 2")
    ]
    spared = rows(tmp_path / "out" / "spared")
    holding = [row for row in rows(with_phrase / "corpus") if PHRASE in row["text"]]
    n_phrase = len(holding)
    assert n_phrase >= 16
    assert {row["url"] for row in spared} == {row["url"] for row in holding}
    # The formula by hand: h = 5 + sqrt(N) / 20, and of n equal weights the share is w / max(w, 1/2).
    half = 5 + len(rows(with_phrase / "corpus")) ** 0.5 / 20
    weight = 1 / (1 + ((n_phrase - 1) / half) ** 2)
    for row in spared:
        assert (row["item"], row["reason"], row["overlap"]) == ("line 1", "common", 1.0)
        assert row["weighted_overlap"] == pytest.approx(2 * weight, abs=1e-4)
    stored = summary(tmp_path / "out")
    assert stored["spared"] == {
        "common": {"hits": n_phrase, "documents": n_phrase - 1},
        "reviewed": {"hits": 0, "documents": 0},
    }
    assert stored["documents"] - stored["clean"] == stored["contaminated"] == 1
    assert job("decontaminate.py", with_phrase, *against, tmp_path / "all", "--min-weighted", "0") == 0
    assert summary(tmp_path / "all")["contaminated"] == n_phrase
    assert not (tmp_path / "all" / "spared").exists()


def test_what_a_reviewer_keeps_stays(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "t.txt").write_text(f"{QUESTION}\n{FRAGE}\n{body('de', 1).splitlines()[0]}\n")
    against = ("--against", tmp_path / "t.txt", "--output")
    assert job("decontaminate.py", run, *against, tmp_path / "first") == 0
    first = rows(tmp_path / "first" / "contaminated")
    assert [row["item"] for row in first] == ["line 1", "line 3", "line 2"]
    kept, unknown = tmp_path / "kept.txt", "f" * 16
    kept.write_text(f"{first[0]['hit_id']}  a quotation\n{first[1]['doc_id']}\n{unknown}\n")
    capsys.readouterr()
    assert job("decontaminate.py", run, *against, tmp_path / "second", "--keep", kept) == 0
    assert f"--keep: 1 ids were not met, {unknown} among them" in capsys.readouterr().out
    assert [row["item"] for row in rows(tmp_path / "second" / "contaminated")] == ["line 2"]
    spared = rows(tmp_path / "second" / "spared")
    assert [(row["hit_id"], row["reason"]) for row in spared] == [
        (first[0]["hit_id"], "reviewed"),
        (first[1]["hit_id"], "reviewed"),
    ]
    stored = summary(tmp_path / "second")
    assert stored["clean"] == summary(tmp_path / "first")["clean"] + 2
    assert stored["spared"]["reviewed"] == {"hits": 2, "documents": 2}
    (told,) = stored["reviewed"]
    assert (told["path"], told["ids"], told["used"]) == (str(kept), 3, 2)
    kept.write_text("no id\n")
    assert job("decontaminate.py", run, *against, tmp_path / "third", "--keep", kept) == 2
    assert not (tmp_path / "third").exists()


def test_a_review_shows_both_sides(with_phrase: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    items = [{"q": PHRASE, "a": "none"}, {"q": f"Say: {ELSEWHERE} \x1b[2J\u202e<b>", "a": "the north"}]
    (tmp_path / "t.jsonl").write_text("".join(json.dumps(item) + "\n" for item in items))
    given = ("--against", tmp_path / "t.jsonl", "--field", "q", "--field", "a", "--report-only", "--output")
    capsys.readouterr()
    assert job("decontaminate.py", with_phrase, *given, tmp_path / "one", "--review") == 0
    said = capsys.readouterr().out
    assert (
        f"[[{ELSEWHERE[:40]}" in said.replace("\n    ", " ") and "\\x1b[2J\\u202e" in said and "\x1b" not in said
    )
    assert "t.jsonl, line 2, q and a" in said and "https://d.example/3" in said
    out = tmp_path / "hits.jsonl"
    assert job("decontaminate.py", with_phrase, *given, tmp_path / "two", "--review", out) == 0
    hits = [json.loads(line) for line in out.read_text().splitlines()]
    table = rows(tmp_path / "two" / "contaminated") + rows(tmp_path / "two" / "spared")
    assert {hit["hit_id"] for hit in hits} == {row["hit_id"] for row in table}
    (convicted,) = [hit for hit in hits if hit["verdict"] == "contaminated"]
    for side in ("document", "item_text"):
        assert [piece["text"] for piece in convicted[side] if piece["kind"] == "match"] == [ELSEWHERE[:-1]]
    assert "".join(piece["text"] for piece in convicted["item_text"]) == "\n".join(items[1].values())
    stood = pq.read_table(with_phrase / convicted["corpus_file"], partitioning=None).to_pylist()
    assert stood[convicted["corpus_row"]]["doc_id"] == convicted["doc_id"]
    page = tmp_path / "hits.html"
    limited = ("--review", page, "--review-limit", "2")
    assert job("decontaminate.py", with_phrase, *given, tmp_path / "three", *limited) == 0
    html = page.read_text()
    # The one that convicts comes first, then the spared ones by their ids.
    shown = [convicted["hit_id"], min(hit["hit_id"] for hit in hits if hit["verdict"] == "common")]
    assert html.count("<article") == 2 and all(f'data-id="{each}"' in html for each in shown)
    assert f"<mark>{ELSEWHERE[:-1]}</mark>" in html and "&lt;script&gt;alert(1)" in html
    assert html.count("<script>") == 1 and "\x1b" not in html and "\u202e" not in html
    assert f"{len(hits) - 2:,} of them are not shown" in html
    text = tmp_path / "hits.txt"
    assert job("decontaminate.py", with_phrase, *given, tmp_path / "four", "--review", text) == 0
    assert text.read_text().count("in the document\n") == len(hits)
    for bad in ("hits.pdf", "none/hits.html"):
        assert job("decontaminate.py", with_phrase, *given, tmp_path / "five", "--review", tmp_path / bad) == 2
    assert not (tmp_path / "five").exists()


MISTAKES = [
    ("a.txt", "x", {"ngram": 0}, "--ngram 0 is not a number of tokens"),
    ("a.txt", "x", {"min_overlap": 0.0}, "--min-overlap 0.0 is not a share"),
    ("a.txt", "x", {"min_weighted": 1.5}, "--min-weighted 1.5 is not a share"),
    ("a.txt", "x", {"min_tokens": 14}, "--min-tokens 14 is not from 1 to --ngram 8"),
    ("absent.txt", None, {}, "absent.txt is neither a file nor a finished run's folder"),
    ("a.csv", "x", {}, "a.csv is of no known kind"),
    ("a.txt", "", {}, "a.txt holds no item"),
    ("a.jsonl", '{"text": "x"}\n{', {}, "a.jsonl, line 2 is no JSON"),
    ("a.jsonl", "[1]", {}, "a.jsonl, line 1 is not a JSON object"),
    ("a.jsonl", '{"q": "x"}', {}, "a.jsonl: no line has a field text: give --field"),
    ("a.jsonl", '{"text": 7}', {}, "a.jsonl, line 1: text is neither text nor a list of texts"),
    ("a.jsonl.gz", "plain", {}, "a.jsonl.gz cannot be read"),
    ("a.parquet", "plain", {}, "a.parquet cannot be read"),
]


@pytest.mark.parametrize(("name", "content", "changes", "message"), MISTAKES)
def test_mistakes_are_named(
    run: Path, tmp_path: Path, name: str, content: str | None, changes: dict[str, Any], message: str
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(UserError, match=message):
        decontaminate(run, [tmp_path / name], tmp_path / "out", SparkSettings(), Overlap(**changes))
    assert not (tmp_path / "out").exists() and not list(tmp_path.glob(".out*"))


def test_on_spark_as_in_memory(run: Path, with_phrase: Path, tmp_path: Path) -> None:
    texts = (PHRASE, "too short", QUESTION, ELSEWHERE, QUESTION, "one two three four five six seven eight")
    (tmp_path / "t.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    (tmp_path / "t.txt").write_text(f"{ELSEWHERE}\n{PHRASE}\n" + "x\n" * 30)
    against = [tmp_path / "t.jsonl", run, with_phrase, tmp_path / "t.txt"]
    outs = [tmp_path / "in memory", tmp_path / "on Spark"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reference_units, "ITEMS_A_UNIT", 2)
        for parts, out in zip((0, 5), outs, strict=True):
            most = 0 if parts else 10**6
            overlap = Overlap(min_overlap=0.3)
            decontaminate(with_phrase, against, out, SparkSettings(), overlap, max_ngrams=most, parts=parts)
    for table in ("contaminated", "spared"):
        assert rows(outs[1] / table) == rows(outs[0] / table)
    assert summary(outs[1]) == summary(outs[0])
    assert sorted(path.name for path in outs[1].iterdir()) == sorted(path.name for path in outs[0].iterdir())
    found = rows(outs[0] / "contaminated")
    assert {row["measure"] for row in found} == {"item", "document"} and len(found) > 40
    assert len(rows(outs[0] / "spared")) > 30
    stored = summary(outs[0])["references"][3]
    assert (stored["items"], stored["unusable"], len(stored["unusable_items"])) == (32, 30, 20)


@pytest.mark.parametrize("max_ngrams", [10**6, 0])
def test_what_all_items_share_is_none_of_them(run: Path, tmp_path: Path, max_ngrams: int) -> None:
    """In memory and on Spark: the document with the template alone stays, the one with a question goes."""
    template = body("en", 4).splitlines()[1]
    made = [" ".join(f"q{number}w{word}" for word in range(12)) for number in range(29)]
    questions = [*made, " ".join(QUESTION.split()[:12])]
    assert len(template.split()) > 2 * 12  # by far the larger part of each item
    items = [json.dumps({"text": f"{template}\n{question}\nAnswer:"}) + "\n" for question in questions]
    (tmp_path / "t.jsonl").write_text("".join(items))
    out = tmp_path / "out"
    decontaminate(
        run, [tmp_path / "t.jsonl"], out, SparkSettings(), Overlap(min_weighted=0), max_ngrams=max_ngrams
    )
    assert [(row["url"], row["item"], row["measure"]) for row in rows(out / "contaminated")] == [
        ("https://a.example/2", "line 30", "item")
    ]
    (stored,) = summary(out)["references"]
    assert stored["form_ngrams"] == len(set(zip(*(template.split()[n:] for n in range(8)), strict=False)))


def test_folders_that_cannot_be_used_are_named(run: Path, tmp_path: Path) -> None:
    text = tmp_path / "a.txt"
    text.write_text(f"{ELSEWHERE}\n{QUESTION}\n")

    def message(run: Path, against: list[Path], output: Path) -> str:
        with pytest.raises(UserError) as raised:
            decontaminate(run, against, output, SparkSettings(), Overlap())
        return str(raised.value)

    assert "holds no finished run" in message(tmp_path, [text], tmp_path / "out")
    assert f"--against {tmp_path} holds no finished run" in message(run, [tmp_path], tmp_path / "out")
    assert "not an empty folder" in message(run, [text], run)
    assert "is given twice" in message(run, [text, text], tmp_path / "out")
    assert job("decontaminate.py", run, "--against", text, "--output", run) == 2


def test_a_corpus_of_another_version_is_refused(run: Path, tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "manifest.json").write_text((run / "manifest.json").read_text())
    shutil.copy(run / "corpus.manifest.json", tmp_path)
    edit_json(tmp_path / "corpus.manifest.json", schema_version=0)
    with pytest.raises(UserError, match="its corpus has schema version 0, not"):
        decontaminate(tmp_path, [run], tmp_path / "out", SparkSettings(), Overlap())
