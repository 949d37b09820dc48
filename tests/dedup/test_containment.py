"""Documents inside longer ones: literal chains, the threshold, and all pairs compared in plain Python."""

import numpy as np
import pyarrow as pa
import pytest

from ccnet_lite.dedup import candidates
from ccnet_lite.dedup.anchors import SeenAnchors
from ccnet_lite.dedup.containment import CONTAINED, contained_documents
from ccnet_lite.dedup.minhash import signatures
from ccnet_lite.settings import NearDuplicateSettings
from ccnet_lite.text.shingles import shingle_hashes

NEAR = NearDuplicateSettings()


def words(seed: int, count: int) -> str:
    return " ".join(f"w{number}" for number in np.random.default_rng(seed).integers(0, 5000, count))


def documents_of(texts: dict[str, str]) -> pa.Table:
    seen = SeenAnchors(len(texts), NEAR.ngram)
    signatures(list(texts.values()), NEAR, seen.see)
    numbers = range(len(texts))
    return pa.table(
        {
            "doc_id": pa.array([name.encode().hex().ljust(32, "0") for name in texts]),
            "shard": pa.array([number % 3 for number in numbers], pa.int32()),
            "position": pa.array(list(numbers), pa.int32()),
            "n_chars": pa.array([len(text) for text in texts.values()], pa.int64()),
            "anchors": seen.column(),
        }
    )


def name_of(doc_id: str) -> str:
    return bytes.fromhex(doc_id).rstrip(b"\0").decode()


class Shelf:
    """Shingles of texts, as a run reads them; which it was asked for."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts
        self.asked: list[str] = []

    def read(self, chosen: pa.Table) -> pa.Array:
        self.asked = [name_of(doc_id) for doc_id in chosen["doc_id"].to_pylist()]
        found = [shingle_hashes(self.texts[name], NEAR.ngram).astype("<u4").tobytes() for name in self.asked]
        return pa.array(found, pa.binary())


def found_in(texts: dict[str, str], least: float = 0.95) -> dict[str, tuple[str | None, float | None, int]]:
    rows = contained_documents(documents_of(texts), least, Shelf(texts).read)
    assert rows.schema == CONTAINED.rows
    return {
        name_of(row["doc_id"]): (
            row["contained_in"] and name_of(row["contained_in"]),
            row["containment"],
            row["holds"],
        )
        for row in rows.to_pylist()
    }


A, B, C, D = (words(seed, 120) for seed in range(4))


def test_a_page_inside_another() -> None:
    texts = {"a": A, "page": f"{B} {A} {C}", "other": D}
    assert found_in(texts) == {"a": ("page", 1.0, 0), "page": (None, None, 1)}


def test_a_chain_ends_at_what_stays() -> None:
    """b holds a and is inside c; a is told to be in c, which stays."""
    texts = {"a": A, "b": f"{A} {B}", "c": f"{C} {A} {B}"}
    assert found_in(texts) == {"a": ("c", 1.0, 0), "b": ("c", 1.0, 0), "c": (None, None, 2)}


def test_what_is_inside_one_that_goes_stays_unless_one_that_stays_holds_it() -> None:
    """a is in b; b is in c but for a part of a: at this threshold a is in nothing that stays, so it stays."""
    lost = " ".join(A.split()[:20])
    b = f"{A} {' '.join(words(seed, 400) for seed in (7, 8))}"
    texts = {"a": A, "b": b, "c": f"{b.removeprefix(lost)} {words(9, 200)}"}
    assert found_in(texts) == {"b": ("c", pytest.approx(0.978, abs=0.001), 0), "c": (None, None, 1)}


def test_of_two_equal_ones_the_smaller_id_stays() -> None:
    assert found_in({"b": A, "a": A}) == {"b": ("a", 1.0, 0), "a": (None, None, 1)}


@pytest.mark.parametrize(("least", "inside"), [(0.8, True), (100 / 116, True), (0.87, False)])
def test_the_threshold(least: float, inside: bool) -> None:
    """The last 16 of 120 words are others: 100 of 116 shingles are in the longer text, 0.862."""
    shorter = " ".join([*A.split()[:104], *D.split()[:16]])
    rows = found_in({"a": shorter, "page": f"{B} {A} {C}"}, least)
    assert rows == ({"a": ("page", 100 / 116, 0), "page": (None, None, 1)} if inside else {})


def test_shared_anchors_do_not_drop_without_shingles() -> None:
    """Two thirds of a stand in the page: a candidate whose shingles are read, and which stays."""
    texts = {"a": f"{A} {words(6, 60)}", "page": f"{B} {A} {C} {words(5, 300)}"}
    shelf = Shelf(texts)
    rows = contained_documents(documents_of(texts), 0.95, shelf.read)
    assert rows.num_rows == 0 and sorted(shelf.asked) == ["a", "page"]


def test_what_shares_a_sentence_is_not_read() -> None:
    texts = {"a": f"{words(11, 300)} {A}", "b": f"{A} {words(12, 500)}", "c": D}
    shelf = Shelf(texts)
    contained_documents(documents_of(texts), 0.95, shelf.read)
    assert shelf.asked == []


def test_no_documents() -> None:
    assert contained_documents(documents_of({"a": "x"}).slice(1), 0.95, Shelf({}).read).num_rows == 0


def test_a_common_phrase_gives_few_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three hundred pages with one text of law: pairs grow with them, not with their square."""
    texts = {f"{number}": f"{A} {words(100 + number, 60 + number % 50)}" for number in range(300)}
    pairs = []
    plain = candidates.bucket_pairs

    def counted(hashes: np.ndarray, sketch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        found = plain(hashes, sketch)
        pairs.append(len(found[0]))
        return found

    monkeypatch.setattr(candidates, "bucket_pairs", counted)
    assert found_in(texts) == {}
    assert 0 < sum(pairs) < 20 * 300


@pytest.mark.parametrize("seed", range(3))
def test_as_all_pairs_in_plain_python(seed: int) -> None:
    """Runs of parts, each part in a few texts: whatever all pairs would tell is found."""
    random = np.random.default_rng(seed)
    parts = [words(1000 * seed + 50 + number, 70) for number in range(60)]
    begins = random.integers(0, 58, 60)
    texts = {
        f"{number:03d}": " ".join(parts[begin : begin + random.integers(1, 5)])
        for number, begin in enumerate(begins)
    }
    shingles = {name: set(shingle_hashes(text, NEAR.ngram).tolist()) for name, text in texts.items()}
    kept: list[str] = []
    expected: dict[str, str] = {}
    for name in sorted(texts, key=lambda name: (-len(texts[name]), name)):
        share = {each: len(shingles[name] & shingles[each]) / len(shingles[name]) for each in kept}
        holder = next((each for each in kept if share[each] >= 0.95), None)
        if holder is None:
            kept.append(name)
        else:
            expected[name] = holder
    found = {name: row[0] for name, row in found_in(texts).items() if row[0] is not None}
    assert found == expected and len(found) > 10
