"""Clusters of near-duplicates from verified pairs: stars around a representative.

Documents are taken in the order of the policy. One that no star holds yet becomes a representative, and
every document that is paired with it and in no star yet joins it. So a member was compared with its
representative itself: a chain a-b-c in which a and c are not alike falls apart, and what is left of it forms
stars of its own. The outcome depends on the pairs and the order alone, not on how either is stored.

Said without a loop over documents: one is a representative if none of the documents before it that it is
paired with is one; a member belongs to the first representative that it is paired with. `members` and
stages/stars.py go by that.

Not handled: finding pairs.
"""

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ccnet_lite.text.compiled import compiled

Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]


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


def members(n_documents: int, src: Int64, dst: Int64) -> npt.NDArray[np.bool_]:
    """[documents]: which are members of some star and not its representative.

    src, dst: [pairs], of documents that are alike; src comes before dst in the policy's order, which the
    numbers need not follow.

    >>> members(3, np.array([2, 1]), np.array([1, 0])).tolist()  # 2 before 1 before 0
    [False, True, False]
    """
    by_source = np.argsort(src, kind="stable")
    starts = np.searchsorted(src[by_source], np.arange(n_documents + 1))
    member = np.zeros(n_documents, np.bool_)
    if not _peel(starts, dst[by_source], np.bincount(dst, minlength=n_documents), member):
        raise ValueError("the pairs have no order: some go round in a circle")
    return member


@compiled
def _peel(starts: Int64, later: Int64, unseen: Int64, member: npt.NDArray[np.bool_]) -> bool:
    """Look at a document once all before it that it is paired with have been; whether that reached all."""
    waiting = np.empty(len(member), np.int64)
    filled = 0
    for document in range(len(member)):
        if unseen[document] == 0:
            waiting[filled] = document
            filled += 1
    taken = 0
    while taken < filled:
        document = waiting[taken]
        taken += 1
        for at in range(starts[document], starts[document + 1]):
            other = later[at]
            if not member[document]:
                member[other] = True
            unseen[other] -= 1
            if unseen[other] == 0:
                waiting[filled] = other
                filled += 1
    return taken == len(member)


def whole_components(n_documents: int, src: Int64, dst: Int64) -> Int64:
    """[documents]: the least number of each one's connected component, whatever the similarities.

    >>> whole_components(4, np.array([3, 2]), np.array([2, 1])).tolist()
    [0, 1, 1, 1]
    """
    graph = coo_array((np.ones(len(src), np.bool_), (src, dst)), shape=(n_documents, n_documents))
    n_found, label = connected_components(graph, directed=False)
    first = np.full(n_found, n_documents, np.int64)
    np.minimum.at(first, label, np.arange(n_documents))
    return np.asarray(first[label])
