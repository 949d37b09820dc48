"""What decontaminate found, for a reviewer: both sides of each hit with the match marked.

So many hits are chosen by their ids, which are hashes: those that convict first, and the same ones wherever they
lie. Their documents are read and marked by Spark tasks, their items on the driver.

Not handled: an item's text beyond ITEM_CHARS.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from operator import itemgetter
from typing import Any

import pyarrow as pa
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from ccnet_lite.dedup.marks import Piece, marked
from ccnet_lite.errors import RunFailed
from ccnet_lite.finished.folders import Folder, finished_corpus
from ccnet_lite.finished.references import open_reference
from ccnet_lite.kernels.decontaminate import Overlap, texts_of
from ccnet_lite.run.session import start_session
from ccnet_lite.settings import SparkSettings
from ccnet_lite.stages.items import ask_items, map_items
from ccnet_lite.store.corpus import form_of
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import read_file
from ccnet_lite.store.tables import DataFile, Table, load_table

ITEM_CHARS = 100_000
CONVICTED = "contaminated"
_TEXTS = ("hit_id", "doc_id", "language", "corpus_file", "url", "reference", "item", "measure", "verdict")
_NUMBERS = {"corpus_row": "long", "matched_ngrams": "long", "ngrams": "long"}
_SHARES = ("overlap", "weighted_overlap")
SHOWN = dict.fromkeys(_TEXTS, "string") | _NUMBERS | dict.fromkeys(_SHARES, "double")


@dataclass(frozen=True)
class Hit:
    """A row of `contaminated` or `spared`, and both texts in pieces. verdict: contaminated, common or reviewed.

    fields: of the item's record, those whose text it is; none where the reference has none.
    """

    hit_id: str
    doc_id: str
    language: str
    corpus_file: str
    url: str
    reference: str
    item: str
    measure: str
    corpus_row: int
    overlap: float
    weighted_overlap: float
    matched_ngrams: int
    ngrams: int
    verdict: str
    fields: tuple[str, ...]
    document: tuple[Piece, ...]
    item_text: tuple[Piece, ...]


@dataclass(frozen=True)
class Review:
    """Hits that were chosen, and how many there are by verdict."""

    hits: tuple[Hit, ...]
    totals: Mapping[str, int]


def review(
    run: Folder, against: Sequence[Folder], output: Folder, spark: SparkSettings, overlap: Overlap, limit: int
) -> Review:
    """What `decontaminate` wrote to `output`, at most `limit` hits of it; the arguments are those it was given.

    Raises:
        RunFailed: the run or a reference is not what it was then.
    """
    _, corpus = finished_corpus(run)
    session = start_session(spark, "ccnet_lite decontaminate --review")
    chosen, totals = _chosen(session, Place.of(output), limit)
    texts = _item_texts(chosen, against, overlap.fields)
    by_file: dict[str, list[dict[str, Any]]] = {}
    for row in chosen:
        row["text"] = texts.get((row["reference"], row["item"]))
        if row["text"] is None:
            raise RunFailed(f"{row['reference']} holds no {row['item']} any more: call decontaminate again")
        row["fields"] = overlap.fields if row["item"].startswith(("line ", "row ")) else ()
        by_file.setdefault(row["corpus_file"].removeprefix("corpus/"), []).append(row)
    files = [(file, by_file[file.name]) for file in corpus.files if file.name in by_file]
    hits = _marked(session, corpus, files, overlap.ngram)
    return Review(tuple(sorted(hits, key=lambda hit: (hit.reference, hit.item, hit.hit_id))), totals)


def _chosen(session: SparkSession, output: Place, limit: int) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """The rows to show, and how many rows there are by verdict."""
    tables = [table for name in (CONVICTED, "spared") if (table := load_table(output, name)) is not None]
    places = [table.place(file) for table in tables for file in table.files]
    if not places:
        return [], {}

    def rows(place: Place) -> Iterator[pa.RecordBatch]:
        for batch in read_file(place):
            if "reason" in batch.schema.names:
                verdict = batch["reason"]
            else:
                verdict = pa.array([CONVICTED] * batch.num_rows, pa.string())
            yield batch.append_column("verdict", verdict)

    found = map_items(session, places, rows, ", ".join(f"{name} {kind}" for name, kind in SHOWN.items()))
    totals = {row["verdict"]: row["count"] for row in found.groupBy("verdict").count().collect()}
    first = found.orderBy(F.col("verdict") != CONVICTED, "hit_id").limit(limit)
    return [row.asDict() for row in first.collect()], totals


def _item_texts(
    chosen: Sequence[dict[str, Any]], against: Sequence[Folder], fields: Sequence[str]
) -> dict[tuple[str, str], str]:
    """By reference and item, the text of each item that is to be shown."""
    found: dict[tuple[str, str], str] = {}
    for given in against:
        wanted = {row["item"] for row in chosen if row["reference"] == str(given)}
        if not wanted:
            continue
        for name, text in open_reference(given, fields)[1]:
            if name in wanted:
                found[str(given), name] = text[:ITEM_CHARS]
                wanted.remove(name)
                if not wanted:
                    break
    return found


def _marked(
    session: SparkSession, corpus: Table, files: Sequence[tuple[DataFile, list[dict[str, Any]]]], ngram: int
) -> Iterator[Hit]:
    """The hits with both texts in pieces; the documents' texts stay in the tasks."""
    text = form_of(corpus.schema).text

    def work_on(item: tuple[DataFile, list[dict[str, Any]]]) -> str:
        file, rows = item
        hits = []
        for row, content in _contents(corpus.place(file), file, text, rows):
            shown = {name: row[name] for name in (*SHOWN, "fields")}
            document, item_text = marked(content, row["text"], ngram)
            hits.append({**shown, "document": document, "item_text": item_text})
        return json.dumps(hits)

    for said in ask_items(session.sparkContext, files, work_on):
        for hit in json.loads(said):
            sides = {name: tuple(Piece(*piece) for piece in hit[name]) for name in ("document", "item_text")}
            yield Hit(**{**hit, **sides, "fields": tuple(hit["fields"])})


def _contents(
    place: Place, file: DataFile, text: str, rows: Iterable[dict[str, Any]]
) -> Iterator[tuple[dict[str, Any], str]]:
    """Rows with the texts of their documents."""
    first, waiting = 0, sorted(rows, key=itemgetter("corpus_row"))
    for batch in read_file(place, ["doc_id", "title", text], file=file):
        here = [row for row in waiting if row["corpus_row"] < first + batch.num_rows]
        wanted = batch.take(pa.array([row["corpus_row"] - first for row in here], pa.int64()))
        for row, doc_id, content in zip(here, wanted["doc_id"].to_pylist(), texts_of(wanted, text), strict=True):
            if doc_id != row["doc_id"]:
                raise RunFailed(f"{file.name}, row {row['corpus_row']} is another document than was found")
            yield row, content
        waiting, first = waiting[len(here) :], first + batch.num_rows
        if not waiting:
            return


def as_json(hit: Hit) -> str:
    """A hit as a line of JSON."""
    told = asdict(hit)
    for side in ("document", "item_text"):
        told[side] = [piece._asdict() for piece in getattr(hit, side)]
    return json.dumps(told, sort_keys=True)
