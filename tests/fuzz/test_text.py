"""The text kernels on any text, against the same written straightforwardly."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.text.characters import code_points, to_text
from ccnet_lite.text.homoglyphs import is_suspect
from ccnet_lite.text.lm_form import ccnet_form_of_chars, lm_form
from ccnet_lite.text.paragraphs import batch_line_keys, dedup_form
from ccnet_lite.text.scripts import dominant_scripts
from ccnet_lite.text.shingles import batch_shingle_hashes, shingles
from ccnet_lite.text.tokens import tokenize
from tests.fuzz.effort import fuzzed
from tests.text.test_hashes import shingle_by_hand
from tests.text.test_paragraphs import key_by_the_book
from tests.text.test_tokens import tokens_of

ODD = "\x00\x1c\x85\u0130\u03a3\u03c2\u0301\u0345\u200b\u200d\u2028\ufeff\uff11\U0001d165\U000e0041\U0010ffff"
TEXT = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from(ODD + "aB1 \n東ก한हि")), max_size=60
)
TEXTS = st.lists(TEXT, max_size=8)


@fuzzed
@given(TEXTS)
def test_line_keys(texts: list[str]) -> None:
    keys, offsets, chars = batch_line_keys(pa.array(texts, pa.string()))
    lines = [text.split("\n") for text in texts]
    assert keys.tolist() == [key_by_the_book(line) for group in lines for line in group]
    assert chars.tolist() == [len(line) for group in lines for line in group]
    assert np.diff(offsets).tolist() == [len(group) for group in lines]


@fuzzed
@given(TEXT)
def test_forms(text: str) -> None:
    assert lm_form(text, "ccnet") == ccnet_form_of_chars(text.strip())
    form = lm_form(text, "script_safe")
    assert "\n" not in form
    form.encode("utf-8")
    assert dedup_form(text.replace("\n", "")) == dedup_form(f" {text.replace(chr(10), '')}\t")


@fuzzed
@given(st.text(max_size=40))
def test_lone_surrogates_raise_nothing(text: str) -> None:
    lm_form(text, "script_safe")
    lm_form(text, "ccnet")
    assert to_text(code_points(text)) == text.encode("utf-8", "replace").decode("utf-8")
    tokenize([text])
    is_suspect(text)
    dominant_scripts([text])


@fuzzed
@given(TEXTS, st.integers(1, 8))
def test_shingles(texts: list[str], ngram: int) -> None:
    found: list[list[int]] = [[] for _ in texts]
    for first, hashes, offsets in batch_shingle_hashes(texts, ngram):
        for number in range(len(offsets) - 1):
            found[first + number] += hashes[offsets[number] : offsets[number + 1]].tolist()
    assert found == [[shingle_by_hand(shingle) for shingle in shingles(text, ngram)] for text in texts]


@fuzzed
@given(TEXTS)
def test_tokens_hold_no_space_and_are_those_of_each_text_alone(texts: list[str]) -> None:
    together = tokens_of(*texts)
    assert together == [tokens_of(text)[0] for text in texts]
    assert not any(token == "" or " " in token or "\n" in token for tokens in together for token in tokens)
