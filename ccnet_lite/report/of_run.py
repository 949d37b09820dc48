"""The report of a run whose tables are whole: report/index.html, and the funnel on the terminal."""

from ccnet_lite import __version__
from ccnet_lite.report.data import BadRecord, Cluster, CutLines, Perplexities, ReportData
from ccnet_lite.report.funnel_text import render_funnel, render_outliers, render_reasons
from ccnet_lite.report.html import render_report
from ccnet_lite.run import extracts
from ccnet_lite.run.checks import low_rows, shown_rows
from ccnet_lite.run.engine import Run
from ccnet_lite.run.funnel import build_funnel
from ccnet_lite.run.glimpses import glimpse
from ccnet_lite.run.manifest import figures_of, settings_digest
from ccnet_lite.run.outliers import outliers
from ccnet_lite.run.rules_told import line_rules_told, rules_told
from ccnet_lite.store.corpus import FILES


def report(run: Run) -> None:
    """Write the report and print the funnel."""
    data = report_data(run)
    (run.folder / "report" / "index.html").write_bytes(render_report(data).encode())
    unusual = render_outliers(outliers(data.funnel))
    print(
        "\n" + "\n".join([render_funnel(data.funnel), render_reasons(data.funnel), *([unusual] * bool(unusual))])
    )
    shown = run.folder.shown
    print(f"corpus    {shown}/{FILES}")
    print(f"ledger    {shown}/ledger   (a row for every input record)")
    print(f"sampling  {shown}/sampling.json")
    print(f"report    {shown}/report/index.html", flush=True)


def report_data(run: Run) -> ReportData:
    """What the report shows of the run: from what its steps summed, and small parts of its tables."""
    sizes = [shard.size for shard in run.shards]
    decided = run.tally("decisions")
    rows, low = shown_rows(run), low_rows(run)
    codes = {row.language for row in [*rows, *(low or [])] if row.language} | {
        each[0] for each in decided.get("cut", [])
    }
    return ReportData(
        run=run.folder.name,
        version=__version__,
        settings_digest=settings_digest(run),
        settings=run.settings.model_dump(mode="json"),
        funnel=build_funnel(rows),
        low=low or [],
        names=extracts.names_of(sorted(codes)),
        rules=rules_told(run.settings),
        glimpse=glimpse(run),
        shards=len(run.shards),
        input_bytes=sum(size for size in sizes if size is not None) if None not in sizes else None,
        statistics=extracts.rows(run, "statistics"),
        sampling=extracts.rows(run, "sampling"),
        budget=run.settings.sampling.budget,
        perplexities=[Perplexities(*each) for each in extracts.perplexities(run)],
        bad_records=[BadRecord(*each) for each in extracts.bad_records(run)],
        bad_records_total=run.tally("others").get("bad", 0),
        clusters=[Cluster(*each) for each in extracts.largest_clusters(run)],
        clusters_total=decided["representatives"],
        models=dict(sorted(run.models.digests.items())),
        figures=figures_of(run),
        cuts=[CutLines(*each) for each in decided.get("cut", [])],
        line_rules=line_rules_told(run.settings),
    )
