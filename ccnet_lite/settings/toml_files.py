"""TOML files that settings are read from, or name."""

import tomllib
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any


def read_toml(file: Traversable | Path, shown: str, advice: str) -> dict[str, Any]:
    """What a TOML file holds. shown: the file, for messages; advice: what to do where there is none.

    Raises:
        ValueError: it is not there, cannot be read, or is no TOML.
    """
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, IsADirectoryError):
        raise ValueError(f"{shown} does not exist: {advice}") from None
    except OSError as error:
        raise ValueError(f"{shown} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{shown} is not valid TOML: {error}") from None
