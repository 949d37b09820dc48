"""A seeded sample of an archive's records, as an archive of its own: what a dry run works on.

Records are taken by the bytes of the file that hold them, with their gzip members, damaged stretches among
them, so that the sample is read as the whole would be. Records that share a member are taken all or none.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ccnet_lite.archives.errors import FoundFaulty
from ccnet_lite.archives.inputs import Shard
from ccnet_lite.archives.objects import scheme_of
from ccnet_lite.archives.records import read_records
from ccnet_lite.archives.sources import open_shard
from ccnet_lite.settings import Settings

BLOCK = 1 << 20


class Stretch(NamedTuple):
    """Bytes of an archive that are taken together: a gzip member, or a plain record."""

    start: int
    length: int
    items: int
    """Records and damaged stretches in it."""


class Taken(NamedTuple):
    """What was read of an archive, and what of it went into each sample."""

    bytes: int
    items: int
    samples: tuple[Path, ...]
    sample_bytes: tuple[int, ...]
    sample_items: tuple[int, ...]


def sample_archive(shard: Shard, settings: Settings, wanted: Sequence[int], seed: int, folder: Path) -> Taken:
    """Write disjoint samples of an archive's records, of so many records each, as far as it has them.

    Which records: those with the least hashes of seed, segment and place. An archive that holds no more than all
    samples want is shared out among them.

    Raises:
        UnreadArchive: its bytes cannot be had.
    """
    with _on_disk(shard, settings, folder) as archive:
        stretches, head = _stretches(archive, settings)
        size = archive.seek(0, 2)
        ranked = iter(sorted(stretches, key=lambda each: _rank(shard, seed, each.start)))
        total, all_wanted = sum(each.items for each in stretches), max(sum(wanted), 1)
        samples, sizes, counts = [], [], []
        for number, count in enumerate(wanted):
            goal = min(count, total * count // all_wanted if total < all_wanted else count)
            chosen: list[Stretch] = []
            held = 0
            while held < goal and (stretch := next(ranked, None)) is not None:
                chosen.append(stretch)
                held += stretch.items
            path = folder / f"{shard.index:06d}-{number}-{_suffix(shard)}"
            _copy(archive, sorted({*head, *chosen}), path)
            samples.append(path)
            sizes.append(path.stat().st_size)
            counts.append(held)
    return Taken(size, total, tuple(samples), tuple(sizes), tuple(counts))


def _stretches(archive: BinaryIO, settings: Settings) -> tuple[list[Stretch], list[Stretch]]:
    """Of an archive, and the one that every sample begins with: by its first record ARC is known."""
    found: list[Stretch] = []
    arc = False
    try:
        for item in read_records(archive, settings.ingest):
            arc = arc or (not found and item.url.startswith("filedesc:"))
            if found and item.member_offset > 0:  # begins in a member that holds something before it, too
                last = found[-1]
                found[-1] = Stretch(last.start, last.length + item.length, last.items + 1)
            else:
                found.append(Stretch(item.offset, item.length, 1))
    except FoundFaulty:
        pass  # some of these records are doubtful: which, the run on the sample says
    return found, found[:1] if arc else []


def _rank(shard: Shard, seed: int, start: int) -> bytes:
    return blake2b(f"{seed} {shard.segment} {start}".encode("utf-8", "surrogateescape"), digest_size=8).digest()


def _suffix(shard: Shard) -> str:
    """The end of its name, which tells the kind of an archive."""
    name = shard.uri.partition("?")[0].rpartition("/")[2]
    kind = ".".join(name.rsplit(".", 3)[1:])
    return f"sample.{kind}" if kind else "sample"


def _copy(archive: BinaryIO, chosen: Sequence[Stretch], path: Path) -> None:
    with path.open("wb") as out:
        for stretch in chosen:
            archive.seek(stretch.start)
            left = stretch.length
            while left and (block := archive.read(min(left, BLOCK))):
                out.write(block)
                left -= len(block)


@contextmanager
def _on_disk(shard: Shard, settings: Settings, folder: Path) -> Iterator[BinaryIO]:
    """The archive as a file that can be read twice; a remote one is fetched."""
    if not scheme_of(shard.uri):
        with Path(shard.uri).open("rb") as file:
            yield file
        return
    with tempfile.TemporaryFile(dir=folder) as file, open_shard(shard, settings.source) as stream:
        while block := stream.read(BLOCK):
            file.write(block)
        file.seek(0)
        yield file
