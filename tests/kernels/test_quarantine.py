"""What is set aside is the damaged bytes, whatever the archive is named."""

from pathlib import Path

from ccnet_lite.archives.inputs import resolve_inputs
from ccnet_lite.kernels.ingest import ingest_shard
from ccnet_lite.kernels.quarantine import with_quarantine
from ccnet_lite.settings import load_settings
from tests.crawl import Page, body, truncated, write_wet


def run(archive: Path, folder: Path) -> tuple[list[dict], dict[str, bytes]]:
    settings = load_settings(None, ["ingest.quarantine=true"])
    (shard,) = resolve_inputs([str(archive)], settings.source)
    bad = []
    for table, batch in with_quarantine(ingest_shard(shard, settings), shard, settings, folder):
        bad += batch.to_pylist() if table == "bad_records" else []
    return bad, {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_damaged_stretches_are_copied(tmp_path: Path) -> None:
    archive = tmp_path / "..%2Fodd name.warc.wet.gz"
    write_wet(archive, [Page(f"https://a.example/{n}", body("en", n)) for n in range(3)])
    garbage = b"\x00garbage" * 300_000
    archive.write_bytes(garbage + archive.read_bytes())
    truncated(archive, 100)
    content = archive.read_bytes()
    bad, files = run(archive, tmp_path / "run")
    assert [row["error"] for row in bad] == ["garbage", "truncated_gzip"]
    assert files == {
        f"000000-{row['record_offset']}.bin": content[row["record_offset"] :][: row["record_length"]]
        for row in bad
    }
    assert files["000000-0.bin"] == garbage


def test_a_sound_archive_leaves_nothing(tmp_path: Path) -> None:
    write_wet(tmp_path / "a.warc.wet.gz", [Page("https://a.example/", body("en", 1))])
    assert run(tmp_path / "a.warc.wet.gz", tmp_path / "run") == ([], {})
    assert not (tmp_path / "run").exists()
