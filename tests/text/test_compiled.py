import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

import ccnet_lite
from ccnet_lite.text.compiled import ROOMS, compiled, find_byte
from tests.text.test_hashes import LENGTH, stafford

PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
from ccnet_lite.text import hashes
assert hashes.__file__.startswith(sys.argv[1]), hashes.__file__
import numpy as np
print(hashes.run_hashes(np.array([1], np.uint64), np.array([0]), np.array([1]), 5).tolist())
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
    assert done.stdout.strip() == str([stafford(1 + LENGTH)]), done.stderr
    assert (tmp_path / "home" / ".cache" / "numba").exists() == (home == "home")


CALLS = """
from ccnet_lite.text.compiled import compiled
from ccnet_lite.text.inner import inner

@compiled
def outer(x):
    return inner(x)

print(outer(1))
"""
INNER = """
from ccnet_lite.text.compiled import compiled

@compiled
def inner(x):
    return x + {}
"""


@pytest.mark.slow
def test_a_change_in_a_function_that_is_called_is_seen(tmp_path: Path) -> None:
    """numba looks at the file of the outer function alone."""
    room = tmp_path / "ccnet_lite" / "text"
    for name in ROOMS:
        (tmp_path / "ccnet_lite" / name).mkdir(parents=True)
    (tmp_path / "ccnet_lite" / "__init__.py").touch()
    shutil.copy(Path(ccnet_lite.__file__).parent / "text" / "compiled.py", room)
    (room / "outer.py").write_text(CALLS)
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    environment |= {"PYTHONPATH": str(tmp_path), "NUMBA_DISABLE_JIT": "0"}
    for added in (10, 20):
        (room / "inner.py").write_text(INNER.format(added))
        for _ in range(2):
            done = subprocess.run(
                [sys.executable, "-m", "ccnet_lite.text.outer"],
                env=environment,
                cwd=tmp_path,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.stdout.strip() == str(1 + added), done.stderr


def test_the_rooms_are_all_that_hold_compiled_functions() -> None:
    package = Path(ccnet_lite.__file__).parent
    holding = {path.parent.name for path in package.rglob("*.py") if "compiled import" in path.read_text("utf-8")}
    assert holding == set(ROOMS)


@compiled
def _found(data: np.ndarray, byte: int, first: int) -> int:
    return int(find_byte(data, byte, first))


def test_a_byte_is_found_where_bytes_find_it() -> None:
    data = b"a\xff-b--\0" * 9
    for array in (np.frombuffer(data, np.uint8), np.frombuffer(data + b"-", np.uint8)[: len(data)]):
        for byte in b"a\xff-\0x":
            for first in range(len(data) + 1):
                place = data.find(byte, first)
                assert _found(array, byte, first) == (place if place >= 0 else len(data))
