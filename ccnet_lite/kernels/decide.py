"""A shard's signals, clusters and masks to a verdict on every document, and the ledger of those that end here."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ccnet_lite.kernels.cut_lines import cut_by_language
from ccnet_lite.kernels.ledger import (
    RECORD_COLUMNS,
    Funnel,
    add_to_funnel,
    document_hash,
    document_hashes,
    funnel_to_rows,
    ledger_rows,
)
from ccnet_lite.kernels.lines import (
    CUT_COLUMNS,
    LINE_COLUMNS,
    Bools,
    Selection,
    ShardLines,
    count_by_rule,
    first_copies,
    gather_cuts,
    gather_lines,
    judge_lines,
    read_masks,
    select_lines,
)
from ccnet_lite.kernels.own_scores import signals_of
from ccnet_lite.kernels.packing import to_text
from ccnet_lite.kernels.policy import crawl_of, eligible
from ccnet_lite.kernels.rules import (
    columns_of,
    decision_rules,
    document_rules,
    first_broken,
    threshold_rule,
    verdict_columns,
)
from ccnet_lite.models.languages import UNDETERMINED
from ccnet_lite.settings import Settings
from ccnet_lite.store.reading import ShardReader

CLUSTER_COLUMNS = [
    *("doc_id", "cluster_id", "cluster_size", "representative", "similarity", "crawls", "crawl_copies"),
]
CONTAINED_COLUMNS = ["doc_id", "contained_in", "containment", "holds"]
TEMPLATE_COLUMNS = ["doc_id", "template_of", "template_similarity", "template_copies"]
OTHER_COLUMNS = [
    *("cc_segment", "record_offset", "member_offset", "record_length", "record_id", "url", "record_type"),
    *("outcome", "rule"),
]
SHOWN_CLUSTERS = 25
SHOWN_CHARS = 300
COMPUTED = ("lines_left", "chars_left", "repeated_share", "repeated_share_alone")


def population_of(reader: ShardReader, lines: ShardLines, settings: Settings) -> Bools:
    """[documents]: those in question when paragraphs are compared.

    With near-duplicates looked for, those of `standing`; else those that are long enough, as CCNet has it.
    """
    if not settings.near_duplicates.enabled:
        long_enough: Bools = lines.n_chars >= settings.ingest.min_chars
        return long_enough
    return standing(reader, settings)


def standing(reader: ShardReader, settings: Settings) -> Bools:
    """[documents]: the eligible ones but those that another stands for, by what is known of that so far."""
    names = [*dict.fromkeys([*columns_of(document_rules(settings)), "doc_id"])]
    signals = signals_of(reader, settings.quality, names)
    gone = pc.is_in(signals["doc_id"], value_set=stood_for(reader))
    staying: Bools = eligible(signals, settings) & ~np.asarray(gone)
    return staying


def stood_for(reader: ShardReader) -> pa.ChunkedArray:
    """Ids of the shard's documents that another stands for, by the tables that are here."""
    clusters = reader.whole("clusters", ["doc_id", "representative"])
    found = clusters.filter(pc.invert(clusters["representative"]))["doc_id"].chunks
    for table, named in (("contained", "contained_in"), ("templates", "template_of")):
        rows = reader.whole(table, ["doc_id", named])
        found = [*found, *rows.filter(rows[named].is_valid())["doc_id"].chunks]
    return pa.chunked_array(found, pa.string())


def decide_shard(
    reader: ShardReader, settings: Settings, tally: dict[str, Any]
) -> Iterator[tuple[str, pa.RecordBatch]]:
    """Rows of `decisions` and `ledger_decided`.

    tally gets: documents and document_hash of all that were read, dropped, others; going_on, the languages
    of what is to be scored, and of each documents, characters and their hashes' sum; funnel, and low, the part
    of it that is of documents below the language threshold; of the documents in question lines, lines_kept and
    lines_masked, of these those of lists (list_lines, their characters list_chars) and those that rules cut
    (rule_lines, rule_chars, lines by_line_rule), and what was cut by language (cut_by_language); representatives,
    and the largest_clusters of those.
    """
    lines = gather_lines(reader.whole("documents", LINE_COLUMNS))
    masks = read_masks(reader)
    threshold = threshold_rule(settings)
    asked = reader.whole("signals", [*CUT_COLUMNS, *dict.fromkeys(["language", *columns_of([threshold])])])
    cuts = gather_cuts(asked)
    verdict = judge_lines(lines, masks, settings.paragraphs.within_document == "keep_first", cuts)
    population = population_of(reader, lines, settings)
    selection = select_lines(lines, verdict, population, first_copies(lines, masks))
    by_line_rule = count_by_rule(lines, verdict, population, cuts)
    below = threshold.broken(asked)
    spoken = pc.if_else(pa.array(below), UNDETERMINED, _one(asked["language"]))
    cut = cut_by_language(lines, verdict, population, cuts, spoken)
    del masks, verdict, cuts, asked
    documents = with_selection(_with_clusters(reader, settings), selection, population, settings)
    rules = decision_rules(settings)
    broken = first_broken(documents, rules)
    stays = broken < 0
    columns = verdict_columns(documents, rules, broken)
    n_chars = np.where(stays, selection.chars, documents["n_chars_read"].to_numpy())
    columns["duplicate_of"] = _duplicate_of(columns["rule"], documents)
    columns |= {name: _one(documents[name]) for name in ("language", "language_score", "language_confidence")}
    columns["n_chars"] = pa.array(n_chars, pa.int64())
    yield from _decisions(documents, columns, selection, lines)
    funnel: Funnel = {}
    records = reader.whole("documents", RECORD_COLUMNS)
    dropped = pa.array(~stays)
    named = ("stage", "rule", "value", "threshold", "duplicate_of", "language", "n_chars")
    gone = ledger_rows(
        records.filter(dropped), outcome="dropped", **{name: columns[name].filter(dropped) for name in named}
    )
    low: Funnel = {}
    add_to_funnel(low, gone.filter(pa.array(below).filter(dropped)))
    others = _others(reader)
    for rows in (gone, others):
        add_to_funnel(funnel, rows)
        yield "ledger_decided", rows
    tally |= {
        "largest_clusters": largest_clusters(reader, documents),
        "representatives": int(np.asarray(documents["representative"].fill_null(False)).sum()),
        "documents": len(stays),
        "document_hash": str(document_hash(lines.doc_ids)),
        "dropped": gone.num_rows,
        "others": others.num_rows,
        "going_on": _going_on(documents.filter(pa.array(stays)), n_chars[stays]),
        "funnel": funnel_to_rows(funnel),
        "low": funnel_to_rows(low),
        "lines": int(np.diff(lines.offsets)[population].sum()),
        "list_lines": int(selection.n_list.sum()),
        "list_chars": int(selection.chars_list.sum()),
        "rule_lines": int(selection.n_rule.sum()),
        "rule_chars": int(selection.chars_rule.sum()),
        "by_line_rule": by_line_rule,
        "cut": cut,
        "lines_kept": int(selection.n_lines.sum()),
        "lines_masked": int(
            sum(
                each.sum()
                for each in (
                    *(selection.n_host, selection.n_common, selection.n_list),
                    *(selection.n_rule, selection.n_repeated, selection.n_repeated_within),
                )
            )
        ),
    }


def _duplicate_of(rule: pa.Array, documents: pa.Table) -> pa.Array:
    """The document that stands for one that goes: alike, longer, or of one template."""
    named = pa.nulls(len(rule), pa.string())
    for name, column in (
        ("near_duplicate", "cluster_id"),
        ("contained", "contained_in"),
        ("template", "template_of"),
    ):
        named = pc.if_else(pc.equal(rule, name).fill_null(False), _one(documents[column]), named)
    return named


def largest_clusters(reader: ShardReader, documents: pa.Table) -> list[list[Any]]:
    """[size, doc_id, language, url, title] of the shard's representatives of the largest clusters."""
    chosen = documents.filter(documents["representative"].fill_null(False))
    chosen = chosen.select(["cluster_size", "doc_id", "language"])
    chosen = chosen.sort_by([("cluster_size", "descending"), ("doc_id", "ascending")])[:SHOWN_CLUSTERS]
    if not chosen.num_rows:
        return []
    named = reader.whole("documents", ["doc_id", "url", "title"])
    named = named.take(pc.index_in(chosen["doc_id"], value_set=named["doc_id"]))
    columns = [*chosen.columns, named["url"], named["title"]]
    rows = zip(*(column.to_pylist() for column in columns), strict=True)
    return [[size, doc_id, language, url, title[:SHOWN_CHARS]] for size, doc_id, language, url, title in rows]


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks()


def _with_clusters(reader: ShardReader, settings: Settings) -> pa.Table:
    """The shard's signals, as far as the rules ask, with columns of the tables that compare them."""
    rules = [rule for rule in decision_rules(settings) if rule.stage not in ("near_duplicates", "paragraphs")]
    own = ["doc_id", "shard", "position", "cc_segment", "language", "language_score", "n_chars_read"]
    signals = signals_of(reader, settings.quality, list(dict.fromkeys([*own, *columns_of(rules)])))
    tables = {"clusters": CLUSTER_COLUMNS, "contained": CONTAINED_COLUMNS, "templates": TEMPLATE_COLUMNS}
    for table, columns in tables.items():
        found = reader.whole(table, columns)
        at = pc.index_in(signals["doc_id"], value_set=found["doc_id"])
        for name in columns[1:]:
            signals = signals.append_column(name, found[name].take(at))
    signals = signals.append_column("contained", signals["contained_in"].is_valid())
    signals = signals.append_column("template", signals["template_of"].is_valid())
    segments = signals["cc_segment"].to_pylist()
    crawls = {segment: crawl_of(segment, settings.near_duplicates.crawl) for segment in set(segments)}
    alone = {
        "crawls": pa.array([[crawls[segment]] for segment in segments], pa.list_(pa.string())),
        "crawl_copies": pa.array([[1]] * len(segments), pa.list_(pa.int64())),
        "cluster_size": pa.array([1] * len(segments), pa.int64()),
    }
    for name, values in alone.items():
        place = signals.schema.get_field_index(name)
        known = _one(signals[name])
        filled = pc.if_else(pc.is_valid(known), known, values.cast(known.type))
        signals = signals.set_column(place, name, filled)
    return signals


def with_selection(documents: pa.Table, selection: Selection, population: Bools, settings: Settings) -> pa.Table:
    """Add the columns that the rules on paragraphs look at; null for documents that are not in question."""
    outside = ~population
    read = selection.chars_repeated + selection.chars
    share = np.divide(selection.chars_repeated, read, out=np.zeros(len(read)), where=read > 0)
    representative = np.asarray(documents["representative"].fill_null(False))
    # One that others rely on stays: a cluster would be lost with it, or lines cut from others.
    relied_on = representative
    for count in ("holds", "template_copies"):
        relied_on = relied_on | np.asarray(pc.greater(documents[count], 0).fill_null(False))
    relied_on |= selection.chars_first >= max(1, settings.paragraphs.min_document_chars)
    computed = {
        "lines_left": pa.array(selection.n_lines, mask=outside),
        "chars_left": pa.array(selection.chars, mask=outside),
        "repeated_share": pa.array(share, mask=outside | (read == 0)),
        "repeated_share_alone": pa.array(share, mask=outside | (read == 0) | relied_on),
    }
    for name in COMPUTED:
        documents = documents.append_column(name, computed[name])
    return documents


def _decisions(
    documents: pa.Table, columns: dict[str, pa.Array], selection: Selection, lines: ShardLines
) -> Iterator[tuple[str, pa.RecordBatch]]:
    offsets = np.zeros(len(selection.n_lines) + 1, np.int32)
    np.cumsum(selection.n_lines, out=offsets[1:])
    counts = {
        "n_lines": selection.n_lines,
        "n_lines_read": np.diff(lines.offsets),
        "n_host_boilerplate": selection.n_host,
        "n_common_boilerplate": selection.n_common,
        "n_list_boilerplate": selection.n_list,
        "n_rule_lines": selection.n_rule,
        "n_repeated": selection.n_repeated,
        "n_repeated_within": selection.n_repeated_within,
    }
    known = ("doc_id", "shard", "position", "cluster_id", "cluster_size", "crawls", "crawl_copies")
    yield (
        "decisions",
        pa.RecordBatch.from_pydict(
            {name: _one(documents[name]) for name in known}
            | columns
            | {"line_ids": pa.ListArray.from_arrays(pa.array(offsets), pa.array(selection.line_ids))}
            | {name: pa.array(values.astype(np.int32)) for name, values in counts.items()}
        ),
    )


def _others(reader: ShardReader) -> pa.RecordBatch:
    """The ledger's rows of what gave no document: bad records, and those passed over."""
    others = reader.whole("others", OTHER_COLUMNS)
    records = others.append_column("doc_id", pa.nulls(others.num_rows, pa.string()))
    return ledger_rows(records, outcome=others["outcome"], stage="ingest", rule=others["rule"])


def _going_on(documents: pa.Table, n_chars: Any) -> dict[str, str]:
    hashes = document_hashes(documents["doc_id"])
    languages = documents["language"].to_numpy(zero_copy_only=False)
    codes, at = np.unique(languages.astype(str), return_inverse=True)
    totals = np.zeros(len(codes), np.uint64)
    np.add.at(totals, at, hashes)
    return {
        "languages": " ".join(codes.tolist()),
        "documents": to_text(np.bincount(at, minlength=len(codes))),
        "characters": to_text(np.bincount(at, weights=n_chars, minlength=len(codes))),
        "hashes": to_text(totals.view(np.int64)),
    }
