"""Build dist/ccnet_lite-*.whl, and from it dist/ccnet_lite.zip for `spark-submit --py-files`.

The zip is the package alone, with schemas/ and conf/ inside it, under fixed dates: equal sources give
equal bytes. The libraries it needs (constraints.txt) must stand on the machines of the cluster.
"""

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
EARLIEST_DATE = (1980, 1, 1, 0, 0, 0)


def build_wheel(folder: Path) -> Path:
    """Build the wheel of the checkout into a folder, with the tools that are in the environment."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", str(folder), str(ROOT)], check=True)
    return next(folder.glob("ccnet_lite-*.whl"))


def write_zip(wheel: Path, target: Path) -> None:
    """Copy the package out of a wheel into a zip, in order of names."""
    with zipfile.ZipFile(wheel) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name in sorted(source.namelist()):
            if name.startswith("ccnet_lite/"):
                package.writestr(zipfile.ZipInfo(name, EARLIEST_DATE), source.read(name), zipfile.ZIP_DEFLATED)


def main() -> None:
    """Build both, then put them in place at once: a killed build leaves the old ones."""
    DIST.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=DIST) as folder:
        wheel = build_wheel(Path(folder))
        package = Path(folder, "ccnet_lite.zip")
        write_zip(wheel, package)
        for built in (wheel, package):
            print(built.rename(DIST / built.name).relative_to(ROOT))


if __name__ == "__main__":
    main()
