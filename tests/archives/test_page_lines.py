"""The line classifier: what it keeps of small pages, its scan against the parsers', and that it stays linear."""

import json
import time
from pathlib import Path

import numpy as np
import pytest
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

from ccnet_lite.archives import page_blocks, page_lines, page_model
from ccnet_lite.archives.errors import ExtractionError
from ccnet_lite.archives.html import to_text
from ccnet_lite.archives.page_blocks import (
    ELEMENT,
    END,
    LINK_CHARS,
    MAX_INDENT,
    START,
    STOPS,
    UNSPACED,
    WIDE,
    WORDS,
    blocks_of,
)
from ccnet_lite.archives.page_features import N_FEATURES, NAMES, features
from ccnet_lite.archives.page_lines import kept_blocks, text_of
from ccnet_lite.archives.page_tags import BLOCKS, fnv
from tests.archives.test_html import articles, token_f1

MENU = "".join(f"<li><a href=/{name}>{name}</a>" for name in ("World", "Sports", "Money", "Weather", "Contact"))
RELATED = "".join(f"<li><a href=/{n}>Another story that you may like, number {n}</a></li>" for n in range(8))


def news(paragraphs: list[str], extra: str = "", attributes: str = "") -> bytes:
    """A page as news sites send it."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<!doctype html><html {attributes}><head><title>A &amp; B</title><script>var a='<p>x</p>'</script></head>"
        f"<body><header class='site-header'><nav id=main-menu><ul>{MENU}</ul></nav></header>"
        f"<main><article class='post'><h1>A heading of the story</h1><div class='entry-text'>{text}{extra}</div>"
        f"</article></main><aside class='sidebar related-posts'><h3>Related stories</h3><ul>{RELATED}</ul></aside>"
        f"<section id=comments class=comment-list><h3>2 comments</h3><div class='comment'><p>first!! lol</p></div>"
        f"<div class='comment'><p>nice one</p></div></section>"
        f"<footer class='site-footer'><p>Copyright 2024 The Paper. Rights reserved.</p><ul>{MENU}</ul></footer>"
    ).encode()


ENGLISH = [
    f"The council voted on {day} to keep the old bridge open, after a long debate about its repair, and asked the "
    f"engineers for a new report. It is due by the end of the month, said the mayor, {n} days from now."
    for n, day in enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"), 3)
]
CHINESE = [
    f"市议会在第{n}次会议上决定，旧桥继续开放。经过长时间的讨论，议员们要求工程师提交新的报告，并在月底之前完成。"
    f"市长表示，这座桥对于附近的居民非常重要，修理的费用也比新建一座桥低得多。"
    f"许多居民对这个决定表示欢迎，他们说这座桥已经使用了一百多年。"
    for n in "一二三四五"
]
ARABIC = [
    f"قرر مجلس المدينة في جلسته رقم {n} إبقاء الجسر القديم مفتوحا، بعد نقاش طويل حول إصلاحه، وطلب من المهندسين "
    "تقريرا جديدا قبل نهاية الشهر. وقال رئيس البلدية إن الجسر مهم لسكان الأحياء القريبة، وإن تكلفة إصلاحه أقل من "
    "بناء جسر آخر."
    for n in range(3, 8)
]
THAI = [
    f"สภาเมืองลงมติครั้งที่ {n} ให้เปิดสะพานเก่าต่อไปหลังจากการอภิปรายที่ยาวนานเกี่ยวกับการซ่อมแซม"
    "และขอให้วิศวกรส่งรายงานฉบับใหม่ภายในสิ้นเดือนนี้ "
    "นายกเทศมนตรีกล่าวว่าสะพานนี้มีความสำคัญต่อผู้อยู่อาศัยในบริเวณใกล้เคียงและค่าซ่อมแซมก็ต่ำกว่าการสร้างสะพานใหม่"
    for n in range(3, 8)
]


@pytest.mark.parametrize("paragraphs", [ENGLISH, CHINESE, ARABIC, THAI], ids=["en", "zh", "ar", "th"])
def test_an_article_is_kept_and_what_is_around_it_is_not(paragraphs: list[str]) -> None:
    page = to_text(news(paragraphs, attributes="dir=auto"), "utf-8", "lines")
    assert page.title == "A & B"
    assert [line for line in page.text.split("\n") if line != "A heading of the story"] == paragraphs


def texts(page: bytes) -> list[str]:
    blocks = blocks_of(page)
    return [blocks.text[row[START] : row[END]].decode() for row in blocks.counts]


def test_blocks_are_what_lies_between_block_tags() -> None:
    page = b"<p>One <b>bold</b>\n word<div>two<br>three<ul><li>a<li>b</ul><pre>x  y\n\n z</pre><h2>h</h2>tail"
    assert texts(page) == ["One bold word", "two", "three", "a", "b", "x y", " z", "h", "tail"]


@pytest.mark.parametrize(
    "hidden",
    [
        "<!-- a <p>x</p> -->", "<!-->", "<script>if (a<b) x('</p>')</script>", "<style>p{}</style>", "<!x>",
        "<?x?>", "</ x>", "<div hidden>x</div>", "<p style='color:red; display: none'>x</p>", "<i title='>x'></i>",
        "<div aria-hidden=TRUE>x<p>y</div>", "<noscript>x</noscript>", "<svg><title>x</title><text>x</text></svg>",
        "<select><option>x<option>y</select>", "<textarea>x</textarea>", "<a b='' =c d = e/>",
        "<TEMPLATE>x</template>",
    ],
)  # fmt: skip
def test_what_no_reader_sees_is_no_text(hidden: str) -> None:
    assert texts(f"<p>before</p>{hidden}<p>after</p>".encode()) == ["before", "after"]


@pytest.mark.parametrize("tail", ["<!-- x", "<script>x", "<p class='x", "<p a=x", "<", "</", "<!", "&", "\u00e9<"])
def test_a_page_may_end_anywhere(tail: str) -> None:
    assert texts(f"<p>before</p>{tail}".encode())[0] == "before"


def test_end_tags_may_be_omitted_or_stray() -> None:
    blocks = blocks_of(
        b"<table><tr><td>1<td>2<tr><th>3</table></div></p><dl><dt>4<dd>5</dl><p>6<p>7<ul><li>8</ul>9"
    )
    tags = [BLOCKS[blocks.tags[row[ELEMENT]]] if blocks.tags[row[ELEMENT]] >= 0 else "" for row in blocks.counts]
    assert tags == ["td", "td", "th", "dt", "dd", "p", "p", "li", ""]
    nested = blocks_of(b"<div id=a><table><tr><td>x</div>y</table>z</div>w")
    assert [int(nested.tags[row[ELEMENT]]) for row in nested.counts][-1] == -1


def test_an_end_tag_in_a_cell_ends_nothing_around_the_table() -> None:
    blocks = blocks_of(b"<div><table><tr><td>x</div>y</table>z</div>w")
    tags = [BLOCKS[blocks.tags[row[ELEMENT]]] if blocks.tags[row[ELEMENT]] >= 0 else "" for row in blocks.counts]
    assert tags == ["td", "td", "div", ""]


def test_counts_of_a_block() -> None:
    row = blocks_of("<p>One, <a href=x>two</a>. “Three!” 4…".encode()).counts[0]
    assert (row[WORDS], row[LINK_CHARS], row[STOPS]) == (4, 3, 3)
    row = blocks_of("<p>今天，天气很好。한국 ไทย".encode()).counts[0]
    assert (row[WIDE], row[UNSPACED], row[STOPS]) == (8, 9, 1)


def test_features_of_a_block() -> None:
    """Worked by hand: of five characters four are ideographs, two in a link; of nine characters one is a digit."""
    page = "<div class=content><p>今天<a href=x>天气</a>。</p><ul class=menu><li>One, two 3.</ul></div>"
    blocks = blocks_of(page.encode())
    weights = np.array([2.0, -1.5], np.float32)
    found = features(blocks.counts, blocks.tags, blocks.parents, blocks.first_words, weights)
    first, second = (dict(zip(NAMES, row.tolist(), strict=True)) for row in found)
    assert (first["length"], second["length"]) == pytest.approx((np.log(1 + 5 + 1.5 * 4), np.log(10)))
    assert (first["link_share"], second["digits"], second["upper"]) == pytest.approx((2 / 5, 1 / 9, 1 / 9))
    assert [first[name] for name in ("own", "parent", "sum", "low", "high", "depth")] == [0, 2, 2, 0, 2, 2]
    assert [second[name] for name in ("parent", "grandparent", "sum", "low", "depth")] == [-1.5, 2, 0.5, -1.5, 3]
    assert (first["tag_p"], second["tag_li"], second["in_ul"], first["in_ul"]) == (1, 1, 1, 0)
    assert (first["place_chars"], first["page_links"]) == pytest.approx((11 / 20, 11 * 2 / 5 / 20))
    assert (second["link_1b"], first["sum_1a"], second["stops_1b"]) == pytest.approx((2 / 5, 0.5, 1))


def test_words_of_classes() -> None:
    blocks = blocks_of(b"<div class='postBody side-bar2' id=X1><b class=none>")
    assert blocks.words.tolist() == [fnv(word) for word in (b"post", b"body", b"side", b"bar")]


def test_words_weigh_what_the_model_says_wherever_they_stand_in_its_table() -> None:
    """Some of the words fall on the same place of the table, the last one among them."""
    known = np.array([0, 1, 32, 33, 64, 2**32 - 33, 2**32 - 1], np.uint32)
    weights = np.arange(1, 8, dtype=np.float32)
    words = np.array([*known, 2, 3, 31, 65, 96, 2**31, *known], np.uint32)
    by_name = dict(zip(known.tolist(), weights.tolist(), strict=True))
    wanted = [by_name.get(word, 0.0) for word in words.tolist()]
    assert page_lines.word_weights(words, known, weights).tolist() == wanted
    assert page_lines.word_weights(words, known[:0], weights[:0]).tolist() == [0] * len(words)
    assert page_lines.word_weights(words[:0], known, weights).tolist() == []


def test_kept_blocks_are_lines_and_cells_of_one_row_one_line() -> None:
    blocks = blocks_of(
        b"<p>a&amp;b<table><tr><td>1<td>2&nbsp;&#9;x<tr><th>3<td>4<div>5</div></table><td>6<td>7<p>&#160;</p>&eacute;"
    )
    everything = np.full(len(blocks.counts), True)
    lines = ["a&b", "1\t2 x", "3\t4", "5", "6", "7", "", "é"]
    assert page_lines.text_of(blocks, everything).split("\n") == lines
    everything[[0, 1, 3]] = False
    assert page_lines.text_of(blocks, everything).split("\n") == ["2 x", "4", "5", "6", "7", "", "é"]
    assert page_lines.text_of(blocks, np.full(len(blocks.counts), False)) == ""


def test_character_references_and_charsets() -> None:
    page = (
        "<title>caf&eacute;</title><p>&Uuml;ber&shy;gang &lt;b&gt; &#8222;x&#8220; &amp;amp; z&nbsp;&nbsp;z größer"
    )
    found = to_text(page.encode("latin-1"), "iso-8859-1", "lines")
    assert found.title == "café"
    assert found.text == "Über\u00adgang <b> „x“ &amp; z z größer"


ROWS = "".join(f"<tr><td>City {n}</td><td>{n * 1000} people</td></tr>" for n in range(1, 5))
ITEMS = "".join(
    f"<li>Take {n} cups of flour and stir them well, until nothing is left in the bowl.</li>" for n in (1, 2, 3)
)
CODE = "<pre><code>def add(a, b):\n    total = a + b\n    return total</code></pre>"


def test_tables_lists_and_code_are_kept_whole_or_left() -> None:
    html = news([*ENGLISH[:3]], f"<table>{ROWS}</table><ul>{ITEMS}</ul>{CODE}<p>{ENGLISH[3]}</p>")
    everything = to_text(html, "", "lines").text.split("\n")
    assert "City 2\t2000 people" in everything
    assert [line for line in everything if line.startswith("Take ")] != []
    code = everything.index("def add(a, b):")
    assert everything[code : code + 3] == ["def add(a, b):", "    total = a + b", "    return total"]
    nothing = to_text(html, "", "lines", ()).text.split("\n")
    assert [line for line in nothing if line != "A heading of the story"] == ENGLISH[:4]
    assert "City 2\t2000 people" in to_text(html, "", "lines", ("tables",)).text


def test_lines_of_code_are_set_in_as_they_were() -> None:
    page = (
        b"  <p> a\n  b <pre><code>if x:\n\tfor y  in z:\n\n\t  f(y, &amp;  1)\n<i>&nbsp;  </i>"
        b"<b>\xc2\xa0g()</b>   \n</code>  h</pre>   <p>   i <table><tr><td>  j<td> &amp; k"
    )
    expected = ["a b", "if x:", "\tfor y in z:", "\t  f(y, &  1)", "    g()", "h", "i", "j", "& k"]
    expected[3], expected[5] = "\t  f(y, & 1)", "  h"
    assert texts(page) == [line.replace("&", "&amp;") for line in expected]
    kept = text_of(blocks_of(page), np.ones(9, np.bool_))
    assert kept == "\n".join([*expected[:7], "j\t& k"])
    far = blocks_of(b"<pre>x\n" + 500 * b" " + 500 * b"\t" + b"y</pre>")
    assert far.text == b"x" + MAX_INDENT * b"\t" + MAX_INDENT * b" " + b"y"
    for html in (b"<pre>", b"<pre>\t", b"<pre> &nbsp;", b"<pre>\n\t x"):
        assert len(blocks_of(html).text) <= len(html)


@pytest.mark.parametrize(
    "ruby",
    [
        "<ruby>東<rt>とう</rt>京<rt>きょう</rt></ruby>",
        "<ruby>東京<rp>(</rp><rt>とうきょう</rt><rp>)</rp></ruby>",
        "<ruby>東<rt>とう京</ruby><ruby>京<rp>(<rt>きょう<rp>)</ruby>",
        "<ruby><rb>東<rt>とう<rb>京<rt>きょう</ruby>",
        "<ruby><rb>東京</rb><rtc><rt>とうきょう</rt></rtc></ruby>",
    ],
)
def test_how_a_word_is_read_is_no_part_of_it(ruby: str) -> None:
    assert texts(f"<p>私は{ruby}に住んでいる。<p>終わり".encode()) == ["私は東京に住んでいる。", "終わり"]
    assert texts("<p>東<rt>とう<p>京".encode()) == ["東", "京"]  # without an end, to the block's


def test_where_a_line_may_end_is_no_space() -> None:
    page = "<p>\u200b<p>\u200bខ្ញុំ\u200bស្រឡាញ់ \u200bភាសា\u200b ខ្មែរ<p>a\u200bb c\u2009d"
    assert texts(page.encode()) == ["ខ្ញុំ\u200bស្រឡាញ់ ភាសា\u200b ខ្មែរ", "a\u200bb c d"]


def test_what_is_in_code_is_code() -> None:
    blocks = blocks_of(b"<pre>a<table><tr><td>b</td></tr></table></pre><p>c")
    score = np.array([1.0, -0.5, 1.0], np.float32)
    assert kept_blocks(blocks, score, ("code",)).tolist() == [True, True, True]
    assert kept_blocks(blocks, score, ("tables",)).tolist() == [False, False, True]


def test_a_page_of_which_the_classifier_keeps_nothing_is_kept_without_its_frame() -> None:
    blocks = blocks_of(b"<nav>Menu</nav><p>One.</p><p><a href=x>Link</a></p><form>Send</form><p>Two.</p>")
    nothing = np.full(len(blocks.counts), -1, np.float32)
    assert kept_blocks(blocks, nothing, ()).tolist() == [False, True, False, False, True]
    nothing[2] = 0.1
    assert kept_blocks(blocks, nothing, ()).tolist() == [False, False, True, False, False]


def test_pages_without_text_and_of_a_few_words() -> None:
    assert to_text(b"", "", "lines").text == to_text(b"<p>", "", "lines").text == ""
    assert to_text(b"<p>One.</p><p>Two.</p>", "", "lines").text == "One.\nTwo."


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    assert to_text(b"<div>" * 1000 + b"x", "", "lines").text == "x"
    with pytest.raises(ExtractionError, match="more than 1000 elements") as error:
        to_text(b"<div>" * 1001 + b"x", "", "lines")
    assert error.value.rule == "html_too_deep"
    with pytest.raises(ExtractionError, match="more than 200,000 lines") as error:
        to_text(b"x<p>" * 200_001, "", "lines")
    assert error.value.rule == "html_too_large"


BOMBS = {
    "open tags": b"<div><td>" * 400 + b"<p><span>" * 100_000,
    "stray ends": b"<div>" * 900 + b"</p></span></li>" * 100_000,
    "mixed": b"<ul><li><table><tr><td>" * 190 + b"</div></ul><li>" * 100_000,
    "attributes": b"<p " + b"a=b class='x-y' " * 100_000 + b">x",
    "styles": b"<p style='" + b"none none :" * 100_000 + b"'>x",
    "one quote": b"<p a='" + b"x <p> " * 200_000,
    "comments": b"<!-- -- " * 200_000,
    "scripts": b"<script></scrip</script" * 100_000,
    "references": b"&amp" * 400_000,
    "spaces": b"<p a" + b" " * 2_000_000 + b">x",
}


@pytest.mark.parametrize("name", BOMBS)
def test_hostile_pages_take_no_longer_than_their_length_says(name: str) -> None:
    page = BOMBS[name]
    to_text(b"<p>x", "", "lines")
    start = time.process_time()
    to_text(page, "", "lines")
    assert time.process_time() - start < 0.1 + len(page) * 1e-6


def test_any_bytes_are_read_and_give_the_same_twice() -> None:
    chance = np.random.default_rng(0)
    pieces = (
        b"<p>|</p>|<|>|'|\"|=|<!--|-->|<script>|</script>|&|;|a|\xff|\xe4\xb8\x80|<table>|<td>|<tr>|</table>|\n|<pre>"
    ).split(b"|")
    for _ in range(500):
        page = b"".join(pieces[at] for at in chance.integers(0, len(pieces), 60))
        assert to_text(page, "", "lines") == to_text(page, "", "lines")


def test_the_scan_sees_the_words_that_a_parser_sees(shared_data: Path) -> None:
    """Of real pages: what resiliparse finds as all text, to some elements that only one of both shows."""
    shares = []
    for html, _ in list(articles(shared_data))[::6]:
        page = html.decode("utf-8", "replace")
        theirs = str(
            extract_plain_text(HTMLTree.parse(page), main_content=False, alt_texts=False, form_fields=False)
        )
        shares.append(token_f1("\n".join(texts(page.encode())), theirs))
    assert np.median(shares) > 0.97


def test_the_model_was_made_for_these_features() -> None:
    said = json.loads(page_model.MODEL.read_text(encoding="utf-8"))
    model = page_model.read_model(said)
    assert model.features.max() < N_FEATURES and (np.diff(model.words.astype(np.int64)) > 0).all()
    with pytest.raises(ValueError, match="other features"):
        page_model.read_model(said | {"features": said["features"][1:]})


def test_features_are_finite_whatever_the_page() -> None:
    for page in (b"x", b"<a>x", b"<p><p>x</p>" * 50, b"<h1>x</h1>y" * 3, b"<table><tr><td>" * 20 + b"x"):
        blocks = page_blocks.blocks_of(page)
        weights = np.zeros(len(blocks.words), np.float32)
        x = features(blocks.counts, blocks.tags, blocks.parents, blocks.first_words, weights)
        assert x.shape == (len(blocks.counts), N_FEATURES) and np.isfinite(x).all()


def test_trees_are_summed_as_they_stand_in_the_model() -> None:
    model = page_model.page_model()
    x = np.random.default_rng(0).normal(0, 3, (50, N_FEATURES)).astype(np.float32)
    wanted = np.full(len(x), model.base, np.float32)
    for feature, threshold, leaf in zip(model.features, model.thresholds, model.leaves, strict=True):
        for i in range(len(x)):
            node = 0
            while node < len(feature):
                node = 2 * node + 1 + int(x[i, feature[node]] > threshold[node])
            wanted[i] += leaf[node - len(feature)]
    found = page_lines._sum_trees(x, model.features, model.thresholds, model.leaves, np.float32(model.base))
    assert found.tolist() == wanted.tolist()


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"", b"</p>", b"\xc3", b"\xe2\x82", "\u20ac".encode()])
def test_a_page_of_utf_8_is_read_as_its_text_is(mark: bytes, end: bytes) -> None:
    page = "<title>Ä title</title><p>A line of Ünïcode text, long enough to be kept, as it seems: it is one."
    found = to_text(mark + page.encode() + end, None, "lines")
    whole = end.decode("utf-8", "ignore")
    title, text = page_lines.main_lines((page + whole).encode(), ("tables", "lists", "code"))
    assert (found.title, found.text, found.charset) == (title, text, "utf-8")
