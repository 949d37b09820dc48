"""The near-duplicate index: what earlier crawls left, so that a new one is compared without starting again.

A folder with `index.json` and a folder a crawl, in the order in which they were added:

    index_documents, index_bands   of the crawl's own documents
    index_pairs                    pairs that this crawl was the first to compare
    clusters                       of all documents up to this crawl; of the newest crawl and the one before

A crawl is what one run reads. `index.json` is written last: a killed run leaves the index as it was. What is
kept grows with the documents, not with the crawls times the documents.

Not handled: taking a crawl out again, other than the last, which its own run may replace.
"""

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ccnet_lite.errors import UserError
from ccnet_lite.settings import NearDuplicateSettings
from ccnet_lite.stages.candidates import FIXED, range_of
from ccnet_lite.store.json_files import DamagedJson, Stored, read_stored, write_json
from ccnet_lite.store.lease import LEASE_FILE, LOCK_FILE
from ccnet_lite.store.places import Place, refuse_no_folder
from ccnet_lite.store.reading import readable
from ccnet_lite.store.schema import arrow_schema
from ccnet_lite.store.tables import DataFile, Table, file_name, files_folder, load_table, pointer
from ccnet_lite.store.writing import WORK, PartWriter

INDEX_FILE = "index.json"
FIXED_SETTINGS = (
    *("similarity", "bands", "rows", "seed", "ngram", "verify", "representative", "representative_order"),
)
"""Settings that all crawls of an index share."""
CRAWL_FOLDER = re.compile(r"crawl-[0-9]{4,}-[0-9a-f]{16}")
READERS = 16


class Generation(Stored):
    """A crawl of the index: its folder's name, what its documents were made from, its archives by content."""

    name: str
    fingerprint: str
    documents: int
    archives: tuple[str, ...]


class IndexFile(Stored):
    """What index.json holds."""

    settings: dict[str, Any]
    crawls: tuple[Generation, ...]


def fixed_settings(near: NearDuplicateSettings) -> dict[str, Any]:
    """What an index was made with, and every crawl that is added must have."""
    values = near.model_dump(mode="json")
    return {name: values[name] for name in FIXED_SETTINGS}


def load_generations(folder: Place, near: NearDuplicateSettings) -> list[Generation]:
    """The crawls of an index, in order; none where there is no index yet.

    Raises:
        UserError: the folder is something else, or was made with other settings or another schema version: one
            of another version may hold hashes that are no longer made.
    """
    refuse_no_folder(folder, "--index")
    stored = _read_index(folder)
    if stored is None:
        # What a run leaves that was killed before it wrote index.json.
        own = (LOCK_FILE, LEASE_FILE, WORK, INDEX_FILE, f".{INDEX_FILE}.")
        names = [name for name in folder.children() if not name.startswith(own)]
        strangers = [name for name in names if not CRAWL_FOLDER.fullmatch(name)]
        if strangers:
            raise UserError(f"--index {folder.shown} holds no index ({strangers[0]} ...): give a new folder")
        return []
    for name, value in fixed_settings(near).items():
        if stored.settings.get(name) != value:
            raise UserError(
                f"--index {folder.shown} was made with near_duplicates.{name} = {stored.settings.get(name)}, "
                f"this run has {value}: take the same, or a new folder"
            )
    for name in ("index_documents", "index_bands", "index_pairs"):
        for generation in stored.crawls[-1:]:  # all of an index are of one version
            index_table(folder, generation, name)
    return list(stored.crawls)


def _read_index(folder: Place) -> IndexFile | None:
    """What index.json holds; None where there is none, or it was cut short when the first crawl was added."""
    try:
        return read_stored(folder / INDEX_FILE, IndexFile, "give a new folder as --index")
    except DamagedJson:
        crawls = [name for name in folder.children() if CRAWL_FOLDER.fullmatch(name)]
        if not crawls or not all(name.startswith(f"crawl-{0:04d}-") for name in crawls):
            raise
        return None


def generations_before(
    generations: Sequence[Generation], folder: Place, archives: Sequence[str]
) -> tuple[list[Generation], bool]:
    """The crawls that were there before the one of these archives, and whether later ones build on it.

    Raises:
        UserError: some of the archives, not all, were added with another crawl.
    """
    wanted = set(archives)
    for number, generation in enumerate(generations):
        held = set(generation.archives)
        if held == wanted:
            return list(generations[:number]), number + 1 < len(generations)
        if held & wanted:
            raise UserError(
                f"--index {folder.shown} already holds {len(held & wanted)} of the {len(wanted)} archives, such "
                f"as {min(held & wanted).split()[0]}, in {generation.name}: run without them, or with all of its"
            )
    return list(generations), False


def index_table(folder: Place, generation: Generation, name: str) -> Table:
    """A table of a crawl.

    Raises:
        UserError: it is missing or of another schema version.
    """
    try:
        table = load_table(folder / generation.name, name)
    except DamagedJson as error:
        raise UserError(f"--index {folder.shown}: {error.what}: make the index anew") from None
    if table is None or not table.is_current:
        state = "is missing" if table is None else "was written by another version of ccnet_lite"
        raise UserError(f"--index {folder.shown}: {generation.name}/{name} {state}: make the index anew")
    return table


StoredOrder = Sequence[tuple[str, int | None]]
"""Columns that the policy looks at, and the place of each in `ranks`; None for the one kept as `segment`."""


def write_bands(crawl: Place, fingerprint: str, parts: int, order: StoredOrder, part: int, rows: pa.Table) -> None:
    """Write one part of a crawl's band table, sorted by hash; its file's name says which part it is."""
    if not rows.num_rows:
        return
    rows = rows.sort_by([("hash", "ascending"), ("number", "ascending")])
    ranks = [rows[name].to_numpy() for name, place in order if place is not None]
    segment = next((rows[name] for name, place in order if place is None), pa.array([""] * rows.num_rows))
    offsets = pa.array(np.arange(rows.num_rows + 1, dtype=np.int32) * np.int32(len(ranks)))
    values = np.column_stack(ranks).ravel() if ranks else np.zeros(0)
    packed = {name: rows[name] for name in FIXED} | {
        "ranks": pa.ListArray.from_arrays(offsets, pa.array(values)),
        "segment": segment,
    }
    writer = PartWriter(crawl, "index_bands", fingerprint, f"part-{part:06d}-of-{parts:06d}.parquet")
    try:
        for batch in pa.table(packed).to_batches():
            writer.write(batch)
    except BaseException:
        writer.abandon()
        raise
    writer.close()


def written_bands(crawl: Place, fingerprint: str) -> list[DataFile]:
    """The files that `write_bands` wrote."""
    folder = files_folder(crawl, "index_bands", fingerprint)

    def described(entry: tuple[str, int]) -> DataFile:
        name, size = entry
        with (folder / name).open() as file:
            rows = pq.ParquetFile(file).metadata.num_rows
        return DataFile(name=file_name("index_bands", fingerprint, name), rows=rows, bytes=size)

    with ThreadPoolExecutor(READERS) as pool:
        return list(pool.map(described, folder.entries()))


def read_bands(files: Sequence[Place], order: StoredOrder, low: int, high: int) -> pa.Table:
    """The columns FIXED, and the order's: bands with hashes from `low` to `high`, of all these files."""
    schema = arrow_schema("index_bands")
    found = [schema.empty_table()]
    bounds = [("hash", ">=", low), ("hash", "<=", high)]
    for place in files:
        _, part, _, parts = place.name.removesuffix(".parquet").split("-")
        first, last = range_of(int(part), int(parts))
        if first <= high and last >= low:
            with readable(place) as file:
                held = pq.read_table(file, filters=bounds, page_checksum_verification=True)
                found.append(held.select(schema.names).cast(schema))
    rows = pa.concat_tables(found).combine_chunks()
    columns = {name: rows[name] for name in FIXED}
    for name, place_in_ranks in order:
        columns[name] = (
            rows["segment"] if place_in_ranks is None else pc.list_element(rows["ranks"], place_in_ranks)
        )
    return pa.table(columns)


def commit_generation(
    folder: Place, before: Sequence[Generation], generation: Generation, near: NearDuplicateSettings
) -> None:
    """Make a crawl, whose tables stand in its folder, the newest; then delete what nobody needs any more."""
    crawls = (*before, generation)
    write_json(folder / INDEX_FILE, IndexFile(settings=fixed_settings(near), crawls=crawls))
    names = {each.name for each in crawls}
    for name in folder.children():
        if CRAWL_FOLDER.fullmatch(name) and name not in names:
            (folder / name).delete_all()
    for older in crawls[:-2]:
        pointer(folder / older.name, "clusters").delete()
        (folder / older.name / "clusters").delete_all()
