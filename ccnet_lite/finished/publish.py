"""A finished run's corpus as a dataset in a folder, which appears when it is whole.

It is made beside its place, as .NAME.publishing, and moved there when all is written, so that one that was cut
short never looks finished; what is there of it is taken up by the next try. A former publication is replaced.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ccnet_lite.errors import RunFailed, UserError
from ccnet_lite.finished.publication import (
    PUBLICATION_FILE,
    Labels,
    Publication,
    PublicationFile,
    Read,
    Source,
    blocks_of,
    checked_sum,
    publication_file,
    read_sources,
    subsets_of,
)
from ccnet_lite.finished.publication_card import about_it, card, license_address
from ccnet_lite.finished.publication_croissant import croissant
from ccnet_lite.store.json_files import DamagedJson, json_text, read_stored
from ccnet_lite.store.places import Place, refuse_no_folder


@dataclass(frozen=True)
class Done:
    """What was published. linked, copied: files; kept: those that an earlier try had brought there."""

    to: str
    subsets: int
    documents: int
    files: int
    bytes: int
    linked: int = 0
    copied: int = 0
    uploaded: int = 0
    kept: int = 0


Tell = Callable[[Source], None]


def small_files(
    publication: Publication, found: dict[str, Read], labels: Labels, where: str, url: str
) -> dict[str, bytes]:
    """README.md, croissant.json and publication.json, by name.

    where: what `load_dataset` is to be given; url: where it will be found, empty if that is not known.
    """
    subsets = subsets_of(publication, found)
    about = about_it(publication, subsets)
    date = datetime.now(UTC).date().isoformat()
    described = croissant(publication, subsets, found, labels, license_address(labels), about, date, url)
    return {
        "README.md": card(publication, subsets, labels, about, where).encode(),
        "croissant.json": f"{json.dumps(described, ensure_ascii=False, indent=1)}\n".encode(),
        PUBLICATION_FILE: json_text(publication_file(publication, found)),
    }


def publish_folder(publication: Publication, to: str, labels: Labels, tell: Tell, copy: bool = False) -> Done:
    """Write the dataset as a folder `to`.

    Its files are hard links to the run's where both lie on one disk, unless `copy`: a run's files are never
    changed in place, so neither are these.

    Raises:
        UserError: the folder is there and no publication, or lies in the run, or cannot be written.
        RunFailed: a file of the run has changed since it was written.
    """
    target = check_target(publication, to)
    partial = target.with_name(f".{target.name}.publishing")
    former = target.with_name(f".{target.name}.former")
    if former.exists() and not target.exists():
        former.rename(target)  # killed between the last two steps
    counts = {"linked": 0, "copied": 0, "kept": 0}

    def bring(source: Source) -> str:
        how, digest = _bring(source, partial / source.path, copy)
        counts[how] += 1
        return digest

    try:
        partial.mkdir(parents=True, exist_ok=True)
        _clear_others(partial, {source.path for source in publication.sources})
        found = read_sources(publication.sources, bring, tell)
        for name, content in small_files(publication, found, labels, target.name, "").items():
            Place(str(partial / name)).write_bytes(content)
        if target.exists():
            shutil.rmtree(former, ignore_errors=True)
            target.rename(former)
        partial.rename(target)
        shutil.rmtree(former, ignore_errors=True)
    except OSError as error:
        raise UserError(f"--to {to} cannot be written: {error.strerror or error}") from None
    n_subsets = len({source.subset for source in publication.sources})
    n_files = len(publication.sources)
    return Done(to, n_subsets, publication.documents, n_files, publication.bytes, **counts)


def check_target(publication: Publication, to: str) -> Path:
    """Where the dataset goes.

    Raises:
        UserError: something else lies there.
    """
    place = Place.of(to, "--to ")
    if not place.is_local:
        raise UserError(f"--to {to}: give a folder of this machine, or hf://datasets/OWNER/NAME")
    refuse_no_folder(place, "--to")
    target = place.path
    for source in publication.sources[:1]:
        run = source.place.parent.parent.parent.parent
        if run.is_local and target.resolve().is_relative_to(run.path.resolve()):
            raise UserError(f"--to {place.shown} lies in the run: give another folder")
    if place.children() and former_publication(place) is None:
        raise UserError(f"--to {place.shown} is not empty and holds no publication: give a new folder")
    return target


def former_publication(place: Place) -> PublicationFile | None:
    """What publication.json of a folder says; None where there is none."""
    with suppress(DamagedJson, OSError):
        return read_stored(place / PUBLICATION_FILE, PublicationFile, "publish it again")
    return None


def _bring(source: Source, to: Path, copy: bool) -> tuple[str, str]:
    """Have a file of the run lie there; how, and its SHA-256."""
    there = to.exists()
    if there and not (copy and source.place.is_local and to.samefile(source.place.path)):
        with suppress(RunFailed):
            return "kept", checked_sum(source, blocks_of(Place(str(to))))
    to.unlink(missing_ok=True)
    to.parent.mkdir(parents=True, exist_ok=True)
    if source.place.is_local and not copy:
        with suppress(OSError):  # another disk, or one without links
            os.link(source.place.path, to)
            return "linked", checked_sum(source, blocks_of(source.place))
    partial = to.with_name(f".{to.name}.part")

    def passing() -> Iterator[bytes]:
        with partial.open("wb") as file:
            for block in blocks_of(source.place):
                file.write(block)
                yield block

    digest = checked_sum(source, passing())
    partial.rename(to)
    return "copied", digest


def _clear_others(folder: Path, wanted: set[str]) -> None:
    """Delete what an earlier try left that is not wanted now."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            with suppress(OSError):
                path.rmdir()  # where it is empty
        elif path.relative_to(folder).as_posix() not in wanted:
            path.unlink()
