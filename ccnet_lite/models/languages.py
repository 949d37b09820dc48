"""Labels of language identifiers to one form of language code.

`__label__en`, `__label__eng_Latn` and `eng` all become `en`, so that one folder of language models, one table
of cutoffs and one corpus layout serve every identifier. Codes are BCP 47-like and safe as a folder's name:
the language in its shortest code, and a script only where it is not the language's usual one (`sr-Latn`,
`zh-Hant`).

Where BCP 47, ISO 639-3 and what the field writes differ, the field wins: the names of lid.176, CCNet and
XLM-R (`no`, `tl`, `sh`). Not handled: lid.176's `als` is Alemannic (Wikipedia's code) and stays `als`; with a
script, `als_Latn` is Tosk Albanian (ISO 639-3) and becomes `sq`.
"""

import re
from functools import lru_cache

import langcodes
from langcodes.data_dicts import LIKELY_SUBTAGS

UNDETERMINED, MIXED, NO_LANGUAGE = "und", "mul", "zxx"
"""ISO 639-3 of texts in a language that nobody tells, in several, in none."""
CODE = re.compile(r"[a-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_MAX_CODE_CHARS = 35
_TAG = re.compile(r"(?P<language>[a-z]{2,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|[0-9]{3}))?", re.I)

# One language under several codes: individual languages that stand for their macrolanguage in identifiers of
# the FLORES and GlotLID kind, and codes that the standard has moved but the field's models still carry.
_ONE_CODE = {
    "arb": "ar", "azj": "az", "cmn": "zh", "dik": "din", "ekk": "et", "fil": "tl", "gaz": "om", "hbs": "sh",
    "khk": "mn", "kmr": "ku", "knc": "kr", "lvs": "lv", "nb": "no", "nob": "no", "npi": "ne", "ory": "or",
    "pbt": "ps", "pes": "fa", "plt": "mg", "quy": "qu", "sh": "sh", "swh": "sw", "tgl": "tl", "tl": "tl",
    "twi": "tw", "uzn": "uz", "ydd": "yi", "zsm": "ms", "ayr": "ay",
}  # fmt: skip

# Usual scripts that the likely subtags of CLDR do not know, or know otherwise than the web writes.
_USUAL_SCRIPT = {
    "acm": "Arab",
    "acq": "Arab",
    "ajp": "Arab",
    "azb": "Arab",
    "crh": "Latn",
    "sh": "Latn",
    "xal": "Cyrl",
    **dict.fromkeys(("mul", "und", "zxx"), "Zyyy"),
}
_SAME_SCRIPT = {"Hang": "Kore", "Hani": "Hans"}


@lru_cache(maxsize=65536)
def language_code(label: str) -> str:
    """The language code of a label.

    >>> [language_code(label) for label in ("__label__en", "__label__eng_Latn", "zho_Hant", "pt-br", "yue_Hani")]
    ['en', 'en', 'zh-Hant', 'pt-BR', 'yue']

    Raises:
        ValueError: when the label is no code that could name a folder.
    """
    tag = label.removeprefix("__label__").replace("_", "-")
    found = _TAG.fullmatch(tag)
    if found is None:
        code = tag[:1].lower() + tag[1:]
        if CODE.fullmatch(code) is None or len(code) > _MAX_CODE_CHARS:
            raise ValueError(f"label {label[:60]!r} is not a language code such as en or eng_Latn")
        return code
    language = found["language"].lower()
    script = (found["script"] or "").title()
    region = (found["region"] or "").upper()
    if language == "als" and script:
        language = "sq"
    language = _ONE_CODE.get(language) or langcodes.Language.get(language).language or language
    if language == "zh" and region:
        script = script or _likely_script(f"zh-{region}")
        region = ""
    usual = usual_script(language)
    if _SAME_SCRIPT.get(script, script) == usual or (script, usual) == ("Hani", "Hant"):
        script = ""
    return "-".join(part for part in (language, script, region) if part)


def usual_script(language: str) -> str:
    """The script that a language is usually written in; Latn where nothing is known of it."""
    return _USUAL_SCRIPT.get(language) or (_likely_script(language) if len(language) < 4 else "Latn")


def language_is_known(language: str) -> bool:
    """Whether `usual_script` knows."""
    return language in _USUAL_SCRIPT or language in LIKELY_SUBTAGS


def _likely_script(tag: str) -> str:
    return langcodes.Language.get(tag).maximize().script or ""
