"""A finished run as a notebook uses it: its tables in Arrow, DuckDB or Spark, its counts, a document's life."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.dataset as ds

from ccnet_lite.errors import UserError
from ccnet_lite.finished.explain import Life, explain
from ccnet_lite.finished.folders import Folder
from ccnet_lite.finished.opened import Opened
from ccnet_lite.finished.opened import open_run as opened_run
from ccnet_lite.finished.search import Found, find
from ccnet_lite.run.funnel import FunnelRow
from ccnet_lite.run.manifest import RunManifest
from ccnet_lite.settings import Settings
from ccnet_lite.store.corpus import corpus_file
from ccnet_lite.store.places import filesystem
from ccnet_lite.store.reading import read_table
from ccnet_lite.store.schema import arrow_schema
from ccnet_lite.store.tables import Table

if TYPE_CHECKING:
    import duckdb
    from pyspark.sql import DataFrame, SparkSession


class FinishedRun:
    """A finished run, opened to be read; nothing of it is changed. `open_run` makes one."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened

    def __repr__(self) -> str:
        return f"FinishedRun({self._opened.place.shown!r})"

    @property
    def manifest(self) -> RunManifest:
        """What manifest.json says: settings, archives, models, tables, figures."""
        return self._opened.manifest

    @property
    def settings(self) -> Settings:
        """The settings it was made with."""
        return self._opened.settings

    @property
    def funnel(self) -> list[FunnelRow]:
        """Its ledger, counted: records and characters by language, outcome, stage and rule."""
        return self._opened.funnel

    @cached_property
    def tables(self) -> dict[str, int]:
        """The names of its tables (docs/schema.md tells of their columns), each with its rows."""
        return {name: table.rows for name, table in sorted(self._opened.manifest.tables.items())}

    def files(self, table: str) -> list[str]:
        """Paths or URIs of a table's Parquet files, in the order of their rows, for a tool of your own.

        Raises:
            UserError: the run has no such table.
        """
        found = self._table(table)
        return [str(found.place(file)) for file in found.files]

    def arrow(self, table: str, columns: Sequence[str] | None = None) -> pa.Table:
        """A table, or some of its columns, in memory. For a large one see `dataset` or `duckdb`.

        Raises:
            UserError: the run has no such table, or the table no such column.
        """
        return _read(self._table(table), columns)

    def dataset(self, table: str) -> ds.Dataset:
        """A table as a pyarrow dataset, of which no more is read than what is asked of it.

        Raises:
            UserError: the run has no such table.
        """
        found = self._table(table)
        schema = arrow_schema(found.schema)
        if not found.files:
            return ds.dataset(schema.empty_table())
        # Format and schema are known: no file is opened to find them out.
        files, _ = filesystem(found.run)
        paths = [filesystem(found.place(file))[1] for file in found.files]
        return ds.dataset(paths, schema=schema, format="parquet", filesystem=files)

    def duckdb(self) -> "duckdb.DuckDBPyConnection":
        """A new DuckDB connection in which each table of the run is a table of SQL, read as it is asked for.

        Raises:
            UserError: DuckDB is not installed.
        """
        try:
            import duckdb
        except ImportError:
            raise UserError("DuckDB is not installed: pip install 'ccnet_lite[duckdb]'") from None
        connection = duckdb.connect()
        for name in self.tables:
            connection.register(name, self.dataset(name))
        return connection

    def spark(self, table: str, session: "SparkSession | None" = None) -> "DataFrame":
        """A table as a Spark DataFrame. session: by default the active one, or a new local one.

        Raises:
            UserError: the run has no such table, or no row in it.
        """
        from pyspark.sql import SparkSession

        paths = self.files(table)
        if not paths:
            raise UserError(
                f"{self._opened.place.shown}: its table {table} has no row, so there is nothing to read"
            )
        if session is None:
            session = SparkSession.getActiveSession() or SparkSession.builder.master("local[*]").getOrCreate()
        folder = str(self._table(table).folder)
        names = arrow_schema(self._table(table).schema).names
        # The base path keeps what folders are named by from passing for columns of the table.
        return session.read.option("basePath", folder).parquet(*paths).select(*names)

    def ledger(self, columns: Sequence[str] | None = None) -> pa.Table:
        """The ledger, or some of its columns: a row for every input record, and what became of it."""
        return self.arrow("ledger", columns)

    def statistics(self) -> pa.Table:
        """Documents, lines, characters, bytes, words and tokens of the corpus by language and bucket."""
        return self.arrow("statistics")

    def sampling(self) -> pa.Table:
        """p, q, factors and epochs by language and alpha: how the languages are to be sampled."""
        return self.arrow("sampling")

    def corpus(self, language: str = "", bucket: str = "", columns: Sequence[str] | None = None) -> pa.Table:
        """The corpus, or a language or bucket of it, in memory; only the files that hold it are read.

        language: its code in the ledger, as sw.

        Raises:
            UserError: the corpus has nothing of it; or no such column.
        """
        whole = self._table("corpus")
        named = [(file, corpus_file(file.name)) for file in whole.files]
        chosen = [f for f, said in named if language in ("", said.language) and bucket in ("", said.bucket)]
        if not chosen:
            there = sorted({f"{said.language}/{said.bucket}" for _, said in named})
            asked = "/".join(each for each in (language, bucket) if each) or "document"
            raise UserError(f"{self._opened.place.shown} has no {asked}: it has {', '.join(there) or 'none'}")
        part = whole.manifest.model_copy(update={"files": tuple(chosen)})
        return _read(Table(whole.name, whole.run, part), columns)

    def find(self, asked: str) -> list[Found]:
        """The documents of a URL or doc_id; of a URL there may be several.

        Raises:
            UserError: there is none; names what is like it.
        """
        return find(self._opened, asked)

    def explain(self, asked: str | Found) -> Life:
        """One document's life: where it was read, its lines and why each stays or goes, rules, copies, perplexity.

        asked: a URL (of several documents, the first), a doc_id, or one of what `find` gives.

        Raises:
            UserError: there is none; names what is like it.
        """
        found = asked if isinstance(asked, Found) else self.find(asked)[0]
        return explain(self._opened, found)

    def _table(self, name: str) -> Table:
        if not self._opened.has(name):
            there = ", ".join(self.tables)
            raise UserError(f"{self._opened.place.shown} has no table {name}: it has {there}")
        return self._opened.table(name)


def open_run(run: Folder) -> FinishedRun:
    """Open a finished run.

    run: its folder, a path or a URI of a store.

    Raises:
        UserError: the folder holds none, or a minified one, which has no text.
    """
    return FinishedRun(opened_run(run))


def _read(table: Table, columns: Sequence[str] | None) -> pa.Table:
    names = arrow_schema(table.schema).names
    for name in columns or ():
        if name not in names:
            raise UserError(f"the table {table.name} has no column {name}: it has {', '.join(names)}")
    return read_table(table, columns)
