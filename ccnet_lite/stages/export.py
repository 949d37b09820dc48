"""Move the text that stays once, by language; score it where it lands, write the corpus and its ledger.

A part that is done says so by a marker and is neither sent nor written again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
from pyspark import SparkContext
from pyspark.sql import SparkSession

from ccnet_lite.kernels.assemble import Blob, assemble_shard
from ccnet_lite.kernels.corpus import PartSink
from ccnet_lite.stages.by_shard import DONE, Done, Work
from ccnet_lite.stages.layout import Layout
from ccnet_lite.stages.moving import Part, move_by_files, move_by_shuffle
from ccnet_lite.stages.telling import teller
from ccnet_lite.store.json_files import read_whole, write_json
from ccnet_lite.store.reading import ShardReader
from ccnet_lite.store.tables import Table

READERS = 16
"""Markers of an earlier try that are read at once."""
OpenPart = Callable[[str, int], PartSink]


def export_parts(
    context: SparkContext,
    session: Callable[[], SparkSession] | None,
    shards: list[int],
    layout: Layout,
    inputs: Mapping[str, Table],
    open_part: OpenPart,
    work: Work,
    cut: bool = False,
    own_scores: Sequence[str] = (),
) -> tuple[list[Done], int]:
    """Write every part of the layout that has no marker.

    Gives what all parts hold, by language and part, and the bytes that passed through files.

    session: gives Spark's, which shuffles the rows; None: tasks all run on this machine, and rows pass through
    files of its scratch folder. cut: whether spans are cut, where there is a table of them. own_scores: names of
    the user's own.
    """
    there = set((work.folder / DONE).children())
    marked = sorted(part for part in layout.tasks if f"{unit(*part)}.json" in there)
    with ThreadPoolExecutor(READERS) as pool:
        read = list(pool.map(lambda part: read_whole(work.marker(unit(*part)), Done), marked))
    found = [each for each in read if each is not None]
    done = {part for part, each in zip(marked, read, strict=True) if each is not None}
    if len(done) == len(layout.tasks):
        return found, 0
    held = context.broadcast((layout, done))
    tell = teller("", 0)

    def send(reader: ShardReader) -> Iterator[tuple[int, Blob]]:
        layout, done = held.value
        parts = {language: layout.part(language, reader.shard) for language in layout.languages}
        wanted = {language: (language, part) not in done for language, part in parts.items()}
        for blob in assemble_shard(reader, wanted, cut, own_scores):
            yield parts[blob.language], blob

    def take(part: Part, rows: Iterator[pa.RecordBatch]) -> str:
        marker = work.marker(unit(*part))
        # Another attempt of this task may have written it.
        said = read_whole(marker, Done)
        if said is None:
            sink = open_part(*part)
            try:
                for batch in rows:
                    sink.write(batch)
                files, tally = sink.close()
            except BaseException:
                sink.abandon()
                raise
            said = Done(files=files, tally=tally)
            write_json(marker, said)
        tell({"documents": sum(file.rows for file in said.files.get("ledger", []))})
        return said.model_dump_json()

    moved = 0
    if session is None:
        rows, moved = move_by_files(context, shards, inputs, send, take)
    else:
        tasks = {part: task for part, task in layout.tasks.items() if part not in done}
        rows = move_by_shuffle(session(), shards, inputs, send, take, tasks, layout.n_tasks)
    found += [Done.model_validate_json(said) for said in rows]
    held.destroy()
    return sorted(found, key=lambda each: (each.tally["language"], each.tally["part"])), moved


def unit(language: str, part: int) -> str:
    """The name of a part's marker."""
    return f"{language}-{part:05d}"
