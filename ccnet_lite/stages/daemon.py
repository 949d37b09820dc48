"""PySpark's daemon, which forks a machine's Python workers, with what they need loaded before it forks.

In local mode it stands in for PySpark's own (run/session.py). Else each worker would load the same modules again,
and compile PySpark anew: what Spark puts on their path is a zip file, into which no compiled form is written.
"""

import gc
import sys
from importlib import import_module
from pathlib import Path

KERNELS = ("ingest", "annotate", "decide", "corpus", "score")


def main() -> None:
    """Serve, with PySpark and the kernels in memory that the forks share."""
    sys.path[:] = [entry for entry in sys.path if not is_zip_of_spark(entry)]
    for name in ("pyspark.worker", "ccnet_lite.stages.by_shard", *(f"ccnet_lite.kernels.{k}" for k in KERNELS)):
        import_module(name)
    gc.collect()
    gc.freeze()  # or each worker's first collection would copy it
    import_module("pyspark.daemon").manager()


def is_zip_of_spark(entry: str) -> bool:
    """Whether an entry of the path is what Spark brings for workers that have no PySpark installed.

    >>> [is_zip_of_spark(f"/opt/spark/{name}.zip") for name in ("pyspark", "py4j-0.10-src", "own")]
    [True, True, False]
    """
    return entry.endswith(".zip") and Path(entry).name.startswith(("pyspark", "py4j"))


if __name__ == "__main__":
    main()
