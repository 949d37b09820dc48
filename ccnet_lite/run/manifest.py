"""manifest.json: settings, versions, digests, counts of a finished run: what another must equal to be the same."""

import hashlib
from typing import Any, Literal

from ccnet_lite import __version__
from ccnet_lite.errors import UserError
from ccnet_lite.run.checks import funnel_rows
from ccnet_lite.run.engine import Run
from ccnet_lite.settings import canonical_json
from ccnet_lite.store.json_files import Stored, read_stored, write_json
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import read_table

MANIFEST_FILE = "manifest.json"


class TableSummary(Stored):
    """What the manifest says of a table."""

    fingerprint: str
    schema_version: int
    bytes: int
    digest: str
    rows: int


class RunManifest(Stored):
    """What manifest.json holds. archives: name to SHA-256; models: setting to SHA-256."""

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


def write_manifest(run: Run) -> RunManifest:
    """Write it, of a run whose tables are whole."""
    archives = read_table(run.tables["archives"], ["cc_segment", "sha256"])
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
        funnel=[vars(row) for row in funnel_rows(run)],
    )
    write_json(run.folder / MANIFEST_FILE, manifest)
    return manifest


def read_manifest(folder: Place, option: str = "") -> RunManifest:
    """manifest.json of a finished run.

    option: what the folder was given as, for the message.

    Raises:
        UserError: the folder holds no finished run, or the file is not what `write_manifest` writes.
    """
    place = folder / MANIFEST_FILE
    manifest = read_stored(place, RunManifest, "run jobs/run_pipeline.py again, which writes it anew")
    if manifest is None:
        raise UserError(f"{option}{folder.shown} holds no finished run: {MANIFEST_FILE} is missing")
    return manifest


def settings_digest(run: Run) -> str:
    """SHA-256 of all settings, the session's aside: they change no result."""
    return hashlib.sha256(canonical_json(run.settings.model_copy(update={"spark": None})).encode()).hexdigest()
