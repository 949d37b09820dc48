"""Settings: what is refused, by name, and how overrides are read."""

from pathlib import Path

import pytest

from ccnet_lite.errors import UserError
from ccnet_lite.settings import HEURISTICS, Settings, canonical_json, effective_settings, fields, load_settings

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
        ("language.treshold=0.5", "--set: unknown setting language.treshold: did you mean language.threshold?"),
        ("langage.threshold=0.5", "--set: unknown setting langage: did you mean language?"),
        ("language.min_chars=9", "did you mean ingest.min_chars or paragraphs.min_chars?"),
        ("zzz.zzz=9", "unknown setting zzz; known: source, ingest, language"),
        ("export.zzz=9", "unknown setting export.zzz; known: columns, file_bytes, "),
        ("spark.driver_memory=4gg", "spark.driver_memory = '4gg': give a whole number and k, m, g or t, as 4g"),
        ("spark.driver_memory=4", "'4': give a whole number and k"),
        ("spark.driver_memory=100m", "Spark does not start on less than 512m"),
        ("spark.executor_memory=1.5g", "spark.executor_memory = '1.5g': give a whole number"),
        ("spark.master=lcoal[2]", "spark.master = 'lcoal[2]': give local[*], "),
        ("spark.master=spark://host", "spark.master = 'spark://host': give local[*], "),
    ],
)
def test_what_is_wrong_is_named(override: str, named: str) -> None:
    with pytest.raises(UserError) as caught:
        load_settings(None, [override])
    assert named in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "master", ["local", "local[4]", "local[2,3]", "local-cluster[2,1,1024]", "spark://a:7077,b:7077", "yarn"]
)
def test_masters_that_spark_knows(master: str) -> None:
    assert load_settings(None, [f"spark.master={master}", "spark.driver_memory=512M"]).spark.master == master


def test_the_origin_of_what_is_wrong_is_named(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text("[quality]\nhead_percentile = 20\n[language]\nthreshold = 3\n")
    with pytest.raises(UserError) as caught:
        load_settings(file, ["ingest.min_chars=9"])
    assert str(caught.value).startswith(f"{file}: language.threshold = 3: ")
    with pytest.raises(UserError) as caught:
        load_settings(file, ["language.threshold=2"])
    assert str(caught.value).startswith("--set: language.threshold = 2.0: ") or str(caught.value).startswith(
        "--set: language.threshold = 2: "
    )
    file.write_text("[quality]\nhead_percentile = 70\n")
    with pytest.raises(UserError) as caught:
        load_settings(file, ["quality.lm_dir=x"])
    assert str(caught.value).startswith(f"{file}: quality.head_percentile (70) is above")
    with pytest.raises(UserError) as caught:
        load_settings(None, ["quality.head_percentile=70"])
    assert str(caught.value).startswith("--set: quality.head_percentile (70) is above")


def test_each_effective_setting_has_its_value_and_origin(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text("[language]\nthreshold = 0.7\nkeep = ['de']\n[spark]\nbatch_rows = 1000\n")
    found = {
        each.name: each for each in effective_settings(file, ["language.threshold=0.8", "export.file_bytes=9"])
    }
    assert found["language.threshold"][2:] == (0.8, "--set")
    assert found["export.file_bytes"][2:] == (9, "--set")
    assert found["language.keep"][2:] == (["de"], str(file))
    assert found["spark.batch_rows"][2:] == (1000, str(file))
    assert found["language.drop"][2:] == ([], "default")
    assert list(found) == [f"{section}.{key}" for section, key, _ in fields()]
    values = load_settings(file, ["language.threshold=0.8", "export.file_bytes=9"]).model_dump(mode="json")
    assert all(values[each.section][each.key] == each.value for each in found.values())


def test_every_setting_has_a_word() -> None:
    assert [f"{section}.{key}" for section, key, field in fields() if not field.description] == []


def test_the_files_of_conf_say_nothing_that_is_a_default_but_ccnet_s() -> None:
    for name in ("local", "cluster"):
        settings = {each.name: each for each in effective_settings(CONF / f"{name}.toml")}
        defaults = {each.name: each.value for each in effective_settings(None)}
        same = [n for n, each in settings.items() if each.origin != "default" and each.value == defaults[n]]
        assert same == [], name


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
        *("max_homoglyph_share", "max_disguised_share", "max_mark_share", "max_garbled_share"),
        *("max_case_disorder", "max_word_disorder", "max_keyword_share"),
        *("max_duplicate_line_share", "max_top_ngram_share"),
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
