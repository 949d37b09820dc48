"""One archive to rows on what files of sites say of their use, for the table that `opt_out.robots` names."""

from collections.abc import Iterator, Sequence

import pyarrow as pa

from ccnet_lite.archives.errors import FoundFaulty
from ccnet_lite.archives.robots import SiteFile, read_site_files
from ccnet_lite.archives.sources import Shard, open_shard
from ccnet_lite.quality.robots_table import to_policy
from ccnet_lite.settings import SourceSettings

BATCH_ROWS = 10_000
COLUMNS = ("host", "path", "date", "policy")


def robots_rows(
    shard: Shard, source: SourceSettings, agents: Sequence[str], wildcard: bool
) -> Iterator[pa.RecordBatch]:
    """COLUMNS of every such file, all text; an empty policy where it shuts out nobody.

    Raises:
        UnreadArchive: it could not be opened, or not be read to its end.
    """
    with open_shard(shard, source) as stream:
        try:
            held = list(_policies(read_site_files(stream, agents, wildcard)))
        except FoundFaulty as found:
            with open_shard(shard, source) as again:
                held = list(_policies(read_site_files(again, agents, wildcard, found.faults)))
    for first in range(0, len(held), BATCH_ROWS):
        columns = zip(*held[first : first + BATCH_ROWS], strict=True)
        yield pa.RecordBatch.from_arrays([pa.array(each, pa.string()) for each in columns], names=list(COLUMNS))


def _policies(files: Iterator[SiteFile]) -> Iterator[tuple[str, str, str, str]]:
    return ((file.host, file.path, file.date, to_policy(file.groups)) for file in files)
