"""One archive of robots.txt records to rows of the table that `opt_out.robots` names."""

from collections.abc import Iterator, Sequence

import pyarrow as pa

from ccnet_lite.archives.errors import FoundFaulty
from ccnet_lite.archives.robots import RobotsFile, read_robots
from ccnet_lite.archives.sources import Shard, open_shard
from ccnet_lite.quality.robots_table import SCHEMA, to_policy
from ccnet_lite.settings import SourceSettings

BATCH_ROWS = 10_000


def robots_rows(
    shard: Shard, source: SourceSettings, agents: Sequence[str], wildcard: bool
) -> Iterator[pa.RecordBatch]:
    """Host, date and policy of every robots.txt, an empty policy where it shuts out none of the agents.

    Raises:
        UnreadArchive: it could not be opened, or not be read to its end.
    """
    with open_shard(shard, source) as stream:
        try:
            held = list(_policies(read_robots(stream, agents, wildcard)))
        except FoundFaulty as found:
            with open_shard(shard, source) as again:
                held = list(_policies(read_robots(again, agents, wildcard, found.faults)))
    for first in range(0, len(held), BATCH_ROWS):
        columns = zip(*held[first : first + BATCH_ROWS], strict=True)
        yield pa.RecordBatch.from_arrays([pa.array(each, pa.string()) for each in columns], schema=SCHEMA)


def _policies(files: Iterator[RobotsFile]) -> Iterator[tuple[str, str, str]]:
    return ((file.host, file.date, to_policy(file.groups)) for file in files)
