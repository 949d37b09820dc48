"""References of decontaminate: a file of items, or another finished run, whose documents are its items."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from ccnet_lite.dedup.references import read_items
from ccnet_lite.finished.folders import Folder, finished_corpus
from ccnet_lite.kernels.decontaminate import Reference, texts_of
from ccnet_lite.run.manifest import MANIFEST_FILE
from ccnet_lite.store.copies import local_copy
from ccnet_lite.store.corpus import form_of
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import read_file
from ccnet_lite.store.tables import Table

Items = Iterator[tuple[str, str]]


def open_reference(given: Folder, fields: Sequence[str]) -> tuple[Reference, Items]:
    """A reference, and names and texts of its items.

    Raises:
        UserError: it is neither a file of a known kind nor a finished run; from the items, too.
    """
    place = Place.of(given, "--against ")
    if _is_run(place):
        manifest, corpus = finished_corpus(place, "--against ")
        return Reference(str(given), f"corpus {manifest.tables['corpus'].digest}"), _documents(corpus)
    # As it was given: messages name it so.
    path = Path(str(given).removeprefix("file://")) if place.is_local else local_copy(place)
    items = read_items(path, fields)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Reference(str(given), f"sha256 {digest}"), items


def reference_run(given: Folder) -> Table | None:
    """The corpus of a reference that is a finished run."""
    place = Place.of(given, "--against ")
    return finished_corpus(place, "--against ")[1] if _is_run(place) else None


def _is_run(place: Place) -> bool:
    return place.path.is_dir() if place.is_local else (place / MANIFEST_FILE).exists()


def _documents(corpus: Table) -> Items:
    text = form_of(corpus.schema).text
    for file in corpus.files:
        for batch in read_file(corpus.place(file), ["doc_id", "title", text], file=file):
            yield from zip(batch["doc_id"].to_pylist(), texts_of(batch, text), strict=True)
