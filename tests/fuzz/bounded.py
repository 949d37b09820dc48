"""Reading with a bound on its time, seconds of the processor for each byte, or on its memory, in a process."""

import gc
import resource
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from io import BytesIO
from typing import TypeVar

from ccnet_lite.archives.errors import FoundFaulty
from ccnet_lite.archives.record import Damage, Record
from ccnet_lite.archives.records import read_records
from ccnet_lite.settings import IngestSettings
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


MEMORY = 500 * 1024 * 1024
"""Bytes that a record of up to a megabyte, compressed, may take."""
_LENGTH = struct.Struct("<I")


class Confined:
    """A process that reads archives and may have MEMORY more than it began with; another after one that ended."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, data: bytes) -> str:
        """`read N items`, or why it could not."""
        if self._process is None:
            command = [sys.executable, "-c", f"from {__name__} import serve; serve()"]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        asked, told = self._process.stdin, self._process.stdout
        assert asked is not None and told is not None
        asked.write(_LENGTH.pack(len(data)) + data)
        asked.flush()
        answer = told.readline().decode().strip()
        if not answer.startswith("read"):
            self.close()
        return answer or "the process ended"

    def close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()


def serve() -> None:
    """What that process runs."""
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
        begun = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (begun + MEMORY, begun + MEMORY))
    while head := sys.stdin.buffer.read(_LENGTH.size):
        data = sys.stdin.buffer.read(_LENGTH.unpack(head)[0])
        try:
            answer = f"read {_count(data)} items"
        except BaseException as error:
            answer = f"{type(error).__name__}: {error}".replace("\n", " ")
        print(answer, flush=True)


def _count(data: bytes) -> int:
    """The items of an archive, none of them kept."""
    settings = IngestSettings()
    try:
        return sum(1 for _ in read_records(BytesIO(data), settings))
    except FoundFaulty as found:
        return sum(1 for _ in read_records(BytesIO(data), settings, found.faults))
