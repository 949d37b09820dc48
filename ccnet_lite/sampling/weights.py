"""How often an epoch reads a document: once, by its cluster weight, by its tier, or by both."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

CLUSTER, TIER = "cluster_weight", "quality_tier"
"""Columns of the corpus."""


@dataclass(frozen=True)
class Weights:
    """What of a document says how often it is read.

    clusters: whether its column cluster_weight does. tiers: tiers and how often documents of each are read; those
    of others, and those without a tier, are read once.
    """

    clusters: bool = False
    tiers: tuple[tuple[int, int], ...] = ()

    @property
    def columns(self) -> list[str]:
        """The columns of the corpus that are asked; none: every document is read once."""
        return [CLUSTER] * self.clusters + [TIER] * bool(self.tiers)

    def times(self, rows: pa.Table | pa.RecordBatch) -> npt.NDArray[np.int64]:
        """[rows] how often an epoch reads each. rows: with `columns`.

        >>> rows = pa.table({"cluster_weight": [1, 3, 2], "quality_tier": [0, 4, None]})
        >>> Weights(clusters=True, tiers=((0, 0), (4, 2))).times(rows).tolist()
        [0, 6, 2]
        """
        found = np.ones(rows.num_rows, np.int64)
        if self.clusters:
            found *= np.asarray(rows[CLUSTER], np.int64)
        if self.tiers:
            tiers, times = zip(*self.tiers, strict=True)
            at = pc.index_in(rows[TIER], value_set=pa.array(tiers, rows[TIER].type))
            found *= np.asarray(pc.fill_null(pa.array(times, pa.int64()).take(at), 1))
        return found
