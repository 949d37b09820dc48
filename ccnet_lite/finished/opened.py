"""A finished run as the commands read it that answer from its tables alone: no Spark, nothing written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import ValidationError

from ccnet_lite.errors import UserError
from ccnet_lite.finished.folders import MINIFIED_FILE, Folder
from ccnet_lite.kernels.own_scores import TABLE, with_own_scores
from ccnet_lite.run.funnel import FunnelRow, without_language
from ccnet_lite.run.manifest import RunManifest, read_manifest
from ccnet_lite.settings import Settings
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import ShardReader, open_parquet, read_file, read_shard
from ccnet_lite.store.schema import arrow_schema, schema_json
from ccnet_lite.store.tables import DataFile, Table, load_table

BATCH_ROWS = 1 << 16
AGAIN = "call ccnet-lite run again, which makes it anew"


@dataclass
class Opened:
    """A finished run: its manifest, its settings, and its tables as they are asked for."""

    place: Place
    manifest: RunManifest
    _tables: dict[str, Table] = field(default_factory=dict)

    @cached_property
    def settings(self) -> Settings:
        """Its settings, checked.

        Raises:
            UserError: they are those of another version.
        """
        try:
            return Settings.model_validate(self.manifest.settings)
        except ValidationError:
            raise UserError(f"{self.place.shown}: its settings are those of another version: {AGAIN}") from None

    @property
    def funnel(self) -> list[FunnelRow]:
        """Its ledger, counted; documents below the language threshold are charged to no language."""
        low = self.manifest.low
        rows = [FunnelRow(**row) for row in self.manifest.funnel]
        return without_language(rows, None if low is None else [FunnelRow(**row) for row in low])

    def has(self, name: str) -> bool:
        """Whether the run has such a table."""
        return name in self.manifest.tables

    def table(self, name: str) -> Table:
        """A table of the run.

        Raises:
            UserError: it is not there, or of another schema.
        """
        if name not in self._tables:
            table = load_table(self.place, name) if self.has(name) else None
            if table is None:
                why = "the text of its documents was removed" if name == "documents" else "the table is missing"
                raise UserError(f"{self.place.shown} holds no {name}, so {why}: {AGAIN}")
            if not table.is_current:
                raise UserError(
                    f"{self.place.shown}: its {name} has schema version {table.manifest.schema_version}, not "
                    f"{schema_json(table.schema)['version']}: {AGAIN}"
                )
            self._tables[name] = table
        return self._tables[name]

    def reader(self, shard: int, *names: str) -> ShardReader:
        """One shard's rows of some tables; of those that the run does not have, none."""
        return ShardReader({name: self.table(name) for name in names if self.has(name)}, shard)

    def row(self, name: str, shard: int, doc_id: str, columns: Sequence[str]) -> pa.Table | None:
        """A document's row of a table that is by shard, None where it has none there."""
        for batch in read_shard(self.table(name), shard, ["doc_id", *(c for c in columns if c != "doc_id")]):
            at = pc.index(batch["doc_id"], doc_id).as_py()
            if at >= 0:
                return pa.Table.from_batches([batch]).take([at])
        return None

    def rows_where(self, name: str, column: str, value: str, columns: Sequence[str]) -> list[dict[str, Any]]:
        """All rows of a table, as dicts of some columns, of which one holds a value: the whole table is read."""
        table, found = self.table(name), []
        for file in table.files:
            for batch in read_file(table.place(file), columns, 1 << 16, file):
                found += batch.filter(pc.equal(batch[column], value)).to_pylist()
        return found

    def url(self, shard: int, doc_id: str) -> str:
        """A document's URL; empty where it is not there."""
        document = self.row("documents", shard, doc_id, ["url"])
        return "" if document is None else str(document["url"][0].as_py())

    def signals(self, shard: int, doc_id: str, names: Sequence[str]) -> pa.Table | None:
        """A document's row of `signals`, of which the user's own scores may be some."""
        quality = self.settings.quality
        own = [name for name in names if name in quality.scores_columns]
        row = self.row("signals", shard, doc_id, [name for name in names if name not in own])
        return with_own_scores(row, self.reader(shard, TABLE), quality, own) if own and row is not None else row

    def rows(self, name: str, numbers: Mapping[DataFile, Sequence[int]], columns: Sequence[str]) -> Iterator[Any]:
        """Rows of a table's files by their numbers there (ascending), as dicts: only their row groups are read."""
        table = self.table(name)
        for file, wanted in numbers.items():
            with open_parquet(table.place(file), file) as parquet:
                first = 0
                for group in range(parquet.num_row_groups):
                    end = first + parquet.metadata.row_group(group).num_rows
                    here = [number - first for number in wanted if first <= number < end]
                    if here:
                        yield from parquet.read_row_group(group, columns=list(columns)).take(here).to_pylist()
                    first = end


def open_run(run: Folder) -> Opened:
    """Open a finished run.

    Raises:
        UserError: the folder holds none, or a minified one, which has no text.
    """
    place = Place.of(run)
    if (place / MINIFIED_FILE).exists():
        raise UserError(
            f"{place.shown} is a minified run, without text and tables: give the run that it was made of"
        )
    return Opened(place, read_manifest(place))


def batches(table: Table, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Some columns of a table's rows, file by file, with the types of its schema."""
    schema = pa.schema([arrow_schema(table.schema).field(name) for name in columns])
    for file in table.files:
        for batch in read_file(table.place(file), columns, BATCH_ROWS, file):
            yield batch.select(list(columns)).cast(schema)


def differing(first: dict[str, Any], second: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """(name, of the first, of the second) where two flat dictionaries differ, None where one has no such name."""
    names = sorted(first.keys() | second.keys())
    return [(n, first.get(n), second.get(n)) for n in names if first.get(n) != second.get(n)]


def flat(settings: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Settings by section.key.

    >>> flat({"language": {"threshold": 0.5}})
    {'language.threshold': 0.5}
    """
    return {f"{section}.{key}": value for section, keys in settings.items() for key, value in keys.items()}
