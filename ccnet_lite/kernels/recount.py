"""What a table's files hold, counted anew: rows, digest, and the sums that the tables of a run must meet.

Nothing is taken from what a run wrote of itself.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from ccnet_lite.kernels.ledger import MODULUS, Funnel, add_to_funnel, document_hash, funnel_to_rows, sum_funnels
from ccnet_lite.store.corpus import corpus_file
from ccnet_lite.store.digest import digest_batches, digest_text
from ccnet_lite.store.json_files import Stored


class Recount(Stored):
    """Of some of a table's rows. Hashes and digests are sums modulo 2^64.

    counts: by table, see COUNTED; funnel: of the ledger, as `kernels.ledger.funnel_to_rows`.
    """

    rows: int = 0
    digest: tuple[int, int] = (0, 0)
    counts: dict[str, int] = Field(default_factory=dict)
    funnel: list[list[Any]] = Field(default_factory=list)

    @property
    def digest_text(self) -> str:
        """As a manifest says it."""
        return digest_text(*self.digest)

    def count(self, name: str) -> int:
        """One of the counts; a hash is smaller than 2^64."""
        return self.counts.get(name, 0) % MODULUS


def recount(table: str, name: str, batches: Iterable[pa.RecordBatch]) -> Recount:
    """Count the rows of one file. name: the file's, under its table's folder."""
    rows, first, second = 0, 0, 0
    counts: Counter[str] = Counter()
    funnel: Funnel = {}
    count = COUNTED.get(table)
    for batch in batches:
        one, two, n_rows = digest_batches([batch])
        rows, first, second = rows + n_rows, first + one, second + two
        if table == "ledger":
            add_to_funnel(funnel, batch)
        if table == "corpus":
            counts[f"language {corpus_file(name).language}"] += n_rows
        if count is not None and n_rows:
            counts.update(count(batch))
    digest = first % MODULUS, second % MODULUS
    return Recount(rows=rows, digest=digest, counts=dict(counts), funnel=funnel_to_rows(funnel))


def add_up(parts: Iterable[Recount]) -> Recount:
    """The sum over files."""
    rows, digest = 0, (0, 0)
    counts: Counter[str] = Counter()
    funnels = []
    for part in parts:
        rows += part.rows
        digest = (digest[0] + part.digest[0]) % MODULUS, (digest[1] + part.digest[1]) % MODULUS
        counts.update(part.counts)
        funnels.append(part.funnel)
    return Recount(rows=rows, digest=digest, counts=dict(counts), funnel=sum_funnels(funnels))


def _documents(batch: pa.RecordBatch) -> dict[str, int]:
    return {"documents": document_hash(batch["doc_id"]), "lines": len(batch["line_keys"].flatten())}


def _corpus(batch: pa.RecordBatch) -> dict[str, int]:
    return {"documents": document_hash(batch["doc_id"])}


def _corpus_by_split(batch: pa.RecordBatch) -> dict[str, int]:
    sides = Counter(f"split {side}" for side in batch["split"].to_pylist())
    return _corpus(batch) | sides


def _statistics(batch: pa.RecordBatch) -> dict[str, int]:
    found: Counter[str] = Counter()
    for side, documents in zip(batch["split"].to_pylist(), batch["documents"].to_pylist(), strict=True):
        found[f"split {side}"] += documents
    return found


def _ledger(batch: pa.RecordBatch) -> dict[str, int]:
    kept = pc.equal(batch["outcome"], "kept")
    decided = pc.or_(kept, pc.equal(batch["outcome"], "dropped"))
    return {
        "documents": document_hash(batch["doc_id"].filter(decided)),
        "kept": document_hash(batch["doc_id"].filter(kept)),
    }


def _others(batch: pa.RecordBatch) -> dict[str, int]:
    return Counter(batch["outcome"].to_pylist())


def _archives(batch: pa.RecordBatch) -> dict[str, int]:
    named = ("documents", "bad", "skipped", "lines", "document_hash")
    return {name: sum(batch[name].to_pylist()) for name in named}


COUNTED: dict[str, Callable[[pa.RecordBatch], dict[str, int]]] = {
    "documents": _documents,
    "decisions": _corpus,
    "corpus": _corpus_by_split,
    "statistics": _statistics,
    "ledger": _ledger,
    "others": _others,
    "archives": _archives,
}
"""By table, what is summed of its rows besides."""
