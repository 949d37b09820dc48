"""Tables of a run: Parquet files beside a pointer that says which of them are the table.

    RUN/TABLE/<fingerprint>/part-….parquet      written by tasks, each file whole or not there
    RUN/TABLE/_manifest.json                    put last: the only thing that is replaced

So a table is there whole or not at all, and the one that stands is not touched before its successor is
whole. Corpus files keep plain names (store/corpus.py), because the ledger cites them; of the corpus the pointer is
RUN/corpus.manifest.json, as tools that are given a folder take every file in it for data. `ledger_decided`, what
`decide` writes of the ledger, lies in the ledger's folder.

Not handled: what a table is made from (run/engine.py), rows (reading.py, writing.py).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import Field

from ccnet_lite.store.digest import MODULUS, digest_text
from ccnet_lite.store.json_files import DamagedJson, Stored, read_json, read_stored, write_json
from ccnet_lite.store.places import Place
from ccnet_lite.store.schema import schema_json

MANIFEST = "_manifest.json"
MADE_ANEW = "call ccnet-lite run again, which makes the table anew"
REPLACING = "_replacing-"
"""With a fingerprint behind it: an empty file beside a table in PLAIN while its files are being replaced."""
FOLDERS = {"ledger_decided": "ledger"}
"""Tables that lie in another table's folder."""
PLAIN = ("corpus", "minified", "clean")
"""Tables for others to read, whose files have names that other tables cite: no fingerprint in their path, and
nothing but Parquet in their folder."""


class DataFile(Stored):
    """A Parquet file of a table: its name under the table's folder, and what it holds.

    first_shard, last_shard: the shards whose rows it holds, in the by-shard layout. digest: two sums of the
    rows' hashes (store/digest.py), as unsigned numbers. crc32: of the whole file; None where it was written
    before that was kept.
    """

    name: str
    rows: int
    bytes: int
    first_shard: int = -1
    last_shard: int = -1
    digest: tuple[int, int] = (0, 0)
    crc32: int | None = None


class Manifest(Stored):
    """What `_manifest.json` holds."""

    table: str
    fingerprint: str
    schema_version: int
    rows: int
    bytes: int
    digest: str
    inputs: dict[str, Any]
    """Settings, tables, models, archives, by name: why a later run makes it anew or keeps it."""
    tally: dict[str, Any]
    """What the step summed while it wrote."""
    figures: dict[str, Any] = Field(default_factory=dict)
    """What the step took, in the manifest of its first table: no two runs' are alike."""
    files: tuple[DataFile, ...]
    schema_name: str = ""
    """The schema of its rows, where that is not the table's own: a corpus has one for each form of its columns."""


@dataclass(frozen=True)
class Table:
    """A table that is whole."""

    name: str
    run: Place
    manifest: Manifest

    @property
    def folder(self) -> Place:
        """Where its files' names begin."""
        return self.run / FOLDERS.get(self.name, self.name)

    @property
    def files(self) -> tuple[DataFile, ...]:
        """Its files, in the order of their rows."""
        return self.manifest.files

    @property
    def rows(self) -> int:
        """Over all files."""
        return self.manifest.rows

    @property
    def digest(self) -> str:
        """Of its rows, whatever files they lie in."""
        return self.manifest.digest

    @property
    def schema(self) -> str:
        """The name of its rows' schema."""
        return self.manifest.schema_name or self.name

    @property
    def is_current(self) -> bool:
        """Whether it was written under today's schema."""
        return bool(self.manifest.schema_version == schema_json(self.schema)["version"])

    def place(self, file: DataFile) -> Place:
        """Where a file of it lies."""
        return self.folder / file.name

    @cached_property
    def by_shard(self) -> dict[int, list[DataFile]]:
        """The files that hold rows of each shard."""
        found: dict[int, list[DataFile]] = {}
        for file in self.files:
            for shard in range(file.first_shard, file.last_shard + 1):
                found.setdefault(shard, []).append(file)
        return found

    def damage(self) -> str:
        """What a listing shows to be wrong with its files; empty where nothing is."""
        there = dict(self.folder.entries())
        if any(name.startswith(REPLACING) and name != REPLACING + self.manifest.fingerprint for name in there):
            return f"{self.folder.shown} is in part replaced by another"
        for file in self.files:
            wrong = size_problem(there.get(file.name), file)
            if wrong:
                return f"{self.place(file).shown} {wrong}"
        return ""


def size_problem(size: int | None, file: DataFile) -> str:
    """What is wrong with a file by what a listing says of it (None: nothing); empty where nothing is."""
    if size == file.bytes:
        return ""
    return "is missing" if size is None else f"has {size:,} bytes, not {file.bytes:,}"


def files_folder(run: Place, table: str, fingerprint: str) -> Place:
    """Where a task writes a table's files."""
    folder = run / FOLDERS.get(table, table)
    return folder if table in PLAIN else folder / fingerprint


def file_name(table: str, fingerprint: str, name: str) -> str:
    """A file's name under its table's folder."""
    return name if table in PLAIN else f"{fingerprint}/{name}"


def pointer(run: Place, table: str) -> Place:
    """The manifest's place."""
    if table in PLAIN:
        return run / f"{table}.manifest.json"
    own = table not in FOLDERS
    return run / FOLDERS.get(table, table) / (MANIFEST if own else f"_manifest.{table}.json")


def load_table(run: Place, name: str, sealed: bool = True) -> Table | None:
    """The table, or None when it is not there or not whole.

    sealed: whether its manifest's own digest has to hold.

    Raises:
        DamagedJson: its manifest is damaged. OSError: it cannot be read.
    """
    place = pointer(run, name)
    try:
        manifest = read_stored(place, Manifest, MADE_ANEW, sealed)
        if manifest is not None and manifest.table != name:
            raise DamagedJson(f"{place.shown} is damaged (it is of the table {manifest.table})", MADE_ANEW)
    except DamagedJson:
        if is_of_first_form(place):
            return None
        raise
    return None if manifest is None else Table(name, run, manifest)


def is_of_earlier_version(run: Place, name: str) -> bool:
    """Whether a table in PLAIN lies there as it did before its manifest was beside its folder."""
    return (run / name / MANIFEST).exists()


def begin_replacing(run: Place, name: str, fingerprint: str) -> None:
    """Say that a table's files are about to be written over, where they keep their names.

    One of other rows may have as many bytes, so their sizes would not tell.
    """
    if name in PLAIN:
        (run / name / f"{REPLACING}{fingerprint}").write_bytes(b"")


def is_of_first_form(place: Place) -> bool:
    """Whether a manifest is of the layout in which tables were moved into place; these are made anew."""
    try:
        stored = read_json(place)
    except (OSError, ValueError):
        return False
    return isinstance(stored, dict) and "made_from" in stored and "inputs" not in stored


def put_table(
    run: Place,
    name: str,
    fingerprint: str,
    files: Iterable[DataFile],
    inputs: dict[str, Any] | None = None,
    tally: dict[str, Any] | None = None,
    figures: dict[str, Any] | None = None,
    schema_name: str = "",
) -> Table:
    """Make the files the table: write its manifest, then delete what it does not list.

    schema_name: of its rows' schema, where that is not the table's own.
    """
    listed = tuple(sorted((file for file in files if file.rows), key=lambda f: (f.first_shard, f.name)))
    manifest = Manifest(
        table=name,
        fingerprint=fingerprint,
        schema_version=schema_json(schema_name or name)["version"],
        rows=sum(file.rows for file in listed),
        bytes=sum(file.bytes for file in listed),
        digest=sum_digests(listed),
        inputs=inputs or {},
        tally=tally or {},
        figures=figures or {},
        files=listed,
        schema_name=schema_name,
    )
    write_json(pointer(run, name), manifest)
    return Table(name, run, manifest)


def sum_digests(files: Sequence[DataFile]) -> str:
    """The digest of all rows of some files."""
    first, second = (sum(file.digest[i] for file in files) % MODULUS for i in (0, 1))
    return digest_text(first, second)


def clear_older(run: Place, name: str) -> None:
    """Delete the files in a table's folder that no manifest there lists; to be called once it is whole.

    Nothing where the manifest of another table in the folder is damaged, so that what it lists is not known.
    """
    folder = FOLDERS.get(name, name)
    sharing = [folder, *(each for each, where in FOLDERS.items() if where == folder)]
    try:
        listed = {file.name for each in sharing if (table := load_table(run, each)) for file in table.files}
    except DamagedJson:
        return
    unlisted: set[str] = set()
    for entry in (run / folder).entries():
        if entry.name not in listed and (name in PLAIN or not entry.name.startswith("_manifest")):
            unlisted.add(entry.name)
    kept_folders = {name.partition("/")[0] for name in listed}
    for gone in sorted({name.partition("/")[0] for name in unlisted if "/" in name} - kept_folders):
        (run / folder / gone).delete_all()
        unlisted = {name for name in unlisted if not name.startswith(f"{gone}/")}
    for gone in sorted(unlisted):
        (run / folder / gone).delete()
