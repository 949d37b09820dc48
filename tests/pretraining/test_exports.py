"""What trainers are handed, read by their own readers where they are installed, else as they read it."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
import pytest

from ccnet_lite.pretraining import mds
from ccnet_lite.pretraining.exports import Row, Shape, export_rows, split_of, text_part
from ccnet_lite.pretraining.mds import index_part, index_text
from ccnet_lite.pretraining.megatron import IndexedWriter
from ccnet_lite.pretraining.vocabulary import Vocabulary, load_vocabulary
from tests.pretraining.test_vocabulary import TEXTS, make

pytest.importorskip("sentencex", reason="needs the extra pretraining")
ROWS = [
    Row(
        f"doc-{n}",
        f"{text}\nIts second line.  With  spaces\tand\u2028more.",
        f"https://a.example/{n}",
        "",
        n % 3 == 2,
    )
    for n, text in enumerate([*TEXTS, " \n "])
]
"""A third of them held out; of the last, nothing is left."""


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    pytest.importorskip("tokenizers", reason="needs the extra pretraining")
    return load_vocabulary(make("xlm-r", tmp_path_factory.mktemp("exports")))


class Files(dict[str, bytes]):
    """Files in memory; one whose writing fails is never there."""

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        file = io.BytesIO()
        yield file
        self[name] = file.getvalue()

    def on_disk(self, folder: Path) -> Path:
        for name, content in self.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        return folder


def export(format: Any, unit: Any, vocabulary: Vocabulary | None) -> tuple[Files, dict[str, Any]]:
    files = Files()
    counts = export_rows(ROWS, "en", "p0", Shape(format, unit, vocabulary), files.open)  # type: ignore[arg-type]
    assert sum(count.documents for count in counts.values()) == len(ROWS)
    return files, counts


def test_fairseq_has_a_sentence_a_line_and_a_blank_one_between_documents() -> None:
    files, counts = export("fairseq", "sentence", None)
    train = files[text_part("fairseq", "en", "train", "p0")].decode()
    assert train.startswith(f"{TEXTS[0]}\nIts second line.\nWith spaces and more.\n\n")
    documents = [each.split("\n") for each in train.removesuffix("\n\n").split("\n\n")]
    expected = [row for row in ROWS if not row.validation]
    for lines, row in zip(documents, expected, strict=True):
        assert "".join("".join(lines).split()) == "".join(row.text.split())
    assert counts["train"].sequences == train.count("\n") - len(expected)
    assert set(counts) == {"train", "valid"} and counts["train"].tokens == 0


def test_fairseq_of_pieces_is_what_spm_encode_gives(vocabulary: Vocabulary) -> None:
    files, counts = export("fairseq", "document", vocabulary)
    lines = files[text_part("fairseq", "en", "valid", "p0")].decode().splitlines()
    held_out = [row for row in ROWS if row.validation and row.text.strip()]
    assert [line.replace(" ", "").replace("▁", " ").strip() for line in lines] == [
        "".join(vocabulary.pieces([" ".join(row.text.split())])[0]).replace("▁", " ").strip() for row in held_out
    ]
    # fairseq numbers the lines of dict.txt from 4, behind <s>, <pad>, </s>, <unk>: the ids of XLM-R.
    ranks = {token: 4 + i for i, token in enumerate(vocabulary.learned)}
    ids = [[ranks.get(piece, 3) for piece in line.split(" ")] for line in lines]
    assert ids == vocabulary.encode([" ".join(row.text.split()) for row in held_out])
    assert counts["valid"].tokens == sum(map(len, ids))


def test_xlm_has_three_splits_by_cluster_and_no_blank_line(vocabulary: Vocabulary) -> None:
    files, counts = export("xlm", "sentence", vocabulary)
    assert set(counts) <= {"train", "valid", "test"}
    train = files[text_part("xlm", "en", "train", "p0")].decode()
    assert "\n\n" not in train and train.endswith("\n")
    rows = [Row(str(n), "", "", f"cluster {n // 2}", True) for n in range(400)]
    splits = [split_of(row, "xlm") for row in rows]
    assert splits[::2] == splits[1::2] and 120 < splits.count("test") < 280
    assert {split_of(row, "fairseq") for row in rows} == {"valid"}


def test_jsonl_has_the_text_as_it_is(vocabulary: Vocabulary) -> None:
    files, counts = export("jsonl", "document", None)
    found = [json.loads(line) for name in files for line in files[name].decode().split("\n")[:-1]]
    assert sorted(each["id"] for each in found) == sorted(row.doc_id for row in ROWS)
    assert {each["id"]: each["text"] for each in found} == {row.doc_id: row.text for row in ROWS}
    assert sorted(files) == ["train/en/p0.jsonl", "valid/en/p0.jsonl"]
    files, counts = export("jsonl", "document", vocabulary)
    with_ids = [json.loads(line) for name in files for line in files[name].decode().split("\n")[:-1]]
    assert all(each["input_ids"] == vocabulary.encode([each["text"]])[0] for each in with_ids)
    assert counts["train"].tokens + counts["valid"].tokens == sum(len(each["input_ids"]) for each in with_ids)


@pytest.mark.parametrize("unit", ["document", "sentence"])
def test_megatron_s_own_reader_reads_it(unit: str, vocabulary: Vocabulary, tmp_path: Path) -> None:
    indexed = pytest.importorskip("megatron.core.datasets.indexed_dataset", reason="needs megatron-core")
    files, counts = export("megatron", unit, vocabulary)
    files.on_disk(tmp_path)
    dataset = indexed.IndexedDataset(str(tmp_path / f"train/en_p0_text_{unit}"))
    rows = [row for row in ROWS if not row.validation and row.text.strip()]
    documents = dataset.document_indices.tolist()
    assert (len(documents), documents[-1]) == (len(rows) + 1, len(dataset)) and documents[0] == 0
    sequences = [dataset[i].tolist() for i in range(len(dataset))]
    if unit == "document":
        assert sequences == [[*ids, vocabulary.end_id] for ids in vocabulary.encode([row.text for row in rows])]
    else:
        assert documents[1] == 3 and sequences[1] == vocabulary.encode(["Its second line."])[0]
    assert dataset.index.dtype == np.uint16
    assert (counts["train"].sequences, counts["train"].tokens) == (len(dataset), sum(map(len, sequences)))


@pytest.mark.parametrize(("size", "kind"), [(65_499, "uint16"), (65_500, "int32")])
def test_megatron_s_types_and_an_index_of_nothing(size: int, kind: str, tmp_path: Path) -> None:
    indexed = pytest.importorskip("megatron.core.datasets.indexed_dataset", reason="needs megatron-core")
    assert np.dtype(indexed.DType.optimal_dtype(size)) == kind
    with (tmp_path / "x.bin").open("wb") as data, (tmp_path / "x.idx").open("wb") as index:
        writer = IndexedWriter(data, index, size)
        writer.add_document([[1, size - 1], [3]])
        writer.add_document([[7]])
        writer.finish()
    dataset = indexed.IndexedDataset(str(tmp_path / "x"))
    assert [dataset[i].tolist() for i in range(3)] == [[1, size - 1], [3], [7]]
    assert dataset.document_indices.tolist() == [0, 2, 3]
    ours = (tmp_path / "x.bin").read_bytes(), (tmp_path / "x.idx").read_bytes()
    builder = indexed.IndexedDatasetBuilder(str(tmp_path / "y.bin"), dtype=indexed.DType.optimal_dtype(size))
    torch = pytest.importorskip("torch")
    for document in ([[1, size - 1], [3]], [[7]]):
        builder.add_document(torch.tensor([i for ids in document for i in ids]), [len(ids) for ids in document])
    builder.finalize(str(tmp_path / "y.idx"))
    assert ours == ((tmp_path / "y.bin").read_bytes(), (tmp_path / "y.idx").read_bytes())


def test_streaming_s_own_reader_reads_mds(
    vocabulary: Vocabulary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    streaming = pytest.importorskip("streaming", reason="needs mosaicml-streaming")
    monkeypatch.setattr(mds, "SHARD_BYTES", 3000)
    files, counts = export("mds", "document", vocabulary)
    for split in ("train", "valid"):
        entries = json.loads(files.pop(index_part(f"en/{split}", "p0")))
        files[f"en/{split}/index.json"] = index_text([entries])
    assert sum(name.startswith("en/train/p0") for name in files) > 1
    files.on_disk(tmp_path)
    for split in ("train", "valid"):
        dataset = streaming.LocalDataset(str(tmp_path / "en" / split))
        rows = [row for row in ROWS if row.validation == (split == "valid") and row.text.strip()]
        samples = [dataset[i] for i in range(len(dataset))]
        assert [sample["id"] for sample in samples] == [row.doc_id for row in rows]
        assert [sample["text"] for sample in samples] == [row.text for row in rows]
        assert [sample["input_ids"].tolist() for sample in samples] == vocabulary.encode([r.text for r in rows])
        assert all(sample["input_ids"].dtype == np.int32 for sample in samples)
        assert counts[split].sequences == len(samples)


def test_arrays_of_all_lengths_are_streaming_s(tmp_path: Path) -> None:
    encodings = pytest.importorskip("streaming.base.format.mds.encodings", reason="needs mosaicml-streaming")
    for length in (1, 255, 256, 65_535, 65_536):
        array = np.arange(length, dtype=np.int32)
        assert mds._encode("ndarray:int32", array) == encodings.mds_encode("ndarray:int32", array)
    assert mds._encode("str", "é") == encodings.mds_encode("str", "é")
