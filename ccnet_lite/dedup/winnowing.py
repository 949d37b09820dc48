"""Winnowing (Schleimer, Wilkerson, Aiken 2003): of every few values that follow each other the least is taken.

What is taken of a window depends on the window alone, so two texts that share one share a value taken.
"""

import numpy as np
import numpy.typing as npt

from ccnet_lite.text.compiled import compiled

Int64 = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint32] | npt.NDArray[np.uint64]


def winnow(values: Hashes, begins: Int64, ends: Int64, window: int) -> tuple[Int64, Int64]:
    """(places, counts): the place of the least value of each window, of equal ones the first, each place once.

    values: one row after another, row i from begins[i] to ends[i]; a row shorter than a window is one. counts:
    int64 [rows], how many places are of each row.

    >>> places, counts = winnow(np.array([5, 3, 4, 4, 9], np.uint64), np.array([0, 4]), np.array([4, 5]), 2)
    >>> places.tolist(), counts.tolist()
    ([1, 2, 4], [2, 1])
    """
    places, counts = np.empty(len(values), np.int64), np.zeros(len(begins), np.int64)
    return places[: _winnow(values, begins, ends, window, places, counts)], counts


@compiled
def _winnow(values: Hashes, begins: Int64, ends: Int64, window: int, out: Int64, counts: Int64) -> int:
    size = 0
    queue = np.empty(len(values), np.int64)  # of the window, those that no later one is less than
    for row in range(len(counts)):
        before, head, tail = size, 0, 0
        width = min(window, ends[row] - begins[row])
        for at in range(begins[row], ends[row]):
            while tail > head and values[queue[tail - 1]] > values[at]:
                tail -= 1
            queue[tail] = at
            tail += 1
            if queue[head] <= at - width:
                head += 1
            if at - begins[row] >= width - 1 and (size == before or out[size - 1] != queue[head]):
                out[size] = queue[head]
                size += 1
        counts[row] = size - before
    return size
