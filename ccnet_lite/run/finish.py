"""What a run leaves besides its tables: manifest.json, the report, the funnel on the terminal."""

import hashlib
from pathlib import Path
from typing import Any

from pyspark.sql import Window
from pyspark.sql import functions as F

from ccnet_lite import __version__
from ccnet_lite.errors import UserError
from ccnet_lite.report.data import BadRecord, Cluster, Perplexities, ReportData
from ccnet_lite.report.funnel import FunnelRow, build_funnel, render_funnel, render_reasons
from ccnet_lite.report.html import render_report
from ccnet_lite.run.checks import funnel_rows
from ccnet_lite.run.digests import table_digests
from ccnet_lite.run.engine import Run
from ccnet_lite.settings import canonical_json
from ccnet_lite.store.json_files import intact, read_json, write_json
from ccnet_lite.store.tables import read_table

MANIFEST_FILE = "manifest.json"
FORMAT = "ccnet_lite.run"
SHOWN_BAD_RECORDS = 100
SHOWN_CLUSTERS = 25
SHOWN_PERPLEXITIES = 5000


def finish(run: Run) -> None:
    """Write manifest.json and report/index.html of a run whose tables are whole, and print the funnel."""
    rows = funnel_rows(run)
    write_json(run.folder / MANIFEST_FILE, manifest_of(run, rows))
    report = run.folder / "report" / "index.html"
    report.parent.mkdir(exist_ok=True)
    report.write_text(render_report(report_data(run, rows)), encoding="utf-8")
    funnel = build_funnel(rows)
    print(f"\n{render_funnel(funnel)}\n{render_reasons(funnel)}")
    shown = run.shown
    print(f"corpus    {shown}/corpus/language=*/bucket=*/part-*.parquet")
    print(f"ledger    {shown}/ledger   (a row for every input record)")
    print(f"sampling  {shown}/sampling.json")
    print(f"report    {shown}/report/index.html", flush=True)


def manifest_of(run: Run, rows: list[FunnelRow]) -> dict[str, Any]:
    """Settings, versions, digests, counts: what another run must equal to be the same."""
    digests = table_digests(run.spark, run.tables)
    return {
        "format": FORMAT,
        "version": __version__,
        "settings": run.settings.model_dump(mode="json"),
        "settings_digest": settings_digest(run),
        "models": run.models.digests,
        "archives": run.input_digests,
        "tables": {
            name: {
                "made_from": table.fingerprint,
                "schema_version": table.schema_version,
                "bytes": table.bytes,
                **digests[name],
            }
            for name, table in run.tables.items()
        },
        "funnel": [vars(row) for row in rows],
    }


def read_manifest(folder: Path, option: str = "") -> dict[str, Any]:
    """manifest.json of a finished run.

    option: what the folder was given as, for the message.

    Raises:
        UserError: the folder holds no finished run, or the file is not what `finish` writes.
    """
    path = folder / MANIFEST_FILE
    try:
        with intact(path, "run jobs/run_pipeline.py again, which writes it anew"):
            stored: dict[str, Any] = read_json(path)
            if stored["format"] != FORMAT:
                raise ValueError(f"its format is {stored['format']}, not {FORMAT}")
            if any(not {"digest", "rows"} <= each.keys() for each in stored["tables"].values()):
                raise ValueError("a table has no digest or no rows")
            if any(not isinstance(stored[name], dict) for name in ("settings", "models", "archives")):
                raise ValueError("settings, models or archives is no object")
    except (FileNotFoundError, NotADirectoryError):
        raise UserError(f"{option}{folder} holds no finished run: {MANIFEST_FILE} is missing") from None
    return stored


def settings_digest(run: Run) -> str:
    """SHA-256 of all settings, the session's aside: they change no result."""
    return hashlib.sha256(
        canonical_json(run.settings.model_copy(update={"spark": None})).encode()
    ).hexdigest()


def report_data(run: Run, rows: list[FunnelRow]) -> ReportData:
    """What the report shows of the run, taken from its tables."""
    sizes = [shard.size for shard in run.shards]
    return ReportData(
        run=run.folder.name,
        version=__version__,
        settings_digest=settings_digest(run),
        settings=run.settings.model_dump(mode="json"),
        funnel=build_funnel(rows),
        shards=len(run.shards),
        input_bytes=sum(size for size in sizes if size is not None) if None not in sizes else None,
        statistics=read_table(run.tables["statistics"]).to_pylist(),
        sampling=read_table(run.tables["sampling"]).to_pylist(),
        budget=run.settings.sampling.budget,
        perplexities=_perplexities(run),
        bad_records=_bad_records(run),
        bad_records_total=run.tables["bad_records"].rows,
        clusters=_clusters(run),
        clusters_total=_count_clusters(run),
        models=run.models.digests,
    )


def _perplexities(run: Run) -> list[Perplexities]:
    """By language with a model, those of the documents with the smallest ids: a sample without chance."""
    in_order = Window.partitionBy("language").orderBy("doc_id")
    sampled = (
        run.frame("scores")
        .where("perplexity is not null")
        .withColumn("rank", F.row_number().over(in_order))
        .where(F.col("rank") <= SHOWN_PERPLEXITIES)
    )
    chosen = sampled.groupBy("language").agg(F.sort_array(F.collect_list("perplexity")).alias("values"))
    quality = run.settings.quality
    found = []
    for row in chosen.orderBy("language").collect():
        edges = run.models.cutoffs.edges(row["language"], quality.head_percentile, quality.tail_percentile)
        head, tail = edges or (None, None)
        found.append(Perplexities(row["language"], row["values"], head, tail))
    return found


def _bad_records(run: Run) -> list[BadRecord]:
    rows = (
        run.frame("bad_records")
        .orderBy("cc_segment", "record_offset", "member_offset")
        .limit(SHOWN_BAD_RECORDS)
    )
    return [BadRecord(r["cc_segment"], r["record_offset"], r["error"], r["message"]) for r in rows.collect()]


def _count_clusters(run: Run) -> int:
    return run.frame("clusters").where("representative").count() if "clusters" in run.tables else 0


def _clusters(run: Run) -> list[Cluster]:
    """The largest near-duplicate clusters, with the title of the document that stays."""
    if "clusters" not in run.tables:
        return []
    largest = (
        run.frame("clusters")
        .groupBy("cluster_id")
        .agg(F.count(F.lit(1)).alias("size"), F.min("similarity").alias("lowest"))
        .orderBy(F.desc("size"), "cluster_id")
        .limit(SHOWN_CLUSTERS)
    )
    titles = run.frame("documents").select(F.col("doc_id").alias("cluster_id"), "url", "title")
    languages = run.frame("signals").select(F.col("doc_id").alias("cluster_id"), "language")
    rows = (
        largest.join(titles, "cluster_id").join(languages, "cluster_id").orderBy(F.desc("size"), "cluster_id")
    )
    return [
        Cluster(r["cluster_id"], r["size"], r["language"], r["url"], r["title"], r["lowest"])
        for r in rows.collect()
    ]
