"""The whole sample: equal bytes for equal arguments, truth that warcio agrees with, every kind of plant."""

import gzip
import json
import os
import subprocess
import sys
import unicodedata
import zlib
from collections import Counter
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from ccnet_lite.errors import UserError
from ccnet_lite.sample import make_sample
from ccnet_lite.sample.build import WEB_ARTICLES
from ccnet_lite.sample.prose import load_language, third_of
from tests.sample.conftest import DOCUMENTS, SEED, SHARDS, Sample

REPOSITORY = Path(__file__).parent.parent.parent
PLANTS = {
    "exact", "exact_elsewhere", "near", "syndicated", "boilerplate", "spam", "homoglyph", "short", "mixed",
    "table", "repeated", "scrambled", "unwanted", "bullets", "digest", "damaged_gzip",
    "wrong_length", "truncated",
}  # fmt: skip
OTHERS = {"original", "warcinfo", "request", "metadata", "not_found", "redirect", "image", "robots"}


def contents(folder: Path) -> dict[str, bytes]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def run_job(*arguments: str, hash_seed: str = "0") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(REPOSITORY / "jobs" / "make_sample.py"), *arguments]
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(REPOSITORY)}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def test_equal_bytes_in_another_process_with_another_hash_seed(sample: Sample, tmp_path: Path) -> None:
    numbers = ("--documents", str(DOCUMENTS), "--shards", str(SHARDS), "--seed", str(SEED))
    done = run_job("--output", str(tmp_path / "again"), *numbers, hash_seed="31")
    assert (done.returncode, done.stderr) == (0, "")
    assert contents(tmp_path / "again") == contents(sample.folder)


def test_another_seed_makes_another_crawl_and_replaces_the_former(sample: Sample, tmp_path: Path) -> None:
    make_sample(tmp_path, 300, 4, seed=6)
    first = contents(tmp_path)
    make_sample(tmp_path, 300, 2, seed=7)
    second = contents(tmp_path)
    archives = sorted(name for name in second if name.endswith(".gz"))
    assert [name.split("-")[-1] for name in archives] == [
        "00000.warc.wet.gz",
        "00001.warc.wet.gz",
        "00002.warc.gz",
    ]
    assert not {first[name] for name in first} & {second[name] for name in second}


def test_warcio_finds_the_records_that_truth_names(sample: Sample) -> None:
    damaged = {row["archive"] for row in sample.truth if row["expect"] in ("bad", "either")}
    whole = [path for path in sample.summary.archives if path.name not in damaged]
    assert [path.suffixes for path in whole] == [[".warc", ".wet", ".gz"]] * 4 + [[".warc", ".gz"]]
    for path in whole:
        with path.open("rb") as stream:
            found = [
                (
                    record.rec_headers.get_header("WARC-Record-ID"),
                    record.rec_type,
                    record.rec_headers.get_header("WARC-Target-URI") or "",
                )
                for record in ArchiveIterator(stream, check_digests="raise")
                if record.raw_stream.read() is not None
            ]
        rows = [row for row in sample.truth if row["archive"] == path.name]
        assert found == [(row["record_id"], row["record_type"], row["url"]) for row in rows]


def test_the_summary_counts_what_truth_holds(sample: Sample) -> None:
    assert sample.summary.kinds == Counter(row["kind"] for row in sample.truth)
    assert sample.summary.documents == sum(row["expect"] == "document" for row in sample.truth)
    pages = [row for row in sample.truth if row["record_type"] == "conversion"]
    assert len(pages) == DOCUMENTS
    assert len({row["url"] for row in pages}) == DOCUMENTS


def test_every_kind_is_there(sample: Sample) -> None:
    assert set(sample.summary.kinds) == PLANTS | OTHERS
    assert sample.summary.kinds["original"] > DOCUMENTS / 2


def test_languages_and_scripts(sample: Sample) -> None:
    assert len(sample.summary.languages) == 24
    letters: Counter[str] = Counter()
    for row in sample.of_kind("original"):
        text = "".join(sample.bodies[row["url"]])
        letters.update(unicodedata.name(letter).split()[0] for letter in text if letter.isalpha())
    scripts = {name for name, count in letters.items() if count > 500}
    assert scripts >= {
        *("LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW"),
        *("DEVANAGARI", "THAI", "CJK", "HIRAGANA", "HANGUL"),
    }


def members(path: Path) -> list[bytes]:
    """The file cut at the gzip headers that the generator writes (no other bytes look like them here)."""
    mark = bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255])
    return [mark + part for part in path.read_bytes().split(mark)[1:]]


def test_damage_is_where_truth_says(sample: Sample) -> None:
    for kind, error in (("damaged_gzip", zlib.error), ("truncated", EOFError)):
        (row,) = [row for row in sample.truth if row["kind"] == kind]
        rows = [other for other in sample.truth if other["archive"] == row["archive"]]
        parts = members(sample.folder / row["archive"])
        assert len(parts) == len(rows)
        assert row["expect"] == "bad"
        for part, other in zip(parts, rows, strict=True):
            if other is row:
                with pytest.raises(error):
                    gzip.decompress(part)
            else:
                assert other["record_id"].encode() in gzip.decompress(part)
        assert kind != "truncated" or row is rows[-1]


def test_one_record_declares_more_than_it_holds(sample: Sample) -> None:
    (row,) = [row for row in sample.truth if row["kind"] == "wrong_length"]
    parts = members(sample.folder / row["archive"])
    rows = [other for other in sample.truth if other["archive"] == row["archive"]]
    head, _, rest = gzip.decompress(parts[rows.index(row)]).partition(b"\r\n\r\n")
    declared = int(head.rpartition(b"Content-Length: ")[2])
    assert declared == len(rest.removesuffix(b"\r\n\r\n")) + 400


def test_damaged_pages_have_no_copies(sample: Sample) -> None:
    damaged = {row["url"] for row in sample.truth if row["expect"] in ("bad", "either")}
    assert len(damaged) == 3
    assert not damaged & {row["of"] for row in sample.truth}


def test_reference_prose_is_not_in_the_crawl(sample: Sample) -> None:
    crawl = {line for lines in sample.bodies.values() for line in lines}
    assert len(sample.summary.reference_languages) == 10
    assert len(set(sample.summary.languages) - set(sample.summary.reference_languages)) >= 4
    for code in sample.summary.reference_languages:
        lines = (sample.summary.reference / f"{code}.txt").read_text(encoding="utf-8").splitlines()
        assert len(lines) > 500
        assert len(set(lines)) == len(lines)
        assert not crawl & set(lines)


def test_mistakes_of_the_user(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UserError, match="--documents 10: give at least 300"):
        make_sample(tmp_path / "new", documents=10)
    with pytest.raises(UserError, match="--shards 0: give 1 to 10 for 300 documents"):
        make_sample(tmp_path / "new", documents=300, shards=0)
    with pytest.raises(UserError, match="holds something other than a sample crawl"):
        make_sample(tmp_path, documents=300)
    with pytest.raises(UserError, match="is not a folder"):
        make_sample(tmp_path / "notes.txt", documents=300)
    assert contents(tmp_path) == {"notes.txt": b"mine"}


def test_the_job_says_the_mistake_in_one_line(tmp_path: Path) -> None:
    done = run_job("--output", str(tmp_path / "new"), "--documents", "10")
    assert done.returncode == 2
    assert done.stderr.splitlines() == ["error: --documents 10: give at least 300, to hold every plant"]


def test_reference_prose_says_part_of_what_the_web_says(sample: Sample) -> None:
    crawl = {line for lines in sample.bodies.values() for line in lines}
    for code in sample.summary.reference_languages:
        whole, part = load_language(code), third_of(load_language(code))
        for topic, held in zip(whole.topics, part.topics, strict=True):
            assert held.sentences == topic.sentences[::3]
        articles = (sample.summary.reference.parent / "web" / f"{code}.jsonl").read_text(encoding="utf-8")
        texts = [json.loads(line)["text"] for line in articles.splitlines()]
        assert len(texts) == WEB_ARTICLES
        assert not {line for text in texts for line in text.split("\n")} & crawl
