"""Where a record's block ends when its stated length is missing or wrong.

Indexes are into `data`; `limit` is where the next record begins, or the data end.
"""

from collections.abc import Mapping

from ccnet_lite.archives.digests import block_holds
from ccnet_lite.archives.headers import MAX_HEADER_BYTES, Buffer, http_body

_LINE_ENDS = (b"\r\n\r\n", b"\n\n", b"\r\n", b"\n", b"")


def possible_ends(data: bytearray, body: int, limit: int) -> list[int]:
    """Where the block may end: of the line ends before `limit`, two, one or none separate the records."""
    return [limit - len(ending) for ending in _LINE_ENDS if data.endswith(ending, body, limit)]


def holds(fields: Mapping[str, str], data: Buffer, body: int, end: int) -> bool | None:
    """Whether the block from `body` to `end` has the digest that the head states; None if it states none."""
    if "warc-block-digest" not in fields and "warc-payload-digest" not in fields:
        return None
    payload = http_body(bytes(memoryview(data)[body : min(end, body + MAX_HEADER_BYTES + 1)]))
    with memoryview(data)[body:end] as block:
        return block_holds(fields, block, payload)


def proven_end(fields: Mapping[str, str], data: bytearray, body: int, limit: int) -> int | None:
    """The end by which the block has its digest."""
    for end in possible_ends(data, body, limit):
        held = holds(fields, data, body, end)
        if held is not False:
            return end if held else None
    return None


def end_without_returns(data: bytearray, body: int, limit: int, stated: int) -> int | None:
    """The end of a block that is as long as stated but for the CRs of its lines, or of its HTTP head's.

    Version control and editors do that to archives; nothing is lost by it. The record's own head has lost
    its CRs then, too: where it has not, the block is cut off, and its lines only happen to be as many.
    """
    if data.endswith(b"\r\n", 0, body):
        return None
    head_end, end = data.find(b"\n\n", body, limit) + 2, limit
    for _ in range(5):
        for last in (end, min(head_end, end)):
            lacking = data.count(b"\n", body, last) - data.count(b"\r\n", body, last)
            if 0 < lacking == stated - (end - body):
                return end
        if not data.endswith(b"\n", body, end):
            break
        end -= 1
    return None
