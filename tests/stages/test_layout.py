"""How text is cut into parts: by the docstring, read in plain Python."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccnet_lite.stages import layout
from ccnet_lite.stages.layout import assign_tasks, lay_out, part_chars

Kept = list[tuple[int, str, int]]


def table(kept: Kept) -> pa.Table:
    return pa.table(
        {
            "shard": pa.array([shard for shard, _, _ in kept], pa.int32()),
            "language": pa.array([language for _, language, _ in kept], pa.string()),
            "characters": pa.array([characters for *_, characters in kept], pa.int64()),
        }
    )


def test_a_part_s_size_follows_from_the_text_within_bounds() -> None:
    assert part_chars(10, 512 << 20) == 32_000_000
    assert part_chars(64 * 50_000_000, 512 << 20) == 50_000_000
    assert part_chars(10**15, 512 << 20) == 4 * (512 << 20)
    assert part_chars(10, 1000) == 4000


def test_neighbouring_shards_share_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "MIN_PART_CHARS", 100)
    monkeypatch.setattr(layout, "PARTS_OF_A_RUN", 1000)
    kept = [(3, "en", 60), (5, "en", 39), (6, "en", 2), (9, "en", 350), (10, "en", 1), (5, "de", 7)]
    found = lay_out(table(kept), 1 << 30, 8)
    assert found.languages == ["de", "en"]
    assert [found.part("en", shard) for shard in (3, 5, 6, 9, 10)] == [0, 0, 0, 1, 4]
    assert found.part("de", 5) == 0 and found.part("en", 0) == 0 and found.part("en", 99) == 4
    assert set(found.tasks) == {("de", 0), ("en", 0), ("en", 1), ("en", 4)}
    assert found.n_tasks == 4
    assert lay_out(table(kept), 1 << 30, 3).n_tasks == 3
    assert lay_out(table([]), 1 << 30, 8).tasks == {}


kepts = st.dictionaries(
    st.tuples(st.integers(0, 30), st.sampled_from(["de", "en", "zh"])), st.integers(0, 40), max_size=40
).map(lambda drawn: [(shard, language, chars) for (shard, language), chars in drawn.items()])


@given(kepts, st.integers(1, 20), st.integers(1, 6))
def test_the_cut_is_what_plain_python_makes_and_no_order_changes_it(kept: Kept, size: int, tasks: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout, "MIN_PART_CHARS", size)
        patch.setattr(layout, "PARTS_OF_A_RUN", 10**9)
        found = lay_out(table(kept), 1 << 30, tasks)
        again = lay_out(table(kept[::-1]), 1 << 30, tasks)
    expected: dict[tuple[str, int], int] = {}
    for language in {each for _, each, _ in kept}:
        before = 0
        for shard, _, chars in sorted(row for row in kept if row[1] == language):
            part = before // size
            assert found.part(language, shard) == again.part(language, shard) == part
            expected[language, part] = expected.get((language, part), 0) + chars
            before += chars
    assert found.tasks == again.tasks == assign_tasks(expected, found.n_tasks)
    assert found.tasks.keys() == expected.keys()
    assert set(found.tasks.values()) <= set(range(found.n_tasks))


def test_the_largest_parts_go_first_to_the_task_with_least() -> None:
    sizes = {("en", 0): 10, ("fr", 0): 6, ("de", 0): 3, ("de", 1): 2, ("it", 0): 0, ("pt", 0): 0}
    assigned = assign_tasks(sizes, 2)
    loads = [sum(sizes[part] for part, task in assigned.items() if task == number) for number in (0, 1)]
    assert loads == [12, 9]
    assert assign_tasks({}, 0) == {}
    assert set(assign_tasks({("en", n): 0 for n in range(4)}, 4).values()) == {0, 1, 2, 3}
