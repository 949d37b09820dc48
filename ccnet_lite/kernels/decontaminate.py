"""A corpus held against references: their index on disk, and the rows of what is found in a record batch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from ccnet_lite.dedup.item_form import FORM_ITEMS, item_ngrams, shared_ngrams
from ccnet_lite.dedup.overlap import UInt64, build_index, own_ngrams, text_hashes
from ccnet_lite.errors import UserError
from ccnet_lite.store.corpus import corpus_file

MAX_NGRAMS = 200_000_000
"""Distinct n-grams by item: an index takes some 20 bytes of memory for each, three times that when made."""
SHOWN_UNUSABLE = 20
HIT_ID_DIGITS = 16
NAMES_FILE = "names.arrow"


@dataclass(frozen=True)
class Overlap:
    """What counts as found.

    fields: of the references' records; min_tokens: texts of fewer are not looked at; min_weighted: less of an
    item or a document, weighted by rarity, convicts nothing.
    """

    fields: tuple[str, ...] = ("text",)
    ngram: int = 8
    min_overlap: float = 0.5
    min_tokens: int = 8
    min_weighted: float = 0.3

    def check(self) -> None:
        """Raises UserError where a value cannot be."""
        if self.ngram < 1:
            raise UserError(f"--ngram {self.ngram} is not a number of tokens: give 1 or more")
        if not 0 < self.min_overlap <= 1:
            raise UserError(f"--min-overlap {self.min_overlap} is not a share: give more than 0, at most 1")
        if not 0 <= self.min_weighted <= 1:
            raise UserError(f"--min-weighted {self.min_weighted} is not a share: give 0 to 1")
        if not 1 <= self.min_tokens <= self.ngram:
            raise UserError(f"--min-tokens {self.min_tokens} is not from 1 to --ngram {self.ngram}")


@dataclass
class Reference:
    """A reference as given, what it was found to hold, and what was found of it."""

    path: str
    digest: str
    items: int = 0
    unusable: int = 0
    unusable_items: tuple[str, ...] = ()
    ngrams: int = 0
    form_ngrams: int = 0
    """N-grams of the form that its items share, which count for none (item_form.py)."""


class TooLarge(Exception):
    """The references have more n-grams than an index is to hold."""


class Found(NamedTuple):
    """What a document of a batch was found to hold; item: its name. See `Match` for the rest."""

    row: int
    reference: int
    item: str
    measure: str
    matched: int
    ngrams: int
    weighted: float


def write_index(
    references: Sequence[tuple[Reference, Iterator[tuple[str, str]]]],
    overlap: Overlap,
    folder: Path,
    max_ngrams: int,
) -> None:
    """Write the index of all references and the items' names into `folder`; counts in the references.

    references: each with names and texts of its items.

    Raises:
        TooLarge: more than `max_ngrams`. UserError: a reference without an item.
    """
    hashes: list[Any] = []
    of_reference: list[int] = []
    lengths: set[int] = set()
    names: list[str] = []
    total = 0
    for number, (reference, items) in enumerate(references):
        first = list(islice(items, FORM_ITEMS))
        form = shared_form([text for _, text in first], overlap)
        reference.form_ngrams = len(form)
        for batch in _batches(chain(first, items)):
            tokens, offsets = text_hashes([text for _, text in batch])
            for (name, _), begin, end in zip(batch, offsets[:-1], offsets[1:], strict=True):
                reference.items += 1
                if end - begin < overlap.min_tokens:
                    reference.unusable += 1
                    if reference.unusable <= SHOWN_UNUSABLE:
                        reference.unusable_items += (name,)
                    continue
                ngrams, found = item_ngrams(tokens[begin:end], overlap.ngram, overlap.min_tokens, form)
                hashes.append(ngrams)
                lengths |= found
                of_reference.append(number)
                names.append(name)
                reference.ngrams += len(hashes[-1])
            if total + reference.ngrams > max_ngrams:
                raise TooLarge
        total += reference.ngrams
        if not reference.items:
            raise UserError(f"--against {reference.path} holds no item")
    build_index(hashes, of_reference, sorted(lengths), overlap.ngram, overlap.min_tokens).save(folder)
    with pa.OSFile(str(folder / NAMES_FILE), "wb") as file:
        table = pa.table({"name": pa.array(names, pa.large_string())})
        with pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)


def read_names(folder: Path) -> pa.ChunkedArray:
    """The items' names, mapped into memory."""
    return pa.ipc.open_file(pa.memory_map(str(folder / NAMES_FILE))).read_all()["name"]


def texts_of(batch: pa.RecordBatch, column: str) -> list[str]:
    """What is compared of a document: its title and its text, which is in a column."""
    pairs = zip(batch["title"].to_pylist(), batch[column].to_pylist(), strict=True)
    return [f"{title}\n{text}" for title, text in pairs]


def shared_form(texts: Sequence[str], overlap: Overlap) -> UInt64:
    """The n-grams of the form that a reference's first items share. texts: of FORM_ITEMS of them, or all."""
    tokens, offsets = text_hashes(texts)
    spans = pairwise(offsets.tolist())
    return shared_ngrams(
        [own_ngrams(tokens[begin:end], overlap.ngram, overlap.min_tokens) for begin, end in spans]
    )


def _batches(items: Iterator[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    batch: list[tuple[str, str]] = []
    for item in items:
        batch.append(item)
        if len(batch) == 1000:
            yield batch
            batch = []
    yield batch


def found_rows(
    batch: pa.RecordBatch, first: int, name: str, found: Sequence[Found], references: Sequence[Reference]
) -> list[dict[str, Any]]:
    """Rows of `contaminated`. first: the batch's first row in the corpus file `name`."""
    said = corpus_file(name)
    doc_ids, urls = batch["doc_id"].to_pylist(), batch["url"].to_pylist()
    return [
        {
            "hit_id": hit_id(doc_ids[hit.row], references[hit.reference].digest, hit.item, hit.measure),
            "doc_id": doc_ids[hit.row],
            "language": said.language,
            "bucket": said.bucket,
            "corpus_file": f"corpus/{name}",
            "corpus_row": first + hit.row,
            "url": urls[hit.row],
            "reference": references[hit.reference].path,
            "item": hit.item,
            "measure": hit.measure,
            "overlap": hit.matched / hit.ngrams,
            "matched_ngrams": hit.matched,
            "ngrams": hit.ngrams,
            "weighted_overlap": hit.weighted,
        }
        for hit in found
    ]


def hit_id(doc_id: str, digest: str, item: str, measure: str) -> str:
    """What a reviewer calls a hit: the same wherever the reference lies, another where it has changed."""
    return sha256("\n".join((doc_id, digest, item, measure)).encode()).hexdigest()[:HIT_ID_DIGITS]


def spared_for(row: dict[str, Any], min_weighted: float, innocent: frozenset[str]) -> str:
    """Why a row of `contaminated` convicts nothing: reviewed, common, or empty where it does.

    innocent: ids of hits and documents.
    """
    if row["hit_id"] in innocent or row["doc_id"] in innocent:
        return "reviewed"
    return "common" if row["weighted_overlap"] < min_weighted else ""
