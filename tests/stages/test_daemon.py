"""The daemon begun ahead, and the one that Spark starts, without Spark."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ccnet_lite.stages.daemon import AHEAD, WAITS_AT, hand_over

MODULE = "ccnet_lite.stages.daemon"


def begin(*arguments: str, **environment: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", MODULE, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | environment,
    )


def test_nobody_waits(tmp_path: Path) -> None:
    assert not hand_over("") and not hand_over(str(tmp_path / "none"))


@pytest.mark.slow
@pytest.mark.parametrize("end", ["streams", "signal"])
def test_it_speaks_with_whom_spark_speaks_with_and_ends_with_it(tmp_path: Path, end: str) -> None:
    socket = tmp_path / "socket"
    waiting = begin(AHEAD, str(socket))
    while not socket.exists():
        assert waiting.poll() is None
        time.sleep(0.05)
    of_spark = begin("pyspark.worker", **{WAITS_AT: str(socket)})
    assert of_spark.stdin is not None and of_spark.stdout is not None and waiting.stdin is not None
    port = int.from_bytes(of_spark.stdout.read(4), "big")  # what PySpark's daemon says first
    listening = Path("/proc", str(waiting.pid), "net", "tcp").read_text()
    assert f":{port:04X} " in listening and not socket.exists()
    waiting.stdin.close()  # it is Spark's now, and stays
    time.sleep(0.2)
    assert waiting.poll() is None and of_spark.poll() is None
    if end == "streams":
        of_spark.stdin.close()
    else:
        of_spark.send_signal(signal.SIGTERM)
    waiting.wait(10)
    assert of_spark.wait(10) == 0


@pytest.mark.slow
def test_it_ends_with_the_process_that_began_it(tmp_path: Path) -> None:
    waiting = begin(AHEAD, str(tmp_path / "socket"))
    assert waiting.stdin is not None
    waiting.stdin.close()
    assert waiting.wait(60) == 0


AFTER_LOADING = """
import sys
from ccnet_lite.stages.daemon import load
load()
print([name for name in ("scipy.linalg", "scipy.sparse", "ccnet_lite.kernels.corpus") if name in sys.modules])
import scipy.sparse, scipy.linalg
from ccnet_lite.dedup.stars import stars
from ccnet_lite.kernels.assemble import assemble_shard
"""


@pytest.mark.slow
def test_scipy_is_not_loaded_and_is_there_for_who_asks() -> None:
    ran = subprocess.run([sys.executable, "-c", AFTER_LOADING], capture_output=True, text=True, check=False)
    assert (ran.stderr, ran.stdout) == ("", "['ccnet_lite.kernels.corpus']\n")
