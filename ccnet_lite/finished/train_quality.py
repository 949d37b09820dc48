"""The two sides that quality classifiers learn from: prose on disk, and a finished run or files of texts."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from ccnet_lite.errors import UserError
from ccnet_lite.finished.folders import finished_corpus
from ccnet_lite.finished.opened import Opened, open_run
from ccnet_lite.models.reference import find_reference, read_reference
from ccnet_lite.models.train_quality import QualityOptions, Sample, TrainedQuality, train_quality
from ccnet_lite.run.manifest import MANIFEST_FILE
from ccnet_lite.store.corpus import corpus_file, form_of
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import read_file

TIMES_READ = 3
"""Of each side and language, so many times what is wanted is read at most, the first ones: to draw from."""
Taken = Literal["corpus", "rejected"]


def train_on(
    good: Sequence[Path],
    bad: Sequence[str],
    output: Path,
    languages: Sequence[str] = (),
    taken: Taken = "corpus",
    options: QualityOptions | None = None,
    text_field: str = "text",
) -> list[TrainedQuality]:
    """Train the languages that both sides have.

    good: files as of `find_reference`. bad: likewise, or one finished run, of which `taken` is learnt from.
    languages: only these. text_field: of jsonl and Parquet files.

    Raises:
        UserError: files or a run that cannot be read, no language with documents enough.
    """
    options = options or QualityOptions()
    most = TIMES_READ * options.most
    sides = {"--good": texts_of(good, "--good", languages, most, text_field)}
    run = next((given for given in bad if (Place.of(given, "--bad ") / MANIFEST_FILE).exists()), None)
    if run is not None and len(bad) > 1:
        raise UserError(f"--bad {run} is a run: give one run, or files and folders of texts")
    if run is not None:
        wanted = set(languages or sides["--good"])
        sides["--bad"] = of_run(run, taken, wanted, most)
    else:
        sides["--bad"] = texts_of([Path(given) for given in bad], "--bad", languages, most, text_field)
    return train_quality(sides["--good"], sides["--bad"], output, options)


def texts_of(
    paths: Sequence[Path], option: str, languages: Sequence[str], most: int, text_field: str
) -> dict[str, list[Sample]]:
    """Documents by language of files, at most so many of each; option: what they were given as."""
    return {
        language: [Sample(text) for text in islice(read_reference(files, text_field), most)]
        for language, files in find_reference(paths, languages, option).items()
    }


def of_run(run: str, taken: Taken, languages: set[str], most: int) -> dict[str, list[Sample]]:
    """Documents by language of a finished run's corpus, or of what it rejected; of these languages.

    Raises:
        UserError: no finished run, or one without such documents.
    """
    found: dict[str, list[Sample]] = {language: [] for language in sorted(languages)}
    documents = _corpus(run, languages) if taken == "corpus" else _rejected(open_run(run), run)
    full: set[str] = set()
    for language, url, text in documents:
        if language in found and language not in full:
            found[language].append(Sample(text, urlsplit(url).netloc))
            if len(found[language]) == most:
                full.add(language)
                if full == languages:
                    break
    return found


def _corpus(run: str, languages: set[str]) -> Iterator[tuple[str, str, str]]:
    _, corpus = finished_corpus(run, "--bad ")
    text = form_of(corpus.schema).text
    for file in corpus.files:
        language = corpus_file(file.name).language
        if language in languages:
            for batch in read_file(corpus.place(file), ["url", text], file=file):
                for url, content in zip(batch["url"].to_pylist(), batch[text].to_pylist(), strict=True):
                    yield language, url, content


def _rejected(opened: Opened, run: str) -> Iterator[tuple[str, str, str]]:
    table = opened.table("rejected") if opened.has("rejected") else None
    if table is None or not table.rows:
        raise UserError(
            f"--bad {run} holds no rejected documents: run it with export.write_rejected = true and with "
            "quality.keep_buckets or quality.min_tier, or take its corpus (--bad-documents corpus)"
        )
    for file in table.files:
        for batch in read_file(table.place(file), ["language", "url", "raw_content"], file=file):
            columns = (batch[name].to_pylist() for name in ("language", "url", "raw_content"))
            yield from zip(*columns, strict=True)
