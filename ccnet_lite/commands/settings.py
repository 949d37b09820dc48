"""Show the settings that a run would take, each with where it comes from: default, file or --set."""

import argparse
import json
from typing import Any

from ccnet_lite.commands.arguments import Parser, add_settings

RESUMES = False
EXAMPLE = "ccnet-lite settings --config conf/local.toml --set language.threshold=0.6"


def parser() -> Parser:
    """Its arguments."""
    made = Parser(__doc__, EXAMPLE)
    add_settings(made)
    made.add_argument("--changed", action="store_true", help="only those that are not the default")
    made.add_argument("--json", action="store_true", help="print one line of JSON")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Print them, as TOML that can be a --config, or as JSON."""
    from ccnet_lite.settings import effective_settings, fields

    found = effective_settings(arguments.config, arguments.overrides)
    defaults = {f"{section}.{key}": field.default for section, key, field in fields()}
    if arguments.changed:
        found = [each for each in found if _plain(defaults[each.name]) != each.value]
    if arguments.json:
        said = {
            each.name: {
                "value": each.value,
                "origin": each.origin,
                "default": _plain(defaults[each.name]),
            }
            for each in found
        }
        print(json.dumps(said, sort_keys=True))
        return
    lines: list[str] = []
    section = ""
    for each in found:
        if each.section != section:
            lines += ["", f"[{each.section}]"] if lines else [f"[{each.section}]"]
            section = each.section
        lines.append(f"{f'{each.key} = {as_toml(each.value)}':<60} # {each.origin}")
    print("\n".join(lines) if lines else "# all settings are the defaults")


def as_toml(value: Any) -> str:
    """A setting's value, as TOML has it.

    >>> as_toml(True), as_toml(["de", "fr"]), as_toml(0.5), as_toml("local[*]")
    ('true', '["de", "fr"]', '0.5', '"local[*]"')
    >>> as_toml([{"name": "mine", "strictest": None, "bound": 1.0}])
    '[{"name" = "mine", "bound" = 1.0}]'
    """
    if isinstance(value, dict):
        pairs = (f"{as_toml(key)} = {as_toml(each)}" for key, each in value.items() if each is not None)
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(as_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)  # TOML writes such values as JSON does


def _plain(default: Any) -> Any:
    return list(default) if isinstance(default, tuple) else default
