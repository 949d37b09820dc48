"""How the text that goes on is cut into corpus parts: by language, in the order of the shards."""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Int64 = npt.NDArray[np.int64]
MIN_PART_CHARS = 32_000_000
PARTS_OF_A_RUN = 64
FILES_OF_A_PART = 4


@dataclass(frozen=True)
class Layout:
    """Which part of its language's files takes a shard's text, and which task writes which part."""

    begins: Mapping[str, Int64]
    """By language, the first shard of each of its parts, ascending, from shard 0 on."""
    numbers: Mapping[str, Int64]
    """By language, the number of each of these parts."""
    tasks: Mapping[tuple[str, int], int]
    n_tasks: int

    @property
    def languages(self) -> list[str]:
        """All that have text."""
        return list(self.begins)

    def part(self, language: str, shard: int) -> int:
        """The part of the language that takes the shard."""
        at = np.searchsorted(self.begins[language], shard, side="right") - 1
        return int(self.numbers[language][at])


def part_chars(total: int, file_bytes: int) -> int:
    """About how much text a part gets."""
    return min(max(total // PARTS_OF_A_RUN, MIN_PART_CHARS), FILES_OF_A_PART * file_bytes)


def lay_out(kept: pa.Table, file_bytes: int, most_tasks: int) -> Layout:
    """Cut each language's shards into parts of about equal text; depends on the text and file_bytes alone.

    kept: shard, language, characters: what goes on, a row a shard and language.
    """
    size = part_chars(int(kept["characters"].to_numpy().sum()), file_bytes)
    encoded = kept["language"].combine_chunks().dictionary_encode()
    codes = encoded.indices.to_numpy()
    shards, chars = kept["shard"].to_numpy().astype(np.int64), kept["characters"].to_numpy()
    order = np.lexsort((shards, codes))
    begins: dict[str, Int64] = {}
    numbers: dict[str, Int64] = {}
    sizes: dict[tuple[str, int], int] = {}
    for code, language in sorted(enumerate(encoded.dictionary.to_pylist()), key=lambda pair: pair[1]):
        low, high = np.searchsorted(codes[order], [code, code + 1])
        of_language = order[low:high]
        before = np.cumsum(chars[of_language]) - chars[of_language]
        part = before // size
        first = np.flatnonzero(np.concatenate(([True], part[1:] != part[:-1])))
        numbers[language] = part[first]
        begins[language] = shards[of_language][first]
        begins[language][0] = 0
        for number, chars_of_part in zip(
            part[first].tolist(), np.add.reduceat(chars[of_language], first).tolist(), strict=True
        ):
            sizes[language, int(number)] = int(chars_of_part)
    n_tasks = max(1, min(most_tasks, len(sizes)))
    return Layout(begins, numbers, assign_tasks(sizes, n_tasks), n_tasks)


def assign_tasks(sizes: Mapping[tuple[str, int], int], tasks: int) -> dict[tuple[str, int], int]:
    """Which task writes which part: the largest first, each to the task with the least text so far.

    >>> assign_tasks({("en", 0): 10, ("fr", 0): 6, ("de", 0): 3}, 2)
    {('en', 0): 0, ('fr', 0): 1, ('de', 0): 1}
    """
    loads = [(0, task) for task in range(max(1, tasks))]
    assigned = {}
    for part, chars in sorted(sizes.items(), key=lambda item: (-item[1], *item[0])):
        load, task = loads[0]
        heapq.heapreplace(loads, (load + chars + 1, task))
        assigned[part] = task
    return assigned
