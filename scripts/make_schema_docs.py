"""Write docs/schema.md from schemas/*.json; with --check, only say whether it is up to date."""

from pathlib import Path

from made_page import write_or_check

from ccnet_lite.store.schema import schema_json, table_names

TARGET = Path(__file__).resolve().parent.parent / "docs" / "schema.md"
HEAD = """# Tables

Made from `schemas/` by `scripts/make_schema_docs.py`; a test holds the two together. Every table is a folder
of Parquet files under the run's output folder, with `_manifest.json` beside them; of what others read (`corpus`,
`clean`, `minified`) that lies beside the folder, as `corpus.manifest.json`. Every write conforms to these schemas;
`jobs/verify.py` checks them again.
"""


def type_name(kind: str | dict[str, str]) -> str:
    return kind if isinstance(kind, str) else f"list of {kind['elementType']}"


def schema_docs() -> str:
    """The page as text."""
    parts = [HEAD]
    for name in table_names():
        schema = schema_json(name)
        rows = [
            f"| `{field['name']}` | {type_name(field['type'])}{', or null' * field['nullable']} "
            f"| {field['metadata']['comment']} |"
            for field in schema["fields"]
        ]
        parts.append(f"\n## {name}\n\n{schema['comment']} (version {schema['version']})\n")
        parts.append("| column | type | what |\n|---|---|---|\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)


if __name__ == "__main__":
    write_or_check(TARGET, schema_docs(), __doc__)
