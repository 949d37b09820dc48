"""What pyproject.toml asks for is what the package imports, no more and no less."""

import ast
import re
import sys
import tomllib
from pathlib import Path

import ccnet_lite

PACKAGE = Path(ccnet_lite.__file__).parent
PROJECT = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]

NOT_IMPORTED = {"pandas", "torchdata"}
"""Spark's Python side imports pandas where rows pass as Arrow, and does not ask for it; torchdata's loader is the
user's, around PretrainingDataset."""
COMES_ALONG = {"py4j": "pyspark", "stdnum": "python_stdnum"}
"""Imported packages that are part of another one, or have another name."""


def names_of(requirements: list[str]) -> set[str]:
    return {re.match(r"[A-Za-z0-9_.-]+", one)[0].lower().replace("-", "_") for one in requirements}  # type: ignore[index]


def imported() -> set[str]:
    names: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "extra":
                assert isinstance(node.args[0], ast.Constant)  # pretraining/extra.py
                names.add(str(node.args[0].value).partition(".")[0])
    return {COMES_ALONG.get(name, name) for name in names - sys.stdlib_module_names - {"ccnet_lite"}}


def test_every_dependency_is_imported_and_every_import_is_one() -> None:
    extras = PROJECT["optional-dependencies"]
    optional = set().union(*(names_of(extras[name]) for name in extras.keys() - {"dev", "docs"}))
    assert imported() == (names_of(PROJECT["dependencies"]) | optional) - NOT_IMPORTED


def test_every_dependency_is_pinned() -> None:
    files = [PACKAGE.parent / f"constraints{of}.txt" for of in ("", "-pretraining")]
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    pinned = names_of([line for line in lines if "==" in line])
    for requirements in (PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()):
        assert names_of(requirements) <= pinned
