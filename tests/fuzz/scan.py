"""What of the source meets text: its regexes and where they are used, and its functions of text or bytes.

Found by a scan of the source, so that no list has to be kept; what the scan cannot follow is an error.
"""

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ccnet_lite


def modules(*rooms: str) -> Iterator[Any]:
    """The modules of some rooms, or of all."""
    for info in pkgutil.walk_packages(ccnet_lite.__path__, "ccnet_lite."):
        if not rooms or info.name.split(".")[1] in rooms:
            try:
                yield importlib.import_module(info.name)
            except ModuleNotFoundError as error:
                if error.name != "torch":  # of the extra pretraining
                    raise


def tree_of(module: Any) -> ast.Module:
    return ast.parse(Path(module.__file__).read_text(encoding="utf-8"))


def patterns_used(module: Any) -> Iterator[tuple[str, Any, str]]:
    """Each pattern, by its name or as it stands, and each method that is called of it.

    Raises:
        AssertionError: a pattern is made or used where it cannot be told what it is.
    """
    tree, where = tree_of(module), module.__name__
    named = {name: value for name, value in vars(module).items() if isinstance(value, re.Pattern)}
    followed: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.module not in ("re", "regex"), f"{where}: import re itself"
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        owner, method = node.func.value, node.func.attr
        if isinstance(owner, ast.Name) and owner.id == "re":
            if method == "compile":
                followed.add(node)
            elif method != "escape":
                assert isinstance(node.args[0], ast.Constant), f"{where}: give re.{method} a literal"
                yield f"{where}.re.{method} {node.lineno}", re.compile(node.args[0].value), method
            continue
        for name in ast.walk(owner):  # one pattern or another, by a condition
            if isinstance(name, ast.Name) and name.id in named:
                followed.add(name)
                yield f"{where}.{name.id}.{method}", named[name.id], method
    at_top = {statement.value for statement in tree.body if isinstance(statement, ast.Assign)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in named:
            assert node in followed, f"{where}: {node.id} is used, but none of its methods is called"
        if isinstance(node, ast.Call) and node in followed:
            assert node in at_top, f"{where}: give the pattern a name of the module"


FOREIGN = re.compile(r"\b(?:\w+_regex|rlike|regexp_\w+|str\.(?:contains|extract|replace|match))\(")
"""Regexes of pyarrow, Spark and pandas, which the scan does not drive."""


def foreign_patterns(module: Any) -> list[str]:
    return FOREIGN.findall(Path(module.__file__).read_text(encoding="utf-8"))


TEXTS = {"str": str, "bytes": bytes, "Buffer": bytes, "bytes | bytearray": bytes, "bytes | memoryview": bytes}
MANY = {"Sequence[str]", "list[str]", "Iterable[str]", "str | Sequence[str]"}


def kind_of(annotation: Any) -> Any:
    """str, bytes, or list for several texts; None for what is none of them."""
    if annotation in (str, bytes):
        return annotation
    told = annotation if isinstance(annotation, str) else str(annotation)
    told = re.sub(r"collections\.abc\.|typing\.", "", told)
    return list if told in MANY else bytes if "bytes" in told.split(" | ") else TEXTS.get(told)


def functions_of_text(module: Any) -> Iterator[tuple[str, Any, dict[str, Any], list[str]]]:
    """Functions and methods that take texts: name, itself, its text parameters' kinds, what else they need."""
    owners = [("", module), *((f"{name}.", one) for name, one in inspect.getmembers(module, inspect.isclass))]
    for prefix, owner in owners:
        if prefix and owner.__module__ != module.__name__:
            continue
        for name, function in inspect.getmembers(owner, inspect.isfunction):
            if function.__module__ != module.__name__ or (prefix and name not in vars(owner)):
                continue
            parameters = list(inspect.signature(function).parameters.values())[bool(prefix) :]
            texts = {one.name: kind_of(one.annotation) for one in parameters if kind_of(one.annotation)}
            needed = [
                one.name for one in parameters if one.default is inspect.Parameter.empty and one.name not in texts
            ]
            if texts:
                yield f"{prefix}{name}", function, texts, needed
