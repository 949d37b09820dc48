"""A part's documents by position: every row once an epoch, in an order that a seed decides."""

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from ccnet_lite.errors import UnreadFile, UserError
from ccnet_lite.pretraining import pieces as pieces_module
from ccnet_lite.pretraining.pieces import files_of, pieces_of
from ccnet_lite.pretraining.streams import Part, Stream
from ccnet_lite.sampling.weights import Weights
from ccnet_lite.store.places import Place

TEXTS = {("en", "head"): [f"text {i}" for i in range(230)], ("en", "tail"): [f"tail {i}" for i in range(100)]}
Write = Callable[..., Path]


def stream(
    run: Path, seed: int | None = 0, window: int = 200, split: str = "train", weighted: bool = False
) -> Stream:
    place = Place.of(run)
    files = files_of(place, "en", ["head", "middle", "tail", "all"])
    weights = Weights(clusters=weighted)
    pieces = pieces_of(place, files, split, weights, "text")
    part = Part(place, "en", ("head", "tail"), pieces, "text", split, weights)
    return Stream(part, seed, window)


def ids(of: Stream, positions: range) -> list[str]:
    return of.read(np.array(positions))[1]


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces_module, "PIECE_BYTES", 100)


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("row_group_size", [4, 50, 1000])
@pytest.mark.parametrize("window", [1, 200, 10**6])
def test_each_epoch_holds_every_row_once_in_another_order(corpus: Write, row_group_size: int, window: int) -> None:
    of = stream(corpus(TEXTS, row_group_size), window=window)
    epochs = [ids(of, range(330 * n, 330 * n + 330)) for n in range(3)]
    everything = sorted(f"en-{bucket}-{i}" for (_, bucket), texts in TEXTS.items() for i in range(len(texts)))
    assert [sorted(epoch) for epoch in epochs] == [everything] * 3
    assert epochs[0] != epochs[1] != epochs[2]
    assert ids(stream(corpus_of(of), 1, window), range(330)) != epochs[0]


def corpus_of(of: Stream) -> Path:
    return of.part.run.path


@pytest.mark.usefixtures("small_pieces")
def test_positions_can_be_read_in_any_portions(corpus: Write) -> None:
    run = corpus(TEXTS, 50)
    whole = ids(stream(run), range(990))
    of = stream(run)
    for chosen in ([0], [5, 6, 300, 329, 330, 700], [3], [989], list(range(100, 400, 7))):
        texts, found = of.read(np.array(chosen))
        assert found == [whole[position] for position in chosen]
        assert all(text.split()[1] == doc_id.rsplit("-", 1)[1] for text, doc_id in zip(texts, found, strict=True))


@pytest.mark.usefixtures("small_pieces")
def test_one_can_go_back_in_a_row_group_that_is_open(corpus: Write) -> None:
    run = corpus({("en", "all"): [f"text {i}" for i in range(300)]}, 1000)
    whole = ids(stream(run), range(150))
    of = stream(run)
    for position in (0, 100, 20, 21, 120, 1):
        assert of.read(np.array([position]))[1] == [whole[position]]


def test_rows_of_a_window_are_shuffled(corpus: Write) -> None:
    run = corpus({("en", "all"): [str(i) for i in range(400)]}, row_group_size=1000)
    order = [int(text) for text in stream(run, window=10**6).read(np.arange(400))[0]]
    ahead = sum(a < b for a, b in pairwise(order)) / 399
    assert 0.4 < ahead < 0.6  # 1.0 unshuffled


@pytest.mark.usefixtures("small_pieces")
def test_a_window_holds_no_more_than_it_may(corpus: Write) -> None:
    of = stream(corpus({("en", "all"): ["x" * 40 + str(i) for i in range(600)]}, 300), window=1000)
    for position in range(0, 600, 10):
        of.read(np.array([position]))
        assert of._rows is not None and 0 < of._rows[1].num_rows < 60  # each row has 40 bytes and more


def with_columns(run: Path, bucket: str, **columns: list[object]) -> None:
    """Give the rows of a bucket, over its two files, more columns."""
    first = 0
    for path in sorted((run / "corpus").glob(f"*/quality={bucket}/*.parquet")):
        table = pq.ParquetFile(path).read()
        for name, values in columns.items():
            table = table.append_column(name, [values[first : first + table.num_rows]])
        first += table.num_rows
        pq.write_table(table, path, row_group_size=7)


@pytest.mark.usefixtures("small_pieces")
def test_each_side_of_the_split_is_read_alone(corpus: Write) -> None:
    run = corpus({("en", "all"): [f"text {i}" for i in range(90)]})
    held_out = {3, 17, 18, 60, *range(70, 90)}
    with_columns(run, "all", split=["validation" if i in held_out else "train" for i in range(90)])
    training = stream(run)
    assert training.size == 90 - len(held_out)
    found = ids(training, range(training.size * 2))
    assert Counter(found) == {f"en-all-{i}": 2 for i in range(90) if i not in held_out}
    other = stream(run, None, split="validation")
    assert ids(other, range(other.size)) == [f"en-all-{i}" for i in sorted(held_out)]


def test_a_corpus_without_a_split_has_nothing_held_out(corpus: Write) -> None:
    assert stream(corpus(TEXTS), None, split="validation").size == 0


@pytest.mark.usefixtures("small_pieces")
def test_rows_are_read_as_often_as_their_clusters_weigh(corpus: Write) -> None:
    run = corpus({("en", "all"): [f"text {i}" for i in range(40)]})
    weights = [1 + i % 3 for i in range(40)]
    with_columns(
        run, "all", cluster_weight=list(weights), split=["validation" if i == 5 else "train" for i in range(40)]
    )
    of = stream(run, weighted=True)
    assert of.size == sum(weights) - weights[5]
    assert Counter(ids(of, range(of.size))) == {f"en-all-{i}": weights[i] for i in range(40) if i != 5}


def test_a_file_that_changed_is_named(corpus: Write) -> None:
    run = corpus({("en", "all"): ["one", "two", "three"] * 20}, 1000)
    of = stream(run)
    path = next((run / "corpus").glob("*/*/*.parquet"))
    path.write_bytes(b"PAR1 not any more")
    with pytest.raises((UnreadFile, UserError), match=path.name):
        of.read(np.arange(60))


def test_a_damaged_page_is_named(corpus: Write) -> None:
    run = corpus({("en", "all"): [f"a text of some length, {i}" for i in range(2000)]}, 1000)
    of = stream(run)
    path = next((run / "corpus").glob("*/*/*.parquet"))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(bytes(data))
    with pytest.raises(UnreadFile, match=path.name):
        of.read(np.arange(2000))
