"""Lines that repeat over a crawl: literal shards, and plain Python over random ones as the oracle; no JVM."""

from collections import defaultdict
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ccnet_lite.kernels import counting
from ccnet_lite.kernels.counting import (
    HOST_COUNTS,
    KEY_COUNTS,
    PARAGRAPH_COUNTS,
    count_boilerplate,
    count_paragraphs,
    longest_lines,
    mask_boilerplate,
    mask_paragraphs,
)
from ccnet_lite.kernels.lines import ShardLines
from ccnet_lite.kernels.packing import part_of
from ccnet_lite.settings import LineSettings, ParagraphSettings
from ccnet_lite.text.paragraphs import EMPTY_KEY, line_keys
from tests.kernels.test_lines import lines_of


class Held(NamedTuple):
    """A document of a made crawl: where it lies, its lines as (key, characters), whether its lines count."""

    shard: int
    host: int
    lines: list[tuple[int, int]]
    counts: bool = True


def by_shard(documents: list[Held]) -> dict[int, tuple[ShardLines, Any]]:
    found = {}
    for shard in sorted({document.shard for document in documents}):
        here = [document for document in documents if document.shard == shard]
        rows = [(i, d.host, [k for k, _ in d.lines], [c for _, c in d.lines]) for i, d in enumerate(here)]
        found[shard] = lines_of(rows), np.array([d.counts for d in here], bool)
    return found


def boilerplate(documents: list[Held], settings: LineSettings, ranges: int = 1) -> set[tuple[Any, ...]]:
    """(shard, host, key, reason) of every mask; compared in so many hash ranges."""
    of_host, of_key = [], []
    for shard, (lines, population) in by_shard(documents).items():
        one, two = count_boilerplate(shard, lines, population, settings)
        assert one.schema.equals(HOST_COUNTS) and two.schema.equals(KEY_COUNTS)
        of_host.append(one)
        of_key.append(two)
    rows: list[dict[str, Any]] = []
    for number in range(ranges):
        counts = [pa.Table.from_batches(b, s) for b, s in ((of_host, HOST_COUNTS), (of_key, KEY_COUNTS))]
        mine = [t.filter(pa.array(part_of(t["route"].to_numpy(), ranges) == number)) for t in counts]
        masks = mask_boilerplate(*(table.combine_chunks() for table in mine), settings)
        rows += masks.to_pylist()
    found = [(row["shard"], row["host_key"], row["key"], row["reason"]) for row in rows]
    assert len(set(found)) == len(found), "a mask stands twice"
    return set(found)


def paragraphs(
    documents: list[Held], settings: ParagraphSettings, ranges: int = 1
) -> dict[tuple[int, int], tuple[int, bool]]:
    """(shard, key) to (position that keeps it, on several hosts)."""
    counted = []
    for shard, (lines, population) in by_shard(documents).items():
        stays = np.ones(len(lines.keys), bool)
        batch = count_paragraphs(shard, lines, population, stays, settings)
        assert batch.schema.equals(PARAGRAPH_COUNTS)
        counted.append(batch)
    counts = pa.Table.from_batches(counted, PARAGRAPH_COUNTS)
    rows = []
    for number in range(ranges):
        mine = counts.filter(pa.array(part_of(counts["route"].to_numpy(), ranges) == number))
        rows += mask_paragraphs(mine.combine_chunks(), settings).to_pylist()
    found = {(row["shard"], row["key"]): (row["keep_position"], row["several_hosts"]) for row in rows}
    assert len(found) == len(rows), "a mask stands twice"
    return found


def page(shard: int, host: int, *keys: int, own: int, counts: bool = True) -> Held:
    """A page of short lines, and one long line of its own."""
    return Held(shard, host, [*((key, 20) for key in keys), (own, 90)], counts)


def test_the_longest_line_stands_for_a_text() -> None:
    lines = lines_of(
        [
            (0, 7, [1, 9, 5, 5], [4, 6, 6, 6]),
            (1, 7, [], []),
            (2, 8, [3, 2], [7, 7]),
            (3, 8, [4, 1], [8, 7]),
        ]
    )
    assert longest_lines(lines).tolist() == [5, 0, 2, 4]
    assert longest_lines(lines_of([])).tolist() == []


def test_a_line_in_as_many_documents_of_a_host_is_its_boilerplate() -> None:
    # Host 7 holds line 1 three times, over two shards; host 8 twice; host 9 three times in one document.
    documents = [
        page(0, 7, 1, own=100),
        page(0, 7, 1, own=101),
        page(1, 7, 1, own=102),
        page(1, 8, 1, own=103),
        page(1, 8, 1, own=104),
        page(2, 9, 1, 1, 1, own=105),
    ]
    settings = LineSettings(host_documents=3, common_hosts=0)
    assert boilerplate(documents, settings) == {(0, 7, 1, "host_boilerplate"), (1, 7, 1, "host_boilerplate")}
    assert boilerplate(documents, LineSettings(host_documents=4, common_hosts=0)) == set()
    assert {row[:3] for row in boilerplate(documents, LineSettings(host_documents=2, common_hosts=0))} == {
        (0, 7, 1),
        (1, 7, 1),
        (1, 8, 1),
    }
    assert boilerplate(documents, LineSettings(host_documents=0, common_hosts=0)) == set()


def test_documents_that_are_too_short_do_not_count() -> None:
    documents = [page(0, 7, 1, own=100), page(0, 7, 1, own=101), page(0, 7, 1, own=102, counts=False)]
    assert boilerplate(documents, LineSettings(host_documents=3, common_hosts=0)) == set()


def test_a_host_counts_once_however_many_shards_and_documents_hold_the_line() -> None:
    spread = [page(shard, 7, 1, own=10 * shard + n) for shard in range(4) for n in (5, 6)]
    settings = LineSettings(host_documents=0, common_hosts=3)
    assert boilerplate(spread, settings) == set()
    two_hosts = [*spread, page(4, 8, 1, own=500), page(5, 8, 1, own=501)]
    assert boilerplate(two_hosts, settings) == set()
    three = [*two_hosts, page(0, 9, 1, own=502)]
    assert boilerplate(three, settings) == {(shard, None, 1, "common_boilerplate") for shard in range(6)}


def test_a_line_on_more_hosts_than_one_shard_sends_is_common_to_all() -> None:
    # Every shard sends the least hosts only: 5 of its own here, and the same five from each.
    documents = [page(shard, host, 1, own=1000 * shard + host) for shard in range(2) for host in range(40)]
    one, two = count_boilerplate(0, *by_shard(documents)[0], LineSettings(common_hosts=5))
    of_line = [row["host"] for row in two.to_pylist() if row["key"] == 1]
    assert sorted(of_line) == [0, 1, 2, 3, 4]
    assert len([row for row in one.to_pylist() if row["key"] == 1]) == 40
    found = boilerplate(documents, LineSettings(host_documents=0, common_hosts=5))
    assert found == {(0, None, 1, "common_boilerplate"), (1, None, 1, "common_boilerplate")}


@pytest.mark.parametrize(("chars", "masked"), [(199, True), (200, True), (201, False)])
def test_a_long_line_on_many_hosts_is_text(chars: int, masked: bool) -> None:
    documents = [Held(host % 2, host, [(1, 20), (50 + host, 400)]) for host in range(4)]
    documents.append(Held(0, 9, [(1, chars), (99, 400)]))
    settings = LineSettings(host_documents=0, common_hosts=4, common_max_chars=200)
    assert bool(boilerplate(documents, settings)) is masked


def test_copies_of_one_text_on_a_host_or_on_many_are_no_boilerplate() -> None:
    copies = [Held(n % 2, 7, [(1, 20), (2, 90)]) for n in range(5)]
    copies += [Held(n % 2, 20 + n, [(3, 20), (4, 90)]) for n in range(5)]
    settings = LineSettings(host_documents=3, common_hosts=3)
    assert boilerplate(copies, settings) == set()
    # One other text with the line makes it a menu, whichever shard that lies in.
    for shard in (0, 1, 5):
        menu = [*copies, Held(shard, 7, [(1, 20), (5, 90)]), Held(shard, 30, [(3, 20), (6, 90)])]
        found = {(key, reason) for _, _, key, reason in boilerplate(menu, settings)}
        assert found == {(1, "host_boilerplate"), (3, "common_boilerplate")}


def test_lines_that_only_space_are_no_boilerplate() -> None:
    assert set(line_keys("\n—\n … ")) == {EMPTY_KEY}
    documents = [page(0, host, EMPTY_KEY, own=100 + n) for host in range(4) for n in (10 * host, 10 * host + 1)]
    assert boilerplate(documents, LineSettings(host_documents=2, common_hosts=2)) == set()


def expected_boilerplate(documents: list[Held], settings: LineSettings) -> set[tuple[Any, ...]]:
    """The docstring of mask_boilerplate, over all documents at once."""
    texts: dict[tuple[int | None, int], set[int]] = defaultdict(set)
    holders: dict[tuple[int, int], set[int]] = defaultdict(set)
    of_hosts: dict[int, set[int]] = defaultdict(set)
    longest: dict[int, int] = defaultdict(int)
    shards: dict[tuple[int | None, int], set[int]] = defaultdict(set)
    for number, document in enumerate(documents):
        if not document.counts:
            continue
        text = min(document.lines, key=lambda line: (-line[1], line[0]))[0] if document.lines else 0
        for key, chars in document.lines:
            if key == EMPTY_KEY:
                continue
            for group in ((document.host, key), (None, key)):
                texts[group].add(text)
                shards[group].add(document.shard)
            holders[document.host, key].add(number)
            of_hosts[key].add(document.host)
            longest[key] = max(longest[key], chars)
    found: set[tuple[Any, ...]] = set()
    if settings.host_documents:
        for (host, key), numbers in holders.items():
            if len(numbers) >= settings.host_documents and len(texts[host, key]) > 1:
                found |= {(shard, host, key, "host_boilerplate") for shard in shards[host, key]}
    if settings.common_hosts:
        for key, hosts in of_hosts.items():
            short = longest[key] <= settings.common_max_chars
            if len(hosts) >= settings.common_hosts and short and len(texts[None, key]) > 1:
                found |= {(shard, None, key, "common_boilerplate") for shard in shards[None, key]}
    return found


KEYS = [1, 2, 3, -7, 2**63 - 1, -(2**63), EMPTY_KEY]
HOSTS = [0, 1, 2, 3, 4, -(2**63), 2**63 - 1]
crawls = st.lists(
    st.builds(
        Held,
        st.sampled_from([0, 1, 2, 7]),
        st.sampled_from(HOSTS),
        st.lists(st.tuples(st.sampled_from(KEYS), st.integers(0, 12)), max_size=5),
        st.booleans() | st.just(True),
    ),
    max_size=25,
)


@given(crawls, st.integers(0, 4), st.integers(0, 5), st.integers(1, 12), st.sampled_from([1, 3]))
def test_boilerplate_is_what_plain_python_finds(
    documents: list[Held], host_documents: int, common_hosts: int, common_max_chars: int, ranges: int
) -> None:
    settings = LineSettings(
        host_documents=host_documents, common_hosts=common_hosts, common_max_chars=common_max_chars
    )
    assert boilerplate(documents, settings, ranges) == expected_boilerplate(documents, settings)


def test_every_row_of_a_key_goes_to_one_range() -> None:
    documents = [page(shard, host, 1, 2, own=9) for shard in (0, 1) for host in (-5, 4)]
    for lines, population in by_shard(documents).values():
        of_host, of_key = count_boilerplate(0, lines, population, LineSettings())
        assert of_key["route"].to_pylist() == of_key["key"].to_pylist()
        routes = {(row["key"], row["host"]): row["route"] for row in of_host.to_pylist()}
        assert routes[1, -5] != routes[1, 4], "a common line's hosts are spread over the ranges"
        assert routes == {(key, host): routes[key, host] for key in (1, 2, 9) for host in (-5, 4)}


# ---- paragraphs --------------------------------------------------------------------------------------------


REPEATING = [
    Held(0, 7, [(1, 30), (2, 30)]),
    Held(0, 8, [(1, 30)]),
    Held(2, 9, [(1, 30), (3, 30)]),
    Held(3, 9, [(3, 30)]),
]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, {(0, 1): (0, True), (2, 1): (-1, True), (2, 3): (1, False), (3, 3): (-1, False)}),
        (
            {"policy": "drop_all_copies"},
            {(0, 1): (-1, False), (2, 1): (-1, False), (2, 3): (-1, False), (3, 3): (-1, False)},
        ),
        (
            {"max_repeated_share": 1.0},
            {(0, 1): (0, False), (2, 1): (-1, False), (2, 3): (1, False), (3, 3): (-1, False)},
        ),
        ({"scope": "2"}, {(0, 1): (0, True), (2, 3): (1, False), (3, 3): (-1, False)}),
        ({"scope": "3"}, {(0, 1): (0, True), (2, 1): (-1, True)}),
        ({"min_chars": 31}, {}),
        (
            {"min_chars": 30},
            {(0, 1): (0, True), (2, 1): (-1, True), (2, 3): (1, False), (3, 3): (-1, False)},
        ),
    ],
)
def test_paragraphs_that_repeat(change: dict[str, Any], expected: dict[tuple[int, int], tuple[int, bool]]) -> None:
    documents = [Held(2, 5, [(77, 99)]), *REPEATING]  # so that shard 2's holder has position 1
    assert paragraphs(documents, ParagraphSettings(**change)) == expected


def test_the_first_document_of_the_first_shard_keeps_a_line_whatever_its_host() -> None:
    # The holder with the greater host comes first in its shard.
    documents = [Held(1, 5, [(4, 30)]), Held(1, 9, [(1, 30)]), Held(1, 3, [(1, 30)]), Held(6, 1, [(1, 30)])]
    assert paragraphs(documents, ParagraphSettings()) == {(1, 1): (1, True), (6, 1): (-1, True)}


def test_masked_lines_and_documents_out_of_question_do_not_count() -> None:
    (lines, population) = by_shard([Held(0, 7, [(1, 30), (2, 30)]), Held(0, 8, [(1, 30), (2, 30)])])[0]
    stays = np.array([True, True, False, True])
    counts = count_paragraphs(4, lines, population, stays, ParagraphSettings()).to_pylist()
    assert [(r["shard"], r["key"], r["documents"], r["first_position"]) for r in counts] == [
        (4, 1, 1, 0),
        (4, 2, 2, 0),
    ]
    assert [(row["least_host"], row["most_host"]) for row in counts] == [(7, 7), (7, 8)]
    out = count_paragraphs(4, lines, np.array([False, True]), stays, ParagraphSettings()).to_pylist()
    assert [(r["key"], r["documents"], r["first_position"]) for r in out] == [(2, 1, 1)]
    assert count_paragraphs(4, lines, np.array([False, False]), stays, ParagraphSettings()).num_rows == 0


def expected_paragraphs(
    documents: list[Held], settings: ParagraphSettings
) -> dict[tuple[int, int], tuple[int, bool]]:
    """The docstring of mask_paragraphs, over all documents at once."""
    groups: dict[tuple[int, int], list[tuple[int, int, int]]] = defaultdict(list)
    positions: dict[int, int] = defaultdict(int)
    for document in sorted(documents, key=lambda d: d.shard):
        position = positions[document.shard]
        positions[document.shard] += 1
        scope = 0 if settings.scope == "all" else document.shard // int(settings.scope)
        for key in {key for key, chars in document.lines if chars >= settings.min_chars}:
            if document.counts:
                groups[scope, key].append((document.shard, position, document.host))
    found = {}
    for (_, key), holders in groups.items():
        if len(holders) < 2:
            continue
        asked = settings.policy == "keep_first" and settings.max_repeated_share < 1
        several = asked and len({host for _, _, host in holders}) > 1
        for number, shard in enumerate(dict.fromkeys(shard for shard, _, _ in holders)):
            first = number == 0 and settings.policy == "keep_first"
            found[shard, key] = holders[0][1] if first else -1, several
    return found


def as_long_as_its_key(documents: list[Held]) -> list[Held]:
    return [d._replace(lines=[(key, abs(key) % 11) for key, _ in d.lines]) for d in documents]


@given(
    crawls.map(as_long_as_its_key),
    st.sampled_from(["keep_first", "drop_all_copies"]),
    st.sampled_from(["all", "1", "2", "3"]),
    st.integers(0, 8),
    st.sampled_from([0.5, 1.0]),
    st.sampled_from([1, 3]),
)
@example([], "keep_first", "all", 0, 0.5, 1)
def test_paragraph_masks_are_what_plain_python_finds(
    documents: list[Held], policy: Any, scope: str, min_chars: int, share: float, ranges: int
) -> None:
    settings = ParagraphSettings(policy=policy, scope=scope, min_chars=min_chars, max_repeated_share=share)
    assert paragraphs(documents, settings, ranges) == expected_paragraphs(documents, settings)


def test_only_with_keep_first_and_a_bound_below_one_are_documents_dropped_for_repeating() -> None:
    assert counting.drops_repeating(ParagraphSettings())
    assert counting.drops_repeating(ParagraphSettings(max_repeated_share=0.99))
    assert not counting.drops_repeating(ParagraphSettings(max_repeated_share=1.0))
    assert not counting.drops_repeating(ParagraphSettings(policy="drop_all_copies"))
