"""Sentences of many scripts; nothing lost but spaces; time grows with the text."""

import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.errors import UserError
from ccnet_lite.pretraining.sentences import UNMARKED, split_sentences

pytest.importorskip("sentencex", reason="needs the extra pretraining")
SENTENCES = {
    "en": ["Mr. Smith paid 3.5 dollars.", '"Really?" he asked.', "Yes!"],
    "de": ["Am 3. Mai kam Dr. Weiß.", "Er ging z. B. heim.", "Ja!"],
    "zh": ["他来了。", "真的？！", "是的。"],
    "zh-Hant": ["他來了。", "你好嗎？"],
    "ja": ["彼は来た。", "はい！"],
    "ar": ["مرحبا.", "كيف حالك؟", "جيد!"],
    "ur": ["میں جاتا ہوں۔", "وہ آتا ہے؟", "ہاں۔"],
    "hi": ["यह है।", "वह था॥", "क्या?"],
    "am": ["ሰላም ነው።", "እንዴት ነህ፧", "ደህና።"],
    "my": ["ငါသွားသည်။", "သူလာသည်။"],
    "km": ["ខ្ញុំទៅ។", "គាត់មក៕"],
    "bo": ["ང་འགྲོ།", "ཁོ་ཡོང་༎"],
    "hy": ["Ես գնում եմ։", "Նա գալիս է։"],
    "ru": ["Он пришёл.", "А она?"],
    "xx": ["Hello there.", "Bye."],
    "und": ["Hello there.", "Bye."],
    "": ["Hello there.", "Bye."],
}


@pytest.mark.parametrize("language", SENTENCES)
def test_sentences_of_each_script(language: str) -> None:
    between = "" if language in ("zh", "zh-Hant", "ja") else " "
    assert split_sentences(between.join(SENTENCES[language]), language) == SENTENCES[language]


def test_a_line_break_ends_a_sentence_and_blank_lines_are_none() -> None:
    assert split_sentences("A title\n\n  Its text. More \n", "en") == ["A title", "Its text.", "More"]
    assert split_sentences(" \n\t\n", "en") == []


def test_thai_is_cut_at_spaces_into_stretches() -> None:
    phrases = ["วันนี้อากาศดีมากๆ"] * 20
    found = split_sentences(" ".join(phrases), "th")
    assert " ".join(found).split() == phrases
    assert all(UNMARKED // 2 < len(sentence) <= UNMARKED for sentence in found[:-1]) and len(found) > 2
    long = "ก" * 250
    assert split_sentences(f"{long} ข {long}", "th") == [long, "ข", long]


@given(
    st.text(st.sampled_from('ab .。!?"“”()\n\t 、។ก\u2028Mr1'), max_size=200), st.sampled_from(sorted(SENTENCES))
)
def test_nothing_is_lost_but_spaces(text: str, language: str) -> None:
    found = split_sentences(text, language)
    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(sentence == sentence.strip() != "" and "\n" not in sentence for sentence in found)


@pytest.mark.parametrize("piece", ["“a.", "a. ", '"a. ', "(a. ", "。", "Dr. ", " ", "ก ", "។"])
def test_time_grows_with_the_text(piece: str) -> None:
    """sentencex itself takes 0.6 s for 20,000 times the first of these, and 25 times that for 100,000."""
    for language in ("en", "th", "km"):
        began = time.process_time()
        split_sentences(piece * 100_000, language)
        assert time.process_time() - began < 4


def test_what_to_install_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentencex", None)
    with pytest.raises(UserError, match=r"needs the library sentencex, .* ccnet_lite\[pretraining\]"):
        split_sentences("a", "en")
