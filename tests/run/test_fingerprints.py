"""What redoes what: each setting, one by one, against the steps whose rows it can change."""

from pathlib import Path
from typing import Any, cast

import pytest

from ccnet_lite.quality.buckets import Cutoffs
from ccnet_lite.run.engine import Run, Step, step_parts
from ccnet_lite.run.folder import fingerprint
from ccnet_lite.run.lists import LISTS
from ccnet_lite.run.models import Models, find_models
from ccnet_lite.run.steps import steps_of
from ccnet_lite.settings import HEURISTICS, Settings, load_settings
from ccnet_lite.store.places import Place

MODELS = {
    "language.model": "1",
    "language.common_words": "5",
    "language.description": "6",
    "quality.lm_dir/en": "2:3",
    "quality.cutoffs": "4",
    "quality.score_dir/en": "7",
    "quality.scores_file": "8",
}
STEPS = ("ingest", "masks", "annotate", "clusters", "paragraphs", "decide", "export", "sampling")
AFTER_SIGNALS = {"clusters", "paragraphs", "decide"}
SPANS = ["spans.min_tokens=50"]
CONTAINED = ["near_duplicates.containment=0.95"]
TEMPLATES = ["near_duplicates.templates=0.75"]


def steps(settings: Settings) -> list[Step]:
    return [step for job in steps_of(settings).values() for step in job]


def made_from(settings: Settings, models: dict[str, str] = MODELS) -> dict[str, str]:
    """What each step's tables are made from, if its inputs' rows stay as they are."""
    run = Run(Place("/nowhere"), [], settings, Models(Path("/m"), {}, Cutoffs({}), models))
    run.__dict__["looks"] = {"a.gz": "file 1 2"}
    return {
        step.name: fingerprint(step.name, step_parts(step, run, dict.fromkeys(step.inputs, "d")))
        for step in steps(settings)
    }


def redone(base: list[str], *overrides: str) -> set[str]:
    """The steps that the overrides redo."""
    before, after = made_from(load_settings(None, base)), made_from(load_settings(None, [*base, *overrides]))
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


# Every setting with another value than its default, and the steps that it redoes by itself. What these give
# other rows redoes what reads them. All settings stand here: a new one has to be put in its place.
SETTINGS: dict[str, tuple[str, set[str]]] = {
    "source.base_url": ("https://mirror.example/", set()),
    "source.retries": ("1", set()),
    "source.backoff_seconds": ("2.5", set()),
    "source.timeout_seconds": ("5", set()),
    "source.max_download_bytes": ("1000", set()),
    "source.min_bytes_per_second": ("1", set()),
    "source.window_seconds": ("5", set()),
    "source.max_fetch_seconds": ("60", set()),
    "source.allow_private": ("true", set()),
    "ingest.min_chars": ("200", {"masks", *AFTER_SIGNALS}),
    "ingest.extractor": ("trafilatura", {"ingest"}),
    "ingest.keep": ('["tables"]', {"ingest"}),
    "ingest.title": ("ccnet", {"ingest"}),
    "ingest.max_bad_fraction": ("0.9", set()),
    "ingest.max_unread_archives": ("7", set()),
    "ingest.max_record_bytes": ("1000", {"ingest"}),
    "ingest.max_html_bytes": ("1000", {"ingest"}),
    "ingest.max_line_chars": ("1000", {"ingest"}),
    "ingest.max_lines": ("1000", {"ingest"}),
    "ingest.verify_digests": ("true", {"ingest"}),
    "ingest.admit_unproven": ("true", {"ingest"}),
    "ingest.quarantine": ("true", {"ingest"}),
    "language.model": ("lid.176.bin", set()),
    "language.sha256": ("a" * 64, set()),
    "language.common_words": ("", set()),
    "language.allow_unverified": ("true", set()),
    "language.threshold": ("0.6", AFTER_SIGNALS),
    "language.description": ("openlid-v3", set()),  # counts by content
    "language.macrolanguages": ("ar", {"annotate"}),
    "language.thresholds": ("{ en = 0.4 }", {"annotate", *AFTER_SIGNALS}),
    "language.min_script_share": ("0.2", {"annotate"}),
    "language.mixed": ("off", {"annotate", *AFTER_SIGNALS}),
    "language.keep": ("de", AFTER_SIGNALS),
    "language.drop": ("de", AFTER_SIGNALS),
    "language.max_chars": ("100", {"annotate"}),
    "language.capitals": ("as_is", {"annotate"}),
    "language.newline": ("delete", {"annotate"}),
    "quality.lm_dir": ("elsewhere", set()),
    "quality.cutoffs": ("cutoff.csv", set()),
    "quality.head_percentile": ("20", {"export"}),
    "quality.tail_percentile": ("70", {"export"}),
    "quality.normalization": ("ccnet", {"export"}),
    "quality.keep_buckets": ("head", {"export"}),
    "quality.score_dir": ("elsewhere", set()),  # counts by content
    "quality.tiers": ("", set()),  # with scores, below
    "quality.scores": ("-symbol_share", set()),
    "quality.scores_file": ("", set()),  # with columns, below
    "quality.scores_columns": ("", set()),
    "quality.scores_key": ("url", set()),
    "quality.combine": ("mean_rank", set()),
    "quality.min_tier": ("", set()),
    "quality.min_context_gain": ("0.1", {"export"}),
    "quality.heuristics": ("false", {"annotate", *AFTER_SIGNALS}),
    "quality.policies": ("fineweb", {"annotate", *AFTER_SIGNALS}),  # counts by content
    "quality.thresholds": ("{symbol_share_above = {de = 0.3}}", AFTER_SIGNALS),  # likewise
    "quality.measure": ("all", {"annotate"}),
    **{f"quality.{each.setting}": ("0.123", AFTER_SIGNALS) for each in HEURISTICS},
    "lines.enabled": ("false", {"masks", "annotate"}),
    "lines.host_documents": ("5", {"masks"}),
    "lines.common_hosts": ("5", {"masks"}),
    "lines.common_max_chars": ("50", {"masks"}),
    "lines.lists": ("false", {"annotate"}),
    "lines.copies": ("false", {"annotate"}),
    "near_duplicates.enabled": ("false", {"annotate", *AFTER_SIGNALS}),
    "near_duplicates.similarity": ("0.7", {"clusters", "decide"}),
    "near_duplicates.bands": ("16", {"annotate", "clusters"}),
    "near_duplicates.rows": ("4", {"annotate", "clusters"}),
    "near_duplicates.seed": ("2", {"annotate", "clusters"}),
    "near_duplicates.ngram": ("3", {"annotate", "clusters"}),
    "near_duplicates.containment": ("0.95", {"annotate", "contained", "paragraphs", "decide"}),
    "near_duplicates.templates": ("0.75", {"templates", "paragraphs", "decide"}),
    "near_duplicates.verify": ("exact", {"annotate", "clusters"}),
    "near_duplicates.representative": ("earliest", {"clusters"}),
    "near_duplicates.representative_order": ("", set()),
    "near_duplicates.index": ("", set()),
    "near_duplicates.crawl": ("mine", {"clusters", "decide", "export"}),
    "paragraphs.policy": ("drop_all_copies", {"paragraphs", "decide"}),
    "paragraphs.scope": ("50", {"paragraphs"}),
    "paragraphs.within_document": ("keep_first", {"decide"}),
    "paragraphs.min_chars": ("5", {"paragraphs"}),
    "paragraphs.min_document_chars": ("100", AFTER_SIGNALS),
    "paragraphs.max_repeated_share": ("0.7", {"decide"}),
    "spans.min_tokens": ("50", {"spans", "export"}),
    "spans.action": ("mark", set()),
    "urls.lists": ("lists", set()),  # counts by content
    "urls.drop": ("adult", set()),
    "urls.words": ("adult", AFTER_SIGNALS),
    "urls.max_word_weight": ("2", set()),
    "opt_out.robots": ("robots.parquet", AFTER_SIGNALS),
    "opt_out.agents": ("CCBot", set()),
    "opt_out.respect": ("tdm", AFTER_SIGNALS),
    "toxicity.lists": ("lists", set()),
    "toxicity.max_share": ("0.1", set()),
    "pii.mode": ("mask", {"export"}),
    "pii.kinds": ("email", set()),
    "export.columns": ("ccnet", {"export"}),
    "export.file_bytes": ("1000", {"export"}),
    "export.row_group_bytes": ("1000", {"export"}),
    "export.compression_level": ("9", {"export"}),
    "export.write_rejected": ("true", {"export"}),
    "export.validation_share": ("0", {"export"}),
    "sampling.alphas": ("0.3", {"sampling"}),
    "sampling.unit": ("bytes", {"sampling"}),
    "sampling.budget": ("1000", {"sampling"}),
    "sampling.unimax_max_epochs": ("2.5", {"sampling"}),
    "spark.master": ("local[1]", set()),
    "spark.shuffle_partitions": ("3", set()),
    "spark.driver_memory": ("1g", set()),
    "spark.driver_java_options": ("-Xint", set()),
    "spark.executor_memory": ("1g", set()),
    "spark.global_steps": ("cluster", set()),
    "spark.batch_rows": ("10", set()),
}


def test_every_setting_has_its_place() -> None:
    names = {
        f"{section}.{key}"
        for section, field in Settings.model_fields.items()
        for key in cast(Any, field.annotation).model_fields
    }
    assert names == SETTINGS.keys()
    assert tuple(made_from(Settings())) == STEPS


@pytest.mark.parametrize("name", [name for name, (value, _) in SETTINGS.items() if value])
def test_a_setting_redoes_the_steps_whose_rows_it_can_change(name: str) -> None:
    value, expected = SETTINGS[name]
    assert redone([], f"{name}={value}") == expected


def test_where_an_index_lies_and_in_which_order_those_stay_is_told_apart() -> None:
    custom = ["near_duplicates.representative=custom", "near_duplicates.representative_order=-n_words"]
    assert redone(custom, "near_duplicates.representative_order=n_words") == {"clusters"}


@pytest.mark.parametrize(
    ("base", "override", "expected"),
    [
        # With no near-duplicates, the shape of signatures is nothing, and lines are masked before they are read.
        (["near_duplicates.enabled=false"], "near_duplicates.bands=16", set()),
        (["near_duplicates.enabled=false"], "paragraphs.within_document=keep_first", {"annotate", "decide"}),
        (["near_duplicates.enabled=false"], "ingest.min_chars=200", {"masks", "paragraphs", "decide"}),
        (["near_duplicates.enabled=false"], "language.threshold=0.6", {"decide"}),
        (["lines.enabled=false"], "lines.common_hosts=3", set()),
        (["lines.enabled=false"], "lines.lists=false", set()),
        (["lines.enabled=false"], "lines.copies=false", set()),
        (["lines.enabled=false"], "ingest.min_chars=200", AFTER_SIGNALS),
        (["paragraphs.policy=none"], "paragraphs.scope=50", set()),
        (["paragraphs.policy=none"], "paragraphs.max_repeated_share=0.7", set()),
        ([], "paragraphs.max_repeated_share=1", {"paragraphs", "decide"}),
        (CONTAINED, "near_duplicates.containment=1", {"contained", "decide"}),
        (CONTAINED, "near_duplicates.ngram=3", {"annotate", "clusters", "contained"}),
        (CONTAINED, "language.threshold=0.6", {"contained", *AFTER_SIGNALS}),
        ([*CONTAINED, "near_duplicates.enabled=false"], "near_duplicates.containment=1", set()),
        (TEMPLATES, "near_duplicates.templates=0.8", {"templates", "decide"}),
        (TEMPLATES, "near_duplicates.representative=earliest", {"templates", "clusters"}),
        (TEMPLATES, "near_duplicates.seed=2", {"annotate", "clusters", "templates"}),
        (TEMPLATES, "near_duplicates.similarity=0.7", {"clusters", "decide"}),
        ([*TEMPLATES, "near_duplicates.enabled=false"], "near_duplicates.templates=1", set()),
        (SPANS, "spans.min_tokens=60", {"spans"}),
        (SPANS, "spans.action=mark", {"export"}),
        (SPANS, "paragraphs.min_document_chars=100", {*AFTER_SIGNALS, "export"}),
        (["quality.heuristics=false"], "quality.max_symbol_share=0.1", set()),
        (["urls.lists=lists"], "urls.drop=adult", AFTER_SIGNALS),
        (["urls.words=adult"], "urls.max_word_weight=2", AFTER_SIGNALS),
        (["opt_out.robots=r.parquet"], "opt_out.agents=CCBot", AFTER_SIGNALS),
        (["toxicity.lists=lists"], "toxicity.max_share=0.1", AFTER_SIGNALS),
        (["pii.mode=mark"], "pii.kinds=email", {"export"}),
    ],
)
def test_settings_that_are_switched_off_redo_nothing(base: list[str], override: str, expected: set[str]) -> None:
    assert redone(base, override) == expected


BY_PERPLEXITY = ["near_duplicates.representative=lowest_perplexity", "quality.lm_dir=lm"]


@pytest.mark.parametrize(
    ("base", "model", "expected"),
    [
        ([], "language.model", {"annotate"}),
        ([], "language.common_words", {"annotate"}),
        ([], "language.description", {"annotate"}),
        ([], "quality.lm_dir/en", {"export"}),
        ([], "quality.cutoffs", {"export"}),
        ([], "quality.score_dir/en", {"annotate"}),
        (BY_PERPLEXITY, "quality.lm_dir/en", {"perplexities", "export"}),
        (BY_PERPLEXITY, "quality.cutoffs", {"export"}),
        (BY_PERPLEXITY, "language.model", {"annotate"}),
        *(([], name, {"annotate"}) for name in LISTS),
    ],
)
def test_models_count_by_their_content(base: list[str], model: str, expected: set[str]) -> None:
    settings = load_settings(None, base)
    before, after = made_from(settings), made_from(settings, MODELS | {model: "another"})
    assert {name for name in before if before[name] != after[name]} == expected


def test_with_perplexity_asked_for_its_normal_form_counts() -> None:
    assert redone(BY_PERPLEXITY, "quality.normalization=ccnet") == {"perplexities", "export"}
    assert redone(BY_PERPLEXITY, "quality.head_percentile=10") == {"export"}
    assert redone(BY_PERPLEXITY, "quality.lm_dir=moved") == set()
    assert redone(BY_PERPLEXITY, "language.threshold=0.6") == {"perplexities", *AFTER_SIGNALS}


OWN = ["quality.scores_file=s.csv", "quality.scores_columns=edu"]


def test_scores_of_ones_own_redo_what_reads_them_and_what_writes() -> None:
    assert redone([], *OWN) == {"own_scores", "export"}
    assert redone(OWN, "quality.scores_file=moved") == set()  # counts by content
    assert redone(OWN, "quality.scores_key=url") == {"own_scores"}
    assert redone(OWN, "quality.scores_columns=fun") == {"own_scores", "export"}
    ranked = [*OWN, "quality.tiers=20", "quality.scores=n_words"]
    assert redone(ranked, "quality.scores=edu") == {"tiers"}
    settings = load_settings(None, ranked)
    before, after = made_from(settings), made_from(settings, MODELS | {"quality.scores_file": "another"})
    assert {name for name in before if before[name] != after[name]} == {"own_scores"}


TIERS = ["quality.tiers=20", "quality.scores=n_words"]


def test_tiers_redo_what_ranks_and_what_writes() -> None:
    assert redone([], *TIERS) == {"tiers", "export"}
    assert redone(TIERS, "quality.tiers=10") == redone(TIERS, "quality.combine=mean_rank") == {"tiers"}
    assert redone(TIERS, "quality.scores=-n_words") == {"tiers"}
    assert redone(TIERS, "quality.scores=n_stop_words") == {"annotate", "tiers"}
    assert redone(TIERS, "quality.min_tier=3") == {"export"}
    scored = ["quality.lm_dir=lm", "quality.tiers=20"]
    assert redone(["quality.lm_dir=lm"], "quality.tiers=20") == {"perplexities", "tiers", "export"}
    assert redone(scored, "quality.normalization=ccnet") == {"perplexities", "export"}
    assert redone(scored, "language.threshold=0.6") == {"perplexities", *AFTER_SIGNALS}
    assert redone(["near_duplicates.enabled=false", *scored], "paragraphs.within_document=keep_first") == {
        *("annotate", "perplexities", "decide")
    }


def test_an_archive_redoes_ingest_alone_and_its_rows_what_reads_them() -> None:
    settings = Settings()
    run = Run(Place("/nowhere"), [], settings, Models(Path("/m"), {}, Cutoffs({}), MODELS))
    for step in steps(settings):
        told = []
        for look in ("file 1 2", "file 1 3"):
            run.__dict__["looks"] = {"a.gz": look}
            told.append(step_parts(step, run, dict.fromkeys(step.inputs, "d")))
        assert (told[0] != told[1]) is (step.name == "ingest")
        for name in step.inputs:
            changed = step_parts(step, run, dict.fromkeys(step.inputs, "d") | {name: "e"})
            assert fingerprint(step.name, changed) != fingerprint(step.name, told[1])


def test_moved_models_are_the_same_models(tmp_path: Path) -> None:
    found = []
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        for name, content in (("en.sp.model", b"s"), ("en.arpa.bin", b"l"), ("lid.bin", b"i")):
            (tmp_path / folder / name).write_bytes(content)
        lid = f"language.model={tmp_path / folder / 'lid.bin'}"
        found.append(find_models(load_settings(None, [lid, f"quality.lm_dir={tmp_path / folder}"])).digests)
    assert found[0] == found[1] and set(found[0]) == {
        "language.model",
        "language.common_words",
        "quality.lm_dir/en",
    }
    (tmp_path / "two" / "en.arpa.bin").write_bytes(b"other")
    lid = f"language.model={tmp_path / 'two' / 'lid.bin'}"
    other = find_models(load_settings(None, [lid, f"quality.lm_dir={tmp_path / 'two'}"])).digests
    assert other["quality.lm_dir/en"] != found[0]["quality.lm_dir/en"]


def test_a_policy_and_bounds_by_language_count_by_their_content(tmp_path: Path) -> None:
    rule = '[[rule]]\nname = "r"\ncolumn = "n_words"\ncomparison = "below"\nbound = 9\nsource = "s"\n'
    files = {
        "a": rule,
        "same": rule,
        "bound": rule.replace("9", "8"),
        "signal": rule.replace("n_words", "n_stop_words"),
    }
    files["scripts"] = rule + 'scripts = ["Latn"]\n'
    for name, text in files.items():
        (tmp_path / f"{name}.toml").write_text(text)
    for name, bounds in (("t1", "de = 3"), ("t2", "de = 3.0"), ("t3", "de = 4")):
        (tmp_path / f"{name}.toml").write_text(f"[r]\n{bounds}\n")
    base = [f"quality.policies={tmp_path}/a.toml"]

    def changed(*overrides: str, base: list[str] = base) -> set[str]:
        return redone(base, *(each.replace("=", f"={tmp_path}/") for each in overrides))

    assert changed("quality.policies=same.toml") == set()
    assert changed("quality.policies=bound.toml") == AFTER_SIGNALS
    assert changed("quality.policies=scripts.toml") == AFTER_SIGNALS
    assert changed("quality.policies=signal.toml") == {"annotate", *AFTER_SIGNALS}
    # Rules over lines are asked where documents are measured; what they cut is in `signals`.
    line = rule.replace("[[rule]]", "[[line_rule]]").replace('column = "n_words"', 'measure = "words"')
    (tmp_path / "line.toml").write_text(line.replace('"r"', '"l"'))
    (tmp_path / "source.toml").write_text(line.replace('"r"', '"l"').replace('"s"', '"other"'))
    of_lines = [f"quality.policies={tmp_path}/line.toml"]
    assert changed("quality.policies=line.toml", base=[]) == {"annotate"}
    assert changed("quality.policies=source.toml", base=of_lines) == set()
    for old, new in (("bound = 9", "bound = 8"), ('"l"', '"m"'), ('"s"', '"s"\nlanguages = ["en"]')):
        (tmp_path / "other.toml").write_text((tmp_path / "line.toml").read_text().replace(old, new))
        assert changed("quality.policies=other.toml", base=of_lines) == {"annotate"}
    fitted = [*base, f"quality.thresholds={tmp_path}/t1.toml"]
    assert changed("quality.thresholds=t1.toml") == AFTER_SIGNALS
    assert changed("quality.thresholds=t2.toml", base=fitted) == set()
    assert changed("quality.thresholds=t3.toml", base=fitted) == AFTER_SIGNALS
