import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from ccnet_lite.quality import heuristics, top_ngrams
from ccnet_lite.quality.heuristics import RULE_MEASURES, measure

NAMES = ["script", "script_share", "n_words", "mean_word_chars", *RULE_MEASURES]


def one(text: str, name: str) -> object:
    return measure([text])[name][0].as_py()


@pytest.mark.parametrize(
    ("text", "n_words", "mean"),
    [
        ("Don't panic, 42!", 4, 11 / 4),
        ("हिन्दी में", 2, 9 / 2),
        ("ภาษาไทย", 7, 1.0),
        ("กำลัง", 4, 5 / 4),  # the vowel sign above belongs to its letter
        ("東京 WiFi 2024年", 5, 11 / 5),
        ("한국어 문장", 2, 5 / 2),
        ("can\u200bnot co\u00adop", 2, 5.0),
        ("?! 😀", 0, 0.0),
        ("", 0, 0.0),
    ],
)
def test_words(text: str, n_words: int, mean: float) -> None:
    assert one(text, "n_words") == n_words
    assert one(text, "mean_word_chars") == pytest.approx(mean)


def test_script() -> None:
    found = measure(["Привет, мир abc", "123"])
    assert found["script"].to_pylist() == ["Cyrl", "Zyyy"]
    assert found["script_share"].to_pylist() == [0.75, 0.0]


def test_homoglyphs() -> None:
    spun = "Ch\u0435\u0430p p\u0430sswords f\u043er you 2024"
    assert one(spun, "homoglyph_share") == 3 / 4  # numbers are no words of a script
    assert one("Cheap passwords for you", "homoglyph_share") == 0.0
    assert one("東京で p\u0430ss", "homoglyph_share") == 1 / 4


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("pass\u200bword and more", 1 / 3),
        ("ⓟⓐⓢⓢ word", 1 / 2),
        ("ｐａｓｓ ｗｏｒｄ", 1.0),
        ("東京で ｐａｓｓ", 0.0),  # full-width among Han and kana
        ("word ｐａｓｓ " + "中" * 2, 0.0),
        ("免\u200b费彩票", 2 / 4),  # a word has two letters
        ("ภาษา\u200bไทย", 0.0),  # separates words there
        ("می\u200cخواهم بروم", 0.0),
        ("\u200b \u200b", 0.0),
        ("", 0.0),
    ],
)
def test_disguised(text: str, share: float) -> None:
    assert one(text, "disguised_share") == pytest.approx(share)


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("\u0301" * 3_000_000, 1.0),
        ("a" + "\u0301" * 5, 2 / 6),
        ("e\u0323\u0302 o\u0301", 0.0),  # Vietnamese, decomposed
        ("a \u0301\u0301", 2 / 3),  # on nothing
        ("\u05d1\u05bc\u05b0\u0591", 0.0),  # Hebrew points and accents
        ("\u0f66\u0f92\u0fb2\u0f74\u0f56", 0.0),  # Tibetan stacks
        ("ที่นี่", 0.0),
        ("1\ufe0f\u20e3", 0.0),  # keycaps
        ("", 0.0),
    ],
)
def test_marks(text: str, share: float) -> None:
    assert one(text, "mark_share") == pytest.approx(share)


def test_case_disorder() -> None:
    assert one("Long words stand. " * 10, "case_disorder") == 0.0
    wrong = " ".join(f"wrong{n:c} Words stand{n:c}. order{n:c} In wrong{n:c}." for n in range(97, 107))
    found = measure(["", wrong, ""])["case_disorder"].to_pylist()
    assert found[0] == found[2] == 0.0
    assert found[1] > 0.6


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("one\ntwo\none\n\n  one ", 6 / 12),
        ("a\nb\nc", 0.0),
        ("\n\n", 0.0),
        ("ANNA\nA long line of her part.\nANNA\nAnother long line of it.", 4 / 47),
    ],
)
def test_duplicate_lines_by_characters(text: str, share: float) -> None:
    assert one(text, "duplicate_line_share") == pytest.approx(share)


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("buy shoes buy shoes buy shoes", 1.0),
        ("buy shoes now", 0.0),  # nothing comes twice
        ("Buy shoes, then sell; buy SHOES then rest", 18 / 32),
        ("ha ha ha ha", 1.0),
        ("免费彩票免费彩票", 0.5),
        ("", 0.0),
        ("one", 0.0),
        # The commonest pair is `a b`, three times; the one that covers most is `lengthy words`.
        ("a b a b a b lengthy words or lengthy words", 24 / 32),
    ],
)
def test_top_ngram(text: str, share: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(top_ngrams, "LEAST_TIMES", 2)
    assert one(text, "top_ngram_share") == pytest.approx(share)


@pytest.mark.parametrize(("times", "share"), [(5, 0.0), (6, 1.0)])
def test_top_ngram_counts_pairs_that_come_six_times(times: int, share: float) -> None:
    assert one("new shoes; " * times, "top_ngram_share") == pytest.approx(share)


def test_top_ngram_of_a_song_that_says_its_title_three_times() -> None:
    verses = "walk with me\nGloria alleluia\nover hills\nGloria alleluia\nsing\nGloria alleluia"
    assert one(verses, "top_ngram_share") == 0.0


def test_top_ngram_does_not_join_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(top_ngrams, "LEAST_TIMES", 2)
    found = measure(["new shoes", "new shoes", "shoes new shoes new"])["top_ngram_share"]
    assert found.to_pylist() == [0.0, 0.0, 1.0]


def test_top_ngram_looks_at_the_first_words_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(top_ngrams, "LEAST_TIMES", 2)
    monkeypatch.setattr(top_ngrams, "NGRAM_WORDS", 6)
    found = measure(["a b c d e f " + "x y " * 50, "p q r s t u", "p q p q p q r s t"])["top_ngram_share"]
    assert found.to_pylist() == [0.0, 0.0, 1.0]


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("ab 12", 0.42 / 2),
        ("| 1 | 2 |", (3 + 2 * 0.42) / 5),
        ("a 12:30", 5 * 0.42 / 6),
        ("ab ........ 9", 4.42 / 7),
        ("हिन्दी।", 1 / 7),
        ("中文，", 1 / 3),
        ("a\u200b b", 0.0),
        ("", 0.0),
    ],
)
def test_symbols(text: str, share: float) -> None:
    assert one(text, "symbol_share") == pytest.approx(share)


def test_bullets() -> None:
    assert one("• a\n• b\n● c\n\n* d\n- e", "bullet_share") == 4 / 5
    assert one("* A starred heading", "bullet_share") == 1 / 5
    assert one("* A starred sentence.\n" * 9, "bullet_share") == 0.0  # a list of points, not of links
    lines = "* thirty-nine characters and no stop at it\n* forty characters and again no stop at it"
    assert one(lines.replace("thirty-nine", "thirty-nin").replace("at it", "at", 1), "bullet_share") == 1 / 5
    assert one("– Oui, dit-il.\n» Non.\n— Ah !\n- Si.\n„So“", "bullet_share") == 0.0


def test_short_lines() -> None:
    menu = "Home\nNews\nAbout us\nContact\nImprint"
    assert one(menu, "short_line_share") == 1.0
    assert one("Er kam.\nUnd ging!\n“Yes?”\n好。", "short_line_share") == 0.0
    assert one("x" * 39, "short_line_share") == 1.0
    assert one("x" * 40, "short_line_share") == 0.0
    assert (one("文" * 15, "short_line_share"), one("文" * 16, "short_line_share")) == (1.0, 0.0)


def test_a_batch_is_its_texts_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["a b a b", "", "東京東京", "\u0301x", "p\u0430ss", "ับ", "• x\n• x", "12 " * 40]
    alone = [measure([text]) for text in texts]
    for chunk in (1, 20, 1 << 18):
        monkeypatch.setattr(heuristics, "CHUNK_CHARS", chunk)
        together = measure(texts)
        for name in NAMES:
            assert together[name].to_pylist() == [found[name][0].as_py() for found in alone], name


def test_less_than_all() -> None:
    texts = ["a b a b", "東京"]
    some, full = measure(texts, full=False), measure(texts)
    assert list(some) == list(full) == NAMES
    for name in NAMES[:4]:
        assert some[name].equals(full[name])
    for name in RULE_MEASURES:
        assert some[name].null_count == 2
        assert some[name].type == full[name].type == pa.float64()


def test_no_texts() -> None:
    assert {name: len(column) for name, column in measure([]).items()} == dict.fromkeys(NAMES, 0)


THRESHOLDS = {
    "homoglyph_share": 0.08,
    "duplicate_line_share": 0.2,
    "top_ngram_share": 0.2,
    "symbol_share": 0.4,
    "bullet_share": 0.9,
    "short_line_share": 0.7,
}


def test_prose_of_no_language_is_hit(shared_data: Path) -> None:
    fired: dict[str, float] = {}
    for folder in sorted((shared_data / "text" / "prose").iterdir()):
        texts = [
            json.loads(row)["text"]
            for file in sorted(folder.glob("*.jsonl"))
            for row in file.read_text(encoding="utf-8").splitlines()[:150]
        ]
        texts = [text for text in texts if len(text) >= 300]
        found = measure(texts)
        for name, threshold in THRESHOLDS.items():
            fired[f"{folder.name} {name}"] = float((found[name].to_numpy() > threshold).mean())
    assert len(fired) >= 15 * len(THRESHOLDS)
    assert {name: share for name, share in fired.items() if share > 0.01} == {}


def test_spun_prose_is_hit(shared_data: Path) -> None:
    folder = shared_data / "text" / "prose" / "en"
    texts = [json.loads(row)["text"] for row in (folder / "us_state_union.jsonl").open(encoding="utf-8")]
    random = np.random.default_rng(0)
    disguise = dict(zip("aceopxy", "асеорху", strict=True))
    spun = ["".join(disguise.get(c, c) if random.random() < 0.1 else c for c in text) for text in texts[:40]]
    assert (measure(spun)["homoglyph_share"].to_numpy() > THRESHOLDS["homoglyph_share"]).all()


def test_menus_are_told_from_articles(shared_data: Path) -> None:
    def share_hit(name: str) -> float:
        rows = (shared_data / "text" / "noisy" / name).read_text(encoding="utf-8").splitlines()
        found = measure([json.loads(row)["text"] for row in rows])
        hit = [found[name].to_numpy() > THRESHOLDS[name] for name in ("duplicate_line_share", "short_line_share")]
        return float(np.any(hit, axis=0).mean())

    assert share_hit("en_article_boilerplate.jsonl") > 0.2
    assert share_hit("en_article_bodies.jsonl") < 0.02


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("____ab", 4 / 6),
        ("________ab", 4 / 6),
        (". . . . . . ab", 4 / 6),
        ("########ab", 8 / 10),  # no leader
        ("a.b.c.d.e.f.", 6 / 12),
        ("12:30:15 ab", 8 * 0.42 / 10),
        ("12::30 ab", (4 * 0.42 + 2) / 8),
        ("1 - 2", (2 * 0.42 + 1) / 3),
    ],
)
def test_symbols_of_numbers_and_leaders(text: str, share: float) -> None:
    assert one(text, "symbol_share") == pytest.approx(share)


@pytest.mark.parametrize(
    ("line", "speaks"),
    [
        ("<d0rm0use> yes", True),
        ("@d0rm0use yes", True),
        ("d0rm0use: yes", True),
        ("[12:30] d0rm0use: yes", True),
        ("12:30 d0rm0use: yes", True),
        ("d0rm0use", True),
        ("l33t_d0rm0use yes", True),
        ("d0rm0use yes", False),
        ("well d0rm0use: yes", False),
        ("(d0rm0use) yes", False),
    ],
)
def test_digits_in_names_of_who_speaks(line: str, speaks: bool) -> None:
    assert (one("\n".join([line] * 20), "disguised_share") == 0.0) is speaks


def test_a_line_may_begin_with_a_small_letter_after_a_full_stop() -> None:
    sentence = "Those whom Anna and Peter called came along. "
    assert one("\n".join(f"{sentence}\na) they and Clara stayed" for _ in range(20)), "case_disorder") == 0.0
    words = ["along", "again", "alone", "early", "today", "there", "often", "never"]
    inside = " ".join(f"Those whom Anna met came {word}. {word[::-1]} and Clara stayed." for word in words)
    assert one(inside, "case_disorder") > 0.6
