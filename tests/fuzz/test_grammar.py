"""Archives made by the grammar: sound ones come out as they went in, damaged ones as far as anyone reads them."""

import pytest
from hypothesis import event, given, target
from hypothesis import strategies as st

from ccnet_lite.archives.bodies import decode_body
from ccnet_lite.archives.headers import parse_http_head, parse_warc_head
from ccnet_lite.archives.record import Record
from tests.archives.archive_making import damages_of, records_of
from tests.fuzz import grammar
from tests.fuzz.bounded import in_time, read_in_time
from tests.fuzz.effort import fuzzed
from tests.fuzz.mutations import Damaged, damaged
from tests.fuzz.peers import ZCAT, Told, by_fastwarc, by_warcio, by_zcat
from tests.fuzz.written import Archive, Message, Written, arc


def same(record: Record, written: Written) -> bool:
    """Whether a record is the one written, its fields and its block, of which the HTTP head is taken off."""
    block, fields = written.block, {name.lower(): value.strip() for name, value in written.fields}
    begins = record.type == written.type and record.record_id == written.id and record.url == written.url
    # Of a field given twice the last counts; TOKENS and digests have names of their own.
    told = fields.items() <= dict(record.headers).items()
    return begins and told and record.content_length == len(block) and block.endswith(record.content)


@fuzzed
@given(grammar.archives())
def test_a_sound_archive_comes_out_as_it_went_in(archive: Archive) -> None:
    data, plain = archive.to_bytes(), archive.plain()
    items = read_in_time(data, len(plain))
    found = records_of(items)
    assert damages_of(items) == []
    assert len(found) == len(archive.records)
    for record, written in zip(found, archive.records, strict=True):
        assert same(record, written), written


@fuzzed
@given(grammar.archives())
def test_a_sound_archive_is_read_as_others_read_it(archive: Archive) -> None:
    data, plain = archive.to_bytes(), archive.plain()
    found = records_of(read_in_time(data, len(plain)))
    holds_none = any(not member.content for member in archive.members)  # there FastWARC ends
    for told in (by_warcio(plain), by_fastwarc(plain if holds_none else data)):
        assert [one.id for one in told] == [record.record_id for record in found]
        for one, record in zip(told, found, strict=True):
            assert len(one.block) == record.content_length and one.block.endswith(record.content)
            assert one.fields == dict(record.headers)


@fuzzed
@given(grammar.listed(), st.data())
def test_a_sound_arc_comes_out_as_it_went_in(written: tuple[Written, ...], data: st.DataObject) -> None:
    parts = arc([(record.url, record.block) for record in written])
    archive = Archive(written, data.draw(grammar.layouts(parts)))
    packed = archive.to_bytes() if archive.members else b"".join(parts)
    items = read_in_time(packed, sum(map(len, parts)))
    about, *found = records_of(items)
    assert about.url == "filedesc://a.arc" and damages_of(items) == []
    assert [record.url for record in found] == [record.url for record in written]
    for record, one in zip(found, written, strict=True):
        assert record.content_length == len(one.block) and one.block.endswith(record.content)


@fuzzed
@given(grammar.messages())
def test_a_sound_message_comes_out_as_it_went_in(message: Message) -> None:
    block = message.to_bytes()
    head = parse_http_head(block)
    assert head is not None
    limit = len(message.body) + 1000  # what one coding makes of another's result is longer at first
    assert in_time(limit, lambda: decode_body(head.fields, block[head.body :], limit)) == message.body


@fuzzed
@given(damaged())
def test_a_damaged_archive_is_taken_whole_and_in_time(case: Damaged) -> None:
    items = read_in_time(case.data, case.size)
    errors = {damage.error for damage in damages_of(items)}
    event(", ".join(sorted(errors)) or "no damage")
    target(len(errors))


@pytest.mark.skipif(ZCAT is None, reason="needs zcat")
@fuzzed
@given(damaged())
def test_what_others_read_and_a_digest_proves_is_read_here(case: Damaged) -> None:
    items = read_in_time(case.data, case.size)
    found, damages = records_of(items), damages_of(items)
    written = [(parse_warc_head(record.head()).fields, record.block) for record in case.archive.records]
    # gzip inside gzip is not looked into here.
    unpacked = b"" if "packed twice" in case.kinds else by_zcat(case.data)
    for told in (by_warcio(case.data), by_fastwarc(case.data), by_warcio(unpacked)):
        for one in told:
            if not one.proven or (one.fields, one.block) not in written:
                continue
            # Out of a member whose checksum does not hold, the head might be another all the same.
            named = any(damage.error == "unproven" and damage.record_id == one.id for damage in damages)
            assert named or any(is_or_holds(record, one) for record in found), one


def is_or_holds(record: Record, told: Told) -> bool:
    """Whether a record is the one told of, or holds it as its content, as a page may."""
    if record.record_id == told.id and record.content_length == len(told.block):
        return told.block.endswith(record.content)
    return record.content_length > len(told.block) and told.block in record.content
