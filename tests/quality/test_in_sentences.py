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
