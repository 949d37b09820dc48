"""Language models and perplexity cutoffs from reference prose, many languages at a time.

For each language: a SentencePiece unigram model and a KenLM 5-gram model (lmplz, build_binary) of the prose
but for a share that is held back, and the percentiles of perplexity over that share. A folder then holds

    xx.sp.model   xx.arpa.bin   models.json (forms, checksums, sizes)   cutoffs.json (percentiles)

A language is added to a folder by training it into it: what is there of other languages stays. Equal prose
and options give equal bytes: which documents are held back is told by their hashes, and no path or date is in
any file. A language whose prose and options have not changed is kept as it is.

Not handled: choosing and cleaning the prose; pruning of the language model.
"""

import hashlib
import json
import logging
import multiprocessing
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from importlib.metadata import version
from logging.handlers import QueueHandler, QueueListener
from pathlib import Path
from typing import Any, Literal

import numpy as np

from ccnet_lite.errors import RunFailed, UserError, visible
from ccnet_lite.models.build import build_lm, find_program, train_pieces
from ccnet_lite.models.files import file_sha256
from ccnet_lite.models.perplexity import LM_SUFFIX, RECORD, SP_SUFFIX, PerplexityModel, cut_texts, read_record
from ccnet_lite.models.reference import find_reference, read_reference
from ccnet_lite.quality.buckets import percentiles, read_cutoffs, write_cutoffs
from ccnet_lite.text.lm_form import Form

MAX_HELD_OUT = 20_000
CHARS_PER_PIECE = 200
"""A vocabulary has at most one piece for so many characters of prose: pieces seen a few times say little of
what follows them. On 0.6 million characters of Chinese prose, 34,000 pieces rank its own shuffled phrases
before held-back prose (AUC .43), 4,000 behind it (.74); on 2.3 million of English, 10,000 tell articles from
the boilerplate around them as well as any number does (.87)."""
MIN_VOCABULARY = 500
STRENGTH_TEXTS = 2000  # that a model's strength (context_gain.py) is measured over
MAX_PIECES_CHARS = 100_000_000  # SentencePiece needs some 30 bytes of memory a character
CUTOFFS = "cutoffs.json"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainOptions:
    """What models are made like.

    vocab_size: SentencePiece's, lowered where the prose is too small for it (`CHARS_PER_PIECE`).
    held_out: the share of documents that cutoffs are computed over, at most `MAX_HELD_OUT` documents.
    lm_type: KenLM's data structure: probing is fast, trie (quantised to 8 bits, as CCNet's) a fifth as large.
    """

    vocab_size: int = 65536
    held_out: float = 0.1
    form: Form = "script_safe"
    lm_type: Literal["probing", "trie"] = "probing"
    text_field: str = "text"


@dataclass(frozen=True)
class Trained:
    """A trained language: its entries in models.json and cutoffs.json (None when nothing was held back)."""

    language: str
    record: dict[str, Any]
    cutoffs: dict[str, Any] | None


def train_languages(
    reference: Sequence[Path],
    output: Path,
    languages: Sequence[str] = (),
    options: TrainOptions | None = None,
    workers: int = 1,
    cutoffs_from: Sequence[Path] = (),
) -> dict[str, Trained]:
    """Train the languages of the reference prose (or only `languages`) into a folder.

    Args:
        reference: Folders and files, see reference.py.
        output: The folder of models; made if need be.
        languages: Codes; empty takes all that the reference has.
        options: What the models are made like.
        workers: How many languages are trained at a time, each in a process of its own.
        cutoffs_from: Prose such as will be scored, laid out as the reference is, for the cutoffs of the languages
            that it has; for others, and where it is empty, they are taken from what is held back.

    Raises:
        UserError: for prose that is missing, empty or can't be read, and when KenLM's programs are missing.
        RunFailed: when one of them fails; languages that are finished stay.
    """
    options = options or TrainOptions()
    if not 0 <= options.held_out < 1:
        raise UserError(f"--held-out {options.held_out}: give a share from 0 up to, not including, 1")
    files = find_reference(reference, languages)
    judged = find_reference(cutoffs_from, ()) if cutoffs_from else {}
    for program in ("lmplz", "build_binary"):
        find_program(program)
    output.mkdir(parents=True, exist_ok=True)
    records, cutoffs = read_record(output), read_cutoffs(output / CUTOFFS)
    workers = min(workers, len(files))
    began = time.monotonic()
    jobs = [
        (language, found, output, options, records.get(language), cutoffs.get(language), workers, began, others)
        for language, found in files.items()
        for others in [judged.get(language, ())]
    ]
    results: dict[str, Trained] = {}
    for trained in _run(jobs, workers):
        results[trained.language] = trained
        records[trained.language] = trained.record
        cutoffs.pop(trained.language, None)
        if trained.cutoffs is not None:
            cutoffs[trained.language] = trained.cutoffs
        write_cutoffs(output / CUTOFFS, cutoffs)
        _write_record(output / RECORD, records)
    return dict(sorted(results.items()))


def _run(jobs: Sequence[tuple[Any, ...]], workers: int) -> Iterator[Trained]:
    if workers == 1:
        yield from (train_language(*job) for job in jobs)
        return
    # Not forked: SentencePiece and numpy may hold threads.
    spawn = multiprocessing.get_context("spawn")
    said: Any = spawn.Queue()
    listening = QueueListener(said, *logging.getLogger().handlers)
    listening.start()
    level = _log.getEffectiveLevel()
    with ProcessPoolExecutor(workers, spawn, initializer=_send_messages, initargs=(said, level)) as pool:
        waiting = [pool.submit(train_language, *job) for job in jobs]
        try:
            for future in as_completed(waiting):
                yield future.result()
        except BrokenProcessPool:
            raise RunFailed("a training process was killed, perhaps for memory: try fewer --workers") from None
        finally:
            pool.shutdown(cancel_futures=True)
            listening.stop()


def _send_messages(said: Any, level: int) -> None:
    """Have what this process says be said by the one that started it."""
    logging.getLogger().addHandler(QueueHandler(said))
    _log.setLevel(level)


def train_language(
    language: str,
    files: Sequence[Path],
    output: Path,
    options: TrainOptions,
    record: dict[str, Any] | None = None,
    cutoffs: dict[str, Any] | None = None,
    workers: int = 1,
    began: float | None = None,
    judged: Sequence[Path] = (),
) -> Trained:
    """Train one language; record and cutoffs: its entries as they stand, kept if they would be made again.

    workers: how many of these run at a time, for each one's share of memory; began: what the elapsed time in
    the progress lines is counted from, on the monotonic clock; judged: files of prose to take cutoffs from, in
    place of what is held back.
    """
    say = _progress(language, time.monotonic() if began is None else began)
    prose = _Prose.read(language, files, options)
    others = _drawn(judged, options)
    made_from = prose.fingerprint(options, others)
    sp_model, lm = output / (language + SP_SUFFIX), output / (language + LM_SUFFIX)
    if (
        record
        and record.get("made_from") == made_from
        and (cutoffs or not (prose.held or others))
        and _stands(record, sp_model, lm)
    ):
        say("nothing changed, kept")
        return Trained(language, record, cutoffs)
    say(f"{prose.n_documents:,} documents, {prose.n_chars:,} characters; {len(prose.held):,} held back")
    work = output / f".training-{language}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    try:
        vocab_size = min(options.vocab_size, max(prose.n_chars // CHARS_PER_PIECE, MIN_VOCABULARY))
        some = prose.training(MAX_PIECES_CHARS)
        pieces = train_pieces(some, options.form, vocab_size, work / sp_model.name)
        say(f"SentencePiece: {pieces.get_piece_size():,} pieces")
        cut = cut_texts(pieces, prose.training(), options.form)
        build_lm(cut, options.lm_type, work / lm.name, workers)
        say(f"KenLM: {(work / lm.name).stat().st_size / 1e6:,.1f} MB, {options.lm_type}")
        entry = strength = None
        if prose.held or others:
            model = PerplexityModel(work / sp_model.name, work / lm.name, options.form)
            held = others or list(prose.held_back())
            scores, strength = model.score(held)[0], model.strength(held[:STRENGTH_TEXTS])
            source = "other prose" if others else "held-back reference"
            entry = _cutoff_entry(source, scores[~np.isnan(scores)], file_sha256(work / lm.name))
            say(f"perplexity of {source}: median {entry['percentiles'][50]}")
        for path in (sp_model, lm):
            (work / path.name).replace(path)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    record = {
        "form": options.form,
        "sp_sha256": file_sha256(sp_model),
        "lm_sha256": file_sha256(lm),
        "pieces": pieces.get_piece_size(),
        "lm_type": options.lm_type,
        "documents": prose.n_documents - len(prose.held),
        "held_out": len(prose.held),
        "characters": prose.n_chars,
        "made_from": made_from,
    }
    return Trained(language, record | ({"strength": strength._asdict()} if strength else {}), entry)


@dataclass(frozen=True)
class _Prose:
    """A language's documents, read again from disk whenever they are asked for; `held`: hashes held back."""

    files: Sequence[Path]
    text_field: str
    n_documents: int
    n_chars: int
    held: frozenset[bytes]
    digest: str

    @classmethod
    def read(cls, language: str, files: Sequence[Path], options: TrainOptions) -> "_Prose":
        hashes = []
        n_chars = 0
        for text in read_reference(files, options.text_field):
            hashes.append(_hash(text))
            n_chars += len(text)
        # Equal texts have equal hashes and so stand on one side together.
        distinct = sorted(set(hashes))
        n_held = min(max(round(options.held_out * len(distinct)), 1), MAX_HELD_OUT) if options.held_out else 0
        if len(distinct) <= n_held:
            what = f"only {n_chars:,} characters" if distinct else "no text"
            raise UserError(f"the reference of {language} ({files[0]}) holds {what}: too little to learn from")
        held = frozenset(distinct[:n_held])
        digest = hashlib.blake2b(b"".join(hashes), digest_size=16).hexdigest()
        return cls(files, options.text_field, len(hashes), n_chars, held, digest)

    def training(self, max_chars: int | None = None) -> Iterator[str]:
        """The documents not held back; about `max_chars` of them, drawn by their hashes, if that is given."""
        share = 1.0 if max_chars is None else min(max_chars / self.n_chars, 1.0)
        for text in read_reference(self.files, self.text_field):
            if _hash(text) not in self.held and (share == 1.0 or _draw(text) < share):
                yield text

    def held_back(self) -> Iterator[str]:
        return (text for text in read_reference(self.files, self.text_field) if _hash(text) in self.held)

    def fingerprint(self, options: TrainOptions, others: Sequence[str]) -> str:
        """What the models and cutoffs are made from: the prose, the other prose, the options, the programs."""
        made = (
            asdict(options)
            | {name: version(name) for name in ("sentencepiece", "kenlm")}
            | {"prose": self.digest, "strength_texts": STRENGTH_TEXTS}
        )
        if others:
            made["others"] = hashlib.blake2b(b"".join(map(_hash, others)), digest_size=16).hexdigest()
        return hashlib.blake2b(json.dumps(made, sort_keys=True).encode(), digest_size=16).hexdigest()


def _hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8, key=b"held back").digest()


def _draw(text: str) -> float:
    """A number in [0, 1) that depends on the text alone."""
    key = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8, key=b"drawn").digest()
    return int.from_bytes(key, "big") / 2**64


def _drawn(files: Sequence[Path], options: TrainOptions) -> list[str]:
    """Texts of files, at most as many as are held back of a reference, drawn by their hashes."""
    drawn: list[tuple[bytes, str]] = []
    for text in read_reference(files, options.text_field):
        drawn.append((_hash(text), text))
        if len(drawn) >= 2 * MAX_HELD_OUT:
            drawn = sorted(drawn)[:MAX_HELD_OUT]
    return [text for _, text in sorted(drawn)[:MAX_HELD_OUT]]


def _cutoff_entry(source: str, perplexities: Any, lm_sha256: str) -> dict[str, Any]:
    return {
        "source": source,
        "documents": len(perplexities),
        "lm_sha256": lm_sha256,
        "percentiles": percentiles(perplexities),
    }


def _stands(record: dict[str, Any], sp_model: Path, lm: Path) -> bool:
    files = {"sp_sha256": sp_model, "lm_sha256": lm}
    return all(path.is_file() and file_sha256(path) == record[name] for name, path in files.items())


def _write_record(path: Path, records: dict[str, Any]) -> None:
    tree = {"format": "ccnet_lite models 1", "languages": dict(sorted(records.items()))}
    path.with_name(f".{path.name}.part").write_text(json.dumps(tree, indent=1) + "\n", encoding="utf-8")
    path.with_name(f".{path.name}.part").replace(path)


def _progress(language: str, began: float) -> Callable[[str], None]:
    def say(message: str) -> None:
        said = visible(f"{language}: {message}")
        _log.info("[%7.1f s] %s", time.monotonic() - began, said)

    return say
