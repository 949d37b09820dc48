"""The texts of some archives, all held at once: what a plan is tried on."""

from collections.abc import Mapping, Sequence

from ccnet_lite.archives.documents import Document, read_documents
from ccnet_lite.archives.errors import Fault, FoundFaulty
from ccnet_lite.archives.inputs import Shard, resolve_inputs
from ccnet_lite.archives.records import NO_FAULTS
from ccnet_lite.archives.sources import open_shard
from ccnet_lite.settings import IngestSettings, SourceSettings


def sample_texts(inputs: Sequence[str]) -> list[str]:
    """The text of every document of the archives given (files, globs, lists or URLs)."""
    texts = []
    for shard in resolve_inputs(inputs, SourceSettings()):
        try:
            texts += _texts(shard, NO_FAULTS)
        except FoundFaulty as found:
            texts += _texts(shard, found.faults)
    return texts


def _texts(shard: Shard, faults: Mapping[int, Fault]) -> list[str]:
    with open_shard(shard, SourceSettings()) as stream:
        items = read_documents(shard, stream, IngestSettings(), faults)
        return [item.raw_content for item in items if isinstance(item, Document)]
