"""Documents of a finished run by URL or id, and what is like it where there is none."""

import re
from difflib import get_close_matches
from typing import NamedTuple

import pyarrow.compute as pc

from ccnet_lite.errors import UserError
from ccnet_lite.finished.opened import Opened
from ccnet_lite.store.reading import read_file

ID = re.compile(r"[0-9a-f]{32}")
PART_OF_ID = re.compile(r"[0-9a-f]{6,31}")
NEAR = 3
"""Near matches that are named."""
MOST_OF_HOST = 2000
"""URLs of the same host that are looked at for one that is like it."""


class Found(NamedTuple):
    """A document, and the shard it lies in."""

    doc_id: str
    url: str
    shard: int


def find(run: Opened, asked: str) -> list[Found]:
    """The documents that have this id or URL, in the run's order; one column of `documents` is read for it.

    Raises:
        UserError: there is none; names what gave no document, or is like it.
    """
    table = run.table("documents")
    by_id = bool(ID.fullmatch(asked))
    found: list[Found] = []
    for file in table.files:
        column, first = "doc_id" if by_id else "url", 0
        for batch in read_file(table.place(file), [column], file=file):
            chosen = pc.indices_nonzero(pc.equal(batch[column], asked)).to_pylist()
            rows = run.rows("documents", {file: [first + at for at in chosen]}, Found._fields) if chosen else ()
            found += [Found(**row) for row in rows]
            first += batch.num_rows
    if not found:
        raise UserError(_unknown(run, asked))
    return found


def _unknown(run: Opened, asked: str) -> str:
    """What to say of an id or URL that no document has."""
    if ID.fullmatch(asked):
        return f"{run.place.shown} has no document {asked}: give a doc_id or a URL as the ledger has it"
    others = run.table("others")
    for file in others.files:
        for batch in read_file(others.place(file), file=file):
            for row in batch.filter(pc.equal(batch["url"], asked)).to_pylist():
                place = f"{row['cc_segment']} at byte {row['record_offset']:,}"
                message = f" ({row['message']})" if row["message"] else ""
                return (
                    f"{asked} gave no document: its record in {place} is {row['outcome']}: {row['rule']}{message}"
                )
    near = near_matches(run, asked)
    hint = f"near it: {', '.join(near)}" if near else "give a URL or doc_id as the ledger has it"
    return f"{run.place.shown} has no document {asked}: {hint}"


def near_matches(run: Opened, asked: str) -> list[str]:
    """Ids that begin so; else URLs that differ in scheme, www., case or slash; else the host's most like it."""
    table, wanted = run.table("documents"), plain(asked)
    host = wanted.partition("/")[0]
    by_id = bool(PART_OF_ID.fullmatch(asked))
    same: list[str] = []
    of_host: list[str] = []
    for file in table.files:
        for batch in read_file(table.place(file), ["doc_id" if by_id else "url"], file=file):
            if by_id:
                same += batch.filter(pc.starts_with(batch["doc_id"], asked))["doc_id"].to_pylist()
                continue
            there = pc.match_substring(batch["url"], host, ignore_case=True)
            for url in batch.filter(there)["url"].to_pylist():
                if plain(url) == wanted:
                    same.append(url)
                elif len(of_host) < MOST_OF_HOST and plain(url).partition("/")[0] == host:
                    of_host.append(url)
        if len(same) >= NEAR:
            break
    return same[:NEAR] or get_close_matches(asked, [url for url in of_host if len(url) <= 500], NEAR, 0.6)


def plain(url: str) -> str:
    """A URL without what people leave out of it.

    >>> plain("HTTPS://www.A.example/x/")
    'a.example/x'
    """
    return url.lower().rpartition("://")[2].removeprefix("www.").rstrip("/")
