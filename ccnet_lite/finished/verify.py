"""Check a finished run against its manifest: files, rows, schemas, digests, sums. Nothing is written."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from ccnet_lite.errors import RunFailed
from ccnet_lite.quality.buckets import Cutoffs
from ccnet_lite.run.checks import check_sums
from ccnet_lite.run.digests import table_digests
from ccnet_lite.run.engine import Models, Run
from ccnet_lite.run.finish import MANIFEST_FILE, read_manifest
from ccnet_lite.run.folder import held_shards
from ccnet_lite.settings import Settings, SparkSettings
from ccnet_lite.store.schema import arrow_schema, difference, schema_json
from ccnet_lite.store.tables import Table, load_table


@dataclass(frozen=True)
class Verdict:
    """What was found: every problem as a line, and each table's digest and rows as recomputed."""

    problems: tuple[str, ...]
    tables: dict[str, dict[str, str | int]]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def verify(folder: Path, spark: SparkSettings) -> Verdict:
    """Recompute everything that the manifest says of a run's tables.

    Raises:
        UserError: the folder holds no finished run.
    """
    manifest = read_manifest(folder)
    shards = held_shards(folder) or []
    models = Models(Path(), {}, Cutoffs({}), {})
    run = Run(folder.resolve(), shards, Settings(spark=spark), models)
    problems: list[str] = []
    for name, said in manifest["tables"].items():
        table = load_table(run.folder, name)
        if table is None:
            problems.append(f"{name}: the table is missing")
            continue
        found = list(file_problems(table, said))
        problems += found
        if not found:
            run.tables[name] = table
    digests = table_digests(run.spark, run.tables)
    for name, found_digest in digests.items():
        said = manifest["tables"][name]
        if (found_digest["digest"], found_digest["rows"]) != (said["digest"], said["rows"]):
            problems.append(
                f"{name}: its content has changed: digest {found_digest['digest']}, not {said['digest']}"
            )
    if not problems:
        try:
            check_sums(run)
        except RunFailed as error:
            problems.append(str(error))
    return Verdict(tuple(problems), digests)


def file_problems(table: Table, said: dict[str, Any]) -> list[str]:
    """What is wrong with a table's files: missing, of another schema, of another number of rows."""
    problems = []
    if not table.is_current:
        version = schema_json(table.name)["version"]
        problems.append(f"{table.name}: schema version {table.schema_version}, not {version}: run again")
    rows = 0
    for file in table.files:
        path = Path(table.folder) / file.name
        try:
            parquet = pq.ParquetFile(path)
        except (OSError, ValueError) as error:
            problems.append(f"{table.name}: {path} cannot be read: {error}")
            continue
        rows += parquet.metadata.num_rows
        wrong = difference(arrow_schema(table.name), parquet.schema_arrow)
        if wrong:
            problems.append(f"{table.name}: {path} does not fit schemas/{table.name}.json: {wrong}")
    if not problems and rows != said["rows"]:
        problems.append(f"{table.name}: {rows:,} rows in its files, {said['rows']:,} in {MANIFEST_FILE}")
    listed = {file.name for file in table.files}
    present = {path.relative_to(table.folder).as_posix() for path in Path(table.folder).rglob("*.parquet")}
    problems += [
        f"{table.name}: {name} lies there and is no file of the table" for name in sorted(present - listed)
    ]
    return problems
