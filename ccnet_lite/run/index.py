"""The near-duplicate index: what earlier crawls left, so that a new one is compared without starting again.

A folder with `index.json` and a folder a crawl, in the order in which they were added:

    index_documents, index_bands   of the crawl's own documents
    index_pairs, clusters          of all documents up to that crawl

A crawl is what one run reads. `index.json` is written last: a killed run leaves the index as it was.

Not handled: taking a crawl out again, other than the last, which its own run may replace.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ccnet_lite.errors import UserError
from ccnet_lite.settings import NearDuplicateSettings
from ccnet_lite.stages.candidates import range_of
from ccnet_lite.store.json_files import intact, read_json, write_json
from ccnet_lite.store.schema import arrow_schema
from ccnet_lite.store.tables import DataFile, PartWriter, Table, load_table, write_manifest

INDEX_FILE = "index.json"
TABLES = ("index_documents", "index_bands", "index_pairs", "clusters")
FIXED = ("similarity", "bands", "rows", "seed", "ngram", "verify", "representative", "representative_order")
"""Settings that all crawls of an index share."""


@dataclass(frozen=True)
class Generation:
    """A crawl of the index: its folder's name, what its documents were made from, its archives by content."""

    name: str
    made_from: str
    documents: int
    archives: tuple[str, ...]


def fixed_settings(near: NearDuplicateSettings) -> dict[str, Any]:
    """What an index was made with, and every crawl that is added must have."""
    values = near.model_dump(mode="json")
    return {name: values[name] for name in FIXED}


def load_generations(folder: Path, near: NearDuplicateSettings) -> list[Generation]:
    """The crawls of an index, in order; none where there is no index yet.

    Raises:
        UserError: the folder is something else, or was made with other settings.
    """
    path = folder / INDEX_FILE
    try:
        with intact(path, "give a new folder as --index"):
            stored = read_json(path)
            made_with = dict(stored["settings"])
            generations = [
                Generation(**(each | {"archives": tuple(each["archives"])})) for each in stored["crawls"]
            ]
    except FileNotFoundError:
        strangers = (
            [entry.name for entry in folder.iterdir() if entry.name != ".lock"] if folder.exists() else []
        )
        if strangers and not all(name.startswith("_") for name in strangers):
            raise UserError(
                f"--index {folder} holds no index ({strangers[0]} ...): give a new folder"
            ) from None
        return []
    except NotADirectoryError:
        raise UserError(f"--index {folder} is a file: give a folder") from None
    for name, value in fixed_settings(near).items():
        if made_with.get(name) != value:
            raise UserError(
                f"--index {folder} was made with near_duplicates.{name} = {made_with.get(name)}, "
                f"this run has {value}: take the same, or a new folder"
            )
    return generations


def generations_before(
    generations: Sequence[Generation], folder: Path, archives: Sequence[str]
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
                f"--index {folder} already holds {len(held & wanted)} of the {len(wanted)} archives, such as "
                f"{min(held & wanted).split()[0]}, in {generation.name}: run without them, or with all of its"
            )
    return list(generations), False


def index_tables(folder: Path, generations: Sequence[Generation], name: str) -> list[Table]:
    """A table of each of the crawls.

    Raises:
        UserError: one is missing or of another schema version.
    """
    tables = []
    for generation in generations:
        table = load_table(folder / generation.name, name)
        if table is None or not table.is_current:
            state = "is missing" if table is None else "was written by another version of ccnet_lite"
            raise UserError(f"--index {folder}: {generation.name}/{name} {state}: make the index anew")
        tables.append(table)
    return tables


StoredOrder = Sequence[tuple[str, int | None]]
"""Columns that the policy looks at, and the place of each in `ranks`; None for the one kept as `segment`."""


def write_bands(folder: Path, parts: int, order: StoredOrder, part: int, rows: pa.Table) -> None:
    """Write one part of a crawl's band table, sorted by hash; its file's name says which part it is."""
    if not rows.num_rows:
        return
    rows = rows.sort_by([("hash", "ascending"), ("number", "ascending")])
    ranks = [rows[name].to_numpy() for name, place in order if place is not None]
    segment = next((rows[name] for name, place in order if place is None), pa.array([""] * rows.num_rows))
    offsets = pa.array(np.arange(0, len(ranks) * rows.num_rows + 1, len(ranks) or 1, dtype=np.int32))
    if not ranks:
        offsets = pa.array(np.zeros(rows.num_rows + 1, np.int32))
    values = np.column_stack(ranks).ravel() if ranks else np.zeros(0)
    packed = {
        "hash": rows["hash"],
        "number": rows["number"],
        "sketch": rows["sketch"],
        "ranks": pa.ListArray.from_arrays(offsets, pa.array(values)),
        "segment": segment,
    }
    writer = PartWriter(folder, "index_bands", f"part-{part:06d}-of-{parts:06d}.parquet")
    for batch in pa.table(packed).to_batches():
        writer.write(batch)
    writer.close()


def read_bands(paths: Sequence[str], order: StoredOrder, low: int, high: int) -> pa.Table:
    """hash, number, sketch, the order's columns: hashes from `low` to `high`, of all these files."""
    schema = arrow_schema("index_bands")
    found = [schema.empty_table()]
    for path in paths:
        _, part, _, parts = Path(path).stem.split("-")
        first, last = range_of(int(part), int(parts))
        if first <= high and last >= low:
            bounds = [("hash", ">=", low), ("hash", "<=", high)]
            found.append(pq.read_table(path, filters=bounds, partitioning=None).cast(schema))
    rows = pa.concat_tables(found).combine_chunks()
    columns = {"hash": rows["hash"], "number": rows["number"], "sketch": rows["sketch"]}
    for name, place in order:
        columns[name] = rows["segment"] if place is None else pc.list_element(rows["ranks"], place)
    return pa.table(columns)


def commit_generation(
    folder: Path,
    before: Sequence[Generation],
    generation: Generation,
    near: NearDuplicateSettings,
    work: Path,
    files: Mapping[str, Sequence[DataFile]],
) -> None:
    """Put a crawl's tables, written under `work`, into the index, behind those before it."""
    for name in TABLES:
        (work / name).mkdir(exist_ok=True)
        write_manifest(work / name, name, generation.made_from, files[name])
    target = folder / generation.name
    shutil.rmtree(target, ignore_errors=True)
    shutil.move(work, target)
    crawls = [asdict(each) for each in (*before, generation)]
    write_json(folder / INDEX_FILE, {"settings": fixed_settings(near), "crawls": crawls})
