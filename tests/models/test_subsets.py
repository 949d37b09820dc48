"""Subsets under FineWeb-2's names, held against names that its list of configurations has."""

import json

import numpy as np
import pytest

from ccnet_lite.models.subsets import iso639_3, language_pair, script_name, subset, top_languages

FINEWEB2 = {
    "ar": "arb_Arab", "arz": "arz_Arab", "az": "azj_Latn", "bh": "bho_Deva", "de": "deu_Latn", "el": "ell_Grek",
    "et": "ekk_Latn", "fa": "fas_Arab", "gn": "gug_Latn", "he": "heb_Hebr", "hi": "hin_Deva", "ja": "jpn_Jpan",
    "ko": "kor_Hang", "ku": "kmr_Latn", "kv": "kpv_Cyrl", "lv": "lvs_Latn", "mg": "plt_Latn", "mn": "khk_Cyrl",
    "ms": "zsm_Latn", "ne": "npi_Deva", "no": "nob_Latn", "nn": "nno_Latn", "or": "ory_Orya", "ps": "pbt_Arab",
    "qu": "quy_Latn", "sq": "als_Latn", "als": "gsw_Latn", "sr": "srp_Cyrl", "sw": "swh_Latn", "tl": "fil_Latn",
    "uz": "uzn_Latn", "wuu": "wuu_Hani", "yi": "ydd_Hebr", "yue": "yue_Hani", "zh": "cmn_Hani",
}  # fmt: skip


@pytest.mark.parametrize("code", FINEWEB2)
def test_a_language_has_the_name_that_fineweb2_gives_it(code: str) -> None:
    assert language_pair(code) == FINEWEB2[code]
    assert iso639_3(code) == FINEWEB2[code][:3]


@pytest.mark.parametrize(
    ("code", "script", "name"),
    [
        *(("ja", script, "jpn_Jpan") for script in ("Hira", "Kana", "Hani")),
        *(("zh", "Hani", "cmn_Hani"), ("zh-Hant", "Hani", "cmn_Hani"), ("zh", "Hira", "cmn_Zyyy")),
        *(("sr", "Cyrl", "srp_Cyrl"), ("sr", "Latn", "srp_Latn"), ("sr-Latn", "Latn", "srp_Latn")),
        *(("uz", "Cyrl", "uzn_Cyrl"), ("hi", "Latn", "hin_Latn"), ("ru", "Latn", "rus_Latn")),
        *(("en", "Cyrl", "eng_Zyyy"), ("en", "Zyyy", "eng_Zyyy"), ("sw", "Arab", "swh_Zyyy")),
        *(("diq", "Arab", "diq_Arab"), ("quite-other", "Latn", "quite_Latn"), ("und", "Latn", "und_Latn")),
    ],
)
def test_odd_scripts_of_a_language_share_a_subset(code: str, script: str, name: str) -> None:
    assert subset(code, script) == name


def test_the_script_itself_is_told_all_the_same() -> None:
    assert [script_name("en", "Cyrl"), script_name("ja", "Hani"), script_name("zh", "Bopo")] == [
        *("Cyrl", "Jpan", "Hani")
    ]


def test_the_likeliest_languages_are_json_in_their_order() -> None:
    codes = [["sw", "zh", "zh-Hant"], ["en", "und", "und"], ["und", "und", "und"], ["zh", "zh-Hant", "no"]]
    scores = np.array([[0.5, 0.2, 0.1], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.61234, 0.3, 0.0099]])
    assert [json.loads(each) for each in top_languages(codes, scores).to_pylist()] == [
        {"swh_Latn_score": 0.5, "cmn_Hani_score": 0.2},
        {"eng_Latn_score": 1},
        {},
        {"cmn_Hani_score": 0.6123},
    ]
    assert len(top_languages([], np.zeros((0, 5)))) == 0
