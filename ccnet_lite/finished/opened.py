"""A finished run as the commands read it that answer from its tables alone, without Spark."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from ccnet_lite.errors import UserError
from ccnet_lite.finished.folders import Folder
from ccnet_lite.run.funnel import FunnelRow
from ccnet_lite.run.manifest import RunManifest, read_manifest
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import read_file
from ccnet_lite.store.schema import arrow_schema, schema_json
from ccnet_lite.store.tables import Table, load_table

BATCH_ROWS = 1 << 16


@dataclass(frozen=True)
class Opened:
    """A finished run: its folder and its manifest.json."""

    place: Place
    manifest: RunManifest

    @property
    def funnel(self) -> list[FunnelRow]:
        """Its ledger, counted."""
        return [FunnelRow(**row) for row in self.manifest.funnel]

    def table(self, name: str) -> Table:
        """One of its tables.

        Raises:
            UserError: it is not there, or has the schema of another version.
        """
        table = load_table(self.place, name)
        if table is None or name not in self.manifest.tables:
            raise UserError(f"{self.place.shown} holds no table {name}: run jobs/run_pipeline.py again")
        if not table.is_current:
            raise UserError(
                f"{self.place.shown}: its table {name} has schema version {table.manifest.schema_version}, not "
                f"{schema_json(name)['version']}: run jobs/run_pipeline.py again, which makes it anew"
            )
        return table


def open_run(run: Folder) -> Opened:
    """The finished run of a folder.

    Raises:
        UserError: the folder holds none.
    """
    place = Place.of(run)
    return Opened(place, read_manifest(place))


def batches(table: Table, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Some columns of a table's rows, file by file, with the types of its schema."""
    schema = pa.schema([arrow_schema(table.name).field(name) for name in columns])
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
