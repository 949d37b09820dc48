"""Who takes part in near-duplicate detection, and in which order a cluster's representative is looked for."""

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ccnet_lite.dedup.minhash import EMPTY
from ccnet_lite.kernels.own_scores import signals_of
from ccnet_lite.kernels.rules import columns_of, document_rules, first_broken
from ccnet_lite.settings import NearDuplicateSettings, Settings
from ccnet_lite.store.reading import ShardReader

_CRAWL = re.compile(r"CC-MAIN-\d{4}-\d{2}(?!\d)")


def eligible(signals: pa.Table, settings: Settings) -> npt.NDArray[np.bool_]:
    """[documents]: whether no document rule drops it."""
    found: npt.NDArray[np.bool_] = first_broken(signals, document_rules(settings)) < 0
    return found


def crawl_of(segment: str, otherwise: str) -> str:
    """The crawl that an archive belongs to: CC-MAIN-2024-30 where its path says so, else its folder.

    >>> crawl_of("crawl-data/CC-MAIN-2024-30/segments/1/a.gz", "x"), crawl_of("old/a.gz", "x"), crawl_of("a", "x")
    ('CC-MAIN-2024-30', 'old', 'x')
    """
    named = _CRAWL.search(segment)
    folder = segment.rpartition("/")[0].rpartition("/")[2]
    return named[0] if named else folder or otherwise


def policy_columns(settings: NearDuplicateSettings) -> tuple[str, ...]:
    """The columns of signals that the policy looks at, the first one first; a minus: most comes first."""
    by_policy = {
        "longest": ("-n_chars",),
        "earliest": ("cc_segment", "record_offset"),
        "best_language_score": ("-language_score",),
        "lowest_perplexity": ("perplexity", "-n_chars"),
        "custom": settings.representative_order,
    }
    return by_policy[settings.representative]


def order_of(settings: NearDuplicateSettings) -> list[str]:
    """Names of the columns of `ranked` that a representative has least of, the first one first."""
    return [f"rank_{place}" for place in range(len(policy_columns(settings)))]


def ranked(
    reader: ShardReader, settings: Settings, more: Sequence[str] = ("signature", "bands", "shingles")
) -> pa.Table:
    """A shard's eligible documents that have a signature, as dedup and stages want them.

    doc_id, shard, position, number (60 bits that sort as the ids do), crawl, rank_0 ... (double, or string
    for cc_segment; what was not measured comes last), and the columns of `more`.
    """
    near = settings.near_duplicates
    names = [name.removeprefix("-") for name in policy_columns(near)]
    needed = [*columns_of(document_rules(settings)), *(name for name in names if name != "perplexity")]
    own = ["doc_id", "shard", "position", "cc_segment", "signature"]
    signals = signals_of(reader, settings.quality, list(dict.fromkeys([*own, *needed, *more])))
    if "perplexity" in names:
        scored = reader.whole("perplexities", ["doc_id", "perplexity"])
        at = pc.index_in(signals["doc_id"], value_set=scored["doc_id"])
        signals = signals.append_column("perplexity", scored["perplexity"].take(at))
    empty = np.full(near.bands * near.rows, EMPTY, np.uint32).tobytes()
    signed = pc.not_equal(signals["signature"], pa.scalar(empty, pa.binary())).fill_null(False)
    signals = signals.filter(
        pc.and_(pa.array(eligible(signals, settings)), signed)
    )  # once: each copies signatures
    segments = signals["cc_segment"].to_pylist()
    crawls = {segment: crawl_of(segment, near.crawl) for segment in set(segments)}
    columns = {
        **{name: signals[name] for name in ("doc_id", "shard", "position")},
        "number": pa.array([int(doc_id[:15], 16) for doc_id in signals["doc_id"].to_pylist()], pa.int64()),
        "crawl": pa.array([crawls[segment] for segment in segments], pa.string()),
        **{f"rank_{i}": _least_first(signals, name) for i, name in enumerate(policy_columns(near))},
        **{name: signals[name] for name in more},
    }
    return pa.table(columns)


def _least_first(signals: pa.Table, name: str) -> pa.ChunkedArray:
    """A column whose least value comes first; what was not measured comes last."""
    if name == "cc_segment":
        return signals[name]
    value = signals[name.removeprefix("-")].cast(pa.float64())
    return (pc.negate(value) if name.startswith("-") else value).fill_null(float("inf"))
