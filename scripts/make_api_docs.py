"""Write docs/api.md from the docstrings of what `ccnet_lite` exports; with --check, say if it is up to date."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from made_page import write_or_check

import ccnet_lite

TARGET = Path(__file__).resolve().parent.parent / "docs" / "api.md"
HEAD = """# API

Made from docstrings by `scripts/make_api_docs.py`; a test holds the two together, and the examples are run. All of
it is had from `ccnet_lite` itself: `import ccnet_lite` loads nothing until a name is used.
[From Python](how-to/python.md) shows it in use.
"""
SECTIONS = ("Args", "Raises", "Returns")
_PARAMETER = re.compile(r"^([a-z][\w, ]*): (.*)$")


def prose(docstring: str) -> str:
    """A docstring as Markdown: examples in a block, sections as lists."""
    lines = inspect.cleandoc(docstring).split("\n")
    made: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.startswith(">>> "):
            end = next((n for n in range(at, len(lines)) if not lines[n]), len(lines))
            made += ["```pycon", *lines[at:end], "```"]
            at = end
        elif line.rstrip(":") in SECTIONS and line.endswith(":"):
            end = next((n for n in range(at + 1, len(lines)) if not lines[n].startswith(" ")), len(lines))
            made += [f"{line.rstrip(':')}:", "", *items(lines[at + 1 : end])]
            at = end
        else:
            made.append(line)
            at += 1
    return "\n".join(made).strip()


def items(lines: list[str]) -> Iterator[str]:
    """The entries of a section, a line that goes on joined to the one before."""
    joined: list[str] = []
    for line in lines:
        if line.startswith("     ") and joined:  # deeper than an entry
            joined[-1] += f" {line.strip()}"
        else:
            joined.append(line.strip())
    for each in joined:
        found = _PARAMETER.match(each)
        yield f"- `{found[1]}`: {found[2]}" if found else f"- {each}"


def signature(name: str, value: Any) -> str:
    """How it is called, as the source has it: what Python itself says of types differs with its version."""
    source = value.__init__ if inspect.isclass(value) else value
    function = ast.parse(textwrap.dedent(inspect.getsource(source))).body[0]
    assert isinstance(function, ast.FunctionDef)
    function.args.args = [each for each in function.args.args if each.arg != "self"]
    returns = ast.unparse(function.returns).strip("'") if function.returns and source is value else ""
    return f"{name}({ast.unparse(function.args)})" + (f" -> {returns}" if returns else "")


def members(kind: type) -> Iterator[str]:
    """Fields, properties and methods of a class that have a docstring of their own."""
    for name, value in vars(kind).items():
        if name.startswith("_") or not getattr(value, "__doc__", None):
            continue
        if isinstance(value, property | cached_property):
            yield f"#### `{name}`\n\n{prose(value.__doc__ or '')}"
        elif inspect.isfunction(value):
            yield f"#### `{signature(name, value)}`\n\n{prose(value.__doc__ or '')}"


def section(name: str) -> str:
    """What the page says of a name."""
    value = getattr(ccnet_lite, name)
    docstring = value.__doc__ or ""
    if not inspect.isclass(value):
        return f"## {name}\n\n```python\n{signature(name, value)}\n```\n\n{prose(docstring)}"
    parts = [f"## {name}", prose(docstring)]
    if hasattr(value, "_fields"):
        parts.append("Fields: " + ", ".join(f"`{field}`" for field in value._fields) + ".")
    elif name in ("FinishedRun", "PretrainingReader"):
        if name == "PretrainingReader":
            parts.insert(1, f"```python\n{signature(name, value)}\n```")
        parts += members(value)
    return "\n\n".join(parts)


def api_docs() -> str:
    """The page as text."""
    return "\n\n".join([HEAD.rstrip(), *(section(name) for name in ccnet_lite._WHERE)]) + "\n"


if __name__ == "__main__":
    write_or_check(TARGET, api_docs(), __doc__)
