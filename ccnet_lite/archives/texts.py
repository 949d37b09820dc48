"""The texts of some archives, all held at once: what a plan is tried on."""

from collections.abc import Sequence

from ccnet_lite.archives.documents import Document, read_documents
from ccnet_lite.archives.inputs import resolve_inputs
from ccnet_lite.archives.sources import open_shard
from ccnet_lite.settings import IngestSettings, SourceSettings


def sample_texts(inputs: Sequence[str]) -> list[str]:
    """The text of every document of the archives given (files, globs, lists or URLs)."""
    texts = []
    for shard in resolve_inputs(inputs, SourceSettings()):
        with open_shard(shard, SourceSettings()) as stream:
            items = read_documents(shard, stream, IngestSettings())
            texts += [item.raw_content for item in items if isinstance(item, Document)]
    return texts
