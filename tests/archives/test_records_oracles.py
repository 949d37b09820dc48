"""The reader against warcio, zcat and the manifest of the real data, record by record."""

import csv
import gzip
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord

from ccnet_lite.archives.digests import block_holds
from ccnet_lite.archives.record import Record
from tests.archives.archive_making import damages_of, read, real_archives, records_of

# Files that break the rules in ways in which warcio and this reader part, each with what this reader does.
DIFFERENT = {
    "incorrect_content_length.warc": "a length too long: up to the next record; warcio reads on into it",
    "invalid-warcrecord-1.warc": "six records without length, each up to the next; warcio: one",
    "invalid-warcrecord-3.warc": "a length beyond the next record: damage; warcio takes both",
    "invalid-warcfile-fields-empty.warc": "no length: up to the end; warcio: empty",
    "invalid-warcfile-record-then-garbage.warc": "garbage; warcio: a record",
    "invalid-warcfile-lonely-continuation.warc": "no length: empty; warcio: the blank lines",
    "invalid-warcfile-lonely-monkeys.warc": "no length: empty; warcio: the blank lines",
    "invalid-warcfile-lonely-warcinfo-metadata.warc": "two records; warcio: one that holds the other",
    "invalid-warcfile-fields-invalidformat.warc": "one record; warcio: two",
    "invalid-arcfile-record-then-garbage.arc": "garbage; warcio: an error",
    "appended_zip_fragment_unexpected_eof.wet.gz": "the last record cut off: damage; warcio: what there is",
    "missing_header_field.warc": "the last head is cut off: damage; warcio: an empty record",
    "file_and_wet_headers_only.wet.gz": "line ends turned: the text without the separator; warcio: with it",
    "file_headers_only.wet.gz": "the same",
    "sample.warc.txt": "the same",
    "example-space-in-url.arc": "the same",
    "resource.warc": "the same",
    "response.warc": "the same",
    "revisit_unmodified.warc": "the same",
    "warcinfo.warc": "the same",
    "example-wrong-chunks.warc.gz": "the body; warcio finds no chunks and gives nothing",
    "example-trunc.warc": "the body that the digest proves; warcio: what Content-Length says",
    "example-bad-length.warc": "the same",
    "bad.arc": "lengths of -1 and abc: up to the next record; warcio: empty",
    "hello-world2.arc": "the file's own record is one byte too long: damage; warcio: garbage as a record",
    "multiline_header_values.warc": "the record; warcio takes the folded lines for its content",
    "corrupted-mid-record.warc.gz.open": "all records of one member; warcio: two, the second at offset -7009",
    "corrupted-trailing-bytes.warc.gz.open": "the same, at offset -19402",
}


class Told(NamedTuple):
    """What warcio tells of a record."""

    type: str
    url: str
    record_id: str
    content: bytes
    offset: int


def told_by_warcio(path: Path) -> list[Told]:
    told = []
    with path.open("rb") as file:
        archive = ArchiveIterator(file)
        try:
            for record in archive:
                content = record.raw_stream.read()
                told.append(Told(*_named(record), content, archive.get_record_offset()))
        except Exception:
            return told  # where it gives up; what it read up to there counts
    return told


def _named(record: ArcWarcRecord) -> tuple[str, str, str]:
    head = record.rec_headers
    if record.format == "arc":
        kind = "warcinfo" if record.rec_type == "arc_header" else record.rec_type
        return kind, head.get_header("uri").replace(" ", "%20"), ""
    fields = ("WARC-Type", "WARC-Target-URI", "WARC-Record-ID")
    kind, url, record_id = (" ".join((head.get_header(name) or "").split()) for name in fields)
    return kind.lower(), url.replace(" ", "%20"), record_id


def told_by_us(record: Record) -> Told:
    url = record.url.replace("%20http", "http")  # a folded line, which warcio escapes
    return Told(record.type, url, record.record_id, record.content, record.offset)


def of_one_name(shared_data: Path) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for path in real_archives(shared_data):
        found.setdefault(re.sub(r"^(Valid__)?(1\.1__)?(without-block-digest__)?", "", path.name), []).append(path)
    return found


def test_records_are_those_of_warcio(shared_data: Path) -> None:
    compared = 0
    different = set()
    for name, paths in of_one_name(shared_data).items():
        for path in paths:
            theirs = told_by_warcio(path)
            ours = [told_by_us(record) for record in records_of(read(path.read_bytes()))]
            # An ARC's own record: warcio gives its content without the two lines that name the format.
            ours = [o._replace(content=b"") if o.url.startswith("filedesc:") else o for o in ours]
            theirs = [t._replace(content=b"") if t.url.startswith("filedesc:") else t for t in theirs]
            theirs = [t._replace(url=t.url.replace("%20http", "http")) for t in theirs]
            if ours[: len(theirs)] == theirs:
                compared += len(theirs)
            else:
                different.add(name)
    assert different <= DIFFERENT.keys()
    assert compared > 1900


def test_no_fewer_records_than_the_manifest_counts(shared_data: Path) -> None:
    manifest = shared_data / "MANIFEST_warc.tsv"
    with manifest.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert len(rows) > 140
    fewer = {}
    for row in rows:
        items = read((shared_data / row["file"]).read_bytes())
        named = [item for item in items if isinstance(item, Record) or item.type or item.record_id]
        if len(named) < int(row["records"]):
            fewer[Path(row["file"]).name] = len(named)
    # Where warcio takes the words of a damaged stretch for records.
    assert fewer == {
        "invalid-warcfile-record-then-garbage.warc": 1,
        "invalid-warcfile-fields-empty.warc": 1,
        "invalid-warcfile-fields-invalidformat.warc": 1,
    }


def test_types_and_payloads_are_those_of_the_manifest(shared_data: Path) -> None:
    """For files on which warcio raises no error and finds no bad digest."""
    equal, checked = 0, 0
    with (shared_data / "MANIFEST_warc.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            path = shared_data / row["file"]
            if (
                row["warcio_error"].strip("[']")
                or row["bad_digest"]
                or path.name in DIFFERENT
                or path.suffix == ".arc"
            ):
                continue
            records = records_of(read(path.read_bytes()))
            types = Counter(record.type for record in records)
            wanted = {k.strip().lower(): int(n) for k, n in re.findall(r"([^=;]*)=(\d+)", row["types"])}
            checked += 1
            equal += len(records) == int(row["records"]) and (types == wanted or not wanted or "" in wanted)
    assert checked > 70
    assert equal >= checked - 6  # heads whose letter case or folds warcio keeps


@pytest.mark.skipif(shutil.which("zcat") is None, reason="needs zcat")
def test_every_record_line_that_zcat_shows_is_an_item(shared_data: Path) -> None:
    seen = 0
    for path in real_archives(shared_data):
        if path.suffix != ".gz" and not path.name.endswith(".gz.open"):
            continue
        with path.open("rb") as file:
            text = subprocess.run(["zcat"], stdin=file, capture_output=True, check=False).stdout
        lines = re.findall(rb"(?m)^WARC/1\.[01]\r?$", text)
        items = read(path.read_bytes())
        named = [item for item in items if item.type or item.record_id]
        if lines:
            assert len(named) == len(lines), path.name
            seen += len(lines)
    assert seen > 900


def test_several_records_in_a_member_are_those_of_a_member_each(shared_data: Path) -> None:
    together = shared_data / "warc/jeffharwell__CommonCrawlScalaTools/filter_test_1.wet.gz"
    apart = shared_data / "warc/_derived/cc_2016-50_filter_test_1.per_record.wet.gz"
    first, second = (
        [(r.type, r.url, r.record_id, r.content) for r in records_of(read(path.read_bytes()))]
        for path in (together, apart)
    )
    assert first == second
    assert len(first) == 26
    assert damages_of(read(together.read_bytes())) == []


def test_digests_of_real_crawls_are_judged_as_by_warcio(shared_data: Path) -> None:
    paths = [*shared_data.glob("ccnet_golden/wet/*.gz"), *shared_data.glob("warc/_derived/*.gz")]
    held: Counter[bool | None] = Counter()
    for path in paths:
        theirs = Counter(digests_by_warcio(path))
        items = read(path.read_bytes(), verify_digests=True)
        ours = Counter(block_holds(dict(r.headers), r.content, 0) for r in records_of(items))
        ours[False] = len(damages_of(items))
        assert ours == theirs
        assert {damage.error for damage in damages_of(items)} <= {"digest_mismatch"}
        held += ours
    assert held == {True: 426, False: 10, None: 2}
    one = gzip.decompress(sorted(paths)[0].read_bytes())
    assert len(damages_of(read(one.replace(b" e", b" a", 1), verify_digests=True))) == 1


def digests_by_warcio(path: Path) -> list[bool | None]:
    held = []
    with path.open("rb") as file:
        for record in ArchiveIterator(file, check_digests=True):
            record.content_stream().read()
            held.append(record.digest_checker.passed)
    return held
