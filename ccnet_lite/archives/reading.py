"""The documents of archives, for who wants to look at them without a run."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from ccnet_lite.archives.documents import Document, Other
from ccnet_lite.archives.documents import read_documents as documents_of
from ccnet_lite.archives.errors import FoundFaulty
from ccnet_lite.archives.sources import Shard, open_shard, resolve_inputs
from ccnet_lite.errors import UserError
from ccnet_lite.settings import Settings


def read_documents(
    archives: str | Path | Iterable[str | Path],
    settings: Settings | None = None,
    others: bool = False,
    twice: bool = False,
) -> Iterator[Document | Other]:
    r"""The documents of WET or WARC archives as ingest reads them, in their order, while they are read.

    >>> import ccnet_lite, tempfile
    >>> from pathlib import Path
    >>> archive = Path(tempfile.mkdtemp()) / "one.warc.wet"
    >>> head = "WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: https://a.example/\r\n"
    >>> _ = archive.write_bytes(f"{head}Content-Length: 22\r\n\r\nA title\nA line of it.\n\r\n\r\n".encode())
    >>> [(each.url, each.title, each.raw_content) for each in ccnet_lite.read_documents(archive)]
    [('https://a.example/', 'A title', 'A line of it.')]

    Args:
        archives: A path, glob, URL or list of archives (wet.paths.gz), as `--input` takes it; or several.
        settings: Of which [source] and [ingest] are used; by default the defaults.
        others: Whether to give records that are no document, too, each as an `Other` with its reason.
        twice: Read each archive once before a document of it is given, so that one with faulty gzip members,
            which can show late, needs no second call.

    Raises:
        UserError: there is no such archive; or what was given does not hold, because members that it came from
            proved faulty behind it: call again with `twice`.
        UnreadArchive: it cannot be opened, or not be read to its end.
    """
    settings = settings or Settings()
    several = [archives] if isinstance(archives, str | Path) else archives
    for shard in resolve_inputs([str(each) for each in several], settings.source):
        for item in _of_shard(shard, settings, twice):
            if others or isinstance(item, Document):
                yield item


def _of_shard(shard: Shard, settings: Settings, twice: bool) -> Iterator[Document | Other]:
    faults = {}
    if twice:
        try:
            with open_shard(shard, settings.source) as stream:
                for _ in documents_of(shard, stream, settings.ingest):
                    pass
        except FoundFaulty as found:
            faults = dict(found.faults)
    try:
        with open_shard(shard, settings.source) as stream:
            yield from documents_of(shard, stream, settings.ingest, faults)
    except FoundFaulty:
        why = "was changed meanwhile" if twice else "has faulty gzip members, so what was read may not hold"
        raise UserError(f"{shard.segment} {why}: read it again with read_documents(..., twice=True)") from None
