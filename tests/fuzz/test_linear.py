"""Time grows with the input and no faster: every regex and every function of text, found by a scan.

A regex is driven with what its own pattern is made of, repeated; a function with what the formats are made
of. Twice the input may take three times as long, where it takes long enough to be measured.
"""

import ast
import gzip
import importlib
import inspect
import pkgutil
import re
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from io import BytesIO
from itertools import pairwise, product
from pathlib import Path
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import brotli
import pyarrow as pa
import pytest

from ccnet_lite.archives.addresses import origin
from ccnet_lite.archives.bodies import decode_body
from ccnet_lite.archives.connections import _target
from ccnet_lite.archives.errors import ExtractionError, SourceError
from ccnet_lite.archives.lists import _climbs
from ccnet_lite.archives.records import read_records
from ccnet_lite.quality.heuristics import measure
from ccnet_lite.settings import IngestSettings
from ccnet_lite.text.composed import normalize
from ccnet_lite.text.paragraphs import batch_line_keys
from ccnet_lite.text.tokens import tokenize

ROOMS = ("archives", "text", "quality", "dedup", "kernels")
MEASURABLE = 0.02
FACTOR = 3.0
"""What grows with the square takes four times as long; caches that fill up, and other work, cost some."""
LARGEST = 64 * 1024
SAMPLES = {"category_space": " \n", "category_digit": "0", "category_word": "a", "category_not_word": "!"}
ATOMS = [
    *(
        " ",
        "\t",
        "\n",
        "\r\n",
        "\r",
        "\n ",
        "a",
        "A",
        "0",
        ":",
        ";",
        "=",
        "/",
        "@",
        "://",
        "a://",
        "http://",
        "?",
    ),
    *("<", ">", "<!--", "-->", "<!---->", "<?xml", "<meta ", "charset=", "<p>", "</p>", "<b", "&", '"', "["),
    *("WARC/1.0\r\n", "warc/1.0\nA:", "HTTP/1.1 200 OK\r\n", "Content-Length: 5\r\n", "GET / ", "1\r\na\r\n"),
    *(
        "filedesc://",
        "http://a 1 20080430204826 a 1\n",
        "\x1b$",
        "\u0301\u0323",
        "\u00e9\u0301",
        "\u064e\u0650",
    ),
    *("\ufdfa", "\u0130", "\u03a3", "\uac00\u11a8", "\u0e01", "\u3042", "\u200d", "\ufeff", "\u202e", "\x00"),
]
GIVEN: dict[str, Any] = {
    "limit": 1 << 26,
    "bound": 100,
    "declared": "utf-8",
    "content": b"",
    "form": "script_safe",
    "window": 31,
    "ngram": 5,
    "name": "utf-8",
    "settings": IngestSettings(),
}
"""What functions are given beside the text, by the parameter's name."""
OF_USERS = ("inputs", "objects", "sources", "http", "page_worker", "confined", "lists", "addresses", "connections")
"""Modules whose arguments come from users, not from archives; what a page worker does has a limit in time.

What they make of lists and redirects is driven below.
"""
INSIDE_OTHERS = {"_undo", "_doc_id", "to_text", "_dedup_forms", "_odd_lines", "_line_shares"}
"""Functions that want more than a text; those that call them are driven, or are below."""


def records_in(data: bytes) -> object:
    return list(read_records(BytesIO(data), IngestSettings()))


def decoded(coding: str, body: bytes) -> bytes:
    return decode_body({"transfer-encoding": coding}, body, 1 << 26)


WHOLE: dict[str, tuple[Callable[[Any], object], type]] = {
    "read_records": (records_in, bytes),
    "read_records, gzip": (lambda data: records_in(gzip.compress(data)), bytes),
    "decode_body, chunked": (lambda data: decoded("chunked", data), bytes),
    "decode_body, gzip": (lambda data: decoded("gzip", gzip.compress(data)), bytes),
    "an entry of a list": (_climbs, str),
    "an entry's host": (origin, str),
    "a redirect": (lambda text: _target("http://a.example/b", "http://a.example/b", text), str),
    "batch_line_keys": (lambda text: batch_line_keys(pa.array([text])), str),
    "tokenize": (lambda text: tokenize([text]), str),
    "normalize": (lambda text: normalize("NFC", text), str),
    "measure": (lambda text: measure([text]), str),
}


def modules() -> Iterator[Any]:
    for room in ROOMS:
        package = importlib.import_module(f"ccnet_lite.{room}")
        for info in pkgutil.iter_modules(package.__path__, f"ccnet_lite.{room}."):
            yield importlib.import_module(info.name)


def uses() -> Iterator[tuple[str, Any, str]]:
    """Every compiled pattern of the rooms, where it stands, and the method that is called of it."""
    for module in modules():
        tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
        patterns = {name: value for name, value in vars(module).items() if isinstance(value, re.Pattern)}
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if not isinstance(node.func.value, ast.Name):
                continue
            owner, method = node.func.value.id, node.func.attr
            if owner in patterns:
                yield f"{module.__name__}.{owner}.{method}", patterns[owner], method
            elif owner == "re" and method != "compile":
                assert isinstance(node.args[0], ast.Constant), f"{module.__name__}: give re.{method} a literal"
                yield f"{module.__name__}.re.{method}", re.compile(node.args[0].value), method


def pieces(parsed: Any) -> Iterator[str]:
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
            for kind, value in argument:
                kind = str(kind).lower()
                if kind == "literal":
                    yield chr(value)
                elif kind == "range":
                    yield chr(value[0])
                elif kind == "category":
                    yield from SAMPLES.get(str(value).lower(), "a")
            if str(argument[0][0]).lower() == "negate":
                yield "x"
        elif name in ("any", "not_literal"):
            yield "x"
        elif name in ("max_repeat", "min_repeat", "possessive_repeat"):
            yield from pieces(argument[2])
        elif name == "subpattern":
            yield from pieces(argument[3])
        elif name == "branch":
            for branch in argument[1]:
                yield from pieces(branch)
        elif name in ("assert", "assert_not"):
            yield from pieces(argument[1])
    yield run


def pumped(pattern: Any) -> Iterator[Callable[[int], Any]]:
    """Inputs of any size that a pattern may find hard."""
    binary = isinstance(pattern.pattern, bytes)
    own = list(dict.fromkeys(piece for piece in pieces(parser.parse(pattern.pattern, pattern.flags)) if piece))
    prefixes = ["", own[0], "".join(own[:2])]
    for prefix, first, second in product(dict.fromkeys(prefixes), own, ["", *own]):
        atom = first + second

        def make(size: int, prefix: str = prefix, atom: str = atom) -> Any:
            text = prefix + atom * (size // len(atom)) + "\x00"
            return text.encode("latin-1", "replace") if binary else text

        yield make


def seconds(work: Callable[[], object], tries: int = 1) -> float:
    times = []
    for _ in range(tries):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return min(times)


def check_linear(run: Callable[[Any], object], make: Callable[[int], Any], largest: int = LARGEST) -> None:
    """Small inputs first, in small steps: what grows without bound must not be waited for."""
    run(make(96))  # what is made at a first call is not of the input
    size, before = 96, 0.0
    while size <= largest:
        text = make(size)
        taken = seconds(lambda: run(text))  # noqa: B023
        if taken >= MEASURABLE:
            half, whole = make(size), make(2 * size)
            assert size > 1024 or taken < 10 * max(before, MEASURABLE / 10), f"it explodes: {text[:60]!r}"
            for tries in (1, 5, 15):  # other work on the machine makes some slower
                factor = seconds(lambda: run(whole), tries) / seconds(lambda: run(half), tries)  # noqa: B023
                if factor <= FACTOR:
                    return
                if tries > 1 and factor > 1.5 * FACTOR:
                    break
            # A pattern that looks a bounded way ahead grows faster up to that bound.
            told = f"{2 * size} take {factor:.1f} times as long as {size}: {text[:60]!r}"
            assert size < LARGEST / 4 and taken < 20 * MEASURABLE, told
        size, before = size * 5 // 4 if size < 1024 else size * 2, taken


@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        (rb"(?:<!--.{0,2000}?-->\s*)*<(?:html|p)", "match"),
        (r"[ \t\r]*\n[ \t]+", "sub"),
        (r"([A-Za-z][A-Za-z0-9+.-]*://)[^/?#]*@", "sub"),
    ],
)
def test_the_check_finds_what_is_not_linear(pattern: str, method: str) -> None:
    compiled = re.compile(pattern, re.DOTALL)
    with pytest.raises(AssertionError, match=r"times as long|explodes"):
        for make in pumped(compiled):
            check_linear(lambda text: regex_run(compiled, method, text), make)


def regex_run(pattern: Any, method: str, text: Any) -> object:
    if method == "sub":
        return pattern.sub(text[:0], text)
    found = getattr(pattern, method)(text)
    return list(found) if method == "finditer" else found


USES = {name: (pattern, method) for name, pattern, method in uses()}


@pytest.mark.parametrize("name", sorted(USES))
def test_regexes(name: str) -> None:
    pattern, method = USES[name]

    for make in pumped(pattern):
        check_linear(lambda text: regex_run(pattern, method, text), make)


def test_the_scan_finds_what_there_is() -> None:
    assert len(USES) > 20
    assert {"ccnet_lite.archives.headers._FOLD.split", "ccnet_lite.text.lm_form._STRESS.sub"} <= USES.keys()


def functions() -> Iterator[tuple[str, Callable[[Any], object], type]]:
    """Functions whose first argument is a text, or bytes."""
    for module in modules():
        _, room, name = module.__name__.split(".")
        if room not in ("archives", "text", "quality") or name in OF_USERS:
            continue
        for name, function in inspect.getmembers(module, inspect.isfunction):
            parameters = list(inspect.signature(function).parameters.values())
            if function.__module__ != module.__name__ or name in INSIDE_OTHERS or not parameters:
                continue
            first, *others = parameters
            if first.annotation in (str, bytes) and first.name not in ("char", "domain"):
                needed = [one.name for one in others if one.default is inspect.Parameter.empty]
                given = {name: GIVEN[name] for name in needed}
                yield f"{module.__name__}.{name}", partial(function, **given), first.annotation


FUNCTIONS = {name: (function, kind) for name, function, kind in functions()} | WHOLE


def atoms() -> Iterable[str]:
    yield from ATOMS
    yield from ("".join(pair) for pair in pairwise(ATOMS))
    yield from ("".join(pair) for pair in zip(ATOMS, ATOMS[7:], strict=False))


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_functions(name: str) -> None:
    function, kind = FUNCTIONS[name]

    def run(text: Any) -> object:
        try:
            found = function(text)
            return list(found) if inspect.isgenerator(found) else found
        except (ExtractionError, SourceError, ValueError, LookupError, zlib.error, brotli.error):
            return None

    run("a" if kind is str else b"a")
    for atom in atoms():
        unit: Any = atom if kind is str else atom.encode("utf-8")

        def make(size: int, unit: Any = unit) -> Any:
            return unit * (size // len(unit))

        check_linear(run, make)
