"""Texts again out of one archive, by what is wanted of it."""

import random
from pathlib import Path

import pytest

from ccnet_lite.archives.errors import FoundFaulty
from ccnet_lite.archives.inputs import resolve_inputs
from ccnet_lite.kernels.ingest import ingest_shard
from ccnet_lite.kernels.packing import from_blobs
from ccnet_lite.kernels.rebuild import _RECOVERED, Wanted, recover, text_digest
from ccnet_lite.settings import load_settings
from tests.archives.archive_making import members, numbered, warc
from tests.archives.test_unproven import packed, uuid


def test_out_of_a_member_that_proves_faulty_a_text_counts_by_its_own_digest(tmp_path: Path) -> None:
    rng = random.Random(4)
    records = [warc(b"T\n" + rng.randbytes(30_000).hex().encode(), id=uuid(rng)) for _ in range(20)]
    path = tmp_path / "a.warc.gz"
    path.write_bytes(members(numbered(2)) + packed(b"".join(records), 6, checksum=1))
    settings = load_settings(None)
    (shard,) = resolve_inputs([str(path)], settings.source)
    wanted: dict[str, Wanted] = {}
    with pytest.raises(FoundFaulty):
        for table, batch in ingest_shard(shard, settings):
            for row in batch.to_pylist() if table == "documents" else ():
                digest = text_digest(row["title"], row["raw_content"])
                lines = list(range(row["nlines"]))
                wanted[row["doc_id"]] = Wanted(0, len(wanted), lines, digest)
    assert len(wanted) > 10
    altered, nowhere = list(wanted)[9], len(wanted)
    wanted[altered] = wanted[altered]._replace(text_digest="0" * 16)
    wanted["nowhere"] = Wanted(0, nowhere, [0], "0" * 16)
    found = from_blobs([one.rows for one in recover(ingest_shard(shard, settings), wanted)], _RECOVERED)
    causes = dict(zip(found["row"].to_pylist(), found["cause"].to_pylist(), strict=True))
    assert causes == dict.fromkeys(range(nowhere)) | {9: "text_changed", nowhere: "record_missing"}
