"""Table schemas: one JSON file a table in schemas/, in Spark's StructType form with a comment on every field.

This module knows the files and their Arrow form; Spark's form is made in stages/frames.py from the same
text. The columns of the heuristics are those of settings.HEURISTICS, those that policies ask for of
settings.RULE_SIGNALS.
"""

import json
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import pyarrow as pa

from ccnet_lite.settings import HEURISTICS, RULE_SIGNALS

SAME_AS = {"ledger_decided": "ledger", "clean": "corpus"}
"""Tables that have another's schema."""

_SIMPLE = {
    "string": pa.string(),
    "long": pa.int64(),
    "integer": pa.int32(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
    "binary": pa.binary(),
}


def shared_folder(name: str) -> Traversable:
    """A data folder of the project (schemas, conf): inside an installed package, beside it in a checkout."""
    packaged = resources.files("ccnet_lite") / name
    return packaged if packaged.is_dir() else Path(__file__).parent.parent.parent / name


def table_names() -> list[str]:
    """Every table that has a schema, sorted."""
    return sorted(entry.name[:-5] for entry in shared_folder("schemas").iterdir() if entry.name.endswith(".json"))


@cache
def schema_json(table: str) -> dict[str, Any]:
    """The schema file of a table as it stands: Spark's StructType JSON plus `comment` and `version`."""
    text = (shared_folder("schemas") / f"{SAME_AS.get(table, table)}.json").read_text(encoding="utf-8")
    parsed: dict[str, Any] = json.loads(text)
    parsed["fields"] = [field for each in parsed["fields"] for field in _fields(each)]
    return parsed


def _fields(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """A field of a schema file; or those of another table, or one for each of a list, where it says so.

    same_as: the other table; only, without: which of its fields.
    """
    if "same_as" in entry:
        fields: list[dict[str, Any]] = schema_json(entry["same_as"])["fields"]
        only, without = entry.get("only"), entry.get("without", ())
        return [f for f in fields if f["name"] not in without and (only is None or f["name"] in only)]
    if "name" in entry:
        return [entry]
    return [
        {"name": each.column, "type": "double", "nullable": True, "metadata": {"comment": each.comment}}
        for each in (HEURISTICS if "heuristics" in entry else RULE_SIGNALS)
    ]


@cache
def arrow_schema(table: str) -> pa.Schema:
    """The table's schema for pyarrow, comments kept as field metadata."""
    return pa.schema(
        [
            pa.field(
                field["name"],
                _arrow_type(field["type"]),
                nullable=field["nullable"],
                metadata={"comment": field["metadata"]["comment"]},
            )
            for field in schema_json(table)["fields"]
        ]
    )


def _arrow_type(spark_type: str | dict[str, Any]) -> pa.DataType:
    if isinstance(spark_type, dict):
        element = _arrow_type(spark_type["elementType"])
        return pa.list_(pa.field("element", element, nullable=spark_type["containsNull"]))
    return _SIMPLE[spark_type]


def difference(expected: pa.Schema, found: pa.Schema) -> str:
    """What keeps `found` from being `expected`, by name in whatever order; empty when nothing does."""
    expected_types = {field.name: field.type for field in expected}
    found_types = {field.name: field.type for field in found}
    missing = [name for name in expected_types if name not in found_types]
    extra = [name for name in found_types if name not in expected_types]
    mistyped = [
        f"{name} is {found_types[name]}, not {wanted}"
        for name, wanted in expected_types.items()
        if name in found_types and not _same_type(found_types[name], wanted)
    ]
    found_wrong = {"missing": missing, "extra": extra, "mistyped": mistyped}
    return "; ".join(f"{what} {', '.join(names)}" for what, names in found_wrong.items() if names)


def _same_type(found: pa.DataType, expected: pa.DataType) -> bool:
    """Equal, list element names and nullability aside: writers differ in those."""
    if pa.types.is_list(found) and pa.types.is_list(expected):
        return _same_type(found.value_type, expected.value_type)
    return bool(found == expected)
