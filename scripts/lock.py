"""Write constraints.lock: the SHA-256 of every file that set-up may install for a pin; set-up takes no other.

For each pin of constraints.txt and of the files beside it it asks the package index, through uv, for the files
of that version. Of those it takes the wheels that a Linux with glibc can use (x86_64 and aarch64, Python 3.11 and
later), and of the packages that set-up builds itself the source package alone. Pins come in the order of their
files, hashes sorted: equal answers of the index give equal bytes.

Run it after a change of a pin, on a network that is trusted: what it writes is what set-up will believe.
"""

import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packaging.tags import Tag
from packaging.utils import parse_wheel_filename

ROOT = Path(__file__).resolve().parent.parent
LOCK = "constraints.lock"
PINS = ("constraints.txt", "constraints-spark35.txt", "constraints-pretraining.txt")
BUILT = {"fasttext", "jsonpath-rw", "kenlm", "pyspark"}
"""What scripts/setup.sh takes as source packages."""
ELSEWHERE = {"torch==2.13.0": ("6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b",)}
"""Of a pin, files to take in place of those of the index, which need CUDA: torch-2.13.0+cpu, cp311, x86_64."""
OLDEST = 11
"""The minor version of the oldest Python."""
HEADER = """\
# The files that set-up may install for the pins of all constraints*.txt, by SHA-256.
# Written by scripts/lock.py (`make lock`); not to be edited.
"""


def names_and_versions(text: str) -> Iterator[tuple[str, str]]:
    """The pins of a file, in their order."""
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, version = line.partition(" ")[0].partition("==")
            yield name, version


def fits(tag: Tag) -> bool:
    """Whether a wheel of this tag can be used on a machine that set-up is for.

    >>> fits(Tag("cp312", "cp312", "manylinux_2_28_aarch64")), fits(Tag("cp39", "abi3", "manylinux2014_x86_64"))
    (True, True)
    >>> fits(Tag("cp310", "cp310", "manylinux2014_x86_64")), fits(Tag("cp313", "cp313t", "manylinux2014_x86_64"))
    (False, False)
    >>> fits(Tag("py3", "none", "any")), fits(Tag("py3", "none", "musllinux_1_2_x86_64"))
    (True, False)
    """
    platform = tag.platform == "any" or re.fullmatch(r"(many)?linux\w*_(x86_64|aarch64)", tag.platform)
    python = re.fullmatch(r"(?:cp|py)3(\d*)", tag.interpreter)
    if not platform or not python:
        return False
    return tag.abi in ("abi3", "none") or (tag.abi == tag.interpreter and int(python[1] or 0) >= OLDEST)


def files_of(package: dict[str, Any]) -> list[str]:
    """The digests of a package's files that set-up may take, sorted."""
    if package["name"] in BUILT:
        return [package["sdist"]["hashes"]["sha256"]]
    wheels = {each["url"].rpartition("/")[2]: each["hashes"]["sha256"] for each in package.get("wheels", ())}
    return sorted(digest for name, digest in wheels.items() if any(map(fits, parse_wheel_filename(name)[3])))


def asked(pins: Path, folder: Path) -> dict[str, dict[str, Any]]:
    """What the index has of a file's pins, by name."""
    answer = folder / "pylock.toml"
    command = [Path(sys.prefix, "bin", "uv"), "pip", "compile", pins, "--output-file", answer, "--quiet"]
    alone = ["--no-config", "--no-deps", "--universal", "--python-version", f"3.{OLDEST}"]
    subprocess.run([*command, *alone, "--format", "pylock.toml"], check=True)
    return {each["name"]: each for each in tomllib.loads(answer.read_text(encoding="utf-8"))["packages"]}


def main() -> None:
    """Ask for all, then write the file at once."""
    blocks = []
    with tempfile.TemporaryDirectory() as folder:
        for pins in PINS:
            known = asked(ROOT / pins, Path(folder))
            for name, version in names_and_versions((ROOT / pins).read_text(encoding="utf-8")):
                digests = sorted(ELSEWHERE.get(f"{name}=={version}") or files_of(known[name]))
                if not digests:
                    sys.exit(f"{name}=={version} has no file that set-up could take: pin another version")
                lines = [f"{name}=={version}", *(f"    --hash=sha256:{each}" for each in digests)]
                blocks.append(" \\\n".join(lines))
    partial = ROOT / f".{LOCK}.part"
    partial.write_text(HEADER + "\n".join(blocks) + "\n", encoding="utf-8")
    partial.replace(ROOT / LOCK)
    print(f"{LOCK}: {len(blocks)} pins")


if __name__ == "__main__":
    main()
