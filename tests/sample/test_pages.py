"""What is true of the pages: languages that fastText knows, copies as truth has them, little overlap."""

import re
from itertools import combinations
from pathlib import Path

import fasttext
import pytest

from ccnet_lite.sample.crawl import Page, make_plan, web_pages
from tests.sample.conftest import Sample


@pytest.fixture(scope="module")
def pages() -> list[Page]:
    return web_pages(make_plan(1000, seed=3))


def grams(text: str) -> set[str]:
    """Word 5-grams, by white space and nothing else; characters where there is next to no white space."""
    words = text.lower().split()
    if len(text) > 15 * len(words):
        words = list("".join(words))
    return {" ".join(words[at : at + 5]) for at in range(len(words) - 4)}


def similarity(a: set[str], b: set[str]) -> float:
    return len(a & b) / len(a | b)


def test_fasttext_knows_the_language_of_originals(pages: list[Page], shared_data: Path) -> None:
    model = fasttext.load_model(str(shared_data / "lid" / "lid.176.ftz"))
    originals = [page for page in pages if page.kind == "original"]
    labels, scores = model.predict([" ".join(page.body)[:2000] for page in originals])
    right = [label[0] == f"__label__{page.language}" for page, label in zip(originals, labels, strict=True)]
    assert sum(right) / len(right) >= 0.97
    assert sum(score[0] >= 0.5 for score in scores) / len(scores) >= 0.97


def test_mixed_pages_leave_it_in_doubt(pages: list[Page], shared_data: Path) -> None:
    model = fasttext.load_model(str(shared_data / "lid" / "lid.176.ftz"))
    mixed = [" ".join(page.body)[:2000] for page in pages if page.kind == "mixed"]
    _, scores = model.predict(mixed)
    assert sum(score[0] < 0.5 for score in scores) >= len(mixed) / 2


def test_originals_share_no_line_and_few_5_grams(pages: list[Page]) -> None:
    originals = [page for page in pages if page.kind == "original"]
    lines = [line for page in originals for line in page.body]
    assert len(lines) > 3000
    assert len(set(lines)) == len(lines)
    for code in {page.language for page in originals}:
        sets = [grams("\n".join(page.body)) for page in originals if page.language == code]
        highest = max(similarity(a, b) for a, b in combinations(sets, 2))
        assert highest < 0.35, code


def test_originals_are_long_enough_to_be_kept(pages: list[Page]) -> None:
    assert min(sum(map(len, page.body)) for page in pages if page.kind == "original") > 400


def test_exact_copies(pages: list[Page]) -> None:
    by_url = {page.url: page for page in pages}
    copies = [page for page in pages if page.kind in ("exact", "exact_elsewhere")]
    assert len(copies) == 110
    for page in copies:
        source = by_url[page.of or ""]
        assert page.body == source.body
        assert page.jaccard == 1.0
        assert (page.host == source.host) == (page.kind == "exact")
    assert len({page.of for page in copies}) == len(copies)


def test_near_copies_have_the_jaccard_that_truth_says(pages: list[Page]) -> None:
    by_url = {page.url: page for page in pages}
    near = [page for page in pages if page.kind == "near"]
    assert len(near) == 90
    for page in near:
        source = by_url[page.of or ""]
        assert page.body != source.body
        assert page.host != source.host
        measured = similarity(grams("\n".join(page.body)), grams("\n".join(source.body)))
        assert page.jaccard == pytest.approx(measured, abs=0.06)
    found = [page.jaccard or 0.0 for page in near]
    assert sum(value >= 0.8 for value in found) > 30
    assert sum(value < 0.7 for value in found) > 10


def test_a_syndicated_article_stands_on_several_hosts(pages: list[Page]) -> None:
    agency = [page for page in pages if page.kind == "syndicated"]
    for of in {page.of for page in agency}:
        hosts = [page.host.domain for page in agency if page.of == of]
        assert len(set(hosts)) == len(hosts)
    assert max(sum(page.of == one.of for page in agency) for one in agency) >= 3
    assert min(page.jaccard or 0.0 for page in agency) > 0.9


def test_spun_pages_mix_scripts_in_a_fifth_to_two_fifths_of_their_words(pages: list[Page]) -> None:
    mixing = re.compile(r"[a-zA-Z][^\W\d_]*[Ͱ-ӿ]|[Ͱ-ӿ][^\W\d_]*[a-zA-Z]")
    spun = [page for page in pages if page.kind == "homoglyph"]
    assert len(spun) == 25
    for page in spun:
        words = " ".join(page.body).split()
        assert 0.15 < sum(bool(mixing.search(word)) for word in words) / len(words) < 0.45
    clean = [page for page in pages if page.kind == "original" and page.host.language.script == "Latn"]
    assert not [line for page in clean for line in page.body if mixing.search(line)]


def test_every_line_of_a_digest_stands_on_another_page(pages: list[Page]) -> None:
    digests = [page for page in pages if page.kind == "digest"]
    lines: dict[str, set[str]] = {}
    for page in pages:
        if page.kind == "original":
            for line in page.body:
                lines.setdefault(line, set()).add(page.url)
    assert len(digests) == 10
    for page in digests:
        sources = {url for line in page.body for url in lines[line]}
        assert len(sources) == len(page.body) >= 4


def test_hosts_repeat_their_own_lines_and_share_cookie_notes(sample: Sample) -> None:
    rows = [row for row in sample.of_kind("original", "near") if row["language"] == "en"]
    hosts: dict[str, list[set[str]]] = {}
    for row in rows:
        hosts.setdefault(row["host"], []).append(set(sample.bodies[row["url"]]))
    several = {host: set.intersection(*lines) for host, lines in hosts.items() if len(lines) >= 2}
    assert len(several) >= 3
    assert min(len(lines) for lines in several.values()) >= 10
    cookies = [line for lines in several.values() for line in lines if "ookies" in line]
    assert len(set(cookies)) < len(cookies)
    assert len(set.intersection(*several.values())) < 8
