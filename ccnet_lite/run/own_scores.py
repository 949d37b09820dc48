"""The files of quality.scores_file, found before anything starts."""

import hashlib
from collections.abc import Sequence

from pyarrow import fs

from ccnet_lite.errors import UserError
from ccnet_lite.kernels.score_files import SETTING, SUFFIXES, ScoreFile, check_columns
from ccnet_lite.settings import QualitySettings
from ccnet_lite.store.places import Place, filesystem

DIGEST = SETTING
"""Its name among the digests of a run's models."""


def find_score_files(quality: QualitySettings) -> tuple[ScoreFile, ...]:
    """The files, by name; none where there are to be none. Files and folders whose name begins with . or _ are not
    looked at.

    Raises:
        UserError: there is no such file or folder, it holds none, or one of another kind; it cannot be listed.
    """
    if not quality.scores_file:
        return ()
    place = Place.of(quality.scores_file, f"{SETTING}: ")
    files, path = filesystem(place)
    try:
        info = files.get_file_info(path)
        found = [info] if info.is_file else files.get_file_info(fs.FileSelector(path, recursive=True))
    except OSError as error:
        said = (str(error).splitlines() or [""])[0][:300]
        raise UserError(f"{SETTING}: {place.shown} cannot be read ({said}): give a file or a folder") from None
    root = path.rstrip("/") + "/"
    there = []
    for each in found:
        name = each.base_name if each is info else each.path.removeprefix(root)
        hidden = any(part.startswith((".", "_")) for part in name.split("/"))
        if not each.is_file or (hidden and each is not info):
            continue
        if not name.endswith(SUFFIXES):
            raise UserError(f"{SETTING}: {place.shown}: {name} is of no known kind: give {', '.join(SUFFIXES)}")
        own = place if each is info else place / name
        there.append(ScoreFile(name, own, each.size, f"{each.size} {each.mtime_ns}"))
    if not there:
        raise UserError(f"{SETTING}: {place.shown} holds no {', '.join(SUFFIXES)}: give one, or a folder of some")
    return tuple(sorted(there, key=lambda file: file.name))


def checked_score_files(quality: QualitySettings) -> tuple[ScoreFile, ...]:
    """As `find_score_files`; of the first file, whether it has the columns, where that can be told at once.

    Raises:
        UserError: as there, or it has not.
    """
    files = find_score_files(quality)
    for file in files[:1]:
        check_columns(file, quality.scores_key, quality.scores_columns)
    return files


def score_digest(files: Sequence[ScoreFile]) -> str:
    """What tells the files' content from another: their names, sizes and times, as archives are told apart."""
    said = "\n".join(f"{file.name} {file.look}" for file in files)
    return hashlib.sha256(said.encode()).hexdigest()
