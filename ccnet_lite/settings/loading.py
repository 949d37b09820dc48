"""Settings from a TOML file and from `--set section.key=value`, refused by name before anything starts."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from ccnet_lite.errors import UserError
from ccnet_lite.settings.sections import Settings


def load_settings(path: Path | str | None, overrides: Iterable[str] = ()) -> Settings:
    """Read a TOML file and apply `section.key=value` overrides.

    Relative paths of models in the file are left as they are: relative to where the job runs.

    Raises:
        UserError: naming the file or the override, the key, the value and what is allowed.
    """
    tree: dict[str, Any] = {}
    origin = "the defaults"
    if path is not None:
        origin = str(path)
        try:
            tree = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        except (FileNotFoundError, IsADirectoryError):
            raise UserError(f"settings file {path} does not exist: give a .toml file of conf/") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UserError(f"settings file {path} is not valid TOML: {error}") from None
    return override_settings(tree, overrides, origin)


def override_settings(tree: dict[str, Any], overrides: Iterable[str], origin: str) -> Settings:
    """Settings of a tree of sections, with `section.key=value` overrides, which are entered into it.

    origin: where the tree comes from, for the message.

    Raises:
        UserError: as `load_settings`.
    """
    for override in overrides:
        name, found, text = override.partition("=")
        section, dot, key = name.strip().partition(".")
        if not (found and dot and section and key):
            raise UserError(f"--set {override}: expected section.key=value, as in language.threshold=0.6")
        table = tree.setdefault(section, {})
        if isinstance(table, dict):
            table[key] = _parse_value(text.strip(), section, key)
    return _validate(tree, origin)


def _parse_value(text: str, section: str, key: str) -> Any:
    """A value as TOML or, where a setting is text, as it stands; a list may be given as a,b,c."""
    section_field = Settings.model_fields.get(section)
    field = None
    if section_field is not None and isinstance(section_field.annotation, type):
        field = section_field.annotation.model_fields.get(key)
    default = field.default if field is not None else None
    if isinstance(default, str):
        return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
    if isinstance(default, tuple) and not text.startswith("["):
        return [item.strip() for item in text.split(",") if item.strip()]
    try:
        return tomllib.loads(f"x = {text}")["x"]
    except tomllib.TOMLDecodeError:
        return text


def _validate(tree: Mapping[str, Any], origin: str) -> Settings:
    try:
        return Settings.model_validate(tree)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise UserError(f"{origin}: unknown setting {key}; known: {_known(first['loc'])}") from None
        message = first["msg"].removeprefix("Value error, ")
        shown = "" if isinstance(first["input"], dict | BaseModel) else f" = {first['input']!r}"
        raise UserError(f"{origin}: {key}{shown}: {message}") from None


def _known(location: tuple[int | str, ...]) -> str:
    section = Settings.model_fields.get(str(location[0]))
    if len(location) > 1 and section is not None and isinstance(section.annotation, type):
        return ", ".join(section.annotation.model_fields)
    return ", ".join(Settings.model_fields)
