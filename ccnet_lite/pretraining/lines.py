"""Lines of documents, cut to what tokenizers and their trainers take at a time."""

from collections.abc import Iterator

MAX_BYTES = 4192
"""SentencePiece's max_sentence_length: it leaves out longer ones without a word."""


def lines(text: str, max_bytes: int = MAX_BYTES) -> Iterator[str]:
    r"""The lines of a text, stripped, none empty; one that is too long is cut as `cut` does.

    >>> list(lines("one two\n\n three", 6))
    ['one', 'two', 'three']
    """
    for line in text.split("\n"):
        yield from cut(line, max_bytes)


def cut(line: str, max_bytes: int) -> Iterator[str]:
    """The line in pieces of at most `max_bytes` bytes, stripped, none empty.

    It is cut at white space, or between characters where there is none.

    >>> list(cut("one two three", 10))
    ['one two', 'three']
    """
    if max_bytes < 4:
        raise ValueError(f"max_bytes is {max_bytes}: a character can take 4")
    data = line.strip().encode()
    start = 0
    while start < len(data):
        end = min(start + max_bytes, len(data))
        while end < len(data) and data[end] & 0xC0 == 0x80:  # inside a character
            end -= 1
        if end < len(data) and data[end] not in b" \t":
            space = max(data.rfind(b" ", start, end), data.rfind(b"\t", start, end))
            end = space if space > start else end
        piece = data[start:end].decode().strip()
        if piece:
            yield piece
        start = end
