"""What can go wrong with an archive or a page: a page becomes a bad record, an archive is asked for again."""

from ccnet_lite.errors import SourceError, UnreadArchive

__all__ = ["ExtractionError", "SourceError", "UnreadArchive"]


class ExtractionError(Exception):
    """A page that gives no text. `rule` is the class of the error."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule
