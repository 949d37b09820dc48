import pytest

from ccnet_lite.text.scripts import dominant_script, dominant_scripts, is_unspaced


@pytest.mark.parametrize(
    ("text", "script", "share"),
    [
        ("Hello, world 123", "Latn", 1.0),
        ("Привет abc", "Cyrl", 6 / 9),
        ("हिन्दी भाषा", "Deva", 1.0),
        ("東京タワーへ", "Kana", 3 / 6),
        ("ภาษาไทย", "Thai", 1.0),
        ("ab αβ", "Grek", 0.5),
        ("", "Zyyy", 0.0),
        ("12 + 34 = 46 😀", "Zyyy", 0.0),
        ("ᚠᚢᚦ", "Zyyy", 0.0),
        ("ᚠᚢᚦ a", "Latn", 0.25),
    ],
)
def test_dominant_script(text: str, script: str, share: float) -> None:
    assert dominant_script(text) == (script, pytest.approx(share))


def test_many_texts() -> None:
    codes, shares = dominant_scripts(["абв", "", "한국어 x"])
    assert codes == ["Cyrl", "Zyyy", "Hang"]
    assert shares.tolist() == [1.0, 0.0, 0.75]
    assert dominant_scripts([])[0] == []


def test_unspaced() -> None:
    assert [code for code in ("Hani", "Thai", "Tibt", "Hang", "Latn", "Deva") if is_unspaced(code)] == [
        "Hani",
        "Thai",
        "Tibt",
    ]
