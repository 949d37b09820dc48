"""Reference prose: which files are of which language, and the documents they hold."""

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ccnet_lite.errors import UserError
from ccnet_lite.models import reference
from ccnet_lite.models.reference import find_reference, read_reference

LONG = "A sentence that goes on for a while, as sentences in documents do. " * 8


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x\n")
    return path


def test_languages_come_from_names_of_files_and_folders(tmp_path: Path) -> None:
    names = [
        "en.txt",
        "fra_Latn.jsonl",
        "fr/part-1.jsonl",
        "fr/part-0.txt.gz",
        "zh-Hant/en.parquet",
        "no.2024.txt",
    ]
    for name in [*names, "README.md", ".hidden.txt", "fr/notes.csv"]:
        touch(tmp_path / name)
    found = {
        language: [str(file.relative_to(tmp_path)) for file in files]
        for language, files in find_reference([tmp_path]).items()
    }
    assert found == {
        "en": ["en.txt"],
        "fr": ["fr/part-0.txt.gz", "fr/part-1.jsonl", "fra_Latn.jsonl"],
        "no": ["no.2024.txt"],
        "zh-Hant": ["zh-Hant/en.parquet"],
    }
    assert list(find_reference([tmp_path], ["fr"])) == ["fr"]


def test_a_file_with_another_name_is_of_its_folders_language(tmp_path: Path) -> None:
    file = touch(tmp_path / "de" / "wiki.txt")
    assert find_reference([file]) == {"de": [file]}
    assert find_reference([file.parent]) == {"de": [file]}
    with pytest.raises(UserError, match="name it or its folder by a language code"):
        find_reference([touch(tmp_path / "corpora" / "wiki.txt")])


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"none does not exist"):
        find_reference([tmp_path / "none"])
    with pytest.raises(UserError, match="holds no reference prose"):
        find_reference([tmp_path])
    with pytest.raises(UserError, match=r"en\.csv: its type is not known"):
        find_reference([touch(tmp_path / "en.csv")])
    touch(tmp_path / "en.txt")
    with pytest.raises(UserError, match=r"--languages sw: .* it has en"):
        find_reference([tmp_path], ["sw"])


@pytest.mark.parametrize("kind", ["jsonl", "jsonl.gz", "parquet"])
def test_documents_of_records(tmp_path: Path, kind: str) -> None:
    texts = [LONG + str(number) for number in range(3)]
    path = tmp_path / f"en.{kind}"
    if kind == "parquet":
        pq.write_table(pa.table({"text": [*texts, None], "id": [1, 2, 3, 4]}), path)
    else:
        data = "".join(json.dumps({"text": text, "id": 1}) + "\n" for text in texts).encode()
        path.write_bytes(gzip.compress(data) if kind.endswith("gz") else data)
    assert list(read_reference([path])) == texts


def test_documents_of_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = tmp_path / "en.txt"
    blocks.write_text(f"{LONG}\nsecond line\n\n\n{LONG}2\n")
    assert list(read_reference([blocks])) == [LONG + "\nsecond line", LONG + "2"]
    lines = tmp_path / "de.txt"
    lines.write_text(f"{LONG}1\n{LONG}2\n{LONG}3")
    expected = [LONG + "1", LONG + "2", LONG + "3"]
    assert list(read_reference([lines])) == expected
    monkeypatch.setattr(reference, "_LINES_WITHOUT_BLANK", 2)
    assert list(read_reference([lines])) == expected


def test_short_documents_are_joined(tmp_path: Path) -> None:
    path = tmp_path / "en.txt"
    path.write_text("\n".join(f"Sentence number {number} of the text." for number in range(40)))
    documents = list(read_reference([path]))
    assert "\n".join(documents) == path.read_text()
    assert [len(document) > 450 for document in documents] == [True, True, False]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("en.jsonl", b'{"text": "a"}\n{"body": "b"}\n', "line 2: it has no 'text': see --field"),
        ("en.jsonl", b'{"text": "a"}\n\n{"text": 5}\n', "line 3: 'text' is not text"),
        ("en.jsonl", b"<html>\n", "line 1: it is not a JSON object"),
        ("en.jsonl", b"[1]\n", "line 1: it is not a JSON object"),
        ("en.txt", b"good\nbad \xff\n", "is not UTF-8"),
        ("en.txt.gz", b"not gzip", "cannot be read"),
        ("en.txt.gz", gzip.compress(b"x" * 1000, mtime=0)[:-9], "cannot be read"),
        ("en.parquet", b"not parquet", "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=message) as caught:
        list(read_reference([tmp_path / name]))
    assert str(tmp_path / name) in str(caught.value)


def test_a_parquet_file_without_the_column(tmp_path: Path) -> None:
    pq.write_table(pa.table({"body": ["a"]}), tmp_path / "en.parquet")
    with pytest.raises(UserError, match="has no column 'text', but body: see --field"):
        list(read_reference([tmp_path / "en.parquet"]))
    assert list(read_reference([tmp_path / "en.parquet"], "body")) == ["a"]
