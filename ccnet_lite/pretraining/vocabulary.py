"""A vocabulary as it lies in its folder, for each of the six models, and text as its pieces and ids.

    xlm-r       sentencepiece.bpe.model   <s> <pad> </s> <unk>, the pieces, <mask>
    albert      spiece.model              <pad> <unk> [CLS] [SEP] [MASK], the pieces
    mbert       vocab.txt                 [PAD] [UNK] [CLS] [SEP] [MASK], the pieces; bert, distilbert likewise
    xlm         vocab.json, merges.txt    <s> </s> <pad> <unk> <special0> ... <special9>, the pieces by frequency

Beside these lie tokenizer_config.json, from which transformers knows the class of tokenizer, its tokenizer.json
(but for xlm) and vocabulary.json, which says what the vocabulary was trained from. Ids are those of the class of
transformers.

A text is never made special ids: where it holds what looks like `<mask>`, it is text, or unknown.

Not handled: xlm's rules and segmenters by language: all text is cut into words by Moses' rules for English, as
XLMTokenizer does unless its own methods are called one by one.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import sentencepiece

from ccnet_lite.errors import UserError
from ccnet_lite.pretraining.extra import extra
from ccnet_lite.pretraining.lines import lines
from ccnet_lite.pretraining.moses import moses_words

Algorithm = Literal["unigram", "wordpiece", "bpe"]
FORMAT = "ccnet_lite.vocabulary"
FILE_NAME = "vocabulary.json"
BERT_SPECIALS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
XLM_SPECIALS = ("<s>", "</s>", "<pad>", "<unk>", *(f"<special{i}>" for i in range(10)))


@dataclass(frozen=True)
class Kind:
    """What a model's vocabulary is like.

    size: the published one's. specials: with the first ids, in this order. end: the token that ends a text.
    """

    algorithm: Algorithm
    size: int
    tokenizer_class: str
    specials: tuple[str, ...]
    unknown: str
    end: str


KINDS = {
    "xlm-r": Kind("unigram", 250_000, "XLMRobertaTokenizer", ("<s>", "<pad>", "</s>", "<unk>"), "<unk>", "</s>"),
    "albert": Kind(
        "unigram", 30_000, "AlbertTokenizer", ("<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"), "<unk>", "[SEP]"
    ),
    "mbert": Kind("wordpiece", 119_547, "BertTokenizer", BERT_SPECIALS, "[UNK]", "[SEP]"),
    "bert": Kind("wordpiece", 28_996, "BertTokenizer", BERT_SPECIALS, "[UNK]", "[SEP]"),
    "distilbert": Kind("wordpiece", 28_996, "DistilBertTokenizer", BERT_SPECIALS, "[UNK]", "[SEP]"),
    "xlm": Kind("bpe", 95_000, "XLMTokenizer", XLM_SPECIALS, "<unk>", "</s>"),
}
"""By the model that it is for."""


@dataclass(frozen=True)
class Vocabulary:
    """A loaded vocabulary.

    tokens: by id. kind: a key of `KINDS`. cut: texts as ids and as pieces.
    """

    kind: str
    tokens: tuple[str, ...]
    byte_fallback: bool
    cut: "Cut"

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text, without special tokens around it."""
        return self.cut(texts)[0]

    def pieces(self, texts: Sequence[str]) -> list[list[str]]:
        """The pieces of each text, as strings; what is unknown as it stands, or as the unknown token."""
        return self.cut(texts)[1]

    def __len__(self) -> int:
        return len(self.tokens)

    @cached_property
    def unknown_id(self) -> int:
        """Of what is not in the vocabulary."""
        return self.tokens.index(KINDS[self.kind].unknown)

    @cached_property
    def end_id(self) -> int:
        """Of the token that ends a text."""
        return self.tokens.index(KINDS[self.kind].end)

    @cached_property
    def byte_ids(self) -> frozenset[int]:
        """Of the pieces that stand for single bytes of characters without a piece."""
        if not self.byte_fallback:
            return frozenset()
        names = {f"<0x{byte:02X}>" for byte in range(256)}
        return frozenset(i for i, token in enumerate(self.tokens) if token in names)

    @property
    def learned(self) -> list[str]:
        """The pieces, by id, without special tokens."""
        special = {*KINDS[self.kind].specials, "<mask>"}
        return [token for token in self.tokens if token not in special]


def load_vocabulary(folder: Path) -> Vocabulary:
    """The vocabulary that `ccnet-lite train-vocab` wrote into a folder.

    Raises:
        UserError: there is none, or a library that it needs is not installed.
    """
    try:
        stored = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
        if stored["format"] != FORMAT:
            raise ValueError(f"its format is {stored['format']}")
        kind, byte_fallback = stored["for"], bool(stored["byte_fallback"])
        load = _LOADERS[KINDS[kind].algorithm]
    except (FileNotFoundError, NotADirectoryError):
        raise UserError(f"{folder} has no {FILE_NAME}: give the folder that train-vocab wrote") from None
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{folder / FILE_NAME} is damaged ({error}): call ccnet-lite train-vocab again") from None
    tokens, cut = load(folder, kind)
    return Vocabulary(kind, tuple(tokens), byte_fallback, cut)


def model_file(kind: str) -> str:
    """The name of a SentencePiece model, as its class of tokenizers has it."""
    return "sentencepiece.bpe.model" if kind == "xlm-r" else "spiece.model"


def prepared(text: str, kind: str) -> str:
    """A text as the pieces of a kind are learned from it: words for xlm, one kind of quotes for albert.

    >>> prepared("a ``quote''", "albert")
    'a "quote"'
    """
    if kind == "albert":
        return text.replace("``", '"').replace("''", '"')
    if kind == "xlm":
        return " ".join(word for line in lines(text) for word in moses_words(line))
    return text


def xlm_tokenizer(ranks: dict[str, int], merges: Sequence[tuple[str, str]]) -> Any:
    """XLM's pieces by the library `tokenizers`, of words between spaces."""
    tokenizers = extra("tokenizers", "a BPE vocabulary")
    model = tokenizers.models.BPE(
        vocab=ranks, merges=list(merges), unk_token="<unk>", end_of_word_suffix="</w>", fuse_unk=False
    )
    made = tokenizers.Tokenizer(model)
    made.pre_tokenizer = tokenizers.pre_tokenizers.WhitespaceSplit()
    return made


Cut = Callable[[Sequence[str]], tuple[list[list[int]], list[list[str]]]]


def _unigram(folder: Path, kind: str) -> tuple[list[str], Cut]:
    # Not by `tokenizers`, for which <mask> in a text is the mask.
    model = sentencepiece.SentencePieceProcessor(model_file=str(folder / model_file(kind)))
    pieces = [model.id_to_piece(i) for i in range(model.get_piece_size())]
    shift, unknown = (1, 3) if kind == "xlm-r" else (0, 1)  # of fairseq's, which has <pad> besides

    def cut(texts: Sequence[str]) -> tuple[list[list[int]], list[list[str]]]:
        given = [prepared(text, kind) for text in texts]
        ids = [[i + shift if i != model.unk_id() else unknown for i in each] for each in model.encode(given)]
        return ids, model.encode(given, out_type=str)

    tokens = ["<s>", "<pad>", "</s>", "<unk>", *pieces[3:], "<mask>"] if kind == "xlm-r" else pieces
    return tokens, cut


def _by_tokenizers(made: Any, kind: str) -> tuple[list[str], Cut]:
    made.encode_special_tokens = True
    ranks = made.get_vocab()
    tokens = sorted(ranks, key=ranks.__getitem__)
    specials = {ranks[token] for token in KINDS[kind].specials}
    unknown = ranks[KINDS[kind].unknown]

    def cut(texts: Sequence[str]) -> tuple[list[list[int]], list[list[str]]]:
        given = [prepared(text, kind) for text in texts]
        found = made.encode_batch(given, add_special_tokens=False)
        ids = [[unknown if i in specials else i for i in each.ids] for each in found]
        return ids, [[tokens[i] for i in each] for each in ids]

    return tokens, cut


def _wordpiece(folder: Path, kind: str) -> tuple[list[str], Cut]:
    tokenizers = extra("tokenizers", "a WordPiece vocabulary")
    return _by_tokenizers(tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json")), kind)


def _bpe(folder: Path, kind: str) -> tuple[list[str], Cut]:
    ranks = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
    lines = (folder / "merges.txt").read_text(encoding="utf-8").split("\n")[:-1]
    merges = [(first, second) for first, second in (line.split(" ") for line in lines)]
    return _by_tokenizers(xlm_tokenizer(ranks, merges), kind)


_LOADERS = {"unigram": _unigram, "wordpiece": _wordpiece, "bpe": _bpe}
