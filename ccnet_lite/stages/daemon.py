"""PySpark's daemon, which forks a machine's Python workers, with what they need loaded before it forks.

In local mode it stands in for PySpark's own (run/session.py). Else each worker would load the same modules again,
and compile PySpark anew: what Spark puts on their path is a zip file, into which no compiled form is written.

Loading takes as long as Spark takes to start, so one is begun beside Spark's JVM (run/jvm.py). It waits at a
socket for the process that Spark starts as its daemon. That one hands over the streams by which it speaks with
Spark, and its variables, and from then on only passes on a signal. Where none waits, it is the daemon itself.
"""

import gc
import json
import os
import select
import signal
import socket
import sys
from importlib import import_module
from pathlib import Path

MODULES = (
    *("pyspark.worker", "ccnet_lite.stages.by_shard"),
    *(f"ccnet_lite.kernels.{name}" for name in ("ingest", "annotate", "decide", "corpus", "score")),
)
WAITS_AT = "CCNET_LITE_DAEMON"
"""The variable that names the socket at which a daemon begun ahead waits, for the one that Spark starts."""
AHEAD = "--ahead"
STREAMS = 3
"""Standard input, output and error."""


def main() -> None:
    """Serve, or have the one begun ahead serve; or wait, as that one."""
    if sys.argv[1:2] == [AHEAD]:
        wait(sys.argv[2])
    elif not hand_over(os.environ.get(WAITS_AT, "")):
        load()
    else:
        return
    import_module("pyspark.daemon").manager()


def load() -> None:
    """Have PySpark and the kernels in memory that the forks share."""
    sys.path[:] = [entry for entry in sys.path if not is_zip_of_spark(entry)]
    # numba would load SciPy's linear algebra, of which nothing is used: a seventh of the time.
    sys.modules["scipy"] = None  # type: ignore[assignment]
    for name in MODULES:
        import_module(name)
    use_kernels()
    del sys.modules["scipy"]  # what else needs SciPy finds it
    gc.collect()
    gc.freeze()  # or each worker's first collection would copy it


def wait(path: str) -> None:
    """Load, and become what Spark has started once that speaks at the socket.

    Ends the process where standard input ends before: that is a pipe of the process that began this one.
    """
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(1)
        load()
        ready, _, _ = select.select([listener, sys.stdin], [], [])
        if listener not in ready:
            sys.exit(0)
        spark, _ = listener.accept()
    Path(path).unlink()
    _, streams, _, _ = socket.recv_fds(spark, 1, STREAMS)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(json.loads(spark.makefile().read()))
    entries = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[1:1] = [entry for entry in entries if entry not in sys.path and not is_zip_of_spark(entry)]
    spark.sendall(str(os.getpid()).encode())
    spark.detach()  # open as long as this process is, which tells the other end


def hand_over(path: str) -> bool:
    """Have the daemon that waits at the socket serve in this process's place, until it ends.

    False where none waits there, or it has ended before it could take over.
    """
    with socket.socket(socket.AF_UNIX) as ahead:
        try:
            ahead.connect(path)
            socket.send_fds(ahead, [b"\0"], range(STREAMS))
            ahead.sendall(json.dumps(dict(os.environ)).encode())
            ahead.shutdown(socket.SHUT_WR)
            said = ahead.recv(20)
        except OSError:
            return False
        if not said:
            return False
        signal.signal(signal.SIGTERM, lambda *_: os.kill(int(said), signal.SIGTERM))
        ahead.recv(1)
    return True


def use_kernels() -> None:
    """Use what every document passes through once, so that its tables and its compiled code are in memory."""
    import numpy as np
    import pyarrow as pa

    from ccnet_lite.dedup.minhash import band_hashes, signatures
    from ccnet_lite.quality.heuristics import measure
    from ccnet_lite.quality.list_lines import list_lines
    from ccnet_lite.settings import NearDuplicateSettings
    from ccnet_lite.store.digest import digest_batches
    from ccnet_lite.text.paragraphs import batch_line_keys

    near, texts = NearDuplicateSettings(), ["É"]
    batch_line_keys(pa.array(texts))
    measure(texts)
    list_lines(texts, np.zeros(1, np.bool_))
    band_hashes(signatures(texts, near), near.bands, near.rows)
    digest_batches([pa.record_batch({"text": texts, "keys": [[1]]})])


def is_zip_of_spark(entry: str) -> bool:
    """Whether an entry of the path is what Spark brings for workers that have no PySpark installed.

    >>> [is_zip_of_spark(f"/opt/spark/{name}.zip") for name in ("pyspark", "py4j-0.10-src", "own")]
    [True, True, False]
    """
    return entry.endswith(".zip") and Path(entry).name.startswith(("pyspark", "py4j"))


if __name__ == "__main__":
    main()
