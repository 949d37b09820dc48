"""Files of scores: what is read of each kind, by literal rows, and what is refused, by file and row."""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ccnet_lite.errors import UserError
from ccnet_lite.kernels import score_files
from ccnet_lite.kernels.score_files import ScoreFile, Scores, read_scores
from ccnet_lite.store.places import Place

Make = Callable[[str, Any], ScoreFile]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def made(name: str, content: Any) -> ScoreFile:
        path = tmp_path / name
        if isinstance(content, dict):
            pq.write_table(pa.table(content), path, row_group_size=2)
        else:
            raw = content if isinstance(content, bytes) else content.encode()
            path.write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
        return ScoreFile(name, Place.of(path), path.stat().st_size, "")

    return made


def rows(file: ScoreFile, *columns: str, key: str = "url") -> list[tuple[Any, ...]]:
    """(row as messages name it, key, scores; None where there is none)."""
    found = []
    for some in read_scores(file, key, columns):
        assert some.values.shape == (len(columns), len(some.keys))
        for row, name in enumerate(some.keys):
            values = [None if np.isnan(value) else float(value) for value in some.values[:, row]]
            found.append((some.where(row), name, *values))
    return found


KINDS: list[tuple[str, Any, str, int]] = [
    (
        "s.parquet",
        {"edu": [1.5, None, -3.0], "n": [1, 2, None], "url": ["a", "b", "c"], "x": ["", "", ""]},
        "row",
        0,
    ),
    (
        "s.jsonl",
        '{"url": "a", "edu": 1.5, "n": 1}\n{"url": "b", "edu": null, "n": 2}\n{"edu": -3, "url": "c"}',
        "line",
        1,
    ),
    ("s.csv", "n,x,url,edu\r\n1,,a,1.5\r\n2,,b,\r\n,,c,-3\r\n", "line", 2),
]
KINDS += [(f"{name}.gz", content, *where) for name, content, *where in KINDS[1:]]


@pytest.mark.parametrize(("name", "content", "word", "first"), KINDS, ids=[kind[0] for kind in KINDS])
def test_every_kind_gives_the_same_rows(make: Make, name: str, content: Any, word: str, first: int) -> None:
    file = make(name, content)
    assert rows(file, "edu", "n") == [
        (f"{word} {first}", "a", 1.5, 1.0),
        (f"{word} {first + 1}", "b", None, 2.0),
        (f"{word} {first + 2}", "c", -3.0, None),
    ]
    assert rows(file, "n") == [(where, key, n) for where, key, _, n in rows(file, "edu", "n")]


def test_rows_are_numbered_on_from_batch_to_batch(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(score_files, "ROWS", 2)
    keys = [f"k{n}" for n in range(5)]
    parquet = make("s.parquet", {"url": keys, "edu": [float(n) for n in range(5)]})
    assert [some.first for some in read_scores(parquet, "url", ["edu"])] == [0, 2, 4]
    lines = make("s.jsonl", "".join(f'{{"url": "{key}", "edu": {n}}}\n\n' for n, key in enumerate(keys)))
    assert rows(lines, "edu") == [(f"line {2 * n + 1}", key, float(n)) for n, key in enumerate(keys)]
    assert [some.first for some in read_scores(lines, "url", ["edu"])] == [0, 2, 4]


def test_quoted_fields_may_hold_lines_and_commas(make: Make) -> None:
    file = make("s.csv", '\ufeffurl,edu\n"a\n,""b""",1\n"c",2\n')
    assert rows(file, "edu") == [("line 2", 'a\n,"b"', 1.0), ("line 4", "c", 2.0)]


def test_decimals_are_numbers_and_other_types_are_not(make: Make) -> None:
    decimal = pa.array([1, 2], pa.decimal128(5, 2))
    assert rows(make("s.parquet", {"url": ["a", "b"], "edu": decimal}), "edu")[1] == ("row 1", "b", 2.0)
    for column, said in ((["1", "2"], "string"), ([True, False], "bool"), ([[1.0], []], "list")):
        with pytest.raises(
            UserError, match=f"s.parquet: the column edu is {said}.*, not numbers: write it as double"
        ):
            rows(make("s.parquet", {"url": ["a", "b"], "edu": column}), "edu")
    with pytest.raises(UserError, match=r"s.parquet: the column url is int64, not strings"):
        rows(make("s.parquet", {"url": [1, 2], "edu": [1, 2]}), "edu")


NAN, INFINITE = float("nan"), float("inf")
NUMBERS = {"url": ["a", "b", "c"], "edu": [1.0, 2.0, 3.0]}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "s.parquet",
            NUMBERS | {"edu": [1.0, 2.0, NAN]},
            "s.parquet, row 2: edu is nan, not a finite number: mend it",
        ),
        ("s.parquet", NUMBERS | {"edu": [1.0, -INFINITE, 3.0]}, "row 1: edu is -inf, not a finite"),
        ("s.parquet", NUMBERS | {"url": ["a", None, "c"]}, "s.parquet, row 1 has no url: give each score"),
        ("s.parquet", NUMBERS | {"url": ["a", "b", ""]}, "row 2 has no url"),
        (
            "s.parquet",
            {"url": ["a"], "other": [1]},
            r"no column edu \(it has url, other\): see quality.scores_columns",
        ),
        ("s.parquet", {"id": ["a"], "edu": [1]}, r"no column url \(it has id, edu\): see quality.scores_key"),
        ("s.parquet", "no Parquet", r"s.parquet cannot be read \(.*\): write it anew"),
        (
            "s.jsonl",
            '{"url": "a", "edu": 1}\n\n{"url": "b", "edu": NaN}',
            "s.jsonl, line 3: edu is nan, not a finite",
        ),
        ("s.jsonl", '{"url": "a", "edu": 1e999}', "line 1: edu is inf"),
        ("s.jsonl", '{"url": "a", "edu": ' + "9" * 400 + "}", "line 1: edu is 9999.*, not a finite number"),
        ("s.jsonl", '{"url": "a", "edu": "1.5"}', "line 1: edu is '1.5', not a finite number"),
        ("s.jsonl", '{"url": "a", "edu": true}', "line 1: edu is True, not"),
        ("s.jsonl", '{"url": "a", "edu": [1]}', r"line 1: edu is \[1\], not"),
        ("s.jsonl", '{"url": 7, "edu": 1}', "line 1 has no url"),
        ("s.jsonl", '{"url": "", "edu": 1}', "line 1 has no url"),
        ("s.jsonl", '{"edu": 1}', "line 1 has no url"),
        ("s.jsonl", '{"url": "a", "ed": 1}\n{"url": "b"}', "no line has edu: see quality.scores_columns"),
        ("s.jsonl", '{"url": "a"', "s.jsonl, line 1 is no JSON"),
        ("s.jsonl", '["a", 1]', "line 1 is not a JSON object"),
        ("s.jsonl", b'{"url": "\xff", "edu": 1}', r"s.jsonl cannot be read \(.*utf-8"),
        ("s.csv", "url,edu\na,1\nb,x\n", "s.csv, line 3: edu is 'x', not a finite number"),
        ("s.csv", "url,edu\na,nan\n", "line 2: edu is 'nan'"),
        ("s.csv", "url,edu\na,1_0\n", "line 2: edu is '1_0'"),
        ("s.csv", "url,edu\na,1,2\n", "line 2 has 3 columns, not 2"),
        ("s.csv", "url,edu\n,1\n", "line 2 has no url"),
        ("s.csv", "url,ed\na,1\n", r"no column edu \(it has url, ed\)"),
        ("s.csv", "", r"no column url \(it has none\)"),
        ("s.csv", 'url,edu\n"a,1\n', r"s.csv cannot be read"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_row(make: Make, name: str, content: Any, said: str) -> None:
    with pytest.raises(UserError, match=said) as error:
        rows(make(name, content), "edu")
    assert "\n" not in str(error.value) and str(error.value).startswith("quality.scores_file: ")


def test_a_file_cut_short_is_refused(make: Make) -> None:
    file = make("s.jsonl.gz", "".join(f'{{"url": "{n}", "edu": {n}}}\n' for n in range(1000)))
    file.place.path.write_bytes(file.place.path.read_bytes()[:-20])
    with pytest.raises(UserError, match=r"s.jsonl.gz cannot be read"):
        rows(file, "edu")


def test_keys_as_programs_write_them(make: Make) -> None:
    keys = pa.array(["a", "b", "a"])
    for kind in (pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())):
        found = rows(make("s.parquet", {"url": keys.cast(kind), "edu": [1.0, 2.0, 3.0]}), "edu")
        assert [row[1:] for row in found] == [("a", 1.0), ("b", 2.0), ("a", 3.0)]
    assert rows(make("s.jsonl", '\ufeff{"url": "a", "edu": 1}\n'), "edu") == [("line 1", "a", 1.0)]


@pytest.mark.parametrize("named", [["url", "edu", "edu"], ["url", "url", "edu"]])
def test_a_column_twice_is_refused(make: Make, named: list[str], tmp_path: Path) -> None:
    columns = [pa.array(["a"] if name == "url" else [1.0]) for name in named]
    file = make("s.parquet", {"x": [1]})
    pq.write_table(pa.Table.from_arrays(columns, named), tmp_path / "s.parquet")
    for each in (file, make("s.csv", f"{','.join(named)}\na,1,1\n")):
        with pytest.raises(UserError, match=r"has several columns (url|edu): leave one"):
            rows(each, "edu")


def test_where_of_scores() -> None:
    held = Scores(10, None, ["a", "b"], np.zeros((1, 2)))
    assert held.where(1) == "row 11" and held._replace(lines=np.array([4, 7])).where(1) == "line 7"
