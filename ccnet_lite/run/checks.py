"""The sums that a run must meet: from what the steps counted while they wrote, and from the tables' manifests.

A difference fails the run by name. Nothing is read again for it.
"""

from collections.abc import Iterable

from ccnet_lite.errors import RunFailed
from ccnet_lite.run.engine import Run, say
from ccnet_lite.run.funnel import FunnelRow, build_funnel, check, without_language
from ccnet_lite.store.corpus import corpus_file

SHOWN_UNREAD = 5


def funnel_rows(run: Run) -> list[FunnelRow]:
    """The ledger's counts, sorted."""
    return [FunnelRow(*row) for row in run.tally("ledger")["funnel"]]


def low_rows(run: Run) -> list[FunnelRow] | None:
    """Of them, documents below the language threshold; None where the run did not count them."""
    low = run.tally("decisions").get("low")
    return None if low is None else [FunnelRow(*row) for row in low]


def shown_rows(run: Run) -> list[FunnelRow]:
    """The ledger's counts as people are shown them: what has no language for sure is charged to none."""
    return without_language(funnel_rows(run), low_rows(run))


def check_unread(run: Run) -> None:
    """After ingest: fail when more archives than allowed could not be read at all.

    Raises:
        RunFailed: with their names and why; what was read of the others is kept.
    """
    unread = run.tally("documents")["unread"]
    allowed = run.settings.ingest.max_unread_archives
    if not unread:
        return
    shown = "; ".join(each["reason"] for each in unread[:SHOWN_UNREAD])
    more = f"; and {len(unread) - SHOWN_UNREAD:,} more" if len(unread) > SHOWN_UNREAD else ""
    said = f"{len(unread):,} of {len(run.shards):,} archives could not be read: {shown}{more}"
    if len(unread) > allowed:
        raise RunFailed(
            f"ingest: {said}; the same command reads only these, and ingest.max_unread_archives={allowed} "
            f"says how many may be left out"
        )
    say(f"        {said}")


def check_bad_share(run: Run) -> None:
    """After ingest: fail when too many records, or too many bytes, could not be read.

    Raises:
        RunFailed: with the share, the bound, and the commonest error.
    """
    tally = run.tally("documents")
    if "bad" not in tally:  # no archive was read
        return
    bound = run.settings.ingest.max_bad_fraction
    others = run.tables["others"].folder.shown
    for what, part, whole in (
        ("records", tally["bad"], tally["documents"] + tally["bad"] + tally["skipped"]),
        ("bytes", tally["bad_bytes"], tally["bytes"]),
    ):
        if whole and part / whole > bound:
            error, count = min(tally["errors"].items(), key=lambda item: (-item[1], item[0]))
            raise RunFailed(
                f"ingest: {part:,} of {whole:,} {what} could not be read ({part / whole:.1%}), more than "
                f"ingest.max_bad_fraction={bound} allows; commonest: {error} ({count} times); see {others}"
            )
    if tally["bad"]:
        say(f"        {tally['bad']:,} bad records, see {others}")


def say_of_pages(run: Run) -> None:
    """After ingest: tell of pages that their archive's budget did not reach, and of a network left in reach."""
    tally = run.tally("documents")
    late = tally.get("errors", {}).get("html_budget", 0)
    if late:
        say(f"        {late:,} of them came when pages before had used up the time of their archive (html_budget)")
    if tally.get("exposed"):
        say(f"        pages were read by processes that this system left the network ({tally['exposed']})")


def check_decided(run: Run) -> None:
    """After decide: every document has a verdict, every line of those in question one reason or none.

    Raises:
        RunFailed: naming both numbers.
    """
    tally, tables = run.tally("decisions"), run.tables
    check_equal(
        [
            ("decide: documents, rows of decisions", tables["documents"].rows, tables["decisions"].rows),
            (
                "decide: dropped and others, rows",
                tally["dropped"] + tally["others"],
                tables["ledger_decided"].rows,
            ),
            ("decide: others", tally["others"], tables["others"].rows),
            (
                "decide: lines read, lines kept and masked",
                tally["lines"],
                tally["lines_kept"] + tally["lines_masked"],
            ),
        ]
    )


def check_sums(run: Run) -> None:
    """After export: every record has one fate, and what is kept is what lies in the corpus.

    Raises:
        RunFailed: naming the stage and both numbers.
    """
    tables = run.tables
    by_outcome: dict[str, int] = {}
    kept: dict[tuple[str, str], int] = {}
    rows = funnel_rows(run)
    for row in rows:
        by_outcome[row.outcome] = by_outcome.get(row.outcome, 0) + row.count
    for file in tables["corpus"].files:
        language = corpus_file(file.name).language
        kept["kept", language] = kept.get(("kept", language), 0) + file.rows
    documents, others = tables["documents"].rows, tables["others"].rows
    here = run.tally("others")
    check_equal(
        [
            ("ledger: records, rows of ledger", documents + others, tables["ledger"].rows),
            ("ledger: bad", here.get("bad", 0), by_outcome.get("bad", 0)),
            ("ledger: skipped", here.get("skipped", 0), by_outcome.get("skipped", 0)),
            ("ledger: kept and dropped", documents, by_outcome.get("kept", 0) + by_outcome.get("dropped", 0)),
            ("export: kept in the ledger, rows of corpus", by_outcome.get("kept", 0), tables["corpus"].rows),
        ]
    )
    check(build_funnel(rows), {("ingest", ""): documents + others, ("length", ""): documents, **kept})


def check_equal(sums: Iterable[tuple[str, int, int]]) -> None:
    """Fail on the first pair that differs."""
    for what, left, right in sums:
        if left != right:
            raise RunFailed(f"the sums do not meet: {what}: {left:,} against {right:,} ({left - right:+,})")
