"""Progress: what is counted, how it is said, in a terminal and elsewhere."""

import logging
import os
import pty
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pyarrow as pa
import pytest
from pyspark.sql import SparkSession

from ccnet_lite.run import progress
from ccnet_lite.run.jvm_errors import pass_on
from ccnet_lite.run.progress import Seen, Watcher, clock, shown, words
from ccnet_lite.stages.items import ask_items, map_items
from ccnet_lite.stages.telling import LISTENING, Phase, Told


def phase(unit: str, total: int, **sums: int) -> Phase:
    return Phase(unit, total, cast(Any, SimpleNamespace(value=sums)))


def test_what_is_known_is_said_in_a_line() -> None:
    seen = Seen("shards", 12, 16, 24_310, 51_000_000, 2, 10.0, 40.4)
    assert words(seen) == "12 of 16 shards, 24,310 documents, 2,431 documents/s, 5.1 MB/s, 2 bad, 0:40 left"
    assert words(Seen("", 0, 0, 0, 0, 0, 7.0, None)) == "0:07"
    assert [clock(seconds) for seconds in (59.6, 760, 10_920)] == ["1:00", "12:40", "3:02:00"]


def test_the_phase_under_way_is_the_first_that_is_not_done() -> None:
    told = Told([phase("shards", 4, items=4, documents=10), phase("", 0, bad=3), phase("parts", 8, items=2)])
    seen = Watcher(told, bytes_a_document=2.5).look()
    assert (seen.unit, seen.done, seen.total) == ("parts", 2, 8)
    assert (seen.documents, seen.bytes, seen.bad) == (10, 25, 3)
    told.phases[2].sums.value["items"] = 9  # one was tried twice
    assert Watcher(told, 0).look().done == 8


def test_bytes_that_tasks_tell_go_before_an_average() -> None:
    assert Watcher(Told([phase("shards", 4, items=1, documents=10, bytes=7)]), 2.5).look().bytes == 7


def test_time_left_is_by_the_phases_own_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    told = Told([phase("shards", 4, items=4)])
    watcher = Watcher(told, 0)
    told.phases[0].sums.value["items"] = 2
    now[0] = 130.0
    assert watcher.look().left == 30.0  # the first phase began with the watcher, not when it was first seen
    told.phases[0].sums.value["items"] = 4
    now[0] = 150.0
    told.phases.append(phase("parts", 8))
    assert watcher.look().left is None
    told.phases[1].sums.value["items"] = 2
    now[0] = 160.0
    assert watcher.look().left == 30.0
    assert watcher.look().seconds == 60.0


def test_tasks_tell_the_driver_what_they_did(spark: SparkSession) -> None:
    told = Told()
    listening = LISTENING.set(told)
    try:
        assert ask_items(spark.sparkContext, [3, 4, 5], str, "shards") == ["3", "4", "5"]
        assert map_items(spark, [1, 2], _doubled, "number long").count() == 2
    finally:
        LISTENING.reset(listening)
    ask_items(spark.sparkContext, [1], str)  # nobody listens
    assert [(each.unit, each.done, each.total) for each in told.phases] == [("shards", 3, 3), ("files", 2, 2)]


def _doubled(number: int) -> Iterator[pa.RecordBatch]:
    yield pa.RecordBatch.from_pydict({"number": pa.array([2 * number], pa.int64())})


def test_elsewhere_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(progress, "SECONDS_A_LINE", 0.02)
    said = threading.Event()
    monkeypatch.setattr(progress._log, "info", _and_set(progress._log.info, said))
    with caplog.at_level(logging.INFO, "ccnet_lite"), shown("[1/8] ingest", step="ingest"):
        told = LISTENING.get()
        assert told is not None
        told.phases.append(phase("shards", 4, items=1))
        assert said.wait(20)
    assert LISTENING.get() is None
    record = caplog.records[0]
    assert record.getMessage().startswith("[1/8] ingest: 1 of 4 shards")
    assert record.__dict__["step"] == "ingest"
    assert record.__dict__["progress"]["done"] == 1


def _and_set(say: Any, said: threading.Event) -> Any:
    def both(*given: Any, **named: Any) -> None:
        say(*given, **named)
        if "of 4 shards" in str(given):
            said.set()

    return both


IN_A_TERMINAL = """
import sys, time
from types import SimpleNamespace
from ccnet_lite.commands.failures import status_of
from ccnet_lite.run import progress
from ccnet_lite.stages.telling import LISTENING, Phase
progress.SECONDS_A_FRAME = 0.05
def work():
    with progress.shown("[1/8] ingest"):
        LISTENING.get().phases.append(Phase("shards", 4, SimpleNamespace(value={"items": 3})))
        time.sleep(1)
        print("a message\\x1b[2J", file=sys.stderr)
        time.sleep(0.5)
    print("behind it", file=sys.stderr)
sys.exit(status_of(work))
"""


def test_in_a_terminal_a_bar_below_what_is_said() -> None:
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", IN_A_TERMINAL], stderr=child, env=os.environ | {"TERM": "xterm"}
    )
    os.close(child)
    seen = b""
    while True:
        try:
            piece = os.read(parent, 4096)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        seen += piece
    os.close(parent)
    assert process.wait() == 0
    text = seen.decode()
    assert "3 of 4 shards" in text
    assert text.index("3 of 4 shards") < text.index("a message\\x1b[2J") < text.index("behind it")
    assert "\x1b[?25h" in text, "the cursor is shown again"


def test_the_jvms_noise_is_left_out_and_the_rest_is_made_visible(capfd: pytest.CaptureFixture[str]) -> None:
    script = "echo 'WARNING: Using incubator modules: jdk.incubator.vector' >&2; printf 'real \\033[31m\\n' >&2"
    with subprocess.Popen(["sh", "-c", script], stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        pass_on(process.stderr)
    assert capfd.readouterr().err == "real \\x1b[31m\n"
