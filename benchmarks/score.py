"""Perplexity: CPU seconds of our arrays against SentencePiece's and KenLM's own calls, in one run.

    python benchmarks/score.py LM_DIR [CRAWL/*.wet.gz ...] [--documents 20000] [--languages en,fr] [--json]

On the documents of the archives, each under the models of --languages (all of the folder's, if not given) that
the file name of the folder says; a document's language is what fastText says of it (--model). Both ways are
timed alternately, on batches of --batch documents as a task scores them, by CPU time of one process; the fastest
of --repeat rounds each, which begin with loaded models and nothing remembered:

    form            texts to the models' normal form, which both ways need
    sentencepiece   theirs: encode(list, out_type=str, num_threads=1)
    kenlm           theirs: " ".join, score
    cut             ours: words to pieces, remembered (models/segment.py)
    ngrams          ours: pieces to log10 (models/ngram_scores.py)

That both give equal numbers is checked. What numba compiles is compiled before the clock starts. `memory`: the
proportional set size that two processes have in the language models' files, each having scored all documents,
beside the files' sizes: pages that both map count half in each.
"""

import argparse
import glob
import json
import multiprocessing
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from warcio.archiveiterator import ArchiveIterator

from ccnet_lite.models.arrays import Arrays, can_cut, read_arrays
from ccnet_lite.models.identify import LanguageIdentifier
from ccnet_lite.models.ngram_scores import log10_scores
from ccnet_lite.models.perplexity import ModelFiles, PerplexityModel, available_models, load_pieces
from ccnet_lite.models.segment import cut, memory
from ccnet_lite.text.lm_form import lm_texts

T = TypeVar("T")


def read_texts(paths: Sequence[str], limit: int) -> list[str]:
    """The texts of the first conversion records, without their first line."""
    texts: list[str] = []
    for path in paths:
        with Path(path).open("rb") as stream:
            for record in ArchiveIterator(stream):
                if record.rec_type == "conversion":
                    text = record.content_stream().read().decode("utf-8", "replace")
                    texts.append(text.partition("\n")[2])
                    if len(texts) == limit:
                        return texts
    return texts


class Clock:
    """CPU seconds by name, and by round."""

    def __init__(self) -> None:
        self.rounds: dict[str, list[float]] = {}

    def start(self) -> None:
        """Begin a round."""
        for seconds in self.rounds.values():
            seconds.append(0.0)

    def time(self, name: str, call: Callable[[], T]) -> T:
        """What the call returns; its CPU time is added to this round's."""
        began = time.process_time()
        result = call()
        self.rounds.setdefault(name, [0.0])[-1] += time.process_time() - began
        return result


def by_the_models(model: PerplexityModel, pieces: Any, forms: list[str], clock: Clock) -> list[tuple[float, int]]:
    """As CCNet does it."""
    cut_texts = clock.time("sentencepiece", lambda: pieces.encode(forms, out_type=str, num_threads=1))
    scores = clock.time("kenlm", lambda: [model._lm.score(" ".join(parts)) for parts in cut_texts])
    return list(zip(scores, map(len, cut_texts), strict=True))


def by_arrays(arrays: Arrays, forms: list[str], clock: Clock) -> list[tuple[float, int]]:
    """As models/arrays.py does it."""

    def words() -> Any:
        encoded = [form.encode() for form in forms]
        text, bounds = np.frombuffer(bytearray().join(encoded), np.uint8), np.cumsum([0, *map(len, encoded)])
        vocabulary = arrays.ngrams.vocabulary
        return cut(arrays.pieces, arrays.numbers, vocabulary, text, bounds, memory(), arrays.owner)

    numbers, begins = clock.time("cut", words)
    scores = clock.time("ngrams", lambda: log10_scores(arrays.ngrams, numbers, begins)[0].tolist())
    return list(zip(scores, np.diff(begins).tolist(), strict=True))


def score_both(model: PerplexityModel, files: ModelFiles, texts: Sequence[str], batch: int, clock: Clock) -> int:
    """Score texts both ways, batch by batch, taking turns in who is first; the number of pieces."""
    sentencepiece = load_pieces(files.sp_model)
    arrays = read_arrays(sentencepiece, files.lm)  # of which nothing is remembered
    if arrays is None:
        sys.exit(f"{files.lm}: the models can't be read as arrays")
    n_pieces = 0
    for first in range(0, len(texts), batch):
        forms = clock.time("form", partial(lm_texts, texts[first : first + batch], model.form))
        forms = [form for form in forms if can_cut(form)]
        if first // batch % 2:
            theirs = by_the_models(model, sentencepiece, forms, clock)
            ours = by_arrays(arrays, forms, clock)
        else:
            ours = by_arrays(arrays, forms, clock)
            theirs = by_the_models(model, sentencepiece, forms, clock)
        if theirs != ours:
            sys.exit(f"{files.lm}: the scores differ")
        n_pieces += sum(count for _, count in ours)
    return n_pieces


def mapped(path: Path) -> float:
    """Megabytes of this process's proportional set size in a mapped file."""
    total, inside = 0, False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        if "-" in line.split()[0] and ":" not in line.split()[0]:
            inside = line.endswith(str(path.resolve()))
        elif inside and line.startswith("Pss:"):
            total += int(line.split()[1])
    return total / 1024


def score_and_wait(files: ModelFiles, texts: Sequence[str], ready: Any, results: Any) -> None:
    """Score in a process, and say what memory it has in the model's file while others have it too."""
    model = PerplexityModel.load(files, "script_safe")
    model.score(texts)
    ready.wait()
    share = mapped(files.lm)
    ready.wait()
    results.put(share)


def shared_memory(files: ModelFiles, texts: Sequence[str]) -> list[float]:
    """Megabytes that each of two processes has in a language model's file."""
    spawn = multiprocessing.get_context("spawn")
    ready, results = spawn.Barrier(2), spawn.Queue()
    workers = [spawn.Process(target=score_and_wait, args=(files, texts, ready, results)) for _ in range(2)]
    for worker in workers:
        worker.start()
    found = [results.get() for _ in workers]
    for worker in workers:
        worker.join()
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lm_dir", type=Path)
    parser.add_argument("archives", nargs="+", help="WET files, or globs")
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--languages", default="")
    parser.add_argument("--model", type=Path, default=Path(sys.prefix) / "share/ccnet_lite/lid.176.ftz")
    parser.add_argument("--form", choices=["script_safe", "ccnet"], default="ccnet", help="where not recorded")
    parser.add_argument("--batch", type=int, default=1000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    models = available_models(arguments.lm_dir)
    wanted = arguments.languages.split(",") if arguments.languages else list(models)
    paths = sorted({path for pattern in arguments.archives for path in glob.glob(pattern)})  # noqa: PTH207
    texts = read_texts(paths, arguments.documents)
    languages, _ = LanguageIdentifier(arguments.model, max_chars=2000).identify(texts)
    figures: dict[str, float] = {}
    sums: dict[str, float] = {}
    for language in wanted:
        mine = [text for text, found in zip(texts, languages, strict=True) if found == language]
        if not mine:
            continue
        model = PerplexityModel.load(models[language], arguments.form)
        model.score(mine[:2])  # compiles
        clock = Clock()
        pieces = 0
        for number in range(arguments.repeat):
            if number:
                clock.start()
            pieces = score_both(model, models[language], mine, arguments.batch, clock)
        figures |= {f"{language}_documents": len(mine), f"{language}_pieces": pieces}
        for name, rounds in clock.rounds.items():
            figures |= {f"{language}_{name}": min(rounds)}
            sums[name] = sums.get(name, 0.0) + min(rounds)
        shares = shared_memory(models[language], mine[:2000])
        figures |= {f"{language}_lm_megabytes": models[language].lm.stat().st_size / 1e6}
        figures |= {f"{language}_lm_memory_{number}": share for number, share in enumerate(shares)}
    theirs, ours = sums["sentencepiece"] + sums["kenlm"], sums["cut"] + sums["ngrams"]
    figures |= sums | {"theirs": theirs, "ours": ours, "times": theirs / ours}
    if arguments.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:32} {value:12,.3f}")


if __name__ == "__main__":
    main()
