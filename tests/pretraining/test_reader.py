"""The mix of languages, several runs, plans, the held-out side, and taking it up again on any number of ranks."""

import json
import os
import pickle
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccnet_lite.errors import UserError
from ccnet_lite.pretraining import blocks
from ccnet_lite.pretraining.reader import PretrainingReader
from ccnet_lite.pretraining.states import merge_states
from ccnet_lite.sampling.mixture import MixPart, SamplingMix
from ccnet_lite.sampling.probabilities import exponent_sampling, unimax
from ccnet_lite.settings import SamplingSettings
from tests.pretraining.conftest import write_corpus
from tests.pretraining.test_streams import with_columns

TEXTS = {
    ("en", "head"): [f"text {i}" for i in range(60)],
    ("en", "tail"): [f"tail {i}" for i in range(21)],
    ("sw", "all"): [f"neno {i}" for i in range(16)],
}
SIZES = {"en": 81, "sw": 16}

Write = Callable[..., Path]


def ids(reader: PretrainingReader, count: int) -> list[str]:
    return [document.doc_id for document in islice(reader, count)]


def even(seen: Counter[str]) -> bool:
    """Whether no document of a language was read twice more than another."""
    for language, size in SIZES.items():
        counts = [n for doc_id, n in seen.items() if doc_id.startswith(language)]
        counts += [0] * (size - len(counts))
        if max(counts) - min(counts) > 1:
            return False
    return True


def test_languages_come_by_q_and_repeat_when_used_up(corpus: Write) -> None:
    reader = PretrainingReader(corpus(TEXTS), alpha=0.5)
    assert reader.q == pytest.approx({"en": 9 / 13, "sw": 4 / 13})
    read = Counter(document.language for document in islice(reader, 4000))
    assert read["sw"] / 4000 == pytest.approx(4 / 13, abs=0.02)
    assert reader.epochs == pytest.approx({"en": read["en"] / 81, "sw": read["sw"] / 16}, rel=0.05)


def test_units_come_by_q_when_documents_differ_in_length(corpus: Write) -> None:
    texts = {("en", "all"): ["a" * 900] * 20, ("sw", "all"): ["b" * 100] * 20}
    reader = PretrainingReader(corpus(texts, unit="bytes"), alpha=0.5)
    assert reader.q == pytest.approx({"en": 0.75, "sw": 0.25})
    read: Counter[str] = Counter()
    for document in islice(reader, 4000):
        read[document.language] += len(document.text)
    assert read["sw"] / read.total() == pytest.approx(0.25, abs=0.02)


def test_the_text_is_that_of_the_document(corpus: Write) -> None:
    for language, text, doc_id in islice(PretrainingReader(corpus(TEXTS)), 2000):
        assert doc_id.startswith(language)
        assert (
            text
            == {"en": {"head": "text", "tail": "tail"}, "sw": {"all": "neno"}}[language][doc_id.split("-")[1]]
            + " "
            + doc_id.rsplit("-", 1)[1]
        )


def test_a_bucket_filter_reads_only_those_and_by_their_own_q(corpus: Write) -> None:
    reader = PretrainingReader(corpus(TEXTS), alpha=1.0, buckets=["tail", "all"])
    assert reader.q == pytest.approx({"en": 21 / 37, "sw": 16 / 37})
    assert {doc_id.split("-")[1] for doc_id in ids(reader, 300)} == {"tail", "all"}


def test_languages_can_be_picked(corpus: Write) -> None:
    reader = PretrainingReader(corpus(TEXTS), languages=["sw"])
    assert reader.q == {"sw": 1.0}
    assert {document.language for document in islice(reader, 50)} == {"sw"}


def test_unimax(corpus: Write) -> None:
    reader = PretrainingReader(corpus(TEXTS, budget=100, unimax_max_epochs=2.0), alpha="unimax")
    assert list(reader.q.values()) == unimax([81, 16], 100, 2.0)[0].tolist()
    assert reader.q == pytest.approx({"en": 0.68, "sw": 0.32})


def test_q_is_that_of_sampling_json_when_everything_is_read(corpus: Write) -> None:
    run = corpus(TEXTS, alphas=(0.3,))
    written = json.loads((run / "sampling.json").read_text())["languages"]
    reader = PretrainingReader(run, alpha=0.3)
    assert reader.q == {language: written[language]["alpha"]["0.3"]["q"] for language in ("en", "sw")}
    assert list(reader.q.values()) == exponent_sampling([81, 16], 0.3).tolist()


def test_equal_readers_read_equal_and_the_seed_changes_the_order(corpus: Write) -> None:
    run = corpus(TEXTS)
    first = ids(PretrainingReader(run, seed=1), 300)
    assert ids(PretrainingReader(run, seed=1), 300) == first
    assert ids(PretrainingReader(run, seed=2), 300) != first
    reader = PretrainingReader(run, seed=1)
    assert [document.doc_id for n in (1, 0, 250, 49) for document in reader.read(n)] == first


# ---- several runs, plans, the held-out side ----------------------------------------------------------------


def two_runs(folder: Path, **sampling: object) -> tuple[Path, Path]:
    kind = SamplingSettings.model_validate({"unit": "bytes"} | sampling)
    write_corpus(folder / "old", {("en", "all"): ["a" * 30] * 40, ("sw", "all"): ["b" * 30] * 40}, kind)
    write_corpus(folder / "new", {("en", "all"): ["c" * 90] * 25}, kind)
    return folder / "old", folder / "new"


def test_runs_are_mixed_by_weight_in_units(tmp_path: Path) -> None:
    old, new = two_runs(tmp_path)
    reader = PretrainingReader({old: 3.0, new: 1.0}, alpha=0.3)
    assert reader.q == pytest.approx({"en": 0.375 + 0.25, "sw": 0.375})
    units: Counter[str] = Counter()
    for document in islice(reader, 6000):
        units[document.text[0]] += len(document.text)
    assert {of: n / units.total() for of, n in units.items()} == pytest.approx(
        {"a": 0.375, "b": 0.375, "c": 0.25}, abs=0.02
    )


def test_runs_that_count_different_units_and_weights_of_nothing_are_refused(tmp_path: Path) -> None:
    old, new = two_runs(tmp_path)
    with pytest.raises(UserError, match=r"weights of runs are 1\.0, 0: each must be above 0"):
        PretrainingReader({old: 1.0, new: 0})
    other = SamplingSettings.model_validate({"unit": "lines"})
    write_corpus(tmp_path / "lines", {("en", "all"): ["one", "two"]}, other)
    with pytest.raises(UserError, match=r"different units \(bytes in .*old, lines in .*lines\)"):
        PretrainingReader({old: 1.0, tmp_path / "lines": 1.0})


def mix_of(parts: Sequence[tuple[Path, str, str, int, float]], cluster_weights: bool = False) -> SamplingMix:
    made = tuple(
        MixPart(str(run), language, bucket, copies, copies, copies, draw, draw, 0.0, None, 0.0)
        for run, language, bucket, copies, draw in parts
    )
    return SamplingMix("documents", 100, 100.0, {"name": "alpha"}, cluster_weights, made)


def test_a_plan_says_how_often_each_bucket_is_drawn(corpus: Write) -> None:
    run = corpus(TEXTS)
    shares = {"en-head": 0.2, "en-tail": 0.5, "sw-all": 0.3}
    parts = [(run, *name.split("-"), len(TEXTS[*name.split("-")]), share) for name, share in shares.items()]  # type: ignore[index]
    reader = PretrainingReader(mix_of(parts))  # type: ignore[arg-type]
    assert reader.q == pytest.approx({"en": 0.7, "sw": 0.3})
    read = Counter(doc_id.rpartition("-")[0] for doc_id in ids(reader, 5000))
    assert {name: n / 5000 for name, n in read.items()} == pytest.approx(shares, abs=0.02)
    with pytest.raises(ValueError, match="are in the plan"):
        PretrainingReader(mix_of(parts), alpha=0.5)  # type: ignore[arg-type]


def test_a_plan_may_read_documents_by_their_cluster_weights(corpus: Write) -> None:
    run = corpus({("en", "all"): [f"text {i}" for i in range(30)]})
    with_columns(run, "all", cluster_weight=[1 + i % 2 for i in range(30)])
    reader = PretrainingReader(mix_of([(run, "en", "all", 45, 1.0)], cluster_weights=True))
    assert Counter(ids(reader, 45)) == {f"en-all-{i}": 1 + i % 2 for i in range(30)}


def with_split(run: Path) -> set[str]:
    """Hold out every tenth document; their ids."""
    held_out = set()
    counted = json.loads((run / "sampling.json").read_text())
    for (language, bucket), texts in TEXTS.items():
        chosen = [i for i in range(len(texts)) if i % 10 == 3]
        with_columns(run, bucket, split=["validation" if i in chosen else "train" for i in range(len(texts))])
        held_out |= {f"{language}-{bucket}-{i}" for i in chosen}
        counted["languages"][language]["buckets"][bucket]["documents"] -= len(chosen)
    (run / "sampling.json").write_text(json.dumps(counted))
    return held_out


def test_what_is_held_out_never_comes_in_training_and_comes_once_in_validation(corpus: Write) -> None:
    run = corpus(TEXTS)
    held_out = with_split(run)
    assert len(held_out) == 10
    training = Counter(ids(PretrainingReader(run), 3000))
    assert (
        training.keys()
        == {f"{a}-{b}-{i}" for (a, b), texts in TEXTS.items() for i in range(len(texts))} - held_out
    )
    for world_size in (1, 3, 4):
        parts = [
            ids(PretrainingReader(run, split="validation", rank=rank, world_size=world_size), 100)
            for rank in range(world_size)
        ]
        assert sorted(doc_id for part in parts for doc_id in part) == sorted(held_out)
        assert max(map(len, parts)) - min(map(len, parts)) <= 1
    reader = PretrainingReader(run, split="validation")
    assert next(reader).doc_id == "en-head-3"
    other = PretrainingReader(run, split="validation", rank=1, world_size=2)
    other.load_state_dict(reader.state_dict())
    assert next(other).doc_id == "en-head-23"
    assert len(list(other)) == 3


def test_a_run_without_a_split_has_nothing_to_validate_with(corpus: Write) -> None:
    with pytest.raises(UserError, match="holds nothing of the split validation"):
        PretrainingReader(corpus(TEXTS), split="validation")


# ---- resuming ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [0, 7, 511, 512, 4096, 5000])
def test_a_state_goes_on_where_it_was_taken(corpus: Write, before: int) -> None:
    run = corpus(TEXTS)

    def reader() -> PretrainingReader:
        return PretrainingReader(run, seed=3, rank=1, world_size=3)

    first = reader()
    ids(first, before)
    state = json.loads(json.dumps(first.state_dict()))
    expected = list(islice(first, 700))
    second = reader()
    ids(second, 11)  # whatever it did before
    second.load_state_dict(state)
    assert list(islice(second, 700)) == expected
    assert second.epochs == first.epochs


def test_a_state_of_some_examples_ago(corpus: Write) -> None:
    reader = PretrainingReader(corpus(TEXTS), seed=3)
    everything = ids(reader, 6000)
    for back in (0, 1, 400, 1500, 3000):
        other = reader.part(0, 1)
        other.load_state_dict(reader.state_dict(back=back))
        assert ids(other, back) == everything[6000 - back :]
    with pytest.raises(ValueError, match="where it was 7000 examples ago"):
        reader.state_dict(back=7000)


def test_a_reader_goes_to_another_process_and_can_be_closed(corpus: Write) -> None:
    reader = PretrainingReader(corpus(TEXTS), rank=1, world_size=2)
    ids(reader, 600)
    sent = pickle.dumps(reader)
    reader.close()
    expected = ids(reader, 600)
    assert ids(pickle.loads(sent), 600) == expected


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> PretrainingReader:
    folder = tmp_path_factory.mktemp("base")
    write_corpus(folder, TEXTS, SamplingSettings.model_validate({"unit": "documents"}))
    return PretrainingReader(folder, seed=11)


STAGES = st.lists(
    st.tuples(st.sampled_from([1, 2, 3, 8]), st.integers(0, 60), st.booleans()), min_size=1, max_size=5
)


@given(stages=STAGES, block=st.sampled_from([4, 50, 4096]))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_killed_and_taken_up_by_other_numbers_of_ranks(
    base: PretrainingReader, monkeypatch: pytest.MonkeyPatch, stages: list[tuple[int, int, bool]], block: int
) -> None:
    monkeypatch.setattr(blocks, "BLOCK", block)
    seen: Counter[str] = Counter()
    state: dict[str, Any] | None = None
    for world_size, steps, merged in stages:
        readers = [base.part(rank, world_size) for rank in range(world_size)]
        for reader in readers:
            if state is not None:
                reader.load_state_dict(state)
            seen.update(ids(reader, steps))
        states = [json.loads(json.dumps(reader.state_dict())) for reader in readers]
        state = merge_states(states) if merged else states[-1]
    # One rank reads the rest of the block: then all that was drawn is in.
    last = base.part(0, 1)
    last.load_state_dict(state or {})
    rest = len(last._place.own) - last._taken
    seen.update(ids(last, rest))
    drawn = last._place.block.counts
    assert seen.total() == drawn.sum()
    for language, n in zip(SIZES, drawn.tolist(), strict=True):
        assert sum(count for doc_id, count in seen.items() if doc_id.startswith(language)) == n
    assert even(seen)


def test_ranks_that_got_to_different_places_are_joined(
    base: PretrainingReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 20)
    readers = [base.part(rank, 3) for rank in range(3)]
    seen = Counter(doc_id for reader, n in zip(readers, (7, 50, 21), strict=True) for doc_id in ids(reader, n))
    state = merge_states([reader.state_dict() for reader in readers])
    again = [base.part(rank, 3) for rank in range(3)]
    for reader, other in zip(readers, again, strict=True):
        other.load_state_dict(state)
        assert ids(other, 30) == ids(reader, 30)
    alone = base.part(0, 1)
    alone.load_state_dict(state)
    seen.update(ids(alone, 180 - seen.total()))  # to the end of the third block
    assert seen == Counter(ids(base.part(0, 1), 180))


@pytest.mark.parametrize("world_size", [1, 3, 8])
def test_at_every_step_of_all_ranks_epochs_are_even(base: PretrainingReader, world_size: int) -> None:
    readers = [base.part(rank, world_size) for rank in range(world_size)]
    seen: Counter[str] = Counter()
    for _ in range(400):
        seen.update(next(reader).doc_id for reader in readers)
        assert even(seen)


KILLED = """
import json, sys
from ccnet_lite.pretraining.reader import PretrainingReader
run, rank, ranks, steps, state, log = sys.argv[1:]
reader = PretrainingReader(run, seed=6, rank=int(rank), world_size=int(ranks))
if state:
    reader.load_state_dict(json.load(open(state)))
with open(log, "w") as said:
    for _ in range(int(steps)):
        said.write(next(reader).doc_id + "\\n")
    said.flush()
    json.dump(reader.state_dict(), open(log + ".state", "w"))
    print("saved", flush=True)
    for document in reader:  # what is read behind the state is lost with the process, and comes again
        pass
"""


def test_processes_are_killed_and_others_take_up(tmp_path: Path) -> None:
    run = tmp_path / "run"
    write_corpus(run, TEXTS, SamplingSettings.model_validate({"unit": "documents"}))
    seen: list[str] = []
    state = ""
    for number, (ranks, steps) in enumerate([(1, 700), (3, 150), (2, 90)]):
        processes = []
        for rank in range(ranks):
            log = str(tmp_path / f"{number}-{rank}")
            words = [sys.executable, "-c", KILLED, str(run), str(rank), str(ranks), str(steps), state, log]
            processes.append((log, subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env={**os.environ})))
        for log, process in processes:
            assert process.stdout is not None and process.stdout.readline() == "saved\n"
            process.send_signal(signal.SIGKILL)
            process.wait()
            process.stdout.close()
            seen += Path(log).read_text().split()
        state = processes[0][0] + ".state"
    reader = PretrainingReader(run, seed=6)
    reader.load_state_dict(json.loads(Path(state).read_text()))
    rest = ids(reader, 4096 - len(seen))  # all of them were in the first block of the one rank
    assert Counter(seen + rest) == Counter(ids(PretrainingReader(run, seed=6), 4096))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seed": 4}, "saved with seed = 3, this reader has 4"),
        ({"alpha": 0.7}, r"saved with draws = 0\.\d+ at number 0, this reader has 0\.\d+"),
        ({"buckets": ["all", "head"]}, "with streams = en head.middle.tail.all at number 0, this reader has en head.all"),
        ({"shuffle_bytes": 5}, "saved with shuffle_bytes = 268435456, this reader has 5"),
    ],
)  # fmt: skip
def test_a_state_of_another_reader_is_refused(corpus: Write, change: dict[str, object], message: str) -> None:
    run = corpus(TEXTS)
    arguments = {"alpha": 0.3, "seed": 3}
    state = PretrainingReader(run, **arguments).state_dict()  # type: ignore[arg-type]
    other = PretrainingReader(run, **{**arguments, **change})  # type: ignore[arg-type]
    with pytest.raises(UserError, match=message):
        other.load_state_dict(state)


def test_states_that_do_not_belong_together_are_refused(base: PretrainingReader) -> None:
    states = [base.part(rank, 3).state_dict() for rank in range(3)]
    with pytest.raises(UserError, match="state of rank 1 of 3 is missing"):
        merge_states([states[0], states[2]])
    with pytest.raises(UserError, match="rank 0 is given twice"):
        merge_states([states[0], states[0], states[1]])
    with pytest.raises(UserError, match="rank 1 differs in world_size"):
        merge_states([states[0], base.part(1, 2).state_dict()])
    with pytest.raises(UserError, match="of all ranks already"):
        merge_states([merge_states(states)])
    with pytest.raises(UserError, match="no state is given"):
        merge_states([])
    with pytest.raises(UserError, match="reader state has version 1, this reader 2"):
        base.part(0, 1).load_state_dict({"version": 1})


# ---- what is not there -------------------------------------------------------------------------------------


def test_a_corpus_that_changed_since_is_refused(corpus: Write) -> None:
    run = corpus(TEXTS)
    next((run / "corpus" / "subset=swh_Latn" / "quality=all").iterdir()).unlink()
    with pytest.raises(UserError, match=r"corpus holds 8 documents of sw, sampling\.json counted 16"):
        PretrainingReader(run)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"buckets": ["best"]}, "bucket best does not exist: the buckets are head, middle, tail, all"),
        ({"languages": ["xx"]}, "holds no xx: it holds en, sw"),
        ({"buckets": ["middle"]}, "holds no text in the buckets and languages asked for"),
    ],
)
def test_what_is_not_there_is_named(corpus: Write, arguments: dict[str, list[str]], message: str) -> None:
    with pytest.raises(UserError, match=message):
        PretrainingReader(corpus(TEXTS), **arguments)  # type: ignore[arg-type]


def test_languages_that_were_not_counted_are_named(corpus: Write) -> None:
    with pytest.raises(UserError, match="tokens of en, sw were not counted"):
        PretrainingReader(corpus(TEXTS, unit="tokens"))
