"""Pages of one template: literal texts, the bounds, and who stays; the alignment against plain Python."""

import numpy as np
import pyarrow as pa
import pytest

from ccnet_lite.dedup.templates import TEMPLATE, in_order, skeletons, template_documents, word_hashes

PLUMBER = (
    "Looking for a good plumber in {town}? Our firm has served the people of {town} for more than {years} years. "
    "We repair taps, pipes, boilers and drains, by day and by night, and we never ask for money before the work "
    "is done. Call us now and somebody will be at your door within {minutes} minutes, wherever in {town} you "
    "live. "
    "All of our men are insured, trained and friendly, and every repair comes with a guarantee of two full years. "
    "Ask your neighbours in {town} about us, or read what they wrote on this page before you choose anyone else."
)


def page(town: str, years: int = 20, minutes: int = 30) -> str:
    return PLUMBER.format(town=town, years=years, minutes=minutes)


def words(seed: int, count: int) -> list[str]:
    return [f"w{number}" for number in np.random.default_rng(seed).integers(0, 5000, count)]


def changed(text: list[str], every: int) -> list[str]:
    return [f"x{at}" if at % every == every // 2 else word for at, word in enumerate(text)]


def shared(one: list[str], other: list[str]) -> float:
    first, second = word_hashes(" ".join(one)), word_hashes(" ".join(other))
    return float(in_order(first, np.array([0, len(first)]), second, np.array([0, len(second)]))[0])


def found_in(texts: dict[str, str], least: float = 0.75, **languages: str) -> dict[str, tuple[str | None, int]]:
    names = list(texts)
    ids = [name.encode().hex().ljust(32, "0") for name in names]
    values = skeletons(list(texts.values()), 1)
    documents = pa.table(
        {
            "doc_id": ids,
            "shard": pa.array([0] * len(names), pa.int32()),
            "position": pa.array(range(len(names)), pa.int32()),
            "language": [languages.get(name, "en") for name in names],
            "skeleton": pa.array([row.astype("<u4").tobytes() for row in values], pa.binary()),
            "rank_0": [-float(len(text)) for text in texts.values()],
        }
    )

    def read(chosen: pa.Table) -> pa.Array:
        texts_of = [texts[names[position]] for position in chosen["position"].to_pylist()]
        return pa.array([word_hashes(text).astype("<u4").tobytes() for text in texts_of], pa.binary())

    rows = template_documents(documents, ["rank_0"], least, read)
    assert rows.schema == TEMPLATE.rows
    named = dict(zip(ids, names, strict=True))
    return {
        named[row["doc_id"]]: (row["template_of"] and named[row["template_of"]], row["template_copies"])
        for row in rows.to_pylist()
    }


def test_pages_for_towns_leave_the_longest() -> None:
    texts = {
        "a": page("Hull"),
        "b": page("Stoke on Trent", 15, 45),
        "c": page("Bath", 7),
        "d": " ".join(words(1, 90)),
    }
    assert found_in(texts) == {"a": ("b", 0), "b": (None, 2), "c": ("b", 0)}


@pytest.mark.parametrize("every", [5, 10, 20])
def test_words_changed_here_and_there(every: int) -> None:
    text = words(2, 200)
    assert shared(text, changed(text, every)) == 1 - 1 / every
    assert found_in({"a": " ".join(text), "b": " ".join(changed(text, every))}) == {"a": (None, 1), "b": ("a", 0)}


def test_the_threshold_counts_words_of_the_longer_text() -> None:
    text = words(3, 200)
    longer = [each for at, word in enumerate(text) for each in ([word, f"y{at}"] if at % 4 == 0 else [word])]
    assert len(longer) == 250 and shared(text, longer) == 0.8
    texts = {"a": " ".join(text), "b": " ".join(longer)}
    assert found_in(texts, 0.8) and not found_in(texts, 0.81)


def test_two_windows_of_one_text_are_none() -> None:
    text = words(4, 240)
    assert shared(text[:200], text[20:220]) == 0
    assert found_in({"a": " ".join(text[:200]), "b": " ".join(text[40:])}) == {}


@pytest.mark.parametrize(("count", "more"), [(80, 6), (200, 10), (1000, 16)])
def test_how_much_one_may_say_of_its_own(count: int, more: int) -> None:
    """At the end, at the beginning and within."""
    text = words(5, count)
    for at in (0, count // 2, count):
        other = [*text[:at], *(f"z{number}" for number in range(more)), *text[at:]]
        assert shared(text, other) == pytest.approx(count / (count + more))
        assert shared(text, [*other[:at], "z", "z", *other[at:]]) == 0
        assert shared([*other[:at], "z", "z", *other[at:]], text) == 0


def test_other_words_in_another_order_are_none() -> None:
    text = words(6, 200)
    assert shared(text, sorted(text)) == 0 == shared(text, words(7, 200))


def test_nothing_is_shared_with_nothing() -> None:
    assert shared([], []) == shared(["a"], []) == 0.0
    assert shared(["a"], ["a"]) == 1.0


def test_a_translation_into_a_close_language_stays() -> None:
    texts = {"a": page("Hull"), "b": page("Stoke on Trent")}
    assert found_in(texts, b="de") == {} != found_in(texts)


def test_a_chain_ends_at_what_stays() -> None:
    """b is like a and like c; these are not alike. The first by the order stays, and so does c."""
    text = words(8, 200)
    ends = [f"longer{word}" if at % 5 == 1 else word for at, word in enumerate(text)]
    other = [f"q{at}" if at % 5 == 3 else word for at, word in enumerate(text)]
    texts = {"a": " ".join(ends), "b": " ".join(text), "c": " ".join(other)}
    assert shared(ends, other) == pytest.approx(0.6)
    assert found_in(texts) == {"a": (None, 1), "b": ("a", 0)}


def test_texts_without_documents() -> None:
    assert found_in({}) == {}


def longest_in_order(one: list[str], other: list[str]) -> int:
    best = np.zeros((len(one) + 1, len(other) + 1), int)
    for i, word in enumerate(one):
        for j, each in enumerate(other):
            best[i + 1, j + 1] = best[i, j] + 1 if word == each else max(best[i, j + 1], best[i + 1, j])
    return int(best[-1, -1])


@pytest.mark.parametrize("seed", range(5))
def test_near_the_longest_common_subsequence(seed: int) -> None:
    """Words changed, left out and put in at random: never more than it, and little less."""
    random = np.random.default_rng(seed)
    common = [f"c{number}" for number in range(8)]
    text = [random.choice(common) if random.random() < 0.4 else word for word in words(seed, 200)]
    other: list[str] = []
    for word in text:
        way = random.random()
        if way < 0.08:
            other.append(f"n{random.integers(1000)}")
        elif way < 0.1:
            other += [word, f"n{random.integers(1000)}"]
        elif way >= 0.12:
            other.append(word)
    most = longest_in_order(text, other) / max(len(text), len(other))
    assert most - 0.03 <= shared(text, other) <= most
