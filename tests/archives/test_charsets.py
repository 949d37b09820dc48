"""The character set of a page: mark, validity, header, meta tag, detection."""

import codecs
import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.archives.bodies import decode_body
from ccnet_lite.archives.charsets import declared_charset, decode_text
from tests.archives.archive_making import read, records_of

RUSSIAN = "Съешь же ещё этих мягких французских булок, да выпей чаю. Широкая электрификация."
JAPANESE = "日本語の文章をここに書きます。漢字とひらがなとカタカナが混ざっています。"
SAMPLES = {
    "windows-1251": RUSSIAN,
    "koi8-r": RUSSIAN,
    "windows-1252": "Le cœur déçu mais l'âme plutôt naïve, Louÿs rêva en canoë au delà des îles.",
    "iso-8859-2": "Příliš žluťoučký kůň úpěl ďábelské ódy. Nechť již hříšné saxofony ďáblů rozezvučí síň.",
    "shift_jis": JAPANESE,
    "euc-jp": JAPANESE,
    "iso-2022-jp": JAPANESE,
    "gb2312": "这是一个用中文写的句子，用来测试字符集的检测。我们希望它能正确工作。",
    "big5": "這是一個用中文寫的句子，用來測試字元集的偵測。我們希望它能正確工作。",
    "euc-kr": "이것은 문자 집합 감지를 시험하기 위한 한국어 문장입니다. 잘 작동하기를 바랍니다.",
    "windows-1256": "هذه جملة باللغة العربية لاختبار اكتشاف مجموعة المحارف ونأمل أن تعمل جيدا",
    "tis-620": "นี่คือประโยคภาษาไทยสำหรับทดสอบการตรวจจับชุดอักขระ",
}
NOT_DETECTED = {"iso-8859-2", "euc-kr"}  # in texts as short as these


@pytest.mark.parametrize("name", SAMPLES)
def test_the_set_that_the_header_names(name: str) -> None:
    body = SAMPLES[name].encode(name)
    text, _ = decode_text(body, name)
    assert text == SAMPLES[name]
    assert decode_text(body, name.upper())[0] == text


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize(
    "head",
    [
        '<meta charset="{}">',
        "<META CHARSET={}>",
        '<meta http-equiv="Content-Type" content="text/html; charset={}">',
        '<?xml version="1.0" encoding="{}"?>',
    ],
)
def test_the_set_that_the_page_names(name: str, head: str) -> None:
    page = head.format(name) + SAMPLES[name]
    assert decode_text(page.encode(name), "")[0] == page


@pytest.mark.parametrize("name", sorted(SAMPLES.keys() - NOT_DETECTED))
def test_a_set_that_nobody_names_is_detected(name: str) -> None:
    assert decode_text((SAMPLES[name] * 3).encode(name), "")[0] == SAMPLES[name] * 3


def test_marks_go_before_everything() -> None:
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ):
        assert decode_text(mark + "日本 é".encode(name), "windows-1251") == ("日本 é", name)


@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("page", ["<p>日本 é", "\r\n <!doctype html><p>Text", "<?xml version='1.0'?><html/>"])
def test_utf_16_without_a_mark_is_told_by_its_zeros(name: str, page: str) -> None:
    assert decode_text(page.encode(name), "") == (page, name)
    assert decode_text(page.encode(name), "utf-8") == (page, name)


def test_zeros_alone_make_no_utf_16() -> None:
    for body in (b"\0" * 6, b"<\0p>", b"<p>a\0b\0c\0", b"\0<p>"):
        assert decode_text(body, "")[1] == "utf-8"


def test_valid_utf8_goes_before_what_is_declared() -> None:
    assert decode_text("Ünïcödé текст".encode(), "windows-1252") == ("Ünïcödé текст", "utf-8")
    assert decode_text(b"plain", "utf-16") == ("plain", "utf-8")


def test_names_mean_the_larger_sets_of_browsers() -> None:
    assert decode_text("①㈱ ～".encode("cp932"), "shift_jis") == ("①㈱ ～", "cp932")
    assert decode_text("똠방각하".encode("cp949"), "euc-kr")[0] == "똠방각하"
    assert decode_text("–“x”".encode("cp1252"), "iso-8859-1")[0] == "–“x”"


def test_some_wrong_bytes_in_utf8() -> None:
    body = "ü" * 100 + "\udcff"
    text, name = decode_text(body.encode("utf-8", "surrogateescape"), "utf-8")
    assert (text, name) == ("ü" * 100 + "\ufffd", "utf-8; invalid bytes replaced")


def test_a_character_cut_off_at_the_end() -> None:
    assert decode_text("日本".encode()[:-1], "")[0] == "日"


@pytest.mark.parametrize("name", ["", "no-such-set", "base64", "rot13", "idna", "undefined", "utf-7", "x" * 41])
def test_sets_that_are_none_do_no_harm(name: str) -> None:
    assert decode_text("Съешь ещё этих мягких французских булок".encode("cp1251"), name)[0][:6] == "Съешь "


def test_declared_charset() -> None:
    assert declared_charset("text/html; charset=utf-8") == "utf-8"
    assert declared_charset("text/html;CHARSET = 'Shift_JIS' ; x") == "Shift_JIS"
    assert declared_charset("text/html") == declared_charset("") == declared_charset("charset=") == ""


@given(
    st.binary(max_size=400),
    st.sampled_from(["", "utf-8", "shift_jis", "iso-2022-jp", "euc-kr", "koi8-r", "?"]),
)
def test_any_bytes_have_a_text(body: bytes, declared: str) -> None:
    text, name = decode_text(body, declared)
    assert name
    text.encode("utf-16", "surrogatepass")


def test_real_pages(shared_data: Path) -> None:
    """The truth: what the pages of the benchmark were saved as."""
    folder = shared_data / "warc_pages"
    with (folder / "article_extraction_benchmark.index.tsv").open(encoding="utf-8") as file:
        saved_as = {row[0]: row[4] for row in csv.reader(file, delimiter="\t")}
    items = read((folder / "article_extraction_benchmark.warc.gz").read_bytes())
    pages, wrong = 0, []
    for record in records_of(items):
        if record.http_headers is None:
            continue
        body = decode_body(record.http_headers, record.content, 1 << 30)
        text, name = decode_text(body, declared_charset(record.http_headers.get("content-type", "")))
        pages += 1
        if codecs.lookup(name.partition(";")[0]) != codecs.lookup(saved_as[record.url]) or "\ufffd" * 3 in text:
            wrong.append((record.url, name, saved_as[record.url]))
    assert pages == 181
    assert wrong == []
