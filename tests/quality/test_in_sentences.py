"""Which texts are in sentences: prose in several scripts is, lists, rolls, tables and litanies are not."""

import pytest

from ccnet_lite.quality.in_sentences import in_sentences

PROSE = "The sea was calm that day. Nobody had been out on it, since the boats were old. They waited."


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        PROSE.lower(),
        "Она долго ждала письма от брата. Потом села за стол и начала писать сама.",
        "अगर मेरे पास पंख होते तो मैं उड़कर तुम्हारे पास चला आता । इस समस्या को सुलझाना बहुत कठिन है।",
        "هل يحب سامي الكلاب كلها أم الصغيرة؟ لا أعرف ماذا يحب سامي في الحقيقة.",
        '"Nobody came today," she said to him. He answered: "They will come tomorrow."',
        "今日はとても良い天気でした。明日は雨が降るかもしれないと言っていました。",
        "เขาเดินทางไปเชียงใหม่เมื่อวานนี้ และจะกลับมาในวันศุกร์หน้าพร้อมครอบครัว",
    ],
)
def test_sentences(text: str) -> None:
    assert in_sentences(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "one word after another without any stop " * 6,
        "Smith, Anna. Jones, Peter. Brown, Tom. Miller, Eva.",
        "\n".join(f"A line of five words{mark}" for mark in ".,;.:."),
        "Room 12 at 10.30 am costs 45 euros. Room 14 at 11.30 am costs 50 euros.",
        "\n".join(f"Let {who} come with us, hear our voice this morning." for who in ("Anna", "Peter", "Tom")),
        "東京、大阪、名古屋、京都、神戸、札幌、仙台",
        "J. Smith, A. B. Jones, C. D. Brown and E. F. Miller of the old church of the town",
    ],
)
def test_none(text: str) -> None:
    assert not in_sentences(text)


@pytest.mark.parametrize(("n_words", "expected"), [(39, True), (40, False)])
def test_a_sentence_in_forty_words(n_words: int, expected: bool) -> None:
    words = " ".join(f"word{chr(97 + number // 26)}{chr(97 + number % 26)}" for number in range(n_words))
    assert in_sentences(f"{words} end.") is expected


def unlike(n_words: int, first: int = 0) -> list[str]:
    """Words, each another one."""
    numbers = range(first, first + n_words)
    return [f"w{chr(97 + n // 676)}{chr(97 + n // 26 % 26)}{chr(97 + n % 26)}" for n in numbers]


@pytest.mark.parametrize(("words_a_line", "expected"), [(6, True), (5, False)])
def test_lines_of_six_words(words_a_line: int, expected: bool) -> None:
    lines = [" ".join(unlike(words_a_line, 10 * line)) + "." for line in range(6)]
    assert in_sentences("\n".join(lines)) is expected


@pytest.mark.parametrize(("numbers", "expected"), [(5, True), (6, False)])
def test_a_number_in_eight_words(numbers: int, expected: bool) -> None:
    words = [*unlike(40 - numbers - 1), *(f"{number}a" for number in range(numbers)), "end."]
    assert in_sentences(" ".join(words)) is expected


@pytest.mark.parametrize(("again", "expected"), [(14, True), (16, False)])
def test_what_is_said_again_is_no_random_order(again: int, expected: bool) -> None:
    words = unlike(20 + 80 - again)
    said = (words[:20] + words[: again + 1] + words[20:])[:101]
    text = " ".join(word + "." * (number % 10 == 9) for number, word in enumerate(said))
    assert in_sentences(text) is expected


def test_long_texts_in_random_order_say_pairs_again() -> None:
    words = unlike(300) + unlike(40) * 20
    assert in_sentences(" ".join(word + "." * (number % 10 == 9) for number, word in enumerate(words)))


@pytest.mark.parametrize(("end", "expected"), [("word .", True), ("w.", False), ("3 .", False), ("word।", True)])
def test_a_stop_follows_a_word(end: str, expected: bool) -> None:
    assert in_sentences(" ".join([*unlike(10), end])) is expected
