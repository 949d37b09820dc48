"""One SentencePiece model and one KenLM binary from texts: the two programs, and what they need to be told.

Equal texts give equal bytes: SentencePiece sees sentences, not a file whose name it would record, and runs on
a fixed number of threads, as its sums depend on it.

Not handled: what the texts are, and how many of them fit in memory (train.py).
"""

import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import sentencepiece

from ccnet_lite.errors import RunFailed, UserError
from ccnet_lite.text.lm_form import Form, lm_form

ORDER = 5
CHARACTER_COVERAGE = 0.9995
MAX_SENTENCE_CHARS = 1000  # SentencePiece leaves out sentences of more than 4192 bytes; a character has up to 4
_THREADS = 4
_TRIE = ("-q", "8", "-b", "8", "-a", "22", "trie")


def train_pieces(texts: Iterable[str], form: Form, vocab_size: int, path: Path) -> Any:
    """Train a SentencePiece unigram model, write it, and give it loaded.

    vocab_size: an upper bound, which small texts do not reach; raised where the texts have more characters.
    """
    texts = list(_sentences(texts, form))
    if not texts:
        raise UserError(f"cannot train {path.name}: the normal form of its text is empty")
    try:
        model = _train_pieces(texts, vocab_size)
    except RuntimeError as error:
        least = re.search(r"required_chars\. \d+ vs (\d+)", str(error))
        if least is None:
            raise RunFailed(
                f"SentencePiece failed on {path.name}: {' '.join(str(error).split())[-300:]}"
            ) from None
        model = _train_pieces(texts, int(least[1]) + 3)
    path.write_bytes(model)
    return sentencepiece.SentencePieceProcessor(model_proto=model)


def _train_pieces(sentences: Sequence[str], vocab_size: int) -> bytes:
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(sentences),
        model_writer=model,
        model_type="unigram",
        vocab_size=vocab_size,
        hard_vocab_limit=False,
        character_coverage=CHARACTER_COVERAGE,
        num_threads=_THREADS,
        minloglevel=2,
    )
    return model.getvalue()


def _sentences(texts: Iterable[str], form: Form) -> Iterator[str]:
    """The lines of the texts in their normal form, cut where they are too long."""
    for text in texts:
        for line in text.split("\n"):
            line = lm_form(line, form)
            for begin in range(0, len(line), MAX_SENTENCE_CHARS):
                yield line[begin : begin + MAX_SENTENCE_CHARS]


def build_lm(texts: Iterable[Sequence[str]], lm_type: str, path: Path, workers: int = 1) -> None:
    """Train a KenLM model of order 5 and write its binary; texts: each one as its pieces.

    The folder of `path` holds what is made on the way. workers: how many of these run at a time.

    Raises:
        RunFailed: with the last lines of the program that failed.
    """
    corpus, arpa = path.with_name("pieces.txt"), path.with_name("lm.arpa")
    with corpus.open("w", encoding="utf-8", newline="\n") as file:
        for pieces in texts:
            file.write(" ".join(pieces) + "\n")
    memory = _memory(corpus.stat().st_size, workers)
    sort = ("-S", memory, "-T", str(path.parent))
    estimate = ("-o", str(ORDER), "--discount_fallback", "--skip_symbols", *sort)
    _call(find_program("lmplz"), *estimate, "--text", str(corpus), "--arpa", str(arpa))
    corpus.unlink()
    options = (*_TRIE[:-1], *sort, "trie") if lm_type == "trie" else ("probing",)
    _call(find_program("build_binary"), *options, str(arpa), str(path))
    arpa.unlink()


def _memory(corpus_bytes: int, workers: int) -> str:
    """Memory for lmplz to sort in: what the text may need, within a share of half the machine."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{max(min(256 * 2**20 + 100 * corpus_bytes, machine // (2 * workers)), 64 * 2**20) // 2**20}M"


def find_program(name: str) -> Path:
    """One of KenLM's programs, in the environment's own bin or on the PATH.

    Raises:
        UserError: when it is in neither.
    """
    own = Path(sys.prefix) / "bin" / name
    if own.is_file() and os.access(own, os.X_OK):
        return own
    found = shutil.which(name)
    if found is None:
        raise UserError(
            f"KenLM's program {name} is neither in {own.parent} nor on the PATH: `make setup` builds it"
        )
    return Path(found)


def _call(program: Path, *arguments: str) -> None:
    done = subprocess.run([str(program), *arguments], stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        reason = next(
            (line for line in reversed(said) if "hrew" in line or "rror" in line), said[-1] if said else ""
        )
        raise RunFailed(f"{program.name} failed with exit status {done.returncode}: {reason.strip()[:500]}")
