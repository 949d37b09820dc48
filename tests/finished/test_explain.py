"""What explain says of a document is what the tables hold, and what the pages that were written make likely."""

import io
import json
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession
from warcio.warcwriter import WARCWriter

from ccnet_lite.archives.sources import resolve_inputs
from ccnet_lite.commands import explained
from ccnet_lite.errors import UserError
from ccnet_lite.finished.differences import MOST_WORDS, Stretch, difference
from ccnet_lite.finished.explain import Life, explain
from ccnet_lite.finished.opened import Opened, open_run
from ccnet_lite.finished.search import find
from ccnet_lite.kernels.copies import SAID_BEFORE
from ccnet_lite.run.pipeline import run_pipeline
from ccnet_lite.settings import load_settings
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import read_table
from ccnet_lite.store.tables import load_table
from tests.crawl import Page, body, write_crawl
from tests.models.conftest import lm_dir
from tests.running import job

__all__ = ["lm_dir"]
MENU = "Home | Products | About us | Contact the people who make these pages"
HOSTILE = "</bdi></td><script>alert(1)</script> \x1b[2J \u202e & that was painted by people of the village"


def with_words(text: str, *places: int) -> str:
    """The text with another word, a short one, at each of the places."""
    words = text.split(" ")
    return " ".join("x" if number in places else word for number, word in enumerate(words))


PAGES = [
    [
        Page("https://a.example/0", f"{MENU}\n{body('en', 0)}"),
        Page("https://a.example/1", f"{MENU}\n{body('en', 1)}"),
        Page("https://a.example/2", f"{MENU}\n{body('en', 2)}"),
        Page("https://tiny.example/", "Too short a text"),
        Page("https://de.example/x", body("de", 3, 16)),
        Page("https://twice.example/", body("en", 6), date="2024-05-19T00:00:00Z"),
    ],
    [
        Page("https://b.example/copy", with_words(body("en", 0, 40), 2)),
        Page("https://b.example/whole", body("en", 0, 40)),
        Page("https://e.example/further", with_words(body("en", 0, 40), 2, 90, 180)),
        Page("https://c.example/quotes", body("en", 5) + "\n" + body("en", 1).split("\n")[2]),
        Page("https://twice.example/", body("en", 7, 20), date="2024-05-20T00:00:00Z"),
        Page("https://h.example/<b>\x1b[31m", body("en", 8) + "\n" + HOSTILE, title="<i>\x1b[31m"),
    ],
]


def made(folder: Path, *settings: str) -> Path:
    paths = write_crawl(folder / "crawl", PAGES)
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=True)
    writer.write_record(
        writer.create_warc_record("https://meta.example/", "metadata", payload=io.BytesIO(b"a: b\r\n"))
    )
    paths[1].write_bytes(paths[1].read_bytes() + buffer.getvalue())
    given = load_settings(None, [*settings, 'language.drop=["de"]'])
    run_pipeline(given, resolve_inputs([str(path) for path in paths], given.source), str(folder / "run"))
    return folder / "run"


@pytest.fixture(scope="module")
def finished(spark: SparkSession, lm_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("explain"), f"quality.lm_dir={lm_dir}")


def life_of(run: Path, url: str, number: int = 0) -> Life:
    opened = open_run(run)
    return explain(opened, find(opened, url)[number])


def rows(run: Path, table: str) -> list[dict[str, object]]:
    loaded = load_table(Place.of(run), table)
    assert loaded is not None
    return read_table(loaded).to_pylist()


def texts(run: Path) -> dict[str, str]:
    """Kept texts by URL."""
    return {str(row["url"]): str(row["text"]) for row in rows(run, "corpus")}


def test_a_kept_document(finished: Path) -> None:
    life = life_of(finished, "https://a.example/1")
    assert life.read["cc_segment"].endswith(".warc.wet.gz") and life.read["position"] == 1
    assert life.read["record_id"] == "<urn:uuid:00000000-0000-4000-8000-000000000001>"
    assert (life.fate["outcome"], life.language, life.compared) == ("kept", "en", True)
    first, *rest = life.lines
    assert (first.text, first.kept, first.why) == (MENU, False, "host boilerplate")
    assert "3 or more documents" in life.meanings["host boilerplate"]
    assert [line.text for line in rest] == body("en", 1).split("\n") and all(line.kept for line in rest)
    there = pq.ParquetFile(finished / life.fate["corpus_file"]).read().to_pylist()[life.fate["corpus_row"]]
    assert (there["doc_id"], there["text"]) == (life.read["doc_id"], body("en", 1))
    assert (life.perplexity.value, life.language_score) == (there["perplexity"], there["language_score"])
    assert {f"{name}_score": score for name, score in life.likeliest.items()} == json.loads(there["top_langs"])
    assert next(iter(life.likeliest)) == "eng_Latn"
    several = replace(life, likeliest={"eng_Latn": 0.9, "sco_Latn": 0.07})
    assert explained.language(several).endswith("; next sco_Latn 0.07")
    assert life.fate["corpus_file"].startswith(f"corpus/subset=eng_Latn/quality={life.fate['bucket']}/")
    head, tail = life.perplexity.head, life.perplexity.tail
    assert head is not None and tail is not None and life.perplexity.value is not None
    value = life.perplexity.value
    assert life.fate["bucket"] == ("head" if value < head else "middle" if value < tail else "tail")
    assert all(asked.passed is not False for asked in life.rules)
    assert life.copies is None


def test_a_line_that_another_document_keeps(finished: Path) -> None:
    life = life_of(finished, "https://c.example/quotes")
    assert [line.why for line in life.lines] == [None] * 6 + ["repeated paragraph"]
    assert life.lines[6].text == body("en", 1).split("\n")[2]


def test_a_near_duplicate_beside_its_representative(finished: Path) -> None:
    life, kept = (life_of(finished, f"https://b.example/{name}") for name in ("copy", "whole"))
    copies = life.copies
    assert copies is not None and copies.other is not None and copies.difference is not None
    assert (life.fate["rule"], life.fate["duplicate_of"]) == ("near_duplicate", kept.read["doc_id"])
    assert (copies.representative, copies.size) == (False, 3)
    assert (copies.other.doc_id, copies.other.url) == (kept.read["doc_id"], "https://b.example/whole")
    assert copies.members[0].url == "https://b.example/copy" and copies.members[1].representative
    assert {each.url for each in copies.members} == {
        f"https://{page}" for page in ("b.example/copy", "b.example/whole", "e.example/further")
    }
    assert copies.equal_values is not None and copies.values == 256
    assert copies.equal_values / copies.values == copies.similarity == life.fate["value"]
    broken = [asked for asked in life.rules if asked.passed is False]
    assert [(asked.rule, asked.value) for asked in broken] == [("near_duplicate", copies.similarity)]
    differing = [(each.left, each.right) for each in copies.difference.stretches if not each.alike]
    assert differing == [("x ", body("en", 0).split(" ")[2] + " ")]
    assert not copies.difference.cut and not life.compared
    assert life.perplexity.value is None and "dropped before it was scored" in life.perplexity.note


def test_a_representative_beside_the_least_like(finished: Path) -> None:
    copies = life_of(finished, "https://b.example/whole").copies
    assert copies is not None and copies.other is not None and copies.difference is not None
    assert (copies.representative, copies.similarity) == (True, 1.0)
    assert copies.other.url == "https://e.example/further"
    assert sum(not each.alike for each in copies.difference.stretches) == 3


@pytest.mark.parametrize(
    ("url", "rule", "value", "needs"),
    [
        ("https://tiny.example/", "too_short", 16, "at least 300"),
        ("https://de.example/x", "language_dropped", "de", "none of de"),
    ],
)
def test_the_rule_that_dropped_a_document(finished: Path, url: str, rule: str, value: object, needs: str) -> None:
    life = life_of(finished, url)
    first = next(asked for asked in life.rules if asked.passed is False)
    assert (first.rule, first.value, first.needs) == (rule, value, needs)
    assert (life.fate["outcome"], life.fate["rule"]) == ("dropped", rule)
    assert life.fate["corpus_file"] is None


def agrees(run: Opened, folder: Path) -> int:
    """Hold what is said of every document against decisions, ledger and corpus; how many there were."""
    ledger = {row["doc_id"]: row for row in rows(folder, "ledger")}
    reasons = {
        "n_host_boilerplate": "host boilerplate",
        "n_common_boilerplate": "common line",
        "n_list_boilerplate": "list boilerplate",
        "n_repeated": "repeated paragraph",
        "n_repeated_within": "repeated within the document",
    }
    line_rules = {rule.name for policy in run.settings.quality.policies for rule in policy.line_rules}
    line_rules.add(SAID_BEFORE)
    decisions = rows(folder, "decisions")
    for decided in decisions:
        life = explain(run, find(run, str(decided["doc_id"]))[0])
        fate = ledger[decided["doc_id"]]
        assert {name: fate[name] for name in life.fate} == life.fate
        broken = [asked.rule for asked in life.rules if asked.passed is False]
        assert (broken[:1] or [None])[0] == fate["rule"]
        assert len(life.lines) == decided["n_lines_read"]
        if life.compared:
            assert [line.number for line in life.lines if line.kept] == decided["line_ids"]
            for column, why in reasons.items():
                assert sum(line.why == why for line in life.lines) == decided[column], (column, life.read["url"])
            assert sum(line.why in line_rules for line in life.lines) == decided["n_rule_lines"]
        else:
            assert decided["line_ids"] == []
            assert {line.why for line in life.lines} <= {
                None,
                "host boilerplate",
                "common line",
                "list boilerplate",
                *line_rules,
            }
    return len(decisions)


def test_every_document_agrees_with_the_tables(finished: Path) -> None:
    assert agrees(open_run(finished), finished) == sum(map(len, PAGES))


def test_with_other_policies_too(spark: SparkSession, tmp_path: Path) -> None:
    settings = ("near_duplicates.enabled=false", "paragraphs.within_document=keep_first")
    run = made(tmp_path, *settings, "paragraphs.policy=drop_all_copies", "lines.common_hosts=2")
    assert agrees(open_run(run), run) == sum(map(len, PAGES))
    life = life_of(run, "https://c.example/quotes")
    assert (life.copies, life.perplexity.value) == (None, None)
    assert life.perplexity.note == "the run had no model of en"


def test_several_documents_with_one_url(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert job("explain.py", finished, "https://twice.example/") == 0
    said = capsys.readouterr().out
    assert said.startswith("2 documents have this URL; the first (--all tells of all)\n")
    assert "2024-05-19T00:00:00Z" in said and "2024-05-20T00:00:00Z" not in said
    assert job("explain.py", finished, "https://twice.example/", "--all", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    dates = [each["read"]["date_download"] for each in told["explained"]]
    assert dates == ["2024-05-19T00:00:00Z", "2024-05-20T00:00:00Z"]
    assert [each["doc_id"] for each in told["found"]] == [each["read"]["doc_id"] for each in told["explained"]]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("http://www.A.example/1/", "near it: https://a.example/1"),
        ("https://b.example/copi", "near it: https://b.example/copy"),
        ("https://none.example/", "give a URL or doc_id"),
        ("0" * 32, "give a doc_id or a URL"),
        ("https://meta.example/", "gave no document: its record in "),
    ],
)
def test_what_there_is_not(finished: Path, asked: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert job("explain.py", finished, asked) == 2
    captured = capsys.readouterr()
    assert said in captured.err and captured.err.count("\n") == 1 and captured.out == ""


def test_the_beginning_of_an_id_is_near(finished: Path) -> None:
    doc_id = life_of(finished, "https://a.example/1").read["doc_id"]
    with pytest.raises(UserError, match=f"near it: {doc_id}"):
        find(open_run(finished), doc_id[:9])


class Tags(HTMLParser):
    """The tags of a page, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_hostile_text_does_nothing_on_terminal_and_page(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = next(str(row["url"]) for row in rows(finished, "documents") if "h.example" in str(row["url"]))
    assert job("explain.py", finished, url, "--html", tmp_path / "page.html", "--lines", "0") == 0
    said = capsys.readouterr().out
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    for each in (said, page):
        assert not {"\x1b", "\u202e"} & set(each)
        assert r"\x1b[2J" in each
    assert all(len(line) <= 120 for line in said.splitlines())
    found = Tags()
    found.feed(page)
    assert "<script>alert(1)</script>" in found.text
    assert not found.tags & {"script", "b", "a", "img", "link"} and "default-src 'none'" in page


def test_the_page_marks_what_differs(finished: Path, tmp_path: Path) -> None:
    assert job("explain.py", finished, "https://b.example/copy", "--html", tmp_path / "page.html") == 0
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<del>x </del>" in page and page.count("<ins>") == 1
    assert job("explain.py", finished, "https://b.example/copy", "--html", tmp_path / "no" / "page.html") == 2


def test_no_spark_is_loaded(finished: Path) -> None:
    code = "import sys; from ccnet_lite.commands.console import main; import atexit;"
    code += "atexit.register(lambda: print('pyspark' in sys.modules, file=sys.stderr)); main()"
    for words in (
        ["explain", finished, "https://a.example/1"],
        ["sample", finished],
        ["sample", finished, "--json"],
    ):
        done = subprocess.run([sys.executable, "-c", code, *map(str, words)], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "False\n") and done.stdout


def test_a_minified_run_and_one_without_its_text_are_refused(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "minified.json").write_text("{}")
    assert job("explain.py", tmp_path, "https://a.example/1") == 2
    assert "is a minified run, without text and tables" in capsys.readouterr().err
    (tmp_path / "run").mkdir()
    for entry in finished.iterdir():
        if entry.name != "documents":
            (tmp_path / "run" / entry.name).symlink_to(entry)
    for words in (("explain.py", "x"), ("sample.py", "--dropped-by", "too_short")):
        assert job(words[0], tmp_path / "run", *words[1:]) == 2
        assert "the text of its documents was removed" in capsys.readouterr().err


def test_differences_are_found_and_bounded() -> None:
    assert difference("a b c", "a b c").stretches == (Stretch(True, "a b c ", "a b c "),)
    assert difference("", "").stretches == ()
    assert difference("a c", "a b c").stretches == (
        Stretch(True, "a ", "a "),
        Stretch(False, "", "b "),
        Stretch(True, "c ", "c "),
    )
    changed = difference("東京は日本の首都である" * 3, ("東京は日本の首都である" * 3).replace("首", "主", 1))
    assert [(each.left, each.right) for each in changed.stretches if not each.alike] == [("首", "主")]
    long = difference("x " * 5000, "y " * 5000)
    assert long.cut and sum(len(each.left) for each in long.stretches) == 2 * MOST_WORDS
