"""Folders that the commands read and write: a finished run's corpus, and a new folder for what is made of it.

A new folder is marked as under way before anything is written there, and the mark goes last. So one that a
killed command left is known, and the next try clears it; anything else that is not empty is refused.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ccnet_lite.errors import UserError
from ccnet_lite.run.manifest import RunManifest, read_manifest
from ccnet_lite.store.json_files import write_json
from ccnet_lite.store.places import Place, refuse_no_folder
from ccnet_lite.store.schema import schema_json
from ccnet_lite.store.tables import Table, is_of_earlier_version, load_table
from ccnet_lite.store.writing import WORK

Folder = str | Path | Place
"""A path, or a URI of a store that run data can lie in."""
MINIFIED_FILE = "minified.json"
"""What a minified corpus has in place of a run's manifest.json."""


def finished_corpus(run: Folder, option: str = "") -> tuple[RunManifest, Table]:
    """A finished run's manifest and its corpus.

    option: what the folder was given as, for the message.

    Raises:
        UserError: no finished run, or one whose corpus has another schema.
    """
    place = Place.of(run, option)
    manifest = read_manifest(place, option)
    corpus = load_table(place, "corpus")
    if corpus is None and is_of_earlier_version(place, "corpus"):
        raise UserError(
            f"{option}{place.shown}: its corpus was written by an earlier version of ccnet_lite: call "
            "ccnet-lite run again, which makes it anew"
        )
    if corpus is None or "corpus" not in manifest.tables:
        raise UserError(f"{option}{place.shown} holds no corpus: call ccnet-lite run first")
    if not corpus.is_current:
        raise UserError(
            f"{option}{place.shown}: its corpus has schema version {corpus.manifest.schema_version}, not "
            f"{schema_json(corpus.schema)['version']}: call ccnet-lite run again, which makes it anew"
        )
    return manifest, corpus


def check_new(output: Folder, command: str, option: str = "--output") -> Place:
    """The folder, if it is new, empty, or left unfinished by the same command. option: what it was given as.

    Raises:
        UserError: it is none of these.
    """
    place = Place.of(output, f"{option} ")
    refuse_no_folder(place, option)
    if place.children() and not _mark(place, command).exists() and not _untouched(place, command):
        raise UserError(f"{option} {place.shown} is not an empty folder: give a new one")
    return place


@contextmanager
def new_folder(output: Folder, command: str, made: Sequence[str], option: str = "--output") -> Iterator[Place]:
    """A folder to write into; what the command makes there goes again if the block fails.

    made: names of what it makes; nothing else in the folder is ever deleted. option: what it was given as.

    Raises:
        UserError: as `check_new`; the folder cannot be written.
    """
    place = check_new(output, command, option)
    stood = bool(place.children()) or (place.is_local and place.path.is_dir())
    if place.children():
        _clear(place, command, made)
    try:
        write_json(_mark(place, command), {"command": command})
    except OSError as error:
        raise UserError(f"{option} {place.shown} cannot be written: {_first_line(error)}") from None
    try:
        yield place
    except BaseException:
        _clear(place, command, made)
        if place.is_local and not stood and not place.children():
            place.path.rmdir()
        raise
    _unmark(place, command)


def _untouched(place: Place, command: str) -> bool:
    """Whether nothing is there but what a command leaves that was killed before its mark stood, or after."""
    left = (place / WORK).children()
    return place.children() == [WORK] and all(name.startswith(f".{command}.json.") for name in left)


def _unmark(place: Place, command: str) -> None:
    """Delete what only a command under way needs, its mark last."""
    mark = _mark(place, command)
    for entry in (place / WORK).entries():
        if entry.name != mark.name:
            (place / WORK / entry.name).delete()
    mark.delete()
    (place / WORK).delete_all()


def _mark(place: Place, command: str) -> Place:
    return place / WORK / f"{command}.json"


def _clear(place: Place, command: str, made: Sequence[str]) -> None:
    there, files = place.children(), place.files()
    for name in made:
        if name in there:
            (place / name).delete() if name in files else (place / name).delete_all()
    for name in there:
        if name.startswith(tuple(f".{each}." for each in made)):  # half written when it was killed
            (place / name).delete()
    _unmark(place, command)


def _first_line(error: OSError) -> str:
    return error.strerror or str(error).splitlines()[0][:300]
