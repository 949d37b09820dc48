"""Samples of a finished run: the same by the same seed, of what was asked, read from few row groups."""

import json
import shutil
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ccnet_lite.commands.explained import cut_lines, one_line
from ccnet_lite.errors import UserError
from ccnet_lite.finished.opened import open_run
from ccnet_lite.finished.sample import sample_corpus, sample_dropped
from ccnet_lite.store import reading
from tests.crawl import body
from tests.finished.test_explain import finished, lm_dir, rows
from tests.running import job

__all__ = ["finished", "lm_dir"]


def test_a_sample_of_the_corpus_is_its_rows(finished: Path) -> None:
    corpus = {row["doc_id"]: row for row in rows(finished, "corpus")}
    drawn = sample_corpus(open_run(finished), 100, 0)
    assert [each.doc_id for each in drawn] == list(corpus)
    for each in drawn:
        row = corpus[each.doc_id]
        told = (each.url, each.text, each.length, each.perplexity, each.language_score, each.title)
        names = ("url", "text", "length", "perplexity", "language_score", "title")
        assert told == tuple(row[name] for name in names)
        assert (each.language, each.rule) == ("en", None)
    for each in sample_corpus(open_run(finished), 100, 0, bucket=drawn[0].bucket or ""):
        assert each.bucket == drawn[0].bucket


def test_the_seed_says_which_and_every_document_has_its_turn(finished: Path) -> None:
    run = open_run(finished)
    draws = [tuple(each.doc_id for each in sample_corpus(run, 2, seed)) for seed in range(40)]
    assert draws == [tuple(each.doc_id for each in sample_corpus(run, 2, seed)) for seed in range(40)]
    turns = Counter(doc_id for draw in draws for doc_id in draw)
    assert turns.keys() == {row["doc_id"] for row in rows(finished, "corpus")}
    assert max(turns.values()) < 30, "no document comes nearly always"
    assert all(len(set(draw)) == 2 for draw in draws)


def test_documents_that_a_rule_dropped_come_with_their_text_as_read(finished: Path) -> None:
    (drawn,) = sample_dropped(open_run(finished), "language_dropped", 5, 0)
    assert (drawn.url, drawn.text) == ("https://de.example/x", body("de", 3, 16))
    assert (drawn.language, drawn.rule, drawn.length) == ("de", "language_dropped", len(body("de", 3, 16)))
    (short,) = sample_dropped(open_run(finished), "too_short", 5, 0)
    assert (short.value, short.threshold, short.text) == (16, 300, "Too short a text")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--language", "sw"], "its corpus has no language sw; it has en"),
        (["--language", "en", "--bucket", "all"], "its corpus has no language en and bucket all; it has en/"),
        (
            ["--dropped-by", "nothing"],
            "no document was dropped by nothing; rules that did: language_dropped (1), ",
        ),
        (["--dropped-by", "too_short", "--language", "sw"], "no document of language sw was dropped by too_short"),
        (["--dropped-by", "too_short", "--bucket", "head"], "give one of them"),
    ],
)
def test_what_there_is_not(
    finished: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert job("sample.py", finished, *words) == 2
    captured = capsys.readouterr()
    assert said in captured.err and captured.err.count("\n") == 1


def test_what_is_printed(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert job("sample.py", finished, "--dropped-by", "too_short") == 0
    header, facts, text = capsys.readouterr().out.splitlines()
    assert header.endswith("  https://tiny.example/")
    assert (
        facts.endswith("16 characters  dropped: too short: 16.00 against 300.00") and text == "  Too short a text"
    )
    assert job("sample.py", finished, "-n", "3", "--lines", "2") == 0
    shown = capsys.readouterr().out.split("\n\n")
    assert [part.count("\n  ") for part in shown] == [3, 3, 3] and "\x1b" not in "".join(shown)
    assert "bucket " in shown[0] and "perplexity " in shown[0] and shown[0].endswith("  ...")
    assert job("sample.py", finished, "-n", "3", "--json") == 0
    drawn = json.loads(capsys.readouterr().out)
    assert [each["doc_id"] for each in drawn] == [part.split()[0] for part in shown]


def test_only_what_holds_the_drawn_rows_is_opened(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = open_run(finished)
    files = len(run.table("corpus").files)
    opened = []
    real = reading.open_parquet

    def counting(place: object, file: object = None) -> object:
        opened.append(place)
        return real(place, file)  # type: ignore[arg-type]

    monkeypatch.setattr("ccnet_lite.finished.opened.open_parquet", counting)
    assert len(sample_corpus(run, 1, 0)) == 1
    assert len(opened) == 1 <= files


def test_rows_by_their_numbers_in_a_file_of_several_row_groups(finished: Path, tmp_path: Path) -> None:
    run = open_run(shutil.copytree(finished, tmp_path / "copy"))
    table = run.table("corpus")
    file = max(table.files, key=lambda each: each.rows)
    assert file.rows >= 3
    held = pq.ParquetFile(table.place(file).path).read()
    pq.write_table(held, table.place(file).path, row_group_size=1)
    unsummed = file.model_copy(update={"crc32": None})
    found = [row["doc_id"] for row in run.rows("corpus", {unsummed: [0, 2]}, ["doc_id"])]
    assert found == held["doc_id"].take([0, 2]).to_pylist()


def test_what_would_act_on_a_terminal_is_written_out() -> None:
    assert cut_lines("a\x1b[31mb", 40) == [r"a\x1b[31mb"]
    assert cut_lines("a\x1b[31mb", 4) == [r"a\x1", "b[31", "mb"]
    assert one_line("a\u202eb", 40) == r"a\u202eb"


def test_a_run_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no finished run"):
        open_run(tmp_path)
