"""manifest.json: settings, versions, digests, counts of a finished run, which another of the same must equal.

It carries its own digest (store/json_files.py) and those of all other files of the run but the tables'
Parquet files, whose digests lie beside them. That tells whatever happened to a run by accident, and an edit
that leaves the digest as it was. It is no signature: whoever writes a digest to fit the edit is found out
only as far as the tables say otherwise (finished/verify.py).
"""

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from ccnet_lite import __version__
from ccnet_lite.errors import UserError
from ccnet_lite.run.figures import Figures
from ccnet_lite.run.folder import RUN_FILE
from ccnet_lite.run.funnel import FunnelRow, build_funnel, without_language
from ccnet_lite.run.outliers import outliers
from ccnet_lite.sampling.plan import FILE_NAME
from ccnet_lite.settings import Settings, canonical_json
from ccnet_lite.store.json_files import Stored, read_stored, write_json
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import BLOCK, read_table
from ccnet_lite.store.tables import pointer

if TYPE_CHECKING:  # who reads a manifest needs no Spark
    from ccnet_lite.run.engine import Run

MANIFEST_FILE = "manifest.json"
FILLED = ("report",)
"""Folders of a run that hold no table; quarantine, whose files may be many, is in the tally of `documents`."""


class TableSummary(Stored):
    """What the manifest says of a table."""

    fingerprint: str
    schema_version: int
    bytes: int
    digest: str
    rows: int


class SmallFile(Stored):
    """What the manifest says of a file that is of no table."""

    bytes: int
    sha256: str


class RunManifest(Stored):
    """What manifest.json holds. archives: name to SHA-256; models: setting to SHA-256.

    files: by name in the run's folder; None in one that was written before there were any.
    """

    format: Literal["ccnet_lite.run"]
    version: str
    settings: dict[str, dict[str, Any]]
    settings_digest: str
    models: dict[str, str]
    archives: dict[str, str]
    unread_archives: dict[str, str]
    """Of archives that ingest.max_unread_archives let pass: name to why they could not be read."""
    tables: dict[str, TableSummary]
    funnel: list[dict[str, Any]]
    low: list[dict[str, Any]] | None = None
    """Of the funnel, documents below the language threshold; None where they were not counted."""
    outliers: list[dict[str, Any]] = Field(default_factory=list)
    """Rules that take unusually much of a language (run/outliers.py)."""
    figures: dict[str, Figures] = Field(default_factory=dict)
    """What each step took, by its name, when its tables were made: no two runs' are alike."""
    files: dict[str, SmallFile] | None = None


def write_manifest(run: "Run") -> RunManifest:
    """Write it, of a run whose tables are whole and whose other files are there."""
    archives = read_table(run.tables["archives"], ["cc_segment", "sha256"])
    low = run.tally("decisions").get("low")
    funnel = [FunnelRow(*row) for row in run.tally("ledger")["funnel"]]
    low_rows = None if low is None else [FunnelRow(*row) for row in low]
    segments = {shard.index: shard.segment for shard in run.shards}
    manifest = RunManifest(
        format="ccnet_lite.run",
        version=__version__,
        settings=run.settings.model_dump(mode="json"),
        settings_digest=settings_digest(run),
        models=run.models.digests,
        archives=dict(zip(archives["cc_segment"].to_pylist(), archives["sha256"].to_pylist(), strict=True)),
        unread_archives={
            segments[each["shard"]]: each["reason"] for each in run.tally("documents").get("unread", [])
        },
        tables={
            name: TableSummary(
                fingerprint=table.manifest.fingerprint,
                schema_version=table.manifest.schema_version,
                bytes=table.manifest.bytes,
                digest=table.digest,
                rows=table.rows,
            )
            for name, table in run.tables.items()
        },
        funnel=[vars(row) for row in funnel],
        low=None if low_rows is None else [vars(row) for row in low_rows],
        outliers=[each._asdict() for each in outliers(build_funnel(without_language(funnel, low_rows)))],
        figures=figures_of(run),
        files={name: small_file(run.folder / name) for name in small_files(run.folder, run.tables)},
    )
    write_json(run.folder / MANIFEST_FILE, manifest)
    return manifest


def figures_of(run: "Run") -> dict[str, Figures]:
    """What each step took, by its name."""
    held = [dict(table.manifest.figures) for table in run.tables.values() if table.manifest.figures]
    return {figures.pop("step"): Figures.model_validate(figures) for figures in held}


def small_files(folder: Place, tables: Iterable[str]) -> list[str]:
    """Names of the files that a finished run of these tables has besides them and manifest.json."""
    made = [f"{name}/{entry.name}" for name in FILLED for entry in (folder / name).entries()]
    alone = [name for name in (RUN_FILE, FILE_NAME) if (folder / name).exists()]
    pointers = [pointer(folder, name).uri.removeprefix(f"{folder}/") for name in tables]
    return sorted([*alone, *made, *pointers])


def small_file(place: Place) -> SmallFile:
    """What is there.

    Raises:
        OSError: there is no such file, or it cannot be read.
    """
    digest, size = hashlib.sha256(), 0
    with place.open() as source:
        while block := source.read(BLOCK):
            digest.update(block)
            size += len(block)
    return SmallFile(bytes=size, sha256=digest.hexdigest())


def read_manifest(folder: Place, option: str = "", sealed: bool = True) -> RunManifest:
    """manifest.json of a finished run.

    option: what the folder was given as, for the message. sealed: whether its own digest has to hold.

    Raises:
        UserError: the folder holds no finished run, or the file is not what `write_manifest` writes.
    """
    place = folder / MANIFEST_FILE
    try:
        manifest = read_stored(place, RunManifest, "call ccnet-lite run again, which writes it anew", sealed)
    except OSError as error:
        raise UserError(f"{option}{place.shown} cannot be read: {str(error).splitlines()[0]}") from None
    if manifest is None:
        raise UserError(f"{option}{folder.shown} holds no finished run: {MANIFEST_FILE} is missing")
    return manifest


def settings_digest(run: "Run") -> str:
    """SHA-256 of all settings, the session's aside: they change no result."""
    return digest_of_settings(run.settings)


def digest_of_settings(settings: Settings) -> str:
    """As `settings_digest`."""
    return hashlib.sha256(canonical_json(settings.model_copy(update={"spark": None})).encode()).hexdigest()
