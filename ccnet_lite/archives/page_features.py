"""What a line classifier is told of each block of a page: counts, the elements it lies in, and its neighbours.

Nothing here knows a language: lengths count letters of scripts written without spaces double and more, ends of
sentences are those of all scripts. What names of classes and ids tell is a table of weights (page_model.py).
"""

import numpy as np
import numpy.typing as npt

from ccnet_lite.archives.page_blocks import (
    AFTER_BREAK,
    CHARS,
    CODE_CHARS,
    COMMAS,
    DIGITS,
    ELEMENT,
    LAST_COLON,
    LAST_STOP,
    LINK_CHARS,
    LINKS,
    STOPS,
    TAGS,
    UNSPACED,
    UPPER,
    WIDE,
    WORDS,
)
from ccnet_lite.archives.page_tags import BLOCKS, Int32
from ccnet_lite.text.compiled import compiled

Float32 = npt.NDArray[np.float32]

_KINDS = (
    "nav", "header", "footer", "aside", "article", "main", "figure", "form", "table", "ul", "blockquote",
    "section", "figcaption", "button", "pre",
)  # fmt: skip
_KIND = np.array([_KINDS.index(name.replace("ol", "ul")) if name.replace("ol", "ul") in _KINDS else -1
                  for name in BLOCKS], np.int32)  # fmt: skip
_N_KINDS = len(_KINDS)
_H1, _H6 = BLOCKS.index("h1"), BLOCKS.index("h6")
_P, _LI, _TD, _TH, _DIV = (BLOCKS.index(name) for name in ("p", "li", "td", "th", "div"))
_HTML, _BODY = BLOCKS.index("html"), BLOCKS.index("body")

NAMES = (
    "length words mean_word links link_share commas stops digits upper last_stop last_colon tags after_break code "
    "tag_p tag_h tag_li tag_cell tag_div own parent grandparent sum low high depth "
    + " ".join(f"in_{name}" for name in _KINDS)
    + " place place_chars place_good since_h1 h1_seen before_good after_good good "
    "parent_good parent_part parent_links parent_blocks grand_good grand_part grand_links great_part great_links "
    "from_best under_best best_part root_depth in_root root_links "
    "page_length page_blocks page_links "
    "length_1b length_1a length_2b length_2a link_1b link_1a link_2b link_2a good_1b good_1a same_1b same_1a "
    "stops_1b stops_1a sum_1b sum_1a window_good window_links"
).split()
N_FEATURES = len(NAMES)


@compiled
def features(counts: Int32, tags: Int32, parents: Int32, first_words: Int32, weights: Float32) -> Float32:
    """(blocks, N_FEATURES), in the order of NAMES.

    weights: of each word of an element, how far it speaks for the text within (log odds; 0: unknown).
    """
    n, m = len(counts), len(tags)
    x = np.zeros((n, N_FEATURES), np.float32)
    # Of each element: what it is within, and the weights of its own words and of those around it.
    own, total, low, high = np.zeros((4, m), np.float32)
    depth = np.zeros(m, np.int32)
    within = np.zeros((m, _N_KINDS), np.int8)
    for e in range(1, m):
        up = parents[e]
        worst = best = np.float32(0)
        value = np.float32(0)
        for w in range(first_words[e], first_words[e + 1]):
            value += weights[w]
            worst, best = min(worst, weights[w]), max(best, weights[w])
        own[e] = max(min(worst + best, np.float32(4)), np.float32(-4))
        page = tags[e] == _HTML or tags[e] == _BODY
        total[e] = own[e] if page else total[up] + own[e]
        low[e] = min(worst, low[up])
        high[e] = best if page else max(best, high[up])
        depth[e] = depth[up] + 1
        within[e] = within[up]
        kind = _KIND[tags[e]]
        if kind >= 0:
            within[e, kind] = 1
    # Of each element: letters, those in links, those in good blocks, within it and directly in it.
    length = np.zeros(n, np.float32)
    good = np.zeros(n, np.float32)
    chars, linked, fine, near, blocks = np.zeros((5, m), np.float32)
    for i in range(n):
        row = counts[i]
        length[i] = row[CHARS] + 1.5 * row[WIDE]
        share = row[LINK_CHARS] / row[CHARS]
        if length[i] >= 60 and share < 0.4 and (row[STOPS] + row[COMMAS] > 0 or length[i] >= 120):
            good[i] = min(length[i], np.float32(600)) * (1 - share)
        e = row[ELEMENT]
        chars[e] += length[i]
        linked[e] += length[i] * share
        fine[e] += good[i]
        blocks[e] += 1
    for e in range(m):
        if tags[e] == _P or tags[e] == _DIV or tags[e] == _LI:
            near[parents[e]] += fine[e] if tags[e] == _P else fine[e] * np.float32(0.7)
            near[parents[parents[e]]] += fine[e] * np.float32(0.3)
        near[e] += fine[e] * np.float32(0.8)
    for e in range(m - 1, 0, -1):
        chars[parents[e]] += chars[e]
        linked[parents[e]] += linked[e]
        fine[parents[e]] += fine[e]
        blocks[parents[e]] += blocks[e]
    all_good, all_chars = max(fine[0], np.float32(1)), max(chars[0], np.float32(1))
    # The element with the most good text directly in it; and the innermost one with most of the page's.
    best_element = 0
    most = np.float32(-1)
    root = 0
    for e in range(m):
        if near[e] * (1 + 0.1 * max(min(total[e], np.float32(4)), np.float32(-4))) > most:
            most = near[e] * (1 + 0.1 * max(min(total[e], np.float32(4)), np.float32(-4)))
            best_element = e
        if fine[e] >= 0.6 * all_good and depth[e] >= depth[root]:
            root = e
    on_path = np.full(m, -1, np.int32)  # of the best element and those around it, how far up
    e, steps = best_element, 0
    while True:
        on_path[e] = steps
        if e == 0:
            break
        e, steps = int(parents[e]), steps + 1
    in_best, in_root, up_to = np.zeros(m, np.int8), np.zeros(m, np.int8), np.zeros(m, np.int32)
    for e in range(m):
        up = parents[e]
        in_best[e] = e == best_element or (e > 0 and in_best[up])
        in_root[e] = e == root or (e > 0 and in_root[up])
        up_to[e] = on_path[e] if on_path[e] >= 0 else up_to[up]
    seen_chars = seen_good = np.float32(0)
    last_h1 = -1
    for i in range(n):
        row = counts[i]
        e = row[ELEMENT]
        tag = tags[e]
        up = parents[e]
        grand = parents[up]
        great = parents[grand]
        size = np.float32(row[CHARS])
        seen_chars += length[i]
        if tag == _H1:
            last_h1 = i
        x[i, 0] = np.log1p(length[i])
        n_words = row[WORDS] + row[UNSPACED] / np.float32(3)
        x[i, 1] = np.log1p(n_words)
        x[i, 2] = length[i] / n_words
        x[i, 3] = row[LINKS]
        x[i, 4] = row[LINK_CHARS] / size
        x[i, 5] = row[COMMAS]
        x[i, 6] = row[STOPS]
        x[i, 7] = row[DIGITS] / size
        x[i, 8] = row[UPPER] / size
        x[i, 9] = row[LAST_STOP]
        x[i, 10] = row[LAST_COLON]
        x[i, 11] = row[TAGS]
        x[i, 12] = row[AFTER_BREAK]
        x[i, 13] = row[CODE_CHARS] / size
        x[i, 14] = tag == _P
        x[i, 15] = tag - _H1 + 1 if _H1 <= tag <= _H6 else 0
        x[i, 16] = tag == _LI
        x[i, 17] = tag in (_TD, _TH)
        x[i, 18] = tag == _DIV
        x[i, 19] = own[e]
        x[i, 20] = own[up]
        x[i, 21] = own[grand]
        x[i, 22] = total[e]
        x[i, 23] = low[e]
        x[i, 24] = high[e]
        x[i, 25] = depth[e]
        for kind in range(_N_KINDS):
            x[i, 26 + kind] = within[e, kind]
        before = seen_good
        seen_good += good[i]
        k = 26 + _N_KINDS
        x[i, k + 0] = np.float32(i) / n
        x[i, k + 1] = seen_chars / all_chars
        x[i, k + 2] = seen_good / all_good
        x[i, k + 3] = min(i - last_h1, 200) if last_h1 >= 0 else -1
        x[i, k + 4] = last_h1 >= 0
        x[i, k + 5] = np.log1p(before)
        x[i, k + 6] = np.log1p(all_good - seen_good)
        x[i, k + 7] = good[i]
        x[i, k + 8] = fine[up] / all_good
        x[i, k + 9] = (chars[up] - chars[e]) / all_chars
        x[i, k + 10] = linked[up] / max(chars[up], np.float32(1))
        x[i, k + 11] = np.log1p(blocks[up])
        x[i, k + 12] = fine[grand] / all_good
        x[i, k + 13] = chars[grand] / all_chars
        x[i, k + 14] = linked[grand] / max(chars[grand], np.float32(1))
        x[i, k + 15] = fine[great] / all_good
        x[i, k + 16] = linked[great] / max(chars[great], np.float32(1))
        x[i, k + 17] = up_to[e]
        x[i, k + 18] = in_best[e]
        x[i, k + 19] = fine[best_element] / all_good
        x[i, k + 20] = depth[e] - depth[root]
        x[i, k + 21] = in_root[e]
        x[i, k + 22] = linked[root] / max(chars[root], np.float32(1))
        x[i, k + 23] = np.log1p(all_chars)
        x[i, k + 24] = np.log1p(np.float32(n))
        x[i, k + 25] = linked[0] / all_chars
        k += 26
        one_before, two_before = max(i - 1, 0), max(i - 2, 0)
        one_after, two_after = min(i + 1, n - 1), min(i + 2, n - 1)
        for j in (one_before, one_after, two_before, two_after):
            x[i, k] = np.log1p(length[j])
            x[i, k + 4] = counts[j, LINK_CHARS] / np.float32(counts[j, CHARS])
            k += 1
        k += 4
        for j in (one_before, one_after):
            x[i, k] = good[j]
            x[i, k + 2] = tags[counts[j, ELEMENT]] == tag and parents[counts[j, ELEMENT]] == up
            x[i, k + 4] = counts[j, STOPS]
            x[i, k + 6] = total[counts[j, ELEMENT]]
            k += 1
        k += 6
        text = link = rest = np.float32(0)
        for j in range(max(i - 4, 0), min(i + 5, n)):
            text += good[j]
            link += counts[j, LINK_CHARS]
            rest += counts[j, CHARS]
        x[i, k] = text
        x[i, k + 1] = link / rest
    return x
