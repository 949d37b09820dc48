"""One run at a time in a folder: by the operating system on a disk, by a lease in a store."""

import threading
import time
from pathlib import Path

import pytest

from ccnet_lite.errors import UserError
from ccnet_lite.store import lease
from ccnet_lite.store.json_files import read_stored, write_json
from ccnet_lite.store.lease import LEASE_FILE, Lease, locked
from ccnet_lite.store.places import Place
from tests.faults import Faults, breaking


def held(run: Place) -> Lease:
    found = read_stored(run / LEASE_FILE, Lease, "")
    assert found is not None
    return found


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "SETTLE_SECONDS", 0.01)
    monkeypatch.setattr(lease, "RENEW_SECONDS", 0.05)


def test_on_a_disk_a_second_run_is_refused_and_a_third_not(tmp_path: Path) -> None:
    folder = Place(str(tmp_path / "out"))
    with locked(folder):
        with pytest.raises(UserError, match=r"--output .*out is in use by another run"), locked(folder):
            raise AssertionError("held twice")
        with locked(Place(str(tmp_path / "other"))):
            pass
    with locked(folder, "--index"):
        pass
    with pytest.raises(ZeroDivisionError), locked(folder):
        raise ZeroDivisionError
    with locked(folder):
        pass


def test_a_folder_that_is_a_file_or_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for name in ("file", "file/below"):
        refused = pytest.raises(UserError, match=r"--index .*file.* is a file: give a folder")
        with refused, locked(Place(str(tmp_path / name)), "--index"):
            pass


def test_in_a_store_a_second_run_is_refused_while_the_first_lives(tmp_path: Path, quick: None) -> None:
    with breaking(Faults(), tmp_path, store=True) as run:
        with locked(run):
            assert 100 < held(run).until - time.time() <= 120
            with (
                pytest.raises(
                    UserError, match=r"--output s3://bucket/run is in use by another run on .*, 1[12]\d s"
                ),
                locked(run),
            ):
                raise AssertionError("held twice")
            assert held(run).until > time.time(), "the one refused took the lease away"
        assert run.entries() == []
        with pytest.raises(ZeroDivisionError), locked(run):
            raise ZeroDivisionError
        assert run.entries() == []


def test_a_lease_is_renewed_until_its_holder_ends(
    tmp_path: Path, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "LEASE_SECONDS", 0.5)
    with breaking(Faults(), tmp_path, store=True) as run:
        with locked(run):
            first = held(run)
            time.sleep(0.8)
            later = held(run)
            assert later.owner == first.owner and later.until > first.until + 0.5
            with pytest.raises(UserError, match="in use"), locked(run):
                pass
        renewing = [thread for thread in threading.enumerate() if "keep" in thread.name]
        assert not [thread for thread in renewing if thread.is_alive()]
        time.sleep(0.2)
        assert run.entries() == []


def test_one_whose_holder_died_runs_out(tmp_path: Path, quick: None) -> None:
    with breaking(Faults(), tmp_path, store=True) as run:
        write_json(run / LEASE_FILE, Lease(owner="dead", host="h", until=time.time() - 1))
        with locked(run):
            assert held(run).owner != "dead"
        write_json(run / LEASE_FILE, Lease(owner="other", host="node-7", until=time.time() + 50))
        with pytest.raises(UserError, match=r"another run on node-7: wait for it, or, .*(49|50) s"), locked(run):
            pass
        assert held(run).owner == "other"


def test_of_two_that_take_it_at_once_one_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "SETTLE_SECONDS", 0.3)
    outcomes: list[str] = []
    gate, look = threading.Barrier(2), lease.refuse_held

    def look_together(folder: Place, option: str, owner: str = "") -> None:
        look(folder, option, owner)
        if not owner:
            gate.wait()  # both have seen a free folder

    monkeypatch.setattr(lease, "refuse_held", look_together)
    with breaking(Faults(), tmp_path, store=True) as run:

        def take() -> None:
            try:
                with locked(run):
                    outcomes.append("has it")
                    time.sleep(0.5)
            except UserError:
                outcomes.append("refused")

        threads = [threading.Thread(target=take) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(outcomes) == ["has it", "refused"]


def test_a_failed_renewal_is_tried_again(tmp_path: Path, quick: None) -> None:
    faults = Faults()
    with breaking(faults, tmp_path, store=True) as run, locked(run):
        before = held(run)
        faults.at = len(faults.done) + 1
        time.sleep(0.3)
        assert faults.struck
        faults.at = None
        time.sleep(0.2)
        assert held(run).until > before.until


def test_a_store_that_cannot_be_written_is_a_line(tmp_path: Path, quick: None) -> None:
    refused = pytest.raises(UserError, match=r"--output s3://bucket/run cannot be written: .*broken")
    with breaking(Faults(at=2), tmp_path, store=True) as run, refused, locked(run):
        pass
