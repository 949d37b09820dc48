"""The sums that a run must meet. Counts come from written tables; a difference fails the run by name."""

from collections.abc import Iterable

from pyspark.sql import functions as F

from ccnet_lite.errors import RunFailed
from ccnet_lite.report.funnel import FunnelRow, build_funnel, check
from ccnet_lite.run.engine import Run, say
from ccnet_lite.stages.ledger import funnel


def funnel_rows(run: Run) -> list[FunnelRow]:
    """The ledger's counts, sorted."""
    rows = [FunnelRow(**row.asDict()) for row in funnel(run.frame("ledger")).collect()]
    return sorted(rows, key=lambda row: tuple(str(part or "") for part in vars(row).values()))


def check_bad_share(run: Run) -> None:
    """After ingest: fail when too many records, or too many bytes, could not be read.

    Raises:
        RunFailed: with the share, the bound, and the commonest error.
    """
    rows = run.frame("records").groupBy("outcome").agg(F.count(F.lit(1)), F.sum("record_length")).collect()
    counts = {row[0]: (row[1], row[2] or 0) for row in rows}
    bad = counts.get("bad", (0, 0))
    bound = run.settings.ingest.max_bad_fraction
    for what, part, whole in (
        ("records", bad[0], sum(count for count, _ in counts.values())),
        ("bytes", bad[1], sum(size for _, size in counts.values())),
    ):
        if whole and part / whole > bound:
            errors = (
                run.frame("bad_records").groupBy("error").count().orderBy(F.desc("count"), "error").first()
            )
            commonest = f"{errors['error']} ({errors['count']} times)" if errors else "unknown"
            raise RunFailed(
                f"ingest: {part:,} of {whole:,} {what} could not be read ({part / whole:.1%}), more than "
                f"ingest.max_bad_fraction={bound} allows; commonest: {commonest}; see "
                f"{run.shown}/bad_records"
            )
    if bad[0]:
        say(f"        {bad[0]:,} bad records, see {run.shown}/bad_records")


def check_sums(run: Run) -> None:
    """After the ledger: every record has one fate, and what is kept is what lies in the corpus.

    Raises:
        RunFailed: naming the stage and both numbers.
    """
    tables = run.tables
    by_outcome: dict[str, int] = {}
    at_ingest: dict[str, int] = {}
    rows = funnel_rows(run)
    for row in rows:
        by_outcome[row.outcome] = by_outcome.get(row.outcome, 0) + row.count
    for found in run.frame("records").groupBy("outcome").count().collect():
        at_ingest[found["outcome"]] = found["count"]
    lost = by_outcome.get("lost", 0)
    documents = at_ingest.get("document", 0)
    sums = [
        ("ingest: documents among records, rows of documents", documents, tables["documents"].rows),
        (
            "ingest: bad among records, rows of bad_records",
            at_ingest.get("bad", 0),
            tables["bad_records"].rows,
        ),
        ("decide: documents, rows of decisions", documents, tables["decisions"].rows),
        ("ledger: documents without a fate", lost, 0),
        ("ledger: rows of records, rows of ledger", tables["records"].rows, tables["ledger"].rows),
        ("ledger: bad", at_ingest.get("bad", 0), by_outcome.get("bad", 0)),
        ("ledger: skipped", at_ingest.get("skipped", 0), by_outcome.get("skipped", 0)),
        ("ledger: kept and dropped", documents, by_outcome.get("kept", 0) + by_outcome.get("dropped", 0)),
        ("export: kept in the ledger, rows of corpus", by_outcome.get("kept", 0), tables["corpus"].rows),
    ]
    check_equal([*sums, _lines_in_and_out(run)])
    in_corpus = run.frame("corpus").groupBy("language").count().collect()
    kept = {("kept", row["language"]): row["count"] for row in in_corpus}
    check(build_funnel(rows), {("ingest", ""): tables["records"].rows, ("length", ""): documents, **kept})


def _lines_in_and_out(run: Run) -> tuple[str, int, int]:
    """Lines read against lines that stay plus lines masked, over the documents in question."""
    masked = ("n_host_boilerplate", "n_common_boilerplate", "n_repeated", "n_repeated_within")
    total = run.frame("selections").agg(
        F.coalesce(F.sum("n_lines_read"), F.lit(0)),
        F.coalesce(F.sum(sum((F.col(name) for name in masked), F.col("n_lines"))), F.lit(0)),
    )
    row = total.first()
    return ("select_lines: lines read, lines kept and masked", *((row[0], row[1]) if row else (0, 0)))


def check_equal(sums: Iterable[tuple[str, int, int]]) -> None:
    """Fail on the first pair that differs."""
    for what, left, right in sums:
        if left != right:
            raise RunFailed(f"the sums do not meet: {what}: {left:,} against {right:,} ({left - right:+,})")
