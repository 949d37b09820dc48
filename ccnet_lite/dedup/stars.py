"""Clusters of near-duplicates from verified pairs: stars around a representative.

Documents are taken in the order of the policy. One that no star holds yet becomes a representative, and
every document that is paired with it and in no star yet joins it. So a member was compared with its
representative itself: a chain a-b-c in which a and c are not alike falls apart, and what is left of it forms
stars of its own. The outcome depends on the pairs and the order alone, not on how either is stored.

Not handled: finding pairs; a component whose pairs don't fit in memory (some 40 bytes a pair).
"""

from bisect import bisect_right

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ccnet_lite.text.compiled import compiled

Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]

MEMBERS = pa.schema(
    [
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("cluster_id", pa.string(), nullable=False),
        pa.field("cluster_size", pa.int64(), nullable=False),
        pa.field("representative", pa.bool_(), nullable=False),
        pa.field("similarity", pa.float64(), nullable=False),
    ]
)
"""What `cluster_pairs` gives; similarity is that to the representative, 1 for the representative itself."""


def cluster_pairs(pairs: pa.Table, order: list[str], whole_components: bool = False) -> pa.Table:
    """Clusters of two or more documents, a row a document, sorted by doc_id.

    Args:
        pairs: columns src, dst (ids), similarity, and for each name of `order` src_<name> and dst_<name>.
            All pairs of a connected component must be here.
        order: what a representative has least of, first name first; ties go to the smaller id.
        whole_components: a cluster is a connected component, whoever was compared with whom; similarity is
            null where a document was not compared with its representative.
    """
    if not pairs.num_rows:
        return MEMBERS.empty_table()
    ids, src, dst = _number_by_order(pairs, order)
    similarity = pairs["similarity"].to_numpy()
    if whole_components:
        centre, to_centre = _components(len(ids), src, dst, similarity)
    else:
        centre, to_centre = stars(len(ids), src, dst, similarity)
    sizes = np.bincount(centre, minlength=len(ids))[centre]
    is_centre = centre == np.arange(len(ids))
    table = pa.table(
        {
            "doc_id": ids,
            "cluster_id": ids.take(pa.array(centre)),
            "cluster_size": pa.array(sizes, pa.int64()),
            "representative": pa.array(is_centre),
            "similarity": pa.array(np.where(is_centre, 1.0, to_centre), from_pandas=True),
        }
    )
    return table.filter(pc.field("cluster_size") > 1).sort_by("doc_id")


WEIGHTS = ((1, 1), (2, 2), (3, 3), (5, 5), (100, 8), (1000, 1))
"""From which cluster size on a document that stands for it is repeated how often (FineWeb-2)."""


def weight_of(cluster_size: int) -> int:
    """How often FineWeb-2 would repeat the document that stands for so many.

    >>> [weight_of(size) for size in (1, 2, 4, 5, 99, 100, 999, 1000)]
    [1, 2, 3, 5, 5, 8, 8, 1]
    """
    return WEIGHTS[bisect_right(WEIGHTS, (cluster_size, max(WEIGHTS)[0])) - 1][1]


def stars(n_documents: int, src: Int64, dst: Int64, similarity: Float64) -> tuple[Int64, Float64]:
    """Each document's representative and its similarity to it; documents are numbered in the policy's order.

    src, dst: [pairs], of documents that are alike; either direction, repeats allowed.

    Returns:
        centre: int64 [documents]; a document in no star is its own.
        similarity: float64 [documents]; 1 for a representative.

    >>> chain = np.array([1, 0]), np.array([0, 2])  # 1 - 0 - 2
    >>> stars(3, *chain, np.array([0.9, 0.8]))[0].tolist()
    [0, 0, 0]
    """
    both = np.concatenate((src, dst)), np.concatenate((dst, src)), np.concatenate((similarity, similarity))
    by_source = np.argsort(both[0], kind="stable")
    starts = np.searchsorted(both[0][by_source], np.arange(n_documents + 1))
    centre = np.full(n_documents, -1, np.int64)
    to_centre = np.ones(n_documents, np.float64)
    _assign(starts, both[1][by_source], both[2][by_source], centre, to_centre)
    return centre, to_centre


@compiled
def _assign(starts: Int64, neighbours: Int64, similarity: Float64, centre: Int64, to_centre: Float64) -> None:
    for document in range(len(centre)):
        if centre[document] >= 0:
            continue
        centre[document] = document
        for at in range(starts[document], starts[document + 1]):
            if centre[neighbours[at]] < 0:
                centre[neighbours[at]] = document
                to_centre[neighbours[at]] = similarity[at]


def _components(n_documents: int, src: Int64, dst: Int64, similarity: Float64) -> tuple[Int64, Float64]:
    """Each document's component as its first document, and the similarity to that, NaN where not compared."""
    graph = coo_array((np.ones(len(src), np.bool_), (src, dst)), shape=(n_documents, n_documents))
    _, label = connected_components(graph, directed=False)
    first = np.full(label.max() + 1, n_documents, np.int64)
    np.minimum.at(first, label, np.arange(n_documents))
    centre = first[label]
    to_centre = np.full(n_documents, np.nan)
    for one, other in ((src, dst), (dst, src)):
        touches = centre[one] == other
        to_centre[one[touches]] = similarity[touches]
    return centre, to_centre


def _number_by_order(pairs: pa.Table, order: list[str]) -> tuple[pa.Array, Int64, Int64]:
    """Ids in the policy's order, and the pairs as places in it."""
    ends = {
        name: pa.chunked_array(
            [*pairs[f"{src}{name}"].chunks, *pairs[f"{dst}{name}"].chunks]
        ).combine_chunks()
        for name, src, dst in [("", "src", "dst"), *((name, "src_", "dst_") for name in order)]
    }
    encoded = ends[""].dictionary_encode()
    number = encoded.indices.to_numpy()
    _, one_place = np.unique(number, return_index=True)
    columns = {str(i): ends[name].take(pa.array(one_place)) for i, name in enumerate(order)}
    documents = pa.table({**columns, "id": encoded.dictionary})
    places = pc.sort_indices(documents, sort_keys=[(name, "ascending") for name in documents.column_names])
    position = np.empty(len(places), np.int64)
    position[places.to_numpy()] = np.arange(len(places))
    numbered = position[number]
    return encoded.dictionary.take(places), numbered[: pairs.num_rows], numbered[pairs.num_rows :]
