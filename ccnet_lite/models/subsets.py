"""Subsets of a corpus, a language in a script, under the names that FineWeb-2 gives them: swh_Latn, cmn_Hani.

The language is ISO 639-3. Where a language code stands for a macrolanguage (sw, zh, ar), FineWeb-2 names the
individual language that most of the web's text in it is, and so does this table; `fas` and `jpn` it leaves as
they are. The script is ISO 15924, with one name for what a language mixes: Jpan, Hang, Hani.

Latin has a subset in every language. Documents in another script that their language is not usually written in,
or without letters, share one, whose script is Zyyy (undetermined): English in Cyrillic is `eng_Zyyy`, not one of
many subsets of a few documents each. Their own script is still told beside each document.
"""

from collections.abc import Sequence
from functools import cache

import langcodes
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from langcodes.tag_parser import LanguageTagError

from ccnet_lite.models.languages import language_is_known, usual_script

OTHER_SCRIPT = "Zyyy"
LEAST_TOLD = 0.01
"""The score from which FineWeb-2 tells a language besides the likeliest."""

# Where ISO 639-3 of a code is a macrolanguage or a group: the individual language of FineWeb-2. lid.176's `als`
# and `bh` are Wikipedia's codes for Alemannic and Bhojpuri.
_INDIVIDUAL = {
    "ar": "arb", "ay": "ayr", "az": "azj", "bh": "bho", "din": "dik", "et": "ekk", "gn": "gug", "kr": "knc",
    "ku": "kmr", "kv": "kpv", "lv": "lvs", "mg": "plt", "mn": "khk", "ms": "zsm", "nah": "nhe", "ne": "npi",
    "no": "nob", "om": "gaz", "or": "ory", "ps": "pbt", "qu": "quy", "sq": "als", "sw": "swh", "tl": "fil",
    "uz": "uzn", "yi": "ydd", "zh": "cmn", "als": "gsw",
}  # fmt: skip

# Scripts that a language is usually written in, besides the likeliest by CLDR and Latin.
_MORE_SCRIPTS = {
    "az": "Cyrl Arab", "bs": "Cyrl", "crh": "Cyrl", "ha": "Arab", "kk": "Arab", "ks": "Deva", "ku": "Arab Cyrl",
    "ky": "Arab", "mn": "Mong", "mni": "Mtei", "ms": "Arab", "pa": "Arab", "ro": "Cyrl", "sd": "Deva",
    "sh": "Cyrl", "tg": "Arab", "tk": "Cyrl Arab", "ug": "Cyrl", "uz": "Cyrl Arab",
}  # fmt: skip

_ONE_NAME = {"Bopo": "Hani", "Hans": "Hani", "Hant": "Hani", "Hira": "Jpan", "Kana": "Jpan", "Kore": "Hang"}
"""Scripts under the name that FineWeb-2 has for them; Hani is Jpan in Japanese, too."""


@cache
def iso639_3(code: str) -> str:
    """ISO 639-3 of a language code (models/languages.py); of one that ISO does not know, its first subtag.

    >>> [iso639_3(code) for code in ("en", "sw", "zh-Hant", "sr-Latn", "als", "und")]
    ['eng', 'swh', 'cmn', 'srp', 'gsw', 'und']
    """
    language = code.partition("-")[0]
    if language in _INDIVIDUAL:
        return _INDIVIDUAL[language]
    try:
        return langcodes.Language.get(language, normalize=False).to_alpha3()
    except (LookupError, LanguageTagError):
        return language


@cache
def script_name(code: str, script: str) -> str:
    """The name of a document's script in a language.

    >>> script_name("ja", "Hani"), script_name("zh", "Hani"), script_name("ko", "Hang"), script_name("sw", "Latn")
    ('Jpan', 'Hani', 'Hang', 'Latn')
    """
    name = _ONE_NAME.get(script, script)
    return "Jpan" if name == "Hani" and code.partition("-")[0] == "ja" else name


@cache
def own_scripts(code: str) -> tuple[str, ...]:
    """The scripts that have a subset of their own in a language, the usual one first.

    >>> own_scripts("sr"), own_scripts("sr-Latn"), own_scripts("zh-Hant"), own_scripts("mn")
    (('Cyrl', 'Latn'), ('Latn', 'Cyrl'), ('Hani', 'Latn'), ('Cyrl', 'Mong', 'Latn'))
    """
    language, _, more = code.partition("-")
    own = [more] if len(more) == 4 and more.isalpha() else []
    names = [*own, usual_script(language), *_MORE_SCRIPTS.get(language, "").split(), "Latn"]
    return tuple(dict.fromkeys(script_name(code, name) for name in names))


@cache
def subset(code: str, script: str) -> str:
    """The subset of a document of a language in a script.

    Of a language whose script nobody tells, every script has one.

    >>> subset("sw", "Latn"), subset("ja", "Hira"), subset("zh-Hant", "Hani"), subset("en", "Cyrl")
    ('swh_Latn', 'jpn_Jpan', 'cmn_Hani', 'eng_Zyyy')
    """
    name = script_name(code, script)
    known = language_is_known(code.partition("-")[0])
    return f"{iso639_3(code)}_{name if name in own_scripts(code) or not known else OTHER_SCRIPT}"


@cache
def language_pair(code: str) -> str:
    """A language and the script it is usually written in, or that its code names.

    >>> language_pair("sw"), language_pair("zh-Hant"), language_pair("sr-Latn"), language_pair("zxx")
    ('swh_Latn', 'cmn_Hani', 'srp_Latn', 'zxx_Zyyy')
    """
    return f"{iso639_3(code)}_{own_scripts(code)[0]}"


def top_languages(codes: Sequence[Sequence[str]], scores: npt.NDArray[np.float64]) -> pa.Array:
    """The likeliest languages of each text as JSON, those of at least 1 %: FineWeb-2's `top_langs`.

    codes, scores: of `LanguageIdentifier.best`, [texts, k]. Of two with one name the likelier is told.

    >>> top_languages([["sw", "rw"], ["und", "und"]], np.array([[0.9, 0.07], [0.0, 0.0]])).to_pylist()
    ['{"swh_Latn_score": 0.9, "kin_Latn_score": 0.07}', '{}']
    """
    values = np.round(np.asarray(scores, np.float64), 4)
    said: list[pa.Array] = []
    earlier: list[npt.NDArray[np.int64]] = []
    pairs = pa.array([language_pair(code) for row in codes for code in row], pa.string()).dictionary_encode()
    keys = pc.binary_join_element_wise(', "', pairs.dictionary, '_score": ', "")
    numbers = np.asarray(pairs.indices, np.int64).reshape(values.shape)
    for place in range(values.shape[1]):
        here = numbers[:, place]
        tells = values[:, place] >= LEAST_TOLD
        for before in earlier:
            tells &= before != here
        earlier.append(here)
        told = pa.array(values[:, place]).cast(pa.string())
        text = pc.binary_join_element_wise(keys.take(pa.array(here)), told, "")
        said.append(pc.if_else(pa.array(tells), text, ""))
    joined = pc.utf8_slice_codeunits(pc.binary_join_element_wise(*said, ""), len(", "))
    return pc.binary_join_element_wise("{", joined, "}", "")
