"""Numbered pieces of a work on arrays: on threads, or wherever else a caller has them done."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.generic]
Each = Callable[[Callable[..., Any], Sequence[Array], int], Iterator[Any]]
"""each(work, shared, n): the array that work(number, *shared) gives of each number below n, in their order. The
shared arrays that work is given cannot always be written to."""
THREADS = min(8, os.cpu_count() or 1)
"""That work at once."""


def on_threads(work: Callable[..., Any], shared: Sequence[Array], n: int) -> Iterator[Any]:
    """`Each` in this process.

    >>> [found.tolist() for found in on_threads(lambda number, held: held * number, [np.array([1, 2])], 3)]
    [[0, 0], [1, 2], [2, 4]]
    """
    with ThreadPoolExecutor(THREADS) as pool:
        yield from pool.map(lambda number: work(number, *shared), range(n))
