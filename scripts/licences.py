"""Check that every installed package has a licence that licences.toml allows; name those that have not.

It goes by what a package's metadata say: License-Expression, else the field License, else the classifiers. It does
not read licence files, and does not look into what a wheel carries besides (shared libraries, jars).
"""

import re
import sys
import tomllib
from collections.abc import Collection, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent


def rules() -> dict[str, Any]:
    """What licences.toml says."""
    return tomllib.loads((ROOT / "licences.toml").read_text(encoding="utf-8"))


def words_of(package: metadata.Distribution) -> Iterator[list[str]]:
    """What a package's metadata say of its licence, the surest first."""
    for field in ("License-Expression", "License"):
        yield package.metadata.get_all(field) or []
    classifiers = package.metadata.get_all("Classifier") or []
    yield [each.rpartition(" :: ")[2] for each in classifiers if each.startswith("License :: ")]


def spdx(words: str, said: dict[str, str]) -> str:
    """Words as an SPDX expression; empty where they are none and `said` does not know them.

    >>> spdx("mit or apache-2.0", {}), spdx("BSD", {"BSD": "LicenseRef-BSD"}), spdx("see LICENSE", {})
    ('MIT OR Apache-2.0', 'LicenseRef-BSD', '')
    """
    if words in said:
        return said[words]
    try:
        return str(canonicalize_license_expression(words))
    except InvalidLicenseExpression:
        return ""


def licence_of(package: metadata.Distribution, given: dict[str, Any]) -> str:
    """A package's licence as an SPDX expression; empty where nothing says it."""
    read = given["read"].get(canonicalize_name(package.name))
    if read and read["version"] == package.version:
        return str(read["licence"])
    for words in words_of(package):
        known = [spdx(each, given["said"]) for each in words]
        if known and all(known):
            return " AND ".join(f"({each})" if " OR " in each and len(known) > 1 else each for each in known)
    return ""


def allows(expression: str, allowed: Collection[str]) -> bool:
    """Whether an SPDX expression can be met by licences of a list.

    >>> allows("MIT AND (GPL-3.0-only OR Zlib)", {"MIT", "Zlib"}), allows("MIT AND GPL-3.0-only", {"MIT"})
    (True, False)
    """
    while inner := re.search(r"\(([^()]*)\)", expression):
        met = allows(inner[1], allowed)
        expression = expression.replace(inner[0], "met" if met else "unmet")
    known = {*allowed, "met"}
    return any(all(each.strip() in known for each in part.split(" AND ")) for part in expression.split(" OR "))


def complaints(given: dict[str, Any]) -> Iterator[str]:
    """A line for each installed package that is not allowed."""
    for package in sorted(metadata.distributions(), key=lambda each: canonicalize_name(each.name)):
        licence = licence_of(package, given)
        name = f"{package.name} {package.version}"
        if not licence:
            words = [f"{each[:60]!r}" for several in words_of(package) for each in several]
            yield (
                f"{name}: its metadata say {', '.join(words) or 'nothing'}, no licence that is known here: read "
                "its own files, then enter it in licences.toml under [said] or [read], or take another package"
            )
        elif not allows(licence, given["allowed"]):
            yield (
                f"{name}: {licence} is not allowed: read it, then enter it in licences.toml under `allowed` and "
                "say why, or take another package"
            )


def main() -> None:
    """Say what is not allowed, a line each."""
    found = list(complaints(rules()))
    if found:
        sys.exit("\n".join(found))
    print(f"licences: {len(list(metadata.distributions()))} packages, all allowed")


if __name__ == "__main__":
    main()
