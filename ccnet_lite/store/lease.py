"""Who may write in a folder: one run at a time.

On a local disk the operating system holds the lock and lets go when the process ends. In an object store it
is a lease, an object that its holder renews: one whose holder died runs out. Two runs that slip through at
the same moment do no harm: they write equal bytes under equal names.
"""

import fcntl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socket import gethostname
from uuid import uuid4

from ccnet_lite.errors import UserError
from ccnet_lite.store.json_files import Stored, read_stored, write_json
from ccnet_lite.store.places import Place, refuse_no_folder

LOCK_FILE = ".lock"
LEASE_FILE = "_lease.json"
LEASE_SECONDS = 120.0
RENEW_SECONDS = 30.0
SETTLE_SECONDS = 1.0
"""After so long a second look tells which of two that took a lease at the same moment has it."""


class Lease(Stored):
    """Who holds a folder, and until when (seconds since 1970, by the holder's clock)."""

    owner: str
    host: str
    until: float


@contextmanager
def locked(folder: Place, option: str = "--output") -> Iterator[None]:
    """Hold the folder against a second run.

    Raises:
        UserError: another holds it, or it cannot be written.
    """
    refuse_no_folder(folder, option)
    with _locked_here(folder, option) if folder.is_local else _leased(folder, option):
        yield


@contextmanager
def _locked_here(folder: Place, option: str) -> Iterator[None]:
    try:
        folder.path.mkdir(parents=True, exist_ok=True)
        lock = (folder.path / LOCK_FILE).open("w")
    except (FileExistsError, NotADirectoryError):
        raise UserError(f"{option} {folder.shown} is a file: give a folder") from None
    except OSError as error:
        raise UserError(f"{option} {folder.shown} cannot be written: {error.strerror}") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise UserError(
                f"{option} {folder.shown} is in use by another run: wait for it, or give another folder"
            ) from None
        yield


@contextmanager
def _leased(folder: Place, option: str) -> Iterator[None]:
    place, owner = folder / LEASE_FILE, uuid4().hex
    refuse_held(folder, option)
    try:
        _renew(place, owner)
        time.sleep(SETTLE_SECONDS)
        refuse_held(folder, option, owner)
    except OSError as error:
        raise UserError(f"{option} {folder} cannot be written: {str(error).splitlines()[0][:300]}") from None
    ended = threading.Event()

    def keep() -> None:
        while not ended.wait(RENEW_SECONDS):
            with suppress(OSError):  # a failed renewal is tried again before the lease runs out
                _renew(place, owner)

    renewing = threading.Thread(target=keep, daemon=True)
    renewing.start()
    try:
        yield
    finally:
        ended.set()
        renewing.join()
        place.delete()


def _renew(place: Place, owner: str) -> None:
    write_json(place, Lease(owner=owner, host=gethostname(), until=time.time() + LEASE_SECONDS))


def refuse_held(folder: Place, option: str, owner: str = "") -> None:
    """Refuse a folder whose lease somebody else holds.

    Raises:
        UserError: naming the host, and when the lease runs out.
    """
    lease = read_stored(folder / LEASE_FILE, Lease, "delete it and run again")
    if lease is not None and lease.owner != owner and lease.until > time.time():
        seconds = lease.until - time.time()
        raise UserError(
            f"{option} {folder} is in use by another run on {lease.host}: wait for it, or, if that run was "
            f"killed, {seconds:.0f} s"
        )
