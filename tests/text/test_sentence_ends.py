"""Which characters end a sentence: against the regex package's Unicode."""

import unicodedata

import regex

from ccnet_lite.text.sentence_ends import closers, quotes, sentence_ends


def test_ends_are_those_of_unicode_and_tibetan_s_shad() -> None:
    ours = {code for code in range(0x110000) if sentence_ends()[code]}
    terminal = regex.compile(r"\p{Sentence_Terminal}")
    theirs = {code for code in range(0x110000) if not 0xD800 <= code < 0xE000 and terminal.match(chr(code))}
    assert ours - theirs == {0xF0D, 0xF0E}
    later = theirs - ours  # of a newer Unicode than Python's
    assert len(theirs) > 165 and all(unicodedata.category(chr(code)) == "Cn" for code in later)


def test_what_closes_is_no_end_and_a_quotation_mark_closes() -> None:
    assert not (closers() & sentence_ends()).any()
    assert closers()[quotes()].all()
    assert [bool(closers()[ord(char)]) for char in "\"'”»」)]）-a("] == [True] * 8 + [False] * 3
