"""The mix of languages, its order, its parts, and taking it up again."""

import json
from collections import Counter
from collections.abc import Callable
from itertools import islice, pairwise
from pathlib import Path

import pytest

from ccnet_lite.errors import UserError
from ccnet_lite.pretraining.reader import PretrainingReader
from ccnet_lite.sampling.probabilities import exponent_sampling, unimax

TEXTS = {
    ("en", "head"): [f"text {i}" for i in range(60)],
    ("en", "tail"): [f"tail {i}" for i in range(21)],
    ("sw", "all"): [f"neno {i}" for i in range(16)],
}

Write = Callable[..., Path]


def ids(reader: PretrainingReader, count: int) -> list[str]:
    return [document.doc_id for document in islice(reader, count)]


def test_languages_come_by_q_and_repeat_when_used_up(corpus: Write) -> None:
    reader = PretrainingReader(corpus(TEXTS), alpha=0.5, buffer_size=50)
    assert reader.q == pytest.approx({"en": 9 / 13, "sw": 4 / 13})
    read = Counter(document.language for document in islice(reader, 4000))
    assert read["sw"] / 4000 == pytest.approx(4 / 13, abs=0.02)
    # 4,050 were taken, a share of 4/13 of them from 16 documents.
    assert reader.epochs["sw"] == pytest.approx(4050 * 4 / 13 / 16, rel=0.05)


def test_units_come_by_q_when_documents_differ_in_length(corpus: Write) -> None:
    texts = {("en", "all"): ["a" * 900] * 20, ("sw", "all"): ["b" * 100] * 20}
    reader = PretrainingReader(corpus(texts, unit="bytes"), alpha=0.5, buffer_size=5)
    assert reader.q == pytest.approx({"en": 0.75, "sw": 0.25})
    read: Counter[str] = Counter()
    for document in islice(reader, 4000):
        read[document.language] += len(document.text)
    assert read["sw"] / read.total() == pytest.approx(0.25, abs=0.02)


def test_the_text_is_that_of_the_document(corpus: Write) -> None:
    for language, text, doc_id in islice(PretrainingReader(corpus(TEXTS), buffer_size=9), 200):
        assert doc_id.startswith(language)
        assert text.split()[1] == doc_id.rsplit("-", 1)[1]


def test_a_bucket_filter_reads_only_those_and_by_their_own_q(corpus: Write) -> None:
    reader = PretrainingReader(corpus(TEXTS), alpha=1.0, buckets=["tail", "all"], buffer_size=5)
    assert reader.q == pytest.approx({"en": 21 / 37, "sw": 16 / 37})
    assert {doc_id.split("-")[1] for doc_id in ids(reader, 300)} == {"tail", "all"}


def test_languages_can_be_picked(corpus: Write) -> None:
    reader = PretrainingReader(corpus(TEXTS), languages=["sw"], buffer_size=3)
    assert reader.q == {"sw": 1.0}
    assert {document.language for document in islice(reader, 50)} == {"sw"}


def test_unimax(corpus: Write) -> None:
    reader = PretrainingReader(corpus(TEXTS, budget=100, unimax_max_epochs=2.0), alpha="unimax")
    assert list(reader.q.values()) == unimax([81, 16], 100, 2.0)[0].tolist()
    assert reader.q == pytest.approx({"en": 0.68, "sw": 0.32})


def test_equal_readers_read_equal_and_the_seed_changes_the_order(corpus: Write) -> None:
    run = corpus(TEXTS)
    first = ids(PretrainingReader(run, seed=1, buffer_size=20), 300)
    assert ids(PretrainingReader(run, seed=1, buffer_size=20), 300) == first
    assert ids(PretrainingReader(run, seed=2, buffer_size=20), 300) != first


def test_seeds_and_ranks_draw_languages_in_their_own_order(corpus: Write) -> None:
    run = corpus({(language, "all"): ["text"] for language in ("de", "en", "sw")})

    def languages(seed: int, rank: int) -> list[str]:
        reader = PretrainingReader(run, seed=seed, rank=rank, world_size=2, buffer_size=1)
        return [document.language for document in islice(reader, 60)]

    orders = [languages(0, 0), languages(0, 1), languages(1, 0)]
    assert all(set(order) == {"de", "en", "sw"} for order in orders)
    assert orders[0] != orders[1] != orders[2] != orders[0]


def test_the_buffer_shuffles_inside_row_groups(corpus: Write) -> None:
    run = corpus({("en", "all"): [str(i) for i in range(400)]}, row_group_size=1000)
    order = [int(document.text) for document in islice(PretrainingReader(run, buffer_size=100), 200)]
    ahead = sum(a < b for a, b in pairwise(order)) / 199
    assert 0.35 < ahead < 0.65  # 1.0 unshuffled


def test_ranks_do_not_overlap_inside_an_epoch(corpus: Write) -> None:
    run = corpus({("en", "all"): [str(i) for i in range(40)]})
    seen: Counter[str] = Counter()
    for rank in range(4):
        reader = PretrainingReader(run, seed=5, rank=rank, world_size=4, buffer_size=1)
        # The buffer of one hands out the document before: 9 of the rank's 10, so that no second epoch begins.
        seen.update(ids(reader, 9))
        assert reader.epochs == {"en": 1.0}
    assert set(seen.values()) == {1}
    assert len(seen) == 36


@pytest.mark.parametrize("before", [0, 7, 400])
def test_a_state_goes_on_where_it_was_taken(corpus: Write, before: int) -> None:
    run = corpus(TEXTS)

    def reader() -> PretrainingReader:
        return PretrainingReader(run, seed=3, rank=1, world_size=3, buffer_size=50)

    first = reader()
    ids(first, before)
    state = json.loads(json.dumps(first.state_dict()))
    expected = list(islice(first, 300))
    second = reader()
    ids(second, 11)  # whatever it did before
    second.load_state_dict(state)
    assert list(islice(second, 300)) == expected
    assert second.epochs == first.epochs


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seed": 4}, "saved with seed = 3, this reader has 4"),
        ({"alpha": 0.7}, "saved with alpha = 0.3, this reader has 0.7"),
        ({"rank": 0}, "saved with rank = 1, this reader has 0"),
        ({"buckets": ["all", "head"]}, "saved with buckets = None"),
    ],
)
def test_a_state_of_another_reader_is_refused(corpus: Write, change: dict[str, object], message: str) -> None:
    run = corpus(TEXTS)
    arguments = {"alpha": 0.3, "seed": 3, "rank": 1, "world_size": 3}
    state = PretrainingReader(run, **arguments).state_dict()  # type: ignore[arg-type]
    other = PretrainingReader(run, **{**arguments, **change})  # type: ignore[arg-type]
    with pytest.raises(UserError, match=message):
        other.load_state_dict(state)


def test_a_corpus_that_changed_since_is_refused(corpus: Write) -> None:
    run = corpus(TEXTS)
    next((run / "corpus" / "subset=swh_Latn" / "quality=all").iterdir()).unlink()
    with pytest.raises(UserError, match=r"corpus holds 8 documents of sw, sampling\.json counted 16"):
        PretrainingReader(run)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"buckets": ["best"]}, "bucket best does not exist: the buckets are head, middle, tail, all"),
        ({"languages": ["xx"]}, "holds no xx: it holds en, sw"),
        ({"buckets": ["middle"]}, "holds no text in the buckets and languages asked for"),
    ],
)
def test_what_is_not_there_is_named(corpus: Write, arguments: dict[str, list[str]], message: str) -> None:
    with pytest.raises(UserError, match=message):
        PretrainingReader(corpus(TEXTS), **arguments)  # type: ignore[arg-type]


def test_languages_that_were_not_counted_are_named(corpus: Write) -> None:
    with pytest.raises(UserError, match="tokens of en, sw were not counted"):
        PretrainingReader(corpus(TEXTS, unit="tokens"))


def test_q_is_that_of_sampling_json_when_everything_is_read(corpus: Write) -> None:
    run = corpus(TEXTS, alphas=(0.3,))
    written = json.loads((run / "sampling.json").read_text())["languages"]
    reader = PretrainingReader(run, alpha=0.3)
    assert reader.q == {language: written[language]["alpha"]["0.3"]["q"] for language in ("en", "sw")}
    assert list(reader.q.values()) == exponent_sampling([81, 16], 0.3).tolist()
