"""Whether time grows with the input and no faster: measured, on inputs made of a few pieces repeated.

An input eight times as long may take 2.3 ** 3 times as long: three doublings, because one alone tells more of
the machine than of the work. Does not handle: what to measure (test_linear.py, test_linear_archives.py).
"""

import gc
import math
import re
import time
from collections.abc import Callable, Iterator
from itertools import chain, product
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from tests.fuzz.effort import long

FACTOR = 2.3
"""For each doubling. What grows with the square takes four times as long, n log n a little above two."""
STEP = 8
SMALLEST, LARGEST = 128, 64 * 1024
"""Bytes. What grows with the square takes a long time by then, if it only moves memory."""
LONG_ENOUGH = 0.002
"""Seconds that can be measured beside what else the machine does."""
TOO_LONG = 0.3
FEW_TRIES, TRIES = 3, 12
FEW_WORDS = 4
SAMPLES = {"category_space": " \n", "category_digit": "0", "category_word": "a", "category_not_word": "!"}


def seconds(work: Callable[[], object]) -> float:
    """Of the processor, not of the clock, without what Python tidies up in between."""
    gc.disable()
    try:
        started = time.process_time()
        work()
        return time.process_time() - started
    finally:
        gc.enable()


def factor_of(run: Callable[[Any], object], make: Callable[[int], Any], size: int, tries: int) -> float:
    """How many times as long a doubling takes, over those that lead up to `size`; of some tries the best."""
    small, whole = make(size // STEP), make(size)
    shorter = longer = math.inf
    factor = math.inf
    for done in range(tries):
        shorter = min(shorter, seconds(lambda: run(small)), seconds(lambda: run(small)))
        longer = min(longer, seconds(lambda: run(whole)))
        factor = (longer / shorter) ** (1 / math.log2(STEP))
        if factor <= FACTOR or (factor > 1.5 * FACTOR and done > 1):
            break
    return factor


def check_linear(
    run: Callable[[Any], object],
    make: Callable[[int], Any],
    careful: bool = False,
    enough: float = LONG_ENOUGH,
    largest: int = LARGEST,
    too_long: float = TOO_LONG,
) -> None:
    """Small inputs first; `careful`: in small steps, because what explodes must not be waited for.

    Raises:
        AssertionError: time grows faster than the input, up to where it takes `too_long`. A pattern that looks
            a bounded way ahead grows faster up to that bound only.
    """
    enough, largest = (4 * enough, 8 * largest) if long() else (enough, largest)
    size = SMALLEST // 8 if careful else SMALLEST
    run(make(size // 2))  # what is made at a first call is not of the input
    first = before = seconds(lambda: run(make(size)))
    while True:
        size = size * 5 // 4 if careful and size < 1024 else size * STEP
        text = make(size)
        taken = seconds(lambda: run(text))  # noqa: B023
        grown = taken / max(before, 1e-7)
        if taken >= max(enough, STEP * first) and (size < 1024 or grown > FACTOR ** math.log2(STEP)):
            _check_beyond(run, make, size, too_long)
        if taken >= max(enough, STEP * first) or size >= largest:
            return
        before = taken


def _check_beyond(run: Callable[[Any], object], make: Callable[[int], Any], size: int, too_long: float) -> None:
    """It may be noise, memory that the cache does not hold, or a bound not reached: larger sizes tell."""
    while factor_of(run, make, size, FEW_TRIES) > FACTOR:
        text = make(size)
        if seconds(lambda: run(text)) > too_long:  # noqa: B023
            factor = factor_of(run, make, size, TRIES)
            shown = text if isinstance(text, str | bytes) else str(text[:9])
            assert factor <= FACTOR, f"{size} take {factor:.1f} times as long for each doubling: {shown[:60]!r}"
            return
        size = size * 5 // 4 if size < 1024 else size * 2


def repeated(unit: Any) -> Callable[[int], Any]:
    """Inputs of any size made of one piece."""
    return lambda size: unit * (size // len(unit) or 1)


def _pieces(parsed: Any) -> Iterator[str]:
    """What a pattern is made of: runs of its literals, and a character of each of its classes."""
    run = ""
    for code, argument in parsed:
        name = str(code).lower()
        if name == "literal":
            run += chr(argument)
            continue
        yield run
        run = ""
        if name == "in":
            yield from _of_class(argument)
        elif name in ("any", "not_literal"):
            yield "x"
        elif name in ("max_repeat", "min_repeat", "possessive_repeat"):
            yield from _pieces(argument[2])
        elif name == "subpattern":
            yield from _pieces(argument[3])
        elif name == "atomic_group":
            yield from _pieces(argument)
        elif name == "branch":
            for branch in argument[1]:
                yield from _pieces(branch)
        elif name in ("assert", "assert_not"):
            yield from _pieces(argument[1])
    yield run


def _of_class(members: Any) -> Iterator[str]:
    for kind, value in members:
        kind = str(kind).lower()
        if kind == "literal":
            yield chr(value)
        elif kind == "range":
            yield chr(value[0])
        elif kind == "category":
            yield from SAMPLES.get(str(value).lower(), "a")
    if str(members[0][0]).lower() == "negate":
        yield "x"


def pumped(pattern: "re.Pattern[Any]") -> Iterator[Callable[[int], Any]]:
    """Inputs of any size that a pattern may find hard: its own pieces repeated, and then none of them."""
    binary = isinstance(pattern.pattern, bytes)
    parsed = parser.parse(pattern.pattern, pattern.flags)
    own = list(dict.fromkeys(piece for piece in _pieces(parsed) if piece))
    words = [piece for piece in own if len(piece) > 2]
    few = [piece for piece in own if piece not in words[FEW_WORDS:]]
    prefixes = dict.fromkeys(["", own[0], "".join(own[:2])])
    # Of a long list of words one repeats as another does: a few meet each other, the rest what is no word.
    rest = product([""], words[FEW_WORDS:], ["", *(piece for piece in few if piece not in words)])
    for prefix, first, second in chain(product(prefixes, few, ["", *few]), rest):
        atom = first + second

        def make(size: int, prefix: str = prefix, atom: str = atom) -> Any:
            text = prefix + atom * (size // len(atom)) + "\x00"
            return text.encode("latin-1", "replace") if binary else text

        yield make


def regex_run(pattern: Any, method: str, text: Any) -> object:
    if method == "sub":
        return pattern.sub(text[:0], text)
    found = getattr(pattern, method)(text)
    return list(found) if method == "finditer" else found
