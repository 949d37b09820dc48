"""The exceptions that a run knows: the user can mend it, the result is wrong, bytes could not be had.

And how their messages, which hold names that others chose, are made fit to be shown.
"""

import unicodedata


class UserError(Exception):
    """A mistake of the user (settings, a missing input, a wrong checksum).

    The message is one line that names the file or the key, what was found, and what to do.
    Jobs print it without a traceback and exit with status 2.
    """


class RunFailed(Exception):
    """The run itself found its result wrong (sums that don't meet, too many bad records).

    Jobs print it without a traceback and exit with status 1; what was written stays for inspection.
    """


class UnreadFile(RunFailed):
    """A file of a run, or of what is made of one, that could not be read as what was written there.

    It travels from a Spark task as text, so its message begins with the file's place.
    """

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(place, reason)  # both, so that it can be pickled
        self.place = place
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.place} {self.reason}"


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


HIDDEN = ("Cc", "Cf", "Zl", "Zp", "Cs")
"""Unicode's categories of what moves a cursor, turns a line around, or is not seen."""
JOINERS = "\u200c\u200d"
"""Not seen, and part of how Persian, Hindi and others are written."""


def visible(text: str, kept: str = "") -> str:
    r"""The text with every character that would act on a terminal, or hide there, written out.

    kept: characters to leave as they are. A byte that is no UTF-8, which Python holds as half of a pair, is
    written as that byte.

    >>> print(visible("a\x1b[31m b\u202ec"))
    a\x1b[31m b\u202ec
    >>> print(visible("naïve\udcff.gz"))
    naïve\xff.gz
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        each if each in kept or each in JOINERS or unicodedata.category(each) not in HIDDEN else _written_out(each)
        for each in text
    )


def _written_out(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return character.encode("unicode_escape").decode("ascii")
