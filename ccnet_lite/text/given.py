"""Texts as a person gives them: one, or several in whatever holds them."""

from collections.abc import Iterable
from typing import NamedTuple

from ccnet_lite.errors import UserError


class Given(NamedTuple):
    """The texts, and whether it was one alone, so that one answer is wanted and not a list of one."""

    texts: list[str]
    alone: bool


def texts_of(given: str | Iterable[str]) -> Given:
    """One text, or a list, an iterator, a pandas or Arrow column of texts.

    >>> texts_of("one text"), texts_of(["one text"])
    (Given(texts=['one text'], alone=True), Given(texts=['one text'], alone=False))

    Raises:
        UserError: one of them is no text, as None or bytes.
    """
    if isinstance(given, str):
        return Given([given], True)
    if isinstance(given, bytes) or not hasattr(given, "__iter__"):
        raise UserError(f"a text is wanted, or several, not {_shown(given)}: bytes have to be decoded first")
    to_list = getattr(given, "to_pylist", None)  # Arrow's columns give scalars when they are gone through
    texts = list(to_list() if to_list else given)
    for number, text in enumerate(texts):
        if not isinstance(text, str):
            raise UserError(f"text {number} is {_shown(text)}, no text: leave it out, or give '' for it")
    return Given(texts, False)


def refuse_one(texts: object) -> None:
    """Refuse one text where several are wanted: it would be taken for a list of its letters.

    Raises:
        UserError: it is one.
    """
    if isinstance(texts, str):
        raise UserError(f"several texts are wanted here, not one, {texts[:20]!r}: give [text]")


def _shown(given: object) -> str:
    return f"{str(given)[:20]} ({type(given).__name__})"
