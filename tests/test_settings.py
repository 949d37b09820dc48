"""Settings: what is refused, by name, and how overrides are read."""

from pathlib import Path

import pytest

from ccnet_lite.errors import UserError
from ccnet_lite.settings import HEURISTICS, Settings, canonical_json, load_settings

CONF = Path(__file__).parent.parent / "conf"


@pytest.mark.parametrize("path", sorted(CONF.glob("*.toml")), ids=lambda path: path.name)
def test_the_files_of_conf_are_valid(path: Path) -> None:
    assert isinstance(load_settings(path), Settings)


def test_overrides_win_and_have_the_setting_s_type() -> None:
    settings = load_settings(
        CONF / "ccnet.toml",
        [
            "language.threshold=0.8",
            "near_duplicates.enabled=true",
            "language.keep=de,fr",
            "quality.lm_dir=models/lm",
            "sampling.alphas=0.3,1",
            'language.drop=["sw"]',
            "paragraphs.scope=50",
        ],
    )
    assert settings.language.threshold == 0.8
    assert settings.near_duplicates.enabled is True
    assert settings.language.keep == ("de", "fr")
    assert settings.quality.lm_dir == "models/lm"
    assert settings.sampling.alphas == (0.3, 1.0)
    assert settings.language.drop == ("sw",)
    assert settings.paragraphs.scope == "50"
    assert settings.paragraphs.policy == "drop_all_copies"


@pytest.mark.parametrize(
    ("override", "named"),
    [
        ("language.treshold=0.5", "unknown setting language.treshold"),
        ("langage.threshold=0.5", "unknown setting langage"),
        ("language.threshold=2", "language.threshold = 2"),
        ("language.threshold=high", "language.threshold = 'high'"),
        ("paragraphs.policy=drop", "paragraphs.policy = 'drop'"),
        ("paragraphs.scope=0", "paragraphs.scope"),
        ("ingest.min_chars=-1", "ingest.min_chars = -1"),
        ("language.threshold", "expected section.key=value"),
        ("quality.head_percentile=70", "quality.head_percentile (70) is above"),
        ("language.sha256=abc", "language.sha256"),
    ],
)
def test_what_is_wrong_is_named(override: str, named: str) -> None:
    with pytest.raises(UserError) as caught:
        load_settings(None, [override])
    assert named in str(caught.value)
    assert "\n" not in str(caught.value)


def test_contradicting_language_lists_are_refused() -> None:
    with pytest.raises(UserError, match="both name de"):
        load_settings(None, ["language.keep=de,fr", "language.drop=de"])


def test_missing_and_broken_files(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        load_settings(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_text("[language\n")
    with pytest.raises(UserError, match="not valid TOML"):
        load_settings(tmp_path / "bad.toml")


def test_canonical_json_is_equal_for_equal_settings() -> None:
    assert canonical_json(load_settings(None)) == canonical_json(load_settings(None, ["language.threshold=0.5"]))
    assert canonical_json(load_settings(None)) != canonical_json(load_settings(None, ["language.threshold=0.6"]))


def test_every_heuristic_has_its_setting_default_and_words() -> None:
    section = type(Settings().quality)
    assert [f"max_{each.column}" for each in HEURISTICS] == [
        *("max_homoglyph_share", "max_duplicate_line_share", "max_top_ngram_share"),
        *("max_symbol_share", "max_bullet_share"),
    ]
    for each in HEURISTICS:
        field = section.model_fields[each.setting]
        assert (field.default, field.description) == (each.default, each.comment)
        settings = load_settings(None, [f"quality.{each.setting}=0.125"])
        changed = {
            other.column for other in HEURISTICS if getattr(settings.quality, other.setting) != other.default
        }
        assert changed == {each.column}
        with pytest.raises(UserError, match=f"quality.{each.setting} = 1.5"):
            load_settings(None, [f"quality.{each.setting}=1.5"])


@pytest.mark.parametrize(
    ("overrides", "named"),
    [
        (["near_duplicates.representative=custom"], "don't go together"),
        (["near_duplicates.representative_order=-n_words"], "don't go together"),
        (
            ["near_duplicates.representative=custom", "near_duplicates.representative_order=words"],
            "representative_order",
        ),
        (["near_duplicates.representative=lowest_perplexity"], "set quality.lm_dir"),
        (
            ["near_duplicates.representative=custom", "near_duplicates.representative_order=-n_words,perplexity"],
            "set quality.lm_dir",
        ),
    ],
)
def test_policies_that_lack_something_are_refused(overrides: list[str], named: str) -> None:
    with pytest.raises(UserError, match=named):
        load_settings(None, overrides)
    if "lm_dir" in named:
        assert load_settings(None, [*overrides, "quality.lm_dir=lm"]).near_duplicates.by_perplexity
    assert not Settings().near_duplicates.by_perplexity
