"""Items of reference files: fields within fields, as question sets have them."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ccnet_lite.dedup.references import read_items
from ccnet_lite.errors import UserError

ITEMS = [
    {"question": "Why?", "choices": {"text": ["so", "not so"], "label": ["A", "B"]}, "n": 1},
    {"question": "How?", "choices": None, "n": 2},
    {"question": None, "choices": {"text": ["well"], "label": ["A"]}, "n": 3},
]


@pytest.fixture(params=["items.jsonl", "items.parquet"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    made = tmp_path / str(request.param)
    if made.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(ITEMS), made)
    else:
        made.write_text("".join(f"{json.dumps(item)}\n" for item in ITEMS))
    return made


@pytest.mark.parametrize(
    ("names", "texts"),
    [
        (["question"], ["Why?", "How?", ""]),
        (["question", "choices.text"], ["Why?\nso\nnot so", "How?", "well"]),
        (["choices"], ["so\nnot so\nA\nB", "", "well\nA"]),
        (["choices.text", "choices.label", "choices.none"], ["so\nnot so\nA\nB", "", "well\nA"]),
    ],
)
def test_fields_within_fields(path: Path, names: list[str], texts: list[str]) -> None:
    assert [text for _, text in read_items(path, names)] == texts


def test_a_list_of_objects_gives_a_field_of_each(tmp_path: Path) -> None:
    path = tmp_path / "squad.jsonl"
    path.write_text('{"qas": [{"q": "One?", "a": {"text": ["1"]}}, {"q": "Two?"}], "a.b": "dotted"}\n')
    assert [text for _, text in read_items(path, ["qas.q", "qas.a.text", "a.b"])] == ["One?\nTwo?\n1\ndotted"]


@pytest.mark.parametrize(("name", "message"), [("n", "n is neither text"), ("none.text", "none.text")])
def test_numbers_and_unknown_fields(path: Path, name: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        list(read_items(path, [name]))
