"""Build dist/ccnet_lite-*.whl, and from it dist/ccnet_lite.zip for `spark-submit --py-files`.

The zip is the package alone, with schemas/ and conf/ inside it, under fixed dates: equal sources give
equal bytes. The libraries it needs (constraints.txt) must stand on the machines of the cluster.
"""

import argparse
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EARLIEST_DATE = (1980, 1, 1, 0, 0, 0)


def build_wheel(folder: Path) -> Path:
    """Build the wheel of the checkout into a folder, with the tools that are in the environment."""
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet"]
    alone = ["--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([*pip, *alone, "--wheel-dir", str(folder), str(ROOT)], check=True)
    return next(folder.glob("ccnet_lite-*.whl"))


def write_zip(wheel: Path, target: Path) -> None:
    """Copy the package out of a wheel into a zip, in order of names."""
    with zipfile.ZipFile(wheel) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name in sorted(source.namelist()):
            if name.startswith("ccnet_lite/"):
                entry = zipfile.ZipInfo(name, EARLIEST_DATE)
                package.writestr(entry, source.read(name), zipfile.ZIP_DEFLATED)


def main() -> None:
    """Build both, then put them in place at once: a killed build leaves the old ones."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=ROOT / "dist", help="folder (default: dist)")
    output: Path = parser.parse_args().output
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output) as folder:
        wheel = build_wheel(Path(folder))
        package = Path(folder, "ccnet_lite.zip")
        write_zip(wheel, package)
        for built in (wheel, package):
            print(built.rename(output / built.name))


if __name__ == "__main__":
    main()
