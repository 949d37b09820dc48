"""Plans by cluster weight: sums over a corpus' training side, by hand; and a finished run's own plan."""

from pathlib import Path

import pytest

from ccnet_lite.errors import UserError
from ccnet_lite.finished.mixture import held_by, plan_of, weighted_sums
from ccnet_lite.sampling.mixing import Wish, mix
from ccnet_lite.sampling.plan import read_plan
from ccnet_lite.sampling.weights import Weights
from ccnet_lite.store.places import Place
from ccnet_lite.store.tables import put_table
from ccnet_lite.store.writing import PartWriter
from tests.finished.test_explain import finished, lm_dir, rows
from tests.tables import batch_of

__all__ = ["finished", "lm_dir"]


def test_each_document_counts_as_often_as_its_weight_says_and_held_out_ones_do_not(tmp_path: Path) -> None:
    files = []
    for name, documents in {
        "subset=eng_Latn/quality=head/part-en_00000-000.parquet": [(3, 100, 4, "train"), (1, 10, 1, "train")],
        "subset=eng_Zyyy/quality=head/part-en_00001-000.parquet": [(2, 7, 1, "train"), (8, 9, 9, "validation")],
        "subset=swh_Latn/quality=all/part-sw_00000-000.parquet": [(5, 20, 2, "train")],
    }.items():
        names = ("cluster_weight", "length", "nlines", "split")
        writer = PartWriter(Place.of(tmp_path), "corpus", "f", name)
        writer.write(batch_of("corpus", [dict(zip(names, each, strict=True)) for each in documents]))
        files.append(writer.close())
    corpus = put_table(Place.of(tmp_path), "corpus", "f", files)
    sums = weighted_sums(corpus, Weights(clusters=True))
    assert sums == {("en", "head"): (3 + 1 + 2, 12 + 1 + 2, 300 + 10 + 14), ("sw", "all"): (5, 10, 100)}


def test_a_run_is_planned_with_its_weights_or_without(finished: Path) -> None:
    corpus = [row for row in rows(finished, "corpus") if row["split"] == "train"]
    plain, by_weight = (plan_of([finished], cluster_weights=weighted) for weighted in (False, True))
    assert sum(part.documents for part in plain.parts) == sum(part.copies for part in plain.parts) == len(corpus)
    assert sum(part.documents for part in by_weight.parts) == len(corpus)
    assert sum(part.copies for part in by_weight.parts) == sum(row["cluster_weight"] for row in corpus)
    characters = sum(row["cluster_weight"] * row["length"] for row in corpus)
    assert sum(part.n for part in by_weight.parts) == characters
    for part in held_by(finished, read_plan(finished), Weights(clusters=True)):
        raised = part.weighted.characters / part.once.characters
        assert part.weighted.bytes == pytest.approx(part.once.bytes * raised, abs=1)
    assert (plain.unit, plain.budget) == ("characters", 10**12)


def test_tiers_weigh_where_there_are_tiers(tmp_path: Path, finished: Path) -> None:
    names = ("cluster_weight", "length", "nlines", "split", "quality_tier")
    documents = [(3, 100, 4, "train", 4), (1, 10, 1, "train", 0), (2, 7, 1, "train", None), (2, 9, 1, "train", 3)]
    writer = PartWriter(Place.of(tmp_path), "corpus", "f", "subset=eng_Latn/quality=all/part-en_00000-000.parquet")
    writer.write(batch_of("corpus", [dict(zip(names, each, strict=True)) for each in documents]))
    corpus = put_table(Place.of(tmp_path), "corpus", "f", [writer.close()])
    tiers = ((0, 0), (4, 2))
    assert weighted_sums(corpus, Weights(tiers=tiers)) == {("en", "all"): (4, 10, 216)}
    assert weighted_sums(corpus, Weights(True, tiers)) == {("en", "all"): (10, 28, 632)}
    with pytest.raises(UserError, match=r"has no tiers: run it with quality\.tiers"):
        plan_of([finished], tier_weights={4: 2})
    with pytest.raises(UserError, match="tier weight 4: give a tier and a whole number"):
        mix([], Wish("characters", 10, tier_weights={4: -1}))


def test_what_is_no_run_is_refused(tmp_path: Path, finished: Path) -> None:
    with pytest.raises(UserError, match=r"sampling\.json does not exist"):
        plan_of([finished, tmp_path])
    with pytest.raises(UserError, match="is given twice"):
        plan_of([finished, f"{finished}/"])
