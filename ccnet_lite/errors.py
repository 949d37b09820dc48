"""The exceptions that a run knows: the user can mend it, the result is wrong, bytes could not be had."""


class UserError(Exception):
    """A mistake of the user (settings, a missing input, a wrong checksum).

    The message is one line that names the file or the key, what was found, and what to do.
    Jobs print it without a traceback and exit with status 2.
    """


class RunFailed(Exception):
    """The run itself found its result wrong (sums that don't meet, too many bad records).

    Jobs print it without a traceback and exit with status 1; what was written stays for inspection.
    """


class SourceError(Exception):
    """Bytes that cannot be fetched: a host or a disk that does not give them."""


class UnreadArchive(SourceError):
    """An archive that could not be opened, or not be read to its end: it has to be tried again.

    What its bytes are is never the reason: damage within a file that can be read makes bad records.
    """

    def __init__(self, segment: str, uri: str, reason: str) -> None:
        super().__init__(segment, uri, reason)  # all of them, so that it can be pickled
        self.segment = segment
        """What names the archive in tables."""
        self.uri = uri
        """Where it lies, without credentials and query."""
        self.reason = reason
        """One line that names the place, what was found, and how often it was tried."""

    def __str__(self) -> str:
        return self.reason
