"""Words in random order and lists of search phrases, on literal text."""

from collections import Counter
from itertools import pairwise
from random import Random

import numpy as np
import pytest
from scipy.stats import nbinom, norm, poisson

from ccnet_lite.quality.spaced_words import MOST_WORDS, SLOTS, are_parted, read_words, word_traits
from ccnet_lite.quality.spun_words import spun_words
from ccnet_lite.quality.word_order import (
    COMMON,
    FULL_LENGTH,
    LEAST_WORDS,
    MOST,
    MOST_AGAINST,
    PRIOR,
    order_evidence,
    probability,
)
from ccnet_lite.text.characters import code_points

ENGLISH = """\
The river rises in the hills above the town and runs for forty miles to the sea. In the summer it is so low
that the children of the village can walk across it at the old mill. The mill was built by a man who had come
from the north with a wife and a mule (the mule is on the sign of the inn). He ground the corn of the farms on
both sides of the river, and when he died the work was done by his son. The son had no head for it. He sold
the wheel to a dealer in the city, and with the money he bought a boat. For a year or two he carried salt and
wood from the harbour to the bridge, until the boat sank in a storm in the spring of that year. The people who
lived by the water saw it go down. They took him in, and he told them the story of the mill and of the mule.
It is a good story, and the owner of the inn tells it to this day. When there are guests in the house in the
winter, he sits by the fire with a glass of wine in his hand and says that the river gave all of it, and that
the river took it back. Nobody asks him if it is true. The guests look at the fire, and the wind is in the
trees on the other side of the water. In the morning they go up to the mill, where there is nothing to be seen
but a wall and the stones of the floor.
"""
PERSIAN = """\
این شهر در کنار رودخانه است و مردم آن در تابستان به کوه می روند. در بهار آب رودخانه از کوه می آید و به شهر می رسد.
مردی که در آسیاب کار می کرد از روستا به شهر آمد و در کنار آب خانه ای را که از پدر او بود به مردم داد.
"""
CHORUS = "let it be here with me and let it go away from me\n" * 30


def measured(*texts: str, unspaced: bool = False) -> tuple[list[float], list[float]]:
    disorder, keywords = np.full(len(texts), np.nan), np.full(len(texts), np.nan)
    ends = np.cumsum([len(text) for text in texts], dtype=np.int64)
    spun_words(code_points("".join(texts)), ends, np.full(len(texts), unspaced), disorder, keywords)
    return disorder.tolist(), keywords.tolist()


def evidence(text: str) -> list[float]:
    """Twins, turned pairs, case, lone ends, brackets, repeats, signs and lengths, in nats."""
    codes = code_points(text)
    words, found = np.zeros((MOST_WORDS, 3), np.int64), np.zeros(len(MOST))
    table = np.zeros(SLOTS, np.uint64), np.full(SLOTS, -1, np.int64), np.zeros((SLOTS, 2), np.int64)
    n = read_words(codes, 0, len(codes), word_traits(), words, table[0], table[1], 0)
    order_evidence(words, n, *table, 1, found)
    return found.tolist()  # type: ignore[no-any-return]


def shuffled(text: str, seed: int = 1) -> str:
    words = text.split()
    Random(seed).shuffle(words)
    return " ".join(words)


@pytest.mark.parametrize("seed", range(5))
def test_random_order_is_told_from_sentences(seed: int) -> None:
    by_line = "\n".join(shuffled(line, seed) for line in ENGLISH.split("\n"))
    (clean, random, within), _ = measured(ENGLISH, shuffled(ENGLISH, seed), by_line)
    assert clean < 1e-4
    assert random > 0.9
    assert within > 0.9


@pytest.mark.parametrize("seed", range(5))
def test_without_capitals_and_stops_too(seed: int) -> None:
    bare = "".join(char for char in ENGLISH.lower() if char.isalpha() or char.isspace())
    (clean, random), _ = measured(bare, shuffled(bare, seed))
    assert clean < 0.01
    assert random > 0.5


def test_by_hand() -> None:
    low = " ".join(
        f"w{'abcdefghij'[at % 10]}{'klmnopqrst'[at // 10]}" for at in range(100)
    )  # 100 words, each once
    in_text = 6 * 0.03**0.7  # pairs come again in texts, where none does in random order but 0.03
    no_repeat = pytest.approx(-0.03 - 2 * np.log(2 / (2 + in_text)))
    assert evidence(low) == [0.0, 0.0, 0.0, 0.0, 0.0, no_repeat, 0.0, 0.0]
    # `the` three times among 103 words, 102 pairs: 3 x 2 / (103 x 102) x 102 of them twins at random. At most one
    # twin counts, and two for each that random order gives.
    at_random = 3 * 2 / (103 * 102) * 102
    twins = evidence(f"{low} the the the")[0]
    assert twins == pytest.approx((1 + 2 * at_random) * np.log(1 / 0.15) - at_random * 0.85)
    assert evidence(f"{low} the the; the")[0] == pytest.approx(np.log(1 / 0.15) - 3 * 2 / (103 * 102) * 101 * 0.85)
    # One pair that comes again as it was, one turned round.
    assert evidence("aa bb, aa bb, cc dd, dd cc")[1] == pytest.approx(np.log(0.5 / 0.85) + np.log(0.5 / 0.15))
    # Brackets: one that closes, one that closes nothing.
    assert evidence("aa (bb cc) dd ee) ff")[4] == pytest.approx(2 * np.log(0.5 / 0.8) + np.log(0.5 / 0.2))


def test_by_hand_what_counts_once_or_not_at_all() -> None:
    # `aa bb` twice, `bb aa` three times: three come again, two turned round.
    turned = evidence("aa bb, aa bb, bb aa, bb aa, bb aa")[1]
    assert turned == pytest.approx(3 * np.log(0.5 / 0.85) + 2 * np.log(0.5 / 0.15))
    # Three sentences of two words in a line: 3 x 2 / (6 x 5) x 5 follow one another at random, none does.
    assert evidence("aa bb. cc dd. ee ff.")[3] == pytest.approx(-3 * 2 / (6 * 5) * 5 * 0.5)
    assert evidence("aa (bb cc) (dd) ee")[4] == pytest.approx(4 * np.log(0.5 / 0.8))
    assert evidence("aa (bb (cc) dd")[4] == pytest.approx(2 * np.log(0.5 / 0.8) + np.log(0.5 / 0.2))
    # Hardly a capital in it: one for two sentences; one for one is enough.
    assert evidence("Anna went there. after that morning")[2] > 0.0
    assert evidence("Anna went there. after that morning. nothing more happened")[2] == 0.0


def test_how_common_a_word_is_that_is_asked() -> None:
    words = [f"{a}{b}{c}" for a in "abcdefghij" for b in "klmnopqrst" for c in "uvw"]
    # Three of 203 words, 1.5 %, are enough for twins; three of 303 are not.
    assert evidence(" ".join([*words[:200], "the", "the", "the"]))[0] > 0
    assert evidence(" ".join([*words, "the", "the", "the"]))[0] == 0.0
    # A word that is each fourth, always behind a sign; one that is each fifth.
    for n_others, counts in ((3, False), (4, True)):
        found = evidence("".join(f"aa {' '.join(words[n * 5 : n * 5 + n_others])}, " for n in range(50)))
        assert (found[6] < 0) == counts


def by_definition(text: str) -> list[float]:
    """Repeats, signs and lengths, in nats, of a text of small words and commas, by scipy and numpy."""
    parts = [part.split() for part in text.split(", ")]
    words = [word for part in parts for word in part]
    pairs = [pair for part in parts for pair in pairwise(part)]
    counts, n_pairs = Counter(words), len(pairs)
    names = [word for word in counts if counts[word] > 1]
    befores, afters = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    two = {name: (befores[name] * (befores[name] - 1), afters[name] * (afters[name] - 1)) for name in names}
    twice = sum(two[one][0] * two[other][1] for one in names for other in names if one != other)
    of_one = (sum(two[a][1] * afters[a] for a in names) / sum(two[a][1] for a in names)) ** 2 / n_pairs
    mean = twice / (2 * n_pairs**2) / (1 + of_one / 6) + 0.03
    seen = Counter(
        (one, other)
        for part in parts
        for at, (one, other) in enumerate(pairwise(part))
        if one != other and (at == 0 or part[at - 1] != other)  # one word after every second one counts not
    )
    again = sum(count - 1 for count in seen.values())
    in_text = 2 / (2 + 6 * mean**0.7)
    repeats = poisson.logpmf(again, mean) - nbinom.logpmf(again, 2, in_text)

    def apart(places: list[tuple[str, bool]]) -> float:
        share, nats = np.mean([hit for _, hit in places]), 0.0
        for name in names:
            hits = [hit for word, hit in places if word == name]
            if len(hits) * share * (1 - share) < 0.2 or counts[name] > 0.2 * len(words):
                continue
            surplus = (sum(hits) - len(hits) * share) / np.sqrt(len(hits) * share * (1 - share))
            wide = np.sqrt(1 + (len(hits) - 1) * 0.15)
            nats += norm.logpdf(surplus) - norm.logpdf(surplus, scale=wide)
        return nats

    mean_letters = np.mean([len(word) for word in words])
    signs = apart([(word, at == 0) for part in parts for at, word in enumerate(part)])
    after_long = apart([(other, len(one) > mean_letters) for one, other in pairs])
    before_long = apart([(one, len(other) > mean_letters) for one, other in pairs])
    return [float(repeats), float(signs), float(after_long + before_long)]


@pytest.mark.parametrize("seed", range(8))
def test_repeats_signs_and_lengths_by_definition(seed: int) -> None:
    rng = Random(seed)
    names = ["a", "of", "to", "mule", "wheel", "harbour", "boat", "sank", "it", "village", "river", "seen"]
    words = [rng.choice(names[: rng.randint(5, 12)]) + rng.choice(["", "", "", ","]) for _ in range(120)]
    text = " ".join(words).rstrip(",")
    assert evidence(text)[5:] == pytest.approx(by_definition(text), abs=0.01)


def test_a_word_that_is_everywhere_shows_nothing() -> None:
    assert evidence("aa bb " * 100)[6:] == [0.0, 0.0]


def test_signs_lines_and_numbers_part_words() -> None:
    low = " ".join(f"w{'abcdefghij'[at % 10]}{'klmnopqrst'[at // 10]}" for at in range(100))
    for between in (", ", "\n", " 7 ", " | ", " 東 ", " “"):
        assert evidence(f"{low} the{between}the{between}the")[0] < 0
    assert evidence(f"{low} The\u200b the THE")[0] > 0


def test_small_letters_count_after_full_stops_in_a_line() -> None:
    begin = "One Two three four five Six seven "
    small, line, short, tag, capital = (
        evidence(begin + end)[2]
        for end in (
            *("ended. eight Nine", "ended.\neight Nine", "cf. eight Nine", "ended. #eight Nine"),
            "ended. Eight Nine",
        )
    )
    assert small > 0
    assert line == short == tag == 0.0
    assert capital < 0


def test_who_begins_all_sentences_with_small_letters_is_in_no_disorder() -> None:
    """By hand: random order against a text with capitals, or one in a thousand with next to none there."""
    names = "Anna Bob Carl Dora Emil Fritz Gerd Hans Ida"

    def case(small: int, capital: int, more: int = 0) -> float:
        sentences = ["nobody came. "] * small + ["Nobody came. "] * capital
        others = "went there and came, again and again; " * (3 + more)
        lone = " and ".join(names.split())
        return evidence(f"{lone}, {others} came. {''.join(sentences)}")[2]

    def by_hand(small: int, capital: int) -> float:
        n_small, n_capital = 8 + 3 * 7 + 1 + 2 * small + capital, 9 + capital
        share = (n_small + 1) / (n_small + n_capital + 2)
        random = small * np.log(share) + capital * np.log(1 - share)
        with_capitals = small * np.log(0.08) + capital * np.log(0.92)
        without = np.log(0.001) + small * np.log(0.98) + capital * np.log(0.02)
        return float(random - np.logaddexp(with_capitals, without))

    for small, capital in ((1, 0), (6, 0), (6, 2), (9, 0), (2, 5)):
        assert case(small, capital) == pytest.approx(by_hand(small, capital))
    assert case(9, 0) < case(6, 0) < case(6, 2)
    assert case(9, 0, more=20) > 15  # a long text


def test_sentence_ends_that_stand_alone() -> None:
    words = "यह एक अच्छा दिन है और हम सब घर पर हैं"
    assert evidence(f"{words} । वह । {words}")[3] > evidence(f"{words} । वह आज बाहर । {words}")[3]


def test_a_refrain_is_no_random_order() -> None:
    (refrain, lala), (share, _) = measured(CHORUS, "la " * 400)
    assert refrain < 0.01
    assert lala < 0.05
    assert share < 0.1


def test_far_more_than_at_random_is_no_random_order() -> None:
    low = " ".join(f"w{'abcdefghij'[at % 10]}{'klmnopqrst'[at // 10]}" for at in range(100))
    some, many = (evidence(f"{low} " + "the the; " * n)[0] for n in (3, 12))  # 12 twins, where 2 are at random
    assert some > 0
    assert many == 0
    letters = "abcdefghijklmnopqrst"
    turned = [f"{one}{one} {other}{other}, {other}{other} {one}{one}," for one, other in pairwise(letters)]
    few, all_turned = (evidence(" ".join(turned[:many]))[1] for many in (6, 19))
    assert few > 0
    assert all_turned == 0


def test_a_menu_does_not_hide_random_order() -> None:
    menu = "News\nSports\nThe Old Mill And The Sea\nAbout\nContact us\nLetters to the editor\n"
    (random,), _ = measured(menu + shuffled(ENGLISH) + "\n" + menu)
    assert random > 0.9


def test_a_pedigree_is_no_random_order() -> None:
    names = [f"{one}{other}ur" for one in "KLMNPRST" for other in "aeiou"]
    (pedigree,), _ = measured(" ".join(f"{name} bin" for name in names * 3))
    assert pedigree < 0.1
    assert evidence("aa bin bb bin cc bin dd bin ee")[1] == 0.0


def test_few_words_and_no_spaces_say_nothing() -> None:
    short = " ".join(shuffled(ENGLISH).split()[:59])
    assert measured(short, "河水在夏天很浅" * 100, "", " . " * 500) == ([0.0] * 4, [0.0] * 4)


@pytest.mark.parametrize("seed", range(5))
def test_short_texts_are_asked_in_sentences(seed: int) -> None:
    assert LEAST_WORDS == 60
    text = " ".join(ENGLISH.split()[:110])  # to the end of a sentence
    n_stops = text.count(".")
    three, two = (text.replace(".", ";", n_stops - left) for left in (3, 2))  # 40 words a sentence at most
    (clean, random, least), _ = measured(
        text, shuffled(text, seed), " ".join(shuffled(text, seed).split()[:LEAST_WORDS])
    )
    (asked, list_), _ = measured(shuffled(three, seed), shuffled(two, seed))
    assert clean < 1e-3
    assert random > 0.5
    assert least > 0.0
    assert asked > list_ == 0.0


def test_each_text_by_itself() -> None:
    texts = [ENGLISH, shuffled(ENGLISH), PERSIAN * 3, CHORUS, shuffled(ENGLISH, 2)]
    together = measured(*texts)
    alone = [measured(text) for text in texts]
    assert together == ([each[0][0] for each in alone], [each[1][0] for each in alone])


def test_a_long_text_is_judged_by_its_beginning() -> None:
    (ordered, random), _ = measured(ENGLISH * 20 + shuffled(ENGLISH * 40), shuffled(ENGLISH * 20) + ENGLISH * 40)
    assert ordered < 1e-4
    assert random > 0.9


def test_probability_is_half_at_the_prior_and_bounded() -> None:
    nothing, long = np.zeros((1, len(MOST))), np.array([FULL_LENGTH])
    for n_words, prior in ((10_000, 4.0), (140, 4.0), (139, 4.025), (100, 5.0), (60, 6.0)):
        assert probability(nothing, np.array([n_words]))[0] == pytest.approx(1 / (1 + np.exp(prior)))
    assert probability(nothing, long)[0] == pytest.approx(1 / (1 + np.exp(PRIOR)))
    assert probability(nothing + np.eye(len(MOST))[0] * PRIOR, long)[0] == pytest.approx(0.5)
    assert probability(nothing + 1e9, long)[0] == pytest.approx(1 / (1 + np.exp(PRIOR - sum(MOST))))
    assert probability(nothing - 1e9, long)[0] == pytest.approx(1 / (1 + np.exp(PRIOR + sum(MOST_AGAINST))))
    assert 0 < COMMON < 1
    for kind, least in enumerate((15, 15, 6, 1.5, 1.5, 1, 6, 6)):
        assert probability(np.eye(8)[[kind]] * -1e9, long)[0] == pytest.approx(1 / (1 + np.exp(4 + least)))
    for kind, most in enumerate((6, 8, 10, 1.5, 1.5, 4, 3, 4)):
        assert probability(np.eye(8)[[kind]] * 1e9, long)[0] == pytest.approx(1 / (1 + np.exp(4 - most)))


WARES = [
    *("shoes", "boots", "flights", "hotels", "london", "paris", "berlin", "madrid"),
    *("vienna", "lisbon", "sale", "online", "winter", "leather", "cotton"),
]


def phrases(between: str, seed: int = 0) -> str:
    rng = Random(seed)
    return between.join(" ".join([rng.choice(["cheap", "best"]), *rng.sample(WARES, 3)]) for _ in range(50))


@pytest.mark.parametrize("between", [", ", " ", "\n", " | ", " #", ". "])
def test_search_phrases(between: str) -> None:
    _, (share, clean) = measured(phrases(between), ENGLISH)
    assert share > 0.25
    assert clean == 0.0


def test_keyword_share_by_hand() -> None:
    once = " ".join(f"{a}{b}" for a in "abcdefghij" for b in "klmnopqrstuvwx")  # 140 words of two letters
    assert measured(once)[1] == [0.0]
    # 21 words later it is too far away; 20 words later it counts, beside other words.
    for later, counts in ((20, 2), (21, 0)):
        words = once.split()
        words[50 + later] = words[50]
        assert measured(" ".join(words))[1] == [counts / 280]
    words = once.split()
    words[60:62] = words[50:52]  # the second one follows the word that it followed before
    assert measured(" ".join(words))[1] == [2 / 280]
    words[66] += "."  # the second of two sentences of 67 and 73 words
    words[139] += "."
    assert measured(" ".join(words))[1] == [0.0]
    words[58] += "."
    words[61] += "."  # three words are no sentence
    assert measured(" ".join(words))[1] == [2 / 280]


def test_words_of_scripts_without_spaces_that_spaces_part() -> None:
    rng = Random(1)
    words = ["".join(chr(0x4E00 + 97 * at + by) for by in (0, 31)) for at in range(60)]
    heads, others = words[:12], words[12:]
    tags = " ".join(f"#{word}" for _ in range(60) for word in (rng.choice(heads[:4]), *rng.sample(others, 2)))
    titles = "\n".join(
        " ".join([rng.choice(heads[:3]), rng.choice(heads[3:6]), *rng.sample(others, 4)]) for _ in range(40)
    )
    glued, commas, lines = (titles.replace(" ", between) for between in ("", "、 ", "\n"))
    _, found = measured(tags, titles, glued, commas, lines, unspaced=True)
    assert min(found[:2]) > 0.25
    assert found[2:] == [0.0, 0.0, 0.0]
    assert measured(titles) == ([0.0], [0.0])
    assert measured(titles, unspaced=True)[0] == [0.0]  # lists of them are told, not their order


def test_how_much_white_space_parts_words() -> None:
    traits = word_traits()

    def parted(text: str) -> bool:
        return are_parted(code_points(text), 0, len(text), traits)

    assert parted("天地玄黄宇 " * 9)  # one in six characters
    assert not parted("天地玄黄宇宙 " * 9)  # one in seven
    assert parted("天 地 玄, ")  # two of three behind letters
    assert not parted("天 地, ")
    assert not parted("天 地\n")
