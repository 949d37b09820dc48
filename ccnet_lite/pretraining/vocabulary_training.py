"""Trains the vocabularies: SentencePiece's unigram model, WordPiece and BPE by `tokenizers`.

Equal lines in equal order give equal files: SentencePiece runs on a fixed number of threads, on which its sums
depend; which characters are rare, and how characters are numbered, is settled here, as `tokenizers` leaves both
to chance.

SentencePiece holds all lines in memory, some 30 bytes a character; `tokenizers` holds the distinct words alone.
"""

import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import sentencepiece

from ccnet_lite.errors import RunFailed, UserError
from ccnet_lite.pretraining.extra import extra
from ccnet_lite.pretraining.lines import MAX_BYTES
from ccnet_lite.pretraining.spm_file import character_map
from ccnet_lite.pretraining.vocabulary import KINDS, XLM_SPECIALS, model_file, xlm_tokenizer

Lines = Callable[[], Iterable[str]]
"""Gives the lines of the sample, anew each time it is called."""
COVERAGE = 0.9995
"""The share of the sample's characters that get a piece of their own; SentencePiece's default."""
LEAST_COVERAGE = 0.98  # SentencePiece takes no smaller one
THREADS = 16
MAX_WORD = 100
"""Longer words are unknown to WordPiece, and are not learned from."""


def train(
    kind: str, lines: Lines, folder: Path, size: int, coverage: float = COVERAGE, byte_fallback: bool = False
) -> None:
    """Train a vocabulary and write its folder, but for vocabulary.json.

    kind: a key of `KINDS`. size: of SentencePiece's model, or of all tokens; texts that are too small give fewer.

    Raises:
        UserError: the lines are empty, or have more characters than the size allows for; a library is missing.
    """
    algorithm = KINDS[kind].algorithm
    if byte_fallback and algorithm != "unigram":
        raise UserError(f"--byte-fallback is SentencePiece's: a {algorithm} vocabulary has none")
    if not LEAST_COVERAGE <= coverage <= 1:
        raise UserError(f"--coverage {coverage}: give a share of the characters, from {LEAST_COVERAGE} to 1")
    folder.mkdir(parents=True, exist_ok=True)
    if algorithm == "unigram":
        _train_unigram(kind, lines, folder, size, coverage, byte_fallback)
    elif algorithm == "wordpiece":
        _train_wordpiece(kind, lines, folder, size, coverage)
    else:
        _train_bpe(lines, folder, size, coverage)
    _write_json(folder / "tokenizer_config.json", _config(kind, byte_fallback))


def _config(kind: str, byte_fallback: bool) -> dict[str, Any]:
    """What transformers is told of the tokenizer."""
    made: dict[str, Any] = {"tokenizer_class": KINDS[kind].tokenizer_class, "model_max_length": 512}
    if kind == "xlm-r":
        tokens = {"bos": "<s>", "eos": "</s>", "sep": "</s>", "cls": "<s>", "unk": "<unk>", "pad": "<pad>"}
        made |= {f"{name}_token": token for name, token in tokens.items()} | {"mask_token": "<mask>"}
        if byte_fallback:  # XLMRobertaTokenizer of transformers 5 leaves byte fallback out
            made["tokenizer_class"] = "PreTrainedTokenizerFast"
    elif kind == "albert":
        made |= {"do_lower_case": False, "keep_accents": True}
        if byte_fallback:
            tokens = {
                "bos": "[CLS]",
                "eos": "[SEP]",
                "sep": "[SEP]",
                "cls": "[CLS]",
                "unk": "<unk>",
                "pad": "<pad>",
            }
            made |= {f"{name}_token": token for name, token in tokens.items()} | {"mask_token": "[MASK]"}
            made["tokenizer_class"] = "PreTrainedTokenizerFast"
    elif kind == "xlm":
        made["do_lowercase_and_remove_accent"] = False
    else:
        made |= {"do_lower_case": False, "strip_accents": False, "tokenize_chinese_chars": True}
    return made


# ---- unigram -------------------------------------------------------------------------------------------


def _train_unigram(kind: str, lines: Lines, folder: Path, size: int, coverage: float, byte_fallback: bool) -> None:
    if next(iter(lines()), None) is None:
        raise UserError("there is no text to train a vocabulary on")
    model = io.BytesIO()
    own: dict[str, Any] = {}
    if kind == "albert":
        own = {
            "pad_id": 0,
            "unk_id": 1,
            "bos_id": -1,
            "eos_id": -1,
            "control_symbols": ["[CLS]", "[SEP]", "[MASK]"],
        }
    try:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(lines()),
            model_writer=model,
            model_type="unigram",
            vocab_size=size,
            hard_vocab_limit=False,
            character_coverage=coverage,
            byte_fallback=byte_fallback,
            max_sentence_length=MAX_BYTES,
            num_threads=THREADS,
            train_extremely_large_corpus=True,
            minloglevel=2,
            **own,
        )
    except RuntimeError as error:
        said = " ".join(str(error).split())
        if least := re.search(r"required_chars\. \d+ vs (\d+)", said):
            raise UserError(
                f"--size {size} is too small for {least[1]} characters: give more, or a smaller --coverage"
            ) from None
        raise RunFailed(f"SentencePiece failed: {said[-300:]}") from None
    (folder / model_file(kind)).write_bytes(model.getvalue())
    _write_unigram_json(kind, model.getvalue(), folder, byte_fallback)


def _write_unigram_json(kind: str, model: bytes, folder: Path, byte_fallback: bool) -> None:
    """tokenizer.json, so that transformers needs neither protobuf nor a conversion."""
    tokenizers = extra("tokenizers", "a vocabulary for transformers")
    loaded = sentencepiece.SentencePieceProcessor(model_proto=model)
    pieces = [(loaded.id_to_piece(i), loaded.get_score(i)) for i in range(loaded.get_piece_size())]
    specials = KINDS[kind].specials
    if kind == "xlm-r":
        pieces = [*((token, 0.0) for token in specials), *pieces[3:], ("<mask>", 0.0)]
        specials = (*specials, "<mask>")
    unknown = [token for token, _ in pieces].index(KINDS[kind].unknown)
    made = tokenizers.Tokenizer(tokenizers.models.Unigram(pieces, unknown, byte_fallback))
    normal, before, after = tokenizers.normalizers, tokenizers.pre_tokenizers, tokenizers.decoders
    steps = [normal.Precompiled(character_map(model))]
    if kind == "albert":
        steps = [normal.Replace("``", '"'), normal.Replace("''", '"'), *steps]
    made.normalizer = normal.Sequence(steps)
    made.pre_tokenizer = before.Sequence([before.WhitespaceSplit(), before.Metaspace("▁", "always")])
    if byte_fallback:
        made.decoder = after.Sequence(
            [after.Replace("▁", " "), after.ByteFallback(), after.Fuse(), after.Strip(" ", 1, 0)]
        )
    else:
        made.decoder = after.Metaspace("▁", "always")
    if kind == "xlm-r":
        _finish(made, folder, specials, "<s> $A </s>", "<s> $A </s> </s> $B </s>", ("<s>", "</s>"))
    else:
        _finish(made, folder, specials, *_BERT_FRAME)


_BERT_FRAME = ("[CLS]:0 $A:0 [SEP]:0", "[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", ("[CLS]", "[SEP]"))


def _finish(
    made: Any, folder: Path, specials: Iterable[str], single: str, pair: str, framing: Iterable[str]
) -> None:
    """Give a tokenizer its special tokens and what it puts around texts, and write tokenizer.json."""
    tokenizers = extra("tokenizers", "a vocabulary for transformers")
    made.add_special_tokens(list(specials))
    made.post_processor = tokenizers.processors.TemplateProcessing(
        single=single, pair=pair, special_tokens=[(token, made.token_to_id(token)) for token in framing]
    )
    (folder / "tokenizer.json").write_text(made.to_str(pretty=True), encoding="utf-8")


# ---- WordPiece and BPE ---------------------------------------------------------------------------------


def _train_wordpiece(kind: str, lines: Lines, folder: Path, size: int, coverage: float) -> None:
    tokenizers = extra("tokenizers", "a WordPiece vocabulary")
    specials = KINDS[kind].specials
    trainer = partial(tokenizers.trainers.WordPieceTrainer, show_progress=False)
    blank = _wordpiece_tokenizer({"[UNK]": 0})
    ranks = _trained(blank, _without_rare(lines, coverage), trainer, specials, size)["vocab"]
    tokens = sorted(ranks, key=ranks.__getitem__)
    (folder / "vocab.txt").write_text("".join(f"{token}\n" for token in tokens), encoding="utf-8")
    # Anew: to the one that was trained, single characters are special tokens.
    _finish(_wordpiece_tokenizer(ranks), folder, specials, *_BERT_FRAME)


def _wordpiece_tokenizer(ranks: dict[str, int]) -> Any:
    """As BERT's multilingual cased model: Chinese characters are words; accents and case stay."""
    tokenizers = extra("tokenizers", "a WordPiece vocabulary")
    model = tokenizers.models.WordPiece(ranks, unk_token="[UNK]", max_input_chars_per_word=MAX_WORD)
    made = tokenizers.Tokenizer(model)
    made.normalizer = tokenizers.normalizers.BertNormalizer(
        clean_text=True, handle_chinese_chars=True, strip_accents=False, lowercase=False
    )
    made.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    made.decoder = tokenizers.decoders.WordPiece(prefix="##")
    return made


def _train_bpe(lines: Lines, folder: Path, size: int, coverage: float) -> None:
    tokenizers = extra("tokenizers", "a BPE vocabulary")
    made = tokenizers.Tokenizer(tokenizers.models.BPE(unk_token="<unk>", end_of_word_suffix="</w>"))
    made.pre_tokenizer = tokenizers.pre_tokenizers.WhitespaceSplit()
    trainer = partial(tokenizers.trainers.BpeTrainer, end_of_word_suffix="</w>", show_progress=False)
    common = _without_rare(lines, coverage)
    model = _trained(made, common, trainer, XLM_SPECIALS, size)
    merges = [tuple(merge) for merge in model["merges"]]
    counts: Counter[str] = Counter()
    cut = xlm_tokenizer(model["vocab"], merges)
    for batch in _batches(common(), 1000):
        for encoding in cut.encode_batch(batch, add_special_tokens=False):
            counts.update(encoding.tokens)
    learned = sorted(
        (token for token in model["vocab"] if token not in XLM_SPECIALS),
        key=lambda token: (-counts[token], model["vocab"][token]),
    )
    # By frequency, as XLM's own dictionary is: ids are those of both.
    _write_json(folder / "vocab.json", {token: i for i, token in enumerate([*XLM_SPECIALS, *learned])})
    merged = "".join(f"{first} {second}\n" for first, second in merges)
    (folder / "merges.txt").write_text(merged, encoding="utf-8")
    (folder / "vocab").write_text("".join(f"{token} {counts[token]}\n" for token in learned), encoding="utf-8")


def _trained(made: Any, lines: Lines, trainer: Callable[..., Any], specials: Sequence[str], size: int) -> Any:
    """Train a tokenizer and give its model, as JSON has it.

    Once for the characters alone: `tokenizers` numbers those with a prefix or suffix as it comes upon them, in an
    order left to chance, and by their numbers it decides between pairs that are equally frequent.
    """
    made.train_from_iterator(lines(), trainer(vocab_size=0, special_tokens=list(specials)))
    characters = sorted(made.get_vocab().keys() - set(specials))
    if not characters:
        raise UserError("there is no text to train a vocabulary on")
    if len(specials) + len(characters) > size:
        raise UserError(
            f"--size {size} is too small for {len(characters)} characters: give more, or a smaller --coverage"
        )
    made.train_from_iterator(lines(), trainer(vocab_size=size, special_tokens=[*specials, *characters]))
    return json.loads(made.to_str())["model"]


def _without_rare(lines: Lines, coverage: float) -> Lines:
    """The lines with spaces in place of their rarest characters."""
    counts: Counter[str] = Counter()
    for line in lines():
        counts.update(line)
    counts.pop(" ", None)
    left = (1 - coverage) * sum(counts.values())
    rare: dict[int, str] = {}
    for character, count in sorted(counts.items(), key=lambda item: (item[1], item[0])):
        left -= count
        if left < 0:
            break
        rare[ord(character)] = " "

    def common() -> Iterator[str]:
        for line in lines():
            yield line.translate(rare) if rare else line

    return common


def _batches(lines: Iterable[str], size: int) -> Iterator[list[str]]:
    batch: list[str] = []
    for line in lines:
        batch.append(line)
        if len(batch) == size:
            yield batch
            batch = []
    yield batch


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
