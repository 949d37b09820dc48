"""Scores of a fastText classifier's labels from the mean of a line's rows, and the best of them.

Each number is made by the same operations as fastText's, in the same width and order, so that scores are
equal to the last bit, and of labels with equal scores the same ones are taken. (Scores are fastText's: the
exponential of a logarithm of the probability plus 0.00001. They can exceed 1.)

Three kinds of output: a tree of yes or no (hierarchical softmax), softmax, a yes or no for each label.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.compiled import compiled

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Float32 = npt.NDArray[np.float32]

TREE, EACH, SOFTMAX = 1, 2, 3

_F = np.float32
_LEAST = np.float32(np.log(1e-5))
"""fastText leaves out what is less probable, in a tree."""
_BOUND, _STEPS = 8, 512
"""fastText takes a label's sigmoid from a table of so many steps between -8 and 8."""


class Outputs(NamedTuple):
    """The second layer of a model."""

    kind: int
    """TREE, EACH or SOFTMAX."""
    matrix: Float32
    """[labels, dimensions]; of a tree its inner nodes, labels - 1 of them, and a row without use."""
    scales: Float32
    """[labels] what a row is multiplied by."""
    left: Int32
    """[2 labels - 1] a node's child for `no`, -1 for a leaf; the leaves come first, the root last."""
    right: Int32


@compiled
def best_labels(means: Float32, counts: Int64, outputs: Outputs, labels: Int32, scores: Float32) -> None:
    """Fill in each line's best labels and their scores, best first; lines without features are left alone.

    means: [lines, dimensions]; counts: [lines]; labels, scores: [lines, k].
    """
    n_labels, k = len(outputs.matrix), labels.shape[1]
    values = np.empty(n_labels, np.float32)
    nodes, waiting = np.empty(n_labels + 1, np.int64), np.empty(n_labels + 1, np.float32)
    heap, heads = np.empty(k + 1, np.float32), np.empty(k + 1, np.int32)
    sigmoids = _sigmoids()
    for line in range(len(means)):
        if counts[line] == 0:
            continue
        if outputs.kind == TREE:
            size = _best_of_tree(means[line], outputs, nodes, waiting, heap, heads)
        else:
            _values(means[line], outputs, sigmoids, values)
            size = 0
            for label in range(n_labels):
                size = _keep(_log(values[label]), label, heap, heads, size)
        _sort(heap, heads, size)
        for place in range(size):
            labels[line, place], scores[line, place] = heads[place], np.exp(heap[place])


@compiled
def all_scores(means: Float32, counts: Int64, outputs: Outputs, scores: Float32) -> None:
    """Fill in the score of every label, [lines, labels]; lines without features are left alone."""
    n_labels = len(outputs.matrix)
    below = np.zeros(2 * n_labels - 1, np.float32)
    sigmoids = _sigmoids()
    for line in range(len(means)):
        if counts[line] == 0:
            continue
        if outputs.kind == TREE:
            for node in range(2 * n_labels - 2, n_labels - 1, -1):
                yes = _yes(means[line], outputs, node)
                below[outputs.left[node]] = below[node] + _log(_F(1) - yes)
                below[outputs.right[node]] = below[node] + _log(yes)
            for label in range(n_labels):
                scores[line, label] = np.exp(below[label])
        else:
            _values(means[line], outputs, sigmoids, scores[line])
            for label in range(n_labels):
                scores[line, label] = np.exp(_log(scores[line, label]))


@compiled
def _log(value: np.float32) -> np.float32:
    return _F(np.log(np.float64(value) + 1e-5))


@compiled
def _dot(mean: Float32, outputs: Outputs, row: int) -> np.float32:
    total = _F(0)
    for column in range(len(mean)):
        total += mean[column] * outputs.matrix[row, column]
    return _F(total * outputs.scales[row])


@compiled
def _yes(mean: Float32, outputs: Outputs, node: int) -> np.float32:
    return _F(_F(1) / (_F(1) + np.exp(-_dot(mean, outputs, node - len(outputs.matrix)))))


@compiled
def _best_of_tree(
    mean: Float32, outputs: Outputs, nodes: Int64, waiting: Float32, heap: Float32, heads: Int32
) -> int:
    """Down the tree, depth first; what already scores less than the k-th best leaf can be left."""
    size, n_waiting, k = 0, 1, len(heap) - 1
    nodes[0], waiting[0] = 2 * len(outputs.matrix) - 2, _F(0)
    while n_waiting:
        n_waiting -= 1
        node, score = nodes[n_waiting], waiting[n_waiting]
        if score < _LEAST or (size == k and score < heap[0]):
            continue
        if outputs.left[node] < 0:
            size = _keep(score, node, heap, heads, size)
            continue
        yes = _yes(mean, outputs, node)
        nodes[n_waiting], waiting[n_waiting] = outputs.right[node], score + _log(yes)
        nodes[n_waiting + 1], waiting[n_waiting + 1] = outputs.left[node], score + _log(_F(1) - yes)
        n_waiting += 2
    return size


@compiled
def _values(mean: Float32, outputs: Outputs, sigmoids: Float32, values: Float32) -> None:
    """Fill in the probability of every label, of softmax or of each by itself."""
    for label in range(len(values)):
        values[label] = _dot(mean, outputs, label)
    if outputs.kind == EACH:
        for label in range(len(values)):
            value = values[label]
            if value < -_BOUND:
                values[label] = _F(0)
            elif value > _BOUND:
                values[label] = _F(1)
            else:
                values[label] = sigmoids[int((value + _F(_BOUND)) * _F(_STEPS) / _F(_BOUND) / _F(2))]
        return
    most, total = np.max(values), _F(0)
    for label in range(len(values)):
        values[label] = _F(np.exp(np.float64(values[label] - most)))
        total += values[label]
    for label in range(len(values)):
        values[label] /= total


@compiled
def _sigmoids() -> Float32:
    table = np.empty(_STEPS + 1, np.float32)
    for step in range(_STEPS + 1):
        value = _F(step * 2 * _BOUND) / _F(_STEPS) - _F(_BOUND)
        table[step] = 1.0 / (1.0 + np.float64(np.exp(-value)))
    return table


# A heap with the least score at its head, as libstdc++ keeps it: of equal scores the same are thrown out.


@compiled
def _keep(score: np.float32, label: int, heap: Float32, heads: Int32, size: int) -> int:
    """Add a label to the k best (the heap has room for one more); returns how many there are then."""
    k = len(heap) - 1
    if size == k and score < heap[0]:
        return size
    _rise(score, label, heap, heads, size)
    if size < k:
        return size + 1
    _take_least(heap, heads, k + 1)
    return k


@compiled
def _rise(score: np.float32, label: int, heap: Float32, heads: Int32, hole: int) -> None:
    while hole > 0 and heap[(hole - 1) // 2] > score:
        heap[hole], heads[hole] = heap[(hole - 1) // 2], heads[(hole - 1) // 2]
        hole = (hole - 1) // 2
    heap[hole], heads[hole] = score, label


@compiled
def _take_least(heap: Float32, heads: Int32, size: int) -> None:
    """Move the least of `size` to their end, and make a heap of the others."""
    score, label = heap[size - 1], heads[size - 1]
    heap[size - 1], heads[size - 1] = heap[0], heads[0]
    hole, child, last = 0, 0, size - 1
    while child < (last - 1) // 2:
        child = 2 * (child + 1)
        if heap[child] > heap[child - 1]:
            child -= 1
        heap[hole], heads[hole] = heap[child], heads[child]
        hole = child
    if last % 2 == 0 and child == (last - 2) // 2:
        child = 2 * child + 1
        heap[hole], heads[hole] = heap[child], heads[child]
        hole = child
    _rise(score, label, heap, heads, hole)


@compiled
def _sort(heap: Float32, heads: Int32, size: int) -> None:
    """The best first."""
    for rest in range(size, 1, -1):
        _take_least(heap, heads, rest)
