"""Some documents of a finished run, drawn by a seed: of its corpus, or of those that a rule dropped."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import pyarrow.compute as pc

from ccnet_lite.errors import RunFailed, UserError
from ccnet_lite.finished.opened import Opened
from ccnet_lite.models.language_names import meant_language
from ccnet_lite.store.corpus import corpus_file, form_of
from ccnet_lite.store.reading import read_file, read_table
from ccnet_lite.store.tables import DataFile

CORPUS = ("doc_id", "url", "language_score", "perplexity", "length", "title")
"""Columns that are read, besides the text."""
DROPPED = ("doc_id", "url", "cc_segment", "language", "rule", "value", "threshold", "reason")


@dataclass(frozen=True)
class Drawn:
    """A document that was drawn: of the corpus, with its bucket; or dropped, with why and its text as read."""

    doc_id: str
    url: str
    language: str
    language_score: float | None
    title: str
    text: str
    length: int
    bucket: str | None = None
    perplexity: float | None = None
    rule: str | None = None
    value: float | None = None
    threshold: float | None = None
    reason: str | None = None


def sample_corpus(run: Opened, count: int, seed: int, language: str = "", bucket: str = "") -> list[Drawn]:
    """Documents of the corpus, each equally likely, in its order; all where there are no more than `count`.

    Row numbers are drawn from what the manifest says of files, so only the row groups of those are read.

    Raises:
        UserError: there are none of the language or bucket; says which there are.
    """
    corpus = run.table("corpus")
    named = [(file, corpus_file(file.name)) for file in corpus.files]
    places = [(file, said.language, said.bucket) for file, said in named]
    chosen = [file for file, code, name in places if language in ("", code) and bucket in ("", name)]
    if not chosen:
        codes = {code for _, code, _ in places}
        there = sorted({f"{code}/{name}" for _, code, name in places if not language or code == language})
        there = there or sorted(codes)
        meant = meant_language(language, codes) if language not in codes else ""
        asked = " and ".join(
            f"{key} {value}" for key, value in (("language", language), ("bucket", bucket)) if value
        )
        raise UserError(
            f"{run.place.shown}: its corpus has no {asked or 'document'}"
            + (f": did you mean {meant}?" if meant else f"; it has {', '.join(there) or 'none'}")
        )
    drawn = _draw({file: file.rows for file in chosen}, count, seed)
    found, text = [], form_of(corpus.schema).text
    for file, numbers in drawn.items():
        said = corpus_file(file.name)
        for row in run.rows("corpus", {file: numbers}, [*CORPUS, text]):
            own = {key: row[key] for key in CORPUS}
            found.append(Drawn(**own, language=said.language, text=row[text], bucket=said.bucket))
    return found


def _draw(rows: Mapping[DataFile, int], count: int, seed: int) -> dict[DataFile, list[int]]:
    """Numbers of rows of files, ascending, of `count` rows of all of them."""
    total = sum(rows.values())
    numbers = sorted(random.Random(seed).sample(range(total), min(count, total)))
    drawn: dict[DataFile, list[int]] = {}
    first = 0
    for file, size in rows.items():
        if here := [number - first for number in numbers if first <= number < first + size]:
            drawn[file] = here
        first += size
    return drawn


def sample_dropped(run: Opened, rule: str, count: int, seed: int, language: str = "") -> list[Drawn]:
    """Documents that a rule dropped, each equally likely, in the ledger's order, with their text as read.

    Raises:
        UserError: no document was dropped by it; says which rules dropped any. The texts are not there.
    """
    run.table("documents")  # before anything is read: the texts may have been removed
    table = run.table("ledger")
    counts = {file: len(_dropped_in(run, file, rule, language)) for file in table.files}
    if not any(counts.values()):
        by_rule: dict[str, int] = {}
        for row in run.manifest.funnel:
            if row["outcome"] == "dropped" and language in ("", row["language"]):
                by_rule[row["rule"]] = by_rule.get(row["rule"], 0) + row["count"]
        there = ", ".join(f"{name} ({number:,})" for name, number in sorted(by_rule.items()))
        of = f" of language {language}" if language else ""
        codes = {row["language"] for row in run.manifest.funnel if row["language"]}
        meant = meant_language(language, codes) if language not in codes else ""
        meant = meant or next(iter(get_close_matches(rule, set(by_rule) - {rule}, 1)), "")
        raise UserError(
            f"{run.place.shown}: no document{of} was dropped by {rule}"
            + (f": did you mean {meant}?" if meant else f"; rules that did: {there or 'none'}")
        )
    wanted = []
    for file, numbers in _draw(counts, count, seed).items():
        at = _dropped_in(run, file, rule, language)
        wanted += list(run.rows("ledger", {file: [at[number] for number in numbers]}, DROPPED))
    archives = read_table(run.table("archives"), ["cc_segment", "shard"]).to_pylist()
    shards = {row["cc_segment"]: row["shard"] for row in archives}
    found = []
    for row in wanted:
        shard, doc_id = shards[row["cc_segment"]], row["doc_id"]
        document = run.row("documents", shard, doc_id, ["title", "raw_content", "n_chars"])
        signals = run.row("signals", shard, doc_id, ["language_score"])
        if document is None or signals is None:
            raise RunFailed(f"{doc_id} has no row in documents or signals: ccnet-lite verify says what is amiss")
        kept = {key: row[key] for key in DROPPED if key != "cc_segment"}
        text = document.to_pylist()[0]
        score = signals["language_score"][0].as_py()
        found.append(
            Drawn(
                **kept, language_score=score, title=text["title"], text=text["raw_content"], length=text["n_chars"]
            )
        )
    return found


def _dropped_in(run: Opened, file: DataFile, rule: str, language: str) -> Sequence[int]:
    """Numbers of a ledger file's rows that the rule dropped."""
    return list(_matching(run, file, rule, language))


def _matching(run: Opened, file: DataFile, rule: str, language: str) -> Iterator[int]:
    first = 0
    place = run.table("ledger").place(file)
    for batch in read_file(place, ["outcome", "rule", "language"], 1 << 16, file):
        chosen = pc.and_(pc.equal(batch["outcome"], "dropped"), pc.equal(batch["rule"], rule))
        if language:
            chosen = pc.and_(chosen, pc.equal(batch["language"], language))
        for at in pc.indices_nonzero(chosen.fill_null(False)).to_pylist():
            yield first + at
        first += batch.num_rows
