"""Write docs/schema.md from schemas/*.json; with --check, only say whether it is up to date."""

import argparse
import sys
from pathlib import Path

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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        sys.exit(0 if TARGET.read_text(encoding="utf-8") == schema_docs() else "docs/schema.md is out of date")
    TARGET.write_text(schema_docs(), encoding="utf-8")


if __name__ == "__main__":
    main()
