"""The language model's normal forms: golden lines, the straightforward way as an oracle, words of scripts."""

import gzip
import json
import re
import unicodedata
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ccnet_lite.text.lm_form import (
    Form,
    _script_safe_of_char,
    ccnet_form_of_chars,
    in_chunks,
    lm_form,
    lm_forms,
    lm_texts,
)


def test_golden_lines(shared_data: Path) -> None:
    with gzip.open(shared_data / "ccnet_golden" / "2_lines.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    assert len(rows) == 1571
    assert [lm_form(row["line"], "ccnet") for row in rows] == [row["for_lm"] for row in rows]
    assert [ccnet_form_of_chars(row["line"].strip()) for row in rows] == [row["for_lm"] for row in rows]


def test_golden_punctuation(shared_data: Path) -> None:
    lines = (shared_data / "ccnet_golden" / "unicode_punct.tsv").read_text(encoding="utf-8").split("\n")[1:]
    table = {line.split("\t")[1]: line.split("\t")[2] for line in lines if line}
    assert len(table) == 34
    assert {char: lm_form(f"a{char}b", "ccnet") for char in table} == {
        char: "a0b" if char == "１" else f"a{to}b" for char, to in table.items()
    }


TEXTS = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("aΣσ—…1١٣İß한é\u0301\n\x85\u302e\U0001d165 ")
)


@given(TEXTS)
@example("ΑΣ ΑΣΑ Σ a\u0301Σ")
@example("\U0001d16d\U0001d165")  # marks that NFD puts in another order
@example("한국어 — … № ½")
def test_ccnet_is_the_straightforward_way(text: str) -> None:
    assert lm_form(text, "ccnet") == ccnet_form_of_chars(text.strip())


def test_every_assigned_character_has_its_ccnet_form() -> None:
    wrong = []
    # Nothing above these planes has a form but the compatibility ideographs.
    for begin in [*range(0, 0xD800, 0x100), *range(0xE000, 0x20000, 0x100), 0x2F800, 0x2F900, 0x2FA00]:
        text = "a" + "a".join(map(chr, range(begin, begin + 0x100)))
        if lm_form(text, "ccnet") != ccnet_form_of_chars(text):
            wrong.append(begin)
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("한국어 텍스트", "한국어 텍스트"),
        (unicodedata.normalize("NFD", "한국어"), "한국어"),
        ("हिन्दी में लिखना", "हिन्दी में लिखना"),
        ("தமிழ் எழுத்து", "தமிழ் எழுத்து"),
        ("ভাষা ও সংস্কৃতি", "ভাষা ও সংস্কৃতি"),
        ("น้ำตาลและกาแฟที่นี่", "น้ำตาลและกาแฟที่นี่"),
        ("မြန်မာဘာသာ", "မြန်မာဘာသာ"),
        ("ខ្មែរ", "ខ្មែរ"),
        ("Tiếng Việt, Café ÑANDÚ", "tiếng việt, café ñandú"),
        ("ẹ̀kọ́ Yorùbá", "ẹ̀kọ́ yorùbá"),
        ("Київ, їжак, й Ѓорѓи", "київ, їжак, й ѓорѓи"),
        ("до́ма и доро́га", "дома и дорога"),
        ("كَتَبَ الوَلَدُ الدَّرْسَ", "كتب الولد الدرس"),
        ("جمـــيل", "جميل"),
        ("שָׁלוֹם", "שלום"),
        ("می‌روم", "می‌روم"),
        ("ΟΔΥΣΣΕΥΣ ΣΑΣ", "οδυσσευς σας"),
        ("one\ntwo\r\nthree\u2028four\x85five\xa0six\u3000seven", "one two  three four five six seven"),
        ("soft\u00adhyphen \u200e\ufeffzero\u200bwidth ❤\ufe0f", "softhyphen zerowidth ❤"),
        ("«1» “2” ‘3’ – — … ٤،५।", '"0" "0" \'0\' - - ... 0,0.'),
        ("他说：“你好，世界！”（完）。", '他说:"你好,世界!"(完).'),
        ("  \t ", ""),
        ("", ""),
        ("Tab\tNUL\x00 A1", "tab nul a0"),
    ],
)
def test_script_safe(text: str, expected: str) -> None:
    assert lm_form(text, "script_safe") == expected


@given(TEXTS)
def test_script_safe_is_one_line_and_keeps_its_words_apart(text: str) -> None:
    form = lm_form(text, "script_safe")
    assert not any(unicodedata.category(char) == "Cc" for char in form)
    assert len(form.split()) <= len(text.split())
    assert lm_form(f"word\n{text.strip()}\nend", "script_safe").endswith(" end")


def straightforward(text: str, form: Form) -> str:
    if form == "ccnet":
        return ccnet_form_of_chars(text.strip())
    composed = unicodedata.normalize("NFC", text.strip().lower() if "Σ" in text else text.strip())
    return "".join(map(_script_safe_of_char, re.sub("(?<=[\u0400-\u052f])[\u0300\u0301]", "", composed)))


@given(st.lists(TEXTS | st.text(st.sampled_from("aΣσ \n\u0301и\u1e69…\U0001d165\U0001d16d한\u1112\U0001f600"))))
@example(["а\u0301", "e\u0301", "", "ΑΣ", "\U0001d16d\U0001d165", "\ufb2c…", "x"])
def test_many_texts_at_once_become_what_each_becomes(texts: list[str]) -> None:
    for form in get_args(Form):
        expected = [straightforward(text, form) for text in texts]
        assert lm_texts(texts, form) == expected
        images, begins = lm_forms(texts, form)
        assert begins.tolist() == [0, *np.cumsum([len(text.encode()) for text in expected]).tolist()]
        assert images.tobytes() == "".join(expected).encode()


def test_texts_are_taken_in_chunks_and_none_is_lost() -> None:
    assert list(in_chunks(["aa", "b", "", "cccc", "d"], 2)) == [["aa", "b"], ["", "cccc"], ["d"]]
    assert list(in_chunks([], 2)) == []
    texts = [letter * 9_000 for letter in "aéбह한😀xyz"]
    assert lm_texts(texts, "script_safe") == texts


def test_a_lone_surrogate_does_not_stop_it() -> None:
    assert lm_form("a\ud800b", "script_safe") == lm_form("a\ud800b", "ccnet") == "a?b"
