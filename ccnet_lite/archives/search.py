"""Where the next record begins in a run of bytes: by its first line, or by a gzip member's magic number."""

from ccnet_lite.archives.headers import LOOK_AHEAD, MAX_SEARCH_STEP, SEARCH_STEP, find_record, record_kind
from ccnet_lite.archives.members import Decoder
from ccnet_lite.archives.raw import READ_BYTES
from ccnet_lite.archives.restart import MAGIC, begins_member


def gzip_begins(decoder: Decoder, index: int, thorough: bool = True) -> bool:
    """Whether plain bytes give way to gzip at `index`; not `thorough`: to a record in gzip."""
    if decoder.gzip or not decoder.data.startswith(MAGIC, index):
        return False

    def read(count: int) -> bytearray:
        decoder.need(index + count)
        return decoder.data[index : index + count]

    return begins_member(read, thorough)


def next_gzip(decoder: Decoder, first: int, last: int, thorough: bool = True) -> int:
    """Where plain bytes give way to gzip, from `first` up to `last`; -1 if nowhere."""
    at = -1 if decoder.gzip else decoder.data.find(MAGIC, first, last + len(MAGIC) - 1)
    while at >= 0 and not gzip_begins(decoder, at, thorough):
        at = decoder.data.find(MAGIC, at + 1, last + len(MAGIC) - 1)
    return at


def next_record(decoder: Decoder, first: int, last: int, arc: bool) -> int:
    """Where a record begins in the data in hand, from `first` up to `last`; -1 if nowhere.

    `arc`: whether it may be an ARC record.
    """
    line_start = first == 0 or decoder.data[first - 1] in b"\r\n"
    found = find_record(decoder.data, first, last, line_start, arc)
    # A record before may lack its last line end; a gzip member that begins like one is one all the same.
    for index in decoder.member_starts(first, last if found < 0 else found):
        if record_kind(decoder.data, index) == "warc":
            return index
    # A gzip member among plain bytes may be the body of a page, but then it does not begin with a record.
    gzip = next_gzip(decoder, first, last if found < 0 else found, thorough=False)
    return gzip if gzip >= 0 else found


def next_readable(decoder: Decoder, first: int, last: int, arc: bool) -> tuple[int, bool]:
    """Where a record or gzip member next begins, from `first` up to `last`; -1 if nowhere. And if it is gzip."""
    # In growing steps: records that are far off must not be searched for behind each of many members.
    step = SEARCH_STEP
    while first < last:
        end = min(last, first + step)
        found = next_record(decoder, first, end, arc)
        gzip = next_gzip(decoder, first, end if found < 0 else found)
        if gzip >= 0 or found >= 0:
            return (gzip, True) if gzip >= 0 else (found, False)
        first, step = end, min(2 * step, MAX_SEARCH_STEP)
    return -1, False


def look_ahead(decoder: Decoder, first: int, arc: bool, bound: int) -> int:
    """Where the next record begins from `first` on, or the run ends, or some place beyond `bound`."""
    while True:
        more = decoder.need(first + READ_BYTES)
        last = len(decoder.data) - (LOOK_AHEAD if more else 0)
        found = next_record(decoder, first, last, arc)
        if found >= 0 or not more or last > bound:
            return found if found >= 0 else last
        first = last
