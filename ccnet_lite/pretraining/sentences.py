"""Documents cut into sentences, for trainers that take one a line and for pairs of sentences.

`sentencex` does it, by rules for the languages it has and by those of a related one for the others; a line break
ends a sentence, too. What it has no rule for is cut here: Khmer and Tibetan at their own marks; Thai and Lao,
which write none, at spaces, into stretches of up to `UNMARKED` characters.

Not handled: whether a space in Thai or Lao ends a sentence or a phrase.
"""

from collections.abc import Iterator

from ccnet_lite.pretraining.extra import extra

WINDOW = 2000
"""Characters of a line looked at together: on some lines sentencex needs time that grows with their square."""
UNMARKED = 100
_MARKS = {"km": "។៕", "bo": "།༎", "dz": "།༎"}
_NO_MARKS = ("th", "lo")


def split_sentences(text: str, language: str) -> list[str]:
    """The sentences of a text, stripped, none empty; together they are the text but for spaces between them.

    language: its code, as `en` or `zh-Hant`; an unknown one is taken as English.

    >>> split_sentences("Dr. Smith came. He left.", "en")
    ['Dr. Smith came.', 'He left.']
    >>> split_sentences("他来了。你好吗？", "zh")
    ['他来了。', '你好吗？']

    Raises:
        UserError: sentencex is not installed.
    """
    code = language.partition("-")[0]
    found = []
    for line in text.split("\n"):
        for stretch in _windows(line):
            for piece in _split(stretch, code):
                if sentence := piece.strip():
                    found.append(sentence)
    return found


def _split(line: str, code: str) -> Iterator[str]:
    segment = extra("sentencex", "cutting text into sentences").segment
    pieces: list[str] = segment(code if code.isascii() and code not in ("", "und") else "en", line)
    for piece in pieces:
        if code in _MARKS:
            yield from _after_marks(piece, _MARKS[code])
        elif code in _NO_MARKS:
            yield from _at_spaces(piece)
        else:
            yield piece


def _after_marks(text: str, marks: str) -> Iterator[str]:
    start = 0
    for i, character in enumerate(text):
        if character in marks and text[i + 1 : i + 2] not in marks:
            yield text[start : i + 1]
            start = i + 1
    yield text[start:]


def _at_spaces(text: str) -> Iterator[str]:
    """Stretches of whole phrases, of up to `UNMARKED` characters where a phrase is not longer."""
    start = end = 0  # of the stretch that is being gathered
    for i, character in enumerate([*text, " "]):
        if character == " ":
            if i - start > UNMARKED and end > start:
                yield text[start:end]
                start = end
            end = i
    yield text[start:]


def _windows(line: str) -> Iterator[str]:
    """A line in stretches of at most `WINDOW` characters, cut behind a space where there is one."""
    start = 0
    while len(line) - start > WINDOW:
        space = line.rfind(" ", start + WINDOW // 2, start + WINDOW)
        end = space + 1 if space >= 0 else start + WINDOW
        yield line[start:end]
        start = end
    yield line[start:]
