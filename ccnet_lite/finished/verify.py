"""Check a finished run against its manifests: files, rows, schemas, digests, sums. Nothing is written.

Every file is read once and counted anew (contents.py), and what has to agree is held against each other
(agreement.py). The driver lists the folders, reads what is of no table, and adds up.
"""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ccnet_lite.errors import RunFailed, UserError
from ccnet_lite.finished.agreement import check_contents, file_problems, manifest_problems
from ccnet_lite.finished.contents import Listed, read_files
from ccnet_lite.finished.folders import Folder
from ccnet_lite.kernels.quarantine import QUARANTINE
from ccnet_lite.kernels.recount import Recount
from ccnet_lite.run.manifest import MANIFEST_FILE, TableSummary, read_manifest
from ccnet_lite.run.session import start_session
from ccnet_lite.settings import SparkSettings
from ccnet_lite.store.places import Place
from ccnet_lite.store.schema import schema_json
from ccnet_lite.store.tables import FOLDERS, DataFile, Table, load_table, pointer, size_problem

LISTERS = 8
"""Folders that are listed at once."""


@dataclass(frozen=True)
class Verdict:
    """What was found: every problem as a line, and each table's digest and rows as recomputed."""

    problems: tuple[str, ...]
    tables: dict[str, dict[str, str | int]]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def verify(folder: Folder, spark: SparkSettings) -> Verdict:
    """Recompute everything that the manifests say of a run's tables and other files.

    Raises:
        UserError: the folder holds no finished run, or its manifest.json is damaged.
    """
    place = Place.of(folder)
    manifest = read_manifest(place, sealed=False)
    of_files = list(file_problems(place, manifest))
    problems: list[str] = []
    tables: dict[str, Table] = {}
    for name, summary in manifest.tables.items():
        try:
            table = load_table(place, name, sealed=manifest.files is None)
            if table is None:
                problems.append(f"{name}: the table is missing: {pointer(place, name).shown} is not there")
                continue
            problems += summary_problems(table, summary)
        except (UserError, OSError, ValueError) as error:
            problems.append(f"{name}: {error}")
            continue
        tables[name] = table
    whole, found = listing_problems(place, tables)
    problems += found
    found, counted = read_files(start_session(spark, "ccnet_lite verify"), whole)
    problems += found
    for name, table in tables.items():
        said = manifest.tables[name]
        # Without all its files a table's digest says nothing; which of them are amiss has been said.
        if name not in counted and not table.files:
            counted[name] = Recount()
        now = counted.get(name)
        if now is None or _amiss(name, problems):
            continue
        if (now.digest_text, now.rows) != (said.digest, said.rows):
            problems.append(
                f"{name}: its content has changed: digest {now.digest_text} and {now.rows:,} rows, not "
                f"{said.digest} and {said.rows:,}"
            )
    if not problems:
        try:
            problems += manifest_problems(place, manifest, tables)
            check_contents(counted, manifest)
        except RunFailed as error:
            problems.append(str(error))
        except (ValueError, TypeError, KeyError, AttributeError):
            if not of_files:  # what a changed manifest says may be anything
                raise
    problems = of_files + problems
    ok = {name: now for name, now in counted.items() if not _amiss(name, problems)}
    shown: dict[str, dict[str, str | int]] = {
        name: {"digest": now.digest_text, "rows": now.rows} for name, now in ok.items()
    }
    return Verdict(tuple(problems), shown)


def _amiss(table: str, problems: Iterable[str]) -> bool:
    """Whether files of a table have been named, so that what was counted is not all of it."""
    return any(problem.startswith(f"{table}: ") and ".parquet" in problem for problem in problems)


# ---- what the manifests and the listing say ------------------------------------------------------------


def summary_problems(table: Table, said: TableSummary) -> Iterator[str]:
    """Where a table's own manifest and the run's differ, or either from this version's schema."""
    version, name = schema_json(table.schema)["version"], table.name
    if not table.is_current:
        yield f"{name}: schema version {table.manifest.schema_version}, not {version}: run again"
    for what in ("digest", "rows", "bytes", "fingerprint", "schema_version"):
        own, of_run = getattr(table.manifest, what), getattr(said, what)
        if own != of_run:
            yield f"{name}: {what} {own} in its manifest, {of_run} in {MANIFEST_FILE}"


def listing_problems(run: Place, tables: Mapping[str, Table]) -> tuple[list[Listed], list[str]]:
    """The files that are there in full, and a line for each that is missing, cut, or of no table."""
    folders = sorted({FOLDERS.get(name, name) for name in tables})
    whole: list[Listed] = []
    problems: list[str] = []

    def entries(folder: str) -> dict[str, int] | OSError:
        try:
            return dict((run / folder).entries())
        except OSError as error:
            return error

    with ThreadPoolExecutor(LISTERS) as pool:
        found = dict(zip(folders, pool.map(entries, folders), strict=True))
    for folder, there in found.items():
        if isinstance(there, OSError):
            problems.append(f"{folder}: {(run / folder).shown} cannot be listed: {there}")
            continue
        listed: dict[str, list[tuple[str, DataFile]]] = {}
        for name, table in tables.items():
            if FOLDERS.get(name, name) == folder:
                for file in table.files:
                    listed.setdefault(file.name, []).append((name, file))
        for file_name, of in listed.items():
            place, file, names = run / folder / file_name, of[0][1], tuple(name for name, _ in of)
            if wrong := size_problem(there.get(file_name), file):
                problems += [f"{name}: {place.shown} {wrong}" for name in names]
            else:
                rest = (file.rows, file.bytes, file.digest, file.crc32)
                whole.append(Listed(place.uri, file_name, *rest, names, tables[names[0]].schema))
        own = {pointer(run, name).name for name in tables if FOLDERS.get(name, name) == folder}
        problems += [
            f"{folder}: {(run / folder / name).shown} lies there and is no file of the table"
            for name in sorted(there.keys() - listed.keys() - own)
        ]
    aside, missing = set_aside(run, tables)
    return whole + aside, problems + missing


def set_aside(run: Place, tables: Mapping[str, Table]) -> tuple[list[Listed], list[str]]:
    """As `listing_problems`, of the files in quarantine/."""
    whole, problems = [], []
    noted = tables["documents"].manifest.tally.get("quarantine", []) if "documents" in tables else []
    try:
        files = [DataFile(name=name, rows=0, bytes=size, crc32=crc32) for name, size, crc32 in noted]
    except (ValueError, TypeError):
        return [], []  # the table's manifest has changed, which has been said
    there = {f"{QUARANTINE}/{name}": size for name, size in (run / QUARANTINE).entries()}
    for name in sorted(there.keys() - {file.name for file in files}):
        problems.append(f"{name}: {(run / name).shown} lies there and is no file of the run")
    for file in files:
        name = file.name
        if wrong := size_problem(there.get(name), file):
            problems.append(f"{name}: {(run / name).shown} {wrong}")
        else:
            whole.append(Listed((run / name).uri, name, 0, file.bytes, (0, 0), file.crc32, ()))
    return whole, problems
