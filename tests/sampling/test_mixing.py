"""Sampling plans against the published figures of XLM-R and UniMax's algorithm, and against numbers by hand."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.errors import UserError
from ccnet_lite.sampling.mixing import EVERY, Held, Wish, bounded, mix
from ccnet_lite.sampling.mixture import SamplingMix, mix_of_json
from ccnet_lite.sampling.probabilities import exponent_sampling, unimax
from ccnet_lite.sampling.statistics import BucketStatistics
from tests.sampling.test_probabilities import XLM_R_GIB

GIB = 2**30


def held(
    run: str, language: str, bucket: str, n: int, documents: int = 10, tokens: int | None = None, weight: int = 1
) -> Held:
    """n bytes in some documents, each of which counts `weight` times."""
    row = BucketStatistics(language, bucket, documents, documents, n, n, n // 5, tokens)
    sums = {name: weight * getattr(row, name) for name in ("documents", "lines", "characters", "bytes", "words")}
    return Held(run, row, replace(row, **sums, tokens=None if tokens is None else weight * tokens))


def wish(budget: int = 1000, **more: object) -> Wish:
    return Wish(unit="bytes", budget=budget, useful_bytes=0, many_epochs=1e9, **more)  # type: ignore[arg-type]


def by_part(plan: SamplingMix, name: str) -> dict[tuple[str, str], float]:
    return {(part.language, part.bucket): getattr(part, name) for part in plan.parts}


XLM_R = [held("xlmr", language, "all", round(gib * GIB)) for language, gib in XLM_R_GIB.items()]


def test_xlm_r_s_table_6_at_its_alpha() -> None:
    plan = mix(XLM_R, wish(6 * 10**12, alpha=0.3))
    q, whole = plan.shares(), sum(XLM_R_GIB.values())
    p = {language: gib / whole for language, gib in XLM_R_GIB.items()}
    assert len(q) == 100 and sum(q.values()) == pytest.approx(1.0)
    assert (round(100 * p["en"], 2), round(100 * q["en"], 2)) == (12.56, 2.96)
    factors = {name: round(q[name] / p[name], 2) for name in ("en", "ur", "sw", "as", "om")}
    assert factors == {"en": 0.24, "ur": 3.78, "sw": 9.2, "as": 64.06, "om": 64.06}
    english = next(part for part in plan.parts if part.language == "en")
    assert english.units == pytest.approx(q["en"] * 6 * 10**12)
    assert english.epochs == pytest.approx(english.units / (300.8 * GIB), rel=1e-9)


def test_a_temperature_is_one_over_alpha_and_alpha_1_is_the_corpus_as_it_is() -> None:
    plan = mix(XLM_R, wish(alpha=1.0))
    assert plan.shares() == pytest.approx({k: v / sum(XLM_R_GIB.values()) for k, v in XLM_R_GIB.items()}, rel=1e-6)


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=30), st.integers(1, 10**13), st.floats(0.1, 50.0))
def test_unimax_is_its_algorithm(sizes: list[int], budget: int, cap: float) -> None:
    parts = [held("r", f"l{number:02d}", "all", size) for number, size in enumerate(sizes)]
    plan = mix(parts, wish(budget, method="unimax", max_epochs=cap))
    probability, epochs = unimax(sizes, budget, cap)
    assert [part.share for part in plan.parts] == pytest.approx(probability.tolist(), rel=1e-6)
    assert [part.epochs for part in plan.parts] == pytest.approx(epochs.tolist(), rel=1e-6)
    assert plan.spent == pytest.approx(min(budget, cap * sum(sizes)), rel=1e-6)


def test_what_a_cap_leaves_unspent_is_said() -> None:
    plan = mix([held("r", "en", "all", 100), held("r", "sw", "all", 10)], wish(1000, alpha=0.3, max_epochs=4))
    assert plan.spent == pytest.approx(440)
    assert by_part(plan, "epochs") == pytest.approx({("en", "all"): 4.0, ("sw", "all"): 4.0})
    assert by_part(plan, "share") == pytest.approx({("en", "all"): 100 / 110, ("sw", "all"): 10 / 110})
    (said,) = plan.warnings
    assert said == "560 of 1,000 bytes (56.0 %) stay unspent: every language is at its maximum"


def test_a_cap_gives_what_it_cuts_to_the_others_by_their_weights() -> None:
    """By hand: alpha 0.5 of 81, 16, 1 is 9, 4, 1 of 14; the smallest may be read twice, 2 of 98, so the others
    get 96 of 98 in the proportion 9 to 4."""
    parts = [held("r", name, "all", n) for name, n in (("a", 81), ("b", 16), ("c", 1))]
    plan = mix(parts, wish(98, alpha=0.5, max_epochs=2))
    assert list(plan.shares().values()) == pytest.approx([96 / 98 * 9 / 13, 96 / 98 * 4 / 13, 2 / 98])
    assert plan.warnings == () and plan.spent == pytest.approx(98)


def test_minimum_and_maximum_shares() -> None:
    parts = [held("r", name, "all", n) for name, n in (("a", 600), ("b", 300), ("c", 100))]
    plan = mix(parts, wish(alpha=1.0, max_share={"a": 0.3}, min_share={EVERY: 0.2}))
    assert plan.shares() == pytest.approx({"a": 0.3, "b": 0.5, "c": 0.2})
    plan = mix(parts, wish(10_000, alpha=1.0, min_share={"c": 0.9}, max_epochs=20))
    assert plan.shares()["c"] == pytest.approx(0.2), "20 times 100 of 10,000: no minimum goes beyond the maximum"
    assert "c: its minimum, 90 % of the budget, is above its maximum, 20 %" in plan.warnings[0]
    with pytest.raises(UserError, match="minima of 3 languages sum to 120 % of the budget"):
        mix(parts, wish(alpha=1.0, min_share={EVERY: 0.4}))
    least = mix(parts, wish(1000, alpha=0.0, min_epochs=0.5))
    assert by_part(least, "epochs")["a", "all"] == pytest.approx(1000 / 3 / 600)
    least = mix(parts, wish(1000, alpha=0.0, min_epochs=1.0))
    assert list(by_part(least, "epochs").values()) == pytest.approx([1.0, 1.0, 1.0])


def test_bucket_weights_share_a_language_out_and_leave_its_share() -> None:
    parts = [held("r", "en", "head", 100), held("r", "en", "tail", 300), held("r", "sw", "all", 100)]
    plain = mix(parts, wish(alpha=0.5))
    plan = mix(parts, wish(alpha=0.5, bucket_weights={"head": 3.0}))
    assert plan.shares() == plain.shares() == pytest.approx({"en": 2 / 3, "sw": 1 / 3})
    epochs = by_part(plan, "epochs")
    assert epochs["en", "head"] == pytest.approx(3 * epochs["en", "tail"])
    without = mix(parts, wish(alpha=0.5, bucket_weights={"tail": 0.0}))
    assert without.shares() == pytest.approx({"en": 0.5, "sw": 0.5})
    assert ("en", "tail") not in by_part(without, "share")
    capped = mix(parts, wish(10_000, alpha=0.5, bucket_weights={"head": 3.0}, max_epochs=3))
    assert by_part(capped, "epochs") == pytest.approx({("en", "head"): 3, ("en", "tail"): 1, ("sw", "all"): 3})


def test_documents_are_drawn_so_that_units_come_out_by_q() -> None:
    long, short = held("r", "en", "all", 1000, documents=10), held("r", "sw", "all", 1000, documents=1000)
    plan = mix([long, short], wish(alpha=0.3))
    assert by_part(plan, "share") == pytest.approx({("en", "all"): 0.5, ("sw", "all"): 0.5})
    assert by_part(plan, "draw") == pytest.approx({("en", "all"): 10 / 1010, ("sw", "all"): 1000 / 1010})


def test_cluster_weights_count_a_document_as_often_as_it_is_read() -> None:
    parts = [held("r", "en", "all", 100, weight=3), held("r", "sw", "all", 100, tokens=20)]
    plan = mix(parts, wish(alpha=1.0, cluster_weights=True))
    english, swahili = plan.parts
    assert (english.documents, english.copies, english.n) == (10, 30, 300)
    assert (english.share, swahili.share) == pytest.approx((0.75, 0.25))
    assert (english.draw, swahili.draw) == pytest.approx((0.75, 0.25)), "both have ten units a document read"
    assert english.epochs == pytest.approx(2.5) and english.tokens is None
    assert swahili.tokens == pytest.approx(250 * 20 / 100)
    assert (swahili.repeats, mix(parts, wish(10)).parts[1].repeats) == (pytest.approx(1.5), 0.0)


def test_runs_are_planned_together() -> None:
    parts = [held("a", "en", "all", 60), held("b", "en", "all", 20), held("b", "sw", "all", 20)]
    plan = mix(parts, wish(alpha=0.5))
    assert plan.shares() == pytest.approx({"en": 2 / 3, "sw": 1 / 3})
    assert [(p.run, p.language, round(p.share, 6)) for p in plan.parts] == [
        *(("a", "en", 0.5), ("b", "en", round(1 / 6, 6)), ("b", "sw", round(1 / 3, 6))),
    ]
    assert plan.parts[0].epochs == pytest.approx(plan.parts[1].epochs)
    assert plan.runs == ("a", "b")


def test_a_language_that_was_not_counted_is_left_out_and_named() -> None:
    parts = [
        held("r", "en", "all", 100, tokens=30),
        held("r", "sw", "all", 100),
        held("s", "sw", "all", 9, tokens=3),
    ]
    tokens = replace(wish(), unit="tokens")
    plan = mix(parts, tokens)
    assert plan.shares() == {"en": 1.0}
    assert plan.warnings == ("left out, as their tokens were not counted, for want of a model: sw",)
    with pytest.raises(UserError, match="tokens of sw were not counted"):
        mix(parts, replace(tokens, languages=("sw",)))


def test_small_and_repeated_languages_are_warned_of() -> None:
    parts = [held("r", "en", "all", 10 * GIB), held("r", "sw", "all", 100 * 2**20)]
    plan = mix(parts, Wish("bytes", 10 * GIB, alpha=0.3))
    assert plan.warnings == (
        "below 256 MiB of text, too little to learn much from: sw (100.0 MiB)",
        "read more than 4 times, which maximum epochs prevent: sw (20.4)",
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"alpha": 1.5}, "alpha is 1.5"),
        ({"alpha": float("nan")}, "alpha is nan"),
        ({"budget": 0}, "the budget is 0"),
        ({"max_epochs": 0.0}, "give a maximum above 0"),
        ({"method": "unimax"}, "UniMax needs a maximum of epochs"),
        ({"min_share": {"en": 2.0}}, "the minimum share of en: 2.0 is none"),
        ({"bucket_weights": {"best": 1.0}}, "bucket weight best=1.0"),
        ({"languages": ("xx",)}, "no run holds xx: they hold en"),
        ({"bucket_weights": {"all": 0.0}}, "hold no text to train on"),
    ],
)
def test_what_cannot_be_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        mix([held("r", "en", "all", 100)], replace(wish(), **change))  # type: ignore[arg-type]


bounds = st.lists(
    st.tuples(st.floats(1e-6, 1.0), st.floats(0.0, 1.0), st.floats(1e-6, 1.0)), min_size=1, max_size=12
)


@given(bounds)
def test_bounded_shares_are_the_clipped_weights_that_sum_to_one(given: list[tuple[float, float, float]]) -> None:
    weights, least, high = (np.array(column) for column in zip(*given, strict=True))
    low = np.minimum(least / max(1.0, least.sum()), high)
    found = bounded(weights, low, high)
    assert found.sum() == pytest.approx(min(1.0, high.sum()))
    assert np.all(found >= low - 1e-12) and np.all(found <= high + 1e-12)
    inside = (found > low + 1e-9) & (found < high - 1e-9)
    if high.sum() > 1.0 and inside.any():
        c = found[inside] / weights[inside]
        assert c.max() == pytest.approx(c.min(), rel=1e-6)
        assert found == pytest.approx(np.clip(c[0] * weights, low, high), rel=1e-6, abs=1e-9)


def test_with_no_bounds_it_is_exponent_sampling() -> None:
    parts = [held("r", name, "all", n) for name, n in (("a", 81), ("b", 16), ("c", 1))]
    for alpha in (0.0, 0.3, 0.7, 1.0):
        expected = exponent_sampling([81, 16, 1], alpha).tolist()
        assert list(mix(parts, wish(alpha=alpha)).shares().values()) == pytest.approx(expected)


def test_a_plan_reads_back_as_it_was() -> None:
    plan = mix(XLM_R, wish(10**12, alpha=0.3, max_epochs=3, min_share={"sw": 0.01}))
    text = plan.to_json()
    assert mix_of_json(text) == plan
    told = json.loads(text)
    assert (told["format"], told["version"]) == ("ccnet_lite.mix", 1)
    assert told["method"] == {"name": "alpha", "alpha": 0.3, "max_epochs": 3, "min_share": {"sw": 0.01}}
    assert list(told) == sorted(told) and set(told["parts"][0]) == {
        *("run", "language", "bucket", "documents", "copies", "n", "share", "draw", "units", "tokens", "epochs")
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": 3}, "holds ccnet_lite.mix 3, not ccnet_lite.mix 1 or 2"),
        ({"parts": [{}]}, "is damaged .KeyError"),
        ({"parts": []}, "is damaged .*do not sum to 1"),
        ({"unit": None, "budget": "many"}, "is damaged .ValueError"),
    ],
)
def test_a_plan_that_cannot_be_used_is_the_users_to_mend(change: dict[str, object], message: str) -> None:
    stored = json.loads(mix([held("r", "en", "all", 100)], wish()).to_json())
    with pytest.raises(UserError, match=rf"p\.json {message}"):
        mix_of_json(json.dumps(stored | change), "p.json")
    with pytest.raises(UserError, match=r"p\.json is not JSON"):
        mix_of_json("{", "p.json")
