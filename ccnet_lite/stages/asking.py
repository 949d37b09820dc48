"""Pieces of a global step that see the files of one machine: as Spark tasks of it, or on the driver's threads.

A piece takes and gives files in the scratch folder, so that nothing large passes through the JVM or stays in the
driver's memory.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import NamedTemporaryFile, mkdtemp
from typing import Any, TypeVar

import numpy as np
from pyspark import SparkContext

from ccnet_lite.dedup.each import THREADS, Array, Each
from ccnet_lite.stages.items import ask_items

Item = TypeVar("Item")
MOST_FILES = 128
"""Pieces of a step at most: each has files of its own."""
PIECES_A_CORE = 4
"""So that cores which have done theirs need not wait long for the others."""


class Ask:
    """Has items worked on: by tasks, or by threads of this process where tasks would not see its files."""

    def __init__(self, context: SparkContext | None) -> None:
        """context: Spark's, whose tasks run on this machine; or None for threads."""
        self._context = context
        self.at_once = THREADS if context is None else context.defaultParallelism
        """Items that are worked on at once."""

    def __call__(self, items: Sequence[Item], work: Callable[[Item], str]) -> list[str]:
        """What `work` says of each item, in the order of the items."""
        if self._context is not None:
            return ask_items(self._context, items, work, "tasks")
        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(work, items))

    def in_pieces(self, numbers: Sequence[int]) -> list[list[int]]:
        """Numbers that follow one another, put together to some pieces for each that is worked on at once.

        >>> Ask(None).in_pieces([3, 4, 7]), max(map(len, Ask(None).in_pieces(range(100_000)))) >= 782
        ([[3], [4], [7]], True)
        """
        n = min(len(numbers), MOST_FILES, PIECES_A_CORE * self.at_once)
        return [part.tolist() for part in np.array_split(np.asarray(numbers, np.int64), max(1, n)) if len(part)]

    def each(self, folder: Path) -> Each:
        """`Each` whose arrays lie in files of a folder, so that this process holds one of those that are given."""

        def each(work: Callable[..., Any], shared: Sequence[Array], n: int) -> Iterator[Any]:
            own = Path(mkdtemp(dir=folder))
            paths = [own / f"shared-{number}.npy" for number in range(len(shared))]
            for path, array in zip(paths, shared, strict=True):
                np.save(path, array)

            def made(numbers: Sequence[int]) -> str:
                names = []
                held = [np.load(path, mmap_mode="r") for path in paths]
                for number in numbers:
                    # Another attempt of this task writes files of its own.
                    with NamedTemporaryFile(dir=own, suffix=".npy", delete=False) as file:
                        np.save(file, work(number, *held))
                    names.append(file.name)
                return "\n".join(names)

            for names in self(self.in_pieces(range(n)), made):
                for name in names.splitlines():
                    yield np.load(name)
                    Path(name).unlink()
            shutil.rmtree(own)

        return each
