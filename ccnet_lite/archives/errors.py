"""What can go wrong with an archive or a page; each becomes a row of bad_records, not the run's end."""


class SourceError(Exception):
    """An archive that cannot be opened, or that breaks off while it is fetched."""


class ExtractionError(Exception):
    """A page that gives no text. `rule` is the class of the error."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule
