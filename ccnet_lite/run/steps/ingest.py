"""Archives to documents, and to what gave none."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, BinaryIO, cast

import pyarrow as pa

from ccnet_lite.archives.errors import Fault, FoundFaulty
from ccnet_lite.archives.inputs import Shard
from ccnet_lite.archives.page_model import model_digest
from ccnet_lite.archives.page_worker import PageWorker
from ccnet_lite.archives.records import NO_FAULTS
from ccnet_lite.archives.sources import ArchiveIdentity
from ccnet_lite.kernels.ingest import ingest_shard
from ccnet_lite.kernels.ledger import MODULUS, document_hash
from ccnet_lite.kernels.quarantine import QUARANTINE, is_quarantine_name, with_quarantine
from ccnet_lite.run.checks import check_bad_share, check_unread, say_of_pages
from ccnet_lite.run.engine import Run, Step, Written, say
from ccnet_lite.run.steps.common import chosen_settings
from ccnet_lite.stages.by_shard import Done, StartAnew, Tally, Work, files_by_table, run_by_shard
from ccnet_lite.store.places import Place, publishing
from ccnet_lite.store.reading import ShardReader
from ccnet_lite.store.schema import arrow_schema
from ccnet_lite.store.writing import Summed, scratch_of, write_rows

OUTPUTS = ("documents", "others", "archives")
TOLERANCES = ("max_bad_fraction", "max_unread_archives")
"""Settings that say when a run fails, and change no row."""


def ingest() -> Step:
    """Read the archives."""

    def depends_on(run: Run) -> dict[str, Any]:
        values = chosen_settings(run, "ingest")["ingest"]
        # Whether a document is long enough is decided later.
        parts = {name: values[name] for name in values if name not in (*TOLERANCES, "min_chars")}
        if run.settings.ingest.extractor == "lines":
            return parts | {"page_model": model_digest()}
        return {name: parts[name] for name in parts if name != "keep"}

    return Step("ingest", (), OUTPUTS, depends_on, _write, _check, by_archives=True)


def _check(run: Run) -> None:
    changed = run.tally("documents").get("changed", [])
    if changed:
        more = f" and {len(changed) - 1:,} more" if len(changed) > 1 else ""
        say(
            f"        {changed[0]}{more} changed while the run was under way: the next run reads all archives anew"
        )
    check_unread(run)
    check_bad_share(run)
    say_of_pages(run)


def _write(run: Run, work: Work) -> Written:
    shards = {shard.index: shard for shard in run.shards}
    settings, folder, looks = run.settings, run.folder, run.looks

    def kernel(
        reader: ShardReader, tally: Tally, faults: Mapping[int, Fault] = NO_FAULTS
    ) -> Iterator[tuple[str, pa.RecordBatch]]:
        shard = shards[reader.shard]
        identities: list[ArchiveIdentity] = []
        worker = PageWorker(settings.ingest.extractor, keep=settings.ingest.keep)
        rows = ingest_shard(shard, settings, identities.append, faults, worker)
        if settings.ingest.quarantine:
            rows = with_quarantine(rows, shard, settings, partial(_publishing, folder, tally), identities)
        tally |= {
            "documents": 0,
            "bad": 0,
            "skipped": 0,
            "bad_bytes": 0,
            "bytes": 0,
            "lines": 0,
            "errors": {},
        }
        total = 0
        try:
            for name, batch in rows:
                if name == "documents":
                    tally["documents"] += batch.num_rows
                    tally["lines"] += len(batch["line_keys"].flatten())
                    total = (total + document_hash(batch["doc_id"])) % MODULUS
                    tally["bytes"] += sum(batch["record_length"].to_pylist())
                else:
                    _count_others(batch, tally)
                yield name, batch
        except FoundFaulty as found:
            raise StartAnew(partial(kernel, faults=found.faults)) from None
        tally["document_hash"] = str(total)
        (identity,) = identities
        tally["sha256"], tally["archive_bytes"] = identity.sha256, identity.bytes
        tally["exposed"] = worker.exposed
        tally["changed"] = identity.changed_since(looks[shard.segment])

    done, unread = run_by_shard(run.spark_context, list(shards), kernel, {}, ("documents", "others"), work)
    files = files_by_table(done.values(), ("documents", "others"))
    rows = pa.Table.from_pylist([_archive(shards[shard], each) for shard, each in done.items()], _ARCHIVES)
    files["archives"] = write_rows(rows, run.folder, "archives", work.fingerprint)
    changed = [shards[shard].segment for shard, each in done.items() if each.tally.get("changed")]
    told = {"unread": [vars(each) for each in unread], "changed": changed}
    tally = _summed(done.values()) | told
    clear_quarantine(folder, {name for name, _, _ in tally["quarantine"]})
    return Written(files, tally)


def clear_quarantine(run: Place, kept: Collection[str]) -> None:
    """Delete what an ingest before this one set aside, of archives or by settings that have changed since."""
    for name in (run / QUARANTINE).files():
        named = f"{QUARANTINE}/{name}"
        if named not in kept and is_quarantine_name(named):
            (run / named).delete()


_ARCHIVES = arrow_schema("archives")


@contextmanager
def _publishing(folder: Place, tally: Tally, name: str) -> Iterator[BinaryIO]:
    with publishing(folder / name, scratch_of(folder)) as stream:
        summed = Summed(stream)
        yield cast(BinaryIO, summed)
    tally["quarantine"] = [[name, summed.bytes, summed.crc32]]


def _count_others(batch: pa.RecordBatch, tally: Tally) -> None:
    columns = (batch[name].to_pylist() for name in ("outcome", "rule", "record_length"))
    for outcome, rule, length in zip(*columns, strict=True):
        tally[outcome] += 1
        tally["bytes"] += length
        if outcome == "bad":
            tally["bad_bytes"] += length
            tally["errors"][rule] = tally["errors"].get(rule, 0) + 1


def _archive(shard: Shard, done: Done) -> dict[str, Any]:
    """A row of `archives`."""
    tally = done.tally
    unsigned = int(tally["document_hash"])
    return {
        "shard": shard.index,
        "cc_segment": shard.segment,
        "sha256": tally["sha256"],
        "bytes": tally["archive_bytes"],
        "document_hash": unsigned - MODULUS if unsigned >= MODULUS // 2 else unsigned,
        **{name: tally[name] for name in ("documents", "bad", "skipped", "bad_bytes", "lines")},
    }


def _summed(done: Any) -> dict[str, Any]:
    total: dict[str, Any] = {"errors": {}, "exposed": "", "quarantine": []}
    for each in done:
        total["exposed"] = total["exposed"] or each.tally.get("exposed", "")
        total["quarantine"] += each.tally.get("quarantine", [])
        for name in ("documents", "bad", "skipped", "bad_bytes", "bytes", "archive_bytes", "lines"):
            total[name] = total.get(name, 0) + each.tally[name]
        for rule, count in each.tally["errors"].items():
            total["errors"][rule] = total["errors"].get(rule, 0) + count
    return total
