"""The arithmetic of a dry run: what is known of two samples, carried over to the whole."""

import math
from dataclasses import replace

import pytest

from ccnet_lite.run.estimate import OfLanguage, SampleRun, StepTook, duplicate_share, estimate


def sampled(records: int, duplicates: int = 0, start: float = 0.0, on_driver: float = 0.0) -> SampleRun:
    """A run of 2 ms of CPU a record, on two cores."""
    cpu = 0.002 * records
    steps = {
        "ingest": StepTook(start + cpu / 2, 2 * start + cpu, cpu, 0, 1000 * records),
        "clusters": StepTook(on_driver * records, on_driver * records, 0.0, 10 * records, 0),
    }
    kept = records - duplicates
    languages = {"en": OfLanguage(records, duplicates, kept, 1000 * kept, 250 * kept)}
    return SampleRun(records, 2, steps, languages, 400 * kept, 10**9, 2 * 10**9, 10**9)


def test_starts_are_counted_once_and_the_rest_by_the_record() -> None:
    found = estimate(sampled(500, start=6.0), sampled(500), sampled(1000), 100_000, cores=2)
    assert found.cpu_hours.likely * 3600 == pytest.approx(12.0 + 200.0)
    assert found.seconds.likely == pytest.approx(6.0 + 100.0)
    assert found.disk_bytes.likely == pytest.approx(1e8)
    assert found.shuffled_bytes.likely == pytest.approx(1e6)
    assert found.seconds.low < found.seconds.likely < found.seconds.high


def test_more_cores_share_out_tasks_but_not_what_the_driver_does() -> None:
    found = estimate(*[sampled(n, on_driver=1e-4) for n in (500, 500, 1000)], 100_000, cores=20)
    assert found.seconds.likely == pytest.approx(200.0 / 20 + 10.0)
    assert found.cpu_hours.likely * 3600 == pytest.approx(210.0)


def test_what_the_driver_does_within_a_step_is_told_from_its_tasks() -> None:
    def run(records: int) -> SampleRun:  # two cores work for 1 ms a record, then the driver alone for 0.5 ms
        step = StepTook(0.0015 * records, 0.0025 * records, 0.002 * records, 0, 0)
        return replace(sampled(records), steps={"export": step})

    found = estimate(run(500), run(500), run(1000), 100_000, cores=20)
    assert found.seconds.likely == pytest.approx(200.0 / 20 + 50.0)


def test_duplicates_grow_by_the_power_that_the_samples_show() -> None:
    # Pairs: twice the records find each other twice as often.
    span = duplicate_share(sampled(500, 5), sampled(1000, 20), 4000)
    assert span.likely == pytest.approx(0.08)
    # Less sure by half a power for each power of ten that was not seen.
    half = 0.5 * math.log10(4)
    assert span.low == pytest.approx(0.02 * 4 ** (1 - half)) and span.high == pytest.approx(0.08)
    # Nothing grows: as many among more.
    assert duplicate_share(sampled(500, 50), sampled(1000, 100), 4000).likely == pytest.approx(0.1)


def test_duplicates_that_no_sample_shows_may_be_there() -> None:
    span = duplicate_share(sampled(500), sampled(1000), 50_000)
    assert span[:2] == (0.0, 0.0)
    assert span.high == pytest.approx(0.15)
    assert duplicate_share(sampled(500), sampled(1000), 10**9).high == 0.9


def test_what_is_kept_goes_down_as_duplicates_go_up() -> None:
    found = estimate(sampled(500, 5), sampled(500, 5), sampled(1000, 20), 4000, cores=2)
    english = found.languages["en"]
    assert english.kept.likely == pytest.approx(4000 * 0.92)
    assert english.characters.likely == pytest.approx(4_000_000 * 0.92)
    assert english.tokens is not None and english.tokens.likely == pytest.approx(1_000_000 * 0.92)
    # By what is kept: 5,000 bytes more of 485 documents more.
    assert found.shuffled_bytes.likely == pytest.approx(5000 / 485 * english.kept.likely)
    assert found.documents.likely == pytest.approx(english.kept.likely)
    assert found.corpus_bytes.likely == pytest.approx(400 * english.kept.likely)
    assert english.read.likely == 4000


def test_files_have_heads_that_do_not_grow() -> None:
    small, large = (replace(sampled(n), corpus_bytes=5000 + 400 * n) for n in (500, 1000))
    assert estimate(small, small, large, 100_000, 2).corpus_bytes.likely == pytest.approx(5000 + 400 * 100_000)


def test_few_documents_say_little() -> None:
    few, many = (estimate(sampled(n // 2), sampled(n // 2), sampled(n), 10 * n, 2).documents for n in (20, 2000))
    assert (few.high - few.low) / few.likely > 5 * (many.high - many.low) / many.likely
