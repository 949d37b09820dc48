"""What can go wrong with an archive or a page: a page becomes a bad record, an archive is asked for again."""

from collections.abc import Mapping
from enum import IntEnum
from typing import NamedTuple

from ccnet_lite.errors import SourceError, UnreadArchive

__all__ = ["Evidence", "ExtractionError", "Fault", "FoundFaulty", "SourceError", "UnreadArchive"]


class ExtractionError(Exception):
    """A page that gives no text. `rule` is the class of the error."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


class Evidence(IntEnum):
    """What speaks for a record out of a gzip member whose checksum does not, the more the larger."""

    DISPROVED = 0
    """Its digest does not hold."""
    DOUBTFUL = 1
    """Its length does not fit, or its head has lost its form."""
    UNCHECKED = 2
    """It has no digest."""
    PROVEN = 3
    """Its digest holds, which covers all but its head."""
    COMPLETE = 4
    """The checksum does, and no other evidence is as good."""


class Fault(NamedTuple):
    """What is wrong with a gzip member."""

    reason: str
    needs: Evidence
    """What must speak for a record of the member at least, so that it counts as whole: where the member is
    only cut off, UNCHECKED; where it is altered, PROVEN. COMPLETE, where it is not seen what is altered: then it
    is the head of some record. What is altered is seen in the one record whose block has another digest."""


class FoundFaulty(Exception):
    """Gzip members proved faulty after records of them had been given, which nothing proves.

    What was given does not hold: the archive is to be read again, with `faults`, by the member's offset.
    """

    def __init__(self, faults: Mapping[int, Fault]) -> None:
        super().__init__(faults)
        self.faults = faults
