"""Time grows with the input and no faster: every regex and every function of text, found by a scan.

A regex is driven with what its own pattern is made of, repeated; a function with what the formats are made
of. Twice the input may take 2.3 times as long.
"""

import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from io import BytesIO
from itertools import pairwise
from typing import Any

import brotli
import numpy as np
import pyarrow as pa
import pytest

from ccnet_lite.archives.addresses import origin
from ccnet_lite.archives.bodies import decode_body
from ccnet_lite.archives.charsets import decode_text
from ccnet_lite.archives.connections import _target
from ccnet_lite.archives.errors import ExtractionError, SourceError
from ccnet_lite.archives.lists import _climbs
from ccnet_lite.archives.records import read_records
from ccnet_lite.dedup.marks import marked
from ccnet_lite.dedup.overlap import Finder, build_index, own_ngrams, text_hashes
from ccnet_lite.dedup.spans import WINDOWS, compare_windows, join_windows, runs_of_texts, windows_of_texts
from ccnet_lite.kernels.decontaminate import Overlap
from ccnet_lite.kernels.line_cuts import broken_lines
from ccnet_lite.kernels.lines import select_text
from ccnet_lite.kernels.spans import cut_text, relied_on
from ccnet_lite.models.url_languages import url_language
from ccnet_lite.quality.list_lines import list_lines
from ccnet_lite.quality.pii import find_pii
from ccnet_lite.quality.url_lists import host_and_rest, url_prefixes
from ccnet_lite.settings import IngestSettings, NearDuplicateSettings, read_policy
from ccnet_lite.text.paragraphs import batch_line_keys
from ccnet_lite.text.phrases import Phrases
from ccnet_lite.text.robots import fits, restrictions
from tests.fuzz.effort import long
from tests.fuzz.linear import LONG_ENOUGH, check_linear, pumped, regex_run, repeated
from tests.fuzz.scan import foreign_patterns, functions_of_text, modules, patterns_used

ROOMS = ("archives", "text", "quality", "dedup", "kernels", "pretraining", "report")
"""Where text of crawls is handled. What other rooms have of it are table columns."""
ATOMS = [
    *(" ", "\t", "\n", "\r\n", "\r", "\n ", "a", "A", "0", ":", ";", "=", "/", "@", "://", "a://", "http://"),
    *("?", "<", ">", "<!--", "-->", "<!---->", "<?xml", "<meta ", "charset=", "<p>", "</p>", "<b", "&", '"'),
    *("WARC/1.0\r\n", "warc/1.0\nA:", "HTTP/1.1 200 OK\r\n", "Content-Length: 5\r\n", "GET / ", "1\r\na\r\n"),
    *("filedesc://", "http://a 1 20080430204826 a 1\n", "\x1b$", "\u0301\u0323", "\u00e9\u0301", "\u064e\u0650"),
    *("\ufdfa", "\u0130", "\u03a3", "\uac00\u11a8", "\u0e01", "\u3042", "\u200d", "\ufeff", "\u202e", "\x00"),
    *("%41", "%", "\\", "\u0430p", "AAAA\n", "word ", "the of and\n", "\u3002", "\U0001f468\u200d", "["),
]
CRAWLED = {
    *("header", "body", "payload", "payloads", "text", "texts", "media_type", "block", "content", "stated"),
    *("data", "line", "url"),
    *("urls", "domain", "address", "host", "digits", "rest", "before", "behind", "lowered"),
    *("spoken", "page", "html", "piece", "raw_content", "title", "blob", "word", "label", "value", "shingle"),
}
"""Parameters by which text of crawls comes in."""
OURS = {
    *("keep", "own", "own_scores", "columns"),
    *("split", "files", "languages", "alpha", "mode", "runs"),
    *("language", "bucket", "buckets", "table", "name", "stage", "outcome", "rule", "rules", "reason", "error"),
    *("code", "of"),
    *("message", "segment", "otherwise", "order", "compared", "path", "paths", "where", "column", "fingerprint"),
    *("digest", "more", "file", "css", "picture", "numbers", "unit", "gap", "heads", "anchor", "note", "summary"),
    *("run", "version", "settings_digest", "cluster_id", "excerpt", "coding", "charset", "char", "script", "out"),
    *(
        "key",
        "keys",
        "doc_id",
        "doc_ids",
        "parts",
        "sign",
        "repeated_spans",
        "told",
        "marks",
        "model",
        "tokenizer_class",
        "unknown",
        "end",
        "lines",
        "specials",
        "single",
    ),
    *(
        "pair",
        "framing",
        "kind",
        "format",
        "part",
        "split",
        "module",
        "purpose",
        "install",
        "opt_outs",
        "pattern",
        "agent",
        "given",
        "setting",
        "group",
        "region",
        "words",
        "agents",
        "folder",
        "vocabulary",
    ),
    *(
        "domain",
        "domains",
        "host",
        "rest",
        "policy",
        "pii",
        "languages",
        "address",
        "before",
        "digits",
        "rules",
        "kinds",
    ),
    *("item", "measure", "number", "modules", "iban", "month", "day", "weights"),
    *("prefix", "values", "config", "inputs", "declared", "scale", "names", "crawl", "text_column"),
}
"""Parameters by which names of ours come in, single characters, and what is kept as it is."""
OF_USERS = {"archives.http", "archives.inputs", "archives.objects", "archives.sources", "archives.page_worker"} | {
    *("archives.lists", "archives.addresses", "archives.connections", "archives.confined", "archives.content"),
    *("archives.watch", "archives.kinds", "kernels.score_files"),
}
"""Modules whose arguments come from users, not from archives; what a page worker does has a limit in time.

What they make of lists and redirects is driven below.
"""
GIVEN: dict[str, Any] = {
    "limit": 1 << 26,
    "bound": 100,
    "declared": "utf-8",
    "content": b"",
    "form": "script_safe",
    "window": 31,
    "ngram": 5,
    "seed": 1,
    "name": "utf-8",
    "settings": IngestSettings(),
    "near": NearDuplicateSettings(),
    "http_headers": {},
    "fields": {},
    "payload": 0,
    "position": 0,
    "first": 0,
    "last": 1 << 30,
    "line_start": True,
    "arc": True,
    "declared_charset": "utf-8",
    "extractor": "resiliparse",
    "keep": ("tables", "lists", "code"),
    "max_bytes": 1 << 20,
    "text": "",
    "kinds": ("email", "ip", "phone", "iban", "card", "id"),
    "domains": None,
    "language": "en",
    "agents": ("GPTBot", "CCBot"),
    "heard": frozenset(("*", "gptbot", "ccbot")),
    "wildcard": True,
    "host": "",
    "code": "en",
    "marks": "\u17d4",
    "kind": "albert",
    "lengths": (3, 8),
    "overlap": Overlap(),
    "least": 50,
}
"""What functions are given beside the text, by the parameter's name."""
GIVEN_TO = {"dedup.costs.measure": GIVEN["near"], "dedup.minhash.signatures": GIVEN["near"]}
"""The settings of these functions."""
WITHIN = {
    "quality.url_lists.url_prefixes",
    *("quality.pii_addresses.looks_a_version", "quality.pii_addresses._is_domain"),
    *("quality.pii_addresses._parted", "quality.pii_addresses.spelt_email", "quality.pii_phones._as_written"),
    *("quality.pii_ids.ids", "quality.pii_phones.phones", "quality.pii_phones.regions_of"),
    *(
        "quality.pii_checks._weighted",
        "quality.pii_phones._stands_alone",
        "quality.pii_phones._without_remark",
        "quality.pii_phones.named",
    ),
    *("quality.list_lines.list_lines", "kernels.score.Scorer._verdicts", "quality.glossaries.spare_glossaries"),
    "quality.in_sentences._ends_sentence",
    "quality.refrains.spare_refrains",
    *("archives.bodies._undo", "archives.documents._document", "archives.html.main_text"),
    *("archives.html._parsed", "archives.page_blocks.Blocks.__init__"),
    *("archives.html.to_text", "archives.html.HtmlText.__init__", "archives.raw.RawBytes.put_back"),
    *("archives.salvage.salvage", "dedup.overlap.Finder.find", "kernels.quarantine._Stretch.__init__"),
    *("kernels.rebuild.FileRows.take", "kernels.rules.Rule.__init__", "quality.buckets._read_csv"),
    *("report.charts.dot_row", "report.charts.stacked_bar", "dedup.duplicates.find_duplicates"),
    *("dedup.marks.excerpt", "dedup.marks.marked", "dedup.marks._piece"),
    *("report.data.Cluster.__init__", "text.lm_form._CharacterMap.apply"),
    *("kernels.carried.measured", "text.lm_form._CharacterMap._apart", "text.lm_form._forms_of"),
    *("archives.blocks.holds", "archives.cursor.Cursor.record", "archives.cursor.record_of"),
    *("archives.digests._holds", "archives.sound.SoundRecords._record"),
    *("archives.framing.Framing._holds", "archives.framing.Framing._with_right_length"),
    *("archives.framing.Framing.whole", "report.markup.details", "kernels.lines.select_text"),
    *(
        "archives.robots._groups",
        "archives.opt_outs.of_page",
        "archives.opt_outs.opt_outs",
        "kernels.page_signals._toxic",
    ),
    *("kernels.page_signals.page_signals", "quality.pii._at", "quality.pii_addresses.email"),
    *("quality.pii_addresses.v4", "quality.pii_addresses.v6", "quality.pii.mask"),
    *("quality.pii.masked_again", "quality.pii_numbers._cards", "quality.pii_ids._checked"),
    *("quality.pii_numbers._ibans", "quality.pii_phones._is_phone"),
    *("quality.pii_ids._named", "quality.pii_numbers.find_numbers"),
    *(
        "quality.robots_table.RobotsTable.agents_shut_out",
        "quality.url_lists.UrlLists.find",
        "text.phrases.Phrases.count",
        "quality.pii.find_pii",
    ),
    *("report.markup.section", "report.markup.cut_off", "text.shingles._overlapping"),
    *("pretraining.moses.moses_words", "pretraining.vocabulary.Vocabulary.encode"),  # lines of bounded length
    *("pretraining.vocabulary.Vocabulary.pieces", "pretraining.vocabulary_measure.measure_fit"),
    *("pretraining.spm_file._field", "pretraining.spm_file._varint"),  # of our own models
    *("kernels.line_cuts.broken_lines", "quality.line_measures.LineMeasures.__init__"),
    *("kernels.spans.cut_text", "kernels.spans.cut_again", "kernels.spans.relied_on", "kernels.spans._add"),
    "text.located.Located.__init__",
    "dedup.spans.windows_of_texts",
    "pretraining.sentences._split",  # windows of a line
}
"""Functions that want more than a text: those that call them are driven, or they only keep it."""


def records_in(data: bytes) -> object:
    return list(read_records(BytesIO(data), IngestSettings()))


def decoded(body: bytes) -> bytes:
    return decode_body({"transfer-encoding": "chunked"}, body, 1 << 26)


def every_other_line(text: str) -> str:
    n_lines = text.count("\n") + 1
    return select_text(text, range(0, n_lines, 2), n_lines)


def personal_data(text: str) -> object:
    """Numbers of fewer than seven digits cost nothing, so those that grow would seem to cost ever more."""
    return find_pii([text.replace("w", "1000000 ")], GIVEN["kinds"], "en", ["a.example"])


def spans_of(text: str) -> object:
    values, _, _ = runs_of_texts([text], 50)
    windows = list(windows_of_texts([text], ["a"], [0], 0, values.view(np.int64), 50)) if len(values) else []
    return join_windows(compare_windows(pa.Table.from_batches(windows, WINDOWS)), 50)


def many_cuts(text: str) -> object:
    spans = [(at, at + 2) for at in range(1, len(text) - 2, 4)]
    return cut_text(text, spans), relied_on(text, [(at - 1, at) for at, _ in spans[1:]], spans)


REFERENCE = "the of and the of and the of and"
FINDER = Finder(
    build_index([own_ngrams(text_hashes([REFERENCE])[0], 3, 1)] * 3, [0] * 3, [3], ngram=3, min_tokens=1), 0.5
)
PHRASES = Phrases({"the of and": 1.0, "*word*": 1.0, "a" * 90: 1.0})
LINE_RULES = read_policy("c4_lines").line_rules

WHOLE: dict[str, tuple[Callable[[Any], object], Any]] = {
    "read_records": (records_in, bytes),
    "decode_body, chunked": (decoded, bytes),
    "an entry of a list": (_climbs, str),
    "an entry's host": (origin, str),
    "a redirect": (lambda text: _target("http://a.example/b", "http://a.example/b", text), str),
    **{
        f"decode_text, {name}": (partial(decode_text, declared=name), bytes)
        for name in ("shift_jis", "iso-2022-jp", "gb18030", "euc-kr", "big5", "windows-1252", "")
    },
    "batch_line_keys": (lambda text: batch_line_keys(pa.array([text])), str),
    "select_text": (every_other_line, str),
    "find_pii": (personal_data, str),
    "spans of it": (spans_of, str),
    "spans cut from it": (many_cuts, str),
    "restrictions": (lambda text: restrictions(text, ["GPTBot"], True), bytes),
    "fits": (lambda text: fits("/*a*b*c$", text), str),
    "url_language": (url_language, str),
    "what lists are asked of a URL": (lambda text: list(url_prefixes(*host_and_rest(f"https://{text}"))), str),
    "Phrases.count": (lambda text: PHRASES.count([text]), str),
    "broken_lines": (lambda text: broken_lines([text], [text], LINE_RULES, lambda texts: ["en"]), str),
    "list_lines": (lambda text: list_lines([text], np.zeros(text.count("\n") + 1, np.bool_)), str),
    "Finder.find": (FINDER.find, list),
    "marked": (lambda text: marked(text, REFERENCE, 3), str),
    "marked, as an item": (lambda text: marked(REFERENCE, text, 3), str),
}


USES = {name: (pattern, method) for module in modules() for name, pattern, method in patterns_used(module)}


@pytest.mark.parametrize("name", sorted(USES))
def test_regexes(name: str) -> None:
    pattern, method = USES[name]
    for make in pumped(pattern):
        check_linear(lambda text: regex_run(pattern, method, text), make, careful=True)


def test_the_scan_finds_what_there_is() -> None:
    assert len(USES) > 40
    known = {
        *("ccnet_lite.archives.headers._FOLD.split", "ccnet_lite.text.lm_form._STRESS.sub"),
        *("ccnet_lite.archives.headers._VERSION_AND_FIELD.match", "ccnet_lite.kernels.policy._CRAWL.search"),
    }
    assert known <= USES.keys()


def test_there_are_no_regexes_but_python_s() -> None:
    assert [(module.__name__, foreign_patterns(module)) for module in modules() if foreign_patterns(module)] == []


def functions() -> Iterator[tuple[str, Callable[[Any], object], Any]]:
    """Functions that take text of crawls; every other text parameter must be known to take none."""
    for module in modules(*ROOMS):
        where = module.__name__.removeprefix("ccnet_lite.")
        if where in OF_USERS:
            continue
        for name, function, texts, needed in functions_of_text(module):
            crawled = [one for one in texts if one in CRAWLED]
            unknown = texts.keys() - CRAWLED - OURS
            assert not unknown, f"{where}.{name}: say in CRAWLED or OURS what {unknown} are"
            if not crawled or f"{where}.{name}" in WITHIN:
                continue
            first, *others = crawled[:1] + [one for one in texts if one != crawled[0]]
            given = {one: GIVEN[one] for one in [*needed, *others] if one in GIVEN}
            missing = {*needed, *others} - given.keys()
            assert not missing, f"{where}.{name}: say in GIVEN what it is given as {missing}, or put it in WITHIN"
            if f"{where}.{name}" in GIVEN_TO:
                given["settings"] = GIVEN_TO[f"{where}.{name}"]
            yield f"{where}.{name}", of_first(function, first, given), texts[first]


def of_first(function: Callable[..., object], first: str, given: dict[str, Any]) -> Callable[[Any], object]:
    return lambda text: function(**{first: text}, **given)


FUNCTIONS = {name: (function, kind) for name, function, kind in functions()} | WHOLE


def atoms() -> Iterable[str]:
    yield from ATOMS
    yield from ("".join(pair) for pair in zip(ATOMS[::2], ATOMS[1::2], strict=False))
    if long():
        yield from ("".join(pair) for pair in pairwise(ATOMS))
        yield from ("".join(pair) for pair in zip(ATOMS, ATOMS[7:], strict=False))


def numbered(size: int) -> str:
    """Lines and words of which none is like another."""
    return "".join(f"w{n:x} {n}\n" for n in range(size // 12 + 1))


def attempt(function: Callable[[Any], object], text: Any) -> object:
    try:
        found = function(text)
        return list(found) if isinstance(found, Iterator) else found
    except (ExtractionError, SourceError, ValueError, LookupError, zlib.error, brotli.error):
        return None


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_functions(name: str) -> None:
    function, kind = FUNCTIONS[name]
    run = partial(attempt, function)

    def shaped(make: Callable[[int], str]) -> Callable[[int], Any]:
        if kind is list:
            return lambda size: [make(size)]
        return make if kind is str else lambda size: make(size).encode()

    for atom in atoms():
        check_linear(run, shaped(repeated(atom)))
    check_linear(run, shaped(numbered))
    if kind is list:
        check_linear(run, lambda size: numbered(size).splitlines())
        check_linear(run, repeated(["a few words"]))


@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        (rb"(?:<!--.{0,2000}?-->\s*)*<(?:html|p)", "match"),
        (r"[ \t\r]*\n[ \t]+", "sub"),
        (r"([A-Za-z][A-Za-z0-9+.-]*://)[^/?#]*@", "sub"),
        (r"(?:a|aa)+$", "match"),
    ],
)
def test_the_check_finds_patterns_that_are_not_linear(pattern: str, method: str) -> None:
    compiled = re.compile(pattern, re.DOTALL)
    with pytest.raises(AssertionError, match="times as long"):
        for make in pumped(compiled):
            check_linear(lambda text: regex_run(compiled, method, text), make, careful=True, too_long=0.05)


def joined_piece_by_piece(text: str) -> object:
    rest, lines = text, 0
    while rest:
        rest, lines = rest.partition("\n")[2], lines + 1
    return lines


@pytest.mark.parametrize("exponent", [1.4, 2.0])
def test_the_check_finds_powers(exponent: float) -> None:
    def work(data: bytes) -> object:
        return sum(range(int((len(data) / 100) ** exponent)))

    with pytest.raises(AssertionError, match="times as long"):
        check_linear(work, repeated(b"a"), largest=1 << 26, too_long=0.05)


def test_the_check_finds_text_that_is_copied_at_every_line() -> None:
    with pytest.raises(AssertionError, match="times as long"):
        check_linear(joined_piece_by_piece, repeated("a\n"), enough=10 * LONG_ENOUGH, largest=1 << 20)


def test_the_check_lets_sorting_pass() -> None:
    def shuffled(size: int) -> bytes:
        return np.random.default_rng(0).bytes(size)

    check_linear(lambda data: np.sort(np.frombuffer(data, np.uint8).astype(float)), shuffled, largest=1 << 20)
    check_linear(lambda data: sorted(data.split(b"a")), shuffled, largest=1 << 20)
