"""Corpus files: corpus/language=xx/bucket=head/part-PPPPP-KKK.parquet.

PPPPP is the part of the language's documents, KKK the file within it. Both come from the settings and the
documents alone, so the same run under other partitions writes the same files.
"""

from pathlib import Path

import pyarrow as pa

from ccnet_lite.settings import ExportSettings
from ccnet_lite.store.schema import arrow_schema
from ccnet_lite.store.tables import PartWriter


class CorpusWriter:
    """Writes one part of one language; a new file begins when a bucket's file holds `file_bytes` of text."""

    def __init__(self, root: Path, language: str, part: int, settings: ExportSettings):
        self._root, self._language, self._part, self._settings = root, language, part, settings
        self._open: dict[str, PartWriter] = {}
        self._text_bytes: dict[str, int] = {}
        self._count: dict[str, int] = {}

    def write(
        self, scored: pa.RecordBatch, keep: list[bool], n_bytes: list[int]
    ) -> tuple[pa.Array, pa.Array]:
        """Write the rows to keep; gives each row's file (relative to the run) and number there, or null."""
        files: list[str | None] = []
        rows: list[int | None] = []
        schema = arrow_schema("corpus")
        buckets = scored["bucket"].to_pylist()
        gathered: dict[str, list[int]] = {}
        for number, (wanted, bucket, size) in enumerate(zip(keep, buckets, n_bytes, strict=True)):
            if not wanted:
                files.append(None)
                rows.append(None)
                continue
            if bucket in self._open and self._text_bytes[bucket] + size > self._settings.file_bytes:
                self._write_rows(scored, gathered.pop(bucket, []), bucket, schema)
                self._open.pop(bucket).close()
            if bucket not in self._open:
                self._begin(bucket)
            pending = gathered.setdefault(bucket, [])
            writer = self._open[bucket]
            files.append(f"corpus/language={self._language}/bucket={bucket}/{writer.path.name}")
            rows.append(writer.rows + len(pending))
            self._text_bytes[bucket] += size
            pending.append(number)
        for bucket, numbers in gathered.items():
            self._write_rows(scored, numbers, bucket, schema)
        return pa.array(files, pa.string()), pa.array(rows, pa.int64())

    def _begin(self, bucket: str) -> None:
        folder = self._root / f"language={self._language}" / f"bucket={bucket}"
        count = self._count.get(bucket, 0)
        self._count[bucket] = count + 1
        self._text_bytes[bucket] = 0
        self._open[bucket] = PartWriter(
            folder,
            "corpus",
            f"part-{self._part:05d}-{count:03d}.parquet",
            level=self._settings.compression_level,
            row_group_bytes=self._settings.row_group_bytes,
        )

    def _write_rows(self, scored: pa.RecordBatch, numbers: list[int], bucket: str, schema: pa.Schema) -> None:
        if numbers:
            self._open[bucket].write(scored.take(pa.array(numbers)).select(schema.names))

    def close(self) -> None:
        """Make the files appear."""
        for writer in self._open.values():
            writer.close()
        self._open = {}

    def abandon(self) -> None:
        """After an error: no file of this part that was still open appears."""
        for writer in self._open.values():
            writer.abandon()
        self._open = {}
