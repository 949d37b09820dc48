"""Files of an object store as local copies, fetched once a machine: for libraries that map a file into memory.

A copy's path follows from what the store says of the file, so a driver's path is an executor's, too. A copy
has its name only when it is whole; processes that fetch the same at once do no harm. Models are tried on each
machine before they are used there (models/trial.py).
"""

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from socket import gethostname
from uuid import uuid4

from pyarrow import fs

from ccnet_lite.errors import UserError
from ccnet_lite.models.files import find_model, verify
from ccnet_lite.models.perplexity import ModelFiles
from ccnet_lite.models.quality_scores import QualityFile
from ccnet_lite.models.trial import Candidate, try_models
from ccnet_lite.store.places import Place, filesystem
from ccnet_lite.store.scratch import own_folder

BLOCK = 8 << 20
DAY_SECONDS = 86_400


def cache_folder() -> Path:
    """Where copies lie: CCNET_LITE_HOME, or a folder of the user's own among the temporary files.

    Raises:
        UserError: as of `own_folder`.
    """
    home = os.environ.get("CCNET_LITE_HOME")
    return Path(home) / "fetched" if home else own_folder()


def is_remote(given: str) -> bool:
    """Whether something lies in a store that run data can lie in, too, and not on a path."""
    return "://" in given and not given.startswith(("http://", "https://", "file://"))


def local_copy(place: Place) -> Path:
    """A file as a local one.

    Raises:
        UserError: there is no such file, or it cannot be read.
    """
    if place.is_local:
        return place.path
    files, path = filesystem(place)
    try:
        info = files.get_file_info(path)
        if not info.is_file:
            raise UserError(f"{place} does not exist: give another file")
        seen = f"{place} {info.size} {info.mtime_ns}"
        target = cache_folder() / hashlib.sha256(seen.encode()).hexdigest()[:16] / place.name
        if not target.exists():
            fetch(place, target)
    except OSError as error:
        raise UserError(f"{place} cannot be read: {str(error).splitlines()[0][:300]}") from None
    return target


def fetch(place: Place, target: Path, sha256: str = "") -> None:
    """Copy a file to a local path, whole or not at all.

    Raises:
        UserError: its content is not what the sum, if one is given, says.
    """
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = target.with_name(f".{target.name}.{uuid4().hex}")
    digest = hashlib.sha256()
    try:
        with place.open() as source, partial.open("wb") as copy:
            while block := source.read(BLOCK):
                copy.write(block)
                digest.update(block)
        if sha256 and digest.hexdigest() != sha256:
            raise UserError(
                f"{place}: SHA-256 is {digest.hexdigest()}, expected {sha256}: it was changed while the run was "
                "under way; run again"
            )
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def local_folder(place: Place) -> Path:
    """A folder's files (not those of folders in it) as local ones.

    Raises:
        UserError: there is no such folder, or it cannot be read.
    """
    if place.is_local:
        return place.path
    try:
        files, path = filesystem(place)
        found = files.get_file_info(fs.FileSelector(path, allow_not_found=True))
        infos = sorted((info for info in found if info.is_file), key=lambda info: str(info.base_name))
        # By time, too: what is trained anew may have the size of what it replaces.
        seen = f"{place} {[(info.base_name, info.size, info.mtime_ns) for info in infos]}"
        target = cache_folder() / hashlib.sha256(seen.encode()).hexdigest()[:16]
        for info in infos:
            if not (target / info.base_name).exists():
                fetch(place / info.base_name, target / info.base_name)
    except OSError as error:
        raise UserError(f"{place} cannot be read: {str(error).splitlines()[0][:300]}") from None
    if not infos:
        raise UserError(f"{place} holds no file: give another folder")
    return target


def language_model_here(path: Path, given: str, sha256: str) -> Path:
    """The language model on this machine, tried there: where the driver found it, or found or fetched anew.

    path: the driver's; given: as the setting says; sha256: of what the driver found.

    Raises:
        UserError: this machine has none, another one, or cannot use it.
    """
    try:
        found = path
        if not path.exists():
            found = local_copy(Place.of(given)) if is_remote(given) else find_model(given, sha256)
            verify(found, sha256)
        try_here([Candidate("fastText", found, sha256)])
    except UserError as error:
        raise UserError(f"language.model on {gethostname()}: {error}") from None
    return found


def models_here(files: ModelFiles) -> ModelFiles:
    """A language's models on this machine, tried there: where the driver found them, or fetched to it.

    Raises:
        UserError: they lie on a path that this machine does not see, were changed since the run began, or
            cannot be used.
    """
    setting, source = "quality.lm_dir", files.source
    sp_model = _seen_here(files.sp_model, files.sp_sha256, source, setting)
    found = replace(files, sp_model=sp_model, lm=_seen_here(files.lm, files.lm_sha256, source, setting))
    try_here(candidates_of(found))
    return found


def quality_here(file: QualityFile) -> Path:
    """A language's quality classifier on this machine, tried there; as of `models_here`."""
    path = _seen_here(file.path, file.sha256, file.source, "quality.score_dir")
    try_here([Candidate("fastText", path, file.sha256)])
    return path


def _seen_here(path: Path, sha256: str, source: str, setting: str) -> Path:
    """A file of a folder of models where the driver found it, or fetched from `source`, its folder in a store."""
    if path.exists():
        return path
    if not source:
        raise UserError(
            f"{gethostname()} does not see {path}: {setting} has to lie where all machines see it, on a path "
            "that they mount or in an object store"
        )
    # Not where the driver has its copy: that path may be no good on this machine.
    target = cache_folder() / path.parent.name / path.name
    if not target.exists():
        fetch(Place(source) / path.name, target, sha256)
    return target


def candidates_of(files: ModelFiles) -> list[Candidate]:
    """A language's models, to be tried."""
    return [
        Candidate("SentencePiece", files.sp_model, files.sp_sha256),
        Candidate("KenLM", files.lm, files.lm_sha256, files.sp_model),
    ]


def try_here(candidates: Sequence[Candidate]) -> None:
    """Try the models that have not stood it on this machine.

    Raises:
        UserError: one of them cannot be used.
    """
    try_models(candidates, cache_folder() / "tried")


def copy_folder(place: Place) -> Path:
    """A folder's files as local ones, under a name that is never used again: copied once a machine.

    For what is needed during one job only. Copies of such folders that are older than a day go.
    """
    if place.is_local:
        return place.path
    home = cache_folder() / "jobs"
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = home / hashlib.sha256(str(place).encode()).hexdigest()[:16]
    with (home / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a machine's processes all begin at once
        if not target.exists():
            for old in home.iterdir():
                if old.is_dir() and old.stat().st_mtime < time.time() - DAY_SECONDS:
                    shutil.rmtree(old, ignore_errors=True)
            partial = home / uuid4().hex
            for name, _ in place.entries():
                fetch(place / name, partial / name)
            partial.rename(target)
    return target
