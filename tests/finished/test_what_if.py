"""What other thresholds would keep: the same as a run with them, and where a run may differ it is counted."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from ccnet_lite.commands.what_if import main, parser, render
from ccnet_lite.errors import UserError
from ccnet_lite.finished.compare import compare
from ccnet_lite.finished.what_if import what_if
from tests.crawl import Page, body, listed, write_crawl
from tests.finished.test_compare import run_of
from tests.models.conftest import lm_dir

__all__ = ["lm_dir"]


def mixed(number: int) -> str:
    """Lines half English, half German: no language is sure."""
    pairs = zip(body("en", number).split("\n"), body("de", number).split("\n"), strict=True)
    return "\n".join(map(" ".join, pairs))


SHARED = body("en", 700, 2)
PAGES = [
    *(Page(f"https://a{n}.example/", body("en", n)) for n in range(6)),
    *(Page(f"https://d{n}.example/", body("de", n)) for n in range(4)),
    *(Page(f"https://l{n}.example/", listed(body("en", 100 + n, 24))) for n in range(2)),
    *(Page(f"https://m{n}.example/", mixed(300 + n)) for n in range(3)),
    *(Page(f"https://r{n}.example/", body("en", 400 + n, 4) + f"\n{SHARED}") for n in range(3)),
    Page("https://b.example/", listed(body("en", 310, 4).replace(", in the", "\nin the"))),
    Page("https://t.example/", "\n".join([body("en", 500, 2)] * 4 + [body("en", 501)])),
]
NO_NEAR = "near_duplicates.enabled=false"
THRESHOLDS = (
    *("quality.max_bullet_share=1.0", "quality.max_duplicate_line_share=0.9", "language.threshold=0.9"),
    *("paragraphs.min_document_chars=450", "paragraphs.max_repeated_share=0.2", "sampling.alphas=0.3,0.9"),
)


def differences(told: dict[str, Any], compared: dict[str, Any]) -> list[Any]:
    """Where what was told of a run's twin is not what the twin is."""
    moves = {(r["before"], r["after"]): r["documents"] for k in ("gained", "lost", "moved") for r in told[k]}
    found: list[Any] = []
    real = {(row["before"], row["after"]): row["documents"] for row in compared["documents"]["moves"]}
    if moves != real:
        found.append((moves, real))
    for row in compared["languages"]:
        mine = next((each for each in told["languages"] if each["language"] == row["language"]), None)
        for side, own in (("a", "now"), ("b", "then")):
            there = row[side] or {"documents": 0, "characters": 0, "share": 0.0, "q": None}
            if mine is None:
                if there["documents"]:
                    found.append(row)
                continue
            said = [mine[own]["documents"], mine[own]["characters"], mine[own]["q"]["0.3"]]
            if said != pytest.approx([there["documents"], there["characters"], there["q"] or 0.0]):
                found.append((row["language"], own, said, there))
    return found


@pytest.fixture(scope="module")
def plain(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of PAGES without near-duplicates, over two archives."""
    folder = tmp_path_factory.mktemp("what_if")
    write_crawl(folder / "crawl", [PAGES[::2], PAGES[1::2]])
    return run_of(folder, "plain", NO_NEAR)


def again(run: Path, name: str, *settings: str) -> Path:
    shutil.copytree(run, run.parent / name)
    return run_of(run.parent, name, *settings)


def test_it_says_what_a_run_with_these_settings_then_keeps(plain: Path) -> None:
    told = what_if(plain, THRESHOLDS)
    found = compare(plain, again(plain, "other", NO_NEAR, *THRESHOLDS))
    assert differences(told, found) == []
    assert {"gained", "lost", "moved"} <= {name for name in told if told[name]}
    moved = {(row["before"], row["after"]): row["documents"] for row in told["moved"]}
    assert moved == {("dropped/heuristics/bullet_share_above", "dropped/lines/too_short_without_boilerplate"): 1}
    gained = {row["before"]: row["documents"] for row in told["gained"]}
    assert gained["dropped/heuristics/bullet_share_above"] == 2
    lost = {row["after"]: row["documents"] for row in told["lost"]}
    assert lost == {
        "dropped/language/language_below_threshold": 3,
        "dropped/lines/too_short_without_boilerplate": 2,
    }
    assert {row["setting"] for row in told["settings"]} == {each.partition("=")[0] for each in THRESHOLDS}
    assert list(told["languages"][0]["then"]["q"]) == ["0.3", "0.9"]


def test_back_again_from_the_other_side(plain: Path) -> None:
    """What strict settings dropped is gained by looser ones, with the characters that a run would export."""
    strict = again(plain, "strict", NO_NEAR, "language.threshold=0.9", "language.keep=en")
    told = what_if(strict, ["language.threshold=0.5", "language.keep="])
    assert differences(told, compare(strict, plain)) == []
    assert sum(row["documents"] for row in told["gained"]) >= 4


def test_the_same_settings_change_nothing(plain: Path) -> None:
    told = what_if(plain, ["language.threshold=0.5"])
    assert [told[name] for name in ("settings", "gained", "lost", "moved")] == [[], [], [], []]
    assert all(row["now"] == row["then"] for row in told["languages"])
    assert "no setting differs" in render(told)


def test_with_near_duplicates_where_no_survivor_changes(spark: SparkSession, tmp_path: Path) -> None:
    copies = [Page(f"https://copy{n}.example/", body("de", n)) for n in range(2)]
    write_crawl(tmp_path / "crawl", [[*PAGES[:10], *copies]])
    run = run_of(tmp_path, "run")
    told = what_if(run, ["language.drop=en"])
    assert differences(told, compare(run, again(run, "other", "language.drop=en"))) == []
    assert [told["unknown"][name] for name in ("gained_alike", "lost_representatives")] == [0, 0]
    told = what_if(run, ["language.drop=de"])
    assert [told["unknown"][name] for name in ("lost_representatives", "lost_replaced")] == [2, 0]


def test_what_near_duplicates_may_change_is_counted(spark: SparkSession, tmp_path: Path) -> None:
    """Of two lists that come back one is a kept page's near-duplicate; a list that goes stood for a page."""
    one, two, three = (Page(f"https://{n}.example/", listed(body("en", n, 24))) for n in (0, 100, 101))
    again_three = Page("https://again.example/", listed(body("en", 101, 24)))
    page = Page("https://page.example/", body("en", 0, 24))
    write_crawl(tmp_path / "crawl", [[*PAGES[1:3], page, one], [two, three, again_three]])
    run, loose = run_of(tmp_path, "run"), "quality.max_bullet_share=1.0"
    told = what_if(run, [loose])
    assert sum(row["documents"] for row in told["gained"]) == 4
    assert told["unknown"]["gained_alike"] == 3
    assert "3 documents gained have a near-duplicate among those that pass" in render(told)
    told = what_if(again(run, "loose", loose), ["quality.max_bullet_share=0.9"])
    assert [told["unknown"][name] for name in ("lost_representatives", "lost_replaced")] == [2, 1]
    assert "2 documents that no longer pass stood for near-duplicates: for 1 of them" in render(told)


def test_buckets_by_other_percentiles(spark: SparkSession, lm_dir: Path, tmp_path: Path) -> None:
    english = [Page(f"https://a{n}.example/", body("en", n)) for n in range(10)]
    write_crawl(tmp_path / "crawl", [[*english, *PAGES[6:12]]])
    models = (NO_NEAR, f"quality.lm_dir={lm_dir}")
    scored = run_of(tmp_path, "scored", *models)
    values = sorted(
        value
        for path in (scored / "corpus" / "subset=eng_Latn").rglob("*.parquet")
        for value in pq.ParquetFile(path).read()["perplexity"].to_pylist()
    )
    assert len(set(values)) > 5
    rows = "".join(f"{percent},{values[percent * len(values) // 100]}\n" for percent in range(100))
    cutoffs = tmp_path / "cutoff.csv"
    cutoffs.write_text(f"id,en\n{rows}")
    models = (*models, f"quality.cutoffs={cutoffs}")
    run = again(scored, "run", *models, "quality.keep_buckets=head,tail,all")
    other = ("quality.head_percentile=50", "quality.tail_percentile=80", "quality.keep_buckets=head,middle,all")
    told = what_if(run, other)
    assert differences(told, compare(run, again(run, "other", *models, *other))) == []
    assert {row["before"] for row in told["gained"]} == {"dropped/quality/bucket_middle"}
    assert {row["after"] for row in told["lost"]} == {"dropped/quality/bucket_tail"}
    found = what_if(scored, [f"quality.cutoffs={cutoffs}"])
    assert differences(found, compare(scored, again(scored, "cut", *models))) == []
    assert found["moved"]
    # A document that a heuristic dropped was never scored; one of a language without a model has no bucket.
    unscored = what_if(run, ["quality.max_bullet_share=1.0"])
    assert {row["after"]: row["documents"] for row in unscored["gained"]} == {"kept/unscored": 2}
    assert unscored["unknown"]["unscored"] == 2
    assert "2 documents gained were never scored" in render(unscored)
    cutoffs.write_text(f"id,en\n{rows}".replace("\n99,", "\n99,9"))
    with pytest.raises(UserError, match="is not the file that the run had"):
        what_if(run, other)
    cutoffs.unlink()
    with pytest.raises(UserError, match=r"cutoff\.csv cannot be read: say where it is by --set"):
        what_if(run, other)


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("ingest.min_chars=10", "--set ingest.min_chars: .* do not tell .*; they do for language.threshold, "),
        ("near_duplicates.similarity=0.9", "--set near_duplicates.similarity: "),
        ("language.treshold=0.9", "unknown setting language.treshold"),
        ("language.threshold=2", "language.threshold = 2"),
    ],
)
def test_what_the_tables_do_not_tell_is_refused(plain: Path, override: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        what_if(plain, [override])


def test_what_the_run_did_not_measure_is_refused(plain: Path) -> None:
    bare = again(plain, "bare", NO_NEAR, "quality.heuristics=false", "paragraphs.max_repeated_share=1.0")
    with pytest.raises(UserError, match="the run measured none"):
        what_if(bare, ["quality.heuristics=true"])
    with pytest.raises(UserError, match="the run did not look for it"):
        what_if(bare, ["paragraphs.max_repeated_share=0.4"])
    told = what_if(plain, ["quality.heuristics=false", "paragraphs.max_repeated_share=1.0"])
    assert differences(told, compare(plain, bare)) == []


def test_the_command_prints_both_forms_and_starts_no_spark(plain: Path) -> None:
    code = "import sys; from ccnet_lite.commands.what_if import main, parser;"
    code += "main(parser().parse_args(sys.argv[1:])); sys.exit(3 if 'pyspark' in sys.modules else 0)"
    words = [sys.executable, "-c", code, str(plain), "--set", "language.drop=de", "--examples", "1"]
    text, told = (subprocess.run([*words, *more], capture_output=True, text=True) for more in ([], ["--json"]))
    assert (text.returncode, told.returncode) == (0, 0)
    found = what_if(plain, ["language.drop=de"], 1)
    assert json.loads(told.stdout) == json.loads(json.dumps(found))
    assert text.stdout == render(found) + "\n"
    assert "kept/all -> dropped/language/language_dropped" in text.stdout
    assert "language.drop: [] -> ['de']" in text.stdout
    with pytest.raises(UserError, match=r"give a setting by --set, as language\.threshold=0\.6; there are lang"):
        main(parser().parse_args([str(plain)]))
