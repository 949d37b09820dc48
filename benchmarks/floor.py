"""CPU seconds of the native library calls alone, on one core: what the pipeline is held against.

    python benchmarks/floor.py CRAWL/*.wet.gz [--lm-dir LM] [--model lid.176.ftz] [--minhash] [--json]

Each call runs over all documents at once and is timed by itself (CPU of this process, all threads; the best
of --repeat). What the calls need (models loaded, texts in memory) is made ready outside the clock. Nothing
of ccnet_lite is used: third-party libraries, and each normal form in the fastest plain way we know. On a
machine that does other work at the same time, CPU seconds grow too: measure on a quiet one.

    read               warcio, WET conversion records, payload in full
    language_2000      fastText on the first 2,000 characters
    language_whole     fastText on the whole text (CCNet); in sum_whole_text in place of language_2000
    dedup_form         CCNet's normal form of lines (lower case, digits to 0, punctuation deleted)
    sha1               SHA-1 of every line's normal form
    lm_form            CCNet's normal form for its language models (and no accents), documents with a model
    sentencepiece      their pieces
    kenlm              their score
    sum                all but language_whole
    minhash            apart, with --minhash: shingles of 5 words and datasketch, 256 permutations

Not handled: WARC files with HTML, writing, the second normalisation that CCNet does to the pieces.
"""

import argparse
import glob
import json
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha1
from pathlib import Path
from typing import Any, TypeVar

import fasttext
import kenlm
import numpy as np
import sentencepiece
from warcio.archiveiterator import ArchiveIterator

T = TypeVar("T")

# What CCNet maps punctuation to before its language models, and what it deletes before hashing lines.
PUNCTUATION = dict(
    zip(
        "，。、„”“«»１」「《》´∶：？！（）；–—．～’…━〈〉【】％►",
        [*",.,", *'""""""""""', *"'::?!();-", " - ", ". ", "~", "'", "...", *"-<>[]%-"],
        strict=True,
    )
)
CONTROLS = {chr(code) for code in [*range(0x20), *range(0x7F, 0xA0)]}
GONE = 0x110000  # no code point
LONGER = {mark: text for mark, text in PUNCTUATION.items() if len(text) > 1}


def read(paths: Sequence[str]) -> list[bytes]:
    """The payload of every conversion record."""
    payloads = []
    for path in paths:
        with Path(path).open("rb") as stream:
            for record in ArchiveIterator(stream):
                if record.rec_type == "conversion":
                    payloads.append(record.content_stream().read())
    return payloads


def to_text(payload: bytes) -> str:
    """CCNet's raw_content: lines stripped, the first (the title) and the last two, if blank, left out."""
    # CCNet takes the first of the two line breaks after a record for a line of it.
    lines = [line.strip() for line in (payload.decode(errors="replace") + "\n").split("\n")]
    if len(lines) > 2 and not lines[-1] and not lines[-2]:
        lines = lines[:-2]
    return "\n".join(lines[1:])


def character_table(form: Callable[[str], str | None]) -> "np.ndarray[Any, np.dtype[np.uint32]]":
    """[0x110000] what each code point becomes; GONE where `form` gives None."""
    codes = (form(chr(code)) for code in range(0x110000))
    return np.array([GONE if char is None else ord(char) for char in codes], dtype=np.uint32)


def map_characters(text: str, table: "np.ndarray[Any, np.dtype[np.uint32]]") -> str:
    """The text with every character replaced or deleted: faster than str.translate with a dict."""
    mapped = table[np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)]
    kept: bytes = mapped[mapped != GONE].tobytes()
    return kept.decode("utf-32-le", "surrogatepass")


def dedup_character(char: str) -> str | None:
    """One character of CCNet's normal form for hashing, letter case aside; line breaks stay."""
    if char.isdecimal():
        return "0"
    return None if char != "\n" and (char in CONTROLS or char in PUNCTUATION) else char


def lm_character(char: str) -> str | None:
    """One character of CCNet's normal form for language models, letter case aside."""
    if char.isdecimal():
        return "0"
    if char in CONTROLS or unicodedata.category(char) == "Mn":
        return None
    return char if char in LONGER else PUNCTUATION.get(char, char)


DEDUP_TABLE = character_table(dedup_character)
LM_TABLE = character_table(lm_character)


def dedup_form(text: str) -> str:
    """CCNet's normal form of all lines of a text whose lines are stripped."""
    return map_characters(text.lower(), DEDUP_TABLE)


def lm_form(text: str) -> str:
    """CCNet's normal form of a document for its language models."""
    text = unicodedata.normalize("NFD", text.strip().lower())
    for mark, longer in LONGER.items():
        text = text.replace(mark, longer)
    return map_characters(text, LM_TABLE)


def line_hashes(form: str) -> list[bytes]:
    """The first 8 bytes of the SHA-1 of every line."""
    return [sha1(line).digest()[:8] for line in form.encode(errors="replace").split(b"\n")]


def minhash(text: str) -> Any:
    """The signature as datasketch's documentation makes it, but of all shingles in one call."""
    from datasketch import MinHash

    words = text.lower().split()
    shingles = {" ".join(words[i : i + 5]) for i in range(max(len(words) - 4, 1))}
    signature = MinHash(num_perm=256)
    signature.update_batch([shingle.encode(errors="replace") for shingle in shingles])
    return signature


class Clock:
    """Collects the CPU seconds of calls."""

    def __init__(self, repeat: int):
        self.repeat = repeat
        self.seconds: dict[str, float] = {}

    def time(self, name: str, call: Callable[[], T]) -> T:
        """What the call returns; its shortest CPU time is added to `name`."""
        best = float("inf")
        for _ in range(self.repeat):
            began = time.process_time()
            result = call()
            best = min(best, time.process_time() - began)
        self.seconds[name] = self.seconds.get(name, 0.0) + best
        return result


def languages_of(model: Any, texts: Sequence[str]) -> list[str]:
    """The top label of each text, as xx."""
    labels, _ = model.predict(list(texts))
    return [label[0].removeprefix("__label__") if len(label) else "" for label in labels]


def score(lm_dir: Path, language: str, texts: Sequence[str], clock: Clock) -> None:
    """Normal form, pieces, score of the documents of one language."""
    pieces_of = sentencepiece.SentencePieceProcessor(model_file=str(lm_dir / f"{language}.sp.model"))
    config = kenlm.Config()
    config.load_method = kenlm.LoadMethod.POPULATE_OR_READ  # paging in is not scoring
    model = kenlm.Model(str(lm_dir / f"{language}.arpa.bin"), config)
    forms = clock.time("lm_form", lambda: [lm_form(text) for text in texts])
    pieces = clock.time("sentencepiece", lambda: pieces_of.encode(forms, out_type=str, num_threads=1))
    sentences = [" ".join(parts) for parts in pieces]
    clock.time("kenlm", lambda: [model.score(sentence) for sentence in sentences])


def measure(paths: Sequence[str], arguments: argparse.Namespace) -> dict[str, float]:
    """All figures: counts, CPU seconds by call, sums."""
    clock = Clock(arguments.repeat)
    payloads = clock.time("read", lambda: read(paths))
    texts = [text for text in map(to_text, payloads) if len(text) >= arguments.min_chars]
    identifier = fasttext.load_model(arguments.model)
    whole = [text.replace("\n", " ") for text in texts]
    starts = [text[:2000] for text in whole]
    languages = clock.time("language_2000", lambda: languages_of(identifier, starts))
    clock.time("language_whole", lambda: languages_of(identifier, whole))
    forms = clock.time("dedup_form", lambda: [dedup_form(text) for text in texts])
    clock.time("sha1", lambda: [line_hashes(form) for form in forms])
    scored = 0
    if arguments.lm_dir:
        for language in sorted(set(languages)):
            if (arguments.lm_dir / f"{language}.sp.model").is_file():
                own = [text for text, found in zip(texts, languages, strict=True) if found == language]
                scored += len(own)
                score(arguments.lm_dir, language, own, clock)
    total = sum(seconds for name, seconds in clock.seconds.items() if name != "language_whole")
    if arguments.minhash:
        clock.time("minhash", lambda: [minhash(text) for text in texts])
    other = clock.seconds["language_whole"] - clock.seconds["language_2000"]
    return {
        "records": len(payloads),
        "documents": len(texts),
        "documents_scored": scored,
        "megabytes": sum(len(text.encode(errors="replace")) for text in texts) / 1e6,
        **clock.seconds,
        "sum": total,
        "sum_whole_text": total + other,
    }


def table(figures: dict[str, float]) -> Iterable[str]:
    """The figures as lines for a terminal."""
    documents = figures["documents"]
    yield (
        f"{documents:,} documents, {figures['megabytes']:.1f} MB of text; "
        f"{figures['documents_scored']:,} with a language model"
    )
    yield f"{'call':<16}{'CPU s':>9}{'ms/document':>14}"
    for name, seconds in figures.items():
        if name not in ("records", "documents", "documents_scored", "megabytes"):
            yield f"{name:<16}{seconds:>9.2f}{1000 * seconds / max(documents, 1):>14.3f}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wet", nargs="+", help="WET archives, or globs")
    parser.add_argument("--lm-dir", type=Path, help="a folder of xx.sp.model and xx.arpa.bin")
    parser.add_argument("--model", default=str(Path(sys.prefix) / "share/ccnet_lite/lid.176.ftz"))
    parser.add_argument("--min-chars", type=int, default=300, help="shorter documents are only read")
    parser.add_argument("--repeat", type=int, default=1, help="the shortest of so many runs counts")
    parser.add_argument("--minhash", action="store_true", help="signatures too, which are not in the sum")
    parser.add_argument("--json", action="store_true", help="one line of JSON, seconds unrounded")
    arguments = parser.parse_args()
    paths = sorted({path for pattern in arguments.wet for path in glob.glob(pattern)})  # noqa: PTH207
    if not paths:
        parser.error(f"no file matches {' '.join(arguments.wet)}")
    figures = measure(paths, arguments)
    print(json.dumps(figures) if arguments.json else "\n".join(table(figures)))


if __name__ == "__main__":
    main()
