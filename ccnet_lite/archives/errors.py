"""What can go wrong with an archive or a page: a page becomes a bad record, an archive is asked for again."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from ccnet_lite.errors import SourceError, UnreadArchive

__all__ = ["ExtractionError", "Fault", "FoundFaulty", "SourceError", "UnreadArchive"]


class ExtractionError(Exception):
    """A page that gives no text. `rule` is the class of the error."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


class Fault(NamedTuple):
    """What is wrong with a gzip member."""

    reason: str
    whole: Literal["undisproved", "proven", "none"]
    """Which of its records count as whole: of a member that is only cut off, those that no digest disproves; of
    an altered one, those that a digest proves. None, where nothing is seen of what is altered: then it is the
    head of a record, which no digest covers."""


class FoundFaulty(Exception):
    """Gzip members proved faulty after records of them had been given, which nothing proves.

    What was given does not hold: the archive is to be read again, with `faults`, by the member's offset.
    """

    def __init__(self, faults: Mapping[int, Fault]) -> None:
        super().__init__(faults)
        self.faults = faults
