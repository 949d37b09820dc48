"""Examples of the models' objectives: what they hold, how often, and that a state goes on with the very next."""

import json
from collections import Counter
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("tokenizers", reason="needs the extra pretraining")
pytest.importorskip("sentencex", reason="needs the extra pretraining")
torch = pytest.importorskip("torch", reason="needs the extra pretraining")
transformers = pytest.importorskip("transformers", reason="needs the extra pretraining")

from ccnet_lite.errors import UserError  # noqa: E402
from ccnet_lite.pretraining.collating import Masking, distillation_loss, row_tokens  # noqa: E402
from ccnet_lite.pretraining.objectives import (  # noqa: E402
    Example,
    Examples,
    masked_pieces,
    next_sentences,
    sentence_order,
)
from ccnet_lite.pretraining.packing import PackedReader  # noqa: E402
from ccnet_lite.pretraining.reader import PretrainingReader  # noqa: E402
from ccnet_lite.pretraining.translation import TranslationPairs  # noqa: E402
from ccnet_lite.pretraining.vocabulary import FILE_NAME, FORMAT, Vocabulary, load_vocabulary  # noqa: E402
from ccnet_lite.pretraining.vocabulary_training import train  # noqa: E402

Write = Callable[..., Path]
LENGTH = 24


def document(language: str, number: int) -> str:
    """Eight sentences, which name their language, document and place."""
    return " ".join(f"Here{language} stands{number} sentence{place}." for place in range(8))


TEXTS = {(language, "all"): [document(language, n) for n in range(12)] for language in ("en", "sw")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vocabulary of whole words, so that examples can be read."""
    folder = tmp_path_factory.mktemp("vocabulary")
    lines = [text for texts in TEXTS.values() for text in texts] * 3
    train("bert", lambda: lines, folder, 400)
    stored = {"format": FORMAT, "for": "bert", "byte_fallback": False}
    (folder / FILE_NAME).write_text(json.dumps(stored), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def vocabulary(folder: Path) -> Vocabulary:
    return load_vocabulary(folder)


@pytest.fixture(scope="module")
def tokenizer(folder: Path) -> Any:
    return transformers.AutoTokenizer.from_pretrained(folder)


def segments(vocabulary: Vocabulary, example: Example) -> list[str]:
    """The two segments as text; special tokens where they belong, types as they are."""
    words = [vocabulary.tokens[i] for i in example.input_ids]
    first = words.index("[SEP]")
    assert words[0] == "[CLS]" and words[-1] == "[SEP]" and words.count("[SEP]") == 2
    assert list(example.token_types) == [0] * (first + 1) + [1] * (len(words) - first - 1)
    assert len(words) <= LENGTH
    return [" ".join(words[1:first]).replace(" ##", ""), " ".join(words[first + 1 : -1]).replace(" ##", "")]


def spelled(vocabulary: Vocabulary, text: str) -> str:
    return " ".join(vocabulary.pieces([text])[0]).replace(" ##", "")


def test_half_of_bert_s_pairs_follow_one_another_and_half_are_of_another_document(
    corpus: Write, vocabulary: Vocabulary
) -> None:
    run = corpus(TEXTS)
    whole = {text: spelled(vocabulary, text) for texts in TEXTS.values() for text in texts}
    examples = Examples(PretrainingReader(run, seed=2), next_sentences(vocabulary, LENGTH), 5, another=True)
    labels: Counter[int | None] = Counter()
    for example in islice(examples, 1500):
        one, two = segments(vocabulary, example)
        homes = [text for text in whole.values() if one in text]
        assert len(homes) == 1
        if example.label == 0:
            assert f"{one} {two}" in homes[0]
        else:
            (other,) = [text for text in whole.values() if two in text]
            assert other != homes[0] and other.split()[0] == homes[0].split()[0], "of the same language"
        labels[example.label] += 1
    assert labels[1] / 1500 == pytest.approx(0.5, abs=0.05)


def test_half_of_albert_s_pairs_are_swapped(corpus: Write, vocabulary: Vocabulary) -> None:
    run = corpus(TEXTS)
    whole = [spelled(vocabulary, text) for texts in TEXTS.values() for text in texts]
    labels: Counter[int | None] = Counter()
    for example in islice(Examples(PretrainingReader(run), sentence_order(vocabulary, LENGTH), 5), 1500):
        one, two = segments(vocabulary, example)
        joined = f"{one} {two}" if example.label == 0 else f"{two} {one}"
        assert any(joined in text for text in whole)
        labels[example.label] += 1
    assert labels[1] / 1500 == pytest.approx(0.5, abs=0.05)


def test_pieces_are_the_document_and_say_its_language(corpus: Write, vocabulary: Vocabulary) -> None:
    run = corpus(TEXTS)
    seen: Counter[str] = Counter()
    text: list[str] = []
    for example in islice(
        Examples(PretrainingReader(run), masked_pieces(vocabulary, 16, {"en": 0, "sw": 1})), 200
    ):
        words = [vocabulary.tokens[i] for i in example.input_ids]
        assert words[0] == "[CLS]" and words[-1] == "[SEP]" and len(words) <= 16
        assert len(set(example.languages)) == 1 and len(example.languages) == len(words)
        text += words[1:-1]
        if len(words) < 16:
            found = " ".join(text).replace(" ##", "")
            seen[found] += 1
            assert found.startswith(("Hereen", "Heresw")[example.languages[0]])
            text = []
    assert seen.keys() <= {spelled(vocabulary, text) for texts in TEXTS.values() for text in texts}
    assert len(seen) >= 20


@pytest.mark.parametrize("another", [False, True])
@pytest.mark.parametrize("given", [0, 1, 7, 40])
def test_a_state_goes_on_with_the_very_next_example(
    corpus: Write, vocabulary: Vocabulary, another: bool, given: int
) -> None:
    run = corpus(TEXTS)
    make = next_sentences(vocabulary, LENGTH) if another else sentence_order(vocabulary, LENGTH)
    first = Examples(PretrainingReader(run, seed=3), make, 1, another)
    list(islice(first, given))
    state = json.loads(json.dumps(first.state_dict()))
    second = Examples(PretrainingReader(run, seed=3), make, 1, another)
    second.load_state_dict(state)
    assert list(islice(second, 60)) == list(islice(first, 60))


def test_another_seed_gives_other_pairs(corpus: Write, vocabulary: Vocabulary) -> None:
    run, make = corpus(TEXTS), sentence_order(vocabulary, LENGTH)
    one, two = (list(islice(Examples(PretrainingReader(run), make, seed), 30)) for seed in (1, 2))
    assert one != two


def test_translations_stand_beside_each_other(tmp_path: Path, vocabulary: Vocabulary) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text("".join(f"Hereen stands{n}\tHeresw sentence{n % 8} stands{n}\n" for n in range(12)))
    pairs = TranslationPairs(path, ("en", "sw"), vocabulary, {"en": 3, "sw": 5}, 24, seed=1)
    epochs = [list(islice(pairs, 12)) for _ in range(2)]
    for example in epochs[0]:
        cut = example.input_ids.index(vocabulary.end_id) + 1
        assert list(example.positions) == [*range(cut), *range(len(example.input_ids) - cut)]
        assert list(example.languages) == [3] * cut + [5] * (len(example.input_ids) - cut)
        one, two = segments_of_pair(vocabulary, example.input_ids, cut)
        assert one.split()[1] == two.split()[2]
    assert sorted(epochs[0]) == sorted(epochs[1]) and epochs[0] != epochs[1]
    state = pairs.state_dict()
    other = TranslationPairs(path, ("en", "sw"), vocabulary, {"en": 3, "sw": 5}, 24, seed=1)
    other.load_state_dict(state)
    assert list(islice(other, 15)) == list(islice(pairs, 15))


def segments_of_pair(vocabulary: Vocabulary, ids: list[int], cut: int) -> list[str]:
    words = [vocabulary.tokens[i] for i in ids]
    return [" ".join(part[1:-1]).replace(" ##", "") for part in (words[:cut], words[cut:])]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\tb\nno tab\n", "pair 2: not a sentence"),
        ("a\t \n", "pair 1"),
        ("\n", "holds no pairs"),
        (None, "cannot be read"),
    ],
)
def test_what_is_no_file_of_pairs_is_said(
    tmp_path: Path, vocabulary: Vocabulary, text: str | None, said: str
) -> None:
    path = tmp_path / "pairs.tsv"
    if text is not None:
        path.write_text(text)
    with pytest.raises(UserError, match=said):
        TranslationPairs(path, ("en", "sw"), vocabulary, {"en": 0, "sw": 1})


def test_a_share_of_the_tokens_is_masked_and_never_a_special_one(
    corpus: Write, vocabulary: Vocabulary, tokenizer: Any
) -> None:
    examples = Examples(PretrainingReader(corpus(TEXTS)), sentence_order(vocabulary, LENGTH))
    some = list(islice(examples, 400))
    batch = Masking(tokenizer, vocabulary, seed=4)(some)
    again, other = Masking(tokenizer, vocabulary, seed=4), Masking(tokenizer, vocabulary, seed=5)
    second = again(some)
    assert all(torch.equal(value, second[name]) for name, value in batch.items())
    assert not torch.equal(again(some)["labels"], batch["labels"]), "masked anew"
    assert not torch.equal(other(some)["labels"], batch["labels"])
    original = torch.full_like(batch["input_ids"], 0)
    for row, example in enumerate(some):
        original[row, : len(example.input_ids)] = torch.tensor(example.input_ids)
    chosen = batch["labels"] >= 0
    special = torch.isin(original, torch.tensor([vocabulary.tokens.index(t) for t in ("[CLS]", "[SEP]", "[PAD]")]))
    assert not bool((chosen & special).any())
    assert float(chosen.sum() / (~special).sum()) == pytest.approx(0.15, abs=0.02)
    assert torch.equal(batch["labels"][chosen], original[chosen])
    assert torch.equal(batch["input_ids"][~chosen], original[~chosen])
    masked = batch["input_ids"][chosen] == vocabulary.tokens.index("[MASK]")
    assert float(masked.float().mean()) == pytest.approx(0.8, abs=0.06)
    assert batch["pair_labels"].tolist() == [example.label for example in some]
    assert batch["attention_mask"].sum(1).tolist() == [len(example.input_ids) for example in some]


@pytest.mark.filterwarnings("ignore:Random token replacement")
def test_whole_words_are_masked_whole(corpus: Write, vocabulary: Vocabulary, tokenizer: Any) -> None:
    # Words that are in no vocabulary are cut into pieces.
    example = Example(vocabulary.encode(["standsHereen ensentence7 Hereswstands0"] * 1)[0] * 4, [0] * 40)
    names = [vocabulary.tokens[i] for i in example.input_ids]
    assert any(name.startswith("##") for name in names)
    example = example._replace(token_types=[0] * len(names))
    labels = Masking(tokenizer, vocabulary, whole_words=True, share=0.4)([example] * 50)["labels"] >= 0
    word = np.cumsum([not name.startswith("##") for name in names])
    for row in labels.numpy():
        assert all(len(set(row[word == each])) == 1 for each in set(word))
    assert 0.2 < float(labels.float().mean()) < 0.6


def test_rows_of_documents_are_batches_too(corpus: Write, vocabulary: Vocabulary, tokenizer: Any) -> None:
    rows = list(islice(PackedReader(PretrainingReader(corpus(TEXTS)), row_tokens(vocabulary), 16), 8))
    batch = Masking(tokenizer, vocabulary).rows(rows)
    assert batch["input_ids"].shape == (8, 16) and "langs" not in batch and "pair_labels" not in batch


def test_the_teacher_s_loss_is_the_divergence_of_what_is_kept() -> None:
    rng = np.random.default_rng(1)
    student, teacher = rng.normal(size=(2, 3, 5)), rng.normal(size=(2, 3, 5))
    keep = np.array([[1, 1, 0], [0, 1, 1]])

    def softened(logits: np.ndarray) -> np.ndarray:
        raised = np.exp(logits / 2)
        return raised / raised.sum(-1, keepdims=True)

    p, s = softened(teacher), softened(student)
    expected = 4 * (p * np.log(p / s)).sum(-1)[keep == 1].mean()
    given = [torch.tensor(each) for each in (student, teacher, keep)]
    assert float(distillation_loss(*given)) == pytest.approx(expected)
    assert float(distillation_loss(given[1], given[1], given[2])) == pytest.approx(0, abs=1e-9)
