"""The classifier against fastText itself, bit by bit: every kind of model it trains, on text and on any bytes."""

import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import fasttext
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.errors import UserError
from ccnet_lite.models import fasttext_reading
from ccnet_lite.models.classifier import Classifier, FastText, load_classifier
from ccnet_lite.models.fasttext_reading import read_classifier
from ccnet_lite.models.files import find_model
from tests.models.conftest import classifier

N_LABELS = 260
"""fastText quantises matrices of 256 rows and more, also that of the labels."""
ALPHABETS = ["abcdefghij", "абвгдежзик", "αβγδεζηθικ", "あいうえおかきくけこ", "กขคงจฉชซญฐ"]


class Kind(NamedTuple):
    """How a model is trained and written."""

    loss: str
    ngrams: tuple[int, int] = (0, 0)
    word_ngrams: int = 1
    dimensions: int = 10
    learning_rate: float = 0.5
    quantised: bool = False
    qnorm: bool = False
    cutoff: int = 0
    qout: bool = False
    dsub: int = 2


DENSE = [
    Kind(loss, ngrams, word_ngrams, dimensions)
    for loss in ("hs", "softmax", "ova", "ns")
    for ngrams, dimensions in (((0, 0), 10), ((2, 4), 16), ((1, 6), 7))
    for word_ngrams in (1, 2)
]
QUANTISED = [
    Kind(loss, ngrams, word_ngrams, 10, 0.5, True, qnorm, cutoff, qout, dsub)
    for loss, ngrams, word_ngrams in (("hs", (2, 4), 1), ("softmax", (0, 0), 1), ("ova", (1, 3), 3))
    for qnorm in (False, True)
    for cutoff in (0, 300)
    for qout in (False, True)
    for dsub in (2, 3)
]
EQUAL = [Kind(loss, (2, 3), 1, 10, 0.0) for loss in ("hs", "softmax", "ova")]
"""Nothing learnt: every label scores the same."""


def word(number: int) -> str:
    letters = ALPHABETS[number % 5]
    return "".join(letters[(number // 10**digit) % 10] for digit in range(1 + number % 4)) + letters[number % 10]


def training_text() -> str:
    draw = np.random.default_rng(1)
    lines = []
    for number in range(3 * N_LABELS):
        label = number % N_LABELS
        words = " ".join(word(3 * label + int(each)) for each in draw.integers(0, 6, 8))
        lines.append(f"__label__l{label} {words}")
    # fastText leaves rows unset that its ten threads do not share out evenly: they can be no numbers.
    vocabulary = {each for line in lines for each in line.split()[1:]} | {"</s>"}
    lines[0] += "".join(f" filler{number}" for number in range(-len(vocabulary) % 10))
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as name:
        (Path(name) / "train.txt").write_text(training_text(), encoding="utf-8")
        yield Path(name)
        models.cache_clear()


@cache
def models(folder: Path, kind: Kind) -> tuple[Classifier, Any]:
    """Ours, and fastText's of the same file."""
    minn, maxn = kind.ngrams
    trained = fasttext.train_supervised(
        str(folder / "train.txt"), loss=kind.loss, minn=minn, maxn=maxn, wordNgrams=kind.word_ngrams,
        dim=kind.dimensions, lr=kind.learning_rate, epoch=2, bucket=1000, thread=10, verbose=0,
    )  # fmt: skip
    path = folder / "model.bin"
    if kind.quantised:
        trained.quantize(qnorm=kind.qnorm, cutoff=kind.cutoff, qout=kind.qout, dsub=kind.dsub, verbose=0)
    trained.save_model(str(path))
    ours = load_classifier(path)
    theirs = fasttext.load_model(str(path))
    path.unlink()  # the next model is another file
    assert isinstance(ours, Classifier), "the file could not be read"
    return ours, theirs


def check(ours: Classifier, theirs: Any, lines: list[bytes]) -> None:
    """All that ours says of the lines is what fastText says, to the last bit."""
    n_labels = len(ours.labels)
    assert ours.labels == theirs.get_labels()
    for k in (1, 3, n_labels):
        names, scores = theirs.f.multilinePredict([line + b"\n" for line in lines], k, 0.0, "strict")
        labels, found = ours.best(lines, k)
        for number, line in enumerate(lines):
            size = len(names[number])
            assert [ours.labels[label] for label in labels[number, :size]] == names[number], line
            assert found[number, :size].tobytes() == scores[number].tobytes(), line
            assert set(labels[number, size:]) <= {-1}
            assert not found[number, size:].any()
    every = ours.distribution(lines)
    for number, line in enumerate(lines):
        for label, score in zip(names[number], scores[number], strict=True):
            assert every[number, ours.labels.index(label)] == score, line
        if not names[number]:
            assert not every[number].any()


HOSTILE = [
    b"",
    b" ",
    b" \t\v\f\r\0 ",
    word(3).encode(),
    " ".join(map(word, range(40))).encode(),
    " ".join(map(word, range(900))).encode(),
    word(7).encode() + b"\0" + word(8).encode() + b"\r" + word(9).encode() + b"\v" + word(10).encode() + b"\f",
    b"__label__l1 " + word(3).encode(),
    b"__label__l1 __label__unknown __label__",
    b"__label_ x__label__l1",
    word(3).encode() + b" </s> " + word(900).encode(),
    b"</s>",
    b"</s>x " + word(5).encode(),
    b"\xff\xfe\x80\x80 \x80abc " + word(11).encode()[:-1],
    b"\xe3\x81\xe3\x81\x82\xf0\x9f\x98",
    "a\u2028b\u0085c\u00a0d\u3000e 😀👩‍👩‍👧 e\u0301\u0301".encode(),
    "あいうえおかきくけこ".encode() * 700,
    b"a" * 20_000,
    b"x" * 1021 + b" " + b"y" * 1022 + b" " + b"z" * 1023 + b" " + b"w" * 1024 + b" \xd0\xb0" + b"v" * 1025,
    b"< > <> <a> a< >a",
    ("".join(map(word, range(300))) + " ").encode() * 20,
]


@pytest.mark.parametrize("kind", [*DENSE, *QUANTISED, *EQUAL], ids=str)
def test_labels_and_scores_are_those_of_fasttext(folder: Path, kind: Kind) -> None:
    ours, theirs = models(folder, kind)
    check(ours, theirs, HOSTILE)
    for line in HOSTILE:
        check(ours, theirs, [line])


PIECES = st.one_of(
    st.sampled_from([b" ", b"\0", b"\r", b"\t", b"\v", b"\f", b"</s>", b"__label__", b"__label__l3", b"<", b">"]),
    st.integers(0, 800).map(lambda number: word(number).encode()),
    st.text(max_size=12).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary(max_size=12),
)
LINES = st.lists(st.lists(PIECES, max_size=12).map(lambda parts: b"".join(parts).replace(b"\n", b"")), max_size=4)


@given(kind=st.sampled_from([*DENSE, *QUANTISED, *EQUAL]), lines=LINES)
def test_any_bytes(folder: Path, kind: Kind, lines: list[bytes]) -> None:
    check(*models(folder, kind), lines)


def test_a_line_with_a_line_break_is_refused(folder: Path) -> None:
    ours, _ = models(folder, DENSE[0])
    with pytest.raises(ValueError, match="holds a line break"):
        ours.best([b"a", b"b\nc"])
    with pytest.raises(ValueError, match="holds a line break"):
        FastText(find_model("lid.176.ftz")).best([b"b\nc"])


def test_the_compressed_model_on_labelled_sentences(shared_data: Path) -> None:
    path = find_model("lid.176.ftz")
    ours, theirs = load_classifier(path), fasttext.load_model(str(path))
    assert isinstance(ours, Classifier)
    files = sorted(each for each in (shared_data / "text" / "lid").glob("*/**/*") if each.is_file())
    lines = [line for file in files for line in file.read_bytes().split(b"\n")[:40]]
    assert len(lines) > 10_000
    names, scores = theirs.f.multilinePredict([line + b"\n" for line in lines], 1, 0.0, "strict")
    labels, found = ours.best(lines)
    assert [ours.labels[label] if label >= 0 else "" for label in labels[:, 0]] == [
        each[0] if each else "" for each in names
    ]
    assert found[:, 0].tolist() == [float(each[0]) if len(each) else 0.0 for each in scores]
    check(ours, theirs, HOSTILE)


def test_what_we_cannot_read_fasttext_answers_for(tmp_path: Path, folder: Path) -> None:
    whole = find_model("lid.176.ftz").read_bytes()
    path = tmp_path / "old.ftz"
    path.write_bytes(struct.pack("<ii", 793712314, 10) + whole[8:])  # a version that fastText reads as it is
    other = load_classifier(path)
    assert isinstance(other, FastText)
    (tmp_path / "new.ftz").write_bytes(whole)
    ours = load_classifier(tmp_path / "new.ftz")
    assert isinstance(ours, Classifier)
    lines = [b"Bonjour le monde", b"", b"Hello world, how are you?", b"__label__en \0"]
    assert other.labels == ours.labels
    for k in (1, 5):
        for mine, their in zip(ours.best(lines, k), other.best(lines, k), strict=True):
            np.testing.assert_array_equal(mine, their)
    every = other.distribution(lines)
    np.testing.assert_array_equal(every, np.where(every > 0, ours.distribution(lines), 0))
    assert (every > 0).sum() > 20


def test_models_before_version_12_have_no_ngrams(tmp_path: Path) -> None:
    whole = find_model("lid.176.ftz").read_bytes()
    path = tmp_path / "old.ftz"
    path.write_bytes(struct.pack("<ii", 793712314, 11) + whole[8:])
    ours = load_classifier(path)
    assert isinstance(ours, Classifier)
    check(ours, fasttext.load_model(str(path)), [*HOSTILE, "la mer était calme".encode()])


def test_of_two_rows_of_a_bucket_the_last_counts(folder: Path, small_files: list[bytes]) -> None:
    path = folder / "twice"
    path.write_bytes(small_files[1])
    arrays = read_classifier(path)
    assert arrays is not None
    pairs = small_files[1].index(b"\0", int(arrays.features.begins[-1])) + 10  # behind the last label
    twice = bytearray(small_files[1])
    for number in range(0, 20, 2):  # fastText itself writes none
        twice[pairs + 8 * number : pairs + 8 * number + 4] = twice[
            pairs + 8 * number + 8 : pairs + 8 * number + 12
        ]
    path.write_bytes(twice)
    ours = load_classifier(path)
    assert isinstance(ours, Classifier)
    check(ours, fasttext.load_model(str(path)), HOSTILE)
    path.unlink()


def test_of_equal_words_the_last_counts(tmp_path: Path, small_files: list[bytes]) -> None:
    path = tmp_path / "equal.bin"
    path.write_bytes(small_files[0])
    arrays = read_classifier(path)
    assert arrays is not None
    whole = bytearray(small_files[0])
    begins = arrays.features.begins[: arrays.features.n_words].tolist()
    words = [bytes(whole[begin : whole.index(b"\0", begin)]) for begin in begins]
    of_size: dict[int, list[int]] = {}
    for number, each in enumerate(words):
        of_size.setdefault(len(each), []).append(number)
    twice = []
    for numbers in of_size.values():
        for first, last in zip(numbers[: len(numbers) // 2], numbers[len(numbers) // 2 :], strict=False):
            whole[begins[first] : begins[first] + len(words[last])] = words[last]
            twice.append(words[last])
    assert len(twice) > 100
    path.write_bytes(whole)
    ours = load_classifier(path)
    assert isinstance(ours, Classifier)
    check(ours, fasttext.load_model(str(path)), [*twice, *words])


def test_a_model_without_numbers_is_named(tmp_path: Path) -> None:
    whole = classifier({"en": "the sea", "fr": "la mer"})
    path = tmp_path / "broken.bin"
    path.write_bytes(whole[:-4] + struct.pack("<f", float("nan")))
    ours = load_classifier(path)
    for ask in (ours.best, ours.distribution):
        with pytest.raises(UserError, match=r"broken\.bin gives no number as a score"):
            ask([b"the sea"])


@pytest.mark.parametrize("shift", range(4))
def test_a_large_model_is_mapped_not_copied(
    tmp_path: Path, small_files: list[bytes], monkeypatch: pytest.MonkeyPatch, shift: int
) -> None:
    """Rows may then begin at any byte of the file."""
    monkeypatch.setattr(fasttext_reading, "_MOST_COPIED", -1)
    path = tmp_path / "dense.bin"
    label = b"__label__l0\0"
    path.write_bytes(small_files[0].replace(label, label[:-1] + b"x" * shift + b"\0", 1))
    arrays = read_classifier(path)
    assert arrays is not None
    assert not arrays.matrix.flags.owndata
    assert not arrays.matrix.flags.writeable
    check(Classifier(path, arrays), fasttext.load_model(str(path)), HOSTILE)


def test_a_model_pruned_of_all_ngrams(tmp_path: Path, small_files: list[bytes]) -> None:
    path = tmp_path / "pruned.ftz"
    path.write_bytes(small_files[1])
    arrays = read_classifier(path)
    assert arrays is not None
    count = 8 + 12 * 4 + 8 + 3 * 4 + 8  # behind the file's first numbers
    pairs = small_files[1].index(b"\0", int(arrays.features.begins[-1])) + 10
    (n_pairs,) = struct.unpack_from("<q", small_files[1], count)
    assert n_pairs > 100
    without = small_files[1][:count] + bytes(8) + small_files[1][count + 8 : pairs]
    path.write_bytes(without + small_files[1][pairs + 8 * n_pairs :])
    ours = load_classifier(path)
    assert isinstance(ours, Classifier)
    check(ours, fasttext.load_model(str(path)), HOSTILE)


@pytest.fixture(scope="module")
def small_files(folder: Path) -> list[bytes]:
    """A dense and a quantised model."""
    files = []
    for quantised in (False, True):
        trained = fasttext.train_supervised(
            str(folder / "train.txt"), loss="hs", minn=2, maxn=3, dim=4, epoch=1, bucket=400, thread=10, verbose=0
        )
        if quantised:
            trained.quantize(qnorm=True, cutoff=300, qout=True)
        trained.save_model(str(folder / "small"))
        files.append((folder / "small").read_bytes())
        (folder / "small").unlink()
    return files


@given(data=st.data())
def test_damaged_files_are_refused_or_answer(folder: Path, small_files: list[bytes], data: st.DataObject) -> None:
    """No number in a file leads beyond an array: a process that reads it lives on."""
    damaged = bytearray(data.draw(st.sampled_from(small_files)))
    for _ in range(data.draw(st.integers(1, 4))):
        # Half of the places among the first numbers, the others anywhere.
        at = data.draw(st.one_of(st.integers(0, 92), st.integers(0, len(damaged) - 4)))
        number = data.draw(st.one_of(st.integers(-3, 300), st.integers(-(2**31), 2**31 - 1)))
        damaged[at : at + 4] = struct.pack("<i", number)
    path = folder / "damaged"
    path.write_bytes(damaged[: data.draw(st.one_of(st.just(len(damaged)), st.integers(0, len(damaged))))])
    arrays = read_classifier(path)
    path.unlink()
    if arrays is not None:
        try:
            Classifier(path, arrays).best(HOSTILE, 3)
            Classifier(path, arrays).distribution(HOSTILE)
        except UserError:
            pass


def test_cut_files_are_refused(folder: Path, small_files: list[bytes]) -> None:
    for whole in small_files:
        for end in range(0, len(whole), 97):
            (folder / "cut").write_bytes(whole[:end])
            assert read_classifier(folder / "cut") is None
        (folder / "cut").write_bytes(whole + b"\0")
        assert read_classifier(folder / "cut") is None
        (folder / "cut").write_bytes(whole)
        assert read_classifier(folder / "cut") is not None
