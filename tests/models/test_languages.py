"""Labels to codes: literals of the identifiers in use, and labels that could do harm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.models.languages import CODE, language_code


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("__label__en", "en"),
        ("__label__eng_Latn", "en"),
        ("eng", "en"),
        ("__label__EN", "en"),
        ("__label__zho_Hans", "zh"),
        ("__label__cmn_Hani", "zh"),
        ("__label__zho_Hant", "zh-Hant"),
        ("zh-cn", "zh"),
        ("zh-TW", "zh-Hant"),
        ("yue_Hant", "yue"),
        ("__label__arb_Arab", "ar"),
        ("__label__arb_Latn", "ar-Latn"),
        ("__label__arz", "arz"),
        ("__label__pes_Arab", "fa"),
        ("__label__srp_Cyrl", "sr"),
        ("__label__srp_Latn", "sr-Latn"),
        ("__label__kor_Hang", "ko"),
        ("__label__jpn_Jpan", "ja"),
        ("__label__azb_Arab", "azb"),
        ("__label__azj_Latn", "az"),
        ("__label__nob_Latn", "no"),
        ("__label__nno_Latn", "nn"),
        ("__label__als", "als"),  # Wikipedia's code: Alemannic
        ("__label__als_Latn", "sq"),  # ISO 639-3: Tosk Albanian
        ("__label__sh", "sh"),
        ("__label__tgl_Latn", "tl"),
        ("__label__taq_Tfng", "taq-Tfng"),
        ("pt-br", "pt-BR"),
        ("iw", "he"),
        ("und", "und"),
    ],
)
def test_known_labels(label: str, code: str) -> None:
    assert language_code(label) == code


@pytest.mark.parametrize(
    "label",
    [
        "",
        "__label__",
        "../../etc",
        "__label__en/..",
        "en\n",
        "en ",
        "e",
        "en-",
        "-en",
        "en\0",
        "é",
        "x" * 9,
        "a=b",
    ],
)
def test_labels_that_could_not_name_a_folder_are_refused(label: str) -> None:
    with pytest.raises(ValueError, match="is not a language code"):
        language_code(label)


@given(
    st.from_regex(r"(__label__)?[a-zA-Z]{1,9}([_-][A-Za-z0-9]{1,9}){0,3}", fullmatch=True) | st.text(max_size=20)
)
def test_a_code_is_safe_and_its_own_code(label: str) -> None:
    try:
        code = language_code(label)
    except ValueError:
        return
    assert CODE.fullmatch(code)
    assert language_code(code) == code


def test_lid_176_keeps_its_own_names(shared_data) -> None:  # type: ignore[no-untyped-def]
    labels = (shared_data / "text" / "lid" / "LABELS.tsv").read_text().splitlines()[1:]
    codes = {line.split("\t")[4] for line in labels} - {""}
    assert len(codes) > 90
    assert {code for code in codes if CODE.fullmatch(code) and language_code(code) != code} == set()
