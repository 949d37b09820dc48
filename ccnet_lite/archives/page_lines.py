"""The main text of a page, line by line: which blocks belong to it says a boosted forest of small trees.

The sum over the trees is a log odds. Lines of one table, one list or one piece of code are kept or left together.
docs/extraction.md tells what the forest was learnt from, and how exact it is.
"""

import html
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ccnet_lite.archives.page_blocks import (
    CHARS,
    ELEMENT,
    END,
    LINK_CHARS,
    START,
    Blocks,
    blocks_of,
)
from ccnet_lite.archives.page_features import Float32, features
from ccnet_lite.archives.page_model import DEPTH, PageModel, page_model
from ccnet_lite.archives.page_tags import BLOCKS, PRE, TABLE, TD, TH, TR, Int32, UInt8, UInt32
from ccnet_lite.text.compiled import compiled

Bools = npt.NDArray[np.bool_]
KINDS = {"tables": (TABLE,), "lists": tuple(map(BLOCKS.index, ("ul", "ol", "dl"))), "code": (PRE,)}
_PART = np.zeros(len(BLOCKS), np.int32)
for _number, _tags in enumerate(KINDS.values()):
    _PART[list(_tags)] = _number + 1
_LEFT = np.array([name in ["nav", "footer", "aside", "form", "button"] for name in BLOCKS])
LONG_CELL = 120
"""Characters a line, on average, from which a table or list is a page's layout and not one thing."""


def main_lines(page: bytes, keep: Sequence[str]) -> tuple[str, str]:
    """The title of a page in UTF-8, and its main text, a line a block; `keep` has names of KINDS.

    Raises:
        ExtractionError: as page_blocks.blocks_of.
    """
    blocks = blocks_of(page)
    title = html.unescape(blocks.title.decode("utf-8", "replace"))
    if not len(blocks.counts):
        return title, ""
    return title, text_of(blocks, kept_blocks(blocks, scores(blocks, page_model()), keep))


def scores(blocks: Blocks, model: PageModel) -> Float32:
    """The log odds of each block to belong to the main text."""
    weights = word_weights(blocks.words, model.words, model.weights)
    x = features(blocks.counts, blocks.tags, blocks.parents, blocks.first_words, weights)
    return _sum_trees(x, model.features, model.thresholds, model.leaves, np.float32(model.base))


@compiled
def word_weights(words: UInt32, known: UInt32, weights: Float32) -> Float32:
    """What each word weighs: 0 if it is not among the known ones, each of which has a weight."""
    size = 1
    while size < 2 * len(known) + 1:
        size *= 2
    table = np.full(size, -1, np.int32)
    last = size - 1
    for place in range(len(known)):
        slot = int(known[place]) & last
        while table[slot] >= 0:
            slot = (slot + 1) & last
        table[slot] = place
    found = np.zeros(len(words), np.float32)
    for number in range(len(words)):
        slot = int(words[number]) & last
        while table[slot] >= 0:
            if known[table[slot]] == words[number]:
                found[number] = weights[table[slot]]
                break
            slot = (slot + 1) & last
    return found


def kept_blocks(blocks: Blocks, score: Float32, keep: Sequence[str]) -> Bools:
    """Which blocks are kept: each by its score, those of one table, list or code together by their mean.

    Where that is none, all that are no links and stand in no element of a page's frame.
    """
    wanted = np.array([True, *(name in keep for name in KINDS)])
    return _decide(blocks.counts, blocks.tags, blocks.parents, score, _PART, wanted, _LEFT)


def text_of(blocks: Blocks, kept: Bools) -> str:
    """The kept blocks, one a line; cells of one row in one line, with tabs between."""
    data = np.frombuffer(blocks.text, np.uint8)
    text = _joined(data, blocks.counts, blocks.tags, blocks.parents, kept).tobytes().decode("utf-8", "replace")
    return "\n".join(map(_plain, text.split("\n"))) if "&" in text else text


def _plain(line: str) -> str:
    """A line with the characters that its references stand for, white space folded within each of its cells."""
    if "&" not in line:
        return line
    text = line.lstrip("\t ")  # what code is set in by
    folded = "\t".join(" ".join(html.unescape(cell).split()) for cell in text.split("\t"))
    return line[: len(line) - len(text)] + folded


@compiled
def _joined(text: UInt8, counts: Int32, tags: Int32, parents: Int32, kept: Bools) -> UInt8:
    size = 0
    for i in range(len(counts)):
        size += counts[i, END] - counts[i, START] + 1 if kept[i] else 0
    joined = np.empty(size, np.uint8)
    out, row = 0, -1
    for i in range(len(counts)):
        if not kept[i]:
            continue
        element = counts[i, ELEMENT]
        cell = tags[element] == TD or tags[element] == TH
        own_row = parents[element] if cell else -1
        if out:
            joined[out] = 9 if cell and own_row == row and tags[row] == TR else 10
            out += 1
        length = counts[i, END] - counts[i, START]
        joined[out : out + length] = text[counts[i, START] : counts[i, END]]
        out += length
        row = own_row
    return joined[:out]


@compiled
def _decide(
    counts: Int32, tags: Int32, parents: Int32, score: Float32, part: Int32, wanted: Bools, left: Bools
) -> Bools:
    n, m = len(counts), len(tags)
    group = np.zeros(m, np.int32)  # the innermost table, list or code around each element
    kind = np.zeros(m, np.int32)
    for e in range(1, m):
        own = part[tags[e]]
        outer = kind[parents[e]]
        if own and outer != 3:  # what is in code is code
            group[e], kind[e] = e, own
        else:
            group[e], kind[e] = group[parents[e]], outer
    total, length, lines = np.zeros((3, m), np.float32)
    for i in range(n):
        g = group[counts[i, ELEMENT]]
        size = np.sqrt(np.float32(counts[i, CHARS]))
        total[g] += score[i] * size
        length[g] += size
        lines[g] += 1
    kept = np.zeros(n, np.bool_)
    for i in range(n):
        e = counts[i, ELEMENT]
        g, k = group[e], kind[e]
        if g and (k == 3 or length[g] < lines[g] * np.sqrt(np.float32(LONG_CELL))):
            kept[i] = wanted[k] and total[g] > 0
        else:
            kept[i] = score[i] > 0
    if not kept.any():
        outside = np.zeros(m, np.bool_)
        for e in range(1, m):
            outside[e] = outside[parents[e]] or left[tags[e]]
        for i in range(n):
            kept[i] = not outside[counts[i, ELEMENT]] and 2 * counts[i, LINK_CHARS] < counts[i, CHARS]
    return kept


@compiled
def _sum_trees(x: Float32, feature: Int32, threshold: Float32, leaf: Float32, base: np.float32) -> Float32:
    # All rows go down a tree side by side, a level at a time, so that the compiler can use vector instructions: as
    # in text/sha1.py, unsigned throughout, and of one dimension.
    n_rows, width = len(x), np.uint32(x.shape[1])
    n_inner, n_leaves = np.uint32(feature.shape[1]), np.uint32(leaf.shape[1])
    values, features_, thresholds, leaves = x.ravel(), feature.ravel(), threshold.ravel(), leaf.ravel()
    score = np.full(n_rows, base, np.float32)
    node = np.empty(n_rows, np.uint32)
    for tree in range(len(feature)):
        first = np.uint32(tree) * n_inner
        node[:] = 0
        for _ in range(DEPTH):
            for i in range(np.uint64(n_rows)):
                at = first + node[i]
                value = values[np.uint32(np.uint32(i) * width + np.uint32(features_[at]))]
                node[i] = np.uint32(np.uint32(2) * node[i] + np.uint32(1) + np.uint32(value > thresholds[at]))
        # Leaves come behind the inner nodes.
        first = np.uint32(np.uint32(tree) * n_leaves - n_inner)
        for i in range(np.uint64(n_rows)):
            score[i] += leaves[np.uint32(first + node[i])]
    return score
