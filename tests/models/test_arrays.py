"""Models as arrays: SentencePiece and KenLM themselves as oracles, on any text and file, and on broken ones."""

import gzip
import io
import itertools
import json
import random
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import kenlm
import numpy as np
import pytest
import sentencepiece
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.models import unigram
from ccnet_lite.models.arrays import can_cut, read_arrays, score_forms
from ccnet_lite.models.build import find_program
from ccnet_lite.models.ngram_scores import log10_scores
from ccnet_lite.models.ngrams import read_ngrams
from ccnet_lite.models.normal_form import SPACE
from ccnet_lite.models.perplexity import PerplexityModel, available_models
from ccnet_lite.models.segment import ROWS, cut, memory
from ccnet_lite.models.vocabulary import Vocabulary
from ccnet_lite.text.lm_form import Form, lm_form
from tests.models.conftest import prose

KINDS = {
    "probing": ["probing"],
    "roomy": ["-p", "3.1", "probing"],
    "trie": ["trie"],
    "compressed": ["-a", "22", "trie"],
    "quantised": ["-q", "7", "-b", "5", "trie"],
    "both": ["-q", "8", "-b", "8", "-a", "3", "trie"],
}
PARTS = ["the", "sea", " ", "\u3000", "바다는", "ﷺ", "é", "e\u0301", "¨", "\u200b", SPACE, "½", "x" * 60]
NOWHERE = Vocabulary(np.zeros(0, np.uint64), np.zeros(0, np.int32))


def expected(pieces: Any, lm: Any, forms: list[str]) -> list[tuple[float, int]]:
    found = pieces.encode(forms, out_type=str, num_threads=1)
    return [(lm.score(" ".join(words)), len(words)) for words in found]


def actual(pieces: Any, path: Path, forms: list[str]) -> list[tuple[float, int]]:
    arrays = read_arrays(pieces, path)
    assert arrays is not None
    encoded = [form.encode() for form in forms]
    text = np.frombuffer(bytearray().join(encoded), np.uint8)
    log10, counts, _ = score_forms(arrays, text, np.cumsum([0, *map(len, encoded)]))
    return list(zip(log10.tolist(), counts.tolist(), strict=True))


def ids(pieces: Any, forms: list[str], owner: int) -> list[list[int]]:
    """The pieces of texts by our cutting, as SentencePiece numbers them; 0 for what is unknown."""
    read = unigram.read_unigram(pieces)
    assert read is not None
    numbers = np.arange(pieces.get_piece_size(), dtype=np.int32)
    encoded = [form.encode() for form in forms]
    text, bounds = np.frombuffer(b"".join([*encoded, b" "]), np.uint8), np.cumsum([0, *map(len, encoded)])
    found, begins = cut(read[0], numbers, NOWHERE, text, bounds, memory(), owner)
    return [found[begin:end].tolist() for begin, end in itertools.pairwise(begins)]


def train(texts: list[str], **options: Any) -> Any:
    model = io.BytesIO()
    settings = {"vocab_size": 300, "hard_vocab_limit": False, "num_threads": 1, "minloglevel": 2} | options
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(texts), model_writer=model, **settings)
    return sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())


@pytest.fixture(scope="module")
def binary(lm_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, int], Path]:
    """KenLM files of English pieces, of any kind and order."""
    folder = tmp_path_factory.mktemp("binaries")
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(lm_dir / "en.sp.model"))
    texts = [prose("en", 1 + number % 7, number) for number in range(300)]
    lines = [
        " ".join(words) for words in pieces.encode([lm_form(text, "script_safe") for text in texts], out_type=str)
    ]

    def make(kind: str, order: int) -> Path:
        arpa, path = folder / f"{order}.arpa", folder / f"{order}.{kind}"
        if not arpa.exists():
            estimate = ["-o", str(order), "--discount_fallback", "-S", "64M", "-T", str(folder)]
            if order == 4:
                estimate += ["--prune", "0", "1", "2", "3"]
            text = "\n".join(lines) + "\n"
            done = subprocess.run(
                [find_program("lmplz"), *estimate], input=text.encode(), capture_output=True, check=True
            )
            arpa.write_bytes(done.stdout)
        if not path.exists():
            program = [find_program("build_binary"), "-S", "64M", "-T", str(folder), *KINDS[kind]]
            subprocess.run([*program, str(arpa), str(path)], capture_output=True, check=True)
        return path

    return make


@pytest.mark.parametrize("order", [2, 3, 4, 5, 6])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_scores_as_kenlm(
    lm_dir: Path, binary: Callable[[str, int], Path], kind: str, order: int
) -> None:
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(lm_dir / "en.sp.model"))
    path = binary(kind, order)
    texts = [prose("en", 1 + number % 4, 7 * number) for number in range(100)] + [prose("ko", 2), "", "qq öö the"]
    forms = [lm_form(text, "script_safe") for text in texts]
    assert actual(pieces, path, forms) == expected(pieces, kenlm.Model(str(path)), forms)


@given(
    texts=st.lists(
        st.one_of(
            st.text(),
            st.lists(st.sampled_from(PARTS)).map("".join),
        )
    ),
    form=st.sampled_from(["script_safe", "ccnet"]),
)  # fmt: skip
def test_any_text_scores_as_by_the_models_themselves(lm_dir: Path, texts: list[str], form: Form) -> None:
    for language in ("en", "ko"):
        files = available_models(lm_dir)[language]
        pieces = sentencepiece.SentencePieceProcessor(model_file=str(files.sp_model))
        forms = [lm_form(text, form) for text in texts]
        forms = [each for each in forms if can_cut(each)]
        assert actual(pieces, files.lm, forms) == expected(pieces, kenlm.Model(str(files.lm)), forms)


def test_golden_models_and_texts_of_many_languages(shared_data: Path) -> None:
    texts = []
    for path in sorted((shared_data / "text" / "prose").glob("*/*.jsonl")):
        with path.open(encoding="utf-8") as file:
            texts += [json.loads(next(file))["text"][:3000]]
    assert len(texts) > 10
    folder = shared_data / "ccnet_golden" / "models"
    for language in ("en", "fr", "th"):
        pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / f"{language}.sp.model"))
        lm = folder / f"{language}.arpa.bin"
        for form in ("script_safe", "ccnet"):
            forms = [lm_form(text, form) for text in texts]
            assert actual(pieces, lm, forms) == expected(pieces, kenlm.Model(str(lm)), forms)


def test_long_texts_are_cut_as_sentencepiece_rounds(shared_data: Path) -> None:
    """Their score passes several times what SentencePiece begins again at, and rounds more and more coarsely."""
    with gzip.open(shared_data / "ccnet_golden" / "2_lines.jsonl.gz", "rt", encoding="utf-8") as rows:
        lines = [json.loads(row)["for_lm"] for row in rows]
    text = " ".join(line for line in lines if can_cut(line))[:1_000_000]
    pieces = sentencepiece.SentencePieceProcessor(
        model_file=str(shared_data / "ccnet_golden" / "models" / "fr.sp.model")
    )
    found = pieces.encode([text], out_type=int, num_threads=1)
    assert -sum(pieces.get_score(piece) for piece in found[0]) > 500_000
    assert ids(pieces, [text], 1 << 30) == found
    assert ids(pieces, [text], 1 << 30) == found  # from memory


def test_ties_late_in_a_text_are_cut_as_sentencepiece_does() -> None:
    """Of two ways to cut of nearly one score, which is chosen changes along a text."""
    drawn = random.Random(5)
    words = ["".join(drawn.choices("ab", k=drawn.randrange(1, 12))) for _ in range(30_000)]
    pieces = train([" ".join(words[first : first + 20]) for first in range(0, 6000, 20)], vocab_size=60)
    model = pieces.serialized_model_proto()
    for number in range(3, pieces.get_piece_size()):
        name = pieces.id_to_piece(number)
        score = -2.0 * len(name) + drawn.random() / 1000
        old = bytes([len(name.encode())]) + name.encode() + b"\x15" + struct.pack("<f", pieces.get_score(number))
        assert model.count(old) == 1
        model = model.replace(old, old[:-4] + struct.pack("<f", score))
    pieces = sentencepiece.SentencePieceProcessor(model_proto=model)
    forms = [" ".join(words), " ".join(words[:2000])]
    found = pieces.encode(forms, out_type=int, num_threads=1)
    # Word by word, SentencePiece cuts otherwise: what is remembered of a word has to know how far it holds.
    alone = [piece for word in pieces.encode(words, out_type=int) for piece in word]
    assert alone != found[0]
    assert ids(pieces, forms, (1 << 30) + 1) == found


def test_more_words_than_are_remembered(lm_dir: Path) -> None:
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(lm_dir / "en.sp.model"))
    drawn = random.Random(3)
    words = ["".join(drawn.choices("thesacmkfi", k=drawn.randrange(1, 9))) for _ in range(2 * ROWS)]
    forms = [" ".join(words[first : first + 500]) for first in range(0, len(words), 500)]
    found = pieces.encode(forms, out_type=int, num_threads=1)
    for _ in range(2):
        assert ids(pieces, forms, (1 << 30) + 2) == found


@pytest.mark.parametrize("column", [0, 2], ids=["owner", "text"])
def test_a_word_of_equal_hash_is_not_taken_for_another(lm_dir: Path, column: int) -> None:
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(lm_dir / "en.sp.model"))
    forms = [lm_form(prose("en", 5), "script_safe")]
    owner = (1 << 30) + 20 + column
    found = ids(pieces, forms, owner)
    rows = memory().rows.reshape(ROWS, -1)
    mine = rows[:, 0] >> np.uint64(16) == owner
    assert mine.sum() > 10
    # As if other words, or another model's, had been put where these are looked for; and their pieces.
    rows[mine, column] ^= np.uint64(1 << 40)
    rows[mine, -8:] ^= np.uint64(1)
    assert ids(pieces, forms, owner) == found == pieces.encode(forms, out_type=int)


@pytest.mark.parametrize(
    "options",
    [
        {"model_type": "bpe"},
        {"model_type": "char"},
        {"split_by_whitespace": False},
        {"treat_whitespace_as_suffix": True},
        {"byte_fallback": True},
        {"user_defined_symbols": ["sea"]},
        {"remove_extra_whitespaces": False},
        {"add_dummy_prefix": False},
    ],
    ids=str,
)
def test_models_whose_words_depend_on_each_other_are_left_to_sentencepiece(
    lm_dir: Path, tmp_path: Path, options: dict[str, Any]
) -> None:
    texts = [prose("en", 2, seed).lower() for seed in range(100)]
    pieces = train(texts, **options)
    assert unigram.read_unigram(pieces) is None
    path = tmp_path / "en.sp.model"
    path.write_bytes(pieces.serialized_model_proto())
    lm = lm_dir / "en.arpa.bin"
    perplexities, counts = PerplexityModel(path, lm, "script_safe").score(texts)
    cut_by_it = pieces.encode([lm_form(text, "script_safe") for text in texts], out_type=str)
    model = kenlm.Model(str(lm))
    assert counts.tolist() == [len(words) for words in cut_by_it]
    assert perplexities.tolist() == [
        round(10.0 ** (-model.score(" ".join(words)) / (len(words) + 1)), 1) for words in cut_by_it
    ]


@pytest.mark.parametrize("rule", ["identity", "nfkc", "nfkc_cf", "nmt_nfkc_cf"])
def test_other_normal_forms(rule: str) -> None:
    texts = [prose("en", 2, seed) for seed in range(100)]
    pieces = train(texts, normalization_rule_name=rule)
    forms = [*texts, "Ｔｈｅ  ﬁsh\u3000½ ﷺ \u00a0", "\u00a0", "e\u0301\u0301 \u0301x Å"]
    forms = [form.replace("\n", " ") for form in forms]
    assert ids(pieces, forms, (1 << 30) + 3 + len(rule)) == pieces.encode(forms, out_type=int)


def test_a_rule_that_reads_a_space_leaves_the_model_to_sentencepiece(tmp_path: Path) -> None:
    rules = tmp_path / "rules.tsv"
    rules.write_text("61 20 62\t63\n", encoding="utf-8")  # "a b" becomes "c"
    texts = [prose("en", 2, seed) for seed in range(100)]
    pieces = train(texts, normalization_rule_tsv=str(rules))
    assert pieces.encode("a b", out_type=str) == pieces.encode("c", out_type=str)
    assert unigram.read_unigram(pieces) is None


def test_a_version_whose_sums_are_not_known_is_asked_itself(lm_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(lm_dir / "en.sp.model"))
    assert read_arrays(pieces, lm_dir / "en.arpa.bin") is not None
    monkeypatch.setattr(unigram, "VERSIONS", ("0.1.0",))
    assert read_arrays(pieces, lm_dir / "en.arpa.bin") is None


def test_a_text_with_marks_of_sentencepieces_own_is_scored_too(lm_dir: Path) -> None:
    files = available_models(lm_dir)["en"]
    texts = [prose("en", 2), f"the{SPACE} sea", "the sea", f"{SPACE}"]
    assert [can_cut(text) for text in texts] == [True, False, True, False]
    perplexities, counts = PerplexityModel.load(files, "script_safe").score(texts)
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(files.sp_model))
    forms = [lm_form(text, "script_safe") for text in texts]
    found = expected(pieces, kenlm.Model(str(files.lm)), forms)
    assert counts.tolist() == [n_pieces for _, n_pieces in found]
    scored = [round(10.0 ** (-log10 / (n_pieces + 1)), 1) if n_pieces else None for log10, n_pieces in found]
    assert [None if np.isnan(value) else value for value in perplexities] == scored


@pytest.mark.parametrize("kind", KINDS)
def test_a_cut_file_is_not_read(binary: Callable[[str, int], Path], tmp_path: Path, kind: str) -> None:
    whole = binary(kind, 3).read_bytes()
    words = whole.rindex(b"<unk>\0")
    path = tmp_path / "cut"
    for size in (0, 60, 100, 140, 200, words // 2, words - 1):
        path.write_bytes(whole[:size])
        assert read_ngrams(path) is None
    path.write_bytes(whole)
    assert read_ngrams(path) is not None


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_not_read_past_its_end(
    binary: Callable[[str, int], Path], tmp_path: Path, kind: str
) -> None:
    """Whatever its tables say, a file gives numbers or is left to KenLM: nothing else of the process is read."""
    whole = np.frombuffer(binary(kind, 5).read_bytes(), np.uint8)
    drawn = np.random.default_rng(1)
    path = tmp_path / "damaged"
    numbers = drawn.integers(0, 60, 3000).astype(np.int32)
    read = 0
    for number in range(60):
        damaged = whole.copy()
        begin = 0 if number % 3 == 0 else 140
        at = drawn.integers(begin, min(len(whole), 400) if number % 3 == 1 else len(whole), 1 + number * number)
        damaged[at] = drawn.integers(0, 256, len(at)) if number % 2 else 255
        path.write_bytes(damaged.tobytes())
        ngrams = read_ngrams(path)
        if ngrams is not None:
            read += 1
            assert len(ngrams.tables.halves) * 4 <= len(whole)
            assert ngrams.vocabulary.numbers.max(initial=0) < ngrams.tables.n_words
            known = numbers[numbers < ngrams.tables.n_words]
            assert log10_scores(ngrams, known, np.array([0, len(known)]))[0].shape == (1,)
    assert read > 10


def test_arpa_text_and_other_files_are_not_read(binary: Callable[[str, int], Path], tmp_path: Path) -> None:
    assert read_ngrams(binary("probing", 3).with_name("3.arpa")) is None
    whole = bytearray(binary("probing", 3).read_bytes())
    for at, value in ((88, 9), (96, 1), (96, 7), (104, 5), (60, 3)):  # order, kinds, version, what one is
        changed = whole.copy()
        changed[at] = value
        (tmp_path / "changed").write_bytes(changed)
        assert read_ngrams(tmp_path / "changed") is None
