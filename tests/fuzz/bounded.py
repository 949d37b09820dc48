"""Reading with a bound on its time: seconds of the processor for each byte, compressed or not."""

import gc
import time
from collections.abc import Callable
from typing import TypeVar

from ccnet_lite.archives.record import Damage, Record
from tests.archives.archive_making import read

SECONDS, SECONDS_PER_BYTE = 0.3, 2e-6
T = TypeVar("T")


def in_time(size: int, work: Callable[[], T]) -> T:
    """What the work gives; an AssertionError where it takes longer than `size` bytes may, three times."""
    bound = SECONDS + SECONDS_PER_BYTE * size
    for _ in range(3):
        started = time.process_time()
        found = work()
        taken = time.process_time() - started
        if taken <= bound:
            return found
        gc.collect()  # it may have been this, of what came before
    raise AssertionError(f"{size} bytes take {taken:.2f} s, which may take {bound:.2f}")


def read_in_time(data: bytes, size: int, **settings: object) -> list[Record | Damage]:
    """The items of an archive; `size`: how many bytes it holds, decompressed."""
    return in_time(size + len(data), lambda: read(data, **settings))
