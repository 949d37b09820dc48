"""Letters and words in random order in scripts without spaces, on literal text."""

import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from random import Random

import numpy as np
import pytest
from scipy.stats import nbinom, norm, poisson

from ccnet_lite.quality.heuristics import measure
from ccnet_lite.quality.letter_order import (
    GOES_ON,
    LEAST_LETTERS,
    MOST,
    MOST_AGAINST,
    MOST_LETTERS,
    MOST_OF_WORDS,
    PAIR_SLOTS,
    PRIOR,
    PRIOR_WORDS,
    SIGNS_SETTLE,
    SLOTS,
    _fill,
    _has_ends,
    letter_disorder,
    probability,
)
from ccnet_lite.quality.letters_read import AFTER_SIGN, BEFORE_SIGN, ENDS, PLAIN, letter_traits, read_letters
from ccnet_lite.text.characters import code_points

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from spun_pages import scrambled_letters, scrambled_letters_of_phrases, scrambled_pieces

CHINESE = """\
这条河从城北的山里流出来，向东走四十里，最后流进大海。夏天的时候河水很浅，村里的孩子可以从老磨坊那里走过河去。
磨坊是一个从北方来的人建的，他带着妻子和一头骡子来到这里，骡子的画像现在还挂在客栈的门上。他给河两岸的农民磨粮食，
他死了以后，磨坊就由他的儿子来管。儿子不喜欢这个工作，他把磨坊的轮子卖给了城里的商人，用这些钱买了一条船。有一两年的时间，
他把盐和木头从港口运到大桥，后来船在那一年春天的大风里沉了。住在河边的人看见船沉下去，就把他救了上来，他给他们讲了磨坊和骡子的故事。
这是一个很好的故事，客栈的主人到今天还在讲这个故事。冬天客栈里有客人的时候，他就坐在火边，手里拿着一杯酒，说河给了他们一切，
河也把一切都拿走了。没有人问他这个故事是不是真的。客人看着火，河对岸的树在风里响着。早上他们走到磨坊那里去，那里什么也没有了，
只有一面墙和几块石头还在河边。
"""
JAPANESE = """\
この川は町の北の山から流れて来て、東へ四十里ほど行ってから海に入ります。夏になると川の水は浅くなり、村の子供たちは古い水車小屋の
ところから川を渡ることができます。水車小屋を建てたのは、北から来た男でした。男は妻と一頭の馬を連れて来ました。馬の絵は今でも宿屋の
入口にあります。男は川の両側の農家のために粉をひいていましたが、男が死んだ後は息子がその仕事をしました。息子はこの仕事が好きでは
ありませんでした。それで水車を町の商人に売って、そのお金で船を買いました。一年か二年の間、息子は塩と木を港から橋まで運んでいましたが、
その年の春の嵐で船は沈んでしまいました。川のそばに住んでいる人たちは船が沈むのを見て、息子を助けました。息子はその人たちに水車小屋と
馬の話をしました。これはいい話なので、宿屋の主人は今でもこの話をします。冬になって宿屋に客がいる時、主人は火のそばに座って、
川がすべてをくれた、そして川がすべてを取って行ったと言います。
"""
THAI = """\
แม่น้ำสายนี้ไหลมาจากภูเขาทางเหนือของเมือง แล้วไหลไปทางตะวันออกจนถึงทะเล
ในฤดูร้อนน้ำในแม่น้ำตื้นมาก เด็กในหมู่บ้านเดินข้ามแม่น้ำได้ที่โรงสีเก่า
โรงสีนี้สร้างโดยชายคนหนึ่งที่มาจากทางเหนือกับภรรยาและลาตัวหนึ่ง
รูปของลาตัวนั้นยังอยู่ที่หน้าโรงแรมจนถึงวันนี้ เขาสีข้าวให้ชาวนาที่อยู่สองฝั่งแม่น้ำ
เมื่อเขาตายลูกชายของเขา ก็ทำงานที่โรงสีต่อ แต่ลูกชายไม่ชอบงานนี้ เขาขายกังหันน้ำให้คนในเมือง
แล้วเอาเงินไปซื้อเรือลำหนึ่ง เขาใช้เรือขนเกลือและไม้จากท่าเรือไปที่สะพาน อยู่ปีสองปี
แล้วเรือก็จมในพายุในฤดูใบไม้ผลิของปีนั้น คนที่อยู่ริมแม่น้ำเห็นเรือจม พวกเขาช่วยเขาขึ้นมาจากน้ำ
แล้วเขาก็เล่าเรื่องโรงสีและลาให้พวกเขาฟัง
"""
TEXTS = {"zh": CHINESE, "ja": JAPANESE, "th": THAI}


def measured(*texts: str) -> list[float]:
    disorder = np.zeros(len(texts))
    ends = np.cumsum([len(text) for text in texts], dtype=np.int64)
    asked = np.ones(len(texts), np.bool_)
    letter_disorder(code_points("".join(texts)), ends, asked, disorder, np.zeros(len(texts)))
    return disorder.tolist()  # type: ignore[no-any-return]


def read(text: str) -> tuple[list[int], list[int]]:
    """Letters, numbered as they come first, and their flags that letter_order asks."""
    letters, flags = np.zeros(MOST_LETTERS, np.uint64), np.zeros(MOST_LETTERS, np.int64)
    n = read_letters(code_points(text), 0, len(text), letter_traits(), letters, flags)
    names: dict[int, int] = {}
    return [names.setdefault(int(letter), len(names)) for letter in letters[:n]], (flags[:n] & 7).tolist()


def evidence(text: str) -> list[float]:
    """Twins, turned pairs, repeats, signs and how pairs go on, in nats."""
    codes, ends = code_points(text), np.array([len(text)])
    found, n_letters = np.zeros((1, 5)), np.zeros(1, np.int64)
    letters = np.zeros(MOST_LETTERS, np.uint64)
    flags, numbers = np.zeros(MOST_LETTERS, np.int64), np.zeros(MOST_LETTERS + 1, np.int64)
    tables = np.zeros(SLOTS, np.int64), np.full((PAIR_SLOTS, 2), -1, np.int64)
    traits, asked = letter_traits(), np.ones(1, np.bool_)
    _fill(codes, ends, asked, traits, letters, flags, numbers, *tables, found, np.zeros(1), n_letters)
    assert not tables[0].any()
    return found[0].tolist()  # type: ignore[no-any-return]


def distinct(n: int, first: int = 0x4E00) -> str:
    return "".join(chr(first + at) for at in range(n))


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("seed", range(5))
def test_letters_in_random_order(language: str, seed: int) -> None:
    text = TEXTS[language]
    mixed = scrambled_letters(text, 1.0, Random(seed))
    within = scrambled_letters_of_phrases(text, 1.0, Random(seed))
    clean, one_line, random, in_phrases = measured(text, text.replace("\n", ""), mixed, within)
    assert max(clean, one_line) < 0.01
    assert random > 0.6
    assert in_phrases > clean


def test_pieces_in_random_order_are_told_in_long_texts() -> None:
    pieces = [scrambled_pieces(CHINESE + JAPANESE, 1.0, Random(seed)) for seed in range(8)]
    assert sum(value > 0.5 for value in measured(*pieces)) >= 6
    assert max(measured(CHINESE + JAPANESE)) < 0.01


def test_heuristics_ask_for_scripts_without_spaces_alone() -> None:
    spaced = "Im Sommer ist der Fluss so flach dass die Kinder des Dorfes hindurch gehen. " * 10
    mixed = scrambled_letters(CHINESE, 1.0, Random(1))
    found = measure([CHINESE, mixed, spaced, spaced + mixed])["word_disorder"].to_pylist()
    assert found[0] < 0.01
    assert found[1] > 0.5
    assert found[2:] == [pytest.approx(each, abs=0.2) for each in (0.0, 0.0)]


def test_letters_are_read_with_their_marks() -> None:
    assert read("かか\u3099か")[0] == [0, 1, 0]
    assert read("น้ำน้ำน")[0] == [0, 0, 1]  # tone and vowel behind
    assert read("ไปไป")[0] == [0, 1, 0, 1]
    assert read("ក្រក្រក")[0] == [0, 0, 1]  # the stacked letter belongs to it
    assert read("မြန်မာမြ")[0] == [0, 1, 2, 0]
    assert read("བོད་ཡིག་བོད")[0] == [0, 1, 0]  # syllables
    assert read("河\u200b河")[0] == [0, 0]
    assert read("Ａ河a河1")[0] == [0, 0]


def test_what_stands_between_letters() -> None:
    sign = BEFORE_SIGN, AFTER_SIGN
    for text, first, second in (
        *(("河水", 0, PLAIN), ("河\u200b水", 0, PLAIN), ("བོད་ཡིག", 0, PLAIN)),
        *(("河，水", *sign), ("河。\n水", *sign), ("河」 水", *sign)),
        *(("河 水", 0, 0), ("河\n水", 0, 0), ("河a水", 0, 0), ("河8，水", 0, 0), ("河，8水", 0, 0)),
        *(("ก น", *sign), ("ก\nน", 0, 0)),  # a blank ends a phrase in Thai
    ):
        assert read(text)[1] == [first, second], text


def test_by_hand() -> None:
    n = LEAST_LETTERS
    alone = distinct(n)
    in_text = 6 * 0.03**0.7  # pairs come again in texts, where none does in random order but 0.03
    assert evidence(alone) == [0, 0, pytest.approx(-0.03 - 2 * np.log(2 / (2 + in_text))), 0, 0]
    # One pair that comes again as it was, one turned round; the first goes on as before.
    turned = evidence(alone + "あい。あい。うえ。えう")
    assert turned[1] == pytest.approx(np.log(0.5 / 0.85) + np.log(0.5 / 0.15))
    assert turned[4] == 0.0  # nothing follows
    for end, as_last in (("あいう", 1), ("あいえ", 0)):
        share = (as_last + 20 * GOES_ON) / 21
        if not as_last:  # which is for words in random order, and needs sentence ends
            assert evidence(f"{alone}あいう。{end}")[4] == 0.0
        assert evidence(f"{alone}。あいう。{end}")[4] == pytest.approx(-8 * np.log(share / GOES_ON))
    assert evidence(f"{alone}あいあいあい。")[1] == pytest.approx(0.0)  # every second one: no pair but the first
    # A letter three times side by side among n + 3 letters, n + 2 pairs.
    at_random = 3 * 2 / (n + 3)
    assert evidence(f"{alone}ああ。あ")[0] == pytest.approx(
        np.log(1 / 0.15) - 3 * 2 / (n + 3) * (n + 1) / (n + 2) * 0.85
    )
    assert evidence(f"{alone}あああ")[0] == pytest.approx(
        (1 + 2 * at_random) * np.log(1 / 0.15) - at_random * 0.85
    )


def by_definition(text: str) -> list[float]:
    """Twins, turned pairs, repeats, signs and how pairs go on, of letters and full stops, by scipy and numpy."""
    parts = text.split("。")
    letters, n = "".join(parts), len(text) - text.count("。")
    pairs = [pair for part in parts for pair in pairwise(part)]
    counts = {letter: count for letter, count in Counter(letters).items() if count > 1}
    plain, share = len(pairs) / n, (len(parts) - 1) / n
    twins = 0.0
    for letter, count in counts.items():
        at_random = count * (count - 1) * len(pairs) / (n * (n - 1))
        seen = pairs.count((letter, letter))
        if 3 <= count <= 0.2 * n and count >= 0.01 * n and seen <= 2 * at_random + 3:
            twins -= min(seen, 1 + 2 * at_random) * np.log(0.15) + at_random * 0.85
    signs = 0.0
    for hits in (Counter(part[0] for part in parts[1:]), Counter(part[-1] for part in parts[:-1])):
        for letter, count in counts.items():
            variance = count * share * (1 - share)
            if variance >= 0.2 and count <= 0.2 * n:
                surplus = (hits[letter] - count * share) / np.sqrt(variance)
                signs += norm.logpdf(surplus) - norm.logpdf(surplus, scale=np.sqrt(1 + (count - 1) * 0.15))
    seen_pairs: Counter[tuple[str, str]] = Counter()
    last_next: dict[tuple[str, str], str] = {}
    turned, followed, as_last = 0, 0, 0
    for part in parts:
        for at, (one, other) in enumerate(pairwise(part)):
            if one == other or (at and part[at - 1] == other):
                continue
            after = part[at + 2 : at + 3]
            if seen_pairs[one, other] and after:
                followed, as_last = followed + 1, as_last + (last_next[one, other] == after)
            last_next[one, other] = after
            seen_pairs[one, other] += 1
            turned += seen_pairs[one, other] <= seen_pairs[other, one]
    again = sum(count - 1 for count in seen_pairs.values())
    twice = {letter: count * (count - 1) for letter, count in counts.items()}
    all_twice = sum(twice.values())
    of_one = (plain * sum(twice[letter] * counts[letter] for letter in counts) / all_twice) ** 2 / len(pairs)
    mean = plain**2 * sum(twice[one] * twice[other] for one in counts for other in counts if one != other)
    mean = mean / (2 * n**2) / (1 + of_one / 6) + 0.03
    repeats = poisson.logpmf(again, mean) - nbinom.logpmf(again, 2, 2 / (2 + 6 * mean**0.7))
    on = -8 * np.log((as_last + 5) / (followed + 20) / 0.25)
    pair_nats = turned * np.log(0.5 / 0.15) + again * np.log(0.5 / 0.85)
    return [float(twins), float(pair_nats), float(repeats), float(signs), float(on)]


@pytest.mark.parametrize("seed", range(24))
def test_by_definition(seed: int) -> None:
    """Letters of all frequencies: once, twice, more than a fifth of all; texts of 160 letters and of 300."""
    rng = Random(seed)
    names = "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほ"[: 10 + seed]
    weights = [1 / (number + 1) ** (seed % 3 / 1.5 + 0.3) for number in range(len(names))]
    letters = rng.choices(names, weights, k=160 if seed % 2 else 300)
    text = "".join(letter + rng.choice(["", "", "", "。"]) for letter in letters).rstrip("。")
    assert evidence(text) == pytest.approx(by_definition(text), abs=0.01)


def test_far_more_turned_than_at_random_shows_nothing() -> None:
    some, many = (
        evidence(
            "".join(f"{one}{other}1{other}{one}2" for one, other in pairwise(distinct(n))) + distinct(150, 0x6000)
        )
        for n in (7, 8)
    )
    assert some[1] == pytest.approx(6 * np.log(0.5 / 0.15))
    assert many[1] == 0.0


def test_signs_settle() -> None:
    """Letters that always stand beside signs speak so much against random order that pairs are not looked at."""
    pages = [
        distinct(150, 0x6800) + "".join(f"你{distinct(3, 0x5000 + 7 * at)}吗？" for at in range(n))
        for n in range(5, 40)
    ]
    found = [evidence(page) for page in pages]
    settled = [each for each in found if each[3] <= -SIGNS_SETTLE]
    assert any(each[3] > -SIGNS_SETTLE - 2 for each in settled)
    assert {tuple(each[1:3]) for each in settled} == {(0, 0)}
    assert all(each[2] != 0 for each in found if each[3] > -SIGNS_SETTLE)
    assert any(each[3] > -SIGNS_SETTLE for each in found)


def test_probability() -> None:
    nothing = np.zeros((1, 5))
    assert probability(nothing)[0] == pytest.approx(1 / (1 + np.exp(PRIOR)))
    for kind, (most, against) in enumerate(zip(MOST, MOST_AGAINST, strict=True)):
        one = np.eye(5)[[kind]]
        assert probability(one * 1.0)[0] == pytest.approx(1 / (1 + np.exp(PRIOR - 1)))
        assert probability(one * -1e9)[0] == pytest.approx(
            1 / (1 + np.exp(min(PRIOR + against, PRIOR_WORDS if kind < 3 else 1e9)))
        )
        assert probability(one * 1e9)[0] == pytest.approx(1 / (1 + np.exp(min(PRIOR - most, PRIOR_WORDS))))
    words = np.array([[-15.0, -15, -6, 1e9, 1e9]])
    assert probability(words)[0] == pytest.approx(1 / (1 + np.exp(PRIOR_WORDS - sum(MOST_OF_WORDS))))
    assert (MOST, MOST_AGAINST, MOST_OF_WORDS) == ((6, 8, 4, 3), (15, 15, 6, 15), (8, 8))
    assert (PRIOR, PRIOR_WORDS, SIGNS_SETTLE) == (5, 11, 15)
    assert (LEAST_LETTERS, MOST_LETTERS) == (150, 1600)
    # With signs settled neither kind of random order is likelier than not, whatever the rest says.
    assert probability(np.array([[99.0, 99, 99, -SIGNS_SETTLE, 99]]))[0] < 0.5


def test_few_letters_say_nothing() -> None:
    mixed = scrambled_letters(CHINESE.replace("，", "").replace("。", ""), 1.0, Random(1)).replace("\n", "")
    enough, few = measured(mixed[:LEAST_LETTERS], mixed[: LEAST_LETTERS - 1])
    assert enough > 0
    assert few == 0
    assert measured("河", "", "。\n") == [0.0, 0.0, 0.0]


def test_the_first_letters_decide() -> None:
    ordered, mixed = CHINESE * 6, scrambled_letters(CHINESE * 6, 1.0, Random(1))
    first, second = measured(ordered + mixed, mixed + ordered)
    assert first < 0.01
    assert second > 0.5


def test_each_text_by_itself_and_only_what_is_asked() -> None:
    texts = [CHINESE, scrambled_letters(JAPANESE, 1.0, Random(3)), THAI, scrambled_letters(THAI, 1.0, Random(3))]
    assert measured(*texts) == [measured(text)[0] for text in texts]
    disorder = np.array([0.1, 0.2, 0.3, 0.4])
    ends = np.cumsum([len(text) for text in texts], dtype=np.int64)
    asked = np.array([False, True, False, False])
    letter_disorder(code_points("".join(texts)), ends, asked, disorder, np.zeros(4))
    assert disorder.tolist() == [0.1, max(0.2, measured(texts[1])[0]), 0.3, 0.4]


def test_lists_and_verses_are_no_random_order() -> None:
    names = "、".join(f"{family}{given}" for family in "王李张刘陈杨黄" for given in "伟芳娜敏静丽强磊军洋")
    refrain = "啦啦啦啦，我们一起唱歌，啦啦啦啦，我们一起跳舞。\n" * 20
    assert max(measured(names, refrain, distinct(400), "哈" * 400, "哈哈笑" * 100)) < 0.5


def test_where_hardly_a_sentence_ends_with_a_sign_those_there_are_say_nothing_of_words() -> None:
    # Words in random order, and the same with line ends in place of full stops.
    text = "".join(scrambled_pieces(CHINESE * 3, 1.0, Random(seed)) for seed in range(2))
    flags = np.zeros(MOST_LETTERS, np.int64)
    for page, has in ((text, True), (text.replace("。", "\n"), False), (THAI, True)):
        n = read_letters(
            code_points(page), 0, len(page), letter_traits(), np.zeros(MOST_LETTERS, np.uint64), flags
        )
        assert _has_ends(flags, n) is has
    flags[:200] = 0
    flags[:2] = ENDS
    assert (_has_ends(flags, 200), _has_ends(flags, 201)) == (True, False)
