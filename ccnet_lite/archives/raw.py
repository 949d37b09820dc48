"""An archive file as bytes, read once and front to back, with a bounded look back.

Does not handle: seeking (archives arrive over HTTP, too), decompression.
"""

from typing import Protocol

from ccnet_lite.archives.errors import SourceError

READ_BYTES = 1024 * 1024


class ByteSource(Protocol):
    """What an archive's bytes are read from: any file object, even one that can't seek."""

    def read(self, count: int, /) -> bytes:
        """Up to `count` bytes, at least one; none at the end."""
        ...


class RawBytes:
    """A window on a stream. Positions are byte offsets in the file.

    `data` holds the file from `start` on; what lies before the position last given to `keep` may be
    dropped at the next read.
    """

    def __init__(self, stream: ByteSource) -> None:
        self._stream = stream
        self._keep = 0
        self._ended = False
        self.failure: Exception | None = None
        """What the stream raised, which ends the bytes here though not the file's."""
        self.data = b""
        self.start = 0

    def keep(self, position: int) -> None:
        """Bytes before this position are not needed any more."""
        self._keep = position

    def ensure(self, position: int, count: int) -> int:
        """Have `count` bytes from `position` in hand, or all up to the file's end; how many there are."""
        while self.start + len(self.data) < position + count and not self._ended:
            self._read()
        return max(0, min(count, self.start + len(self.data) - position))

    def piece(self, position: int, count: int) -> memoryview:
        """Up to `count` bytes from `position`, which must not lie before `start`; no copy."""
        self.ensure(position, count)
        first = position - self.start
        return memoryview(self.data)[first : first + count]

    def starts_with(self, position: int, prefix: bytes) -> bool:
        """Whether the file has these bytes at `position`."""
        self.ensure(position, len(prefix))
        return self.data.startswith(prefix, position - self.start)

    def put_back(self, position: int, end: int, data: bytes) -> None:
        """Have the bytes from `position` to `end` in hand again, which were taken from here."""
        self.data = data + self.data[end - self.start :]
        self.start = self._keep = position

    def _read(self) -> None:
        # Short reads are gathered, so that a slow connection gives the same pieces as a local file.
        pieces: list[bytes] = []
        size = 0
        while size < READ_BYTES:
            try:
                piece = self._stream.read(READ_BYTES - size)
            except (SourceError, OSError) as error:
                # What came before the break may hold whole records: it is given, and then looks like the end.
                self.failure, self._ended = error, True
                break
            if not piece:
                self._ended = True
                break
            pieces.append(piece)
            size += len(piece)
        dropped = min(max(0, self._keep - self.start), len(self.data))
        self.data = b"".join([memoryview(self.data)[dropped:], *pieces])
        self.start += dropped
