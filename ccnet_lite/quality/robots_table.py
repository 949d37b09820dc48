"""The table that `ccnet-lite robots` makes: what hosts disallow to user agents, and what it says of a URL.

A Parquet file, sorted by host: host, date (of the newest record), policy, which is JSON: [[agents, rules], ...] as
text.robots has groups; tdm and rsl stand for agents in those of tdmrep.json and of licences. In memory a host
takes 12 bytes, and each policy is held once: most say `Disallow: /`.
"""

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ccnet_lite.errors import UserError
from ccnet_lite.quality.url_lists import hashes_of, host_and_rest
from ccnet_lite.text.robots import Group, disallowed, normal_path
from ccnet_lite.text.tdmrep import TDM, reserved

SCHEMA = pa.schema([("host", pa.string()), ("date", pa.string()), ("policy", pa.string())])
AGENTS = b"ccnet_lite.agents"
"""Of the file's metadata: the agents that were asked for."""


def schema_for(agents: Sequence[str]) -> pa.Schema:
    """The schema of the table, with the agents that were asked for."""
    return SCHEMA.with_metadata({AGENTS: json.dumps(list(agents))})


def to_policy(groups: Sequence[Group]) -> str:
    """Groups as the table holds them; empty where there is none."""
    return json.dumps([[group.agents, group.rules] for group in groups], separators=(",", ":")) if groups else ""


def agents_asked_for(path: Path) -> list[str] | None:
    """The agents that a table was made for; None where an older one does not say. Reads no row."""
    asked = (pq.read_schema(path).metadata or {}).get(AGENTS)
    return None if asked is None else list(json.loads(asked))


class RobotsTable:
    """What a table says, ready to be asked."""

    def __init__(self, path: Path):
        """Raises UserError where it is no such table."""
        policies: dict[str, int] = {}
        hosts, places = [np.zeros(0, np.uint64)], [np.zeros(0, np.int32)]
        try:
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(1 << 16, columns=["host", "policy"]):
                    said = batch["policy"].dictionary_encode()
                    numbers = [policies.setdefault(text, len(policies)) for text in said.dictionary.to_pylist()]
                    hosts.append(hashes_of(batch["host"].to_pylist()))
                    places.append(np.array(numbers, np.int32)[np.asarray(said.indices)])
        except (OSError, pa.ArrowInvalid, KeyError, ValueError) as error:
            reason = str(error).splitlines()[0][:200]
            raise UserError(f"opt_out.robots: {path}: {reason}: give what ccnet-lite robots wrote") from None
        every = np.concatenate(hosts)
        order = np.argsort(every, kind="stable")
        self._hosts, self._places = every[order], np.concatenate(places)[order]
        self._policies = list(policies)

    def __len__(self) -> int:
        return len(self._hosts)

    def agents_shut_out(self, urls: Sequence[str]) -> list[list[str]]:
        """Of each URL, the user agents that its host's robots.txt disallows it, tdm and rsl, sorted."""
        split = [_host_and_path(url) for url in urls]
        keys = hashes_of([host for host, _ in split])
        found: list[list[str]] = [[] for _ in urls]
        if len(self._hosts):
            at = np.minimum(np.searchsorted(self._hosts, keys), len(self._hosts) - 1)
            for number in np.flatnonzero(self._hosts[at] == keys).tolist():
                groups = _groups(self._policies[self._places[at[number]]])
                path = split[number][1]
                shut = (
                    agents for agents, rules in groups if (reserved if TDM in agents else disallowed)(rules, path)
                )
                found[number] = sorted({agent for agents in shut for agent in agents})
        return found


def _host_and_path(url: str) -> tuple[str, str]:
    """The host with its port, as archives.robots.host_of, and the path with its query."""
    host, rest = host_and_rest(url)
    after = url.partition("://")[2].partition("/")[0].partition("?")[0]
    port = after.rpartition("@")[2].rpartition(":")[2]
    if port.isdigit() and port not in ("80", "443") and ":" in after:
        host = f"{host}:{port}"
    path = normal_path(rest.partition("#")[0])
    return host, path if path.startswith("/") else f"/{path}"


@lru_cache(maxsize=2_500)
def _groups(policy: str) -> list[tuple[list[str], list[str]]]:
    return [(agents, rules) for agents, rules in json.loads(policy)]
