"""A finished run's corpus as a dataset of the Hugging Face Hub, by huggingface_hub's own API.

Files go in commits of some of them, the card and publication.json with the last; what stands there of an earlier
publication is taken back first, where it is another. So what was cut short never looks finished, and the next try
sends only what is not there. Which files are there is what the Hub says of their SHA-256.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha1
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ccnet_lite.errors import RunFailed, UserError
from ccnet_lite.finished.publication import (
    PUBLICATION_FILE,
    Labels,
    Publication,
    Read,
    Source,
    blocks_of,
    checked_sum,
    read_sources,
)
from ccnet_lite.finished.publish import Done, Tell, small_files

if TYPE_CHECKING:
    from huggingface_hub import HfApi

SCHEME = "hf://"
COMMIT_FILES, COMMIT_BYTES = 50, 5 << 30
"""What a commit brings at the most."""
OWN = (".gitattributes",)
"""What the Hub itself puts into a new repository."""


def repository(to: str) -> str:
    """OWNER/NAME of hf://datasets/OWNER/NAME.

    >>> repository("hf://datasets/me/corpus")
    'me/corpus'

    Raises:
        UserError: it is no such address.
    """
    parts = to.removeprefix(SCHEME).rstrip("/").split("/")
    if len(parts) != 3 or parts[0] != "datasets" or not all(parts):
        raise UserError(f"--to {to} names no dataset: give hf://datasets/OWNER/NAME")
    return f"{parts[1]}/{parts[2]}"


def publish_hub(publication: Publication, to: str, labels: Labels, tell: Tell, private: bool = False) -> Done:
    """Send the dataset to the Hub; makes the repository, where there is none.

    HF_ENDPOINT and HF_TOKEN, or a login, are taken as huggingface_hub takes them.

    Raises:
        UserError: huggingface_hub is not installed; the Hub refuses; the repository holds something else.
        RunFailed: the Hub could not be reached, or failed; a file of the run has changed since it was written.
    """
    repo_id = repository(to)
    api = _api()
    with _told(to, 0, publication):
        api.create_repo(repo_id, repo_type="dataset", private=private or None, exist_ok=True)
        there = _there(api, repo_id)
    strangers = sorted(name for name in there if name not in OWN and name != "README.md")
    if strangers and PUBLICATION_FILE not in there and not all(name.startswith("data/") for name in strangers):
        raise UserError(f"{to} is not empty and holds no publication ({strangers[0]} ...): give another name")
    found = read_sources(publication.sources, lambda s: checked_sum(s, blocks_of(s.place)), lambda _source: None)
    url = f"{api.endpoint}/datasets/{repo_id}"
    files = small_files(publication, found, labels, repo_id, url)
    return _send(api, repo_id, to, publication, found, files, there, tell)


def _send(
    api: "HfApi",
    repo_id: str,
    to: str,
    publication: Publication,
    found: dict[str, Read],
    files: dict[str, bytes],
    there: dict[str, str],
    tell: Tell,
) -> Done:
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

    waiting = [source for source in publication.sources if there.get(source.path) != found[source.path].sha256]
    stale = sorted(name for name in there if name.startswith("data/") and name not in found)
    # What a date alone makes other is not sent again.
    same = not waiting and not stale and there.get(PUBLICATION_FILE) == _git_sum(files[PUBLICATION_FILE])
    n_sent = 0

    def commit(operations: list[Any], message: str) -> None:
        with _told(to, n_sent, publication):
            api.create_commit(repo_id, operations, commit_message=message, repo_type="dataset")

    if not same:
        former = [name for name in files if name in there]
        if former:
            commit(
                [CommitOperationDelete(path_in_repo=name) for name in former], "Take back the former publication"
            )
        for batch in _batches(waiting):
            with tempfile.TemporaryDirectory(prefix="publish-") as folder:
                named = [(source.path, _local(source, folder)) for source in batch]
                adds = [CommitOperationAdd(path_in_repo=path, path_or_fileobj=str(file)) for path, file in named]
                commit(adds, f"Files {n_sent + 1:,} to {n_sent + len(batch):,} of {len(waiting):,}")
            n_sent += len(batch)
            for source in batch:
                tell(source)
    last: list[Any] = [CommitOperationDelete(path_in_repo=name) for name in stale]
    last += [CommitOperationAdd(path_in_repo=name, path_or_fileobj=content) for name, content in files.items()]
    if not same:
        commit(last, "The card: this publication is whole")
    n_files, n_subsets = len(publication.sources), len({source.subset for source in publication.sources})
    rest = {"uploaded": n_sent, "kept": n_files - n_sent}
    return Done(to, n_subsets, publication.documents, n_files, publication.bytes, **rest)


def _api() -> "HfApi":
    try:
        from huggingface_hub import HfApi
        from huggingface_hub.utils.tqdm import disable_progress_bars
    except ImportError:
        raise UserError(
            "--to hf://...: huggingface_hub is not installed: pip install 'ccnet_lite[publish]'"
        ) from None
    if not sys.stderr.isatty():
        disable_progress_bars()
    return HfApi(endpoint=os.environ.get("HF_ENDPOINT") or None)


def _there(api: "HfApi", repo_id: str) -> dict[str, str]:
    """By path, SHA-256 of a large file of the repository, Git's sum of a small one."""
    from huggingface_hub.hf_api import RepoFile

    found: dict[str, str] = {}
    for entry in api.list_repo_tree(repo_id, recursive=True, repo_type="dataset"):
        if isinstance(entry, RepoFile):
            found[entry.path] = entry.lfs.sha256 if entry.lfs else entry.blob_id
    return found


def _git_sum(content: bytes) -> str:
    return sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _batches(sources: list[Source]) -> Iterator[list[Source]]:
    batch: list[Source] = []
    size = 0
    for source in sources:
        if batch and (len(batch) >= COMMIT_FILES or size + source.file.bytes > COMMIT_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(source)
        size += source.file.bytes
    if batch:
        yield batch


def _local(source: Source, folder: str) -> Path:
    """A file of the run as one of this machine: from a store, a copy in the folder."""
    if source.place.is_local:
        return source.place.path
    copy = Path(folder) / source.path.replace("/", "_")
    with copy.open("wb") as file:
        file.writelines(blocks_of(source.place))
    return copy


@contextmanager
def _told(to: str, n_sent: int, publication: Publication) -> Iterator[None]:
    """Say in a line what the Hub, or the way there, made fail in the block."""
    try:
        yield
    except Exception as error:  # what the library raises of its HTTP library differs by version
        status = getattr(getattr(error, "response", None), "status_code", None)
        said = (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
        if status in (401, 403):
            raise UserError(
                f"--to {to}: the Hub refuses ({status}): log in by `hf auth login`, or set HF_TOKEN to a token "
                "that may write there"
            ) from None
        if status is not None and 400 <= status < 500:
            raise UserError(f"--to {to}: the Hub refuses: {said}") from None
        whole = len(publication.sources)
        raise RunFailed(
            f"--to {to}: {said}; {n_sent:,} of {whole:,} files were sent by now: the same command goes on"
        ) from None
