"""Build dist/environment.tar.gz: what Python needs on a cluster's machines, for `spark-submit --archives`.

In it is what .venv has of the package's requirements and theirs, the package itself and the language model;
not Spark, which the cluster has, and nothing that only development needs. It runs wherever it is unpacked, by
its bin/python, on machines that have the Python that .venv was made with, under the same path. Equal
environments give equal bytes.

Not handled: a Python of its own; what the libraries link to besides (glibc).
"""

import argparse
import gzip
import io
import sys
import sysconfig
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from make_dist import ROOT, build_wheel
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

OWN = "ccnet-lite"
LEFT_OUT = {"pyspark", "py4j"}
BESIDES = ("setuptools",)  # Spark 3.5's workers import distutils, which Debian's Python lacks
ASIDE = {"dev", "docs", "duckdb", "publish", "pretraining"}
"""Extras that no run needs."""
IF_THERE = ("sentencex", "tokenizers")
"""Of the extra pretraining, what tasks of export-training use: taken where `make test` has installed it."""
NOT_NEEDED = {"__pycache__", "tests", "include"}
"""Folders of libraries that nothing is imported from."""
MODEL = Path("share", "ccnet_lite", "lid.176.ftz")


def needed() -> list[str]:
    """The names of the distributions to take, sorted: the closure of what the package requires."""
    extras = [extra for extra in metadata.metadata(OWN).get_all("Provides-Extra") or [] if extra not in ASIDE]
    waiting = [*((OWN, extra) for extra in ("", *extras)), *((name, "") for name in BESIDES)]
    waiting += [(name, "") for name in IF_THERE if any(metadata.distributions(name=name))]
    found: set[tuple[str, str]] = set()  # by extra, too: a library may be required first without it
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in found or name in LEFT_OUT:
            continue
        found.add((name, extra))
        for requirement in map(Requirement, metadata.requires(name) or []):
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                other = canonicalize_name(requirement.name)
                waiting += [(other, wanted) for wanted in ("", *requirement.extras)]
    return sorted({name for name, _ in found} - {OWN})


def files_of(name: str) -> Iterator[tuple[str, Path]]:
    """A distribution's files: their path below site-packages, and where they lie."""
    for file in metadata.files(name) or []:
        if ".." not in file.parts and not NOT_NEEDED & set(file.parts):
            yield file.as_posix(), Path(str(file.locate()))


def add(archive: tarfile.TarFile, name: str, content: bytes, mode: int) -> None:
    """A file, under a fixed date and nobody's name."""
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), mode
    archive.addfile(entry, io.BytesIO(content))


def write_archive(target: Path, wheel: Path) -> None:
    """Write all of it as a virtual environment."""
    packages = Path(sysconfig.get_path("purelib")).relative_to(sys.prefix).as_posix()
    python = Path(sys._base_executable).resolve()  # type: ignore[attr-defined]
    files = {f"{packages}/{name}": path for each in needed() for name, path in files_of(each)}
    files[MODEL.as_posix()] = Path(sys.prefix, MODEL)
    version = ".".join(map(str, sys.version_info[:3]))
    links = {"bin/python3": str(python), "bin/python": "python3", f"bin/{python.name}": "python3"}
    with (
        target.open("wb") as file,
        gzip.GzipFile("", "wb", 6, file, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as archive,
    ):
        for name, leads_to in links.items():
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.SYMTYPE, leads_to
            archive.addfile(link)
        config = f"home = {python.parent}\ninclude-system-site-packages = false\nversion = {version}\n"
        add(archive, "pyvenv.cfg", config.encode(), 0o644)
        for name, path in sorted(files.items()):
            add(archive, name, path.read_bytes(), 0o755 if path.stat().st_mode & 0o100 else 0o644)
        with zipfile.ZipFile(wheel) as own:
            for name in sorted(own.namelist()):
                add(archive, f"{packages}/{name}", own.read(name), 0o644)


def main() -> None:
    """Build it, then put it in place at once: a killed build leaves the old one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=ROOT / "dist", help="folder (default: dist)")
    output: Path = parser.parse_args().output
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output) as folder:
        made = Path(folder, "environment.tar.gz")
        write_archive(made, build_wheel(Path(folder)))
        print(made.rename(output / made.name))


if __name__ == "__main__":
    main()
