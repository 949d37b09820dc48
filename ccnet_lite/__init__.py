"""ccnet_lite: from Common Crawl archives to a multilingual pretraining corpus, every record accounted for.

What a notebook uses can be had from here; it is loaded when it is first asked for, so that the import costs
nothing. Paths are text or `Path`; a run may lie in a store, by its URI. docs/api.md tells of each.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from ccnet_lite.archives.documents import Document, Other
    from ccnet_lite.archives.reading import read_documents
    from ccnet_lite.dedup.duplicates import Cluster, Duplicates, find_duplicates, sign
    from ccnet_lite.errors import RunFailed, UserError
    from ccnet_lite.finished.notebook import FinishedRun, open_run
    from ccnet_lite.models.answers import Identified, Scored, identify, score
    from ccnet_lite.pretraining.reader import PretrainingReader
    from ccnet_lite.quality.measured import measure
    from ccnet_lite.settings import Settings, load_settings

_WHERE = {
    "read_documents": "archives.reading",
    "Document": "archives.documents",
    "Other": "archives.documents",
    "identify": "models.answers",
    "Identified": "models.answers",
    "measure": "quality.measured",
    "sign": "dedup.duplicates",
    "find_duplicates": "dedup.duplicates",
    "Duplicates": "dedup.duplicates",
    "Cluster": "dedup.duplicates",
    "score": "models.answers",
    "Scored": "models.answers",
    "open_run": "finished.notebook",
    "FinishedRun": "finished.notebook",
    "PretrainingReader": "pretraining.reader",
    "Settings": "settings",
    "load_settings": "settings",
    "UserError": "errors",
    "RunFailed": "errors",
}
"""The module of each name, below this package, in the order of docs/api.md."""

__all__ = [
    "Cluster", "Document", "Duplicates", "FinishedRun", "Identified", "Other", "PretrainingReader", "RunFailed",
    "Scored", "Settings", "UserError", "find_duplicates", "identify", "load_settings", "measure", "open_run",
    "read_documents", "score", "sign",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'ccnet_lite' has no attribute {name!r}: it has {', '.join(_WHERE)}")
    return getattr(import_module(f"ccnet_lite.{_WHERE[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_WHERE])
