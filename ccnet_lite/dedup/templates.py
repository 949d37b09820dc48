"""Pages made from one template: most words stand in the same order, every few words another.

Whoever changes every tenth word for a synonym, or fills a town's name in, leaves a Jaccard similarity of shingles
of 0.2 to 0.6, and with every fifth word changed no shingle of five at all. So texts have a second signature, of
shingles of three words (`skeletons`). Each two numbers of it are a key (`keys`); pairs that share one, and
LIKELY of the signature, are compared word by word (`in_order`).

Two texts are of one template where most of their words are the same in the same order, and no stretch of more
than a few is one's own: a page that says something itself is not dropped for its frame.

Texts in two languages are not compared: a translation into a close one is no copy.

Not handled: paragraphs in another order; texts of which more than a third of the words differ; documents of
other crawls of an index. Two shingles of three words are common in a very large crawl: in a bucket of more than
a hundred documents only pairs with its first are looked at, so recall falls there.
"""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ccnet_lite.dedup.candidates import candidate_pairs, distinct_pairs
from ccnet_lite.dedup.each import on_threads
from ccnet_lite.dedup.minhash import band_hashes, signatures
from ccnet_lite.dedup.pairs import as_matrix, similarities, uint32_rows
from ccnet_lite.dedup.stand_ins import ReadHashes, Way, stand_ins
from ccnet_lite.settings import NearDuplicateSettings
from ccnet_lite.text.compiled import compiled
from ccnet_lite.text.hashes import token_hashes
from ccnet_lite.text.tokens import pieces, tokenize

UInt32 = npt.NDArray[np.uint32]
UInt64 = npt.NDArray[np.uint64]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]

NGRAM = 3
"""Words in a shingle: two of five shingles are left where every fifth word is another."""
KEYS, ROWS_A_KEY = 96, 2
"""With them 99.8 % of pairs at a similarity of 0.25 share a key: every fifth word."""
LIKELY = 0.1
"""Of two signatures' numbers, what has to be equal before texts are read; of unlike texts one in a hundred is."""
OWN_PART, LEAST_OWN, MOST_OWN = 20, 6, 16
"""Words (characters in scripts written without spaces) in a row that one text has and the other not: at most one
in twenty of the longer text's, or six, and never more than sixteen. Two windows of one text, one of which begins a
little later, have more at their ends, or are near-duplicates."""


def skeletons(texts: Sequence[str], seed: int) -> UInt32:
    """MinHash signatures of shingles of NGRAM words, uint32 [texts, KEYS * ROWS_A_KEY]."""
    return signatures(texts, NearDuplicateSettings(bands=KEYS, rows=ROWS_A_KEY, ngram=NGRAM, seed=seed))


def keys(skeletons: UInt32, languages: pa.Array | pa.ChunkedArray) -> UInt64:
    """64-bit hashes of each two numbers of `skeletons` and the text's language, uint64 [texts, KEYS].

    >>> one, other = skeletons(["the best place to buy a kayak", "the best place to get a kayak"], 1)
    >>> found = keys(np.stack([one, other, other]), pa.array(["en", "en", "de"]))
    >>> found.shape, bool((found[0] == found[1]).any()), bool((found[1] == found[2]).any())
    ((3, 96), True, False)
    """
    found = band_hashes(skeletons, KEYS, ROWS_A_KEY)
    language = languages.unique()
    hashes = [int.from_bytes(blake2b(str(code).encode(), digest_size=8).digest(), "little") for code in language]
    of_text = np.array(hashes, np.uint64)[np.asarray(pc.index_in(languages, value_set=language))]
    return np.asarray(found + of_text[:, None])


def word_hashes(text: str) -> UInt32:
    """The hash of each token of a text, in their order.

    >>> len(word_hashes("Don't! 東京")), len(word_hashes("..."))
    (4, 0)
    """
    found = [(token_hashes(tokenize([piece])) >> np.uint64(32)).astype(np.uint32) for piece in pieces(text)]
    return np.concatenate(found)


def words_in_order(first: pa.Array | pa.ChunkedArray, second: pa.Array | pa.ChunkedArray) -> Float64:
    """[pairs]: what `in_order` says of two columns of `word_hashes`, binary."""
    (bounds, words), (others_bounds, others) = uint32_rows(first), uint32_rows(second)
    return np.asarray(in_order(words, bounds, others, others_bounds))


@compiled
def in_order(first: UInt32, first_bounds: Int64, second: UInt32, second_bounds: Int64) -> Float64:
    """[pairs]: the share of the longer text's words that both have in one order; 0 where one says more of its own.

    Pair i is first[first_bounds[i] : first_bounds[i + 1]] and second likewise. The texts are gone through side by
    side; where they part, the nearest place is looked for at which they agree again. That none may be far off
    bounds the time by the words of both.

    >>> one, other = word_hashes("the best place to buy a kayak"), word_hashes("the finest place to get a kayak")
    >>> in_order(one, np.array([0, 7]), other, np.array([0, 7])).tolist()
    [0.7142857142857143]
    """
    found = np.zeros(len(first_bounds) - 1)
    for pair in range(len(found)):
        a, a_end = first_bounds[pair], first_bounds[pair + 1]
        b, b_end = second_bounds[pair], second_bounds[pair + 1]
        longer, same = max(a_end - a, b_end - b), 0
        most = min(MOST_OWN, max(LEAST_OWN, longer // OWN_PART))
        while a < a_end and b < b_end:
            if first[a] == second[b]:
                same, a, b = same + 1, a + 1, b + 1
                continue
            left, right = _agreeing_again(first[a:a_end], second[b:b_end], most)
            if left < 0:
                break
            a, b = a + left, b + right
        if longer and a_end - a <= most and b_end - b <= most:
            found[pair] = same / longer
    return found


@compiled
def _agreeing_again(first: UInt32, second: UInt32, most: int) -> tuple[int, int]:
    """After how many words of each two texts agree again, the fewest of both together; -1 where after too many.

    They agree in two words, or in one after as many words of each: those were changed one for one.
    """
    for steps in range(1, 2 * most + 1):
        for turn in range(steps + 1):
            # From the middle outwards: as many words of each are likelier than many of one.
            half = (turn + 1) // 2
            left = steps // 2 + half if turn % 2 else steps // 2 - half
            right = steps - left
            if min(left, right) < 0 or max(left, right) > most or left >= len(first) or right >= len(second):
                continue
            if first[left] != second[right]:
                continue
            if left == right or (
                left + 1 < len(first) and right + 1 < len(second) and first[left + 1] == second[right + 1]
            ):
                return left, right
    return -1, -1


def template_documents(documents: pa.Table, order: list[str], least: float, read_words: ReadHashes) -> pa.Table:
    """Rows of `templates`, sorted by doc_id.

    documents: doc_id, shard, position, language, skeleton (not empty), and the columns of `order`, of which the
    document that stays has least; ties go to the smaller id. least: what `in_order` must say of a pair.
    read_words: gives `word_hashes`.
    """
    if not documents.num_rows:
        return TEMPLATE.rows.empty_table()
    documents = documents.sort_by([(name, "ascending") for name in (*order, "doc_id")]).combine_chunks()
    numbers = np.arange(documents.num_rows)
    by_key = keys(as_matrix(documents["skeleton"]), documents["language"]).view(np.int64)
    plain = np.zeros(len(numbers), np.int64)

    def of_key(number: int) -> Int64:
        hashes = np.ascontiguousarray(by_key[:, number])
        return np.stack(candidate_pairs(pa.table({"hash": hashes, "number": numbers, "sketch": plain}), []))

    found = [np.empty((2, 0), np.int64), *on_threads(of_key, (), by_key.shape[1])]
    src, dst = distinct_pairs(*np.concatenate(found, axis=1))
    return stand_ins(documents, src, dst, TEMPLATE, least, read_words)


def _equal_numbers(first: pa.Array | pa.ChunkedArray, second: pa.Array | pa.ChunkedArray) -> Float64:
    return similarities(first, second, "signature")


TEMPLATE = Way(
    *("skeleton", _equal_numbers, LIKELY, "words", words_in_order),
    ("template_of", "template_similarity", "template_copies"),
)
