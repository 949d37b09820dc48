import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import ccnet_lite

PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
from ccnet_lite.text import sha1
assert sha1.__file__.startswith(sys.argv[1]), sha1.__file__
import numpy as np
print(sha1.sha1_words(np.zeros(0, np.uint8), np.zeros(1, np.int64), np.zeros(1, np.int64)).tolist())
"""


@pytest.mark.slow
@pytest.mark.parametrize("home", ["home", "file/no-folder"])
def test_from_a_zip_with_and_without_a_place_for_compiled_code(tmp_path: Path, home: str) -> None:
    package = Path(ccnet_lite.__file__).parent
    with zipfile.ZipFile(tmp_path / "package.zip", "w") as archive:
        for file in package.rglob("*.py"):
            archive.write(file, file.relative_to(package.parent))
    (tmp_path / "file").touch()
    environment = os.environ | {"HOME": str(tmp_path / home), "PYTHONPATH": "", "NUMBA_DISABLE_JIT": "0"}
    for variable in ("XDG_CACHE_HOME", "NUMBA_CACHE_DIR"):
        environment.pop(variable, None)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "package.zip")],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == str([0xEEA339DA]), done.stderr  # SHA-1 of nothing begins da39a3ee
    assert (tmp_path / "home" / ".cache" / "numba").exists() == (home == "home")
