"""A shard's documents and masks to `signals`: each document is read once."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ccnet_lite.dedup.anchors import SeenAnchors
from ccnet_lite.dedup.minhash import band_hashes, signatures
from ccnet_lite.kernels.copies import said_before, with_copies
from ccnet_lite.kernels.lines import CUT_COLUMNS, STAYS, Cuts, ShardLines, in_lists, no_cuts
from ccnet_lite.kernels.page_signals import NO_LISTS, PageLists, page_signals
from ccnet_lite.kernels.policy_signals import wanted_signals, wants_heuristics
from ccnet_lite.models.choice import choose, script_fits
from ccnet_lite.models.description import UNDESCRIBED, Description
from ccnet_lite.models.identify import LanguageIdentifier, load_identifier
from ccnet_lite.models.perplexity import PerplexityModels
from ccnet_lite.models.quality_scores import QualityScores
from ccnet_lite.models.segments import Shares, segment_languages, several_scripts, shares_json, with_mixed
from ccnet_lite.models.subsets import top_languages
from ccnet_lite.quality.common_words import WordLists
from ccnet_lite.quality.heuristics import measure
from ccnet_lite.quality.list_lines import list_lines
from ccnet_lite.quality.rule_signals import RuleSignals
from ccnet_lite.settings import HEURISTICS, RULE_SIGNALS, NearDuplicateSettings, Settings
from ccnet_lite.text.kept_lines import keep_lines
from ccnet_lite.text.shingles import shingle_hashes

DOCUMENT_COLUMNS = [
    "doc_id",
    "shard",
    "position",
    "cc_segment",
    "record_offset",
    "raw_content",
    "n_chars",
    "nlines",
    "url",
    "opt_outs",
]
TOP_LANGUAGES = 5
"""How many of the likeliest languages are told of a document, at most."""
MEASURES = (
    *("script", "script_share", "n_words", "mean_word_chars", "short_line_share"),
    *(each.column for each in HEURISTICS),
)


def annotate_shard(
    documents: Iterable[pa.RecordBatch],
    lines: ShardLines,
    verdict: npt.NDArray[np.int8],
    settings: Settings,
    model: Path,
    common: WordLists,
    lists: PageLists | None = None,
    described: Description = UNDESCRIBED,
    quality: QualityScores | None = None,
    cuts: Cuts | None = None,
    look: bool = False,
) -> Iterator[tuple[str, pa.RecordBatch]]:
    """Rows of `signals`: each document measured on the lines that stay (on all of its text where none does).

    documents: the shard's rows, in the order of `lines`; verdict: [lines], from `judge_lines`; common: languages'
    commonest words; lists: of the settings; None: none is given; described: what the model wants; quality:
    classifiers by language; cuts: from `find_cuts`, which `verdict` knows of; look: whether lists are looked for
    here, where `verdict` does not depend on them but for their own lines.
    """
    lists = lists or PageLists(NO_LISTS)
    quality = quality or QualityScores({})
    wanted, full = wanted_signals(settings), wants_heuristics(settings)
    asked = settings.language
    identifier = _identifier(settings, model, described)
    stays = verdict == STAYS
    cuts = no_cuts(len(lines.positions)) if cuts is None else cuts
    first = 0
    for batch in documents:
        read = batch["raw_content"].to_pylist()
        offsets = lines.offsets[first : first + batch.num_rows + 1]
        mine = slice(offsets[0], offsets[-1])
        here = stays[mine]
        if look:
            around = cuts.lists[first : first + batch.num_rows]
            around[:] = list_lines(read, ~here)
            here &= ~in_lists(offsets, around)
        cut = cuts.columns(first, batch.num_rows)
        if settings.lines.wants_copies:
            copies = said_before(lines.keys[mine], lines.chars[mine], offsets - offsets[0], here)
            here &= ~copies
            cut = with_copies(cut, copies, offsets - offsets[0])
        texts, n_lines = masked_texts(batch, lines, stays, first, read)
        first += batch.num_rows
        spoken = [text if text.strip() else whole for text, whole in zip(texts, read, strict=True)]
        best, best_scores = identifier.best(spoken, TOP_LANGUAGES)
        likeliest = [each[0] for each in best]
        count, ratios = common.counter(likeliest)
        signals = RuleSignals(wanted, common.stop_words(likeliest)) if wanted else None
        measures = measure(spoken, full, count, signals)
        fits = script_fits(measures, identifier.scripts, asked.min_script_share)
        chosen = choose(spoken, best, best_scores, common, ratios, fits, asked)
        segments: list[Shares | None] = [None] * len(spoken)
        if asked.mixed != "off":
            mingled = several_scripts(measures)
            segments = segment_languages(spoken, best, best_scores, identifier, mingled, common)
            chosen = with_mixed(chosen, segments, spoken)
        columns: dict[str, Any] = {
            name: batch[name] for name in ("doc_id", "shard", "position", "cc_segment", "record_offset")
        }
        columns |= {
            "n_chars_read": batch["n_chars"],
            "n_lines_read": batch["nlines"],
            "n_chars": pa.array([len(text) for text in texts], pa.int64()),
            "n_lines": pa.array(n_lines, pa.int32()),
            **{name: cut[name] for name in CUT_COLUMNS},
            "language": pa.array(chosen.languages, pa.string()),
            "language_score": pa.array(chosen.scores, pa.float64()),
            "common_word_ratio": pa.array(chosen.ratios, pa.float64(), from_pandas=True),
            "language_confidence": pa.array(chosen.confidences, pa.float64()),
            "quality_score": pa.array(quality.score(spoken, chosen.languages), pa.float64(), from_pandas=True),
            "language_segments": pa.array(map(shares_json, segments), pa.string()),
            "top_langs": top_languages(best, best_scores),
        }
        columns |= {name: measures[name] for name in MEASURES}
        unasked = {each.column: pa.nulls(len(texts), pa.float64()) for each in RULE_SIGNALS}
        columns |= unasked if signals is None else signals.columns()
        page = (
            batch["url"].to_pylist(),
            batch["opt_outs"].to_pylist(),
            spoken,
            chosen.languages,
            measures["n_words"],
        )
        columns |= page_signals(*page, lists)
        columns |= _signatures(texts, settings.near_duplicates)
        yield "signals", pa.RecordBatch.from_pydict(columns)


def _identifier(settings: Settings, model: Path, described: Description) -> LanguageIdentifier:
    asked = settings.language
    return load_identifier(model, asked.newline, asked.max_chars, described, asked.macrolanguages, asked.capitals)


def likeliest_of(settings: Settings, model: Path, described: Description) -> Callable[[list[str]], list[str]]:
    """What gives texts' likeliest languages, whatever their probability."""
    return lambda texts: [each[0] for each in _identifier(settings, model, described).best(texts, 1)[0]]


def masked_texts(
    batch: pa.RecordBatch,
    lines: ShardLines,
    stays: npt.NDArray[np.bool_],
    first: int,
    read: list[str] | None = None,
) -> tuple[list[str], list[int]]:
    """The text that stays of each document of a batch whose first document is number `first` of the shard.

    read: all of each document's text, where that is at hand.
    """
    offsets = lines.offsets[first : first + batch.num_rows + 1]
    here = stays[offsets[0] : offsets[-1]]
    counts = np.diff(np.append(0, np.cumsum(here))[offsets - offsets[0]])
    texts: list[str] = batch["raw_content"].to_pylist() if read is None else list(read)
    cut = counts != np.diff(offsets)
    rows = np.flatnonzero(cut)
    if len(rows):
        of_cut = np.repeat(cut, np.diff(offsets))
        left = keep_lines(batch["raw_content"].take(pa.array(rows)), here[of_cut])
        for row, text in zip(rows.tolist(), left.to_pylist(), strict=True):
            texts[row] = text
    return texts, counts.tolist()


def score_shard(
    documents: Iterable[pa.RecordBatch],
    lines: ShardLines,
    verdict: npt.NDArray[np.int8],
    language_of: Mapping[str, str],
    models: PerplexityModels,
) -> Iterator[pa.RecordBatch]:
    """Rows of `perplexities` for some documents, on the lines that stay.

    documents, verdict: as for `annotate_shard`; language_of: language by doc_id of the documents to score.
    """
    stays = verdict == STAYS
    first = 0
    for batch in documents:
        texts, _ = masked_texts(batch, lines, stays, first)
        first += batch.num_rows
        ids = batch["doc_id"].to_pylist()
        rows_of: dict[str, list[int]] = {}
        for row, doc_id in enumerate(ids):
            if doc_id in language_of:
                rows_of.setdefault(language_of[doc_id], []).append(row)
        values: dict[int, float] = {}
        for language, rows in rows_of.items():
            scored, _ = models.score([texts[row] for row in rows], language)
            if scored is not None:
                values |= dict(zip(rows, scored.tolist(), strict=True))
        chosen = sorted(row for rows in rows_of.values() for row in rows)
        if chosen:
            taken = batch.select(["doc_id", "shard", "position"]).take(pa.array(chosen))
            found = pa.array([values.get(row) for row in chosen], pa.float64())
            yield taken.append_column("perplexity", found)


def _signatures(texts: list[str], near: NearDuplicateSettings) -> dict[str, pa.Array]:
    """signature, bands, anchors and shingles of texts; null where there is none, which is nobody's duplicate."""
    chosen = [number for number, text in enumerate(texts) if near.enabled and text.strip()]
    some = [texts[number] for number in chosen]
    at = np.full(len(texts), -1, np.int64)
    at[chosen] = np.arange(len(chosen))
    place = pa.array(at, mask=at < 0)
    seen = SeenAnchors(len(some), near.ngram)
    values = signatures(some, near, seen.see if near.containment else None)
    bands = band_hashes(values, near.bands, near.rows)
    raw = np.ascontiguousarray(values.astype("<u4")).view(np.uint8).reshape(len(some), 4 * near.bands * near.rows)
    offsets = pa.array(np.arange(0, bands.size + 1, near.bands, dtype=np.int32))
    lists = pa.ListArray.from_arrays(offsets, pa.array(bands.astype(np.uint64).view(np.int64).ravel()))
    return {
        "signature": pa.array([row.tobytes() for row in raw], pa.binary()).take(place),
        "bands": lists.take(place),
        "anchors": seen.column().take(place),
        "shingles": pa.array(_shingles(some, near), pa.binary()).take(place),
    }


def _shingles(texts: list[str], near: NearDuplicateSettings) -> list[bytes | None]:
    """What exact verification compares: each text's distinct shingle hashes; nothing for other settings."""
    if near.verify != "exact":
        return [None] * len(texts)
    return [np.sort(shingle_hashes(text, near.ngram)).astype("<u4").tobytes() for text in texts]
