"""Language identification: documents a second, ours against fastText, in one run on the same texts.

    python benchmarks/identify.py CRAWL/*.wet.gz [--documents 20000] [--max-chars 2000] [--model MODEL] [--json]

Both sides are timed from a list of Python strings to a language and a score for each, in batches of 1,000,
by CPU time of this process; they take turns, and the best turn of --repeat counts:

    fasttext         the first --max-chars characters, line breaks replaced by spaces, to fasttext's `predict`
    ours             LanguageIdentifier.identify, as the pipeline calls it
    ours_5           the same with the five best labels
    ours_all         the same with every label's score

That labels and scores are equal to the last bit is checked. `load` is a model's loading (CPU seconds; what
numba compiles is compiled before), `memory` by how much this process has grown after it has loaded the model
and answered (resident memory; a dense model's mapped pages are counted in `ours` although processes share them).
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fasttext
from minhash import BATCH, read_texts

from ccnet_lite.models.files import find_model
from ccnet_lite.models.identify import LanguageIdentifier
from ccnet_lite.models.languages import language_code


def in_batches(texts: list[str], ask: Callable[[list[str]], Any]) -> list[Any]:
    """What is answered, batch by batch."""
    return [ask(texts[start : start + BATCH]) for start in range(0, len(texts), BATCH)]


def by_fasttext(model: Any, texts: list[str], max_chars: int | None) -> tuple[list[str], list[float]]:
    """Languages and scores, as the pipeline got them before it read models itself."""
    labels, scores = model.predict([text[:max_chars].replace("\n", " ") for text in texts])
    codes = [language_code(each[0]) if each else "und" for each in labels]
    return codes, [min(float(each[0]), 1.0) if len(each) else 0.0 for each in scores]


def resident() -> int:
    """Bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def loaded(load: Callable[[], Any], ask: Callable[[Any], Any]) -> tuple[Any, float, int]:
    """A model, the CPU seconds that it took to load, and by how many bytes the process has grown since."""
    before, start = resident(), time.process_time()
    model = load()
    seconds = time.process_time() - start
    ask(model)
    return model, seconds, resident() - before


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("archives", nargs="+", help="WET files")
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--max-chars", type=int, default=2000, help="0: whole texts")
    parser.add_argument("--model", type=Path, help="by default lid.176.ftz")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    path = arguments.model or find_model("lid.176.ftz")
    max_chars = arguments.max_chars or None
    texts = [text for text in read_texts(arguments.archives, arguments.documents) if text.strip()]
    LanguageIdentifier(path).identify(texts[:1])  # compile
    LanguageIdentifier(path).distribution(texts[:1])
    few = texts[:1000]
    reference, *of_reference = loaded(
        lambda: fasttext.load_model(str(path)), lambda model: by_fasttext(model, few, max_chars)
    )
    identifier, *of_ours = loaded(
        lambda: LanguageIdentifier(path, "space", arguments.max_chars), lambda model: model.identify(few)
    )
    sides: dict[str, Callable[[list[str]], Any]] = {
        "fasttext": lambda batch: by_fasttext(reference, batch, max_chars),
        "ours": identifier.identify,
        "ours_5": lambda batch: identifier.best(batch, 5),
        "ours_all": identifier.distribution,
    }
    seconds = dict.fromkeys(sides, float("inf"))
    answers: dict[str, list[Any]] = {}
    for _ in range(arguments.repeat):
        for name, ask in sides.items():
            start = time.process_time()
            found = in_batches(texts, ask)
            seconds[name] = min(seconds[name], time.process_time() - start)
            answers[name] = [(codes, list(scores)) for codes, scores in found] if name[-1] in "ts" else []
    if answers["ours"] != answers["fasttext"]:
        sys.exit("languages or scores differ from fastText's")
    megabytes = sum(len(text[:max_chars].encode()) for text in texts) / 1e6
    figures = {"documents": float(len(texts)), "megabytes": megabytes}
    for name, spent in seconds.items():
        figures |= {f"{name}_cpu": spent, f"{name}_documents": len(texts) / spent, f"{name}_mb": megabytes / spent}
    figures |= {f"{name}_times": seconds["fasttext"] / seconds[name] for name in sides if name != "fasttext"}
    for name, (load, memory) in {"fasttext": of_reference, "ours": of_ours}.items():
        figures |= {f"{name}_load": load, f"{name}_memory": memory / 1e6}
    if arguments.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:20} {value:12,.2f}")


if __name__ == "__main__":
    main()
