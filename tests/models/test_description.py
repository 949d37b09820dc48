"""Models described: text in their form, labels to codes, labels of no language, macrolanguages, scripts."""

from pathlib import Path

import fasttext
import pytest

from ccnet_lite.errors import UserError
from ccnet_lite.models.described import BUILT_IN, find_description
from ccnet_lite.models.description import UNDESCRIBED, Description, codes_of, read_description, scripts_of
from ccnet_lite.models.files import find_model
from ccnet_lite.models.identify import LanguageIdentifier
from ccnet_lite.models.subsets import language_pair
from ccnet_lite.models.text_form import openlid_lines
from tests.models.conftest import classifier

# The label sets of the models themselves, in part: every kind of label that they have.
GLOTLID = "eng_Latn swh_Latn swc_Latn arb_Arab arz_Arab cmn_Hani yue_Hani srp_Cyrl srp_Latn zxx_Latn und_Xsux"
OPENLID_V2 = "eng_Latn prs_Arab pes_Arab zho_Hans zho_Hant ace_Arab ace_Latn nob_Latn als_Latn kas_Deva"
OPENLID_V3 = "eng_Latn ara_Arab fas_Arab cmn_Hans cmn_Hant zxx_Zxxx ekk_Latn srp_Latn lvs_Latn fil_Latn"


def model(folder: Path, labels: str, name: str = "model.bin") -> Path:
    """A model of these labels, each with a word of its own: its language and script in small letters."""
    path = folder / name
    path.write_bytes(classifier({label: label.replace("_", "").lower() for label in labels.split()}))
    return path


def test_glotlids_labels(tmp_path: Path) -> None:
    path = model(tmp_path, GLOTLID, "model_v3.bin")
    described = find_description(path)
    assert described == BUILT_IN["glotlid-v3"]
    identifier = LanguageIdentifier(path, description=described)
    assert identifier.codes == ["en", "sw", "sw", "ar", "arz", "zh", "yue", "sr", "sr-Latn", "zxx", "und"]
    codes, scores = identifier.best(["zxxlatn zxxlatn", "undxsux", "arzarab arbarab arzarab"], 2)
    assert [row[0] for row in codes] == ["zxx", "und", "arz"] and codes[2][1] == "ar"
    assert scores[0, 0] > 0.5
    assert identifier.scripts["sr-Latn"] == ("Latn",) and identifier.scripts["yue"] == ("Hani",)
    assert "zxx" not in identifier.scripts


def test_labels_of_one_code_count_together(tmp_path: Path) -> None:
    path = model(tmp_path, GLOTLID)
    one = fasttext.load_model(str(path))
    both = [float(p) for p, _ in one.f.predict("swhlatn swclatn englatn\n", 3, 0.0, "strict")]
    codes, scores = LanguageIdentifier(path).best(["swhlatn swclatn englatn"], 2)
    assert codes == [["sw", "en"]]
    assert scores[0].tolist() == pytest.approx([both[0] + both[1], both[2]], rel=1e-5)
    assert LanguageIdentifier(path).best([" "], 2)[0] == [["und", "und"]]


def test_macrolanguages_where_they_are_asked_for(tmp_path: Path) -> None:
    path = model(tmp_path, GLOTLID)
    identifier = LanguageIdentifier(path, macrolanguages=("ar", "zh"))
    assert [identifier.codes[at] for at in (3, 4, 5, 6)] == ["ar", "ar", "zh", "zh"]
    both, _ = identifier.best(["arzarab arbarab englatn"], 2)
    assert both == [["ar", "en"]]
    with pytest.raises(UserError, match=r"language\.macrolanguages: en is no macrolanguage: there are .*ar, "):
        LanguageIdentifier(path, macrolanguages=("en",))


@pytest.mark.parametrize(("name", "labels"), [("openlid_v2.bin", OPENLID_V2), ("openlid-v3.bin", OPENLID_V3)])
def test_openlid_sees_letters_alone(tmp_path: Path, name: str, labels: str) -> None:
    path = model(tmp_path, labels, name)
    described = find_description(path)
    assert described == BUILT_IN[name.replace("_", "-").removesuffix(".bin")]
    text = "«EngLatn», 123: ENG-LATN!\nEng'Latn"
    raw, _ = LanguageIdentifier(path).identify([text])
    codes, scores = LanguageIdentifier(path, description=described).identify([text, "123 !?", ""])
    assert raw == ["und"] and codes == ["en", "und", "und"]
    oracle = fasttext.load_model(str(path)).f.predict("englatn englatn englatn\n", 1, 0.0, "strict")[0]
    assert scores.tolist() == pytest.approx([min(1.0, oracle[0]), 0, 0])
    cut = LanguageIdentifier(path, "delete", 12, described)
    assert cut.identify(["«Eng\nLatn»!!!" + "zxxzxxx" * 9])[0] == ["en"]


def test_openlids_labels(tmp_path: Path) -> None:
    two = LanguageIdentifier(model(tmp_path, OPENLID_V2)).codes
    assert two == ["en", "fa", "fa", "zh", "zh-Hant", "ace-Arab", "ace", "no", "sq", "ks-Deva"]
    three = LanguageIdentifier(model(tmp_path, OPENLID_V3)).codes
    assert three == ["en", "ar", "fa", "zh", "zh-Hant", "zxx", "et", "sr-Latn", "lv", "tl"]
    assert [language_pair(code) for code in three[1:4]] == ["arb_Arab", "fas_Arab", "cmn_Hani"]
    assert language_pair("zxx") == "zxx_Zyyy"


def test_the_text_form() -> None:
    """By hand, after OpenLID's clean_line."""
    texts = ["  Don't PANIC!\n42\tx  ", "a , b", "a\u00a0b\u00a0 c", "नमस्ते १२", "x_y\u200dz\u00adw", "𝔄Ⓐ𠀀"]
    found = [line.decode() for line in openlid_lines([*texts, "\u3000", ""])]
    assert found == ["dont panic x", "a b", "a\u00a0b c", "नमस्ते ", "x_y\u200dzw", "𝔄ⓐ𠀀", "", ""]
    assert openlid_lines([]) == []


def test_a_description_is_found(tmp_path: Path) -> None:
    path = model(tmp_path, GLOTLID)
    assert find_description(path) == UNDESCRIBED
    assert find_description(path, name="https://example.org/openlid-v3.bin") == BUILT_IN["openlid-v3"]
    assert find_description(path, "openlid-v2") == BUILT_IN["openlid-v2"]
    copy = tmp_path / "under_another_name.ftz"
    copy.write_bytes(find_model("lid.176.ftz").read_bytes())
    assert find_description(copy) == BUILT_IN["lid.176"]
    (tmp_path / "model.toml").write_text('not_languages = ["eng_Latn", "arz"]\n[codes]\nswc_Latn = "swc"\n')
    beside = find_description(path)
    assert beside.name == str(tmp_path / "model.toml")
    codes = LanguageIdentifier(path, description=beside).codes
    assert codes[:5] == ["zxx", "sw", "swc", "ar", "zxx"] and codes[-2:] == ["zxx", "und"]
    other = tmp_path / "other.toml"
    other.write_text('[scripts]\narz_Arab = ["Latn", "Arab"]\n[macrolanguages]\nsw = ["en"]\n')
    identifier = LanguageIdentifier(path, description=find_description(path, str(other)), macrolanguages=("sw",))
    assert identifier.scripts["arz"] == ("Arab", "Latn") and identifier.codes[0] == "sw"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("text = 3", "text = 3: give as_is or openlid"),
        ('text = "raw"', "text = 'raw': give as_is or openlid"),
        ("labels = []", "unknown key labels; a model's description has text, not_languages, codes"),
        ('not_languages = "zxx"', "not_languages = 'zxx': give a list of texts"),
        ("codes = 1", r"codes = 1 is no table: give \[codes\]"),
        ('[codes]\nxx = "../x"', r"codes\.xx = '\.\./x' is no language code"),
        ("[codes]\nxx = 1", r"codes\.xx = 1 is no language code"),
        ("[scripts]\nxx = 1", r"scripts\.xx = 1: give a list of texts"),
        ("[macrolanguages]\nar = [1]", r"macrolanguages\.ar = \[1\]: give a list"),
        ("text =", "is not valid TOML"),
    ],
)
def test_a_description_that_will_not_do_is_named(content: str, said: str) -> None:
    with pytest.raises(UserError, match=rf"^a/model\.toml.*{said}"):
        read_description(content, "a/model.toml")


def test_a_description_of_another_model_is_named(tmp_path: Path) -> None:
    path = model(tmp_path, OPENLID_V3)
    described = read_description('[codes]\nswc_Latn = "swc"', "a.toml")
    with pytest.raises(UserError, match=r"^a\.toml: codes\.swc_Latn is no label of the model"):
        LanguageIdentifier(path, description=described)
    with pytest.raises(UserError, match=r"language\.description: none\.toml does not exist: .*glotlid-v3, op"):
        find_description(path, "none.toml")


def test_scripts_of_labels_that_name_none() -> None:
    labels = ["__label__ru", "__label__zh", "__label__ko", "__label__xx", "__label__und"]
    assert scripts_of(labels, codes_of(labels, UNDESCRIBED), Description()) == {
        "ru": ("Cyrl", "Latn"),
        "zh": ("Hani", "Latn"),
        "ko": ("Hang", "Latn"),
        "xx": ("Latn",),
    }
