"""Settings from a TOML file and from `--set section.key=value`, refused by name before anything starts."""

import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from ccnet_lite.errors import UserError
from ccnet_lite.settings.sections import Settings
from ccnet_lite.settings.toml_files import read_toml

DEFAULT = "default"
GIVEN = "--set"


class Effective(NamedTuple):
    """A setting as a run takes it; origin: `default`, the file's path, or `--set`."""

    section: str
    key: str
    value: Any
    origin: str

    @property
    def name(self) -> str:
        """As in section.key."""
        return f"{self.section}.{self.key}"


def load_settings(path: Path | str | None, overrides: Iterable[str] = ()) -> Settings:
    """Read a TOML file and apply `section.key=value` overrides.

    Relative paths of models in the file are left as they are: relative to where the job runs.

    Raises:
        UserError: naming the file or the override, the key, the value and what is allowed.
    """
    return override_settings(_read(path), overrides, _origin(path))


def effective_settings(path: Path | str | None, overrides: Iterable[str] = ()) -> list[Effective]:
    """Every setting, as `load_settings` gives it for the same arguments, and where it comes from.

    Raises:
        UserError: as `load_settings`.
    """
    tree, overrides = _read(path), list(overrides)
    in_file = {(section, key) for section, keys in tree.items() if isinstance(keys, dict) for key in keys}
    settings = override_settings(tree, overrides, _origin(path))
    given = {tuple(_split(override)[:2]) for override in overrides}
    values = settings.model_dump(mode="json")
    return [
        Effective(*at, value, GIVEN if at in given else _origin(path) if at in in_file else DEFAULT)
        for section, keys in values.items()
        for at, value in (((section, key), value) for key, value in keys.items())
    ]


def fields() -> list[tuple[str, str, FieldInfo]]:
    """Every setting there is: section, key, and what is known of it; in the order in which they are written."""
    return [
        (section, key, field)
        for section, of_section in Settings.model_fields.items()
        if isinstance(of_section.annotation, type) and issubclass(of_section.annotation, BaseModel)
        for key, field in of_section.annotation.model_fields.items()
    ]


def override_settings(tree: dict[str, Any], overrides: Iterable[str], origin: str) -> Settings:
    """Settings of a tree of sections, with `section.key=value` overrides, which are entered into it.

    origin: where the tree comes from, for the message.

    Raises:
        UserError: as `load_settings`.
    """
    given = set()
    for override in overrides:
        section, key, text = _split(override)
        table = tree.setdefault(section, {})
        if isinstance(table, dict):
            table[key] = _parse_value(text, section, key)
            given.add((section, key))
    return _validate(tree, origin, given)


def _read(path: Path | str | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        return read_toml(Path(path), f"settings file {path}", "give a .toml file of conf/")
    except ValueError as error:
        raise UserError(str(error)) from None


def _origin(path: Path | str | None) -> str:
    return "the defaults" if path is None else str(path)


def _split(override: str) -> tuple[str, str, str]:
    """Section, key and value of an override."""
    name, found, text = override.partition("=")
    section, dot, key = name.strip().partition(".")
    if not (found and dot and section and key):
        raise UserError(f"--set {override}: expected section.key=value, as in language.threshold=0.6")
    return section, key, text.strip()


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


def _validate(tree: Mapping[str, Any], origin: str, given: set[tuple[str, str]]) -> Settings:
    try:
        return Settings.model_validate(tree)
    except ValidationError as error:
        first = error.errors()[0]
        names = [str(part) for part in first["loc"]]
        key = ".".join(names)
        message = first["msg"].removeprefix("Value error, ")
        # What is wrong with several together names them, and has no key of its own.
        named = tuple(names[:2]) in given or any(f"{section}.{name}" in message for section, name in given)
        if named or (key not in Settings.model_fields and key in {section for section, _ in given}):
            origin = GIVEN
        if first["type"] == "extra_forbidden":
            raise UserError(f"{origin}: unknown setting {key}{_meant(names)}") from None
        if len(names) == 1 and first["type"] in ("model_type", "model_attributes_type"):
            raise UserError(
                f"{origin}: {key} = {first['input']!r} is no section: settings are section.key"
            ) from None
        if isinstance(first["input"], dict | BaseModel):
            raise UserError(f"{origin}: {message}") from None
        raise UserError(f"{origin}: {key} = {first['input']!r}: {message}") from None


def _meant(names: list[str]) -> str:
    """Which setting may have been meant, or which there are."""
    section, key = names[0], ".".join(names[1:])
    known = fields()
    if not key:
        near = get_close_matches(section, Settings.model_fields, 1)
        near = near or [name for name, at, _ in known if at == section][:1]
        return f": did you mean {near[0]}?" if near else f"; known: {', '.join(Settings.model_fields)}"
    here = [at for name, at, _ in known if name == section]
    near = [f"{name}.{at}" for name, at, _ in known if at == key]
    near = near or [f"{section}.{at}" for at in get_close_matches(key, here, 1)]
    near = near or get_close_matches(f"{section}.{key}", [f"{name}.{at}" for name, at, _ in known], 1)
    return f": did you mean {' or '.join(near)}?" if near else f"; known: {', '.join(here)}"
