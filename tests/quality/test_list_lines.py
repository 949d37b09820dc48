"""Lists around texts of several scripts are found, and poems, ingredients, tables and code stay. Literal texts."""

import numpy as np
import pytest

from ccnet_lite.errors import UserError
from ccnet_lite.quality.list_lines import list_lines
from ccnet_lite.quality.page_languages import MORE

ENGLISH = (
    "The council voted on Monday to close the old bridge, which has carried traffic since the war.\n"
    "Engineers found cracks in two of its pillars last winter, and repairs would cost more than a new one.\n"
    "“We have no choice,” said the mayor, who grew up near its northern end and crossed it to school.\n"
    "A ferry will carry people across the river until the new bridge opens in the spring of the year after next.\n"
    "Shops on both banks fear for their trade, and a petition against the plan has some two thousand signatures."
)
HINDI = "नगर परिषद ने सोमवार को पुराने पुल को बंद करने का फैसला किया, जो युद्ध के समय से यातायात रहा था।\n" * 6
ARABIC = "صوت المجلس يوم الاثنين على إغلاق الجسر القديم الذي حمل حركة المرور، وقال المهندسون إنهم وجدوا شقا.\n" * 5
RUSSIAN = (
    "Городской совет проголосовал в понедельник за закрытие старого моста, по которому ездили со времён войны.\n"
    * 5
)
CHINESE = (
    "市议会星期一投票决定关闭这座旧桥，自战争以来它一直承载着交通，工程师去年冬天在两个桥墩上发现了裂缝，修理费用比新建还高。\n"
    * 4
)
JAPANESE = (
    "市議会は月曜日に古い橋を閉鎖することを決めた。技術者たちは昨年の冬に二本の橋脚にひびを見つけ、修理は新築より高くつくという。\n"
    * 4
)
THAI = "สภาเมืองลงมติเมื่อวันจันทร์ให้ปิดสะพานเก่าซึ่งรองรับการจราจรมาตั้งแต่สงคราม วิศวกรพบรอยร้าวในเสาสองต้น\n" * 4

FOOTER = (
    "Share\nFacebook\nTwitter\nRelated articles\nMayor opens new school\nStorm closes coast road\nThe market\n"
    "Contact us\nPrivacy policy\n© 2024 The River Post. All rights reserved."
)
MENU = "Skip to content\nHome\nNews\nSport\nCulture\nSubscribe\nLog in\nSearch"
POEM = (
    "Tyger Tyger, burning bright,\nIn the forests of the night;\nWhat immortal hand or eye,\n"
    "Could frame thy fearful symmetry?\nIn what distant deeps or skies\nBurnt the fire of thine eyes?"
)
LYRICS = (
    "Amazing grace how sweet the sound\nThat saved a wretch like me\nI once was lost but now am found\n"
    "Was blind but now I see\nTwas grace that taught my heart to fear\nAnd grace my fears relieved"
)
INGREDIENTS = (
    "Ingredients\n2 cups flour\n1 tsp salt\n3 large eggs\nOlive oil\n250 g butter\nPepper\nA pinch of nutmeg\n"
    "Mix the flour and salt.\nBeat the eggs and fold them in gently.\nBake for 20 minutes at 180 degrees."
)
TABLE = "Team Played Won Points\nArsenal 12 9 27\nChelsea 12 8 25\nEverton 12 3 11\nLeeds 12 5 17\nFulham 12 4 14"
FILMS = "Filmography\nHeat (1995)\nRonin (1998)\nThe Score (2001)\nCasino (1995)\nJackie Brown (1997)"
DIALOGUE = "— Where were you?\n— At home.\n— All night?\n— I told you so.\n— Then who saw you?\n— Nobody saw me."
QUESTIONS = (
    "Can I pay by card?\nYes, all cards are taken.\nIs there parking?\nYes, behind the house.\nWhen do you open?"
)
TERMS = "Anode: the positive electrode\nCathode: the negative electrode\nIon: a charged particle\nVolt: of tension"
CODE = (
    "def add(a, b):\n    return a + b\nx = add(1, 2)\nprint(x)\nfor i in range(10):\n    x = add(x, i)\nprint(x)"
)
CONTENT = {
    "poem": POEM,
    "lyrics": LYRICS,
    "ingredients": INGREDIENTS,
    "table": TABLE,
    "films": FILMS,
    "dialogue": DIALOGUE,
    "questions": QUESTIONS,
    "terms": TERMS,
    "code": CODE,
}


def count(text: str) -> int:
    return text.count("\n") + 1


def found(text: str, *masked: int) -> tuple[int, int]:
    """Lines before and after; masked: numbers of lines."""
    flags = np.zeros(count(text), np.bool_)
    flags[list(masked)] = True
    before, after = list_lines([text], flags)[0].tolist()
    return before, after


def test_a_footer_and_a_menu_go_and_the_article_stays() -> None:
    assert found(ENGLISH) == (0, 0)
    assert found(f"{ENGLISH}\n{FOOTER}") == (0, count(FOOTER))
    assert found(f"{MENU}\n{ENGLISH}") == (count(MENU), 0)
    assert found(f"{MENU}\n{ENGLISH}\n{FOOTER}") == (count(MENU), count(FOOTER))


@pytest.mark.parametrize(
    ("text", "footer"),
    [
        (HINDI, "शेयर करें\nये भी पढ़ें\nबारिश से सड़क बंद\nनए स्कूल का उद्घाटन\nसंपर्क करें\nगोपनीयता नीति\n© 2024"),
        (ARABIC, "شارك\nاقرأ أيضا\nافتتاح مدرسة جديدة\nعاصفة تغلق الطريق\nاتصل بنا\nمن نحن\nجميع الحقوق محفوظة"),
        (
            RUSSIAN,
            "Поделиться\nЧитайте также\nМэр открыл школу\nБуря на море\nКонтакты\nО нас\nВсе права защищены.",
        ),
        (CHINESE, "分享到\n相关文章\n市长为新学校剪彩\n风暴封锁海岸公路\n联系我们\n关于我们\n版权所有 2024"),
        (
            JAPANESE,
            "シェアする\n関連記事\n市長が新しい学校を開く\n嵐で閉鎖\nお問い合わせ\nプライバシーポリシー\n© 2024",
        ),
        (THAI, "แชร์\nข่าวที่เกี่ยวข้อง\nเปิดโรงเรียนใหม่\nพายุปิดถนน\nติดต่อเรา\nเกี่ยวกับเรา\n© 2024"),
    ],
)
def test_in_other_scripts(text: str, footer: str) -> None:
    assert found(text + footer) == (0, count(footer))
    assert found(text.strip()) == (0, 0)


@pytest.mark.parametrize("name", CONTENT)
def test_content_stays_at_the_end_and_above_a_footer(name: str) -> None:
    assert found(f"{ENGLISH}\n{CONTENT[name]}") == (0, 0)
    assert found(f"{CONTENT[name]}\n{ENGLISH}") == (0, 0)
    assert found(f"{ENGLISH}\n{CONTENT[name]}\n{FOOTER}") == (0, count(FOOTER))


@pytest.mark.parametrize("name", ["poem", "ingredients", "table", "code"])
def test_share_buttons_above_do_not_outweigh_what_ends_no_menu(name: str) -> None:
    content = f"Share\nFacebook\nTwitter\n{CONTENT[name]}"
    assert found(f"{ENGLISH}\n{content}\n{FOOTER}") == (0, count(FOOTER))


@pytest.mark.parametrize(
    "text", [FOOTER, MENU, f"{MENU}\n{FOOTER}", POEM, f"{POEM}\n{FOOTER}", "", "\n\n", "Share"]
)
def test_what_has_no_prose_is_not_touched(text: str) -> None:
    assert found(text) == (0, 0)


def test_prose_must_be_enough_in_amount_and_share() -> None:
    first = ENGLISH.split("\n")[0]
    assert found(f"{first}\n{FOOTER}") == (0, 0)
    three = "\n".join(ENGLISH.split("\n")[:3])
    assert len(three) < 400 and found(f"{three}\n{FOOTER}") == (0, 0)
    names = "\n".join(f"A heading of no page word number {number}, in the middle of it" for number in range(40))
    assert found(f"{ENGLISH}\n{names}\n{first}\n{FOOTER}") == (0, 0)


def test_nothing_in_the_middle_goes() -> None:
    assert found(f"{ENGLISH}\n{FOOTER}\n{ENGLISH}") == (0, 0)
    marks = "\n".join(f"Contact us\nAnother headline {chr(97 + n)}" for n in range(12))
    assert found(f"{ENGLISH}\n{ENGLISH}\n{ENGLISH}\n{marks}\n{ENGLISH}") == (0, 0)


def test_the_search_ends_at_prose_however_strong_what_lies_behind_it() -> None:
    prose = "The council met on Monday and spoke at length about the bridge that the floods had taken away. " * 6
    menu = ["Home", "About us", "Contact us"]
    footer = [*menu, "Privacy policy", "Terms of use", "Sitemap"]
    lines = [prose * 3, *[*menu, "Alder"] * 5, prose, *footer]
    masked = [number for number, line in enumerate(lines) if line in footer]
    assert found("\n".join(lines), *masked) == (0, len(footer))


def test_a_few_lines_are_no_list() -> None:
    assert found(f"{ENGLISH}\nShare\nAlder\nContact us\nPrivacy policy") == (0, 0)
    assert found(f"{ENGLISH}\nAlder\nContact us\nPrivacy policy") == (0, 2)
    assert found(f"{ENGLISH}\nContact us\nSearch\nPrivacy policy") == (0, 3)  # each line is page words
    assert found(f"{ENGLISH}\nPrivacy policy") == (0, 0)
    assert found(f"{ENGLISH}\nContact us | Privacy policy | Search") == (0, 0)  # a point and a half
    assert found(f"{ENGLISH}\nShare\nContact us\nPrivacy policy\nAbout us\nSearch") == (0, 5)
    assert found(f"{ENGLISH}\nFacebook\nTwitter\nInstagram\nYouTube\nLinkedIn\nPinterest") == (0, 0)  # names alone


def test_a_head_announces_headlines_that_nothing_else_marks() -> None:
    titles = "Mayor opens new school\nStorm closes coast road\nThe market returns"
    assert found(f"{ENGLISH}\nRelated articles\n{titles}") == (0, 4)
    assert found(f"{RUSSIAN}Читайте также\nМэр открыл школу\nБуря на море\nРынок снова открыт") == (0, 4)
    assert found(f"{JAPANESE}関連記事\n市長が学校を開く\n嵐で閉鎖\n市場が再開") == (0, 4)
    assert found(f"{ENGLISH}\nDetails\n{titles}") == (0, 0)
    assert found(f"{ENGLISH}\nShare\n{titles}") == (0, 0)
    assert found(f"Related articles\n{titles}\n{ENGLISH}") == (0, 0)
    assert found(f"{ENGLISH}\nRelated articles\n{ENGLISH}") == (0, 0)


def test_a_notice_marks_its_sentence() -> None:
    cookies = "We use cookies to give you the best experience on our website, as most websites do."
    assert found(f"{cookies}\nHome\nNews\nLog in\n{ENGLISH}") == (4, 0)
    assert found(f"{cookies}\n{ENGLISH}") == (0, 0)
    rights = "Copyright 2024 River Post Media Ltd. All rights reserved."
    assert found(f"{ENGLISH}\nContact us\n{rights}") == (0, 2)


def test_names_of_sections_are_a_menu_beside_page_words_and_at_the_beginning() -> None:
    sections = "News\nSport\nCulture\nPolitics\nBusiness"
    assert found(f"{sections}\nLog in\n{ENGLISH}") == (6, 0)
    assert found(f"{sections}\n{ENGLISH}") == (0, 0)
    assert found(f"{ENGLISH}\n{sections}\nAlder\nLog in") == (0, 0)
    assert found(f"{ENGLISH}\n{sections}\nContact us\n© 2024") == (0, 2)


@pytest.mark.parametrize(
    "line",
    [
        *("1 2 3 4 5 … 27", "info@example.org", "+44 20 7946 0958", "#river #bridge", "Whole story →"),
        *("News > Sport > Rowing", "Deutsch"),
    ],
)
def test_hints_speak_beside_a_mark(line: str) -> None:
    footer = f"{line}\nAlder\n{line}\nContact us\nBeech\nPrivacy policy\nSearch"
    assert found(f"{ENGLISH}\n{footer}") == (0, 7)
    assert found(f"{ENGLISH}\n{line}\n{line}\n{line}\n{line}\nContact us") == (0, 0)


@pytest.mark.parametrize(
    "line",
    [
        *("12 9 27", "write to info@example.org today", "# a remark", "a > b", "« Bonjour »", "+3 points"),
        *("a #river and a #bridge", "1 2 4"),
    ],
)
def test_what_only_looks_like_hints_is_none(line: str) -> None:
    assert found(f"{ENGLISH}\n{line}\nAlder\n{line}\nContact us\nBeech\nElm\nPrivacy policy\nSearch") == (0, 5)


def test_masked_lines_speak_for_their_neighbours() -> None:
    lines = [f"Headline of another story here {chr(97 + n)}" for n in range(12)]
    text = "\n".join([ENGLISH, *lines])
    start = count(ENGLISH)
    assert found(text) == (0, 0)
    assert found(text, *range(start, start + 12, 2)) == (0, 12)
    # A heading that masks name alone speaks for nothing: ingredients follow it on every page of the site.
    page = f"{ENGLISH}\nDetails\n{LYRICS}\n{FOOTER}"
    assert found(page, start) == (0, count(FOOTER))
    assert found(page.replace("Details", "Details\nDetails"), start, start + 1)[1] > count(FOOTER)


def test_words_of_pages_within_prose_or_verse_are_none() -> None:
    verse = (
        "Home is where I share my bread\nAnd about the search we said\n"
        "Follow me and comment not\nPrint is all we ever got"
    )
    assert found(f"{ENGLISH}\n{verse}\n{verse}") == (0, 0)


def test_texts_are_taken_by_themselves_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [ENGLISH, f"{ENGLISH}\n{FOOTER}", "", f"{MENU}\n{ENGLISH}", FOOTER, f"{CHINESE}{FOOTER}"] * 3
    flags = np.zeros(sum(map(count, texts)), np.bool_)
    expected = [list(found(text)) for text in texts]
    assert list_lines(texts, flags).tolist() == expected
    monkeypatch.setattr("ccnet_lite.quality.list_lines.CHUNK_CHARS", 1)
    assert list_lines(texts, flags).tolist() == expected
    headlines = "\n".join(f"Headline of another story here {chr(97 + n)}" for n in range(12))
    named = np.zeros(count(ENGLISH) * 2 + 12, np.bool_)
    named[count(ENGLISH) * 2 :: 2] = True
    assert list_lines([ENGLISH, f"{ENGLISH}\n{headlines}"], named).tolist() == [[0, 0], [0, 12]]
    assert list_lines([], flags[:0]).tolist() == []


def test_one_string_is_refused() -> None:
    with pytest.raises(UserError):
        list_lines(ENGLISH, np.zeros(5, np.bool_))


def test_masks_of_other_lines_are_refused() -> None:
    with pytest.raises(ValueError, match="5 lines, and masks are given of 4"):
        list_lines([ENGLISH], np.zeros(4, np.bool_))


@pytest.mark.parametrize("language", sorted(MORE))
def test_footers_in_more_languages_are_cut(language: str) -> None:
    furniture, heads, rights = (each.split(", ") for each in MORE[language])
    footer = [furniture[0].capitalize(), heads[0].capitalize(), "A B", "C D", *furniture[1:5], rights[0]]
    text = "\n".join([ENGLISH, *footer])
    assert list_lines([text], np.zeros(text.count("\n") + 1, np.bool_)).tolist() == [[0, len(footer)]]
    assert all(phrase == phrase.strip().lower() and phrase for phrase in (*furniture, *heads, *rights))
