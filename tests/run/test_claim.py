"""Which run a folder holds: another's is refused, though it is of as many archives."""

from pathlib import Path

import pytest

from ccnet_lite.archives.inputs import Shard
from ccnet_lite.errors import UserError
from ccnet_lite.run.folder import check_claim, claim, fingerprint, held_shards, let_go
from ccnet_lite.store.places import Place

MINE = [Shard(0, "/x/a.gz", "a.gz", 10), Shard(1, "/x/b.gz", "b.gz", None)]


def test_a_folder_remembers_its_run(tmp_path: Path) -> None:
    run = Place(str(tmp_path / "out"))
    assert held_shards(run) is None
    claim(run, MINE)
    assert held_shards(run) == MINE
    claim(run, MINE)
    moved = [Shard(0, "s3://elsewhere/a.gz", "a.gz", 10), MINE[1]]
    check_claim(run, moved)  # the same archives, from another place
    claim(run, moved)
    assert held_shards(run) == moved


@pytest.mark.parametrize("segments", [["a.gz", "c.gz"], ["a.gz"], ["a.gz", "b.gz", "c.gz"], ["b.gz", "a.gz"]])
def test_another_run_is_refused(tmp_path: Path, segments: list[str]) -> None:
    run = Place(str(tmp_path))
    claim(run, MINE)
    others = [Shard(n, f"/x/{segment}", segment, 10) for n, segment in enumerate(segments)]
    for refuse in (check_claim, claim):
        with pytest.raises(UserError, match=r"holds another run, of 2 archives from a.gz on"):
            refuse(run, others)
    assert held_shards(run) == MINE


def test_a_run_that_failed_before_its_first_step_was_done_leaves_the_folder_to_others(tmp_path: Path) -> None:
    run = Place(str(tmp_path / "out"))
    others = [Shard(0, "/x/c.gz", "c.gz", 10)]
    claim(run, MINE)
    (run / "documents" / "_manifest.json").write_bytes(b"{}")
    (run / "_work" / "ingest-0" / "begun.json").write_bytes(b"{}")
    let_go(run, MINE)
    check_claim(run, MINE)
    assert (run / "documents").exists(), "what it has is left to the same run"
    claim(run, others)
    assert held_shards(run) == others and run.children() == ["run.json"]
    (run / "masks" / "_manifest.json").write_bytes(b"{}")
    let_go(run, others)  # too late: its first step is done
    with pytest.raises(UserError, match="holds another run"):
        check_claim(run, MINE)


def test_a_folder_of_something_else_is_refused_and_a_killed_run_s_is_not(tmp_path: Path) -> None:
    (tmp_path / "begun").mkdir()
    for name in (".lock", "_lease.json", ".run.json.0123.tmp"):
        (tmp_path / "begun" / name).write_bytes(b"")
    check_claim(Place(str(tmp_path / "begun")), MINE)
    (tmp_path / "begun" / "thesis.tex").write_text("mine")
    with pytest.raises(UserError, match=r"is not empty and holds no run of ccnet_lite \(thesis.tex ...\)"):
        check_claim(Place(str(tmp_path / "begun")), MINE)


def test_a_damaged_run_file_is_a_line(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"shards": [{"index": 0}]}')
    with pytest.raises(
        UserError, match=r"run.json is damaged \(ValidationError: shards.0.uri: .*give another folder"
    ):
        held_shards(Place(str(tmp_path)))


def test_a_fingerprint_is_of_the_step_and_all_its_parts_in_any_order() -> None:
    one = fingerprint("export", {"a": 1, "b": {"c": "é"}})
    assert one == fingerprint("export", {"b": {"c": "é"}, "a": 1})
    assert len({one, fingerprint("decide", {"a": 1, "b": {"c": "é"}}), fingerprint("export", {"a": 1})}) == 3
    assert len(one) == 16
