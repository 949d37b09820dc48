"""What of a finished run is published: its corpus by subset, with figures; and the three small files beside it.

    data/swh_Latn/train/head-sw_00000-000.parquet   a corpus file, byte for byte
    README.md                                       a dataset card (publication_card.py)
    croissant.json                                  Croissant (publication_croissant.py)
    publication.json                                what was published, with SHA-256 of each file; written last

Where it goes is folders (publish.py) or the Hub (publish_hub.py).
"""

import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import groupby
from typing import Any, Literal, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from ccnet_lite import __version__
from ccnet_lite.errors import RunFailed, UserError
from ccnet_lite.finished.folders import MINIFIED_FILE, Folder, finished_corpus
from ccnet_lite.kernels.policy import crawl_of
from ccnet_lite.run.manifest import MANIFEST_FILE, RunManifest
from ccnet_lite.store.corpus import VALIDATION, corpus_file
from ccnet_lite.store.json_files import Stored, read_json
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import BLOCK
from ccnet_lite.store.tables import DataFile, Table, load_table

PUBLICATION_FILE = "publication.json"
SUMMARY_FILE = "summary.json"
READERS = 4
"""Files that are read at once."""


class Published(Stored):
    """What publication.json says of a file."""

    bytes: int
    sha256: str
    documents: int


class PublicationFile(Stored):
    """What publication.json holds. corpus_digest: of the rows. files: by path."""

    format: Literal["ccnet_lite.publication"]
    version: str
    corpus_digest: str
    files: dict[str, Published]


@dataclass(frozen=True)
class Labels:
    """What whoever publishes says of it: its title, its licence as the Hub names it, whom to write to."""

    title: str
    license: str = ""
    contact: str = ""


class Source(NamedTuple):
    """A corpus file, where it lies and where it goes."""

    path: str
    place: Place
    file: DataFile
    subset: str
    bucket: str
    language: str


class Read(NamedTuple):
    """What a file was found to hold."""

    sha256: str
    characters: int
    lines: int
    validation: int


@dataclass
class Subset:
    """A language in a script: what its files hold. codes: as in the ledger."""

    name: str
    codes: list[str]
    files: int = 0
    documents: int = 0
    characters: int = 0
    lines: int = 0
    validation: int = 0
    bytes: int = 0
    buckets: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Publication:
    """A run, its files, and of a decontaminated one what was left out and why."""

    manifest: RunManifest
    schema: str
    digest: str
    sources: tuple[Source, ...]
    without: dict[str, Any] | None = None

    @property
    def bytes(self) -> int:
        """Of all files."""
        return sum(source.file.bytes for source in self.sources)

    @property
    def documents(self) -> int:
        """In all files."""
        return sum(source.file.rows for source in self.sources)

    @property
    def crawls(self) -> list[str]:
        """Names of the crawls whose archives were read."""
        otherwise = self.manifest.settings["near_duplicates"]["crawl"]
        return sorted({crawl_of(name, otherwise) for name in self.manifest.archives})


def publication_of(run: Folder, decontaminated: Folder | None = None) -> Publication:
    """What to publish of a finished run, or of what `decontaminate` left of its corpus.

    Raises:
        UserError: it is no finished run, or has no text; decontaminated is not of this run.
    """
    place = Place.of(run)
    _refuse_others(place)
    manifest, corpus = finished_corpus(place)
    table, without = corpus, None
    if decontaminated is not None:
        table, without = _decontaminated(Place.of(decontaminated, "--decontaminated "), corpus)
    if not table.rows:
        raise UserError(f"{table.folder.shown} holds no documents: there is nothing to publish")
    sources = tuple(sorted(_sources(table), key=lambda source: source.path))
    return Publication(manifest, table.schema, table.digest, sources, without)


def _refuse_others(place: Place) -> None:
    if (place / MANIFEST_FILE).exists():
        return
    if (place / MINIFIED_FILE).exists():
        raise UserError(f"{place.shown} is a minified corpus, without text: give the run that it was made of")
    if (place / SUMMARY_FILE).exists():
        raise UserError(
            f"{place.shown} is a decontaminated corpus: give its run, and this folder by --decontaminated"
        )


def _decontaminated(place: Place, corpus: Table) -> tuple[Table, dict[str, Any]]:
    try:
        summary = read_json(place / SUMMARY_FILE)
    except (OSError, ValueError):
        summary = None
    table = load_table(place, "clean")
    if not isinstance(summary, dict) or table is None:
        raise UserError(f"--decontaminated {place.shown} holds no corpus that `ccnet-lite decontaminate` wrote")
    if summary.get("corpus_digest") != corpus.digest:
        raise UserError(
            f"--decontaminated {place.shown} is of another corpus than {corpus.run.shown}: give its run"
        )
    return table, summary


def _sources(table: Table) -> Iterator[Source]:
    for file in table.files:
        said = corpus_file(file.name)
        path = f"data/{said.subset}/train/{said.bucket}-{said.base.removeprefix('part-')}"
        yield Source(path, table.place(file), file, said.subset, said.bucket, said.language)


def read_sources(
    sources: Iterable[Source], read: Callable[[Source], str], tell: Callable[[Source], None]
) -> dict[str, Read]:
    """By path, what each file holds. read: gives the SHA-256 of all of a file; tell: is called as each is done."""
    found: dict[str, Read] = {}

    def work_on(source: Source) -> tuple[Source, Read]:
        digest = read(source)
        with source.place.open() as opened:
            counts = pq.ParquetFile(opened, pre_buffer=True).read(columns=["length", "nlines", "split"])
        held_out = pa.compute.equal(counts["split"], VALIDATION)
        sums = (pa.compute.sum(each).as_py() or 0 for each in (counts["length"], counts["nlines"], held_out))
        return source, Read(digest, *sums)

    with ThreadPoolExecutor(READERS) as pool:
        for source, said in pool.map(work_on, sources):
            found[source.path] = said
            tell(source)
    return found


def checked_sum(source: Source, blocks: Iterable[bytes]) -> str:
    """SHA-256 of a file's bytes.

    Raises:
        RunFailed: they are not those that the run wrote.
    """
    digest, crc32, size = sha256(), 0, 0
    for block in blocks:
        digest.update(block)
        crc32 = zlib.crc32(block, crc32)
        size += len(block)
    if size != source.file.bytes or source.file.crc32 not in (None, crc32):
        raise RunFailed(
            f"{source.place.shown} has changed since it was written: ccnet-lite verify says what is amiss"
        )
    return digest.hexdigest()


def blocks_of(place: Place) -> Iterator[bytes]:
    """A file's bytes, some at a time."""
    with place.open() as opened:
        while block := opened.read(BLOCK):
            yield block


def subsets_of(publication: Publication, found: dict[str, Read]) -> list[Subset]:
    """Each subset with its figures, by name."""
    subsets = []
    for name, of_subset in groupby(publication.sources, key=lambda source: source.subset):
        sources = list(of_subset)
        subset = Subset(name, sorted({source.language for source in sources}))
        for source in sources:
            said = found[source.path]
            subset.files += 1
            subset.documents += source.file.rows
            subset.bytes += source.file.bytes
            subset.characters += said.characters
            subset.lines += said.lines
            subset.validation += said.validation
            subset.buckets[source.bucket] = subset.buckets.get(source.bucket, 0) + source.file.rows
        subsets.append(subset)
    return subsets


def publication_file(publication: Publication, found: dict[str, Read]) -> PublicationFile:
    """What publication.json is to hold."""
    return PublicationFile(
        format="ccnet_lite.publication",
        version=__version__,
        corpus_digest=publication.digest,
        files={
            source.path: Published(
                bytes=source.file.bytes, sha256=found[source.path].sha256, documents=source.file.rows
            )
            for source in publication.sources
        },
    )
