"""The examples in docstrings hold, and property tests are never failed for being slow."""

import doctest
import importlib
from pathlib import Path

import pytest
from hypothesis import settings

import ccnet_lite

PACKAGE = Path(ccnet_lite.__file__).parent


def modules_with_examples() -> list[str]:
    paths = (path for path in sorted(PACKAGE.rglob("*.py")) if ">>> " in path.read_text(encoding="utf-8"))
    names = (path.relative_to(PACKAGE.parent).with_suffix("").parts for path in paths)
    return [".".join(part for part in parts if part != "__init__") for parts in names]


@pytest.mark.parametrize("name", modules_with_examples())
def test_the_examples_of_a_module_hold(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    failed, tried = doctest.testmod(importlib.import_module(name))
    assert (failed, tried > 0) == (0, True), capsys.readouterr().out


def test_there_are_examples() -> None:
    assert len(modules_with_examples()) >= 20


def test_no_property_test_has_a_deadline() -> None:
    assert settings().deadline is None
