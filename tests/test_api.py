"""What `ccnet_lite` itself offers: loaded when it is used; one text or several; mistakes are one line."""

import math
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from datasketch import MinHash

import ccnet_lite
from ccnet_lite.archives.sources import Shard
from ccnet_lite.dedup.minhash import signatures
from ccnet_lite.errors import UserError
from ccnet_lite.kernels.ingest import ingest_shard
from ccnet_lite.models.classifier import load_classifier
from ccnet_lite.models.files import find_model
from ccnet_lite.models.identify import LanguageIdentifier
from ccnet_lite.models.perplexity import PerplexityModel, available_models
from ccnet_lite.quality.heuristics import measure as measure_all
from ccnet_lite.settings import NearDuplicateSettings, Settings
from ccnet_lite.text.shingles import shingle_hash, shingles
from tests.archives.archive_making import members, numbered, warc
from tests.archives.test_unproven import packed, uuid
from tests.crawl import Page, body, write_wet
from tests.models.conftest import lm_dir

__all__ = ["lm_dir"]
ENGLISH, GERMAN = body("en", 1), body("de", 2)


def test_the_import_loads_nothing() -> None:
    code = (
        "import sys; before = set(sys.modules); import ccnet_lite; dir(ccnet_lite);"
        "print(sorted(name for name in set(sys.modules) - before if name.partition('.')[0] not in"
        " sys.stdlib_module_names))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said == "['ccnet_lite']\n"


def test_what_needs_no_spark_loads_none() -> None:
    names = list(ccnet_lite._WHERE)
    code = f"import sys, ccnet_lite; [getattr(ccnet_lite, n) for n in {names}]; print('pyspark' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"


def test_every_name_is_there_and_a_wrong_one_is_told() -> None:
    assert sorted(ccnet_lite._WHERE) == sorted(ccnet_lite.__all__)
    assert set(ccnet_lite.__all__) <= set(dir(ccnet_lite))
    for name in ccnet_lite.__all__:
        assert getattr(ccnet_lite, name).__name__ == name
    with pytest.raises(AttributeError, match="no attribute 'identifies': it has read_documents, "):
        _ = ccnet_lite.identifies


@pytest.mark.parametrize(
    "several", [list, tuple, iter, pd.Series, pa.array, lambda texts: pa.chunked_array([texts])]
)
def test_texts_in_whatever_holds_them(several: object) -> None:
    found = ccnet_lite.identify(several([ENGLISH, GERMAN]))  # type: ignore[operator]
    assert [each.language for each in found] == ["en", "de"]


def test_one_text_gives_one_answer() -> None:
    one = ccnet_lite.identify(ENGLISH)
    assert one == ccnet_lite.identify([ENGLISH])[0]
    assert (one.language, 0.8 < one.score <= 1) == ("en", True)
    assert all(score <= one.score for _, score in one.runners_up) and "en" not in dict(one.runners_up)
    assert ccnet_lite.identify(" \n") == ("und", 0.0, ())
    assert ccnet_lite.identify([]) == []


def test_the_model_may_be_a_path_and_is_asked_as_fasttext_is() -> None:
    path = find_model("lid.176.ftz")
    labels, _ = load_classifier(path).best([GERMAN.replace("\n", " ").encode()], 1)
    assert ccnet_lite.identify(GERMAN, model=path).language == LanguageIdentifier(path).codes[labels[0][0]]
    with pytest.raises(UserError, match="model nowhere does not exist"):
        ccnet_lite.identify(GERMAN, model=Path("nowhere"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["a", None], "text 1 is None (NoneType), no text"),
        (["a", float("nan")], "text 1 is nan (float), no text"),
        ([b"a"], "text 0 is b'a' (bytes), no text"),
        (b"a", "not b'a' (bytes): bytes have to be decoded first"),
        (7, "not 7 (int)"),
    ],
)
def test_what_is_no_text_is_refused_by_its_number(given: object, said: str) -> None:
    for function in (ccnet_lite.identify, ccnet_lite.measure, ccnet_lite.sign, ccnet_lite.find_duplicates):
        if function is ccnet_lite.find_duplicates and not isinstance(given, list):
            continue
        with pytest.raises(UserError) as raised:
            function(given)  # type: ignore[operator]
        assert said in str(raised.value)


def test_one_text_is_never_a_list_of_letters(lm_dir: Path) -> None:
    model = PerplexityModel.load(available_models(lm_dir)["en"], "script_safe")
    identifier = LanguageIdentifier(find_model("lid.176.ftz"))
    for function in (
        identifier.identify,
        identifier.distribution,
        lambda text: identifier.best(text, 2),
        measure_all,
        lambda text: signatures(text, NearDuplicateSettings()),
        model.score,
    ):
        with pytest.raises(UserError, match=r"several texts are wanted here, not one, 'text': give \[text\]"):
            function("text")  # type: ignore[operator]


def test_measure() -> None:
    one = ccnet_lite.measure("a b " * 10)
    assert (one["n_words"], one["script"], one["top_ngram_share"]) == (20, "Latn", 1.0)
    table = ccnet_lite.measure(["a b " * 10, ""])
    assert table.to_pylist()[0] == one and table["n_words"].to_pylist() == [20, 0]


def test_signatures_are_datasketch_s() -> None:
    signed = ccnet_lite.sign(ENGLISH, bands=4, rows=2, seed=3)
    oracle = MinHash(num_perm=8, seed=3, hashfunc=shingle_hash, scheme="affine32")
    for shingle in shingles(ENGLISH, 5):
        oracle.update(shingle)
    assert signed.tolist() == oracle.hashvalues.tolist()
    assert ccnet_lite.sign([ENGLISH, GERMAN]).shape == (2, 256)
    assert np.array_equal(ccnet_lite.sign([ENGLISH, GERMAN])[0], ccnet_lite.sign(ENGLISH))


def test_a_setting_that_there_is_not_is_named() -> None:
    with pytest.raises(UserError, match=r"what was given: unknown setting near_duplicates\.similarty"):
        ccnet_lite.find_duplicates([ENGLISH], similarty=0.7)


@pytest.mark.parametrize("verify", ["estimate", "exact"])
def test_duplicates_of_each_kept_one(verify: str) -> None:
    texts = ["", ENGLISH, GERMAN, ENGLISH + " More.", "...", GERMAN, "Alone among all of them.", ENGLISH]
    found = ccnet_lite.find_duplicates(texts, verify=verify)
    assert found.kept == [0, 2, 3, 4, 6]
    assert [(each.kept, each.copies) for each in found.clusters] == [(3, (1, 7)), (2, (5,))]
    of_english, of_german = (each.similarities for each in found.clusters)
    assert of_german == (1.0,) and of_english[0] == of_english[1] and 0.9 < of_english[0] < 1
    if verify == "exact":
        one, other = (set(shingles(text, 5)) for text in (ENGLISH, ENGLISH + " More."))
        assert of_english[0] == pytest.approx(len(one & other) / len(one | other))


def test_no_texts_have_no_duplicates() -> None:
    assert ccnet_lite.find_duplicates([]) == ([], [])
    assert ccnet_lite.find_duplicates("one text") == ([0], [])


def test_perplexity_and_bucket(lm_dir: Path) -> None:
    text = "The sea was calm and a small boat came in with fish for market."
    one = ccnet_lite.score(text, "en", str(lm_dir))
    values, pieces = PerplexityModel.load(available_models(lm_dir)["en"], "script_safe").score([text])
    assert (one.perplexity, one.pieces) == (values[0], pieces[0]) and one.bucket in ("head", "middle", "tail")
    several = ccnet_lite.score([text, "", "zq xv kw " * 20], "en", lm_dir)
    assert several[0] == one and math.isnan(several[1].perplexity) and several[1].bucket == "all"
    assert several[2].perplexity > one.perplexity and several[2].bucket == "tail"


def test_score_says_which_languages_there_are(lm_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"has no model of sw \(it has en, ko\): ccnet-lite train-lm makes one"):
        ccnet_lite.score("maji", "sw", lm_dir)
    with pytest.raises(UserError, match="is not a folder"):
        ccnet_lite.score("maji", "sw", tmp_path / "none")


def test_documents_of_archives(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.wet.gz"
    write_wet(path, [Page("https://a.example/1", ENGLISH), Page("https://a.example/2", GERMAN)])
    found = list(ccnet_lite.read_documents(path))
    assert [each.url for each in found] == ["https://a.example/1", "https://a.example/2"]
    batches = dict(ingest_shard(Shard(0, str(path), path.name, None), Settings()))
    assert batches["documents"]["doc_id"].to_pylist() == [each.doc_id for each in found]
    assert batches["documents"]["raw_content"].to_pylist() == [each.raw_content for each in found]
    assert list(ccnet_lite.read_documents(f"{tmp_path}/*.gz")) == found
    assert list(ccnet_lite.read_documents([str(path)], twice=True)) == found
    rules = [
        each.rule for each in ccnet_lite.read_documents(path, others=True) if isinstance(each, ccnet_lite.Other)
    ]
    assert rules == ["warcinfo"]
    with pytest.raises(UserError, match="no file matches this glob"):
        next(iter(ccnet_lite.read_documents(tmp_path / "*.warc")))


def test_of_a_faulty_archive_only_what_holds_is_given_or_it_is_said(tmp_path: Path) -> None:
    rng = random.Random(4)
    records = [warc(b"T\n" + rng.randbytes(30_000).hex().encode(), id=uuid(rng)) for _ in range(20)]
    path = tmp_path / "faulty.warc.gz"
    path.write_bytes(members(numbered(2)) + packed(b"".join(records), 6, checksum=1) + members(numbered(1)))
    with pytest.raises(UserError, match=r"faulty.warc.gz has faulty gzip members.*twice=True"):
        list(ccnet_lite.read_documents(path))
    found = list(ccnet_lite.read_documents(path, others=True, twice=True))
    assert sum(isinstance(each, ccnet_lite.Document) for each in found) == 3
    assert [each.rule for each in found if isinstance(each, ccnet_lite.Other)] == ["unproven"] * 20
