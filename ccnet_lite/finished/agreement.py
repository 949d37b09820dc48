"""What of a run has to agree: its tables with each other, and manifest.json and the other files with them.

All of it is computed anew from what `contents` counted and from small tables, so that an edit of manifest.json
is told though its own digest were made to fit.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from ccnet_lite import __version__
from ccnet_lite.errors import RunFailed
from ccnet_lite.kernels.recount import Recount
from ccnet_lite.run.checks import check_equal
from ccnet_lite.run.funnel import FunnelRow, build_funnel, check
from ccnet_lite.run.history import HISTORY_FILE
from ccnet_lite.run.manifest import MANIFEST_FILE, RunManifest, small_file, small_files
from ccnet_lite.sampling.plan import FILE_NAME, plan_text, sampling_plan
from ccnet_lite.sampling.statistics import statistics_rows
from ccnet_lite.settings import SamplingSettings
from ccnet_lite.store.corpus import form_of
from ccnet_lite.store.json_files import unsealed
from ccnet_lite.store.lease import LEASE_FILE, LOCK_FILE
from ccnet_lite.store.places import Place
from ccnet_lite.store.reading import read_table
from ccnet_lite.store.tables import Table

OWN = {MANIFEST_FILE, HISTORY_FILE, LOCK_FILE, LEASE_FILE}
"""Files of a run that it says nothing of."""


def file_problems(run: Place, manifest: RunManifest) -> Iterator[str]:
    """What is wrong with the files that are of no table, by their digests."""
    place = run / MANIFEST_FILE
    if unsealed(place.read_bytes())[1] is False:
        yield f"{MANIFEST_FILE}: {place.shown} has changed since it was written: its own digest does not hold"
    if manifest.files is None:
        return  # written before there were digests of them
    for name, said in sorted(manifest.files.items()):
        place = run / name
        try:
            now = small_file(place)
        except FileNotFoundError:
            yield f"{name}: {place.shown} is missing"
        except OSError as error:
            yield f"{name}: {place.shown} cannot be read: {(str(error).splitlines() or [''])[0]}"
        else:
            if now != said:
                yield f"{name}: {place.shown} has changed since it was written"
    for name in sorted({*small_files(run, ()), *run.files()} - OWN):
        if name not in manifest.files:
            yield f"{name}: {(run / name).shown} lies there and is no file of the run"


def manifest_problems(run: Place, manifest: RunManifest, tables: Mapping[str, Table]) -> Iterator[str]:
    """Where manifest.json or sampling.json is not what the tables say, which are whole."""
    text = json.dumps(manifest.settings | {"spark": None}, sort_keys=True, separators=(",", ":"))
    if hashlib.sha256(text.encode()).hexdigest() != manifest.settings_digest:
        yield f"{MANIFEST_FILE}: its settings are not those of its settings_digest"
    if "archives" in tables:
        rows = read_table(tables["archives"], ["cc_segment", "sha256"])
        read = dict(zip(rows["cc_segment"].to_pylist(), rows["sha256"].to_pylist(), strict=True))
        for name in sorted(read.keys() | manifest.archives.keys()):
            if read.get(name) != manifest.archives.get(name):
                said = f"SHA-256 {manifest.archives.get(name)} there, {read.get(name)} in the table archives"
                yield f"{MANIFEST_FILE}: archive {name} has {said}"
    if "documents" in tables:
        unread = [each["reason"] for each in tables["documents"].manifest.tally.get("unread", [])]
        if sorted(unread) != sorted(manifest.unread_archives.values()):
            yield f"{MANIFEST_FILE}: its unread archives are not those that ingest could not read"
    if "statistics" in tables and manifest.version == __version__:
        yield from _sampling_problems(run, manifest, tables)


def _sampling_problems(run: Place, manifest: RunManifest, tables: Mapping[str, Table]) -> Iterator[str]:
    place, statistics = run / FILE_NAME, tables["statistics"]
    try:
        settings = SamplingSettings.model_validate(manifest.settings.get("sampling"))
        text = form_of(tables["corpus"].schema).text if "corpus" in tables else "text"
        wanted = plan_text(sampling_plan(statistics_rows(read_table(statistics)), settings, text)).encode()
        if place.read_bytes() != wanted:
            yield f"{FILE_NAME}: {place.shown} is not what the table statistics gives"
    except ValidationError:
        yield f"{MANIFEST_FILE}: its settings of [sampling] are none"
    except OSError:
        return  # that it is missing has been said


def check_contents(counted: Mapping[str, Recount], manifest: RunManifest) -> None:
    """Hold the tables' contents against each other, as the run did with what it counted while it wrote them.

    Raises:
        RunFailed: naming the tables and both numbers.
    """
    of: defaultdict[str, Recount] = defaultdict(Recount, counted)
    documents, others, archives, ledger = (of[name] for name in ("documents", "others", "archives", "ledger"))
    decisions, decided, corpus = (of[name] for name in ("decisions", "ledger_decided", "corpus"))
    sides = sorted({name for each in ("corpus", "statistics") for name in of[each].counts if "split " in name})
    rows = [FunnelRow(*row) for row in ledger.funnel]
    outcomes: dict[str, int] = {}
    for row in rows:
        outcomes[row.outcome] = outcomes.get(row.outcome, 0) + row.count
    kept_early = sum(count for _, outcome, _, _, count, _ in decided.funnel if outcome == "kept")
    check_equal(
        [
            ("archives: documents, rows of documents", archives.count("documents"), documents.rows),
            ("archives: sum of ids, of documents", archives.count("document_hash"), documents.count("documents")),
            ("archives: lines, of documents", archives.count("lines"), documents.count("lines")),
            ("decide: documents, rows of decisions", documents.rows, decisions.rows),
            ("decide: sum of ids, of decisions", documents.count("documents"), decisions.count("documents")),
            ("ledger: records, rows of ledger", documents.rows + others.rows, ledger.rows),
            ("ledger: sum of ids, of documents", ledger.count("documents"), documents.count("documents")),
            ("ledger: kept and dropped", documents.rows, outcomes.get("kept", 0) + outcomes.get("dropped", 0)),
            ("export: kept in the ledger, rows of corpus", outcomes.get("kept", 0), corpus.rows),
            ("export: sum of ids kept, of corpus", ledger.count("kept"), corpus.count("documents")),
            *(
                (f"statistics: {side}, of corpus", of["statistics"].count(side), corpus.count(side))
                for side in sides
            ),
            ("decide: kept in its rows of the ledger, which are of what goes no further", kept_early, 0),
            *(
                (f"ledger: {name}, of {table}", outcomes.get(name, 0), of[table].count(name))
                for name in ("bad", "skipped")
                for table in ("others", "archives")
            ),
        ]
    )
    languages = {
        ("kept", name.removeprefix("language ")): count
        for name, count in corpus.counts.items()
        if name.startswith("language ")
    }
    entering = {("ingest", ""): documents.rows + others.rows, ("length", ""): documents.rows}
    check(build_funnel(rows), entering | languages)
    told = sorted(_plain(row) for row in manifest.funnel)
    if told != sorted(_plain(vars(row)) for row in rows):
        raise RunFailed(f"the sums do not meet: the funnel in {MANIFEST_FILE} is not that of the ledger")


def _plain(row: Mapping[str, Any]) -> str:
    return repr(sorted(row.items()))
