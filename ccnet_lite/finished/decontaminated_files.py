"""The corpus file by file: what is contaminated, what was spared, what is clean.

One task some corpus files reads them with pyarrow, asks what was found in each batch, and writes the rest of each
file and a row of `contaminated/` or `spared/` for each thing found. Files get their final names one by one.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from pyspark.sql import SparkSession

from ccnet_lite.kernels.decontaminate import Found, Overlap, Reference, found_rows, spared_for
from ccnet_lite.settings import ExportSettings
from ccnet_lite.stages.items import ask_items
from ccnet_lite.store.json_files import Stored
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import read_file
from ccnet_lite.store.schema import arrow_schema
from ccnet_lite.store.tables import DataFile, Table
from ccnet_lite.store.writing import PartWriter

Find = Callable[[pa.RecordBatch, int], list[Found]]
"""What is found in a batch of a corpus file, which begins at a row of it."""
FindIn = Callable[[int], Find]
"""What finds in the file of a number."""
REASONS = ("common", "reviewed")


class Searched(Stored):
    """What a task did with a corpus file.

    by_reference: documents that hold an item of each. spared: by reason, hits and documents that are clean for
    nothing else. used: ids of the reviewer's list that were met.
    """

    read: int
    contaminated: int
    by_reference: tuple[int, ...]
    spared: dict[str, tuple[int, int]]
    used: tuple[str, ...]
    files: dict[str, DataFile]


def write_files(
    session: SparkSession,
    corpus: Table,
    find_in: FindIn,
    references: Sequence[Reference],
    overlap: Overlap,
    innocent: frozenset[str],
    folder: Place,
    export: ExportSettings | None,
) -> list[Searched]:
    """Write contaminated/, spared/ and, with export's settings, clean/; gives what was done, by corpus file."""
    made_of, schema = corpus.manifest.fingerprint, corpus.schema
    sizes: dict[str, Any] = (
        {} if export is None else {"level": export.compression_level, "row_group_bytes": export.row_group_bytes}
    )
    writes_clean = export is not None

    def work_on(item: tuple[int, DataFile]) -> str:
        number, file = item
        part = f"part-{number:06d}.parquet"
        writers = {name: PartWriter(folder, name, made_of, part) for name in ("contaminated", "spared")}
        if writes_clean:
            writers["clean"] = PartWriter(folder, "clean", made_of, file.name, **sizes, schema_name=schema)
        counted = _Counted(len(references))
        find = find_in(number)
        try:
            for batch in read_file(corpus.place(file), file=file):
                rows = found_rows(batch, counted.read, file.name, find(batch, counted.read), references)
                convicting, spared = _parted(rows, overlap.min_weighted, innocent)
                dirty = counted.add(batch.num_rows, convicting, spared, references, innocent)
                for name, some in (("contaminated", convicting), ("spared", spared)):
                    writers[name].write(pa.RecordBatch.from_pylist(some, arrow_schema(name)))
                if writes_clean:
                    writers["clean"].write(batch.filter(pa.array(~dirty)))
            files = {}
            for name in list(writers):
                writer = writers.pop(name)
                if writer.rows:
                    files[name] = writer.close()
                else:
                    writer.abandon()
        except BaseException:
            for writer in writers.values():
                writer.abandon()
            raise
        return counted.searched(files).model_dump_json()

    said = ask_items(session.sparkContext, list(enumerate(corpus.files)), work_on)
    return [Searched.model_validate_json(each) for each in said]


Rows = list[dict[str, Any]]


def _parted(rows: Rows, min_weighted: float, innocent: frozenset[str]) -> tuple[Rows, Rows]:
    """Those that convict, and those that do not, with why."""
    convicting: Rows = []
    spared: Rows = []
    for row in rows:
        reason = spared_for(row, min_weighted, innocent)
        if reason:
            spared.append({**row, "reason": reason})
        else:
            convicting.append(row)
    return convicting, spared


class _Counted:
    """What is summed over a corpus file."""

    def __init__(self, n_references: int) -> None:
        self.read = self.contaminated = 0
        self._by_reference = [0] * n_references
        self._hits, self._documents = dict.fromkeys(REASONS, 0), dict.fromkeys(REASONS, 0)
        self._used: set[str] = set()

    def add(
        self,
        n_rows: int,
        convicting: Rows,
        spared: Rows,
        references: Sequence[Reference],
        innocent: frozenset[str],
    ) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Count a batch; gives which of its rows are contaminated."""
        dirty = np.zeros(n_rows, np.bool_)
        at = {row["corpus_row"]: row["corpus_row"] - self.read for row in convicting}
        dirty[list(at.values())] = True
        held = {(row["reference"], row["corpus_row"]) for row in convicting}
        for number, reference in enumerate(references):
            self._by_reference[number] += sum(path == reference.path for path, _ in held)
        why: dict[int, str] = {}
        for row in spared:
            self._hits[row["reason"]] += 1
            self._used |= innocent & {row["hit_id"], row["doc_id"]}
            if row["corpus_row"] not in at and why.get(row["corpus_row"]) != "reviewed":
                why[row["corpus_row"]] = row["reason"]
        for reason in why.values():
            self._documents[reason] += 1
        self.read += n_rows
        self.contaminated += len(at)
        return dirty

    def searched(self, files: dict[str, DataFile]) -> Searched:
        """The sums, with the files that were written."""
        return Searched(
            read=self.read,
            contaminated=self.contaminated,
            by_reference=tuple(self._by_reference),
            spared={reason: (self._hits[reason], self._documents[reason]) for reason in REASONS},
            used=tuple(sorted(self._used)),
            files=files,
        )
