"""Damaged stretches of an archive, set aside as they are, for a person to look at."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from ccnet_lite.archives.errors import SourceError
from ccnet_lite.archives.sources import Shard, open_shard
from ccnet_lite.kernels.ingest import Rows
from ccnet_lite.settings import Settings

BLOCK = 1 << 20
FOLDER = "quarantine"


def with_quarantine(rows: Rows, shard: Shard, settings: Settings, run: Path) -> Rows:
    """Pass an archive's rows on; then copy the stretches of its bad records.

    Each becomes quarantine/SHARD-OFFSET.bin (numbers only: nothing of an archive's names is used as a path).
    Bad records that share a compressed gzip member share a file. An archive that cannot be read again keeps
    what was copied by then; its records are in `bad_records` either way.
    """
    stretches: dict[int, int] = {}
    for table, batch in rows:
        if table == "bad_records":
            places = zip(batch["record_offset"].to_pylist(), batch["record_length"].to_pylist(), strict=True)
            for offset, length in places:
                stretches[offset] = max(length, stretches.get(offset, 0))
        yield table, batch
    if any(stretches.values()):
        try:
            with open_shard(shard, settings.source) as stream:
                _copy(stream, sorted(stretches.items()), run / FOLDER / f"{shard.index:06d}")
        except SourceError:
            return


def _copy(stream: BinaryIO, stretches: Iterable[tuple[int, int]], prefix: Path) -> None:
    """Write each (offset, length) of the stream, in rising order, to prefix-OFFSET.bin, a block at a time."""
    prefix.parent.mkdir(parents=True, exist_ok=True)
    position = 0
    for offset, length in stretches:
        for _ in _blocks(stream, offset - position):
            pass
        position = max(position, offset)
        if length:
            target = prefix.with_name(f"{prefix.name}-{offset}.bin")
            with target.open("wb") as file:
                for block in _blocks(stream, length):
                    file.write(block)
            position += length


def _blocks(stream: BinaryIO, count: int) -> Iterator[bytes]:
    """The next bytes of a stream, fewer where it ends."""
    while count > 0:
        block = stream.read(min(count, BLOCK))
        if not block:
            return
        count -= len(block)
        yield block
